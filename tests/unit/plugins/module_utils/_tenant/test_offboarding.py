# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offboarding removes the created objects in the record, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.custom_roles import PRIVILEGES, REMEDIATION
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.offboarding import Offboarding, stored_methods
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.plan import Plan
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.record_events import EVENTS
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.settings import resolve_settings

AT, AT_EPOCH = "2026-01-31T12:00:00Z", 1769860800.0
OAUTH: dict[str, Any] = {"method": "oauth", "application_id": "0oa1", "key_id": "ours", "has_key": True}
PRIVILEGE_OBJECTS = {"privilege_role": "cr7", "privilege_set": "iam7"}
MADE = {"custom_role": "cr1", "resource_set": "iam1", **PRIVILEGE_OBJECTS, "network_zone": "nzo1", "service_user": "00u1"}
INTEGRATION: dict[str, Any] = {"method": "api_service_integration", "client_id": "0oi1", "requested_at": AT, "service_type": "theirs"}
TOKEN: dict[str, Any] = {"method": "api_token", "owner": "rezonate@acme.example", "has_token": True}


def access(kid: str | None) -> dict[str, Any]:
    return {"type": "key", "kid": kid, "description": "d"}


def app(*kids: str | None, status: str = "ACTIVE", zones: tuple[str, ...] = ()) -> dict[str, Any]:
    """An app in Okta, with the keys that authenticate as it."""
    found = {"id": "0oa1", "client_id": "client1", "label": "Rezonate", "status": status, "network_zones": list(zones)}
    return {**found, "authentication": [access(kid) for kid in kids]}


def offboarding(known: dict[str, Any], found: dict[str, Any] | None = None, **options: Any) -> Offboarding:
    settings = resolve_settings({f"rezonate_{name}": value for name, value in options.items()}, "acme")
    plan = Plan(
        work="offboard",
        host="acme",
        tenant="acme",
        org_url="https://acme.okta.com",
        method=known.get("method", "oauth"),
        options=settings.public(),
        store={"path": "/srv/rezonate.vault"},
        known=known,
    )
    return Offboarding(plan.with_result("found", {"changed": False, "app": found}))


def steps(known: dict[str, Any], found: dict[str, Any] | None = None, **options: Any) -> list[str]:
    return [step.removeprefix("offboard/") for step in offboarding(known, found, **options).steps]


def test_the_task_files_are_those_of_offboarding() -> None:
    assert offboarding(OAUTH, app("ours")).steps == ["offboard/app", "offboard/credentials"]


@pytest.mark.parametrize(("known", "is_empty"), [({}, True), ({"method": "oauth"}, False), ({"previous": {"oauth": OAUTH}}, False)])
def test_without_a_record_there_is_nothing_to_remove(known: dict[str, Any], is_empty: bool) -> None:
    assert offboarding(known).is_empty == is_empty


def test_the_stored_methods_end_with_the_current_one() -> None:
    known = {**OAUTH, "previous": {"api_token": TOKEN, "api_service_integration": INTEGRATION}}
    found = stored_methods(offboarding(known).plan)
    assert list(found.items()) == [("api_token", TOKEN), ("api_service_integration", INTEGRATION), ("oauth", OAUTH)]


def test_offboarding_is_finished_when_the_record_is_deleted() -> None:
    desired = offboarding(OAUTH, app("ours"))
    assert not desired.is_finished
    assert not Offboarding(desired.plan.with_result("app", {"changed": True})).is_finished
    assert Offboarding(desired.plan.with_result("forgotten", {"changed": True})).is_finished


def test_an_event_deletes_the_record() -> None:
    assert EVENTS["forgotten"](offboarding(OAUTH).plan, OAUTH, AT) is None


# The managed app


def listed(app_id: str, *kids: str | None) -> dict[str, Any]:
    return {"id": app_id, "jwks": [{"kid": kid} for kid in kids]}


def test_the_app_is_read_by_its_stored_id() -> None:
    desired = offboarding(OAUTH)
    assert (desired.may_have_app, desired.app_info()) == (True, {"id": "0oa1"})
    assert desired.own_app([listed("0oa1", "vendors")]) == listed("0oa1", "vendors")
    assert desired.own_app([]) == {}


def test_where_no_app_is_found_there_is_none() -> None:
    assert offboarding(OAUTH).app == {}


CUT_OFF = {"method": "oauth", "key_id": "ours", "app_requested_at": AT}


def test_without_a_stored_id_the_app_is_the_one_with_a_managed_key() -> None:
    desired = offboarding({**CUT_OFF, "next": {"key_id": "next"}}, app_label="Ours")
    assert desired.app_info() == {"label": "Ours"}
    for kid in ("ours", "next"):
        assert desired.own_app([listed("0oa1", None, "vendors"), listed("0oa2", "vendors", kid)])["id"] == "0oa2"
    assert desired.own_app([listed("0oa1", None, "vendors")]) == {}


def test_several_apps_with_the_managed_key_are_refused() -> None:
    desired = offboarding(CUT_OFF, app_label="Ours 2")
    with pytest.raises(StateError) as caught:
        desired.own_app([listed("0oa1", "ours"), listed("0oa2", "vendors"), listed("0oa3", "ours")])
    assert str(caught.value) == (
        "Several apps named 'Ours 2' hold the managed key (0oa1, 0oa3), and /srv/rezonate.vault doesn't record which one is managed;"
        " nothing was removed. Delete the unused apps in the Admin Console, then run again."
    )


@pytest.mark.parametrize(
    ("known", "now", "until"),
    [
        (CUT_OFF, AT_EPOCH + 10, AT_EPOCH + 60),
        (CUT_OFF, AT_EPOCH - 900, AT_EPOCH - 840),
        ({**CUT_OFF, "application_id": "0oa1"}, AT_EPOCH, 0.0),
        ({"method": "oauth", "key_id": "ours"}, AT_EPOCH, 0.0),
    ],
    ids=["requested", "requested by a clock that is ahead", "id stored", "never requested"],
)
def test_the_search_waits_for_a_delayed_list(known: dict[str, Any], now: float, until: float) -> None:
    assert offboarding(known).recovery_deadline(now) == until


@pytest.mark.parametrize("known", [TOKEN, INTEGRATION, {"method": "oauth"}], ids=lambda known: known["method"])
def test_without_a_key_no_app_is_searched(known: dict[str, Any]) -> None:
    assert not offboarding(known).may_have_app


# The changes to the app


def test_an_app_that_onboarding_created_is_deleted() -> None:
    desired = offboarding(OAUTH, app("ours", "vendors"))
    assert (desired.is_adopted, desired.created_app()) == (False, {"id": "0oa1", "state": "absent"})


ADOPTED = {**OAUTH, "adopted": True}


def test_the_managed_key_of_an_adopted_app_is_removed_where_it_has_another() -> None:
    assert steps(ADOPTED, app("ours", "vendors")) == ["adopted_app", "credentials"]
    desired = offboarding(ADOPTED, app("ours", "vendors"))
    assert desired.adopted_app() == {"id": "0oa1", "state": "present", "absent_keys": ["ours"]}


@pytest.mark.parametrize("kids", [("ours",), ()])
def test_an_adopted_app_is_deactivated_where_it_has_no_other_key(kids: tuple[str, ...]) -> None:
    assert offboarding(ADOPTED, app(*kids)).adopted_app() == {"id": "0oa1", "state": "inactive", "absent_keys": []}


def test_an_app_without_reported_zones_and_keys_has_none() -> None:
    desired = offboarding({**ADOPTED, "made": {"network_zone": "nzo1"}}, {"id": "0oa1", "client_id": "client1", "status": "ACTIVE"})
    assert (desired.removes_zone, desired.has_other_access) == (True, False)


def test_a_credential_without_a_key_id_is_unmanaged_access() -> None:
    assert offboarding(ADOPTED, app("ours", None)).has_other_access


def test_an_inactive_unmanaged_key_does_not_prevent_a_deactivation() -> None:
    # only what authenticates at present counts; the key itself is in `jwks`
    found = {**app("ours"), "jwks": [{"kid": "vendors", "status": "INACTIVE"}]}
    assert offboarding(ADOPTED, found).adopted_app()["state"] == "inactive"


def test_an_inactive_adopted_app_is_not_activated() -> None:
    desired = offboarding(ADOPTED, app("ours", "vendors", status="INACTIVE"))
    assert desired.adopted_app() == {"id": "0oa1", "state": "inactive", "absent_keys": ["ours"]}


def test_the_keys_of_a_rotation_are_managed() -> None:
    rotating = {**ADOPTED, "next": {"key_id": "next"}, "retiring": True, "retiring_keys": ["older", "oldest"]}
    assert offboarding(rotating).key_ids == ["ours", "next", "older", "oldest"]
    assert not offboarding(rotating, app("ours", "next", "older", "oldest")).has_other_access
    assert offboarding(rotating, app("older", "vendors")).adopted_app()["absent_keys"] == ["ours", "next", "older", "oldest"]


@pytest.mark.parametrize(
    ("flags", "is_adopted"),
    [({"take_over": True}, True), ({"take_over": True, "adopted": False}, False), ({"adopted": True}, True), ({}, False)],
)
def test_an_adopted_app_is_not_deleted(flags: dict[str, Any], is_adopted: bool) -> None:
    assert offboarding({**OAUTH, **flags}, app("ours")).is_adopted == is_adopted
    assert steps({**OAUTH, **flags}, app("ours"))[0] == ("adopted_app" if is_adopted else "app")


def test_an_app_that_no_longer_exists_needs_no_task() -> None:
    assert steps(OAUTH) == steps(ADOPTED) == ["credentials"]


# The option keep_app


def test_with_keep_app_the_app_is_deactivated_and_everything_is_retained() -> None:
    known = {**OAUTH, "made": MADE, "previous": {"api_service_integration": INTEGRATION}}
    assert steps(known, app("ours"), keep_app=True) == ["app"]
    assert offboarding(known, app("ours"), keep_app=True).created_app() == {"id": "0oa1", "state": "inactive"}


def test_with_keep_app_an_adopted_app_is_unchanged() -> None:
    assert steps(ADOPTED, app("ours"), keep_app=True) == []


@pytest.mark.parametrize("known", [INTEGRATION, TOKEN])
def test_keep_app_is_refused_without_an_app(known: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        offboarding(known, keep_app=True).check_keep_app()
    assert str(caught.value) == (
        "rezonate_keep_app: Okta cannot deactivate an API service integration, so nothing was removed."
        " Leave the variable out to delete the integration."
    )
    offboarding(known).check_keep_app()
    offboarding({**known, "previous": {"oauth": OAUTH}}, keep_app=True).check_keep_app()


# Objects beside the app


def test_all_created_objects_are_removed_and_the_record_last() -> None:
    known = {
        **TOKEN,
        "made": {"service_user": "00u1"},
        "previous": {"oauth": {**OAUTH, "made": MADE}, "api_service_integration": INTEGRATION},
    }
    rest = ["custom_role", "resource_set", *PRIVILEGE_OBJECTS, "network_zone", "service_user", "credentials"]
    assert steps(known, app("ours")) == ["app", "api_service_integration", *rest]


@pytest.mark.parametrize("kind", MADE)
def test_each_kind_of_object_has_its_own_removal(kind: str) -> None:
    assert steps({**OAUTH, "made": {kind: MADE[kind]}}, app("ours")) == ["app", kind, "credentials"]
    assert steps({**ADOPTED, "made": {kind: MADE[kind]}}, app("ours")) == ["adopted_app", kind, "credentials"]


def test_the_current_method_wins_where_two_records_have_the_same_kind() -> None:
    previous = {"oauth": {**OAUTH, "made": {"service_user": "00u0", "custom_role": "cr0"}}}
    assert offboarding({**TOKEN, "made": {"service_user": "00u1"}, "previous": previous}).made == {
        "service_user": "00u1",
        "custom_role": "cr0",
    }


def test_the_managed_custom_role_is_unassigned_from_an_adopted_app() -> None:
    known = {**ADOPTED, "made": {"custom_role": "cr1", "resource_set": "iam1"}}
    assert steps(known, app("ours")) == ["adopted_app", "role_assignment", "custom_role", "resource_set", "credentials"]
    assigned = [{"role": "cr1", "resource_set": "iam1"}]
    assert offboarding(known, app("ours")).role_assignment() == {"state": "absent", "app_client_id": "client1", "custom_roles": assigned}
    assert "role_assignment" not in steps(known)


def test_all_managed_custom_roles_are_unassigned_from_an_adopted_app() -> None:
    known = {**ADOPTED, "made": {"custom_role": "cr1", "resource_set": "iam1", **PRIVILEGE_OBJECTS}}
    assigned = [{"role": "cr1", "resource_set": "iam1"}, {"role": "cr7", "resource_set": "iam7"}]
    assert offboarding(known, app("ours")).role_assignment()["custom_roles"] == assigned
    with_privileges = {**ADOPTED, "made": PRIVILEGE_OBJECTS}
    assert steps(with_privileges, app("ours")) == ["adopted_app", "role_assignment", *PRIVILEGE_OBJECTS, "credentials"]


def test_the_privilege_role_is_removed_with_its_permission() -> None:
    desired = offboarding({**OAUTH, "made": PRIVILEGE_OBJECTS}, app("ours"), remediation_permissions=["okta.users.manage"])
    common = {"state": "absent", "only_unused": True, "own_apps": ["client1"]}
    assert desired.custom_role(PRIVILEGES) == {**common, "id": "cr7", "permissions": ["okta.iam.read"]}
    assert desired.resource_set(PRIVILEGES) == {**common, "id": "iam7"}


def test_the_managed_app_does_not_count_as_use_of_created_objects() -> None:
    desired = offboarding({**OAUTH, "made": MADE}, app("ours"), remediation_permissions=["okta.users.manage"])
    common = {"state": "absent", "only_unused": True}
    assert desired.custom_role(REMEDIATION) == {**common, "id": "cr1", "own_apps": ["client1"], "permissions": ["okta.users.manage"]}
    assert desired.resource_set(REMEDIATION) == {**common, "id": "iam1", "own_apps": ["client1"]}
    assert desired.network_zone() == {**common, "id": "nzo1", "own_apps": ["0oa1"]}
    without = offboarding({**OAUTH, "made": MADE})
    assert [one["own_apps"] for one in (without.custom_role(REMEDIATION), without.resource_set(REMEDIATION), without.network_zone())] == [
        [],
        [],
        [],
    ]


def test_a_zone_that_an_adopted_app_uses_is_retained() -> None:
    known = {**ADOPTED, "made": {"network_zone": "nzo1"}}
    assert steps(known, app("ours", zones=("nzo0", "nzo1"))) == ["adopted_app", "credentials"]
    assert steps(known, app("ours", zones=("nzo0",))) == ["adopted_app", "network_zone", "credentials"]
    assert steps({**known, "adopted": False}, app("ours", zones=("nzo1",))) == ["app", "network_zone", "credentials"]


def test_an_adopted_app_counts_as_use_of_the_zone() -> None:
    assert offboarding({**ADOPTED, "made": {"network_zone": "nzo1"}}, app("ours")).network_zone()["own_apps"] == []


def test_a_service_user_can_own_the_supplied_token() -> None:
    expected = {"state": "absent", "id": "00u1", "roles": ["READ_ONLY_ADMIN"], "only_unused": True, "known_owner": "rezonate@acme.example"}
    assert offboarding({**TOKEN, "made": MADE}).service_user() == expected
    assert offboarding({**OAUTH, "made": MADE, "previous": {"api_token": TOKEN}}).service_user() == expected
    assert offboarding({**OAUTH, "made": MADE}).service_user() == {**expected, "known_owner": None}


# The integration


def test_the_managed_integration_is_deleted_by_its_id() -> None:
    assert steps(INTEGRATION) == ["api_service_integration", "credentials"]
    assert offboarding(INTEGRATION).integration() == {"state": "absent", "id": "0oi1", "type": "theirs", "requested_at": None}


def test_an_integration_without_a_stored_id_is_the_one_created_since_the_request() -> None:
    desired = offboarding({"method": "api_service_integration", "requested_at": AT}, api_service_type="ours")
    assert desired.integration() == {"state": "absent", "id": None, "type": "ours", "requested_at": AT}


@pytest.mark.parametrize("known", [{**INTEGRATION, "adopted": True}, {"method": "api_service_integration", "client_id": "0oi1"}])
def test_an_unmanaged_integration_is_retained(known: dict[str, Any]) -> None:
    assert steps(known) == ["credentials"]


# The scopes of a bootstrap client

NEEDS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "app": (OAUTH, ["okta.apps.manage", "okta.apps.read"]),
    "integration": (INTEGRATION, ["okta.oauthIntegrations.manage"]),
    "token": (TOKEN, []),
    "role": ({**TOKEN, "made": {"custom_role": "cr1"}}, ["okta.roles.manage"]),
    "set": ({**TOKEN, "made": {"resource_set": "iam1"}}, ["okta.roles.manage"]),
    "zone": ({**TOKEN, "made": {"network_zone": "nzo1"}}, ["okta.networkZones.manage"]),
    "user": ({**TOKEN, "made": {"service_user": "00u1"}}, ["okta.users.manage", "okta.roles.manage"]),
    "all": (
        {**INTEGRATION, "made": MADE, "previous": {"oauth": OAUTH}},
        [
            "okta." + name
            for name in ("apps.manage", "apps.read", "oauthIntegrations.manage", "roles.manage", "networkZones.manage", "users.manage")
        ],
    ),
}


@pytest.mark.parametrize("case", NEEDS)
def test_a_bootstrap_client_needs_the_scopes_for_the_objects_in_the_record(case: str) -> None:
    known, scopes = NEEDS[case]
    assert offboarding(known).bootstrap_scopes == scopes
