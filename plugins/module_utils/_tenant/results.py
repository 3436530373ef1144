# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results that a job publishes about a tenant, for the job that merges the results of all jobs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .identifiers import org_key, store_key
from .statuses import CREATED, UNCHANGED, WOULD_CHANGE, status_of_change

WORK_PREFIX, AUDIT_PREFIX = "rezonate_tenant_result_", "rezonate_audit_result_"
_TEMPLATE = re.compile(r"[{](?=[{%#])")


@dataclass(frozen=True)
class Registered:
    """The registered results of the role for a host.

    Args:
        host: its name.
        report: the report of the last work by `tenant_report`; empty where there is none.
        message: the first sentence of that report.
        audit: the result of the last audit by `okta_audit_info`; empty where there is none.
    """

    host: str
    report: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    audit: Mapping[str, Any] = field(default_factory=dict)


def result_artifacts(found: Registered, now: str) -> dict[str, Any]:
    """Return the artifacts of a tenant by name; empty where there is nothing to publish.

    An audit is one string of JSON: from the artifacts of AWX, ansible-core 2.19 and newer convert a string that looks like a time to a
    time, and the tenant 0123 to a number. The space prevents that older releases convert it to a dictionary.

    Args:
        found: the registered results.
        now: the time, in ISO 8601.
    """
    published: dict[str, Any] = {}
    if found.report:
        published[f"{WORK_PREFIX}{store_key(str(found.report['org_url']))}"] = _work(found, now)
    if found.audit.get("org_url"):
        published[f"{AUDIT_PREFIX}{store_key(org_key(found.audit['org_url']))}"] = f" {json.dumps(found.audit)}"
    return {name: _without_templates(value) for name, value in published.items()}


def _work(found: Registered, now: str) -> dict[str, Any]:
    reported, work = str(found.report["status"]), str(found.report["work"])
    is_final = reported in (UNCHANGED, WOULD_CHANGE)
    return {
        "host": found.host,
        "tenant": str(found.report["tenant"]),
        "org_url": str(found.report["org_url"]),
        "work": work,
        "changed": reported != UNCHANGED,
        "status": reported if is_final else status_of_change(work, created=reported == CREATED, check=False),
        "says": found.message,
        "at": now,
    }


def _without_templates(value: Any) -> Any:
    """Values from Okta, such as an app's label, must not become templates where extra variables are templated."""
    if isinstance(value, Mapping):
        return {name: _without_templates(entry) for name, entry in value.items()}
    return _TEMPLATE.sub("{ ", value) if isinstance(value, str) else value
