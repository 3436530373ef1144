# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The confirmation before access to tenants is removed: which tenants, and how many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

NOT_CONFIRMED = (
    "Nothing was removed: confirm at the prompt, or set -e rezonate_confirm=true and -e rezonate_offboard_tenants to the names of the"
    " tenants or to their number."
)
_YES = ("true", "yes", "y", "1", "on")
_MAX_LISTED = 20


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
        """The text of the prompt."""
        if len(self.hosts) == 1:
            (only,) = self.hosts
            return f"Remove Rezonate's access to the tenant {only} and its stored credentials? Type {only.tenant} to continue"
        return (
            f"Remove Rezonate's access to {len(self.hosts)} tenants and its stored credentials? The tenants are {host_list(self.hosts)}. "
            f"Type their number ({len(self.hosts)}) to continue"
        )

    def accepts(self, answer: str) -> bool:
        """Whether the answer confirms: the number of tenants or, for one tenant, its name."""
        given = answer.strip()
        names = {self.hosts[0].name, self.hosts[0].tenant} if len(self.hosts) == 1 else set()
        return given == str(len(self.hosts)) or given.casefold() in {name.casefold() for name in names}

    @property
    def refusal(self) -> str:
        """The message where the answer doesn't confirm."""
        count = len(self.hosts)
        return f"Nothing was removed: the answer was not {f'{count}, the number of tenants' if count > 1 else self.hosts[0].tenant}."


def named_tenants_match(names: Sequence[str], hosts: Sequence[str], tenant: Callable[[str], str]) -> bool:
    """Whether the named tenants are exactly the hosts of a run.

    Args:
        names: names of hosts or of their tenants, in upper or lower case; or only the number of the hosts.
        hosts: the names of the hosts.
        tenant: returns the tenant of a host; called only for hosts that aren't named themselves, because it is slow.
    """
    if list(names) == [str(len(hosts))]:
        return True
    given = {name.casefold() for name in names}
    found = {host.casefold() for host in hosts} & given
    for host in hosts:
        if host.casefold() not in given:
            found.add(tenant(host).casefold())
    return found == given


def mismatch_message(names: Sequence[str], hosts: Sequence[Host]) -> str:
    """The message where the named tenants aren't the hosts of the run."""
    run = f"this run is for the tenant {hosts[0]}" if len(hosts) == 1 else f"this run is for {len(hosts)} tenants ({host_list(hosts)})"
    return (
        f"Nothing was removed: rezonate_offboard_tenants is {host_list(names)}, but {run}:"
        " name exactly the tenants of the run, or limit the run to the named ones."
    )


def host_list(hosts: Sequence[Host | str]) -> str:
    """The names of hosts; of many, the first ones and the number of the rest."""
    shown = ", ".join(map(str, hosts[:_MAX_LISTED]))
    return f"{shown} and {len(hosts) - _MAX_LISTED} more" if len(hosts) > _MAX_LISTED else shown


def is_affirmative(value: Any) -> bool:
    """Whether a variable confirms. An extra variable is a string."""
    return str(value).strip().lower() in _YES
