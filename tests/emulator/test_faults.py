# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each fault has its effect, as often as set, for the matching requests."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
import requests
from helpers.okta_client import Api, app_body, error_of, public_jwk
from okta_emulator import Emulator, Reply, Request, Tenant


@pytest.fixture
def add_fault(okta: Emulator, acme: Tenant) -> Any:
    return lambda kind, **values: okta.fault(kind, tenant=acme.name, **values)


@pytest.mark.parametrize(("kind", "made"), [("close_before", 0), ("close_after", 1)])
def test_a_connection_is_lost_before_or_after_the_processing(api: Api, acme: Tenant, add_fault: Any, kind: str, made: int) -> None:
    add_fault(kind, method="POST", path="/apps$")
    with pytest.raises(requests.ConnectionError):
        api("POST", "/api/v1/apps", json=app_body())
    assert len(acme.apps) == made
    entry = acme.requests[-1]
    assert (entry.status, entry.fault, entry.processed) == (None, kind, bool(made))
    assert api("POST", "/api/v1/apps", json=app_body()).status_code == 200


def test_a_timeout_delays_the_response(api: Api, add_fault: Any) -> None:
    add_fault("timeout", seconds=0.3)
    start = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        api("GET", "/api/v1/users")
    assert time.monotonic() - start >= 0.3


def test_429s_with_and_without_headers(api: Api, add_fault: Any) -> None:
    add_fault("rate_limited_429", reset_in=7)
    answer = api("GET", "/api/v1/users")
    assert 5 < float(answer.headers["X-Rate-Limit-Reset"]) - time.time() <= 8
    add_fault("rate_limited_429", missing_headers=True)
    bare = api("GET", "/api/v1/users")
    assert (bare.status_code, "X-Rate-Limit-Reset" in bare.headers) == (429, False)
    add_fault("concurrency_429")
    assert api("GET", "/api/v1/users").headers["X-Rate-Limit-Limit"] == "0"


@pytest.mark.parametrize("status", [500, 502, 503])
def test_server_errors_in_two_formats(api: Api, add_fault: Any, status: int) -> None:
    add_fault("status", status=status)
    assert error_of(api("GET", "/api/v1/users"))[:2] == (status, "E0000009")
    add_fault("status", status=status, body="html")
    assert api("GET", "/api/v1/users").headers["Content-Type"] == "text/html"


def test_an_error_can_come_after_the_processing(api: Api, acme: Tenant, add_fault: Any) -> None:
    add_fault("status", status=502, processed=True)
    assert api("POST", "/api/v1/apps", json=app_body()).status_code == 502
    assert len(acme.apps) == 1


def test_responses_can_be_damaged(api: Api, add_fault: Any) -> None:
    add_fault("truncated_json")
    with pytest.raises(requests.exceptions.RequestException):
        api("GET", "/api/v1/users").json()
    add_fault("not_json")
    answer = api("GET", "/api/v1/users")
    assert (answer.headers["Content-Type"], answer.text[:6]) == ("application/json", "<html>")
    add_fault("empty_body")
    assert (api("GET", "/api/v1/users").content, answer.status_code) == (b"", 200)
    add_fault("wrong_content_type")
    assert api("GET", "/api/v1/users").headers["Content-Type"] == "text/html"
    add_fault("big_body", bytes=300_000)
    assert len(api("GET", "/api/v1/users").content) == 300_000


def test_responses_can_redirect_to_other_hosts(api: Api, add_fault: Any) -> None:
    add_fault("redirect", location="https://evil.example/")
    answer = api("GET", "/api/v1/users", allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://evil.example/")
    add_fault("link_to", host="evil.example")
    assert api("GET", "/api/v1/apps").links["next"]["url"].startswith("https://evil.example/")


def test_a_slow_response_takes_longer_than_a_read_timeout(api: Api, add_fault: Any) -> None:
    add_fault("drip", seconds=0.05)
    start = time.monotonic()
    assert "organization" in api("GET", "/.well-known/okta-organization").text
    assert time.monotonic() - start > 2


def test_an_edit_changes_the_response(api: Api, add_fault: Any) -> None:
    def edit(reply: Reply) -> None:
        reply.body["pipeline"] = "v1"

    add_fault("edit", call=edit)
    assert api("GET", "/.well-known/okta-organization").json()["pipeline"] == "v1"


def test_a_hook_can_change_the_state_between_a_read_and_a_write(api: Api, acme: Tenant, add_fault: Any) -> None:
    def hook(tenant: Tenant, _request: Request) -> None:
        tenant.remove_app("Rezonate")

    app = api.app()
    add_fault("hook", call=hook, method="PUT")
    assert api("PUT", f"/api/v1/apps/{app['id']}", json=app_body()).status_code == 404


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_pause_pauses_a_client(api: Api, acme: Tenant, add_fault: Any, when: str, made: int) -> None:
    fault = add_fault("pause", when=when, method="POST")
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(api("POST", "/api/v1/apps", json=app_body()).status_code))
    thread.start()
    assert fault.wait(5)
    time.sleep(0.1)
    assert (answers, len(acme.apps)) == ([], made)
    fault.release()
    thread.join(5)
    assert (answers, len(acme.apps)) == ([200], 1)


def test_faults_skip_and_count(api: Api, add_fault: Any) -> None:
    fault = add_fault("status", skip=1, times=2)
    assert [api("GET", "/api/v1/users").status_code for _unused in range(5)] == [200, 503, 503, 200, 200]
    assert (fault.hits, fault.seen) == (2, 5)


def test_faults_apply_only_to_matching_requests(okta: Emulator, api: Api, acme: Tenant) -> None:
    okta.fault("status", tenant="someone-else")
    okta.fault("status", tenant=acme.name, method="POST")
    okta.fault("status", tenant=acme.name, path="^/api/v1/groups")
    assert api("GET", "/api/v1/users").status_code == 200
    assert api("GET", "/api/v1/groups").status_code == 503
    okta.clear_faults(tenant="someone-else")


ROLE = {"type": "READ_ONLY_ADMIN"}
BUSY = "Another request is making changes to the role assignments. Please try again."


@pytest.mark.parametrize(
    ("params", "status", "code", "made"),
    [
        ({}, 409, "E0000268", 0),
        ({"code": "E0000090"}, 409, "E0000090", 0),
        ({"code": "E0000263", "processed": True}, 409, "E0000263", 1),
        ({"code": "E0000227"}, 400, "E0000227", 0),
    ],
)
def test_an_assignment_can_conflict_with_another(
    api: Api, acme: Tenant, add_fault: Any, params: dict[str, Any], status: int, code: str, made: int
) -> None:
    app = acme.add_app("Rezonate", [public_jwk()])
    path = f"/oauth2/v1/clients/{app}/roles"
    add_fault("role_conflict", **params)
    assert api("GET", path).status_code == api("POST", "/api/v1/groups", json={"profile": {"name": "x"}}).status_code == 200
    answer = api("POST", path, json=ROLE)
    assert (error_of(answer)[:2], answer.json()["errorCauses"]) == ((status, code), [])
    assert answer.json()["errorSummary"] == BUSY or code != "E0000268"
    assert len(acme.roles(app)) == made
    assert api("POST", path, json={"type": "REPORT_ADMIN"}).status_code == 201


def test_a_conflict_has_a_code_of_okta(okta: Emulator) -> None:
    with pytest.raises(ValueError, match="unknown code"):
        okta.fault("role_conflict", code="E0000001")


def test_unknown_kinds_are_refused(okta: Emulator) -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        okta.fault("refuse")
