# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the execution environment, and onboard a made-up tenant in it through ansible-runner, as AWX and ansible-navigator do.

The steps that need no containers, `ansible-builder introspect` and `create`, run everywhere. If podman works, the image is built and used;
otherwise the reason is printed and these steps are skipped. The pinned base image needs a registry. Without `--pinned-base`, a substitute
is built: the same release of Debian, with its own Python. All files of podman are below .build.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ansible_runner
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from helpers.ansible_run import PLAYBOOK, command, environment, view  # noqa: E402 - tests/ has to be in the path first
from okta_emulator import Emulator, Tenant  # noqa: E402
from tools.matrix import find_python  # noqa: E402

FOLDER = ROOT / ".build" / "ee"
DEFINITION = ROOT / "execution-environment.yml"
CONTEXT = FOLDER / "context"
LOG = FOLDER / "build.log"
PINS = ROOT / "execution-environment-pins.txt"
IMAGE, SUBSTITUTE, DEBIAN = (f"localhost/rezonate-okta-ee{part}" for part in ("", "-base", "-debian"))
HOST = "rezonate-demo"
# Packages that ansible-builder installs in addition to ansible-core and the requirements of the collection.
INSTALLED = ("ansible-runner", "bindep", "dumb-init==1.2.5", "packaging", "pyyaml")
INSTALL_PIP = """\
FROM {debian}
RUN ln -s /usr/bin/python3 /usr/local/bin/python3 && set -- /usr/share/python-wheels/pip-*.whl && \\
    python3 "$1/pip" install --break-system-packages --no-index "$1"
"""
# For machines where podman's own settings fail, such as a container or a machine with both versions of cgroups.
CONSTRAINED = """\
[containers]
default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]
netns = "host"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
MAX_LIMIT = 4096  # files and processes; without CAP_SYS_RESOURCE, podman's default exceeds the hard limit


class ToolError(Exception):
    """A step that failed; the message names it."""


def run(*args: str | Path, timeout: float = 900, env: Mapping[str, str] | None = None) -> str:
    """Run a command and return its output; raise an error with its exit status and last line if it fails."""
    try:
        done = subprocess.run([*map(str, args)], capture_output=True, text=True, check=False, timeout=timeout, env=env)
    except FileNotFoundError:
        raise ToolError(f"{args[0]} isn't installed") from None
    except subprocess.TimeoutExpired:
        raise ToolError(f"{args[0]} {args[1]}: not done after {timeout:.0f} s") from None
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise ToolError(f"{args[0]} {args[1]} ended with {done.returncode}: {reason}")
    return done.stdout


def introspect(collections: Path) -> dict[str, list[str]]:
    """Return the dependencies that ansible-builder finds for the collections in a folder."""
    found: dict[str, list[str]] = yaml.safe_load(run(*command("ansible-builder", "introspect", collections)))
    return found


def create(definition: Path, context: Path) -> str:
    """Write the build context and return its Containerfile."""
    shutil.rmtree(context, ignore_errors=True)
    given = ("--file", definition, "--context", context, "--output-filename", "Containerfile")
    run(*command("ansible-builder", "create", *given))
    return (context / "Containerfile").read_text(encoding="utf-8")


def pins() -> dict[str, str]:
    """Return the pinned version of each Python package."""
    lines = PINS.read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def pinned_base() -> str:
    """Return the name of the pinned base image."""
    return str(yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))["images"]["base_image"]["name"])


def normalized(name: str) -> str:
    """Return the normalized name of a package, as in the pins."""
    return name.lower().replace("_", "-").replace(".", "-")


def refresh() -> None:
    """Pin the newest compatible versions for the Python of the base image; the release of ansible-core is unchanged."""
    version = ".".join(pinned_base().partition(":")[2].split(".")[:2])
    if not (python := find_python(version)):
        raise ToolError(f"Python {version}, the version of the base image, isn't installed")
    core = pins()["ansible-core"].rpartition(".")[0]
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "report.json")
        run(python, "-m", "venv", Path(scratch, "venv"))
        pip = (Path(scratch, "venv", "bin", "python"), "-m", "pip", "install", "--dry-run", "--ignore-installed", "--only-binary", ":all:")
        run(*pip, "--report", report, f"ansible-core=={core}.*", *INSTALLED, "-r", ROOT / "requirements.txt")
        found = [entry["metadata"] for entry in json.loads(report.read_text(encoding="utf-8"))["install"]]
    comments = [line for line in PINS.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    lines = sorted(f"{normalized(entry['name'])}=={entry['version']}" for entry in found)
    PINS.write_text("\n".join([*comments, *lines, ""]), encoding="utf-8")
    print(f"{PINS.name}: {len(lines)} packages for Python {version}; check the diff")


def build_base_image() -> str:
    """Build a substitute for the pinned base image from the packages of Debian."""
    for tool in ("debootstrap", "podman"):
        if not shutil.which(tool):
            raise ToolError(f"{tool} isn't installed (apt-get install podman runc debootstrap)")
    if os.geteuid():
        raise ToolError(
            "debootstrap, which builds the substitute for the base image, requires root; or use the pinned image: EE=--pinned-base"
        )
    archive = FOLDER / "debian.tar"
    if not archive.exists():
        with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
            root, packed = Path(scratch, "root"), Path(scratch, "debian.tar")
            run("debootstrap", "--variant=minbase", "--include=python3,python3-pip-whl,ca-certificates", "trixie", root)
            run("tar", "--directory", root, "--create", "--file", packed, ".")
            packed.rename(archive)
    run("podman", "import", archive, DEBIAN)
    configure_podman(DEBIAN)
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch, "Containerfile").write_text(INSTALL_PIP.format(debian=DEBIAN), encoding="utf-8")
        run("podman", "build", "--tag", SUBSTITUTE, scratch)
    return SUBSTITUTE


def configure_storage() -> None:
    """Configure podman to store all files below .build, which `make clean` removes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    storage = FOLDER / "storage.conf"
    places = f'graphroot = "{FOLDER / "storage"}"\nrunroot = "{FOLDER / "run"}"\n'
    storage.write_text(f'[storage]\ndriver = "overlay"\n{places}', encoding="utf-8")
    os.environ["CONTAINERS_STORAGE_CONF"] = str(storage)


def configure_podman(image: str) -> None:
    """Find settings with which podman runs a container on this machine."""
    try:
        run("podman", "run", "--rm", image, "python3", "--version", timeout=120)
    except ToolError as first:
        limits = {"files": resource.RLIMIT_NOFILE, "processes": resource.RLIMIT_NPROC}
        hard = {name: resource.getrlimit(limit)[1] for name, limit in limits.items()}
        most = {name: MAX_LIMIT if limit == resource.RLIM_INFINITY else min(limit, MAX_LIMIT) for name, limit in hard.items()}
        settings = FOLDER / "containers.conf"
        settings.write_text(CONSTRAINED.format(**most), encoding="utf-8")
        os.environ["CONTAINERS_CONF"] = str(settings)
        try:
            run("podman", "run", "--rm", image, "python3", "--version", timeout=120)
        except ToolError as second:
            raise ToolError(f"podman runs no container here: {first}; with runc, cgroupfs and the host's network: {second}") from None
        print("podman: with runc, cgroupfs and the host's network, for its own settings don't do here")


def build(base: str | None) -> None:
    """Build the image, from another base image if one is given; exit if the build fails."""
    mounts = [
        path for path in ("/etc/ssl/certs/ca-certificates.crt", "/etc/xdg/pip") if Path(path).exists()
    ]  # the package index of a company
    extra = " ".join(["--network=host", *(f"--volume={path}:{path}:ro" for path in mounts)])
    instead = ("--build-arg", f"EE_BASE_IMAGE={base}") if base else ()
    given = ("--file", DEFINITION, "--context", CONTEXT, "--container-runtime", "podman", "--tag", IMAGE)
    args = command("ansible-builder", "build", "-v", "3", *given, *instead, "--extra-build-cli-args", extra)
    with LOG.open("w", encoding="utf-8") as log:
        done = subprocess.run(args, stdout=log, stderr=subprocess.STDOUT, check=False, timeout=1800)
    if done.returncode:
        sys.exit("\n".join([*LOG.read_text(encoding="utf-8").splitlines()[-20:], f"The image could not be built. The complete log: {LOG}"]))
    frozen = run("podman", "run", "--rm", IMAGE, "python3", "-m", "pip", "freeze").splitlines()
    found = {normalized(name): version for name, _equal, version in (line.partition("==") for line in frozen)}
    if strays := {name: version for name, version in found.items() if pins().get(name) != version}:
        sys.exit(f"In the image, but not pinned so in {PINS.name}: {strays}")
    print(f"image {IMAGE}: {len(found)} Python packages, each as pinned")


def job_parameters(folder: Path, okta: Emulator, tenant: Tenant, password: str) -> dict[str, Any]:
    """Prepare the folder of a job, and return the parameters that AWX passes to ansible-runner."""
    for name in ("project", "credentials"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "credentials").chmod(0o777)  # in a pod, another user than root writes
    (folder / "project" / "onboard.yml").write_text(yaml.safe_dump([{"import_playbook": PLAYBOOK}]), encoding="utf-8")
    shutil.copy(okta.ca_file, folder / "project" / "ca.pem")
    return {
        "private_data_dir": str(folder),
        "playbook": "onboard.yml",
        "inventory": {"all": {"hosts": {tenant.name: {}}}},
        "extravars": {"rezonate_ca_path": "/runner/project/ca.pem", "rezonate_vault_file": "/credentials/{{ inventory_hostname }}.vault"},
        "envvars": {"HTTPS_PROXY": okta.proxy_url, "OKTA_API_TOKEN": tenant.api_token},
        "cmdline": "--vault-id demo@prompt",
        "passwords": {r"^Vault password \(demo\):\s*?$": password},
    }


def on_a_node(job: dict[str, Any]) -> Any:
    """Run a job as AWX does on an execution node, and ansible-navigator on a workstation: ansible-runner starts the container."""
    isolation = {"process_isolation": True, "process_isolation_executable": "podman", "container_image": IMAGE}
    mounts = [f"{job['private_data_dir']}/credentials:/credentials:rw"]
    return ansible_runner.run(**job, **isolation, container_options=["--network=host", "--user=root"], container_volume_mounts=mounts)


def in_a_pod(job: dict[str, Any]) -> Any:
    """Run a job as AWX does in a container group: as an unknown user, by the ansible-runner of the container, which receives the job."""
    folder = Path(job["private_data_dir"])
    options = ("--rm", "--interactive", "--network=host", "--user=12345:0", f"--volume={folder / 'credentials'}:/credentials:rw")
    worker = ("podman", "run", *options, IMAGE, "ansible-runner", "worker", "--private-data-dir=/runner")
    with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as received:
        ansible_runner.run(**job, streamer="transmit", _output=sent)
        sent.seek(0)
        subprocess.run(worker, stdin=sent, stdout=received, check=False, timeout=600)
        received.seek(0)
        return ansible_runner.run(streamer="process", _input=received, private_data_dir=str(folder))


def changed(folder: Path) -> int:
    """Return how many tasks of the last run reported a change."""
    events = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("artifacts/**/job_events/*.json")]
    latest = max((event for event in events if event["event"] == "playbook_on_stats"), key=lambda event: event["created"])
    count: int = latest["event_data"]["changed"].get(HOST, 0)
    return count


def demo(name: str, runner: Callable[[dict[str, Any]], Any]) -> None:
    """Onboard twice; the second run must change nothing, and the credentials must be in the vault file."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as scratch, Emulator() as okta:
        folder, tenant, password = Path(scratch, "runner"), okta.tenant(HOST), secrets.token_urlsafe(32)
        for number in ("first", "second"):
            start = time.monotonic()
            if runner(job_parameters(folder, okta, tenant, password)).status != "successful":
                sys.exit(f"The {number} run {name} failed; see its output above.")
            print(f"{number} run {name}: {time.monotonic() - start:.1f} s, changed={changed(folder)}", flush=True)
        if changed(folder):
            sys.exit("The second run changed something, which it should not have.")
        artifacts = "".join(
            path.read_text(encoding="utf-8", errors="replace") for path in (folder / "artifacts").rglob("*") if path.is_file()
        )
        if "PRIVATE KEY" in artifacts or password in artifacts:
            sys.exit("The artifacts of ansible-runner contain a secret.")
        (folder / "password").write_text(password, encoding="utf-8")
        found = yaml.safe_load(view(folder / "credentials" / f"{HOST}.vault", folder / "password", environment(folder / "home")))
        if found["rezonate_credentials"]["application_id"] != tenant.apps[0]["id"]:
            sys.exit("The vault file is not that of the app in Okta.")


def main() -> None:
    """Run the steps that this machine supports; exit with status 1 if one fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--pinned-base", action="store_true", help="build from the pinned base image, which must be available in a registry"
    )
    parser.add_argument("--refresh", action="store_true", help="pin the newest Python packages instead of building anything")
    given = parser.parse_args()
    try:
        if given.refresh:
            refresh()
            return
        print(f"introspect: {introspect(ROOT / 'playbooks' / 'collections')}")
        create(DEFINITION, CONTEXT)
        print(f"create: {CONTEXT}")
        configure_storage()
        if given.pinned_base:
            run("podman", "pull", pinned_base())
            configure_podman(pinned_base())
            build(None)
        else:
            try:
                base = build_base_image()
            except ToolError as reason:
                print(f"Skipped, building the image and running the demo in it: {reason}")
                return
            build(base)
        demo("on a node", on_a_node)
        demo("in a pod", in_a_pod)
    except ToolError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
