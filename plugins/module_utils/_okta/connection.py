# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a module's connection options to a client."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from typing import Any

from .._core.errors import InputError
from .._core.spec import Call
from .._crypto.jwk import RsaKey, load
from .authentication import ApiToken, Credential, KeyIdentity, OAuthClient, SecretIdentity
from .caller import require_super_admin
from .client import OktaClient
from .dpop import Proofs
from .org_url import parse
from .transport import Settings, Transport

# Environment variables of each option; the first that is set counts. Okta's own SDKs read the OKTA_CLIENT_ ones.
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
    """Make the client that a module's options describe.

    Args:
        call: the module's run.
        scopes: what the module needs, asked for where O(scopes) doesn't say.
        only_these: O(scopes) means the matter of the module, not what it calls with.
        credential: whom to call as, instead of what options and environment say.

    Raises:
        InputError: an option is missing or can't be used.
    """
    options = Options(call.params)
    org = parse(options.required("org_url"))
    asked = scopes if only_these else options.words("scopes") or scopes
    transport = Transport(options.settings(), limiter=call.limiter)
    client = OktaClient(
        org,
        credential or _credential(options, org.url, _with_own_roles(asked) if call.params.get("require_super_admin") else asked),
        transport,
        check_mode=call.check_mode,
        concurrency=options.at_least("concurrency", 1),
        before_write=call.before_write,
    )
    if call.params.get("require_super_admin"):
        client.before_first_write = lambda: _check(client)
    return client


def has_credential(call: Call) -> bool:
    """Whether options or environment say whom to call as."""
    options = Options(call.params)
    return bool(options.text("api_token") or options.text("client_id"))


def oauth_client(options: Options, org_url: str, scopes: tuple[str, ...]) -> OAuthClient:
    """The credential that O(client_id) makes with O(private_key), or with O(client_secret) where a module takes that."""
    secret = options.text("client_secret")
    identity = SecretIdentity(secret) if secret else KeyIdentity(_signing_key(options))
    return OAuthClient(org_url, options.required("client_id"), identity, scopes, proofs=Proofs() if options.given("dpop") else None)


def _signing_key(options: Options) -> RsaKey:
    return load(options.required("private_key"), key_id=options.text("key_id"), only_signs=True)


def _with_own_roles(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Scopes with which a service app can also read which roles it holds itself."""
    return tuple(dict.fromkeys((*scopes, "okta.roles.read")))


def api_token(token: str, option: str) -> ApiToken:
    """The credential that an API token makes.

    Raises:
        InputError: it can't be one.
    """
    if not token.isascii() or not token.isprintable() or " " in token:
        raise InputError(f"{option} holds blanks or characters that no token has: copy it again from Okta.")
    return ApiToken(token)


def _check(client: OktaClient) -> None:
    require_super_admin(client)


def _credential(options: Options, org_url: str, scopes: tuple[str, ...]) -> Credential:
    # what the task says beats what the environment says, whichever kind it is
    if options.given("client_id") or (not options.given("api_token") and options.text("client_id")):
        if options.given("client_id") and options.given("api_token"):
            raise InputError("api_token and client_id are both given: choose one of them to call Okta with.")
        if not options.given("client_id"):
            options.check_environment(org_url, "client_id")
        return oauth_client(options, org_url, scopes)
    token = options.text("api_token")
    if not token:
        raise InputError("No credential: give api_token (or OKTA_API_TOKEN in the environment), or client_id and private_key.")
    if not options.given("api_token"):
        options.check_environment(org_url, "api_token")
    return api_token(token, "api_token")


class Options:
    """A module's options, and behind them the environment."""

    def __init__(self, params: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> None:
        self._params = params
        self._environment = os.environ if environment is None else environment

    def given(self, name: str) -> bool:
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
        """Make sure that a credential of the environment was given for this org, where the environment says for which.

        Raises:
            InputError: it was given for another one.
        """
        (variable,) = ENVIRONMENT["org_url"]
        own = self._environment.get(variable, "").strip()
        if own and parse(own, variable).url != org_url:
            raise InputError(
                f"The credential in the environment is that of {variable}, {own}, and would be sent to {org_url}, another org: give {name}."
            )

    def words(self, name: str) -> tuple[str, ...]:
        """A list; from the environment, words between blanks or commas."""
        if self._params.get(name):
            return tuple(self._params[name])
        return tuple((self.text(name) or "").replace(",", " ").split())

    def required(self, name: str) -> str:
        """The option's text.

        Raises:
            InputError: it is nowhere.
        """
        value = self.text(name)
        if value:
            return value
        variables = " or ".join(ENVIRONMENT.get(name, ()))
        hint = f" or {variables} in the environment" if variables else ""
        raise InputError(f"{name} is missing: set it{hint}.")

    def at_least(self, name: str, least: int) -> int:
        """A number.

        Raises:
            InputError: it is too small.
        """
        value = int(self._params[name])
        if value < least:
            raise InputError(f"{name} is {value}: it must be at least {least}.")
        return value

    def settings(self) -> Settings:
        """How to reach Okta."""
        ca_path = self._params.get("ca_path")
        if ca_path:
            _check_certificates(ca_path)
        return Settings(
            timeout=float(self.at_least("timeout", 1)),
            max_retries=self.at_least("max_retries", 0),
            validate_certs=bool(self._params.get("validate_certs", True)),
            ca_path=ca_path or None,
        )


def _check_certificates(path: str) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        raise InputError(f"ca_path {path!r} holds no CA certificate: give a file of them in PEM form.") from None
    except OSError as error:
        raise InputError(f"ca_path {path!r} can't be read ({error.strerror}): give a file of CA certificates in PEM form.") from None
