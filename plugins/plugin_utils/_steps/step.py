# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A building block as a step of a tenant's plan: what it is asked for comes from the plan, and what it learns is stored."""

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


def now() -> str:
    """The time as the record has it."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Step(ABC):
    """One task of a role's run, for one tenant.

    Attributes:
        name: under which the plan keeps its result.

    Args:
        context: the tenant.
    """

    name: str

    def __init__(self, context: Context) -> None:
        self.context = context
        self.plan = context.plan

    @abstractmethod
    def options(self) -> Mapping[str, Any]:
        """What the module is asked for; what is None isn't given."""

    @property
    def applies(self) -> bool:
        """Whether there is something to do; else the task is skipped, and hands the plan on as it is."""
        return True

    def caller(self) -> Mapping[str, Any]:
        """The options of whom the module calls Okta as."""
        return self.context.credential()

    def filled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The task's options, and those that it leaves to the plan."""
        planned = {**self.context.connection(), **self.caller(), **self.options()}
        return {**{name: value for name, value in planned.items() if value is not None}, **given}

    def run(self, call: Call, work: Work) -> Outcome:
        """Do the module's work, keep what it learned, and return the plan that holds from here on."""
        outcome = work(call)
        self.plan = replace(self.plan, detour="")
        self.plan = self.plan.with_result(self.name, {"changed": outcome.changed, **outcome.values})
        # no result says twice what the plan says: Ansible copies it several times, and secrets among it would be shown
        skipped = {"skipped": True} if outcome.values.get("skipped") else {}
        return self.kept(replace(outcome, values=skipped), outcome.values, call)

    def kept(self, outcome: Outcome, _learned: Mapping[str, Any], _call: Call) -> Outcome:
        """The outcome, once what was learned is stored."""
        return self.told(outcome)

    def stored(self, outcome: Outcome, current: Mapping[str, Any], call: Call) -> Outcome:
        """The outcome, once the record is stored."""
        return self.told(outcome, self.context.save(current, call))

    def told(self, outcome: Outcome, saved: Outcome | None = None) -> Outcome:
        """The outcome with the plan; where something was stored, with what the store has to be handed."""
        if saved is None:
            return replace(outcome, values={**outcome.values, "plan": _with(self.plan, hands_over=False).as_dict()})
        self.plan = saved_plan(self.plan, saved)
        text = {"ciphertext": saved.values["ciphertext"]} if "ciphertext" in saved.values else {}
        backup = {"backup_file": saved.values["backup_file"]} if saved.values.get("backup_file") else {}
        self.plan = self.plan.with_more(self.name, changed=outcome.changed or saved.changed, **backup)
        return replace(
            outcome,
            changed=outcome.changed or saved.changed,
            values={**outcome.values, **text, "plan": self.plan.as_dict()},
            before=_joined(outcome.before, saved.before),
            after=_joined(outcome.after, saved.after),
        )

    def skipped(self) -> Outcome:
        """The outcome where there is nothing to do."""
        self.plan = self.plan.with_result(self.name, {"skipped": True})
        return self.told(Outcome(values={"skipped": True}))


def saved_plan(plan: Plan, saved: Outcome) -> Plan:
    """The plan after something was stored.

    Args:
        plan: the plan.
        saved: the outcome of the module ``vault_vars_file``.
    """
    facts = {name: saved.values[name] for name in ("exists", "revision", "names", "view_command") if name in saved.values}
    label = {"label": saved.values["vault_id"]} if saved.values.get("vault_id") else {}
    return _with(plan, **facts, **label, hands_over="ciphertext" in saved.values, do="save" if saved.values["exists"] else "remove")


def _with(plan: Plan, **facts: Any) -> Plan:
    return replace(plan, store={**plan.store, **facts})


def _joined(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> dict[str, Any]:
    return {**(one or {}), **({"record": dict(other)} if other else {})}
