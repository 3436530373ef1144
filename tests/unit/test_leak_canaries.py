# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for secrets finds what a plain search of each form finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from soak import leak_canaries as canaries

# Few letters, so that most forms are found.
TEXTS = st.binary(min_size=1, max_size=9).map(lambda raw: bytes(b"ab"[byte % 2] for byte in raw))
FORMS = st.dictionaries(st.sampled_from(["a token", "a key", "a secret"]), st.lists(TEXTS, max_size=9).map(tuple))


@given(FORMS, st.lists(st.lists(TEXTS, max_size=20).map(b"".join), max_size=4), st.sampled_from([1, 3, 50, canaries._WINDOW]))
def test_the_search_finds_what_a_plain_search_finds(forms: canaries.Forms, blobs: list[bytes], window: int) -> None:
    named = [(f"place {number}", blob) for number, blob in enumerate([*blobs, *blobs])]
    plain = [f"{name} in {where}" for where, blob in named for name, values in forms.items() if any(value in blob for value in values)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(canaries, "_WINDOW", window)
        assert canaries.search(named, forms) == plain
