# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: one emulator per process, workspaces for playbook runs, and tenants with unique names."""

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


# Minutes each, so they start first: at the end, one process would wait for the other.
_LONGEST = ("test_variables", "test_configure_awx", "test_streaming", "test_both_paths", "test_store_controller", "test_store_hashi_vault")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the tests that take longest, of the others with those that share runs."""
    items.sort(key=lambda item: (item.path.stem not in _LONGEST, item.path.stem == "test_soak"))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run the tests of a file in one process, since they share playbook runs. The soak tests share nothing, so they are distributed."""
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False

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
    """Create tenants with unique names that no real org has."""
    process = os.environ.get("PYTEST_XDIST_WORKER", "main")

    def make(**options: Any) -> Tenant:
        return okta.tenant(f"rezonate-test-{process}-{next(_NUMBERS)}", **options)

    return make


@pytest.fixture(scope="session")
def new_workspace(okta: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Workspace]:
    """Create workspaces with an empty home and working directory."""
    return lambda: Workspace(tmp_path_factory.mktemp("workspace"), okta)


@pytest.fixture
def workspace(new_workspace: Callable[[], Workspace]) -> Workspace:
    """Return a new workspace."""
    return new_workspace()


@pytest.fixture
def tenant(new_tenant: NewTenant) -> Tenant:
    """Return a new tenant."""
    return new_tenant()
