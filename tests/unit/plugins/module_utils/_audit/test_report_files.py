# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three report files in a directory."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._audit import report_files
from ansible_collections.rezonate.okta.plugins.module_utils._audit.html_page import PageSource
from ansible_collections.rezonate.okta.plugins.module_utils._audit.report_files import write_audit_reports
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import FindingsError, InputError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome

NAMES = ["audit.html", "audit.json", "audit.junit.xml"]
SOURCE = PageSource("@title@ @data@", "", "")
CLEAN = {"tenant": "acme", "status": "clean", "audited_at": "2026-01-02T00:00:00Z"}
BAD = {"tenant": "globex", "findings": [{"id": "key_old", "severity": "high"}]}


class Folder:
    """A directory for a report: runs the module on it and reads the files."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(
        self, *tenants: Any, check: bool = False, source: PageSource = SOURCE, hook: Callable[[], None] = lambda: None, **options: Any
    ) -> Outcome:
        params = {"path": str(self.path), "tenants": list(tenants), "merge": None, "generated_at": None, **options}
        return write_audit_reports(Call(params, check, before_write=hook), source)

    def state(self) -> dict[str, tuple[bytes, int, int]]:
        """The files in the directory: contents, modes and times."""
        files = sorted(self.path.iterdir()) if self.path.exists() else []
        return {file.name: (file.read_bytes(), file.stat().st_mode & 0o777, file.stat().st_mtime_ns) for file in files}

    def json(self) -> Any:
        return json.loads((self.path / "audit.json").read_bytes())

    def names(self) -> list[str]:
        return [tenant["tenant"] for tenant in self.json()["tenants"]]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "made" / "report")


def test_three_files_are_created_for_their_owner_only(folder: Folder) -> None:
    outcome = folder.run(CLEAN, BAD, generated_at="2026-01-31T12:00:00+01:00")
    assert outcome.changed
    assert {name: mode for name, (_data, mode, _time) in folder.state().items()} == dict.fromkeys(NAMES, 0o600)
    assert [path.stat().st_mode & 0o777 for path in (folder.path, folder.path.parent)] == [0o700, 0o700]
    assert dict(outcome.values) == {
        "summary": folder.json()["summary"],
        "files": [str(folder.path / name) for name in NAMES],
        "msg": "Tenants: 2, of these 1 clean, 1 with findings (0 critical, 1 high, 0 medium, 0 low), 0 not fully known,"
        f" 0 that could not be audited. Report: {folder.path / 'audit.html'}",
    }
    assert folder.json()["generated_at"] == "2026-01-31T11:00:00Z"
    assert outcome.values["summary"] == {
        "tenants": 2, "clean": 1, "with_findings": 1, "unknown": 0, "failed": 0,
        "by_severity": {"critical": 0, "high": 1, "medium": 0, "low": 0, "unknown": 0},
    }  # fmt: skip


@pytest.mark.parametrize(("fail_on", "fails"), [("never", False), ("critical", False), ("high", True), ("low", True)])
def test_a_report_fails_because_of_its_findings_after_it_is_written(folder: Folder, fail_on: str, fails: bool) -> None:
    if not fails:
        assert folder.run(CLEAN, BAD, fail_on=fail_on).changed
        return
    with pytest.raises(FindingsError, match="1 with findings") as found:
        folder.run(CLEAN, BAD, fail_on=fail_on)
    facts = found.value.facts()
    assert (facts["findings_reached"], facts["changed"], facts["summary"]) == (True, True, folder.json()["summary"])


def test_a_tenant_that_could_not_be_audited_fails_a_report(folder: Folder) -> None:
    with pytest.raises(FindingsError, match="1 that could not be audited"):
        folder.run(CLEAN, {"tenant": "dead", "error": "It is dead."}, fail_on="critical")


PREVIEW = {**CLEAN, "org_url": "https://acme.oktapreview.com"}


def test_an_org_that_shares_a_tenant_id_is_added_and_not_changed(folder: Folder) -> None:
    folder.run({**CLEAN, "org_url": "https://acme.okta.com"})
    outcome = folder.run(PREVIEW, merge=[str(folder.path / "audit.json")])
    assert outcome.after is not None
    assert (outcome.after["tenants_added"], outcome.after["tenants_changed"], outcome.after["tenants_removed"]) == (1, 0, 0)


def test_a_new_time_alone_is_no_change(folder: Folder) -> None:
    folder.run(CLEAN, BAD, generated_at="2026-01-31T12:00:00Z")
    before = folder.state()
    for time in (None, "2027-01-01T00:00:00Z"):
        outcome = folder.run(BAD, CLEAN, generated_at=time)
        assert (outcome.changed, outcome.before) == (False, outcome.after)
    assert folder.state() == before


def test_another_finding_is_a_change(folder: Folder) -> None:
    folder.run(CLEAN, generated_at="2026-01-31T12:00:00Z")
    outcome = folder.run({**CLEAN, "findings": BAD["findings"]}, generated_at="2026-02-01T12:00:00Z")
    assert (outcome.changed, folder.json()["generated_at"]) == (True, "2026-02-01T12:00:00Z")


def test_a_new_page_is_written_with_the_old_time(folder: Folder) -> None:
    folder.run(CLEAN, generated_at="2026-01-31T12:00:00Z")
    before = folder.state()
    outcome = folder.run(CLEAN, source=PageSource("new @data@", "", ""))
    after = folder.state()
    assert outcome.changed
    assert outcome.after is not None
    assert outcome.after["files_written"] == 1
    assert [name for name in NAMES if after[name] != before[name]] == ["audit.html"]


@pytest.mark.parametrize("name", NAMES)
def test_a_deleted_file_is_written_again(folder: Folder, name: str) -> None:
    folder.run(CLEAN, BAD)
    before = folder.state()
    (folder.path / name).unlink()
    assert folder.run(CLEAN, BAD, generated_at=folder.json()["generated_at"] if name != "audit.json" else None).changed
    assert list(folder.state()) == list(before)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_mode_is_corrected(folder: Folder, name: str) -> None:
    folder.run(CLEAN)
    (folder.path / name).chmod(0o644)
    assert folder.run(CLEAN, check=True).changed
    assert folder.run(CLEAN).changed
    assert not folder.run(CLEAN).changed
    assert folder.state()[name][1] == 0o600


def test_check_mode_writes_nothing_and_predicts_the_result(folder: Folder) -> None:
    check = folder.run(CLEAN, BAD, check=True)
    assert not folder.path.parent.exists()
    assert folder.run(CLEAN, BAD) == check
    before = folder.state()
    check = folder.run(CLEAN, check=True)
    assert folder.state() == before
    assert folder.run(CLEAN) == check


def test_the_diff_contains_counts(folder: Folder) -> None:
    folder.run(CLEAN, BAD)
    outcome = folder.run({**CLEAN, "error": "x"}, {"tenant": "new"})
    assert outcome.before is not None
    assert outcome.after is not None
    assert (outcome.before["summary"]["clean"], outcome.after["summary"]["clean"]) == (1, 1)
    assert {name: value for name, value in outcome.after.items() if name not in ("path", "summary")} == {
        "files_written": 3, "modes_repaired": 0, "tenants_added": 1, "tenants_changed": 1, "tenants_removed": 1,
    }  # fmt: skip
    assert "globex" not in str(outcome.after)


def slices(tmp_path: Path) -> list[str]:
    """Create two reports that contain the same tenant."""
    for name, day, tenants in (("emea", 1, [BAD]), ("apac", 3, [{"tenant": "initech"}])):
        acme = {**CLEAN, "audited_at": f"2026-01-0{day}T00:00:00Z", "error": name}
        Folder(tmp_path / name).run(acme, *tenants)
    return [str(tmp_path / name / "audit.json") for name in ("emea", "apac")]


@pytest.mark.parametrize("order", [1, -1])
def test_the_slices_of_a_fleet_are_joined(folder: Folder, tmp_path: Path, order: int) -> None:
    merge = slices(tmp_path)[::order]
    assert folder.run(CLEAN, merge=merge).changed
    assert folder.names() == ["acme", "globex", "initech"]
    assert folder.json()["tenants"][0]["error"] == "apac"
    assert not folder.run(CLEAN, merge=merge[::-1]).changed


def test_a_report_can_consist_of_slices_only(folder: Folder, tmp_path: Path) -> None:
    folder.run(tenants=None, merge=slices(tmp_path))
    assert folder.names() == ["acme", "globex", "initech"]


def test_a_report_can_retain_tenants_that_this_run_did_not_audit(folder: Folder) -> None:
    folder.run(CLEAN, BAD)
    own = [str(folder.path / "audit.json")]
    folder.run({**BAD, "audited_at": "2026-02-01T00:00:00Z", "status": "clean", "findings": []}, merge=own)
    assert [(tenant["tenant"], tenant["status"]) for tenant in folder.json()["tenants"]] == [("acme", "clean"), ("globex", "clean")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "No such file"),
        ("{", "isn't JSON"),
        ('{"tenants": [{}]}', r"tenants\[0\].tenant is missing"),
        ("directory", "Is a directory"),
    ],
)
def test_an_unusable_slice_is_named(folder: Folder, tmp_path: Path, content: str | None, sentence: str) -> None:
    path = tmp_path / "slice.json"
    if content == "directory":
        path.mkdir()
    elif content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises((InputError, StateError), match=f"'merge': {path}.*{sentence}"):
        folder.run(CLEAN, merge=[str(path)])
    assert not folder.path.exists()


def test_an_oversized_slice_is_not_read(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    merge = slices(tmp_path)
    monkeypatch.setattr(report_files, "_MAX_BYTES", 10)
    with pytest.raises(InputError, match=r"audit\.json is larger than 10 bytes"):
        folder.run(CLEAN, merge=merge)


@pytest.mark.parametrize("content", ["", "{}", '{"advisories": {}}', '{"tenants": {}}', "[]"])
def test_the_file_of_another_tool_is_not_changed(folder: Folder, content: str) -> None:
    folder.path.mkdir(parents=True)
    (folder.path / "audit.json").write_text(content, encoding="utf-8")
    before = folder.state()
    with pytest.raises(StateError, match=r"audit.json .*Nothing was written"):
        folder.run(CLEAN)
    assert folder.state() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": ""}, "'path' must be the path of a directory"),
        ({"path": "a\0b"}, "'path' must be the path of a directory"),
        ({"path": "~no-such-user-here/x"}, "'path' must be the path of a directory"),
        ({"generated_at": "soon"}, "generated_at must be a time"),
        ({"merge": [""]}, "'merge' must be the path of a file"),
        ({"merge": ["~no-such-user-here/x"]}, "'merge' must be the path of a file"),
        ({"tenants": [{"tenant": "acme", "keys": "x"}]}, r"tenants\[0\]\.keys must be a list, not text"),
    ],
)
def test_inconsistent_options_are_refused(folder: Folder, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        folder.run(**options)


def test_a_file_in_place_of_the_directory_is_reported(folder: Folder) -> None:
    folder.path.parent.mkdir()
    folder.path.write_text("", encoding="utf-8")
    with pytest.raises(StateError, match="can't be read: Not a directory; correct that or set another 'path'"):
        folder.run(CLEAN)


def test_an_empty_fleet_has_a_report(folder: Folder) -> None:
    assert folder.run().values["summary"]["tenants"] == 0
    assert not folder.run().changed


@pytest.mark.parametrize("write", [1, 2, 3])
def test_a_run_after_an_interrupted_one_writes_the_missing_files(folder: Folder, write: int) -> None:
    folder.run(CLEAN)
    left = [write]

    def interrupt() -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        try:
            folder.run(BAD, hook=interrupt)
        finally:
            os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert folder.run(BAD).changed
    assert (list(folder.state()), folder.names()) == (NAMES, ["globex"])
    assert not folder.run(BAD).changed


def test_concurrent_runs_lose_no_tenant(folder: Folder) -> None:
    folder.run(generated_at="2026-01-31T12:00:00Z")
    own = [str(folder.path / "audit.json")]
    children = []
    for name in ("one", "two", "three"):
        children.append(os.fork())
        if children[-1]:
            continue
        code = 1
        try:
            folder.run({"tenant": name}, merge=own)
            code = 0
        finally:
            os._exit(code)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    assert folder.names() == ["one", "three", "two"]
