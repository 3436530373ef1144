# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads the other collections that tests and benchmarks use; the collection itself needs none.

They are extracted from the PyPI package `ansible`, which contains them: this checkout uses only a package index, and Ansible Galaxy
would be an additional server. Nothing else of the package is saved.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from helpers.ansible_run import ROOT

FOLDER = ROOT / ".build" / "other" / "collections"
NAMES = ("awx.awx", "community.crypto", "community.hashi_vault")
PACKAGE = "ansible>=10,<13"  # the last versions with awx.awx; 10 is for Python 3.10
PIP = (sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:")


def missing(*names: str) -> str:
    """Download all collections unless the named ones exist; return the error, or an empty text."""
    if not absent(*names):
        return ""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as made:
        folder = Path(made)
        try:
            got = subprocess.run([*PIP, "--dest", folder, PACKAGE], capture_output=True, text=True, check=False, timeout=300)
        except subprocess.TimeoutExpired:
            return f"pip download '{PACKAGE}': not done after 300 s"
        if got.returncode:
            return f"pip download '{PACKAGE}': {(got.stderr.strip().splitlines() or ['no reason given'])[-1]}"
        wheel = next(folder.glob("ansible-*.whl"))
        for name in {*NAMES, *names}:
            unpack(wheel, name, folder)
        left = absent(*names)
        return f"{wheel.name} does not contain {', '.join(left)}" if left else ""


def absent(*names: str) -> list[str]:
    """Return the collections that do not exist."""
    return [name for name in names if not (FOLDER / part(name) / "MANIFEST.json").exists()]


def part(name: str) -> str:
    """Return a collection's path below a folder of collections."""
    return f"ansible_collections/{name.replace('.', '/')}"


def unpack(wheel: Path, name: str, folder: Path) -> None:
    """Extract a collection atomically, since another process can extract it at the same time."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder, [entry for entry in archive.namelist() if entry.startswith(f"{part(name)}/")])
    target = FOLDER / part(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    if (folder / part(name)).exists():
        try:
            (folder / part(name)).rename(target)
        except OSError:  # not empty: another process has extracted it
            if absent(name):
                raise
