# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Okta's SDK as an independent client: it must work with the stored credentials.

It runs in a separate process, because it uses the CA of `SSL_CERT_FILE`, which Python reads only once (its option `sslContext` uses a
parameter that aiohttp no longer has). The credentials are passed on standard input.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import re
import subprocess
import sys
import urllib.parse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_PROGRAM = """
import asyncio, json, sys
from okta.client import Client

async def main(config):
    users, response, error = await Client(config).list_users()
    if error:
        sys.exit(f"the SDK failed: {error}")
    json.dump([user.profile.login for user in users], sys.stdout)

asyncio.run(main(json.load(sys.stdin)))
"""


@functools.cache
def paths() -> frozenset[str]:
    """Return the path templates in the source of the SDK: those of Okta's management API. The source is read, not run."""
    found = importlib.util.find_spec("okta")
    folders = (found.submodule_search_locations if found else None) or []
    files = (file for folder in folders for file in (Path(folder) / "api").glob("*.py"))
    return frozenset(path for file in files for path in re.findall(r'resource_path="([^"]+)"', file.read_text(encoding="utf-8")))


def list_users(
    org_url: str,
    client_id: str,
    private_key: str,
    key_id: str,
    scopes: Sequence[str],
    ca_file: str,
    proxy_url: str | None = None,
    dpop: bool = False,
) -> list[str]:
    """List an org's users with the SDK and a private key (PEM); return their logins. RuntimeError contains the error."""
    config: dict[str, Any] = {
        "orgUrl": org_url,
        "authorizationMode": "PrivateKey",
        "clientId": client_id,
        "scopes": list(scopes),
        "privateKey": private_key,
        "kid": key_id,
        "requestTimeout": 30,
        "rateLimit": {"maxRetries": 0},
        "dpopEnabled": dpop,
        "cache": {"enabled": False},
    }
    if proxy_url:
        proxy = urllib.parse.urlsplit(proxy_url)
        config["proxy"] = {"host": proxy.hostname, "port": proxy.port}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OKTA_") and "proxy" not in name.lower()}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        input=json.dumps(config),
        env={**environment, "SSL_CERT_FILE": ca_file, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    users: list[str] = json.loads(done.stdout)
    return users
