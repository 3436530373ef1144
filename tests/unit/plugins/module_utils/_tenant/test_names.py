# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of variables that the role doesn't know."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.names import unknown_names
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.options import OPTIONS

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
def test_an_unknown_variable_gives_a_warning_that_names_the_nearest(name: str) -> None:
    (warning,) = unknown_names(["ansible_host", name])
    assert f"The variable {name} is unknown" in warning
    assert warning.endswith(f"the nearest that it knows is {MISSPELLED[name]}.")


def test_what_the_role_and_its_playbooks_and_stores_know_gives_none() -> None:
    assert unknown_names([*OPTIONS, *OTHERS]) == []
