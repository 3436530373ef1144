#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read variables of a file that is encrypted with Ansible Vault."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vault_vars_file_info
short_description: Read variables of a file that is encrypted with Ansible Vault
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Reads variables of a YAML file that is encrypted as a whole with Ansible Vault, with the vault secrets of the run.
  - Everything happens in memory on the controller. Neither plain text nor a vault secret is written to a disk or a command
    line, or sent to another machine.
  - A missing file is read as one without variables.
notes:
  - In a directory that others can write to, a link or a file of another user, other than root and the directory's owner, is
    not trusted; the module fails.
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.attributes.controller
seealso:
  - module: rezonate.okta.vault_vars_file
  - name: Ansible Vault
    description: How Ansible encrypts files, and what a vault id is.
    link: https://docs.ansible.com/ansible/latest/vault_guide/index.html
options:
  path:
    description:
      - The file.
      - A relative path starts at the working directory, V(~) is the home of the user who runs Ansible. A symbolic link is followed.
    type: str
    required: true
  ciphertext:
    description:
      - The encrypted content, if it is stored elsewhere than in a file, such as in a secret store. Empty text is equivalent to
        a missing file.
      - O(path) is its name in messages, and no file is read.
      - Without it, the file O(path) is read.
    type: str
  names:
    description:
      - The variables to read. Without it, all readable variables are returned.
    type: list
    elements: str
  expected_revision:
    description:
      - The RV(revision) that the file must have, or V(absent) if there must be no file. Otherwise the module fails.
      - Without it, any content is read.
    type: str
"""

EXAMPLES = r"""
# The result is hidden in all output, and can be used nevertheless.
- name: Read a password
  rezonate.okta.vault_vars_file_info:
    path: host_vars/acme/service.vault
    names:
      - service_password
  register: stored

- name: Read several files with the same option
  module_defaults:
    rezonate.okta.vault_vars_file_info:
      names: [rezonate_credentials]
  block:
    - name: Read the credentials of a tenant
      rezonate.okta.vault_vars_file_info:
        path: host_vars/acme/rezonate.vault
      register: credentials

# In an AWX job, a credential of the type Rezonate credentials supplies the encrypted text.
- name: Decrypt the credentials of the job
  rezonate.okta.vault_vars_file_info:
    path: the credential of the job
    ciphertext: "{{ rezonate_ciphertext }}"
  register: opened
"""

RETURN = r"""
path:
  description: The absolute path of the file. With O(ciphertext), the given O(path).
  type: str
  returned: success
  sample: /home/jane/tenants/host_vars/acme/service.vault
exists:
  description: Whether the file exists.
  type: bool
  returned: success
  sample: true
revision:
  description:
    - The SHA-256 of the file, V(absent) if there is none. The option O(rezonate.okta.vault_vars_file#module:expected_revision) takes it.
    - It changes whenever the file is rewritten, even with the same content.
  type: str
  returned: success
  sample: 3b5d5c3712955042212316173ccf37be8001bf0f1b4c33c3a1c2a5f8b3e0a2d1
vault_id:
  description: The vault id of the file, or that of a new file. V(default) for a file without a vault id.
  type: str
  returned: success
  sample: prod
view_command:
  description:
    - The command that shows the file, quoted for a shell; it prompts for the password. With O(ciphertext), C(FILE) stands for a
      file with that text.
  type: str
  returned: success
  sample: ansible-vault view --vault-id prod@prompt /home/ada/host_vars/acme/service.vault
names:
  description: The names of all variables in the file, sorted.
  type: list
  elements: str
  returned: success
  sample: [service_password, service_user]
variables:
  description:
    - The variables by name, only those of O(names) if that is set. Names that the file doesn't contain are omitted.
    - The result of a task that returns them is hidden in all output. It can be registered and used.
      In a loop, ansible-core before 2.19 doesn't hide it; set C(no_log=true) on such a task.
  type: dict
  returned: success
  sample:
    service_password: gMxqWb7Zt2
    service_user: rezonate
lasts:
  description:
    - Whether the file is persistent. In a job of AWX or Automation Controller, only files on a mounted path are.
      Elsewhere, and with O(ciphertext), V(true).
  type: bool
  returned: success
  sample: true
unreadable:
  description:
    - The names of variables that RV(variables) lacks because their YAML isn't a plain value, such as C(!vault).
    - If O(names) contains one of them, the module fails.
  type: list
  elements: str
  returned: success
  sample: []
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import ModuleSpec, controller_only

MODULE = ModuleSpec(
    options={
        "path": {"type": "str", "required": True},
        "ciphertext": {"type": "str"},
        "names": {"type": "list", "elements": "str"},
        "expected_revision": {"type": "str"},
    },
    run=controller_only("vault_vars_file_info"),
    needs=("yaml",),
    secret_returns=("variables",),
    hidden_options=("ciphertext",),
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
