# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of a tenant by its plan: the options of the module, with secrets, and the result."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible_collections.rezonate.okta.plugins.action.okta_audit_info import ActionModule
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, ModuleSpec, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.plan import Plan
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.settings import resolve_settings
from ansible_collections.rezonate.okta.plugins.modules.okta_audit_info import MODULE
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner import tenant_context

SECRET = "00made-up-secret-5b2d8f1c"
STORED = {
    "private_key": SECRET,
    "key_id": "k1",
    "private_jwk": {"kid": "k1", "n": "AQAB", "d": "AQAC"},
    "application_id": "0oa1",
    "method": "oauth",
}
SCOPES = {"version": 1, "newest": 1, "scopes": ["okta.users.read"], "optional_scopes": []}
ROLE = SimpleNamespace(get_name=lambda: "rezonate.okta.rezonate")
TENANT = {"tenant": "acme", "status": "clean", "error": None, "findings": []}


def plan(credential: dict[str, Any], **variables: Any) -> dict[str, Any]:
    """A plan with a readable record."""
    store = {"path": "acme.vault", "vault_id": None, "label": None, "revision": "r", "holds_text": False, "exists": True}
    options = resolve_settings(variables, "acme").public()
    found = Plan(
        "audit", "acme", "acme", "https://acme.okta.com", "oauth", options, credential, known={"application_id": "0oa1"}, scopes=SCOPES
    )
    return {**found.as_dict(), "store": {**store, "holds_record": True, "problem": ""}}


class Audited:
    """A run of the action, whose module records its options."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.params: dict[str, Any] = {}
        reading = Outcome(values={"variables": {"rezonate_credentials": STORED}})
        monkeypatch.setattr(tenant_context, "run_vars_file", lambda _call, _cipher: reading)

    def run(self, args: dict[str, Any], role: Any = ROLE, **variables: Any) -> dict[str, Any]:
        """Run the action for the host acme."""

        def work(call: Call) -> Outcome:
            self.params = dict(call.params)
            return Outcome(values={"tenant": TENANT})

        task = SimpleNamespace(args=args, loop=None, loop_with=None, no_log=False, _role=role, check_mode=False, diff=False, async_val=0)
        task.__dict__.update(environment=[], delegate_to=None, collections=[], action="rezonate.okta.okta_audit_info")
        shell = SimpleNamespace(tmpdir="/nowhere", env_prefix=lambda **_environment: "")
        connection = SimpleNamespace(transport="local", become=None, _shell=shell)
        action: Any = ActionModule(task, connection, None, DataLoader(), SimpleNamespace(template=lambda value: value), None)
        action.module = ModuleSpec(MODULE.options, run=work)
        return dict(action.run(task_vars={"inventory_hostname": "acme", **variables}))


@pytest.fixture
def audited(monkeypatch: pytest.MonkeyPatch) -> Audited:
    return Audited(monkeypatch)


def test_the_module_gets_the_secrets_and_no_result_contains_them(audited: Audited) -> None:
    result = audited.run({"tenant": plan({})}, ansible_inventory_sources=["tenants.yml"])
    assert {name: audited.params[name] for name in ("tenant", "host", "app_id", "own_private_key", "own_credentials", "inventory")} == {
        "tenant": "acme",
        "host": "acme",
        "app_id": "0oa1",
        "own_private_key": SECRET,
        "own_credentials": True,
        "inventory": ["tenants.yml"],
    }
    assert audited.params["jwks"] == [{"kid": "k1", "n": "AQAB"}]
    assert SECRET not in str(result)
    assert result["plan"]["results"]["audit"] == {"status": "clean", "error": None, "findings": []}


CLIENT = {"kind": "client", "source": "variable", "client_id": "0oa9"}
AUDITOR = {"rezonate_audit_private_key": "A", "rezonate_audit_key_id": "ka", "rezonate_audit_dpop": True}
BOOTSTRAP = {"rezonate_okta_private_key": "B", "rezonate_okta_key_id": "kb", "rezonate_okta_dpop": False}
CALLERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "token": (
        {"kind": "api_token", "source": "variable", "name": "rezonate_audit_api_token"},
        {"api_token": "T", "client_id": None, "private_key": None, "key_id": None, "dpop": False},
    ),
    "client": (
        {**CLIENT, "name": "rezonate_audit_client_id"},
        {"api_token": None, "client_id": "0oa9", "private_key": "A", "key_id": "ka", "dpop": True},
    ),
    "bootstrap client": (
        {**CLIENT, "name": "rezonate_okta_client_id"},
        {"api_token": None, "client_id": "0oa9", "private_key": "B", "key_id": "kb", "dpop": False},
    ),
}


@pytest.mark.parametrize("case", CALLERS)
def test_each_credential_comes_with_its_own_key(audited: Audited, case: str) -> None:
    credential, expected = CALLERS[case]
    variables = {"rezonate_audit_api_token": "T", **AUDITOR, **BOOTSTRAP}
    audited.run({"tenant": plan(credential, **variables)}, **variables)
    assert {name: audited.params[name] for name in expected} == expected
    assert audited.params["own_credentials"] is False


def test_a_tenant_without_a_plan_counts_as_not_auditable(audited: Audited) -> None:
    given = {"rezonate_tenant_id": "globex", "rezonate_org_url": "omitted", "omit": "omitted", "rezonate_method": "api_token"}
    audited.run({"tenant": "acme", "problem": "No vault secret."}, **given)
    expected = {"tenant": "globex", "host": "acme", "problem": "No vault secret.", "org_url": None, "method": "api_token"}
    assert {name: audited.params[name] for name in expected} == expected


def test_earlier_audits_of_the_same_host_are_preserved(audited: Audited) -> None:
    before = {"tenant": "globex"}
    assert audited.run({"tenant": plan({})}, rezonate__audit={"audits": [before]})["audits"] == [before, TENANT]
    failed = audited.run({"tenant": {**plan({}), "work": None, "more": 1}}, rezonate__audit={"audits": [before]})
    assert (failed["failed"], failed["audits"]) == (True, [before])


def test_outside_the_role_a_tenant_is_a_name_and_its_audit_is_not_collected(audited: Audited) -> None:
    result = audited.run({"tenant": "acme"}, role=None, rezonate__audit={"audits": [{}]})
    assert (audited.params["tenant"], audited.params["problem"]) == ("acme", None)
    assert "audits" not in result
