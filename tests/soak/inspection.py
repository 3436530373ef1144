# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the state after runs: in Okta, in the vault file and on the disk. It does not use code of the collection."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from helpers.ansible_run import Run
from okta_emulator import Tenant
from okta_emulator.ids import timestamp

from . import leak_canaries as canaries
from .control_node import ControlNode, private
from .findings import LABEL, DesiredState, Findings
from .stored_credentials import NEEDED, Client

_NAMED = re.compile(r"\b(GET|POST|PUT|DELETE) (https://[^ ]+)?/[a-z.]")
OLD = 3600.0  # seconds; the minimum age of unmanaged objects
_LONGEST = 900  # characters; the maximum length of a readable message


def inspect(node: ControlNode, tenant: Tenant, desired: DesiredState, found: Findings) -> None:
    """Check that a tenant is in the desired state, and that no temporary files are left."""
    node.set_clock(tenant)
    record = check_file(node, tenant, desired, found)
    apps = [app for app in tenant.apps if app["label"] == desired.label]
    for what, have, method in (
        ("apps with the label", len(apps), "oauth"),
        ("integrations", len(tenant.services), "api_service_integration"),
    ):
        expected = int(method in (desired.method, *desired.previous))
        if have != expected:
            (found.doubled if have > expected else found.lost).append(f"{have} {what}")
    if record:
        if desired.method == "oauth" and len(apps) == 1:
            check_app(tenant, apps[0], record, desired, found)
            check_restrictions(tenant, apps[0], desired, found)
        if desired.method == "api_service_integration" and len(tenant.services) == 1:
            check_integration(node, tenant, record, desired, found)
        verify_credentials(node, tenant, record, desired, found)
    check_secrets(node, tenant, record, found)
    found.unclear += [f"left: {path.name}" for path in node.workspace.home.parent.rglob("*.rezonate-tmp")]


def check_file(node: ControlNode, tenant: Tenant, desired: DesiredState, found: Findings) -> dict[str, Any]:
    """Check the vault file and its directory; return the stored record."""
    path = node.workspace.vault_file(tenant)
    if not path.exists():
        found.lost.append("no vault file")
        return {}
    beside = sorted(entry.name for entry in path.parent.iterdir() if entry.name != path.name)
    if beside:
        found.unclear.append(f"left beside the vault file: {', '.join(beside)}")
    record = node.workspace.credentials(tenant)
    missing = [name for name in NEEDED[desired.method] if name not in record]
    if missing or record["method"] != desired.method:
        found.lost.append(f"the file, of method {record['method']}, lacks {', '.join(missing) or 'nothing'}")
        return {}
    if "proven_at" not in record or "app_requested_at" in record:
        found.unclear.append("not marked as verified")
    if sorted(record.get("previous", {})) != sorted(desired.previous):
        found.lost.append(f"the file has {sorted(record.get('previous', {}))} under previous, not {sorted(desired.previous)}")
    return record


def check_app(tenant: Tenant, app: dict[str, Any], record: dict[str, Any], desired: DesiredState, found: Findings) -> None:
    """Check the app, its keys, scopes and roles."""
    if app["id"] != record["application_id"]:
        found.lost.append(f"the file names the app {record['application_id']}, Okta has {app['id']}")
    if app["status"] != "ACTIVE":
        found.unclear.append("the app isn't active")
    keys = [key for key in tenant.keys(app["id"]) if key["status"] == "ACTIVE"]
    if record["private_jwk"]["n"] not in [key["n"] for key in keys]:
        found.lost.append("the file's key isn't registered")
    foreign = sorted(key["kid"] for key in tenant.keys(app["id"]) if key["n"] != record["private_jwk"]["n"])
    if foreign != sorted(desired.others):
        found.doubled.append(f"other keys: {foreign}, expected {list(desired.others)}")
    with tenant.lock:
        scopes = Counter(grant["scopeId"] for grant in tenant.state.grants.get(app["client_id"], {}).values())
    found.compare("scopes", scopes, desired.scopes)
    custom = ["CUSTOM"] * (bool(desired.groups) + desired.privileges)
    found.compare("roles", Counter(tenant.roles(app["id"])), [*desired.roles, *custom])


def check_super_admin(tenant: Tenant, found: Findings) -> None:
    """Check that a managed app that the org made a super admin has at most one grant."""
    with tenant.lock:
        for app in (app for app in tenant.state.apps.values() if app.label == LABEL):
            scopes = tenant.state.granted_scopes(app.client_id)
            roles = [item.type for item in tenant.state.client_roles.get(app.client_id, {}).values()]
            if tenant.options.public_client_app_admins and "SUPER_ADMIN" in roles and len(scopes) > 1:
                found.unclear.append(f"a super admin with {len(scopes)} scopes")


def check_restrictions(tenant: Tenant, app: dict[str, Any], desired: DesiredState, found: Findings) -> None:
    """Check the zone, the custom roles and the resource sets of the app: each exists as desired and is assigned to the app."""
    state = tenant.state
    with tenant.lock:
        zones = [zone for zone in state.zones.values() if not zone["system"]]
        assigned = [
            (item.role, item.resource_set) for item in state.client_roles.get(app["client_id"], {}).values() if item.type == "CUSTOM"
        ]
        remediation, privileges_role = (_made(tenant, f"{LABEL} {purpose} (rezonate.okta)") for purpose in ("remediation", "privileges"))
        groups = [group_id for group_id, group in state.groups.items() if group["profile"]["name"] in desired.groups]
    found.compare("address ranges", Counter(entry["value"] for zone in zones for entry in zone["gateways"]), desired.addresses)
    oauth = app["settings"]["oauthClient"]
    if desired.addresses and (oauth.get("network") or {}).get("include") != [zone["id"] for zone in zones]:
        found.unclear.append(f"the app's network is {oauth.get('network')}, the zones {[zone['id'] for zone in zones]}")
    if bool(oauth.get("dpop_bound_access_tokens")) != desired.dpop:
        found.unclear.append("DPoP is not as desired")
    counts = (len(remediation.pairs), len(privileges_role.pairs), len(state.iam_roles), len(state.resource_sets))
    count = bool(desired.groups) + desired.privileges
    if counts != (bool(desired.groups), desired.privileges, count, count) or sorted(assigned) != sorted(
        [*remediation.pairs, *privileges_role.pairs]
    ):
        found.doubled.append(f"custom roles with resource sets: created {remediation}, {privileges_role}, assigned to the app {assigned}")
    if desired.privileges and (privileges_role.permissions, privileges_role.orns) != (
        ["okta.iam.read"],
        [tenant.orn("iam", "contained_resources")],
    ):
        found.unclear.append(f"the role for reading privileges: {privileges_role}")
    orns = remediation.orns
    astray = [orn for orn in orns if not any(group in orn for group in groups)]
    if astray or len(groups) != len(desired.groups) or any(not any(group in orn for orn in orns) for group in groups):
        found.unclear.append(f"the resource set contains {orns}, the groups are {groups}")


@dataclass(frozen=True)
class CustomRoles:
    """Custom roles and resource sets with a label: each role with each set, and their contents."""

    pairs: list[tuple[str, str]]
    permissions: list[str]
    orns: list[str]


def _made(tenant: Tenant, label: str) -> CustomRoles:
    roles = {key: role for key, role in tenant.state.iam_roles.items() if role["label"] == label}
    sets = {key: one for key, one in tenant.state.resource_sets.items() if one["label"] == label}
    permissions = [permission for role in roles.values() for permission in role["permissions"]]
    orns = [resource["orn"] for one in sets.values() for resource in one["resources"]]
    return CustomRoles([(role, one) for role in roles for one in sets], permissions, orns)


def check_integration(node: ControlNode, tenant: Tenant, record: dict[str, Any], desired: DesiredState, found: Findings) -> None:
    """Check the integration and its secrets: the managed secret and the unmanaged ones exist, and no other."""
    service = tenant.services[0]
    if service["id"] != record["client_id"]:
        found.lost.append(f"the file names the integration {record['client_id']}, Okta has {service['id']}")
    found.compare("scopes", Counter(service["scopes"]), desired.scopes)
    managed = [secret for secret in service["secrets"] if secret["client_secret"] == record["client_secret"]]
    if len(managed) != 1 or managed[0]["status"] != "ACTIVE" or managed[0]["secret_hash"] != record["secret_hash"]:
        found.lost.append(f"the managed secret in Okta: {[(secret['status'], secret['secret_hash']) for secret in managed]}")
    rest = [secret for secret in service["secrets"] if secret not in managed]
    # unmanaged secrets are older than any run
    foreign = [secret for secret in rest if secret["created"] < timestamp(node.clock.time() - OLD / 2)]
    if len(foreign) != desired.foreign_secrets or any(secret["status"] != "ACTIVE" for secret in foreign):
        found.lost.append(f"{len(foreign)} unmanaged secrets, {desired.foreign_secrets} must remain")
    if len(rest) > len(foreign):
        found.doubled.append(f"{len(rest) - len(foreign)} unknown secrets")


def verify_credentials(node: ControlNode, tenant: Tenant, record: dict[str, Any], desired: DesiredState, found: Findings) -> None:
    """Use the stored credentials of the current method and of previous methods."""
    scopes = " ".join(desired.scopes)
    for stored in (record, *record.get("previous", {}).values()):
        complaint = Client(node.okta, tenant, stored).complaint(scopes)
        if complaint:
            found.lost.append(f"the file's credentials ({stored['method']}): {complaint}")


def check_previous_credentials(record: Mapping[str, Any], desired: DesiredState, found: Findings) -> None:
    """Check that the file of a killed run still contains the credentials of previous methods."""
    present = {record.get("method"), *record.get("previous", {})}
    found.lost += [f"the credentials of {method} are missing from the file" for method in desired.previous if method not in present]


def check_secrets(node: ControlNode, tenant: Tenant, record: Mapping[str, Any], found: Findings) -> None:
    """Search the workspace, including home and temporary directory, for plain-text secrets and files that others can read."""
    workspace = node.workspace.home.parent
    found.leaked += canaries.search(canaries.files(workspace), canaries.of_tenant(tenant) | canaries.of_credentials(record))
    protected = [path for path in workspace.rglob("*") if path.name.endswith((".vault", ".rezonate-tmp"))]
    found.leaked += [f"readable by others: {path.name}" for path in protected if not private(path)]


def check_failure(run: Run, host: str, found: Findings, *, names_call: bool = True) -> str:
    """Check that a host failed with one clear message; return it."""
    messages = [str(event.result.get("msg")) for event in run.tasks(host) if event.status == "failed"]
    if len(messages) != 1:
        found.unclear.append(f"{len(messages)} failures: {messages} {run.output[-500:]}")
        return ""
    message = messages[0]
    if "Traceback" in run.output or "Unexpected " in message or "\n" in message or len(message) > _LONGEST:
        found.unclear.append(f"no clear message: {message[:600]}")
    elif names_call and not _NAMED.search(message):
        found.unclear.append(f"names no call: {message[:600]}")
    return message


def check_foreign_org(tenant: Tenant, found: Findings) -> None:
    """Check that no request was sent to a foreign org."""
    for entry in tenant.requests:
        found.leaked.append(f"sent to {tenant.org_url}: {entry.method} {entry.path} with {entry.auth}")
