#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare a tenant with its wanted state."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_audit_info
short_description: Compare a tenant with its wanted state, and change nothing
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Compares an Okta tenant with the state that onboarding would bring it to, and tells what differs, how bad that is and what mends it.
  - It plans what onboarding plans and applies nothing. The client that it asks with refuses to write, whatever the mode.
  - What the credential may not see is a finding of severity V(unknown), never clean.
  - A tenant that can't be audited is no failure of the module but has the status V(failed) and a sentence, so that a run over
    a fleet goes on. A wrong option is a failure.
notes:
  - It makes at most seven calls, one of them only where O(key_max_age) is set. A renamed app, network zones that are given by name,
    a custom domain, DPoP, an org in which no app is found, and an API token that audits and may be the one that onboarded take one more
    each; O(privileges) takes three, and one or two for each resource set of the org; O(coverage) a dozen at most.
  - The kinds of findings are listed in U(https://github.com/Rezonate-io/rezonate.okta/blob/main/docs/audit.md).
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
  tenant:
    description:
      - The tenant's name in the report.
      - Or a plan, as M(rezonate.okta.tenant_plan) returned it as C(plan); in the role P(rezonate.okta.rezonate#role) a task that has
        none makes its own. It gives all options that the task doesn't set, the credential among them. Secrets are looked up in the
        process that needs them, and no result holds them. A task with a plan always runs on the controller, in its own process.
    type: raw
    required: true
  host:
    description:
      - The tenant's name in the inventory, for the commands that mend what is found. Without it, O(tenant).
    type: str
  inventory:
    description:
      - The sources of the inventory, for these commands, such as V(tenants.yml) or V(acme,). Without it, they name none.
      - A source in the directory in which the command was called is given relative to it, others with their whole path.
    type: list
    elements: str
    default: []
  method:
    description:
      - How the tenant was onboarded.
    type: str
    choices: [oauth, api_service_integration, api_token]
    default: oauth
  own_credentials:
    description:
      - Audit with the credentials of the app itself, which the O(app_id) and O(own_private_key), O(own_client_secret) or
        O(own_api_token) are. Without it, with the credential of the connection options.
    type: bool
    default: false
  vault_problem:
    description:
      - A sentence that says why the vault file couldn't be read. What depends on it is unknown then.
      - Without it, what other options leave out isn't in the file.
    type: str
  problem:
    description:
      - A sentence that says why the tenant can't be audited, for a tenant whose audit failed before this module was called. Nothing is
        asked of Okta then, and the tenant has the status V(failed), with O(tenant), O(host) and O(org_url) as in any other audit.
        Without O(org_url), the org is that of O(tenant) below O(okta_domain).
      - Without it, the tenant is audited.
    type: str
  okta_domain:
    description:
      - With O(problem), the domain below which O(tenant) is.
    type: str
    default: okta.com
  onboarded:
    description:
      - Whether credentials of the tenant are stored at all. If V(false), onboarding mends O(vault_problem), not another audit.
    type: bool
    default: true
  adopting:
    description:
      - Whether an app or integration that was there already is being adopted, so that onboarding leaves alone what was there before.
        Its label, DPoP and network limits are its own then. What it may do beyond the desired state is a finding even so, and so are,
        a week after the adoption began, its other keys and secrets, as C(key_adopted); the remedy is to finish the adoption.
    type: bool
    default: false
  vault_id:
    description:
      - The label of the stored credentials, such as V(rezonate), for the commands that mend what is found. Without it, or with V(default),
        they ask for the vault password without a label.
    type: str
  app_label:
    description:
      - The app's label.
    type: str
    default: Rezonate
  app_id:
    description:
      - Id of the app or of the API service integration. Without it, the one with the label, or of the type, is meant.
    type: str
  service_type:
    description:
      - With O(method=api_service_integration), its key in Okta's catalogue.
    type: str
    default: rezonate_security
  own_private_key:
    description:
      - The app's private key, PEM or JWK. It is tried by asking for an access token. Without it and without O(own_client_secret),
        the credentials aren't tried.
    type: str
  own_key_id:
    description:
      - Key id by which the app knows it. Without it, the one that a JWK names, else the key's RFC 7638 thumbprint.
    type: str
  own_dpop:
    description:
      - Whether the app's access tokens are bound by DPoP, for O(own_credentials).
    type: bool
    default: false
  own_client_secret:
    description:
      - The client secret of the API service integration. Without it, and without O(own_private_key), the credentials aren't tried.
    type: str
  own_api_token:
    description:
      - With O(method=api_token), the API token that was handed over. Without it, nothing can be told of it.
    type: str
  jwks:
    description:
      - Our public keys as JWK; all that the app should know. Without it, none is ours.
    type: list
    elements: dict
    default: []
  retiring_keys:
    description:
      - Key ids of keys of ours that a rotation has still to take away. Without it, there are none.
    type: list
    elements: str
    default: []
  rotation:
    description:
      - The stage of a rotation that is under way. Without it, none is.
      - V(prepared) and V(taking over) wait for a person, and are a finding after a week; another is one at once.
    type: str
  rotation_since:
    description:
      - Since when. Without it, that isn't told.
    type: str
  secret_hash:
    description:
      - Okta's hash of our client secret. Without it, ours can't be told from others.
    type: str
  exclusive:
    description:
      - Whether scopes and admin roles that aren't wanted are findings. SUPER_ADMIN is one in any case.
    type: bool
    default: true
  exclusive_keys:
    description:
      - Whether keys and secrets that aren't ours are findings.
    type: bool
    default: true
  app_dpop:
    description:
      - Whether access tokens should be bound by DPoP. Without it, that doesn't matter.
    type: bool
  network_zones:
    description:
      - Network zones, by id or name, that the app should be limited to; an empty list for no limit. Without it, that doesn't matter.
    type: list
    elements: str
  wanted_scopes:
    description:
      - The scopes that should be granted. Without it, none.
    type: list
    elements: str
    default: []
  optional_scopes:
    description:
      - Scopes that should be granted too, those not among them that the org is known to lack. Where the vault file couldn't be read,
        they may be missing. Without it, none.
    type: list
    elements: str
    default: []
  roles:
    description:
      - Types of the standard admin roles that the app should hold. Without it, none.
    type: list
    elements: str
    default: []
  custom_roles:
    description:
      - Custom roles that it should hold. Without it, none.
    type: list
    elements: dict
    default: []
    suboptions:
      role:
        description: Id of the custom role.
        type: str
        required: true
      resource_set:
        description: Id of the resource set.
        type: str
        required: true
  privileges:
    description:
      - The custom role that lets the app see who may do what in the org, and its resource set. It is compared with what it is to permit and
        to cover, and whoever else holds it is a finding.
      - Without it, only O(custom_roles) are compared.
    type: dict
    suboptions:
      role:
        description: The role's id.
        type: str
        required: true
      resource_set:
        description: The resource set's id.
        type: str
        required: true
      permission:
        description: The only permission that the role is to have.
        type: str
        default: okta.iam.read
      resource:
        description: The only resource that the set is to hold; C({partition}) and C({orgId}) stand for the org's own.
        type: str
        default: orn:{partition}:iam:{orgId}:contained_resources
  custom_roles_known:
    description:
      - Whether O(custom_roles) are all that are ours. If V(false), others are unknown.
    type: bool
    default: true
  proven_at:
    description:
      - When the credentials were proven. Without it, they never were.
    type: str
  bootstrap_owner:
    description:
      - Id of the user whose API token onboarded the tenant. API tokens of that user are a finding if they are older than the onboarding and
        were used more than an hour after O(proven_at), but for the one that audits. Without it, API tokens aren't looked for.
    type: str
  key_max_age:
    description:
      - How old a key or secret may be, a number and V(h), V(d) or V(w), such as V(90d). Without it, as old as it likes.
      - An app doesn't say when its keys were added, so with this option the list of its keys is read too. Without it, their ages aren't
        in the report. A key whose age Okta doesn't tell is too old where O(proven_at) is, and is otherwise a finding of
        severity V(unknown), C(key_age_unknown).
    type: str
  coverage:
    description:
      - Whether reads with the app's own credentials show which of its scopes are usable with the admin roles that it holds, as
        C(coverage) in RV(tenant). One read for each area, at most a dozen. Only with O(method=oauth), and where the credentials work.
      - A scope that isn't usable is no finding.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Compare a tenant with what it should be
  rezonate.okta.okta_audit_info:
    org_url: acme
    tenant: acme
    app_id: 0oas92c5r8A1EQacI5d7
    vault_problem: The file wasn't read.
    wanted_scopes:
      - okta.users.read
      - okta.logs.read
    roles:
      - READ_ONLY_ADMIN
    key_max_age: 90d
  register: audit

- name: Write the report
  rezonate.okta.audit_report:
    path: rezonate-report
    tenants:
      - "{{ audit.tenant }}"
"""

RETURN = r"""
msg:
  description: The result in one sentence.
  returned: success
  type: str
  sample: "Tenant acme (https://acme.okta.com): 1 finding: scope_manage_surplus."
tenant:
  description:
    - The tenant, as M(rezonate.okta.audit_report) takes it; its members are described there and in
      U(https://github.com/Rezonate-io/rezonate.okta/blob/main/docs/audit-schema.md).
  returned: success
  type: dict
  sample:
    tenant: acme
    org_url: https://acme.okta.com
    host: acme
    status: findings
    method: oauth
    audited_at: "2026-01-31T12:00:00Z"
    audited_as: api_token
    app: {id: 0oa1gjh63g214q0Hq0g4, label: Rezonate, status: ACTIVE, created: "2025-06-01T09:30:00.000Z"}
    keys: []
    scopes: {wanted: [okta.logs.read], granted: [okta.apps.manage, okta.logs.read]}
    coverage: null
    roles: {wanted: [READ_ONLY_ADMIN], held: [READ_ONLY_ADMIN]}
    last_proof: "2026-01-30T06:00:00Z"
    error: null
    findings:
      - id: scope_manage_surplus
        severity: critical
        message: "The app may change things: it holds okta.apps.manage, which nobody asked for."
        remedy: ansible-playbook -i tenants.yml rezonate.okta.onboard_rezonate --limit acme --vault-id rezonate@prompt
plan:
  description:
    - With a plan as O(tenant), the plan that holds from there on. It holds no secret.
  returned: with a plan as O(tenant)
  type: dict
  sample:
    tenant: acme
    org_url: https://acme.okta.com
    results:
      audit: {status: findings, error: null, findings: [scope_manage_surplus]}
audits:
  description:
    - In the role P(rezonate.okta.rezonate#role), C(tenant) of this audit, after those of earlier ones on the same host.
  returned: in the role
  type: list
  elements: dict
  sample: []
"""

from typing import Any

from ..module_utils._ansible import run_module
from ..module_utils._audit.audit_methods import audit_tenant
from ..module_utils._core.spec import ModuleSpec
from ..module_utils._okta.connection import CONNECTION_OPTIONS, LIBRARIES

_TEXTS = ("host", "vault_problem", "problem", "vault_id", "app_id", "rotation", "rotation_since", "proven_at", "bootstrap_owner")
_SECRETS = ("own_private_key", "own_client_secret", "own_api_token")
_NO_SECRETS = ("own_key_id", "secret_hash", "key_max_age")
_LISTS = ("wanted_scopes", "optional_scopes", "roles", "inventory")
_PAIR = {"role": {"type": "str", "required": True}, "resource_set": {"type": "str", "required": True}}

_PRIVILEGES: dict[str, Any] = {
    **_PAIR,
    "permission": {"type": "str", "default": "okta.iam.read"},
    "resource": {"type": "str", "default": "orn:{partition}:iam:{orgId}:contained_resources"},
}

MODULE = ModuleSpec(
    options={
        **CONNECTION_OPTIONS,
        "tenant": {"type": "raw", "required": True},
        "method": {"type": "str", "choices": ["oauth", "api_service_integration", "api_token"], "default": "oauth"},
        "own_credentials": {"type": "bool", "default": False},
        "okta_domain": {"type": "str", "default": "okta.com"},
        "onboarded": {"type": "bool", "default": True},
        "adopting": {"type": "bool", "default": False},
        "app_label": {"type": "str", "default": "Rezonate"},
        "service_type": {"type": "str", "default": "rezonate_security"},
        "own_dpop": {"type": "bool", "default": False},
        "jwks": {"type": "list", "elements": "dict", "default": []},
        "retiring_keys": {"type": "list", "elements": "str", "default": [], "no_log": False},
        "coverage": {"type": "bool", "default": False},
        "exclusive": {"type": "bool", "default": True},
        "exclusive_keys": {"type": "bool", "default": True, "no_log": False},
        "custom_roles_known": {"type": "bool", "default": True},
        "privileges": {"type": "dict", "options": _PRIVILEGES},
        "app_dpop": {"type": "bool"},
        "network_zones": {"type": "list", "elements": "str"},
        "custom_roles": {"type": "list", "elements": "dict", "default": [], "options": _PAIR},
        **{name: {"type": "str"} for name in _TEXTS},
        **{name: {"type": "str", "no_log": True} for name in _SECRETS},
        **{name: {"type": "str", "no_log": False} for name in _NO_SECRETS},
        **{name: {"type": "list", "elements": "str", "default": []} for name in _LISTS},
    },
    run=audit_tenant,
    needs=LIBRARIES,
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
