# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a process with this directory in PYTHONPATH crash, as on macOS, when it reads the system proxies after a fork."""

from __future__ import annotations

import os
import urllib.request
from typing import NoReturn

_MAIN = os.getpid()


def _killed(*_args: object) -> NoReturn:
    place = "a worker" if os.getpid() != _MAIN else "the main process"
    os.write(2, f"the system was asked for proxies in {place}\n".encode())
    os.abort()


urllib.request.getproxies = _killed
urllib.request.proxy_bypass = _killed  # type: ignore[attr-defined]  # its stubs leave it out
