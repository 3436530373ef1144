# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of onboarding with an API service integration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...module_utils._core.errors import NotOursError, StateError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.integration import MAKING, Integration
from ...modules.okta_api_service_integration import MODULE as INTEGRATION
from .._planning.comparison import Block, Compared, raise_first, run_blocks, with_results
from .step import Step, Work, now


class IntegrationStep(Step):
    """Finds the integration, or makes it, and stores its id and the secret that Okta shows once."""

    name = "integration"

    def options(self) -> Mapping[str, Any]:
        return Integration(self.plan).converge(secret_hash=self.context.record.current.get("secret_hash"))

    def run(self, call: Call, work: Work) -> Outcome:
        try:
            return super().run(call, work)
        except NotOursError as error:
            self.plan = self.plan.with_result(self.name, {"refused": str(error)})
            self.plan = replace(self.plan, detour="onboard/refused")
            return self.told(Outcome(values={"refused": str(error)}))

    def kept(self, outcome: Outcome, learned: Mapping[str, Any], call: Call) -> Outcome:
        if learned["secret_missing"]:
            self.plan = replace(self.plan, detour="onboard/secret_anew")
        made = bool(learned["client_secret"]) or (call.check_mode and bool(MAKING & set(learned["changes"])))
        if not made:
            return self.told(outcome)
        self.plan = self.plan.with_more(self.name, made_secret=True)
        secret, secret_hash = learned["client_secret"] or "", learned["secret_hash"]
        after = Integration(self.plan).with_secret(self.context.record.current, secret, secret_hash, now=now())
        return self.stored(outcome, after, call)


class ReplacementSecretStep(IntegrationStep):
    """Makes a secret in place of one that somebody deleted."""

    def options(self) -> Mapping[str, Any]:
        return Integration(self.plan).make_secret(secret_hash=self.context.record.current.get("secret_hash"))


class SecretInspection(Step):
    """Learns by what hash Okta tells our secret from others, and takes away one that nobody knows, once ours is seen to work."""

    name = "second_look"

    def options(self) -> Mapping[str, Any]:
        """What the integration's module is asked for."""
        secret_hash = self.context.record.current.get("secret_hash")
        return Integration(self.plan).inspect_secrets(secret_hash=secret_hash, is_verified=self.plan.is_shown)

    def kept(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        """Look, then store."""
        if refused := self.plan.of_result("verification", "refused"):
            raise StateError(str(refused))
        wanted, current = Integration(self.plan), self.context.record.current
        secret_hash = current.get("secret_hash")
        if self._looks(call, secret_hash):
            compared = run_blocks([Block("secrets", INTEGRATION, self.filled({}))], call)
            raise_first(compared.values())
            self.plan = with_results(self.plan, compared)
            outcome = replace(outcome, changed=compared["secrets"].drifted)
            secret_hash = secret_hash or only_hash(compared["secrets"])
        if self.plan.option("verify"):
            return self.stored(outcome, wanted.with_verification(current, secret_hash, now=now()), call)
        return self.stored(outcome, wanted.with_hash(current, secret_hash), call) if secret_hash else self.told(outcome)

    def _looks(self, call: Call, secret_hash: str | None) -> bool:
        """Whether Okta is asked for the secrets: where this run made one, or the verification has shown that ours is among them."""
        if Integration(self.plan).made_secret:
            return not call.check_mode
        return bool(self.plan.option("verify")) and not secret_hash


def only_hash(looked: Compared) -> str | None:
    """The hash of the integration's only secret: Okta doesn't tell it of one that comes with the integration."""
    listed = (looked.outcome.values["integration"] or {}).get("secrets") or [] if looked.outcome else []
    return str(listed[0]["secret_hash"]) if len(listed) == 1 else None
