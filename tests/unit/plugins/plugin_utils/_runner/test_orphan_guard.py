# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker ends with the playbook that started it."""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import StateError
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner import orphan_guard
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner.orphan_guard import OrphanGuard

FORK = multiprocessing.get_context("fork")
Work = Callable[[int], None]


def write_on(writer: int) -> None:
    """Write continuously, as an orphaned worker would."""
    OrphanGuard()
    while True:
        os.write(writer, b".")
        time.sleep(0.01)


def write_while_the_parent_is_there(writer: int) -> None:
    """Check the parent before each write, on a system that doesn't end orphaned processes."""
    orphan_guard._die_with_parent = lambda: None
    parent = OrphanGuard()
    try:
        while True:
            parent.check_parent()
            os.write(writer, b".")
            time.sleep(0.01)
    except StateError as error:
        os.write(writer, str(error).encode())


def start(work: Work, writer: int) -> BaseProcess:
    """Start a process that starts the worker and waits."""

    def wait() -> None:
        FORK.Process(target=work, args=(writer,)).start()
        os.close(writer)
        time.sleep(60)

    playbook = FORK.Process(target=wait)
    playbook.start()
    return playbook


def written_after_the_kill(work: Work) -> bytes:
    """The output of a worker between the end of its parent and its own."""
    reader, writer = os.pipe()
    playbook = start(work, writer)
    os.close(writer)
    assert os.read(reader, 1) == b"."
    os.kill(playbook.pid or 0, signal.SIGKILL)
    playbook.join()
    written = b""
    while select.select([reader], [], [], 30)[0]:
        chunk = os.read(reader, 4096)
        if not chunk:
            os.close(reader)
            return written
        written += chunk
        assert len(written) < 1000, "it goes on writing"
    pytest.fail("it neither writes nor ends")


@pytest.mark.skipif(not os.path.exists("/proc/self"), reason="only Linux can do that")
def test_a_worker_is_killed_with_its_playbook() -> None:
    assert written_after_the_kill(write_on).strip(b".") == b""


def test_elsewhere_an_orphaned_worker_refuses_to_write() -> None:
    written = written_after_the_kill(write_while_the_parent_is_there)
    assert written.lstrip(b".") == b"The playbook that started this task has ended; nothing more is written."


def test_without_a_parent_process_nothing_is_checked() -> None:
    OrphanGuard().check_parent()


def test_a_worker_whose_playbook_runs_can_write() -> None:
    reader, writer = os.pipe()
    worker = FORK.Process(target=write_while_the_parent_is_there, args=(writer,))
    worker.start()
    os.close(writer)
    assert os.read(reader, 1) == b"."
    worker.kill()
    worker.join()
    os.close(reader)


def test_a_system_without_the_feature_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_args: object, **_named: object) -> None:
        raise OSError("no such library")

    monkeypatch.setattr(orphan_guard.ctypes, "CDLL", missing)
    orphan_guard._die_with_parent()
