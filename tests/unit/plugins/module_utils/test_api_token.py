# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preflight: exactly which calls are made, and what is told."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils import _connection
from ansible_collections.rezonate.okta.plugins.module_utils._api_token import run_info
from ansible_collections.rezonate.okta.plugins.module_utils._errors import ApiError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._spec import Call, Outcome
from unit.fake_okta import TOKEN, FakeOkta, forbidden, params, refusal, rsa_key

ME = ("GET /api/v1/users/me", {"id": "00u1", "profile": {"login": "owner@acme.example"}})
ROLES = "GET /api/v1/users/00u1/roles"


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module's work on a script."""

    def go(*script: tuple[str, Any], **options: Any) -> Outcome:
        okta = FakeOkta(*script)
        monkeypatch.setattr(_connection, "Transport", lambda _settings: okta)
        outcome = run_info(Call(params(**options), check_mode=True))
        assert okta.left == []
        return outcome

    return go


def test_it_tells_whose_the_token_is(ask: Any) -> None:
    outcome = ask(ME, (ROLES, [{"type": "SUPER_ADMIN"}]))
    caller = {"kind": "api_token", "id": "00u1", "name": "owner@acme.example", "roles": ["SUPER_ADMIN"], "is_super_admin": True}
    assert outcome == Outcome(values={"caller": caller})
    assert TOKEN not in repr(outcome)


def test_an_app_that_gets_no_token_is_an_error_of_okta_s(ask: Any) -> None:
    script = (("POST /oauth2/v1/token", refusal(400, "consent_required")), ("GET /oauth2/v1/clients/0oa1/roles", []))
    with pytest.raises(ApiError, match="Couldn't get an access token"):
        ask(*script, client_id="0oa1", private_key=rsa_key(1).pem(), api_token=None)


def test_no_roles_to_be_read_are_null(ask: Any) -> None:
    caller = ask(ME, (ROLES, forbidden())).values["caller"]
    assert (caller["roles"], caller["is_super_admin"]) == (None, False)


def test_a_super_admin_can_be_required(ask: Any) -> None:
    assert ask(ME, (ROLES, [{"type": "SUPER_ADMIN"}]), require_super_admin=True).values["caller"]["is_super_admin"]
    with pytest.raises(StateError, match="who holds no admin role: only a super admin"):
        ask(ME, (ROLES, []), require_super_admin=True)
