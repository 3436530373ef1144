# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A telling part of `make soak`: runs that are killed, answers that are lost, meddlers, two runs at once."""

from __future__ import annotations

import pytest
from okta_emulator import Emulator
from soak.case import Case
from soak.runner import try_case
from soak.suites import SUITES, cases

_TELLING = [case for suite in SUITES for case in cases(suite) if case.telling]


@pytest.mark.parametrize("case", _TELLING, ids=lambda case: f"{case.suite}: {case.name}")
def test_nothing_is_lost_doubled_or_leaked(case: Case, okta: Emulator) -> None:
    tried = try_case(case, okta)
    assert tried.verdicts
    assert [verdict for verdict in tried.verdicts if not verdict.good] == []
