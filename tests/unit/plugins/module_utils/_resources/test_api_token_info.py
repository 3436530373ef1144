# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preflight check and the inspection of a supplied token: the exact calls, their credential, and the results."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import (
    ApiError,
    HiddenListError,
    InputError,
    RezonateError,
    StateError,
)
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer
from ansible_collections.rezonate.okta.plugins.module_utils._resources.api_token_info import inspect_credentials
from helpers.fake_okta import TOKEN, URL, FakeOkta, forbidden, params, refusal, rsa_key, three_pages

GIVEN = "00made-up-token-to-be-handed-over-8c41f6d2"
ACCESS = "made-up-access-token-55120387"
OWNER_ME = {"id": "00u1", "profile": {"login": "owner@acme.example"}}
READER_ME = {"id": "00u2", "profile": {"login": "reader@acme.example"}}
WHO = "GET /api/v1/users/me"
ME, ROLES = (WHO, OWNER_ME), "GET /api/v1/users/00u1/roles"
SUPER, READER = {"type": "SUPER_ADMIN"}, {"type": "READ_ONLY_ADMIN"}
CALLER = [ME, (ROLES, [SUPER])]
INSPECTED, READER_ROLES, TOKENS = (WHO, READER_ME), "GET /api/v1/users/00u2/roles", "GET /api/v1/api-tokens"
READ = "GET /api/v1/users?limit=1"
ONE_USER = [{"id": "00u1"}]
VERIFIED = [{"method": "GET", "path": "/api/v1/users?limit=1", "status": 200}]
NO_CALLER = {"api_token": None, "inspect_token": GIVEN}
APP = {"api_token": None, "client_id": "0oa1", "private_key": rsa_key(1).pem()}
APP_ROLES, MINT = "GET /oauth2/v1/clients/0oa1/roles", "POST /oauth2/v1/token"
INVALID_TOKEN = refusal(401, "E0000011", "Invalid token provided")
Done = tuple[Outcome, FakeOkta]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module against scripted responses; neither its outcome nor its error may contain the token."""

    def run_module(*script: tuple[str, Any], **options: Any) -> Done:
        okta = FakeOkta(*script)
        monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
        own = {
            "required_scopes": None,
            "inspect_token": None,
            "endpoints": ["/api/v1/users?limit=1"],
            "allow_privileged": False,
            "expected_owner": None,
        }
        outcome, failure = Outcome(), None
        try:
            outcome = inspect_credentials(Call(params(**{**own, **options}), check_mode=True))
        except RezonateError as error:
            failure = error
        shown = repr((outcome, failure, failure.facts() if failure else {}))
        assert [secret for secret in (GIVEN, TOKEN) if secret in shown] == []
        if failure:
            raise failure
        assert okta.left == []
        return outcome, okta

    return run_module


def minted(*scopes: str) -> tuple[str, Any]:
    return MINT, {"access_token": ACCESS, "token_type": "Bearer", "expires_in": 3600, "scope": " ".join(scopes)}


def token(number: int, user_id: str = "00u2") -> dict[str, Any]:
    return {"id": f"00T{number}", "name": f"token {number}", "userId": user_id, "created": "c", "expiresAt": "e", "network": {}}


def facts(number: int) -> dict[str, Any]:
    return {"id": f"00T{number}", "name": f"token {number}", "user_id": "00u2", "created": "c", "expires_at": "e", "network": {}}


def test_the_owner_of_the_token_is_returned(ask: Any) -> None:
    outcome, _okta = ask(*CALLER)
    caller = {"kind": "api_token", "id": "00u1", "name": "owner@acme.example", "roles": ["SUPER_ADMIN"], "scopes": None}
    assert outcome == Outcome(values={"caller": {**caller, "is_super_admin": True}, "would_fail": [], "inspected": None})


def test_an_app_requests_all_scopes_in_one_token(ask: Any) -> None:
    needed = ["okta.apps.manage", "okta.roles.read"]
    outcome, okta = ask(minted("okta.roles.read"), (APP_ROLES, [SUPER]), **APP, required_scopes=needed)
    assert okta.bodies[0]["scope"] == "okta.roles.read okta.apps.manage"
    assert outcome.values["caller"]["scopes"] == ["okta.roles.read"]
    assert [sentence.partition(" (")[0] for sentence in outcome.values["would_fail"]] == ["Creating the app", "Changing the app's keys"]


def test_given_scopes_are_requested_with_the_required_ones(ask: Any) -> None:
    _outcome, okta = ask(minted("okta.a.read"), (APP_ROLES, [SUPER]), **APP, scopes=["okta.a.read"], required_scopes=["okta.b.read"])
    assert okta.bodies[0]["scope"] == "okta.a.read okta.b.read"


def test_an_app_that_gets_no_token_is_an_okta_error(ask: Any) -> None:
    with pytest.raises(ApiError, match=r"Couldn't get an access token .* consent_required .*Grant the scopes to the app first\.$"):
        ask((MINT, refusal(400, "consent_required")), **APP, required_scopes=["okta.apps.manage"])


def test_the_roles_of_a_caller_without_permission_are_null(ask: Any) -> None:
    values = ask(ME, (ROLES, forbidden()))[0].values
    assert (values["caller"]["roles"], values["caller"]["is_super_admin"]) == (None, False)
    assert len(values["would_fail"]) == 4


def test_a_super_admin_can_be_required(ask: Any) -> None:
    assert ask(*CALLER, require_super_admin=True)[0].values["caller"]["is_super_admin"]
    with pytest.raises(StateError, match="who holds no admin role: only a super admin"):
        ask(ME, (ROLES, []), require_super_admin=True)


def test_a_required_scope_is_required_with_the_super_admin(ask: Any) -> None:
    script = (minted("okta.roles.read"), (APP_ROLES, [SUPER]))
    with pytest.raises(StateError, match=r"granting scopes would fail; Okta gave an access token without okta\.appGrants\.manage; "):
        ask(*script, **APP, required_scopes=["okta.appGrants.manage"], require_super_admin=True)


@pytest.mark.parametrize("scope", ["okta users read", ""])
def test_a_malformed_scope_is_refused_before_any_call(ask: Any, scope: str) -> None:
    with pytest.raises(InputError, match=r"^required_scopes"):
        ask(required_scopes=[scope])


def test_with_a_calling_credential_the_owner_s_roles_are_exact(ask: Any) -> None:
    listed = [token(1, "00u1"), token(2), token(3)]
    script = (*CALLER, INSPECTED, (READER_ROLES, [READER]), (READ, ONE_USER), (TOKENS, listed))
    outcome, okta = ask(*script, inspect_token=GIVEN)
    assert outcome.values["inspected"] == {
        "owner": {"id": "00u2", "login": "reader@acme.example"},
        "roles": ["READ_ONLY_ADMIN"],
        "exact": True,
        "privileged": False,
        "other_owner": False,
        "tokens": [facts(2), facts(3)],
        "proved": VERIFIED,
        "verdict": "The token's owner reader@acme.example holds READ_ONLY_ADMIN and nothing more.",
    }
    called_as = [headers["Authorization"] for headers in okta.headers]
    assert [f"SSWS {TOKEN}" == value for value in called_as] == [True, True, False, True, False, True]
    assert set(called_as) == {f"SSWS {TOKEN}", f"SSWS {GIVEN}"}


def test_a_service_app_can_inspect_a_token(ask: Any) -> None:
    script = (minted("okta.apiTokens.read", "okta.roles.read"), (APP_ROLES, [SUPER]), INSPECTED, (READER_ROLES, [READER]), (READ, ONE_USER))
    outcome, okta = ask(*script, (TOKENS, [token(1)]), **APP, inspect_token=GIVEN)
    assert okta.bodies[0]["scope"] == "okta.roles.read okta.apiTokens.read"
    assert outcome.values["inspected"]["tokens"] == [facts(1)]
    called_as = [headers.get("Authorization") for headers in okta.headers]
    assert called_as == [None, *[f"Bearer {ACCESS}"], f"SSWS {GIVEN}", f"Bearer {ACCESS}", f"SSWS {GIVEN}", f"Bearer {ACCESS}"]


def test_lists_are_read_to_their_last_page(ask: Any) -> None:
    roles = three_pages("/api/v1/users/00u2/roles", [READER, READER, SUPER])
    tokens = three_pages("/api/v1/api-tokens", [token(number) for number in range(5)])
    outcome, _okta = ask(*CALLER, INSPECTED, *roles, (READ, ONE_USER), *tokens, inspect_token=GIVEN, allow_privileged=True)
    assert outcome.values["inspected"]["roles"] == ["READ_ONLY_ADMIN", "SUPER_ADMIN"]
    assert len(outcome.values["inspected"]["tokens"]) == 5


def test_without_a_calling_credential_the_token_itself_is_used(ask: Any) -> None:
    outcome, okta = ask(INSPECTED, (READER_ROLES, forbidden()), (READ, ONE_USER), **NO_CALLER)
    inspected = outcome.values["inspected"]
    assert (outcome.values["caller"], outcome.values["would_fail"]) == (None, [])
    assert [inspected[name] for name in ("roles", "exact", "privileged", "tokens")] == [None, False, False, None]
    assert inspected["proved"] == VERIFIED
    assert inspected["verdict"] == (
        "The token's owner reader@acme.example holds no more than READ_ONLY_ADMIN, as far as known: "
        "the token may not read role assignments."
    )
    assert {headers["Authorization"] for headers in okta.headers} == {f"SSWS {GIVEN}"}


def test_roles_that_the_token_can_read_itself_are_evaluated(ask: Any) -> None:
    inspected = ask(INSPECTED, (READER_ROLES, [READER]), (READ, ONE_USER), **NO_CALLER)[0].values["inspected"]
    assert (inspected["roles"], inspected["exact"], inspected["privileged"]) == (["READ_ONLY_ADMIN"], True, False)
    with pytest.raises(StateError, match=r"^inspect_token: its owner reader@acme\.example holds SUPER_ADMIN: "):
        ask(INSPECTED, (READER_ROLES, [READER, SUPER]), **NO_CALLER)
    with pytest.raises(StateError, match="may read role assignments, which only the org's own administrators may: "):
        ask(INSPECTED, (READER_ROLES, []), **NO_CALLER)


def test_inspected_roles_that_cannot_be_read_are_unknown(ask: Any) -> None:
    script = (ME, (ROLES, forbidden()), INSPECTED, (READER_ROLES, forbidden()), (READER_ROLES, forbidden()), (READ, ONE_USER))
    outcome, okta = ask(*script, (TOKENS, forbidden()), inspect_token=GIVEN)
    assert [outcome.values["inspected"][name] for name in ("roles", "exact", "tokens")] == [None, False, None]
    assert [headers["Authorization"].endswith(GIVEN) for headers in okta.headers] == [False, False, True, False, True, True, False]


CUSTOM = {"type": "CUSTOM", "role": "cr01", "resource-set": "iam1"}


def test_a_privileged_token_is_refused_with_advice(ask: Any) -> None:
    with pytest.raises(StateError) as caught:
        ask(*CALLER, INSPECTED, (READER_ROLES, [SUPER, CUSTOM, READER]), inspect_token=GIVEN)
    assert str(caught.value) == (
        "inspect_token: its owner reader@acme.example holds CUSTOM:cr01:iam1, SUPER_ADMIN: the token may do more than read. "
        "Remove that from the owner, or have a user who holds READ_ONLY_ADMIN and nothing more create the token; "
        "to allow it, set allow_privileged (rezonate_allow_privileged_token of the role)."
    )


def test_a_privileged_token_can_be_allowed(ask: Any) -> None:
    script = (*CALLER, INSPECTED, (READER_ROLES, [SUPER]), (READ, ONE_USER), (TOKENS, []))
    inspected = ask(*script, inspect_token=GIVEN, allow_privileged=True)[0].values["inspected"]
    assert (inspected["privileged"], inspected["tokens"]) == (True, [])
    assert inspected["verdict"] == "The token's owner reader@acme.example holds SUPER_ADMIN: the token may do more than read."


def test_an_owner_without_a_role_is_reported(ask: Any) -> None:
    inspected = ask(*CALLER, INSPECTED, (READER_ROLES, []), (TOKENS, []), inspect_token=GIVEN, endpoints=[])[0].values["inspected"]
    assert (inspected["roles"], inspected["privileged"], inspected["proved"]) == ([], False, [])
    assert inspected["verdict"] == (
        "The token's owner reader@acme.example holds no admin role, so the token can't read the org: assign READ_ONLY_ADMIN."
    )


@pytest.mark.parametrize(("roles", "who"), [([], "reader@acme.example (who holds no admin role)"), (forbidden(), "reader@acme.example")])
def test_a_token_that_can_t_read_is_a_failure(ask: Any, roles: Any, who: str) -> None:
    script = [*CALLER, INSPECTED, (READER_ROLES, roles)] + ([(READER_ROLES, forbidden())] if isinstance(roles, Answer) else [])
    with pytest.raises(ApiError) as caught:
        ask(*script, (READ, forbidden()), inspect_token=GIVEN)
    assert str(caught.value) == (
        f"inspect_token: {URL} refused GET /api/v1/users?limit=1 (403 E0000006): its owner {who} may not read that; "
        "assign READ_ONLY_ADMIN. Or the token is limited to network zones that don't contain this machine."
    )


@pytest.mark.parametrize(("roles", "who"), [([], "reader@acme.example (who holds no admin role)"), (forbidden(), "reader@acme.example")])
def test_a_token_that_sees_no_users_cannot_read(ask: Any, roles: Any, who: str) -> None:
    script = [*CALLER, INSPECTED, (READER_ROLES, roles)] + ([(READER_ROLES, forbidden())] if isinstance(roles, Answer) else [])
    with pytest.raises(HiddenListError) as caught:
        ask(*script, (READ, []), inspect_token=GIVEN)
    assert str(caught.value) == (
        f"inspect_token: {URL} responded to GET /api/v1/users?limit=1 with an empty list (200), as it does where no admin role lets "
        f"the caller see the entries: its owner {who} may not read that; assign READ_ONLY_ADMIN."
    )


@pytest.mark.parametrize("caller", [CALLER, []])
def test_the_error_for_an_invalid_token_names_its_option(ask: Any, caller: list[Any]) -> None:
    options = {"inspect_token": GIVEN} if caller else NO_CALLER
    with pytest.raises(ApiError) as caught:
        ask(*caller, (WHO, INVALID_TOKEN), **options)
    assert str(caught.value) == (
        f"inspect_token: {URL} refused GET /api/v1/users/me (401 E0000011): "
        "the token is wrong, expired or revoked, or belongs to another org."
    )
    assert caught.value.facts()["okta"]["status"] == 401


@pytest.mark.parametrize("at", [0, 1, 2])
def test_another_okta_error_is_unchanged(ask: Any, at: int) -> None:
    script = [INSPECTED, (READER_ROLES, forbidden()), (READ, ONE_USER)][: at + 1]
    script[at] = (script[at][0], refusal(500))
    with pytest.raises(ApiError, match=r"^Couldn't read .*inspect_token"):
        ask(*script, **NO_CALLER)


def test_an_error_in_the_list_of_tokens_is_raised(ask: Any) -> None:
    with pytest.raises(ApiError, match="Couldn't list the API tokens"):
        ask(*CALLER, INSPECTED, (READER_ROLES, [READER]), (READ, ONE_USER), (TOKENS, refusal(500)), inspect_token=GIVEN)


@pytest.mark.parametrize("given", [TOKEN, f" {TOKEN}\n"])
def test_the_calling_token_is_refused_before_any_call(ask: Any, given: str) -> None:
    with pytest.raises(InputError) as caught:
        ask(inspect_token=given)
    assert str(caught.value) == (
        "inspect_token is the calling bootstrap token: supply another one, created by a user who holds READ_ONLY_ADMIN and nothing more."
    )


def test_the_token_of_the_environment_is_the_calling_token(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKTA_API_TOKEN", GIVEN)
    with pytest.raises(InputError, match=r"^inspect_token is the calling bootstrap token"):
        ask(**NO_CALLER)


@pytest.mark.parametrize("given", [f"{TOKEN}x", f" {GIVEN}\n"])
def test_a_token_next_to_a_refused_one_is_inspected(ask: Any, given: str) -> None:
    script = (*CALLER, INSPECTED, (READER_ROLES, [READER]), (READ, ONE_USER), (TOKENS, []))
    _outcome, okta = ask(*script, inspect_token=given)
    assert f"SSWS {given.strip()}" in [headers.get("Authorization") for headers in okta.headers]


@pytest.mark.parametrize("given", [f"{GIVEN[:9]} {GIVEN[9:]}", "tökèn", "a\tb"])
def test_an_invalid_token_is_refused_before_any_call(ask: Any, given: str) -> None:
    with pytest.raises(
        InputError, match=r"^inspect_token holds blanks or characters that are invalid in a token: copy it again from Okta\.$"
    ):
        ask(inspect_token=given)


@pytest.mark.parametrize("path", ["https://evil.example/x", "//evil.example/x", "api/v1/users"])
def test_an_endpoint_outside_the_org_is_refused(ask: Any, path: str) -> None:
    with pytest.raises(InputError, match=r"^endpoints: "):
        ask(**NO_CALLER, endpoints=[path])


@pytest.mark.parametrize("options", [{"api_token": None}, {**NO_CALLER, "require_super_admin": True}])
def test_without_any_credential_the_task_fails(ask: Any, options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"^No credential: give api_token"):
        ask(**options)


def test_a_custom_domain_is_verified_as_okta_first(ask: Any) -> None:
    home, org = "https://id.acme.example", {"id": "00o1"}
    script = [(f"{call[:4]}{home}{call[4:]}", answer) for call, answer in (INSPECTED, (READER_ROLES, forbidden()), (READ, ONE_USER))]
    _outcome, okta = ask((f"GET {home}/.well-known/okta-organization", org), *script, **NO_CALLER, org_url=home)
    assert [headers.get("Authorization") for headers in okta.headers] == [None, *[f"SSWS {GIVEN}"] * 3]


def test_a_custom_domain_that_isn_t_okta_gets_neither_token(ask: Any) -> None:
    home = "https://id.acme.example"
    for options in (NO_CALLER, {"inspect_token": GIVEN}):
        with pytest.raises(InputError, match="doesn't respond like an Okta org, so no credential was sent there"):
            ask((f"GET {home}/.well-known/okta-organization", {}), **options, org_url=home)


@pytest.mark.parametrize(
    ("expected", "other"), [(None, False), (" ", False), ("Reader@ACME.example", False), ("00u2", False), ("rezonate@acme.example", True)]
)
def test_a_token_of_another_owner_than_expected_is_reported(monkeypatch: pytest.MonkeyPatch, expected: str | None, *, other: bool) -> None:
    okta, warnings = FakeOkta(*CALLER, INSPECTED, (READER_ROLES, [READER]), (TOKENS, [])), list[str]()
    monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
    own = {"required_scopes": None, "inspect_token": GIVEN, "endpoints": [], "allow_privileged": False, "expected_owner": expected}
    outcome = inspect_credentials(Call(params(**own), check_mode=True, warn=warnings.append))
    assert outcome.values["inspected"]["other_owner"] is other
    message = "inspect_token belongs to reader@acme.example (00u2), not to rezonate@acme.example."
    assert warnings == ([message] if other else [])
