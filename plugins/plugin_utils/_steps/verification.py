# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The step that verifies the stored credentials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...module_utils._core.errors import ApiError, RezonateError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.integration import Integration
from ...module_utils._tenant.oauth import OAuth
from ...module_utils._tenant.plan import Plan
from .step import Step, Work

_ACCESS_DENIED = "access_denied"


class VerificationStep(Step):
    """Requests an access token. A refusal isn't a failure yet: the permissions of the app are checked first."""

    name = "verification"

    def caller_options(self) -> Mapping[str, Any]:
        current = self.context.record.current
        if self.plan.method != "oauth":
            return {"client_secret": current.get("client_secret")}
        key_ids = self.plan.of_result("app", "key_ids") or [current.get("key_id")]
        return {"private_key": current.get("private_key"), "key_id": key_ids[0]}

    def options(self) -> Mapping[str, Any]:
        return OAuth(self.plan).verification() if self.plan.method == "oauth" else Integration(self.plan).verification()

    @property
    def applies(self) -> bool:
        return bool(self.plan.option("verify")) and not (self.plan.check and self.plan.changed)

    def run(self, call: Call, work: Work) -> Outcome:
        try:
            return super().run(call, work)
        except RezonateError as error:
            values: dict[str, Any] = {"barred": True} if is_network_denied(error, self.plan) else {"refused": str(error)}
            self.plan = self.plan.with_result(self.name, values)
            return self.result(Outcome(values={"msg": str(error), **values}))


def is_network_denied(error: RezonateError | None, plan: Plan) -> bool:
    """Whether Okta refuses a token because the app is limited to other networks; the credentials may still be valid."""
    is_denied = isinstance(error, ApiError) and error.code == _ACCESS_DENIED
    return is_denied and plan.method == "oauth" and bool(OAuth(plan).allowed_zones)
