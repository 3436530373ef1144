# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uses of a resource by others before its deletion; uses that can't be read count as uses."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._resources.custom_role import manage_custom_role
from ansible_collections.rezonate.okta.plugins.module_utils._resources.network_zone import manage_network_zone
from ansible_collections.rezonate.okta.plugins.module_utils._resources.resource_set import manage_resource_set
from helpers.fake_okta import APP_ID, FakeOkta, forbidden, params, refusal, three_pages_within

ROLE, SET, ZONE = "cr0madeup0000000001", "iammadeup0000000001", "nzomadeup0000000001"
SETS = "/api/v1/iam/resource-sets"
ONE_ROLE, ONE_SET, ONE_ZONE = f"/api/v1/iam/roles/{ROLE}", f"{SETS}/{SET}", f"/api/v1/zones/{ZONE}"
MEMBERS = f"{ONE_SET}/bindings/{ROLE}/members"
READ_ROLE = [
    (f"GET {ONE_ROLE}", {"id": ROLE, "label": "Ours", "description": "d"}),
    (f"GET {ONE_ROLE}/permissions", {"permissions": [{"label": "okta.users.manage"}]}),
]
READ_SET = [(f"GET {ONE_SET}", {"id": SET, "label": "Ours", "description": "d"}), (f"GET {ONE_SET}/resources", {"resources": []})]
BOUND = (f"GET {ONE_SET}/bindings", {"roles": [{"id": ROLE}]})
LIST_SETS = (f"GET {SETS}", {"resource-sets": [{"id": SET}]})
READ_ZONE = (f"GET {ONE_ZONE}", {"id": ZONE, "name": "Office", "type": "IP", "usage": "POLICY", "status": "ACTIVE", "gateways": []})
APPS, TOKENS = "GET /api/v1/apps?limit=200", "GET /api/v1/api-tokens"
OTHERS = [{"id": "0oasaasure0000000001", "name": "saasure"}]
DELETE_ZONE = [(f"POST {ONE_ZONE}/lifecycle/deactivate", {}), (f"DELETE {ONE_ZONE}", 204)]


def member(path: str) -> dict[str, Any]:
    return {"id": "irb1", "_links": {"self": {"href": f"https://acme.okta.com{path}"}}}


@pytest.fixture
def remove(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Deletes with only_unused, against scripted responses."""

    def run_module(manage: Any, *script: tuple[str, Any], **options: Any) -> tuple[Outcome, FakeOkta]:
        okta = FakeOkta(*script)
        monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
        names = ("label", "name", "description", "permissions", "resources", "groups", "gateways")
        given = {**dict.fromkeys(names), "state": "absent", "only_unused": True, "own_apps": None, **options}
        outcome = manage(Call(params(**{**given, "concurrency": 1})))
        assert okta.left == []
        return outcome, okta

    return run_module


@pytest.mark.parametrize(
    ("path", "found_uses"),
    [("/api/v1/users/00u1", "the user 00u1"), ("/api/v1/groups/00g1", "the group 00g1"), ("/oauth2/v1/clients/0oa1", "the app 0oa1")],
)
def test_a_role_with_other_assignees_is_retained(remove: Any, path: str, found_uses: str) -> None:
    outcome, okta = remove(manage_custom_role, *READ_ROLE, LIST_SETS, BOUND, (f"GET {MEMBERS}", {"members": [member(path)]}), id=ROLE)
    assert (outcome.changed, okta.writes) == (False, [])
    assert outcome.values["left"] == f"The custom role Ours ({ROLE}) was left unchanged, since others use it: {found_uses}."


def test_a_role_that_only_the_managed_app_has_is_deleted(remove: Any) -> None:
    own_member = (f"GET {MEMBERS}", {"members": [member(f"/oauth2/v1/clients/{APP_ID}")]})
    script = (*READ_ROLE, LIST_SETS, BOUND, own_member, *READ_ROLE, (f"DELETE {ONE_ROLE}", 204))
    outcome, _okta = remove(manage_custom_role, *script, id=ROLE, own_apps=[APP_ID])
    assert (outcome.changed, outcome.values["left"]) == (True, None)


def test_a_role_with_additional_permissions_is_retained(remove: Any) -> None:
    outcome, _okta = remove(
        manage_custom_role, *READ_ROLE, (f"GET {SETS}", {"resource-sets": []}), id=ROLE, permissions=["okta.groups.manage"]
    )
    assert outcome.values["left"].endswith("since others use it: it also has okta.users.manage.")


def test_each_page_of_members_is_read(remove: Any) -> None:
    members = [member(f"/oauth2/v1/clients/{APP_ID}")] * 5 + [member("/api/v1/users/00u1")]
    pages = three_pages_within("members", MEMBERS, members)
    outcome, _okta = remove(manage_resource_set, *READ_SET, BOUND, *pages, id=SET, own_apps=[APP_ID])
    assert "the user 00u1" in outcome.values["left"]


@pytest.mark.parametrize("at", ["bindings", "members"])
def test_unreadable_uses_count_as_uses(remove: Any, at: str) -> None:
    script = [*READ_SET, (BOUND[0], forbidden())] if at == "bindings" else [*READ_SET, BOUND, (f"GET {MEMBERS}", refusal(404))]
    outcome, okta = remove(manage_resource_set, *script, id=SET)
    assert okta.writes == []
    assert outcome.values["left"].startswith(f"The resource set Ours ({SET}) was left unchanged, since its uses can't be read: ")


def test_an_unused_set_is_deleted(remove: Any) -> None:
    script = (*READ_SET, (BOUND[0], {"roles": []}), *READ_SET, (f"DELETE {ONE_SET}", 204))
    assert remove(manage_resource_set, *script, id=SET)[0].changed


def test_a_resource_that_okta_refuses_to_delete_is_retained(remove: Any) -> None:
    script = (*READ_SET, (BOUND[0], {"roles": []}), *READ_SET, (f"DELETE {ONE_SET}", refusal(400)))
    outcome, _okta = remove(manage_resource_set, *script, id=SET)
    assert outcome.values["left"].startswith(f"The resource set Ours ({SET}) was left unchanged, since Okta refuses to delete it: Couldn't")


def test_an_okta_that_is_busy_with_role_assignments_is_an_error(remove: Any) -> None:
    busy = refusal(409, "E0000268", "Another request is making changes to the role assignments. Please try again.")
    with pytest.raises(ApiError, match="Run again when no other run or administrator is changing admin roles"):
        remove(manage_resource_set, *READ_SET, (BOUND[0], {"roles": []}), *READ_SET, (f"DELETE {ONE_SET}", busy), id=SET)


def app(where: str) -> dict[str, Any]:
    return {"id": "0oa1", "label": "Payroll", "settings": {"oauthClient": {"network": {"connection": "ZONE", where: [ZONE]}}}}


@pytest.mark.parametrize("where", ["include", "exclude"])
def test_a_zone_that_another_app_uses_remains_active(remove: Any, where: str) -> None:
    outcome, okta = remove(manage_network_zone, READ_ZONE, (APPS, [{"id": "0oa2"}, app(where)]), (TOKENS, []), id=ZONE)
    assert okta.writes == []
    assert outcome.values["left"] == f"The network zone Office ({ZONE}) was left unchanged, since others use it: the app Payroll (0oa1)."


def test_a_zone_that_an_api_token_uses_is_retained(remove: Any) -> None:
    tokens = [{"name": "CI", "network": {"connection": "ZONE", "include": [ZONE]}}, {"name": "Other"}]
    outcome, _okta = remove(manage_network_zone, READ_ZONE, (APPS, OTHERS), (TOKENS, tokens), id=ZONE)
    assert "the API token CI" in outcome.values["left"]


def test_a_zone_that_only_the_managed_app_uses_is_deleted(remove: Any) -> None:
    outcome, _okta = remove(
        manage_network_zone, READ_ZONE, (APPS, [app("include")]), (TOKENS, []), READ_ZONE, *DELETE_ZONE, id=ZONE, own_apps=["0oa1"]
    )
    assert outcome.changed


def test_a_zone_that_a_policy_uses_is_activated_again_and_retained(remove: Any) -> None:
    refused = [DELETE_ZONE[0], (DELETE_ZONE[1][0], refusal(400)), (f"POST {ONE_ZONE}/lifecycle/activate", {})]
    outcome, _okta = remove(manage_network_zone, READ_ZONE, (APPS, OTHERS), (TOKENS, []), READ_ZONE, *refused, id=ZONE)
    assert "since Okta refuses to delete it" in outcome.values["left"]


@pytest.mark.parametrize("role", ["ORG_ADMIN", "CUSTOM"])
def test_a_zone_is_not_deleted_by_a_caller_that_sees_no_apps(remove: Any, role: str) -> None:
    who = [("GET /api/v1/users/me", {"id": "00u1"}), ("GET /api/v1/users/00u1/roles", [{"type": role}])]
    outcome, okta = remove(manage_network_zone, READ_ZONE, (APPS, []), *who, id=ZONE)
    assert (outcome.changed, okta.writes) == (False, [])
    assert outcome.values["left"].startswith(
        f"The network zone Office ({ZONE}) was left unchanged, since its uses can't be read: Okta lists no apps"
    )


def test_a_zone_is_deleted_by_a_super_admin_of_an_org_without_apps(remove: Any) -> None:
    who = [("GET /api/v1/users/me", {"id": "00u1"}), ("GET /api/v1/users/00u1/roles", [{"type": "SUPER_ADMIN"}])]
    assert remove(manage_network_zone, READ_ZONE, (APPS, []), *who, (TOKENS, []), READ_ZONE, *DELETE_ZONE, id=ZONE)[0].changed
