# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..modules.okta_network_zone import MODULE
from ..plugin_utils._runner.in_process import InProcessAction


class ActionModule(InProcessAction):
    """Runs the module of the same name, on the controller or on the host."""

    module = MODULE
