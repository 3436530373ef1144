#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resolve and validate the settings of a tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_settings
short_description: Resolve and validate the settings of a tenant
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Reads the host's variables of the role P(rezonate.okta.rezonate#role) and converts them to their types. For invalid values it fails
    with a message that names the variable. The role runs it before anything else.
  - Finds the org that the variables name, and the credential for it. A credential is bound to that org. One value
    for several orgs of a run is refused, wherever it is set, unless C(rezonate_shared_token) is set.
  - Warns of variables named C(rezonate_…) that the role doesn't know.
  - The result contains no credential, only where it is set.
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.attributes.controller
seealso:
  - module: rezonate.okta.tenant_plan
options:
  work:
    description:
      - The work that the settings are for. It determines which credentials are used and which settings contradict each other.
    type: str
    choices: [onboard, rotate, offboard, audit, merge]
    default: onboard
"""

EXAMPLES = r"""
- name: Resolve the settings of the tenant
  rezonate.okta.tenant_settings:
    work: audit
  register: settings

- name: Show the org
  ansible.builtin.debug:
    var: settings.org_url

# In an AWX job, a credential of the type Okta API tokens supplies the tokens of all tenants.
- name: Resolve the settings for an onboarding
  module_defaults:
    rezonate.okta.tenant_settings:
      work: onboard
  rezonate.okta.tenant_settings:
  register: settings
"""

RETURN = r"""
tenant:
  description: The tenant's name, in lower case.
  returned: success
  type: str
  sample: acme
org_url:
  description: The URL of its org.
  returned: success
  type: str
  sample: https://acme.okta.com
method:
  description: The authentication method of C(rezonate_method).
  returned: success
  type: str
  sample: oauth
attended:
  description:
    - Whether a person can be asked. V(false) without a terminal, in a job of AWX or Automation Controller, and under ansible-runner.
  returned: success
  type: bool
  sample: true
caller:
  description: The kind of the calling credential, V(api_token) or V(client); empty if there is none.
  returned: success
  type: str
  sample: api_token
credential:
  description: Where that credential is set; empty if there is none.
  returned: success
  type: dict
  contains:
    kind:
      description: V(api_token) or V(client).
      returned: there is a credential
      type: str
      sample: api_token
    source:
      description: V(variable), V(map), V(lines), V(json) or V(environment); the middle three are formats of C(rezonate_okta_api_tokens).
      returned: there is a credential
      type: str
      sample: environment
    name:
      description: Name of the variable, or of the entry of the map.
      returned: there is a credential
      type: str
      sample: OKTA_API_TOKEN
    line:
      description: Line number of the entry, from 0, with RV(credential.source=lines); otherwise C(null).
      returned: there is a credential
      type: int
      sample: 3
    client_id:
      description: The client id.
      returned: RV(credential.kind=client)
      type: str
      sample: 0oas92c5r8A1EQacI5d7
options:
  description:
    - The values of the role's variables that are lists, numbers or booleans, by their names without C(rezonate_).
    - Also C(revoke_bootstrap_token), C(rotation_max_age) and C(service_user).
  returned: success
  type: dict
  sample:
    admin_roles: [READ_ONLY_ADMIN]
    exclusive: true
    timeout: 30
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import ModuleSpec, controller_only

MODULE = ModuleSpec(
    options={
        "work": {"type": "str", "choices": ["onboard", "rotate", "offboard", "audit", "merge"], "default": "onboard"},
    },
    run=controller_only("tenant_settings"),
    needs=("yaml",),
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
