# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads ansible-playbook and the collection once, and forks a process for each requested run.

Loading takes most of the time of a run of one tenant, and the tests have thousands of runs. After loading, a run and its processes
are the same as without the server. The client is `forks`: a line of JSON on stdin starts a run, and each line on stdout reports a
process and, if it has ended, its status.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import select
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

PLAYBOOK = str(Path(sys.executable).with_name("ansible-playbook"))


def serve(reports: int) -> dict[str, Any]:
    """Fork runs until stdin is closed; returns the request in the process of each run.

    Args:
        reports: the file to which each started and each ended process is reported.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.signal(signal.SIGCHLD, lambda *_signal: None)
    signal.set_wakeup_fd(writing)
    buffer = b""
    while True:
        ready, _writable, _exceptional = select.select([0, reading], [], [])
        if reading in ready:
            os.read(reading, 4096)
            _reap(reports)
        if 0 not in ready:
            continue
        read = os.read(0, 1 << 20)
        if not read:
            os._exit(0)
        *lines, buffer = (buffer + read).split(b"\n")
        for line in lines:
            request = json.loads(line)
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for file in (reading, writing, reports):
                    os.close(file)
                return dict(request)
            _report(reports, pid=pid)


def _reap(reports: int) -> None:
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            _report(reports, pid=pid, status=os.waitstatus_to_exitcode(status))


def _report(reports: int, **facts: int) -> None:
    os.write(reports, json.dumps(facts).encode() + b"\n")


def become(request: dict[str, Any]) -> None:
    """Set up the process as a shell would."""
    os.setsid()
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["env"])
    tempfile.tempdir = None
    null, output = os.open(os.devnull, os.O_RDONLY), os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(null)
    os.close(output)
    sys.argv = [PLAYBOOK, *request["args"]]
    sys.path[0] = str(Path(PLAYBOOK).parent)
    if "sitecustomize" in sys.modules and hasattr(sys.modules["sitecustomize"], "begin"):
        sys.modules["sitecustomize"].begin()


def load() -> None:
    """Load everything that a run needs and that can be loaded in advance."""
    from ansible import constants
    from ansible.executor import playbook_executor
    from ansible.plugins import loader
    from ansible.utils.collection_loader import _collection_finder  # its own tests remove it in the same way

    constants.DEFAULT_INTERNAL_POLL_INTERVAL = 0.004  # seconds; polls a quarter as often as usual
    loader.init_plugin_loader()
    for name in ("executor.task_queue_manager", "plugins.strategy.linear", "plugins.connection.local", "plugins.callback.default"):
        importlib.import_module(f"ansible.{name}")
    for kind in ("connection", "shell", "become"):
        # each run does this for its effect on the configuration, which lasts
        list(getattr(loader, f"{kind}_loader").all(class_only=True))
        setattr(playbook_executor, f"{kind}_loader", SimpleNamespace(all=lambda **_options: ()))
    for kind in ("callback", "vars", "filter", "test", "inventory"):
        list(getattr(loader, f"{kind}_loader").all(class_only=True))
    package = "ansible_collections.rezonate.okta.plugins.action"
    found = importlib.import_module(package)
    for file in Path(next(iter(found.__path__))).glob("[!_]*.py"):
        importlib.import_module(f"{package}.{file.stem}")
    _collection_finder._AnsibleCollectionFinder._remove()


def use_own_home(home: str) -> None:
    """Replace the server's home with that of the run, and create a temporary directory for the run.

    Args:
        home: the home of the server, which is part of Ansible's resolved settings.
    """
    from ansible import constants
    from ansible.plugins import loader
    from ansible.utils.path import cleanup_tmp_file

    own = os.environ["HOME"]
    loaders = [value for value in vars(loader).values() if isinstance(value, loader.PluginLoader)]
    for place in (vars(constants), *map(vars, loaders)):
        place.update({name: _moved(value, home, own) for name, value in place.items() if isinstance(value, (str, list))})
    atexit.unregister(cleanup_tmp_file)
    parent = os.path.dirname(constants.DEFAULT_LOCAL_TMP)
    os.makedirs(parent, mode=0o700, exist_ok=True)
    constants.DEFAULT_LOCAL_TMP = tempfile.mkdtemp(prefix=f"ansible-local-{os.getpid()}", dir=parent)
    # where Ansible keeps the modules that it has packed
    os.symlink(Path(home).with_name("modules"), os.path.join(constants.DEFAULT_LOCAL_TMP, "ansiballz_cache"))
    atexit.register(cleanup_tmp_file, constants.DEFAULT_LOCAL_TMP, warn=True)


def _moved(value: Any, home: str, own: str) -> Any:
    if isinstance(value, list):
        return [_moved(entry, home, own) for entry in value]
    return own + value[len(home) :] if isinstance(value, str) and (value == home or value.startswith(f"{home}/")) else value


def end(run: Callable[[], None]) -> NoReturn:
    """Run, and end as Python does, but without freeing the memory piece by piece."""
    status: Any = 0
    try:
        run()
    except SystemExit as ended:
        status = ended.code
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status or 0)


if __name__ == "__main__":
    from ansible.cli.playbook import main

    server_home = os.environ["HOME"]
    reports = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for what Ansible prints at ANSIBLE_DEBUG while it loads
    load()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    become(serve(reports))
    use_own_home(server_home)
    end(main)
