# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person confirms before access is removed from tenants: which ones, and how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

NOT_CONFIRMED = "Nothing was taken back: it needs a yes when it is asked, or -e rezonate_confirm=true."
_YES = ("true", "yes", "y", "1", "on")
_SHOWN = 20


@dataclass(frozen=True)
class Host:
    """A host of the play, and the tenant that it stands for."""

    name: str
    tenant: str

    def __str__(self) -> str:
        return self.name if self.name == self.tenant else f"{self.name} (tenant {self.tenant})"


@dataclass(frozen=True)
class Confirmation:
    """The tenants of a run, all of which are confirmed with one answer.

    Args:
        hosts: the hosts of the play, in the order of the inventory.
    """

    hosts: tuple[Host, ...]

    @property
    def prompt(self) -> str:
        """What a person is asked."""
        if len(self.hosts) == 1:
            (only,) = self.hosts
            return f"Take Rezonate's access to the tenant {only} away, and forget its credentials? Type {only.tenant} to go on"
        return (
            f"Take Rezonate's access to {len(self.hosts)} tenants away, and forget its credentials? They are {listed(self.hosts)}. "
            f"Type their number ({len(self.hosts)}) to go on"
        )

    def accepts(self, answer: str) -> bool:
        """Whether the answer shows that these tenants are meant: their number, or the name of the one."""
        given = answer.strip()
        names = {self.hosts[0].name, self.hosts[0].tenant} if len(self.hosts) == 1 else set()
        return given == str(len(self.hosts)) or given.casefold() in {name.casefold() for name in names}

    @property
    def refusal(self) -> str:
        """What a run says that was answered otherwise."""
        count = len(self.hosts)
        return f"Nothing was taken back: the answer was not {f'{count}, the number of its tenants' if count > 1 else self.hosts[0].tenant}."


def listed(hosts: Sequence[Host]) -> str:
    """Names for a person; of many, the first ones and how many more there are."""
    shown = ", ".join(map(str, hosts[:_SHOWN]))
    return f"{shown} and {len(hosts) - _SHOWN} more" if len(hosts) > _SHOWN else shown


def says_yes(value: Any) -> bool:
    """Whether a variable confirms. An extra variable is text."""
    return str(value).strip().lower() in _YES
