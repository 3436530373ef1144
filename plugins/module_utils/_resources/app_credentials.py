# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can authenticate as an app: its public keys, the URL of a key set, a client secret.

Onboarding, adoption, rotation, offboarding and the audit all ask this one question: who can authenticate as this app besides us?
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
    """A public key of an app; without a ``kid``, an assertion can't name it."""

    kid: str
    thumbprint: str | None
    id: str | None = field(default=None, compare=False)
    status: str = ACTIVE
    created: str | None = field(default=None, compare=False)
    jwk: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What a sentence calls it."""
        return self.kid or f"without a kid, {self.id or 'without an id'}"

    def facts(self) -> dict[str, Any]:
        """What is returned of it."""
        return {"id": self.id, "kid": self.kid or None, "status": self.status, "thumbprint": self.thumbprint, "created": self.created}

    def listed(self) -> str:
        """What a list in a sentence says of it."""
        return f"{self.name} (added {self.created or 'at an unknown time'})"


class Client(Protocol):
    """What decides who can authenticate as an app."""

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
        type: ``key``, ``jwks_uri``, or the authentication method where that is no key.
        text: what a list in a sentence says of it.
        kid: the key id, for a key that has one.
    """

    type: str
    text: str
    kid: str | None = None

    def facts(self) -> dict[str, Any]:
        """What is returned of it."""
        return {"type": self.type, "kid": self.kid, "description": self.text}


def key_from(jwk: Mapping[str, Any]) -> Key:
    """A public key out of Okta's answer."""
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
    """Whether two keys are the same numbers; where Okta doesn't return them, the same key id."""
    if one.thumbprint and other.thumbprint:
        return one.thumbprint == other.thumbprint
    return bool(one.kid) and one.kid == other.kid


def accesses(client: Client, keys: Sequence[Key] | None = None) -> tuple[Access, ...]:
    """The credentials that authenticate as the app. An inactive key is none.

    Args:
        client: the app.
        keys: those of its public keys that count; without it, all of them.
    """
    if client.auth_method != BY_KEY:
        return (Access(client.auth_method, f"the authentication method {client.auth_method}"),)
    active = [key for key in (client.keys if keys is None else keys) if key.status == ACTIVE]
    by_key = [Access("key", key.listed(), key.kid or None) for key in active]
    return (*by_key, *([Access("jwks_uri", f"the keys at {client.jwks_uri}")] if client.jwks_uri else []))


def others(client: Client, ours: Sequence[Key]) -> tuple[Access, ...]:
    """The credentials that authenticate as the app and aren't ours."""
    return accesses(client, [key for key in client.keys if not any(same_key(key, mine) for mine in ours)])


def other_uses(client: Client) -> tuple[str, ...]:
    """What the app is used for besides API calls with its own credentials, for a sentence."""
    grants = [f"the grant type {grant}" for grant in client.grant_types if grant != _CLIENT_CREDENTIALS]
    return (*grants, *(f"the redirect URI {uri}" for uri in client.redirect_uris))
