# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases of a suite and their verdicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.workspace import Workspace
from okta_emulator import Emulator, Tenant


@dataclass(frozen=True)
class CaseContext:
    """The environment of a case: an empty folder, the emulator of its process, and unique tenant names.

    Args:
        folder: an empty directory that only the case uses.
        okta: the emulator. Other cases share it, so faults are injected for one tenant.
        name: an unused tenant name; `tenant` adds a suffix for more than one.
    """

    folder: Path
    okta: Emulator
    name: str

    def workspace(self, name: str = "workspace") -> Workspace:
        """Create a workspace with an empty home and working directory."""
        folder = self.folder / name
        folder.mkdir()
        return Workspace(folder, self.okta)

    def tenant(self, suffix: str = "", **options: Any) -> Tenant:
        """Create a tenant that only the case uses."""
        return self.okta.tenant(f"{self.name}{suffix}", **options)


@dataclass(frozen=True)
class Verdict:
    """The result of a case; every number other than 0 is an error.

    Args:
        outcome: a short text, identical for cases that ended alike; the table counts it.
        lost: keys, apps or credentials that were lost.
        doubled: apps, grants or roles that exist twice or must not exist.
        leaked: secrets found in the wrong place.
        hangs: runs that did not end by themselves.
        unclear: failures without one clear message, and all other errors.
        detail: details of the errors; printed if a number is not 0.
    """

    outcome: str
    lost: int = 0
    doubled: int = 0
    leaked: int = 0
    hangs: int = 0
    unclear: int = 0
    detail: str = ""

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.leaked or self.hangs or self.unclear)


@dataclass(frozen=True)
class Case:
    """A point that is tested.

    Args:
        suite: the suite's name.
        name: unique in the suite.
        run: runs the case; an exception counts as unclear. Points that share a run of Ansible return one verdict each.
        representative: whether `make test` runs it too.
    """

    suite: str
    name: str
    run: Callable[[CaseContext], Verdict | Sequence[Verdict]]
    representative: bool = False
