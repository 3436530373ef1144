# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The number of examples: few reproducible ones in a normal run, many if SOAK is set."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

_ALWAYS: dict[str, Any] = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
settings.register_profile("small", derandomize=True, max_examples=50, **_ALWAYS)
settings.register_profile("soak", max_examples=3000, **_ALWAYS)
settings.load_profile("soak" if os.environ.get("SOAK") else "small")
