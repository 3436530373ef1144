# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stub of the API of AWX: it accepts what awx.awx can send, refuses other requests as AWX does, and stores the objects.

It runs no jobs. Its checks and responses are based on the modules of awx.awx (their documented options are the known fields)
and on the source of AWX, version 24.6.1.
"""

from .objects import RefusedError
from .server import Controller

__all__ = ["Controller", "RefusedError"]
