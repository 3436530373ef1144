# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of onboarding with the API token of a read-only administrator, and those that take tokens away."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...module_utils._core.errors import InputError, RezonateError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.api_token import SuppliedToken
from ...module_utils._tenant.onboarding import retiring
from ...module_utils._tenant.revocation import is_due
from ...module_utils._tenant.tokens import ENVIRONMENT_READONLY
from .._runner.tenant_context import Context
from .step import Step, now

_VARIABLE = "rezonate_readonly_api_token"


class ServiceUserStep(Step):
    """Makes the administrator that the token is to belong to, and stores that we made him."""

    name = "service_user"

    def options(self) -> Mapping[str, Any]:
        return SuppliedToken(self.plan).service_user()

    def kept(self, outcome: Outcome, learned: Mapping[str, Any], call: Call) -> Outcome:
        wanted = SuppliedToken(self.plan)
        if not learned["created"]:
            return self.told(outcome)
        if not wanted.made_now:
            return self.told(replace(outcome, changed=True))  # in check mode he has no id yet
        return self.stored(outcome, wanted.with_user(self.context.record.current), call)


class TokenInspectionStep(Step):
    """Looks at the token that a person made, reads with it, and stores it."""

    name = "inspection"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._token = given_token(context) or str(context.record.current.get("api_token", "")) or self._typed()
        if not self._token:
            steps = SuppliedToken(self.plan).instructions
            raise InputError(f"{steps} Then run again with the token in {_VARIABLE} or {ENVIRONMENT_READONLY}.")

    def options(self) -> Mapping[str, Any]:
        return {**SuppliedToken(self.plan).inspection(), "inspect_token": self._token}

    def kept(self, outcome: Outcome, learned: Mapping[str, Any], call: Call) -> Outcome:
        current = self.context.record.current
        self.plan = self.plan.with_more(self.name, is_new_token=current.get("api_token") != self._token)
        owner = str(learned["inspected"]["owner"]["login"])
        after = SuppliedToken(self.plan).with_token(current, self._token, owner=owner, now=now())
        return self.stored(outcome, after, call)

    def _typed(self) -> str:
        """What a person types at a prompt; empty where none can be asked."""
        return self.context.ask(f"{SuppliedToken(self.plan).instructions} Then paste the token here")


def given_token(context: Context) -> str:
    """The token that the user gives with this run; empty where none is given."""
    return context.variable(_VARIABLE) or os.environ.get(ENVIRONMENT_READONLY, "")


class RevocationStep(Step):
    """Gives the bootstrap token back, as far as that is wanted."""

    name = "revoked"

    def options(self) -> Mapping[str, Any]:
        return {"state": "absent", "current": True}

    @property
    def applies(self) -> bool:
        return is_due(self.plan if self._is_stored() else replace(self.plan, failed=True))

    def _is_stored(self) -> bool:
        """Whether the store has what it was handed last: a task file that failed to save it leaves no other trace."""
        try:
            return not self.plan.store.get("hands_over") or bool(self.context.record.method)
        except RezonateError:
            return False


class PreviousTokenStep(Step):
    """Revokes the API token of the method used before."""

    name = "previous_api_token"

    def caller(self) -> Mapping[str, Any]:
        return {"api_token": self.context.record.current["previous"]["api_token"]["api_token"]}

    def options(self) -> Mapping[str, Any]:
        return {"state": "absent", "current": True}

    @property
    def applies(self) -> bool:
        goes = "api_token" in retiring(self.plan) and self.plan.known["previous"]["api_token"].get("has_token")
        return bool(goes) and self.plan.is_shown


class PreviousAppStep(Step):
    """Deletes the app of the method used before."""

    name = "previous_app"
    method, member = "oauth", "application_id"

    def options(self) -> Mapping[str, Any]:
        return {"state": "absent", "id": self.plan.known["previous"][self.method][self.member]}

    @property
    def applies(self) -> bool:
        goes = self.method in retiring(self.plan) and self.member in self.plan.known["previous"][self.method]
        return goes and self.plan.is_shown


class PreviousIntegrationStep(PreviousAppStep):
    """Deletes the integration of the method used before."""

    name = "previous_integration"
    method, member = "api_service_integration", "client_id"
