#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read and check the stored record of a tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_record
short_description: Read and check the stored record of a tenant
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Reads the variable C(rezonate_credentials), which the role P(rezonate.okta.rezonate#role) stores for a tenant, from a file
    that is encrypted with Ansible Vault, or from an encrypted text.
  - "Every member of it is checked: methods, ids, times, types, also in what is nested. A member that isn't as the role writes it
    makes the module fail with a sentence that names file and member, and no value."
  - A member that this release doesn't know was written by a newer one. It stays in the record as it is, and the module warns of it.
  - A record of another org is refused. An org that has another URL by now, such as a custom domain, is recognized by its id.
    Both URLs are asked for it without a credential, unless the record has it.
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
  path:
    description:
      - The file. A missing file is read as one without variables.
      - A relative path starts at the directory in which the command was called, V(~) is the home of the user who called it.
    type: str
    required: true
  ciphertext:
    description:
      - The encrypted content, for one that is stored elsewhere than in a file. O(path) is what messages call it then.
        Without it, the file is read.
    type: str
  vault_id:
    description:
      - The vault id that a new file would be encrypted with. Without it, the setting C(vault_encrypt_identity), then the first id
        of the run.
    type: str
  work:
    description:
      - What the record is read for.
    type: str
    choices: [onboard, rotate, offboard, audit]
    default: onboard
  tenant:
    description:
      - The tenant's name, for messages.
    type: str
    required: true
  org_url:
    description:
      - The URL of the org.
    type: str
    required: true
  method:
    description:
      - The authentication method to onboard with. Any other O(work) goes by the stored one, and by this one where nothing is stored.
    type: str
    choices: [oauth, api_service_integration, api_token]
    default: oauth
  rotation:
    description:
      - With O(work=rotate), which step of it. A step that the record doesn't allow is refused.
    type: str
    choices: [status, prepare, finish, abort]
    default: status
  scopes_version:
    description:
      - The version of the set of scopes. V(0) means the stored one, or O(newest_scopes_version) where none is stored.
    type: int
    default: 0
  newest_scopes_version:
    description:
      - The newest version of the set of scopes.
    type: int
    default: 1
  must_last:
    description:
      - Whether a file is refused that is gone with the run, as in a job of AWX or Automation Controller.
    type: bool
    default: false
  ca_path:
    description:
      - File of CA certificates in PEM form, for asking an org for its id. Without it, the usual ones.
    type: path
  validate_certs:
    description:
      - Whether the certificate is checked then.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait then, for a connection and for each piece of an answer.
    type: int
    default: 30
  max_retries:
    description:
      - How often such a call is repeated after a lost connection or an error of Okta's servers.
    type: int
    default: 4
"""

EXAMPLES = r"""
- name: Read what is stored of the tenant
  rezonate.okta.tenant_record:
    path: host_vars/acme/rezonate.vault
    tenant: acme
    org_url: https://acme.okta.com
    work: audit
  register: record

- name: Show when the credentials were verified first
  ansible.builtin.debug:
    var: record.known.proven_at
"""

RETURN = r"""
path:
  description: The absolute path of the file, or what messages call the text.
  returned: success
  type: str
  sample: /srv/okta/host_vars/acme/rezonate.vault
exists:
  description: Whether the file is there, or the text isn't empty.
  returned: success
  type: bool
  sample: true
revision:
  description: What M(rezonate.okta.vault_vars_file) takes as its option C(expected_revision).
  returned: success
  type: str
  sample: 0f343b0931126a20f133d67c2b018a3b5f7dbb5d1c6f5b7d2b0f7f9f0a4f7c3d
vault_id:
  description: The vault id that the file is encrypted with, or would be.
  returned: success
  type: str
  sample: rezonate
view_command:
  description: The command that shows the file, quoted for a shell.
  returned: success
  type: str
  sample: ansible-vault view --vault-id rezonate@prompt /srv/okta/host_vars/acme/rezonate.vault
names:
  description: The names of all variables of the file.
  returned: success
  type: list
  elements: str
  sample: [rezonate_credentials]
lasts:
  description: Whether the file is there after the run.
  returned: success
  type: bool
  sample: true
method:
  description: The authentication method that counts.
  returned: success
  type: str
  sample: oauth
moves:
  description: Whether that is another method than the stored one.
  returned: success
  type: bool
  sample: false
proven:
  description: Whether the stored credentials of that method were verified.
  returned: success
  type: bool
  sample: true
scopes_version:
  description: The version of the set of scopes that counts.
  returned: success
  type: int
  sample: 1
known:
  description: The members of RV(credentials) that are no secrets.
  returned: success
  type: dict
  sample:
    application_id: 0oas92c5r8A1EQacI5d7
    proven_at: "2026-01-31T12:00:00Z"
methods:
  description: What RV(stored) holds for each method, without secrets; C(secret_members) lists the names of these.
  returned: success
  type: dict
  sample:
    oauth:
      application_id: 0oas92c5r8A1EQacI5d7
      proven_at: "2026-01-31T12:00:00Z"
      secret_members: [private_key]
rotation:
  description: The status of a rotation.
  returned: success
  type: dict
  contains:
    stage:
      description: V(none), V(preparing), V(prepared), V(finishing), or V(taking over).
      returned: success
      type: str
      sample: prepared
    since:
      description: When that stage began; without a rotation, when the credentials were verified. Empty where that isn't known.
      returned: success
      type: str
      sample: "2026-01-31T12:00:00Z"
stored:
  description: The record as it is stored. The result of the task is hidden in all output; it can be registered and used.
  returned: success
  type: dict
  sample:
    method: api_token
    api_token: 00made-up
credentials:
  description:
    - The record as this run finds it, with the org's present URL. Where another method than the stored one counts, the stored
      credentials are below C(previous), and those of that method, if there were any, take their place.
  returned: success
  type: dict
  sample:
    method: api_token
    api_token: 00made-up
invalid:
  description: V(true) where the record isn't what the role wrote, is another org's, or doesn't allow the work.
  returned: failure for that reason
  type: bool
  sample: true
"""

from ..module_utils._audit_schema import METHODS
from ..module_utils._connection import TRANSPORT_OPTIONS
from ..module_utils._errors import StateError
from ..module_utils._module import run_module
from ..module_utils._spec import Call, ModuleSpec, Outcome


def refuse(_call: Call) -> Outcome:
    """Say why a task that was sent off can't be done; the work is in ``_tenant_record.run``."""
    raise StateError(
        "tenant_record works only in the controller's own process, where the vault secrets are:"
        " call it as rezonate.okta.tenant_record, without 'async'."
    )


MODULE = ModuleSpec(
    options={
        "path": {"type": "str", "required": True},
        "ciphertext": {"type": "str"},
        "vault_id": {"type": "str"},
        "work": {"type": "str", "choices": ["onboard", "rotate", "offboard", "audit"], "default": "onboard"},
        "tenant": {"type": "str", "required": True},
        "org_url": {"type": "str", "required": True},
        "method": {"type": "str", "choices": list(METHODS), "default": "oauth"},
        "rotation": {"type": "str", "choices": ["status", "prepare", "finish", "abort"], "default": "status"},
        "scopes_version": {"type": "int", "default": 0},
        "newest_scopes_version": {"type": "int", "default": 1},
        "must_last": {"type": "bool", "default": False},
        **{name: TRANSPORT_OPTIONS[name] for name in ("ca_path", "validate_certs", "timeout", "max_retries")},
    },
    run=refuse,
    needs=("yaml", "requests"),
    secret_returns=("stored", "credentials"),
    hidden_options=("ciphertext",),
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
