# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the calling credential is, and whether it may onboard."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._auth import KeyIdentity, OAuthClient
from ansible_collections.rezonate.okta.plugins.module_utils._caller import Caller, read_caller, require_super_admin
from ansible_collections.rezonate.okta.plugins.module_utils._errors import ApiError, NoAnswerError, StateError
from unit.fake_okta import URL, FakeOkta, client, forbidden, refusal, rsa_key, three_pages

ME = ("GET /api/v1/users/me", {"id": "00u1", "profile": {"login": "owner@acme.example"}})
ROLES = "GET /api/v1/users/00u1/roles"
APP_ROLES = "GET /oauth2/v1/clients/0oa1/roles"
SUPER = {"type": "SUPER_ADMIN"}
READER = {"type": "READ_ONLY_ADMIN"}
REST = (
    "only a super admin may create the app, grant scopes and assign roles; nothing was changed. "
    "Use a credential of a super admin (api_token, or client_id and private_key)."
)


class MintedApp(OAuthClient):
    """A service app that has its token already."""

    def headers(self, *_args: Any) -> dict[str, str]:
        """No need to ask for one."""
        return {}


def app() -> MintedApp:
    return MintedApp(URL, "0oa1", KeyIdentity(rsa_key(1)), ())


def test_a_token_is_its_owner_s() -> None:
    okta = FakeOkta(ME, (ROLES, [SUPER, READER, READER]))
    assert read_caller(client(okta)) == Caller("api_token", "00u1", "owner@acme.example", ("READ_ONLY_ADMIN", "SUPER_ADMIN"))
    assert okta.calls == [ME[0], ROLES]


def test_an_app_asks_for_its_own_roles() -> None:
    okta = FakeOkta((APP_ROLES, [SUPER]))
    assert read_caller(client(okta, credential=app())) == Caller("service_app", "0oa1", "0oa1", ("SUPER_ADMIN",))


def test_roles_are_read_to_the_last_page() -> None:
    entries = [{"type": name} for name in "BCDEF"] + [SUPER]
    okta = FakeOkta(ME, *three_pages("/api/v1/users/00u1/roles", entries))
    assert read_caller(client(okta)).is_super_admin
    assert okta.left == []


def test_not_being_allowed_to_ask_means_no() -> None:
    caller = read_caller(client(FakeOkta(ME, (ROLES, forbidden()))))
    assert (caller.roles, caller.is_super_admin) == (None, False)


@pytest.mark.parametrize("status", [401, 404, 500])
def test_another_error_is_no_answer_to_the_question(status: int) -> None:
    with pytest.raises(ApiError, match="Couldn't read the caller's admin roles"):
        read_caller(client(FakeOkta(ME, (ROLES, refusal(status)))))


def test_a_dead_token_is_told_so() -> None:
    dead = refusal(401, "E0000011", "Invalid token provided")
    with pytest.raises(ApiError, match=r"Check api_token: it is wrong, expired or revoked, or belongs to another org\.$"):
        read_caller(client(FakeOkta((ME[0], dead))))


@pytest.mark.parametrize("user", [{}, {"id": None}, {"id": ""}])
def test_a_user_without_an_id_ends_it(user: dict[str, Any]) -> None:
    with pytest.raises(NoAnswerError, match="names no user"):
        read_caller(client(FakeOkta((ME[0], user))))


@pytest.mark.parametrize("profile", [None, [], {}, "x"])
def test_a_user_without_a_login_is_known_by_the_id(profile: Any) -> None:
    okta = FakeOkta((ME[0], {"id": "00u1", "profile": profile}), (ROLES, []))
    with pytest.raises(StateError) as caught:
        require_super_admin(client(okta))
    assert str(caught.value) == f"The API token belongs to 00u1, who holds no admin role: {REST}"


def test_a_super_admin_may_go_on() -> None:
    assert require_super_admin(client(FakeOkta(ME, (ROLES, [SUPER])))).is_super_admin


@pytest.mark.parametrize(
    ("answer", "held"), [([READER], "holds READ_ONLY_ADMIN"), ([], "holds no admin role"), (forbidden(), "may not even read its own roles")]
)
def test_a_token_of_anyone_else_is_refused(answer: Any, held: str) -> None:
    with pytest.raises(StateError) as caught:
        require_super_admin(client(FakeOkta(ME, (ROLES, answer))))
    assert str(caught.value) == f"The API token belongs to owner@acme.example, who {held}: {REST}"


def test_an_app_without_the_role_is_refused() -> None:
    with pytest.raises(StateError) as caught:
        require_super_admin(client(FakeOkta((APP_ROLES, [READER])), credential=app()))
    assert str(caught.value) == f"The service app 0oa1 holds READ_ONLY_ADMIN: {REST}"
