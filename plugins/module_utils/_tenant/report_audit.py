# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of an audit in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .report_changes import quantity


def audit_sentence(tenant: Mapping[str, Any]) -> str:
    """The status of an audited tenant.

    Args:
        tenant: the tenant, as the audit's report has it.
    """
    where = f" ({tenant['org_url']})" if tenant["org_url"] else ""
    return f"Tenant {tenant['tenant']}{where}: {_status(tenant)}"


def _status(tenant: Mapping[str, Any]) -> str:
    if tenant["status"] == "failed":
        return f"could not be audited: {tenant['error']}"
    if tenant["status"] == "clean":
        return "clean."
    findings = [str(finding["id"]) for finding in tenant["findings"]]
    return f"{quantity(len(findings), 'finding')}: {', '.join(findings)}."
