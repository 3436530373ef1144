# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error messages for Okta's refusals."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError
from ansible_collections.rezonate.okta.plugins.module_utils._okta.api_error import api_error, error_code
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer, Attempt, Request

CLOCK = "Check this machine's clock: Okta validates the issue and expiry times"
SECRET = "made-up-query-value-90817263"
REQUEST = Request("POST", f"https://acme.okta.com/api/v1/apps?state={SECRET}", Attempt)
REDIRECT = " The response is a redirect, which isn't followed with a credential: use the org's own URL in org_url."
PREFIX = "Couldn't make the app (POST /api/v1/apps): Okta answered"


def error(status: int, body: Any = None, **headers: str) -> ApiError:
    found = api_error(REQUEST, Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body), "make the app")
    assert isinstance(found, ApiError)
    return found


def test_a_message_contains_code_causes_ids_and_advice() -> None:
    causes = [{"errorSummary": "label: too long."}, {"errorSummary": "Second cause"}]
    body = {"errorCode": "E0000006", "errorSummary": "No permission", "errorId": "oae1", "errorCauses": causes}
    found = error(403, body, X_Okta_Request_Id="req1")
    assert str(found) == (
        f"{PREFIX} 403 E0000006 No permission: label: too long.; Second cause (error id oae1, request id req1). "
        "The owner of the credential lacks an admin role for this; onboarding needs a super admin."
    )
    assert found.facts()["okta"] == {
        "status": 403,
        "error_code": "E0000006",
        "error_causes": ["label: too long.", "Second cause"],
        "error_id": "oae1",
        "request_id": "req1",
    }


def test_the_error_format_of_the_token_endpoint_is_read() -> None:
    found = error(401, {"error": "invalid_client", "error_description": "The client_assertion JWT kid is invalid."})
    assert found.code == "invalid_client"
    assert str(found) == (
        f"{PREFIX} 401 invalid_client The client_assertion JWT kid is invalid. "
        "Check client_id and private_key: the app must be active in this org and have the public key."
    )


def test_a_caller_can_override_the_advice() -> None:
    answer = Answer(400, {}, {"errorCode": "E0000001", "errorSummary": "Api validation failed"})
    found = api_error(REQUEST, answer, "make the app", {"E0000001": "Give another label.", "404": "Look again."})
    assert str(found) == f"{PREFIX} 400 E0000001 Api validation failed. Give another label."


def test_a_network_zone_that_excludes_this_machine_is_reported() -> None:
    found = error(403, {"error": "access_denied", "error_description": "The request is made from outside."})
    assert str(found) == (
        f"{PREFIX} 403 access_denied The request is made from outside. "
        "This machine is outside the network zones that the app is limited to: run from an address inside them."
    )
    assert found.facts()["okta"]["error_code"] == "access_denied"


def test_an_empty_body_is_explained_by_the_challenge() -> None:
    challenge = 'Bearer authorization_uri="http://acme.okta.com", error="insufficient_scope", error_description="No scope for this"'
    found = error(403, None, WWW_Authenticate=challenge)
    assert str(found) == f"{PREFIX} 403 insufficient_scope No scope for this. Grant the app the scope that this requires."


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        *((status, REDIRECT) for status in (301, 302, 303, 307, 308)),
        (401, " Check the credential: it is wrong, expired or revoked."),
        (404, " Check the id and the org_url."),
        (429, " The org's rate limit is exhausted; run again later, or lower concurrency."),
        *((status, " Okta reports a server error; run again later: completed steps are preserved.") for status in (500, 502, 503, 504)),
        (418, ""),
    ],
)
def test_a_bare_status_gets_its_advice(status: int, advice: str) -> None:
    assert str(error(status)) == f"{PREFIX} {status}.{advice}"


@pytest.mark.parametrize(
    ("status", "code", "advice"),
    [
        (
            401,
            "E0000015",
            "The org doesn't have the feature that this requires, or the feature isn't enabled (the credential is not the reason)",
        ),
        (403, "E0000015", "The org doesn't have the feature that this requires"),
        (401, "E0000011", "Check api_token: "),
        (400, "invalid_scope", "Check the scopes: the org doesn't know at least one of them"),
        (400, "consent_required", "Grant the scopes to the app first."),
        (400, "unauthorized_client", "Check client_id: it must be that of a service app"),
    ],
)
def test_an_okta_error_code_takes_precedence_over_the_status(status: int, code: str, advice: str) -> None:
    body = {"errorCode": code, "errorSummary": "Made up"} if code.startswith("E") else {"error": code}
    assert f". {advice}" in str(error(status, body))


@pytest.mark.parametrize(("code", "is_of_credential"), [("E0000015", False), ("E0000011", True), (None, True)])
def test_a_missing_feature_does_not_concern_the_credential(code: str | None, *, is_of_credential: bool) -> None:
    assert ApiError("x", status=401, code=code).is_unauthorized is is_of_credential
    assert not ApiError("x", status=403, code=code).is_unauthorized


@pytest.mark.parametrize(
    ("code", "description", "skew", "advice"),
    [
        ("invalid_client", "The client_assertion token must be issued before the current time.", None, CLOCK),
        ("invalid_client", "The client_assertion token is expired.", None, CLOCK),
        ("invalid_client", "The client_assertion token has an expiration too far into the future.", -3.0, CLOCK),
        ("invalid_client", "Whatever.", 600.0, "Set this machine's clock: it is 10 minutes behind Okta's."),
        ("invalid_client", "Whatever.", -10_800.0, "Set this machine's clock: it is 3 hours ahead of Okta's."),
        ("invalid_client", "Whatever.", -90.0, "Set this machine's clock: it is 90 seconds ahead of Okta's."),
        ("invalid_dpop_proof", "Whatever.", 864_000.0, "Set this machine's clock: it is 10 days behind Okta's."),
        ("invalid_client", "The client_assertion JWT kid is invalid.", -2.0, "Check client_id and private_key: "),
        ("invalid_client", "Invalid value for 'client_id' parameter.", 30.0, "Check client_id and private_key: "),
        ("consent_required", "You are not allowed any of the requested scopes.", 600.0, "Grant the scopes to the app first."),
    ],
)
def test_only_a_clock_skew_that_can_cause_the_error_is_named(code: str, description: str, skew: float | None, advice: str) -> None:
    answer = Answer(401, {}, {"error": code, "error_description": description}, skew=skew)
    assert f"{description.rstrip('.')}. {advice}" in str(api_error(REQUEST, answer, "get an access token"))


@pytest.mark.parametrize(
    ("status", "proxy", "title", "words"),
    [
        (
            403,
            "http://proxy.example:3128",
            "Access blocked",
            "so the proxy http://proxy.example:3128, or a system behind it, sent it. Have it",
        ),
        (403, None, "", "so a proxy or firewall between this machine and Okta sent it. Have it let through calls to acme.okta.com."),
        (407, "http://proxy.example:3128", "", "It demands a user name and a password"),
        (502, None, "Bad gateway", "Run again later: completed steps are preserved."),
        (503, None, "", "Run again later: completed steps are preserved."),
        (404, None, "Not here", "Have it let through calls to acme.okta.com."),
        (401, None, "Log in", "Have it let through calls to acme.okta.com."),
        (429, None, "", "It limits the rate of requests"),
    ],
)
def test_the_response_of_a_proxy_is_not_regarded_as_okta_s(status: int, proxy: str | None, title: str, words: str) -> None:
    found = api_error(REQUEST, Answer(status, {}, None, foreign_page=title, proxy=proxy), "make the app")
    page = f", a page with the title '{title}'" if title else ""
    start = (
        f"Couldn't make the app (POST /api/v1/apps): the answer was {status}{page}. It isn't Okta's: it lacks Okta's format and request id"
    )
    assert str(found).startswith(start)
    assert words in str(found)
    assert found.facts() == {"okta": {"status": None, "maybe_done": status >= 500}}


def test_a_redirect_names_the_host_that_it_leads_to() -> None:
    location = {"Location": "https://login.proxy.example/?secret"}
    assert str(error(302, None, **location)).endswith(
        f"{REDIRECT} It leads to login.proxy.example: if that is the login page of a proxy, log in there first."
    )
    assert str(error(302, None, Location="https://[bad")).endswith(REDIRECT)


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        ({"errorCode": "E0000007"}, {}, "E0000007"),
        ({"error": "use_dpop_nonce"}, {}, "use_dpop_nonce"),
        (None, {"WWW-Authenticate": 'DPoP realm="x", error="use_dpop_nonce"'}, "use_dpop_nonce"),
        ("text", {}, None),
    ],
)
def test_the_error_code_is_read_from_body_or_header(body: Any, headers: dict[str, str], code: str | None) -> None:
    assert error_code(Answer(400, headers, body)) == code


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        7,
        {"errorCode": 7, "errorCauses": "text"},
        {"errorCode": None, "errorSummary": ["x"], "errorCauses": [None, 7, {"errorSummary": {}}, {}]},
    ],
)
def test_values_in_another_format_than_okta_s_are_omitted(body: Any) -> None:
    found = error(400, body)
    assert (str(found), found.code, found.causes) == (f"{PREFIX} 400.", None, ())


def test_control_characters_are_replaced_by_spaces() -> None:
    found = error(400, {"errorCode": "E1\x1b[2J", "errorSummary": "two\r\nlines\x00and\u202emore"})
    assert str(found) == f"{PREFIX} 400 E1 [2J two lines and more."


def test_a_long_text_is_truncated() -> None:
    found = error(400, {"errorSummary": "x" * 10_000, "errorCauses": [{"errorSummary": "y" * 10_000}]})
    assert str(found) == f"{PREFIX} 400 {'x' * 300}…: {'y' * 300}…."


def test_the_number_of_causes_in_a_message_is_limited() -> None:
    found = error(400, {"errorCauses": [{"errorSummary": "y" * 300}] * 1000})
    assert len(str(found)) < 10_000


def test_the_query_isn_t_repeated() -> None:
    assert SECRET not in str(error(500))


def test_a_secret_that_okta_repeats_is_masked_before_the_text_is_truncated() -> None:
    body = {"errorSummary": "x" * 290 + SECRET, "errorCode": SECRET, "errorId": SECRET, "errorCauses": [{"errorSummary": f"<{SECRET}>"}]}
    answer = Answer(400, {"X-Okta-Request-Id": SECRET}, body, secrets=(SECRET,))
    found = api_error(REQUEST, answer, "make the app")
    assert isinstance(found, ApiError)
    shown = f"{found} {found.facts()}"
    assert SECRET[:8] not in shown
    assert found.causes == ("<********>",)
