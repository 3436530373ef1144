# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: tenants
short_description: Okta tenants from a CSV or YAML file
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Reads a list of Okta tenants. Each tenant is a host with variables of the role P(rezonate.okta.rezonate#role).
  - The inventory source is a small YAML file with these options. Its name ends in C(tenants.yml) or C(tenants.yaml).
  - "These columns have a meaning. C(tenant), which is required, is the tenant's name. C(domain) is one of Okta's domains,
    such as V(oktapreview.com), which becomes C(rezonate_okta_domain), or the org's own host or URL, which becomes
    C(rezonate_org_url); if it is empty, the domain is V(okta.com). C(method) becomes C(rezonate_method). C(token) becomes
    C(rezonate_okta_api_token). C(host) is the host's name in the inventory; if it is empty, the tenant's name is used."
  - All other columns, such as C(group) and C(owner), become variables with the prefix C(tenant_), such as C(tenant_group).
  - "The file contains no secrets, only references to them: C(env:NAME) for an environment variable, C(var:NAME) for an
    Ansible variable, such as one in a vault file, or C(lookup:PLUGIN:TERM) for a lookup plugin that O(lookups) allows.
    The column C(token), and all columns whose names contain C(secret), C(password), C(token), C(private_key), C(api_key) or similar,
    must contain references. A value that resembles an Okta token is refused in any column."
  - Nothing else in the file is treated as a template.
  - A tenant or a host that occurs twice is refused.
notes:
  - The file determines where tokens are sent. Only let trusted users write it.
  - Set E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED). Otherwise Ansible only warns about an inventory with an error.
extends_documentation_fragment:
  - constructed
  - inventory_cache
options:
  plugin:
    description:
      - Marks the file as a source for this plugin.
    type: str
    required: true
    choices: [rezonate.okta.tenants]
  path:
    description:
      - The file that lists the tenants. A relative path starts at the inventory source's directory.
      - A file whose name ends in C(.yml) or C(.yaml) is a YAML file with a list of mappings under the key C(tenants).
        Any other file is a CSV file in UTF-8, whose first line names the columns.
    type: str
    required: true
  delimiter:
    description:
      - The character between two cells of a CSV file.
    type: str
    default: ","
  columns:
    description:
      - The names of the columns C(host), C(tenant), C(domain), C(method) and C(token) in the file, if they differ.
    type: dict
    default: {}
  lookups:
    description:
      - Full names of the lookup plugins that references can use. Without it, none are allowed, so that nobody who can write the list can
        run a command with it.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
# okta.tenants.yml
plugin: rezonate.okta.tenants
path: tenants.csv

# tenants.csv beside it
#
# tenant,domain,method,group,owner,token
# acme,,oauth,emea,it@acme.example,env:ACME_OKTA_TOKEN
# globex,oktapreview.com,oauth,apac,,var:globex_okta_token
# initech,login.initech.example,oauth,emea,,lookup:community.hashi_vault.vault_read:okta/initech

---
# An exported spreadsheet with other column names; groups emea and apac, and groups of the owners below all_owners
plugin: rezonate.okta.tenants
path: export.csv
delimiter: ";"
columns:
  tenant: okta_name
  domain: okta_domain
lookups:
  - community.hashi_vault.vault_read
keyed_groups:
  - key: tenant_group
    prefix: ""
    separator: ""
  - key: tenant_owner
    prefix: owner
    parent_group: all_owners
groups:
  pilot: tenant_wave == "1"
compose:
  rezonate_remediation: tenant_acts == "yes"

---
# The same list in YAML
plugin: rezonate.okta.tenants
path: list.yml

# list.yml
#
# tenants:
#   - tenant: acme
#     group: emea
#     token: env:ACME_OKTA_TOKEN
"""

import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ..module_utils._core.errors import InputError
from ..plugin_utils._inventory.row import LineError
from ..plugin_utils._inventory.secret_references import reference_template
from ..plugin_utils._inventory.template_trust import mark_as_template, mark_as_text
from ..plugin_utils._inventory.tenant_file import read_tenant_file
from ..plugin_utils._inventory.tenants import TenantHost, read_tenants


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Tenants of a file as hosts."""

    NAME = "rezonate.okta.tenants"

    def verify_file(self, path: str) -> bool:
        """Whether a file is for this plugin, by its name."""
        return bool(super().verify_file(path)) and path.endswith(("tenants.yml", "tenants.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the tenants to the inventory."""
        super().parse(inventory, loader, path, cache)
        try:
            self._read_config_data(path)
        except (RecursionError, ValueError):
            # Ansible's parser shows a traceback, or a message that names no file.
            raise AnsibleParserError(f"{path}: lists or mappings are nested too deeply, or a number has too many digits.") from None
        file = Path(path).parent / os.path.expanduser(self.get_option("path"))
        try:
            found = [(tenant, self._variables(tenant)) for tenant in self._tenants(file, path, cache)]
        except LineError as error:
            raise AnsibleParserError(f"{file}, {error}") from None
        except InputError as error:
            raise AnsibleParserError(f"{path}: {error}") from None
        for tenant, variables in found:
            self._add(tenant.host, variables)

    def _tenants(self, file: Path, path: str, cache: bool) -> list[TenantHost]:
        """Return the tenants of the cache or the file; neither contains secrets, only references to them."""
        cached, key = self.get_option("cache"), self.get_cache_key(path)
        if cached and cache and key in self._cache:
            return [TenantHost(**entry) for entry in self._cache[key]]
        rows = read_tenant_file(file, self.get_option("delimiter"))
        found = read_tenants(rows, self.get_option("columns"), self.get_option("lookups"))
        if cached:
            self._cache[key] = [vars(tenant) for tenant in found]
        return found

    def _variables(self, tenant: TenantHost) -> dict[str, Any]:
        plain = {name: mark_as_text(value) for name, value in tenant.variables.items()}
        lookups = self.get_option("lookups")
        return plain | {name: mark_as_template(reference_template(reference, lookups)) for name, reference in tenant.references.items()}

    def _add(self, host: str, variables: dict[str, Any]) -> None:
        self._populate_host_vars([host], variables)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)
