# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a run for a tenant: its sentences, the suggested commands, and the summary for programs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from .report_changes import change_status, reported_changes
from .report_facts import Facts
from .report_offboarding import offboarding_report, removals
from .report_onboarding import onboarding_report
from .report_rotation import rotation_report

_REPORTS = {"onboard": onboarding_report, "rotate": rotation_report, "offboard": offboarding_report}
_OPTION = re.compile(r"-e (rezonate_(?:rotation|retire_previous|scopes_version)=[A-Za-z0-9]+)")


@dataclass(frozen=True)
class Command:
    """The command line of the run, for the suggested commands.

    Args:
        inventory: its sources.
        host: the host of the tenant.
        vault_id: the vault id that the stored record is encrypted with.
    """

    inventory: Sequence[str]
    host: str
    vault_id: str | None = None

    def line(self, option: str) -> str:
        """The shell command that runs the playbook to which an option belongs."""
        playbook = "rotate_rezonate" if option.startswith("rezonate_rotation=") else "onboard_rezonate"
        label = "" if self.vault_id in (None, "default") else self.vault_id
        sources = [word for source in self.inventory for word in ("-i", source)]
        words = [*sources, f"rezonate.okta.{playbook}", "--limit", self.host, "--vault-id", f"{label}@prompt", "-e", option]
        return shlex.join(["ansible-playbook", *words])


def report_lines(facts: Facts, command: Command) -> list[str]:
    """The sentences of the report, and the command for each option that they suggest."""
    lines = _REPORTS[facts.work](facts)
    suggested = dict.fromkeys(option for line in lines for option in _OPTION.findall(line))
    return [*lines, *(f"As a command: {command.line(option)}" for option in suggested)]


def report_summary(facts: Facts) -> dict[str, object]:
    """The status and the changes, for programs."""
    return {"status": change_status(facts), "changed": removals(facts) if facts.work == "offboard" else reported_changes(facts)}
