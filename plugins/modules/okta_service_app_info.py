#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read service apps in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_service_app_info
short_description: Read service apps in Okta
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Returns the service apps of an org, or one of them.
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.okta
  - rezonate.okta.resource.app_visibility
seealso:
  - module: rezonate.okta.okta_service_app
  - name: Okta API, applications
    description: The API that this module calls.
    link: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/
options:
  id:
    description:
      - Id of the app to return. Without it, apps are listed.
    type: str
  label:
    description:
      - The label of the apps to return, in any form in which Okta stores it, such as escaped for HTML. Without it, all service apps are
        listed. Mutually exclusive with O(id).
    type: str
"""

EXAMPLES = r"""
- name: Find the integration
  rezonate.okta.okta_service_app_info:
    org_url: acme
    label: Rezonate
  register: found

- name: Fail if there are several
  ansible.builtin.assert:
    that: found.apps | length == 1

- name: Set the connection once for several tasks
  module_defaults:
    group/rezonate.okta.okta:
      org_url: https://acme.okta.com
      api_token: "{{ okta_api_token }}"
  block:
    - name: Read all apps with the label
      rezonate.okta.okta_service_app_info:
        label: Rezonate

# In an AWX job, a credential of the type Okta API token supplies org_url and api_token by its environment.
- name: Read one app by its id
  rezonate.okta.okta_service_app_info:
    id: 0oas92c5r8A1EQacI5d7
"""

RETURN = r"""
apps:
  description: The apps.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Okta's id of the app.
      returned: always
      type: str
      sample: 0oas92c5r8A1EQacI5d7
    client_id:
      description: The client id, by default the app's id.
      returned: always
      type: str
      sample: 0oas92c5r8A1EQacI5d7
    label:
      description: The app's label.
      returned: always
      type: str
      sample: Rezonate
    status:
      description: V(ACTIVE) or V(INACTIVE).
      returned: always
      type: str
      sample: ACTIVE
    created:
      description: Time of creation (ISO 8601).
      returned: always
      type: str
      sample: "2026-01-06T19:50:57.000Z"
    dpop:
      description: Whether its access tokens are bound by DPoP.
      returned: always
      type: bool
      sample: false
    network_zones:
      description: Ids of the network zones that the app is limited to; empty for no limit.
      returned: always
      type: list
      elements: str
      sample: [nzouagptWUz5DlLfM0g3]
    jwks:
      description: The public keys.
      returned: always
      type: list
      elements: dict
      contains:
        id:
          description: Okta's id of the key.
          returned: always
          type: str
          sample: pks2f4zrZbs8nUa7p0g4
        kid:
          description: The key id; C(null) for a key without one.
          returned: always
          type: str
          sample: NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
        status:
          description: V(ACTIVE) or V(INACTIVE).
          returned: always
          type: str
          sample: ACTIVE
        thumbprint:
          description: RFC 7638 thumbprint of the key, SHA-256; C(null) for a key other than RSA.
          returned: always
          type: str
          sample: NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
        created:
          description: When it was added (ISO 8601); C(null) if Okta doesn't return it, which is usual for the keys of an app.
          returned: always
          type: str
          sample: "2026-01-06T19:50:58.000Z"
    authentication:
      description: The active credentials of the app. Inactive keys are not included.
      returned: always
      type: list
      elements: dict
      contains:
        type:
          description: V(key), V(jwks_uri), or another authentication method, such as V(client_secret_basic).
          returned: always
          type: str
          sample: key
        kid:
          description: The key id; C(null) for credentials other than keys, and for a key without one.
          returned: always
          type: str
          sample: NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
        description:
          description: The credential in words.
          returned: always
          type: str
          sample: NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs (added at an unknown time)
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import ModuleSpec
from ..module_utils._okta.connection import CONNECTION_OPTIONS, LIBRARIES
from ..module_utils._resources.service_app import list_service_apps

MODULE = ModuleSpec(
    options={
        **CONNECTION_OPTIONS,
        "id": {"type": "str"},
        "label": {"type": "str"},
    },
    run=list_service_apps,
    needs=LIBRARIES,
    rules={"mutually_exclusive": [["id", "label"]]},
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
