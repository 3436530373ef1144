# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at what runs have left: in Okta, in the vault file, on the disk. By its own means, none of the collection's."""

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
from .findings import LABEL, Findings, Wanted
from .stored_credentials import NEEDED, Client

_NAMED = re.compile(r"\b(GET|POST|PUT|DELETE) (https://[^ ]+)?/[a-z.]")
OLD = 3600.0  # seconds; how old at least things of others are
_LONGEST = 900  # characters of a message that one still reads


def inspect(node: ControlNode, tenant: Tenant, wanted: Wanted, found: Findings) -> None:
    """Check that a tenant stands exactly as wanted, and that nothing lies about."""
    node.tell(tenant)
    kept = look_at_file(node, tenant, wanted, found)
    apps = [app for app in tenant.apps if app["label"] == wanted.label]
    for what, have, method in (
        ("apps with the label", len(apps), "oauth"),
        ("integrations", len(tenant.services), "api_service_integration"),
    ):
        expected = int(method in (wanted.method, *wanted.previous))
        if have != expected:
            (found.doubled if have > expected else found.lost).append(f"{have} {what}")
    if kept:
        if wanted.method == "oauth" and len(apps) == 1:
            look_at_app(tenant, apps[0], kept, wanted, found)
            look_at_limits(tenant, apps[0], wanted, found)
        if wanted.method == "api_service_integration" and len(tenant.services) == 1:
            look_at_integration(node, tenant, kept, wanted, found)
        prove(node, tenant, kept, wanted, found)
    look_for_secrets(node, tenant, kept, found)
    found.unclear += [f"left: {path.name}" for path in node.workspace.home.parent.rglob("*.rezonate-tmp")]


def look_at_file(node: ControlNode, tenant: Tenant, wanted: Wanted, found: Findings) -> dict[str, Any]:
    """Check the vault file and its directory; give what it holds."""
    path = node.workspace.vault_file(tenant)
    if not path.exists():
        found.lost.append("no vault file")
        return {}
    beside = sorted(entry.name for entry in path.parent.iterdir() if entry.name != path.name)
    if beside:
        found.unclear.append(f"left beside the vault file: {', '.join(beside)}")
    kept = node.workspace.credentials(tenant)
    missing = [name for name in NEEDED[wanted.method] if name not in kept]
    if missing or kept["method"] != wanted.method:
        found.lost.append(f"the file, of method {kept['method']}, lacks {', '.join(missing) or 'nothing'}")
        return {}
    if "proven_at" not in kept or "app_requested_at" in kept:
        found.unclear.append("not marked proven")
    if sorted(kept.get("previous", {})) != sorted(wanted.previous):
        found.lost.append(f"the file keeps {sorted(kept.get('previous', {}))} under previous, not {sorted(wanted.previous)}")
    return kept


def look_at_app(tenant: Tenant, app: dict[str, Any], kept: dict[str, Any], wanted: Wanted, found: Findings) -> None:
    """Check the app, its keys, scopes and roles."""
    if app["id"] != kept["application_id"]:
        found.lost.append(f"the file names the app {kept['application_id']}, Okta has {app['id']}")
    if app["status"] != "ACTIVE":
        found.unclear.append("the app isn't active")
    keys = [key for key in tenant.keys(app["id"]) if key["status"] == "ACTIVE"]
    if kept["private_jwk"]["n"] not in [key["n"] for key in keys]:
        found.lost.append("the file's key isn't registered")
    strange = sorted(key["kid"] for key in tenant.keys(app["id"]) if key["n"] != kept["private_jwk"]["n"])
    if strange != sorted(wanted.others):
        found.doubled.append(f"other keys: {strange}, wanted {list(wanted.others)}")
    with tenant.lock:
        scopes = Counter(grant["scopeId"] for grant in tenant.state.grants.get(app["client_id"], {}).values())
    found.compare("scopes", scopes, wanted.scopes)
    custom = ["CUSTOM"] * (bool(wanted.groups) + wanted.privileges)
    found.compare("roles", Counter(tenant.roles(app["id"])), [*wanted.roles, *custom])


def look_for_super_admin(tenant: Tenant, found: Findings) -> None:
    """Check that an app of ours that the org has made a super admin holds one grant at most."""
    with tenant.lock:
        for app in (app for app in tenant.state.apps.values() if app.label == LABEL):
            scopes = tenant.state.granted_scopes(app.client_id)
            roles = [item.type for item in tenant.state.client_roles.get(app.client_id, {}).values()]
            if tenant.options.public_client_app_admins and "SUPER_ADMIN" in roles and len(scopes) > 1:
                found.unclear.append(f"a super admin with {len(scopes)} scopes")


def look_at_limits(tenant: Tenant, app: dict[str, Any], wanted: Wanted, found: Findings) -> None:
    """Check what is made beside the app: one zone, two custom roles with a resource set each, or none, and that they are the app's."""
    state = tenant.state
    with tenant.lock:
        zones = [zone for zone in state.zones.values() if not zone["system"]]
        held = [(item.role, item.resource_set) for item in state.client_roles.get(app["client_id"], {}).values() if item.type == "CUSTOM"]
        acting, seeing = (_made(tenant, f"{LABEL} {purpose} (rezonate.okta)") for purpose in ("remediation", "privileges"))
        groups = [group_id for group_id, group in state.groups.items() if group["profile"]["name"] in wanted.groups]
    found.compare("address ranges", Counter(entry["value"] for zone in zones for entry in zone["gateways"]), wanted.addresses)
    oauth = app["settings"]["oauthClient"]
    if wanted.addresses and (oauth.get("network") or {}).get("include") != [zone["id"] for zone in zones]:
        found.unclear.append(f"the app's network is {oauth.get('network')}, the zones {[zone['id'] for zone in zones]}")
    if bool(oauth.get("dpop_bound_access_tokens")) != wanted.dpop:
        found.unclear.append("DPoP isn't as wanted")
    counts = (len(acting.pairs), len(seeing.pairs), len(state.iam_roles), len(state.resource_sets))
    count = bool(wanted.groups) + wanted.privileges
    if counts != (bool(wanted.groups), wanted.privileges, count, count) or sorted(held) != sorted([*acting.pairs, *seeing.pairs]):
        found.doubled.append(f"custom roles with resource sets: made {acting}, {seeing}, the app holds {held}")
    if wanted.privileges and (seeing.permissions, seeing.orns) != (["okta.iam.read"], [tenant.orn("iam", "contained_resources")]):
        found.unclear.append(f"the role that sees privileges: {seeing}")
    orns = acting.orns
    astray = [orn for orn in orns if not any(group in orn for group in groups)]
    if astray or len(groups) != len(wanted.groups) or any(not any(group in orn for orn in orns) for group in groups):
        found.unclear.append(f"the resource set holds {orns}, the groups are {groups}")


@dataclass(frozen=True)
class Made:
    """Custom roles and resource sets of a label: each role with each set, and what both hold."""

    pairs: list[tuple[str, str]]
    permissions: list[str]
    orns: list[str]


def _made(tenant: Tenant, label: str) -> Made:
    roles = {key: role for key, role in tenant.state.iam_roles.items() if role["label"] == label}
    sets = {key: one for key, one in tenant.state.resource_sets.items() if one["label"] == label}
    permissions = [permission for role in roles.values() for permission in role["permissions"]]
    orns = [resource["orn"] for one in sets.values() for resource in one["resources"]]
    return Made([(role, one) for role in roles for one in sets], permissions, orns)


def look_at_integration(node: ControlNode, tenant: Tenant, kept: dict[str, Any], wanted: Wanted, found: Findings) -> None:
    """Check the integration and its secrets: ours is there, those of others too, and none that nobody knows."""
    service = tenant.services[0]
    if service["id"] != kept["client_id"]:
        found.lost.append(f"the file names the integration {kept['client_id']}, Okta has {service['id']}")
    found.compare("scopes", Counter(service["scopes"]), wanted.scopes)
    ours = [secret for secret in service["secrets"] if secret["client_secret"] == kept["client_secret"]]
    if len(ours) != 1 or ours[0]["status"] != "ACTIVE" or ours[0]["secret_hash"] != kept["secret_hash"]:
        found.lost.append(f"our secret in Okta: {[(secret['status'], secret['secret_hash']) for secret in ours]}")
    rest = [secret for secret in service["secrets"] if secret not in ours]
    # what others made is older than any run
    strange = [secret for secret in rest if secret["created"] < timestamp(node.clock.time() - OLD / 2)]
    if len(strange) != wanted.strange_secrets or any(secret["status"] != "ACTIVE" for secret in strange):
        found.lost.append(f"{len(strange)} secrets of others, {wanted.strange_secrets} have to stay")
    if len(rest) > len(strange):
        found.doubled.append(f"{len(rest) - len(strange)} secrets that nobody knows")


def prove(node: ControlNode, tenant: Tenant, kept: dict[str, Any], wanted: Wanted, found: Findings) -> None:
    """Do with what the file holds what it is for: for the method in use, and for those used before."""
    scopes = " ".join(wanted.scopes)
    for held in (kept, *kept.get("previous", {}).values()):
        complaint = Client(node.okta, tenant, held).complaint(scopes)
        if complaint:
            found.lost.append(f"the file's credentials ({held['method']}): {complaint}")


def look_for_previous(held: Mapping[str, Any], wanted: Wanted, found: Findings) -> None:
    """Check that what a killed run has left still holds the credentials of methods used before."""
    there = {held.get("method"), *held.get("previous", {})}
    found.lost += [f"the credentials of {method} are gone from the file" for method in wanted.previous if method not in there]


def look_for_secrets(node: ControlNode, tenant: Tenant, kept: Mapping[str, Any], found: Findings) -> None:
    """Search everything below the workspace, home and temporary directory included, for what is in the clear or open to others."""
    workspace = node.workspace.home.parent
    found.leaked += canaries.search(canaries.files(workspace), canaries.of_tenant(tenant) | canaries.of_credentials(kept))
    ours = [path for path in workspace.rglob("*") if path.name.endswith((".vault", ".rezonate-tmp"))]
    found.leaked += [f"open to others: {path.name}" for path in ours if not private(path)]


def look_at_failure(run: Run, host: str, found: Findings, *, names_call: bool = True) -> str:
    """Check that a host failed with one clear sentence or two; give it."""
    messages = [str(event.result.get("msg")) for event in run.tasks(host) if event.status == "failed"]
    if len(messages) != 1:
        found.unclear.append(f"{len(messages)} failures: {messages} {run.output[-500:]}")
        return ""
    message = messages[0]
    if "Traceback" in run.output or "Unexpected " in message or "\n" in message or len(message) > _LONGEST:
        found.unclear.append(f"no clear sentence: {message[:600]}")
    elif names_call and not _NAMED.search(message):
        found.unclear.append(f"names no call: {message[:600]}")
    return message


def look_at_strangers(tenant: Tenant, found: Findings) -> None:
    """Check that nothing at all was sent to an org that isn't ours."""
    for entry in tenant.requests:
        found.leaked.append(f"sent to {tenant.org_url}: {entry.method} {entry.path} with {entry.auth}")
