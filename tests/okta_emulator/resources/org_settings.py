# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of the org. Neither recorded nor in the available API description: based on Okta's reference, and used only as a hint."""

from __future__ import annotations

from ..http import Reply
from ..roles import Need
from ..routing import Call, Route


def client_privileges(call: Call) -> Reply:
    """Return whether the org makes each service app a super admin."""
    return Reply(200, {"clientPrivilegesSetting": call.tenant.options.public_client_app_admins})


ROUTES = [Route("GET", "/api/v1/org/settings/clientPrivilegesSetting", client_privileges, Need.MANAGE_ORG, "okta.orgs.read", "default")]
