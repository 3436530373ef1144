#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage a resource set in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_resource_set
short_description: Manage a resource set in Okta
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Creates, updates and deletes a resource set, which defines what a custom admin role covers.
    It contains exactly the resources that the task names.
  - Deleting a resource set also removes the roles that are assigned with it.
  - Conditions on resources are not changed.
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
  - module: rezonate.okta.okta_custom_role
  - module: rezonate.okta.okta_client_role
  - name: Okta, supported resources
    description: Resources with their ORNs and URLs.
    link: https://developer.okta.com/docs/api/openapi/okta-management/guides/roles/
  - name: Okta API, resource sets
    description: The API that this module calls.
    link: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/RoleCResourceSet/
options:
  resources:
    description:
      - The resources in the set, by ORN, such as V(orn:okta:directory:00o1n8mqnzQ7AkmKk5d6:users), or by URL, such as
        V(https://acme.okta.com/api/v1/users). Others, except those of O(groups), are removed.
      - A URL of users, groups, a group, the users in a group, apps, apps of one type or authorization servers stands for its ORN.
        Any other URL is compared with the URLs that Okta returns, so ORNs are more reliable.
      - In an ORN, C({partition}) and C({orgId}) stand for those of the org, as in V(orn:{partition}:iam:{orgId}:contained_resources), all
        resources of identity and access management. They require a read of one app (scope C(okta.apps.read)), as do groups and URLs.
      - With O(state=present), this or O(groups) is required. Without it, the set contains O(groups) only.
    type: list
    elements: str
  groups:
    description:
      - Groups, by id or by name. Each adds two resources, the group itself and the users in it,
        because a permission on users has no effect on a set that contains only the group.
      - A name requires a read (scope C(okta.groups.read)), and must be unique among the groups.
      - Without it, the set contains O(resources) only.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Cover two groups and the users in them
  rezonate.okta.okta_resource_set:
    org_url: acme
    label: Rezonate remediation
    groups:
      - Contractors
      - 00gak46y5hydV6NdM0g4
  register: remediation_set

- name: Limit the app to changes in this set
  rezonate.okta.okta_client_role:
    org_url: acme
    app_client_id: 0oas92c5r8A1EQacI5d7
    custom_roles:
      - role: cr0qeufik1K9u9Ssg5d7
        resource_set: "{{ remediation_set.resource_set.id }}"
    exclusive: true

- name: Cover all admin roles, resource sets and role assignments
  rezonate.okta.okta_resource_set:
    org_url: acme
    label: Privileges
    resources:
      - orn:{partition}:iam:{orgId}:contained_resources

- name: Cover all users
  rezonate.okta.okta_resource_set:
    org_url: acme
    label: Everybody
    description: All users of the org
    resources:
      - https://acme.okta.com/api/v1/users

- name: Set the connection once for several tasks
  module_defaults:
    group/rezonate.okta.okta:
      org_url: https://acme.okta.com
      api_token: "{{ okta_api_token }}"
  block:
    - name: Cover the groups
      rezonate.okta.okta_resource_set:
        label: Rezonate remediation
        groups: [Contractors]

# In an AWX job, a credential of the type Okta API token supplies org_url and api_token by its environment.
- name: Delete the resource set
  rezonate.okta.okta_resource_set:
    label: Rezonate remediation
    state: absent
"""

RETURN = r"""
resource_set:
  description: The resource set after the change, or as it would be; C(null) if there is none.
  returned: success
  type: dict
  contains:
    id:
      description:
        - Okta's id of the set, for M(rezonate.okta.okta_client_role); C(null) in check mode if the set would be created.
      returned: always
      type: str
      sample: iamqggf48tVVJLAlU5d7
    label:
      description: The set's label.
      returned: always
      type: str
      sample: Rezonate remediation
    description:
      description: The set's description.
      returned: always
      type: str
      sample: Managed by Ansible.
    resources:
      description: The resources in the set, sorted, by ORN, or by URL if the task has a URL without an ORN.
      returned: always
      type: list
      elements: str
      sample:
        - orn:okta:directory:00o1n8mqnzQ7AkmKk5d6:groups:00gak46y5hydV6NdM0g4
        - orn:okta:directory:00o1n8mqnzQ7AkmKk5d6:groups:00gak46y5hydV6NdM0g4:contained_resources
    created:
      description: Time of creation (ISO 8601); C(null) in check mode if the set would be created.
      returned: always
      type: str
      sample: "2026-01-06T19:50:57.000Z"
groups:
  description: The groups of O(groups), in their order; empty with O(state=absent).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name or id in the task.
      returned: always
      type: str
      sample: Contractors
    id:
      description: Okta's id of the group.
      returned: always
      type: str
      sample: 00gak46y5hydV6NdM0g4
changes:
  description: The steps of the change, or of the change that would be made.
  returned: success
  type: list
  elements: str
  sample: ["add orn:okta:directory:00o1n8mqnzQ7AkmKk5d6:users"]
created:
  description: Whether this task created the set, or would.
  returned: success
  type: bool
  sample: true
left:
  description: Why the set was not deleted; C(null) if it was.
  returned: when O(only_unused=true) and the set exists
  type: str
  sample: "The resource set Contractors (iamqggf48tVVJLAlU5d7) was left unchanged, since others use it: the user 00unwlw0tbo8E6aVj5d7."
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import TENANT_OPTIONS, ModuleSpec
from ..module_utils._okta.connection import LIBRARIES, WRITER_OPTIONS
from ..module_utils._resources.resource_set import manage_resource_set

MODULE = ModuleSpec(
    options={
        **TENANT_OPTIONS,
        **WRITER_OPTIONS,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "id": {"type": "str"},
        "label": {"type": "str"},
        "description": {"type": "str"},
        "resources": {"type": "list", "elements": "str"},
        "groups": {"type": "list", "elements": "str"},
        "only_unused": {"type": "bool", "default": False},
        "own_apps": {"type": "list", "elements": "str"},
        "assume_missing": {"type": "bool", "default": False},
    },
    run=manage_resource_set,
    needs=LIBRARIES,
    rules={"required_one_of": [["id", "label"]], "required_if": [["state", "present", ["resources", "groups"], True]]},
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
