# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions of the Python libraries: those with known faults are excluded, and each minimum has a reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

TEXT = (Path(__file__).resolve().parents[2] / "requirements.txt").read_text(encoding="utf-8")
REQUIREMENTS = {entry.name: entry for entry in (Requirement(line) for line in TEXT.splitlines() if not line.startswith("#"))}
# The newest release with the fault.
FAULTS = [
    ("requests", "2.31.0", "CVE-2024-35195"),
    ("requests", "2.32.3", "CVE-2024-47081"),
    ("requests", "2.32.5", "CVE-2026-25645"),
    ("urllib3", "2.5.0", "CVE-2025-66418"),
    ("urllib3", "2.5.0", "CVE-2025-66471"),
    ("urllib3", "2.6.2", "CVE-2026-21441"),
    ("urllib3", "2.6.3", "CVE-2026-44432"),
    ("urllib3", "2.7.0", "CVE-2026-97687"),
    ("urllib3", "2.7.0", "CVE-2026-97688"),
    ("urllib3", "2.7.0", "CVE-2026-97689"),
    ("cryptography", "46.0.6", "CVE-2026-39892"),
    ("cryptography", "48.0.0", "GHSA-537c-gmf6-5ccf"),
    ("cryptography", "49.0.0", "CVE-2026-69247"),
    ("jwcrypto", "1.5.5", "CVE-2024-28102"),
    ("jwcrypto", "1.5.6", "CVE-2026-39373"),
    ("jwcrypto", "1.5.8", "CVE-2026-80179"),
]


@pytest.mark.parametrize(("name", "version", "fault"), FAULTS, ids=[fault for _name, _version, fault in FAULTS])
def test_a_release_with_a_known_fault_is_excluded_and_the_fault_is_named(name: str, version: str, fault: str) -> None:
    assert not REQUIREMENTS[name].specifier.contains(version)
    assert fault in TEXT


@pytest.mark.parametrize("version", ["2.0.0", "2.0.1"])
def test_withdrawn_releases_are_excluded(version: str) -> None:
    assert not REQUIREMENTS["urllib3"].specifier.contains(version)


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_each_floor_has_its_reason(name: str) -> None:
    assert re.search(rf"^# {name}: .*(\n#.*)*\n{name}>=[\d.]+$", TEXT, re.MULTILINE)
