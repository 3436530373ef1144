# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live bar of a fleet's run, where there is a terminal and rich."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Protocol

from ._fleet_lines import figures, pace
from ._fleet_tally import Counts

try:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text
except ImportError:
    HAS_RICH = False
else:
    HAS_RICH = True

_EVERY = 0.5  # seconds


class _Live(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def update(self, renderable: Any, *, refresh: bool = False) -> None: ...


def drawn(counts: Counts, width: int) -> str:
    """Draw the bar and the figures below it, no wider than that."""
    head = f"{counts.done}/{counts.total} "
    room = max(width - len(head) - 1, 1)
    full = room * counts.done // counts.total if counts.total else 0
    first = f"{head}{'━' * full}{'─' * (room - full)}"
    parts = [part for part in (figures(counts), pace(counts)) if part]
    second = "; ".join(parts)
    lines = [first, second] if len(second) < width else [first, *parts]
    return "\n".join(line[: max(width - 1, 1)] for line in lines)


class Bar:
    """Shows the bar until it is stopped; what is printed meanwhile goes above it.

    Args:
        counts: gives the figures of the moment.
        live: what draws; rich's unless a test gives another.
    """

    def __init__(self, counts: Callable[[], Counts], live: _Live | None = None, width: Callable[[], int] | None = None) -> None:
        console = None if live is not None else Console()
        self._live: _Live = live if live is not None else Live(console=console, auto_refresh=False, transient=True)
        self._width: Callable[[], int] = width or (lambda: console.width if console is not None else 80)
        self._counts = counts
        self._over = threading.Event()
        self._drawing = threading.Lock()
        self._thread = threading.Thread(target=self._keep_drawing, daemon=True)

    def start(self) -> None:
        """Show it from now on."""
        # Ansible forks its workers from this process: not in the middle of a drawing, whose locks would stay locked in the worker.
        os.register_at_fork(before=self._drawing.acquire, after_in_parent=self._drawing.release, after_in_child=self._drawing.release)
        self._live.start()
        self._thread.start()

    def stop(self) -> None:
        """Take it away."""
        if self._over.is_set():
            return
        self._over.set()
        self._thread.join()
        self._live.stop()

    def _keep_drawing(self) -> None:
        while True:
            with self._drawing:
                text = drawn(self._counts(), self._width())
                self._live.update(Text(text, no_wrap=True) if HAS_RICH else text, refresh=True)
            if self._over.wait(_EVERY):
                return
