# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The events of a run that change only the stored record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .custom_roles import PRIVILEGES, REMEDIATION
from .integration import Integration
from .onboarding import methods_to_retire
from .plan import Plan
from .record_updates import Current, next_secret_requested, objects_removed, previous_methods_removed
from .rotation import Credentials, Rotation

# From the plan, the record and the time to the record after the event; None where it is deleted.
Event = Callable[[Plan, Current, str], "dict[str, Any] | None"]


def _integration_requested(plan: Plan, current: Current, now: str) -> dict[str, Any]:
    desired = Integration(plan)
    return desired.with_intent(current, now=now) if desired.stores_intent else dict(current)


def _request_refused(plan: Plan, current: Current, _now: str) -> dict[str, Any] | None:
    desired = Integration(plan)
    return desired.without_intent(current) if desired.stores_intent else dict(current)


def _secret_requested(plan: Plan, current: Current, now: str) -> dict[str, Any]:
    return Integration(plan).with_secret_intent(current, now=now)


def _remediation_taken_away(_plan: Plan, current: Current, _now: str) -> dict[str, Any]:
    return objects_removed(current, REMEDIATION.record_names)


def _privileges_taken_away(_plan: Plan, current: Current, _now: str) -> dict[str, Any]:
    return objects_removed(current, PRIVILEGES.record_names)


def _previous_retired(plan: Plan, current: Current, _now: str) -> dict[str, Any]:
    return previous_methods_removed(current, methods_to_retire(plan)) if plan.is_verified_now else dict(current)


def _next_secret_requested(_plan: Plan, current: Current, now: str) -> dict[str, Any]:
    is_known = "requested_at" in current.get("next", {})
    return dict(current) if is_known else next_secret_requested(current, now=now)


def _promoted(plan: Plan, current: Current, _now: str) -> dict[str, Any]:
    return Credentials(Rotation(plan), current).promoted()


def _forgotten(_plan: Plan, _current: Current, _now: str) -> None:
    """Everything is removed from Okta, so the record is deleted."""


EVENTS: Mapping[str, Event] = {
    "integration_requested": _integration_requested,
    "previous_retired": _previous_retired,
    "privileges_taken_away": _privileges_taken_away,
    "remediation_taken_away": _remediation_taken_away,
    "request_refused": _request_refused,
    "secret_requested": _secret_requested,
    "next_secret_requested": _next_secret_requested,
    "promoted": _promoted,
    "forgotten": _forgotten,
}
