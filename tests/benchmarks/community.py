# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches community.crypto, which the peer of uri tasks needs and nothing else here does.

It comes out of the package `ansible` of PyPI, which holds it: a package index is all that this checkout ever asks, and
Ansible Galaxy would be one server more. Nothing but that one collection is kept of it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from ansible_run import ROOT

COMMUNITY = ROOT / ".build" / "bench" / "collections"
PART = "ansible_collections/community/crypto/"


def missing() -> str:
    """Fetch the collection unless it is there; give why it can't be had, or nothing."""
    if (COMMUNITY / PART / "MANIFEST.json").exists():
        return ""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
        try:
            got = subprocess.run([*command, "--dest", folder, "ansible"], capture_output=True, text=True, check=False, timeout=300)
        except subprocess.TimeoutExpired:
            return "pip download ansible: not done after 300 s"
        if got.returncode:
            return f"pip download ansible: {(got.stderr.strip().splitlines() or ['no reason given'])[-1]}"
        with zipfile.ZipFile(next(Path(folder).glob("ansible-*.whl"))) as wheel:
            wheel.extractall(COMMUNITY, [name for name in wheel.namelist() if name.startswith(PART)])
    return ""
