# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the bootstrap API token is revoked."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.revocation import is_revocation_due, is_revocation_requested
from helpers.tenant_plans import CREDENTIAL, plan

WORKS = ("onboard", "rotate", "offboard")
SHOWN = {"verification": {"proved": True}}


def revocation_options(word: str, **options: Any) -> dict[str, Any]:
    """The settings that request the revocation."""
    return {"revoke_bootstrap_token": word, **options}


@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize(("word", "expected"), [("true", True), ("always", True), ("false", False)])
def test_a_revocation_is_requested_by_the_settings(word: str, expected: bool, work: str) -> None:
    assert is_revocation_requested(plan(options=revocation_options(word, rotation="finish"), work=work)) is expected


@pytest.mark.parametrize("credential", [{}, {**CREDENTIAL, "kind": "client"}])
def test_only_an_api_token_is_revoked(credential: dict[str, Any]) -> None:
    assert is_revocation_requested(plan(options=revocation_options("true"), credential=credential)) is False


@pytest.mark.parametrize("word", ["true", "always"])
def test_the_status_of_a_rotation_revokes_nothing(word: str) -> None:
    assert is_revocation_requested(plan(options=revocation_options(word, rotation="status"), work="rotate")) is False
    assert is_revocation_requested(plan(options=revocation_options(word, rotation="status"), work="onboard")) is True


@pytest.mark.parametrize("work", WORKS)
def test_a_bootstrap_token_is_retained_after_a_failure_unless_always(work: str) -> None:
    results = {**SHOWN, "forgotten": {}}
    assert is_revocation_due(plan(options=revocation_options("true"), results=results, work=work, failed=True)) is False
    assert is_revocation_due(plan(options=revocation_options("always"), results=results, work=work, failed=True)) is True


def test_always_needs_no_verification() -> None:
    assert is_revocation_due(plan(options=revocation_options("always"))) is True


DUE: dict[str, tuple[str, Any, bool]] = {
    "onboarded and verified": ("onboard", SHOWN, True),
    "onboarded, not verified": ("onboard", {}, False),
    "rotated and verified": ("rotate", SHOWN, True),
    "rotated, not verified": ("rotate", {"forgotten": {}}, False),
    "offboarded": ("offboard", {"forgotten": {}}, True),
    "offboarded in part": ("offboard", SHOWN, False),
}


@pytest.mark.parametrize("case", DUE)
def test_a_token_is_revoked_where_it_is_no_longer_needed(case: str) -> None:
    work, results, expected = DUE[case]
    assert is_revocation_due(plan(options=revocation_options("true"), results=results, work=work)) is expected
