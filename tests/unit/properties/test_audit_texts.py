# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any text of Okta is reported in JSON, XML and HTML, and is never interpreted."""

from __future__ import annotations

import copy
import json
import re
from typing import Any
from xml.etree import ElementTree as ET

from ansible_collections.rezonate.okta.plugins.module_utils._audit.fleet_report import make_report, parse_report, render_json
from ansible_collections.rezonate.okta.plugins.module_utils._audit.html_page import embedded_json
from ansible_collections.rezonate.okta.plugins.module_utils._audit.junit import render_junit
from ansible_collections.rezonate.okta.plugins.module_utils._audit.schema import parse_tenant
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from helpers.acceptance import accepts, either
from helpers.audit_samples import fleet
from hypothesis import given
from hypothesis import strategies as st

# with surrogates: JSON may contain them
TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
WHOLE = fleet(8)
MEMBERS = ("status", "audited_at", "app", "keys", "scopes", "roles", "findings", "error", "org_url", "last_proof")


@given(TEXT, TEXT)
def test_any_text_can_be_reported(name: str, text: str) -> None:
    finding = {"id": text, "severity": "high", "message": text, "remedy": text}
    found = make_report([parse_tenant({"tenant": f"a{name}", "error": text, "findings": [finding]}, "x")], "2026-01-31T12:00:00Z")
    assert parse_report(render_json(found), "x") == found
    page = embedded_json(found)
    assert json.loads(page) == found
    assert re.search(r"[<>&\u2028\u2029]", page) is None
    assert len(list(ET.fromstring(render_junit(found)).iter("testcase"))) == 2


@st.composite
def audited(draw: st.DrawFn) -> dict[str, Any]:
    """Generate the audit of a tenant with a few arbitrary members."""
    members = copy.deepcopy(draw(st.sampled_from(WHOLE)))
    for _unused in range(draw(st.integers(0, 3))):
        members[draw(st.sampled_from(MEMBERS))] = draw(either(st.none() | st.just(""), JSON))
    return members


@accepts(0.3)
@given(audited())
def test_any_value_is_accepted_or_refused_with_a_message(members: dict[str, Any]) -> bool:
    sentence = None
    try:
        found = make_report([parse_tenant({**members, "tenant": "acme"}, "x")], "")
    except InputError as error:
        sentence = str(error)
    else:
        assert parse_report(render_json(found), "x")["tenants"] == found["tenants"]
    assert sentence is None or re.fullmatch(r"x\..+\.", sentence)
    return sentence is None
