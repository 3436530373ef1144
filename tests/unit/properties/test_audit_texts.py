# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever Okta's texts are: a report comes of them, in JSON, XML and a page, and they stay texts."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

from ansible_collections.rezonate.okta.plugins.module_utils._audit.fleet_report import make_report, parse_report, render_json
from ansible_collections.rezonate.okta.plugins.module_utils._audit.html_page import embedded_json
from ansible_collections.rezonate.okta.plugins.module_utils._audit.junit import render_junit
from ansible_collections.rezonate.okta.plugins.module_utils._audit.schema import parse_tenant
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

# Surrogates too: JSON may hold them.
TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
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


@given(st.dictionaries(st.sampled_from(MEMBERS), JSON))
def test_any_value_is_taken_or_refused_in_a_sentence(members: dict[str, Any]) -> None:
    sentence = None
    try:
        found = make_report([parse_tenant({**members, "tenant": "acme"}, "x")], "")
    except InputError as error:
        sentence = str(error)
    else:
        assert parse_report(render_json(found), "x")["tenants"] == found["tenants"]
    assert sentence is None or re.fullmatch(r"x\..+\.", sentence)
