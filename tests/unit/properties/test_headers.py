# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Headers that were meant to hurt: read in no time, and never led elsewhere by them."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import NoAnswerError
from ansible_collections.rezonate.okta.plugins.module_utils._okta import transport
from ansible_collections.rezonate.okta.plugins.module_utils._okta.api_error import api_error
from ansible_collections.rezonate.okta.plugins.module_utils._okta.authentication import ApiToken
from ansible_collections.rezonate.okta.plugins.module_utils._okta.client import OktaClient
from ansible_collections.rezonate.okta.plugins.module_utils._okta.org_url import Org
from ansible_collections.rezonate.okta.plugins.module_utils._okta.rate_limiter import RateLimiter
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer, Attempt, Request
from hypothesis import example, given
from hypothesis import strategies as st
from unit.fake_okta import Clock
from urllib3 import HTTPResponse

URL = "https://acme.okta.com"
SECRET = "00made-up-api-token-5b1f0c9e7d3a4862"
TEXT = st.text(max_size=60) | st.lists(
    st.sampled_from(
        [
            "<",
            ">",
            ";",
            ",",
            " ",
            '"',
            "=",
            "rel",
            "next",
            "/",
            "//",
            "@",
            "http:",
            URL,
            "elsewhere.example",
            "\\",
            "[",
            "%",
            "?",
            "#",
            "\t",
        ]
    ),
    max_size=14,
).map("".join)
NUMBER = (
    st.integers().map(str) | st.sampled_from(["", "x", "1e5", "-0", "9" * 5000, "٣", " 7 ", "0x10", "nan", "1_000"]) | st.text(max_size=8)
)
LONG = 200_000


class _Silent:
    """A transport that isn't asked."""

    def send(self, _request: Request) -> Answer:
        raise AssertionError


def client() -> OktaClient:
    return OktaClient(Org(URL, is_custom=False), ApiToken(SECRET), _Silent())  # type: ignore[arg-type]  # a stand-in


def next_url(link: str) -> str | None:
    """Give where a list goes on; None where it doesn't, or where the link is refused."""
    try:
        return client()._next(Answer(200, {"Link": link}))
    except NoAnswerError:
        return None


@given(TEXT)
@example('<https://elsewhere.example/api/v1/apps?after=1>; rel="next"')
@example('<https://acme.okta.com@elsewhere.example/>; rel="next"')
@example('<//elsewhere.example//elsewhere.example/>; rel="next"')
@example("<@elsewhere.example/>; rel=next")
def test_no_link_leads_to_another_host(link: str) -> None:
    url = next_url(link)
    assert url is None or (url.startswith(f"{URL}/") and urlsplit(url).netloc == "acme.okta.com")


@pytest.mark.parametrize(
    "link",
    [
        "<" * LONG,
        "<a" * LONG,
        "<x>" * LONG,
        "<x>" + " " * LONG,
        "<x>; " * LONG,
        "<" + "a" * LONG + ">;rel=next",
        "<x>;" + "\t" * LONG + "rel",
    ],
    ids=lambda value: value[:8],
)
def test_a_link_is_read_in_no_time(link: str) -> None:
    start = time.thread_time()
    next_url(link)
    assert time.thread_time() - start < 2


def wait(headers: dict[str, str]) -> float | None:
    """Give the seconds that a 429 with these headers makes us wait."""
    answer: Any = HTTPResponse(headers=headers, status=429)
    return transport._Policy(total=1).get_retry_after(answer)


@given(
    NUMBER,
    NUMBER,
    st.text(max_size=40)
    | st.sampled_from(["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -9999", "1 Jan 0 0:0:0 +0", "x, 99 Foo 99999"]),
)
@example("10", "9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT")
@example("10", "5", "Mon, 1 Jan 1 00:00:00 +2359")
def test_no_rate_limit_makes_us_wait_for_long(limit: str, reset: str, date: str) -> None:
    seconds = wait({"X-Rate-Limit-Limit": limit, "X-Rate-Limit-Reset": reset, "Date": date})
    assert seconds is None or 1 <= seconds <= 120


@pytest.mark.parametrize(
    "date",
    ["(" * LONG, "Mon, " * LONG, "1" * LONG, ":" * LONG, " " * LONG, "1 Jan 2026 00:00:00 " + "+" * LONG, "(()" * LONG],
    ids=lambda value: value[:8],
)
def test_a_date_is_read_in_no_time(date: str) -> None:
    start = time.thread_time()
    wait({"X-Rate-Limit-Reset": "5", "X-Rate-Limit-Limit": "5", "Date": date})
    assert time.thread_time() - start < 2


@given(st.fixed_dictionaries({f"X-Rate-Limit-{name}": NUMBER for name in ("Limit", "Remaining", "Reset")}), st.sampled_from([200, 429]))
def test_no_remaining_allowance_stops_all_calls(headers: dict[str, str], status: int) -> None:
    clock = Clock()
    paced = RateLimiter(clock=clock, sleep=clock.sleep)
    for _call in range(5):
        with paced.turn("GET", URL, 900):
            paced.note("GET", URL, status, headers)
    assert all(0 < seconds <= 120 for seconds in clock.slept)
    assert len(clock.slept) <= (1 if status == 200 else 4)


def refused(challenge: str, body: Any = None) -> str:
    request = Request("GET", f"{URL}/api/v1/users", Attempt)
    return str(api_error(request, Answer(401, {"WWW-Authenticate": challenge}, body, None, (SECRET,)), "read"))


@given(TEXT, st.integers(0, 320), st.integers(0, 12))
def test_what_okta_repeats_of_a_secret_is_never_shown(text: str, before: int, copies: int) -> None:
    said = "x" * before + text + SECRET + SECRET * copies
    body = {"errorCode": SECRET, "errorSummary": said, "errorId": said, "errorCauses": [{"errorSummary": said}] * 3}
    for message in (refused("", body), refused(f'Bearer error="{SECRET}", error_description="{said}"')):
        assert SECRET[:12] not in message
        assert SECRET[-12:] not in message


@pytest.mark.parametrize(
    "challenge", ["a" * LONG, 'a="' * LONG, 'a=""' * LONG, '"' * LONG, "=" * LONG, 'error="' + "x" * LONG], ids=lambda value: value[:8]
)
def test_a_challenge_is_read_in_no_time(challenge: str) -> None:
    start = time.thread_time()
    assert len(refused(challenge)) < 2000
    assert time.thread_time() - start < 2
