# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API service integrations."""

from __future__ import annotations

from ..errors import invalid, missing
from ..http import Reply
from ..ids import new_id, timestamp
from ..paging import page
from ..roles import Need
from ..routing import Call, Route
from ..scopes import is_known
from ..state import Doc, Service
from .app_secrets import add_secret, change_status, remove_secret, secret_body


def make_service(kind: str, scopes: list[str], creator: str, now: float, sequence: int) -> Service:
    """Build an integration with its first secret."""
    service = Service(new_id("0oa"), kind, scopes, now, creator, sequence)
    add_secret(service.secrets, now)
    return service


def _base(call: Call, service: Service) -> str:
    return f"{call.base}/integrations/api/v1/api-services/{service.id}"


def _body(call: Call, service: Service) -> Doc:
    return {
        "id": service.id,
        "type": service.type,
        "name": service.type.replace("_", " ").title(),
        "createdAt": timestamp(service.created),
        "createdBy": service.created_by,
        "configGuideUrl": f"https://example.com/{service.type}/guide",
        "grantedScopes": list(service.scopes),
        "properties": service.properties,
        "_links": {
            "self": {"href": _base(call, service), "hints": {"allow": ["GET", "DELETE"]}},
            "client": {"href": f"{call.base}/oauth2/v1/clients/{service.id}", "hints": {"allow": ["GET"]}},
            "logo": {"name": "medium", "href": f"{call.base}/fs/bcg/4/gfs1"},
        },
    }


def _service(call: Call) -> Service:
    service = call.state.services.get(call.params["service_id"])
    if service is None:
        raise missing(call.params["service_id"], "ApiServiceIntegration")
    return service


def list_services(call: Call) -> Reply:
    services = call.state.services.values()
    shown, headers = page(call, ((service.sequence, service) for service in services), 200)
    return Reply(200, [_body(call, service) for service in shown], headers)


def create(call: Call) -> Reply:
    body = call.json()
    kind, scopes = body.get("type"), body.get("grantedScopes")
    # Neither recorded nor described; E0000001 is Okta's response to unknown values.
    if kind not in call.tenant.options.catalogue:
        raise invalid("type", "type: must be the key of an API service integration in the catalogue")
    if not isinstance(scopes, list) or not scopes:
        raise invalid("grantedScopes", "grantedScopes: The field cannot be left blank")
    if not all(isinstance(scope, str) and is_known(scope, call.tenant.options) for scope in scopes):
        raise invalid("grantedScopes", "grantedScopes: not all of these scopes exist")
    service = make_service(kind, list(dict.fromkeys(scopes)), call.caller.id, call.now, next(call.state.counter))
    service.properties = body.get("properties") or {}
    call.state.services[service.id] = service
    call.tenant.note("app.api_service.create", call.caller.actor, service.id, kind)
    # The only response that contains the secret.
    call.state.shown_secrets.append(service.secrets[0]["client_secret"])
    return Reply(201, _body(call, service) | {"clientSecret": service.secrets[0]["client_secret"]})


def get(call: Call) -> Reply:
    return Reply(200, _body(call, _service(call)))


def delete(call: Call) -> Reply:
    service = _service(call)
    del call.state.services[service.id]
    call.state.client_roles.pop(service.id, None)
    call.state.drop_access_tokens(service.id)
    return Reply(204)


def list_secrets(call: Call) -> Reply:
    service = _service(call)
    base = _base(call, service)
    return Reply(200, [secret_body(secret, base, shown=False) for secret in service.secrets])


def create_secret(call: Call) -> Reply:
    service = _service(call)
    secret = add_secret(service.secrets, call.now)
    call.state.shown_secrets.append(secret["client_secret"])
    return Reply(201, secret_body(secret, _base(call, service)))


def activate_secret(call: Call) -> Reply:
    return _change(call, "ACTIVE")


def deactivate_secret(call: Call) -> Reply:
    return _change(call, "INACTIVE")


def _change(call: Call, status: str) -> Reply:
    service = _service(call)
    secret = change_status(service.secrets, call.params["secret_id"], status, call.now)
    return Reply(200, secret_body(secret, _base(call, service), shown=False))


def delete_secret(call: Call) -> Reply:
    remove_secret(_service(call).secrets, call.params["secret_id"])
    return Reply(204)


_ALL = "/integrations/api/v1/api-services"
_ONE = _ALL + "/{service_id}"
_SECRETS = _ONE + "/credentials/secrets"
_SECRET = _SECRETS + "/{secret_id}"
_READ, _MANAGE = "okta.oauthIntegrations.read", "okta.oauthIntegrations.manage"
ROUTES = [
    Route("GET", _ALL, list_services, Need.READ, _READ, "api_services"),
    Route("POST", _ALL, create, Need.SUPER, _MANAGE, "api_services.create"),
    Route("GET", _ONE, get, Need.READ, _READ, "api_services"),
    Route("DELETE", _ONE, delete, Need.SUPER, _MANAGE, "api_services"),
    Route("GET", _SECRETS, list_secrets, Need.READ, _READ, "api_services"),
    Route("POST", _SECRETS, create_secret, Need.SUPER, _MANAGE, "api_services"),
    Route("DELETE", _SECRET, delete_secret, Need.SUPER, _MANAGE, "api_services"),
    Route("POST", _SECRET + "/lifecycle/activate", activate_secret, Need.SUPER, _MANAGE, "api_services"),
    Route("POST", _SECRET + "/lifecycle/deactivate", deactivate_secret, Need.SUPER, _MANAGE, "api_services"),
]
