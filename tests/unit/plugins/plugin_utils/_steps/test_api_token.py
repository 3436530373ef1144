# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the bootstrap token is revoked."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import StateError
from ansible_collections.rezonate.okta.plugins.plugin_utils._steps.api_token import RevocationStep
from helpers.tenant_plans import VERIFIED, plan

SHOWN = {"verification": {"proved": [{"path": "/api/v1/users"}]}}


class Context:
    """A tenant whose store has the record of its plan, or lacks it."""

    def __init__(self, option: str, *, hands_over: bool, has_record: bool) -> None:
        found = plan(known=VERIFIED, results=SHOWN, options={"revoke_bootstrap_token": option})
        self.plan = replace(found, store={**found.store, "hands_over": hands_over})
        self._has_record = has_record

    @property
    def record(self) -> Any:
        """The stored record."""
        if not self._has_record:
            raise StateError("made up: another revision")
        return SimpleNamespace(method="oauth")


@pytest.mark.parametrize(
    ("option", "hands_over", "has_record", "applies"),
    [
        ("true", False, True, True),
        ("true", True, True, True),
        # its task file failed: the latest record is lost when this run ends
        ("true", True, False, False),
        ("always", True, False, True),
    ],
)
def test_the_token_is_not_revoked_if_the_store_lacks_the_last_record(
    option: str, hands_over: bool, has_record: bool, applies: bool
) -> None:
    context: Any = Context(option, hands_over=hands_over, has_record=has_record)
    assert RevocationStep(context).applies is applies
