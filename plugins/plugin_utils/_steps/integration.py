# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of onboarding with an API service integration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...module_utils._core.errors import StateError, UnmanagedResourceError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.integration import SECRET_CHANGES, Integration
from ...modules.okta_api_service_integration import MODULE as INTEGRATION
from .._planning.comparison import Block, BlockResult, raise_first_error, run_blocks, with_results
from .step import Step, Work, record_time


class IntegrationStep(Step):
    """Finds or creates the integration, and stores its id and the secret, which Okta shows only once."""

    name = "integration"

    def options(self) -> Mapping[str, Any]:
        return Integration(self.plan).converge(secret_hash=self.context.record.current.get("secret_hash"))

    def run(self, call: Call, work: Work) -> Outcome:
        try:
            return super().run(call, work)
        except UnmanagedResourceError as error:
            self.plan = self.plan.with_result(self.name, {"refused": str(error)})
            self.plan = replace(self.plan, detour="onboard/handle_refusal")
            return self.result(Outcome(values={"refused": str(error)}))

    def record_result(self, outcome: Outcome, learned: Mapping[str, Any], call: Call) -> Outcome:
        if learned["secret_missing"]:
            self.plan = replace(self.plan, detour="onboard/replace_secret")
        made = bool(learned["client_secret"]) or (call.check_mode and bool(SECRET_CHANGES & set(learned["changes"])))
        if not made:
            return self.result(outcome)
        self.plan = self.plan.with_members(self.name, made_secret=True)
        secret, secret_hash = learned["client_secret"] or "", learned["secret_hash"]
        after = Integration(self.plan).with_secret(self.context.record.current, secret, secret_hash, now=record_time())
        return self.save_record(outcome, after, call)


class ReplacementSecretStep(IntegrationStep):
    """Creates a secret in place of one that was deleted in Okta."""

    def options(self) -> Mapping[str, Any]:
        return Integration(self.plan).make_secret(secret_hash=self.context.record.current.get("secret_hash"))


class SecretInspectionStep(Step):
    """Determines the hash of the stored secret, and deletes a lost secret after the stored one is verified."""

    name = "second_look"

    def options(self) -> Mapping[str, Any]:
        """The options of the integration's module."""
        secret_hash = self.context.record.current.get("secret_hash")
        return Integration(self.plan).inspect_secrets(secret_hash=secret_hash, is_verified=self.plan.is_verified_now)

    def record_result(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        """Inspect the secrets, then store the result."""
        if refused := self.plan.of_result("verification", "refused"):
            raise StateError(str(refused))
        desired, current = Integration(self.plan), self.context.record.current
        secret_hash = current.get("secret_hash")
        if self._needs_inspection(call, secret_hash):
            compared = run_blocks([Block("secrets", INTEGRATION, self.fill_options({}))], call)
            raise_first_error(compared.values())
            self.plan = with_results(self.plan, compared)
            outcome = replace(outcome, changed=compared["secrets"].has_drifted)
            secret_hash = secret_hash or single_secret_hash(compared["secrets"])
        if self.plan.option("verify"):
            return self.save_record(outcome, desired.with_verification(current, secret_hash, now=record_time()), call)
        return self.save_record(outcome, desired.with_hash(current, secret_hash), call) if secret_hash else self.result(outcome)

    def _needs_inspection(self, call: Call, secret_hash: str | None) -> bool:
        """Whether the secrets are read: if this run created one, or the verification has confirmed the stored one."""
        if Integration(self.plan).made_secret:
            return not call.check_mode
        return bool(self.plan.option("verify")) and not secret_hash


def single_secret_hash(inspected: BlockResult) -> str | None:
    """The hash of the integration's only secret: Okta doesn't return it when it creates the integration."""
    listed = (inspected.outcome.values["integration"] or {}).get("secrets") or [] if inspected.outcome else []
    return str(listed[0]["secret_hash"]) if len(listed) == 1 else None
