# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Okta's built-in apps: each org lists them, without the members of OIDC apps."""

from __future__ import annotations

from ..ids import timestamp
from ..routing import Call
from ..state import Doc

_APPS: tuple[tuple[int, str, str, dict[str, bool]], ...] = (
    (-2, "saasure", "Okta Admin Console", {"admin": True}),
    (-1, "okta_enduser", "Okta Dashboard", {}),
)


def builtin_apps(call: Call) -> list[tuple[int, Doc]]:
    """Return the org's built-in apps with their sequence numbers."""
    return [(number, _body(call, name, label, links)) for number, name, label, links in _APPS]


def _body(call: Call, name: str, label: str, links: dict[str, bool]) -> Doc:
    app_id = "0oa" + (name.replace("_", "") + call.state.org_id[3:])[:17]
    base = f"{call.base}/api/v1/apps/{app_id}"
    return {
        "id": app_id,
        "orn": call.tenant.orn("idp", f"apps:{name}:{app_id}"),
        "name": name,
        "label": label,
        "status": "ACTIVE",
        "lastUpdated": timestamp(0),
        "created": timestamp(0),
        "accessibility": {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None},
        "visibility": {"autoSubmitToolbar": False, "hide": {"iOS": False, "web": False}, "appLinks": links},
        "features": [],
        "signOnMode": "OPENID_CONNECT",
        "credentials": {
            "userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"},
            "signing": {"kid": "kid" + call.state.org_id},
        },
        "universalLogout": call.tenant.options.universal_logout,
        "settings": {
            "app": {},
            "notifications": {"vpn": {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None}},
            "manualProvisioning": False,
            "implicitAssignment": False,
        },
        "_links": {
            "appLinks": [{"name": name, "href": f"{call.base}/home/{name}/{app_id}/2", "type": "text/html"}],
            "groups": {"href": f"{base}/groups"},
            "logo": [{"name": "medium", "href": f"{call.base}/assets/img/logos/{name}.png", "type": "image/png"}],
            "users": {"href": f"{base}/users"},
            "deactivate": {"href": f"{base}/lifecycle/deactivate"},
        },
    }
