# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published results of a tenant."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.results import Registered, result_artifacts

NOW = "2026-01-31T12:00:00Z"
ACME, GLOBEX = "https://acme.okta.com", "https://globex.oktapreview.com"
MESSAGE = "Tenant acme (https://acme.okta.com): onboarded and verified."
CLEAN = {"tenant": "acme", "org_url": ACME, "status": "clean", "findings": []}


def report(status: str = "created", work: str = "onboard", org_url: str = ACME) -> dict[str, Any]:
    """Return the report of tenant_report for programs."""
    return {"work": work, "tenant": "acme", "org_url": org_url, "status": status, "changed": []}


def registered(**more: Any) -> Registered:
    """Return the registered results of an onboarded host."""
    return Registered("host-1", **{"report": report(), "message": MESSAGE, **more})


def test_the_result_of_work_is_published() -> None:
    assert result_artifacts(registered(), NOW) == {
        "rezonate_tenant_result_acme": {
            "host": "host-1",
            "tenant": "acme",
            "org_url": ACME,
            "work": "onboard",
            "changed": True,
            "status": "created",
            "says": MESSAGE,
            "at": NOW,
        }
    }


@pytest.mark.parametrize(
    ("work", "reported", "status", "changed"),
    [
        ("onboard", "changed", "changed", True),
        ("onboard", "unchanged", "unchanged", False),
        ("onboard", "would change", "would change", True),
        ("rotate_prepare", "changed", "prepared", True),
        ("rotate_prepare", "created", "prepared", True),
        ("rotate_finish", "unchanged", "unchanged", False),
        ("offboard", "changed", "offboarded", True),
        ("offboard", "would change", "would change", True),
    ],
)
def test_the_status_is_that_of_the_work(work: str, reported: str, status: str, changed: bool) -> None:
    (value,) = result_artifacts(registered(report=report(reported, work)), NOW).values()
    assert (value["work"], value["status"], value["changed"]) == (work, status, changed)


def test_an_audit_is_published_as_a_string_that_no_release_converts() -> None:
    (text,) = result_artifacts(registered(report={}, audit=CLEAN), NOW).values()
    assert (text[0], json.loads(text)) == (" ", CLEAN)


def test_each_has_the_key_of_its_org() -> None:
    found = result_artifacts(registered(report=report(org_url=GLOBEX), audit=CLEAN), NOW)
    assert list(found) == ["rezonate_tenant_result_globex_oktapreview_com", "rezonate_audit_result_acme"]


def test_all_forms_of_an_org_url_have_the_same_artifact() -> None:
    assert list(result_artifacts(registered(audit={**CLEAN, "org_url": "acme"}), NOW)) == [
        "rezonate_tenant_result_acme",
        "rezonate_audit_result_acme",
    ]


@pytest.mark.parametrize("audit", [{}, {"status": "failed", "tenant": "acme"}, {**CLEAN, "org_url": None}])
def test_nothing_is_published_without_results(audit: dict[str, Any]) -> None:
    assert result_artifacts(Registered("host-1", audit=audit), NOW) == {}


@pytest.mark.parametrize(
    ("text", "published"), [("{{ x }}", "{ { x }}"), ("{% x", "{ % x"), ("{# x", "{ # x"), ("{{{%", "{ { { %"), ("{a} }}", "{a} }}")]
)
def test_values_from_okta_never_become_a_template(text: str, published: str) -> None:
    found = result_artifacts(registered(message=text, audit={**CLEAN, "error": text}), NOW)
    assert found["rezonate_tenant_result_acme"]["says"] == published
    assert json.loads(found["rezonate_audit_result_acme"])["error"] == published
