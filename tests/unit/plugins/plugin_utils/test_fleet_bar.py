# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live bar."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet_bar import Bar, drawn
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet_tally import Counts


def counts(done: int = 3, total: int = 10) -> Counts:
    """Give figures of a run, a minute in."""
    return Counts(total, done, onboarded=done, unchanged=0, failed=0, unfinished=0, waiting=2, minutes=1.0)


class Drawn:
    """Keeps what is drawn."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.calls: list[str] = []

    def start(self) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")

    def update(self, renderable: Any, *, refresh: bool = False) -> None:
        assert refresh
        self.texts.append(str(renderable))


@pytest.mark.parametrize("width", [1, 20, 40, 80, 200])
@pytest.mark.parametrize("total", [0, 10, 1000])
def test_no_line_is_as_wide_as_the_terminal(width: int, total: int) -> None:
    assert all(len(line) <= max(width - 1, 1) for line in drawn(counts(0, total), width).splitlines())


def test_it_is_two_lines_in_80_columns() -> None:
    first, second = drawn(counts(), 80).splitlines()
    assert (first.count("━"), first.count("─")) == (22, 52)
    assert second == "3 onboarded, 0 unchanged, 0 failed, 2 waiting; 3.0 a minute, 2 min left"


def test_it_is_full_at_the_end() -> None:
    assert "─" not in drawn(counts(10), 80)


def test_it_is_drawn_until_it_is_stopped() -> None:
    drawn = Drawn()
    shown = Bar(counts, drawn, lambda: 80)
    shown.start()
    shown.stop()
    shown.stop()
    assert drawn.calls == ["start", "stop"]
    assert drawn.texts[0].startswith("3/10 ━")


@pytest.mark.filterwarnings("ignore:.*multi-threaded")  # what this is about
def test_a_process_that_is_forked_meanwhile_goes_on() -> None:
    shown = Bar(counts, Drawn(), lambda: 80)
    shown.start()
    child = os.fork()
    if not child:
        shown._drawing.acquire(timeout=5)
        os._exit(0)
    deadline = time.monotonic() + 20
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < deadline:
        time.sleep(0.01)
    shown.stop()
    assert ended == (child, 0)
