# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary as a JSON file."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.audit_counts import AuditResult
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.repeat_command import RepeatCommand
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.summary import RunInfo, SummaryFile, summary_document, summary_time
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.tally import Tally

FRAME = RunInfo(("ansible-playbook", "-i", "t.yml", "p.yml"), "p.yml", "2026-01-31T12:00:00Z")


def tally(failed: int = 1) -> Tally:
    """Return a tally with one onboarded tenant and some failed ones."""
    filled = Tally(0.0)
    filled.begin("good", 0.0)
    filled.done("good", changed=True)
    filled.tenants["good"].report.append("Onboarded and verified.")
    filled.end("good", 1.5)
    for number in range(failed):
        filled.begin(f"bad{number}", 0.0)
        filled.fail(f"bad{number}", "Okta answered 401.", 2.0)
    return filled


def file(path: Path | None, warnings: list[str] | None = None) -> SummaryFile:
    """Return the file of a summary."""
    return SummaryFile(path, FRAME, (warnings if warnings is not None else []).append)


def test_the_summary_document_is_complete() -> None:
    assert summary_document(
        tally(), FRAME, 3.0, ended="2026-01-31T12:00:03Z", interrupted=False, again=RepeatCommand("again", ("-e",))
    ) == {
        "started": "2026-01-31T12:00:00Z",
        "ended": "2026-01-31T12:00:03Z",
        "interrupted": False,
        "playbook": "p.yml",
        "tenants": {"total": 2, "onboarded": 1, "unchanged": 0, "failed": 1, "unfinished": 0},
        "statuses": {"changed": 1, "failed": 1},
        "findings": None,
        "verdict": None,
        "causes": [{"message": "Okta answered 401.", "tenants": ["bad0"]}],
        "repeat": "again",
        "left_out": ["-e"],
        "results": {
            "good": {"status": "changed", "seconds": 1.5, "message": "Onboarded and verified."},
            "bad0": {"status": "failed", "seconds": 2.0, "message": "Okta answered 401."},
        },
    }


def audit(path: Path, report: str | None) -> RepeatCommand | None:
    """Return the command that repeats an audit with one failed tenant."""
    filled = tally()
    filled.record_audit("good", AuditResult("findings", findings=("critical",)))
    filled.report = report
    return file(path).write(filled, 3.0, ended=None, interrupted=False)


def test_an_audit_is_repeated_into_the_report_that_it_wrote(tmp_path: Path) -> None:
    again = audit(tmp_path / "fleet.json", "/srv/my report/audit.json")
    assert again
    words = shlex.split(again.command)
    given = json.loads(words[words.index("-e") + 1])
    assert given == {"rezonate_report_dir": "/srv/my report", "rezonate_report_merge": ["/srv/my report/audit.json"]}
    result = json.loads((tmp_path / "fleet.json").read_text())["results"]["good"]
    assert (result["status"], result["findings"]["critical"]) == ("findings", 1)


def test_an_audit_without_a_report_is_not_repeated_for_some(tmp_path: Path) -> None:
    assert audit(tmp_path / "fleet.json", None) is None


def test_the_summary_is_written_once_a_second_at_most(tmp_path: Path) -> None:
    path = tmp_path / "new" / "fleet.json"
    summary = file(path)
    summary.update(tally(), 10.0)
    assert json.loads(path.read_text())["interrupted"] is True
    path.unlink()
    summary.update(tally(), 10.9)
    assert not path.exists()
    summary.update(tally(), 11.1)
    assert [entry.name for entry in path.parent.iterdir()] == ["fleet.json"]


def test_a_run_without_failures_has_no_repeat_command(tmp_path: Path) -> None:
    assert file(tmp_path / "fleet.json").write(tally(0), 3.0, ended=summary_time(), interrupted=False) is None
    assert json.loads((tmp_path / "fleet.json").read_text())["repeat"] is None


def test_many_tenants_are_named_in_a_limit_file(tmp_path: Path) -> None:
    again = file(tmp_path / "fleet.json").write(tally(21), 3.0, ended=None, interrupted=False)
    assert again
    assert shlex.split(again.command)[-2:] == ["--limit", f"@{tmp_path / 'fleet.limit'}"]
    assert (tmp_path / "fleet.limit").read_text().splitlines() == [f"bad{number}" for number in range(21)]


def test_without_a_summary_file_many_tenants_are_named_in_the_command() -> None:
    again = file(None).write(tally(21), 3.0, ended=None, interrupted=False)
    assert again
    assert again.command.endswith(",bad20")


def test_an_unwritable_path_is_one_warning(tmp_path: Path) -> None:
    warnings: list[str] = []
    summary = file(tmp_path / "file" / "fleet.json", warnings)
    (tmp_path / "file").write_text("")
    for now in (1.0, 3.0):
        summary.update(tally(), now)
    assert len(warnings) == 1
    assert "can't be written" in warnings[0]
