# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stub of the API of AWX: it accepts what awx.awx can send, refuses other requests as AWX does, and stores the objects.

It runs no playbooks: a job has its hosts, limit and variables, and the result that a test gives it. Its checks and
responses are based on the modules of awx.awx (their documented options are the known fields), on the source of AWX and on what a real
AWX 24.6.1 was seen to do.
"""

from .jobs import Outcome
from .objects import RefusedError
from .server import Controller

__all__ = ["Controller", "Outcome", "RefusedError"]
