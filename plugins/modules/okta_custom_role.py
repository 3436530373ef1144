#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage a custom admin role in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_custom_role
short_description: Manage a custom admin role in Okta
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Creates, updates and deletes a custom admin role with exactly the permissions that the task names.
  - A custom role has no effect until it is assigned together with a resource set, see M(rezonate.okta.okta_client_role).
  - Conditions on permissions are not changed.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.attributes.writer
  - rezonate.okta.okta
  - rezonate.okta.okta.writer
  - rezonate.okta.resource.labeled
  - rezonate.okta.resource.only_unused
  - rezonate.okta.resource.own_apps
seealso:
  - module: rezonate.okta.okta_resource_set
  - module: rezonate.okta.okta_client_role
  - name: Okta API, custom roles
    description: The API that this module calls.
    link: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/RoleECustom/
options:
  permissions:
    description:
      - The permissions of the role, such as V(okta.users.manage). Others are removed.
        Only their syntax is checked, because Okta adds new ones continually.
      - Required with O(state=present). With O(only_unused), a role with other permissions is left.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Create a role that can change users and groups
  rezonate.okta.okta_custom_role:
    org_url: acme
    label: Rezonate remediation
    permissions:
      - okta.users.manage
      - okta.groups.manage
  register: remediation_role

- name: Delete the role
  rezonate.okta.okta_custom_role:
    org_url: acme
    label: Rezonate remediation
    state: absent

- name: Set the connection once for several tasks
  module_defaults:
    group/rezonate.okta.okta:
      org_url: https://acme.okta.com
      api_token: "{{ okta_api_token }}"
  block:
    - name: Create the role
      rezonate.okta.okta_custom_role:
        label: Rezonate privileges
        permissions: [okta.iam.read]

# In an AWX job, a credential of the type Okta API token supplies org_url and api_token by its environment.
- name: Create a role that can read privileges
  rezonate.okta.okta_custom_role:
    label: Rezonate privileges
    permissions: [okta.iam.read]
"""

RETURN = r"""
role:
  description: The role after the change, or as it would be; C(null) if there is none.
  returned: success
  type: dict
  contains:
    id:
      description:
        - Okta's id of the role, for M(rezonate.okta.okta_client_role); C(null) in check mode if the role would be created.
      returned: always
      type: str
      sample: cr0qeufik1K9u9Ssg5d7
    label:
      description: The role's label.
      returned: always
      type: str
      sample: Rezonate remediation
    description:
      description: The role's description.
      returned: always
      type: str
      sample: Managed by Ansible.
    permissions:
      description: The role's permissions, sorted.
      returned: always
      type: list
      elements: str
      sample: [okta.groups.manage, okta.users.manage]
    created:
      description: Time of creation (ISO 8601); C(null) in check mode if the role would be created.
      returned: always
      type: str
      sample: "2026-01-06T19:50:57.000Z"
changes:
  description: The steps of the change, or of the change that would be made.
  returned: success
  type: list
  elements: str
  sample: [replace description, add okta.groups.manage, remove okta.apps.manage]
created:
  description: Whether this task created the role, or would.
  returned: success
  type: bool
  sample: true
left:
  description: Why the role was not deleted; C(null) if it was.
  returned: when O(only_unused=true) and the role exists
  type: str
  sample: "The custom role Remediation (cr0qeufik1K9u9Ssg5d7) was left unchanged, since others use it: the user 00unwlw0tbo8E6aVj5d7."
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import TENANT_OPTIONS, ModuleSpec
from ..module_utils._okta.connection import LIBRARIES, WRITER_OPTIONS
from ..module_utils._resources.custom_role import manage_custom_role

MODULE = ModuleSpec(
    options={
        **TENANT_OPTIONS,
        **WRITER_OPTIONS,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "id": {"type": "str"},
        "label": {"type": "str"},
        "description": {"type": "str"},
        "permissions": {"type": "list", "elements": "str"},
        "only_unused": {"type": "bool", "default": False},
        "own_apps": {"type": "list", "elements": "str"},
        "assume_missing": {"type": "bool", "default": False},
    },
    run=manage_custom_role,
    needs=LIBRARIES,
    rules={"required_one_of": [["id", "label"]], "required_if": [["state", "present", ["permissions"]]]},
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
