# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of headers, as servers and proxies send them in practice."""

from __future__ import annotations

import email.utils
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._okta.http_headers import (
    dpop_nonce,
    next_link,
    parse_challenge,
    parse_date,
    parse_integers,
    rate_limit_wait,
    retry_after,
)
from helpers.acceptance import accepts, either
from hypothesis import given
from hypothesis import strategies as st

NOW = 1_700_000_000.0
DATE = email.utils.formatdate(NOW, usegmt=True)
LATER = email.utils.formatdate(NOW + 30, usegmt=True)
URL = "https://acme.okta.com/api/v1/apps?after=1"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("7", [7]),
        (" 7 ,8,7", [7, 8, 7]),
        ("-5", [-5]),
        ("7, x, ٣, 0x10, 1e3, 1_0, 2.5", [7]),
        ("9" * 41, []),
        ("9" * 5000, []),
    ],
)
def test_numbers_are_read_from_a_list_too(text: str, found: list[int]) -> None:
    assert parse_integers(text) == found


@pytest.mark.parametrize(
    "text",
    [
        DATE,
        f"{DATE}, {DATE}",
        f"{DATE},{LATER}",
        f" {DATE} ",
        "Tuesday, 14-Nov-23 22:13:20 GMT",
        "Tue Nov 14 22:13:20 2023",
        "14 Nov 2023 22:13:20 +0000",
        f"garbage, {DATE}",
    ],
)
def test_a_date_is_read_in_each_form_and_repeated(text: str) -> None:
    assert parse_date(text) == NOW


@pytest.mark.parametrize("text", ["", "garbage", "Mon, 99 Foo 2026 99:99:99 GMT", "1 Jan 0 0:0:0 +0", "9" * 5000])
def test_an_invalid_date_is_none(text: str) -> None:
    assert parse_date(text) is None


RESETS: list[tuple[dict[str, str], float | None]] = [
    ({}, None),
    ({"X-Rate-Limit-Reset": "1700000030"}, 31.0),
    ({"X-Rate-Limit-Reset": "1700000030, 1700000030"}, 31.0),
    ({"X-Rate-Limit-Reset": "1700000010,1700000030"}, 31.0),
    ({"X-Rate-Limit-Reset": "1700000030, garbage"}, 31.0),
    ({"X-Rate-Limit-Reset": "1700000030000"}, 31.0),
    ({"X-Rate-Limit-Reset": "9" * 30}, 120.0),
    ({"X-Rate-Limit-Reset": "-1"}, 1.0),
    ({"X-Rate-Limit-Reset": "garbage"}, None),
    ({"Retry-After": "5"}, 5.0),
    ({"Retry-After": " 5 , 7 "}, 7.0),
    ({"Retry-After": "0"}, 1.0),
    ({"Retry-After": "-5"}, 1.0),
    ({"Retry-After": "86400"}, 120.0),
    ({"Retry-After": LATER}, 30.0),
    ({"Retry-After": f"{LATER}, {LATER}"}, 30.0),
    ({"Retry-After": "soon"}, None),
    ({"Retry-After": "5", "X-Rate-Limit-Reset": "1700000030"}, 31.0),
    ({"Retry-After": "60", "X-Rate-Limit-Reset": "1700000030"}, 60.0),
    ({"X-Rate-Limit-Limit": "0", "X-Rate-Limit-Reset": "1700000030"}, None),
    ({"X-Rate-Limit-Limit": "0, 0", "X-Rate-Limit-Reset": "1700000030"}, None),
    ({"X-Rate-Limit-Limit": "0", "X-Rate-Limit-Reset": "1700000030", "Retry-After": "5"}, 5.0),
    ({"X-Rate-Limit-Limit": "10, 10", "X-Rate-Limit-Reset": "1700000030"}, 31.0),
]


@pytest.mark.parametrize(("headers", "seconds"), RESETS)
@pytest.mark.parametrize("date", [DATE, f"{DATE}, {DATE}", ""])
def test_a_rate_limited_response_has_the_wait(headers: dict[str, str], seconds: float | None, date: str) -> None:
    assert rate_limit_wait({**headers, "Date": date}, NOW) == seconds


NUMBERS = st.lists(st.integers(-10, 10**12), min_size=1, max_size=3).map(lambda numbers: ", ".join(map(str, numbers)))
DATES = st.floats(0, 4e9).map(lambda time: email.utils.formatdate(time, usegmt=True))
HEADERS = {"X-Rate-Limit-Limit": NUMBERS, "X-Rate-Limit-Reset": NUMBERS, "Retry-After": NUMBERS | DATES, "Date": DATES}


@accepts(0.3)
@given(st.fixed_dictionaries({}, optional={name: either(values, st.text(max_size=60)) for name, values in HEADERS.items()}))
def test_no_header_causes_a_long_wait(headers: dict[str, str]) -> bool:
    waits = [wait for wait in (rate_limit_wait(headers, NOW), retry_after(headers, NOW)) if wait is not None]
    assert all(1 <= wait <= 120 for wait in waits)
    return bool(waits)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f'<{URL}>; rel="next"', URL),
        (f"<{URL}>;rel=next", URL),
        (f'<{URL}>; title="a, b"; rel="next"', URL),
        (f'<{URL}>; REL="Next"', URL),
        (f'<{URL}>; rel="prefetch next"', URL),
        (f'<https://x/1>; rel="self", <{URL}>; rel="next"', URL),
        (f'<{URL}>; rel="next", <https://x/1>; rel="self"', URL),
        (f'<{URL}>; rel="next", <{URL}>; rel="next"', URL),
        ('<https://x/1>; rel="self"', None),
        (f'<{URL}>; rel="nextcloud"', None),
        ("", None),
    ],
)
def test_the_next_page_is_found_in_any_order_and_line(text: str, found: str | None) -> None:
    assert next_link(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("", ""), ("abc", "abc"), ("abc, abc", "abc"), ("abc,abc", "abc"), ("a,b", "a,b"), ("old, new", "new"), (" abc ", "abc")],
)
def test_a_nonce_that_is_sent_twice_is_one(text: str, found: str) -> None:
    assert dpop_nonce(text) == found


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('Bearer error="invalid_token"', "invalid_token"),
        ("Bearer error=invalid_token", "invalid_token"),
        ('Bearer error = "invalid_token"', "invalid_token"),
        ('Bearer authorization_uri="https://x/?error=other", error="insufficient_scope"', "insufficient_scope"),
        ('Bearer error="invalid_token", DPoP error="use_dpop_nonce"', "use_dpop_nonce"),
        ('DPoP error="use_dpop_nonce", Bearer error="invalid_token"', "use_dpop_nonce"),
        ('Bearer error="insufficient_scope", error_description="x", Basic realm="proxy", DPoP algs="ES256"', "insufficient_scope"),
        ('Basic realm="x", Bearer realm="y", error="invalid_token"', "invalid_token"),
        ("Negotiate abcdef==, Basic realm=x", None),
        ("", None),
    ],
)
def test_the_challenge_with_the_error_is_found_among_several(text: str, error: Any) -> None:
    assert parse_challenge(text).get("error") == error
