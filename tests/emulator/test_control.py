# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control API with the same methods for other processes, and the emulator as a separate process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from helpers.okta_client import Api, public_jwk
from okta_emulator import ControlClient, ControlError, Emulator, Tenant

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def control(okta: Emulator) -> ControlClient:
    return ControlClient(okta.control_url)


def test_tenants_are_created_changed_and_removed(okta: Emulator, control: ControlClient) -> None:
    made = control.tenant("remote", api_token="00" + "r" * 40, rate_limits="free_org")
    assert made == {"name": "remote", "org_url": "https://remote.okta.com", "api_token": "00" + "r" * 40}
    control.set("remote", max_apps=3)
    assert okta.tenants()["remote"].options.max_apps == 3
    assert control.dump("remote")["options"]["rate_limits"]["apps.create"] == 20
    control.remove_tenant("remote")
    with pytest.raises(ControlError, match="remote"):
        control.dump("remote")


def test_methods_are_called_on_the_tenant(control: ControlClient, acme: Tenant) -> None:
    app = control.do(acme.name, "add_app", "Rezonate", keys=[public_jwk()])
    control.do(acme.name, "grant", app, "okta.users.read", "okta.apps.read")
    control.do(acme.name, "assign_role", "Rezonate", "SUPER_ADMIN")
    assert control.do(acme.name, "scopes", "Rezonate") == acme.scopes(app) == ["okta.apps.read", "okta.users.read"]
    assert control.do(acme.name, "roles", app) == ["SUPER_ADMIN"]
    assert control.do(acme.name, "app", "Rezonate")["id"] == app
    with pytest.raises(ControlError, match="no such thing"):
        control.do(acme.name, "__init__")
    control.reset(acme.name)
    assert acme.apps == []


def test_the_log_and_faults_are_available(control: ControlClient, api: Api, acme: Tenant) -> None:
    fault = control.fault("pause", tenant=acme.name)
    control.release(fault)
    second = control.fault("status", tenant=acme.name, skip=1, status=500)
    assert [api("GET", "/api/v1/users").status_code for _unused in range(2)] == [200, 500]
    assert control.wait(second, 1)
    (first, last) = control.requests(acme.name)
    assert (first["status"], first["auth"], first["who"]) == (200, "ssws", f"owner@{acme.name}.example")
    assert (last["fault"], last["processed"]) == ("status", False)
    assert [item["hits"] for item in control.faults() if item["tenant"] == acme.name] == [1, 1]
    control.clear_faults(tenant=acme.name)
    control.clear_requests(acme.name)
    assert control.requests(acme.name) == []


def test_a_log_entry_contains_the_parsed_body_and_no_credential(api: Api, acme: Tenant) -> None:
    api.app()
    api.token("0oa1", "okta.users.read")
    made, asked = acme.requests
    assert made.body["label"] == "Rezonate"
    assert asked.body["scope"] == "okta.users.read"
    assert acme.api_token not in json.dumps([made.as_dict(), asked.as_dict()])
    assert made.connection == asked.connection


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    command = [sys.executable, "-m", "okta_emulator", "--tenant", "acme", "--tenant", "globex:00" + "g" * 40]
    command += ["--ca-file", str(tmp_path / "ca.pem"), "--ready-file", str(tmp_path / "ready.json")]
    running = subprocess.Popen([*command, "--die-with-parent"], cwd=TESTS, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for _unused in range(200):
        if (tmp_path / "ready.json").exists():
            break
        time.sleep(0.05)
    yield running, json.loads((tmp_path / "ready.json").read_text(encoding="utf-8"))
    running.kill()
    running.communicate()


def test_the_process_reports_only_its_addresses(process: Any, tmp_path: Path) -> None:
    running, ready = process
    assert ready["pid"] == running.pid
    assert ready["tenants"]["globex"]["api_token"] == "00" + "g" * 40
    assert (tmp_path / "ready.json").stat().st_mode & 0o077 == 0
    headers = {"Authorization": f"SSWS {ready['tenants']['acme']['api_token']}"}
    proxies = {"https": ready["proxy_url"]}
    answer = requests.get("https://acme.okta.com/api/v1/users/me", headers=headers, proxies=proxies, verify=ready["ca_file"], timeout=10)
    assert answer.status_code == 200
    os.kill(running.pid, signal.SIGTERM)
    output, _unused = running.communicate(timeout=10)
    assert (running.returncode, output) == (0, b"")


def test_it_can_be_stopped_with_the_control_api(process: Any) -> None:
    running, ready = process
    ControlClient(ready["control_url"]).stop()
    assert running.wait(10) == 0


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    program = (
        "import subprocess, sys, time, pathlib\n"
        f"subprocess.Popen([sys.executable, '-m', 'okta_emulator', '--die-with-parent', '--ready-file', {str(ready)!r}])\n"
        f"while not pathlib.Path({str(ready)!r}).exists(): time.sleep(0.05)\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=TESTS, check=True, timeout=30)
    info = json.loads(ready.read_text(encoding="utf-8"))
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            ControlClient(info["control_url"]).info()
        except OSError:
            return
        time.sleep(0.1)
    pytest.fail("the emulator outlived its parent")
