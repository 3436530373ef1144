# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vendor's script: sequential calls, no search before, no verification after, and the key in plain text.

Usage: python vendor.py INVENTORY CA_FILE SCOPE...
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import requests
from jwcrypto.jwk import JWK


def post(url: str, token: str, ca_file: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send JSON to Okta; return the response."""
    answer = requests.post(url, json=body, headers={"Authorization": f"SSWS {token}"}, verify=ca_file, timeout=30)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def onboard(tenant: str, token: str, ca_file: str, scopes: list[str]) -> None:
    """Create a key and an app, grant scopes and assign the role."""
    key = JWK.generate(kty="RSA", size=2048, use="sig", alg="RS256", kid="rezonate")
    org_url = f"https://{tenant}.okta.com"
    oauth = {
        "application_type": "service",
        "grant_types": ["client_credentials"],
        "response_types": ["token"],
        "jwks": {"keys": [key.export_public(as_dict=True)]},
    }
    app = {
        "name": "oidc_client",
        "label": "Rezonate",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
        "settings": {"oauthClient": oauth},
    }
    app_id = post(f"{org_url}/api/v1/apps", token, ca_file, app)["id"]
    for scope in scopes:
        post(f"{org_url}/api/v1/apps/{app_id}/grants", token, ca_file, {"issuer": org_url, "scopeId": scope})
    post(f"{org_url}/oauth2/v1/clients/{app_id}/roles", token, ca_file, {"type": "READ_ONLY_ADMIN"})
    Path(f"{tenant}.pem").write_bytes(key.export_to_pem(private_key=True, password=None))


def main(inventory: str, ca_file: str, *scopes: str) -> None:
    """Onboard all hosts of an inventory sequentially."""
    hosts = json.loads(Path(inventory).read_text(encoding="utf-8"))["all"]["hosts"]
    for tenant, variables in hosts.items():
        onboard(tenant, variables["rezonate_okta_api_token"], ca_file, list(scopes))


if __name__ == "__main__":
    main(*sys.argv[1:])
