# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Property tests that accept a minimum share of their examples: a property that rejects nearly all examples checks nothing."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


def accepts(least: float) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a property fail if it accepts too few of its examples; place it above ``given``.

    The property returns whether it accepted the example and evaluated its assertion.

    Args:
        least: the minimum share of accepted examples, between 0 and 1.
    """

    def decorate(test: Any) -> Callable[..., None]:
        accepted: list[bool] = []
        check = test.hypothesis.inner_test

        @functools.wraps(check)
        def counted(*args: Any, **more: Any) -> None:
            accepted.append(check(*args, **more))

        test.hypothesis.inner_test = counted

        @functools.wraps(test)
        def run(*args: Any, **more: Any) -> None:
            accepted.clear()
            test(*args, **more)
            assert sum(accepted) >= least * len(accepted), f"accepted {sum(accepted)} of {len(accepted)} examples"

        return run

    return decorate


def either(one: st.SearchStrategy[T], other: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """Draw from both equally often, regardless of their numbers of alternatives."""
    return st.booleans().flatmap(lambda is_other: other if is_other else one)


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[str], pieces: list[str], most: int = 2) -> str:
    """Change a valid text in a few places or not at all.

    Args:
        draw: the draw function of the strategies.
        whole: the valid texts.
        pieces: the texts that are inserted.
        most: the largest number of changes.
    """
    text = draw(whole)
    for _change in range(draw(st.integers(0, most))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 3)))
        text = text[:start] + draw(st.sampled_from(["", *pieces])) + text[end:]
    return text
