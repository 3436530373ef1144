# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The public keys of an app."""

from __future__ import annotations

from ..errors import invalid, missing
from ..http import Reply
from ..ids import new_id, timestamp
from ..jwk import check_key, check_set, material
from ..roles import Need
from ..routing import Call, Route
from ..state import App, Doc


def merge_keys(old: list[Doc], new: list[Doc], now: float) -> list[Doc]:
    """Return the keys of a replaced app: unchanged keys retain their ids and creation times."""
    known = {(key["kid"], material(key)): key for key in old}
    merged = []
    for key in new:
        same = known.get((key["kid"], material(key)))
        fixed = {"id": same["id"], "created": same["created"]} if same else fresh(now)
        updated = same["lastUpdated"] if same and same["status"] == key["status"] else timestamp(now)
        merged.append({**key, **fixed, "lastUpdated": updated})
    return merged


def fresh(now: float) -> Doc:
    """Return the members that Okta adds to a new key."""
    return {"id": new_id("pks"), "created": timestamp(now), "lastUpdated": timestamp(now)}


def shown_in_app(key: Doc) -> Doc:
    """Return a key in the format of an app: without timestamps (recorded)."""
    return {name: value for name, value in _shown(key).items() if name not in ("created", "lastUpdated")}


def _shown(key: Doc) -> Doc:
    """Return a key in the response format: the curve of an elliptic curve key is null."""
    return {**key, "crv": None} if key["kty"] == "EC" else key


def _body(call: Call, app: App, key: Doc) -> Doc:
    base = f"{call.base}/api/v1/apps/{app.id}/credentials/jwks/{key['id']}"
    if key["status"] == "ACTIVE":
        links = {"deactivate": {"href": f"{base}/lifecycle/deactivate", "hints": {"allow": ["POST"]}}}
    else:
        links = {
            "activate": {"href": f"{base}/lifecycle/activate", "hints": {"allow": ["POST"]}},
            "delete": {"href": base, "hints": {"allow": ["DELETE"]}},
        }
    return {**_shown(key), "_links": links}


def _app(call: Call) -> App:
    app = call.state.apps.get(call.params["app_id"])
    if app is None:
        raise missing(call.params["app_id"], "AppInstance")
    return app


def _key(call: Call, app: App) -> Doc:
    for key in app.keys:
        if key["id"] == call.params["key_id"]:
            return key
    raise missing(call.params["key_id"], "OAuth2ClientJsonWebKey")


def list_keys(call: Call) -> Reply:
    app = _app(call)
    keys = [_body(call, app, key) for key in app.keys]
    # Schema and example of the API description disagree.
    return Reply(200, {"jwks": {"keys": keys}} if call.tenant.options.jwks_list_wrapped else keys)


def add_key(call: Call) -> Reply:
    app = _app(call)
    body = call.json()
    key = check_key(body) | {"status": body.get("status", "ACTIVE")}
    check_set([*app.keys, key], call.tenant.options.max_keys)
    key |= fresh(call.now)
    app.keys.append(key)
    app.updated = call.now
    call.tenant.note("app.oauth2.client.key.create", call.caller.actor, app.id, app.label)
    return Reply(201, _body(call, app, key))


def get_key(call: Call) -> Reply:
    app = _app(call)
    return Reply(200, _body(call, app, _key(call, app)))


def activate(call: Call) -> Reply:
    return _set_status(call, "ACTIVE")


def deactivate(call: Call) -> Reply:
    app = _app(call)
    key = _key(call, app)
    others = [other for other in app.keys if other is not key and other["status"] == "ACTIVE"]
    if app.auth_method == "private_key_jwt" and key["status"] == "ACTIVE" and not others:
        raise invalid(
            "JsonWebKey",
            "Can't deactivate the only active JSON Web Key when the value for `token_endpoint_auth_method` is `private_key_jwt`.",
        )
    return _set_status(call, "INACTIVE")


def _set_status(call: Call, status: str) -> Reply:
    app = _app(call)
    key = _key(call, app)
    if key["status"] != status:
        key |= {"status": status, "lastUpdated": timestamp(call.now)}
    return Reply(200, _body(call, app, key))


def delete_key(call: Call) -> Reply:
    app = _app(call)
    key = _key(call, app)
    if key["status"] == "ACTIVE":
        raise invalid("JsonWebKey", "You can't delete an active JSON Web Key. Deactivate the key before deleting it.")
    app.keys.remove(key)
    return Reply(204)


_ALL = "/api/v1/apps/{app_id}/credentials/jwks"
_ONE = _ALL + "/{key_id}"
_BUCKET = "app.credentials"
ROUTES = [
    Route("GET", _ALL, list_keys, Need.READ_APPS, "okta.apps.read", _BUCKET),
    Route("POST", _ALL, add_key, Need.SUPER, "okta.apps.manage", _BUCKET),
    Route("GET", _ONE, get_key, Need.READ_APPS, "okta.apps.read", _BUCKET),
    Route("DELETE", _ONE, delete_key, Need.SUPER, "okta.apps.manage", _BUCKET),
    Route("POST", _ONE + "/lifecycle/activate", activate, Need.SUPER, "okta.apps.manage", _BUCKET),
    Route("POST", _ONE + "/lifecycle/deactivate", deactivate, Need.SUPER, "okta.apps.manage", _BUCKET),
]
