# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Delays calls that exceed the rate limit according to earlier responses: Okta mails each violation to the org's admins."""

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

from .rate_limit_headers import Endpoint, Window, endpoint_of, read_window, windows_from_json, windows_to_json

_FEW_CALLS = 10  # remaining calls at which a window is shared with other tasks of the run
_TOO_MANY = 429


class RateLimiter:
    """Decides when calls can be sent.

    Args:
        folder: the run's temporary folder, in which windows are shared with other tasks; None to share nothing.
        clock: returns seconds, the same in all processes; replaced in tests.
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
        self._windows: dict[Endpoint, Window] = {}
        self._under_way: Counter[Endpoint] = Counter()
        self._loaded_origins: set[str] = set()
        self._changed = threading.Condition()
        self._thread = threading.local()

    @contextmanager
    def acquire(self, method: str, url: str, patience: float) -> Iterator[None]:
        """Wait until a call can be sent; within the context it counts as in progress.

        Args:
            method: the HTTP method.
            url: the full URL.
            patience: seconds after which it is sent regardless of the rate limit.
        """
        if getattr(self._thread, "has_turn", False):
            # a nested call, such as the one for the access token, must not wait for the outer call
            yield
            return
        one = endpoint_of(method, url)
        self._wait(one, patience)
        self._thread.has_turn = True
        try:
            yield
        finally:
            self._thread.has_turn = False
            with self._changed:
                self._under_way[one] -= 1
                self._changed.notify_all()

    def record_response(self, method: str, url: str, status: int, headers: Mapping[str, str]) -> Window | None:
        """Record a response; return the window that it reports, if any."""
        one = endpoint_of(method, url)
        with self._changed:
            found = read_window(headers, time.time(), self._clock())
            if found is None:
                return None
            before = self._windows.get(one)
            if found.remaining == 0:
                # if 0 calls remain again after the wait, waiting once more would never end
                found.is_trusted = status == _TOO_MANY or before is None or before.remaining > 0
            self._windows[one] = found = self._merge(one, found)
            if found.remaining < _FEW_CALLS and found.is_trusted:
                self._save_shared(one)
            self._changed.notify_all()
        return found

    def mark_ended(self, found: Window | None) -> None:
        """Mark a window as ended, regardless of the clock, so that calls wait for it only once."""
        if found:
            found.ends_at = min(found.ends_at, self._clock())

    def _wait(self, one: Endpoint, patience: float) -> None:
        deadline = self._clock() + patience
        while True:
            with self._changed:
                self._load_shared(one)
                rest = deadline - self._clock()
                found = self._window(one)
                pause = self._pause(one, found)
                if pause is None or max(pause, 0.0) >= rest:
                    self._under_way[one] += 1
                    return
                if pause == 0:
                    self._changed.wait(rest)
                    continue
            self._sleep(pause)
            self.mark_ended(found)

    def _pause(self, one: Endpoint, found: Window | None) -> float | None:
        """Seconds until a call can be sent; 0 if another call must end first, None if it can be sent now."""
        now = self._clock()
        if found and found.ends_at > now:
            if found.is_used_up:
                return found.ends_at - now
            busy = sum(count for other, count in self._under_way.items() if count and self._window(other) is found)
            return None if busy < max(1, found.remaining) else 0.0
        rooms = [seen.remaining for other, seen in self._windows.items() if other.area == one.area and seen.ends_at > now]
        if found:
            # one call, not many, checks whether the next window has begun
            rooms.append(1 if found.is_used_up else found.limit if found.limit > 0 else self._under_way[one] + 1)
        return None if not rooms or self._under_way[one] < max(1, min(rooms)) else 0.0

    def _window(self, one: Endpoint) -> Window | None:
        """The window of an endpoint; if it hasn't been called yet, that with the fewest remaining calls of the same path."""
        if one in self._windows:
            return self._windows[one]
        return min(
            (found for other, found in self._windows.items() if other.path == one.path), key=lambda found: found.remaining, default=None
        )

    def _merge(self, one: Endpoint, found: Window) -> Window:
        """The window itself, or the same window as reported by another endpoint of the bucket."""
        for other, seen in self._windows.items():
            if (other.area, seen.limit, seen.reset) == (one.area, found.limit, found.reset):
                seen.remaining = min(seen.remaining, found.remaining)  # responses can arrive out of order
                seen.is_trusted = found.is_trusted
                return seen
        return found

    def _load_shared(self, one: Endpoint) -> None:
        """Read, once for each org, the windows that other tasks of the run have shared; a missing file is no error."""
        if self._folder is None or (origin := _origin(one)) in self._loaded_origins:
            return
        self._loaded_origins.add(origin)
        with suppress(OSError):
            for other, found in windows_from_json(_file(self._folder, origin).read_bytes(), self._clock()).items():
                self._windows[other] = self._merge(other, found)

    def _save_shared(self, one: Endpoint) -> None:
        """Share the windows of an org in which few calls remain."""
        if self._folder is None:
            return
        origin, now = _origin(one), self._clock()
        few = {
            other: found
            for other, found in self._windows.items()
            if _origin(other) == origin and found.remaining < _FEW_CALLS and found.ends_at > now
        }
        file = _file(self._folder, origin)
        part = file.with_name(f"{file.name}-{os.getpid()}")
        with suppress(OSError):
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                json.dump(windows_to_json(few), stream)
            part.replace(file)


def _origin(one: Endpoint) -> str:
    return "/".join(one.path.split("/", 3)[:3])


def _file(folder: Path, origin: str) -> Path:
    return folder / f"rezonate-pace-{hashlib.sha256(origin.encode()).hexdigest()[:16]}"
