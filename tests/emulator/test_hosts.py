# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts, listeners and connections, and the independence of the package."""

from __future__ import annotations

import ast
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from helpers.okta_client import Api, error_of
from okta_emulator import Emulator, Tenant

PACKAGE = Path(__file__).resolve().parents[1] / "okta_emulator"


def test_tenants_do_not_see_each_other(okta: Emulator, acme: Tenant, api: Api) -> None:
    other = okta.tenant(f"{acme.name}-two")
    api.app()
    assert other.apps == []
    assert error_of(Api(okta, other, f"SSWS {acme.api_token}")("GET", "/api/v1/apps"))[:2] == (401, "E0000011")


def test_the_admin_host_refuses_the_api(okta: Emulator, acme: Tenant) -> None:
    admin = Api(okta, acme, base=f"https://{acme.name}-admin.okta.com")
    assert error_of(admin("GET", "/api/v1/apps"))[:2] == (403, "E0000006")
    assert acme.requests[-1].status == 403


def test_an_unknown_org_is_a_404(okta: Emulator, acme: Tenant) -> None:
    assert error_of(Api(okta, acme, base="https://nobody.okta.com")("GET", "/api/v1/apps"))[:2] == (404, "E0000007")


@pytest.mark.parametrize("url", ["https://example.com/", "https://okta.com.evil.example/", "http://acme.okta.com/"])
def test_nothing_is_forwarded(okta: Emulator, url: str) -> None:
    proxies = {"https": okta.proxy_url, "http": okta.proxy_url}
    if url.startswith("https"):
        with pytest.raises(requests.exceptions.ProxyError, match="502"):
            requests.get(url, proxies=proxies, timeout=5)
        return
    assert requests.get(url, proxies=proxies, timeout=5).status_code == 502


def test_preview_domains_are_hosts_too(okta: Emulator, acme: Tenant) -> None:
    preview = okta.tenant(f"{acme.name}-preview", domain="oktapreview.com")
    assert preview.org_url.endswith(".oktapreview.com")
    assert Api(okta, preview)("GET", "/api/v1/users/me").status_code == 200


@pytest.mark.parametrize("tls", [True, False])
def test_a_tenant_can_have_its_own_port(okta: Emulator, acme: Tenant, tls: bool) -> None:
    url = okta.listen(acme.name, tls=tls)
    metadata = requests.get(f"{url}/.well-known/okta-organization", verify=okta.ca_file, timeout=5).json()
    assert metadata["_links"]["organization"]["href"] == url
    assert requests.get(f"{url.replace('127.0.0.1', 'localhost')}/api/v1/apps", verify=okta.ca_file, timeout=5).status_code == 401


def test_connections_are_reused_and_counted(okta: Emulator, acme: Tenant, api: Api) -> None:
    for _unused in range(3):
        api("GET", "/api/v1/users/me")
    Api(okta, acme)("GET", "/api/v1/users/me")
    assert len({entry.connection for entry in acme.requests}) == 2


def test_unknown_paths_and_methods_are_refused(api: Api) -> None:
    assert error_of(api("GET", "/api/v1/no-such"))[:2] == (404, "E0000007")
    assert error_of(api("PATCH", "/api/v1/apps"))[:2] == (405, "E0000022")
    assert error_of(api("POST", "/api/v1/apps", data="{", headers={"Content-Type": "application/json"}))[:2] == (400, "E0000003")
    assert error_of(api("POST", "/api/v1/apps", data="{}"))[:2] == (400, "E0000021")


def test_malformed_input_ends_only_its_connection(okta: Emulator, api: Api) -> None:
    port = int(okta.proxy_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as garbage:
        garbage.sendall(b"\x16\x03\x01 this isn't HTTP\r\n\r\n")
        assert garbage.recv(10) == b""
    assert api("GET", "/api/v1/users/me").status_code == 200


def test_many_clients_at_once(okta: Emulator, acme: Tenant) -> None:
    def work(number: int) -> int:
        tenant = okta.tenant(f"many{number % 50}")
        api = Api(okta, tenant)
        api.app(f"App {number}")
        return api("GET", "/api/v1/apps?q=app").status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(work, range(200))) == {200}
    assert sum(len(okta.tenant(f"many{number}").apps) for number in range(50)) == 200


def test_the_package_imports_nothing_of_the_collection() -> None:
    allowed = {"cryptography", "trustme", "jwt", "typing_extensions"}
    foreign = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                foreign |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                foreign.add((node.module or "").partition(".")[0])
    assert not foreign & {"ansible", "ansible_collections", "plugins", "requests", "jwcrypto"}
    standard = __import__("sys").stdlib_module_names
    assert foreign - set(standard) <= allowed
