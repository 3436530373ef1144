#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell about service apps in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_service_app_info
short_description: Tell about service apps in Okta
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Returns the service apps of an org, or one of them.
  - Okta lists no apps to an administrator who may not see them. So where no app is found, one more call looks whether the
    caller is shown any app. Where it isn't, the module finds out who calls, and fails with the role that is missing. Where nothing
    can be known of its roles, a warning says so.
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
  id:
    description:
      - Id of the one app to tell about. Without it, apps are listed.
    type: str
  label:
    description:
      - Only the apps with this label, in whatever form Okta stores it (escaped, say). Without it, all service apps are listed.
        Not used together with O(id).
    type: str
"""

EXAMPLES = r"""
- name: Look for the integration
  rezonate.okta.okta_service_app_info:
    org_url: acme
    label: Rezonate
  register: found

- name: Fail if there are several
  ansible.builtin.assert:
    that: found.apps | length == 1
"""

RETURN = r"""
apps:
  description: The apps.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Okta's id of the app; C(null) in check mode where it would be made.
      returned: always
      type: str
      sample: 0oas92c5r8A1EQacI5d7
    client_id:
      description: The client id, which is the app's id unless its maker chose another.
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
      description: When it was made (ISO 8601); C(null) in check mode where it would be made.
      returned: always
      type: str
      sample: "2026-01-06T19:50:57.000Z"
    dpop:
      description: Whether its access tokens are bound by DPoP.
      returned: always
      type: bool
      sample: false
    network_zones:
      description: Ids of the network zones that it may be used from; empty means anywhere.
      returned: always
      type: list
      elements: str
      sample: [nzouagptWUz5DlLfM0g3]
    jwks:
      description: Its public keys.
      returned: always
      type: list
      elements: dict
      contains:
        id:
          description: Okta's id of the key; C(null) in check mode where it would be added.
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
          description: RFC 7638 thumbprint of the key, SHA-256; C(null) for a key that is no RSA key.
          returned: always
          type: str
          sample: NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
        created:
          description: When it was added (ISO 8601); C(null) where Okta doesn't tell, as is the rule for a key that an app returns.
          returned: always
          type: str
          sample: "2026-01-06T19:50:58.000Z"
    authentication:
      description: The credentials that authenticate as the app now; an inactive key isn't one of them.
      returned: always
      type: list
      elements: dict
      contains:
        type:
          description: V(key), V(jwks_uri), or the authentication method where that is no key, such as V(client_secret_basic).
          returned: always
          type: str
          sample: key
        kid:
          description: The key id; C(null) for whatever is no key, and for a key without one.
          returned: always
          type: str
          sample: NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
        description:
          description: The credential, for a person.
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
