# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of a tenant."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from .ids import new_id

Doc = dict[str, Any]
# Seconds without use after which an API token expires.
UNUSED_LIFETIME = 30 * 24 * 3600


@dataclass
class App:
    """An application: `doc` is its configuration; keys and secrets are stored separately."""

    id: str
    client_id: str
    doc: Doc
    created: float
    updated: float
    sequence: int
    status: str = "ACTIVE"
    keys: list[Doc] = field(default_factory=list)
    secrets: list[Doc] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Return the label."""
        return str(self.doc["label"])

    @property
    def oauth(self) -> Doc:
        """Return the OAuth settings."""
        settings: Doc = self.doc["settings"]["oauthClient"]
        return settings

    @property
    def auth_method(self) -> str:
        """Return the client authentication method."""
        return str(self.doc["credentials"]["oauthClient"]["token_endpoint_auth_method"])


@dataclass
class Assignment:
    """A role of a user or a client, with the times at which it appears and takes effect."""

    id: str
    type: str
    created: float
    visible_from: float
    effective_from: float
    role: str | None = None
    resource_set: str | None = None


@dataclass
class AccessToken:
    """An access token of a client."""

    client_id: str
    scopes: frozenset[str]
    expires: float
    thumbprint: str | None
    needs_role: bool


@dataclass
class ApiToken:
    """An API token of a user."""

    id: str
    secret: str
    name: str
    user_id: str
    created: float
    used: float
    network: Doc = field(default_factory=lambda: {"connection": "ANYWHERE"})


@dataclass
class Service:
    """An API service integration."""

    id: str
    type: str
    scopes: list[str]
    created: float
    created_by: str
    sequence: int
    properties: Doc = field(default_factory=dict)
    secrets: list[Doc] = field(default_factory=list)


@dataclass
class State:
    """All of a tenant's objects, by id."""

    org_id: str = field(default_factory=lambda: new_id("00o"))
    apps: dict[str, App] = field(default_factory=dict)
    grants: dict[str, dict[str, Doc]] = field(default_factory=dict)
    client_roles: dict[str, dict[str, Assignment]] = field(default_factory=dict)
    users: dict[str, Doc] = field(default_factory=dict)
    user_roles: dict[str, dict[str, Assignment]] = field(default_factory=dict)
    groups: dict[str, Doc] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)
    zones: dict[str, Doc] = field(default_factory=dict)
    iam_roles: dict[str, Doc] = field(default_factory=dict)
    resource_sets: dict[str, Doc] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    # All secrets that were ever returned, including those of deleted objects, for a search.
    shown_secrets: list[str] = field(default_factory=list)
    api_tokens: dict[str, ApiToken] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    events: list[Doc] = field(default_factory=list)
    org: Doc = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)
    nonce: str = field(default_factory=lambda: new_id("non"))
    api_nonce: str = field(default_factory=lambda: new_id("non"))
    counter: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def app_of_client(self, client_id: str) -> App | None:
        """Return the app with a client id."""
        app = self.apps.get(client_id)
        if app and app.client_id == client_id:
            return app
        return next((item for item in self.apps.values() if item.client_id == client_id), None)

    def spend(self, jti: str, until: float, now: float) -> bool:
        """Mark a token id as used; False if it was used before."""
        if len(self.spent) > 5000:
            self.spent = {key: value for key, value in self.spent.items() if value > now}
        if self.spent.get(jti, 0) > now:
            return False
        self.spent[jti] = until
        return True

    def drop_access_tokens(self, client_id: str) -> None:
        """Revoke all access tokens of a client."""
        self.access_tokens = {key: token for key, token in self.access_tokens.items() if token.client_id != client_id}

    def grant_of_scope(self, client_id: str, scope: str) -> Doc | None:
        """Return the grant of a scope to a client."""
        grants = self.grants.get(client_id, {}).values()
        return next((grant for grant in grants if grant["scopeId"] == scope), None)

    def granted_scopes(self, client_id: str) -> frozenset[str]:
        """Return the scopes granted to a client."""
        return frozenset(grant["scopeId"] for grant in self.grants.get(client_id, {}).values())
