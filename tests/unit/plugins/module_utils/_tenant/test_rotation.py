# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of a rotation at each stage, the retained credential, and the removed ones."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import StateError
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.plan import Plan
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.record import read_record
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.record_events import EVENTS
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.record_updates import (
    next_key_created,
    next_secret_created,
    next_verified,
)
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.rotation import Credentials, Rotation
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.rotation import rotation_stage as rotation_of

OAUTH, SERVICE = "oauth", "api_service_integration"
T1, T2, T3 = "2026-01-01T00:00:00Z", "2026-03-01T12:00:00Z", "2026-03-01T12:00:30Z"
KEY = {"key_id": "k1", "private_key": "p1", "private_jwk": {"n": "n1", "kid": "k1"}}
NEXT_KEY = {"key_id": "k2", "private_key": "p2", "private_jwk": {"n": "n2", "kid": "k2"}, "requested_at": T2}
NEXT_SECRET = {"client_secret": "s2", "secret_hash": "h2", "requested_at": T2}
RECORDS: dict[str, dict[str, Any]] = {
    OAUTH: {"method": OAUTH, "application_id": "0oa1", "proven_at": T1, **KEY},
    SERVICE: {"method": SERVICE, "client_id": "0oa2", "client_secret": "s1", "secret_hash": "h1", "proven_at": T1},
}
STAGES: dict[str, dict[str, Any]] = {
    "none": {},
    "preparing": {"next": {"requested_at": T2}},
    "prepared": {"next": {"requested_at": T2, "proven_at": T3}},
    "finishing": {"retiring": ["k0"]},
    "taking over": {"take_over": True},
}


def record(method: str = OAUTH, **more: Any) -> dict[str, Any]:
    return {**RECORDS[method], **more}


def rotation(command: str, stored: dict[str, Any], results: dict[str, Any] | None = None, **options: Any) -> Rotation:
    read = read_record(stored, "file", None)[0]
    scopes = {
        "version": 1,
        "newest": 1,
        "scopes": ["okta.users.read"],
        "optional_scopes": ["okta.logs.read"],
        "newer": [],
        "newer_optional_scopes": [],
    }
    given: dict[str, Any] = {
        "rotation": command,
        "rotation_max_age": "",
        "exclusive": True,
        "scopes": None,
        "optional_scopes": None,
        "remediation": False,
        "retry_optional_scopes": False,
        **options,
    }
    plan = Plan(
        "rotate", "acme", "acme", "https://acme", read.method, given, store={"path": "file"}, known=read.public(), scopes=scopes,
        results=results or {},
    )  # fmt: skip
    return Rotation(plan)


def credentials(command: str, stored: dict[str, Any], **options: Any) -> Credentials:
    return Credentials(rotation(command, stored, **options), stored)


# stages


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("method", [OAUTH, SERVICE])
def test_the_record_determines_the_stage(stage: str, method: str) -> None:
    assert rotation("status", record(method, **STAGES[stage])).stage == stage


@pytest.mark.parametrize(
    ("more", "stage"),
    [({**STAGES["finishing"], **STAGES["taking over"]}, "finishing"), ({"take_over": False}, "none"), ({"next": {}}, "none")],
)
def test_an_interrupted_finish_takes_precedence_over_an_adoption(more: dict[str, Any], stage: str) -> None:
    assert rotation("status", record(**more)).stage == stage


@pytest.mark.parametrize(("stage", "since"), [("none", T1), ("preparing", T2), ("prepared", T3), ("finishing", T1), ("taking over", T1)])
def test_a_stage_has_a_time(stage: str, since: str) -> None:
    assert rotation_of(record(**STAGES[stage])) == {"stage": stage, "since": since}


def test_an_unverified_credential_has_no_time() -> None:
    assert rotation_of({}) == {"stage": "none", "since": ""}


def test_a_prepare_without_a_time_has_the_time_of_the_current_credential() -> None:
    assert rotation_of(record(next={"key_id": "k2"})) == {"stage": "preparing", "since": T1}


# commands with work

WORK = {
    "status": [],
    "prepare": ["none", "preparing", "prepared", "finishing", "taking over"],
    "finish": ["prepared", "finishing", "taking over"],
    "abort": ["preparing", "prepared"],
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("command", WORK)
def test_each_command_has_work_at_its_stages_only(command: str, stage: str) -> None:
    assert rotation(command, record(**STAGES[stage])).has_work(T3) is (stage in WORK[command])


def test_finish_needs_a_next_credential_that_is_verified() -> None:
    assert not rotation("finish", record(next=NEXT_KEY)).has_work(T3)
    assert rotation("finish", record(next={**NEXT_KEY, "proven_at": T3})).has_work(T3)


@pytest.mark.parametrize(
    ("longest", "now", "is_within_max_age"),
    [
        ("2h", "2026-01-01T02:00:00Z", True),
        ("2h", "2026-01-01T02:00:01Z", False),
        ("2d", "2026-01-03T00:00:00Z", True),
        ("2d", "2026-01-03T00:00:01Z", False),
        ("12w", "2026-03-26T00:00:00Z", True),
        ("12w", "2026-03-26T00:00:01Z", False),
        ("", T1, False),
    ],
)
def test_only_credentials_older_than_the_maximum_age_are_rotated(longest: str, now: str, is_within_max_age: bool) -> None:
    command = rotation("prepare", record(), rotation_max_age=longest)
    assert (command.is_within_max_age(now), command.has_work(now)) == (is_within_max_age, not is_within_max_age)


@pytest.mark.parametrize("stage", ["preparing", "prepared"])
def test_the_age_does_not_stop_a_rotation_that_has_begun(stage: str) -> None:
    command = rotation("prepare", record(**STAGES[stage]), rotation_max_age="9d")
    assert not command.is_within_max_age(T1)
    assert command.has_work(T1)


@pytest.mark.parametrize("command", ["finish", "abort"])
def test_the_age_counts_for_prepare_only(command: str) -> None:
    assert rotation(command, record(**STAGES["prepared"]), rotation_max_age="9d").has_work(T1)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("command", WORK)
def test_only_a_prepare_after_a_prepare_is_repeated(command: str, stage: str) -> None:
    assert rotation(command, record(**STAGES[stage])).is_repeated is ((command, stage) == ("prepare", "prepared"))


# each command at each stage

COMMANDS = ("status", "prepare", "finish", "abort")
NEXT = {OAUTH: NEXT_KEY, SERVICE: NEXT_SECRET}
NAMES = {OAUTH: ("key_id", "k"), SERVICE: ("secret_hash", "h")}
# A command, a stage, and the outcome: the stage after it, the credential that is the current one then, and the removed ones.
# Of the credentials 0 was replaced by an earlier finish, 1 is the current one, and 2 the next one.
OUTCOMES: dict[tuple[str, str], tuple[str, str, list[str]]] = {
    ("prepare", "none"): ("prepared", "1", []),
    ("prepare", "preparing"): ("prepared", "1", []),
    ("prepare", "prepared"): ("prepared", "1", []),
    ("prepare", "finishing"): ("prepared", "1", []),
    ("prepare", "taking over"): ("prepared", "1", []),
    ("prepare", "prepared, finishing"): ("prepared", "1", []),
    ("prepare", "prepared, taking over"): ("prepared", "1", []),
    ("finish", "prepared"): ("none", "2", ["1"]),
    ("finish", "finishing"): ("none", "1", ["0"]),
    ("finish", "taking over"): ("none", "1", []),
    ("finish", "prepared, finishing"): ("none", "2", ["0", "1"]),
    ("finish", "prepared, taking over"): ("none", "2", ["1"]),
    ("abort", "preparing"): ("none", "1", ["2"]),
    ("abort", "prepared"): ("none", "1", ["2"]),
    ("abort", "prepared, finishing"): ("finishing", "1", ["2"]),
    ("abort", "prepared, taking over"): ("taking over", "1", ["2"]),
}


def at_stage(stage: str, method: str) -> dict[str, Any]:
    """The record of a stage, with whole credentials."""
    following = NEXT[method]
    parts: dict[str, dict[str, Any]] = {
        "none": {},
        "preparing": {"next": following},
        "prepared": {"next": {**following, "proven_at": T3}},
        "finishing": {"retiring": [f"{NAMES[method][1]}0"]},
        "taking over": {"take_over": True},
    }
    return record(method, **{name: value for part in stage.split(", ") for name, value in parts[part].items()})


STARTS = [*STAGES, "prepared, finishing", "prepared, taking over"]


def run_steps(command: str, stored: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The record after all steps of a command, and the removed credentials."""
    plan, removed = rotation(command, stored).plan, list[str]()
    for step in rotation(command, stored).steps:
        name = step.removeprefix("rotate/")
        if name == "next_key" and "next" not in stored:
            stored = next_key_created(stored, {member: NEXT_KEY[member] for member in KEY}, now=T2)
        elif name == "next_secret":
            requested = EVENTS["next_secret_requested"](plan, stored, T2) or {}
            stored = next_secret_created(requested, client_secret="s2", secret_hash="h2", now=T2)
        elif name == "verify_next":
            stored = next_verified(stored, now=T3)
        elif name == "promote":
            predicted = credentials(command, stored).retired_ids
            stored = EVENTS["promoted"](plan, stored, T3) or {}
            assert credentials(command, stored).retired_ids == predicted
        elif name.startswith("retire_"):
            removed += credentials(command, stored).retired_ids
            stored = credentials(command, stored).retired()
    return stored, removed


@pytest.mark.parametrize("method", [OAUTH, SERVICE])
@pytest.mark.parametrize("stage", STARTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_the_outcome_of_each_command_at_each_stage(command: str, stage: str, method: str) -> None:
    name, letter = NAMES[method]
    stored = at_stage(stage, method)
    outcome = OUTCOMES.get((command, stage))
    assert rotation(command, stored).has_work(T3) is (outcome is not None)
    if outcome is None:
        return
    stage_after, current, removed = outcome
    after, removed_ids = run_steps(command, stored)
    assert rotation_of(read_record(after, "file", None)[0].public())["stage"] == stage_after
    assert (after[name], removed_ids) == (f"{letter}{current}", [f"{letter}{number}" for number in removed])
    assert after[name] not in removed_ids
    assert ("take_over" in after, "retiring" in after) == (
        "take_over" in stored and command != "finish",
        "retiring" in stored and command != "finish",
    )


@pytest.mark.parametrize("method", [OAUTH, SERVICE])
@pytest.mark.parametrize(("command", "stage"), [case for case in OUTCOMES if case[0] != "prepare"])
def test_a_command_has_no_work_after_it_is_done(command: str, stage: str, method: str) -> None:
    after, _gone = run_steps(command, at_stage(stage, method))
    assert not rotation(command, after).has_work(T3)


@pytest.mark.parametrize("method", [OAUTH, SERVICE])
@pytest.mark.parametrize("stage", STARTS)
def test_a_prepare_after_each_stage_can_be_finished_and_aborted(stage: str, method: str) -> None:
    prepared, _gone = run_steps("prepare", at_stage(stage, method))
    assert run_steps("finish", prepared)[0][NAMES[method][0]] == f"{NAMES[method][1]}2"
    assert run_steps("abort", prepared)[0][NAMES[method][0]] == f"{NAMES[method][1]}1"


# what the record doesn't allow

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "There is nothing to rotate for acme: file holds no verified credentials; onboard the tenant first."),
    "not verified": (
        {"method": "api_token"},
        "There is nothing to rotate for acme: file holds no verified credentials; onboard the tenant first.",
    ),
    "token": (
        {"method": "api_token", "proven_at": T1},
        (
            "rezonate_rotation prepare cannot be used with rezonate_method api_token: create another token in the Admin Console,"
            " and onboard with it."
        ),
    ),
    "unknown secret": (
        {"method": SERVICE, "client_id": "0oa2", "proven_at": T1},
        "Nothing was changed: file does not record which secret of the integration is managed; onboard the tenant again, then rotate.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_command_that_the_record_does_not_allow_is_refused(case: str) -> None:
    stored, sentence = REFUSED[case]
    with pytest.raises(StateError) as refused:
        rotation("prepare", stored).check_record()
    assert str(refused.value) == sentence
    rotation("status", stored).check_record()


@pytest.mark.parametrize("more", [{"secret_hash": "h1"}, STAGES["prepared"], STAGES["finishing"]])
def test_a_secret_without_a_hash_does_not_stop_a_prepared_rotation(more: dict[str, Any]) -> None:
    stored = {"method": SERVICE, "client_id": "0oa2", "proven_at": T1}
    rotation("finish", {**stored, **more}).check_record()
    with pytest.raises(StateError, match="does not record which secret of the integration is managed"):
        rotation("finish", {**stored, **STAGES["preparing"]}).check_record()


def test_a_key_needs_no_hash() -> None:
    rotation("prepare", record()).check_record()


# steps

STEPS = [
    ("prepare", record(), ["next_key", "verify_next"]),
    ("prepare", record(next=NEXT_KEY), ["next_key", "verify_next"]),
    ("prepare", record(SERVICE), ["next_secret", "verify_next"]),
    ("prepare", record(SERVICE, next={"requested_at": T2}), ["next_secret", "verify_next"]),
    ("prepare", record(SERVICE, next=NEXT_SECRET), ["verify_next"]),
    ("finish", record(next=NEXT_KEY), ["promote", "retire_key"]),
    ("finish", record(SERVICE, next=NEXT_SECRET), ["promote", "retire_secret"]),
    ("finish", record(retiring=["k0"]), ["retire_key"]),
    ("finish", record(SERVICE, take_over=True), ["retire_secret"]),
    ("abort", record(next=NEXT_KEY), ["retire_key"]),
    ("abort", record(SERVICE, next=NEXT_SECRET), ["retire_secret"]),
]


@pytest.mark.parametrize(("command", "stored", "steps"), STEPS)
def test_the_steps_of_each_command(command: str, stored: dict[str, Any], steps: list[str]) -> None:
    assert rotation(command, stored).steps == [f"rotate/{step}" for step in steps]


@pytest.mark.parametrize(("method", "scope"), [(OAUTH, "okta.apps.manage"), (SERVICE, "okta.oauthIntegrations.manage")])
def test_a_bootstrap_client_needs_one_scope(method: str, scope: str) -> None:
    assert rotation("prepare", record(method)).bootstrap_scopes == (scope,)


@pytest.mark.parametrize(
    ("command", "exclusive", "take_over", "removes"),
    [
        ("finish", True, False, True),
        ("finish", False, True, True),
        ("finish", False, False, False),
        ("abort", True, True, False),
        ("prepare", True, True, False),
    ],
)
def test_a_finish_removes_all_others_unless_not_exclusive(command: str, exclusive: bool, take_over: bool, removes: bool) -> None:
    assert rotation(command, record(take_over=take_over), exclusive=exclusive).removes_all_others is removes


# options of the modules


@pytest.mark.parametrize(("apps", "problem"), [([], "no longer exists"), ([{"status": "INACTIVE"}], "is deactivated")])
def test_a_missing_or_inactive_app_is_refused(apps: list[dict[str, str]], problem: str) -> None:
    with pytest.raises(StateError) as refused:
        rotation("prepare", record()).check_app(apps)
    assert str(refused.value) == (
        f"The app 0oa1 {problem}, so its key cannot be rotated; nothing was changed. Onboard the tenant again, then rotate."
    )


def test_an_active_app_is_rotated() -> None:
    app = {"status": "ACTIVE", "client_id": "0oa9"}
    assert rotation("prepare", record()).check_app([app]) == app
    assert rotation("prepare", record(), {"app": {"app": app}}).client_id == "0oa9"


def test_the_verification_of_a_key_requests_all_available_scopes() -> None:
    command = rotation("prepare", record(unavailable_scopes=["okta.logs.read"])).verification()
    assert command == {"client_id": "0oa1", "dpop": False, "scopes": ["okta.users.read"], "endpoints": ["/api/v1/users?limit=1"]}
    assert rotation("prepare", record(dpop=True)).verification()["dpop"] is True
    assert rotation("prepare", record()).verification()["scopes"] == ["okta.users.read", "okta.logs.read"]


def test_the_verification_of_a_secret_requests_the_scopes_of_the_integration() -> None:
    command = rotation("prepare", record(SERVICE)).verification()
    assert command == {"client_id": "0oa2", "dpop": False, "scopes": ["okta.users.read"], "endpoints": ["/api/v1/users?limit=1"]}


@pytest.mark.parametrize(("more", "requested_at"), [({}, None), (STAGES["preparing"], T2)])
def test_the_next_secret_replaces_one_that_an_earlier_run_lost(more: dict[str, Any], requested_at: str | None) -> None:
    command = rotation("prepare", record(SERVICE, **more)).next_secret(secret_hash="h1")
    assert command == {"id": "0oa2", "new_secret": True, "secret_hash": "h1", "requested_at": requested_at}


# retained and removed credentials

RETAINED_AND_REMOVED = [
    ("finish", record(next=NEXT_KEY), "k2", ["k1"]),
    ("finish", record(next=NEXT_KEY, retiring=["k0"]), "k2", ["k0", "k1"]),
    ("finish", record(retiring=["k0", "k00"]), "k1", ["k0", "k00"]),
    ("finish", record(take_over=True), "k1", []),
    ("abort", record(next=NEXT_KEY, retiring=["k0"]), "k1", ["k2"]),
    ("prepare", record(next=NEXT_KEY), "k1", ["k1"]),
]


@pytest.mark.parametrize(("command", "stored", "retained", "removed"), RETAINED_AND_REMOVED)
def test_the_retained_and_the_removed_keys(command: str, stored: dict[str, Any], retained: str, removed: list[str]) -> None:
    found = credentials(command, stored)
    assert (found.retained["key_id"], found.retired_ids) == (retained, removed)


@pytest.mark.parametrize(
    ("command", "stored", "removed"),
    [
        ("finish", record(SERVICE, next=NEXT_SECRET), ["h1"]),
        ("finish", record(SERVICE, next=NEXT_SECRET, secret_hash=""), []),
        ("abort", record(SERVICE, next=NEXT_SECRET), ["h2"]),
        ("abort", record(SERVICE, next={"requested_at": T2}), []),
        ("abort", record(SERVICE, next={**NEXT_SECRET, "secret_hash": ""}), []),
    ],
)
def test_secrets_are_removed_by_their_hashes_if_known(command: str, stored: dict[str, Any], removed: list[str]) -> None:
    assert credentials(command, stored).retired_ids == removed


@pytest.mark.parametrize("command", ["abort", "finish"])
@pytest.mark.parametrize("method", [OAUTH, SERVICE])
def test_without_a_next_credential_the_current_one_is_retained(command: str, method: str) -> None:
    found = credentials(command, record(method))
    assert (found.next, found.retained, found.retired_ids) == ({}, record(method), [])


def test_the_removed_keys_are_absent_from_the_app() -> None:
    command = credentials("finish", record(next=NEXT_KEY), exclusive=False).retire_key()
    assert command == {"id": "0oa1", "absent_keys": ["k1"], "exclusive_keys": False}
    assert credentials("finish", record(next=NEXT_KEY)).retire_key()["exclusive_keys"] is True


def test_the_integration_retains_one_secret() -> None:
    found = credentials("finish", record(SERVICE, next=NEXT_SECRET))
    assert found.retire_secret() == {"id": "0oa2", "secret_hash": "h2", "exclusive_secrets": True}
    assert found.list_secrets() == {"id": "0oa2", "inspect": True, "secret_hash": None, "exclusive_secrets": False}


def secret(name: str, created: str | None = "2026-01-01T00:00:00.000Z") -> dict[str, Any]:
    return {"secret_hash": name, "created": created}


FINISH, ABORT = record(SERVICE, next=NEXT_SECRET), record(SERVICE, next={"requested_at": T2})
SECRETS: dict[str, tuple[str, dict[str, Any], bool, list[dict[str, Any]], list[str], bool]] = {
    "only the managed one": ("finish", FINISH, True, [secret("h2")], [], False),
    "the previous one": ("finish", FINISH, False, [secret("h1"), secret("h2")], [], True),
    "an unmanaged one, exclusive": ("finish", FINISH, True, [secret("h9"), secret("h2")], [], True),
    "an unmanaged one": ("finish", FINISH, False, [secret("h9"), secret("h2")], ["h9"], False),
    "a recent unmanaged one": ("finish", FINISH, False, [secret("h9", "2027-01-01T00:00:00.000Z"), secret("h2")], ["h9"], False),
    "abort of the next one": ("abort", FINISH, True, [secret("h1"), secret("h2")], [], True),
    "abort beside an unmanaged one": ("abort", ABORT, True, [secret("h1"), secret("h9")], ["h9"], False),
    "abort of an unrecorded one": ("abort", ABORT, True, [secret("h1"), secret("h9", "2026-03-01T11:59:50.000Z")], [], True),
    "abort, one created just before": ("abort", ABORT, True, [secret("h1"), secret("h9", "2026-03-01T11:59:49.999Z")], ["h9"], False),
    "abort of one of unknown age": ("abort", ABORT, True, [secret("h1"), secret("h9", None)], ["h9"], False),
    "abort without a time": (
        "abort",
        record(SERVICE, next={"secret_hash": "h2"}),
        True,
        [secret("h1"), secret("h9", "2027-01-01T00:00:00.000Z")],
        ["h9"],
        False,
    ),
}


@pytest.mark.parametrize("case", SECRETS)
def test_unmanaged_secrets_are_retained_unless_the_finish_is_exclusive(case: str) -> None:
    command, stored, exclusive, secrets, foreign, removes = SECRETS[case]
    found = credentials(command, stored, exclusive=exclusive)
    assert ([one["secret_hash"] for one in found.foreign(secrets)], found.removes_secret(secrets)) == (foreign, removes)


def test_the_existing_secrets_of_an_adopted_integration_are_removed() -> None:
    found = credentials("finish", record(SERVICE, take_over=True), exclusive=False)
    assert (found.foreign([secret("h1"), secret("h9")]), found.removes_secret([secret("h1"), secret("h9")])) == ([], True)


# the stored record


def test_the_next_credential_becomes_the_current_one() -> None:
    stored = record(next={**NEXT_KEY, "proven_at": T3}, take_over=True, retiring=["k0"])
    after = {**RECORDS[OAUTH], **NEXT_KEY, "proven_at": T3, "take_over": True, "retiring": ["k0", "k1"]}
    del after["requested_at"]
    assert credentials("finish", stored).promoted() == after


@pytest.mark.parametrize("more", [{"retiring": ["k0"]}, {"take_over": True}, {"retiring": ["k0"], "take_over": True}])
def test_the_adoption_ends_with_the_removal_of_the_other_keys(more: dict[str, Any]) -> None:
    assert credentials("finish", record(**more)).retired() == record()


def test_check_mode_predicts_the_record_of_a_finish() -> None:
    after = {**RECORDS[OAUTH], **NEXT_KEY}
    del after["requested_at"]
    assert credentials("finish", record(next=NEXT_KEY, take_over=True)).retired() == after


def test_an_abort_restores_the_previous_record() -> None:
    stored = record(retiring=["k0"], take_over=True)
    assert credentials("abort", {**stored, "next": NEXT_KEY}).retired() == stored


def test_the_intent_to_request_a_secret_retains_its_time() -> None:
    plan = rotation("prepare", record(SERVICE)).plan
    intended = record(SERVICE, next={"requested_at": T2})
    assert EVENTS["next_secret_requested"](plan, record(SERVICE), T2) == intended
    assert EVENTS["next_secret_requested"](plan, intended, T3) == intended
    # without a time, the secret is requested again
    assert EVENTS["next_secret_requested"](plan, record(SERVICE, next={"secret_hash": "h2"}), T3) == record(
        SERVICE, next={"requested_at": T3}
    )


def test_the_event_promoted_stores_the_removed_ids() -> None:
    stored = record(next=NEXT_KEY)
    after = EVENTS["promoted"](rotation("finish", stored).plan, stored, T3)
    assert after == credentials("finish", stored).promoted()
    assert after["retiring"] == ["k1"]


def test_no_secret_is_shown() -> None:
    assert "p1" not in repr(credentials("finish", record(next=NEXT_KEY)))
