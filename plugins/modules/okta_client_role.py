#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage the admin roles of an app in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_client_role
short_description: Manage the admin roles of an app in Okta
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Assigns standard and custom admin roles to a service app, and removes them.
  - If the org's setting I(Public client app admins) is enabled, Okta makes every service app a super admin.
    O(exclusive=true) and O(roles_before) remove that role, with a warning.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.attributes.writer
  - rezonate.okta.okta
  - rezonate.okta.okta.writer
  - rezonate.okta.resource.custom_roles
  - rezonate.okta.resource.new_app
  - rezonate.okta.resource.role_assignment
seealso:
  - module: rezonate.okta.okta_custom_role
  - name: Okta API, role assignments of clients
    description: The API that this module calls.
    link: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/RoleAssignmentClient/
options:
  state:
    description:
      - V(present) assigns the roles, V(absent) removes them.
    type: str
    choices: [present, absent]
    default: present
  app_client_id:
    description:
      - Client id of the app that holds the roles. By default, it is the app's id.
        Not to be confused with O(client_id), the app that calls.
    type: str
    required: true
  roles:
    description:
      - Types of standard roles, such as V(READ_ONLY_ADMIN). Without it, there are none.
    type: list
    elements: str
  custom_roles:
    description:
      - Custom roles, each with its resource set. Without it, there are none.
  absent_roles:
    description:
      - With O(state=present), types of standard roles that are removed even without O(exclusive), unless O(roles) names them.
        Without it, only O(exclusive) and O(roles_before) remove roles.
    type: list
    elements: str
  exclusive:
    description:
      - With O(state=present), whether roles that are neither in O(roles) nor in O(custom_roles) are removed.
    type: bool
    default: false
  roles_before:
    description:
      - The admin roles that the app held before the run; an empty list for an app that this collection created.
        If V(SUPER_ADMIN) is neither in this list nor in O(roles), it is removed even without O(exclusive), because the org assigned it.
      - If the task fails, V(SUPER_ADMIN) is also removed, and the message names the roles that the app holds.
      - Without it, only O(exclusive) and O(absent_roles) remove roles.
    type: list
    elements: str
  after_failure:
    description:
      - Whether the task runs because another one has failed. With O(roles_before), nothing is then assigned, V(SUPER_ADMIN) is removed as
        described there, and a warning names the roles that the app holds. Errors become part of that warning and don't fail the task.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Give the app read access only
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

- name: Set the connection once for several tasks
  module_defaults:
    group/rezonate.okta.okta:
      org_url: https://acme.okta.com
      api_token: "{{ okta_api_token }}"
  block:
    - name: Assign the role
      rezonate.okta.okta_client_role:
        app_client_id: 0oas92c5r8A1EQacI5d7
        roles: [READ_ONLY_ADMIN]

# In an AWX job, a credential of the type Okta API token supplies org_url and api_token by its environment.
- name: Remove all roles of the app
  rezonate.okta.okta_client_role:
    app_client_id: 0oas92c5r8A1EQacI5d7
    roles: []
    exclusive: true
"""

RETURN = r"""
roles:
  description: The assigned roles after the change, or as they would be. A custom role is shown as C(CUSTOM:role:resource set).
  returned: success
  type: list
  elements: str
  sample: [READ_ONLY_ADMIN]
added:
  description: Roles that were assigned, or would be.
  returned: success
  type: list
  elements: str
  sample: [READ_ONLY_ADMIN]
surplus:
  description: Roles that the app holds beyond the desired ones after the change, or would; empty with O(exclusive).
  returned: success
  type: list
  elements: str
  sample: [SUPER_ADMIN]
removed:
  description: Roles that were removed, or would be.
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
