# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A selection of `make soak`: interrupted runs, fault injection, changed apps and concurrent runs."""

from __future__ import annotations

import pytest
from okta_emulator import Emulator
from soak.case import Case
from soak.runner import run_case
from soak.suites import SUITES, cases

_REPRESENTATIVE = [case for suite in SUITES for case in cases(suite) if case.representative]


@pytest.mark.parametrize("case", _REPRESENTATIVE, ids=lambda case: f"{case.suite}: {case.name}")
def test_nothing_is_lost_duplicated_or_leaked(case: Case, okta: Emulator) -> None:
    result = run_case(case, okta)
    assert result.verdicts
    assert [verdict for verdict in result.verdicts if not verdict.good] == []
