#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look after the admin roles of an app in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_client_role
short_description: Look after the admin roles of an app in Okta
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Assigns admin roles, standard and custom, to a service app, and takes them away.
  - Where the org has the setting I(Public client app admins) on, Okta makes every service app a super admin by itself.
    O(exclusive=true) and O(roles_before) take that away again, and a warning says so.
  - While another request changes role assignments in Okta, a change is repeated for 30 seconds at most. A role that Okta calls assigned
    already counts as assigned once the assignments, read again, show it.
  - Only a super admin may assign roles to an app.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.okta
  - rezonate.okta.okta.oauth
  - rezonate.okta.okta.credential
  - rezonate.okta.okta.scopes
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
      - V(present) assigns the roles, V(absent) takes them away.
    type: str
    choices: [present, absent]
    default: present
  app_client_id:
    description:
      - Client id of the app that holds the roles, which is the app's id unless its maker chose another.
        Not to be confused with O(client_id), the one that calls.
    type: str
    required: true
  roles:
    description:
      - Types of standard roles, such as V(READ_ONLY_ADMIN). Without it, no standard role is meant.
    type: list
    elements: str
  custom_roles:
    description:
      - Custom roles, each with the resource set that it covers. Without it, no custom role is meant.
    type: list
    elements: dict
    suboptions:
      role:
        description: Id of the custom role.
        type: str
        required: true
      resource_set:
        description: Id of the resource set.
        type: str
        required: true
  absent_roles:
    description:
      - Types of standard roles that are taken away even without O(exclusive), unless they are in O(roles). Only with O(state=present).
        Without it, nothing is taken away but for O(exclusive).
    type: list
    elements: str
  exclusive:
    description:
      - Whether roles that aren't meant are taken away. Only with O(state=present).
    type: bool
    default: false
  new_app:
    description:
      - The app was made a moment ago, or would have been in check mode, so that it holds no roles yet and they needn't be read.
    type: bool
    default: false
  roles_before:
    description:
      - The admin roles that the app held before the run, an empty list for an app that belongs to this collection.
        V(SUPER_ADMIN) that is neither in it nor in O(roles) is removed, whatever O(exclusive) says, since the org assigned it by itself.
      - When the task fails, V(SUPER_ADMIN) is removed likewise, and the message says which roles the app holds.
      - Without it, only O(exclusive) and O(absent_roles) remove roles.
    type: list
    elements: str
  after_failure:
    description:
      - Another task has failed. With O(roles_before), nothing is assigned, V(SUPER_ADMIN) is removed as described there, and a warning says
        which roles the app holds. What goes wrong is part of that warning, and no failure.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Let the app read, and nothing more
  rezonate.okta.okta_client_role:
    org_url: acme
    app_client_id: 0oas92c5r8A1EQacI5d7
    roles:
      - READ_ONLY_ADMIN
    exclusive: true

- name: Let the app change the users of one resource set
  rezonate.okta.okta_client_role:
    org_url: acme
    app_client_id: 0oas92c5r8A1EQacI5d7
    custom_roles:
      - role: cr0qeufik1K9u9Ssg5d7
        resource_set: iamqggf48tVVJLAlU5d7
"""

RETURN = r"""
roles:
  description: The roles that are assigned now, or would be. A custom one reads C(CUSTOM:role:resource set).
  returned: success
  type: list
  elements: str
  sample: [READ_ONLY_ADMIN]
added:
  description: Those that this run assigned, or would.
  returned: success
  type: list
  elements: str
  sample: [READ_ONLY_ADMIN]
surplus:
  description: Those that the app holds beyond the desired ones after this run, or would. With O(exclusive), none.
  returned: success
  type: list
  elements: str
  sample: [SUPER_ADMIN]
removed:
  description: Those that this run took away, or would.
  returned: success
  type: list
  elements: str
  sample: [SUPER_ADMIN]
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import TENANT_OPTIONS, ModuleSpec
from ..module_utils._okta.connection import LIBRARIES, WRITER_OPTIONS
from ..module_utils._resources.client_role import manage_client_roles

MODULE = ModuleSpec(
    options={
        **TENANT_OPTIONS,
        **WRITER_OPTIONS,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "app_client_id": {"type": "str", "required": True},
        "roles": {"type": "list", "elements": "str"},
        "custom_roles": {
            "type": "list",
            "elements": "dict",
            "options": {
                "role": {"type": "str", "required": True},
                "resource_set": {"type": "str", "required": True},
            },
        },
        "absent_roles": {"type": "list", "elements": "str"},
        "exclusive": {"type": "bool", "default": False},
        "new_app": {"type": "bool", "default": False},
        "roles_before": {"type": "list", "elements": "str"},
        "after_failure": {"type": "bool", "default": False},
    },
    run=manage_client_roles,
    needs=LIBRARIES,
    rules={"required_one_of": [["roles", "custom_roles"]]},
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
