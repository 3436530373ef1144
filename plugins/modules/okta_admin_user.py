#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look after a user with admin roles in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_admin_user
short_description: Look after a user with admin roles in Okta
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Makes a user with admin roles, such as the read-only admin to whom an API token for Rezonate is to belong, and deactivates it.
  - An API token has the rights of the user who made it, so the token is made by a person who signs in as this user.
  - While another request changes role assignments in Okta, a change is repeated for 30 seconds at most. A role that Okta calls assigned
    already counts as assigned once the assignments, read again, show it.
  - Only a super admin may assign admin roles.
  - Only what is needed to make the user is taken from O(email), O(first_name), O(last_name) and O(activate);
    those of a user who is there already stay as they are.
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
      - V(present) makes the user, unless it is there, and assigns the roles. A user who is suspended or deactivated is a failure.
      - V(absent) deactivates the user, which ends its API tokens. It is never deleted for good, which can't be taken back.
        Refused are the user who owns the calling API token and, without O(exclusive), a user with other roles than O(roles).
    type: str
    choices: [present, absent]
    default: present
  login:
    description:
      - The user's login, in the form of an email address. It finds the user, and a new one gets it.
        Without it, O(id) says which user is meant.
    type: str
  id:
    description:
      - The user's id. It finds a user, but makes none. Without it, the user is found by O(login).
    type: str
  email:
    description:
      - Where Okta sends its messages to a new user. Without it, O(login).
    type: str
  first_name:
    description:
      - Given name of a new user. Without it, none can be made.
    type: str
  last_name:
    description:
      - Family name of a new user. Without it, none can be made.
    type: str
  activate:
    description:
      - Whether a new user is activated, by which Okta mails it a link to set a password.
        Otherwise it is staged, until a person activates it.
    type: bool
    default: true
  roles:
    description:
      - Types of the standard roles that the user is to hold. Custom roles aren't looked after here.
    type: list
    elements: str
    default: [READ_ONLY_ADMIN]
  exclusive:
    description:
      - With O(state=present), whether roles that aren't meant are taken away, custom ones among them.
        One that the user holds by a group is a failure, since it can't be taken away here; so is one of the user whose API token calls.
        Roles that are taken from a user who was there before are named in a warning, in check mode too, and returned as RV(removed).
      - With O(state=absent), whether the user is deactivated although it holds other roles.
    type: bool
    default: false
  keep_existing:
    description:
      - With O(state=present), whether a user who was there before, and isn't the one with O(created_id), is used exactly as it is.
        No role is assigned or removed. Where it lacks one of O(roles) or, with O(exclusive), holds others, the module fails
        and changes nothing.
    type: bool
    default: false
  created_id:
    description:
      - Id of a user that an earlier run created, and whose roles are therefore managed. Without it, only a user that this task creates is.
    type: str
  only_unused:
    description:
      - Only with O(state=absent). A user that others use by then is left, and RV(left) says so. That Okta refuses to delete it likewise.
      - Without it, whatever uses it isn't asked.
    type: bool
    default: false
  known_owner:
    description:
      - For O(only_unused), the login of the user who owns the one API token that is known and needn't be spared.
        Okta doesn't say which of an owner's tokens is which. Without it, any API token of the user belongs to others.
    type: str
"""

EXAMPLES = r"""
- name: Make the user to whom the API token for Rezonate is to belong
  rezonate.okta.okta_admin_user:
    org_url: acme
    login: rezonate@acme.example
    email: identity-team@acme.example
    first_name: Rezonate
    last_name: Service user
    exclusive: true

- name: Deactivate it, and with it its API tokens
  rezonate.okta.okta_admin_user:
    org_url: acme
    login: rezonate@acme.example
    state: absent
"""

RETURN = r"""
user:
  description: The user as it is now, or would be; C(null) where there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Its id; C(null) in check mode, where it would be made.
      returned: always
      type: str
      sample: 00urzf0guohXNzvc65d7
    login:
      description: Its login.
      returned: always
      type: str
      sample: rezonate@acme.example
    email:
      description: Its email address.
      returned: always
      type: str
      sample: identity-team@acme.example
    status:
      description: What Okta says of it. A new user is V(PROVISIONED) until somebody follows the link that Okta mails.
      returned: always
      type: str
      sample: PROVISIONED
    created:
      description: When it was made; C(null) in check mode, where it would be made.
      returned: always
      type: str
      sample: "2026-01-06T19:50:57.000Z"
    roles:
      description: The admin roles that it holds. A custom one reads C(CUSTOM:role:resource set).
      returned: always
      type: list
      elements: str
      sample: [READ_ONLY_ADMIN]
removed:
  description: Roles that were taken from it, or would be.
  returned: success
  type: list
  elements: str
  sample: []
managed:
  description: Whether this run made the user, or would, or it is the one with O(created_id).
  returned: success
  type: bool
  sample: true
created:
  description: Whether this run made it, or would. A user that somebody else made at the same time isn't.
  returned: success
  type: bool
  sample: true
changes:
  description: What this run did, or would do, step by step.
  returned: success
  type: list
  elements: str
  sample: [create rezonate@acme.example, assign the role READ_ONLY_ADMIN]
left:
  description: Why it was left, a sentence; C(null) where it wasn't.
  returned: with O(only_unused), where it is there
  type: str
  sample: "The user rezonate@acme.example (00unwlw0tbo8E6aVj5d7) was left, since others use it: it holds USER_ADMIN."
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
