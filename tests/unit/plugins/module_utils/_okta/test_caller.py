# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The identity of the calling credential, and whether it has the rights to onboard."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, NoResponseError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._okta.authentication import AccessToken, KeyAuthentication, OAuthClient
from ansible_collections.rezonate.okta.plugins.module_utils._okta.caller import Caller, failing_calls, read_caller, require_super_admin
from helpers.fake_okta import URL, FakeOkta, client, forbidden, refusal, rsa_key, three_pages

ME = ("GET /api/v1/users/me", {"id": "00u1", "profile": {"login": "owner@acme.example"}})
ROLES = "GET /api/v1/users/00u1/roles"
APP_ROLES = "GET /oauth2/v1/clients/0oa1/roles"
SUPER = {"type": "SUPER_ADMIN"}
READER = {"type": "READ_ONLY_ADMIN"}
USE = "a credential of a super admin (api_token, or client_id and private_key)."
ALL = "creating the app, changing the app's keys, granting scopes and assigning admin roles would fail"
REST = f"only a super admin may onboard; {ALL}; nothing was changed. Use {USE}"
ONBOARDING = ("okta.apps.manage", "okta.appGrants.manage", "okta.roles.manage", "okta.roles.read")
APP_CALL, KEYS_CALL = "POST /api/v1/apps", "POST /api/v1/apps/{id}/credentials/jwks"
GRANT_CALL, ROLE_CALL = "POST /api/v1/apps/{id}/grants", "POST /oauth2/v1/clients/{id}/roles"


class MintedApp(OAuthClient):
    """A service app that already has an access token."""

    def __init__(self, *scopes: str) -> None:
        super().__init__(URL, "0oa1", KeyAuthentication(rsa_key(1)), ())
        self._token = AccessToken("made-up-access-token-2209", "Bearer", scopes, 3600)


def app(*scopes: str) -> MintedApp:
    return MintedApp(*scopes)


def test_a_token_is_its_owner_s() -> None:
    okta = FakeOkta(ME, (ROLES, [SUPER, READER, READER]))
    assert read_caller(client(okta)) == Caller("api_token", "00u1", "owner@acme.example", ("READ_ONLY_ADMIN", "SUPER_ADMIN"), None)
    assert okta.calls == [ME[0], ROLES]


def test_an_app_reads_its_own_roles() -> None:
    okta = FakeOkta((APP_ROLES, [SUPER]))
    caller = read_caller(client(okta, credential=app("okta.b.read", "okta.a.read")))
    assert caller == Caller("service_app", "0oa1", "0oa1", ("SUPER_ADMIN",), ("okta.a.read", "okta.b.read"))


def test_roles_are_read_to_the_last_page() -> None:
    entries = [{"type": name} for name in "BCDEF"] + [SUPER]
    okta = FakeOkta(ME, *three_pages("/api/v1/users/00u1/roles", entries))
    assert read_caller(client(okta)).is_super_admin
    assert okta.left == []


def test_a_caller_that_may_not_read_its_roles_is_no_super_admin() -> None:
    caller = read_caller(client(FakeOkta(ME, (ROLES, forbidden()))))
    assert (caller.roles, caller.is_super_admin) == (None, False)


@pytest.mark.parametrize("status", [401, 404, 500])
def test_another_error_while_reading_the_roles_is_raised(status: int) -> None:
    with pytest.raises(ApiError, match="Couldn't read the caller's admin roles"):
        read_caller(client(FakeOkta(ME, (ROLES, refusal(status)))))


def test_an_invalid_token_is_reported() -> None:
    dead = refusal(401, "E0000011", "Invalid token provided")
    with pytest.raises(ApiError, match=r"Check api_token: it is wrong, expired or revoked, or belongs to another org\.$"):
        read_caller(client(FakeOkta((ME[0], dead))))


@pytest.mark.parametrize("user", [{}, {"id": None}, {"id": ""}])
def test_a_user_without_an_id_is_an_error(user: dict[str, Any]) -> None:
    with pytest.raises(NoResponseError, match="names no user"):
        read_caller(client(FakeOkta((ME[0], user))))


@pytest.mark.parametrize("profile", [None, [], {}, "x"])
def test_a_user_without_a_login_is_known_by_the_id(profile: Any) -> None:
    okta = FakeOkta((ME[0], {"id": "00u1", "profile": profile}), (ROLES, []))
    with pytest.raises(StateError) as caught:
        require_super_admin(client(okta))
    assert str(caught.value) == f"The API token belongs to 00u1, who holds no admin role: {REST}"


def test_a_super_admin_is_accepted() -> None:
    assert require_super_admin(client(FakeOkta(ME, (ROLES, [SUPER])))).is_super_admin


@pytest.mark.parametrize(
    ("answer", "reason"),
    [([READER], "holds READ_ONLY_ADMIN"), ([], "holds no admin role"), (forbidden(), "has no permission to read its own roles")],
)
def test_a_token_of_another_owner_is_refused(answer: Any, reason: str) -> None:
    with pytest.raises(StateError) as caught:
        require_super_admin(client(FakeOkta(ME, (ROLES, answer))))
    assert str(caught.value) == f"The API token belongs to owner@acme.example, who {reason}: {REST}"


def test_an_app_without_the_role_is_refused() -> None:
    with pytest.raises(StateError) as caught:
        require_super_admin(client(FakeOkta((APP_ROLES, [READER])), credential=app()))
    assert str(caught.value) == f"The service app 0oa1 holds READ_ONLY_ADMIN: {REST}"


def test_an_app_admin_could_create_the_app_and_nothing_else() -> None:
    with pytest.raises(StateError) as caught:
        require_super_admin(client(FakeOkta(ME, (ROLES, [{"type": "APP_ADMIN"}]))))
    rest = REST.replace("creating the app, ", "")
    assert str(caught.value) == f"The API token belongs to owner@acme.example, who holds APP_ADMIN: {rest}"


def test_an_app_with_all_required_scopes_is_accepted() -> None:
    okta = FakeOkta((APP_ROLES, [SUPER]))
    credential = app("okta.apps.manage", "okta.appGrants.manage", "okta.roles.manage")
    assert require_super_admin(client(okta, credential=credential), ONBOARDING).is_super_admin


def test_an_app_without_a_scope_is_refused_with_one_message() -> None:
    okta = FakeOkta((APP_ROLES, [SUPER]))
    with pytest.raises(StateError) as caught:
        require_super_admin(client(okta, credential=app("okta.roles.manage")), (*ONBOARDING, "okta.logs.read"))
    assert str(caught.value) == (
        "The service app 0oa1 holds SUPER_ADMIN; creating the app, changing the app's keys and granting scopes would fail; "
        "Okta gave an access token without okta.apps.manage, okta.appGrants.manage and okta.logs.read; nothing was changed. "
        f"Grant the scopes to the app, or use {USE}"
    )


def test_only_the_missing_read_scope_is_named() -> None:
    okta = FakeOkta((APP_ROLES, [SUPER]))
    with pytest.raises(StateError) as caught:
        require_super_admin(client(okta, credential=app("okta.roles.read")), ("okta.logs.read",))
    assert str(caught.value) == (
        "The service app 0oa1 holds SUPER_ADMIN; Okta gave an access token without okta.logs.read; nothing was changed. "
        f"Grant the scopes to the app, or use {USE}"
    )


def token_of(*roles: str) -> Caller:
    return Caller("api_token", "00u1", "owner@acme.example", roles)


def app_with(*scopes: str) -> Caller:
    return Caller("service_app", "0oa1", "0oa1", ("SUPER_ADMIN",), scopes)


@pytest.mark.parametrize("caller", [token_of("SUPER_ADMIN", "APP_ADMIN"), app_with(*ONBOARDING[:3])])
def test_with_sufficient_rights_no_call_would_fail(caller: Caller) -> None:
    assert failing_calls(caller, ONBOARDING) == ()


@pytest.mark.parametrize("role", ["APP_ADMIN", "CUSTOM", "API_ACCESS_MANAGEMENT_ADMIN"])
def test_calls_that_an_app_admin_may_make_are_not_listed(role: str) -> None:
    only = f"would fail: it requires a super admin, and the caller holds {role}."
    assert failing_calls(token_of(role), ()) == (
        f"Changing the app's keys ({KEYS_CALL}) {only}",
        f"Granting scopes ({GRANT_CALL}) {only}",
        f"Assigning admin roles ({ROLE_CALL}) {only}",
    )


@pytest.mark.parametrize(
    ("roles", "reason"),
    [(None, "has no permission to read its own roles"), ((), "holds no admin role"), (("READ_ONLY_ADMIN",), "holds READ_ONLY_ADMIN")],
)
def test_without_an_admin_role_all_admin_calls_would_fail(roles: tuple[str, ...] | None, reason: str) -> None:
    first, *others = failing_calls(Caller("api_token", "00u1", "x", roles), ONBOARDING)
    assert first == f"Creating the app ({APP_CALL}) would fail: it requires an app admin or a super admin, and the caller {reason}."
    assert len(others) == 3


def test_the_calls_that_need_a_missing_scope_would_fail() -> None:
    without = "would fail: Okta gave an access token without"
    assert failing_calls(app_with("okta.appGrants.manage", "okta.roles.manage"), (*ONBOARDING, "okta.logs.read")) == (
        f"Creating the app ({APP_CALL}) {without} okta.apps.manage.",
        f"Changing the app's keys ({KEYS_CALL}) {without} okta.apps.manage.",
        f"Calls that need okta.logs.read {without} okta.logs.read.",
    )


def test_a_call_that_would_fail_for_two_reasons_has_one_message() -> None:
    caller = Caller("service_app", "0oa1", "0oa1", ("READ_ONLY_ADMIN",), ())
    assert failing_calls(caller, ["okta.roles.manage"])[-1] == (
        f"Assigning admin roles ({ROLE_CALL}) would fail: it requires a super admin, and the caller holds READ_ONLY_ADMIN; "
        "Okta gave an access token without okta.roles.manage."
    )


def test_only_required_scopes_are_reported_as_missing() -> None:
    assert failing_calls(app_with(), ()) == ()


def test_a_manage_scope_includes_the_read_scope_and_not_vice_versa() -> None:
    assert app_with("okta.apps.manage").missing_scopes(["okta.apps.read"]) == ()
    assert app_with("okta.apps.read").missing_scopes(["okta.apps.manage"]) == ("okta.apps.manage",)
