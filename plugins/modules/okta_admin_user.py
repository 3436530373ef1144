#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage a user with admin roles in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_admin_user
short_description: Manage a user with admin roles in Okta
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Creates a user with admin roles, such as the read-only admin who owns the API token for Rezonate, and deactivates it.
  - An API token has the permissions of the user who creates it. A person creates the token after signing in as this user.
  - O(email), O(first_name), O(last_name) and O(activate) apply to a new user only. Those of an existing user aren't changed.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.attributes.writer
  - rezonate.okta.okta
  - rezonate.okta.okta.writer
  - rezonate.okta.resource.only_unused
  - rezonate.okta.resource.role_assignment
seealso:
  - module: rezonate.okta.okta_api_token_info
  - name: Okta API, users
    description: The API that this module calls.
    link: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/
options:
  state:
    description:
      - V(present) creates the user if it is missing, and assigns the roles. The module fails if the user is suspended or deactivated.
      - V(absent) deactivates the user, which invalidates its API tokens. The user is never deleted, because that can't be undone.
        The module fails if the user owns the calling API token or, without O(exclusive), holds other roles than O(roles).
    type: str
    choices: [present, absent]
    default: present
  login:
    description:
      - The user's login, in the form of an email address. Without it, the user is found by O(id), and none is created.
    type: str
  id:
    description:
      - The id of an existing user. Without it, the user is found by O(login).
    type: str
  email:
    description:
      - Email address of a new user. Without it, O(login) is used.
    type: str
  first_name:
    description:
      - First name of a new user. Without it, no user can be created.
    type: str
  last_name:
    description:
      - Last name of a new user. Without it, no user can be created.
    type: str
  activate:
    description:
      - Whether a new user is activated. Okta then sends an email with a link to set a password.
        With V(false), the user is staged until a person activates it.
    type: bool
    default: true
  roles:
    description:
      - Types of the standard roles that the user must hold. Custom roles aren't managed here.
    type: list
    elements: str
    default: [READ_ONLY_ADMIN]
  exclusive:
    description:
      - With O(state=present), whether other roles than O(roles) are removed, including custom roles.
        The module fails if one of them is assigned by a group, or if the user owns the calling API token.
        Roles that are removed from a user who existed before are named in a warning, also in check mode, and returned as RV(removed).
      - With O(state=absent), whether the user is deactivated although it holds other roles.
    type: bool
    default: false
  keep_existing:
    description:
      - With O(state=present), whether a user who existed before, and isn't the one with O(created_id), is used without changes.
        If it lacks one of O(roles) or, with O(exclusive), holds others, the module fails.
    type: bool
    default: false
  created_id:
    description:
      - Id of a user that an earlier run created, and whose roles are therefore managed with O(keep_existing).
        Without it, only a user that this task creates is managed.
    type: str
  known_owner:
    description:
      - With O(only_unused), the login of the user who owns the one API token that doesn't count as used by others.
        Okta doesn't return which of an owner's tokens is which. Without it, every API token of the user counts.
    type: str
"""

EXAMPLES = r"""
- name: Create the user who owns the API token for Rezonate
  rezonate.okta.okta_admin_user:
    org_url: acme
    login: rezonate@acme.example
    email: identity-team@acme.example
    first_name: Rezonate
    last_name: Service user
    exclusive: true

- name: Deactivate the user, which invalidates its API tokens
  rezonate.okta.okta_admin_user:
    org_url: acme
    login: rezonate@acme.example
    state: absent

- name: Set the connection once for several tasks
  module_defaults:
    group/rezonate.okta.okta:
      org_url: https://acme.okta.com
      api_token: "{{ okta_api_token }}"
  block:
    - name: Deactivate the service user
      rezonate.okta.okta_admin_user:
        login: rezonate@acme.example
        state: absent

# In an AWX job, a credential of the type Okta API token supplies org_url and api_token by its environment.
- name: Give the service user read access only
  rezonate.okta.okta_admin_user:
    login: rezonate@acme.example
    roles: [READ_ONLY_ADMIN]
    exclusive: true
"""

RETURN = r"""
user:
  description: The user after the change, or as it would be; C(null) if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: The user's id; C(null) in check mode if the user would be created.
      returned: always
      type: str
      sample: 00urzf0guohXNzvc65d7
    login:
      description: The user's login.
      returned: always
      type: str
      sample: rezonate@acme.example
    email:
      description: The user's email address.
      returned: always
      type: str
      sample: identity-team@acme.example
    status:
      description: The status in Okta. A new user is V(PROVISIONED) until the link in Okta's email is followed.
      returned: always
      type: str
      sample: PROVISIONED
    created:
      description: Time of creation; C(null) in check mode if the user would be created.
      returned: always
      type: str
      sample: "2026-01-06T19:50:57.000Z"
    roles:
      description: The admin roles of the user. A custom role is shown as C(CUSTOM:role:resource set).
      returned: always
      type: list
      elements: str
      sample: [READ_ONLY_ADMIN]
removed:
  description: Roles that were removed, or would be.
  returned: success
  type: list
  elements: str
  sample: []
managed:
  description: Whether this task created the user, or would, or the user is the one with O(created_id).
  returned: success
  type: bool
  sample: true
created:
  description: Whether this task created the user, or would. A user that another run created at the same time doesn't count.
  returned: success
  type: bool
  sample: true
changes:
  description: The steps of the change, or of the change that would be made.
  returned: success
  type: list
  elements: str
  sample: [create rezonate@acme.example, assign the role READ_ONLY_ADMIN]
left:
  description: Why the user was not deactivated; C(null) if it was.
  returned: when O(only_unused=true) and the user exists
  type: str
  sample: "The user rezonate@acme.example (00unwlw0tbo8E6aVj5d7) was left unchanged, since others use it: it holds USER_ADMIN."
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import TENANT_OPTIONS, ModuleSpec
from ..module_utils._okta.connection import LIBRARIES, WRITER_OPTIONS
from ..module_utils._resources.admin_user import manage_admin_user

MODULE = ModuleSpec(
    options={
        **TENANT_OPTIONS,
        **WRITER_OPTIONS,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "login": {"type": "str"},
        "id": {"type": "str"},
        "email": {"type": "str"},
        "first_name": {"type": "str"},
        "last_name": {"type": "str"},
        "activate": {"type": "bool", "default": True},
        "roles": {"type": "list", "elements": "str", "default": ["READ_ONLY_ADMIN"]},
        "exclusive": {"type": "bool", "default": False},
        "keep_existing": {"type": "bool", "default": False},
        "created_id": {"type": "str"},
        "only_unused": {"type": "bool", "default": False},
        "known_owner": {"type": "str"},
    },
    run=manage_admin_user,
    needs=LIBRARIES,
    rules={"required_one_of": [["login", "id"]]},
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
