# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verification of credentials: an access token is issued and used."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, HiddenListError, InputError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import org_url
from ansible_collections.rezonate.okta.plugins.module_utils._okta.authentication import AccessToken
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer
from ansible_collections.rezonate.okta.plugins.module_utils._resources import access_token
from ansible_collections.rezonate.okta.plugins.module_utils._resources.access_token import (
    issue_access_token,
    probe,
    read_with_token,
    verify,
)
from helpers.fake_okta import TOKEN, Clock, FakeOkta, client, forbidden, params, refusal, rsa_key

ACCESS = "made-up-access-token-91827364"
USERS = "/api/v1/users?limit=1"
READ = f"GET {USERS}"
ONE_USER = [{"id": "00u1"}]
SCOPE = "okta.users.read"
NOBODY = "/api/v1/users/00u00000000000000000"
PROBE = {"method": "POST", "path": NOBODY, "body": {"profile": {}}}
CHANGE = f"POST {NOBODY}"
MISSING = refusal(404, "E0000007", "Not found: Resource not found: 00u00000000000000000 (User)")
TOKEN_CALL = "POST /oauth2/v1/token"


def verified_reads(okta: FakeOkta, clock: Clock, *endpoints: str) -> list[dict[str, Any]]:
    caller = client(okta, credential=AccessToken(ACCESS, "Bearer", (SCOPE,), 3600))
    return verify([partial(read_with_token, caller, path) for path in endpoints], patience=10.0, clock=clock, sleep=clock.sleep)


def probed(okta: FakeOkta, clock: Clock | None = None, **asked: Any) -> list[dict[str, Any]]:
    clock = clock or Clock()
    caller = client(okta, credential=AccessToken(ACCESS, "Bearer", (SCOPE,), 3600))
    return verify([partial(probe, caller, {**PROBE, **asked})], patience=10.0, clock=clock, sleep=clock.sleep)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module against scripted responses."""

    def run_module(
        *script: tuple[str, Any], check: bool = True, beside: Any = lambda _made: None, **options: Any
    ) -> tuple[Outcome, FakeOkta]:
        okta = FakeOkta(*script)
        monkeypatch.setattr(access_token, "Transport", lambda _settings, **_more: okta)
        monkeypatch.setattr(access_token, "_RETRY_SECONDS", 0.0)
        defaults = {"client_id": "0oa1", "private_key": rsa_key(1).pem(), "scopes": [SCOPE], "endpoints": [USERS], "probes": []}
        outcome = issue_access_token(
            Call(params(**{**defaults, "patience": 0, "return_token": False, **options}), check_mode=check, parallel_task=beside)
        )
        assert okta.left == []
        return outcome, okta

    return run_module


def given(*scopes: str) -> tuple[str, Any]:
    return TOKEN_CALL, {"access_token": ACCESS, "token_type": "Bearer", "expires_in": 3600, "scope": " ".join(scopes)}


def test_each_endpoint_is_read_with_the_token() -> None:
    okta = FakeOkta((READ, ONE_USER), ("GET /api/v1/groups", [{"id": "1"}]))
    reads = verified_reads(okta, Clock(), USERS, "/api/v1/groups")
    assert reads == [{"method": "GET", "path": path, "status": 200} for path in (USERS, "/api/v1/groups")]
    assert {headers["Authorization"] for headers in okta.headers} == {f"Bearer {ACCESS}"}


def test_a_temporary_403_is_retried() -> None:
    okta, clock = FakeOkta((READ, forbidden()), (READ, forbidden()), (READ, ONE_USER)), Clock()
    assert verified_reads(okta, clock, USERS)
    assert clock.slept == [3.0, 3.0]


def test_a_permanent_403_is_an_error_when_the_patience_is_exhausted() -> None:
    okta, clock = FakeOkta(*[(READ, forbidden())] * 5), Clock()
    with pytest.raises(ApiError, match="Couldn't read with the new access token"):
        verified_reads(okta, clock, USERS)
    assert (sum(clock.slept), okta.left) == (12.0, [])


def test_a_temporarily_empty_list_of_users_is_retried() -> None:
    okta, clock = FakeOkta((READ, []), (READ, []), (READ, ONE_USER)), Clock()
    assert verified_reads(okta, clock, USERS) == [{"method": "GET", "path": USERS, "status": 200}]
    assert clock.slept == [3.0, 3.0]


@pytest.mark.parametrize("path", [USERS, "/api/v1/apps?limit=1"])
def test_a_permanently_empty_list_verifies_nothing(path: str) -> None:
    okta, clock = FakeOkta(*[(f"GET {path}", [])] * 5), Clock()
    with pytest.raises(HiddenListError) as caught:
        verified_reads(okta, clock, path)
    assert (sum(clock.slept), okta.left) == (12.0, [])
    assert str(caught.value) == (
        f"Couldn't read with the new access token (GET {path}): Okta answered 200 with an empty list, as it does where no admin role lets "
        "the app see the entries: assign READ_ONLY_ADMIN to the app. If it was just assigned, increase "
        "patience."
    )


def test_an_empty_list_of_other_resources_is_a_verification() -> None:
    assert verified_reads(FakeOkta(("GET /api/v1/groups?limit=1", [])), Clock(), "/api/v1/groups?limit=1")


def test_the_patience_applies_to_all_endpoints_together() -> None:
    okta, clock = FakeOkta(*[(READ, forbidden())] * 4, (READ, ONE_USER), (READ, forbidden())), Clock()
    with pytest.raises(ApiError, match=r"^Couldn't read with the new access token \(GET /api/v1/users\): Okta answered 403 "):
        verified_reads(okta, clock, USERS, USERS)
    assert okta.left == []


@pytest.mark.parametrize("status", [401, 404, 500])
def test_another_error_is_not_retried(status: int) -> None:
    clock = Clock()
    with pytest.raises(ApiError, match=rf"^Couldn't read with the new access token \(GET /api/v1/users\): Okta answered {status} "):
        verified_reads(FakeOkta((READ, refusal(status))), clock, USERS)
    assert clock.slept == []


def test_working_credentials_are_verified(work: Any) -> None:
    outcome, okta = work(given(SCOPE, "okta.a.read"), (READ, ONE_USER))
    assert outcome.values == {
        "token_type": "Bearer",
        "scopes": ["okta.a.read", SCOPE],
        "expires_in": 3600,
        "proved": [{"method": "GET", "path": USERS, "status": 200}],
    }
    assert not outcome.changed
    assert TOKEN not in repr(okta.headers)


def test_parallel_reads_are_repeated_if_a_role_took_effect_meanwhile(work: Any) -> None:
    done: list[Any] = []
    work(given(SCOPE), (READ, ONE_USER), beside=done.append)
    assert done == [{}]
    work(given(SCOPE), (READ, forbidden()), (READ, ONE_USER), beside=done.append, patience=60)
    assert done == [{}, {}, {}]


def test_without_a_token_no_parallel_task_runs(work: Any) -> None:
    done: list[Any] = []
    with pytest.raises(ApiError, match=r"^Couldn't get an access token \(POST /oauth2/v1/token\): Okta answered 400 "):
        work((TOKEN_CALL, refusal(400)), beside=done.append)
    assert done == []


@pytest.mark.parametrize("status", [400, 404, 409])
def test_the_expected_error_of_a_probe_verifies_the_role(status: int) -> None:
    okta = FakeOkta((CHANGE, refusal(status)))
    assert probed(okta) == [{"method": "POST", "path": NOBODY, "status": status}]
    assert (okta.bodies, okta.headers[0]["Authorization"]) == ([{"profile": {}}], f"Bearer {ACCESS}")


def test_a_probe_without_a_body_sends_none() -> None:
    okta = FakeOkta((f"DELETE {NOBODY}", MISSING))
    assert probed(okta, method="DELETE", body=None)
    assert okta.bodies == []


def test_a_probe_waits_until_the_role_takes_effect() -> None:
    clock = Clock()
    assert probed(FakeOkta((CHANGE, forbidden()), (CHANGE, MISSING)), clock)
    assert clock.slept == [3.0]


def test_a_role_that_does_not_take_effect_is_reported_as_missing(work: Any) -> None:
    with pytest.raises(ApiError) as caught:
        work(given(SCOPE), (CHANGE, forbidden()), endpoints=[], probes=[PROBE], check=False)
    assert str(caught.value).startswith(f"Couldn't probe with the new access token (POST {NOBODY}): Okta answered 403 E0000006 ")
    assert str(caught.value).endswith(
        " The app lacks an admin role that covers this: assign one to it. If one was just assigned, increase patience."
    )


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400, {"WWW-Authenticate": 'DPoP error="invalid_dpop_proof"'}),
        Answer(404, {}, None),
        Answer(400, {}, {"error": "invalid_request"}),
        refusal(405, "E0000022", "The endpoint does not support the provided HTTP method"),
        refusal(401, "E0000011"),
        refusal(500, "E0000009"),
    ],
)
def test_another_error_verifies_nothing(answer: Answer) -> None:
    with pytest.raises(ApiError, match=rf"^Couldn't probe with the new access token \(POST {NOBODY}\): Okta answered {answer.status}\b"):
        probed(FakeOkta((CHANGE, answer)))


@pytest.mark.parametrize("answer", [{}, 200, 204])
def test_a_probe_that_okta_carries_out_is_a_failure(answer: Any) -> None:
    with pytest.raises(StateError) as caught:
        probed(FakeOkta((CHANGE, answer)))
    assert str(caught.value) == (f"probes: Okta carried out POST {NOBODY}. Check what that changed, and use a probe that can't succeed.")


def test_probes_come_after_reads_and_not_in_check_mode(work: Any) -> None:
    outcome, okta = work(given(SCOPE), (READ, ONE_USER), (CHANGE, MISSING), probes=[PROBE], check=False)
    assert [entry["status"] for entry in outcome.values["proved"]] == [200, 404]
    assert not outcome.changed
    outcome, okta = work(given(SCOPE), (READ, ONE_USER), probes=[PROBE])
    assert [entry["status"] for entry in outcome.values["proved"]] == [200, None]
    assert okta.writes == [TOKEN_CALL]


def test_a_probe_isn_t_sent_after_the_playbook_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def playbook_ended() -> None:
        raise StateError("gone")

    okta = FakeOkta(given(SCOPE))
    monkeypatch.setattr(access_token, "Transport", lambda _settings, **_more: okta)
    options = {"client_id": "0oa1", "client_secret": "made-up", "scopes": [SCOPE], "endpoints": [], "probes": [PROBE]}
    with pytest.raises(StateError, match="gone"):
        issue_access_token(Call(params(**options, patience=0, return_token=False), before_write=playbook_ended))


def test_the_token_is_returned_on_request_alone(work: Any) -> None:
    outcome, _okta = work(given(SCOPE), endpoints=[], return_token=True)
    assert outcome.values["access_token"] == ACCESS
    outcome, _okta = work(given(SCOPE), endpoints=[])
    assert ACCESS not in repr(outcome)


METADATA = "GET /.well-known/okta-organization"


def test_a_custom_domain_is_verified_once_before_a_secret_is_sent(work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(org_url, "OKTA_DOMAINS", ("okta.example",))
    _outcome, okta = work((METADATA, {"id": "00o1"}), given(SCOPE), (READ, ONE_USER), (CHANGE, MISSING), probes=[PROBE], check=False)
    assert okta.secrets[0] == ()


@pytest.mark.parametrize("answer", [{}, refusal(404)])
def test_an_unverified_server_gets_no_secret(work: Any, monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    monkeypatch.setattr(org_url, "OKTA_DOMAINS", ("okta.example",))
    with pytest.raises(InputError, match="doesn't respond like an Okta org, so no credential was sent there"):
        work((METADATA, answer), private_key=None, client_secret="made-up-secret")


def test_a_scope_that_okta_left_out_is_named(work: Any) -> None:
    with pytest.raises(StateError) as caught:
        work(given(SCOPE), scopes=["okta.b.read", SCOPE, "okta.a.read"])
    assert str(caught.value) == "scopes: Okta issued an access token without okta.b.read, okta.a.read; grant them to the app first."


def test_scopes_are_needed(work: Any) -> None:
    with pytest.raises(InputError, match=r"^scopes is missing: name the scopes to request\.$"):
        work(scopes=None)


@pytest.mark.parametrize("path", ["/", "/api/v1/users", "/a%20b", "/x//y", "/https://evil.example/x"])
def test_a_path_below_the_org_is_read(work: Any, path: str) -> None:
    outcome, _okta = work(given(SCOPE), (f"GET {path}", ONE_USER), endpoints=[path])
    assert [one["path"] for one in outcome.values["proved"]] == [path]


@pytest.mark.parametrize("path", ["https://evil.example/x", "//evil.example/x", "api/v1/users", "/a b", "/a\nb", ""])
def test_an_endpoint_outside_the_org_is_refused(work: Any, path: str) -> None:
    with pytest.raises(InputError, match=r"^endpoints: .* isn't a path below the org, such as /api/v1/users\?limit=1\.$"):
        work(endpoints=[path])
    with pytest.raises(InputError, match=r"^probes: .* isn't a path below the org"):
        work(probes=[{**PROBE, "path": path}])
