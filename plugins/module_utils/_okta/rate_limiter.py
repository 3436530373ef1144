# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends no call that the headers of earlier answers say would be refused: Okta mails each refusal to the org's admins."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from .rate_limit_headers import Endpoint, Window, dumped, endpoint, loaded, window

_FEW = 10  # calls left in a window; with more, another task of the run needs no warning
_TOO_MANY = 429


class RateLimiter:
    """When calls may be sent.

    Args:
        folder: the run's temporary folder, where its other tasks find what this one has learned; None to share nothing.
        clock: gives seconds, the same in all processes; replaced in tests.
        sleep: waits for seconds; replaced in tests.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._sleep = sleep
        self._known: dict[Endpoint, Window] = {}
        self._busy: Counter[Endpoint] = Counter()
        self._recalled: set[str] = set()
        self._changed = threading.Condition()
        self._thread = threading.local()

    @contextmanager
    def turn(self, method: str, url: str, patience: float) -> Iterator[None]:
        """Wait until a call may be sent; within, it counts as under way.

        Args:
            method: the HTTP method.
            url: the full URL.
            patience: seconds after which it is sent whatever the headers said.
        """
        if getattr(self._thread, "has_turn", False):
            # the token for a call that has its turn: it must not wait for the end of that call
            yield
            return
        one = endpoint(method, url)
        self._wait(one, patience)
        self._thread.has_turn = True
        try:
            yield
        finally:
            self._thread.has_turn = False
            with self._changed:
                self._busy[one] -= 1
                self._changed.notify_all()

    def note(self, method: str, url: str, status: int, headers: Mapping[str, str]) -> Window | None:
        """Learn from an answer; return the window that it reports, if any."""
        one = endpoint(method, url)
        with self._changed:
            found = window(headers, time.time(), self._clock())
            if found is None:
                return None
            before = self._known.get(one)
            if found.left == 0:
                # a call let through after a remainder of 0 was waited for, and again 0: waiting for it anew would never end
                found.trusted = status == _TOO_MANY or before is None or before.left > 0
            self._known[one] = found = self._merged(one, found)
            if found.left < _FEW and found.trusted:
                self._store(one)
            self._changed.notify_all()
        return found

    def waited_for(self, found: Window | None) -> None:
        """Take a window for ended, whatever the clock says: so each is waited for but once."""
        if found:
            found.ends = min(found.ends, self._clock())

    def _wait(self, one: Endpoint, patience: float) -> None:
        deadline = self._clock() + patience
        while True:
            with self._changed:
                self._recall(one)
                rest = deadline - self._clock()
                found = self._window(one)
                pause = self._pause(one, found)
                if pause is None or max(pause, 0.0) >= rest:
                    self._busy[one] += 1
                    return
                if pause == 0:
                    self._changed.wait(rest)
                    continue
            self._sleep(pause)
            self.waited_for(found)

    def _pause(self, one: Endpoint, found: Window | None) -> float | None:
        """Seconds until a call may be sent; 0 where another has to end first, None where it may be sent now."""
        now = self._clock()
        if found and found.ends > now:
            if found.is_used_up:
                return found.ends - now
            busy = sum(count for other, count in self._busy.items() if count and self._window(other) is found)
            return None if busy < max(1, found.left) else 0.0
        rooms = [seen.left for other, seen in self._known.items() if other.area == one.area and seen.ends > now]
        if found:
            # whether the next window has begun is seen by one call, not by many
            rooms.append(1 if found.is_used_up else found.limit if found.limit > 0 else self._busy[one] + 1)
        return None if not rooms or self._busy[one] < max(1, min(rooms)) else 0.0

    def _window(self, one: Endpoint) -> Window | None:
        """The window of an endpoint; where it hasn't been called yet, the scarcest of those of the same path."""
        if one in self._known:
            return self._known[one]
        return min((found for other, found in self._known.items() if other.path == one.path), key=lambda found: found.left, default=None)

    def _merged(self, one: Endpoint, found: Window) -> Window:
        """The window itself, or the same one as another endpoint of the bucket reported it."""
        for other, seen in self._known.items():
            if (other.area, seen.limit, seen.reset) == (one.area, found.limit, found.reset):
                seen.left = min(seen.left, found.left)  # answers overtake one another
                seen.trusted = found.trusted
                return seen
        return found

    def _recall(self, one: Endpoint) -> None:
        """Read, once for each org, what other tasks of the run have learned; that there is nothing is no error."""
        if self._folder is None or (origin := _origin(one)) in self._recalled:
            return
        self._recalled.add(origin)
        with suppress(OSError):
            for other, found in loaded(_file(self._folder, origin).read_bytes(), self._clock()).items():
                self._known[other] = self._merged(other, found)

    def _store(self, one: Endpoint) -> None:
        """Write down which windows of an org have few calls left."""
        if self._folder is None:
            return
        origin, now = _origin(one), self._clock()
        few = {other: found for other, found in self._known.items() if _origin(other) == origin and found.left < _FEW and found.ends > now}
        file = _file(self._folder, origin)
        part = file.with_name(f"{file.name}-{os.getpid()}")
        with suppress(OSError):
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                json.dump(dumped(few), stream)
            part.replace(file)


def _origin(one: Endpoint) -> str:
    return "/".join(one.path.split("/", 3)[:3])


def _file(folder: Path, origin: str) -> Path:
    return folder / f"rezonate-pace-{hashlib.sha256(origin.encode()).hexdigest()[:16]}"
