# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is published about a tenant."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.results import Registered, artifacts

NOW = "2026-01-31T12:00:00Z"
ACME, GLOBEX = "https://acme.okta.com", "https://globex.oktapreview.com"
SETTINGS = {"tenant": "acme", "org_url": ACME}
SAYS = "Tenant acme (https://acme.okta.com): onboarded and proven."
CLEAN = {"tenant": "acme", "org_url": ACME, "status": "clean", "findings": []}


def report(status: str = "created") -> dict[str, Any]:
    """Give the result of tenant_report."""
    return {"msg": [SAYS, "Changed: a key is made."], "rezonate": {"work": "onboard", "status": status, "changed": []}}


def registered(**more: Any) -> Registered:
    """Give what is registered for a host that was onboarded."""
    return Registered("host-1", **{"settings": SETTINGS, "work": "onboard", "work_org": ACME, "report": report(), **more})


def test_the_result_of_work_is_published() -> None:
    assert artifacts(registered(), NOW) == {
        "rezonate_told_acme": {
            "host": "host-1",
            "tenant": "acme",
            "org_url": ACME,
            "work": "onboard",
            "changed": True,
            "status": "created",
            "says": SAYS,
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
    (value,) = artifacts(registered(work=work, report=report(reported)), NOW).values()
    assert (value["work"], value["status"], value["changed"]) == (work, status, changed)


def test_an_audit_is_published_as_text_that_no_release_makes_a_dictionary_of() -> None:
    (text,) = artifacts(registered(report={}, audit=CLEAN), NOW).values()
    assert (text[0], json.loads(text)) == (" ", CLEAN)


def test_work_and_audit_of_a_tenant_have_its_key() -> None:
    settings = {"tenant": "globex", "org_url": GLOBEX}
    found = registered(settings=settings, work_org=GLOBEX, audit={**CLEAN, "org_url": None})
    assert list(artifacts(found, NOW)) == ["rezonate_told_globex_oktapreview_com", "rezonate_audited_globex_oktapreview_com"]


def test_what_was_registered_for_another_tenant_of_the_host_is_not_published() -> None:
    assert artifacts(registered(work_org=GLOBEX, audit={**CLEAN, "org_url": GLOBEX}), NOW) == {}


def test_an_org_has_several_spellings() -> None:
    found = artifacts(registered(work_org="https://ACME.okta.com/", audit={**CLEAN, "org_url": "acme"}), NOW)
    assert list(found) == ["rezonate_told_acme", "rezonate_audited_acme"]


def test_a_tenant_whose_settings_can_not_be_resolved_is_known_from_its_audit() -> None:
    found = registered(settings={"failed": True, "msg": "…"}, audit={**CLEAN, "tenant": "a", "org_url": "acme", "status": "failed"})
    published = artifacts(found, NOW)
    assert list(published) == ["rezonate_told_acme", "rezonate_audited_acme"]
    assert (published["rezonate_told_acme"]["tenant"], published["rezonate_told_acme"]["org_url"]) == ("a", ACME)


def test_a_tenant_without_a_name_is_its_host() -> None:
    found = registered(settings={}, audit={**CLEAN, "tenant": None})
    assert artifacts(found, NOW)["rezonate_told_acme"]["tenant"] == "host-1"


@pytest.mark.parametrize(
    "found",
    [
        registered(report={}),
        registered(report={"failed": True, "msg": "It failed."}),
        registered(settings={}),
        registered(settings={}, work_org=""),
        registered(settings={}, work_org="", audit={"status": "failed", "tenant": "acme"}),
        Registered("host-1"),
    ],
)
def test_nothing_is_published_where_nothing_is_known(found: Registered) -> None:
    assert artifacts(found, NOW) == {}


@pytest.mark.parametrize(
    ("text", "published"), [("{{ x }}", "{ { x }}"), ("{% x", "{ % x"), ("{# x", "{ # x"), ("{{{%", "{ { { %"), ("{a} }}", "{a} }}")]
)
def test_okta_s_words_never_become_a_template(text: str, published: str) -> None:
    found = artifacts(registered(report={**report(), "msg": [text]}, audit={**CLEAN, "error": text}), NOW)
    assert found["rezonate_told_acme"]["says"] == published
    assert json.loads(found["rezonate_audited_acme"])["error"] == published
