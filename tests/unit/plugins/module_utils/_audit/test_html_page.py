# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one HTML page: its source."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._audit.fleet_report import Report, make_report
from ansible_collections.rezonate.okta.plugins.module_utils._audit.html_page import PageSource, embedded_json, render_page
from ansible_collections.rezonate.okta.plugins.module_utils._audit.schema import parse_tenant
from helpers.audit_samples import GENERATED_AT, fleet, hostile

SOURCE = PageSource(
    "<title>@title@</title><meta c='@policy@'><style>@style@</style><i>@data@</i><script>@script@</script>", "b {}", "run()"
)


def made(*tenants: dict[str, Any]) -> Report:
    return make_report([parse_tenant(value, "x") for value in tenants], GENERATED_AT)


class Tags(HTMLParser):
    """Collects the tags of a page with a parser."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, _attributes: Any) -> None:
        self.found.append(tag)


@pytest.mark.parametrize("char", ["<", ">", "&", "\u2028", "\u2029", "\0", "\x7f", "é", "\U0001f600"])
def test_the_data_is_escaped_for_html(char: str) -> None:
    text = embedded_json(made({"tenant": f"a{char}b"}))
    assert re.fullmatch(r"[ -;=?-~]+", text.replace("&", "<"))
    assert json.loads(text)["tenants"][0]["tenant"] == f"a{char}b"


def test_hostile_texts_add_no_tag() -> None:
    tags = [Tags(render_page(SOURCE, made(*tenants)).decode()).found for tenants in ([], [hostile()])]
    assert tags[0] == tags[1] == ["title", "meta", "style", "i", "script"]


def test_the_data_is_not_interpreted_as_the_template() -> None:
    text = render_page(SOURCE, made({"tenant": "@script@ @title@ @data@"})).decode()
    assert '"tenant":"@script@ @title@ @data@"' in text


def test_the_content_security_policy_allows_only_the_style_and_script_of_the_page() -> None:
    text = render_page(SOURCE, made()).decode()
    style, script = (base64.b64encode(hashlib.sha256(part).digest()).decode() for part in (b"b {}", b"run()"))
    assert f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'" in text
    assert "unsafe" not in text


@pytest.mark.parametrize(("count", "title"), [(0, "0 tenants, 0 findings"), (1, "1 tenant, 0 findings"), (1200, "1,200 tenants, ")])
def test_the_title_contains_the_counts(count: int, title: str) -> None:
    assert f"<title>Okta audit: {title}" in render_page(SOURCE, made(*fleet(count))).decode()
