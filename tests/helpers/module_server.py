# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs transferred modules in forks of one process that has Ansible's own module libraries loaded.

Loading these takes most of the time of a transferred module, and the tests transfer hundreds. A Python process that Ansible started
for a module, and that has `module_client` in PYTHONPATH, sends its environment and files here, and ends with the status of the fork.
The module and its collection still come from what Ansible transferred.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import importlib
import marshal
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import types
import zipimport
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

CLIENT = Path(__file__).resolve().with_name("module_client")
NO_WAIT = Path(__file__).resolve().with_name("no_wait")
# As far as the release of ansible-core has them.
_LIBRARIES = (
    "ansible.module_utils._internal._ansiballz._loader",
    "ansible.module_utils.basic",
    "ansible.module_utils.urls",
    "ansible.module_utils.common.yaml",
    "cryptography.x509",
    "requests",
)


class ModuleServer:
    """Starts the server; it ends with the process that started it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="modules-")
        self.address = str(Path(self._folder.name) / "socket")
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        self._process = subprocess.Popen(
            [sys.executable, __file__, self.address], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._process.stdout
        assert self._process.stdout.readline() == b"ready\n"

    def __del__(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()


@functools.cache
def _server() -> ModuleServer:
    return ModuleServer()


def fast_modules(*, no_wait: bool = False) -> Mapping[str, str]:
    """Return the environment of a run whose transferred modules run in forks of this process's server."""
    folders = [str(NO_WAIT), str(CLIENT)] if no_wait else [str(CLIENT)]
    return {"PYTHONPATH": os.pathsep.join(folders), "REZONATE_MODULE_SERVER": _server().address}


def serve(listener: socket.socket) -> str:
    """Fork two processes for each module: one becomes the module and returns its file, the other reports how it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.write(1, b"ready\n")
    while True:
        ready, _writable, _exceptional = select.select([listener, 0], [], [])
        if 0 in ready and not os.read(0, 1):
            os._exit(0)
        if listener in ready:
            connection = listener.accept()[0]
            if not os.fork():
                break
            connection.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    listener.close()
    head, files, _flags, _address = socket.recv_fds(connection, 4, 3)
    message = b""
    while len(message) < int.from_bytes(head, "big"):
        message += connection.recv(1 << 20)
    pid = os.fork()
    if pid:
        os._exit(_report(pid, connection, files))
    connection.close()
    return _become(*marshal.loads(message), files)


def _report(pid: int, connection: socket.socket, files: Sequence[int]) -> int:
    for file in files:
        os.close(file)
    child = os.pidfd_open(pid)
    ready, _writable, _exceptional = select.select([child, connection], [], [])
    if child not in ready:  # Ansible ended the process that it had started
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(OSError):
        connection.sendall((status & 0xFF).to_bytes(4, "big"))
    return 0


def _become(script: str, folder: str, environment: Mapping[str, str], mask: int, files: Sequence[int]) -> str:
    for target, file in enumerate(files):
        os.dup2(file, target)
        os.close(file)
    os.chdir(folder)
    os.umask(mask)
    os.environ.clear()
    os.environ.update(environment)
    if str(NO_WAIT) in environment.get("PYTHONPATH", ""):
        runpy.run_path(str(NO_WAIT / "sitecustomize.py"))
    sys.argv = [script]
    sys.path[0] = str(Path(script).parent) if script else ""
    return script


def load() -> None:
    """Load what most modules need."""
    for name in _LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)


def keep_compiled(folder: Path) -> None:
    """Keep what Python compiles of the transferred libraries, since each module brings the same."""
    compile_source = zipimport._compile_source  # type: ignore[attr-defined]

    def compile_once(name: str, code: bytes) -> types.CodeType:
        path = folder / hashlib.sha256(code).hexdigest()
        with suppress(OSError):
            return marshal.loads(path.read_bytes())  # type: ignore[no-any-return]
        compiled: types.CodeType = compile_source(name, code)
        own = path.with_suffix(f".{os.getpid()}")
        own.write_bytes(marshal.dumps(compiled))
        own.replace(path)
        return compiled

    folder.mkdir()
    zipimport._compile_source = compile_once  # type: ignore[attr-defined]


if __name__ == "__main__":
    load()
    keep_compiled(Path(sys.argv[1]).with_name("compiled"))
    gc.freeze()
    unix = socket.socket(socket.AF_UNIX)
    unix.bind(sys.argv[1])
    unix.listen(64)
    path = serve(unix)
    source = Path(path).read_bytes() if path else sys.stdin.buffer.read()
    main = types.ModuleType("__main__")
    main.__file__ = path or "<stdin>"
    sys.modules["__main__"] = main
    exec(compile(source, main.__file__, "exec"), main.__dict__)
