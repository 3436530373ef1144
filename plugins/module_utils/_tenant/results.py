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

WORK_PREFIX, AUDIT_PREFIX = "rezonate_told_", "rezonate_audited_"
_TEMPLATE = re.compile(r"[{](?=[{%#])")


@dataclass(frozen=True)
class Registered:
    """What the role's tasks have registered for a host.

    Args:
        host: its name.
        settings: the result of `tenant_settings`; without `org_url` where that failed.
        work: what the role did last, such as ``onboard`` or ``rotate_prepare``.
        work_org: the URL of the org that it was done for.
        report: the result of `tenant_report`; empty where the work has no report.
        audit: what `okta_audit_info` found of the tenant; empty where nothing was audited.
    """

    host: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    work: str = ""
    work_org: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)
    audit: Mapping[str, Any] = field(default_factory=dict)

    @property
    def org_url(self) -> str:
        """The tenant's org; that of a tenant whose settings can't be resolved is known from its audit, if at all."""
        return str(self.settings.get("org_url") or org_key(self.audit.get("org_url")))

    @property
    def has_work(self) -> bool:
        """Whether the role reported on this tenant, not on another one of the same host."""
        return "rezonate" in self.report and org_key(self.work_org) == org_key(self.org_url)

    @property
    def has_audit(self) -> bool:
        """Whether this tenant was audited, not another one of the same host."""
        return bool(self.audit) and org_key(self.audit.get("org_url") or self.org_url) == org_key(self.org_url)


def artifacts(found: Registered, now: str) -> dict[str, Any]:
    """Give the artifacts of a tenant by name; none where there is nothing to publish.

    An audit is JSON in one text: from what AWX hands on, ansible-core 2.19 and newer make a time of a text that looks like one,
    and a number of the tenant 0123. The space keeps older releases from making a dictionary of it.

    Args:
        found: what is registered.
        now: the time, in ISO 8601.
    """
    published: dict[str, Any] = {}
    if not found.org_url:
        return published
    key = store_key(found.org_url)
    if found.has_work:
        published[f"{WORK_PREFIX}{key}"] = _work(found, now)
    if found.has_audit:
        published[f"{AUDIT_PREFIX}{key}"] = f" {json.dumps(found.audit)}"
    return {name: _without_templates(value) for name, value in published.items()}


def _work(found: Registered, now: str) -> dict[str, Any]:
    reported = str(found.report["rezonate"]["status"])
    is_final = reported in (UNCHANGED, WOULD_CHANGE)
    return {
        "host": found.host,
        "tenant": str(found.settings.get("tenant") or found.audit.get("tenant") or found.host),
        "org_url": found.org_url,
        "work": found.work,
        "changed": reported != UNCHANGED,
        "status": reported if is_final else of_change(found.work, created=reported == CREATED, check=False),
        "says": found.report["msg"][0],
        "at": now,
    }


def _without_templates(value: Any) -> Any:
    """Okta's own words are among it, such as an app's label: none may become a template where extra variables are templates."""
    if isinstance(value, Mapping):
        return {name: _without_templates(entry) for name, entry in value.items()}
    return _TEMPLATE.sub("{ ", value) if isinstance(value, str) else value
