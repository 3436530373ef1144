#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage an API service integration in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_api_service_integration
short_description: Manage an API service integration in Okta
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Creates and deletes an API service integration, an integration of the Okta Integration Network (OIN) that calls Okta's API with
    a client id and a client secret, and manages its secrets. Okta allows two.
  - Okta shows a secret only once. The request that creates a secret or the integration is therefore the last one of a run, so that
    no later failure can lose the secret. The result is hidden in all output; register it and store RV(client_secret) immediately.
  - A run that is interrupted before its secret is stored loses that secret. With O(requested_at), the next run creates another
    secret for the same integration, never a second integration.
  - Without O(id), two concurrent runs can each create an integration. Neither can detect it without risking its secret. Run the module
    again with O(id) and O(inspect), which warns if there are several.
  - Only a super admin can create an integration.
  - With O(client_id), the module requests the one scope that it needs; O(scopes) are those of the integration.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.attributes.writer
  - rezonate.okta.okta
  - rezonate.okta.okta.writer
attributes:
  check_mode:
    details:
      - Whether the OIN has an integration of O(type) is only known after a real run.
seealso:
  - module: rezonate.okta.okta_access_token
  - name: Okta API, API service integrations
    description: The API that this module calls.
    link: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApiServiceIntegrations/
options:
  state:
    description:
      - V(present) creates the integration if it is missing.
      - V(absent) deletes it. Without O(id), that is the only one of O(type), or with O(requested_at), the only one created since.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - The integration's id. If the org has no such integration, the module fails, unless O(recreate=true) or O(state=absent).
      - Without it, the integration is found by O(type). The module fails if that integration isn't known to be managed, by
        O(requested_at), because others may use it. Set the id as soon as it is known.
    type: str
  type:
    description:
      - The integration's key in the OIN. Usually, it is the name in lower case with underscores, such as V(rezonate_security).
      - The key is part of the address of the integration's page in the Admin Console
        (Applications > API Service Integrations > Add Integration).
      - Required without O(id), and to create the integration. With O(id), the module fails if the integration has another type.
    type: str
  scopes:
    description:
      - Scopes of the integration. Only their syntax is checked, because Okta adds new ones continually.
      - Okta can't change them later. If an existing integration has others, the module fails, unless O(replace=true).
      - Required to create the integration. Without it, those of an existing one aren't compared.
  requested_at:
    description:
      - When an earlier run that may have been interrupted requested this integration or a secret (ISO 8601). Store the time before
        such a run, and set it until the result of the run is stored. It may be up to 10 seconds ahead of Okta's clock.
      - Without O(id), an integration of O(type) created since then is managed and gets a new secret, unless it has the one of
        O(secret_hash). Before one is created, the module waits for it until 60 seconds after that time, so don't set the time of the
        current run.
      - A secret created since then, other than that of O(secret_hash), can be deleted to make room for a new one.
      - Without it, only O(id) and O(secret_hash) identify a managed integration and a managed secret.
    type: str
  take_over:
    description:
      - Whether an integration that isn't known to be managed is used, without O(id), or with an O(id) whose integration has other
        secrets than that of O(secret_hash). It gets a new secret, and nothing is removed. Implies O(only_add).
      - With V(false), the module fails for such an integration.
    type: bool
    default: false
  only_add:
    description:
      - Whether nothing is removed from an existing integration. It can have more scopes than O(scopes), O(exclusive_secrets) removes no
        secret, and O(replace) doesn't delete it. What it has beyond the desired state is returned as RV(beyond).
    type: bool
    default: false
  recreate:
    description:
      - Whether another integration is found by O(type), for up to a minute, or created, if the org has none with O(id).
    type: bool
    default: false
  replace:
    description:
      - Whether an integration with other scopes than O(scopes) is deleted and another one is created. The new one has another
        client id and secret; the old ones stop working immediately. An integration used by O(take_over) is never deleted.
    type: bool
    default: false
  new_secret:
    description:
      - Whether another secret is created beside the existing one, for a rotation or because the secret is lost. Each run creates one.
      - If there are two secrets already, the newest one created since O(requested_at), other than that of O(secret_hash), is deactivated
        and deleted first. If there is none, the module fails and lists the secrets.
    type: bool
    default: false
  secret_hash:
    description:
      - Okta's hash of the secret that the caller has stored. That secret is never deleted, and is activated if it is inactive.
      - If the integration has only other secrets, the module fails, because others may use them, unless O(new_secret) or O(take_over) is
        set, or all of them were created since O(requested_at). If it has no secret, one is created.
      - Without it, the module doesn't know which secret is in use.
    type: str
  exclusive_secrets:
    description:
      - Whether all secrets but that of O(secret_hash), which is then required, are deactivated and deleted. Verify that secret first.
        Nothing is deleted if the integration doesn't have it.
    type: bool
    default: false
  inspect:
    description:
      - Whether the secrets are read even if nothing requires it, so that RV(integration.secrets) has the hash of the secret created with
        the integration, and whether to warn if the org has more integrations of that type. With O(id), this takes two more requests.
    type: bool
    default: false
  make_lost_secret:
    description:
      - Whether a secret is created if the integration with O(id) no longer has that of O(secret_hash).
      - With V(false), nothing is created and RV(secret_missing) is returned. Then store the time and run again with V(true). If that run is
        interrupted, set the time as O(requested_at) in the next one, which loses no more than that secret.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Create an API service integration
  rezonate.okta.okta_api_service_integration:
    org_url: acme
    type: rezonate_security
    scopes:
      - okta.users.read
      - okta.logs.read
  register: integration

- name: Read the hash of its secret
  rezonate.okta.okta_api_service_integration:
    org_url: acme
    id: 0oaqrl2q6yhNhvne61d7
    inspect: true
  register: inspected

- name: Start a rotation with a second secret
  rezonate.okta.okta_api_service_integration:
    org_url: acme
    id: 0oaqrl2q6yhNhvne61d7
    new_secret: true
    secret_hash: yk4SVx4sUWVJVbHt6M-UPA
  register: rotation

- name: Finish the rotation after the new secret was verified
  rezonate.okta.okta_api_service_integration:
    org_url: acme
    id: 0oaqrl2q6yhNhvne61d7
    secret_hash: FpCwXwSjTRQNtEI11I00-g
    exclusive_secrets: true

- name: Set the connection once for several tasks
  module_defaults:
    group/rezonate.okta.okta:
      org_url: https://acme.okta.com
      api_token: "{{ okta_api_token }}"
  block:
    - name: Read the integration and the hash of its secret
      rezonate.okta.okta_api_service_integration:
        id: 0oaqrl2q6yhNhvne61d7
        inspect: true

# In an AWX job, a credential of the type Okta API token supplies org_url and api_token by its environment.
- name: Delete the integration
  rezonate.okta.okta_api_service_integration:
    id: 0oaqrl2q6yhNhvne61d7
    state: absent
"""

RETURN = r"""
integration:
  description: The integration after the change, or as it would be; C(null) if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Okta's id of the integration; C(null) in check mode if it would be created.
      returned: always
      type: str
      sample: 0oaqrl2q6yhNhvne61d7
    type:
      description: The key in the OIN.
      returned: always
      type: str
      sample: rezonate_security
    name:
      description: The name in the OIN; C(null) in check mode if the integration would be created.
      returned: always
      type: str
      sample: Rezonate Security
    scopes:
      description: The scopes.
      returned: always
      type: list
      elements: str
      sample: [okta.logs.read, okta.users.read]
    created_at:
      description: Time of creation (ISO 8601); C(null) in check mode if the integration would be created.
      returned: always
      type: str
      sample: "2025-10-08T10:11:43.000Z"
    created_by:
      description: Id of the user or app that created it; C(null) in check mode if it would be created.
      returned: always
      type: str
      sample: 00unkw1sfbTw08c0g1d7
    secrets:
      description:
        - Its client secrets, without their values; C(null) if they weren't read, as after the integration was created.
      returned: always
      type: list
      elements: dict
      contains:
        id:
          description: Okta's id of the secret; C(null) in check mode if it would be created.
          returned: always
          type: str
          sample: ocs2f4zrZbs8nUa7p0g4
        status:
          description: V(ACTIVE) or V(INACTIVE).
          returned: always
          type: str
          sample: ACTIVE
        secret_hash:
          description: Okta's hash of the secret; C(null) in check mode if the secret would be created.
          returned: always
          type: str
          sample: yk4SVx4sUWVJVbHt6M-UPA
        created:
          description: Time of creation (ISO 8601); C(null) in check mode if the secret would be created.
          returned: always
          type: str
          sample: "2025-10-08T10:11:43.000Z"
        last_updated:
          description: Time of the last change (ISO 8601); C(null) in check mode if the secret would be created.
          returned: always
          type: str
          sample: "2025-10-08T10:11:43.000Z"
client_id:
  description: The client id, which is the integration's id; C(null) if there is none, and in check mode if it would be created.
  returned: success
  type: str
  sample: 0oaqrl2q6yhNhvne61d7
client_secret:
  description: The secret that was created; C(null) if none was. Okta never shows it again.
  returned: success
  type: str
  sample: DRUFXGF9XbLnS9k-Sla3x3POBiIxDreBCdZuFs5B
secret_hash:
  description:
    - Okta's hash of RV(client_secret), for O(secret_hash) of later runs. C(null) if no secret was created, and if it was created
      with the integration, because Okta doesn't return its hash then. A run with O(id) and O(inspect) returns it.
  returned: success
  type: str
  sample: FpCwXwSjTRQNtEI11I00-g
secret_missing:
  description:
    - Whether the integration doesn't have the secret of O(secret_hash), and none was created because of O(make_lost_secret=false).
  returned: success
  type: bool
  sample: false
beyond:
  description:
    - What the integration has beyond the desired state after this task, if its secrets were read and the managed one is known.
      With O(only_add) or O(take_over), it remains.
  returned: success
  type: list
  elements: str
  sample: ["the scope okta.apps.manage", "the client secret ocs2f4zrZbs8nUa7p0g4 (active, made 2026-01-06T19:50:58.000Z)"]
refused:
  description: Whether the task failed because the existing integration may be unmanaged. Nothing was changed.
  returned: failure, for this reason
  type: bool
  sample: true
created:
  description: Whether this task created the integration, or would.
  returned: success
  type: bool
  sample: true
changes:
  description: The steps of the change, or of the change that would be made.
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
