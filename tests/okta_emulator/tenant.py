# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A tenant: its options, its objects, and the methods with which tests change it."""

from __future__ import annotations

import copy
import threading
import time
from typing import TYPE_CHECKING, Any

from .events import Actor, make_event
from .ids import new_api_token, new_id
from .options import Options
from .rates import RateLimits
from .resources.grants import make_grant
from .resources.groups import make_group
from .resources.role_assignments import make_assignment
from .resources.users import folded, make_user
from .resources.zones import system_zones
from .state import ApiToken, App, Assignment, Doc, State
from .tenant_apps import TenantApps

if TYPE_CHECKING:
    from .emulator import Emulator


class Tenant(TenantApps):
    """An Okta org. Thread-safe; each method that changes something takes the lock."""

    def __init__(self, emulator: Emulator, name: str, api_token: str | None, options: dict[str, Any]) -> None:
        self.emulator = emulator
        self.name = name
        self.lock = threading.RLock()
        self.options = Options()
        self.options.update(options)
        self.in_flight = 0
        self._wanted_token = api_token
        self.api_token = ""
        self.rates = RateLimits()
        self.state = State()
        self.reset()

    def reset(self) -> None:
        """Reset to the initial state: only the users of the options and the bootstrap token."""
        with self.lock:
            self.state = State()
            self.rates = RateLimits()
            self.state.zones = {zone["id"]: zone for zone in system_zones(self.now(), self.state.counter)}
            self.state.org = {"companyName": self.name.capitalize(), "subdomain": self.name}
            owner, *_others = [self.add_user(**user) for user in self.options.users]
            self.api_token = self.add_api_token(owner, name="Bootstrap", value=self._wanted_token)
            self._wanted_token = self.api_token
            self._begin_log(self.state.users[owner])

    def _begin_log(self, owner: Doc) -> None:
        """Log the initial events: the owner signed in and created the bootstrap token."""
        login = owner["profile"]["login"]
        actor = Actor(owner["id"], login, "User")
        token = self.state.api_tokens[self.api_token]
        self.note("user.session.start", actor, owner["id"], login)
        self.note("system.api_token.create", actor, token.id, token.name)

    # Methods for operations.

    def now(self) -> float:
        """Return the time of the org, which can differ from the local time."""
        return time.time() + self.options.clock_skew

    def find_user(self, name: str) -> Doc | None:
        """Return a user by id, login, or the part of the login before the `@`."""
        user = self.state.users.get(name)
        if user:
            return user
        for user in self.state.users.values():
            login = folded(user["profile"]["login"])
            if folded(name) in (login, login.partition("@")[0]):
                return user
        return None

    def note(self, event_type: str, actor: Actor, target: str, display: str) -> None:
        """Add an event to the system log."""
        self.state.events.append(make_event(event_type, actor, target, display, self.now(), next(self.state.counter)))

    def store_grant(self, client_id: str, grant: Doc) -> None:
        """Store a grant. Assign super admin to the client if the org does that for clients with a grant (Okta)."""
        with self.lock:
            held = self.state.grants.setdefault(client_id, {})
            held[grant["id"]] = grant
            if self.options.public_client_app_admins and (len(held) == 1 or self.options.super_admin_each_grant):
                self._give_super_admin(client_id)

    def _give_super_admin(self, client_id: str) -> None:
        held = self.state.client_roles.setdefault(client_id, {})
        if not any(item.type == "SUPER_ADMIN" for item in held.values()):
            now = self.now()
            # without a delay, effective since time 0: a clock that a test sets with each request can go back by milliseconds
            seen = now + self.options.super_admin_delay if self.options.super_admin_delay else 0.0
            item = make_assignment("SUPER_ADMIN", now, seen, now)
            item.effective_from = item.visible_from
            held[item.id] = item

    # Methods for tests.

    def set(self, **options: Any) -> None:
        """Set options."""
        with self.lock:
            self.options.update(options)
            self.emulator.name_hosts(self)

    def add_user(self, login: str, roles: list[str] | None = None, status: str = "ACTIVE") -> str:
        """Add a user with these admin roles; return the id."""
        with self.lock:
            full = login if "@" in login else f"{login}@{self.name}.example"
            first = login.partition("@")[0].capitalize()
            profile = {"firstName": first, "lastName": self.name.capitalize(), "email": full, "login": full}
            user = make_user(profile, self.now(), next(self.state.counter), status)
            self.state.users[user["id"]] = user
            for role in roles or []:
                self.assign_user_role(user["id"], role)
            return str(user["id"])

    def add_group(self, name: str, *users: str) -> str:
        """Add a group with these users; return its id."""
        with self.lock:
            group = make_group({"name": name}, self.now(), next(self.state.counter))
            self.state.groups[group["id"]] = group
            self.state.members[group["id"]] = {str((self.find_user(user) or {"id": user})["id"]) for user in users}
            return str(group["id"])

    def add_api_token(
        self,
        user: str | None = None,
        roles: list[str] | None = None,
        name: str = "Test",
        value: str | None = None,
        network: Doc | None = None,
    ) -> str:
        """Create an API token for a user, or for a new user with these roles; return its value."""
        with self.lock:
            found = self.find_user(user) if user else None
            user_id = found["id"] if found else self.add_user(user or f"made-{new_id('u')}", roles)
            secret = value or new_api_token()
            now = self.now()
            token = ApiToken(new_id("00T"), secret, name, user_id, now, now)
            token.network = network or token.network
            self.state.api_tokens[secret] = token
            return secret

    def revoke_api_token(self, value: str) -> None:
        """Revoke an API token."""
        with self.lock:
            self.state.api_tokens.pop(value, None)

    def assign_user_role(self, user: str, role: str) -> str:
        """Assign a standard role to a user immediately; return the assignment's id."""
        with self.lock:
            found = self.find_user(user)
            if found is None:
                raise KeyError(user)
            return self._assign(self.state.user_roles.setdefault(found["id"], {}), role)

    def remove_user_role(self, user: str, role: str) -> None:
        """Remove a role from a user."""
        with self.lock:
            found = self.find_user(user) or {"id": user}
            self._unassign(self.state.user_roles.get(found["id"], {}), role)

    def assign_role(self, client: str, role: str) -> str:
        """Assign a standard role to a client immediately; return the assignment's id."""
        with self.lock:
            return self._assign(self.state.client_roles.setdefault(self._client(client), {}), role)

    def assign_custom_role(self, client: str, role: str, resource_set: str) -> None:
        """Assign a custom role with a resource set to a client immediately."""
        with self.lock:
            item = Assignment(new_id("irb"), "CUSTOM", self.now(), 0, 0, role, resource_set)
            self.state.client_roles.setdefault(self._client(client), {})[item.id] = item

    def remove_role(self, client: str, role: str) -> None:
        """Remove a role from a client."""
        with self.lock:
            self._unassign(self.state.client_roles.get(self._client(client), {}), role)

    def _assign(self, held: dict[str, Assignment], role: str) -> str:
        item = make_assignment(role, self.now(), 0, 0)
        held[item.id] = item
        return item.id

    def _unassign(self, held: dict[str, Assignment], role: str) -> None:
        for key in [key for key, item in held.items() if item.type == role]:
            del held[key]

    def grant(self, client: str, *scopes: str) -> None:
        """Grant scopes to a client."""
        with self.lock:
            for scope in scopes:
                actor = {"id": next(iter(self.state.users)), "type": "User"}
                sequence = next(self.state.counter)
                grant = make_grant(scope, self._client(client), self.org_url, actor, self.now(), sequence)
                self.store_grant(self._client(client), grant)

    def revoke_grant(self, client: str, *scopes: str) -> None:
        """Revoke scopes of a client."""
        with self.lock:
            held = self.state.grants.get(self._client(client), {})
            for key in [key for key, grant in held.items() if grant["scopeId"] in scopes]:
                del held[key]

    def remove_app(self, app: str) -> None:
        """Delete an app immediately, active or not."""
        with self.lock:
            gone = self._app(app)
            del self.state.apps[gone.id]
            self.state.drop_access_tokens(gone.client_id)
            # Grants belong to the client id: they remain after the deletion of an app with a separate client id.
            if gone.client_id == gone.id:
                self.state.grants.pop(gone.client_id, None)
                self.state.client_roles.pop(gone.client_id, None)

    def expire_access_tokens(self) -> None:
        """Expire all access tokens."""
        with self.lock:
            self.state.access_tokens.clear()

    def rotate_nonce(self) -> None:
        """Create new DPoP nonces. The old ones are no longer accepted, although Okta accepts them for three days."""
        with self.lock:
            self.state.nonce, self.state.api_nonce = new_id("non"), new_id("non")

    def clear_rate_limits(self) -> None:
        """Reset all rate limit allowances."""
        with self.lock:
            self.rates.clear()

    def copy_of(self, app: App) -> Doc:
        """Return a copy of an app's document, including its keys."""
        doc = copy.deepcopy(app.doc)
        doc["settings"]["oauthClient"]["jwks"] = {"keys": copy.deepcopy(app.keys)}
        return {"id": app.id, "client_id": app.client_id, "status": app.status, **doc}
