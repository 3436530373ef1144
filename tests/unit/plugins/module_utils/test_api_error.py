# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Okta's refusals, made sentences."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._api_error import api_error, error_code
from ansible_collections.rezonate.okta.plugins.module_utils._errors import ApiError
from ansible_collections.rezonate.okta.plugins.module_utils._transport import Answer, Attempt, Request

SECRET = "made-up-query-value-90817263"
REQUEST = Request("POST", f"https://acme.okta.com/api/v1/apps?state={SECRET}", Attempt)
BEGINNING = "Couldn't make the app (POST /api/v1/apps): Okta answered"


def error(status: int, body: Any = None, **headers: str) -> ApiError:
    return api_error(REQUEST, Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body), "make the app")


def test_a_sentence_holds_code_causes_ids_and_what_to_do_next() -> None:
    causes = [{"errorSummary": "label: too long."}, {"errorSummary": "Second cause"}]
    body = {"errorCode": "E0000006", "errorSummary": "No permission", "errorId": "oae1", "errorCauses": causes}
    found = error(403, body, X_Okta_Request_Id="req1")
    assert str(found) == (
        f"{BEGINNING} 403 E0000006 No permission: label: too long.; Second cause (error id oae1, request id req1). "
        "The owner of the credential lacks an admin role for this; onboarding needs a super admin."
    )
    assert found.facts()["okta"] == {
        "status": 403,
        "error_code": "E0000006",
        "error_causes": ["label: too long.", "Second cause"],
        "error_id": "oae1",
        "request_id": "req1",
    }


def test_the_token_endpoint_s_own_form_is_read() -> None:
    found = error(401, {"error": "invalid_client", "error_description": "The client_assertion JWT kid is invalid."})
    assert found.code == "invalid_client"
    assert str(found) == (
        f"{BEGINNING} 401 invalid_client The client_assertion JWT kid is invalid. "
        "Check client_id and private_key: the app must be active in this org and know the public key."
    )


def test_whoever_asks_may_know_better_what_to_do() -> None:
    answer = Answer(400, {}, {"errorCode": "E0000001", "errorSummary": "Api validation failed"})
    found = api_error(REQUEST, answer, "make the app", {"E0000001": "Give another label.", "404": "Look again."})
    assert str(found) == f"{BEGINNING} 400 E0000001 Api validation failed. Give another label."


def test_a_network_zone_that_keeps_us_out_is_told() -> None:
    found = error(403, {"error": "access_denied", "error_description": "The request is made from outside."})
    assert str(found) == (
        f"{BEGINNING} 403 access_denied The request is made from outside. "
        "This machine is outside the network zones that the app is limited to: run this from inside."
    )
    assert found.facts()["okta"]["error_code"] == "access_denied"


def test_an_empty_body_is_explained_by_the_challenge() -> None:
    challenge = 'Bearer authorization_uri="http://acme.okta.com", error="insufficient_scope", error_description="No scope for this"'
    found = error(403, None, WWW_Authenticate=challenge)
    assert str(found) == f"{BEGINNING} 403 insufficient_scope No scope for this. Grant the app the scope that this needs."


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (302, " Okta sent us elsewhere, which isn't followed with a credential: use the org's own URL in org_url."),
        (401, " Check the credential: it is wrong, expired or revoked."),
        (404, " Check the id and the org_url."),
        (429, " The org's rate limit is used up; run again later, or lower concurrency."),
        (503, " Okta is ill; run again later: what was done is kept."),
        (418, ""),
    ],
)
def test_a_bare_status_gets_its_advice(status: int, advice: str) -> None:
    assert str(error(status)) == f"{BEGINNING} {status}.{advice}"


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        ({"errorCode": "E0000007"}, {}, "E0000007"),
        ({"error": "use_dpop_nonce"}, {}, "use_dpop_nonce"),
        (None, {"WWW-Authenticate": 'DPoP realm="x", error="use_dpop_nonce"'}, "use_dpop_nonce"),
        ("text", {}, None),
    ],
)
def test_the_kind_of_a_refusal_is_found_wherever_it_is(body: Any, headers: dict[str, str], code: str | None) -> None:
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
def test_what_isn_t_of_okta_s_form_is_left_out(body: Any) -> None:
    found = error(400, body)
    assert (str(found), found.code, found.causes) == (f"{BEGINNING} 400.", None, ())


def test_control_characters_become_blanks() -> None:
    found = error(400, {"errorCode": "E1\x1b[2J", "errorSummary": "two\r\nlines\x00and\u202emore"})
    assert str(found) == f"{BEGINNING} 400 E1 [2J two lines and more."


def test_a_long_text_is_cut() -> None:
    found = error(400, {"errorSummary": "x" * 10_000, "errorCauses": [{"errorSummary": "y" * 10_000}]})
    assert str(found) == f"{BEGINNING} 400 {'x' * 300}…: {'y' * 300}…."


def test_many_causes_make_no_endless_sentence() -> None:
    found = error(400, {"errorCauses": [{"errorSummary": "y" * 300}] * 1000})
    assert len(str(found)) < 10_000


def test_the_query_isn_t_repeated() -> None:
    assert SECRET not in str(error(500))


def test_a_secret_that_okta_repeats_is_masked_before_the_text_is_cut() -> None:
    body = {"errorSummary": "x" * 290 + SECRET, "errorCode": SECRET, "errorId": SECRET, "errorCauses": [{"errorSummary": f"<{SECRET}>"}]}
    answer = Answer(400, {"X-Okta-Request-Id": SECRET}, body, secrets=(SECRET,))
    found = api_error(REQUEST, answer, "make the app")
    shown = f"{found} {found.facts()}"
    assert SECRET[:8] not in shown
    assert found.causes == ("<********>",)
