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
  - Proves that credentials work. It asks for an access token with the key of a service app,
    compares the scopes that Okta gave with those asked for, and reads something with it.
  - Changes nothing in the org, and does the same in check mode.
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.okta
  - rezonate.okta.okta.oauth
attributes:
  in_process:
    support: full
options:
  api_token:
    description:
      - Not used; taken so that the same C(module_defaults) do for all modules of the collection.
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
    type: list
    elements: str
    default: ["/api/v1/users?limit=1"]
  patience:
    description:
      - Seconds for which a read that is refused with 403 is tried again, since an admin role takes some seconds to arrive.
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
"""

RETURN = r"""
token_type:
  description: V(Bearer) or V(DPoP).
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
  description: What was read with it.
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
      description: The HTTP status of the answer.
      returned: always
      type: int
      sample: 200
access_token:
  description: The token.
  returned: when O(return_token=true)
  type: str
  sample: eyJraWQiOiJ...
"""

from ..module_utils._access_token import run
from ..module_utils._connection import CONNECTION_OPTIONS, LIBRARIES
from ..module_utils._module import run_module
from ..module_utils._spec import ModuleSpec

MODULE = ModuleSpec(
    options={
        **CONNECTION_OPTIONS,
        "endpoints": {"type": "list", "elements": "str", "default": ["/api/v1/users?limit=1"]},
        "patience": {"type": "int", "default": 30},
        "return_token": {"type": "bool", "default": False, "no_log": False},
    },
    run=run,
    needs=LIBRARIES,
    secret_returns=("access_token",),
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
