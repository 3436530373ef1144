# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin roles of an app: the exact calls."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, InputError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._resources.client_role import manage_client_roles
from helpers.fake_okta import APP_ID, FakeOkta, forbidden, params, refusal, three_pages

PATH = f"/oauth2/v1/clients/{APP_ID}/roles"
LIST, POST = f"GET {PATH}", f"POST {PATH}"
READER, SUPER = {"id": "READER1", "type": "READ_ONLY_ADMIN"}, {"id": "SUPER1", "type": "SUPER_ADMIN"}
CUSTOM = {"id": "CUSTOM1", "type": "CUSTOM", "role": "cr01", "resource-set": "iam1"}
CUSTOM_KEY = "CUSTOM:cr01:iam1"
CUSTOM_OPTION = [{"role": "cr01", "resource_set": "iam1"}]


@pytest.fixture
def converge(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module against scripted responses; returns the outcome, the stand-in for Okta and the warnings."""

    def run_module(*script: tuple[str, Any], check: bool = False, **options: Any) -> tuple[Outcome, FakeOkta, list[str]]:
        okta, warnings = FakeOkta(*script), list[str]()
        monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
        defaults = {"state": "present", "app_client_id": APP_ID, "roles": ["READ_ONLY_ADMIN"], "custom_roles": None, "absent_roles": None}
        given = params(**{**defaults, "exclusive": False, "new_app": False, **options})
        outcome = manage_client_roles(Call(given, check, warnings.append))
        assert okta.left == []
        return outcome, okta, warnings

    return run_module


def test_assign_a_standard_and_a_custom_role(converge: Any) -> None:
    outcome, okta, _warnings = converge((LIST, []), (POST, READER), (POST, CUSTOM), custom_roles=CUSTOM_OPTION)
    assert okta.bodies == [{"type": "READ_ONLY_ADMIN"}, {"type": "CUSTOM", "role": "cr01", "resource-set": "iam1"}]
    assert outcome.values == {
        "roles": [CUSTOM_KEY, "READ_ONLY_ADMIN"],
        "added": [CUSTOM_KEY, "READ_ONLY_ADMIN"],
        "removed": [],
        "surplus": [],
    }
    assert (outcome.before, outcome.after) == ({"roles": []}, {"roles": [CUSTOM_KEY, "READ_ONLY_ADMIN"]})


def test_a_forbidden_role_is_removed_without_exclusive(converge: Any) -> None:
    outcome, _okta, _warnings = converge(
        (LIST, [READER, SUPER]), (f"DELETE {PATH}/SUPER1", 204), absent_roles=["SUPER_ADMIN", "READ_ONLY_ADMIN"]
    )
    assert (outcome.values["removed"], outcome.values["roles"]) == (["SUPER_ADMIN"], ["READ_ONLY_ADMIN"])


def test_a_repetition_only_reads(converge: Any) -> None:
    outcome, okta, _warnings = converge((LIST, [CUSTOM, READER]), custom_roles=CUSTOM_OPTION * 2, exclusive=True)
    assert okta.calls == [LIST]
    assert not outcome.changed


def test_exclusive_removes_super_admin_and_warns(converge: Any) -> None:
    outcome, _okta, warnings = converge((LIST, [SUPER]), (POST, READER), (f"DELETE {PATH}/SUPER1", 204), exclusive=True)
    assert outcome.values == {"roles": ["READ_ONLY_ADMIN"], "added": ["READ_ONLY_ADMIN"], "removed": ["SUPER_ADMIN"], "surplus": []}
    assert warnings == ["The app held SUPER_ADMIN, by an org setting (Public client app admins) or by a manual assignment; it was removed."]


def test_check_mode_reads_and_predicts_the_result(converge: Any) -> None:
    real, _okta, _warnings = converge((LIST, [SUPER]), (POST, READER), (f"DELETE {PATH}/SUPER1", 204), exclusive=True)
    predicted, okta, warnings = converge((LIST, [SUPER]), exclusive=True, check=True)
    assert okta.writes == []
    assert predicted == real
    assert warnings == [
        "The app held SUPER_ADMIN, by an org setting (Public client app admins) or by a manual assignment; it would be removed."
    ]


def test_without_exclusive_other_roles_are_retained(converge: Any) -> None:
    outcome, _okta, warnings = converge((LIST, [SUPER, READER]))
    assert (outcome.changed, warnings) == (False, [])


def test_absent_removes_what_exists(converge: Any) -> None:
    script = ((LIST, [CUSTOM, READER, SUPER]), (f"DELETE {PATH}/READER1", 204), (f"DELETE {PATH}/CUSTOM1", 204))
    outcome, _okta, _warnings = converge(*script, state="absent", custom_roles=CUSTOM_OPTION)
    assert outcome.values == {"roles": ["SUPER_ADMIN"], "added": [], "removed": [CUSTOM_KEY, "READ_ONLY_ADMIN"], "surplus": []}


def test_absent_again_only_reads(converge: Any) -> None:
    outcome, _okta, _warnings = converge((LIST, []), state="absent")
    assert not outcome.changed


def test_the_list_is_read_to_its_last_page(converge: Any) -> None:
    roles = [{"id": f"R{number}", "type": f"ROLE_{number}"} for number in range(6)]
    outcome, _okta, _warnings = converge(*three_pages(PATH, roles), roles=[f"ROLE_{number}" for number in range(6)], exclusive=True)
    assert not outcome.changed


def test_a_new_app_has_nothing_to_read(converge: Any) -> None:
    outcome, okta, _warnings = converge(new_app=True, check=True)
    assert (outcome.changed, okta.calls) == (True, [])


def test_assigned_already_is_success(converge: Any) -> None:
    conflict = refusal(409, "E0000090", "The role specified is already assigned to the user.")
    outcome, _okta, _warnings = converge((LIST, []), (POST, conflict), (LIST, [READER]))
    assert outcome.values["roles"] == ["READ_ONLY_ADMIN"]


@pytest.mark.parametrize("at", [0, 1])
def test_a_missing_permission_is_an_okta_error(converge: Any, at: int) -> None:
    script = [(LIST, []), (POST, READER)][: at + 1]
    script[at] = (script[at][0], forbidden())
    with pytest.raises(ApiError, match=r"lacks an admin role for this; onboarding needs a super admin\.$"):
        converge(*script)


def test_a_role_that_okta_refuses_is_named(converge: Any) -> None:
    with pytest.raises(ApiError, match=rf"^Couldn't assign the role ORG_ADMIN \(POST {PATH}\): Okta answered 400 "):
        converge((LIST, []), (POST, refusal(400)), roles=["ORG_ADMIN"])


@pytest.mark.parametrize("role", ["CUSTOM", "read_only_admin", "cr01", "A B"])
def test_a_nonstandard_role_is_refused_before_any_call(converge: Any, role: str) -> None:
    with pytest.raises(InputError) as caught:
        converge(roles=[role])
    assert (
        str(caught.value) == f"roles: {role!r} isn't a standard role's type, such as READ_ONLY_ADMIN; custom ones belong in custom_roles."
    )


@pytest.mark.parametrize("role", ["CUSTOMS", "CUSTOM_1", "CR01", "A_B", " APP_ADMIN "])
def test_a_role_next_to_a_refused_one_is_accepted(converge: Any, role: str) -> None:
    outcome, _okta, _warnings = converge((LIST, []), check=True, roles=[role])
    assert outcome.values["added"] == [role.strip()]


def test_an_empty_role_is_refused(converge: Any) -> None:
    with pytest.raises(InputError, match="roles holds an empty entry"):
        converge(roles=[" "])


def test_super_admin_that_was_not_assigned_before_is_removed_without_exclusive(converge: Any) -> None:
    script = ((LIST, [SUPER, READER]), (f"DELETE {PATH}/SUPER1", 204))
    outcome, _okta, warnings = converge(*script, roles_before=[])
    assert (outcome.values["removed"], len(warnings)) == (["SUPER_ADMIN"], 1)


@pytest.mark.parametrize("options", [{"roles_before": ["SUPER_ADMIN"]}, {"roles_before": [], "roles": ["READ_ONLY_ADMIN", "SUPER_ADMIN"]}])
def test_super_admin_that_was_assigned_before_or_is_desired_is_retained(converge: Any, options: dict[str, Any]) -> None:
    outcome, _okta, _warnings = converge((LIST, [SUPER, READER]), **options)
    assert not outcome.changed


def test_a_failure_with_roles_before_removes_super_admin_and_lists_the_roles(converge: Any) -> None:
    script = ((LIST, [SUPER]), (POST, refusal(400)), (LIST, [SUPER]), (f"DELETE {PATH}/SUPER1", 204))
    with pytest.raises(ApiError, match=rf"^Couldn't assign the role READ_ONLY_ADMIN .* The app {APP_ID} holds no admin role\.$"):
        converge(*script, roles_before=[])


def test_after_a_failure_nothing_is_assigned_and_the_assigned_roles_are_a_warning(converge: Any) -> None:
    outcome, _okta, warnings = converge(
        (LIST, [READER, SUPER]), (f"DELETE {PATH}/SUPER1", 204), roles_before=[], roles=["APP_ADMIN"], after_failure=True
    )
    assert (outcome.changed, outcome.values["removed"]) == (True, ["SUPER_ADMIN"])
    assert warnings[1] == f"The app {APP_ID} holds the admin role READ_ONLY_ADMIN."


def test_after_a_failure_unreadable_roles_are_a_warning(converge: Any) -> None:
    outcome, _okta, warnings = converge((LIST, forbidden()), roles_before=[], after_failure=True)
    assert not outcome.changed
    assert warnings[0].startswith(f"The admin roles of the app {APP_ID} are unknown: check them in the Admin Console. ")
