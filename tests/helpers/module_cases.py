# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks for each module and their expected results; later cases use the objects of earlier ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from helpers.okta_client import public_jwk
from helpers.workspace import pem, private_jwk

LABEL = "Created by a module"
ONE, TWO = public_jwk("paths-one"), public_jwk("paths-two")
APP = {"label": LABEL, "jwks": [ONE]}
GRANTS = {"app_id": "{{ made.app.id }}", "scopes": ["okta.users.read", "okta.logs.read"]}
ROLES = {"app_client_id": "{{ made.app.client_id }}", "roles": ["READ_ONLY_ADMIN"]}
ACCESS = {"client_id": "{{ made.app.client_id }}", "private_key": pem("paths-one"), "key_id": "paths-one"}
ROLE = {"label": "Created by a module", "permissions": ["okta.users.manage", "okta.groups.manage"]}
SET = {"label": "Created by a module", "groups": ["Staff"]}
ZONE = {"name": "Created by a module", "gateways": ["203.0.113.7", "198.51.100.0-198.51.100.15"]}
CUSTOM = {"custom_roles": [{"role": "{{ custom.role.id }}", "resource_set": "{{ covered.resource_set.id }}"}]}
BOUND = {"client_id": "{{ bound }}", "private_key": pem("paths-two"), "key_id": "paths-two", "dpop": True, "scopes": ["okta.users.manage"]}
NO_USER = "/api/v1/users/00u00000000000000000"
PROBES = [{"method": "POST", "path": NO_USER, "body": {"profile": {}}}, {"method": "DELETE", "path": NO_USER}]
INTEGRATION = {"client_id": "{{ installed.client_id }}", "client_secret": "{{ installed.client_secret }}", "scopes": ["okta.users.read"]}
VAULT = {"path": "{{ inventory_hostname }}.vault"}
TENANT = {"tenant": "acme", "org_url": "https://acme.okta.com"}
AUDITING = {"tenant": "acme", "wanted_scopes": ["okta.users.read"], "roles": ["READ_ONLY_ADMIN"], "key_max_age": "90d"}
OWN = {"app_id": "{{ bound }}", "app_label": "Bound", "own_private_key": pem("paths-two"), "own_key_id": "paths-two", "own_dpop": True}
REPORT = {"path": "{{ inventory_hostname }}-report"}
SUMMARY = {"path": "{{ inventory_hostname }}-fleet.json", "summary": {"tenants": {"total": 1}}}
SETS = {"1": {"scopes": ["okta.users.read"], "optional_scopes": []}}
PLAN: dict[str, Any] = {
    "work": "onboard",
    "host": "acme",
    "tenant": "acme",
    "org_url": "https://acme.okta.com",
    "method": "oauth",
    "options": {"verify": True, "rotation": "status"},
    "credential": {},
    "store": {"path": "acme.vault"},
    "known": {},
    "scopes": {"version": 1, "newest": 1, "scopes": [], "optional_scopes": [], "newer": [], "newer_optional_scopes": []},
    "results": {},
    "steps": [],
    "parts": [],
    "detour": "",
    "compared": True,
    "check": False,
    "failed": False,
}
PUBLISHED = {
    "rezonate__stands": {
        **TENANT,
        "msg": ["Tenant acme: matches the desired state."],
        "rezonate": {"work": "onboard", "status": "unchanged"},
    },
}
MERGED = "{{ inventory_hostname }}-report/audit.json"
AUDITED = {"tenant": "acme", "findings": [{"id": "key_old", "severity": "high", "message": "The key is old.", "remedy": "rotate"}]}
SECRET = "made-up-secret-in-a-vault-e07b4c19"
WRONG_SECRET = "made-up-client-secret-that-is-wrong-4f6a1d"


@dataclass(frozen=True)
class Case:
    """A task.

    Args:
        module: the module, without the collection's name.
        options: its options.
        changed: whether it changes something.
        fails: a pattern of its message, if it fails.
        keywords: keywords of the task.
        hidden: whether its result is hidden.
        writes: the number of calls that change something in Okta.
    """

    module: str
    options: dict[str, Any]
    changed: bool = False
    fails: str = ""
    keywords: dict[str, Any] = field(default_factory=dict)
    hidden: bool = False
    writes: int = 0


CHECK = {"check_mode": True, "diff": True}
WEAK = {"api_token": "{{ weak_token }}"}
CA = {"ca_path": "{{ ca_path }}"}
DEFAULTS = "group/rezonate.okta.okta"
TOKEN = {"api_token": "{{ api_token }}"}
ORG = {"org_url": "{{ org_url }}"}
BY_ENVIRONMENT = {"module_defaults": {DEFAULTS: {**CA, **TOKEN}}, "environment": {"OKTA_CLIENT_ORGURL": "{{ org_url }}"}}
AS_APP = {"module_defaults": {DEFAULTS: {**CA, **ORG}}}
SERVICE = {"type": "rezonate_security", "scopes": ["okta.users.read", "okta.logs.read"]}
MADE_SERVICE = {"id": "{{ service.client_id }}", "type": "rezonate_security"}
OTHER_SCOPES = {**MADE_SERVICE, "scopes": ["okta.users.read"]}
ROTATED = {**MADE_SERVICE, "new_secret": True, "secret_hash": "{{ seen.integration.secrets[0].secret_hash }}"}
ONE_LEFT = {**MADE_SERVICE, "exclusive_secrets": True, "secret_hash": "{{ rotated.secret_hash }}"}
NO_APP = {"app_id": "0oamadeupmadeupmadeu", "scopes": ["okta.users.read"]}
INSPECTION = {"inspect_token": "{{ weak_token }}"}
REVOKE = {"state": "absent"}
CURRENT = {**REVOKE, "current": True, "api_token": "{{ old_token }}"}
USER = {"login": "rezonate@acme.example", "first_name": "Rezonate", "last_name": "Service"}
CASES = {
    "key: checked": Case("rsa_jwk", {"path": "{{ inventory_hostname }}.pem"}, True, keywords=CHECK, hidden=True),
    "key: created": Case("rsa_jwk", {"path": "{{ inventory_hostname }}.pem"}, True, hidden=True, keywords={"register": "pair"}),
    "key: repeated": Case("rsa_jwk", {"path": "{{ inventory_hostname }}.pem"}, hidden=True),
    "key: imported": Case("rsa_jwk", {"private_key": pem("paths-one")}, hidden=True),
    "key: with another key id": Case("rsa_jwk", {"private_key": private_jwk("paths-one"), "key_id": "other"}, hidden=True),
    "key: malformed": Case("rsa_jwk", {"private_key": "made-up-garbage-41d7"}, fails="private_key"),
    "key: unknown option": Case("rsa_jwk", {"bits": 2048}, fails="Unsupported parameters for .*rsa_jwk.* module: bits"),
    "key: bad choice": Case("rsa_jwk", {"size": 1024}, fails="value of size must be one of: 2048, 3072, 4096, got: 1024"),
    "app: checked": Case("okta_service_app", APP, True, keywords=CHECK),
    "app: created": Case("okta_service_app", APP, True, writes=1, keywords={"register": "made"}),
    "app: repeated": Case("okta_service_app", APP),
    "app: change checked": Case("okta_service_app", {**APP, "app_dpop": True, "jwks": [ONE, TWO]}, True, keywords=CHECK),
    "app: changed": Case("okta_service_app", {**APP, "app_dpop": True, "jwks": [ONE, TWO]}, True, writes=2),
    "app: changed back": Case("okta_service_app", {**APP, "app_dpop": False, "exclusive_keys": True}, True, writes=3),
    "app: deactivated": Case("okta_service_app", {"label": LABEL, "state": "inactive"}, True, writes=1),
    "app: activated": Case("okta_service_app", {"label": LABEL}, True, writes=1),
    "app: private members": Case("okta_service_app", {"label": "x", "jwks": [private_jwk("paths-two")]}, fails="jwks"),
    "app: neither id nor label": Case("okta_service_app", {"jwks": [ONE]}, fails="one of the following is required: id, label"),
    "app: weak token": Case("okta_service_app", {"label": "Mine", "jwks": [TWO], **WEAK}, fails="E0000006", writes=1),
    "app: listed": Case("okta_service_app_info", {"label": LABEL}),
    "app: all listed": Case("okta_service_app_info", {}),
    "app: not listed": Case("okta_service_app_info", {"id": "0oamadeupmadeupmadeu"}),
    "app: listed by a bad token": Case("okta_service_app_info", {"api_token": "00made-up-bad-token-c2"}, fails="E0000011"),
    "token: checked": Case("okta_api_token_info", {}),
    "token: from the environment": Case("okta_api_token_info", {}, keywords=BY_ENVIRONMENT),
    "token: super admin required": Case("okta_api_token_info", {"require_super_admin": True, **WEAK}, fails="only a super admin"),
    "token: inspected": Case("okta_api_token_info", INSPECTION),
    "token: inspected without another token": Case("okta_api_token_info", INSPECTION, keywords=AS_APP),
    "token: inspected with a weak token": Case("okta_api_token_info", {"inspect_token": "{{ spare_token }}", **WEAK}),
    "token: inspected, of a super admin": Case("okta_api_token_info", {"inspect_token": "{{ old_token }}"}, fails="holds SUPER_ADMIN"),
    "token: inspected, and accepted": Case("okta_api_token_info", {"inspect_token": "{{ old_token }}", "allow_privileged": True}),
    "token: inspected, without an admin role": Case(
        "okta_api_token_info", {"inspect_token": "{{ idle_token }}"}, fails="holds no admin role"
    ),
    "token: inspected, revoked": Case("okta_api_token_info", {"inspect_token": "{{ dead_token }}"}, fails="^inspect_token: .*401"),
    "token: inspected, of another org": Case("okta_api_token_info", {"inspect_token": "{{ alien_token }}"}, fails="another org"),
    "token: inspected, with blanks": Case(
        "okta_api_token_info", {"inspect_token": "{{ weak_token }} x"}, fails="inspect_token holds blanks"
    ),
    "token: inspected with itself": Case("okta_api_token_info", {"inspect_token": "{{ api_token }}"}, fails="the calling bootstrap token"),
    "token: inspected with an invalid endpoint": Case("okta_api_token_info", {**INSPECTION, "endpoints": ["//x"]}, fails="^endpoints: "),
    "revoking: checked": Case("okta_api_token", {**REVOKE, "name": "Spare"}, True, keywords=CHECK),
    "revoking: by name": Case("okta_api_token", {**REVOKE, "name": "Spare"}, True, writes=1),
    "revoking: repeated": Case("okta_api_token", {**REVOKE, "name": "Spare"}),
    "revoking: several": Case("okta_api_token", {**REVOKE, "name": "Twin"}, fails="Several API tokens have the name 'Twin'"),
    "revoking: no such id": Case("okta_api_token", {**REVOKE, "id": "00Tmadeupmadeupmadeu"}),
    "revoking: without a name or id": Case("okta_api_token", REVOKE, fails="exactly one of"),
    "revoking: weak token": Case("okta_api_token", {**REVOKE, "name": "Weak", **WEAK}, fails="E0000006", writes=1),
    "revoking: itself checked": Case("okta_api_token", CURRENT, True, keywords=CHECK),
    "revoking: itself": Case("okta_api_token", CURRENT, True, writes=1),
    "revoking: itself again": Case("okta_api_token", CURRENT),
    "user: checked": Case("okta_admin_user", USER, True, keywords=CHECK),
    "user: created": Case("okta_admin_user", USER, True, writes=2),
    "user: repeated": Case("okta_admin_user", {**USER, "exclusive": True}),
    "user: changed": Case("okta_admin_user", {**USER, "roles": ["REPORT_ADMIN"], "exclusive": True}, True, writes=2),
    "user: malformed": Case("okta_admin_user", {**USER, "login": "rezonate"}, fails="login: 'rezonate' isn't"),
    "user: without names": Case("okta_admin_user", {"login": "nobody@acme.example"}, fails="first_name and last_name"),
    "user: weak token": Case("okta_admin_user", {**USER, "login": "new@acme.example", **WEAK}, fails="E0000006", writes=1),
    "user: other roles": Case("okta_admin_user", {**USER, "state": "absent"}, fails="also holds REPORT_ADMIN"),
    "user: deletion checked": Case("okta_admin_user", {**USER, "state": "absent", "exclusive": True}, True, keywords=CHECK),
    "user: deleted": Case("okta_admin_user", {**USER, "state": "absent", "exclusive": True}, True, writes=1),
    "user: deleted again": Case("okta_admin_user", {**USER, "state": "absent"}),
    "user: deleted and required": Case("okta_admin_user", USER, fails="is deactivated"),
    "grants: checked": Case("okta_scope_grant", GRANTS, True, keywords=CHECK),
    "grants: created": Case("okta_scope_grant", GRANTS, True, writes=2),
    "grants: repeated": Case("okta_scope_grant", {**GRANTS, "exclusive": True}),
    "grants: optional": Case("okta_scope_grant", {**GRANTS, "optional_scopes": ["okta.nosuch.read"]}, writes=1),
    "grants: exclusive": Case("okta_scope_grant", {**GRANTS, "scopes": ["okta.users.read"], "exclusive": True}, True, writes=1),
    "grants: malformed": Case("okta_scope_grant", {**GRANTS, "scopes": ["users read"]}, fails="scopes: 'users read'"),
    "grants: unknown": Case("okta_scope_grant", {**GRANTS, "scopes": ["okta.nosuch.read"]}, fails="okta.nosuch.read", writes=1),
    "grants: no app": Case("okta_scope_grant", NO_APP, fails="answered 404 E0000007"),
    "grants: weak token": Case("okta_scope_grant", {**GRANTS, **WEAK}, fails="E0000006"),
    "roles: checked": Case("okta_client_role", ROLES, True, keywords=CHECK),
    "roles: created": Case("okta_client_role", ROLES, True, writes=1),
    "roles: repeated": Case("okta_client_role", {**ROLES, "exclusive": True}),
    "roles: changed": Case("okta_client_role", {**ROLES, "roles": ["APP_ADMIN"], "exclusive": True}, True, writes=2),
    "roles: changed back": Case("okta_client_role", {**ROLES, "exclusive": True}, True, writes=2),
    "roles: malformed": Case("okta_client_role", {**ROLES, "roles": ["read only"]}, fails="roles: 'read only'"),
    "roles: unknown": Case("okta_client_role", {**ROLES, "roles": ["NO_SUCH_ADMIN"]}, fails="answered 400", writes=1),
    "roles: weak token": Case("okta_client_role", {**ROLES, **WEAK}, fails="E0000006"),
    "access token: requested": Case("okta_access_token", {**ACCESS, "scopes": ["okta.users.read"]}),
    "access token: returned": Case("okta_access_token", {**ACCESS, "scopes": ["okta.users.read"], "return_token": True}, hidden=True),
    "access token: too many scopes": Case("okta_access_token", {**ACCESS, "scopes": ["okta.users.read", "okta.apps.read"]}, fails="scope"),
    "access token: wrong key": Case(
        "okta_access_token", {**ACCESS, "private_key": pem("paths-two"), "scopes": ["okta.users.read"]}, fails="invalid_client"
    ),
    "token: of an app": Case(
        "okta_api_token_info", {**ACCESS, "required_scopes": ["okta.users.read", "okta.apps.manage"]}, keywords=AS_APP
    ),
    "access token: used by the app": Case(
        "okta_service_app_info", {**ACCESS, "scopes": ["okta.users.read"]}, keywords=AS_APP, fails="answered 403"
    ),
    "service: checked": Case("okta_api_service_integration", SERVICE, True, keywords=CHECK),
    "service: created": Case("okta_api_service_integration", SERVICE, True, writes=1, hidden=True, keywords={"register": "service"}),
    "service: repeated": Case("okta_api_service_integration", {**SERVICE, **MADE_SERVICE}),
    "service: unknown id": Case("okta_api_service_integration", SERVICE, fails="may be in use"),
    "service: other scopes": Case("okta_api_service_integration", OTHER_SCOPES, fails="scopes: .* Okta can't change them"),
    "service: replacement checked": Case("okta_api_service_integration", {**OTHER_SCOPES, "replace": True}, True, keywords=CHECK),
    "service: replaced": Case(
        "okta_api_service_integration",
        {**OTHER_SCOPES, "replace": True},
        True,
        writes=2,
        hidden=True,
        keywords={"register": "service"},
    ),
    "service: inspected": Case("okta_api_service_integration", {**MADE_SERVICE, "inspect": True}, keywords={"register": "seen"}),
    "service: new secret checked": Case("okta_api_service_integration", ROTATED, True, keywords=CHECK),
    "service: new secret": Case("okta_api_service_integration", ROTATED, True, writes=1, hidden=True),
    "service: too many secrets": Case("okta_api_service_integration", ROTATED, fails="Okta's maximum"),
    "service: lost secret": Case(
        "okta_api_service_integration",
        {**ROTATED, "requested_at": "2026-01-01T00:00:00Z"},
        True,
        writes=3,
        hidden=True,
        keywords={"register": "rotated"},
    ),
    "service: one left checked": Case("okta_api_service_integration", ONE_LEFT, True, keywords=CHECK),
    "service: one left": Case("okta_api_service_integration", ONE_LEFT, True, writes=2),
    "service: one left again": Case("okta_api_service_integration", ONE_LEFT),
    "service: unknown secret": Case("okta_api_service_integration", {**ONE_LEFT, "secret_hash": "x"}, fails="doesn't hold this secret"),
    "service: no hash": Case("okta_api_service_integration", {**ONE_LEFT, "secret_hash": None}, fails="secret_hash is missing"),
    "service: adopted": Case("okta_api_service_integration", {**OTHER_SCOPES, "id": None, "take_over": True}, True, writes=1, hidden=True),
    "service: weak token": Case(
        "okta_api_service_integration", {**SERVICE, "type": "anzennaapiservice", **WEAK}, fails="E0000006", writes=1
    ),
    "service: unknown type": Case(
        "okta_api_service_integration", {**SERVICE, "type": "no_such"}, fails="> API Service Integrations > Add", writes=1
    ),
    "service: unknown scope": Case(
        "okta_api_service_integration",
        {"type": "anzennaapiservice", "scopes": ["okta.nosuch.read"]},
        fails="scopes: Okta doesn't grant these",
        writes=1,
    ),
    "service: name instead of type": Case(
        "okta_api_service_integration", {**SERVICE, "type": "Rezonate Security"}, fails="type: 'Rezonate Security'"
    ),
    "service: neither id nor type": Case("okta_api_service_integration", {}, fails="one of the following is required: id, type"),
    "service: deletion checked": Case("okta_api_service_integration", {**MADE_SERVICE, "state": "absent"}, True, keywords=CHECK),
    "service: deleted": Case("okta_api_service_integration", {**MADE_SERVICE, "state": "absent"}, True, writes=1),
    "service: deleted again": Case("okta_api_service_integration", {**MADE_SERVICE, "state": "absent"}),
    "access token: bound": Case("okta_access_token", BOUND),
    "access token: bound, with the token": Case("okta_access_token", {**BOUND, "return_token": True}, hidden=True),
    "access token: bound, without dpop": Case("okta_access_token", {**BOUND, "dpop": False}, fails="set dpop to true"),
    "access token: bound, used by the app": Case("okta_service_app_info", {**BOUND, "scopes": ["okta.apps.read"]}, keywords=AS_APP),
    "access token: probed": Case("okta_access_token", {**BOUND, "probes": PROBES}, writes=2),
    "access token: probes checked": Case("okta_access_token", {**BOUND, "probes": PROBES}, keywords={"check_mode": True}),
    "access token: probe without the scope": Case(
        "okta_access_token",
        {**ACCESS, "scopes": ["okta.users.read"], "probes": PROBES, "patience": 0},
        fails="insufficient_scope",
        writes=1,
    ),
    "access token: probe that is executed": Case(
        "okta_access_token",
        {**BOUND, "probes": [{"method": "DELETE", "path": "/api/v1/users/user5"}]},
        fails="^probes: Okta carried out",
        writes=1,
    ),
    "access token: probe with an invalid path": Case(
        "okta_access_token", {**BOUND, "probes": [{"method": "PUT", "path": "//x"}]}, fails="^probes: '//x'"
    ),
    "access token: probe that reads": Case(
        "okta_access_token",
        {**BOUND, "probes": [{"method": "GET", "path": NO_USER}]},
        fails="value of method must be one of: POST, PUT, DELETE",
    ),
    "access token: with a secret": Case("okta_access_token", INTEGRATION),
    "access token: wrong secret": Case(
        "okta_access_token", {**INTEGRATION, "client_secret": WRONG_SECRET}, fails="invalid_client .* Check client_id and client_secret"
    ),
    "access token: secret and key": Case(
        "okta_access_token", {**INTEGRATION, **ACCESS}, fails="mutually exclusive: client_secret.private_key"
    ),
    "access token: outside its zones": Case("okta_access_token", {**BOUND, "client_id": "{{ zoned }}"}, fails="answered 403 access_denied"),
    "grants: deletion checked": Case("okta_scope_grant", {**GRANTS, "state": "absent"}, True, keywords=CHECK),
    "grants: deleted": Case("okta_scope_grant", {**GRANTS, "state": "absent"}, True, writes=1),
    "grants: deleted again": Case("okta_scope_grant", {**GRANTS, "state": "absent"}),
    "roles: deleted": Case("okta_client_role", {**ROLES, "state": "absent"}, True, writes=1),
    "roles: deleted again": Case("okta_client_role", {**ROLES, "state": "absent"}),
    "custom role: checked": Case("okta_custom_role", ROLE, True, keywords=CHECK),
    "custom role: created": Case("okta_custom_role", ROLE, True, writes=1, keywords={"register": "custom"}),
    "custom role: repeated": Case("okta_custom_role", ROLE),
    "custom role: change checked": Case("okta_custom_role", {**ROLE, "permissions": ["okta.users.read"]}, True, keywords=CHECK),
    "custom role: changed": Case("okta_custom_role", {**ROLE, "permissions": ["okta.users.read"], "description": "New"}, True, writes=4),
    "custom role: malformed": Case("okta_custom_role", {**ROLE, "permissions": ["users"]}, fails="permissions: 'users' isn't"),
    "custom role: no permissions": Case("okta_custom_role", {"label": "x"}, fails="all of the following are missing: permissions"),
    "custom role: unknown id": Case("okta_custom_role", {**ROLE, "id": "cr0madeupmadeupmade1"}, fails="id: this org has no custom role"),
    "custom role: weak token": Case("okta_custom_role", {**ROLE, **WEAK}, fails="E0000006"),
    "set: checked": Case("okta_resource_set", SET, True, keywords=CHECK),
    "set: created": Case("okta_resource_set", SET, True, writes=1, keywords={"register": "covered"}),
    "set: repeated": Case("okta_resource_set", {**SET, "groups": ["{{ covered.groups[0].id }}"]}),
    "set: change checked": Case("okta_resource_set", {**SET, "resources": ["{{ org_url }}/api/v1/users"]}, True, keywords=CHECK),
    "set: changed": Case("okta_resource_set", {**SET, "groups": [], "resources": ["{{ org_url }}/api/v1/users"]}, True, writes=3),
    "set: an app": Case("okta_resource_set", {**SET, "resources": ["{{ org_url }}/api/v1/apps/{{ made.app.id }}"]}, True, writes=2),
    "set: an app repeated": Case("okta_resource_set", {**SET, "resources": ["{{ org_url }}/api/v1/apps/{{ made.app.id }}"]}),
    "set: no such group": Case("okta_resource_set", {**SET, "groups": ["Nobody"]}, fails="groups: this org has no group named 'Nobody'"),
    "set: empty": Case("okta_resource_set", {"label": "x"}, fails="any of the following are missing: resources, groups"),
    "set: malformed": Case("okta_resource_set", {**SET, "resources": ["users"]}, fails="resources: 'users' is no resource"),
    "set: weak token": Case("okta_resource_set", {**SET, **WEAK}, fails="E0000006"),
    "roles: custom": Case("okta_client_role", {"app_client_id": "{{ made.app.client_id }}", **CUSTOM}, True, writes=1),
    "custom role: assigned": Case("okta_custom_role", {**ROLE, "state": "absent"}, fails="The role is assigned", writes=1),
    "set: deleted": Case("okta_resource_set", {**SET, "state": "absent"}, True, writes=1),
    "set: deleted again": Case("okta_resource_set", {**SET, "state": "absent"}),
    "custom role: deleted": Case("okta_custom_role", {"id": "{{ custom.role.id }}", "state": "absent"}, True, writes=1),
    "custom role: deleted again": Case("okta_custom_role", {"id": "{{ custom.role.id }}", "state": "absent"}),
    "zone: checked": Case("okta_network_zone", ZONE, True, keywords=CHECK),
    "zone: created": Case("okta_network_zone", ZONE, True, writes=1, keywords={"register": "zone"}),
    "zone: repeated": Case("okta_network_zone", {**ZONE, "gateways": ["198.51.100.0/28", "203.0.113.7/32"]}),
    "zone: change checked": Case("okta_network_zone", {**ZONE, "gateways": ["203.0.113.7"]}, True, keywords=CHECK),
    "zone: changed": Case("okta_network_zone", {**ZONE, "gateways": ["203.0.113.7"]}, True, writes=1),
    "zone: malformed": Case(
        "okta_network_zone", {**ZONE, "gateways": ["203.0.113.7/24"]}, fails="gateways: '203.0.113.7/24' has host bits set"
    ),
    "zone: a system zone": Case("okta_network_zone", {**ZONE, "name": "LegacyIpZone"}, fails="is a system zone of Okta"),
    "zone: weak token": Case("okta_network_zone", {**ZONE, "name": "Mine", **WEAK}, fails="E0000006", writes=1),
    "app: restricted to the zone": Case("okta_service_app", {"label": LABEL, "network_zones": ["{{ zone.zone.id }}"]}, True, writes=1),
    "zone: in use": Case("okta_network_zone", {"name": "Created by a module", "state": "absent"}, fails="is in use", writes=3),
    "app: restriction removed": Case("okta_service_app", {"label": LABEL, "network_zones": []}, True, writes=1),
    "zone: deletion checked": Case("okta_network_zone", {**ZONE, "state": "absent"}, True, keywords=CHECK),
    "zone: deleted": Case("okta_network_zone", {**ZONE, "state": "absent"}, True, writes=2),
    "zone: deleted again": Case("okta_network_zone", {**ZONE, "state": "absent"}),
    "app: deletion checked": Case("okta_service_app", {"label": LABEL, "state": "absent"}, True, keywords=CHECK),
    "app: deleted": Case("okta_service_app", {"label": LABEL, "state": "absent"}, True, writes=2),
    "app: deleted again": Case("okta_service_app", {"label": LABEL, "state": "absent"}),
    "file: checked": Case("vault_vars_file", {**VAULT, "variables": {"word": SECRET}}, True, keywords=CHECK),
    "file: created": Case("vault_vars_file", {**VAULT, "variables": {"word": SECRET}}, True),
    "file: repeated": Case("vault_vars_file", {**VAULT, "variables": {"word": SECRET}}),
    "file: read": Case("vault_vars_file_info", VAULT, hidden=True),
    "file: deleted": Case("vault_vars_file", {**VAULT, "state": "absent"}, True),
    "record: without a plan": Case("tenant_record", {"tenant": TENANT, "event": "promoted"}, fails="'tenant' is not the plan"),
    "record: malformed": Case("tenant_record", {"tenant": PLAN, "event": "dance"}, fails="value of event must be one of"),
    "comparison: without a plan": Case("tenant_comparison", {"tenant": TENANT}, fails="'tenant' is not the plan"),
    "plan: of an audit": Case("tenant_plan", {"work": "audit", "scope_sets": SETS}, keywords={"vars": {"rezonate_tenant_id": "acme"}}),
    "plan: without scopes": Case("tenant_plan", {}, fails="missing required arguments: scope_sets"),
    "settings: resolved": Case("tenant_settings", {"work": "audit"}, keywords={"vars": {"rezonate_tenant_id": "acme"}}),
    "settings: refused": Case("tenant_settings", {}, keywords={"vars": {"rezonate_tenant_id": 83}}, fails="rezonate_tenant_id is a number"),
    "audit: no app": Case("okta_audit_info", AUDITING),
    "audit: with known values": Case(
        "okta_audit_info", {**AUDITING, "app_label": "Bound", "vault_problem": "It wasn't read.", "app_dpop": False}
    ),
    "audit: checked": Case("okta_audit_info", {**AUDITING, "app_label": "Bound"}, keywords={"check_mode": True}),
    "audit: with own credentials": Case("okta_audit_info", {**AUDITING, **OWN, "own_credentials": True}),
    "audit: revoked token": Case("okta_audit_info", {**AUDITING, "api_token": "{{ dead_token }}"}),
    "audit: malformed": Case("okta_audit_info", {**AUDITING, "key_max_age": "soon"}, fails="key_max_age 'soon' isn't an age"),
    "confirmation: in check mode": Case("confirm_offboarding", {}, keywords={"check_mode": True}),
    "confirmation: not confirmed": Case("confirm_offboarding", {"ask": False}, fails="Nothing was removed: confirm at the prompt"),
    "confirmation: other tenants": Case("confirm_offboarding", {"ask": False, "tenants": "9"}, fails="rezonate_offboard_tenants is 9"),
    "tenant report: printed": Case("tenant_report", {"tenant": PLAN}),
    "tenant report: without a plan": Case("tenant_report", {"tenant": {"tenant": "acme"}}, fails="'tenant' is not the plan"),
    "audits: of all hosts": Case("collect_audits", {}),
    "results: published": Case("publish_results", {}, keywords={"vars": PUBLISHED}),
    "results: nothing to publish": Case("publish_results", {}, fails="There is nothing to publish for"),
    "results: merged": Case("merge_results", {}),
    "results: malformed": Case("merge_results", {"required": ["dance"]}, fails="value of required must be one or more of"),
    "summary: checked": Case("fleet_summary", SUMMARY, True, keywords=CHECK),
    "summary: created": Case("fleet_summary", SUMMARY, True),
    "summary: repeated": Case("fleet_summary", SUMMARY),
    "report: checked": Case("audit_report", {**REPORT, "tenants": [AUDITED]}, True, keywords=CHECK),
    "report: created": Case("audit_report", {**REPORT, "tenants": [AUDITED]}, True),
    "report: repeated": Case("audit_report", {**REPORT, "tenants": [AUDITED]}),
    "report: merged": Case("audit_report", {**REPORT, "tenants": [{"tenant": "globex"}], "merge": [MERGED]}, True),
    "report: merged again": Case("audit_report", {**REPORT, "merge": [MERGED]}),
    "report: without input": Case("audit_report", REPORT, fails="one of the following is required: tenants, merge"),
    "report: malformed": Case("audit_report", {**REPORT, "tenants": [{**AUDITED, "keys": "x"}]}, fails=r"tenants\[0\].keys must be a list"),
}
# Modules that cannot be transferred to another host.
CONTROLLER_ONLY = (
    "vault_vars_file",
    "vault_vars_file_info",
    "audit_report",
    "collect_audits",
    "confirm_offboarding",
    "fleet_summary",
    "merge_results",
    "publish_results",
    "tenant_comparison",
    "tenant_plan",
    "tenant_record",
    "tenant_report",
    "tenant_settings",
)
