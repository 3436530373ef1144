#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare a tenant with its desired state."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_audit_info
short_description: Compare a tenant with its desired state
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Compares an Okta tenant with the state that onboarding establishes, and returns each deviation with its severity and its remedy.
  - It computes the same plan as onboarding and applies nothing. Its client refuses to write in any mode.
  - What the credential isn't allowed to see is a finding of severity V(unknown), never clean.
  - If a tenant can't be audited, the module doesn't fail but returns the status V(failed) with the reason, so that an audit of
    a fleet continues. The module fails for invalid options.
notes:
  - It sends at most seven requests, one of them only if O(key_max_age) is set. One more each is required for a renamed app, network zones
    given by name, a custom domain, DPoP, an org in which no app is found, and an auditing API token that may have onboarded the
    tenant. O(privileges) takes three, and one or two for each resource set of the org; O(coverage) takes up to twelve.
  - The kinds of findings are listed in U(https://github.com/Rezonate-io/rezonate.okta/blob/main/docs/audit.md).
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.okta
  - rezonate.okta.resource.custom_roles
seealso:
  - module: rezonate.okta.audit_report
  - module: rezonate.okta.collect_audits
  - name: Okta API, applications
    description: One of the APIs that this module calls.
    link: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/
options:
  tenant:
    description:
      - The tenant's name in the report.
      - Or a plan, as M(rezonate.okta.tenant_plan) returned it as C(plan); in the role P(rezonate.okta.rezonate#role), a task without
        a plan creates its own. It supplies all options that the task doesn't set, including the credential. Secrets are read in the
        process that needs them, and no result contains them. A task with a plan always runs on the controller, in its own process.
    type: raw
    required: true
  host:
    description:
      - The tenant's name in the inventory, for the commands in remedies. Without it, O(tenant) is used.
    type: str
  inventory:
    description:
      - The inventory sources, for the commands in remedies, such as V(tenants.yml) or V(acme,). Without it, the commands name none.
      - A source in the working directory is given relative to it, others with their absolute path.
    type: list
    elements: str
    default: []
  method:
    description:
      - The authentication method of the tenant.
    type: str
    choices: [oauth, api_service_integration, api_token]
    default: oauth
  own_credentials:
    description:
      - Whether to audit with the credentials of the app itself, O(app_id) with O(own_private_key), O(own_client_secret) or
        O(own_api_token). With V(false), the credential of the connection options is used.
    type: bool
    default: false
  vault_problem:
    description:
      - Why the vault file can't be read, as a sentence. Whatever depends on it is then unknown.
      - Without it, information that is missing in other options isn't in the file.
    type: str
  problem:
    description:
      - Why the tenant can't be audited, as a sentence, for a tenant whose audit failed before this module ran. No request is then
        sent, and the status is V(failed), with O(tenant), O(host) and O(org_url) as in other audits.
        Without O(org_url), the org is that of O(tenant) below O(okta_domain).
      - Without it, the tenant is audited.
    type: str
  okta_domain:
    description:
      - With O(problem), the domain of the tenant's org.
    type: str
    default: okta.com
  onboarded:
    description:
      - Whether credentials of the tenant are stored. With V(false), the remedy for O(vault_problem) is onboarding instead of another audit.
    type: bool
    default: true
  adopting:
    description:
      - Whether an existing app or integration is being adopted, so that onboarding doesn't change what it had before.
        Its label, DPoP and network limits are then not compared. Scopes and roles beyond the desired state are findings nevertheless,
        and one week after the start of the adoption its other keys and secrets are too, as C(key_adopted). The remedy is to finish the
        adoption.
    type: bool
    default: false
  vault_id:
    description:
      - The vault id of the stored credentials, such as V(rezonate), for the commands in remedies. Without it, or with V(default),
        the commands prompt for the vault password without a vault id.
    type: str
  app_label:
    description:
      - The app's label.
    type: str
    default: Rezonate
  app_id:
    description:
      - Id of the app or of the API service integration. Without it, it is found by O(app_label) or O(service_type).
    type: str
  service_type:
    description:
      - With O(method=api_service_integration), its key in the Okta Integration Network (OIN).
    type: str
    default: rezonate_security
  own_private_key:
    description:
      - The app's private key as PEM or JWK. It is verified by requesting an access token. Without it and O(own_client_secret),
        the credentials aren't verified.
    type: str
  own_key_id:
    description:
      - Key id under which the key is registered with the app. Without it, the C(kid) of the JWK is used, or the key's RFC 7638 thumbprint.
    type: str
  own_dpop:
    description:
      - With O(own_credentials), whether the app's access tokens are bound by DPoP.
    type: bool
    default: false
  own_client_secret:
    description:
      - The client secret of the API service integration. Without it and O(own_private_key), the credentials aren't verified.
    type: str
  own_api_token:
    description:
      - With O(method=api_token), the API token for Rezonate. Without it, the token is unknown.
    type: str
  jwks:
    description:
      - The managed public keys as JWK, all that the app should have. Without it, there are none.
    type: list
    elements: dict
    default: []
  retiring_keys:
    description:
      - Key ids of managed keys that a rotation has yet to remove. Without it, there are none.
    type: list
    elements: str
    default: []
  rotation:
    description:
      - The stage of a rotation in progress. Without it, there is none.
      - V(prepared) and V(taking over) wait for a person, and are a finding after a week. Any other stage is a finding immediately.
    type: str
  rotation_since:
    description:
      - The start of the rotation. Without it, the start is unknown.
    type: str
  secret_hash:
    description:
      - Okta's hash of the managed client secret. Without it, the secret can't be distinguished from others.
    type: str
  exclusive:
    description:
      - Whether scopes and admin roles beyond the desired ones are findings. SUPER_ADMIN always is.
    type: bool
    default: true
  exclusive_keys:
    description:
      - Whether unmanaged keys and secrets are findings.
    type: bool
    default: true
  app_dpop:
    description:
      - Whether access tokens should be bound by DPoP. Without it, this isn't compared.
    type: bool
  network_zones:
    description:
      - Network zones, by id or name, that the app should be limited to; an empty list for no limit. Without it, this isn't compared.
    type: list
    elements: str
  wanted_scopes:
    description:
      - The scopes that should be granted. Without it, there are none.
    type: list
    elements: str
    default: []
  optional_scopes:
    description:
      - More scopes that should be granted, without those that the org is known to lack. They can be missing if the vault file can't be
        read. Without it, there are none.
    type: list
    elements: str
    default: []
  roles:
    description:
      - Types of the standard admin roles that the app should hold. Without it, there are none.
    type: list
    elements: str
    default: []
  custom_roles:
    description:
      - Custom roles that the app should hold. Without it, there are none.
    default: []
  privileges:
    description:
      - The custom role with which the app sees the admin roles of the org, and its resource set. Its permission and its resource are
        compared, and any other holder of the role is a finding.
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
        description: The only permission that the role should have.
        type: str
        default: okta.iam.read
      resource:
        description: The only resource that the set should contain; C({partition}) and C({orgId}) stand for those of the org.
        type: str
        default: orn:{partition}:iam:{orgId}:contained_resources
  custom_roles_known:
    description:
      - Whether O(custom_roles) are all that are managed. With V(false), other custom roles are unknown.
    type: bool
    default: true
  proven_at:
    description:
      - When the credentials were verified. Without it, they never were.
    type: str
  bootstrap_owner:
    description:
      - Id of the user whose API token onboarded the tenant. API tokens of that user, except the one that audits, are a finding if they
        were created before the onboarding and used more than an hour after O(proven_at). Without it, API tokens aren't read.
    type: str
  key_max_age:
    description:
      - The maximum age of a key or secret, a number with V(h), V(d) or V(w), such as V(90d). Without it, the age isn't limited.
      - An app doesn't return when its keys were added, so with this option the list of its keys is read too. Without it, key ages aren't
        in the report. A key of unknown age is too old if O(proven_at) is, and otherwise a finding of severity V(unknown),
        C(key_age_unknown).
    type: str
  coverage:
    description:
      - Whether to read with the app's own credentials which of its scopes are usable with the admin roles that it holds, as
        C(coverage) in RV(tenant). This takes up to twelve requests, with O(method=oauth) and valid credentials only.
      - A scope that isn't usable is no finding.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Compare a tenant with its desired state
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

- name: Set the connection once for several tasks
  module_defaults:
    group/rezonate.okta.okta:
      org_url: https://acme.okta.com
      api_token: "{{ okta_api_token }}"
  block:
    - name: Compare the tenant with its desired state
      rezonate.okta.okta_audit_info:
        tenant: acme
        app_id: 0oas92c5r8A1EQacI5d7
        vault_problem: The file wasn't read.
        wanted_scopes: [okta.users.read]
        roles: [READ_ONLY_ADMIN]

# In an AWX job, a credential of the type Okta API token supplies org_url and api_token by its environment.
- name: Compare the tenant, and find keys that are older than a quarter
  rezonate.okta.okta_audit_info:
    tenant: acme
    app_id: 0oas92c5r8A1EQacI5d7
    vault_problem: The file wasn't read.
    wanted_scopes: [okta.users.read]
    roles: [READ_ONLY_ADMIN]
    key_max_age: 90d
"""

RETURN = r"""
msg:
  description: The result in one sentence.
  returned: success
  type: str
  sample: "Tenant acme (https://acme.okta.com): 1 finding: scope_manage_surplus."
tenant:
  description:
    - The tenant, for M(rezonate.okta.audit_report). Its members are described in
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
        message: "The app has write access: it holds the undesired scopes okta.apps.manage."
        remedy: ansible-playbook -i tenants.yml rezonate.okta.onboard_rezonate --limit acme --vault-id rezonate@prompt
plan:
  description:
    - The updated plan, which contains no secret.
  returned: with a plan as O(tenant)
  type: dict
  sample:
    tenant: acme
    org_url: https://acme.okta.com
    results:
      audit: {status: findings, error: null, findings: [scope_manage_surplus]}
audits:
  description:
    - In the role P(rezonate.okta.rezonate#role), RV(tenant) of this audit, after those of earlier ones on the same host.
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
