# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an org stores of a text that it is sent; in which form, the tenant's option `stored_text` says."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable, Iterable

# Seen by users of Okta's Terraform provider: labels that come back as `A&amp;B`. The others are what servers do.
FORMS: dict[str, Callable[[str], str]] = {
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "trimmed": lambda text: " ".join(text.split()),
    "escaped": html.escape,
}


def stored(text: str, forms: Iterable[str]) -> str:
    """Return the text in these forms, one after the other."""
    for form in forms:
        text = FORMS[form](text)
    return text
