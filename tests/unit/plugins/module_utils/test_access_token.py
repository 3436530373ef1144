# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof: an access token minted with given credentials, and read with."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils import _access_token
from ansible_collections.rezonate.okta.plugins.module_utils._access_token import prove, run
from ansible_collections.rezonate.okta.plugins.module_utils._auth import AccessToken
from ansible_collections.rezonate.okta.plugins.module_utils._errors import ApiError, InputError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._org import Org
from ansible_collections.rezonate.okta.plugins.module_utils._spec import Call, Outcome
from unit.fake_okta import TOKEN, URL, Clock, FakeOkta, forbidden, params, refusal, rsa_key

ACCESS = "made-up-access-token-91827364"
USERS = "/api/v1/users?limit=1"
READ = f"GET {USERS}"
SCOPE = "okta.users.read"
TOKEN_CALL = "POST /oauth2/v1/token"


def proof(okta: FakeOkta, clock: Clock, *endpoints: str) -> list[dict[str, Any]]:
    token = AccessToken(ACCESS, "Bearer", (SCOPE,), 3600)
    return prove(Org(URL, is_custom=False), okta, token, endpoints, patience=10.0, clock=clock, sleep=clock.sleep)  # type: ignore[arg-type]  # a stand-in


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module's work on a script."""

    def go(*script: tuple[str, Any], **options: Any) -> tuple[Outcome, FakeOkta]:
        okta = FakeOkta(*script)
        monkeypatch.setattr(_access_token, "Transport", lambda _settings: okta)
        monkeypatch.setattr(_access_token, "_TRY_EVERY", 0.0)
        defaults = {"client_id": "0oa1", "private_key": rsa_key(1).pem(), "scopes": [SCOPE], "endpoints": [USERS], "patience": 0}
        outcome = run(Call(params(**{**defaults, "return_token": False, **options}), check_mode=True))
        assert okta.left == []
        return outcome, okta

    return go


def given(*scopes: str) -> tuple[str, Any]:
    return TOKEN_CALL, {"access_token": ACCESS, "token_type": "Bearer", "expires_in": 3600, "scope": " ".join(scopes)}


def test_each_endpoint_is_read_with_the_token() -> None:
    okta = FakeOkta((READ, []), ("GET /api/v1/groups", [{"id": "1"}]))
    proved = proof(okta, Clock(), USERS, "/api/v1/groups")
    assert proved == [{"method": "GET", "path": path, "status": 200} for path in (USERS, "/api/v1/groups")]
    assert {headers["Authorization"] for headers in okta.headers} == {f"Bearer {ACCESS}"}


def test_a_403_may_pass() -> None:
    okta, clock = FakeOkta((READ, forbidden()), (READ, forbidden()), (READ, [])), Clock()
    assert proof(okta, clock, USERS)
    assert clock.slept == [3.0, 3.0]


def test_a_403_that_stays_is_an_error_when_patience_ends() -> None:
    okta, clock = FakeOkta(*[(READ, forbidden())] * 5), Clock()
    with pytest.raises(ApiError, match="Couldn't read with the new access token"):
        proof(okta, clock, USERS)
    assert (sum(clock.slept), okta.left) == (12.0, [])


def test_patience_is_for_all_endpoints_together() -> None:
    okta, clock = FakeOkta(*[(READ, forbidden())] * 4, (READ, []), (READ, forbidden())), Clock()
    with pytest.raises(ApiError):
        proof(okta, clock, USERS, USERS)
    assert okta.left == []


@pytest.mark.parametrize("status", [401, 404, 500])
def test_another_error_doesn_t_pass(status: int) -> None:
    clock = Clock()
    with pytest.raises(ApiError):
        proof(FakeOkta((READ, refusal(status))), clock, USERS)
    assert clock.slept == []


def test_credentials_that_work_are_proved(work: Any) -> None:
    outcome, okta = work(given(SCOPE, "okta.a.read"), (READ, []))
    assert outcome.values == {
        "token_type": "Bearer",
        "scopes": ["okta.a.read", SCOPE],
        "expires_in": 3600,
        "proved": [{"method": "GET", "path": USERS, "status": 200}],
    }
    assert not outcome.changed
    assert TOKEN not in repr(okta.headers)


def test_the_token_is_returned_on_request_alone(work: Any) -> None:
    outcome, _okta = work(given(SCOPE), endpoints=[], return_token=True)
    assert outcome.values["access_token"] == ACCESS
    outcome, _okta = work(given(SCOPE), endpoints=[])
    assert ACCESS not in repr(outcome)


def test_a_scope_that_okta_left_out_is_named(work: Any) -> None:
    with pytest.raises(StateError) as caught:
        work(given(SCOPE), scopes=["okta.b.read", SCOPE, "okta.a.read"])
    assert str(caught.value) == "scopes: Okta gave an access token without okta.b.read, okta.a.read; grant them to the app first."


def test_scopes_are_needed(work: Any) -> None:
    with pytest.raises(InputError, match=r"^scopes is missing: name the scopes to ask for\.$"):
        work(scopes=None)


@pytest.mark.parametrize("path", ["https://evil.example/x", "//evil.example/x", "api/v1/users", "/a b", "/a\nb", ""])
def test_a_token_is_tried_on_the_org_alone(work: Any, path: str) -> None:
    with pytest.raises(InputError, match=r"^endpoints: .* isn't a path below the org, such as /api/v1/users\?limit=1\.$"):
        work(endpoints=[path])
