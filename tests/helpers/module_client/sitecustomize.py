# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has a process with this directory in PYTHONPATH send transferred modules to a server."""

from __future__ import annotations

from module_handover import hand_over_module

hand_over_module()
