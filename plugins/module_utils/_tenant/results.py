# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job publishes about a tenant, for the job that merges the results of all jobs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .keys import org_key, store_key
from .statuses import CREATED, UNCHANGED, WOULD_CHANGE, of_change

WORK_PREFIX, AUDIT_PREFIX = "rezonate_tenant_result_", "rezonate_audit_result_"
_TEMPLATE = re.compile(r"[{](?=[{%#])")


@dataclass(frozen=True)
class Registered:
    """What the role's tasks have registered for a host.

    Args:
        host: its name.
        report: what `tenant_report` told of the last work; empty where none has a report.
        says: the first sentence of that report.
        audit: what `okta_audit_info` found of the last tenant that was audited; empty where nothing was audited.
    """

    host: str
    report: Mapping[str, Any] = field(default_factory=dict)
    says: str = ""
    audit: Mapping[str, Any] = field(default_factory=dict)


def artifacts(found: Registered, now: str) -> dict[str, Any]:
    """Give the artifacts of a tenant by name; none where there is nothing to publish.

    An audit is JSON in one text: from what AWX hands on, ansible-core 2.19 and newer make a time of a text that looks like one,
    and a number of the tenant 0123. The space keeps older releases from making a dictionary of it.

    Args:
        found: what is registered.
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
        "status": reported if is_final else of_change(work, created=reported == CREATED, check=False),
        "says": found.says,
        "at": now,
    }


def _without_templates(value: Any) -> Any:
    """Okta's own words are among it, such as an app's label: none may become a template where extra variables are templates."""
    if isinstance(value, Mapping):
        return {name: _without_templates(entry) for name, entry in value.items()}
    return _TEMPLATE.sub("{ ", value) if isinstance(value, str) else value
