# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparison of texts that Okta stores: labels, names, descriptions. Ids, key ids and scopes are compared exactly, elsewhere."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
# An entity as servers write it, always with a semicolon: without one, html.unescape reads "R&reg" as "R®".
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# Characters that a server stores unchanged: ASCII letters, digits, characters that HTML does not escape, and single blanks.
_PLAIN = re.compile(r"(?:[A-Za-z0-9_.,:;()\[\]{}+*#%@!?$|~^-]|(?<=\S)\x20(?=\S))*")


def same_text(desired: str, stored: str, *, ignore_case: bool = False) -> bool:
    """Whether the stored text is the desired one, or a form in which a server may have stored it.

    A server may escape text for HTML, once; trim it and collapse runs of white space; and bring it to a Unicode normalization form.
    The comparison has a direction: ``A&amp;B`` may be what is stored of ``A&B``, and never the reverse.

    Args:
        desired: the text that was, or will be, sent.
        stored: the text that Okta returns.
        ignore_case: whether upper and lower case are equal.
    """
    fold: Callable[[str], str] = str.casefold if ignore_case else str
    forms = {fold(_canonical(form)) for form in (desired, unicodedata.normalize("NFKC", desired))}
    return bool(forms & {fold(_canonical(form)) for form in (stored, unescape_html(stored))})


def find_by_text(desired: str, found: Iterable[T], text_of: Callable[[T], object], *, ignore_case: bool = False) -> list[T]:
    """The entries with the desired text: exact matches or, if there are none, those that may be stored forms of it.

    Args:
        desired: the text.
        found: the entries that Okta lists.
        text_of: returns the text of an entry; any other type does not match.
        ignore_case: whether upper and lower case are equal.
    """
    texts = [(one, text) for one in found if isinstance(text := text_of(one), str)]
    exact = [one for one, text in texts if text == desired]
    return exact or [one for one, text in texts if same_text(desired, text, ignore_case=ignore_case)]


def unescape_html(text: str) -> str:
    """The text without its HTML entities, one level of them."""
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def search_prefix(text: str) -> str:
    """The beginning of a text that is the same in all stored forms, for Okta's parameter ``q``; may be empty.

    It ends before the first character that may be stored in another form. A letter before a combining mark is not part of it.
    """
    trimmed = text.strip()
    found = _PLAIN.match(trimmed)
    prefix = found[0] if found else ""
    rest = trimmed[len(prefix) :]
    if rest and unicodedata.combining(rest[0]):
        prefix = prefix[:-1]
    return prefix.rstrip()


def _canonical(text: str) -> str:
    """The canonical form: single blanks, Unicode NFC."""
    return " ".join(unicodedata.normalize("NFC", text).split())
