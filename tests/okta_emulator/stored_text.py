# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form in which an org stores a text, according to the tenant's option `stored_text`."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable, Iterable

# Observed by users of Okta's Terraform provider: labels that are returned as `A&amp;B`. The other forms are common on servers.
FORMS: dict[str, Callable[[str], str]] = {
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "trimmed": lambda text: " ".join(text.split()),
    "escaped": html.escape,
}


def stored(text: str, forms: Iterable[str]) -> str:
    """Return the text after applying these forms in order."""
    for form in forms:
        text = FORMS[form](text)
    return text
