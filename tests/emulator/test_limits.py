# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rate limits, concurrency limits, latency and clocks."""

from __future__ import annotations

import email.utils
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from helpers.okta_client import Api, app_body, error_of, public_jwk
from okta_emulator import Emulator, Tenant


def test_every_response_reports_the_remaining_calls(api: Api) -> None:
    for method, path in (("GET", "/api/v1/apps"), ("GET", "/no/such/path"), ("PUT", "/api/v1/apps"), ("DELETE", "/api/v1/apps/x")):
        headers = api(method, path).headers
        assert {"X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset", "Date", "X-Okta-Request-Id"} <= set(headers)


def test_over_the_limit_is_a_429_without_retry_after(api: Api, acme: Tenant) -> None:
    acme.set(rate_limits={"users": 4})
    statuses = [api("GET", "/api/v1/users").status_code for _unused in range(3)]
    answer = api("GET", "/api/v1/users")
    assert statuses == [200, 200, 429]
    assert error_of(answer)[1] == "E0000047"
    assert "Retry-After" not in answer.headers
    assert (answer.headers["X-Rate-Limit-Limit"], answer.headers["X-Rate-Limit-Remaining"]) == ("2", "0")
    assert api("GET", "/api/v1/groups").status_code == 200


def test_a_token_can_use_half_of_the_org_s_limit(okta: Emulator, api: Api, acme: Tenant) -> None:
    acme.set(rate_limits={"users": 5})
    others = [Api(okta, acme, f"SSWS {acme.add_api_token(roles=['READ_ONLY_ADMIN'])}") for _unused in range(2)]
    answers = [client("GET", "/api/v1/users") for client in (api, api, api, others[0], others[0], others[1])]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200, 200, 429]
    limits = [(answer.headers["X-Rate-Limit-Limit"], answer.headers["X-Rate-Limit-Remaining"]) for answer in answers]
    assert limits == [("2", "1"), ("2", "0"), ("2", "0"), ("2", "1"), ("2", "0"), ("2", "0")]


def test_an_app_has_one_share_for_all_its_tokens(okta: Emulator, api: Api, acme: Tenant) -> None:
    app = acme.add_app("Rezonate", [public_jwk()])
    acme.grant(app, "okta.users.read")
    acme.set(rate_limits={"users": 4})
    tokens = [api.token(app, "okta.users.read").json()["access_token"] for _unused in range(3)]
    statuses = [Api(okta, acme, f"Bearer {token}")("GET", "/api/v1/users").status_code for token in tokens]
    assert statuses == [200, 200, 429]
    assert api("GET", "/api/v1/users").status_code == 200


def test_the_share_is_an_option(api: Api, acme: Tenant) -> None:
    acme.set(rate_limits={"users": 2}, principal_share=1)
    assert [api("GET", "/api/v1/users").status_code for _unused in range(3)] == [200, 200, 429]


def test_the_window_ends_at_the_time_in_the_header(api: Api, acme: Tenant) -> None:
    acme.set(rate_limits={"users": 2}, rate_window=1)
    api("GET", "/api/v1/users")
    answer = api("GET", "/api/v1/users")
    assert answer.status_code == 429
    time.sleep(max(float(answer.headers["X-Rate-Limit-Reset"]) - time.time(), 0) + 0.05)
    assert api("GET", "/api/v1/users").status_code == 200


def test_a_free_org_has_one_bucket_for_the_calls_of_onboarding(api: Api, acme: Tenant) -> None:
    acme.set(rate_limits="free_org")
    made = api("POST", "/api/v1/apps", json=app_body())
    base = f"/api/v1/apps/{made.json()['id']}"
    left = [made]
    left.append(api("POST", f"{base}/grants", json={"issuer": api.base, "scopeId": "okta.users.read"}))
    left.append(api("POST", f"{base}/credentials/jwks", json=public_jwk("two")))
    left.append(api("POST", f"{base}/lifecycle/deactivate"))
    left.append(api("GET", "/api/v1/apps"))
    assert [answer.headers["X-Rate-Limit-Remaining"] for answer in left] == ["9", "8", "7", "6", "5"]
    assert api("GET", base).headers["X-Rate-Limit-Limit"] == "50"
    assert api.token("x", "y").headers["X-Rate-Limit-Limit"] == "150"


def test_too_many_concurrent_requests_are_refused(api: Api, acme: Tenant) -> None:
    acme.set(max_concurrent=2, latency={"users": 0.3})
    others = [api.session.get] * 5
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda get: get(api.base + "/api/v1/users", timeout=10), others))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 3
    assert {answer.headers["X-Rate-Limit-Limit"] for answer in refused} == {"0"}
    assert {answer.headers["X-Rate-Limit-Remaining"] for answer in refused} == {"0"}


def test_the_recorded_latency_can_be_set(api: Api, acme: Tenant) -> None:
    acme.set(latency="recorded")
    start = time.monotonic()
    api("GET", "/api/v1/users/me")
    assert 0.35 < time.monotonic() - start < 2


@pytest.mark.parametrize("skew", [-900, 900])
def test_the_clock_can_be_skewed(api: Api, acme: Tenant, skew: int) -> None:
    acme.set(clock_skew=skew)
    headers = api("GET", "/api/v1/users").headers
    date = email.utils.parsedate_to_datetime(headers["Date"]).timestamp()
    assert abs(date - time.time() - skew) < 3
    assert 0 < float(headers["X-Rate-Limit-Reset"]) - date <= 62


@pytest.mark.parametrize("values", [{"no_such_knob": 1}, {"rate_limits": "no_such_preset"}])
def test_an_unknown_option_is_refused(acme: Tenant, values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="unknown"):
        acme.set(**values)
