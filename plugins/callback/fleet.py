# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: fleet
type: stdout
short_description: Tells how a fleet of tenants gets on, and what became of each
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - A line for each tenant that ends, the sentence of each failure, and at the end a summary. It holds how many have which status,
    the failures grouped by cause, and the command that repeats those that did not end well.
  - On a terminal, a bar below the lines shows the figures of the moment. Elsewhere, where E(TERM) is V(dumb), in the background and with
    C(--step) a line of them is printed, twice a minute at most.
  - With C(-v) all that the callback P(ansible.builtin.default#callback) prints is printed too.
  - A tenant is a host. It is done when the role's last task is, when it fails, or when its play or batch ends. Where the play is broken
    off, by C(max_fail_percentage) or C(any_errors_fatal), those that have not come to that task did not finish.
  - Its status is what the work has come to. Of onboarding C(created), C(changed) or C(unchanged), of a rotation C(prepared), C(finished),
    C(aborted) or C(unchanged), C(offboarded), of an audit C(clean), C(findings) or C(unknown); C(failed) in any case, and in check mode
    C(would change). The report of an audit is no tenant's work. If it fails, by the variable C(rezonate_audit_fail_on), the run failed.
  - C(waiting) counts the tenants whose task has taken longer than 5 seconds. Most of them wait for the end of a rate limit's window,
    for tasks of this collection take less otherwise; one at which Okta is slow is counted too, since Ansible tells of a task
    only when it ends.
  - The command repeats options of C(ansible-playbook) and variables of this collection that are known to hold no secret. It leaves out
    everything else, and says so.
options:
  summary_file:
    description:
      - The file that the summary is written to as JSON. It is written anew as tenants end, at most once a second, and at the end.
      - A relative path starts at the working directory.
      - Where more than 20 tenants are to be repeated, a list of them for C(--limit) is written beside it, with the suffix C(.limit).
      - The variable of the play, or of its first host, wins over the other ways to set it.
      - Without it no file is written.
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
from ..plugin_utils._fleet.causes import causes, hidden
from ..plugin_utils._fleet.lines import again, audit_again, ended, progress, summary, tenants
from ..plugin_utils._fleet.progress_bar import ProgressBar, is_terminal
from ..plugin_utils._fleet.results import (
    Parts,
    audit_of,
    creates,
    is_auditing,
    is_changed,
    is_of_fleet,
    is_rescued,
    message_of,
    report_data,
    report_of,
    speaks_for,
    summary_path,
    work_of,
)
from ..plugin_utils._fleet.summary import Frame, SummaryFile, utc_now
from ..plugin_utils._fleet.tally import Tally, Tenant

_PROGRESS_EVERY = 30.0  # seconds


class CallbackModule(DefaultCallback):
    """Counts tenants; leaves all other printing to Ansible's own callback, which speaks with -v only."""

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
    def _is_wordy(self) -> bool:
        return bool(self._display.verbosity)

    @property
    def _is_check(self) -> bool:
        return bool(context.CLIARGS.get("check")) or getattr(self._play, "check_mode", None) is True

    # -- the run

    def v2_playbook_on_start(self, playbook: Any) -> None:
        super().v2_playbook_on_start(playbook)
        # Ansible tells callbacks nothing of a Ctrl-C.
        atexit.register(self._at_exit)

    def v2_playbook_on_vars_prompt(self, *_prompt: Any, **_options: Any) -> None:
        self._hide_bar()  # until the play starts

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._end_batch()
        if self._is_wordy:
            super().v2_playbook_on_play_start(play)
        self._play = play
        manager = play.get_variable_manager()
        inventory = manager._inventory  # noqa: SLF001 - there is no other way to it
        # a batch of `serial` is a restriction of the inventory
        hosts = inventory.get_hosts(play.hosts)
        for_fleet = is_of_fleet(play)
        self._batch = [] if for_fleet else [host.name for host in hosts]
        if self._file is None:
            path = self._variable(play, hosts)
            self._open(self.get_option("summary_file") if path is None else path)
        if not for_fleet:
            self._tally.expect(host.name for host in inventory.get_hosts(play.hosts, ignore_restrictions=True))
            self._tally.reopen(self._batch, check=self._is_check)
        if not self._is_wordy:
            number = "" if for_fleet else f": {tenants(len(self._batch))}"
            self._display.display(f"{play.get_name().strip()}{number}.")
        self._show_bar()

    def v2_playbook_on_no_hosts_remaining(self) -> None:
        if self._is_wordy:
            super().v2_playbook_on_no_hosts_remaining()
        self._break_off()

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._end_batch()
        self._hide_bar()
        if self._is_wordy:
            super().v2_playbook_on_stats(stats)
        self._finish(interrupted=False)

    def _at_exit(self) -> None:
        if os.getpid() == self._process:
            self._hide_bar()
            with suppress(OSError, ValueError, AttributeError):  # stdout is closed; the file is written by then
                self._finish(interrupted=True)

    def _variable(self, play: Any, hosts: Any) -> str | None:
        try:
            return summary_path(play, hosts)
        except AnsibleError as error:
            self._display.warning(f"rezonate_summary_file can't be used: {error}")
            return None

    def _open(self, path: Any) -> None:
        args = context.CLIARGS.get("args") or ()
        frame = Frame(tuple(sys.argv), " ".join(map(str, args)), utc_now())
        place = Path(os.path.abspath(Path(str(path)).expanduser())) if path else None
        self._file = SummaryFile(place, frame, self._display.warning)

    def _finish(self, *, interrupted: bool) -> None:
        """Tell and write what came of it all; once."""
        atexit.unregister(self._at_exit)
        if self._file is None:
            return
        now = time.monotonic()
        repeat = self._file.write(self._tally, now, ended=utc_now(), interrupted=interrupted)
        told = causes(self._tally.tenants.values())
        lines = summary(self._tally.counts(now), told, interrupted=interrupted, check=self._is_check)
        if repeat:
            lines += again(repeat.command, repeat.left_out)
        elif self._tally.needs_whole_audit and self._tally.to_repeat():
            lines += audit_again()
        if self._tally.verdict:
            lines += ["The run failed:", *(f"    {line}" for line in self._tally.verdict.splitlines())]
        if self._file.path:
            lines.append(f"Summary: {self._file.path}")
        self._file = None
        self._display.display("\n" + "\n".join(lines))

    # -- the tenants

    def _break_off(self) -> None:
        """The play goes on for nobody (max_fail_percentage, any_errors_fatal): who hasn't ended by now hasn't finished."""
        self._batch = []

    def _end_batch(self) -> None:
        for name in self._batch:
            self._end(name)
        self._batch = []

    def _tell(self, tenant: Tenant) -> None:
        now = time.monotonic()
        kind = {FAILED: "ERROR", UNFINISHED: "ERROR", UNCHANGED: "OK", CLEAN: "OK"}.get(tenant.status, "CHANGED")
        self._say("\n".join(ended(tenant, self._tally.counts(now))), kind)
        if self._file:
            self._file.update(self._tally, now)

    def _say(self, text: str, kind: str | None = None) -> None:
        self._display.display(text, color=_colour(kind) if kind else None)
        if self._bar:
            self._bar.draw()

    def _tell_progress(self) -> None:
        now = time.monotonic()
        if now - self._progress_at >= _PROGRESS_EVERY and not (self._bar and self._bar.is_possible):
            self._progress_at = now
            self._display.display(progress(self._tally.counts(now)))

    def _done(self, result: Any) -> None:
        """Note a task that ended and left its tenant in the play."""
        parts = Parts.of(result)
        report = report_of(parts)
        about = speaks_for(parts.task, self._play)
        if about == "fleet":
            self._tally.report = self._tally.report if self._is_check else report_data(parts) or self._tally.report
        else:
            self._note(parts)
        if report and about == "tenant":
            self._tally.tenants[parts.host].report = [*map(hidden, report)]
            self._end(parts.host)
        elif report and not self._is_wordy:
            head = "" if about == "fleet" else f"[{parts.host}] "
            self._say("\n".join(f"{head}{line}" for line in report))
        self._tell_progress()

    def _note(self, parts: Parts) -> None:
        """Note what a task of the tenant says of its work."""
        work, audit = work_of(parts), audit_of(parts)
        if work:
            self._tally.work(parts.host, work)
        if creates(parts):
            self._tally.tenants[parts.host].is_new = True
        self._tally.done(parts.host, changed=is_changed(parts))
        if audit:
            self._tally.audit(parts.host, replace(audit, error=hidden(audit.error) if audit.error else None))
            if audit.status == FAILED:
                self._end(parts.host)

    def _end(self, name: str) -> None:
        tenant = self._tally.end(name, time.monotonic())
        if tenant:
            self._tell(tenant)

    def _failed(self, result: Any, *, reached: bool = True) -> None:
        parts = Parts.of(result)
        message = hidden(self._item_failures.get((parts.host, parts.task_id)) or message_of(parts))
        if speaks_for(parts.task, self._play) == "fleet":
            self._tally.verdict = "\n".join(filter(None, (self._tally.verdict, message)))
            self._tally.report = report_data(parts) or self._tally.report
            self._say(f"FAILED: {message}", "ERROR")
            return
        self._tell(self._tally.fail(parts.host, message, time.monotonic(), reached=reached))
        # ansible-core 2.21 doesn't say of this one that nobody is left
        if getattr(self._play, "any_errors_fatal", None) is True or parts.task.any_errors_fatal is True:
            self._break_off()

    def _passed_over(self, result: Any, why: str) -> None:
        """Note a failure that the play lives with."""
        parts = Parts.of(result)
        if speaks_for(parts.task, self._play) != "fleet":
            self._tally.done(parts.host, changed=is_changed(parts))
        if not self._is_wordy:
            self._say(f"[{parts.host}] {why}: {message_of(parts)}", "SKIP")

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        super().v2_runner_on_start(host, task)
        if speaks_for(task, self._play) != "fleet":
            self._tally.begin(host.get_name(), time.monotonic())
            if is_auditing(task):
                self._tally.work(host.get_name(), AUDIT)
        self._tell_progress()

    def v2_runner_on_ok(self, result: Any) -> None:
        # first, for printing takes things out of a result
        self._speak_or_warn(result, super().v2_runner_on_ok, self._done)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._speak_or_warn(result, super().v2_runner_on_skipped, self._done)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        def note(result: Any) -> None:
            if ignore_errors:
                self._passed_over(result, "ignored")
            elif is_rescued(Parts.of(result).task):
                self._passed_over(result, "failed, and the play goes on")
            else:
                self._failed(result)

        self._speak_or_warn(result, lambda told: super(CallbackModule, self).v2_runner_on_failed(told, ignore_errors), note)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        def note(result: Any) -> None:
            if getattr(Parts.of(result).task, "ignore_unreachable", False):
                self._passed_over(result, "unreachable, ignored")
            else:
                self._failed(result, reached=False)

        self._speak_or_warn(result, super().v2_runner_on_unreachable, note)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        parts = Parts.of(result)
        self._item_failures.setdefault((parts.host, parts.task_id), message_of(parts))
        self._speak_or_warn(result, super().v2_runner_item_on_failed)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._speak_or_warn(result, super().v2_runner_item_on_ok)

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        self._speak_or_warn(result, super().v2_runner_item_on_skipped)

    def _speak_or_warn(self, result: Any, speak: Any, note: Any = None) -> None:
        """Let Ansible's callback print with -v; without, only the warnings; then note what came of it."""
        parts = Parts.of(result)
        kept = Parts(parts.host, parts.task, dict(parts.values))
        if self._is_wordy:
            speak(result)
        else:
            self._handle_warnings(parts.values)
        if note:
            note(kept)

    # -- what only -v shows

    def v2_playbook_on_task_start(self, task: Any, is_conditional: Any) -> None:
        if self._is_wordy:
            super().v2_playbook_on_task_start(task, is_conditional)

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        if self._is_wordy:
            super().v2_playbook_on_handler_task_start(task)

    def v2_playbook_on_include(self, included_file: Any) -> None:
        if self._is_wordy:
            super().v2_playbook_on_include(included_file)

    def v2_runner_retry(self, result: Any) -> None:
        if self._is_wordy:
            super().v2_runner_retry(result)

    # -- the bar

    def _show_bar(self) -> None:
        lock = getattr(self._display, "_lock", None)
        # with --step a person is asked before each task
        if self._bar is None and lock and is_terminal(sys.stdout, os.environ) and not context.CLIARGS.get("step"):
            stderr = sys.stderr if is_terminal(sys.stderr, os.environ) else None
            self._bar = ProgressBar(lambda: self._tally.counts(time.monotonic()), lock, sys.stdout, stderr)
            self._bar.start()

    def _hide_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _colour(kind: str) -> str:
    """Give the colour that the user has set for a kind of line."""
    return str(config.get_config_value(f"COLOR_{kind}"))
