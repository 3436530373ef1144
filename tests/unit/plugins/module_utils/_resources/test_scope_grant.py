# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scopes that are granted to an app: the exact calls."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, InputError, NoResponseError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._resources.scope_grant import manage_scope_grants
from helpers.fake_okta import APP_ID, URL, FakeOkta, forbidden, params, refusal, three_pages

PATH = f"/api/v1/apps/{APP_ID}/grants"
LIST, POST = f"GET {PATH}", f"POST {PATH}"
ROLES = f"/oauth2/v1/clients/{APP_ID}/roles"
READER, SUPER = {"id": "READER1", "type": "READ_ONLY_ADMIN"}, {"id": "SUPER1", "type": "SUPER_ADMIN"}
READ, REMOVE = f"GET {ROLES}", (f"DELETE {ROLES}/SUPER1", 204)
BEFORE = ["READ_ONLY_ADMIN"]
USERS, GROUPS, APPS = "okta.users.read", "okta.groups.read", "okta.apps.read"
UNKNOWN = refusal(400, "E0000001", "Api validation failed: scopeId", "scopeId: The scope is not known.")
GRANTED_ALREADY = refusal(400, "E0000001", "Api validation failed: scopeId", "scopeId: Granted already.")


def grant(scope: str, **more: Any) -> dict[str, Any]:
    return {"id": f"oag-{scope}", "scopeId": scope, "status": "ACTIVE", "issuer": URL, **more}


@pytest.fixture
def converge(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module against scripted responses; returns the outcome, the stand-in for Okta and the warnings."""

    def run_module(*script: tuple[str, Any], check: bool = False, **options: Any) -> tuple[Outcome, FakeOkta, list[str]]:
        okta, warnings = FakeOkta(*script), list[str]()
        monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
        defaults = {"state": "present", "app_id": APP_ID, "scopes": [USERS], "optional_scopes": None, "absent_scopes": None}
        given = params(**{**defaults, "exclusive": False, "new_app": False, **options})
        outcome = manage_scope_grants(Call(given, check, warnings.append))
        assert okta.left == []
        return outcome, okta, warnings

    return run_module


def test_grant_what_is_missing(converge: Any) -> None:
    outcome, okta, _warnings = converge((LIST, [grant(USERS)]), (POST, grant(GROUPS)), scopes=[USERS, GROUPS])
    assert okta.bodies == [{"issuer": URL, "scopeId": GROUPS}]
    assert outcome.changed
    assert outcome.values == {"scopes": [GROUPS, USERS], "added": [GROUPS], "removed": [], "unavailable": [], "surplus": []}
    assert (outcome.before, outcome.after) == ({"scopes": [USERS]}, {"scopes": [GROUPS, USERS]})


def test_a_repetition_only_reads(converge: Any) -> None:
    outcome, okta, _warnings = converge((LIST, [grant(GROUPS), grant(USERS)]), scopes=[USERS, GROUPS, USERS], exclusive=True)
    assert okta.calls == [LIST]
    assert not outcome.changed


def test_a_forbidden_scope_is_revoked_without_exclusive(converge: Any) -> None:
    script = ((LIST, [grant(APPS), grant(GROUPS), grant(USERS)]), (f"DELETE {PATH}/oag-{GROUPS}", 204))
    outcome, _okta, _warnings = converge(*script, absent_scopes=[USERS, GROUPS])
    assert (outcome.values["removed"], outcome.values["scopes"]) == ([GROUPS], [APPS, USERS])


def test_exclusive_revokes_the_others_last(converge: Any) -> None:
    script = ((LIST, [grant(APPS), grant(GROUPS)]), (POST, grant(USERS)), (f"DELETE {PATH}/oag-{APPS}", 204))
    outcome, _okta, _warnings = converge(*script, scopes=[USERS], optional_scopes=[GROUPS], exclusive=True)
    assert outcome.values == {"scopes": [GROUPS, USERS], "added": [USERS], "removed": [APPS], "unavailable": [], "surplus": []}


def test_check_mode_reads_and_predicts_the_result(converge: Any) -> None:
    script = ((LIST, [grant(APPS)]), (POST, grant(USERS)), (f"DELETE {PATH}/oag-{APPS}", 204))
    real, _okta, _warnings = converge(*script, exclusive=True)
    predicted, okta, _warnings = converge(script[0], exclusive=True, check=True)
    assert okta.writes == []
    assert predicted == real


def test_absent_removes_what_exists(converge: Any) -> None:
    script = ((LIST, [grant(USERS), grant(APPS)]), (f"DELETE {PATH}/oag-{USERS}", refusal(404)))
    outcome, _okta, _warnings = converge(*script, state="absent", scopes=[USERS, GROUPS])
    assert outcome.values == {"scopes": [APPS], "added": [], "removed": [USERS], "unavailable": [], "surplus": []}


def test_absent_again_only_reads(converge: Any) -> None:
    outcome, _okta, _warnings = converge((LIST, [grant(APPS)]), state="absent")
    assert not outcome.changed


def test_the_list_is_read_to_its_last_page(converge: Any) -> None:
    scopes = [f"okta.made{number}.read" for number in range(6)]
    outcome, _okta, _warnings = converge(*three_pages(PATH, [grant(scope) for scope in scopes]), scopes=scopes, exclusive=True)
    assert not outcome.changed


def test_grants_that_aren_t_active_or_readable_don_t_count(converge: Any) -> None:
    odd = [grant(USERS, status="REVOKED"), {"id": "oag"}, grant(None)]  # type: ignore[arg-type]  # what Okta shouldn't send
    outcome, _okta, _warnings = converge((LIST, odd), (POST, grant(USERS)))
    assert outcome.values["added"] == [USERS]


def test_a_new_app_has_nothing_to_read(converge: Any) -> None:
    outcome, okta, _warnings = converge((POST, grant(USERS)), new_app=True)
    assert okta.calls == [POST]
    assert outcome.changed


@pytest.mark.parametrize("answer", [GRANTED_ALREADY, refusal(409, "E0000090", "Already"), refusal(400)])
def test_a_scope_that_is_already_granted_is_success_after_a_read(converge: Any, answer: Any) -> None:
    outcome, _okta, warnings = converge((LIST, []), (POST, answer), (LIST, [grant(USERS)]))
    assert outcome.values["scopes"] == [USERS]
    assert warnings == []


def test_one_read_resolves_all_refusals(converge: Any) -> None:
    script = ((LIST, []), (POST, GRANTED_ALREADY), (POST, UNKNOWN), (POST, UNKNOWN), (LIST, [grant(USERS)]))
    outcome, _okta, warnings = converge(*script, optional_scopes=["okta.b.read", "okta.a.read"])
    assert outcome.values == {
        "scopes": [USERS],
        "added": [USERS],
        "removed": [],
        "unavailable": ["okta.a.read", "okta.b.read"],
        "surplus": [],
    }
    assert warnings == [f"This org doesn't have the optional scope okta.{name}.read; it was skipped." for name in ("b", "a")]


def test_an_optional_scope_that_the_org_lacks_is_no_change(converge: Any) -> None:
    script = ((LIST, [grant(USERS)]), (POST, UNKNOWN), (LIST, [grant(USERS)]))
    outcome, _okta, _warnings = converge(*script, optional_scopes=[GROUPS])
    assert not outcome.changed


@pytest.mark.parametrize("optional", [None, [USERS]])
def test_an_unknown_scope_names_the_option(converge: Any, optional: list[str] | None) -> None:
    with pytest.raises(InputError) as caught:
        converge((LIST, []), (POST, UNKNOWN), (LIST, []), optional_scopes=optional)
    assert str(caught.value).startswith(
        f"scopes: this org doesn't know the scope {USERS}; correct it, or list it in optional_scopes. "
        f"Couldn't grant the scope {USERS} (POST {PATH}): Okta answered 400 E0000001 "
    )


def test_another_refusal_is_an_error_even_of_an_optional_scope(converge: Any) -> None:
    with pytest.raises(ApiError, match=rf"^Couldn't grant the scope {GROUPS} .*issuer: bad"):
        converge(
            (LIST, [grant(USERS)]),
            (POST, refusal(400, "E0000001", "Api validation failed", "issuer: bad")),
            (LIST, []),
            optional_scopes=[GROUPS],
        )


@pytest.mark.parametrize("at", [0, 1])
def test_a_missing_permission_is_an_okta_error(converge: Any, at: int) -> None:
    script = [(LIST, []), (POST, grant(USERS))][: at + 1]
    script[at] = (script[at][0], forbidden())
    with pytest.raises(ApiError, match=r"lacks an admin role for this; onboarding needs a super admin\.$"):
        converge(*script)


def test_a_lost_response_is_an_error(converge: Any) -> None:
    with pytest.raises(NoResponseError, match=r"^lost$"):
        converge((LIST, []), (POST, NoResponseError("lost", maybe_done=True)))


def test_an_id_can_t_lead_to_another_path(converge: Any) -> None:
    converge(("GET /api/v1/apps/..%2Fusers%3F/grants", [grant(USERS)]), app_id="../users?")


@pytest.mark.parametrize(("option", "value"), [("scopes", ["bad scope"]), ("optional_scopes", ["okta.users.read", ""])])
def test_an_invalid_option_is_refused_before_any_call(converge: Any, option: str, value: list[str]) -> None:
    with pytest.raises(InputError, match=f"^{option}"):
        converge(**{option: value})


def test_super_admin_is_removed_after_the_first_grant_and_before_the_others(converge: Any) -> None:
    script = ((LIST, []), (POST, grant(USERS)), (READ, [READER, SUPER]), REMOVE, (POST, grant(GROUPS)), (POST, grant(APPS)))
    outcome, _okta, warnings = converge(*script, scopes=[USERS, GROUPS, APPS], roles_before=BEFORE)
    assert outcome.values["roles_removed"] == ["SUPER_ADMIN"]
    assert warnings == ["The app held SUPER_ADMIN, by an org setting (Public client app admins) or by a manual assignment; it was removed."]


def test_a_scope_that_is_refused_is_no_first_grant(converge: Any) -> None:
    script = ((POST, UNKNOWN), (POST, grant(USERS)), (READ, [READER]), (POST, grant(APPS)), (LIST, [grant(USERS), grant(APPS)]))
    with pytest.raises(InputError, match=rf"doesn't know the scope {GROUPS}; .* The app {APP_ID} holds the admin role READ_ONLY_ADMIN\.$"):
        converge(*script, (READ, [READER]), scopes=[GROUPS, USERS, APPS], new_app=True, roles_before=BEFORE)


def test_all_are_granted_in_parallel_where_the_org_assigns_no_role_and_a_failure_lists_the_roles(converge: Any) -> None:
    outcome, _okta, _warnings = converge(
        (POST, grant(USERS)), (POST, grant(GROUPS)), scopes=[USERS, GROUPS], new_app=True, roles_before=BEFORE, one_first=False
    )
    assert outcome.values["roles_removed"] == []
    with pytest.raises(ApiError, match=rf" The app {APP_ID} holds the admin role READ_ONLY_ADMIN\.$"):
        converge((POST, forbidden()), (READ, [READER, SUPER]), REMOVE, new_app=True, roles_before=BEFORE, one_first=False)


def test_a_failed_grant_removes_super_admin_and_lists_the_roles(converge: Any) -> None:
    script = ((POST, grant(USERS)), (READ, [READER]), (POST, forbidden()), (READ, [READER, SUPER]), REMOVE)
    with pytest.raises(ApiError, match=rf" The app {APP_ID} holds the admin role READ_ONLY_ADMIN\.$"):
        converge(*script, scopes=[USERS, GROUPS], new_app=True, roles_before=BEFORE)


def test_a_removal_that_fails_after_a_failure_is_reported(converge: Any) -> None:
    script = ((POST, forbidden()), (READ, [READER, SUPER]), (REMOVE[0], forbidden()))
    with pytest.raises(ApiError, match=r" holds the admin roles READ_ONLY_ADMIN, SUPER_ADMIN, with all rights .* Couldn't remove the role"):
        converge(*script, new_app=True, roles_before=BEFORE)


def test_super_admin_that_was_assigned_before_is_retained(converge: Any) -> None:
    outcome, _okta, _warnings = converge((POST, grant(USERS)), new_app=True, roles_before=["SUPER_ADMIN"])
    assert outcome.values["roles_removed"] == []


def test_check_mode_reads_no_roles(converge: Any) -> None:
    outcome, okta, _warnings = converge((LIST, []), roles_before=BEFORE, check=True)
    assert (okta.calls, outcome.values["added"]) == ([LIST], [USERS])


def test_without_grants_no_roles_are_read(converge: Any) -> None:
    outcome, _okta, _warnings = converge((LIST, [grant(USERS)]), roles_before=BEFORE)
    assert not outcome.changed
