# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The org setting that makes each service app with a grant a super admin: a hint only, without a module of its own."""

from __future__ import annotations

from .._core.spec import Call, ModuleSpec, Outcome
from .._okta.connection import LIBRARIES, WRITER_OPTIONS, connect

_PATH = "/api/v1/org/settings/clientPrivilegesSetting"


def read_client_privileges_setting(call: Call) -> Outcome:
    """Read the setting.

    Raises:
        RezonateError: the setting can't be read.
    """
    response = connect(call, ("okta.orgs.read",)).get(_PATH, "read whether the org makes apps super admins")
    setting = response.get("clientPrivilegesSetting")
    return Outcome(values={"makes_super_admins": setting} if isinstance(setting, bool) else {})


MODULE = ModuleSpec(options=WRITER_OPTIONS, run=read_client_privileges_setting, needs=LIBRARIES)
