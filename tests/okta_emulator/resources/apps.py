# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications."""

from __future__ import annotations

import copy
import itertools
import re
from typing import Any

from ..auth import may
from ..errors import OktaError, forbidden, invalid, missing
from ..http import Reply
from ..ids import new_id, random_text, timestamp
from ..jwk import material
from ..paging import page, self_link
from ..roles import Need
from ..routing import Call, Route
from ..state import App, Doc
from ..stored_text import stored
from . import app_schema, app_secrets
from .app_keys import merge_keys, shown_in_app
from .builtin_apps import builtin_apps


def app_body(call: Call, app: App, secret: bool = False) -> Doc:
    """Build an app in the response format."""
    body = _frame(call, app)
    body["credentials"] = copy.deepcopy(app.doc["credentials"])
    body["universalLogout"] = call.tenant.options.universal_logout
    body["settings"] = copy.deepcopy(app.doc["settings"])
    if app.keys:
        body["settings"]["oauthClient"]["jwks"] = {"keys": [shown_in_app(key) for key in app.keys]}
    if secret and app.secrets:
        body["credentials"]["oauthClient"]["client_secret"] = app.secrets[0]["client_secret"]
    body["_links"] = _links(call, app)
    return body


def _frame(call: Call, app: App) -> Doc:
    return {
        "id": app.id,
        "orn": call.tenant.orn("idp", f"apps:oidc_client:{app.id}"),
        "name": "oidc_client",
        "label": app.label,
        "status": app.status,
        "lastUpdated": timestamp(app.updated),
        "created": timestamp(app.created),
        "accessibility": {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None},
        "visibility": {
            "autoLaunch": False,
            "autoSubmitToolbar": False,
            "hide": {"iOS": True, "web": True},
            "appLinks": {"oidc_client_link": True},
        },
        "features": [],
        "signOnMode": "OPENID_CONNECT",
    }


def _links(call: Call, app: App) -> Doc:
    base = f"{call.base}/api/v1/apps/{app.id}"
    other = "deactivate" if app.status == "ACTIVE" else "activate"
    return {
        "uploadLogo": {"href": f"{base}/logo", "hints": {"allow": ["POST"]}},
        "appLinks": [{"name": "oidc_client_link", "href": f"{call.base}/home/oidc_client/{app.id}/aln1", "type": "text/html"}],
        "profileEnrollment": {"href": f"{call.base}/api/v1/policies/rst{app.id[3:]}"},
        "policies": {"href": f"{base}/policies", "hints": {"allow": ["PUT"]}},
        "groups": {"href": f"{base}/groups"},
        "logo": [{"name": "medium", "href": f"{call.base}/assets/img/logos/default.png", "type": "image/png"}],
        "clientCredentials": [{"name": "secrets", "href": f"{base}/credentials/secrets"}],
        "accessPolicy": {"href": f"{call.base}/api/v1/policies/rst{app.id[3:]}"},
        "users": {"href": f"{base}/users"},
        other: {"href": f"{base}/lifecycle/{other}"},
    }


def find_app(call: Call) -> App:
    """Return the app that the path names."""
    app = call.state.apps.get(call.params["app_id"])
    if app is None:
        raise missing(call.params["app_id"], "AppInstance")
    return app


def list_apps(call: Call) -> Reply:
    query = call.request.query
    if "expand" in query and not re.fullmatch(r"user/[^,/]+", query["expand"]):
        raise invalid("RequestParams", "Expand query is malformed.")
    if not may(call, Need.READ_APPS, "okta.apps.read"):
        return Reply(200, [], self_link(call))
    built_in = [(number, body) for number, body in builtin_apps(call) if _fits(body["name"], body["label"], "ACTIVE", query)]
    own = ((app.sequence, app) for app in call.state.apps.values() if _listed(call, app, query))
    shown, headers = page(call, itertools.chain(built_in, own), 20)
    return Reply(200, [app_body(call, app) if isinstance(app, App) else app for app in shown], headers)


def _listed(call: Call, app: App, query: dict[str, str]) -> bool:
    # The list is an index that lags; reading by id is not affected.
    if app.created + call.tenant.options.index_lag > call.now:
        return False
    return _fits("oidc_client", app.label, app.status, query)


def _fits(name: str, label: str, status: str, query: dict[str, str]) -> bool:
    term = query.get("q", "").lower()
    if not label.lower().startswith(term) and not name.startswith(term):
        return False
    if "filter" not in query:
        return True
    match = re.fullmatch(r'(status|name) eq "([^"]*)"', query["filter"].strip())
    if match is None:
        raise OktaError(400, "E0000031", "Invalid search criteria.")
    return {"status": status, "name": name}[match[1]] == match[2]


def create_app(call: Call) -> Reply:
    body = call.json()
    doc, keys = app_schema.check(body, call.tenant.options.max_keys, dpop=call.tenant.options.dpop_default)
    doc["label"] = stored(doc["label"], call.tenant.options.stored_text)
    if keys and not may(call, Need.SUPER):
        raise forbidden()
    limit = call.tenant.options.max_apps
    if limit is not None and len(call.state.apps) >= limit:
        cause = "Cannot create application instance. Maximum number of instances has been reached."
        raise invalid("generalSettings", cause)
    app = make_app(call, doc, keys)
    if call.request.query.get("activate") == "false":
        app.status = "INACTIVE"
    call.tenant.note("application.lifecycle.create", call.caller.actor, app.id, app.label)
    return Reply(200, app_body(call, app, secret=True))


def make_app(call: Call, doc: Doc, keys: list[Doc]) -> App:
    """Add a validated app to the org."""
    app_id = new_id("0oa")
    client = doc["credentials"]["oauthClient"]
    client_id = client.setdefault("client_id", app_id)
    if call.state.app_of_client(client_id):
        raise invalid("client_id", f"client_id: the client id '{client_id}' is already in use.")
    doc["credentials"] |= {
        "userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"},
        "signing": {"kid": random_text(43)},
    }
    app = App(app_id, client_id, doc, call.now, call.now, next(call.state.counter))
    app.keys = merge_keys([], keys, call.now)
    given = client.pop("client_secret", None)
    if app.auth_method.startswith("client_secret"):
        app_secrets.add_secret(app.secrets, call.now, given)
    call.state.apps[app_id] = app
    return app


def get_app(call: Call) -> Reply:
    return Reply(200, app_body(call, find_app(call)))


def replace_app(call: Call) -> Reply:
    app = find_app(call)
    if call.json().get("universalLogout"):
        # Recorded requests never contain it.
        raise invalid("universalLogout", "universalLogout: can't be changed here")
    doc, keys = app_schema.check(call.json(), call.tenant.options.max_keys)
    doc["label"] = stored(doc["label"], call.tenant.options.stored_text)
    client = doc["credentials"]["oauthClient"]
    if client.setdefault("client_id", app.client_id) != app.client_id:
        raise invalid("client_id", "client_id: the client id can't be changed.")
    merged = merge_keys(app.keys, keys, call.now)
    if _keys_differ(app.keys, merged) and not may(call, Need.SUPER):
        raise forbidden()
    given = client.pop("client_secret", None)
    doc["credentials"] |= {name: app.doc["credentials"][name] for name in ("userNameTemplate", "signing")}
    app.doc, app.keys, app.updated = doc, merged, call.now
    if not app.auth_method.startswith("client_secret"):
        app.secrets.clear()
    elif not app.secrets:
        app_secrets.add_secret(app.secrets, call.now, given)
    call.tenant.note("application.lifecycle.update", call.caller.actor, app.id, app.label)
    return Reply(200, app_body(call, app, secret=True))


def _keys_differ(old: list[Doc], new: list[Doc]) -> bool:
    def essence(keys: list[Doc]) -> list[Any]:
        return sorted((key["kid"], material(key), key["status"]) for key in keys)

    return essence(old) != essence(new)


def delete_app(call: Call) -> Reply:
    app = find_app(call)
    if app.status == "ACTIVE":
        cause = "The application must be deactivated before deletion."
        raise OktaError(403, "E0000056", "Delete application forbidden.", cause)
    call.tenant.remove_app(app.id)
    call.tenant.note("application.lifecycle.delete", call.caller.actor, app.id, app.label)
    return Reply(204)


def activate(call: Call) -> Reply:
    return _set_status(call, "ACTIVE")


def deactivate(call: Call) -> Reply:
    return _set_status(call, "INACTIVE")


def _set_status(call: Call, status: str) -> Reply:
    app = find_app(call)
    if status == "INACTIVE":
        call.state.drop_access_tokens(app.client_id)
    if app.status != status:
        app.status, app.updated = status, call.now
        verb = "activate" if status == "ACTIVE" else "deactivate"
        call.tenant.note(f"application.lifecycle.{verb}", call.caller.actor, app.id, app.label)
    return Reply(200, {})


_ONE = "/api/v1/apps/{app_id}"
ROUTES = [
    Route("GET", "/api/v1/apps", list_apps, Need.READ, "okta.apps.read", "apps"),
    Route("POST", "/api/v1/apps", create_app, Need.MANAGE_APPS, "okta.apps.manage", "apps.create"),
    Route("GET", _ONE, get_app, Need.READ_APPS, "okta.apps.read", "app.read"),
    Route("PUT", _ONE, replace_app, Need.MANAGE_APPS, "okta.apps.manage", "app"),
    Route("DELETE", _ONE, delete_app, Need.MANAGE_APPS, "okta.apps.manage", "app.delete"),
    Route("POST", _ONE + "/lifecycle/activate", activate, Need.MANAGE_APPS, "okta.apps.manage", "app.lifecycle"),
    Route("POST", _ONE + "/lifecycle/deactivate", deactivate, Need.MANAGE_APPS, "okta.apps.manage", "app.lifecycle"),
]
