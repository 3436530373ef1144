# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scope grants of an app."""

from __future__ import annotations

from ..errors import invalid, missing
from ..http import Reply
from ..ids import new_id, timestamp
from ..paging import page
from ..roles import Need
from ..routing import Call, Route
from ..scopes import is_known
from ..state import App, Doc


def _app(call: Call) -> App:
    app = call.state.apps.get(call.params["app_id"])
    if app is None:
        raise missing(call.params["app_id"], "AppInstance")
    return app


def _body(call: Call, app: App, grant: Doc, embedded: bool = False) -> Doc:
    body = {name: value for name, value in grant.items() if name != "sequence"}
    if embedded:
        body["_embedded"] = {"scope": {"id": grant["scopeId"]}}
    here = f"{call.base}/api/v1/apps/{app.id}"
    body["_links"] = {
        "app": {"href": here, "title": app.label},
        "self": {"href": f"{here}/grants/{grant['id']}", "hints": {"allow": ["GET", "DELETE"]}},
        "client": {"href": f"{call.base}/oauth2/v1/clients/{app.client_id}", "title": app.label},
    }
    return body


def make_grant(scope: str, client_id: str, issuer: str, actor: dict[str, str], now: float, sequence: int) -> Doc:
    """Build a grant."""
    return {
        "id": new_id("oag"),
        "status": "ACTIVE",
        "created": timestamp(now),
        "createdBy": actor,
        "lastUpdated": timestamp(now),
        "issuer": issuer,
        "clientId": client_id,
        "scopeId": scope,
        "source": "ADMIN",
        "sequence": sequence,
    }


def list_grants(call: Call) -> Reply:
    app = _app(call)
    grants = call.state.grants.get(app.client_id, {}).values()
    shown, headers = page(call, ((grant["sequence"], grant) for grant in grants), 200)
    embedded = call.request.query.get("expand") == "scope"
    return Reply(200, [_body(call, app, grant, embedded) for grant in shown], headers)


def create(call: Call) -> Reply:
    app = _app(call)
    body = call.json()
    scope, issuer = body.get("scopeId"), body.get("issuer")
    if not isinstance(scope, str) or not is_known(scope, call.tenant.options):
        raise invalid("scopeId")
    if issuer != call.own_url:
        raise invalid("issuer", f"issuer: must be the org's own URL, {call.own_url}")
    if call.state.grant_of_scope(app.client_id, scope):
        raise invalid("scopeId", f"The scope '{scope}' is already granted to the client.")
    grant = make_grant(scope, app.client_id, issuer, call.caller.creator, call.now, next(call.state.counter))
    call.tenant.store_grant(app.client_id, grant)
    call.tenant.note("app.oauth2.client.scope.grant", call.caller.actor, app.id, scope)
    return Reply(call.tenant.options.grant_status, _body(call, app, grant, embedded=True))


def _grant(call: Call, app: App) -> Doc:
    grant = call.state.grants.get(app.client_id, {}).get(call.params["grant_id"])
    if grant is None:
        raise missing(call.params["grant_id"], "OAuth2ScopeConsentGrant")
    return grant


def get(call: Call) -> Reply:
    app = _app(call)
    return Reply(200, _body(call, app, _grant(call, app), call.request.query.get("expand") == "scope"))


def delete(call: Call) -> Reply:
    app = _app(call)
    grant = _grant(call, app)
    del call.state.grants[app.client_id][grant["id"]]
    call.tenant.note("app.oauth2.client.scope.revoke", call.caller.actor, app.id, grant["scopeId"])
    return Reply(204)


_ALL = "/api/v1/apps/{app_id}/grants"
_ONE = _ALL + "/{grant_id}"
ROUTES = [
    Route("GET", _ALL, list_grants, Need.SUPER, "okta.appGrants.read", "grants"),
    Route("POST", _ALL, create, Need.SUPER, "okta.appGrants.manage", "grants"),
    Route("GET", _ONE, get, Need.SUPER, "okta.appGrants.read", "grants"),
    Route("DELETE", _ONE, delete, Need.SUPER, "okta.appGrants.manage", "grants"),
]
