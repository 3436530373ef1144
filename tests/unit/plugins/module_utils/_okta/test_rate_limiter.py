# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The times at which calls are sent, according to the headers of earlier responses."""

from __future__ import annotations

import email.utils
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._okta.rate_limiter import RateLimiter
from helpers.fake_okta import Clock

ACME = "https://acme.okta.com"
APPS, APP, GRANTS, USERS = (f"{ACME}{path}" for path in ("/api/v1/apps", "/api/v1/apps/0oa1", "/api/v1/apps/0oa1/grants", "/api/v1/users"))
RESET = 1_700_000_060
PATIENCE = 900.0


class Calls:
    """A rate limiter, its clock, and the headers of a server for each call."""

    def __init__(self, folder: Path | None = None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.pace = RateLimiter(folder, clock=self.clock, sleep=self.clock.sleep)

    def send(
        self, method: str, url: str, left: int | None = None, *, limit: int = 10, status: int = 200, patience: float = PATIENCE
    ) -> None:
        """Send a call; the response has the remaining calls of the window that ends with the minute."""
        with self.pace.acquire(method, url, patience):
            headers = {"Date": email.utils.formatdate(self.clock.now, usegmt=True)}
            if left is not None:
                reset = str(RESET + (self.clock.now - 1_700_000_000) // 61 * 61)[:10]
                headers |= {"X-Rate-Limit-Limit": str(limit), "X-Rate-Limit-Remaining": str(left), "X-Rate-Limit-Reset": reset}
            self.pace.record_response(method, url, status, headers)

    @property
    def slept(self) -> list[float]:
        """The waits so far."""
        return self.clock.slept


def test_no_call_waits_while_calls_remain() -> None:
    calls = Calls()
    for left in (None, 100, 2, 1):
        calls.send("GET", USERS, left)
    calls.send("GET", USERS)
    assert calls.slept == []


def test_a_call_that_would_be_refused_waits_for_the_end_of_the_window() -> None:
    calls = Calls()
    calls.send("POST", GRANTS, 0)
    calls.send("POST", GRANTS, 9)
    calls.send("POST", GRANTS, 8)
    assert calls.slept == [61.0]


def test_a_window_is_waited_for_once_even_with_a_stopped_clock() -> None:
    slept: list[float] = []
    pace = RateLimiter(clock=lambda: 5.0, sleep=slept.append)
    for _call in range(3):
        with pace.acquire("GET", USERS, PATIENCE):
            pass
        if not slept:
            state = {"X-Rate-Limit-Limit": "10", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "60"}
            pace.record_response("GET", USERS, 200, {**state, "Date": "Thu, 01 Jan 1970 00:00:00 GMT"})
    assert slept == [61.0]


def test_other_buckets_do_not_wait() -> None:
    calls = Calls()
    calls.send("POST", GRANTS, 0)
    calls.send("GET", USERS, 5)
    calls.send("GET", APP, 40, limit=50)
    calls.send("GET", APPS)
    assert calls.slept == []


def test_an_endpoint_that_has_shown_the_same_window_waits_too() -> None:
    calls = Calls()
    calls.send("GET", APPS, 1)
    calls.send("POST", GRANTS, 0)
    calls.send("GET", APPS)
    assert calls.slept == [61.0]


def test_the_same_numbers_in_another_area_are_another_bucket() -> None:
    calls = Calls()
    calls.send("GET", USERS, 1)
    calls.send("POST", GRANTS, 0)
    calls.send("GET", USERS)
    assert calls.slept == []


def test_an_endpoint_that_has_not_been_called_waits_with_the_same_path() -> None:
    calls = Calls()
    calls.send("POST", GRANTS, 0)
    calls.send("GET", GRANTS)
    assert calls.slept == [61.0]


def test_a_remainder_that_is_always_zero_is_waited_for_once() -> None:
    calls = Calls()
    for _call in range(20):
        calls.send("GET", USERS, 0)
    assert calls.slept == [61.0]


def test_a_remainder_of_zero_counts_again_after_a_refusal() -> None:
    calls = Calls()
    for status in (200, 200, 429):
        calls.send("GET", USERS, 0, status=status)
    calls.send("GET", USERS, 9)
    assert len(calls.slept) == 2


def test_no_call_waits_longer_than_its_patience() -> None:
    calls = Calls()
    calls.send("GET", USERS, 0)
    calls.send("GET", USERS, 0, patience=60)
    calls.send("GET", USERS, 0, patience=-1)
    assert calls.slept == []


class Server:
    """A bucket of calls with delayed responses, and a record of the calls."""

    def __init__(self, pace: RateLimiter, left: int) -> None:
        self.pace, self.remaining, self.limit = pace, left, 10
        self.busy = self.most = self.refused = 0
        self._lock = threading.Lock()
        self._reset = time.time() + 1
        self.start: list[float] = []

    def call(self, *_number: int) -> None:
        """Send one call."""
        with self.pace.acquire("POST", GRANTS, PATIENCE):
            status, headers = self._answer()
            self.pace.record_response("POST", GRANTS, status, headers)

    def _answer(self) -> tuple[int, dict[str, str]]:
        with self._lock:
            self.busy += 1
            self.most = max(self.most, self.busy)
            self.start.append(time.time())
            if time.time() >= self._reset:
                self.remaining, self._reset = self.limit, time.time() + 1
            self.remaining -= 1
            left, reset = self.remaining, int(self._reset)
            self.refused += left < 0
        time.sleep(0.03)
        with self._lock:
            self.busy -= 1
        numbers = {"Limit": self.limit, "Remaining": max(left, 0), "Reset": reset}
        return 200 if left >= 0 else 429, {f"X-Rate-Limit-{name}": str(number) for name, number in numbers.items()}


@pytest.mark.parametrize(("left", "at_once"), [(3, 3), (1, 1), (9, 4)])
def test_no_more_calls_are_in_progress_than_remain(left: int, at_once: int) -> None:
    server = Server(RateLimiter(), left + 1)
    server.call()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(server.call, range(left)))
    assert (server.most, server.refused, server.remaining) == (at_once, 0, 0)


def test_windows_are_used_up_one_after_another_and_no_call_is_refused() -> None:
    server = Server(RateLimiter(), 4)
    server.call()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(server.call, range(22)))
    assert server.refused == 0
    assert server.most == 8
    assert server.start[-1] - server.start[0] < 8


def test_a_failed_call_frees_its_place() -> None:
    calls = Calls()
    calls.send("GET", USERS, 1)
    for _call in range(3):
        with pytest.raises(OSError, match="broken"), calls.pace.acquire("GET", USERS, PATIENCE):
            raise OSError("broken")
    calls.send("GET", USERS)
    assert calls.slept == []


def test_a_token_request_does_not_wait_for_the_call_that_needs_it() -> None:
    calls = Calls()
    calls.send("GET", USERS, 1)
    with calls.pace.acquire("GET", USERS, PATIENCE):
        calls.send("GET", USERS, 0)
    assert calls.slept == []


def test_exhausted_windows_are_shared_with_other_tasks(tmp_path: Path) -> None:
    first = Calls(tmp_path)
    first.send("POST", GRANTS, 0)
    second = Calls(tmp_path, first.clock)
    second.send("GET", USERS)
    assert second.slept == []
    second.send("GET", f"{ACME}/api/v1/apps/0oa2/grants")
    assert second.slept == [61.0]


def test_nothing_is_written_while_many_calls_remain(tmp_path: Path) -> None:
    Calls(tmp_path).send("GET", USERS, 10)
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_private_and_holds_no_id(tmp_path: Path) -> None:
    calls = Calls(tmp_path)
    calls.send("POST", GRANTS, 2)
    calls.send("GET", USERS, 1)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "0oa1" not in file.read_text(encoding="utf-8")


def test_a_missing_or_invalid_file_and_a_directory_in_its_place_are_no_error(tmp_path: Path) -> None:
    Calls(tmp_path / "missing").send("GET", USERS, 0)
    calls = Calls(tmp_path)
    calls.send("GET", USERS, 0)
    (file,) = tmp_path.iterdir()
    file.write_bytes(b'{"GET https')
    Calls(tmp_path).send("GET", USERS, 0)
    file.unlink()
    file.mkdir()
    garbled = Calls(tmp_path)
    garbled.send("GET", USERS, 0)
    assert garbled.slept == []
