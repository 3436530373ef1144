# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands on this machine and prints them and their results, as the connection plugin ssh does at -vvv."""

from __future__ import annotations

import os
from typing import Any

from ansible.plugins.connection.local import Connection as LocalConnection
from ansible.utils.display import Display

DOCUMENTATION = r"""
name: rezonate_printing
short_description: Run commands on this machine and print them with their results
description:
  - At C(-vvv), prints each command and its result, as C(ssh) does, and the content of transferred files.
  - With E(REZONATE_PRINTS_INPUT), also prints the standard input of commands, which C(ssh) doesn't.
extends_documentation_fragment:
  - connection_pipelining
options: {}
"""

display = Display()


class Connection(LocalConnection):  # type: ignore[misc]  # ansible-core ships no types
    """A connection to this machine with a transport other than `local`."""

    transport = "rezonate_printing"

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> Any:
        """Run a command."""
        display.vvv(f"PRINTING EXEC {cmd}")
        if in_data and os.environ.get("REZONATE_PRINTS_INPUT"):
            display.vvv(f"PRINTING INPUT {in_data!r}")
        answer = super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        display.vvv(f"PRINTING RETURNED {answer!s}")
        return answer

    def put_file(self, in_path: str, out_path: str) -> None:
        """Copy a file there."""
        with open(in_path, "rb") as stream:
            display.vvv(f"PRINTING PUT {out_path} {stream.read()!r}")
        super().put_file(in_path, out_path)
