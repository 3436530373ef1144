# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module does the same in the controller's own process and shipped to another Python: one table, two hosts."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_run import Event, Run
from desk import Desk, pem, private_jwk, writes
from emulator.support import public_jwk
from okta_emulator import Entry, Tenant

LABEL = "Made by a module"
ONE, TWO = public_jwk("paths-one"), public_jwk("paths-two")
APP = {"label": LABEL, "jwks": [ONE]}
GRANTS = {"app_id": "{{ made.app.id }}", "scopes": ["okta.users.read", "okta.logs.read"]}
ROLES = {"app_client_id": "{{ made.app.client_id }}", "roles": ["READ_ONLY_ADMIN"]}
PROOF = {"client_id": "{{ made.app.client_id }}", "private_key": pem("paths-one"), "key_id": "paths-one"}
VAULT = {"path": "{{ inventory_hostname }}.vault"}
REPORT = {"path": "{{ inventory_hostname }}-report"}
MERGED = "{{ inventory_hostname }}-report/audit.json"
AUDITED = {"tenant": "acme", "findings": [{"id": "key_old", "severity": "high", "message": "The key is old.", "remedy": "rotate"}]}
SECRET = "made-up-secret-in-a-vault-e07b4c19"


@dataclass(frozen=True)
class Case:
    """A task.

    Args:
        module: the module, without the collection's name.
        options: its options.
        changed: whether it changes something.
        fails: a pattern of its message, where it fails.
        keywords: keywords of the task.
        hidden: whether its result is hidden.
        writes: how many calls change something in Okta.
    """

    module: str
    options: dict[str, Any]
    changed: bool = False
    fails: str = ""
    keywords: dict[str, Any] = field(default_factory=dict)
    hidden: bool = False
    writes: int = 0


CHECK = {"check_mode": True, "diff": True}
WEAK = {"api_token": "{{ weak_token }}"}
CA = {"ca_path": "{{ ca_path }}"}
DEFAULTS = "group/rezonate.okta.okta"
TOKEN = {"api_token": "{{ api_token }}"}
ORG = {"org_url": "{{ org_url }}"}
BY_ENVIRONMENT = {"module_defaults": {DEFAULTS: {**CA, **TOKEN}}, "environment": {"OKTA_CLIENT_ORGURL": "{{ org_url }}"}}
AS_APP = {"module_defaults": {DEFAULTS: {**CA, **ORG}}}
NO_APP = {"app_id": "0oamadeupmadeupmadeu", "scopes": ["okta.users.read"]}
CASES = {
    "key: checked": Case("rsa_jwk", {"path": "{{ inventory_hostname }}.pem"}, True, keywords=CHECK, hidden=True),
    "key: made": Case("rsa_jwk", {"path": "{{ inventory_hostname }}.pem"}, True, hidden=True, keywords={"register": "pair"}),
    "key: repeated": Case("rsa_jwk", {"path": "{{ inventory_hostname }}.pem"}, hidden=True),
    "key: given": Case("rsa_jwk", {"private_key": pem("paths-one")}, hidden=True),
    "key: of its own name": Case("rsa_jwk", {"private_key": private_jwk("paths-one"), "key_id": "other"}, hidden=True),
    "key: garbage": Case("rsa_jwk", {"private_key": "made-up-garbage-41d7"}, fails="private_key"),
    "key: unknown option": Case("rsa_jwk", {"bits": 2048}, fails="Unsupported parameters for .*rsa_jwk.* module: bits"),
    "key: bad choice": Case("rsa_jwk", {"size": 1024}, fails="value of size must be one of: 2048, 3072, 4096, got: 1024"),
    "app: checked": Case("okta_service_app", APP, True, keywords=CHECK),
    "app: made": Case("okta_service_app", APP, True, writes=1, keywords={"register": "made"}),
    "app: repeated": Case("okta_service_app", APP),
    "app: change checked": Case("okta_service_app", {**APP, "dpop": True, "jwks": [ONE, TWO]}, True, keywords=CHECK),
    "app: changed": Case("okta_service_app", {**APP, "dpop": True, "jwks": [ONE, TWO]}, True, writes=2),
    "app: changed back": Case("okta_service_app", {**APP, "dpop": False, "exclusive_keys": True}, True, writes=3),
    "app: deactivated": Case("okta_service_app", {"label": LABEL, "state": "inactive"}, True, writes=1),
    "app: activated": Case("okta_service_app", {"label": LABEL}, True, writes=1),
    "app: private members": Case("okta_service_app", {"label": "x", "jwks": [private_jwk("paths-two")]}, fails="jwks"),
    "app: neither id nor label": Case("okta_service_app", {"jwks": [ONE]}, fails="one of the following is required: id, label"),
    "app: weak token": Case("okta_service_app", {"label": "Mine", "jwks": [TWO], **WEAK}, fails="E0000006", writes=1),
    "app: listed": Case("okta_service_app_info", {"label": LABEL}),
    "app: all listed": Case("okta_service_app_info", {}),
    "app: not listed": Case("okta_service_app_info", {"id": "0oamadeupmadeupmadeu"}),
    "app: listed by a bad token": Case("okta_service_app_info", {"api_token": "00made-up-bad-token-c2"}, fails="E0000011"),
    "token: looked at": Case("okta_api_token_info", {}),
    "token: by environment": Case("okta_api_token_info", {}, keywords=BY_ENVIRONMENT),
    "token: required": Case("okta_api_token_info", {"require_super_admin": True, **WEAK}, fails="only a super admin"),
    "grants: checked": Case("okta_scope_grant", GRANTS, True, keywords=CHECK),
    "grants: made": Case("okta_scope_grant", GRANTS, True, writes=2),
    "grants: repeated": Case("okta_scope_grant", {**GRANTS, "exclusive": True}),
    "grants: optional": Case("okta_scope_grant", {**GRANTS, "optional_scopes": ["okta.nosuch.read"]}, writes=1),
    "grants: exclusive": Case("okta_scope_grant", {**GRANTS, "scopes": ["okta.users.read"], "exclusive": True}, True, writes=1),
    "grants: malformed": Case("okta_scope_grant", {**GRANTS, "scopes": ["users read"]}, fails="scopes: 'users read'"),
    "grants: unknown": Case("okta_scope_grant", {**GRANTS, "scopes": ["okta.nosuch.read"]}, fails="okta.nosuch.read", writes=1),
    "grants: no app": Case("okta_scope_grant", NO_APP, fails="answered 404 E0000007"),
    "grants: weak token": Case("okta_scope_grant", {**GRANTS, **WEAK}, fails="E0000006", writes=1),
    "roles: checked": Case("okta_client_role", ROLES, True, keywords=CHECK),
    "roles: made": Case("okta_client_role", ROLES, True, writes=1),
    "roles: repeated": Case("okta_client_role", {**ROLES, "exclusive": True}),
    "roles: changed": Case("okta_client_role", {**ROLES, "roles": ["APP_ADMIN"], "exclusive": True}, True, writes=2),
    "roles: and back": Case("okta_client_role", {**ROLES, "exclusive": True}, True, writes=2),
    "roles: malformed": Case("okta_client_role", {**ROLES, "roles": ["read only"]}, fails="roles: 'read only'"),
    "roles: unknown": Case("okta_client_role", {**ROLES, "roles": ["NO_SUCH_ADMIN"]}, fails="answered 400", writes=1),
    "roles: weak token": Case("okta_client_role", {**ROLES, **WEAK}, fails="E0000006"),
    "proof: given": Case("okta_access_token", {**PROOF, "scopes": ["okta.users.read"]}),
    "proof: with the token": Case("okta_access_token", {**PROOF, "scopes": ["okta.users.read"], "return_token": True}, hidden=True),
    "proof: too many scopes": Case("okta_access_token", {**PROOF, "scopes": ["okta.users.read", "okta.apps.read"]}, fails="scope"),
    "proof: wrong key": Case(
        "okta_access_token", {**PROOF, "private_key": pem("paths-two"), "scopes": ["okta.users.read"]}, fails="invalid_client"
    ),
    "proof: as itself": Case("okta_service_app_info", {**PROOF, "scopes": ["okta.users.read"]}, keywords=AS_APP, fails="answered 403"),
    "grants: gone checked": Case("okta_scope_grant", {**GRANTS, "state": "absent"}, True, keywords=CHECK),
    "grants: gone": Case("okta_scope_grant", {**GRANTS, "state": "absent"}, True, writes=1),
    "grants: still gone": Case("okta_scope_grant", {**GRANTS, "state": "absent"}),
    "roles: gone": Case("okta_client_role", {**ROLES, "state": "absent"}, True, writes=1),
    "roles: still gone": Case("okta_client_role", {**ROLES, "state": "absent"}),
    "app: gone checked": Case("okta_service_app", {"label": LABEL, "state": "absent"}, True, keywords=CHECK),
    "app: gone": Case("okta_service_app", {"label": LABEL, "state": "absent"}, True, writes=2),
    "app: still gone": Case("okta_service_app", {"label": LABEL, "state": "absent"}),
    "file: checked": Case("vault_vars_file", {**VAULT, "variables": {"word": SECRET}}, True, keywords=CHECK),
    "file: made": Case("vault_vars_file", {**VAULT, "variables": {"word": SECRET}}, True),
    "file: repeated": Case("vault_vars_file", {**VAULT, "variables": {"word": SECRET}}),
    "file: read": Case("vault_vars_file", {**VAULT, "state": "read"}, hidden=True),
    "file: gone": Case("vault_vars_file", {**VAULT, "state": "absent"}, True),
    "report: checked": Case("audit_report", {**REPORT, "tenants": [AUDITED]}, True, keywords=CHECK),
    "report: made": Case("audit_report", {**REPORT, "tenants": [AUDITED]}, True),
    "report: repeated": Case("audit_report", {**REPORT, "tenants": [AUDITED]}),
    "report: merged": Case("audit_report", {**REPORT, "tenants": [{"tenant": "globex"}], "merge": [MERGED]}, True),
    "report: merged again": Case("audit_report", {**REPORT, "merge": [MERGED]}),
    "report: of nothing": Case("audit_report", REPORT, fails="one of the following is required: tenants, merge"),
    "report: malformed": Case(
        "audit_report", {**REPORT, "tenants": [{**AUDITED, "keys": "x"}]}, fails=r"tenants\[0\].keys has to be a list"
    ),
}
# What can't be shipped anywhere.
CONTROLLER_ONLY = ("vault_vars_file", "audit_report")


@dataclass(frozen=True)
class Paths:
    """The run, and the tenants behind the two hosts."""

    run: Run
    here: Tenant
    there: Tenant

    def event(self, host: Tenant, case: str) -> Event:
        """Give the result of a case."""
        (event,) = [event for event in self.run.tasks(host.name) if event.task == case]
        return event

    def requests(self, host: Tenant, case: str) -> list[Entry]:
        """Give the requests of a case."""
        event = self.event(host, case)
        return [entry for entry in host.requests if event.started <= entry.time <= event.ended]


@pytest.fixture(scope="module")
def paths(new_desk: Callable[[], Desk], new_tenant: Callable[..., Tenant]) -> Paths:
    desk, here, there = new_desk(), new_tenant(), new_tenant()
    # another path of the very same Python: not the controller's own, as far as Ansible can tell
    python = desk.folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    tasks = [
        {"name": name, f"rezonate.okta.{case.module}": case.options, "ignore_errors": True, **case.keywords} for name, case in CASES.items()
    ]
    hosts = {
        tenant.name: {"weak_token": tenant.add_api_token("auditor"), "ansible_python_interpreter": str(interpreter)}
        for tenant, interpreter in ((here, "{{ ansible_playbook_python }}"), (there, python))
    }
    play = {"module_defaults": {DEFAULTS: {**CA, **ORG, **TOKEN}}, "vars": {"ca_path": desk.okta.ca_file}}
    # since 2.21 a shipped module shows its options only where that is asked for
    env = {"ANSIBLE_INJECT_INVOCATION": "1"}
    return Paths(desk.play(tasks, here, there, play=play, hosts=hosts, args=("-vvvv",), env=env), here, there)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("path", ["here", "there"])
def test_a_module_does_what_the_table_says(paths: Paths, path: str, case: str) -> None:
    expected, host = CASES[case], getattr(paths, path)
    event = paths.event(host, case)
    assert event.failed == bool(expected.fails), event.result
    assert re.search(expected.fails, str(event.result.get("msg", ""))), event.result
    assert event.changed == expected.changed, event.result
    assert len(writes(paths.requests(host, case))) == expected.writes, writes(paths.requests(host, case))
    assert ("censored" in event.result) == expected.hidden
    if expected.keywords is CHECK and not expected.hidden:
        assert event.result["diff"]["before"] != event.result["diff"]["after"]


@pytest.mark.parametrize("case", CASES)
def test_both_paths_give_the_same_result(paths: Paths, case: str) -> None:
    assert comparable(paths, paths.here, case) == comparable(paths, paths.there, case)


def test_one_path_is_in_process_and_the_other_is_shipped(paths: Paths) -> None:
    shipped = [case for case in CASES if CASES[case].module not in CONTROLLER_ONLY]
    assert f"<{paths.here.name}> EXEC" not in paths.run.output
    assert len(re.findall(rf"<{paths.there.name}> EXEC .*/work/python", paths.run.output)) == len(shipped)


def test_no_secret_is_in_the_output_at_vvvv(paths: Paths) -> None:
    found = [secret for secret in secrets(paths) if secret in paths.run.output]
    assert found == []


def secrets(paths: Paths) -> list[str]:
    """Give all that no output may hold."""
    lines = [line for name in ("paths-one", "paths-two") for line in pem(name).splitlines() if "-----" not in line]
    members = [private_jwk(name)[member] for name in ("paths-one", "paths-two") for member in ("d", "p", "q", "dp", "dq", "qi")]
    tokens = [value for host in (paths.here, paths.there) for value in (*host.state.api_tokens, *host.state.access_tokens)]
    return [*lines, *members, *tokens, SECRET]


def comparable(paths: Paths, host: Tenant, case: str) -> Any:
    """Give a result without what differs from org to org, and without Ansible's own additions."""
    result = dict(paths.event(host, case).result)
    for name in ("_ansible_no_log", "ansible_facts", "exception"):
        result.pop(name, None)
    text = repr(sorted(result.items(), key=lambda item: item[0])).replace(host.name, "HOST")
    for pattern in (
        r"\b(0oa|00u|oag|pks)\w{17}\b",
        r"20\d\d-\d\d-\d\dT[\d:.]+Z",
        r"oae[\w-]{22}",
        r"\b[0-9a-f]{32}\b",
        r"\b[0-9a-f]{64}\b",
    ):
        text = re.sub(pattern, "X", text)
    return text
