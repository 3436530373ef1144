# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""States of a tenant: named settings of the role, and changes of the tenant or its record between two runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from helpers.okta_client import public_jwk
from helpers.role_chain import Chain
from okta_emulator import Tenant
from okta_emulator.resources.app_secrets import add_secret

HERE, ELSEWHERE = "127.0.0.0/8", "198.51.100.0/24"
ZONE, ROLE = "Rezonate (rezonate.okta)", "Rezonate remediation (rezonate.okta)"
USER = "rezonate@acme.example"
METHODS = ("oauth", "api_service_integration", "api_token")
Settings = Mapping[str, Any]
Disturb = Callable[[Chain], object]

# The options of a tenant in the emulator.
ORGS: Mapping[str, Mapping[str, Any]] = {
    "ordinary": {},
    "without devices": {"unavailable_scopes": ["okta.devices.read"]},
    "public client app admins": {"public_client_app_admins": True},
    "DPoP by default": {"dpop_default": True},
    "texts escaped": {"stored_text": ["escaped"]},
}

BASE: Settings = {"rezonate_scopes": ["okta.users.read", "okta.logs.read"], "rezonate_optional_scopes": []}
_COMMON: Mapping[str, Settings] = {
    "fewer scopes": {"rezonate_scopes": ["okta.users.read"]},
    "more scopes": {"rezonate_scopes": ["okta.users.read", "okta.logs.read", "okta.groups.read"]},
    "not exclusive": {"rezonate_exclusive": False},
    "remediation": {"rezonate_remediation": True},
    "no verification": {"rezonate_verify": False},
    "adopting": {"rezonate_adopt_existing": True},
    "comparison required": {"rezonate_require_drift_check": True},
    "retiring": {"rezonate_retire_previous": True},
}
_GROUPS: Settings = {"rezonate_remediation": True, "rezonate_remediation_resource_groups": ["Contractors"]}
SETTINGS: Mapping[str, Mapping[str, Settings]] = {
    "oauth": {
        **_COMMON,
        "an optional scope": {"rezonate_optional_scopes": ["okta.devices.read"]},
        "optional scopes tested again": {"rezonate_optional_scopes": ["okta.devices.read"], "rezonate_retry_optional_scopes": True},
        "more roles": {"rezonate_admin_roles": ["READ_ONLY_ADMIN", "REPORT_ADMIN"]},
        "DPoP": {"rezonate_dpop": True},
        "another label": {"rezonate_app_label": "Rezonate & more"},
        "addresses": {"rezonate_source_addresses": [HERE]},
        "more addresses": {"rezonate_source_addresses": [HERE, ELSEWHERE]},
        "addresses elsewhere": {"rezonate_source_addresses": [ELSEWHERE]},
        "another zone": {"rezonate_source_addresses": [HERE], "rezonate_network_zone_name": "Rezonate only"},
        "an unmanaged zone": {"rezonate_network_zones": ["Office"]},
        "remediation of groups": _GROUPS,
        "remediation of more groups": {**_GROUPS, "rezonate_remediation_resource_groups": ["Contractors", "Guests"]},
        "fewer permissions": {**_GROUPS, "rezonate_remediation_permissions": ["okta.users.manage"]},
        "a larger key": {"rezonate_key_size": 3072},
    },
    "api_service_integration": {**_COMMON, "replacing": {"rezonate_recreate": True}},
    "api_token": {
        **_COMMON,
        "a service user": {"rezonate_service_user": USER},
        "a privileged token": {"rezonate_allow_privileged_token": True},
        "no token given": {"rezonate_readonly_api_token": ""},
    },
}


def prepare(chain: Chain) -> None:
    """Create the objects that the settings name."""
    tenant = chain.tenant
    tenant.add_group("Contractors")
    tenant.add_group("Guests")
    tenant.add_zone("Office", HERE)


def variables(method: str, names: tuple[str, ...], tenant: Tenant) -> dict[str, Any]:
    """Return the role variables for named settings."""
    token = {"rezonate_readonly_api_token": token_of(tenant)} if method == "api_token" else {}
    found = {**BASE, "rezonate_method": method, **token}
    for name in names:
        found |= SETTINGS[method][name]
    return found


def token_of(tenant: Tenant) -> str:
    """Return the token of the read-only administrator who exists from the start."""
    auditor = (tenant.find_user("auditor") or {})["id"]
    found = [token.secret for token in tenant.state.api_tokens.values() if token.user_id == auditor]
    return found[0] if found else tenant.add_api_token("auditor", name="Rezonate")


# Changes in the Admin Console; without effect if the object does not exist.


def _app(chain: Chain) -> str:
    """Return the id of the managed app."""
    return str(chain.record.get("application_id") or next(iter(chain.tenant.state.apps), ""))


def _on_app(change: Callable[[Tenant, str], Any]) -> Disturb:
    def disturb(chain: Chain) -> None:
        if _app(chain) in chain.tenant.state.apps:
            change(chain.tenant, _app(chain))

    return disturb


def _on_all(kind: str, change: Callable[[dict[str, Any], Tenant], Any]) -> Disturb:
    """Change each object of a kind that has the name of a managed object."""

    def disturb(chain: Chain) -> None:
        for entry in list(getattr(chain.tenant.state, kind).values()):
            if "Rezonate" in (entry.get("name") or entry.get("label") or ""):
                change(entry, chain.tenant)

    return disturb


def _remove_zone(zone: dict[str, Any], tenant: Tenant) -> None:
    del tenant.state.zones[zone["id"]]
    for app in tenant.state.apps.values():
        network = app.oauth.get("network") or {}
        network["include"] = [entry for entry in network.get("include") or () if entry != zone["id"]]


def _remove_assignments(member: str, tenant: Tenant, removed_id: str) -> None:
    for assignments in tenant.state.client_roles.values():
        for item in [item for item in assignments.values() if getattr(item, member) == removed_id]:
            del assignments[item.id]


def _remove_role(role: dict[str, Any], tenant: Tenant) -> None:
    _remove_assignments("role", tenant, role["id"])
    del tenant.state.iam_roles[role["id"]]


def _remove_set(item: dict[str, Any], tenant: Tenant) -> None:
    _remove_assignments("resource_set", tenant, item["id"])
    del tenant.state.resource_sets[item["id"]]


def _remove_custom_assignment(tenant: Tenant, app: str) -> None:
    assignments = tenant.state.client_roles.get(tenant.state.apps[app].client_id, {})
    for item in [item for item in assignments.values() if item.type == "CUSTOM"]:
        del assignments[item.id]


def _record_key(tenant: Tenant, app: str) -> str:
    keys = tenant.state.apps[app].keys
    return str(keys[0]["id"]) if keys else ""


def _remove_restriction(tenant: Tenant, app: str) -> None:
    tenant.set_app(app, network={"connection": "ANYWHERE"})


def _restrict(tenant: Tenant, app: str) -> None:
    zone = next(item["id"] for item in tenant.state.zones.values() if item["name"] == "Office")
    tenant.set_app(app, network={"connection": "ZONE", "include": [zone]})


def _on_services(change: Callable[[Tenant, Any], Any]) -> Disturb:
    def disturb(chain: Chain) -> None:
        for service in list(chain.tenant.state.services.values()):
            change(chain.tenant, service)

    return disturb


def _add_secret(tenant: Tenant, service: Any) -> None:
    del service.secrets[1:]  # Okta has two at most
    add_secret(service.secrets, tenant.now())


def _deactivate_secret(_tenant: Tenant, service: Any) -> None:
    for secret in service.secrets[:1]:
        secret["status"] = "INACTIVE"


def _remove_secret(_tenant: Tenant, service: Any) -> None:
    del service.secrets[:1]


def _record(change: Callable[[dict[str, Any]], Any]) -> Disturb:
    def disturb(chain: Chain) -> None:
        if record := chain.record:
            change(record)
            chain.store(record)

    return disturb


def _without(*names: str) -> Disturb:
    return _record(lambda record: [record.pop(name, None) for name in names])


def _made_user(chain: Chain) -> str:
    found = chain.tenant.find_user(USER)
    return str(found["id"]) if found else ""


def _user_role(chain: Chain) -> None:
    if user := _made_user(chain):
        chain.tenant.assign_user_role(user, "REPORT_ADMIN")


def _user_without_role(chain: Chain) -> None:
    if user := _made_user(chain):
        chain.tenant.remove_user_role(user, "READ_ONLY_ADMIN")


def _user_removed(chain: Chain) -> None:
    if user := _made_user(chain):
        del chain.tenant.state.users[user]
        chain.tenant.state.user_roles.pop(user, None)


def _revoke(chain: Chain) -> None:
    chain.tenant.revoke_api_token(str(chain.record.get("api_token")))


_OF_ANY_RECORD: Mapping[str, Disturb] = {
    "the record was never verified": _without("proven_at"),
    "the record lacks the created objects": _without("made"),
    "the record has an older version of scopes": _record(lambda record: record.update(scopes_version=1)),
    "the record has a version of scopes that the release lacks": _record(lambda record: record.update(scopes_version=99)),
}
DISTURBANCES: Mapping[str, Mapping[str, Disturb]] = {
    "oauth": {
        **_OF_ANY_RECORD,
        "a grant is removed": _on_app(lambda tenant, app: tenant.revoke_grant(app, "okta.users.read")),
        "a grant is added": _on_app(lambda tenant, app: tenant.grant(app, "okta.groups.read")),
        "a remediation grant is added": _on_app(lambda tenant, app: tenant.grant(app, "okta.users.manage")),
        "the role is removed": _on_app(lambda tenant, app: tenant.remove_role(app, "READ_ONLY_ADMIN")),
        "a role is added": _on_app(lambda tenant, app: tenant.assign_role(app, "REPORT_ADMIN")),
        "the remediation role is added": _on_app(lambda tenant, app: tenant.assign_role(app, "USER_ADMIN")),
        "super admin is added": _on_app(lambda tenant, app: tenant.assign_role(app, "SUPER_ADMIN")),
        "the custom role is removed from the app": _on_app(_remove_custom_assignment),
        "the app is deactivated": _on_app(lambda tenant, app: tenant.set_app_status(app, "INACTIVE")),
        "the app is renamed": _on_app(lambda tenant, app: tenant.set_app(app, label="Renamed")),
        "the app is deleted": _on_app(lambda tenant, app: tenant.remove_app(app)),
        "DPoP is switched": _on_app(
            lambda tenant, app: tenant.set_app(
                app, dpop_bound_access_tokens=not tenant.state.apps[app].oauth.get("dpop_bound_access_tokens")
            )
        ),
        "the network restriction is removed": _on_app(_remove_restriction),
        "the app is restricted to networks": _on_app(_restrict),
        "the app gets a URL of keys": _on_app(lambda tenant, app: tenant.set_app(app, jwks_uri="https://keys.example/jwks")),
        "a key is added": _on_app(lambda tenant, app: tenant.add_key(app, public_jwk("foreign"))),
        "the managed key is removed": _on_app(lambda tenant, app: tenant.remove_key(app, _record_key(tenant, app))),
        "the managed key is deactivated": _on_app(lambda tenant, app: tenant.set_key_status(app, _record_key(tenant, app), "INACTIVE")),
        "another app has the label": lambda chain: chain.tenant.add_app("Rezonate", [public_jwk("foreign")]),
        "a permission is removed": _on_all("iam_roles", lambda role, _tenant: role["permissions"].pop()),
        "a permission is added": _on_all("iam_roles", lambda role, _tenant: role["permissions"].append("okta.apps.read")),
        "the custom role is deleted": _on_all("iam_roles", _remove_role),
        "a resource is removed": _on_all("resource_sets", lambda item, _tenant: item["resources"].pop()),
        "the resource set is deleted": _on_all("resource_sets", _remove_set),
        "the zone has other addresses": _on_all(
            "zones", lambda zone, _tenant: zone["gateways"].append({"type": "CIDR", "value": "192.0.2.0/24"})
        ),
        "the zone is deactivated": _on_all("zones", lambda zone, _tenant: zone.update(status="INACTIVE")),
        "the zone is deleted": _on_all("zones", _remove_zone),
        "the record has no key": _without("key_id", "private_key", "private_jwk"),
        "the record names no app": _without("application_id"),
        "the record names no org": _without("org_id"),
        "the record has no network restriction": _without("network_limited"),
        "the record marks the app as adopted": _record(lambda record: record.update(adopted=True)),
        "the record is adopting": _record(lambda record: record.update(take_over=True)),
        "the record has another key id": _record(lambda record: record.update(key_id="another")),
        "the record has DPoP": _record(lambda record: record.update(dpop=True)),
        "the record lacks an optional scope": _record(lambda record: record.update(unavailable_scopes=["okta.devices.read"])),
    },
    "api_service_integration": {
        **_OF_ANY_RECORD,
        "the integration is deleted": _on_services(lambda tenant, service: tenant.state.services.pop(service.id)),
        "the integration has fewer scopes": _on_services(lambda _tenant, service: service.scopes.pop()),
        "a secret is added": _on_services(_add_secret),
        "the managed secret is deleted": _on_services(_remove_secret),
        "the managed secret is deactivated": _on_services(_deactivate_secret),
        "another integration is made": lambda chain: chain.tenant.add_service("rezonate_security", "okta.users.read"),
        "the record names no hash": _without("secret_hash"),
        "the record marks the app as adopted": _record(lambda record: record.update(adopted=True)),
        "the record is adopting": _record(lambda record: record.update(take_over=True)),
    },
    "api_token": {
        **_OF_ANY_RECORD,
        "the user gets a role": _user_role,
        "the user loses the role": _user_without_role,
        "the user is deleted": _user_removed,
        "the owner gets a role": lambda chain: chain.tenant.assign_user_role("auditor", "REPORT_ADMIN"),
        "the token is revoked": _revoke,
    },
}
