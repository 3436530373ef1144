# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users."""

from __future__ import annotations

import re
import unicodedata

from ..auth import may
from ..errors import OktaError, forbidden, invalid, malformed, missing
from ..http import Reply
from ..ids import new_id, timestamp
from ..paging import page
from ..roles import Need
from ..routing import Call, Route
from ..state import Doc

_REQUIRED = ("firstName", "lastName", "email", "login")
_MEMBERS = {"profile", "credentials", "groupIds", "realmId", "type"}
_SIZES = {"firstName": (1, 50), "lastName": (1, 50), "email": (5, 100), "login": (5, 100)}
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


def folded(login: str) -> str:
    """Return a login in the form that Okta compares, without case and diacritical marks (Okta: User profile)."""
    plain = (char for char in unicodedata.normalize("NFKD", login) if not unicodedata.combining(char))
    return "".join(plain).casefold()


def make_user(profile: Doc, now: float, sequence: int, status: str = "ACTIVE", password: bool = True) -> Doc:
    """Build a user. Recorded: a user created with activation has an activation time while the status is PROVISIONED."""
    moment = timestamp(now)
    changed = moment if status != "STAGED" else None
    return {
        "id": new_id("00u"),
        "status": status,
        "created": moment,
        "activated": changed,
        "statusChanged": changed,
        "lastLogin": None,
        "lastUpdated": moment,
        "passwordChanged": moment if password else None,
        "type": {"id": "oty1default0user0tp1"},
        "profile": {"mobilePhone": None, "secondEmail": None, **profile},
        "credentials": {**({"password": {}} if password else {}), "provider": {"type": "OKTA", "name": "OKTA"}},
        "sequence": sequence,
    }


def _body(call: Call, user: Doc) -> Doc:
    body = {name: value for name, value in user.items() if name != "sequence"}
    return {**body, "_links": {"self": {"href": f"{call.base}/api/v1/users/{user['id']}"}}}


def _user(call: Call) -> Doc:
    user = call.tenant.find_user(call.params["user_id"])
    if user is None:
        raise missing(call.params["user_id"], "User")
    return user


def me(call: Call) -> Reply:
    user = call.state.users.get(call.caller.id)
    if user is None:
        # A service app has no user behind it.
        raise missing("me", "User")
    return Reply(200, _body(call, user))


def list_users(call: Call) -> Reply:
    seen = (user for user in call.state.users.values() if may(call, Need.READ, "okta.users.read", user["id"]))
    users = [user for user in seen if _listed(user, call.request.query)]
    shown, headers = page(call, ((user["sequence"], user) for user in users), 200)
    return Reply(200, [_body(call, user) for user in shown], headers)


def _listed(user: Doc, query: dict[str, str]) -> bool:
    term = query.get("q", "").lower()
    profile = user["profile"]
    if term and not any(str(profile[name]).lower().startswith(term) for name in ("firstName", "lastName", "email")):
        return False
    expression = query.get("search") or query.get("filter")
    if not expression:
        # Okta omits deprovisioned users unless they are requested.
        return bool(user["status"] != "DEPROVISIONED")
    match = re.fullmatch(r'(status|id|profile\.\w+) (eq|sw) "([^"]*)"', expression.strip())
    if match is None:
        raise OktaError(400, "E0000031", "Invalid search criteria.")
    name = match[1].rpartition(".")[2]
    value = str(profile.get(name) if match[1].startswith("profile.") else user.get(name))
    return value == match[3] if match[2] == "eq" else value.startswith(match[3])


def create(call: Call) -> Reply:
    body = call.json()
    if body.keys() - _MEMBERS:
        raise malformed()
    profile = body.get("profile")
    if not isinstance(profile, dict):
        raise invalid("profile", "profile: The field cannot be left blank")
    _check(profile)
    if any(folded(profile["login"]) == folded(user["profile"]["login"]) for user in call.state.users.values()):
        cause = "login: An object with this field already exists in the current organization"
        raise invalid("login", cause)
    activate = call.request.query.get("activate", "true")
    if activate not in ("true", "false"):
        raise invalid("activate", "activate: must be true or false")
    password = bool((body.get("credentials") or {}).get("password"))
    # An activated user without a password is pending until a person follows the link in Okta's mail.
    status = "STAGED" if activate == "false" else "ACTIVE" if password else "PROVISIONED"
    user = make_user(profile, call.now, next(call.state.counter), status, password)
    call.state.users[user["id"]] = user
    call.tenant.note("user.lifecycle.create", call.caller.actor, user["id"], profile["login"])
    return Reply(200, _body(call, user))


def _check(profile: Doc) -> None:
    for name in _REQUIRED:
        if not profile.get(name):
            raise invalid(name, f"{name}: The field cannot be left blank")
    for name, (least, most) in _SIZES.items():
        if not isinstance(profile[name], str) or not least <= len(profile[name]) <= most:
            raise invalid(name, f"{name}: must be a text of {least} to {most} characters")
    for name in ("email", "login"):
        if not _ADDRESS.fullmatch(profile[name]):
            raise invalid(name, f"{name}: must be in the form of an email address")


def get(call: Call) -> Reply:
    return Reply(200, _body(call, _user(call)))


def update(call: Call) -> Reply:
    user = _user(call)
    profile = call.json().get("profile", {})
    user["profile"] = (user["profile"] if call.request.method == "POST" else {}) | profile
    user["lastUpdated"] = timestamp(call.now)
    return Reply(200, _body(call, user))


def delete(call: Call) -> Reply:
    """Deactivate a user, or delete it permanently if it is already deactivated."""
    user = _user(call)
    if user["id"] == call.caller.id or (call.state.user_roles.get(user["id"]) and not may(call, Need.SUPER)):
        raise forbidden()
    if user["status"] == "DEPROVISIONED":
        del call.state.users[user["id"]]
        call.tenant.note("user.lifecycle.delete", call.caller.actor, user["id"], user["profile"]["login"])
        return Reply(204)
    user["status"] = "DEPROVISIONED"
    user["statusChanged"] = user["lastUpdated"] = timestamp(call.now)
    call.state.user_roles.pop(user["id"], None)
    # Its API tokens are revoked too (Okta: API token management).
    call.state.api_tokens = {key: token for key, token in call.state.api_tokens.items() if token.user_id != user["id"]}
    call.tenant.note("user.lifecycle.deactivate", call.caller.actor, user["id"], user["profile"]["login"])
    return Reply(204)


_ALL = "/api/v1/users"
_ONE = "/api/v1/users/{user_id}"
ROUTES = [
    Route("GET", "/api/v1/users/me", me, Need.SELF, "okta.users.read", "users.me"),
    # Without a role, the response is an empty list, not an error (observed in live orgs).
    Route("GET", _ALL, list_users, Need.SELF, "okta.users.read", "users"),
    Route("POST", _ALL, create, Need.MANAGE_USERS, "okta.users.manage", "users"),
    Route("GET", _ONE, get, Need.READ, "okta.users.read", "users"),
    Route("POST", _ONE, update, Need.MANAGE_USERS, "okta.users.manage", "users"),
    Route("PUT", _ONE, update, Need.MANAGE_USERS, "okta.users.manage", "users"),
    Route("DELETE", _ONE, delete, Need.MANAGE_USERS, "okta.users.manage", "users"),
]
