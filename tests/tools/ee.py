# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the execution environment, and onboard a made-up tenant in it as AWX and ansible-navigator do, through ansible-runner.

What needs no containers, `ansible-builder introspect` and `create`, is done everywhere. The image is built, and used, where podman is found
to work; where it isn't, the reason is printed and that part left out. The pinned base image needs a registry, so a stand-in takes its place
unless told otherwise: the same Debian, with its own Python. All that podman makes lies below .build.
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
IMAGE, STAND_IN, DEBIAN = (f"localhost/rezonate-okta-ee{part}" for part in ("", "-base", "-debian"))
HOST = "rezonate-demo"
# Beside ansible-core and the collection's own: what ansible-builder installs by itself.
INSTALLED = ("ansible-runner", "bindep", "dumb-init==1.2.5", "packaging", "pyyaml")
INSTALL_PIP = """\
FROM {debian}
RUN ln -s /usr/bin/python3 /usr/local/bin/python3 && set -- /usr/share/python-wheels/pip-*.whl && \\
    python3 "$1/pip" install --break-system-packages --no-index "$1"
"""
# Where podman's own settings don't do, as in a container or on a machine with both kinds of cgroups.
CONSTRAINED = """\
[containers]
default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]
netns = "host"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
ENOUGH = 4096  # files and processes; podman asks for more than it may have where root lacks CAP_SYS_RESOURCE


class TroubleError(Exception):
    """What didn't work, in a sentence."""


def run(*args: str | Path, timeout: float = 900, env: Mapping[str, str] | None = None) -> str:
    """Run a command and give its output; say of one that fails what it was and how it ended."""
    try:
        done = subprocess.run([*map(str, args)], capture_output=True, text=True, check=False, timeout=timeout, env=env)
    except FileNotFoundError:
        raise TroubleError(f"{args[0]} isn't installed") from None
    except subprocess.TimeoutExpired:
        raise TroubleError(f"{args[0]} {args[1]}: not done after {timeout:.0f} s") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise TroubleError(f"{args[0]} {args[1]} ended with {done.returncode}: {said}")
    return done.stdout


def introspect(collections: Path) -> dict[str, list[str]]:
    """Say what ansible-builder finds that the collections in a folder need."""
    found: dict[str, list[str]] = yaml.safe_load(run(*command("ansible-builder", "introspect", collections)))
    return found


def create(definition: Path, context: Path) -> str:
    """Write the build context and give its Containerfile."""
    shutil.rmtree(context, ignore_errors=True)
    given = ("--file", definition, "--context", context, "--output-filename", "Containerfile")
    run(*command("ansible-builder", "create", *given))
    return (context / "Containerfile").read_text(encoding="utf-8")


def pins() -> dict[str, str]:
    """Give the pinned version of each Python package."""
    lines = PINS.read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def pinned_base() -> str:
    """Give the name of the pinned base image."""
    return str(yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))["images"]["base_image"]["name"])


def normal(name: str) -> str:
    """Give a package's name as the pins have it."""
    return name.lower().replace("_", "-").replace(".", "-")


def refresh() -> None:
    """Pin the newest versions that go together, for the Python of the base image; ansible-core stays with its release."""
    version = ".".join(pinned_base().partition(":")[2].split(".")[:2])
    if not (python := find_python(version)):
        raise TroubleError(f"Python {version}, which the base image has, isn't here")
    core = pins()["ansible-core"].rpartition(".")[0]
    with tempfile.TemporaryDirectory() as made:
        report = Path(made, "report.json")
        run(python, "-m", "venv", Path(made, "venv"))
        pip = (Path(made, "venv", "bin", "python"), "-m", "pip", "install", "--dry-run", "--ignore-installed", "--only-binary", ":all:")
        run(*pip, "--report", report, f"ansible-core=={core}.*", *INSTALLED, "-r", ROOT / "requirements.txt")
        found = [entry["metadata"] for entry in json.loads(report.read_text(encoding="utf-8"))["install"]]
    said = [line for line in PINS.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    lines = sorted(f"{normal(entry['name'])}=={entry['version']}" for entry in found)
    PINS.write_text("\n".join([*said, *lines, ""]), encoding="utf-8")
    print(f"{PINS.name}: {len(lines)} packages for Python {version}; look at the diff")


def stand_in() -> str:
    """Make the image that stands for the pinned one; Debian's packages come from Debian's mirror."""
    for tool in ("debootstrap", "podman"):
        if not shutil.which(tool):
            raise TroubleError(f"{tool} isn't installed (apt-get install podman runc debootstrap)")
    if os.geteuid():
        raise TroubleError("debootstrap makes the stand-in for the base image, which takes root; or use the pinned image: EE=--pinned-base")
    archive = FOLDER / "debian.tar"
    if not archive.exists():
        with tempfile.TemporaryDirectory(dir=FOLDER) as made:
            root, packed = Path(made, "root"), Path(made, "debian.tar")
            run("debootstrap", "--variant=minbase", "--include=python3,python3-pip-whl,ca-certificates", "trixie", root)
            run("tar", "--directory", root, "--create", "--file", packed, ".")
            packed.rename(archive)
    run("podman", "import", archive, DEBIAN)
    works(DEBIAN)
    with tempfile.TemporaryDirectory() as made:
        Path(made, "Containerfile").write_text(INSTALL_PIP.format(debian=DEBIAN), encoding="utf-8")
        run("podman", "build", "--tag", STAND_IN, made)
    return STAND_IN


def own_storage() -> None:
    """Let podman keep all below .build; `make clean` takes it away."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    storage = FOLDER / "storage.conf"
    places = f'graphroot = "{FOLDER / "storage"}"\nrunroot = "{FOLDER / "run"}"\n'
    storage.write_text(f'[storage]\ndriver = "overlay"\n{places}', encoding="utf-8")
    os.environ["CONTAINERS_STORAGE_CONF"] = str(storage)


def works(image: str) -> None:
    """Find the settings with which podman runs a container here."""
    try:
        run("podman", "run", "--rm", image, "python3", "--version", timeout=120)
    except TroubleError as first:
        limits = {"files": resource.RLIMIT_NOFILE, "processes": resource.RLIMIT_NPROC}
        hard = {name: resource.getrlimit(limit)[1] for name, limit in limits.items()}
        most = {name: ENOUGH if limit == resource.RLIM_INFINITY else min(limit, ENOUGH) for name, limit in hard.items()}
        settings = FOLDER / "containers.conf"
        settings.write_text(CONSTRAINED.format(**most), encoding="utf-8")
        os.environ["CONTAINERS_CONF"] = str(settings)
        try:
            run("podman", "run", "--rm", image, "python3", "--version", timeout=120)
        except TroubleError as second:
            raise TroubleError(f"podman runs no container here: {first}; with runc, cgroupfs and the host's network: {second}") from None
        print("podman: with runc, cgroupfs and the host's network, for its own settings don't do here")


def build(base: str | None) -> None:
    """Build the image, from another base image if one is given; fail the command if that fails."""
    mounts = [path for path in ("/etc/ssl/certs/ca-certificates.crt", "/etc/xdg/pip") if Path(path).exists()]  # a company's index
    extra = " ".join(["--network=host", *(f"--volume={path}:{path}:ro" for path in mounts)])
    instead = ("--build-arg", f"EE_BASE_IMAGE={base}") if base else ()
    given = ("--file", DEFINITION, "--context", CONTEXT, "--container-runtime", "podman", "--tag", IMAGE)
    args = command("ansible-builder", "build", "-v", "3", *given, *instead, "--extra-build-cli-args", extra)
    with LOG.open("w", encoding="utf-8") as log:
        done = subprocess.run(args, stdout=log, stderr=subprocess.STDOUT, check=False, timeout=1800)
    if done.returncode:
        sys.exit("\n".join([*LOG.read_text(encoding="utf-8").splitlines()[-20:], f"The image could not be built. The whole log: {LOG}"]))
    frozen = run("podman", "run", "--rm", IMAGE, "python3", "-m", "pip", "freeze").splitlines()
    found = {normal(name): version for name, _equal, version in (line.partition("==") for line in frozen)}
    if strays := {name: version for name, version in found.items() if pins().get(name) != version}:
        sys.exit(f"In the image, but not pinned so in {PINS.name}: {strays}")
    print(f"image {IMAGE}: {len(found)} Python packages, each as pinned")


def told(folder: Path, okta: Emulator, tenant: Tenant, password: str) -> dict[str, Any]:
    """Lay out a job, and say what AWX tells ansible-runner of it."""
    for name in ("project", "credentials"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "credentials").chmod(0o777)  # in a pod it isn't root who writes
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
    """Run a job as AWX does in a container group: the container's own ansible-runner is sent the job, as a user whom no image knows."""
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
    """Say how many tasks of the last run changed something."""
    events = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("artifacts/**/job_events/*.json")]
    last = max((event for event in events if event["event"] == "playbook_on_stats"), key=lambda event: event["created"])
    count: int = last["event_data"]["changed"].get(HOST, 0)
    return count


def demo(name: str, way: Callable[[dict[str, Any]], Any]) -> None:
    """Onboard twice; the second run has to change nothing, and the credentials have to be in the vault file."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as made, Emulator() as okta:
        folder, tenant, password = Path(made, "runner"), okta.tenant(HOST), secrets.token_urlsafe(32)
        for number in ("first", "second"):
            start = time.monotonic()
            if way(told(folder, okta, tenant, password)).status != "successful":
                sys.exit(f"The {number} run {name} failed; its output above says why.")
            print(f"{number} run {name}: {time.monotonic() - start:.1f} s, changed={changed(folder)}", flush=True)
        if changed(folder):
            sys.exit("The second run changed something, which it should not have.")
        kept = "".join(path.read_text(encoding="utf-8", errors="replace") for path in (folder / "artifacts").rglob("*") if path.is_file())
        if "PRIVATE KEY" in kept or password in kept:
            sys.exit("A secret is in what ansible-runner keeps of the runs.")
        (folder / "password").write_text(password, encoding="utf-8")
        found = yaml.safe_load(view(folder / "credentials" / f"{HOST}.vault", folder / "password", environment(folder / "home")))
        if found["rezonate_credentials"]["application_id"] != tenant.apps[0]["id"]:
            sys.exit("The vault file is not that of the app in Okta.")


def main() -> None:
    """Do what can be done here; exit 1 if something of it fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pinned-base", action="store_true", help="build from the pinned base image, which a registry has to give")
    parser.add_argument("--refresh", action="store_true", help="pin the newest Python packages instead of building anything")
    given = parser.parse_args()
    try:
        if given.refresh:
            refresh()
            return
        print(f"introspect: {introspect(ROOT / 'playbooks' / 'collections')}")
        create(DEFINITION, CONTEXT)
        print(f"create: {CONTEXT}")
        own_storage()
        if given.pinned_base:
            run("podman", "pull", pinned_base())
            works(pinned_base())
            build(None)
        else:
            try:
                base = stand_in()
            except TroubleError as reason:
                print(f"Left out, building the image and running the demo in it: {reason}")
                return
            build(base)
        demo("on a node", on_a_node)
        demo("in a pod", in_a_pod)
    except TroubleError as trouble:
        sys.exit(str(trouble))


if __name__ == "__main__":
    main()
