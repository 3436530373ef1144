#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep variables in a file that is encrypted with Ansible Vault."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vault_vars_file
short_description: Keep variables in a file that is encrypted with Ansible Vault
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Sets, removes and reads variables in a YAML file that is encrypted as a whole with Ansible Vault, with the vault
    secrets that the run was given. C(ansible-vault view) shows such a file, C(ansible-vault edit) changes it.
  - Everything happens in memory on the controller. Neither a plain text nor a vault secret reaches a disk, a command
    line or another machine.
  - What was encrypted is decrypted again, with the vault secrets of the run, before it is written.
  - The file is replaced as a whole or not at all, also when the run is killed or the disk is full. It is rewritten only
    if its content changes.
  - Two runs never write the same file at the same time; the second one starts from what the first one wrote, or fails
    if it named its O(expected_revision).
notes:
  - Runs on the controller only, whatever the host and the connection of the task.
  - Variables that a task doesn't name keep their values, tags and anchors, and mostly the way they are written.
    B(Comments are lost) when the file is changed, because YAML parsers drop them.
  - The file always gets the mode V(0600), and directories that have to be made get V(0700). A file with another mode is
    repaired, which counts as a change, unless it is only read.
  - While a file is written, C(.NAME.rezonate-tmp) lies next to it. It holds encrypted text only. If a killed run leaves
    it behind, the next run that uses the same O(path), other than in check mode, removes it. It is always a new file; what
    another user has put in its place is never written to, and the module fails.
  - In a directory that others can write to, a link or a file of another user, other than root and the directory's owner, is
    not trusted; the module fails.
  - In Ansible's own C(host_vars) and C(group_vars) directories use a file name that does not end in C(.yml), C(.yaml) or
    C(.json), unless every run on that inventory has the vault secret.
extends_documentation_fragment:
  - rezonate.okta.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - Shows which variables change, never their values.
  in_process:
    support: full
    details:
      - The module is never shipped; connection and privilege escalation of the task don't matter.
options:
  path:
    description:
      - The file.
      - A relative path starts at the directory in which the command was called, V(~) is the home of the user who called
        it. A symbolic link is followed and stays.
      - Missing directories are made when the file is written.
    type: str
    required: true
  ciphertext:
    description:
      - The encrypted content, for one that is kept somewhere else than in a file, such as in a secret store. Empty text is
        as a file that there isn't.
      - No file is read or written then; RV(ciphertext) is what has to be kept. O(path) is what messages call it.
    type: str
  state:
    description:
      - V(present) makes sure of O(variables), in a new file if there is none.
      - V(absent) makes sure that O(names) are gone, or the file itself if O(names) is not set. A file that isn't encrypted
        with Ansible Vault is never removed.
      - V(read) changes nothing and returns RV(variables). A missing file is read as one without variables.
    type: str
    choices: [present, absent, read]
    default: present
  variables:
    description:
      - The variables to set with O(state=present), where it is required. It can't be used with another O(state).
      - Each value replaces the whole value that the variable had. Dictionaries are not merged.
      - Text, numbers, booleans, V(null), lists and dictionaries are possible.
    type: dict
  names:
    description:
      - With O(state=absent) the variables to remove. An empty list removes nothing; without this option the file itself
        is removed.
      - With O(state=read) the variables to read. Without this option all are read that can be.
      - It can't be used with O(state=present).
    type: list
    elements: str
  expected_revision:
    description:
      - The RV(revision) that the file must still have, or V(absent) if there must be no file.
      - If it has another one the module fails and writes nothing, in check mode too.
      - Without this option the change is applied to whatever the file holds.
    type: str
  vault_id:
    description:
      - The vault id to encrypt a new file with. It has to be among those of the run.
      - The header of an encrypted file holds printable ASCII characters only, none of them V(;), and no blank at the ends. An id
        of other characters is refused, for Ansible would write a file that nobody can read.
      - Without this option it is the one that the setting R(DEFAULT_VAULT_ENCRYPT_IDENTITY,DEFAULT_VAULT_ENCRYPT_IDENTITY)
        names, and without that the first one that the run was given.
      - An existing file keeps the vault id and the secret that it has, whatever is set here.
    type: str
  backup:
    description:
      - Whether a copy of the file, encrypted as it is, is kept beside it before the file is changed or removed.
        Its name is that of the file, the first twelve characters of its revision, and C(.backup).
      - It can't be used with O(ciphertext). Without it, no copy is kept.
    type: bool
    default: false
"""

EXAMPLES = r"""
# ansible-playbook --vault-id prod@prompt site.yml
- name: Keep a password
  rezonate.okta.vault_vars_file:
    path: host_vars/acme/service.vault
    variables:
      service_password: "{{ lookup('ansible.builtin.password', '/dev/null') }}"
      service_user: rezonate

# The result is hidden in all output, and can be used nevertheless.
- name: Read it
  rezonate.okta.vault_vars_file:
    path: host_vars/acme/service.vault
    state: read
    names:
      - service_password
  register: stored

- name: Change it, if nobody else did in the meantime
  rezonate.okta.vault_vars_file:
    path: host_vars/acme/service.vault
    variables:
      service_password: "{{ stored.variables.service_password | reverse }}"
    expected_revision: "{{ stored.revision }}"

- name: Forget the password and keep the other variables
  rezonate.okta.vault_vars_file:
    path: host_vars/acme/service.vault
    state: absent
    names:
      - service_password

- name: Remove the file
  rezonate.okta.vault_vars_file:
    path: host_vars/acme/service.vault
    state: absent

# Nothing is written here; what comes back is encrypted, and can be kept anywhere.
- name: Change a password that is kept somewhere else
  rezonate.okta.vault_vars_file:
    path: the text that the ticket holds
    ciphertext: "{{ kept_text }}"
    variables:
      service_password: "{{ lookup('ansible.builtin.password', '/dev/null') }}"
  register: text
"""

RETURN = r"""
path:
  description: The absolute path of the file. With O(ciphertext), O(path) as it was given.
  type: str
  returned: success
  sample: /home/jane/tenants/host_vars/acme/service.vault
exists:
  description: Whether the file exists now. In check mode, whether it exists before the change.
  type: bool
  returned: success
  sample: true
backup_file:
  description: The copy of the file as it was, or that would be kept in check mode.
  type: str
  returned: with O(backup=true), when the file changed
  sample: /srv/okta/host_vars/acme/rezonate.vault.3b5d5c371295.backup
revision:
  description:
    - The SHA-256 of the file as it is now, V(absent) if there is none. In check mode, of the file before the change.
    - It changes with every rewriting, also to the same content.
  type: str
  returned: success
  sample: 3b5d5c3712955042212316173ccf37be8001bf0f1b4c33c3a1c2a5f8b3e0a2d1
vault_id:
  description:
    - The vault id of the file, or the one that a new file gets. V(default) for a file without a label.
    - V(null) where O(state=absent) had no need to look into the file.
  type: str
  returned: success
  sample: prod
view_command:
  description:
    - The command that shows the file, quoted for a shell; it asks for the password. With O(ciphertext), C(FILE) stands for a
      file with that text.
    - V(null) where RV(vault_id) is.
  type: str
  returned: success
  sample: ansible-vault view --vault-id prod@prompt /home/ada/host_vars/acme/service.vault
names:
  description:
    - The names of all variables in the file, sorted. In check mode, of those that it would hold.
    - Empty where O(state=absent) had no need to look into the file.
  type: list
  elements: str
  returned: success
  sample: [service_password, service_user]
changed_names:
  description: The names of the variables that were added, changed or removed, sorted. In check mode, that would be.
  type: list
  elements: str
  returned: success and O(state) is V(present) or V(absent)
  sample: [service_password]
variables:
  description:
    - The variables by their names, those of O(names) only if that is set. Names that the file doesn't set are left out.
    - The result of a task that returns it is hidden in all output. It can be registered and used.
      In a loop, ansible-core before 2.19 doesn't hide it, so a task with a loop needs C(no_log=true) there.
  type: dict
  returned: success and O(state=read)
  sample:
    service_password: gMxqWb7Zt2
    service_user: rezonate
ciphertext:
  description:
    - The encrypted content as it is to be now, empty if there is to be none.
    - It is encrypted with the vault secret of the run, and as safe as that is.
  type: str
  returned: O(ciphertext) is set, something changed, and it isn't check mode
  sample: |
    $ANSIBLE_VAULT;1.2;AES256;prod
    62313365396662343061393464336163383764373764613633653634306231386433626436623361
lasts:
  description:
    - Whether the file is there after the run. In a job of AWX or Automation Controller only what is on a mounted path is.
      Elsewhere, and with O(ciphertext), V(true).
  type: bool
  returned: success and O(state=read)
  sample: true
unreadable:
  description:
    - The names of variables that RV(variables) lacks because their YAML says more than plain values do, such as C(!vault).
    - If one of them is listed in O(names) the module fails.
  type: list
  elements: str
  returned: success and O(state=read)
  sample: []
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.errors import StateError
from ..module_utils._core.spec import Call, ModuleSpec, Outcome


def refuse(_call: Call) -> Outcome:
    """Say why a task that was sent off can't be done; the work is in ``_vars_file.run``."""
    raise StateError(
        "vault_vars_file works only in the controller's own process, where the vault secrets are:"
        " call it as rezonate.okta.vault_vars_file, without 'async'."
    )


MODULE = ModuleSpec(
    options={
        "path": {"type": "str", "required": True},
        "ciphertext": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent", "read"], "default": "present"},
        "variables": {"type": "dict"},
        "names": {"type": "list", "elements": "str"},
        "expected_revision": {"type": "str"},
        "vault_id": {"type": "str"},
        "backup": {"type": "bool", "default": False},
    },
    run=refuse,
    needs=("yaml",),
    secret_returns=("variables",),
    hidden_options=("variables", "ciphertext"),
    rules={"mutually_exclusive": [["variables", "names"]], "required_if": [["state", "present", ["variables"]]]},
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
