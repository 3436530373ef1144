#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look after a custom admin role in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_custom_role
short_description: Look after a custom admin role in Okta
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Creates, changes and deletes a custom admin role. It holds exactly the permissions that the task names.
  - A custom role does nothing until it is assigned together with a resource set, see M(rezonate.okta.okta_client_role).
  - Conditions that somebody put on a permission by other means are left alone.
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
  - module: rezonate.okta.okta_resource_set
  - module: rezonate.okta.okta_client_role
options:
  state:
    description:
      - V(present) makes the role where it is missing, V(absent) deletes it.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - The role's id. Where the org has no such role, the module fails, unless O(state=absent).
      - Without it, the role is found by O(label).
    type: str
  label:
    description:
      - The role's label, which no other role of the org has. With O(id), the role is renamed to it.
      - Without it, O(id) is needed, and the role keeps its label.
    type: str
  description:
    description:
      - What the role is for.
      - Without it, an existing role keeps its description, and a new one says that it is managed by Ansible, since Okta wants one.
    type: str
  permissions:
    description:
      - The permissions that the role holds, such as V(okta.users.manage). Others are taken away.
        Only their form is checked, for Okta adds new ones all the time.
      - Needed with O(state=present). With O(only_unused), a role that holds others than these is left.
    type: list
    elements: str
  only_unused:
    description:
      - Only with O(state=absent). A role that others use by then is left, and RV(left) says so. That Okta refuses to delete it likewise.
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
      - Whether the play has just seen that no role has this O(label). It is made without another look. With O(id), it makes no difference.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Have a role that may change users and groups
  rezonate.okta.okta_custom_role:
    org_url: acme
    label: Rezonate remediation
    permissions:
      - okta.users.manage
      - okta.groups.manage
  register: remediation_role

- name: Delete it
  rezonate.okta.okta_custom_role:
    org_url: acme
    label: Rezonate remediation
    state: absent
"""

RETURN = r"""
role:
  description: The role as it is now, or would be; C(null) where there is none.
  returned: success
  type: dict
  contains:
    id:
      description:
        - Okta's id of the role, which M(rezonate.okta.okta_client_role) takes; C(null) in check mode where it would be made.
      returned: always
      type: str
      sample: cr0qeufik1K9u9Ssg5d7
    label:
      description: The role's label.
      returned: always
      type: str
      sample: Rezonate remediation
    description:
      description: What the role is for.
      returned: always
      type: str
      sample: Managed by Ansible.
    permissions:
      description: The permissions that it holds, sorted.
      returned: always
      type: list
      elements: str
      sample: [okta.groups.manage, okta.users.manage]
    created:
      description: When it was made (ISO 8601); C(null) in check mode where it would be made.
      returned: always
      type: str
      sample: "2026-01-06T19:50:57.000Z"
changes:
  description: What this run did, or would do, step by step.
  returned: success
  type: list
  elements: str
  sample: [replace description, add okta.groups.manage, remove okta.apps.manage]
created:
  description: Whether this run made it, or would.
  returned: success
  type: bool
  sample: true
left:
  description: Why it was left, a sentence; C(null) where it wasn't.
  returned: with O(only_unused), where it is there
  type: str
  sample: "The custom role Rezonate remediation (cr0qeufik1K9u9Ssg5d7) was left, since others use it: the user 00unwlw0tbo8E6aVj5d7."
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
