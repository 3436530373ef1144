# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures: an emulator per session, and a tenant with its API per test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from helpers.okta_client import Api
from okta_emulator import Emulator, Tenant

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def okta() -> Iterator[Emulator]:
    """Run one emulator for all tests."""
    with Emulator() as emulator:
        yield emulator
        assert emulator.bugs == []


@pytest.fixture
def acme(okta: Emulator) -> Iterator[Tenant]:
    """Create a tenant for the test."""
    tenant = okta.tenant(f"acme{next(_NUMBERS)}")
    yield tenant
    okta.clear_faults(tenant=tenant.name)


@pytest.fixture
def api(okta: Emulator, acme: Tenant) -> Api:
    """Return a client of the tenant with the API token of its super admin."""
    return Api(okta, acme)
