# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two forms of a text are equal if a server may store one as the other."""

from __future__ import annotations

import html
import unicodedata
from typing import Literal, cast

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.text import find_by_text, same_text, search_prefix, unescape_html
from hypothesis import given
from hypothesis import strategies as st

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=40).filter(
    lambda text: bool(text.strip())
)
PIECES = st.lists(st.sampled_from(["A", "b", "&", "&amp;", "<", "'", '"', "é", "e\u0301", "ﬁ", " ", "  ", "\u00a0", "1", "("]), min_size=1)
LABELS = TEXTS | PIECES.map("".join).filter(lambda text: bool(text.strip()))


def stored(text: str, form: str, *, escaped: bool, trimmed: bool) -> str:
    """The form in which a server stores a text."""
    text = unicodedata.normalize(cast("Form", form), text) if form else text
    text = " ".join(text.split()) if trimmed else text
    return html.escape(text) if escaped else text


@given(LABELS, st.sampled_from(["", "NFC", "NFD", "NFKC"]), st.booleans(), st.booleans())
def test_a_text_is_the_same_in_whatever_form_a_server_stores_it(text: str, form: str, escaped: bool, trimmed: bool) -> None:
    stored_text = stored(text, form, escaped=escaped, trimmed=trimmed)
    assert same_text(text, stored_text)
    # a search finds it: Okta's q matches the start of the stored text, in any case
    assert stored_text.lower().lstrip().startswith(search_prefix(text).lower())


@pytest.mark.parametrize(
    ("desired", "stored_text"),
    [
        ("Rezonate", "rezonate"),
        ("Rezonate", "Rezonate 2"),
        ("Rezonate", "Re zonate"),
        ("A&amp;B", "A&B"),
        ("A&B", "A&amp;amp;B"),
        ("R®", "R&reg"),
        ("Rezonate1", "Rezonate\u2460"),
        ("Rene", "René"),
        ("A", "\u0410"),  # a Cyrillic letter that looks the same
    ],
)
def test_texts_that_are_not_stored_forms_of_each_other_are_different(desired: str, stored_text: str) -> None:
    assert not same_text(desired, stored_text)


def test_case_matters_unless_it_is_ignored() -> None:
    assert same_text("Ann@Acme.example", "ann@acme.EXAMPLE", ignore_case=True)


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("Rezonate", "Rezonate"),
        ("Rezonate (rezonate.okta)", "Rezonate (rezonate.okta)"),
        ("  A & B", "A"),
        ("A  B", "A"),
        ("Cafe\u0301 1", "Caf"),
        ("Café", "Caf"),
        ("éa", ""),
        ("'quoted'", ""),
    ],
)
def test_the_search_prefix_is_common_to_all_stored_forms(text: str, prefix: str) -> None:
    assert search_prefix(text) == prefix


def test_the_exact_text_precedes_its_stored_forms() -> None:
    assert find_by_text("A&B", ["A&amp;B", "A&B", "A & B", None], lambda text: text) == ["A&B"]
    assert find_by_text("A&B", ["A&amp;B", " A&B", "a&b", 7], lambda text: text) == ["A&amp;B", " A&B"]


def test_one_level_of_escaping_is_undone() -> None:
    assert unescape_html("&lt;A&#39;B&#x27;&amp;amp; &reg &nosuchentity;") == "<A'B'&amp; &reg &nosuchentity;"
