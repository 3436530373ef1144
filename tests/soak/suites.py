# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The suites. To add a suite, write a module with `cases()` and list it here."""

from __future__ import annotations

import importlib
import importlib.util

from .case import Case

SUITES = {
    "kill": "soak.kill",
    "fleet": "soak.fleet",
    "faults": "soak.faults",
    "org": "soak.org",
    "two_at_once": "soak.two_at_once",
    "leaks": "soak.leaks",
    "properties": "soak.properties",
    "rotation": "soak.rotation",
}


def cases(suite: str) -> list[Case]:
    """Return the cases of a suite; none if its module does not exist."""
    if importlib.util.find_spec(SUITES[suite]) is None:
        return []
    found: list[Case] = importlib.import_module(SUITES[suite]).cases()
    names = [case.name for case in found]
    assert len(set(names)) == len(names), f"two cases of {suite} have one name"
    return found


def find(suite: str, name: str) -> Case:
    """Return a case by its name."""
    return next(case for case in cases(suite) if case.name == name)
