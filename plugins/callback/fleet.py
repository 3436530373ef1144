# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: fleet
type: stdout
short_description: Shows the progress and the results of a fleet of tenants
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Prints one line when a tenant ends, with the message if it failed, and a summary at the end. The summary counts the tenants by status,
    groups the failures by cause, and contains the command that repeats the tenants that failed or did not finish.
  - On a terminal, a bar below the lines shows the current counts. Elsewhere, if E(TERM) is V(dumb), in the background and with
    C(--step), the counts are printed as a line at most twice a minute.
  - With C(-v), the output of the callback P(ansible.builtin.default#callback) is printed too.
  - A tenant is a host. It ends with the role's last task, with a failure, or with its play or batch. If the play is aborted
    by C(max_fail_percentage) or C(any_errors_fatal), tenants that have not reached that task did not finish.
  - The status is the result of the tenant's work, C(created), C(changed) or C(unchanged) for onboarding, C(prepared), C(finished),
    C(aborted) or C(unchanged) for a rotation, C(offboarded), C(clean), C(findings) or C(unknown) for an audit, C(failed) for any work, and
    C(would change) in check mode. The report of an audit is not part of a tenant's work. If it fails because of the variable
    C(rezonate_audit_fail_on), the run failed.
  - C(waiting) counts the tenants whose task has taken longer than 5 seconds. Usually, they wait for the end of a rate limit window.
    Slow responses of Okta count too, because Ansible reports a task only when it ends.
  - The command repeats the options of C(ansible-playbook) and the variables of this collection that are known to contain no secret. It
    omits all others, and a line says so.
options:
  summary_file:
    description:
      - The file to which the summary is written as JSON, at most once a second while tenants end, and at the end.
      - A relative path starts at the working directory.
      - If more than 20 tenants must be repeated, a list of them for C(--limit) is written beside it, with the suffix C(.limit).
      - The variable of the play, or of its first host, takes precedence over the other ways to set it.
      - Without it, no file is written.
    type: path
    ini:
      - section: rezonate_fleet
        key: summary_file
    env:
      - name: REZONATE_SUMMARY_FILE
    vars:
      - name: rezonate_summary_file
extends_documentation_fragment:
  - default_callback
  - result_format_callback
requirements:
  - set as stdout in configuration
seealso:
  - plugin: ansible.builtin.default
    plugin_type: callback
"""

EXAMPLES = r"""
# ansible.cfg:
#   [defaults]
#   stdout_callback = rezonate.okta.fleet
#   [rezonate_fleet]
#   summary_file = fleet.json
#
# or for one run:
#   ANSIBLE_STDOUT_CALLBACK=rezonate.okta.fleet REZONATE_SUMMARY_FILE=fleet.json \
#     ansible-playbook -i tenants.yml rezonate.okta.onboard_rezonate
"""

import atexit
import os
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ansible import context
from ansible.constants import config
from ansible.errors import AnsibleError
from ansible.plugins.callback.default import CallbackModule as DefaultCallback

from ..module_utils._tenant.statuses import AUDIT, CLEAN, FAILED, UNCHANGED, UNFINISHED
from ..plugin_utils._fleet.causes import group_by_cause, redact
from ..plugin_utils._fleet.lines import audit_repeat_lines, format_tenant_count, progress_line, repeat_lines, summary_lines, tenant_lines
from ..plugin_utils._fleet.progress_bar import ProgressBar, is_terminal
from ..plugin_utils._fleet.results import (
    TaskResult,
    audit_result,
    failure_message,
    has_changed,
    is_audit_task,
    is_creation,
    is_fleet_play,
    is_in_rescued_block,
    report_data_file,
    report_lines,
    result_subject,
    started_work,
    summary_path,
)
from ..plugin_utils._fleet.summary import RunInfo, SummaryFile, summary_time
from ..plugin_utils._fleet.tally import Tally, Tenant

_PROGRESS_EVERY = 30.0  # seconds


class CallbackModule(DefaultCallback):
    """Counts tenants. All other output is that of Ansible's default callback, with -v only."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "rezonate.okta.fleet"

    def __init__(self) -> None:
        super().__init__()
        self._tally = Tally(time.monotonic())
        self._file: SummaryFile | None = None
        self._bar: ProgressBar | None = None
        self._batch: list[str] = []
        self._item_failures: dict[tuple[str, str], str] = {}
        self._progress_at = time.monotonic()
        self._process = os.getpid()

        self._play: Any = None

    @property
    def _is_verbose(self) -> bool:
        return bool(self._display.verbosity)

    @property
    def _is_check(self) -> bool:
        return bool(context.CLIARGS.get("check")) or getattr(self._play, "check_mode", None) is True

    # -- the run

    def v2_playbook_on_start(self, playbook: Any) -> None:
        super().v2_playbook_on_start(playbook)
        # Ansible doesn't notify callbacks of Ctrl-C
        atexit.register(self._at_exit)

    def v2_playbook_on_vars_prompt(self, *_prompt: Any, **_options: Any) -> None:
        self._hide_bar()  # until the play starts

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._end_batch()
        if self._is_verbose:
            super().v2_playbook_on_play_start(play)
        self._play = play
        manager = play.get_variable_manager()
        inventory = manager._inventory  # noqa: SLF001 - the only access to it
        # Ansible restricts the inventory to the batch of `serial`
        hosts = inventory.get_hosts(play.hosts)
        for_fleet = is_fleet_play(play)
        self._batch = [] if for_fleet else [host.name for host in hosts]
        if self._file is None:
            path = self._summary_path(play, hosts)
            self._open_summary(self.get_option("summary_file") if path is None else path)
        if not for_fleet:
            self._tally.expect(host.name for host in inventory.get_hosts(play.hosts, ignore_restrictions=True))
            self._tally.reopen(self._batch, check=self._is_check)
        if not self._is_verbose:
            number = "" if for_fleet else f": {format_tenant_count(len(self._batch))}"
            self._display.display(f"{play.get_name().strip()}{number}.")
        self._show_bar()

    def v2_playbook_on_no_hosts_remaining(self) -> None:
        if self._is_verbose:
            super().v2_playbook_on_no_hosts_remaining()
        self._abandon_batch()

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._end_batch()
        self._hide_bar()
        if self._is_verbose:
            super().v2_playbook_on_stats(stats)
        self._print_summary(interrupted=False)

    def _at_exit(self) -> None:
        if os.getpid() == self._process:
            self._hide_bar()
            with suppress(OSError, ValueError, AttributeError):  # stdout is closed; the file is complete
                self._print_summary(interrupted=True)

    def _summary_path(self, play: Any, hosts: Any) -> str | None:
        try:
            return summary_path(play, hosts)
        except AnsibleError as error:
            self._display.warning(f"rezonate_summary_file can't be used: {error}")
            return None

    def _open_summary(self, path: Any) -> None:
        args = context.CLIARGS.get("args") or ()
        run_info = RunInfo(tuple(sys.argv), " ".join(map(str, args)), summary_time())
        place = Path(os.path.abspath(Path(str(path)).expanduser())) if path else None
        self._file = SummaryFile(place, run_info, self._display.warning)

    def _print_summary(self, *, interrupted: bool) -> None:
        """Print and write the summary, once."""
        atexit.unregister(self._at_exit)
        if self._file is None:
            return
        now = time.monotonic()
        repeat = self._file.write(self._tally, now, ended=summary_time(), interrupted=interrupted)
        failures = group_by_cause(self._tally.tenants.values())
        lines = summary_lines(self._tally.counts(now), failures, interrupted=interrupted, check=self._is_check)
        if repeat:
            lines += repeat_lines(repeat.command, repeat.left_out)
        elif self._tally.needs_whole_audit and self._tally.tenants_to_repeat():
            lines += audit_repeat_lines()
        if self._tally.verdict:
            lines += ["The run failed:", *(f"    {line}" for line in self._tally.verdict.splitlines())]
        if self._file.path:
            lines.append(f"Summary: {self._file.path}")
        self._file = None
        self._display.display("\n" + "\n".join(lines))

    # -- the tenants

    def _abandon_batch(self) -> None:
        """Leave the batch unfinished: the play was aborted (max_fail_percentage, any_errors_fatal)."""
        self._batch = []

    def _end_batch(self) -> None:
        for name in self._batch:
            self._end_tenant(name)
        self._batch = []

    def _print_tenant(self, tenant: Tenant) -> None:
        now = time.monotonic()
        kind = {FAILED: "ERROR", UNFINISHED: "ERROR", UNCHANGED: "OK", CLEAN: "OK"}.get(tenant.status, "CHANGED")
        self._print("\n".join(tenant_lines(tenant, self._tally.counts(now))), kind)
        if self._file:
            self._file.update(self._tally, now)

    def _print(self, text: str, kind: str | None = None) -> None:
        self._display.display(text, color=_line_colour(kind) if kind else None)
        if self._bar:
            self._bar.draw()

    def _print_progress(self) -> None:
        now = time.monotonic()
        if now - self._progress_at >= _PROGRESS_EVERY and not (self._bar and self._bar.is_possible):
            self._progress_at = now
            self._display.display(progress_line(self._tally.counts(now)))

    def _record_ok(self, result: Any) -> None:
        """Record a task after which its tenant remains in the play."""
        parts = TaskResult.of(result)
        report = report_lines(parts)
        about = result_subject(parts.task, self._play)
        if about == "fleet":
            self._tally.report = self._tally.report if self._is_check else report_data_file(parts) or self._tally.report
        else:
            self._record_work(parts)
        if report and about == "tenant":
            self._tally.tenants[parts.host].report = [*map(redact, report)]
            self._end_tenant(parts.host)
        elif report and not self._is_verbose:
            head = "" if about == "fleet" else f"[{parts.host}] "
            self._print("\n".join(f"{head}{line}" for line in report))
        self._print_progress()

    def _record_work(self, parts: TaskResult) -> None:
        """Record the work, the change and the audit that a tenant's task reports."""
        work, audit = started_work(parts), audit_result(parts)
        if work:
            self._tally.start_work(parts.host, work)
        if is_creation(parts):
            self._tally.tenants[parts.host].is_new = True
        self._tally.done(parts.host, changed=has_changed(parts))
        if audit:
            self._tally.record_audit(parts.host, replace(audit, error=redact(audit.error) if audit.error else None))
            if audit.status == FAILED:
                self._end_tenant(parts.host)

    def _end_tenant(self, name: str) -> None:
        tenant = self._tally.end(name, time.monotonic())
        if tenant:
            self._print_tenant(tenant)

    def _record_failure(self, result: Any, *, reached: bool = True) -> None:
        parts = TaskResult.of(result)
        message = redact(self._item_failures.get((parts.host, parts.task_id)) or failure_message(parts))
        if result_subject(parts.task, self._play) == "fleet":
            self._tally.verdict = "\n".join(filter(None, (self._tally.verdict, message)))
            self._tally.report = report_data_file(parts) or self._tally.report
            self._print(f"FAILED: {message}", "ERROR")
            return
        self._print_tenant(self._tally.fail(parts.host, message, time.monotonic(), reached=reached))
        # ansible-core 2.21 doesn't call v2_playbook_on_no_hosts_remaining for any_errors_fatal
        if getattr(self._play, "any_errors_fatal", None) is True or parts.task.any_errors_fatal is True:
            self._abandon_batch()

    def _record_tolerated_failure(self, result: Any, why: str) -> None:
        """Record a failure that the play ignores or rescues."""
        parts = TaskResult.of(result)
        if result_subject(parts.task, self._play) != "fleet":
            self._tally.done(parts.host, changed=has_changed(parts))
        if not self._is_verbose:
            self._print(f"[{parts.host}] {why}: {failure_message(parts)}", "SKIP")

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        super().v2_runner_on_start(host, task)
        if result_subject(task, self._play) != "fleet":
            self._tally.begin(host.get_name(), time.monotonic())
            if is_audit_task(task):
                self._tally.start_work(host.get_name(), AUDIT)
        self._print_progress()

    def v2_runner_on_ok(self, result: Any) -> None:
        # printing removes members of a result, so it is copied first
        self._print_or_warn(result, super().v2_runner_on_ok, self._record_ok)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._print_or_warn(result, super().v2_runner_on_skipped, self._record_ok)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        def record(result: Any) -> None:
            if ignore_errors:
                self._record_tolerated_failure(result, "ignored")
            elif is_in_rescued_block(TaskResult.of(result).task):
                self._record_tolerated_failure(result, "failed, and the play continues")
            else:
                self._record_failure(result)

        self._print_or_warn(result, lambda failed: super(CallbackModule, self).v2_runner_on_failed(failed, ignore_errors), record)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        def record(result: Any) -> None:
            if getattr(TaskResult.of(result).task, "ignore_unreachable", False):
                self._record_tolerated_failure(result, "unreachable, ignored")
            else:
                self._record_failure(result, reached=False)

        self._print_or_warn(result, super().v2_runner_on_unreachable, record)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        parts = TaskResult.of(result)
        self._item_failures.setdefault((parts.host, parts.task_id), failure_message(parts))
        self._print_or_warn(result, super().v2_runner_item_on_failed)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._print_or_warn(result, super().v2_runner_item_on_ok)

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        self._print_or_warn(result, super().v2_runner_item_on_skipped)

    def _print_or_warn(self, result: Any, print_result: Any, record: Any = None) -> None:
        """Let Ansible's callback print the result with -v, only its warnings otherwise; then record it."""
        parts = TaskResult.of(result)
        copied = TaskResult(parts.host, parts.task, dict(parts.values))
        if self._is_verbose:
            print_result(result)
        else:
            self._handle_warnings(parts.values)
        if record:
            record(copied)

    # -- output with -v only

    def v2_playbook_on_task_start(self, task: Any, is_conditional: Any) -> None:
        if self._is_verbose:
            super().v2_playbook_on_task_start(task, is_conditional)

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        if self._is_verbose:
            super().v2_playbook_on_handler_task_start(task)

    def v2_playbook_on_include(self, included_file: Any) -> None:
        if self._is_verbose:
            super().v2_playbook_on_include(included_file)

    def v2_runner_retry(self, result: Any) -> None:
        if self._is_verbose:
            super().v2_runner_retry(result)

    # -- the bar

    def _show_bar(self) -> None:
        lock = getattr(self._display, "_lock", None)
        # with --step, Ansible prompts before each task
        if self._bar is None and lock and is_terminal(sys.stdout, os.environ) and not context.CLIARGS.get("step"):
            stderr = sys.stderr if is_terminal(sys.stderr, os.environ) else None
            self._bar = ProgressBar(lambda: self._tally.counts(time.monotonic()), lock, sys.stdout, stderr)
            self._bar.start()

    def _hide_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _line_colour(kind: str) -> str:
    """Return the configured colour of a kind of line."""
    return str(config.get_config_value(f"COLOR_{kind}"))
