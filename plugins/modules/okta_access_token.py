#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Issue an access token in Okta and verify it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_access_token
short_description: Issue an access token in Okta and verify it
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Verifies credentials. It requests an access token with the key of a service app or the client secret of an
    API service integration, compares the scopes of the token with those requested, and reads with the token.
  - Changes nothing in the org. In check mode it does the same, except that O(probes) aren't sent.
  - An app that is limited to network zones gets no token outside them. The module then fails with C(okta.error_code)
    V(access_denied), which doesn't mean that the credentials are invalid.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.okta
attributes:
  check_mode:
    support: partial
    details:
      - This module changes nothing in any mode. O(probes) aren't sent in check mode.
seealso:
  - module: rezonate.okta.okta_service_app
  - name: Okta, implement OAuth for Okta with a service app
    description: How a service app gets an access token.
    link: https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/
options:
  api_token:
    description:
      - Accepted for C(module_defaults) that the action group shares. It has no effect in this module.
  client_secret:
    description:
      - Client secret of the API service integration whose client id is O(client_id). Without it, O(private_key) is used.
      - It takes precedence over a key from the environment.
    type: str
  scopes:
    description:
      - Scopes to request. The module fails if the token lacks one of them.
      - Without it, those of the environment variable E(OKTA_CLIENT_SCOPES) are requested. One of the two is required.
  endpoints:
    description:
      - Paths below the org to read with the token. An empty list reads nothing.
      - An empty list of all users or all apps in the response fails the module, because Okta also returns it to an app without a role
        that covers them.
    type: list
    elements: str
    default: ["/api/v1/users?limit=1"]
  probes:
    description:
      - Requests that Okta refuses because of I(what) they ask for, such as a change of a user who doesn't exist. If the app's
        admin role doesn't cover such a request, Okta refuses it because of I(who) asks (403). A probe thus verifies a role
        without changing anything. Without it, nothing is probed.
      - The responses 400, 404 and 409 verify the role. After 403 the probe is repeated until O(patience) is over; then the module fails.
        Success also fails the module, because Okta has done what was asked. Choose a probe that can't succeed.
      - To a path that doesn't exist, Okta responds 404 whatever the role.
      - For a role that is limited to a resource set, use a probe inside the set, such as one of its groups with a body that Okta refuses.
      - Probes are sent in their order after O(endpoints) were read, and never in check mode.
    type: list
    elements: dict
    default: []
    suboptions:
      method:
        description: The HTTP method.
        type: str
        choices: [POST, PUT, DELETE]
        required: true
      path:
        description: The path below the org.
        type: str
        required: true
      body:
        description: The JSON body. Without it, the request has no body.
        type: dict
  coverage:
    description:
      - Reads that show which scopes are usable with the admin roles that the app holds. RV(coverage) returns their results; none of
        them fails the module. They are sent concurrently with O(endpoints).
      - Without it, nothing more is read.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: The path below the org, such as V(/api/v1/groups?limit=1).
        type: str
        required: true
      never_empty:
        description: Whether an empty list means that the app can't see any entry, because every org has at least one.
        type: bool
        default: false
  patience:
    description:
      - Seconds for which a request is repeated that Okta refuses with 403 or answers with an empty list of users or apps, because a new
        admin role takes some seconds to take effect.
    type: int
    default: 30
  return_token:
    description:
      - Whether RV(access_token) is returned. The result is then hidden in all output.
        In a loop, ansible-core before 2.19 doesn't hide it; set C(no_log=true) on such a task.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Verify the credentials of a service app
  rezonate.okta.okta_access_token:
    org_url: acme
    client_id: 0oas92c5r8A1EQacI5d7
    private_key: "{{ rezonate_key.private_key }}"
    scopes:
      - okta.users.read

- name: Verify that the app can change users, without changing one
  rezonate.okta.okta_access_token:
    org_url: acme
    client_id: 0oas92c5r8A1EQacI5d7
    private_key: "{{ rezonate_key.private_key }}"
    dpop: true
    scopes:
      - okta.users.manage
    probes:
      # no user has this id: 404 if the role covers it, 403 if it doesn't
      - method: POST
        path: /api/v1/users/00u00000000000000000
        body:
          profile: {}

- name: Verify the client secret of an API service integration
  rezonate.okta.okta_access_token:
    org_url: acme
    client_id: 0oab4hyd7n3QxGzJp5d7
    client_secret: "{{ rezonate_client_secret }}"
    scopes:
      - okta.users.read

- name: Set the connection once for several tasks
  module_defaults:
    group/rezonate.okta.okta:
      org_url: https://acme.okta.com
      api_token: "{{ okta_api_token }}"
  block:
    - name: Verify the credentials, for one org after the other
      rezonate.okta.okta_access_token:
        client_id: 0oas92c5r8A1EQacI5d7
        private_key: "{{ rezonate_key.private_key }}"
        scopes: [okta.users.read]

# In an AWX job, after vault_vars_file decrypted the credential of the type Rezonate credentials.
- name: Verify the credentials that the job decrypted
  rezonate.okta.okta_access_token:
    org_url: acme
    client_id: "{{ opened.variables.rezonate_credentials.application_id }}"
    private_key: "{{ opened.variables.rezonate_credentials.private_key }}"
    scopes: [okta.users.read]
"""

RETURN = r"""
token_type:
  description: V(Bearer), or V(DPoP) with O(dpop=true).
  returned: success
  type: str
  sample: Bearer
scopes:
  description: The scopes of the token.
  returned: success
  type: list
  elements: str
  sample: [okta.users.read]
expires_in:
  description: Seconds until the token expires.
  returned: success
  type: int
  sample: 3600
proved:
  description: The reads that succeeded, followed by the probes that Okta refused as expected.
  returned: success
  type: list
  elements: dict
  contains:
    method:
      description: The HTTP method.
      returned: always
      type: str
      sample: GET
    path:
      description: The path.
      returned: always
      type: str
      sample: /api/v1/users?limit=1
    status:
      description: The HTTP status of the response; C(null) for a probe in check mode, which isn't sent.
      returned: always
      type: int
      sample: 200
coverage:
  description: The result of each read of O(coverage), in its order.
  returned: when O(coverage) is given
  type: list
  elements: dict
  contains:
    path:
      description: The path.
      returned: always
      type: str
      sample: /api/v1/groups?limit=1
    status:
      description:
        - V(usable), V(empty) (200 and an empty list where every org has an entry), V(refused_by_role), V(refused_by_scope),
          V(feature_not_available), or V(unknown) without a readable response.
      returned: always
      type: str
      sample: usable
    answer:
      description: The HTTP status of the response, with the code of an error; C(null) without a response.
      returned: always
      type: str
      sample: 403 E0000006
access_token:
  description: The token.
  returned: when O(return_token=true)
  type: str
  sample: eyJraWQiOiJ...
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import TENANT_OPTIONS, ModuleSpec
from ..module_utils._okta.connection import CONNECTION_OPTIONS, LIBRARIES
from ..module_utils._resources.access_token import issue_access_token

MODULE = ModuleSpec(
    options={
        **TENANT_OPTIONS,
        **CONNECTION_OPTIONS,
        "client_secret": {"type": "str", "no_log": True},
        "endpoints": {"type": "list", "elements": "str", "default": ["/api/v1/users?limit=1"]},
        "probes": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "method": {"type": "str", "choices": ["POST", "PUT", "DELETE"], "required": True},
                "path": {"type": "str", "required": True},
                "body": {"type": "dict"},
            },
        },
        "coverage": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {"path": {"type": "str", "required": True}, "never_empty": {"type": "bool", "default": False}},
        },
        "patience": {"type": "int", "default": 30},
        "return_token": {"type": "bool", "default": False, "no_log": False},
    },
    run=issue_access_token,
    needs=LIBRARIES,
    secret_returns=("access_token",),
    rules={"mutually_exclusive": [["client_secret", "private_key"]]},
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
