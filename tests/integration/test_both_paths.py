# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module has the same results in the controller's process and transferred to another Python: one table, two hosts."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from helpers.ansible_run import Event, Run
from helpers.module_cases import CA, CASES, CHECK, CONTROLLER_ONLY, DEFAULTS, ORG, SECRET, TOKEN, WRONG_SECRET
from helpers.okta_client import Api, public_jwk
from helpers.workspace import Workspace, pem, private_jwk, writes
from okta_emulator import Entry, Tenant


@dataclass(frozen=True)
class Paths:
    """The run, the tenants of the two hosts, and the API tokens in their variables."""

    run: Run
    here: Tenant
    there: Tenant
    tokens: frozenset[str]
    python: Path

    def event(self, host: Tenant, case: str) -> Event:
        """Return the result of a case."""
        (event,) = [event for event in self.run.tasks(host.name) if event.task == case]
        return event

    def requests(self, host: Tenant, case: str) -> list[Entry]:
        """Return the requests of a case."""
        event = self.event(host, case)
        return [entry for entry in host.requests if event.started <= entry.time <= event.ended]


def callers(tenant: Tenant) -> dict[str, Any]:
    """Create the calling clients; return them as host variables."""
    bound = tenant.add_app("Bound", [public_jwk("paths-two")], dpop_bound_access_tokens=True)
    tenant.grant(bound, "okta.users.manage", "okta.apps.read")
    tenant.assign_role(bound, "USER_ADMIN")
    zone = tenant.add_zone("Elsewhere", "192.0.2.0/24")
    zoned = tenant.add_app("Zoned", [public_jwk("paths-two")], network={"connection": "ZONE", "include": [zone]})
    service = tenant.add_service("rezonate", "okta.users.read")
    return {"bound": bound, "zoned": zoned, "installed": service}


@pytest.fixture(scope="module")
def paths(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Paths:
    workspace, here, there = new_workspace(), new_tenant(), new_tenant()
    for tenant in (here, there):
        tenant.add_zone("LegacyIpZone", "0.0.0.0/32", system=True)
        Api(workspace.okta, tenant)("POST", "/api/v1/groups", json={"profile": {"name": "Staff"}})
    # another path of the same Python, which Ansible treats as another interpreter
    python = workspace.folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    tasks = [
        {"name": name, f"rezonate.okta.{case.module}": case.options, "ignore_errors": True, **case.keywords} for name, case in CASES.items()
    ]
    hosts = {
        tenant.name: {**callers(tenant), **tokens_for(tenant, new_tenant()), "ansible_python_interpreter": str(interpreter)}
        for tenant, interpreter in ((here, "{{ ansible_playbook_python }}"), (there, python))
    }
    tokens = frozenset(value for values in hosts.values() for name, value in values.items() if name.endswith("_token"))
    play = {"module_defaults": {DEFAULTS: {**CA, **ORG, **TOKEN}}, "vars": {"ca_path": workspace.okta.ca_file}}
    # since 2.21, a transferred module returns its options only on request
    env = {"ANSIBLE_INJECT_INVOCATION": "1"}
    return Paths(workspace.play(tasks, here, there, play=play, hosts=hosts, args=("-vvvv",), env=env), here, there, tokens, python)


def tokens_for(tenant: Tenant, other: Tenant) -> dict[str, str]:
    """Create the additional API tokens of a host: of several admins, a revoked one, and one of another org."""
    dead = tenant.add_api_token("auditor")
    tenant.revoke_api_token(dead)
    for user in ("user2", "user3"):
        tenant.add_api_token(user, name="Twin")
    return {
        "weak_token": tenant.add_api_token("auditor", name="Weak", network={"connection": "ZONE", "include": ["nzo1"]}),
        "old_token": tenant.add_api_token("owner", name="Old"),
        "spare_token": tenant.add_api_token("auditor", name="Spare"),
        "idle_token": tenant.add_api_token("user1", name="Idle"),
        "dead_token": dead,
        "alien_token": other.api_token,
    }


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("path", ["here", "there"])
def test_a_module_has_the_expected_result(paths: Paths, path: str, case: str) -> None:
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


def test_one_path_is_in_process_and_the_other_is_transferred(paths: Paths) -> None:
    shipped = [case for case in CASES if CASES[case].module not in CONTROLLER_ONLY]
    assert f"<{paths.here.name}> EXEC" not in paths.run.output
    assert len(re.findall(rf"<{paths.there.name}> EXEC .*{re.escape(str(paths.python))}", paths.run.output)) == len(shipped)


def test_no_secret_is_in_the_output_at_vvvv(paths: Paths) -> None:
    found = [secret for secret in secrets(paths) if secret in paths.run.output]
    assert found == []
    assert re.findall(r"eyJ[\w-]{20,}\.eyJ[\w-]{20,}", paths.run.output) == []  # neither assertions nor DPoP proofs


@pytest.mark.parametrize("path", ["here", "there"])
@pytest.mark.parametrize("case", [case for case in CASES if "inspect_token" in CASES[case].options])
def test_an_inspected_token_is_not_printed(paths: Paths, path: str, case: str) -> None:
    event = paths.event(getattr(paths, path), case)
    assert event.result["invocation"]["module_args"]["inspect_token"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert [token for token in paths.tokens if token in repr(event)] == []


def secrets(paths: Paths) -> list[str]:
    """Return all secrets that the output must not contain."""
    lines = [line for name in ("paths-one", "paths-two") for line in pem(name).splitlines() if "-----" not in line]
    members = [private_jwk(name)[member] for name in ("paths-one", "paths-two") for member in ("d", "p", "q", "dp", "dq", "qi")]
    hosts = (paths.here, paths.there)
    tokens = [value for host in hosts for value in (*host.state.api_tokens, *host.state.access_tokens, *host.state.shown_secrets)]
    clients = [secret["client_secret"] for host in hosts for item in host.state.services.values() for secret in item.secrets]
    return [*lines, *members, *tokens, *clients, *paths.tokens, SECRET, WRONG_SECRET]


def comparable(paths: Paths, host: Tenant, case: str) -> Any:
    """Return a result without what differs between orgs, and without Ansible's additions."""
    result = dict(paths.event(host, case).result)
    for name in ("_ansible_no_log", "ansible_facts", "exception"):
        result.pop(name, None)
    text = repr(sorted(result.items(), key=lambda item: item[0]))
    for name in (paths.here.name, paths.there.name):  # results about all hosts name both
        text = text.replace(name, "HOST")
    for pattern in (
        r"(?<='secret_hash': ')[\w-]{22}(?=')",
        r"\b(0oa|00u|00g|00o|00T|oag|ocs|pks|cr0|iam|nzo)\w{17}\b",
        r"\b(0oa|00u|oag|pks|nzo)\w{17}\b",
        r"20\d\d-\d\d-\d\dT[\d:.]+Z",
        r"oae[\w-]{22}",
        r"\b[0-9a-f]{32}\b",
        r"\b[0-9a-f]{64}\b",
    ):
        text = re.sub(pattern, "X", text)
    return text
