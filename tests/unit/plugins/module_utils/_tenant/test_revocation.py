# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the bootstrap API token is given back."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.revocation import is_due, is_wanted
from unit.tenant_plans import CREDENTIAL, plan

WORKS = ("onboard", "rotate", "offboard")
SHOWN = {"verification": {"proved": True}}


def wish(word: str, **options: Any) -> dict[str, Any]:
    """The settings that ask for it."""
    return {"revoke_bootstrap_token": word, **options}


@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize(("word", "expected"), [("true", True), ("always", True), ("false", False)])
def test_a_token_is_given_back_where_the_settings_ask_for_it(word: str, expected: bool, work: str) -> None:
    assert is_wanted(plan(options=wish(word, rotation="finish"), work=work)) is expected


@pytest.mark.parametrize("credential", [{}, {**CREDENTIAL, "kind": "client"}])
def test_only_an_api_token_is_given_back(credential: dict[str, Any]) -> None:
    assert is_wanted(plan(options=wish("true"), credential=credential)) is False


@pytest.mark.parametrize("word", ["true", "always"])
def test_a_rotation_that_only_looks_gives_nothing_back(word: str) -> None:
    assert is_wanted(plan(options=wish(word, rotation="status"), work="rotate")) is False
    assert is_wanted(plan(options=wish(word, rotation="status"), work="onboard")) is True


@pytest.mark.parametrize("work", WORKS)
def test_a_bootstrap_token_stays_when_the_run_failed_unless_always(work: str) -> None:
    results = {**SHOWN, "forgotten": {}}
    assert is_due(plan(options=wish("true"), results=results, work=work, failed=True)) is False
    assert is_due(plan(options=wish("always"), results=results, work=work, failed=True)) is True


def test_always_needs_nothing_to_be_shown() -> None:
    assert is_due(plan(options=wish("always"))) is True


DUE: dict[str, tuple[str, Any, bool]] = {
    "onboarded and verified": ("onboard", SHOWN, True),
    "onboarded, not verified": ("onboard", {}, False),
    "rotated and verified": ("rotate", SHOWN, True),
    "rotated, not verified": ("rotate", {"forgotten": {}}, False),
    "offboarded": ("offboard", {"forgotten": {}}, True),
    "offboarded in part": ("offboard", SHOWN, False),
}


@pytest.mark.parametrize("case", DUE)
def test_a_token_goes_where_it_is_not_needed_any_more(case: str) -> None:
    work, results, expected = DUE[case]
    assert is_due(plan(options=wish("true"), results=results, work=work)) is expected
