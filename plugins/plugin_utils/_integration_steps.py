# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of onboarding with an API service integration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..module_utils._errors import NotOursError
from ..module_utils._spec import Call, Outcome
from ..module_utils._tenant.integration import MAKING, Integration
from ._tenant_step import Step, Work, now


class IntegrationStep(Step):
    """Finds the integration, or makes it, and stores its id and the secret that Okta shows once."""

    name = "integration"
    secrets = ("client_secret", "secret_hash")

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


class SecretAnewStep(IntegrationStep):
    """Makes a secret in place of one that somebody deleted."""

    def options(self) -> Mapping[str, Any]:
        return Integration(self.plan).make_secret(secret_hash=self.context.record.current.get("secret_hash"))
