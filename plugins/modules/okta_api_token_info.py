#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell whose the calling credential is, what it may do, and how much an API token to be handed over may do."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_api_token_info
short_description: Tell whose a credential is, and what it may do
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Asks Okta who owns the API token, or which service app it is, that the module calls with, and which admin roles it holds.
  - A credential that may not even ask for its own roles is taken as no super admin.
  - Also looks at an API token that is to be handed over, O(inspect_token), so that it doesn't turn out to be the token of an admin
    who may do everything. Okta has no API that makes such a token; a person does, and it has the rights of that person.
  - How much that token may do is told exactly where a credential to call with is given, O(api_token) or O(client_id). Without one it is
    judged by what the token itself may do, since a read-only admin may not read role assignments.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.okta
  - rezonate.okta.okta.oauth
  - rezonate.okta.okta.credential
  - rezonate.okta.okta.scopes
attributes:
  in_process:
    support: full
options:
  require_super_admin:
    description:
      - Fail, with a sentence, unless the credential belongs to a super admin and, with O(client_id), its access token has all
        O(required_scopes).
    type: bool
    default: false
  required_scopes:
    description:
      - With O(client_id), the scopes that the calls to come need. They are asked for in the one access token, which Okta may give
        with fewer. An API token has no scopes of its own.
      - Without it, just the scope that this module needs is asked for, and none is missed.
    type: list
    elements: str
  inspect_token:
    description:
      - An API token to look at, such as the one that a person made for Rezonate. It must not be the one that calls.
      - A calling credential isn't needed for it, and the two are never sent for each other.
      - With O(client_id), the scope C(okta.apiTokens.read) is asked for too, unless O(scopes) says otherwise.
      - Without it, no other token is looked at.
    type: str
  endpoints:
    description:
      - Paths below the org to read with O(inspect_token), which proves that it works. The whole list of users or of apps proves nothing
        where it is empty, as it is for an owner without a role that covers it; then the module fails.
    type: list
    elements: str
    default: ["/api/v1/users?limit=1"]
  allow_privileged:
    description:
      - Accept an O(inspect_token) whose owner holds other roles than V(READ_ONLY_ADMIN). Otherwise such a token is a failure.
    type: bool
    default: false
  expected_owner:
    description:
      - Login or id of the user to whom O(inspect_token) should belong. A token of another user makes a warning
        and RV(inspected.other_owner).
      - Without it, any owner will do.
    type: str
"""

EXAMPLES = r"""
- name: Make sure that the token may onboard the tenant
  rezonate.okta.okta_api_token_info:
    org_url: acme
    api_token: "{{ okta_api_token }}"
    require_super_admin: true

- name: Make sure that the service app may onboard the tenant, and was granted all that it takes
  rezonate.okta.okta_api_token_info:
    org_url: acme
    client_id: 0oas92c5r8A1EQacI5d7
    private_key: "{{ lookup('ansible.builtin.file', '~/bootstrap.pem') }}"
    required_scopes:
      - okta.apps.manage
      - okta.appGrants.manage
      - okta.roles.manage
    require_super_admin: true

- name: Make sure that the token to be handed over may read, and nothing more
  rezonate.okta.okta_api_token_info:
    org_url: acme
    api_token: "{{ okta_api_token }}"
    inspect_token: "{{ readonly_api_token }}"
"""

RETURN = r"""
caller:
  description: The calling credential; C(null) where only O(inspect_token) is given.
  returned: success
  type: dict
  contains:
    kind:
      description: V(api_token) or V(service_app).
      returned: always
      type: str
      sample: api_token
    id:
      description: Id of the token's owner, or of the app.
      returned: always
      type: str
      sample: 00unwlw0tbo8E6aVj5d7
    name:
      description: Login of the token's owner, or the app's client id.
      returned: always
      type: str
      sample: admin@acme.example
    roles:
      description: Types of its admin roles; C(null) where it may not ask.
      returned: always
      type: list
      elements: str
      sample: [SUPER_ADMIN]
    scopes:
      description: With O(client_id), the scopes of its access token; C(null) with O(api_token), which has none.
      returned: always
      type: list
      elements: str
      sample: [okta.appGrants.manage, okta.apps.manage, okta.roles.manage, okta.roles.read]
    is_super_admin:
      description: Whether it holds the super admin role.
      returned: always
      type: bool
      sample: true
would_fail:
  description:
    - Which of onboarding's calls would fail with the calling credential, and why, a sentence each. Empty where none would.
    - A scope is missed only where O(required_scopes) names it.
  returned: success
  type: list
  elements: str
  sample: ["Granting scopes (POST /api/v1/apps/{id}/grants) would fail: only a super admin may, and the caller holds APP_ADMIN."]
inspected:
  description: What was found out about O(inspect_token); C(null) without that.
  returned: success
  type: dict
  contains:
    owner:
      description: Whose token it is.
      returned: always
      type: dict
      contains:
        id:
          description: The user's id.
          returned: always
          type: str
          sample: 00urzf0guohXNzvc65d7
        login:
          description: The user's login.
          returned: always
          type: str
          sample: rezonate@acme.example
    roles:
      description: The owner's admin roles, a custom one as C(CUSTOM:role:resource set); C(null) where nobody may read them.
      returned: always
      type: list
      elements: str
      sample: [READ_ONLY_ADMIN]
    exact:
      description: Whether Okta told the roles. Otherwise RV(inspected.privileged) is judged by what the token may do.
      returned: always
      type: bool
      sample: true
    privileged:
      description: Whether the token may do more than read, as far as can be told.
      returned: always
      type: bool
      sample: false
    tokens:
      description:
        - The owner's API tokens. Okta doesn't tell which of several is the one that was looked at.
        - C(null) where the calling credential may not read them, or there is none.
      returned: always
      type: list
      elements: dict
      contains:
        id:
          description: The token's id.
          returned: always
          type: str
          sample: 00T45yrcisQjYlxJr5d7
        name:
          description: The token's name.
          returned: always
          type: str
          sample: Rezonate
        user_id:
          description: Id of its owner.
          returned: always
          type: str
          sample: 00urzf0guohXNzvc65d7
        created:
          description: When it was made.
          returned: always
          type: str
          sample: "2025-12-17T05:30:24.000Z"
        expires_at:
          description: When it dies, unless it is used before.
          returned: always
          type: str
          sample: "2026-01-16T06:23:05.000Z"
        network:
          description: From where it may be used; the zones in C(include) and C(exclude) are ids.
          returned: always
          type: dict
          sample: {"connection": "ANYWHERE"}
    proved:
      description: What was read with it.
      returned: always
      type: list
      elements: dict
      contains:
        method:
          description: The HTTP method.
          returned: always
          type: str
          sample: GET
        path:
          description: The path, as in O(endpoints).
          returned: always
          type: str
          sample: /api/v1/users?limit=1
        status:
          description: The HTTP status.
          returned: always
          type: int
          sample: 200
    other_owner:
      description: Whether O(expected_owner) is given and the token belongs to another user.
      returned: always
      type: bool
      sample: false
    verdict:
      description: What it comes to, in one sentence.
      returned: always
      type: str
      sample: The token's owner rezonate@acme.example holds READ_ONLY_ADMIN and nothing more.
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import TENANT_OPTIONS, ModuleSpec
from ..module_utils._okta.connection import CONNECTION_OPTIONS, LIBRARIES
from ..module_utils._resources.api_token_info import run_info

MODULE = ModuleSpec(
    options={
        **TENANT_OPTIONS,
        **CONNECTION_OPTIONS,
        "require_super_admin": {"type": "bool", "default": False},
        "required_scopes": {"type": "list", "elements": "str"},
        "inspect_token": {"type": "str", "no_log": True},
        "endpoints": {"type": "list", "elements": "str", "default": ["/api/v1/users?limit=1"]},
        "allow_privileged": {"type": "bool", "default": False},
        "expected_owner": {"type": "str"},
    },
    run=run_info,
    needs=LIBRARIES,
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
