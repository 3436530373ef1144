#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage a service app in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_service_app
short_description: Manage a service app in Okta
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Creates, updates, deactivates and deletes an OAuth 2.0 service app (client credentials with a private key) in Okta.
  - Properties that the task doesn't set are not changed.
  - If the response to a creation is lost, the module checks whether the app exists before it creates one.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.attributes.writer
  - rezonate.okta.okta
  - rezonate.okta.okta.writer
  - rezonate.okta.resource.app_visibility
seealso:
  - module: rezonate.okta.okta_service_app_info
  - module: rezonate.okta.okta_scope_grant
  - name: Okta API, applications
    description: The API that this module calls.
    link: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/
options:
  state:
    description:
      - V(present) creates the app if it is missing, updates it and activates it.
      - V(inactive) does the same but deactivates it.
      - V(absent) deactivates and deletes it.
    type: str
    choices: [present, inactive, absent]
    default: present
  id:
    description:
      - The app's id. If the org has no such app, the module fails, unless O(recreate=true) or O(state=absent).
      - Without it, the app is found by O(label).
    type: str
  label:
    description:
      - The app's label. With O(id), the app is renamed to it. Without it, O(id) is required, and the label isn't changed.
      - Labels are equal in any form in which Okta stores them, such as escaped for HTML, trimmed, or in another Unicode normalization form.
      - Labels aren't unique in Okta. Of several service apps with this label, the one that has one of O(jwks) is used;
        if none or several have one, the module fails and lists their ids.
    type: str
  recreate:
    description:
      - Whether another app is found by O(label) or created, if the org has none with O(id). For up to a minute, the module first
        checks whether an earlier run that was interrupted has created it.
    type: bool
    default: false
  jwks:
    description:
      - Public RSA keys (JWK) that the app accepts. A key with private members is refused before anything is sent.
      - A key without C(kid) gets its RFC 7638 thumbprint as one.
      - Required to create an app. Without it, the keys of an existing app are not changed.
    type: list
    elements: dict
  exclusive_keys:
    description:
      - Whether keys that aren't in O(jwks), and the URL of a key set (C(jwks_uri)), are removed from the app.
        Nothing is removed if the app has none of O(jwks), because a live integration may use its keys.
    type: bool
    default: false
  absent_keys:
    description:
      - Key ids, as registered with the app, of keys that are removed unless they are in O(jwks).
        Without it, only O(exclusive_keys) removes keys.
    type: list
    elements: str
  take_over:
    description:
      - Whether an app that has credentials, but none of O(jwks), is used. O(jwks) are then added, and nothing is removed. Implies
        O(only_add). With V(false), the module fails, because a live integration may use the app.
      - Credentials are active keys, the URL of a key set, and a client secret. An app that authenticates with a client secret is always
        refused, and so is one that has redirect URIs or other grant types than client credentials.
    type: bool
    default: false
  only_add:
    description:
      - Whether nothing is removed from an existing app. Missing keys of O(jwks) are added and activated; O(exclusive_keys) removes
        no key; label, DPoP, network zones and status aren't changed. Deviations are returned as RV(beyond).
        The module fails if the app doesn't have the status of O(state).
      - With V(false), an app is brought to the desired state, unless O(take_over) is set. A new app always is.
    type: bool
    default: false
  app_dpop:
    description:
      - Whether access tokens of the app must be bound by DPoP (RFC 9449). Without it, the setting isn't changed.
        Not to be confused with O(dpop), which concerns the calling app.
    type: bool
  network_zones:
    description:
      - Network zones, by id or name, that the app is limited to. An empty list removes the limit.
        Without it, the limit isn't changed.
    type: list
    elements: str
  requested_at:
    description:
      - When an earlier run that may have been interrupted requested this app (ISO 8601).
        The list of apps can lag, so the module waits for the app until 60 seconds after that time before it creates one.
      - Without it, the list is read once.
    type: str
  assume_missing:
    description:
      - Whether the play has just verified that no app has this O(label). The app is created without another read. If another run created
        one meanwhile, this is detected right after the creation, and the new app is deleted.
      - With V(false), the list is read first. With O(id), this option has no effect.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Create a service app with a public key
  rezonate.okta.okta_service_app:
    org_url: https://acme.okta.com
    api_token: "{{ okta_api_token }}"
    label: Rezonate
    jwks:
      - "{{ rezonate_key.public_jwk }}"
    exclusive_keys: true
  register: rezonate_app

- name: Deactivate the app
  rezonate.okta.okta_service_app:
    org_url: acme
    id: 0oas92c5r8A1EQacI5d7
    state: inactive

- name: Set the connection once for several tasks
  module_defaults:
    group/rezonate.okta.okta:
      org_url: https://acme.okta.com
      api_token: "{{ okta_api_token }}"
  block:
    - name: Require DPoP
      rezonate.okta.okta_service_app:
        id: 0oas92c5r8A1EQacI5d7
        dpop: true

# In an AWX job, a credential of the type Okta API token supplies org_url and api_token by its environment.
- name: Delete the app
  rezonate.okta.okta_service_app:
    id: 0oas92c5r8A1EQacI5d7
    state: absent
"""

RETURN = r"""
app:
  description: The app after the change, or as it would be; C(null) if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Okta's id of the app; C(null) in check mode if the app would be created.
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
      description: Time of creation (ISO 8601); C(null) in check mode if the app would be created.
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
          description: Okta's id of the key; C(null) in check mode if the key would be added.
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
org_id:
  description: The id of the org, from the app's resource name; C(null) if Okta returns none, and in check mode for a new app.
  returned: success
  type: str
  sample: 00o1n8sbwArJ7OQRw406
key_ids:
  description:
    - The key ids under which O(jwks) are registered with the app, or would be, in their order. A key that was registered before
      retains its id, whatever O(jwks) names it.
  returned: success
  type: list
  elements: str
  sample: [NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs]
adopted:
  description: Whether the app existed before this task and had none of O(jwks).
  returned: success
  type: bool
  sample: false
beyond:
  description:
    - How the app deviates from the desired state after this task. With O(only_add) or O(take_over), these deviations remain.
      Keys are compared if O(jwks) is given.
  returned: success
  type: list
  elements: str
  sample: ["the public key vendor-2024 (added 2026-01-06T19:50:58.000Z)", "the label 'Vendor' instead of 'Rezonate'"]
changes:
  description: The steps of the change, or of the change that would be made.
  returned: success
  type: list
  elements: str
  sample: [add key NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs, replace label, activate]
created:
  description: Whether this task created the app, or would.
  returned: success
  type: bool
  sample: true
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import TENANT_OPTIONS, ModuleSpec
from ..module_utils._okta.connection import LIBRARIES, WRITER_OPTIONS
from ..module_utils._resources.service_app import manage_service_app

MODULE = ModuleSpec(
    options={
        **TENANT_OPTIONS,
        **WRITER_OPTIONS,
        "state": {"type": "str", "choices": ["present", "inactive", "absent"], "default": "present"},
        "id": {"type": "str"},
        "label": {"type": "str"},
        "recreate": {"type": "bool", "default": False},
        "jwks": {"type": "list", "elements": "dict", "no_log": False},
        "exclusive_keys": {"type": "bool", "default": False, "no_log": False},
        "absent_keys": {"type": "list", "elements": "str", "no_log": False},
        "take_over": {"type": "bool", "default": False},
        "only_add": {"type": "bool", "default": False},
        "app_dpop": {"type": "bool"},
        "network_zones": {"type": "list", "elements": "str"},
        "requested_at": {"type": "str"},
        "assume_missing": {"type": "bool", "default": False},
    },
    run=manage_service_app,
    needs=LIBRARIES,
    hidden_options=("jwks",),
    rules={"required_one_of": [["id", "label"]]},
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
