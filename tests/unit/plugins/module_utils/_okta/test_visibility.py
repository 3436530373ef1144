# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An empty list that a caller without rights receives doesn't mean that nothing exists."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call
from ansible_collections.rezonate.okta.plugins.module_utils._okta.authentication import AccessToken, KeyAuthentication, OAuthClient
from ansible_collections.rezonate.okta.plugins.module_utils._okta.visibility import (
    check_no_app,
    find_uncertain_absence,
    is_empty_list_response,
)
from helpers.fake_okta import URL, FakeOkta, client, forbidden, rsa_key

PROBE = "GET /api/v1/apps?limit=1"
ME = ("GET /api/v1/users/me", {"id": "00u1", "profile": {"login": "owner@acme.example"}})
ROLES, APP_ROLES = "GET /api/v1/users/00u1/roles", "GET /oauth2/v1/clients/0oa1/roles"
MISSING = (
    "Okta lists no apps for the caller, not even those that exist in every org, so it is unknown "
    "whether there is an app labeled 'Rezonate'. "
    "The API token belongs to owner@acme.example, who {}: a role that sees all apps is missing. "
    "Use a credential with SUPER_ADMIN or APP_ADMIN; READ_ONLY_ADMIN is sufficient to read."
)


def assignments(*types: str) -> list[dict[str, str]]:
    return [{"type": one} for one in types]


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/api/v1/users", [], True),
        ("/api/v1/users?limit=1", [], True),
        ("/api/v1/apps?limit=1", [], True),
        ("/api/v1/apps/", [], True),
        ("/api/v1/users?limit=1", [{"id": "00u1"}], False),
        ("/api/v1/users?limit=1", None, False),
        ("/api/v1/users?q=nobody", [], False),
        ("/api/v1/apps?filter=x&limit=1", [], False),
        ("/api/v1/groups?limit=1", [], False),
        ("/api/v1/logs", [], False),
        ("/api/v1/users/me", [], False),
    ],
)
def test_the_whole_list_of_users_or_apps_is_never_empty(path: str, body: Any, *, expected: bool) -> None:
    assert is_empty_list_response(path, body) is expected


def test_one_visible_app_is_sufficient() -> None:
    okta = FakeOkta((PROBE, [{"id": "0oa9", "name": "saasure"}]))
    assert find_uncertain_absence(client(okta)) is None
    assert okta.calls == [PROBE]


@pytest.mark.parametrize("role", ["SUPER_ADMIN", "APP_ADMIN", "READ_ONLY_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN"])
def test_an_empty_list_is_certain_for_a_caller_that_sees_apps(role: str) -> None:
    okta = FakeOkta((PROBE, []), ME, (ROLES, assignments("ORG_ADMIN", role)))
    assert find_uncertain_absence(client(okta)) is None
    assert okta.left == []


@pytest.mark.parametrize(
    ("roles", "is_certain"),
    [
        (assignments("ORG_ADMIN"), True),
        (assignments(), True),
        (forbidden(), True),
        (assignments("CUSTOM"), False),
        (assignments("ORG_ADMIN", "USER_ADMIN"), False),
    ],
)
def test_an_empty_list_of_another_caller_is_uncertain(roles: Any, *, is_certain: bool) -> None:
    doubt = find_uncertain_absence(client(FakeOkta((PROBE, []), ME, (ROLES, roles))))
    assert doubt is not None
    assert doubt.is_certain is is_certain


def test_an_empty_list_of_a_service_app_is_uncertain() -> None:
    credential = OAuthClient(URL, "0oa1", KeyAuthentication(rsa_key(1)), ())
    credential._token = AccessToken("made-up-access-token-7710", "Bearer", ("okta.apps.manage",), 3600)
    doubt = find_uncertain_absence(client(FakeOkta((PROBE, []), (APP_ROLES, forbidden())), credential=credential))
    assert doubt is not None
    assert doubt.is_certain
    expected = (
        "The service app 0oa1 has no permission to read its own roles, which requires the scope okta.roles.read: a role that sees all apps"
    )
    assert expected in doubt.text("x")


def test_a_list_that_was_read_completely_is_not_read_again() -> None:
    okta = FakeOkta(ME, (ROLES, assignments("ORG_ADMIN")))
    assert find_uncertain_absence(client(okta), has_read=True) is not None


def test_an_empty_result_is_refused_for_a_caller_that_sees_no_apps() -> None:
    with pytest.raises(StateError) as caught:
        check_no_app(Call({}), client(FakeOkta((PROBE, []), ME, (ROLES, assignments("ORG_ADMIN")))), "Rezonate")
    assert str(caught.value) == f"{MISSING.format('holds ORG_ADMIN')} Nothing was changed."


def test_an_empty_result_is_a_warning_if_visibility_is_unknown() -> None:
    warnings: list[str] = []
    check_no_app(Call({}, warn=warnings.append), client(FakeOkta((PROBE, []), ME, (ROLES, assignments("CUSTOM")))), "Rezonate")
    assert warnings == [MISSING.format("holds CUSTOM").replace(" is missing", " may be missing")]


def test_an_empty_result_without_a_label_is_refused() -> None:
    with pytest.raises(StateError, match="so it is unknown whether there are service apps"):
        check_no_app(Call({}), client(FakeOkta((PROBE, []), ME, (ROLES, assignments()))), None)


def test_a_caller_that_is_known_to_see_all_apps_is_not_checked() -> None:
    check_no_app(Call({}, caller_sees_all=True), client(FakeOkta()), "Rezonate")
