# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a file outlives a job of AWX."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._vault.persistence import JOB_FOLDER, is_on_persistent_mount, is_persistent

MOUNTS = """\
22 1 0:35 / / rw,relatime - overlay overlay rw
23 22 0:36 / /proc rw - proc proc rw
24 22 0:37 / /tmp rw - tmpfs tmpfs rw
25 22 254:1 /tmp/awx_7_x /runner rw shared:1 - xfs /dev/vda1 rw
26 22 0:50 / /mnt/my\\040vault rw - nfs4 nas:/vault rw
27 25 254:1 /jobs /runner/keep rw - xfs /dev/vda1 rw
28 22 254:1 /a /lower rw - xfs /dev/vda1 rw
29 28 0:51 / /lower rw - tmpfs tmpfs rw
""".splitlines()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/runner/acme.vault", False),
        ("/tmp/acme.vault", False),
        ("/runner/project/host_vars/acme/rezonate.vault", False),
        ("/runner", False),
        ("/mnt/my vault/acme/rezonate.vault", True),
        ("/mnt/my vaults/acme/rezonate.vault", False),
        ("/lower/acme.vault", False),  # a later mount lies on top
    ],
)
def test_only_mounts_outside_the_job_are_persistent(path: str, expected: bool) -> None:
    assert is_on_persistent_mount(path, "/runner", MOUNTS) is expected


def test_a_mount_within_the_jobs_directory_is_regarded_as_part_of_it() -> None:
    assert is_on_persistent_mount("/runner/keep/acme.vault", "/runner", MOUNTS) is False


def test_without_a_job_every_file_is_persistent() -> None:
    assert is_persistent("/nowhere/at/all", {})


def test_the_jobs_own_directory_is_not_persistent(tmp_path: Path) -> None:
    environment = {JOB_FOLDER: str(tmp_path / "artifacts" / "7")}
    assert is_persistent(str(tmp_path / "project" / "acme.vault"), environment) is False
