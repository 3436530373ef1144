# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..modules.vault_vars_file_info import MODULE
from ..plugin_utils._actions.vault_vars_file import VaultFileInfoAction


class ActionModule(VaultFileInfoAction):
    """Runs the module in the controller's own process."""

    module = MODULE
