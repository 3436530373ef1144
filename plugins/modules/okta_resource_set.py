#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look after a resource set in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_resource_set
short_description: Look after a resource set in Okta
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Creates, changes and deletes a resource set, which says what a custom admin role covers.
    It holds exactly the resources that the task names.
  - Deleting a resource set also takes away the roles that are assigned with it.
  - Conditions that somebody put on a resource by other means are left alone.
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
seealso:
  - module: rezonate.okta.okta_custom_role
  - module: rezonate.okta.okta_client_role
  - name: Okta, supported resources
    description: Which resources there are, by ORN and by URL.
    link: https://developer.okta.com/docs/api/openapi/okta-management/guides/roles/
options:
  state:
    description:
      - V(present) makes the set where it is missing, V(absent) deletes it.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - The resource set's id. Where the org has no such set, the module fails, unless O(state=absent).
      - Without it, the set is found by O(label).
    type: str
  label:
    description:
      - The resource set's label, which no other set of the org has. With O(id), the set is renamed to it.
      - Without it, O(id) is needed, and the set keeps its label.
    type: str
  description:
    description:
      - What the resource set is for.
      - Without it, an existing set keeps its description, and a new one says that it is managed by Ansible, since Okta wants one.
    type: str
  resources:
    description:
      - The resources in the set, by ORN, such as V(orn:okta:directory:00o1n8mqnzQ7AkmKk5d6:users), or by URL, such as
        V(https://acme.okta.com/api/v1/users). Others are taken out, but for those of O(groups).
      - A URL of users, groups, a group, the users in a group, apps, apps of one type or authorization servers means its ORN.
        Any other URL is compared with what Okta tells of the resources, so give ORNs where you can.
      - In an ORN, C({partition}) and C({orgId}) stand for those of the org, as in V(orn:{partition}:iam:{orgId}:contained_resources), all
        resources of identity and access management. They take a read of one app (scope C(okta.apps.read)), as do groups and URLs.
      - With O(state=present), this or O(groups) is needed. Without it, only O(groups) are in the set.
    type: list
    elements: str
  groups:
    description:
      - Groups, by id or by name. Each stands for two resources, the group itself and the users in it,
        for a permission to change users does nothing with a set that holds only the group.
      - A name takes a read (scope C(okta.groups.read)), and must be the name of one group only.
      - Without it, only O(resources) are in the set.
    type: list
    elements: str
  only_unused:
    description:
      - Only with O(state=absent). A set that others use by then is left, and RV(left) says so. That Okta refuses to delete it likewise.
      - Without it, whatever uses it isn't asked.
    type: bool
    default: false
  own_apps:
    description:
      - Client ids of apps that don't count as others for O(only_unused), such as one that is deleted in the same run.
    type: list
    elements: str
  assume_missing:
    description:
      - Whether the play has just seen that no set has this O(label). It is made without another look. With O(id), it makes no difference.
    type: bool
    default: false
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

- name: Let the app change what is in the set, and nothing more
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
"""

RETURN = r"""
resource_set:
  description: The resource set as it is now, or would be; C(null) where there is none.
  returned: success
  type: dict
  contains:
    id:
      description:
        - Okta's id of the set, which M(rezonate.okta.okta_client_role) takes; C(null) in check mode where it would be made.
      returned: always
      type: str
      sample: iamqggf48tVVJLAlU5d7
    label:
      description: The set's label.
      returned: always
      type: str
      sample: Rezonate remediation
    description:
      description: What the set is for.
      returned: always
      type: str
      sample: Managed by Ansible.
    resources:
      description: The resources in it, sorted, by ORN; by URL where the task gives one that means no ORN.
      returned: always
      type: list
      elements: str
      sample:
        - orn:okta:directory:00o1n8mqnzQ7AkmKk5d6:groups:00gak46y5hydV6NdM0g4
        - orn:okta:directory:00o1n8mqnzQ7AkmKk5d6:groups:00gak46y5hydV6NdM0g4:contained_resources
    created:
      description: When it was made (ISO 8601); C(null) in check mode where it would be made.
      returned: always
      type: str
      sample: "2026-01-06T19:50:57.000Z"
groups:
  description: The groups of O(groups), in their order, as they were found; empty with O(state=absent).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: What the task calls it.
      returned: always
      type: str
      sample: Contractors
    id:
      description: Okta's id of the group.
      returned: always
      type: str
      sample: 00gak46y5hydV6NdM0g4
changes:
  description: What this run did, or would do, step by step.
  returned: success
  type: list
  elements: str
  sample: ["add orn:okta:directory:00o1n8mqnzQ7AkmKk5d6:users"]
created:
  description: Whether this run made it, or would.
  returned: success
  type: bool
  sample: true
left:
  description: Why it was left, a sentence; C(null) where it wasn't.
  returned: with O(only_unused), where it is there
  type: str
  sample: "The resource set Contractors (iamqggf48tVVJLAlU5d7) was left, since others use it: the user 00unwlw0tbo8E6aVj5d7."
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
