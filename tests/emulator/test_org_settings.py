# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the org, and who can read them."""

from __future__ import annotations

import pytest
from helpers.okta_client import Api
from okta_emulator import Emulator

PATH = "/api/v1/org/settings/clientPrivilegesSetting"


@pytest.mark.parametrize("setting", [True, False])
def test_an_org_admin_can_read_them(okta: Emulator, *, setting: bool) -> None:
    tenant = okta.tenant(f"privileges-{setting}".lower(), public_client_app_admins=setting)
    answer = Api(okta, tenant)("GET", PATH)
    assert (answer.status_code, answer.json()) == (200, {"clientPrivilegesSetting": setting})


def test_a_read_only_admin_cannot_read_them(okta: Emulator) -> None:
    tenant = okta.tenant("privileges-unseen")
    token = tenant.add_api_token(roles=["READ_ONLY_ADMIN"])
    assert Api(okta, tenant, f"SSWS {token}")("GET", PATH).status_code == 403
