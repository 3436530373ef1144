# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator as a process: `python -m okta_emulator --tenant acme --ready-file FILE`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from pathlib import Path

from .client import ControlClient
from .emulator import Emulator


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="okta_emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--ca-file", help="where to write the certificate authority's PEM")
    parser.add_argument("--tenant", action="append", default=[], metavar="NAME[:TOKEN]", help="make a tenant")
    parser.add_argument("--ready-file", help="where to write how to reach it, as JSON, when it listens")
    parser.add_argument("--die-with-parent", action="store_true", help="end when the parent process ends")
    return parser.parse_args()


def _write_ready(path: str, emulator: Emulator) -> None:
    """Write the file atomically and only for its owner, since it contains API tokens."""
    partial = Path(path + ".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(ControlClient(emulator.control_url).info(), stream)
    partial.replace(path)


def _wait(stopping: threading.Event, with_parent: bool) -> None:
    parent = os.getppid()
    while not stopping.wait(0.5):
        if with_parent and os.getppid() != parent:
            return


def main() -> None:
    """Run until a signal or the control API stops the emulator."""
    arguments = _arguments()
    with Emulator(arguments.port, arguments.ca_file) as emulator:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: emulator.stopping.set())
        for text in arguments.tenant:
            name, _unused, token = text.partition(":")
            emulator.tenant(name, token or None)
        if arguments.ready_file:
            _write_ready(arguments.ready_file, emulator)
        _wait(emulator.stopping, arguments.die_with_parent)


if __name__ == "__main__":
    main()
