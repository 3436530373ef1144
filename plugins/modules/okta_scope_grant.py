#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage the scopes that are granted to an app in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_scope_grant
short_description: Manage the scopes that are granted to an app in Okta
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Grants scopes of Okta's API to an app, and revokes them. Independent requests are sent concurrently.
  - Only a super admin can grant scopes.
  - With O(client_id), the module requests the scopes that it needs; O(scopes) are those to grant.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.attributes.writer
  - rezonate.okta.okta
  - rezonate.okta.okta.writer
  - rezonate.okta.resource.new_app
seealso:
  - module: rezonate.okta.okta_client_role
  - name: Okta API, grants of applications
    description: The API that this module calls.
    link: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationGrants/
options:
  state:
    description:
      - V(present) grants the scopes, V(absent) revokes them.
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
      - The scopes. Only their syntax is checked, because Okta adds new ones continually.
    required: true
  optional_scopes:
    description:
      - Scopes that the org may lack, for example for want of a license. A scope that the org doesn't have causes a warning, not a failure.
        In check mode it counts as granted, because only Okta knows. Without it, there are none.
    type: list
    elements: str
  absent_scopes:
    description:
      - With O(state=present), scopes that are revoked even without O(exclusive), unless O(scopes) or O(optional_scopes) names them.
        Without it, only O(exclusive) revokes scopes.
    type: list
    elements: str
  exclusive:
    description:
      - With O(state=present), whether granted scopes that are neither in O(scopes) nor in O(optional_scopes) are revoked.
    type: bool
    default: false
  app_client_id:
    description:
      - The app's client id, for O(roles_before). Without it, O(app_id) is used.
    type: str
  roles_before:
    description:
      - The admin roles that the app held before this task, as RV(rezonate.okta.okta_client_role#module:roles) returns them.
      - An org with the setting I(Public client app admins) makes an app a super admin as soon as it has a grant. With this option,
        one scope is granted first; then SUPER_ADMIN is removed, unless it is in this list; then the other scopes are granted.
      - If the task fails, SUPER_ADMIN is also removed, and the message names the roles that the app holds.
      - Without it, admin roles are neither read nor removed.
    type: list
    elements: str
  one_first:
    description:
      - With O(roles_before), whether one scope is granted first. With V(false), for an org without the setting, all are
        granted concurrently, and a role that the org assigns nevertheless remains.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Grant exactly the required scopes
  rezonate.okta.okta_scope_grant:
    org_url: acme
    app_id: 0oas92c5r8A1EQacI5d7
    scopes:
      - okta.users.read
      - okta.groups.read
    optional_scopes:
      - okta.governance.accessRequests.read
    exclusive: true

- name: Set the connection once for several tasks
  module_defaults:
    group/rezonate.okta.okta:
      org_url: https://acme.okta.com
      api_token: "{{ okta_api_token }}"
  block:
    - name: Grant one scope, and leave the others
      rezonate.okta.okta_scope_grant:
        app_id: 0oas92c5r8A1EQacI5d7
        scopes: [okta.logs.read]

# In an AWX job, a credential of the type Okta API token supplies org_url and api_token by its environment.
- name: Revoke a scope
  rezonate.okta.okta_scope_grant:
    app_id: 0oas92c5r8A1EQacI5d7
    scopes: [okta.apps.read]
    state: absent
"""

RETURN = r"""
scopes:
  description: The granted scopes after the change, or as they would be.
  returned: success
  type: list
  elements: str
  sample: [okta.groups.read, okta.users.read]
added:
  description: Scopes that were granted, or would be.
  returned: success
  type: list
  elements: str
  sample: [okta.groups.read]
surplus:
  description: Scopes that the app has beyond the desired ones after the change, or would; empty with O(exclusive).
  returned: success
  type: list
  elements: str
  sample: [okta.apps.manage]
removed:
  description: Scopes that were revoked, or would be.
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
  description: V(SUPER_ADMIN), if the org had assigned it and this task removed it.
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
