#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Revoke an API token in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_api_token
short_description: Revoke an API token in Okta
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Revokes an API token, the calling one or another. Okta has no API to create one.
  - Revocation can't be undone. With O(current), it must be the last step of a run, because later calls have no credential.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.attributes.writer
  - rezonate.okta.okta
  - rezonate.okta.okta.writer
seealso:
  - module: rezonate.okta.okta_api_token_info
  - name: Okta API, API tokens
    description: The API that this module calls.
    link: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApiToken/
options:
  state:
    description:
      - V(absent) revokes the token.
    type: str
    choices: [absent]
    required: true
  current:
    description:
      - Whether to revoke the API token that the module calls with. Exactly one of O(current), O(id) and O(name) is required.
      - A token that Okta refuses counts as revoked already. A warning says so, because a mistyped token is refused too.
    type: bool
    default: false
  id:
    description:
      - Id of the token to revoke, which can be the calling one. Without it, O(current) or O(name) is required.
    type: str
  name:
    description:
      - Name of the token to revoke. If several tokens have it, the module fails and lists them.
        Without it, O(current) or O(id) is required.
    type: str
"""

EXAMPLES = r"""
- name: Revoke the token that was created for onboarding, as the last step
  rezonate.okta.okta_api_token:
    org_url: acme
    api_token: "{{ okta_api_token }}"
    state: absent
    current: true

- name: Revoke a token that has been replaced
  rezonate.okta.okta_api_token:
    org_url: acme
    state: absent
    name: Rezonate 2025

- name: Set the connection once for several tasks
  module_defaults:
    group/rezonate.okta.okta:
      org_url: https://acme.okta.com
      api_token: "{{ okta_api_token }}"
  block:
    - name: Revoke the token of last year
      rezonate.okta.okta_api_token:
        name: Rezonate 2025
        state: absent

# In an AWX job, a credential of the type Okta API token supplies org_url and api_token by its environment.
- name: Revoke the token of the job, as its last step
  rezonate.okta.okta_api_token:
    current: true
    state: absent
"""

RETURN = r"""
tokens:
  description: The tokens that were revoked, or would be; empty if there was nothing to revoke.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The token's id; C(null) with O(current), because Okta doesn't return which token calls.
      returned: always
      type: str
      sample: 00T45yrcisQjYlxJr5d7
    name:
      description: The token's name; C(null) with O(current).
      returned: always
      type: str
      sample: Rezonate
    user_id:
      description: Id of the token's owner.
      returned: always
      type: str
      sample: 00urzf0guohXNzvc65d7
    created:
      description: Time of creation; C(null) with O(current).
      returned: always
      type: str
      sample: "2025-12-17T05:30:24.000Z"
    expires_at:
      description: When the token would have expired without further use; C(null) with O(current).
      returned: always
      type: str
      sample: "2026-01-16T06:23:05.000Z"
    network:
      description: Networks from which the token can be used, with ids of zones in C(include) and C(exclude); empty with O(current).
      returned: always
      type: dict
      sample: {"connection": "ANYWHERE"}
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import TENANT_OPTIONS, ModuleSpec
from ..module_utils._okta.connection import LIBRARIES, WRITER_OPTIONS
from ..module_utils._resources.api_token import manage_api_tokens

MODULE = ModuleSpec(
    options={
        **TENANT_OPTIONS,
        **WRITER_OPTIONS,
        "state": {"type": "str", "choices": ["absent"], "required": True},
        "current": {"type": "bool", "default": False},
        "id": {"type": "str"},
        "name": {"type": "str"},
    },
    run=manage_api_tokens,
    needs=LIBRARIES,
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
