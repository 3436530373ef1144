#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell whose the calling credential is, and what it may do."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_api_token_info
short_description: Tell whose the calling credential is, and what it may do
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Asks Okta who owns the API token, or which service app it is, that the module calls with, and which admin roles it holds.
  - A credential that may not even ask for its own roles is taken as no super admin.
extends_documentation_fragment:
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
      - Fail, with a sentence, unless the credential belongs to a super admin.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Make sure that the token may onboard the tenant
  rezonate.okta.okta_api_token_info:
    org_url: acme
    api_token: "{{ okta_api_token }}"
    require_super_admin: true
"""

RETURN = r"""
caller:
  description: The calling credential.
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
    is_super_admin:
      description: Whether it holds the super admin role.
      returned: always
      type: bool
      sample: true
"""

from ..module_utils._api_token import run_info
from ..module_utils._connection import CONNECTION_OPTIONS, LIBRARIES
from ..module_utils._module import run_module
from ..module_utils._spec import ModuleSpec

MODULE = ModuleSpec(
    options={
        **CONNECTION_OPTIONS,
        "require_super_admin": {"type": "bool", "default": False},
    },
    run=run_info,
    needs=LIBRARIES,
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
