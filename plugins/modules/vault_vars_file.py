#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage variables in a file that is encrypted with Ansible Vault."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vault_vars_file
short_description: Manage variables in a file that is encrypted with Ansible Vault
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Sets and removes variables in a YAML file that is encrypted as a whole with Ansible Vault, with the vault
    secrets of the run. C(ansible-vault view) shows such a file, C(ansible-vault edit) changes it.
  - Everything happens in memory on the controller. Neither plain text nor a vault secret is written to a disk or a command
    line, or sent to another machine.
  - Encrypted text is decrypted again, with the vault secrets of the run, before it is written.
  - The file is rewritten only if its content changes.
  - Concurrent runs never write the same file at the same time. The second one changes what the first one wrote, or fails
    if its O(expected_revision) no longer matches.
notes:
  - Variables that a task doesn't name retain their values, tags and anchors, and mostly their formatting.
    B(Comments are lost) when the file is changed, because YAML parsers drop them.
  - In a directory that others can write to, a link or a file of another user, other than root and the directory's owner, is
    not trusted; the module fails.
  - In Ansible's C(host_vars) and C(group_vars) directories, use a file name that doesn't end in C(.yml), C(.yaml) or
    C(.json), unless every run on that inventory has the vault secret.
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.writer
  - rezonate.okta.attributes.controller
  - rezonate.okta.files
  - rezonate.okta.files.private
attributes:
  diff_mode:
    details:
      - Shows which variables change, never their values.
seealso:
  - module: rezonate.okta.vault_vars_file_info
  - module: rezonate.okta.rsa_jwk
  - name: Ansible Vault
    description: How Ansible encrypts files, and what a vault id is.
    link: https://docs.ansible.com/ansible/latest/vault_guide/index.html
options:
  path:
    description:
      - The file. Missing directories are created when it is written.
      - A relative path starts at the working directory, V(~) is the home of the user who runs Ansible. A symbolic link is followed.
    type: str
    required: true
  ciphertext:
    description:
      - The encrypted content, if it is stored elsewhere than in a file, such as in a secret store. Empty text is equivalent to
        a missing file.
      - No file is read or written, and RV(ciphertext) must be stored. O(path) is its name in messages.
      - Without it, the file O(path) is used.
    type: str
  state:
    description:
      - V(present) sets O(variables), in a new file if there is none.
      - V(absent) removes O(names), or the file itself if O(names) is not set. A file that isn't encrypted
        with Ansible Vault is never removed.
      - To read variables, use M(rezonate.okta.vault_vars_file_info).
    type: str
    choices: [present, absent]
    default: present
  variables:
    description:
      - The variables to set with O(state=present), for which it is required. It can't be used with another O(state).
      - Each value replaces the whole value of the variable. Dictionaries are not merged.
      - Text, numbers, booleans, V(null), lists and dictionaries are supported.
    type: dict
  names:
    description:
      - With O(state=absent), the variables to remove. An empty list removes nothing. Without it, the file itself is removed.
      - It can't be used with O(state=present).
    type: list
    elements: str
  expected_revision:
    description:
      - The RV(revision) that the file must have, or V(absent) if there must be no file.
        Otherwise the module fails and writes nothing, also in check mode.
      - Without it, the change is applied to any content.
    type: str
  vault_id:
    description:
      - The vault id to encrypt a new file with. It must be one of those of the run.
      - A vault id that Ansible can't read from the header of an encrypted file is refused. It must consist of printable ASCII
        characters without V(;), and without blanks at the ends.
      - Without it, the vault id of the setting R(DEFAULT_VAULT_ENCRYPT_IDENTITY,DEFAULT_VAULT_ENCRYPT_IDENTITY)
        is used, or the first one of the run.
      - An existing file retains its vault id and its vault secret.
    type: str
  backup:
    description:
      - Whether an encrypted copy of the file is created beside it before the file is changed or removed.
        Its name is that of the file, the first twelve characters of its revision, and C(.backup).
      - It can't be used with O(ciphertext).
    type: bool
    default: false
"""

EXAMPLES = r"""
# ansible-playbook --vault-id prod@prompt site.yml
- name: Store a password
  rezonate.okta.vault_vars_file:
    path: host_vars/acme/service.vault
    variables:
      service_password: "{{ lookup('ansible.builtin.password', '/dev/null') }}"
      service_user: rezonate

- name: Read the password
  rezonate.okta.vault_vars_file_info:
    path: host_vars/acme/service.vault
    names:
      - service_password
  register: stored

- name: Change the password, unless the file has been changed meanwhile
  rezonate.okta.vault_vars_file:
    path: host_vars/acme/service.vault
    variables:
      service_password: "{{ stored.variables.service_password | reverse }}"
    expected_revision: "{{ stored.revision }}"

- name: Remove the password, but not the other variables
  rezonate.okta.vault_vars_file:
    path: host_vars/acme/service.vault
    state: absent
    names:
      - service_password

- name: Remove the file
  rezonate.okta.vault_vars_file:
    path: host_vars/acme/service.vault
    state: absent

# No file is written; the result contains encrypted text to store anywhere.
- name: Change a password that is stored elsewhere
  rezonate.okta.vault_vars_file:
    path: the text in the ticket
    ciphertext: "{{ stored_text }}"
    variables:
      service_password: "{{ lookup('ansible.builtin.password', '/dev/null') }}"
  register: text

- name: Keep a copy of each file that is changed
  module_defaults:
    rezonate.okta.vault_vars_file:
      backup: true
  rezonate.okta.vault_vars_file:
    path: host_vars/acme/service.vault
    variables:
      service_user: rezonate

# In an AWX job, which deletes its files with its container, change the text of a credential instead of a file.
- name: Add a variable to the credentials of the job
  rezonate.okta.vault_vars_file:
    path: the credential of the job
    ciphertext: "{{ rezonate_ciphertext }}"
    variables:
      service_user: rezonate
  register: text
"""

RETURN = r"""
path:
  description: The absolute path of the file. With O(ciphertext), the given O(path).
  type: str
  returned: success
  sample: /home/jane/tenants/host_vars/acme/service.vault
exists:
  description: Whether the file exists now. In check mode, whether it exists before the change.
  type: bool
  returned: success
  sample: true
backup_file:
  description: The copy of the file before the change, or the copy that would be created in check mode.
  type: str
  returned: with O(backup=true), when the file changed
  sample: /srv/okta/host_vars/acme/rezonate.vault.3b5d5c371295.backup
revision:
  description:
    - The SHA-256 of the file, V(absent) if there is none. In check mode, of the file before the change.
    - It changes whenever the file is rewritten, even with the same content.
  type: str
  returned: success
  sample: 3b5d5c3712955042212316173ccf37be8001bf0f1b4c33c3a1c2a5f8b3e0a2d1
vault_id:
  description:
    - The vault id of the file, or that of a new file. V(default) for a file without a vault id.
    - V(null) if O(state=absent) didn't need to decrypt the file.
  type: str
  returned: success
  sample: prod
view_command:
  description:
    - The command that shows the file, quoted for a shell; it prompts for the password. With O(ciphertext), C(FILE) stands for a
      file with that text.
    - V(null) if RV(vault_id) is.
  type: str
  returned: success
  sample: ansible-vault view --vault-id prod@prompt /home/ada/host_vars/acme/service.vault
names:
  description:
    - The names of all variables in the file, sorted. In check mode, those after the change.
    - Empty if O(state=absent) didn't need to decrypt the file.
  type: list
  elements: str
  returned: success
  sample: [service_password, service_user]
changed_names:
  description: The names of the variables that were added, changed or removed, or would be in check mode, sorted.
  type: list
  elements: str
  returned: success
  sample: [service_password]
ciphertext:
  description:
    - The new encrypted content, empty if it is removed.
    - It is encrypted with the vault secret of the run, and as safe as that is.
  type: str
  returned: O(ciphertext) is set, something changed, and it isn't check mode
  sample: |
    $ANSIBLE_VAULT;1.2;AES256;prod
    62313365396662343061393464336163383764373764613633653634306231386433626436623361
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import ModuleSpec, controller_only

MODULE = ModuleSpec(
    options={
        "path": {"type": "str", "required": True},
        "ciphertext": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "variables": {"type": "dict"},
        "names": {"type": "list", "elements": "str"},
        "expected_revision": {"type": "str"},
        "vault_id": {"type": "str"},
        "backup": {"type": "bool", "default": False},
    },
    run=controller_only("vault_vars_file"),
    needs=("yaml",),
    hidden_options=("variables", "ciphertext"),
    rules={"mutually_exclusive": [["variables", "names"]], "required_if": [["state", "present", ["variables"]]]},
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
