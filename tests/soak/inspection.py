# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at what runs have left: in Okta, in the vault file, on the disk. By its own means, none of the collection's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jwt
from ansible_run import Run
from emulator.support import Api
from okta_emulator import Tenant

from . import leak_canaries as canaries
from .bench import Bench, private
from .case import Verdict

LABEL = "Rezonate"
_NAMED = re.compile(r"\b(GET|POST|PUT|DELETE) (https://[^ ]+)?/[a-z.]")
_LONGEST = 900  # characters of a message that one still reads


@dataclass
class Findings:
    """What is wrong, by kind."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    def verdict(self, outcome: str, point: str = "") -> Verdict:
        """Give them as a verdict."""
        kinds = {name: getattr(self, name) for name in ("lost", "doubled", "leaked", "hangs", "unclear")}
        detail = "; ".join(f"{name}: {text}" for name, texts in kinds.items() for text in texts)
        return Verdict(outcome, **{name: len(texts) for name, texts in kinds.items()}, detail=f"{point}: {detail}" if detail else point)


@dataclass(frozen=True)
class Wanted:
    """How a tenant is to stand in the end.

    Args:
        scopes: the scopes that the app holds.
        roles: its admin roles.
        others: key ids on the app that aren't ours and have to stay.
        apps: how many apps with other labels or of others there are beside ours.
        label: the app's label.
    """

    scopes: Sequence[str]
    roles: Sequence[str] = ("READ_ONLY_ADMIN",)
    others: Sequence[str] = ()
    label: str = LABEL


def inspect(bench: Bench, tenant: Tenant, wanted: Wanted, found: Findings) -> None:
    """Check that a tenant stands exactly as wanted, and that nothing lies about."""
    bench.tell(tenant)
    kept = look_at_file(bench, tenant, found)
    apps = [app for app in tenant.apps if app["label"] == wanted.label]
    if len(apps) != 1:
        (found.doubled if apps else found.lost).append(f"{len(apps)} apps with the label")
        return
    if kept:
        look_at_app(tenant, apps[0], kept, wanted, found)
        prove(bench, tenant, kept, wanted, found)
    look_for_secrets(bench, tenant, kept, found)
    found.unclear += [f"left: {path.name}" for path in bench.desk.home.parent.rglob("*.rezonate-tmp")]


def look_at_file(bench: Bench, tenant: Tenant, found: Findings) -> dict[str, Any]:
    """Check the vault file and its directory; give what it holds."""
    path = bench.desk.vault_file(tenant)
    if not path.exists():
        found.lost.append("no vault file")
        return {}
    beside = sorted(entry.name for entry in path.parent.iterdir() if entry.name != path.name)
    if beside:
        found.unclear.append(f"left beside the vault file: {', '.join(beside)}")
    kept = bench.desk.credentials(tenant)
    missing = [name for name in ("private_key", "private_jwk", "key_id", "application_id") if name not in kept]
    if missing:
        found.lost.append(f"the file lacks {', '.join(missing)}")
        return {}
    if "proven_at" not in kept or "app_requested_at" in kept:
        found.unclear.append("not marked proven")
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
    compare("scopes", scopes, wanted.scopes, found)
    compare("roles", Counter(tenant.roles(app["id"])), wanted.roles, found)


def compare(what: str, have: Counter[str], wanted: Sequence[str], found: Findings) -> None:
    """Check a set: each once, none missing, none too many."""
    over = dict(have - Counter(wanted))
    if over:
        found.doubled.append(f"{what} too many: {over}")
    missing = sorted(set(wanted) - set(have))
    if missing:
        found.unclear.append(f"{what} missing: {', '.join(missing)}")


def prove(bench: Bench, tenant: Tenant, kept: dict[str, Any], wanted: Wanted, found: Findings) -> None:
    """Mint a token with what the file holds, and read with it."""
    now = int(tenant.now())
    url = f"{tenant.org_url}/oauth2/v1/token"
    client = kept["application_id"]
    claims = {"iss": client, "sub": client, "aud": url, "iat": now, "exp": now + 300, "jti": f"soak-{now}-{len(tenant.requests)}"}
    signed = jwt.encode(claims, kept["private_key"], "RS256", headers={"kid": kept["key_id"]})
    answer = Api(bench.okta, tenant).token(client, " ".join(wanted.scopes), signed=signed)
    if answer.status_code != 200:
        found.lost.append(f"the file's credentials give no token: {answer.status_code} {answer.text[:200]}")
        return
    body = answer.json()
    if sorted(body["scope"].split()) != sorted(wanted.scopes):
        found.unclear.append("the token lacks scopes")
    if "okta.users.read" in wanted.scopes:
        read = Api(bench.okta, tenant, f"Bearer {body['access_token']}")("GET", "/api/v1/users?limit=1")
        if read.status_code != 200:
            found.unclear.append(f"the token reads nothing: {read.status_code}")


def look_for_secrets(bench: Bench, tenant: Tenant, kept: Mapping[str, Any], found: Findings) -> None:
    """Search everything below the desk, home and temporary directory included, for what is in the clear or open to others."""
    desk = bench.desk.home.parent
    found.leaked += canaries.search(canaries.files(desk), canaries.of_tenant(tenant) | canaries.of_credentials(kept))
    ours = [path for path in desk.rglob("*") if path.name.endswith((".vault", ".rezonate-tmp"))]
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
