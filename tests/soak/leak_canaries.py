# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in all the forms that they may turn up in, and the search for them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from okta_emulator import Tenant

# Half a secret is one too, as a shortened error text might show it.
_PART = 16
_MEMBERS = ("d", "p", "q", "dp", "dq", "qi")
# What a secret looks like that nobody knows, such as a key that was made and never kept.
_LOOKS_LIKE = {
    "a private key": re.compile(rb"BEGIN [A-Z ]*PRIVATE KEY|MII[EJ][A-Za-z0-9+/]{40}"),
    "a private JWK": re.compile(rb"[\"'](?:d|p|q|dp|dq|qi)\\*[\"']\s*:\s*\\*[\"'][A-Za-z0-9_-]{40}"),
    "a private JWK in YAML": re.compile(rb"(?m)(?:^|[\s{,])(?:d|p|q|dp|dq|qi):\s+[A-Za-z0-9_-]{80}"),
    "a signed JWT": re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
}
Forms = Mapping[str, tuple[bytes, ...]]


def of_text(secret: str) -> tuple[bytes, ...]:
    """Give the forms of a secret of one line: itself, its ends, hexadecimal, Base64 wherever it begins."""
    raw = secret.encode()
    ends = (raw[:_PART], raw[-_PART:]) if len(raw) > 2 * _PART else ()
    return (raw, *ends, raw.hex().encode(), *_base64(raw))


def of_key(pem: str) -> tuple[bytes, ...]:
    """Give the forms of a private key's PEM."""
    lines = tuple(line.encode() for line in pem.splitlines() if len(line) > _PART and not line.startswith("-----"))
    body = b"".join(lines)
    return (*lines, *_base64(pem.encode()), pem.encode().hex().encode(), base64.b64decode(body + b"=" * (-len(body) % 4)).hex().encode())


def of_jwk(jwk: Mapping[str, Any]) -> tuple[bytes, ...]:
    """Give the forms of a private JWK's secret members."""
    return tuple(form for name in _MEMBERS if name in jwk for form in of_text(str(jwk[name])))


def of_jwt(token: str) -> tuple[bytes, ...]:
    """Give the forms of a signed token: its claims and its signature; the header is no secret."""
    _header, claims, signature = token.split(".")
    return (token.encode(), claims.encode(), *of_text(signature))


def of_tenant(tenant: Tenant) -> dict[str, tuple[bytes, ...]]:
    """Give what the emulator knows: tokens, clients' secrets, those that are gone too, and all assertions that it was sent."""
    with tenant.lock:
        access = list(tenant.state.access_tokens)
        clients = [*tenant.state.apps.values(), *tenant.state.services.values()]
        there = [str(secret["client_secret"]) for client in clients for secret in client.secrets]
        secrets = list(dict.fromkeys([*there, *tenant.state.shown_secrets]))
        tokens = [token for token in tenant.state.api_tokens if token != tenant.api_token]
    forms = {"the API token": of_text(tenant.api_token)}
    forms.update({f"another API token {number}": of_text(token) for number, token in enumerate(tokens)})
    forms.update({f"access token {number}": of_text(token) for number, token in enumerate(access)})
    forms.update({f"client secret {number}": of_text(secret) for number, secret in enumerate(secrets)})
    bodies = [entry.body for entry in tenant.requests if isinstance(entry.body, dict)]
    sent = [str(body["client_assertion"]) for body in bodies if "client_assertion" in body]
    return forms | {f"client assertion {number}": of_jwt(token) for number, token in enumerate(sent)}


def of_credentials(kept: Mapping[str, Any]) -> dict[str, tuple[bytes, ...]]:
    """Give what a tenant's vault file holds, for the method in use and for those used before."""
    forms = {}
    for held in (kept, *kept.get("previous", {}).values()):
        if "private_key" in held:
            forms |= {"the key's PEM": of_key(held["private_key"]), "the key's JWK": of_jwk(held["private_jwk"])}
        forms |= {f"the file's {name}": of_text(held[name]) for name in ("client_secret", "api_token") if name in held}
    return forms


def search(blobs: Iterable[tuple[str, bytes]], forms: Forms) -> list[str]:
    """Say where which secret is; nothing is shown of it."""
    found = []
    for where, blob in blobs:
        found += [f"{name} in {where}" for name, values in forms.items() if any(value in blob for value in values)]
        found += [f"{name} in {where}" for name, pattern in _LOOKS_LIKE.items() if pattern.search(blob)]
    return found


def files(*folders: Path, without: Iterable[Path] = ()) -> Iterator[tuple[str, bytes]]:
    """Give the content of all files below some folders, and their names as if they were content."""
    left_out = set(without)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path in left_out or path.is_symlink() or not path.is_file():
                continue
            yield str(path), str(path).encode() + b"\n" + path.read_bytes()


def opened(name: str, blob: bytes) -> Iterator[tuple[str, bytes]]:
    """Give a blob, and as another one what it holds in JSON's notation, rid of escapes."""
    yield name, blob
    for line in blob.splitlines():
        if b"\\" in line and line.lstrip()[:1] in (b"{", b"["):
            try:
                value = json.loads(line)
            except ValueError:
                continue
            yield name, "\n".join(_texts(value)).encode("utf-8", "surrogatepass")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield str(name)
            yield from _texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)


def _base64(raw: bytes) -> tuple[bytes, ...]:
    """Base64 of text that holds the secret somewhere: it has three ways to lie in groups of three bytes."""
    found = []
    for offset in range(3):
        start = (3 - offset) % 3
        whole = raw[start : len(raw) - (len(raw) - start) % 3]
        if len(whole) >= _PART:
            found += [base64.b64encode(whole), base64.urlsafe_b64encode(whole)]
    return tuple(dict.fromkeys(found))
