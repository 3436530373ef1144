# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An administrator of a controller: runs configure_awx against the stub of its API."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from controller import Controller
from controller.objects import Objects
from controller.server import TOKEN
from helpers.ansible_run import COLLECTIONS, ROOT, Run, environment, run_playbook
from helpers.module_server import fast_modules
from helpers.other_collections import FOLDER

EXAMPLES = ROOT / "docs" / "examples"
PROJECT = EXAMPLES / "awx-project"
ROLE = ROOT / "roles" / "awx"
AWX = FOLDER / "ansible_collections" / "awx" / "awx"
CONFIGURE = "rezonate.okta.configure_awx"
PLAYBOOKS = sorted(path.name for path in PROJECT.glob("*.yml") if "import_playbook" in path.read_text(encoding="utf-8"))
GUIDE = (ROOT / "docs" / "awx.md").read_text(encoding="utf-8")
HAS_COMMANDS = bool(shutil.which("curl") and shutil.which("jq"))  # those of the guide
URL = {"awx_project_url": "https://git.example/rezonate-playbooks.git"}


class Admin:
    """The environment of runs of configure_awx.

    Args:
        folder: an empty directory.
        controller: the controller to set up.
        collections: the paths of the collection awx.awx.
    """

    def __init__(self, folder: Path, controller: Controller, *collections: Path) -> None:
        self.folder, self.controller = folder, controller
        self.env = environment(
            folder / "home",
            ANSIBLE_COLLECTIONS_PATH=os.pathsep.join(map(str, (COLLECTIONS, *(collections or (FOLDER,))))),
            CONTROLLER_HOST=controller.url,
            CONTROLLER_OAUTH_TOKEN=TOKEN,
            SSL_CERT_FILE=controller.ca_file,
            **fast_modules(),
        )

    def configure(self, *args: str | Path, **variables: Any) -> Run:
        """Run the playbook, after clearing the controller's list of requests."""
        self.controller.requests.clear()
        given = self.folder / "awx.json"
        given.write_text(json.dumps(variables), encoding="utf-8")
        return run_playbook(self.folder, CONFIGURE, *args, "-e", f"@{given}", env=self.env)


@contextmanager
def new_controller(**options: Any) -> Iterator[Controller]:
    """Run an empty controller, whose projects hold the playbooks of the example."""
    with Controller(AWX, PLAYBOOKS, **options) as controller:
        yield controller


@contextmanager
def configured_controller() -> Iterator[Controller]:
    """Run a controller that `configure_awx` has set up with the least variables and three slices."""
    with new_controller(configured=_configured_objects()) as controller:
        yield controller


@functools.cache
def _configured_objects() -> Objects:
    with tempfile.TemporaryDirectory(prefix="admin-") as folder, new_controller() as controller:
        run = Admin(Path(folder), controller).configure(**URL, awx_slices=3)
        assert run.rc == 0, run.output[-3000:]
        return controller.objects


class _Loader(yaml.SafeLoader):
    """Reads `!unsafe` as plain text."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def data(path: Path) -> dict[str, Any]:
    """Read a YAML file of a role."""
    return dict(yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader) or {})  # a SafeLoader


def role_variables() -> Mapping[str, Any]:
    """Read all internal variables of the role, without templating."""
    return {name: value for path in sorted((ROLE / "vars" / "main").glob("*.yml")) for name, value in data(path).items()}


def documented_commands(begin: str, end: str) -> list[str]:
    """Return the commands of a part of the guide, between two texts."""
    part = GUIDE.partition(begin)[2].partition(end)[0]
    return [line[4:] for line in part.splitlines() if line.startswith("    ")]


def run_commands(controller: Controller, commands: Sequence[str], folder: Path) -> None:
    """Run commands of the guide in a shell, as an administrator of a controller."""
    env = {"CONTROLLER_HOST": controller.url, "CONTROLLER_OAUTH_TOKEN": TOKEN, "CURL_CA_BUNDLE": str(controller.ca_file), "NO_PROXY": "*"}
    script = "\n".join(["set -euo pipefail", *commands])
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
