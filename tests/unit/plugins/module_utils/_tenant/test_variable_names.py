# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Warnings about unknown variables."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.options import OPTIONS
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.variable_names import unknown_names

MISSPELLED = {
    "rezonate_scope": "rezonate_scopes",
    "rezonate_admin_role": "rezonate_admin_roles",
    "rezonate_tenantid": "rezonate_tenant_id",
    "rezonate_okta_token": "rezonate_okta_api_token",
    "REZONATE_METHOD": "rezonate_method",
    "rezonate_": "rezonate_dpop",
}
OTHERS = (
    "rezonate__kept",
    "rezonate_tenant_result_acme",
    "rezonate_audit_result_acme",
    "rezonate_stored_credentials_acme",
    "rezonate_stored",
    "rezonate_store_key",
    "rezonate_hashi_vault_mount",
    "rezonate_credentials",
    "rezonate_waves",
    "rezonate_wave_max_fail_percentage",
    "rezonate_fleet_summary",
    "tenant_group",
    "my_rezonate_scope",
)


@pytest.mark.parametrize("name", MISSPELLED)
def test_an_unknown_variable_gives_a_warning_with_the_closest_name(name: str) -> None:
    (warning,) = unknown_names(["ansible_host", name])
    assert f"The variable {name} is unknown" in warning
    assert warning.endswith(f"the closest known variable is {MISSPELLED[name]}.")


def test_known_variables_give_no_warning() -> None:
    assert unknown_names([*OPTIONS, *OTHERS]) == []
