#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resolve and check the settings of a tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_settings
short_description: Resolve and check the settings of a tenant
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Reads the variables of the role P(rezonate.okta.rezonate#role) that the host has, converts them to their types, and refuses,
    in one sentence that names the variable, those that can't be used. The role calls it before anything else.
  - Finds the org that the variables name, and the credential that was given for it. A credential is bound to that org. One value
    for several orgs of a run is refused, wherever it comes from, unless C(rezonate_shared_token) is set.
  - Warns of variables called C(rezonate_…) that the role doesn't know.
  - No credential is returned, only where it is.
notes:
  - Runs on the controller only, whatever the host and the connection of the task.
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
attributes:
  in_process:
    support: full
    details:
      - The module is never shipped; connection and privilege escalation of the task don't matter.
options:
  work:
    description:
      - What the settings are for. The work decides which credentials are used, and which settings contradict each other.
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
  description: The authentication method that C(rezonate_method) names.
  returned: success
  type: str
  sample: oauth
attended:
  description:
    - Whether a person can be asked something. V(false) without a terminal, in a job of AWX or Automation Controller, and under
      ansible-runner.
  returned: success
  type: bool
  sample: true
caller:
  description: The kind of the credential that the org is called with, V(api_token) or V(client); empty where there is none.
  returned: success
  type: str
  sample: api_token
credential:
  description: Where that credential is; empty where there is none.
  returned: success
  type: dict
  contains:
    kind:
      description: V(api_token) or V(client).
      returned: there is a credential
      type: str
      sample: api_token
    source:
      description: V(variable), V(map), V(lines), V(json) or V(environment); the middle three are forms of C(rezonate_okta_api_tokens).
      returned: there is a credential
      type: str
      sample: environment
    name:
      description: Name of the variable, or of the entry of the map.
      returned: there is a credential
      type: str
      sample: OKTA_API_TOKEN
    line:
      description: Number of the entry's line, from 0, with RV(credential.source=lines); else C(null).
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
    - The role's variables that are lists, numbers or true and false, converted, by their names without C(rezonate_).
    - Also C(revoke_bootstrap_token), C(rotation_max_age) and C(service_user).
  returned: success
  type: dict
  sample:
    admin_roles: [READ_ONLY_ADMIN]
    exclusive: true
    timeout: 30
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.errors import StateError
from ..module_utils._core.spec import Call, ModuleSpec, Outcome


def refuse(_call: Call) -> Outcome:
    """Say why a task that was sent off can't be done; the work is in ``_settings_action``."""
    raise StateError(
        "tenant_settings works only in the controller's own process, where the variables are:"
        " call it as rezonate.okta.tenant_settings, without 'async'."
    )


MODULE = ModuleSpec(
    options={
        "work": {"type": "str", "choices": ["onboard", "rotate", "offboard", "audit", "merge"], "default": "onboard"},
    },
    run=refuse,
    needs=("yaml",),
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
