# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The progress bar; tests/integration/test_fleet_terminal.py tests whole runs on a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import termios
import threading
from collections.abc import Iterator
from io import StringIO
from typing import Any, TextIO

import pytest
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.progress_bar import ProgressBar, is_terminal, render_bar
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.tally import Tally


def counts(done: int = 3, total: int = 10) -> Any:
    """Return the counts of a run after one minute: some tenants have ended, two are waiting."""
    tally = Tally(0.0)
    tally.expect(f"t{number}" for number in range(total))
    for number in range(done):
        tally.begin(f"t{number}", 1.0)
        tally.done(f"t{number}", changed=True)
        tally.end(f"t{number}", 2.0)
    for number in range(done, min(done + 2, total)):
        tally.begin(f"t{number}", 1.0)
    return tally.counts(60.0)


class Screen:
    """A pseudo-terminal of 80 columns, and its output."""

    def __init__(self) -> None:
        self.reader, writer = pty.openpty()
        self.size(80, 24)
        self.stream: TextIO = os.fdopen(writer, "w", encoding="utf-8", buffering=1)
        self.lock = threading.RLock()
        self.drawn = ProgressBar(counts, self.lock, self.stream)

    def size(self, columns: int, lines: int) -> None:
        """Set another size."""
        fcntl.ioctl(self.reader, termios.TIOCSWINSZ, struct.pack("4H", lines, columns, 0, 0))

    @property
    def text(self) -> str:
        """The output since the previous read."""
        found = b""
        while select.select([self.reader], [], [], 0.3)[0]:
            found += os.read(self.reader, 65536)
        return found.decode()


@pytest.fixture
def screen() -> Iterator[Screen]:
    made = Screen()
    yield made
    made.drawn.stop()
    made.stream.close()
    os.close(made.reader)


@pytest.mark.parametrize("width", [1, 2, 20, 40, 80, 200])
@pytest.mark.parametrize("total", [0, 10, 1000])
def test_no_line_is_as_wide_as_the_terminal(width: int, total: int) -> None:
    assert all(len(line) <= max(width - 1, 1) for line in render_bar(counts(0, total), width))


def test_the_bar_has_two_lines_in_80_columns() -> None:
    first, second = render_bar(counts(), 80)
    assert (first.count("━"), first.count("─")) == (22, 52)
    assert second.endswith("3 changed, 0 failed, 2 waiting; 3.0 a minute, 2 min left")


def test_in_20_columns_all_counts_are_displayed() -> None:
    wide, narrow = render_bar(counts(), 200), render_bar(counts(), 20)
    assert " ".join(narrow[1:]) == wide[1]


def test_the_bar_is_full_at_the_end() -> None:
    assert "─" not in render_bar(counts(10), 80)[0]


def test_the_bar_is_drawn_until_it_is_stopped(screen: Screen) -> None:
    screen.drawn.start()
    assert "3/10 ━" in screen.text
    screen.drawn.stop()
    assert screen.text == "\r\x1b[J"
    screen.drawn.stop()
    print("Printed.", file=screen.stream)
    assert screen.text == "Printed.\r\n"


def test_output_erases_the_bar_first(screen: Screen) -> None:
    screen.drawn.start()
    assert screen.text
    with screen.lock:
        print("Printed.", file=screen.stream)
        assert screen.text == "\r\x1b[JPrinted.\r\n"
        screen.drawn.draw()
        assert "3/10 ━" in screen.text


def test_the_bar_does_not_follow_an_unfinished_line(screen: Screen) -> None:
    screen.drawn.start()
    with screen.lock:
        assert screen.text
        print("Which one? ", end="", file=screen.stream, flush=True)
        screen.drawn.draw()
        assert screen.text == "\r\x1b[JWhich one? "


def test_while_another_thread_holds_the_lock_nothing_is_drawn(screen: Screen) -> None:
    screen.drawn.start()
    with screen.lock:
        assert screen.text
        threading.Event().wait(1.2)
        assert screen.text == ""
    threading.Event().wait(1.2)
    assert "3/10 ━" in screen.text


def test_nothing_is_drawn_during_a_hidden_prompt(screen: Screen) -> None:
    screen.drawn.start()
    modes = termios.tcgetattr(screen.reader)
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(screen.reader, termios.TCSANOW, modes)
    with screen.lock:
        assert screen.text
        screen.drawn.draw()
        assert screen.text == ""


def test_without_a_size_nothing_is_drawn(screen: Screen) -> None:
    screen.size(0, 0)
    screen.drawn.start()
    assert (screen.text, screen.drawn.is_possible) == ("", False)


@pytest.mark.filterwarnings("ignore:.*multi-threaded")  # the lock under test
def test_a_worker_that_is_forked_while_the_bar_is_drawn_can_print(screen: Screen) -> None:
    screen.drawn.start()
    with screen.lock:  # as Ansible does
        child = os.fork()
        if not child:
            screen.stream.write("Forked.\n")
            os._exit(0)
    assert os.waitpid(child, 0) == (child, 0)
    assert "Forked." in screen.text


def test_a_bar_that_was_interrupted_before_its_start_is_stopped(screen: Screen) -> None:
    screen.drawn.stop()
    assert screen.text == ""


@pytest.mark.parametrize("term", ["dumb", "", "unknown"])
def test_a_terminal_without_a_cursor_has_no_bar(screen: Screen, term: str) -> None:
    assert not is_terminal(screen.stream, {"TERM": term})
    assert is_terminal(screen.stream, {"TERM": "xterm"})


def test_an_output_that_is_no_terminal_has_no_bar(screen: Screen) -> None:
    closed = os.fdopen(os.dup(screen.reader), "w")
    closed.close()
    assert [is_terminal(stream, {"TERM": "xterm"}) for stream in (None, StringIO(), closed)] == [False, False, False]
