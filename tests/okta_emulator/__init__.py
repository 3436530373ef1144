# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A strict emulator of Okta for tests: multi-tenant, in memory, behind its own HTTPS proxy."""

from __future__ import annotations

from .client import ControlClient, ControlError
from .emulator import Emulator
from .faults import Fault
from .http import Reply, Request
from .log import Entry
from .tenant import Tenant

__all__ = ["ControlClient", "ControlError", "Emulator", "Entry", "Fault", "Reply", "Request", "Tenant"]
