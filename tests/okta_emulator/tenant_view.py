# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The read methods of a tenant for tests."""

from __future__ import annotations

import dataclasses
import threading
from typing import TYPE_CHECKING, Any

from .log import Entry
from .options import Options
from .state import App, Doc, State

if TYPE_CHECKING:
    from .emulator import Emulator


class TenantView:
    """The state of a tenant, as copies."""

    name: str
    emulator: Emulator
    options: Options
    state: State
    lock: threading.RLock
    api_token: str

    @property
    def org_url(self) -> str:
        """Return the URL of the org."""
        return f"https://{self.name}.{self.options.domain}"

    @property
    def hosts(self) -> list[str]:
        """Return the host names that serve the API."""
        own = f"{self.name}.{self.options.domain}"
        return [own, *([self.options.custom_domain] if self.options.custom_domain else []), *self.options.hosts]

    @property
    def requests(self) -> list[Entry]:
        """Return the request log of the tenant."""
        return self.emulator.requests(self.name)

    @property
    def apps(self) -> list[Doc]:
        """Return all apps with their keys."""
        with self.lock:
            return [self.copy_of(app) for app in self.state.apps.values()]

    def orn(self, service: str, rest: str) -> str:
        """Return the ORN of a resource of this org."""
        partition = "oktapreview" if self.options.domain == "oktapreview.com" else "okta"
        return f"orn:{partition}:{service}:{self.state.org_id}:{rest}"

    @property
    def services(self) -> list[Doc]:
        """Return all API service integrations with their secrets."""
        with self.lock:
            return [plain(service) for service in self.state.services.values()]

    def copy_of(self, app: App) -> Doc:
        """Return a copy of an app's document."""
        raise NotImplementedError

    def now(self) -> float:
        """Return the time of the org."""
        raise NotImplementedError

    def find_user(self, name: str) -> Doc | None:
        """Return a user."""
        raise NotImplementedError

    def app(self, name: str) -> Doc:
        """Return an app by id, client id or label; KeyError if there is none."""
        with self.lock:
            return self.copy_of(self._app(name))

    def _app(self, name: str) -> App:
        app = self.state.apps.get(name) or self.state.app_of_client(name)
        found = app or next((item for item in self.state.apps.values() if item.label == name), None)
        if found is None:
            raise KeyError(f"no app {name!r} in {self.name}")
        return found

    def _client(self, name: str) -> str:
        """Return the client id for an app's id, label or client id; other values unchanged."""
        try:
            return self._app(name).client_id
        except KeyError:
            return name

    def keys(self, app: str) -> list[Doc]:
        """Return an app's public keys."""
        keys: list[Doc] = self.app(app)["settings"]["oauthClient"]["jwks"]["keys"]
        return keys

    def scopes(self, client: str) -> list[str]:
        """Return the scopes granted to a client, sorted."""
        with self.lock:
            return sorted(self.state.granted_scopes(self._client(client)))

    def roles(self, client: str) -> list[str]:
        """Return the types of a client's roles, sorted, including those that do not appear yet."""
        with self.lock:
            return sorted(item.type for item in self.state.client_roles.get(self._client(client), {}).values())

    def user_roles(self, user: str) -> list[str]:
        """Return the types of a user's roles, sorted."""
        with self.lock:
            found = self.find_user(user) or {"id": user}
            return sorted(item.type for item in self.state.user_roles.get(found["id"], {}).values())

    def dump(self) -> dict[str, Any]:
        """Return all objects of the tenant as JSON."""
        with self.lock:
            state = {
                item.name: getattr(self.state, item.name)
                for item in dataclasses.fields(self.state)
                if item.name not in ("counter", "spent")
            }
            return {
                "name": self.name,
                "org_url": self.org_url,
                "hosts": self.hosts,
                "api_token": self.api_token,
                "options": plain(self.options),
                **{name: plain(value) for name, value in state.items()},
            }


def plain(value: Any) -> Any:
    """Convert dataclasses and sets to JSON values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
