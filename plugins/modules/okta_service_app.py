#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look after a service app in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_service_app
short_description: Look after a service app in Okta
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Creates, changes, deactivates and deletes an OAuth 2.0 service app (client credentials with a private key) in Okta.
  - What the task doesn't set is left as Okta has it.
  - After an answer that was lost, the module looks whether the app was made before it makes one.
  - Okta lists no apps to an administrator who may not see them. So where no app is found by its label, one more call looks whether the
    caller is shown any app. Where it isn't, the module finds out who calls, and fails with the role that is missing, rather than make a
    second app or call an app absent. Where nothing
    can be known of its roles, a warning says so.
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
      - V(present) makes the app where it is missing, and activates it.
      - V(inactive) does the same but deactivates it.
      - V(absent) deactivates and deletes it.
    type: str
    choices: [present, inactive, absent]
    default: present
  id:
    description:
      - The app's id. Where the org has no such app, the module fails, unless O(recreate=true) or O(state=absent).
    type: str
  label:
    description:
      - The app's label. Without O(id), the app is found by it. With O(id), the app is renamed to it.
      - It is the same label in whatever form Okta stores it, such as escaped for HTML, trimmed, or in another Unicode normalization form.
      - Labels aren't unique in Okta. Of several service apps with this label, the one that holds one of O(jwks) is taken;
        if there is none, or more than one, the module fails and lists their ids.
    type: str
  recreate:
    description:
      - Where the org has no app with O(id), find another by O(label), or make one. For a minute the module looks first
        whether an earlier run that was cut off has made it already.
    type: bool
    default: false
  jwks:
    description:
      - Public RSA keys (JWK) that the app accepts. A key with private members is refused before anything is sent.
      - A key without C(kid) gets its RFC 7638 thumbprint as one.
      - Needed to make an app. Without it, the keys of an existing app are left alone.
    type: list
    elements: dict
  exclusive_keys:
    description:
      - Whether keys that aren't among O(jwks), and the URL of a key set (C(jwks_uri)), are taken from the app.
        They never are in a run that finds none of O(jwks) on the app, for a live integration may be using them.
    type: bool
    default: false
  absent_keys:
    description:
      - Key ids, as the app knows them, of keys that are taken from it, unless they are among O(jwks).
        Without it, no key is but for O(exclusive_keys).
    type: list
    elements: str
  take_over:
    description:
      - An app that holds keys, but none of O(jwks), is refused, since a live integration may be using them.
        V(true) adds O(jwks) beside them, and implies O(only_add).
      - An app authenticates by keys, by the URL of a key set, or by a client secret; inactive keys don't count. An app that has other grant
        types than client credentials, or redirect URIs, is refused too. One that authenticates with a client secret is refused always.
    type: bool
    default: false
  only_add:
    description:
      - Whether an app that is there keeps all that it has. Missing keys of O(jwks) are added and activated; no key is removed by
        O(exclusive_keys), and label, DPoP, network zones and status stay. What differs is returned as RV(beyond).
        An app that doesn't have the status that O(state) asks for is a failure.
      - Without it, and without O(take_over), an app is brought to the desired state.
      - A new app is made as desired in any case.
    type: bool
    default: false
  app_dpop:
    description:
      - Whether access tokens of the app must be bound by DPoP (RFC 9449). Without it, Okta's value is left alone.
        Not to be confused with O(dpop), which is about the app that calls.
    type: bool
  network_zones:
    description:
      - Network zones, by id or name, from which alone the app may be used. An empty list means anywhere.
        Without it, Okta's value is left alone.
    type: list
    elements: str
  requested_at:
    description:
      - When an earlier run that may have been cut off asked Okta for this app (ISO 8601).
        The list of apps may lag, so the app is looked for until 60 seconds after that time before one is made.
      - Without it, the list is read once.
    type: str
  assume_missing:
    description:
      - Whether the play has just seen that there is no app with this O(label). It is made without another look; one that somebody else made
        meanwhile is still seen right after that, and then ours goes.
      - With V(false), the list is read, and where it is empty, whether the caller may see apps. With O(id), it makes no difference.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Have a service app that knows our public key
  rezonate.okta.okta_service_app:
    org_url: https://acme.okta.com
    api_token: "{{ okta_api_token }}"
    label: Rezonate
    jwks:
      - "{{ rezonate_key.public_jwk }}"
    exclusive_keys: true
  register: rezonate_app

- name: Take the app out of use, but keep it
  rezonate.okta.okta_service_app:
    org_url: acme
    id: 0oas92c5r8A1EQacI5d7
    state: inactive
"""

RETURN = r"""
app:
  description: The app as it is now, or would be; C(null) where there is none.
  returned: success
  type: dict
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
org_id:
  description: The id of the org, as the app's resource name has it; C(null) where Okta returns none, and in check mode for a new app.
  returned: success
  type: str
  sample: 00o1n8sbwArJ7OQRw406
key_ids:
  description:
    - The key ids by which the app knows the keys of O(jwks), or would, in their order. A key that was registered before
      keeps the id that it has there, whatever O(jwks) calls it.
  returned: success
  type: list
  elements: str
  sample: [NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs]
adopted:
  description: Whether the app was there before this run, and knew none of O(jwks).
  returned: success
  type: bool
  sample: false
beyond:
  description:
    - How the app differs from the desired state after this run, a phrase each. With O(only_add) or O(take_over) such differences remain.
      Keys count where O(jwks) is given.
  returned: success
  type: list
  elements: str
  sample: ["the public key vendor-2024 (added 2026-01-06T19:50:58.000Z)", "the label 'Vendor' instead of 'Rezonate'"]
changes:
  description: What this run did, or would do, step by step.
  returned: success
  type: list
  elements: str
  sample: [add key NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs, replace label, activate]
created:
  description: Whether this run made it, or would.
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
