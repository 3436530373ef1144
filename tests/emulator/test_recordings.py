# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator's responses to recorded requests match those of Okta: status, error code and texts, headers, members and their types."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from okta_emulator import Emulator, Tenant

from .contract import HERE
from .contract.extract import as_lines, extracted
from .contract.recorded import facts as facts_of
from .contract.recorded import pattern, shape
from .contract.replay import differences, facts, replay

RECORDED = 99


def name(fact: dict[str, Any]) -> str:
    return f"{fact['method']} {fact['path']} {fact['status']}"


@pytest.mark.parametrize("fact", facts(), ids=name)
def test_recorded_requests_get_recorded_responses(okta: Emulator, acme: Tenant, fact: dict[str, Any]) -> None:
    assert replay(okta, acme, fact) == []


def test_all_recorded_requests_are_included() -> None:
    assert sum(fact["times"] for fact in facts()) == RECORDED


@pytest.mark.parametrize("file", ["recorded", "described"])
def test_the_facts_are_current(file: str) -> None:
    found = extracted(file)
    if found is None:
        pytest.skip("the folder shared isn't here: set REZONATE_SHARED")
    assert as_lines(found) == (HERE / f"{file}.json").read_text(encoding="utf-8")


def test_the_figure_is_printed() -> None:
    tests = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-m", "emulator.contract"]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(tests)}, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{RECORDED} recorded requests, {RECORDED} replayed, {RECORDED} answered alike;")


@pytest.mark.parametrize(
    ("path", "found", "ids"),
    [
        ("/api/v1/apps/0oa1/grants/oag1", "/api/v1/apps/{app}/grants/{grant}", ["0oa1", "oag1"]),
        ("/api/v1/iam/roles/cr01", "/api/v1/iam/roles/{role}", ["cr01"]),
        ("/api/v1/iam/roles/Reader", "/api/v1/iam/roles/{label}", ["Reader"]),
        ("/oauth2/v1/clients/0oa1/roles/ra11", "/oauth2/v1/clients/{client}/roles/{assignment}", ["0oa1", "ra11"]),
        ("/api/v1/api-tokens/current", "/api/v1/api-tokens/current", []),
        ("/api/v1/api-tokens/", "/api/v1/api-tokens/", []),
        ("/api/v1/apps?q=a&limit=1", "/api/v1/apps?q={q}&limit=1", []),
    ],
)
def test_ids_in_a_path_are_replaced_by_names(path: str, found: str, ids: list[str]) -> None:
    assert pattern(path) == (found, ids)


def test_a_fact_contains_no_text_of_a_response() -> None:
    error = {"errorCode": "E1", "errorSummary": "Not found: 0oa1", "errorCauses": [{"errorSummary": "None"}]}
    recording = {
        "request": {"method": "GET", "path": "/api/v1/apps/0oa1", "body": None},
        "response": {"status": 404, "headers": {"date": "now"}, "body": error},
    }
    other = {**recording, "request": {**recording["request"], "path": "/api/v1/apps/0oa2"}}
    other["response"] = {**recording["response"], "body": {**error, "errorSummary": "Not found: 0oa2"}}
    (fact,) = facts_of([recording, other])
    assert (fact["times"], fact["code"], fact["causes"], fact["headers"]) == (2, "E1", 1, ["date"])
    assert "found" not in str(fact)


def test_words_of_the_api_remain_and_other_values_become_types() -> None:
    value = {"status": "ACTIVE", "label": "x", "n": 1, "half": 0.5, "on": True, "none": None, "all": ["a", "b"]}
    types = {"label": "string", "n": "integer", "half": "number", "on": "boolean", "none": "null", "all": ["string"]}
    assert shape(value, {"status"}) == {"status": "=ACTIVE", **types}


@pytest.mark.parametrize(
    ("recorded", "actual", "found"),
    [
        ({"id": "string"}, {"id": "x"}, []),
        ({"id": "string"}, {"id": 1}, ["$.id: integer for string"]),
        ({"id": "string"}, {}, ["$: id"]),
        ({"id": "string"}, {"id": "x", "more": 1}, ["$: more"]),
        ({"id": "string"}, {"id": "x", "orn": "loose"}, []),
        ({"use": "null"}, {"use": "sig"}, []),
        ({"status": "=ACTIVE"}, {"status": "INACTIVE"}, ["$.status: string for =ACTIVE"]),
        ([{"id": "string"}, {"id": "null", "n": "integer"}], [{"id": "x"}, {"id": None, "n": 1}], []),
        ([{"id": "string"}], [{"id": 1}], ["$[].id: integer for string"]),
        ({}, {"id": 1}, ["$: id"]),
        ({"id": "string"}, [], ["$: array for {'id': 'string'}"]),
    ],
)
def test_a_difference_is_found(recorded: Any, actual: Any, found: list[str]) -> None:
    assert differences(recorded, actual) == found
