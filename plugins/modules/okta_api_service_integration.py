#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look after an API service integration in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_api_service_integration
short_description: Look after an API service integration in Okta
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Makes and deletes an API service integration (an integration of Okta's catalogue that calls Okta's API with a client id and
    a client secret), and looks after its secrets, of which Okta allows two.
  - Okta shows a secret once. So making one, or making the integration, is the last call of a run, and nothing that follows can fail
    and lose it. A result with a secret hides itself; register it and keep RV(client_secret) at once.
  - A run that was cut off before its secret was kept costs that secret. The next run, told of it by O(requested_at), makes another
    for the same integration, never a second integration.
  - Without O(id), two runs at the same time may each make an integration. Neither can see it, since it couldn't ask Okta anything
    more without risking its secret. Call the module again with O(id) and O(inspect), which warns of more than one.
  - Only a super admin may make an integration.
  - Called with O(client_id), the module asks for the one scope that it needs itself; O(scopes) are those of the integration.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.okta
  - rezonate.okta.okta.oauth
  - rezonate.okta.okta.credential
  - rezonate.okta.okta.writer
attributes:
  check_mode:
    support: full
    details:
      - Whether the org's catalogue knows O(type) only a real run can tell.
  diff_mode:
    support: full
  in_process:
    support: full
options:
  state:
    description:
      - V(present) makes the integration where it is missing.
      - V(absent) deletes it. Without O(id), that is the only one of O(type), or, with O(requested_at), the only one made since.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - The integration's id. Where the org has none with it, the module fails, unless O(recreate=true) or O(state=absent).
      - Without it, one of O(type) is looked for. An integration that isn't known to be ours, by O(requested_at), is refused,
        since it may serve a live integration; so give the id once it is known.
    type: str
  type:
    description:
      - The integration's key in Okta's catalogue. By Okta's rule it is the name, lower-cased and concatenated by underscores,
        such as V(rezonate_security), but the catalogue doesn't always follow it.
      - An org's own key is in the address of the integration's page in the Admin Console
        (Applications > API Service Integrations > Add Integration).
      - Needed without O(id), and to make the integration. With O(id), the module fails if the integration is of another type.
    type: str
  scopes:
    description:
      - Scopes of the integration. Only their form is checked, for Okta adds new ones all the time.
      - Okta can't change them later. Where the integration has others, the module fails, unless O(replace=true).
      - Needed to make the integration. Without it, those of an existing one aren't looked at.
    type: list
    elements: str
  requested_at:
    description:
      - When an earlier run that may have been cut off asked Okta for this integration, or for a secret (ISO 8601). Keep the time before
        such a run, and give it until what the run made is kept. A clock that is 10 seconds ahead of Okta's does no harm.
      - Without O(id), an integration of O(type) that was made from then on is ours and gets a new secret, unless it holds the one of
        O(secret_hash). It is looked for until 60 seconds after that time before one is made, so don't give the time of the run itself.
      - A secret that was made from then on and isn't the one of O(secret_hash) may be deleted to make place for a new one.
      - Without it, no integration and no secret is known to be ours, but by O(id) and O(secret_hash).
    type: str
  take_over:
    description:
      - Without O(id), use an integration that isn't known to be ours. It gets a new secret beside those that it has; nothing is
        taken away. The same where the integration with O(id) doesn't hold the secret of O(secret_hash) but others. Implies O(only_add).
      - Without it, the module fails on such an integration.
    type: bool
    default: false
  only_add:
    description:
      - Whether an integration that is there keeps all that it has. It may have scopes beyond O(scopes), no secret is removed by
        O(exclusive_secrets), and O(replace) doesn't delete it. What it has beyond the desired state is returned as RV(beyond).
    type: bool
    default: false
  recreate:
    description:
      - Where the org has no integration with O(id), find another by O(type) as if no id were given, for a minute, or make one.
    type: bool
    default: false
  replace:
    description:
      - Delete an integration whose scopes aren't O(scopes), and make another. It has a client id and a secret of its own, and the old
        ones stop working at once. One that is used by O(take_over) is never deleted.
    type: bool
    default: false
  new_secret:
    description:
      - Make another secret beside the one in use, for a rotation or because the secret is lost. Each run makes one.
      - Where the integration holds two already, one that was made since O(requested_at) and isn't the one of O(secret_hash)
        is deactivated and deleted first, the younger of two. If there is none, the module fails and lists the secrets.
    type: bool
    default: false
  secret_hash:
    description:
      - Okta's hash of the secret that the caller keeps. That secret is never deleted, and is activated if it is inactive.
      - If the integration doesn't hold it but others, the module fails, since a live integration may be using those,
        unless O(new_secret) or O(take_over), or all of them were made since O(requested_at). If it holds none at all, a secret is made.
      - Without it, the module doesn't know which secret is in use.
    type: str
  exclusive_secrets:
    description:
      - Deactivate and delete all secrets but the one of O(secret_hash), which is needed then. Prove first that it works.
        Nothing is deleted in a run that doesn't find it.
    type: bool
    default: false
  inspect:
    description:
      - Read the integration's secrets in any case, so that RV(integration.secrets) tells the hash of the one that was made with
        the integration, and warn if the org has more integrations of the same type. With O(id), this takes two more calls.
    type: bool
    default: false
  make_lost_secret:
    description:
      - Whether a secret is made where the integration with O(id) doesn't hold the one of O(secret_hash) any more.
      - With V(false) nothing is made, and RV(secret_missing) says so. Keep the time then, and run again with V(true). A run that is
        cut off after that can be followed by one that is given the time as O(requested_at), and loses no more than that secret.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Have an API service integration
  rezonate.okta.okta_api_service_integration:
    org_url: acme
    type: rezonate_security
    scopes:
      - okta.users.read
      - okta.logs.read
  register: integration

- name: Learn the hash of its secret
  rezonate.okta.okta_api_service_integration:
    org_url: acme
    id: 0oaqrl2q6yhNhvne61d7
    inspect: true
  register: inspected

- name: Begin a rotation with a second secret
  rezonate.okta.okta_api_service_integration:
    org_url: acme
    id: 0oaqrl2q6yhNhvne61d7
    new_secret: true
    secret_hash: yk4SVx4sUWVJVbHt6M-UPA
  register: rotation

- name: End it, when the new secret is proven
  rezonate.okta.okta_api_service_integration:
    org_url: acme
    id: 0oaqrl2q6yhNhvne61d7
    secret_hash: FpCwXwSjTRQNtEI11I00-g
    exclusive_secrets: true
"""

RETURN = r"""
integration:
  description: The integration as it is now, or would be; C(null) where there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Okta's id of the integration; C(null) in check mode where it would be made.
      returned: always
      type: str
      sample: 0oaqrl2q6yhNhvne61d7
    type:
      description: Its key in Okta's catalogue.
      returned: always
      type: str
      sample: rezonate_security
    name:
      description: Its name in Okta's catalogue; C(null) in check mode where it would be made.
      returned: always
      type: str
      sample: Rezonate Security
    scopes:
      description: Its scopes.
      returned: always
      type: list
      elements: str
      sample: [okta.logs.read, okta.users.read]
    created_at:
      description: When it was made (ISO 8601); C(null) in check mode where it would be made.
      returned: always
      type: str
      sample: "2025-10-08T10:11:43.000Z"
    created_by:
      description: Id of the user or app that made it; C(null) in check mode where it would be made.
      returned: always
      type: str
      sample: 00unkw1sfbTw08c0g1d7
    secrets:
      description:
        - Its client secrets, without the secrets themselves; C(null) where they weren't read, as after making the integration.
      returned: always
      type: list
      elements: dict
      contains:
        id:
          description: Okta's id of the secret; C(null) in check mode where it would be made.
          returned: always
          type: str
          sample: ocs2f4zrZbs8nUa7p0g4
        status:
          description: V(ACTIVE) or V(INACTIVE).
          returned: always
          type: str
          sample: ACTIVE
        secret_hash:
          description: Okta's hash of the secret; C(null) in check mode where it would be made.
          returned: always
          type: str
          sample: yk4SVx4sUWVJVbHt6M-UPA
        created:
          description: When it was made (ISO 8601); C(null) in check mode where it would be made.
          returned: always
          type: str
          sample: "2025-10-08T10:11:43.000Z"
        last_updated:
          description: When it was last changed (ISO 8601); C(null) in check mode where it would be made.
          returned: always
          type: str
          sample: "2025-10-08T10:11:43.000Z"
client_id:
  description: The client id, which is the integration's id; C(null) where there is none, or in check mode where it would be made.
  returned: success
  type: str
  sample: 0oaqrl2q6yhNhvne61d7
client_secret:
  description: The secret that this run made; C(null) where it made none. Okta never shows it again.
  returned: success
  type: str
  sample: DRUFXGF9XbLnS9k-Sla3x3POBiIxDreBCdZuFs5B
secret_hash:
  description:
    - Okta's hash of RV(client_secret), to be given as O(secret_hash) later. C(null) where no secret was made, and where it was made
      with the integration, since Okta doesn't tell it then. A call with O(id) and O(inspect) learns it.
  returned: success
  type: str
  sample: FpCwXwSjTRQNtEI11I00-g
secret_missing:
  description:
    - Whether the integration doesn't hold the secret of O(secret_hash), and no other was made, because of O(make_lost_secret=false).
  returned: success
  type: bool
  sample: false
beyond:
  description:
    - What the integration has beyond the desired state after this run, a phrase each, where its secrets were read and ours is known.
      With O(only_add) or O(take_over) it remains.
  returned: success
  type: list
  elements: str
  sample: ["the scope okta.apps.manage", "the client secret ocs2f4zrZbs8nUa7p0g4 (active, made 2026-01-06T19:50:58.000Z)"]
refused:
  description: Whether the task failed since what is there may be somebody else's. Okta wasn't asked to change anything.
  returned: failure, if that is why
  type: bool
  sample: true
created:
  description: Whether this run made the integration, or would.
  returned: success
  type: bool
  sample: true
changes:
  description: What this run did, or would do, step by step.
  returned: success
  type: list
  elements: str
  sample: [remove secret ocs2f4zrZbs8nUa7p0g4, make secret]
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import TENANT_OPTIONS, ModuleSpec
from ..module_utils._okta.connection import LIBRARIES, WRITER_OPTIONS
from ..module_utils._resources.api_service_integration import manage_api_service_integration

MODULE = ModuleSpec(
    options={
        **TENANT_OPTIONS,
        **WRITER_OPTIONS,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "id": {"type": "str"},
        "type": {"type": "str"},
        "scopes": {"type": "list", "elements": "str"},
        "requested_at": {"type": "str"},
        "take_over": {"type": "bool", "default": False},
        "only_add": {"type": "bool", "default": False},
        "recreate": {"type": "bool", "default": False},
        "replace": {"type": "bool", "default": False},
        "new_secret": {"type": "bool", "default": False, "no_log": False},
        "secret_hash": {"type": "str", "no_log": False},
        "exclusive_secrets": {"type": "bool", "default": False, "no_log": False},
        "inspect": {"type": "bool", "default": False},
        "make_lost_secret": {"type": "bool", "default": True, "no_log": False},
    },
    run=manage_api_service_integration,
    needs=LIBRARIES,
    secret_returns=("client_secret",),
    rules={"required_one_of": [["id", "type"]]},
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
