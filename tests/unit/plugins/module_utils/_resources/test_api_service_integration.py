# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API service integrations in Okta: the exact calls, and the recovery after an interruption."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, InputError, NoResponseError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._resources.api_service_integration import ApiServiceIntegration
from ansible_collections.rezonate.okta.plugins.module_utils._resources.api_service_integration_plan import DesiredIntegration
from ansible_collections.rezonate.okta.plugins.module_utils._resources.resource import converge
from helpers.api_service import (
    ALL,
    BAD_GATEWAY,
    BEFORE_ALL,
    BEFORE_THREE,
    DELETE,
    FRESH,
    KIND,
    LIST,
    LIST_SECRETS,
    LOST,
    MADE,
    NOT_FOUND,
    OLD,
    POST,
    POST_SECRET,
    READ,
    SCOPES,
    SECRETS,
    TEXT,
    Module,
    fresh,
    made,
    removed,
)
from helpers.fake_okta import SERVICE_ID, Clock, FakeOkta, client, forbidden, raw_secret, raw_service, refusal, three_pages


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Module:
    return Module(monkeypatch)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_creation_searches_first_and_sends_no_request_after_the_secret(module: Module) -> None:
    outcome, okta = module.make((LIST, []), (POST, MADE))
    assert okta.bodies == [{"type": KIND, "grantedScopes": sorted(SCOPES)}]
    values = outcome.values
    assert (outcome.changed, values["created"], values["changes"]) == (True, True, ["create"])
    assert (values["client_id"], values["client_secret"], values["secret_hash"]) == (SERVICE_ID, TEXT, None)
    assert values["integration"] == {
        "id": SERVICE_ID,
        "type": KIND,
        "name": "Rezonate Security",
        "scopes": sorted(SCOPES),
        "created_at": "2026-01-06T19:50:57.000Z",
        "created_by": "00umadeupuser000001",
        "secrets": None,
    }
    assert TEXT not in str((outcome.before, outcome.after, values["integration"]))


def test_check_mode_predicts_a_creation(module: Module) -> None:
    real, _okta = module.make((LIST, []), (POST, MADE))
    predicted, okta = module.make((LIST, []), check=True)
    assert okta.writes == []
    assert (predicted.changed, predicted.before, predicted.after) == (real.changed, real.before, real.after)
    assert (predicted.values["changes"], predicted.values["created"]) == (real.values["changes"], True)
    assert (predicted.values["integration"]["id"], predicted.values["client_id"], predicted.values["client_secret"]) == (None, None, None)


@pytest.mark.parametrize("options", [{}, {"type": KIND, "scopes": SCOPES[::-1], "requested_at": BEFORE_ALL, "recreate": True}])
def test_a_repetition_by_id_is_one_call(module: Module, options: dict[str, Any]) -> None:
    outcome, okta = module.known((READ, raw_service()), **options)
    assert okta.calls == [READ]
    assert (outcome.changed, outcome.values["client_secret"], outcome.values["changes"]) == (False, None, [])


def test_an_existing_stored_secret_takes_two_calls(module: Module) -> None:
    outcome, _okta = module.known((READ, raw_service()), (LIST_SECRETS, [raw_secret(1)]), secret_hash="made-up-hash-1")
    assert not outcome.changed
    assert [secret["id"] for secret in outcome.values["integration"]["secrets"]] == ["ocs1"]


def test_an_inspection_returns_the_hash_and_warns_of_other_integrations(module: Module) -> None:
    script = ((READ, raw_service()), (LIST, [raw_service(), OLD, raw_service(id="0oax", type="other")]), (LIST_SECRETS, [raw_secret(1)]))
    outcome, _okta = module.known(*script, inspect=True)
    assert outcome.values["integration"]["secrets"][0]["secret_hash"] == "made-up-hash-1"
    (warning,) = module.warnings
    assert warning.startswith(f"This org has other API service integrations of the type '{KIND}': 0oaold (made 2025-01-01")
    assert "0oax" not in warning


def test_an_inspection_of_the_only_integration_warns_of_nothing(module: Module) -> None:
    module.known((READ, raw_service()), (LIST, [raw_service()]), (LIST_SECRETS, []), inspect=True)
    assert module.warnings == []


ROTATION = [(READ, raw_service()), (LIST_SECRETS, [raw_secret(1)]), (POST_SECRET, fresh(2))]


def test_a_new_secret_is_created_last_and_the_old_one_is_retained(module: Module) -> None:
    outcome, okta = module.known(*ROTATION, new_secret=True, secret_hash="made-up-hash-1")
    assert (okta.writes, okta.bodies) == ([POST_SECRET], [])
    values = outcome.values
    assert (outcome.changed, values["created"], values["changes"]) == (True, False, ["make secret"])
    assert (values["client_id"], values["client_secret"], values["secret_hash"]) == (SERVICE_ID, FRESH, "made-up-hash-2")
    assert [secret["id"] for secret in values["integration"]["secrets"]] == ["ocs1", "ocs2"]
    assert outcome.after["secrets"] == ["ocs1 (active)", "a new one (active)"]
    assert FRESH not in str((outcome.before, outcome.after, values["integration"]))


def test_check_mode_predicts_a_new_secret(module: Module) -> None:
    real, _okta = module.known(*ROTATION, new_secret=True)
    predicted, okta = module.known(*ROTATION[:2], new_secret=True, check=True)
    assert okta.writes == []
    assert (predicted.changed, predicted.before, predicted.after) == (real.changed, real.before, real.after)
    assert (predicted.values["changes"], predicted.values["client_secret"]) == (real.values["changes"], None)


FINISH = [(READ, raw_service()), (LIST_SECRETS, [raw_secret(1), raw_secret(2)]), *removed(1)]


def test_exclusive_secrets_deactivates_then_deletes_the_others(module: Module) -> None:
    how = {"secret_hash": "made-up-hash-2", "exclusive_secrets": True}
    outcome, okta = module.known(*FINISH, **how)
    assert (outcome.values["changes"], outcome.after["secrets"]) == (["remove secret ocs1"], ["ocs2 (active)"])
    predicted, okta = module.known(*FINISH[:2], **how, check=True)
    assert (predicted, okta.writes) == (outcome, [])


def test_an_inactive_foreign_secret_is_deleted_and_the_stored_one_activated(module: Module) -> None:
    script = [
        (READ, raw_service()),
        (LIST_SECRETS, [raw_secret(1, status="INACTIVE"), raw_secret(2, status="INACTIVE")]),
        (f"POST {SECRETS}/ocs2/lifecycle/activate", raw_secret(2)),
        (f"DELETE {SECRETS}/ocs1", refusal(404)),
    ]
    outcome, _okta = module.known(*script, secret_hash="made-up-hash-2", exclusive_secrets=True)
    assert [(one["id"], one["status"]) for one in outcome.values["integration"]["secrets"]] == [("ocs2", "ACTIVE")]


@pytest.mark.parametrize("how", [{"id": SERVICE_ID}, {"type": KIND}, {"type": KIND, "requested_at": BEFORE_ALL}])
def test_absent_deletes_it(module: Module, how: dict[str, Any]) -> None:
    find = (READ, raw_service()) if "id" in how else (LIST, [raw_service()])
    outcome, _okta = module(find, (DELETE, 204), state="absent", **how)
    assert (outcome.changed, outcome.values["integration"], outcome.values["client_id"]) == (True, None, None)
    predicted, okta = module(find, state="absent", check=True, **how)
    assert (predicted, okta.writes) == (outcome, [])


@pytest.mark.parametrize(
    ("how", "find"),
    [({"id": SERVICE_ID, "type": KIND, "recreate": True}, (READ, NOT_FOUND)), ({"type": KIND}, (LIST, [raw_service(type="other")]))],
)
def test_absent_again_only_reads(module: Module, how: dict[str, Any], find: tuple[str, Any]) -> None:
    outcome, _okta = module(find, state="absent", **how)
    assert not outcome.changed


def test_absent_retains_an_unmanaged_integration_and_warns(module: Module) -> None:
    outcome, _okta = module((LIST, [OLD]), state="absent", type=KIND, requested_at=BEFORE_ALL)
    assert not outcome.changed
    assert len(module.warnings) == 1


def test_an_unmanaged_integration_is_refused(module: Module) -> None:
    with pytest.raises(StateError, match="unmanaged API service integration"):
        module.make((LIST, [OLD]))


def test_taking_over_adds_a_secret_and_removes_nothing(module: Module) -> None:
    outcome, okta = module.make((LIST, [raw_service()]), (LIST_SECRETS, [raw_secret(1)]), (POST_SECRET, fresh(2)), take_over=True)
    assert okta.writes == [POST_SECRET]
    assert (outcome.values["client_secret"], outcome.values["created"]) == (FRESH, False)


def test_taking_over_an_integration_with_two_active_secrets_fails(module: Module) -> None:
    with pytest.raises(StateError, match="Okta's maximum"):
        module.make((LIST, [raw_service()]), (LIST_SECRETS, [raw_secret(1), raw_secret(2)]), take_over=True)


def test_the_list_is_read_to_the_last_page(module: Module) -> None:
    others = [raw_service(id=f"0oa{number}", type="other") for number in range(5)]
    outcome, _okta = module(*three_pages(ALL, [*others, raw_service()]), (DELETE, 204), state="absent", type=KIND)
    assert outcome.changed


RECREATION = [(READ, raw_service()), (LIST, [raw_service()]), (DELETE, 204), (POST, raw_service(id="0oanew", clientSecret=TEXT))]


def test_other_scopes_recreate_the_integration_only_with_replace(module: Module) -> None:
    with pytest.raises(StateError, match="Okta can't change them"):
        module.known(RECREATION[0], scopes=SCOPES[:1], new_secret=True)
    outcome, okta = module.known(*RECREATION, scopes=SCOPES[:1], replace=True, new_secret=True)
    assert okta.bodies == [{"type": KIND, "grantedScopes": SCOPES[:1]}]
    assert (outcome.values["changes"], outcome.values["created"]) == (["delete", "create"], True)
    assert (outcome.values["client_id"], outcome.values["client_secret"]) == ("0oanew", TEXT)


def test_a_deletion_without_a_successor_is_a_warning(module: Module) -> None:
    script = [*RECREATION[:3], (POST, refusal(400, "E0000001", "Api validation failed: grantedScopes"))]
    with pytest.raises(InputError, match=r"^scopes: "):
        module.known(*script, scopes=SCOPES[:1], replace=True)
    assert module.warnings == [f"The API service integration {SERVICE_ID} was deleted, but its replacement could not be created yet."]
    with pytest.raises(ApiError, match=r"^Couldn't delete the API service integration \(DELETE .*\): Okta answered 403 "):
        module.known(*RECREATION[:2], (DELETE, forbidden()), scopes=SCOPES[:1], replace=True)
    assert len(module.warnings) == 1


def test_check_mode_of_a_recreation_only_reads(module: Module) -> None:
    outcome, okta = module.known(RECREATION[0], scopes=SCOPES[:1], replace=True, check=True)
    assert (okta.writes, outcome.changed, outcome.values["changes"]) == ([], True, ["delete", "create"])


def test_a_deleted_integration_is_an_error_without_recreate(module: Module) -> None:
    with pytest.raises(InputError, match="this org has no API service integration with that id"):
        module.known((READ, NOT_FOUND), type=KIND, scopes=SCOPES)


def test_a_deleted_integration_is_recreated_after_a_minute_of_searching(clock: Clock) -> None:
    # the list may still show it, or not yet show another one that an interrupted run created
    okta = FakeOkta((READ, NOT_FOUND), *[(LIST, [raw_service()])] * 13, (POST, raw_service(id="0oanew", clientSecret=TEXT)))
    values = made(okta, clock, id=SERVICE_ID, recreate=True, secret_hash="made-up-hash-1").values
    assert (values["client_id"], values["created"], sum(clock.slept)) == ("0oanew", True, 60.0)


@pytest.mark.parametrize("at", [0, 1])
def test_a_missing_permission_is_an_okta_error(module: Module, at: int) -> None:
    script = [(LIST, []), (POST, MADE)][: at + 1]
    script[at] = (script[at][0], forbidden())
    with pytest.raises(ApiError, match=r"lacks an admin role for this; onboarding needs a super admin\.$"):
        module.make(*script)


def test_a_super_admin_is_required_before_the_first_change(module: Module) -> None:
    me = {"id": "00u1", "profile": {"login": "auditor@acme.example"}}
    who = (("GET /api/v1/users/me", me), ("GET /api/v1/users/00u1/roles", forbidden()))
    with pytest.raises(StateError, match="only a super admin"):
        module.known(RECREATION[0], *who, scopes=SCOPES[:1], replace=True, require_super_admin=True)
    module.known(RECREATION[0], require_super_admin=True)


@pytest.mark.parametrize("answer", [refusal(400, "E0000001", "Api validation failed: type", "type: unknown"), NOT_FOUND])
def test_the_error_for_an_unknown_type_names_its_location(module: Module, answer: Any) -> None:
    with pytest.raises(InputError) as caught:
        module.make((LIST, []), (POST, answer))
    message = str(caught.value)
    assert message.startswith(f"type: this org can't create an API service integration of the type '{KIND}'.")
    assert "Applications > API Service Integrations > Add Integration" in message
    assert f"GET {ALL}" in message
    assert answer.body["errorCode"] in message


def test_the_error_for_refused_scopes_names_the_option(module: Module) -> None:
    answer = refusal(400, "E0000001", "Api validation failed: grantedScopes", "grantedScopes: not all of these scopes exist")
    with pytest.raises(InputError, match=rf"^scopes: Okta doesn't grant these .*{KIND}.*: grantedScopes: not all of these scopes exist"):
        module.make((LIST, []), (POST, answer))


@pytest.mark.parametrize(
    "options",
    [
        {"type": "Rezonate-Security.1"},
        {"scopes": ["users.read"]},
        {"requested_at": "2026-01-01"},
        {"requested_at": "2026-01-01T00:00:00+01:00"},
        {"id": ""},
        {"secret_hash": "", "exclusive_secrets": False},
        {"secret_hash": "made-up-hash-1", "exclusive_secrets": True},
    ],
)
def test_an_option_next_to_an_invalid_one_is_accepted(module: Module, options: dict[str, Any]) -> None:
    outcome, _okta = module.make((LIST, []), check=True, **options)
    assert outcome.values["changes"] == ["create"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"type": "Rezonate Security"}, "type: 'Rezonate Security' isn't a valid key"),
        ({"type": KIND, "scopes": ["users read"]}, "scopes: 'users read'"),
        ({"type": KIND, "scopes": []}, "scopes is empty"),
        ({"type": KIND, "requested_at": "yesterday"}, "requested_at 'yesterday' is no time"),
        ({"type": "", "id": ""}, "type is missing"),
        ({"id": SERVICE_ID, "exclusive_secrets": True, "secret_hash": ""}, "secret_hash is missing"),
    ],
)
def test_an_invalid_option_is_refused_before_any_call(module: Module, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        module(**options)
    assert str(caught.value).startswith(sentence)


def test_an_id_can_t_lead_to_another_path(module: Module) -> None:
    module((f"GET {ALL}/..%2Fusers%3F", raw_service()), id="../users?")


def test_a_response_without_ids_deletes_nothing(module: Module) -> None:
    nameless = {name: value for name, value in raw_secret(1).items() if name != "id"}
    with pytest.raises(StateError, match="shows no id"):
        module.known(*FINISH[:1], (LIST_SECRETS, [nameless, raw_secret(2)]), secret_hash="made-up-hash-2", exclusive_secrets=True)


# An interrupted run, and the next one.


@pytest.mark.parametrize("lost", [LOST, BAD_GATEWAY, {}, raw_service(), raw_service(clientSecret=None)])
def test_a_lost_response_to_the_creation_is_recovered_in_the_same_run(clock: Clock, lost: Any) -> None:
    script = [(LIST, [OLD | {"type": "other"}]), (POST, lost), (LIST, []), (LIST, [raw_service()])]
    okta = FakeOkta(*script, (LIST_SECRETS, [raw_secret(1)]), (POST_SECRET, fresh(2)))
    outcome = made(okta, clock)
    assert (okta.writes, clock.slept) == ([POST, POST_SECRET], [5.0])
    values = outcome.values
    assert (values["client_id"], values["client_secret"], values["secret_hash"]) == (SERVICE_ID, FRESH, "made-up-hash-2")
    assert (values["created"], values["changes"]) == (True, ["create", "make secret"])


def test_an_integration_that_was_not_created_is_requested_again(clock: Clock) -> None:
    okta = FakeOkta((LIST, []), (POST, LOST), *[(LIST, [])] * 13, (POST, MADE))
    assert made(okta, clock).values["client_secret"] == TEXT
    assert (okta.writes, sum(clock.slept)) == ([POST, POST], 60.0)


def test_after_a_lost_response_existing_integrations_are_not_chosen(clock: Clock) -> None:
    deleted = raw_service(id="0oagone")
    lost = [(f"GET {ALL}/0oagone", deleted), (LIST, [deleted, OLD]), (f"DELETE {ALL}/0oagone", 204), (POST, LOST)]
    searches = [(LIST, [deleted, OLD]), (LIST, [OLD, raw_service()])]
    okta = FakeOkta(*lost, *searches, (LIST_SECRETS, [raw_secret(1)]), (POST_SECRET, fresh(2)))
    assert made(okta, clock, id="0oagone", replace=True, scopes=tuple(SCOPES[:1])).values["client_id"] == SERVICE_ID


def test_two_new_integrations_after_a_lost_response_are_an_error(clock: Clock) -> None:
    okta = FakeOkta((LIST, []), (POST, LOST), (LIST, [raw_service(), raw_service(id="0oaother")]))
    with pytest.raises(StateError, match=rf"{SERVICE_ID} .*, 0oaother .*\. Delete all but one"):
        made(okta, clock)
    assert okta.left == []


def test_a_second_lost_response_is_an_error(clock: Clock) -> None:
    with pytest.raises(NoResponseError, match=f"^POST {ALL}: no complete answer in time"):
        made(FakeOkta((LIST, []), (POST, LOST), *[(LIST, [])] * 13, (POST, LOST)), clock)


def test_after_an_unsent_request_nothing_is_searched(clock: Clock) -> None:
    with pytest.raises(NoResponseError, match="no connection"):
        made(FakeOkta((LIST, []), (POST, NoResponseError("no connection"))), clock)


def test_an_interrupted_creation_is_recovered_by_the_next_run(module: Module) -> None:
    script = ((LIST, [OLD, raw_service()]), (LIST_SECRETS, [raw_secret(1)]), (POST_SECRET, fresh(2)))
    outcome, okta = module.make(*script, requested_at=BEFORE_ALL)
    assert okta.writes == [POST_SECRET]
    assert (outcome.values["created"], outcome.values["client_id"], outcome.values["client_secret"]) == (False, SERVICE_ID, FRESH)
    assert "0oaold" in module.warnings[0]


def test_the_lost_secret_of_a_recovery_is_deleted_by_the_next_run(module: Module) -> None:
    script = ((LIST, [raw_service()]), (LIST_SECRETS, [raw_secret(1), raw_secret(2)]), *removed(2), (POST_SECRET, fresh(3)))
    outcome, okta = module.make(*script, requested_at=BEFORE_ALL)
    assert outcome.values["changes"] == ["remove secret ocs2", "make secret"]
    assert okta.writes[-1] == POST_SECRET


def test_an_interrupted_rotation_is_recovered_and_the_stored_secret_is_retained(module: Module) -> None:
    how = {"new_secret": True, "secret_hash": "made-up-hash-1", "requested_at": BEFORE_ALL}
    script = ((READ, raw_service()), (LIST_SECRETS, [raw_secret(1), raw_secret(3)]), *removed(3), (POST_SECRET, fresh(4)))
    outcome, _okta = module.known(*script, **how)
    assert [secret["id"] for secret in outcome.values["integration"]["secrets"]] == ["ocs1", "ocs4"]
    predicted, okta = module.known(*script[:2], **how, check=True)
    assert (okta.writes, predicted.after, predicted.values["changes"]) == ([], outcome.after, outcome.values["changes"])


def test_neither_the_stored_nor_an_older_secret_is_replaced(module: Module) -> None:
    script = ((READ, raw_service()), (LIST_SECRETS, [raw_secret(1), raw_secret(3)]))
    with pytest.raises(StateError, match="Okta's maximum"):
        module.known(*script, new_secret=True, secret_hash="made-up-hash-3", requested_at=BEFORE_THREE)


def test_an_integration_that_was_requested_earlier_is_waited_for(clock: Clock) -> None:
    okta = FakeOkta((LIST, [OLD]), (LIST, [OLD]), (LIST, [OLD, raw_service()]), (LIST_SECRETS, [raw_secret(1)]), (POST_SECRET, fresh(2)))
    desired = DesiredIntegration(type=KIND, scopes=tuple(SCOPES), since=1_767_000_000.0, take_over=True)
    resource = ApiServiceIntegration(
        client(okta), desired, recovery_deadline=clock.now + 60, warn=lambda _text: None, clock=clock, sleep=clock.sleep
    )
    assert converge(resource, check_mode=False).values["client_id"] == SERVICE_ID
    assert (okta.writes, clock.slept) == ([POST_SECRET], [5.0, 5.0])


@pytest.mark.parametrize("lost", [LOST, BAD_GATEWAY, {}, {"id": "ocs2", "client_secret": ""}])
def test_a_secret_of_a_lost_response_is_removed_before_another_is_created(module: Module, lost: Any) -> None:
    now = [(LIST_SECRETS, [raw_secret(1), raw_secret(2)]), *removed(2), (POST_SECRET, fresh(3))]
    outcome, _okta = module.known(*ROTATION[:2], (POST_SECRET, lost), *now, new_secret=True, secret_hash="made-up-hash-1")
    assert outcome.values["changes"] == ["make secret", "remove secret ocs2"]
    assert [secret["id"] for secret in outcome.values["integration"]["secrets"]] == ["ocs1", "ocs3"]


def test_a_secret_that_was_not_created_is_requested_again(module: Module) -> None:
    script = [*ROTATION[:2], (POST_SECRET, LOST), (LIST_SECRETS, [raw_secret(1)]), (POST_SECRET, fresh(2))]
    outcome, _okta = module.known(*script, new_secret=True)
    assert (outcome.values["client_secret"], outcome.values["changes"]) == (FRESH, ["make secret"])


def test_a_lost_secret_is_retained_if_it_is_the_only_active_one(module: Module) -> None:
    script = [(READ, raw_service()), (LIST_SECRETS, []), (POST_SECRET, LOST), (LIST_SECRETS, [raw_secret(1)]), (POST_SECRET, fresh(2))]
    outcome, _okta = module.known(*script, secret_hash="made-up-hash-9")
    assert [secret["id"] for secret in outcome.values["integration"]["secrets"]] == ["ocs1", "ocs2"]


def test_a_second_lost_secret_is_an_error_and_the_stored_one_is_retained(module: Module) -> None:
    script = [*ROTATION[:2], (POST_SECRET, LOST), (LIST_SECRETS, [raw_secret(1)]), (POST_SECRET, LOST)]
    with pytest.raises(NoResponseError, match=f"^POST {ALL}: no complete answer in time"):
        module.known(*script, new_secret=True, secret_hash="made-up-hash-1")
