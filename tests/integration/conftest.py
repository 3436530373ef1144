# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One emulator a process, a workspace to run playbooks at, tenants with names of their own."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from helpers.workspace import Workspace
from okta_emulator import Emulator, Tenant

_NUMBERS = itertools.count(1)
NewTenant = Callable[..., Tenant]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep a file's tests in one process: they share runs of playbooks; but for the soak's, which share nothing and take long."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid if "test_soak.py" in nodeid else super()._split_scope(nodeid)

    return Scheduling(config, log)


@pytest.fixture(scope="session")
def okta() -> Iterator[Emulator]:
    """Run one emulator for all tests of a process."""
    with Emulator() as emulator:
        yield emulator
        assert emulator.bugs == []


@pytest.fixture(scope="session")
def new_tenant(okta: Emulator) -> NewTenant:
    """Make a tenant; its name is surely no real org's, and no other test's."""
    process = os.environ.get("PYTEST_XDIST_WORKER", "main")

    def make(**options: Any) -> Tenant:
        return okta.tenant(f"rezonate-test-{process}-{next(_NUMBERS)}", **options)

    return make


@pytest.fixture(scope="session")
def new_workspace(okta: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Workspace]:
    """Make a workspace: a user's empty home and working directory."""
    return lambda: Workspace(tmp_path_factory.mktemp("workspace"), okta)


@pytest.fixture
def workspace(new_workspace: Callable[[], Workspace]) -> Workspace:
    """Return a workspace of the test's own."""
    return new_workspace()


@pytest.fixture
def tenant(new_tenant: NewTenant) -> Tenant:
    """Return a tenant of the test's own."""
    return new_tenant()
