# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit as a step of a tenant's plan: it stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.audit import TenantAudit, audit_summary, own_credentials, own_jwks
from ...module_utils._tenant.tokens import AUDIT_CLIENT
from .._runner.role_variables import name_connection
from .oauth import public_jwk
from .step import Step


class AuditStep(Step):
    """Compares the tenant with its desired state."""

    name = "audit"

    def fill_options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The options of the task, with the name of the tenant in place of its plan."""
        return {**super().fill_options(given), "tenant": self.plan.tenant}

    def caller_options(self) -> Mapping[str, Any]:
        """The credential of the audit; the client of the audit has its own key."""
        found, options = self.plan.credential, self.plan.options
        if found.get("name") != AUDIT_CLIENT:
            return self.context.credential()
        return {
            "client_id": found["client_id"],
            "private_key": self.context.variable("rezonate_audit_private_key"),
            "key_id": options["audit_key_id"] or None,
            "dpop": options["audit_dpop"],
        }

    def options(self) -> Mapping[str, Any]:
        """The options of the module."""
        desired = TenantAudit(self.plan)
        return {**desired.options(), **(self._own() if desired.has_record else {}), "inventory": self.context.inventory()}

    def _own(self) -> dict[str, Any]:
        current = self.context.record.current
        return {**own_credentials(current), "jwks": [public_jwk(jwk) for jwk in own_jwks(current)]}

    def record_result(self, outcome: Outcome, learned: Mapping[str, Any], _call: Call) -> Outcome:
        """The outcome, with a plan that holds the result of the audit."""
        tenant = dict(learned["tenant"])
        if tenant.get("error"):
            tenant["error"] = name_connection(tenant["error"], {"credential": self.plan.credential, "options": self.plan.options})
        self.plan = replace(self.plan, results={**self.plan.results, self.name: audit_summary(tenant)})
        return self.result(replace(outcome, values={**learned, "tenant": tenant}))
