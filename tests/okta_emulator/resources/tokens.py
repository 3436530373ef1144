# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token endpoint and other OAuth endpoints without a caller."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import urllib.parse
from typing import Any

from ..assertion import BY_KEY_ONLY, check_assertion
from ..dpop import check_proof
from ..errors import OAuthError
from ..events import Actor
from ..http import Reply
from ..ids import random_text
from ..roles import Need
from ..routing import Call, Route
from ..scopes import is_known
from ..state import AccessToken, App, Doc, Service

LIFETIME = 3600
# Okta's catalog of OAuth 2.0 errors.
_TWO_WAYS = (
    "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, "
    "credentials in the post body, or a client_assertion in the post body."
)
_WRONG_WAY = "Client authentication failed. Either the client or the client credentials are invalid."
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def token(call: Call) -> Reply:
    form = _form(call)
    client = _client(call, form)
    if form.get("grant_type") != "client_credentials":
        raise OAuthError(400, "unsupported_grant_type", "The grant type isn't supported for this client.")
    if isinstance(client, App):
        _check_network(call, client)
    scopes = _scopes(call, client, form.get("scope", "").split())
    thumbprint = _proof(call, client)
    value = "eyJ" + random_text(90)
    client_id = client.client_id if isinstance(client, App) else client.id
    call.state.access_tokens[value] = AccessToken(client_id, frozenset(scopes), call.now + LIFETIME, thumbprint, isinstance(client, App))
    call.tenant.note("app.oauth2.token.grant.access_token", Actor(client_id, _label(client), "PublicClientApp"), client_id, _label(client))
    body = {
        "token_type": "DPoP" if thumbprint else "Bearer",
        "expires_in": LIFETIME,
        "access_token": value,
        "scope": " ".join(scopes),
    }
    headers = {"Cache-Control": "no-cache, no-store", "Pragma": "no-cache"}
    return Reply(200, body, headers | ({"dpop-nonce": call.state.nonce} if thumbprint else {}))


def _label(client: App | Service) -> str:
    return client.label if isinstance(client, App) else client.type


def _form(call: Call) -> dict[str, str]:
    form = call.request.parsed_body()
    if call.request.content_type() != "application/x-www-form-urlencoded" or not isinstance(form, dict):
        raise OAuthError(400, "invalid_request", "The request body must be a form.")
    return form


def _client(call: Call, form: dict[str, str]) -> App | Service:
    """Authenticate the client with its registered method."""
    scheme, _unused, value = call.request.headers.get("authorization", "").partition(" ")
    ways = (scheme.lower() == "basic", bool({"client_id", "client_secret"} & form.keys()), "client_assertion" in form)
    if sum(ways) > 1:
        raise OAuthError(401, "invalid_request", _TWO_WAYS)
    if ways[0]:
        return _by_header(call, value)
    if ways[1]:
        return _by_secret(call, form.get("client_id", ""), form.get("client_secret", ""), "client_secret_post")
    if form.get("client_assertion_type") != _ASSERTION_TYPE or "client_assertion" not in form:
        raise OAuthError(401, "invalid_client", "A valid 'client_assertion_type' and 'client_assertion' are required.")
    return check_assertion(call, form["client_assertion"])


def _by_header(call: Call, value: str) -> App | Service:
    try:
        # Both are form-encoded before they are joined (RFC 6749, 2.3.1).
        pair = base64.b64decode(value, validate=True).decode().partition(":")
        client_id, secret = urllib.parse.unquote_plus(pair[0]), urllib.parse.unquote_plus(pair[2])
    except (binascii.Error, UnicodeDecodeError) as error:
        raise OAuthError(401, "invalid_client", "Found Authentication header but was not valid client credentials.") from error
    return _by_secret(call, client_id, secret, "client_secret_basic")


def _by_secret(call: Call, client_id: str, secret: str, way: str) -> Service:
    """Authenticate an API service integration by its secret. An app with a secret is refused here."""
    app = call.state.app_of_client(client_id)
    client: App | Service | None = app or call.state.services.get(client_id)
    if client is None or (app and app.status != "ACTIVE"):
        raise OAuthError(401, "invalid_client", "Invalid value for 'client_id' parameter.")
    if way != (app.auth_method if app else "client_secret_basic"):
        raise OAuthError(401, "invalid_client", _WRONG_WAY)
    if not any(item["client_secret"] == secret and item["status"] == "ACTIVE" for item in client.secrets):
        raise OAuthError(401, "invalid_client", "The client secret supplied for a confidential client is invalid.")
    if isinstance(client, App):
        raise OAuthError(401, "invalid_client", BY_KEY_ONLY)
    return client


def _scopes(call: Call, client: App | Service, asked: list[str]) -> list[str]:
    """Return the granted ones of the requested scopes; an error if there is none."""
    if not asked:
        raise OAuthError(400, "invalid_scope", "The authorization server requires a 'scope' for client_credentials.")
    held = frozenset(client.scopes) if isinstance(client, Service) else call.state.granted_scopes(client.client_id)
    for scope in asked:
        if scope not in held and not is_known(scope, call.tenant.options):
            text = "One or more scopes are not configured for the authorization server resource."
            raise OAuthError(400, "invalid_scope", text)
    scopes = [scope for scope in dict.fromkeys(asked) if scope in held]
    if not scopes:
        raise OAuthError(400, "consent_required", "You are not allowed any of the requested scopes.")
    return scopes


def _proof(call: Call, client: App | Service) -> str | None:
    """Check the DPoP proof if the app requires one or the client sends one."""
    required = isinstance(client, App) and client.oauth.get("dpop_bound_access_tokens")
    if not required and "dpop" not in call.request.headers:
        return None
    try:
        thumbprint, claims = check_proof(call)
    except ValueError as error:
        raise OAuthError(400, "invalid_dpop_proof", str(error)) from error
    if claims.get("nonce") != call.state.nonce:
        text = "Authorization server requires nonce in DPoP proof."
        raise OAuthError(400, "use_dpop_nonce", text, {"dpop-nonce": call.state.nonce})
    return thumbprint


def _check_network(call: Call, app: App) -> None:
    network = app.oauth.get("network") or {}
    if network.get("connection") != "ZONE":
        return
    include, exclude = network.get("include") or [], network.get("exclude") or []
    inside = not include or any(_contains(call, zone) for zone in include)
    if not inside or any(_contains(call, zone) for zone in exclude):
        # According to Okta's API description of this endpoint.
        raise OAuthError(403, "access_denied", "The request is made from outside the client's permitted network zones.")


def _contains(call: Call, zone_id: str) -> bool:
    if zone_id == "ALL_IP_ZONES":
        return any(_in_zone(zone, call.request.peer) for zone in call.state.zones.values())
    zone = call.state.zones.get(zone_id)
    return zone is not None and _in_zone(zone, call.request.peer)


def _in_zone(zone: Doc, address: str) -> bool:
    if zone["status"] != "ACTIVE":
        return False
    here = ipaddress.ip_address(address)
    return any(_covers(entry, here) for entry in zone.get("gateways") or [])


def _covers(entry: Doc, here: Any) -> bool:
    value = str(entry.get("value", ""))
    if entry.get("type") == "CIDR":
        return here in ipaddress.ip_network(value, strict=False)
    first, _unused, last = value.partition("-")
    return bool(ipaddress.ip_address(first) <= here <= ipaddress.ip_address(last or first))


def organization(call: Call) -> Reply:
    links = {"organization": {"href": call.own_url}}
    if call.tenant.options.custom_domain:
        links["alternate"] = {"href": f"https://{call.tenant.options.custom_domain}"}
    return Reply(200, {"id": call.state.org_id, "pipeline": call.tenant.options.pipeline, "_links": links})


def openid_configuration(call: Call) -> Reply:
    base = call.base
    return Reply(
        200,
        {
            "issuer": base,
            "authorization_endpoint": f"{base}/oauth2/v1/authorize",
            "token_endpoint": f"{base}/oauth2/v1/token",
            "registration_endpoint": f"{base}/oauth2/v1/clients",
            "jwks_uri": f"{base}/oauth2/v1/keys",
            "introspection_endpoint": f"{base}/oauth2/v1/introspect",
            "revocation_endpoint": f"{base}/oauth2/v1/revoke",
            "response_types_supported": ["code", "token"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
            "dpop_signing_alg_values_supported": ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
        },
    )


def keys(_call: Call) -> Reply:
    return Reply(200, {"keys": []}, {"Cache-Control": "max-age=3600, must-revalidate"})


ROUTES = [
    Route("POST", "/oauth2/v1/token", token, Need.PUBLIC, bucket="token"),
    Route("GET", "/.well-known/okta-organization", organization, Need.PUBLIC, bucket="well_known"),
    Route("GET", "/.well-known/openid-configuration", openid_configuration, Need.PUBLIC, bucket="well_known"),
    Route("GET", "/oauth2/v1/keys", keys, Need.PUBLIC, bucket="well_known"),
]
