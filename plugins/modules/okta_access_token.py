#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mint an access token in Okta and try it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_access_token
short_description: Mint an access token in Okta and try it
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Proves that credentials work. It asks for an access token with the key of a service app or the secret of an
    API service integration, compares the scopes that Okta gave with those asked for, and tries the token.
  - Changes nothing in the org. In check mode it does the same, but that O(probes) aren't sent.
  - An app that is limited to network zones gets no token outside them. The result has failed then, and its C(okta.error_code) is
    V(access_denied), by which a playbook can tell that the credentials may be good all the same.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.okta
  - rezonate.okta.okta.oauth
attributes:
  check_mode:
    support: partial
    details:
      - This module changes nothing, whatever the mode. O(probes) aren't sent in check mode.
  in_process:
    support: full
options:
  api_token:
    description:
      - Not used; taken so that the same C(module_defaults) do for all modules of the collection.
    type: str
  client_secret:
    description:
      - Secret of an API service integration, whose client id is O(client_id). Without it, O(private_key) is used.
      - It goes before what the environment says of a key.
    type: str
  scopes:
    description:
      - Scopes to ask for. The module fails if Okta gives a token without one of them.
      - Without it, those of the environment variable E(OKTA_CLIENT_SCOPES). One of the two is needed.
    type: list
    elements: str
  endpoints:
    description:
      - Paths below the org to read with the token. An empty list reads nothing.
      - The whole list of users or of apps proves nothing where it is empty, as it is for an app without a role that covers it.
    type: list
    elements: str
    default: ["/api/v1/users?limit=1"]
  probes:
    description:
      - Calls that Okta is to refuse for I(what) they ask, such as a change of a user who doesn't exist. From an app whose
        admin role doesn't cover it, such a call is refused for I(who) asks (403). So a probe proves that a role works,
        without acting on anybody. Without it, nothing is probed.
      - The answers 400, 404 and 409 prove the role. 403 fails the module when O(patience) is over. Success fails it too,
        for then Okta did what was asked; choose a probe that can't succeed.
      - Mind the path. To one that it doesn't have at all, Okta answers 404 whatever the role.
      - A role that is limited to a resource set needs a probe inside the set, such as a group of it and a body that Okta refuses.
      - They are sent after O(endpoints) were read, in their order, and not at all in check mode.
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
        description: What is sent as JSON. Without it, the call has no body.
        type: dict
  coverage:
    description:
      - Reads that show which scopes are usable with the admin roles that the app holds. RV(coverage) says what came of each; none of
        them fails the module. They are sent side by side, beside O(endpoints).
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
        description: Whether an empty list means that the app is shown nothing, since every org has at least one.
        type: bool
        default: false
  patience:
    description:
      - Seconds for which what is refused with 403, or answered with an empty list of users or apps, is tried again, since an admin role
        takes some seconds to arrive.
    type: int
    default: 30
  return_token:
    description:
      - Whether RV(access_token) is returned. The result hides itself then.
        In a loop, ansible-core before 2.19 doesn't hide it, so a task with a loop needs C(no_log=true) there.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Prove that the credentials work
  rezonate.okta.okta_access_token:
    org_url: acme
    client_id: 0oas92c5r8A1EQacI5d7
    private_key: "{{ rezonate_key.private_key }}"
    scopes:
      - okta.users.read

- name: Prove that the app may change users, without changing one
  rezonate.okta.okta_access_token:
    org_url: acme
    client_id: 0oas92c5r8A1EQacI5d7
    private_key: "{{ rezonate_key.private_key }}"
    dpop: true
    scopes:
      - okta.users.manage
    probes:
      # no user has this id: 404 where the role covers it, 403 where it doesn't
      - method: POST
        path: /api/v1/users/00u00000000000000000
        body:
          profile: {}

- name: Prove that the secret of an API service integration works
  rezonate.okta.okta_access_token:
    org_url: acme
    client_id: 0oab4hyd7n3QxGzJp5d7
    client_secret: "{{ rezonate_client_secret }}"
    scopes:
      - okta.users.read
"""

RETURN = r"""
token_type:
  description: V(Bearer), or V(DPoP) where the token is bound to the key that O(dpop=true) made.
  returned: success
  type: str
  sample: Bearer
scopes:
  description: The scopes that the token was given for.
  returned: success
  type: list
  elements: str
  sample: [okta.users.read]
expires_in:
  description: Seconds that it lives.
  returned: success
  type: int
  sample: 3600
proved:
  description: What was read with it, and then the probes that Okta refused as it should.
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
      description: The HTTP status of the answer; C(null) for a probe in check mode, which isn't sent.
      returned: always
      type: int
      sample: 200
coverage:
  description: What came of each read of O(coverage), in its order.
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
        - V(usable), V(empty) (200 and nothing where there must be something), V(refused_by_role), V(refused_by_scope),
          V(feature_not_available), or V(unknown) where no readable answer came.
      returned: always
      type: str
      sample: usable
    answer:
      description: The HTTP status of the answer, and the code of an error; C(null) where none came.
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
