# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a run for a tenant, the commands that it advises, and what it holds for programs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from .report_changes import changes, status
from .report_facts import Facts
from .report_offboarding import offboarding, removals
from .report_onboarding import onboarding
from .report_rotation import rotation

_REPORTS = {"onboard": onboarding, "rotate": rotation, "offboard": offboarding}
_OPTION = re.compile(r"-e (rezonate_(?:rotation|retire_previous|scopes_version)=[A-Za-z0-9]+)")


@dataclass(frozen=True)
class Command:
    """How the run was called, for commands that repeat it.

    Args:
        inventory: its sources.
        host: the host that stands for the tenant.
        vault_id: the label that its stored record is encrypted with.
    """

    inventory: Sequence[str]
    host: str
    vault_id: str | None = None

    def line(self, option: str) -> str:
        """The command for a shell that calls the playbook to which an option belongs."""
        playbook = "rotate_rezonate" if option.startswith("rezonate_rotation=") else "onboard_rezonate"
        label = "" if self.vault_id in (None, "default") else self.vault_id
        sources = [word for source in self.inventory for word in ("-i", source)]
        words = [*sources, f"rezonate.okta.{playbook}", "--limit", self.host, "--vault-id", f"{label}@prompt", "-e", option]
        return shlex.join(["ansible-playbook", *words])


def report(facts: Facts, command: Command) -> list[str]:
    """The sentences of the report, and for each option that they advise the command."""
    lines = _REPORTS[facts.work](facts)
    advised = dict.fromkeys(option for line in lines for option in _OPTION.findall(line))
    return [*lines, *(f"As a command: {command.line(option)}" for option in advised)]


def summary(facts: Facts) -> dict[str, object]:
    """The status, and what was changed, for programs."""
    return {"status": status(facts), "changed": removals(facts) if facts.work == "offboard" else changes(facts)}
