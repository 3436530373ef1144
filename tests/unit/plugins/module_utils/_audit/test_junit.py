# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as JUnit XML."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._audit.fleet_report import make_report
from ansible_collections.rezonate.okta.plugins.module_utils._audit.junit import render_junit
from ansible_collections.rezonate.okta.plugins.module_utils._audit.schema import parse_tenant
from helpers.audit_samples import GENERATED_AT, HOSTILE, fleet, hostile

COUNTS = {"tests", "failures", "errors", "skipped"}
# What the schema of Jenkins' xUnit plugin (junit-10.xsd) allows, for the elements in use.
ATTRIBUTES = {
    "testsuites": {"name", *COUNTS},
    "testsuite": {"name", "timestamp", "time", *COUNTS},
    "testcase": {"classname", "name", "time"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"message"},
}
CHILDREN = {"testsuites": {"testsuite"}, "testsuite": {"testcase"}, "testcase": {"failure", "error", "skipped"}}


def written(*tenants: dict[str, Any]) -> ET.Element:
    return ET.fromstring(render_junit(make_report([parse_tenant(value, "x") for value in tenants], GENERATED_AT)))


def finding(**members: Any) -> dict[str, Any]:
    return {"id": "key_old", "severity": "high", "message": "The key is old.", "remedy": "rotate --now", **members}


def test_a_tenant_is_a_suite_and_a_finding_a_failure() -> None:
    (suite,) = written({"tenant": "acme", "audited_at": "2026-01-31T12:00:00.5+01:00", "findings": [finding()]})
    audit, case = suite
    assert suite.attrib == {
        "name": "acme", "timestamp": "2026-01-31T11:00:00", "time": "0", "tests": "2", "failures": "1", "errors": "0", "skipped": "0",
    }  # fmt: skip
    assert (audit.attrib, list(audit)) == ({"classname": "okta.acme", "name": "audit", "time": "0"}, [])
    assert case.attrib == {"classname": "okta.acme", "name": "key_old", "time": "0"}
    (failure,) = case
    assert (failure.tag, failure.attrib) == ("failure", {"type": "high", "message": "high: The key is old."})
    assert failure.text == "The key is old.\nRemedy: rotate --now"


def test_a_clean_tenant_passes() -> None:
    ((case,),) = written({"tenant": "acme", "status": "clean"})
    assert (case.get("name"), list(case)) == ("audit", [])


def test_a_tenant_that_could_not_be_audited_is_an_error() -> None:
    ((case,),) = written({"tenant": "acme", "error": "Okta is down."})
    assert [(child.tag, child.attrib, child.text) for child in case] == [
        ("error", {"type": "failed", "message": "Okta is down."}, "Okta is down.")
    ]


def test_a_check_that_could_not_be_done_is_skipped() -> None:
    ((audit, case),) = written({"tenant": "acme", "status": "unknown", "findings": [finding(severity="unknown")]})
    assert [child.tag for child in (*audit, *case)] == ["skipped", "skipped"]
    assert case[0].get("message") == "The key is old."


def test_names_are_unique_and_stable() -> None:
    (suite,) = written({"tenant": "acme", "findings": [finding(message="1 day"), finding(message="2 days"), finding(id="audit")]})
    assert [case.get("name") for case in suite] == ["audit", "audit #2", "key_old", "key_old #2"]


def test_the_totals_are_correct() -> None:
    root = written(*fleet(200))
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        found = {kind: len(list(element.iter(kind))) for kind in ("failure", "error", "skipped")}
        assert [int(element.attrib[name]) for name in ("tests", "failures", "errors", "skipped")] == [len(cases), *found.values()]
    assert int(root.attrib["failures"]) > int(root.attrib["errors"]) > 0 < int(root.attrib["skipped"])


def test_the_report_conforms_to_the_schema_that_jenkins_and_gitlab_read() -> None:
    root = written(*fleet(60), hostile())
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
    for suite in root:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])


def test_hostile_texts_are_escaped() -> None:
    (suite,) = written(hostile())
    assert suite.get("name") == HOSTILE
    assert {element.tag for element in suite.iter()} == {"testsuite", "testcase", "failure"}


@pytest.mark.parametrize(
    "char", ["\0", "\x0b", "\x1b", "\x7f", "\x85", "\ud800", "\ufffe", "\uffff", "\u2028", "\U0010ffff", "]]>", "<!--"]
)
def test_any_character_can_be_in_a_text(char: str) -> None:
    text = f"a{char}b"
    (suite,) = written({"tenant": text, "error": text, "findings": [finding(id=text, message=text, remedy=text)]})
    assert re.fullmatch("a.+b", suite.attrib["name"])


def test_line_ends_are_preserved() -> None:
    ((_audit, case),) = written({"tenant": "acme", "findings": [finding(message="one\ntwo\r\n\tthree")]})
    assert case[0].get("message") == "high: one\ntwo\r\n\tthree"


def test_two_orgs_of_one_tenant_id_are_two_suites() -> None:
    suites = written(*({"tenant": "acme", "org_url": f"https://acme.{domain}"} for domain in ("okta.com", "oktapreview.com")))
    assert [suite.get("name") for suite in suites] == ["acme", "acme (acme.oktapreview.com)"]
    assert len({case.get("classname") for suite in suites for case in suite}) == 2
