# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends a transferred module that this process was started for to the server of `module_server`, and ends as the module does.

Imported while Python starts, so it imports next to nothing.
"""

from __future__ import annotations

import marshal
import os
import sys


def hand_over(address: str, script: str) -> int:
    """Run a module on the server.

    Args:
        address: the server's socket.
        script: the path of the transferred file; empty if it comes from standard input.

    Returns:
        the exit status.
    """
    import _socket  # `socket` takes longer to import

    connection = _socket.socket(_socket.AF_UNIX)
    connection.connect(address)
    mask = os.umask(0o77)
    message = marshal.dumps((script, os.getcwd(), dict(os.environ), mask))
    files = b"".join(number.to_bytes(4, sys.byteorder) for number in range(3))
    connection.sendmsg([len(message).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
    connection.sendall(message)
    status = connection.recv(4)
    return int.from_bytes(status, "big") if status else 1


def hand_over_module() -> None:
    """Do so if this process was started for a transferred module."""
    address, arguments = os.environ.get("REZONATE_MODULE_SERVER"), sys.orig_argv[1:]
    is_file = len(arguments) == 1 and os.path.basename(arguments[0]).startswith("AnsiballZ_")
    if address and (is_file or not arguments):
        os._exit(hand_over(address, *arguments or ("",)))
