# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The step that shows that the stored credentials work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...module_utils._core.errors import ApiError, RezonateError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.integration import Integration
from ...module_utils._tenant.oauth import OAuth
from ...module_utils._tenant.plan import Plan
from .step import Step, Work

_BARRED = "access_denied"


class VerificationStep(Step):
    """Mints an access token. A refusal is no failure yet: what the app may do is looked at first."""

    name = "verification"

    def caller(self) -> Mapping[str, Any]:
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
            values: dict[str, Any] = {"barred": True} if is_barred(error, self.plan) else {"refused": str(error)}
            self.plan = self.plan.with_result(self.name, values)
            return self.told(Outcome(values={"msg": str(error), **values}))


def is_barred(error: RezonateError | None, plan: Plan) -> bool:
    """Whether Okta gives no token since the app is limited to other networks than this one; the credentials may be good all the same."""
    is_denied = isinstance(error, ApiError) and error.code == _BARRED
    return is_denied and plan.method == "oauth" and bool(OAuth(plan).limits)
