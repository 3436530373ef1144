# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays of careless authors: no `no_log`, registered results, loops, retries, rescues; and a control play that leaks on purpose."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from ansible.release import __version__ as core

_HEAD = """
- hosts: all
  gather_facts: false
  vars: {{ansible_python_interpreter: "{interpreter}", ansible_connection: {connection}}}
  module_defaults:
    group/rezonate.okta.okta: {{org_url: "{{{{ org_url }}}}", api_token: "{{{{ api_token }}}}", ca_path: "{{{{ ca_path }}}}"}}
  tasks:
"""
_MADE = """
    - rezonate.okta.rsa_jwk:
      register: made
    - debug: {msg: "made {{ made.key_id }} {{ made.size }} {{ made.private_key | length }}"}
    - rezonate.okta.vault_vars_file: {path: saved.vault, variables: {rezonate_credentials: "{{ made }}"}}
    - rezonate.okta.vault_vars_file_info: {path: saved.vault}
      register: saved
    - debug: {msg: "saved {{ saved.names }} {{ saved.variables.rezonate_credentials.key_id }}"}
    - rezonate.okta.tenant_settings: {work: audit}
      register: settings
    - rezonate.okta.tenant_plan: {work: audit, scope_sets: {"1": {scopes: [okta.users.read], optional_scopes: []}}}
      register: planned
    - debug: {msg: "planned {{ planned.plan.tenant }}"}
    - rezonate.okta.okta_service_app: {label: Careless, jwks: ["{{ made.public_jwk }}"]}
      register: app
    - rezonate.okta.okta_api_token_info:
    - rezonate.okta.okta_service_app_info:
    - rezonate.okta.okta_scope_grant: {app_id: "{{ app.app.id }}", scopes: [okta.users.read]}
    - rezonate.okta.okta_client_role: {app_client_id: "{{ app.app.client_id }}", roles: [READ_ONLY_ADMIN]}
    - rezonate.okta.okta_access_token: &mint
        client_id: "{{ app.app.client_id }}"
        private_key: "{{ made.private_key }}"
        scopes: [okta.users.read]
        endpoints: ["/api/v1/users?limit=1"]
        return_token: true
      register: token
    - debug: {msg: "minted {{ token.expires_in }} {{ token.access_token | length }}"}
    - rezonate.okta.okta_network_zone: {name: Careless, gateways: [198.51.100.0/24]}
    - rezonate.okta.okta_custom_role: {label: Careless, permissions: [okta.users.read]}
    - rezonate.okta.okta_resource_set: {label: Careless, resources: ["{{ org_url }}/api/v1/users"]}
    - rezonate.okta.okta_admin_user: {login: careless@acme.example, first_name: Care, last_name: Less}
    - rezonate.okta.okta_api_token: {state: absent, name: Never there}
    - rezonate.okta.okta_api_service_integration: {type: anzennaapiservice, scopes: [okta.users.read]}
      register: service
    - debug: {msg: "integrated {{ service.client_id }} {{ service.client_secret | length }}"}
    - rezonate.okta.okta_api_service_integration: {id: "{{ service.client_id }}", new_secret: true}
      register: another
      failed_when: another.client_secret | length == 1
    - rezonate.okta.okta_access_token:
        client_id: "{{ service.client_id }}"
        client_secret: "{{ service.client_secret }}"
        scopes: [okta.users.read]
        endpoints: ["/api/v1/users?limit=1"]
    - rezonate.okta.okta_audit_info:
        tenant: acme
        app_label: Careless
        app_id: "{{ app.app.id }}"
        own_private_key: "{{ made.private_key }}"
        own_key_id: "{{ made.key_id }}"
        own_client_secret: "{{ service.client_secret }}"
        own_api_token: "{{ api_token }}"
        jwks: ["{{ made.public_jwk }}"]
        wanted_scopes: [okta.users.read]
        roles: [READ_ONLY_ADMIN]
      register: audited
    - rezonate.okta.collect_audits:
    - rezonate.okta.audit_report: {path: report, tenants: ["{{ audited.tenant }}"]}
    - rezonate.okta.tenant_settings: {work: merge}
    - rezonate.okta.tenant_report:
        tenant: "{{ planned.plan | combine({'work': 'onboard', 'results': {'integration': service}}) }}"
    - rezonate.okta.tenant_record: {tenant: "{{ planned.plan }}", event: remediation_taken_away}
      check_mode: true
      ignore_errors: true
    - rezonate.okta.tenant_comparison: {tenant: "{{ planned.plan }}"}
      check_mode: true
      ignore_errors: true
    - rezonate.okta.confirm_offboarding: {ask: false}
      check_mode: true
    - rezonate.okta.publish_results:
      ignore_errors: true
    - rezonate.okta.merge_results:
    - rezonate.okta.fleet_summary: {path: fleet.json, summary: {tenants: {total: 1}}}
"""
# ansible-core before 2.19 refuses the loops.
_AGAIN = """
    - rezonate.okta.rsa_jwk: {size: "{{ item }}"}
      loop: [1, 2048]
      ignore_errors: true
      register: many
    - rezonate.okta.rsa_jwk: {size: "{{ item }}"}
      loop: [2048, 1]
      ignore_errors: true
    - debug: {msg: "many {{ many.results | map(attribute='key_id', default='none') }}"}
    - rezonate.okta.okta_access_token: *mint
      loop: [1, 2]
      ignore_errors: true
    - rezonate.okta.rsa_jwk:
      register: until_size
      until: until_size.size == 4096
      retries: 2
      delay: 0
      ignore_errors: true
    - rezonate.okta.okta_access_token: *mint
      register: until_old
      until: until_old.expires_in == 1
      retries: 2
      delay: 0
      ignore_errors: true
    - rezonate.okta.rsa_jwk:
      failed_when: true
      ignore_errors: true
"""
# ansible-core before 2.19 refuses these tasks and ends the play.
_OVER_SECRETS = """
    - rezonate.okta.rsa_jwk: {private_key: "{{ item }}"}
      loop: ["{{ made.private_key }}", "{{ made.private_jwk | to_json }}"]
    - rezonate.okta.rsa_jwk: {private_key: "{{ item }}", size: 1}
      loop: ["{{ made.private_key }}", "{{ made.private_jwk | to_json }}"]
      ignore_errors: true
"""
# What Ansible prints of a loop: its item, its label, and with `extended` all other items.
_SHOWN_BY_LOOPS = """
    - rezonate.okta.okta_api_token_info: {api_token: "{{ item.token }}"}
      loop: [{name: one, token: "{{ api_token }}"}]
    - rezonate.okta.okta_api_token_info: {api_token: "{{ tenant.token | default(omit) }}"}
      loop: [{name: one}, {name: two, token: "{{ api_token }}"}, {name: three}]
      loop_control: {extended: true, loop_var: tenant, index_var: number, label: "{{ tenant.name }}"}
      register: extended
      ignore_errors: true
    - debug: {msg: "extended {{ extended.results | map(attribute='changed') }}"}
    - rezonate.okta.okta_api_token_info: {max_retries: -1}
      loop: ["{{ api_token }}", two]
      loop_control: {extended: true, extended_allitems: false}
      ignore_errors: true
    - rezonate.okta.okta_api_token_info:
      loop: [one]
      loop_control: {label: "{{ item }} {{ api_token }}"}
    - rezonate.okta.okta_api_token_info: {api_token: "{{ item | b64decode }}"}
      loop: ["{{ api_token | b64encode }}"]
    - rezonate.okta.okta_api_token_info: {api_token: "{{ item.token }}"}
      with_items: [{token: "{{ api_token }}"}]
      register: again
      until: again.changed
      retries: 2
      delay: 0
      ignore_errors: true
"""
# Each task fails; the rescue prints its result.
_FAILING = {
    "an unknown option": "rezonate.okta.rsa_jwk: {private_key: '{{ made.private_key }}', pasphrase: '{{ made.private_key }}'}",
    "a damaged key": "rezonate.okta.rsa_jwk: {private_key: \"{{ made.private_key[:800] ~ '=' ~ made.private_key[800:] }}\"}",
    "a damaged JWK": "rezonate.okta.rsa_jwk: {private_key: \"{{ made.private_jwk | combine({'p': made.private_jwk.q}) | to_json }}\"}",
    "half a JWK": "rezonate.okta.rsa_jwk: {private_key: '{{ (made.private_jwk | to_json)[:900] }}'}",
    "a private key for Okta": "rezonate.okta.okta_service_app: {label: Careless, jwks: ['{{ made.private_jwk }}']}",
    "a damaged key for Okta": "rezonate.okta.okta_service_app: {label: X, jwks: [\"{{ made.private_jwk | combine({'n': 1}) }}\"]}",
    "unknown client": "rezonate.okta.okta_access_token: {client_id: x, private_key: '{{ made.private_key }}', scopes: [okta.users.read]}",
    "a bad scope": "rezonate.okta.okta_access_token: {client_id: x, private_key: '{{ made.private_key }}', scopes: [x]}",
    "a wrong client secret": "rezonate.okta.okta_access_token: {client_id: '{{ service.client_id }}', client_secret: "
    "'{{ service.client_secret }}x', scopes: [okta.users.read]}",
    "a client secret for a key": "rezonate.okta.rsa_jwk: {private_key: '{{ service.client_secret }}'}",
    "a third client secret": "rezonate.okta.okta_api_service_integration: {id: '{{ service.client_id }}', new_secret: true}",
    "the calling token as inspected token": "rezonate.okta.okta_api_token_info: {inspect_token: '{{ api_token }}'}",
    "a token with a blank": "rezonate.okta.okta_api_token_info: {api_token: '{{ api_token }} x'}",
    "a token as user name": "rezonate.okta.okta_api_token_info: {org_url: 'https://{{ api_token }}@acme.okta.com'}",
    "a bad name": "rezonate.okta.vault_vars_file: {path: other.vault, variables: {'no name': '{{ made.private_key }}'}}",
    "a bad value": "rezonate.okta.vault_vars_file: {path: other.vault, variables: '{{ made.private_key }}'}",
    "an invalid choice": "rezonate.okta.vault_vars_file: {path: other.vault, state: here, variables: {a: '{{ made.private_key }}'}}",
    "mutually exclusive": "rezonate.okta.vault_vars_file: {path: other.vault, names: [a], variables: {a: '{{ made.private_key }}'}}",
    "async": "{rezonate.okta.rsa_jwk: {private_key: '{{ made.private_key }}'}, async: 20, poll: 1}",
    "async without options": "{rezonate.okta.rsa_jwk: {}, async: 20, poll: 1}",
    "async without polling": "{rezonate.okta.rsa_jwk: {}, async: 20, poll: 0}",
}
# Each task fails if the module is transferred: the environment would appear in a command line.
_REVEALED_BY_ENVIRONMENT = {
    "a token in the environment": "OKTA_API_TOKEN: '{{ api_token }}'",
    "a key in the environment": "OKTA_CLIENT_PRIVATEKEY: '{{ made.private_key }}'",
    "a secret in another variable": "MINE: '{{ service.client_secret }}'",
    "a token in an unsuspicious variable": "LANG: '{{ api_token }}'",
    "a proxy's password": "https_proxy: 'http://me:{{ service.client_secret }}@127.0.0.1:1'",
    "a proxy's password without a scheme": "HTTPS_PROXY: 'me:{{ service.client_secret }}@127.0.0.1:1'",
}
REVEALED = len(_REVEALED_BY_ENVIRONMENT)
# Leaks that the search must find; otherwise its results are void.
CONTROL = """
- hosts: all
  gather_facts: false
  tasks:
    - debug: {msg: "{{ api_token }}"}
    - debug: {msg: "half {{ api_token[:20] }}"}
    - debug: {msg: "{{ client_secret }}"}
    - debug: {msg: "Base64 {{ ('xy' ~ api_token ~ 'z') | b64encode }}"}
    - command: "{{ ansible_playbook_python }} -c 'import time; time.sleep(0.3)' {{ api_token }}"
    - command: sleep 0.3
      environment: {A_SECRET: "{{ api_token }}"}
    - shell: umask 022; printf %s "$A_SECRET" > "$TMPDIR/comes-and-goes"; sleep 0.3; rm "$TMPDIR/comes-and-goes"
      environment: {A_SECRET: "{{ api_token }}"}
    - copy: {content: "{{ api_token }}", dest: left-over}
    - rezonate.okta.rsa_jwk:
      register: made
    - debug: {msg: "{{ made.private_key }}"}
    - debug: {msg: "{{ made.private_jwk }}"}
    - set_fact: {a_fact: "{{ api_token }}", cacheable: true}
"""


def failures(*, shipped: bool) -> int:
    """Return the number of tasks that fail and are rescued."""
    return len(_FAILING) + (REVEALED if shipped else 0)


def careless(interpreter: str, *, brief: bool = False, connection: str = "local") -> str:
    """Return the play, with modules run by this Python interpreter; a brief play has no failing and no repeated tasks."""
    head = _HEAD.format(interpreter=interpreter, connection=connection)
    if brief:
        return head + _MADE
    over_secrets = _OVER_SECRETS if tuple(map(int, core.split(".")[:2])) >= (2, 19) else ""
    revealed = _revealed() if interpreter != sys.executable else {}
    return head + _MADE + _AGAIN + over_secrets + _SHOWN_BY_LOOPS + _rescued({**_FAILING, **revealed})


def shown(interpreter: str, connection: str) -> str:
    """Return a short play of what Ansible itself prints of a transferred module: output, loops and environment."""
    return _HEAD.format(interpreter=interpreter, connection=connection) + _MADE + _SHOWN_BY_LOOPS + _rescued(_revealed())


def _revealed() -> dict[str, str]:
    tasks = "{{rezonate.okta.okta_api_token_info: {{}}, environment: {{{}}}}}"
    return {name: tasks.format(variable) for name, variable in _REVEALED_BY_ENVIRONMENT.items()}


def _rescued(failing: Mapping[str, str]) -> str:
    return "".join(
        f"    - block: [{task if task.startswith('{') else '{' + task + '}'}]\n"
        f'      rescue: [{{debug: {{var: ansible_failed_result}}}}, {{debug: {{msg: "rescued: {name}"}}}}]\n'
        for name, task in failing.items()
    )
