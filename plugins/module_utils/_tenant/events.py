# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a run that change the stored record and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .integration import Integration
from .plan import Plan
from .transitions import Current

# From the plan, the record and the time to the record after the step; None where it is forgotten.
Event = Callable[[Plan, Current, str], "dict[str, Any] | None"]


def _integration_requested(plan: Plan, current: Current, now: str) -> dict[str, Any]:
    wanted = Integration(plan)
    return wanted.with_intent(current, now=now) if wanted.keeps_intent else dict(current)


def _forgotten(_plan: Plan, _current: Current, _now: str) -> None:
    """All is removed from Okta."""


EVENTS: Mapping[str, Event] = {
    "integration_requested": _integration_requested,
    "forgotten": _forgotten,
}
