# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``okta_audit_info``; in the role, each result also has what was audited before on the same host, for the report."""

from __future__ import annotations

from typing import Any

from ..module_utils._tenant.audit import with_earlier
from ._in_process import InProcessAction
from ._plain import plain
from ._tenant_warnings import is_of_role

_REGISTERED = "rezonate__audit"


class AuditInfoAction(InProcessAction):
    """Audits a tenant."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Audit, and add the audits before; also where this one failed, since its result takes their place."""
        result = super().run(tmp, task_vars)
        if is_of_role(self._task):
            result["audits"] = with_earlier(plain((task_vars or {}).get(_REGISTERED)), result.get("tenant"))
        return result
