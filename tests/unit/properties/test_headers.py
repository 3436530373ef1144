# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Malicious headers: they are parsed quickly, and never lead to another host."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import NoResponseError
from ansible_collections.rezonate.okta.plugins.module_utils._okta import transport
from ansible_collections.rezonate.okta.plugins.module_utils._okta.api_error import api_error
from ansible_collections.rezonate.okta.plugins.module_utils._okta.authentication import ApiToken
from ansible_collections.rezonate.okta.plugins.module_utils._okta.client import OktaClient
from ansible_collections.rezonate.okta.plugins.module_utils._okta.org_url import Org
from ansible_collections.rezonate.okta.plugins.module_utils._okta.rate_limiter import RateLimiter
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer, Attempt, Request
from helpers.acceptance import accepts, damaged, either
from helpers.fake_okta import Clock
from hypothesis import example, given
from hypothesis import strategies as st
from urllib3 import HTTPResponse

URL = "https://acme.okta.com"
SECRET = "00made-up-api-token-5b1f0c9e7d3a4862"
PIECES = [*'<>;, "=/@\\[%?#\t', "rel", "next", "//", "http:", "https://", "..", "elsewhere.example", URL]
TEXT = st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
NUMBER = (
    st.integers().map(str) | st.sampled_from(["", "x", "1e5", "-0", "9" * 5000, "٣", " 7 ", "0x10", "nan", "1_000"]) | st.text(max_size=8)
)
LONG = 200_000


class _Silent:
    """A transport that is never used."""

    def send(self, _request: Request) -> Answer:
        raise AssertionError


def client() -> OktaClient:
    return OktaClient(Org(URL, is_custom=False), ApiToken(SECRET), _Silent())  # type: ignore[arg-type]  # a stand-in


def next_url(link: str) -> str | None:
    """The next page of a list; None where there is none, or the link is refused."""
    try:
        return client()._next(Answer(200, {"Link": link}))
    except NoResponseError:
        return None


HOSTS = st.sampled_from([URL, "https://elsewhere.example", "https://acme.okta.com@elsewhere.example", "//elsewhere.example", ""])
PATHS = st.sampled_from(["/", "//elsewhere.example/x", "/@elsewhere.example", "/\\elsewhere.example"]) | st.from_regex(
    r"/[a-z0-9/@%.:-]{0,12}(\?after=[a-zA-Z0-9%=&]{1,9})?", fullmatch=True
)
RELATIONS = st.sampled_from(['; rel="next"', ";rel=next", '; title="x"; rel="prefetch next"'])
LINKS = st.tuples(st.just("<"), HOSTS, PATHS, st.just(">"), RELATIONS).map("".join)


@accepts(0.4)
@given(either(LINKS, damaged(LINKS, PIECES) | TEXT))
@example('<https://elsewhere.example/api/v1/apps?after=1>; rel="next"')
@example('<https://acme.okta.com@elsewhere.example/>; rel="next"')
@example('<//elsewhere.example//elsewhere.example/>; rel="next"')
@example("<@elsewhere.example/>; rel=next")
def test_no_link_is_followed_to_another_host(link: str) -> bool:
    url = next_url(link)
    if url is None:
        return False
    assert url.startswith(f"{URL}/")
    assert urlsplit(url).netloc == "acme.okta.com"
    return True


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
def test_a_link_is_parsed_quickly(link: str) -> None:
    start = time.thread_time()
    next_url(link)
    assert time.thread_time() - start < 2


def wait(headers: dict[str, str]) -> float | None:
    """The seconds to wait after a 429 with these headers."""
    answer: Any = HTTPResponse(headers=headers, status=429)
    return transport._RetryPolicy(total=1).get_retry_after(answer)


DATES = ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -9999", "1 Jan 0 0:0:0 +0", "x, 99 Foo 99999"]
# Times in Okta's format, in seconds or milliseconds, most of them in the future; and several values, as a proxy sends them.
TIMESTAMPS = st.integers(2_000_000_000, 4_000_000_000) | st.integers(2_000_000_000_000, 4_000_000_000_000) | st.integers(0, 4_000_000_000)
RESETS = st.lists(TIMESTAMPS, min_size=1, max_size=3).map(lambda timestamps: ", ".join(map(str, timestamps)))


@accepts(0.5)
@given(either(st.integers(1, 5000).map(str), NUMBER), either(RESETS, NUMBER), st.text(max_size=40) | st.sampled_from(DATES))
@example("10", "9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT")
@example("10", "5", "Mon, 1 Jan 1 00:00:00 +2359")
def test_no_rate_limit_causes_a_long_wait(limit: str, reset: str, date: str) -> bool:
    seconds = wait({"X-Rate-Limit-Limit": limit, "X-Rate-Limit-Reset": reset, "Date": date})
    assert seconds is None or 1 <= seconds <= 120
    return seconds is not None


@pytest.mark.parametrize(
    "date",
    ["(" * LONG, "Mon, " * LONG, "1" * LONG, ":" * LONG, " " * LONG, "1 Jan 2026 00:00:00 " + "+" * LONG, "(()" * LONG],
    ids=lambda value: value[:8],
)
def test_a_date_is_parsed_quickly(date: str) -> None:
    start = time.thread_time()
    wait({"X-Rate-Limit-Reset": "5", "X-Rate-Limit-Limit": "5", "Date": date})
    assert time.thread_time() - start < 2


USED_UP = st.fixed_dictionaries(
    {
        "X-Rate-Limit-Limit": st.integers(1, 5000).map(str),
        "X-Rate-Limit-Remaining": st.just("0"),
        "X-Rate-Limit-Reset": st.integers(2_000_000_000, 4_000_000_000).map(str),
    }
)
ALLOWANCES = st.fixed_dictionaries({f"X-Rate-Limit-{name}": NUMBER for name in ("Limit", "Remaining", "Reset")})


@accepts(0.25)
@given(either(USED_UP, ALLOWANCES), st.sampled_from([200, 429]))
def test_no_remaining_allowance_stops_all_calls(headers: dict[str, str], status: int) -> bool:
    clock = Clock()
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    for _call in range(5):
        with limiter.acquire("GET", URL, 900):
            limiter.record_response("GET", URL, status, headers)
    assert all(0 < seconds <= 120 for seconds in clock.slept)
    assert len(clock.slept) <= (1 if status == 200 else 4)
    return bool(clock.slept)


def refused(challenge: str, body: Any = None) -> str:
    request = Request("GET", f"{URL}/api/v1/users", Attempt)
    return str(api_error(request, Answer(401, {"WWW-Authenticate": challenge}, body, None, (SECRET,)), "read"))


@given(TEXT, st.integers(0, 320), st.integers(0, 12))
def test_secrets_that_okta_repeats_are_never_shown(text: str, before: int, copies: int) -> None:
    description = "x" * before + text + SECRET + SECRET * copies
    body = {"errorCode": SECRET, "errorSummary": description, "errorId": description, "errorCauses": [{"errorSummary": description}] * 3}
    for message in (refused("", body), refused(f'Bearer error="{SECRET}", error_description="{description}"')):
        assert SECRET[:12] not in message
        assert SECRET[-12:] not in message


@pytest.mark.parametrize(
    "challenge", ["a" * LONG, 'a="' * LONG, 'a=""' * LONG, '"' * LONG, "=" * LONG, 'error="' + "x" * LONG], ids=lambda value: value[:8]
)
def test_a_challenge_is_parsed_quickly(challenge: str) -> None:
    start = time.thread_time()
    assert len(refused(challenge)) < 2000
    assert time.thread_time() - start < 2
