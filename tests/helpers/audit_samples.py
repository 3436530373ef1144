# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Made-up fleets: the same tenants for the same seed, and a tenant whose texts contain attacks on the page that shows them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from typing import Any

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=timezone.utc)
GENERATED_AT = "2026-01-31T12:04:00Z"
_RESOURCES = """
apiTokens appGrants apps authenticators authorizationServers behaviors clients devices deviceAssurance eventHooks features groups idps
inlineHooks linkedObjects logs logStreams networkZones oauthIntegrations orgs policies profileMappings realms roles schemas threatInsights
trustedOrigins userTypes users governance.accessCertifications
"""
SCOPES = [f"okta.{name}.read" for name in _RESOURCES.split()]
HOSTILE = '</script><script>document.title="owned"</script><img src=x onerror=\'document.title="owned"\'>&amp;\u2028\u202egnp.exe'
_WORDS = """
acme globex initech umbrella hooli stark wayne wonka tyrell cyberdyne soylent oscorp massive aperture vehement gringotts monarch dunder
sterling pied-piper bluth vandelay kramerica oceanic virtucon octan weyland nakatomi prestige rekall
"""
_NAMES = _WORDS.split()
_REGIONS = ("", "-emea", "-apac", "-latam", "-dev", "-sandbox", "-labs", "-retail", "-health", "-gov")
_RUN = "ansible-playbook -i tenants.yml rezonate.okta."


def fleet(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Return tenants; most are clean."""
    dice = random.Random(seed)
    return [_tenant(_name(number), dice) for number in range(count)]


def hostile() -> dict[str, Any]:
    """Return a tenant in which each text is an attack."""
    key = {"kid": HOSTILE, "status": HOSTILE, "created": HOSTILE, "age_days": 4000, "ours": False}
    finding = {"id": HOSTILE, "severity": "critical", "message": HOSTILE, "remedy": f"echo {HOSTILE}\nrm -rf made-up"}
    return {
        "tenant": HOSTILE,
        "org_url": "javascript:document.title='owned'",
        "status": "findings",
        "app": {"id": HOSTILE, "label": HOSTILE, "status": HOSTILE, "created": HOSTILE},
        "keys": [key],
        "scopes": {"wanted": [HOSTILE], "granted": [f"{HOSTILE} too"]},
        "coverage": [{"scope": HOSTILE, "status": "empty", "needs": HOSTILE}],
        "roles": {"wanted": [HOSTILE], "held": [f"{HOSTILE} too"]},
        "last_proof": HOSTILE,
        "error": HOSTILE,
        "findings": [finding],
    }


def _name(number: int) -> str:
    turn, word = divmod(number, len(_NAMES))
    lap, region = divmod(turn, len(_REGIONS))
    return f"{_NAMES[word]}{_REGIONS[region]}{lap + 1 if lap else ''}"


def _ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _key(dice: random.Random, age: int, *, ours: bool = True) -> dict[str, Any]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    kid = "".join(dice.choice(letters) for _letter in range(43))
    return {"kid": kid, "status": "ACTIVE", "created": _ago(age), "age_days": age, "ours": ours}


def _tenant(name: str, dice: random.Random) -> dict[str, Any]:
    age = min(900, int(dice.expovariate(1 / 120)) + 1)
    tenant: dict[str, Any] = {
        "tenant": name,
        "org_url": f"https://{name}.okta.com",
        "status": "clean",
        "method": dice.choice(["oauth"] * 8 + ["api_service_integration", "api_token"]),
        "audited_at": _ago(dice.random() / 10),
        "audited_as": dice.choice(["api_token", "oauth_client"]),
        "app": {
            "id": f"0oa{dice.getrandbits(68):017x}",
            "label": "Rezonate",
            "status": "ACTIVE",
            "created": _ago(age + dice.randrange(200)),
        },
        "keys": [_key(dice, age)],
        "scopes": {"wanted": list(SCOPES), "granted": list(SCOPES)},
        "roles": {"wanted": ["READ_ONLY_ADMIN"], "held": ["READ_ONLY_ADMIN"]},
        "last_proof": _ago(dice.random() * 20),
        "error": None,
        "findings": [],
    }
    if dice.random() < 0.05:
        return {**tenant, **_failed(name, dice)}
    for chance, spoil in ((0.06, _surplus), (0.06, _missing), (0.03, _super_admin), (0.04, _foreign_key), (0.05, _unreadable)):
        if dice.random() < chance:
            spoil(tenant, dice)
    if age > 365:
        _find(tenant, "key_old", "medium", f"The key is {age} days old.", "rotate_rezonate -e rezonate_rotation=prepare")
    return tenant


def _failed(name: str, dice: random.Random) -> dict[str, Any]:
    error = dice.choice(
        [
            "GET /api/v1/apps answered 401 E0000011, Invalid token provided: give a token that is alive.",
            f"{name}.okta.com can't be reached: the connection timed out; is the proxy set?",
        ]
    )
    return {
        "status": "failed",
        "error": error,
        "app": None,
        "keys": [],
        "last_proof": None,
        "scopes": {"wanted": list(SCOPES), "granted": None},
        "roles": {"wanted": ["READ_ONLY_ADMIN"], "held": None},
    }


def _find(tenant: dict[str, Any], kind: str, severity: str, message: str, remedy: str) -> None:
    command = f"{_RUN}{remedy} --limit {tenant['tenant']}" if not remedy.endswith(".") else remedy
    tenant["findings"].append({"id": kind, "severity": severity, "message": message, "remedy": command})
    if tenant["status"] == "clean" or severity != "unknown":
        tenant["status"] = "unknown" if severity == "unknown" else "findings"


def _surplus(tenant: dict[str, Any], dice: random.Random) -> None:
    extra = dice.sample(["okta.apps.manage", "okta.users.manage", "okta.groups.manage", "okta.policies.manage"], dice.choice([1, 1, 2]))
    tenant["scopes"]["granted"] += extra
    text = f"The app holds {' and '.join(sorted(extra))}, which nobody asked for."
    _find(tenant, "scope_surplus", "high", text, "onboard_rezonate")


def _missing(tenant: dict[str, Any], dice: random.Random) -> None:
    gone = dice.choice([scope for scope in SCOPES if scope in tenant["scopes"]["granted"]])
    tenant["scopes"]["granted"].remove(gone)
    _find(tenant, "scope_missing", "low", f"The app lacks {gone}.", "onboard_rezonate")


def _super_admin(tenant: dict[str, Any], _dice: random.Random) -> None:
    tenant["roles"]["held"].append("SUPER_ADMIN")
    text = "The app is a super administrator: Okta gave it the role by itself, since 'Public client app admins' is on."
    _find(tenant, "role_super_admin", "critical", text, "onboard_rezonate")


def _foreign_key(tenant: dict[str, Any], dice: random.Random) -> None:
    tenant["keys"].append(_key(dice, dice.randrange(1, 700), ours=False))
    text = "A public key is registered that isn't Rezonate's: whoever has its private half can act as the app."
    _find(tenant, "key_foreign", "high", text, "Ask who registered the key, then take it away in the Admin Console.")


def _unreadable(tenant: dict[str, Any], _dice: random.Random) -> None:
    tenant["roles"]["held"] = None
    tenant["audited_as"] = "own_credentials"
    _find(
        tenant, "roles_unknown", "unknown", "The app's own credentials can't read its roles.", "Audit with a super administrator's token."
    )
