#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the owner and the permissions of the calling credential, and of an API token for Rezonate."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_api_token_info
short_description: Read the owner and the permissions of a credential
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Reads who owns the calling API token, or which service app calls, and which admin roles it holds.
  - A credential that isn't allowed to read its own roles is treated as no super admin.
  - Also inspects an API token that is intended for Rezonate, O(inspect_token), to detect one that can do more than read. Okta has no API
    to create such a token. It has the permissions of the person who creates it.
  - The roles of that token's owner are read with the calling credential, O(api_token) or O(client_id). Without one, they are inferred
    from what the token itself can read, because a read-only admin can't read role assignments.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.okta
seealso:
  - module: rezonate.okta.okta_api_token
  - name: Okta API, API tokens
    description: The API that this module calls.
    link: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApiToken/
options:
  require_super_admin:
    description:
      - Whether the module fails unless the credential belongs to a super admin and, with O(client_id), its access token has all
        O(required_scopes).
    type: bool
    default: false
  required_scopes:
    description:
      - With O(client_id), the scopes that later calls need. They are requested in the same access token, and RV(would_fail) names those
        that are missing. An API token has no scopes of its own.
      - Without it, only the scopes that this module needs are requested.
    type: list
    elements: str
  inspect_token:
    description:
      - An API token to inspect, such as one that a person created for Rezonate. It must not be the calling one.
      - It doesn't require a calling credential. No request is sent with one of the two in place of the other.
      - With O(client_id), the scope C(okta.apiTokens.read) is requested too, unless O(scopes) is set.
      - Without it, only the calling credential is read.
    type: str
  endpoints:
    description:
      - Paths below the org to read with O(inspect_token), to verify it. An empty list of all users or all apps in the response fails the
        module, because Okta also returns it to an owner without a role that covers them.
    type: list
    elements: str
    default: ["/api/v1/users?limit=1"]
  allow_privileged:
    description:
      - Whether the owner of O(inspect_token) can hold other roles than V(READ_ONLY_ADMIN). With V(false), the module then fails.
    type: bool
    default: false
  expected_owner:
    description:
      - Login or id of the user who should own O(inspect_token). If another user owns it, the module warns and returns
        RV(inspected.other_owner).
      - Without it, any owner is accepted.
    type: str
"""

EXAMPLES = r"""
- name: Verify that the token can onboard the tenant
  rezonate.okta.okta_api_token_info:
    org_url: acme
    api_token: "{{ okta_api_token }}"
    require_super_admin: true

- name: Verify that the service app can onboard the tenant, and has all required scopes
  rezonate.okta.okta_api_token_info:
    org_url: acme
    client_id: 0oas92c5r8A1EQacI5d7
    private_key: "{{ lookup('ansible.builtin.file', '~/bootstrap.pem') }}"
    required_scopes:
      - okta.apps.manage
      - okta.appGrants.manage
      - okta.roles.manage
    require_super_admin: true

- name: Verify that the token for Rezonate can only read
  rezonate.okta.okta_api_token_info:
    org_url: acme
    api_token: "{{ okta_api_token }}"
    inspect_token: "{{ readonly_api_token }}"

- name: Set the connection once for several tasks
  module_defaults:
    group/rezonate.okta.okta:
      org_url: https://acme.okta.com
      api_token: "{{ okta_api_token }}"
  block:
    - name: Verify that the token belongs to a super administrator
      rezonate.okta.okta_api_token_info:
        require_super_admin: true

# In an AWX job, a credential of the type Okta API token supplies org_url and api_token by its environment.
- name: Read whose token the job has
  rezonate.okta.okta_api_token_info:
    require_super_admin: false
"""

RETURN = r"""
caller:
  description: The calling credential; C(null) if only O(inspect_token) is given.
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
      description: Types of its admin roles; C(null) if it isn't allowed to read them.
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
    - The requests of onboarding that would fail with the calling credential, with the reasons; empty if none would.
    - Missing scopes are only listed if O(required_scopes) names them.
  returned: success
  type: list
  elements: str
  sample: ["Granting scopes (POST /api/v1/apps/{id}/grants) would fail: it requires a super admin, and the caller holds APP_ADMIN."]
inspected:
  description: The findings about O(inspect_token); C(null) without it.
  returned: success
  type: dict
  contains:
    owner:
      description: The token's owner.
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
      description: The owner's admin roles, custom ones as C(CUSTOM:role:resource set); C(null) if they can't be read.
      returned: always
      type: list
      elements: str
      sample: [READ_ONLY_ADMIN]
    exact:
      description: Whether the roles were read. If not, RV(inspected.privileged) is inferred from what the token can read.
      returned: always
      type: bool
      sample: true
    privileged:
      description: Whether the token can do more than read, as far as is known.
      returned: always
      type: bool
      sample: false
    tokens:
      description:
        - The owner's API tokens. Okta doesn't return which of several is O(inspect_token).
        - C(null) if there is no calling credential, or it isn't allowed to read them.
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
          description: Id of the token's owner.
          returned: always
          type: str
          sample: 00urzf0guohXNzvc65d7
        created:
          description: Time of creation.
          returned: always
          type: str
          sample: "2025-12-17T05:30:24.000Z"
        expires_at:
          description: When the token expires unless it is used before.
          returned: always
          type: str
          sample: "2026-01-16T06:23:05.000Z"
        network:
          description: Networks from which the token can be used, with ids of zones in C(include) and C(exclude).
          returned: always
          type: dict
          sample: {"connection": "ANYWHERE"}
    proved:
      description: The reads with the token that succeeded.
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
      description: Whether O(expected_owner) is given and another user owns the token.
      returned: always
      type: bool
      sample: false
    verdict:
      description: The findings in one sentence.
      returned: always
      type: str
      sample: The token's owner rezonate@acme.example holds READ_ONLY_ADMIN and nothing more.
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import TENANT_OPTIONS, ModuleSpec
from ..module_utils._okta.connection import CONNECTION_OPTIONS, LIBRARIES
from ..module_utils._resources.api_token_info import inspect_credentials

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
    run=inspect_credentials,
    needs=LIBRARIES,
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
