# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties that accept too few of their examples fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from helpers.acceptance import accepts, damaged, either
from hypothesis import given, settings
from hypothesis import strategies as st


def property_of(least: float, accepted: Callable[[int], bool]) -> Callable[[], None]:
    @accepts(least)
    @settings(derandomize=True, max_examples=20, deadline=None, database=None)
    @given(st.integers(0, 99))
    def check(number: int) -> bool:
        return accepted(number)

    return check


@pytest.mark.parametrize(("least", "accepted"), [(0.1, lambda _number: False), (1.0, lambda number: number != 0)])
def test_a_property_that_accepts_too_few_examples_fails(least: float, accepted: Callable[[int], bool]) -> None:
    with pytest.raises(AssertionError, match=r"^accepted \d+ of \d+ examples"):
        property_of(least, accepted)()


@pytest.mark.parametrize(("least", "accepted"), [(0.0, lambda _number: False), (1.0, lambda _number: True)])
def test_a_property_that_accepts_enough_passes_each_time(least: float, accepted: Callable[[int], bool]) -> None:
    check = property_of(least, accepted)
    check()
    check()


@accepts(0.3)
@given(either(st.integers(min_value=0), st.integers(max_value=-1) | st.integers(max_value=-1) | st.integers(max_value=-1)))
def test_either_draws_both_often(number: int) -> bool:
    return number >= 0


@given(damaged(st.just("valid"), ["?", "!"]))
def test_a_text_is_damaged_in_two_places_at_most(text: str) -> None:
    assert len(text) <= len("valid") + 2
    assert sum(character in "?!" for character in text) <= 2
