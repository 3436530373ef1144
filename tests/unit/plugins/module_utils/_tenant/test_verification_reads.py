# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoint that is read with an access token."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.verification_reads import verification_endpoints

READ = {
    "okta.users.read": "/api/v1/users?limit=1",
    "okta.groups.read": "/api/v1/groups?limit=1",
    "okta.apps.read": "/api/v1/apps?limit=1",
    "okta.logs.read": "/api/v1/logs?limit=1",
}


@pytest.mark.parametrize("scope", READ)
def test_the_endpoint_of_the_scope_is_read(scope: str) -> None:
    assert verification_endpoints([scope, "okta.devices.read"]) == [READ[scope]]


def test_only_one_endpoint_is_read_whatever_the_order_of_the_scopes() -> None:
    assert verification_endpoints(list(READ)) == verification_endpoints(list(READ)[::-1]) == ["/api/v1/users?limit=1"]


def test_without_such_a_scope_nothing_is_read() -> None:
    assert verification_endpoints(["okta.devices.read"]) == []
