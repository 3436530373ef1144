# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The short benchmarks, on one tenant."""

from __future__ import annotations

import subprocess
import sys

import pytest
from benchmarks.figures import Sample
from benchmarks.goals import reached
from benchmarks.measure import Case, samples
from helpers.ansible_run import ROOT


@pytest.fixture(scope="module")
def found() -> list[Sample]:
    return [sample for peer in ("floor", "vendor") for sample in samples(Case(peer, 1), 0)]


def test_each_peer_has_figures(found: list[Sample]) -> None:
    assert [(sample.peer, sample.phase) for sample in found] == [("floor", "first"), ("vendor", "first")]
    for sample in found:
        assert sample.wall > 0
        assert sample.cpu > 0
        assert sample.peak_mb > 10


def test_calls_are_those_that_okta_received(found: list[Sample]) -> None:
    floor, vendor = found
    assert (floor.calls, floor.connections) == (0, 0)
    assert (vendor.calls, vendor.connections) == (47, 47)  # an app, 45 grants and a role, with one connection each


def test_the_goals_are_computed_from_the_figures(found: list[Sample]) -> None:
    assert {got for _what, got, _goal in reached(found, 30)[1:]} == {"not measured"}


def test_a_failed_peer_has_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.contenders.scopes", lambda: ["okta.nonsense.read"])
    with pytest.raises(RuntimeError, match="ended with 1"):
        list(samples(Case("vendor", 1), 0))


def test_the_command_prints_its_help() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--help"], cwd=ROOT / "tests", capture_output=True, text=True, check=True, timeout=60
    )
    assert "--full" in done.stdout
