#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Revoke an API token in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_api_token
short_description: Revoke an API token in Okta
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Revokes an API token, the calling one or another. Okta has no API that makes one.
  - What is revoked can't be had back. Nothing else can be called with O(current) afterwards, so that is a run's last step.
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
      - V(absent) revokes the token.
    type: str
    choices: [absent]
    required: true
  current:
    description:
      - Revoke the token that the module calls with, which only an API token can do. Exactly one of O(current), O(id) and O(name) is needed.
      - A token that Okta doesn't take any more counts as revoked already, and a warning says so, since a mistyped one looks alike.
    type: bool
    default: false
  id:
    description:
      - Id of the token to revoke. It may be the one that calls. Without it, O(current) or O(name) says which is meant.
    type: str
  name:
    description:
      - Name of the token to revoke. Several of that name are a failure that lists them.
        Without it, O(current) or O(id) says which is meant.
    type: str
"""

EXAMPLES = r"""
- name: Revoke the token that was made for onboarding, now that nothing else is to be done with it
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
"""

RETURN = r"""
tokens:
  description: What this run revoked, or would. Empty where there was nothing to revoke.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The token's id; C(null) with O(current), since Okta doesn't tell which token calls.
      returned: always
      type: str
      sample: 00T45yrcisQjYlxJr5d7
    name:
      description: The token's name; C(null) with O(current).
      returned: always
      type: str
      sample: Rezonate
    user_id:
      description: Id of its owner.
      returned: always
      type: str
      sample: 00urzf0guohXNzvc65d7
    created:
      description: When it was made; C(null) with O(current).
      returned: always
      type: str
      sample: "2025-12-17T05:30:24.000Z"
    expires_at:
      description: When it would have died for want of use; C(null) with O(current).
      returned: always
      type: str
      sample: "2026-01-16T06:23:05.000Z"
    network:
      description: From where it may be used; the zones in C(include) and C(exclude) are ids. Empty with O(current).
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
