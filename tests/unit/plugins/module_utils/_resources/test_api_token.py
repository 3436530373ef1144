# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Revoking API tokens: the exact calls."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, InputError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._resources.api_token import manage_api_tokens
from helpers.fake_okta import FakeOkta, forbidden, params, refusal, rsa_key, three_pages

PATH = "/api/v1/api-tokens"
ME = ("GET /api/v1/users/me", {"id": "00u1", "profile": {"login": "owner@acme.example"}})
INVALID_TOKEN = refusal(401, "E0000011", "Invalid token provided")
CURRENT = f"DELETE {PATH}/current"
LIST, READ, REVOKE = f"GET {PATH}", f"GET {PATH}/00T1", f"DELETE {PATH}/00T1"
TIMES = {"created": "2025-12-17T05:30:24.000Z", "expiresAt": "2026-01-16T06:23:05.000Z"}
ZONE = {"connection": "ZONE", "include": ["nzo1"], "exclude": []}
RAW = {"id": "00T1", "name": "Old", "userId": "00u1", **TIMES, "network": ZONE, "_links": {}}
FACTS = {"id": "00T1", "name": "Old", "user_id": "00u1", "created": TIMES["created"], "expires_at": TIMES["expiresAt"], "network": ZONE}
CALLING = {"id": None, "name": None, "user_id": "00u1", "created": None, "expires_at": None, "network": {}}
Done = tuple[Outcome, FakeOkta, list[str]]


@pytest.fixture
def revoke(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module against scripted responses; returns the outcome, the stand-in for Okta and the warnings."""

    def run_module(*script: tuple[str, Any], check: bool = False, **options: Any) -> Done:
        okta, warnings = FakeOkta(*script), list[str]()
        monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
        given = params(**{"state": "absent", "current": False, "id": None, "name": None, **options})
        outcome = manage_api_tokens(Call(given, check, warnings.append))
        assert okta.left == []
        return outcome, okta, warnings

    return run_module


def test_the_calling_token_revokes_itself(revoke: Any) -> None:
    outcome, _okta, warnings = revoke(ME, (CURRENT, 204), current=True)
    assert outcome == Outcome(True, {"tokens": [CALLING]}, {"tokens": [CALLING]}, {"tokens": []})
    assert warnings == []


def test_an_invalid_token_counts_as_revoked(revoke: Any) -> None:
    outcome, _okta, (warning,) = revoke((ME[0], INVALID_TOKEN), current=True)
    assert (outcome.changed, outcome.values) == (False, {"tokens": []})
    assert warning == (
        "current: Okta doesn't accept the API token, so nothing was revoked: it was revoked before, or belongs to another org."
    )


def test_a_lost_response_to_the_revocation_counts_as_revoked(revoke: Any) -> None:
    outcome, _okta, _warnings = revoke(ME, (CURRENT, INVALID_TOKEN), current=True)
    assert outcome.changed


@pytest.mark.parametrize(
    ("script", "options"),
    [([ME], {"current": True}), ([(READ, RAW)], {"id": "00T1"}), ([(LIST, [RAW])], {"name": "Old"})],
)
def test_check_mode_predicts_the_result_and_revokes_nothing(revoke: Any, script: list[Any], options: dict[str, Any]) -> None:
    predicted, okta, _warnings = revoke(*script, check=True, **options)
    real, _okta, _warnings = revoke(*script, (CURRENT if "current" in options else REVOKE, 204), **options)
    assert okta.writes == []
    assert predicted == real
    assert predicted.changed


@pytest.mark.parametrize("check", [True, False])
def test_check_mode_recognizes_an_invalid_token(revoke: Any, *, check: bool) -> None:
    assert not revoke((ME[0], INVALID_TOKEN), current=True, check=check)[0].changed


def test_a_service_app_has_no_token_to_revoke(revoke: Any) -> None:
    with pytest.raises(InputError) as caught:
        revoke(current=True, api_token=None, client_id="0oa1", private_key=rsa_key(1).pem())
    assert str(caught.value) == (
        "current: only an API token can revoke itself, and the caller is a service app; identify the token by id or name."
    )


def test_a_token_is_revoked_by_its_id(revoke: Any) -> None:
    outcome, _okta, _warnings = revoke((READ, RAW), (REVOKE, 204), id="00T1")
    assert outcome == Outcome(True, {"tokens": [FACTS]}, {"tokens": [FACTS]}, {"tokens": []})


def test_an_unknown_id_is_no_change(revoke: Any) -> None:
    outcome, _okta, _warnings = revoke((READ, refusal(404, "E0000007", "Not found")), id="00T1")
    assert (outcome.changed, outcome.values) == (False, {"tokens": []})


def test_a_response_without_an_id_is_never_the_calling_token(revoke: Any) -> None:
    revoke((READ, {"name": "Old"}), (REVOKE, 204), id="00T1")


def test_a_token_that_is_revoked_concurrently_is_no_error(revoke: Any) -> None:
    assert revoke((READ, RAW), (REVOKE, refusal(404)), id="00T1")[0].changed


def test_a_token_is_revoked_by_its_name_from_the_last_page(revoke: Any) -> None:
    others = [{**RAW, "id": f"00T{number}", "name": f"old {number}"} for number in range(2, 7)]
    outcome, _okta, _warnings = revoke(*three_pages(PATH, [*others, RAW]), (REVOKE, 204), name="Old")
    assert outcome.values == {"tokens": [FACTS]}


def test_an_unknown_name_is_no_change(revoke: Any) -> None:
    assert not revoke((LIST, [{**RAW, "name": "old"}]), name="Old")[0].changed


def test_several_tokens_of_one_name_are_listed_and_none_is_revoked(revoke: Any) -> None:
    with pytest.raises(StateError) as caught:
        revoke((LIST, [RAW, {**RAW, "id": "00T2", "userId": "00u2"}]), name="Old")
    assert str(caught.value) == (
        "Several API tokens have the name 'Old' (00T1 of the user 00u1, 00T2 of the user 00u2): identify one by id."
    )


@pytest.mark.parametrize("token_id", [None, ""])
def test_a_listed_token_without_an_id_is_not_the_calling_one(revoke: Any, token_id: str | None) -> None:
    with pytest.raises(StateError, match="shows no id for the API token 'Old'"):
        revoke((LIST, [{**RAW, "id": token_id}]), name="Old")


@pytest.mark.parametrize("network", [None, [], "x", {"connection": "ANYWHERE", "more": 1}])
def test_only_known_members_of_the_network_are_returned(revoke: Any, network: Any) -> None:
    (token,) = revoke((READ, {**RAW, "network": network}), id="00T1", check=True)[0].values["tokens"]
    assert token["network"] == ({"connection": "ANYWHERE"} if isinstance(network, dict) else {})


@pytest.mark.parametrize("at", [0, 1])
def test_a_missing_permission_is_an_okta_error(revoke: Any, at: int) -> None:
    script = [(READ, RAW), (REVOKE, 204)][: at + 1]
    script[at] = (script[at][0], forbidden())
    with pytest.raises(ApiError, match="answered 403 E0000006"):
        revoke(*script, id="00T1")


@pytest.mark.parametrize("call", [ME[0], CURRENT])
def test_another_error_does_not_count_as_an_invalid_token(revoke: Any, call: str) -> None:
    script = [ME, (CURRENT, refusal(403))] if call == CURRENT else [(call, refusal(500))]
    with pytest.raises(ApiError, match="Couldn't re"):
        revoke(*script, current=True)


@pytest.mark.parametrize("options", [{}, {"current": True, "id": "00T1"}, {"id": "00T1", "name": "Old"}, {"id": "", "name": ""}])
def test_exactly_one_identifying_option_is_required(revoke: Any, options: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        revoke(**options)
    assert str(caught.value) == "Identify the API token by exactly one of current (true), id and name."


@pytest.mark.parametrize("token_id", ["currently", "a-b", "a_b", "00T1"])
def test_an_id_next_to_a_refused_one_is_accepted(revoke: Any, token_id: str) -> None:
    assert revoke((f"GET {PATH}/{token_id}", RAW), id=token_id, check=True)[0].changed


@pytest.mark.parametrize("token_id", ["current", "..", "a/b", "00T1 "])
def test_an_invalid_id_is_refused_before_any_call(revoke: Any, token_id: str) -> None:
    with pytest.raises(InputError) as caught:
        revoke(id=token_id)
    assert str(caught.value) == (
        f"id: {token_id!r} isn't the id of an API token, such as 00T3kinb0wOUpDUdV5d7; for the calling token, set current to true."
    )
