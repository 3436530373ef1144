# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``vault_vars_file`` and ``vault_vars_file_info`` on the controller, which has the vault secrets."""

from __future__ import annotations

from ...module_utils._core.spec import Call, Outcome
from ...module_utils._vault.vars_file import manage_vars_file, read_vars_file
from .._runner.in_process import InProcessAction
from .._runner.vault_cipher import VaultCipher, vault_secrets


class VaultFileAction(InProcessAction):
    """Provides the run's vault secrets, which never leave this process."""

    can_ship = False
    work = staticmethod(manage_vars_file)

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work."""
        return self.work(call, VaultCipher(vault_secrets(self._loader)))


class VaultFileInfoAction(VaultFileAction):
    """Provides them to a read."""

    work = staticmethod(read_vars_file)
