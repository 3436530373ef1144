# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates the client from the connection options of a module."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from typing import Any

from .._core.errors import InputError
from .._core.spec import Call
from .._crypto.jwk import RsaKey, load_private_key
from .authentication import ApiToken, Credential, KeyAuthentication, OAuthClient, SecretAuthentication
from .caller import require_super_admin
from .client import OktaClient
from .dpop import DpopProofs
from .org_url import parse_org_url
from .transport import Transport, TransportSettings

# Environment variables of each option; the first that is set is used. Okta's own SDKs read those with OKTA_CLIENT_.
ENVIRONMENT: Mapping[str, tuple[str, ...]] = {
    "org_url": ("OKTA_CLIENT_ORGURL",),
    "api_token": ("OKTA_CLIENT_TOKEN", "OKTA_API_TOKEN"),
    "client_id": ("OKTA_CLIENT_CLIENTID",),
    "private_key": ("OKTA_CLIENT_PRIVATEKEY",),
    "scopes": ("OKTA_CLIENT_SCOPES",),
}
OAUTH_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "client_id": {"type": "str"},
    "private_key": {"type": "str", "no_log": True},
    "key_id": {"type": "str", "no_log": False},
    "dpop": {"type": "bool", "default": False},
}
SCOPES_OPTION: Mapping[str, Mapping[str, Any]] = {"scopes": {"type": "list", "elements": "str"}}
TRANSPORT_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "org_url": {"type": "str"},
    "ca_path": {"type": "path"},
    "validate_certs": {"type": "bool", "default": True},
    "timeout": {"type": "int", "default": 30},
    "max_retries": {"type": "int", "default": 4},
    "concurrency": {"type": "int", "default": 15},
}
CONNECTION_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    **TRANSPORT_OPTIONS,
    "api_token": {"type": "str", "no_log": True},
    **OAUTH_OPTIONS,
    **SCOPES_OPTION,
}
WRITER_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    **CONNECTION_OPTIONS,
    "require_super_admin": {"type": "bool", "default": False},
}
LIBRARIES = ("requests", "cryptography", "jwcrypto")


def connect(call: Call, scopes: tuple[str, ...], *, only_these: bool = False, credential: Credential | None = None) -> OktaClient:
    """Create the client that the options of a module describe.

    Args:
        call: the module's run.
        scopes: the scopes that the module requires, requested if O(scopes) isn't set.
        only_these: whether O(scopes) is not an option for the connection, but the subject of the module.
        credential: the credential, instead of that in options and environment.

    Raises:
        InputError: an option is missing or can't be used.
    """
    options = ConnectionOptions(call.params)
    org = parse_org_url(options.required("org_url"))
    asked = scopes if only_these else options.words("scopes") or scopes
    transport = Transport(options.settings(), limiter=call.limiter)
    client = OktaClient(
        org,
        credential or _choose_credential(options, org.url, _with_roles_read(asked) if call.params.get("require_super_admin") else asked),
        transport,
        check_mode=call.check_mode,
        concurrency=options.minimum("concurrency", 1),
        before_write=call.before_write,
    )
    if call.params.get("require_super_admin"):
        client.before_first_write = lambda: _check_super_admin(client)
    return client


def has_credential(call: Call) -> bool:
    """Whether options or environment hold a credential."""
    options = ConnectionOptions(call.params)
    return bool(options.text("api_token") or options.text("client_id"))


def oauth_client(options: ConnectionOptions, org_url: str, scopes: tuple[str, ...]) -> OAuthClient:
    """The credential from O(client_id) and O(private_key), or O(client_secret) if the module has that option."""
    secret = options.text("client_secret")
    identity = SecretAuthentication(secret) if secret else KeyAuthentication(_signing_key(options))
    return OAuthClient(org_url, options.required("client_id"), identity, scopes, proofs=DpopProofs() if options.is_given("dpop") else None)


def _signing_key(options: ConnectionOptions) -> RsaKey:
    return load_private_key(options.required("private_key"), key_id=options.text("key_id"), is_in_use=True)


def _with_roles_read(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """The scopes, and the one with which a service app can read its own roles."""
    return tuple(dict.fromkeys((*scopes, "okta.roles.read")))


def api_token_credential(token: str, option: str) -> ApiToken:
    """The credential from an API token.

    Raises:
        InputError: its form is invalid.
    """
    if not token.isascii() or not token.isprintable() or " " in token:
        raise InputError(f"{option} holds blanks or characters that are invalid in a token: copy it again from Okta.")
    return ApiToken(token)


def _check_super_admin(client: OktaClient) -> None:
    require_super_admin(client)


def _choose_credential(options: ConnectionOptions, org_url: str, scopes: tuple[str, ...]) -> Credential:
    # the options of the task override the environment, regardless of the type of credential
    if options.is_given("client_id") or (not options.is_given("api_token") and options.text("client_id")):
        if options.is_given("client_id") and options.is_given("api_token"):
            raise InputError("api_token and client_id are both given: choose one of them to call Okta with.")
        if not options.is_given("client_id"):
            options.check_environment(org_url, "client_id")
        return oauth_client(options, org_url, scopes)
    token = options.text("api_token")
    if not token:
        raise InputError("No credential: give api_token (or OKTA_API_TOKEN in the environment), or client_id and private_key.")
    if not options.is_given("api_token"):
        options.check_environment(org_url, "api_token")
    return api_token_credential(token, "api_token")


class ConnectionOptions:
    """The options of a module, with environment variables as defaults."""

    def __init__(self, params: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> None:
        self._params = params
        self._environment = os.environ if environment is None else environment

    def is_given(self, name: str) -> bool:
        """Whether the task itself sets the option."""
        return bool(self._params.get(name))

    def text(self, name: str) -> str | None:
        """The option's text, stripped, or that of its environment variable."""
        value = self._params.get(name) or next(
            (self._environment[v] for v in ENVIRONMENT.get(name, ()) if self._environment.get(v)),
            None,
        )
        return str(value).strip() if value else None

    def check_environment(self, org_url: str, name: str) -> None:
        """Check that a credential in the environment belongs to this org, if the environment also names an org.

        Raises:
            InputError: it belongs to another org.
        """
        (variable,) = ENVIRONMENT["org_url"]
        own = self._environment.get(variable, "").strip()
        if own and parse_org_url(own, variable).url != org_url:
            raise InputError(
                f"The credential in the environment is that of {variable}, {own}, and would be sent to {org_url}, another org: give {name}."
            )

    def words(self, name: str) -> tuple[str, ...]:
        """A list; in the environment, words that are separated by blanks or commas."""
        if self._params.get(name):
            return tuple(self._params[name])
        return tuple((self.text(name) or "").replace(",", " ").split())

    def required(self, name: str) -> str:
        """The option's text.

        Raises:
            InputError: it isn't set.
        """
        value = self.text(name)
        if value:
            return value
        variables = " or ".join(ENVIRONMENT.get(name, ()))
        hint = f" or {variables} in the environment" if variables else ""
        raise InputError(f"{name} is missing: set it{hint}.")

    def minimum(self, name: str, least: int) -> int:
        """A number.

        Raises:
            InputError: it is too small.
        """
        value = int(self._params[name])
        if value < least:
            raise InputError(f"{name} is {value}: it must be at least {least}.")
        return value

    def settings(self) -> TransportSettings:
        """The settings of the transport."""
        ca_path = self._params.get("ca_path")
        if ca_path:
            _check_ca_certificates(ca_path)
        return TransportSettings(
            timeout=float(self.minimum("timeout", 1)),
            max_retries=self.minimum("max_retries", 0),
            validate_certs=bool(self._params.get("validate_certs", True)),
            ca_path=ca_path or None,
        )


def _check_ca_certificates(path: str) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        raise InputError(f"ca_path {path!r} holds no CA certificate: give a file of them in PEM form.") from None
    except OSError as error:
        raise InputError(f"ca_path {path!r} can't be read ({error.strerror}): give a file of CA certificates in PEM form.") from None
