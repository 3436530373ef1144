# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users with admin roles: the exact calls."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, InputError, NoResponseError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._resources.admin_user import manage_admin_user
from helpers.fake_okta import FakeOkta, forbidden, params, refusal, rsa_key, three_pages

LOGIN = "rezonate@acme.example"
PROFILE = {"login": LOGIN, "email": LOGIN, "firstName": "Rezonate", "lastName": "Service"}
NAMES = {"first_name": "Rezonate", "last_name": "Service"}
USERS, ROLES_PATH = "/api/v1/users", "/api/v1/users/00u1/roles"
FIND, BY_ID = f"GET {USERS}/rezonate%40acme.example", f"GET {USERS}/00u1"
CREATE, DEACTIVATE = f"POST {USERS}?activate=true", f"DELETE {USERS}/00u1"
ROLES, ASSIGN = f"GET {ROLES_PATH}", f"POST {ROLES_PATH}"
READER = {"id": "READER1", "type": "READ_ONLY_ADMIN", "assignmentType": "USER"}
SUPER = {"id": "SUPER1", "type": "SUPER_ADMIN", "assignmentType": "USER"}
CUSTOM = {"id": "CUSTOM1", "type": "CUSTOM", "role": "cr01", "resource-set": "iam1"}
ME = ("GET /api/v1/users/me", {"id": "00u9", "profile": {"login": "owner@acme.example"}})
MYSELF = (ME[0], {"id": "00u1", "profile": {"login": LOGIN}})
MISSING = refusal(404, "E0000007", "Not found: Resource not found: x (User)")
TAKEN = refusal(
    400, "E0000001", "Api validation failed: login", "login: An object with this field already exists in the current organization"
)
LOST = NoResponseError("the answer was lost", maybe_done=True)
Done = tuple[Outcome, FakeOkta, list[str]]


def raw(status: str = "ACTIVE", **changes: Any) -> dict[str, Any]:
    return {"id": "00u1", "status": status, "created": "2026-01-06T19:50:57.000Z", "profile": PROFILE, **changes}


def user_facts(status: str, *roles: str, **changes: Any) -> dict[str, Any]:
    known = {"id": "00u1", "login": LOGIN, "email": LOGIN, "created": "2026-01-06T19:50:57.000Z"}
    return {**known, "status": status, "roles": list(roles), **changes}


@pytest.fixture
def converge(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module against scripted responses; returns the outcome, the stand-in for Okta and the warnings."""

    def run_module(*script: tuple[str, Any], check: bool = False, **options: Any) -> Done:
        okta, warnings = FakeOkta(*script), list[str]()
        monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
        plain = {"state": "present", "login": LOGIN, "id": None, "email": None, "first_name": None, "last_name": None}
        more = {"activate": True, "roles": ["READ_ONLY_ADMIN"], "exclusive": False, "keep_existing": False, "created_id": None}
        try:
            outcome = manage_admin_user(Call(params(**{**plain, **more, **options}), check, warnings.append))
        finally:
            assert not check or okta.writes == []
        assert okta.left == []
        return outcome, okta, warnings

    return run_module


def test_a_user_is_created_and_gets_its_role(converge: Any) -> None:
    outcome, okta, warnings = converge((FIND, MISSING), (CREATE, raw("PROVISIONED")), (ROLES, []), (ASSIGN, READER), **NAMES)
    assert okta.bodies == [{"profile": PROFILE}, {"type": "READ_ONLY_ADMIN"}]
    assert outcome.values == {
        "user": user_facts("PROVISIONED", "READ_ONLY_ADMIN"),
        "created": True,
        "removed": [],
        "managed": True,
        "changes": [f"create {LOGIN}", "assign the role READ_ONLY_ADMIN"],
    }
    assert (outcome.before, outcome.after, warnings) == ({}, user_facts("PROVISIONED", "READ_ONLY_ADMIN"), [])


def test_check_mode_predicts_the_creation(converge: Any) -> None:
    outcome, okta, _warnings = converge((FIND, MISSING), **NAMES, check=True)
    assert okta.calls == [FIND]
    assert outcome.values["user"] == user_facts("PROVISIONED", "READ_ONLY_ADMIN", id=None, created=None)
    assert (outcome.changed, outcome.values["created"]) == (True, True)
    assert outcome.values["changes"] == [f"create {LOGIN}", "assign the role READ_ONLY_ADMIN"]


def test_a_user_can_be_created_without_activation(converge: Any) -> None:
    create = f"POST {USERS}?activate=false"
    options = {**NAMES, "activate": False, "email": "team@acme.example", "roles": []}
    outcome, okta, warnings = converge((FIND, MISSING), (create, raw("STAGED")), (ROLES, []), **options)
    assert okta.bodies == [{"profile": {**PROFILE, "email": "team@acme.example"}}]
    assert (outcome.values["user"]["status"], warnings) == ("STAGED", [])
    assert converge((FIND, MISSING), **options, check=True)[0].values["user"]["status"] == "STAGED"


@pytest.mark.parametrize("options", [{}, {"id": "00u1", "login": None}, {"id": "00u1"}, {"exclusive": True}, {"login": LOGIN.upper()}])
def test_a_repetition_only_reads(converge: Any, options: dict[str, Any]) -> None:
    find = BY_ID if "id" in options else f"GET {USERS}/{(options.get('login') or LOGIN).replace('@', '%40')}"
    outcome, okta, _warnings = converge((find, raw()), (ROLES, [READER]), **options)
    assert (outcome.changed, outcome.values["created"], outcome.values["changes"]) == (False, False, [])
    assert (outcome.values["user"], okta.writes) == (user_facts("ACTIVE", "READ_ONLY_ADMIN"), [])


def test_another_profile_is_not_changed(converge: Any) -> None:
    outcome, _okta, _warnings = converge((FIND, raw()), (ROLES, [READER]), email="other@acme.example", first_name="Other")
    assert not outcome.changed


def test_a_role_is_added_and_others_are_retained(converge: Any) -> None:
    outcome, _okta, _warnings = converge((FIND, raw()), (ROLES, [SUPER]), (ASSIGN, READER))
    assert outcome.values["user"]["roles"] == ["READ_ONLY_ADMIN", "SUPER_ADMIN"]


def test_exclusive_removes_other_roles(converge: Any) -> None:
    script = [(FIND, raw()), (ROLES, [SUPER, CUSTOM]), ME]
    predicted, _okta, _warnings = converge(*script, exclusive=True, check=True)
    deleted = [(f"DELETE {ROLES_PATH}/SUPER1", 204), (f"DELETE {ROLES_PATH}/CUSTOM1", 204)]
    outcome, _okta, _warnings = converge(*script, (ASSIGN, READER), *deleted, exclusive=True)
    assert outcome == predicted
    assert outcome.values["changes"] == [
        "assign the role READ_ONLY_ADMIN",
        "take away the role SUPER_ADMIN",
        "take away the role CUSTOM:cr01:iam1",
    ]


@pytest.mark.parametrize("check", [True, False])
def test_roles_that_exclusive_removes_from_an_existing_user_are_a_warning(converge: Any, *, check: bool) -> None:
    script = [(FIND, raw()), (ROLES, [SUPER, READER]), ME]
    outcome, _okta, warnings = converge(*script, *([] if check else [(f"DELETE {ROLES_PATH}/SUPER1", 204)]), exclusive=True, check=check)
    verb = "would be" if check else "were"
    assert warnings == [f"The user {LOGIN} existed before this task and held SUPER_ADMIN; these roles {verb} removed (exclusive)."]
    assert (outcome.values["removed"], outcome.values["managed"]) == (["SUPER_ADMIN"], False)
    assert (outcome.before["roles"], outcome.after["roles"]) == (["READ_ONLY_ADMIN", "SUPER_ADMIN"], ["READ_ONLY_ADMIN"])


@pytest.mark.parametrize(
    ("roles", "holds"),
    [([SUPER, READER], "also holds SUPER_ADMIN"), ([READER, CUSTOM], "also holds CUSTOM:cr01:iam1"), ([], "lacks READ_ONLY_ADMIN")],
)
@pytest.mark.parametrize("check", [True, False])
def test_an_existing_user_is_refused_if_keep_existing_would_change_it(converge: Any, roles: list[Any], holds: str, *, check: bool) -> None:
    script = [(FIND, raw()), (ROLES, roles), *([ME] if "also" in holds else [])]
    with pytest.raises(StateError, match=rf"^The user {LOGIN} \(00u1\) existed before and {holds}\. Nothing was changed"):
        converge(*script, keep_existing=True, exclusive=True, check=check)
    if "also" in holds:
        assert not converge(*script[:2], keep_existing=True)[0].changed


def test_an_existing_user_in_the_desired_state_is_used_unchanged(converge: Any) -> None:
    outcome, _okta, _warnings = converge((FIND, raw()), (ROLES, [READER]), keep_existing=True, exclusive=True)
    assert (outcome.changed, outcome.values["created"], outcome.values["managed"]) == (False, False, False)


def test_a_user_that_an_earlier_run_created_is_managed(converge: Any) -> None:
    script = [(FIND, raw()), (ROLES, [SUPER]), ME, (ASSIGN, READER), (f"DELETE {ROLES_PATH}/SUPER1", 204)]
    outcome, _okta, warnings = converge(*script, keep_existing=True, exclusive=True, created_id="00u1")
    assert (outcome.values["user"]["roles"], outcome.values["managed"], warnings) == (["READ_ONLY_ADMIN"], True, [])


def test_a_user_that_another_client_created_isn_t_managed(converge: Any) -> None:
    outcome, _okta, _warnings = converge((FIND, MISSING), (CREATE, TAKEN), (FIND, raw()), (ROLES, [READER]), keep_existing=True, **NAMES)
    assert (outcome.values["created"], outcome.values["managed"], outcome.values["changes"]) == (False, False, [])
    with pytest.raises(StateError, match="existed before and also holds SUPER_ADMIN"):
        converge((FIND, MISSING), (CREATE, TAKEN), (FIND, raw()), (ROLES, [SUPER]), ME, keep_existing=True, exclusive=True, **NAMES)


def test_roles_are_read_to_the_last_page(converge: Any) -> None:
    roles = [{"id": f"R{number}", "type": f"ROLE_{number}"} for number in range(6)]
    outcome, _okta, _warnings = converge((FIND, raw()), *three_pages(ROLES_PATH, roles), roles=[f"ROLE_{number}" for number in range(6)])
    assert not outcome.changed


def test_assigned_already_is_success(converge: Any) -> None:
    conflict = refusal(409, "E0000090", "Duplicate role assignment exception.")
    outcome, _okta, _warnings = converge((FIND, raw()), (ROLES, []), (ASSIGN, conflict), (ROLES, [READER]))
    assert outcome.values["user"]["roles"] == ["READ_ONLY_ADMIN"]


def test_a_busy_okta_is_retried(converge: Any) -> None:
    busy = refusal(409, "E0000268", "Another request is making changes to the role assignments. Please try again.")
    _outcome, okta, _warnings = converge((FIND, raw()), (ROLES, []), (ASSIGN, busy), (ASSIGN, READER), (ROLES, [READER]))
    assert okta.slept == [1.0]


@pytest.mark.parametrize("lost", [LOST, refusal(502)])
def test_after_a_lost_response_the_user_is_read_before_another_attempt(converge: Any, lost: Any) -> None:
    made = (FIND, raw("PROVISIONED"))
    outcome, okta, _warnings = converge((FIND, MISSING), (CREATE, lost), made, (ROLES, []), (ASSIGN, READER), **NAMES)
    assert okta.calls.count(CREATE) == 1
    assert outcome.values["created"]


def test_a_request_that_was_never_processed_is_sent_again(converge: Any) -> None:
    script = [(FIND, MISSING), (CREATE, LOST), (FIND, MISSING), (CREATE, raw("PROVISIONED")), (ROLES, []), (ASSIGN, READER)]
    assert converge(*script, **NAMES)[0].values["created"]


@pytest.mark.parametrize("answer", [{"id": None}, {"id": "00u1", "profile": {}}])
def test_a_response_without_a_user_counts_as_lost(converge: Any, answer: dict[str, Any]) -> None:
    script = [(FIND, MISSING), (CREATE, answer), (FIND, raw("PROVISIONED")), (ROLES, [READER])]
    assert converge(*script, **NAMES)[0].values["user"]["id"] == "00u1"


def test_another_client_created_the_user_meanwhile(converge: Any) -> None:
    script = [(FIND, MISSING), (CREATE, TAKEN), (FIND, raw()), (ROLES, [SUPER]), ME, (ASSIGN, READER), (f"DELETE {ROLES_PATH}/SUPER1", 204)]
    outcome, _okta, _warnings = converge(*script, **NAMES, exclusive=True)
    assert outcome.values["user"] == user_facts("ACTIVE", "READ_ONLY_ADMIN")


def test_a_user_that_another_client_created_is_checked_like_any_other(converge: Any) -> None:
    with pytest.raises(StateError, match="is suspended"):
        converge((FIND, MISSING), (CREATE, TAKEN), (FIND, raw("SUSPENDED")), (ROLES, []), **NAMES)


@pytest.mark.parametrize("answer", [TAKEN, refusal(400, "E0000001", "Api validation failed: login", "login: too short"), forbidden()])
def test_okta_s_refusal_of_a_user_is_an_error(converge: Any, answer: Any) -> None:
    script = [(FIND, MISSING), (CREATE, answer), *([(FIND, MISSING)] if answer is TAKEN else [])]
    with pytest.raises(ApiError, match=rf"^Couldn't create the user {LOGIN} \(POST {USERS}\): Okta answered 40"):
        converge(*script, **NAMES)


@pytest.mark.parametrize(("names", "missing"), [({}, "first_name and last_name"), ({"first_name": "R"}, "last_name")])
@pytest.mark.parametrize("check", [True, False])
def test_a_new_user_needs_a_name(converge: Any, names: dict[str, str], missing: str, *, check: bool) -> None:
    with pytest.raises(InputError) as caught:
        converge((FIND, MISSING), **names, check=check)
    assert str(caught.value) == f"{missing} must be set: there is no user {LOGIN} yet, and Okta creates none without a name."


@pytest.mark.parametrize(
    ("user", "word"),
    [(raw("SUSPENDED"), "suspended"), (raw("DEPROVISIONED"), "deactivated"), (raw(transitioningToStatus="DEPROVISIONED"), "deactivated")],
)
def test_an_unusable_user_is_reported(converge: Any, user: dict[str, Any], word: str) -> None:
    script = [(FIND, user), *([(ROLES, [])] if word == "suspended" else [])]
    with pytest.raises(StateError) as caught:
        converge(*script, check=True)
    assert str(caught.value) == (f"The user {LOGIN} (00u1) is {word}: activate it again in the Admin Console, or choose another login.")


def test_a_user_who_was_never_activated_is_a_warning(converge: Any) -> None:
    _outcome, _okta, warnings = converge((FIND, raw("STAGED")), (ROLES, [READER]))
    assert warnings == [f"The user {LOGIN} exists, but was never activated: activate it in the Admin Console."]
    made = (CREATE, raw("STAGED", transitioningToStatus="PROVISIONED"))
    assert converge((FIND, MISSING), made, (ROLES, [READER]), **NAMES)[2] == []


def test_an_inherited_role_can_t_be_removed(converge: Any) -> None:
    with pytest.raises(StateError) as caught:
        converge((FIND, raw()), (ROLES, [READER, {**SUPER, "assignmentType": "GROUP"}]), ME, exclusive=True, check=True)
    assert str(caught.value) == (
        f"The user {LOGIN} holds SUPER_ADMIN through a group, which exclusive can't remove: "
        "remove the user from that group, or list these roles in roles."
    )


def test_a_role_inherited_from_a_group_is_sufficient(converge: Any) -> None:
    assert not converge((FIND, raw()), (ROLES, [{**READER, "assignmentType": "GROUP"}]), exclusive=True)[0].changed


def test_the_caller_can_t_remove_its_own_roles(converge: Any) -> None:
    with pytest.raises(StateError) as caught:
        converge((FIND, raw()), (ROLES, [SUPER]), MYSELF, exclusive=True)
    assert str(caught.value) == (
        f"The user {LOGIN} owns the calling API token, so it can't remove SUPER_ADMIN from itself: "
        "use another credential, or list these roles in roles."
    )


def test_a_user_is_deactivated(converge: Any) -> None:
    script = [(FIND, raw()), (ROLES, [READER]), ME]
    predicted, _okta, _warnings = converge(*script, state="absent", check=True)
    outcome, _okta, _warnings = converge(*script, (DEACTIVATE, 204), state="absent")
    assert outcome == predicted
    assert outcome.values == {
        "user": user_facts("DEPROVISIONED"),
        "created": False,
        "removed": [],
        "managed": False,
        "changes": [f"deactivate {LOGIN}"],
    }


@pytest.mark.parametrize(("answer", "user"), [(MISSING, None), (raw("DEPROVISIONED"), user_facts("DEPROVISIONED"))])
def test_a_deleted_user_is_no_change(converge: Any, answer: Any, user: Any) -> None:
    outcome, okta, _warnings = converge((FIND, answer), state="absent")
    assert (outcome.changed, outcome.values["user"], okta.calls) == (False, user, [FIND])


@pytest.mark.parametrize("lost", [LOST, refusal(503)])
@pytest.mark.parametrize("found", [raw("DEPROVISIONED"), raw(transitioningToStatus="DEPROVISIONED"), MISSING])
def test_a_lost_deactivation_is_never_sent_twice(converge: Any, lost: Any, found: Any) -> None:
    script = [(FIND, raw()), (ROLES, [READER]), ME, (DEACTIVATE, lost), (BY_ID, found)]
    outcome, okta, _warnings = converge(*script, state="absent")
    assert (outcome.changed, okta.calls.count(DEACTIVATE)) == (True, 1)


def test_a_deactivation_that_wasn_t_processed_is_a_failure(converge: Any) -> None:
    with pytest.raises(NoResponseError, match="the answer was lost"):
        converge((FIND, raw()), (ROLES, [READER]), ME, (DEACTIVATE, LOST), (BY_ID, raw()), state="absent")


def test_a_user_that_is_deleted_meanwhile_is_no_error(converge: Any) -> None:
    assert converge((FIND, raw()), (ROLES, []), ME, (DEACTIVATE, MISSING), state="absent")[0].changed


def test_the_caller_can_t_deactivate_itself(converge: Any) -> None:
    with pytest.raises(StateError) as caught:
        converge((FIND, raw()), (ROLES, [READER]), MYSELF, state="absent", exclusive=True)
    assert str(caught.value) == f"The user {LOGIN} (00u1) owns the calling API token, so it can't deactivate itself."


def test_a_user_with_other_roles_is_refused(converge: Any) -> None:
    script = [(FIND, raw()), (ROLES, [SUPER, READER]), ME]
    with pytest.raises(StateError) as caught:
        converge(*script, state="absent")
    assert str(caught.value) == (
        f"The user {LOGIN} (00u1) also holds SUPER_ADMIN, so it may be another user than intended. "
        "To deactivate it anyway, list these roles in roles, or set exclusive."
    )
    assert converge(*script, (DEACTIVATE, 204), state="absent", exclusive=True)[0].changed


def test_a_service_app_is_no_user_and_requests_the_required_scopes(converge: Any) -> None:
    minted = {"access_token": "made-up-access-token-3377", "token_type": "Bearer", "scope": "okta.users.manage okta.roles.manage"}
    script = [("POST /oauth2/v1/token", minted), (FIND, raw()), (ROLES, [SUPER]), (ASSIGN, READER), (f"DELETE {ROLES_PATH}/SUPER1", 204)]
    app = {"api_token": None, "client_id": "0oa1", "private_key": rsa_key(1).pem()}
    _outcome, okta, _warnings = converge(*script, **app, exclusive=True)
    assert okta.bodies[0]["scope"] == "okta.users.manage okta.roles.manage"


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_missing_permission_is_an_okta_error(converge: Any, at: int) -> None:
    script = [(FIND, raw()), (ROLES, []), (ASSIGN, READER)][: at + 1]
    script[at] = (script[at][0], forbidden())
    with pytest.raises(ApiError, match="answered 403 E0000006"):
        converge(*script)


def test_an_unknown_id_creates_no_user(converge: Any) -> None:
    with pytest.raises(InputError) as caught:
        converge((BY_ID, MISSING), id="00u1", login=None, **NAMES)
    assert str(caught.value) == "id: this org has no user 00u1. To create one, set login instead."
    assert not converge((BY_ID, MISSING), id="00u1", login=None, state="absent")[0].changed


def test_the_user_that_okta_finds_for_an_id_or_login_is_checked(converge: Any) -> None:
    with pytest.raises(InputError, match=r"^id: 'rezonate' isn't a user id, .*; Okta interprets it as rezonate@acme\.example\.$"):
        converge((f"GET {USERS}/rezonate", raw()), id="rezonate", login=None)
    with pytest.raises(StateError, match=r"^login: Okta finds rezonate@acme\.example \(00u1\) for 'other@acme\.example'; "):
        converge((BY_ID, raw()), id="00u1", login="other@acme.example")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"login": " "}, "login is missing: identify the user by login or by id."),
        ({"login": "rezonate"}, "login: 'rezonate' isn't an email address, such as rezonate@acme.example."),
        ({"login": "a/b@c.example"}, "login: 'a/b@c.example' isn't an email address, such as rezonate@acme.example."),
        ({"email": "a b@c.example"}, "email: 'a b@c.example' isn't an email address, such as rezonate@acme.example."),
        ({"id": "me"}, "id: 'me' isn't a user id, such as 00unwlw0tbo8E6aVj5d7."),
        ({"id": ".."}, "id: '..' isn't a user id, such as 00unwlw0tbo8E6aVj5d7."),
        (
            {"roles": ["CUSTOM"]},
            "roles: 'CUSTOM' isn't a standard role's type, such as READ_ONLY_ADMIN; this module doesn't manage custom roles.",
        ),
    ],
)
def test_invalid_options_are_refused_before_any_call(converge: Any, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        converge(**options)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("login", ["a@b", "rezonate@acme.example", "a.b+c@c.example"])
def test_a_login_next_to_a_refused_one_is_accepted(converge: Any, login: str) -> None:
    find = f"GET {USERS}/{quote(login, safe='')}"
    outcome, _okta, _warnings = converge((find, MISSING), login=login, email=login, roles=["CUSTOMS"], **NAMES, check=True)
    assert (outcome.values["user"]["login"], outcome.values["user"]["roles"]) == (login, ["CUSTOMS"])


@pytest.mark.parametrize("user_id", ["00u1", "mee", "-"])
def test_an_id_next_to_a_refused_one_is_accepted(converge: Any, user_id: str) -> None:
    script = ((f"GET {USERS}/{user_id}", raw(id=user_id)), (f"GET {USERS}/{user_id}/roles", [READER]))
    assert not converge(*script, id=user_id, login=None)[0].changed


TOKENS = "GET /api/v1/api-tokens"
OFFBOARD = {"state": "absent", "id": "00u1", "login": None, "only_unused": True}
READ_OFFBOARDED = [(BY_ID, raw()), (ROLES, [READER]), ME]


@pytest.mark.parametrize(
    ("roles", "tokens", "why"),
    [
        ([READER, SUPER], [], "it holds SUPER_ADMIN"),
        ([READER], ["ours", "theirs"], "its API tokens are ours, theirs"),
        ([READER, CUSTOM], ["a", "b"], "it holds CUSTOM:cr01:iam1, its API tokens are a, b"),
    ],
)
def test_a_user_that_others_use_is_retained(converge: Any, roles: list[Any], tokens: list[str], why: str) -> None:
    found = [{"name": name, "userId": "00u1"} for name in tokens] + [{"name": "another's", "userId": "00u2"}]
    outcome, okta, _warnings = converge((BY_ID, raw()), (ROLES, roles), ME, (TOKENS, found), known_owner=LOGIN, **OFFBOARD)
    assert (outcome.changed, okta.writes) == (False, [])
    assert outcome.values["left"] == f"The user {LOGIN} (00u1) was left unchanged, since others use it: {why}."


def test_a_user_with_the_managed_token_only_is_deactivated(converge: Any) -> None:
    script = (*READ_OFFBOARDED, (TOKENS, [{"name": "ours", "userId": "00u1"}]), *READ_OFFBOARDED, (DEACTIVATE, 204))
    outcome, _okta, _warnings = converge(*script, known_owner=LOGIN.upper(), **OFFBOARD)
    assert (outcome.changed, outcome.values["left"]) == (True, None)


def test_a_single_token_counts_as_used_if_the_managed_one_has_another_owner(converge: Any) -> None:
    outcome, _okta, _warnings = converge(
        *READ_OFFBOARDED, (TOKENS, [{"name": "CI", "userId": "00u1"}]), known_owner="x@y.example", **OFFBOARD
    )
    assert "its API tokens are CI" in outcome.values["left"]
