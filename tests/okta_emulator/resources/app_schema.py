# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validation of apps."""

from __future__ import annotations

import copy
import re
from typing import Any

from ..errors import invalid
from ..jwk import check_key, check_set
from ..state import Doc

_TOP = {"id", "orn", "name", "label", "status", "lastUpdated", "created", "accessibility", "visibility", "features"}
_TOP |= {"signOnMode", "credentials", "universalLogout", "settings", "_links", "_embedded", "licensing", "profile"}
_CLIENT = {"autoKeyRotation", "client_id", "client_secret", "pkce_required", "token_endpoint_auth_method"}
_OAUTH = {
    "application_type",
    "client_uri",
    "consent_method",
    "dpop_bound_access_tokens",
    "grant_types",
    "idp_initiated_login",
    "initiate_login_uri",
    "issuer_mode",
    "jwks",
    "jwks_uri",
    "logo_uri",
    "network",
    "participate_slo",
    "policy_uri",
    "post_logout_redirect_uris",
    "redirect_uris",
    "refresh_token",
    "request_object_signing_alg",
    "response_types",
    "sector_identifier_uri",
    "subject_type",
    "tos_uri",
    "wildcard_redirect",
    "frontchannel_logout_session_required",
    "frontchannel_logout_uri",
    "id_token_encrypted_response_alg",
    "backchannel_authentication_request_signing_alg",
    "backchannel_custom_authenticator_id",
    "backchannel_token_delivery_mode",
}
_METHODS = {"none", "client_secret_post", "client_secret_basic", "client_secret_jwt", "private_key_jwt"}
_TYPES = {"web", "native", "browser", "service"}
_NETWORK = {"connection", "include", "exclude"}


def check(body: Doc, most_keys: int, *, dpop: bool = False) -> tuple[Doc, list[Doc]]:
    """Raise Okta's errors; return the app's configuration and its keys as sent. `dpop` is the org's default."""
    body = copy.deepcopy(body)
    _known(body, _TOP, "app")
    _check_frame(body)
    client = _client(body)
    oauth = _object(_object(body, "settings"), "oauthClient")
    _known(client, _CLIENT, "credentials.oauthClient")
    _known(oauth, _OAUTH, "settings.oauthClient")
    _check_client(client)
    _check_oauth(oauth)
    keys = _keys(oauth.pop("jwks", None), most_keys)
    _check_pairing(client, oauth, keys)
    client.setdefault("autoKeyRotation", True)
    doc = {
        "label": body["label"],
        "credentials": {"oauthClient": client},
        "settings": _settings(body["settings"], _with_defaults(oauth, dpop)),
    }
    return doc, keys


def _client(body: Doc) -> Doc:
    """Return the client's credentials. An app without credentials gets a secret; an empty secret counts as none."""
    credentials = _object(body, "credentials") if body.get("credentials") else {}
    client = _object(credentials, "oauthClient") if credentials.get("oauthClient") else {}
    client.setdefault("token_endpoint_auth_method", "client_secret_basic")
    if client.get("client_secret") == "":
        del client["client_secret"]
    return client


def _known(body: Doc, known: set[str], where: str) -> None:
    unknown = sorted(body.keys() - known)
    if unknown:
        raise invalid(where, f"{where}: unknown members: {', '.join(unknown)}")


def _object(body: Doc, name: str) -> Doc:
    value = body.get(name)
    if not isinstance(value, dict):
        raise invalid(name, f"{name}: The field cannot be left blank")
    return value


def _check_frame(body: Doc) -> None:
    if body.get("name") != "oidc_client" or body.get("signOnMode") != "OPENID_CONNECT":
        raise invalid("signOnMode", "signOnMode: this org makes OIDC apps only (name oidc_client).")
    label = body.get("label")
    if not isinstance(label, str) or not label.strip():
        raise invalid("label", "label: The field cannot be left blank")
    if len(label) > 100:
        raise invalid("label", "label: The field is too long")


def _check_client(client: Doc) -> None:
    if client.get("token_endpoint_auth_method") not in _METHODS:
        raise invalid("token_endpoint_auth_method", "token_endpoint_auth_method: Invalid value")
    client_id = client.get("client_id")
    if client_id is not None and not re.fullmatch(r"[\w$.+!*'(),-]{6,100}", str(client_id)):
        raise invalid("client_id", "client_id: Invalid value")
    secret = client.get("client_secret")
    if secret is not None and not 14 <= len(str(secret)) <= 100:
        raise invalid("client_secret", "client_secret: 'client_secret' must have 14 to 100 characters.")


def _check_oauth(oauth: Doc) -> None:
    if oauth.get("application_type") not in _TYPES:
        raise invalid("application_type", "application_type: Invalid value")
    for name in ("grant_types", "response_types"):
        if not isinstance(oauth.get(name), list):
            raise invalid(name, f"{name}: The field cannot be left blank")
    if not isinstance(oauth.get("dpop_bound_access_tokens", False), bool):
        raise invalid("dpop_bound_access_tokens", "dpop_bound_access_tokens: must be a boolean")
    as_service = "client_credentials" in oauth["grant_types"] and oauth["response_types"] == ["token"]
    if oauth["application_type"] == "service" and not as_service:
        raise invalid("grant_types", "A service app needs the grant type 'client_credentials' and the response type 'token'.")
    _check_network(oauth.get("network"))


def _check_network(network: Any) -> None:
    if network is None:
        return
    if not isinstance(network, dict) or network.keys() - _NETWORK:
        raise invalid("network", "network: Invalid value")
    if network.get("connection") not in ("ANYWHERE", "ZONE"):
        raise invalid("network", "network.connection: must be ANYWHERE or ZONE")
    zones = (network.get("include") or []) + (network.get("exclude") or [])
    if (network["connection"] == "ZONE") != bool(zones):
        raise invalid("network", "network: zones go with the connection ZONE, and only with it")


def _keys(jwks: Any, most: int) -> list[Doc]:
    if jwks is None:
        return []
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list):
        raise invalid("jwks", "jwks: must be an object with a list of keys")
    checked = [check_key(key) | {"status": key.get("status", "ACTIVE")} for key in keys]
    check_set(checked, most)
    return checked


def _check_pairing(client: Doc, oauth: Doc, keys: list[Doc]) -> None:
    """Refuse an authentication method that does not match the other settings."""
    method = client["token_endpoint_auth_method"]
    if method == "private_key_jwt":
        if client.get("client_secret"):
            cause = "'client_secret' can't be used when 'token_endpoint_auth_method' is 'private_key_jwt'."
            raise invalid("client_secret", cause)
        if not oauth.get("jwks_uri") and not any(key["status"] == "ACTIVE" for key in keys):
            raise invalid("jwks", "jwks: 'private_key_jwt' needs at least one active key.")
    if method == "none" and oauth["application_type"] == "service":
        raise invalid("token_endpoint_auth_method", "A service app must authenticate.")


def _with_defaults(oauth: Doc, dpop: bool) -> Doc:
    settings: Doc = {
        "client_uri": None,
        "logo_uri": None,
        "redirect_uris": [],
        "application_type": None,
        "consent_method": "REQUIRED",
        "issuer_mode": "DYNAMIC",
        "idp_initiated_login": {"mode": "DISABLED", "default_scope": []},
        "wildcard_redirect": "DISABLED",
        "dpop_bound_access_tokens": dpop and oauth["application_type"] == "service",
    }
    if oauth["application_type"] == "service":
        del settings["consent_method"]
    return settings | oauth


def _settings(sent: Doc, oauth: Doc) -> Doc:
    return {
        "app": {},
        "notifications": {
            "vpn": {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None},
        },
        "manualProvisioning": False,
        "implicitAssignment": False,
        "notes": sent.get("notes") or {"admin": None, "enduser": None},
        "oauthClient": oauth,
    }
