# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the API of an AWX: it takes what awx.awx can send, refuses the rest as AWX does, and remembers it.

It runs no job. What it checks, and what it answers, is written down from awx.awx's own modules (their documented options are
the fields that it knows) and from AWX's source, version 24.6.1.
"""

from .objects import RefusedError
from .server import Controller

__all__ = ["Controller", "RefusedError"]
