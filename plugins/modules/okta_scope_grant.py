#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look after the scopes granted to an app in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_scope_grant
short_description: Look after the scopes granted to an app in Okta
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Grants scopes of Okta's API to an app, and takes them away. Independent calls go side by side.
  - Only a super admin may grant scopes.
  - Called with O(client_id), the module asks for the one scope that it needs itself; O(scopes) are those to grant.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.okta
  - rezonate.okta.okta.oauth
  - rezonate.okta.okta.credential
  - rezonate.okta.okta.writer
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  in_process:
    support: full
options:
  state:
    description:
      - V(present) grants the scopes, V(absent) takes them away.
    type: str
    choices: [present, absent]
    default: present
  app_id:
    description:
      - The app's id.
    type: str
    required: true
  scopes:
    description:
      - The scopes. Only their form is checked, for Okta adds new ones all the time.
    type: list
    elements: str
    required: true
  optional_scopes:
    description:
      - Scopes that the org may not have, for want of a licence. One that it doesn't know gives a warning and isn't a failure.
        In check mode it counts as granted, since only Okta can tell. Without it, there are none.
    type: list
    elements: str
  absent_scopes:
    description:
      - Scopes that are taken away even without O(exclusive), unless they are in O(scopes) or O(optional_scopes).
        Only with O(state=present). Without it, nothing is taken away but for O(exclusive).
    type: list
    elements: str
  exclusive:
    description:
      - Whether granted scopes that are neither in O(scopes) nor in O(optional_scopes) are taken away. Only with O(state=present).
    type: bool
    default: false
  new_app:
    description:
      - The app was made a moment ago, so that it has no grants yet and they needn't be read.
    type: bool
    default: false
  app_client_id:
    description:
      - The app's client id, for O(roles_before). Without it, it is that of O(app_id).
    type: str
  roles_before:
    description:
      - The admin roles that the app held before this task, as RV(rezonate.okta.okta_client_role#module:roles) has them.
      - An org with the setting I(Public client app admins) makes an app a super admin as soon as the app holds a grant. With this option,
        one scope is granted first; then SUPER_ADMIN is removed, unless it is in this list; then the other scopes are granted.
      - When the task fails, SUPER_ADMIN is removed likewise, and the message says which roles the app holds.
      - Without it, admin roles are neither read nor removed.
    type: list
    elements: str
  one_first:
    description:
      - With O(roles_before), whether one scope is granted first. With V(false), for an org that is known not to have the setting, all are
        granted at once; a role that the org assigns all the same stays until somebody looks.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Grant what is needed, and nothing more
  rezonate.okta.okta_scope_grant:
    org_url: acme
    app_id: 0oas92c5r8A1EQacI5d7
    scopes:
      - okta.users.read
      - okta.groups.read
    optional_scopes:
      - okta.governance.accessRequests.read
    exclusive: true
"""

RETURN = r"""
scopes:
  description: The scopes that are granted now, or would be.
  returned: success
  type: list
  elements: str
  sample: [okta.groups.read, okta.users.read]
added:
  description: Those that this run granted, or would.
  returned: success
  type: list
  elements: str
  sample: [okta.groups.read]
surplus:
  description: Those that the app holds beyond the desired ones after this run, or would. With O(exclusive), none.
  returned: success
  type: list
  elements: str
  sample: [okta.apps.manage]
removed:
  description: Those that this run took away, or would.
  returned: success
  type: list
  elements: str
  sample: []
unavailable:
  description: Optional scopes that the org doesn't have.
  returned: success
  type: list
  elements: str
  sample: [okta.governance.accessRequests.read]
roles_removed:
  description: V(SUPER_ADMIN), where the org had assigned it and this run removed it.
  returned: when O(roles_before) is given
  type: list
  elements: str
  sample: [SUPER_ADMIN]
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import TENANT_OPTIONS, ModuleSpec
from ..module_utils._okta.connection import LIBRARIES, WRITER_OPTIONS
from ..module_utils._resources.scope_grant import manage_scope_grants

MODULE = ModuleSpec(
    options={
        **TENANT_OPTIONS,
        **WRITER_OPTIONS,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "app_id": {"type": "str", "required": True},
        "scopes": {"type": "list", "elements": "str", "required": True},
        "optional_scopes": {"type": "list", "elements": "str"},
        "absent_scopes": {"type": "list", "elements": "str"},
        "exclusive": {"type": "bool", "default": False},
        "new_app": {"type": "bool", "default": False},
        "app_client_id": {"type": "str"},
        "roles_before": {"type": "list", "elements": "str"},
        "one_first": {"type": "bool", "default": True},
    },
    run=manage_scope_grants,
    needs=LIBRARIES,
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
