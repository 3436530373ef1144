# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes that tests make to a tenant's apps without API calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .ids import new_id, timestamp
from .jwk import check_key
from .resources import app_schema
from .resources.api_services import make_service
from .resources.app_keys import fresh, merge_keys
from .state import App, Doc
from .tenant_view import TenantView


class TenantApps(TenantView):
    """Immediate changes of apps, keys, zones and integrations without API calls."""

    def add_app(self, label: str, keys: list[Doc] | None = None, client_id: str | None = None, **oauth: Any) -> str:
        """Create a service app with these public keys and OAuth settings; return its id."""
        settings = {"application_type": "service", "grant_types": ["client_credentials"], "response_types": ["token"]}
        client: Doc = {"token_endpoint_auth_method": "private_key_jwt" if keys else "client_secret_basic"}
        body = {
            "name": "oidc_client",
            "label": label,
            "signOnMode": "OPENID_CONNECT",
            "credentials": {"oauthClient": client},
            "settings": {"oauthClient": {**settings, **oauth, **({"jwks": {"keys": keys}} if keys else {})}},
        }
        doc, checked = app_schema.check(body, self.options.max_keys)
        with self.lock:
            app_id = new_id("0oa")
            now = self.now()
            doc["credentials"]["oauthClient"]["client_id"] = client_id or app_id
            doc["credentials"] |= {"userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"}}
            doc["credentials"]["signing"] = {"kid": new_id("kid")}
            app = App(app_id, client_id or app_id, doc, now, now, next(self.state.counter))
            app.keys = merge_keys([], checked, now)
            self.state.apps[app_id] = app
            return app_id

    def add_key(self, app: str, key: Doc) -> str:
        """Add a public key to an app; return its id."""
        with self.lock:
            found = self._app(app)
            added = check_key(key) | {"status": key.get("status", "ACTIVE")} | fresh(self.now())
            found.keys.append(added)
            return str(added["id"])

    def remove_key(self, app: str, key: str) -> None:
        """Remove a key by kid or id from an app, active or not."""
        with self.lock:
            found = self._app(app)
            found.keys = [item for item in found.keys if key not in (item["kid"], item["id"])]

    def set_key_status(self, app: str, key: str, status: str) -> None:
        """Set the status of a key by kid or id: ACTIVE or INACTIVE."""
        with self.lock:
            for item in self._app(app).keys:
                if key in (item["kid"], item["id"]):
                    item |= {"status": status, "lastUpdated": timestamp(self.now())}

    def set_app(self, app: str, label: str | None = None, **oauth: Any) -> None:
        """Change an app's label or OAuth settings."""
        with self.lock:
            found = self._app(app)
            found.doc["label"] = label or found.doc["label"]
            found.oauth.update(oauth)
            found.updated = self.now()

    def set_app_status(self, app: str, status: str) -> None:
        """Set the status of an app: ACTIVE or INACTIVE."""
        with self.lock:
            found = self._app(app)
            found.status = status
            if status != "ACTIVE":
                self.state.drop_access_tokens(found.client_id)

    def add_zone(self, name: str, *cidrs: str, system: bool = False) -> str:
        """Create a network zone with these address ranges, optionally as a system zone; return its id."""
        with self.lock:
            moment = timestamp(self.now())
            zone = {
                "type": "IP",
                "id": new_id("nzo"),
                "name": name,
                "status": "ACTIVE",
                "usage": "POLICY",
                "created": moment,
                "lastUpdated": moment,
                "system": system,
                "gateways": [{"type": "CIDR", "value": cidr} for cidr in cidrs],
                "proxies": None,
                "sequence": next(self.state.counter),
            }
            self.state.zones[str(zone["id"])] = zone
            return str(zone["id"])

    def add_custom_role(self, label: str, permissions: Sequence[str], *orns: str) -> tuple[str, str]:
        """Create a custom role, and a resource set with the same label and these resources; return both ids."""
        with self.lock:
            moment = timestamp(self.now())
            common = {"label": label, "description": label, "created": moment, "lastUpdated": moment}
            role = {"id": new_id("cr0"), "isCloneable": False, **common, "permissions": list(permissions)}
            held = [
                {"id": new_id("ire"), "orn": orn, "created": moment, "lastUpdated": moment, "sequence": next(self.state.counter)}
                for orn in orns
            ]
            resources = {"id": new_id("iam"), **common, "resources": held}
            self.state.iam_roles[str(role["id"])], self.state.resource_sets[str(resources["id"])] = role, resources
            return str(role["id"]), str(resources["id"])

    def add_service(self, kind: str, *scopes: str, age: float = 0) -> dict[str, str]:
        """Create an API service integration with an age in seconds; return its client id and secret."""
        with self.lock:
            creator = next(iter(self.state.users))
            service = make_service(kind, list(scopes), creator, self.now() - age, next(self.state.counter))
            self.state.services[service.id] = service
            return {"client_id": service.id, "client_secret": str(service.secrets[0]["client_secret"])}
