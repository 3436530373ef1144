# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rate limits in headers, and in a file of the run."""

from __future__ import annotations

import email.utils
import json
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._okta.rate_limit_headers import (
    Window,
    endpoint_of,
    read_window,
    windows_from_json,
    windows_to_json,
)

EPOCH, NOW = 1_700_000_000, 50.0
ACME = "https://acme.okta.com"


def window(limit: str = "10", remaining: str = "3", reset: str = str(EPOCH + 30), date: float | None = EPOCH) -> Window | None:
    headers = {"X-Rate-Limit-Limit": limit, "X-Rate-Limit-Remaining": remaining, "X-Rate-Limit-Reset": reset}
    if date is not None:
        headers["Date"] = email.utils.formatdate(date, usegmt=True)
    return read_window(headers, float(EPOCH), NOW)


@pytest.mark.parametrize(
    ("path", "kind", "area"),
    [
        ("/api/v1/apps?q=Rezonate", "/api/v1/apps", "/api/v1/apps"),
        ("/api/v1/apps/0oa1B/grants/oag2C", "/api/v1/apps/*/grants/*", "/api/v1/apps"),
        ("/api/v1/users/me", "/api/v1/users/me", "/api/v1/users"),
        ("/oauth2/v1/clients/0oa1B/roles/READ_ONLY_ADMIN", "/oauth2/v1/clients/*/roles/*", "/oauth2/v1/clients"),
        ("/api/v1/iam/resource-sets/a%20set", "/api/v1/iam/resource-sets/*", "/api/v1/iam"),
        ("", "", ""),
    ],
)
def test_an_endpoint_is_a_path_without_ids(path: str, kind: str, area: str) -> None:
    assert endpoint_of("GET", ACME + path) == ("GET", ACME + kind, ACME + area)


def test_endpoints_of_different_orgs_or_methods_are_different() -> None:
    kinds = {endpoint_of(method, f"{org}/api/v1/apps") for method in ("GET", "POST") for org in (ACME, "https://globex.okta.com")}
    assert len(kinds) == 4


@pytest.mark.parametrize("skew", [-86_400, 0, 86_400])
def test_the_end_of_a_window_is_computed_by_the_server_s_clock(skew: int) -> None:
    assert window(reset=str(EPOCH + skew + 30), date=EPOCH + skew) == Window(10, EPOCH + skew + 30, 3, NOW + 31)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"remaining": "3, 2"}, Window(10, EPOCH + 30, 2, NOW + 31)),
        ({"remaining": "2, garbage"}, Window(10, EPOCH + 30, 2, NOW + 31)),
        ({"remaining": "-1"}, Window(10, EPOCH + 30, 0, NOW + 31)),
        ({"limit": "600, 10"}, Window(10, EPOCH + 30, 3, NOW + 31)),
        ({"limit": "garbage"}, Window(-1, EPOCH + 30, 3, NOW + 31)),
        ({"reset": f"{EPOCH + 30}, {EPOCH + 40}"}, Window(10, EPOCH + 40, 3, NOW + 41)),
        ({"date": None}, Window(10, EPOCH + 30, 3, NOW + 31)),
        ({"reset": "9" * 30}, Window(10, int("9" * 30), 3, NOW + 120)),
    ],
)
def test_the_most_conservative_of_repeated_or_invalid_values_counts(given: dict[str, Any], expected: Window) -> None:
    assert window(**given) == expected


@pytest.mark.parametrize(
    "given",
    [
        {"remaining": ""},
        {"remaining": "garbage"},
        {"reset": ""},
        {"reset": "1e3"},
        {"reset": str(EPOCH - 1)},
        {"reset": "-5"},
        {"limit": "0", "remaining": "0"},
    ],
)
def test_headers_without_a_window_yield_none(given: dict[str, str]) -> None:
    assert window(**given) is None


def test_a_file_yields_the_windows_that_have_not_ended() -> None:
    live, over = endpoint_of("POST", f"{ACME}/api/v1/apps/0oa1B/grants"), endpoint_of("GET", f"{ACME}/api/v1/users/me")
    known = {live: Window(10, EPOCH, 0, NOW + 30), over: Window(600, EPOCH, 2, NOW - 1)}
    content = json.dumps(windows_to_json(known)).encode()
    assert windows_from_json(content, NOW) == {live: known[live]}
    assert b"0oa1B" not in content


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"7", b"{", b"\xff", b'{"GET": [1, 2, 3, 4]}', b'{"GET https://x/": 7}', b'{"GET https://x/": [1, 2]}'],
)
def test_an_invalid_file_yields_no_windows(content: bytes) -> None:
    assert windows_from_json(content, NOW) == {}


@pytest.mark.parametrize("values", ['["x", 2, 3, 99]', "[1, 2, null, 99]", "[1, 2, 3, [4]]"])
def test_a_file_with_invalid_values_yields_no_windows(values: str) -> None:
    assert windows_from_json(f'{{"GET https://x/": {values}}}'.encode(), NOW) == {}


def test_the_end_of_a_window_from_a_file_is_limited() -> None:
    (found,) = windows_from_json(b'{"GET https://x/": [10, 2, -3, 1e300]}', NOW).values()
    assert found == Window(10, 2, 0, NOW + 120)
