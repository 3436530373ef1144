# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of onboarding with the API token of a read-only administrator, and those that revoke tokens."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...module_utils._core.errors import InputError, RezonateError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.api_token import SuppliedToken
from ...module_utils._tenant.onboarding import methods_to_retire
from ...module_utils._tenant.revocation import is_revocation_due
from ...module_utils._tenant.tokens import ENVIRONMENT_READONLY
from .._runner.tenant_context import Context
from .step import Step, record_time

_VARIABLE = "rezonate_readonly_api_token"


class ServiceUserStep(Step):
    """Creates the administrator that owns the token, and stores that this collection created the user."""

    name = "service_user"

    def options(self) -> Mapping[str, Any]:
        return SuppliedToken(self.plan).service_user()

    def record_result(self, outcome: Outcome, learned: Mapping[str, Any], call: Call) -> Outcome:
        desired = SuppliedToken(self.plan)
        if not learned["created"]:
            return self.result(outcome)
        if not desired.created_objects:
            return self.result(replace(outcome, changed=True))  # in check mode the user has no id yet
        return self.save_record(outcome, desired.with_user(self.context.record.current), call)


class TokenInspectionStep(Step):
    """Checks the token that a user created, reads with it, and stores it."""

    name = "inspection"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._token = supplied_token(context) or str(context.record.current.get("api_token", "")) or self._prompt_for_token()
        if not self._token:
            steps = SuppliedToken(self.plan).instructions
            raise InputError(f"{steps} Then run again with the token in {_VARIABLE} or {ENVIRONMENT_READONLY}.")

    def options(self) -> Mapping[str, Any]:
        return {**SuppliedToken(self.plan).inspection(), "inspect_token": self._token}

    def record_result(self, outcome: Outcome, learned: Mapping[str, Any], call: Call) -> Outcome:
        current = self.context.record.current
        self.plan = self.plan.with_members(self.name, is_new_token=current.get("api_token") != self._token)
        owner = str(learned["inspected"]["owner"]["login"])
        after = SuppliedToken(self.plan).with_token(current, self._token, owner=owner, now=record_time())
        return self.save_record(outcome, after, call)

    def _prompt_for_token(self) -> str:
        """The input at a prompt; empty if no user can answer it."""
        return self.context.ask(f"{SuppliedToken(self.plan).instructions} Then paste the token here")


def supplied_token(context: Context) -> str:
    """The token in the variable or the environment of this run; empty if there is none."""
    return context.variable(_VARIABLE) or os.environ.get(ENVIRONMENT_READONLY, "")


class RevocationStep(Step):
    """Revokes the bootstrap token, if that is requested."""

    name = "revoked"

    def options(self) -> Mapping[str, Any]:
        return {"state": "absent", "current": True}

    @property
    def applies(self) -> bool:
        return is_revocation_due(self.plan if self._is_stored() else replace(self.plan, failed=True))

    def _is_stored(self) -> bool:
        """Whether the store holds the last record: a failed task file of the store leaves no other trace."""
        try:
            return not self.plan.store.get("hands_over") or bool(self.context.record.method)
        except RezonateError:
            return False


class PreviousTokenStep(Step):
    """Revokes the API token of the method used before."""

    name = "previous_api_token"

    def caller_options(self) -> Mapping[str, Any]:
        return {"api_token": self.context.record.current["previous"]["api_token"]["api_token"]}

    def options(self) -> Mapping[str, Any]:
        return {"state": "absent", "current": True}

    @property
    def applies(self) -> bool:
        is_retired = "api_token" in methods_to_retire(self.plan) and self.plan.known["previous"]["api_token"].get("has_token")
        return bool(is_retired) and self.plan.is_verified_now


class PreviousAppStep(Step):
    """Deletes the app of the method used before."""

    name = "previous_app"
    method, member = "oauth", "application_id"

    def options(self) -> Mapping[str, Any]:
        return {"state": "absent", "id": self.plan.known["previous"][self.method][self.member]}

    @property
    def applies(self) -> bool:
        is_retired = self.method in methods_to_retire(self.plan) and self.member in self.plan.known["previous"][self.method]
        return is_retired and self.plan.is_verified_now


class PreviousIntegrationStep(PreviousAppStep):
    """Deletes the integration of the method used before."""

    name = "previous_integration"
    method, member = "api_service_integration", "client_id"
