# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a suite is made of: cases, each with a verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.workspace import Workspace
from okta_emulator import Emulator, Tenant


@dataclass(frozen=True)
class CaseContext:
    """What a case gets: an empty folder, the emulator of its process, and names that nobody else has.

    Args:
        folder: an empty directory of the case's own.
        okta: the emulator; other cases use it too, so faults are laid for one tenant.
        name: a tenant's name that is free; for more than one, `tenant` adds a suffix.
    """

    folder: Path
    okta: Emulator
    name: str

    def workspace(self, name: str = "workspace") -> Workspace:
        """Make a user's empty home and working directory."""
        folder = self.folder / name
        folder.mkdir()
        return Workspace(folder, self.okta)

    def tenant(self, suffix: str = "", **options: Any) -> Tenant:
        """Make a tenant of the case's own."""
        return self.okta.tenant(f"{self.name}{suffix}", **options)


@dataclass(frozen=True)
class Verdict:
    """What came of a case; every number but 0 is a fault.

    Args:
        outcome: a word or two, the same for cases that ended alike; the table counts them.
        lost: keys, apps or credentials that were lost.
        doubled: apps, grants or roles that are there twice, or shouldn't be there.
        leaked: secrets found where they don't belong.
        hangs: runs that didn't end by themselves.
        unclear: failures without one clear sentence, and whatever else isn't as it should be.
        detail: what to look at; shown where a number isn't 0.
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
    """One point that is tried.

    Args:
        suite: the suite's name.
        name: unique in the suite.
        run: tries it; an exception counts as unclear. Points that share a run of Ansible give a verdict each.
        telling: whether `make test` tries it as well.
    """

    suite: str
    name: str
    run: Callable[[CaseContext], Verdict | Sequence[Verdict]]
    telling: bool = False
