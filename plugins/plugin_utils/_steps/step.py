# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A building block as a step of a tenant's plan: its options come from the plan, and its result is stored."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.plan import Plan
from .._runner.tenant_context import Context

Work = Callable[[Call], Outcome]


def record_time() -> str:
    """The current time in the format of the record."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Step(ABC):
    """One task of a role's run, for one tenant.

    Attributes:
        name: the name of its result in the plan.

    Args:
        context: the tenant.
    """

    name: str

    def __init__(self, context: Context) -> None:
        self.context = context
        self.plan = context.plan

    @abstractmethod
    def options(self) -> Mapping[str, Any]:
        """The options of the module; None for options that aren't set."""

    @property
    def applies(self) -> bool:
        """Whether there is work; otherwise the task is skipped, and the plan is not changed."""
        return True

    def caller_options(self) -> Mapping[str, Any]:
        """The options of the credential for the calls to Okta."""
        return self.context.credential()

    def fill_options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The options of the task, completed from the plan."""
        planned = {**self.context.connection(), **self.caller_options(), **self.options()}
        return {**{name: value for name, value in planned.items() if value is not None}, **given}

    def run(self, call: Call, work: Work) -> Outcome:
        """Do the module's work, store its result, and return the updated plan."""
        outcome = work(call)
        self.plan = replace(self.plan, detour="")
        self.plan = self.plan.with_result(self.name, {"changed": outcome.changed, **outcome.values})
        # values of the plan aren't repeated in the result: Ansible copies it several times, and would show secrets in it
        skipped = {"skipped": True} if outcome.values.get("skipped") else {}
        return self.record_result(replace(outcome, values=skipped), outcome.values, call)

    def record_result(self, outcome: Outcome, _learned: Mapping[str, Any], _call: Call) -> Outcome:
        """Store the result, and return the outcome."""
        return self.result(outcome)

    def save_record(self, outcome: Outcome, current: Mapping[str, Any], call: Call) -> Outcome:
        """Store the record, and return the outcome."""
        return self.result(outcome, self.context.save_record(current, call))

    def result(self, outcome: Outcome, saved: Outcome | None = None) -> Outcome:
        """The outcome with the plan and, if something was stored, with the encrypted text for the store."""
        if saved is None:
            return replace(outcome, values={**outcome.values, "plan": _with_store_facts(self.plan, hands_over=False).as_dict()})
        self.plan = plan_after_save(self.plan, saved)
        text = {"ciphertext": saved.values["ciphertext"]} if "ciphertext" in saved.values else {}
        backup = {"backup_file": saved.values["backup_file"]} if saved.values.get("backup_file") else {}
        self.plan = self.plan.with_members(self.name, changed=outcome.changed or saved.changed, **backup)
        return replace(
            outcome,
            changed=outcome.changed or saved.changed,
            values={**outcome.values, **text, "plan": self.plan.as_dict()},
            before=_with_record_diff(outcome.before, saved.before),
            after=_with_record_diff(outcome.after, saved.after),
        )

    def skipped_result(self) -> Outcome:
        """The outcome of a step without work."""
        self.plan = self.plan.with_result(self.name, {"skipped": True})
        return self.result(Outcome(values={"skipped": True}))


def plan_after_save(plan: Plan, saved: Outcome) -> Plan:
    """The plan after the record was stored.

    Args:
        plan: the plan.
        saved: the outcome of the module ``vault_vars_file``.
    """
    facts = {name: saved.values[name] for name in ("exists", "revision", "names", "view_command") if name in saved.values}
    label = {"label": saved.values["vault_id"]} if saved.values.get("vault_id") else {}
    return _with_store_facts(
        plan, **facts, **label, hands_over="ciphertext" in saved.values, do="save" if saved.values["exists"] else "remove"
    )


def _with_store_facts(plan: Plan, **facts: Any) -> Plan:
    return replace(plan, store={**plan.store, **facts})


def _with_record_diff(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> dict[str, Any]:
    return {**(one or {}), **({"record": dict(other)} if other else {})}
