# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can authenticate as an app: its public keys, the URL of a key set, a client secret.

Onboarding, adoption, rotation, offboarding and the audit all depend on this: which unmanaged credentials authenticate as the app.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .._crypto.jwk import thumbprint

ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"
BY_KEY = "private_key_jwt"  # Okta's token_endpoint_auth_method for a client that signs (RFC 7523)
_CLIENT_CREDENTIALS = "client_credentials"


@dataclass(frozen=True)
class Key:
    """A public key of an app; an assertion can't refer to a key without a ``kid``."""

    kid: str
    thumbprint: str | None
    id: str | None = field(default=None, compare=False)
    status: str = ACTIVE
    created: str | None = field(default=None, compare=False)
    jwk: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        """Its name in messages."""
        return self.kid or f"without a kid, {self.id or 'without an id'}"

    def facts(self) -> dict[str, Any]:
        """The members that a module returns."""
        return {"id": self.id, "kid": self.kid or None, "status": self.status, "thumbprint": self.thumbprint, "created": self.created}

    def description(self) -> str:
        """The text for a list in a message."""
        return f"{self.name} (added {self.created or 'at an unknown time'})"


class AppCredentials(Protocol):
    """The properties of an app that decide who can authenticate as it."""

    @property
    def keys(self) -> tuple[Key, ...]:
        """Its public keys."""

    @property
    def auth_method(self) -> str:
        """Okta's ``token_endpoint_auth_method``."""

    @property
    def jwks_uri(self) -> str | None:
        """The URL from which Okta reads more public keys."""

    @property
    def grant_types(self) -> tuple[str, ...]:
        """The OAuth grants that it may use."""

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """Where users who sign in are sent."""


@dataclass(frozen=True)
class Access:
    """One credential that authenticates as an app.

    Args:
        type: ``key``, ``jwks_uri``, or the authentication method where the app doesn't use keys.
        text: the text for a list in a message.
        kid: the key id, for a key that has one.
    """

    type: str
    text: str
    kid: str | None = None

    def facts(self) -> dict[str, Any]:
        """The members that a module returns."""
        return {"type": self.type, "kid": self.kid, "description": self.text}


def key_from(jwk: Mapping[str, Any]) -> Key:
    """Read a public key from Okta's response."""
    kid, key_id, created = (jwk.get(name) for name in ("kid", "id", "created"))
    return Key(
        kid if isinstance(kid, str) else "",
        thumbprint(jwk),
        key_id if isinstance(key_id, str) else None,
        str(jwk.get("status") or ACTIVE),
        created if isinstance(created, str) else None,
        jwk,
    )


def same_key(one: Key, other: Key) -> bool:
    """Whether two keys have the same thumbprint; where Okta doesn't return a key's numbers, the same key id."""
    if one.thumbprint and other.thumbprint:
        return one.thumbprint == other.thumbprint
    return bool(one.kid) and one.kid == other.kid


def accesses(app: AppCredentials, keys: Sequence[Key] | None = None) -> tuple[Access, ...]:
    """The credentials that authenticate as the app; an inactive key doesn't.

    Args:
        app: the app.
        keys: the public keys to consider; all of the app's keys by default.
    """
    if app.auth_method != BY_KEY:
        return (Access(app.auth_method, f"the authentication method {app.auth_method}"),)
    active = [key for key in (app.keys if keys is None else keys) if key.status == ACTIVE]
    by_key = [Access("key", key.description(), key.kid or None) for key in active]
    return (*by_key, *([Access("jwks_uri", f"the keys at {app.jwks_uri}")] if app.jwks_uri else []))


def foreign_accesses(app: AppCredentials, managed_keys: Sequence[Key]) -> tuple[Access, ...]:
    """The unmanaged credentials that authenticate as the app."""
    return accesses(app, [key for key in app.keys if not any(same_key(key, managed) for managed in managed_keys)])


def other_uses(app: AppCredentials) -> tuple[str, ...]:
    """The uses of the app besides API calls with its own credentials, as texts for a message."""
    grants = [f"the grant type {grant}" for grant in app.grant_types if grant != _CLIENT_CREDENTIALS]
    return (*grants, *(f"the redirect URI {uri}" for uri in app.redirect_uris))
