# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client secrets of apps and of API service integrations."""

from __future__ import annotations

import base64
import hashlib

from ..errors import invalid, missing
from ..http import Reply
from ..ids import new_id, random_text, timestamp
from ..roles import Need
from ..routing import Call, Route
from ..state import App, Doc

MOST = 2
_KIND = "OAuth2ClientSecretMediated"


def add_secret(secrets: list[Doc], now: float, given: str | None = None) -> Doc:
    """Add a secret, up to Okta's maximum of two."""
    if len(secrets) >= MOST:
        raise invalid(_KIND, "You've reached the maximum number of client secrets per client.")
    text = given or random_text(64)
    digest = hashlib.sha256(text.encode()).digest()[:16]
    secret = {
        "id": new_id("ocs"),
        "created": timestamp(now),
        "lastUpdated": timestamp(now),
        "status": "ACTIVE",
        "client_secret": text,
        "secret_hash": base64.urlsafe_b64encode(digest).decode().rstrip("="),
    }
    secrets.append(secret)
    return secret


def find_secret(secrets: list[Doc], secret_id: str) -> Doc:
    """Return a secret by its id."""
    for secret in secrets:
        if secret["id"] == secret_id:
            return secret
    raise missing(secret_id, _KIND)


def change_status(secrets: list[Doc], secret_id: str, status: str, now: float) -> Doc:
    """Activate or deactivate a secret, except the last active one."""
    secret = find_secret(secrets, secret_id)
    active = [item for item in secrets if item["status"] == "ACTIVE"]
    if status == "INACTIVE" and active == [secret]:
        raise invalid(_KIND, "You can't deactivate the only active client secret.")
    secret |= {"status": status, "lastUpdated": timestamp(now)}
    return secret


def remove_secret(secrets: list[Doc], secret_id: str) -> None:
    """Delete an inactive secret."""
    secret = find_secret(secrets, secret_id)
    if secret["status"] == "ACTIVE":
        raise invalid(_KIND, "You can't delete an active client secret. Deactivate the secret before deleting it.")
    secrets.remove(secret)


def secret_body(secret: Doc, base: str, shown: bool = True) -> Doc:
    """Build a secret in the response format; integrations return only its end."""
    here = f"{base}/credentials/secrets/{secret['id']}"
    text = secret["client_secret"]
    if secret["status"] == "ACTIVE":
        links = {"deactivate": {"href": f"{here}/lifecycle/deactivate", "hints": {"allow": ["POST"]}}}
    else:
        links = {
            "activate": {"href": f"{here}/lifecycle/activate", "hints": {"allow": ["POST"]}},
            "delete": {"href": here, "hints": {"allow": ["DELETE"]}},
        }
    return {**secret, "client_secret": text if shown else f"***{text[-4:]}", "_links": links}


def _app(call: Call) -> App:
    app = call.state.apps.get(call.params["app_id"])
    if app is None:
        raise missing(call.params["app_id"], "AppInstance")
    return app


def _answer(call: Call, app: App, secret: Doc, status: int = 200) -> Reply:
    return Reply(status, secret_body(secret, f"{call.base}/api/v1/apps/{app.id}"))


def list_secrets(call: Call) -> Reply:
    app = _app(call)
    base = f"{call.base}/api/v1/apps/{app.id}"
    return Reply(200, [secret_body(secret, base) for secret in app.secrets])


def create(call: Call) -> Reply:
    app = _app(call)
    if app.auth_method == "private_key_jwt":
        cause = "'client_secret' can't be used when 'token_endpoint_auth_method' is 'private_key_jwt'."
        raise invalid("client_secret", cause)
    body = call.json() if call.request.body else {}
    given = body.get("client_secret")
    if given is not None and not 14 <= len(given) <= 100:
        raise invalid("client_secret", "client_secret: 'client_secret' must have 14 to 100 characters.")
    return _answer(call, app, add_secret(app.secrets, call.now, given), 201)


def get(call: Call) -> Reply:
    app = _app(call)
    return _answer(call, app, find_secret(app.secrets, call.params["secret_id"]))


def activate(call: Call) -> Reply:
    app = _app(call)
    return _answer(call, app, change_status(app.secrets, call.params["secret_id"], "ACTIVE", call.now))


def deactivate(call: Call) -> Reply:
    app = _app(call)
    return _answer(call, app, change_status(app.secrets, call.params["secret_id"], "INACTIVE", call.now))


def delete(call: Call) -> Reply:
    remove_secret(_app(call).secrets, call.params["secret_id"])
    return Reply(204)


_ALL = "/api/v1/apps/{app_id}/credentials/secrets"
_ONE = _ALL + "/{secret_id}"
_BUCKET = "app.credentials"
ROUTES = [
    Route("GET", _ALL, list_secrets, Need.MANAGE_APPS, "okta.apps.read", _BUCKET),
    Route("POST", _ALL, create, Need.SUPER, "okta.apps.manage", _BUCKET),
    Route("GET", _ONE, get, Need.MANAGE_APPS, "okta.apps.read", _BUCKET),
    Route("DELETE", _ONE, delete, Need.SUPER, "okta.apps.manage", _BUCKET),
    Route("POST", _ONE + "/lifecycle/activate", activate, Need.SUPER, "okta.apps.manage", _BUCKET),
    Route("POST", _ONE + "/lifecycle/deactivate", deactivate, Need.SUPER, "okta.apps.manage", _BUCKET),
]
