# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of a fleet as a file; properties/test_planted_files.py tests planted files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._audit.fleet_summary import write_fleet_summary
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call

SUMMARY: dict[str, Any] = {"tenants": {"total": 2}, "causes": [{"message": "Zür {{ x }}", "tenants": ["a"]}]}


def test_the_summary_is_written_once_and_check_mode_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "fleet.json"
    changes = [write_fleet_summary(Call({"path": str(path), "summary": SUMMARY}, check)).changed for check in (True, False, False, True)]
    assert changes == [True, True, False, False]
    assert json.loads(path.read_text(encoding="utf-8")) == SUMMARY
    assert path.stat().st_mode & 0o777 == 0o644


def test_another_summary_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    path.write_text("{}", encoding="utf-8")
    assert write_fleet_summary(Call({"path": str(path), "summary": SUMMARY})).changed
    assert json.loads(path.read_text(encoding="utf-8")) == SUMMARY


@pytest.mark.parametrize("path", ["", "a\0b", "~nobody-of-this-name/x"])
def test_an_invalid_path_is_refused(path: str) -> None:
    with pytest.raises(InputError, match=r"^'path' must be the path of a file"):
        write_fleet_summary(Call({"path": path, "summary": SUMMARY}))


def test_values_that_json_cannot_represent_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^'summary' contains values that JSON can't represent\.$"):
        write_fleet_summary(Call({"path": str(tmp_path / "x"), "summary": {"a": float("nan")}}))
