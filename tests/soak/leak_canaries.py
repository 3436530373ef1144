# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The encodings in which secrets can appear, and the search for them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from okta_emulator import Tenant

# Part of a secret counts as a leak too: a shortened error text could contain it.
_PART = 16
_WINDOW = 1 << 16
_MEMBERS = ("d", "p", "q", "dp", "dq", "qi")
# Patterns of secrets whose value is unknown, such as a key that was created and not stored.
_PATTERNS = {
    "a private key": re.compile(rb"BEGIN [A-Z ]*PRIVATE KEY|MII[EJ][A-Za-z0-9+/]{40}"),
    "a private JWK": re.compile(rb"[\"'](?:d|p|q|dp|dq|qi)\\*[\"']\s*:\s*\\*[\"'][A-Za-z0-9_-]{40}"),
    "a private JWK in YAML": re.compile(rb"(?m)(?:^|[\s{,])(?:d|p|q|dp|dq|qi):\s+[A-Za-z0-9_-]{80}"),
    "a signed JWT": re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
}
Forms = Mapping[str, tuple[bytes, ...]]


def of_text(secret: str) -> tuple[bytes, ...]:
    """Return the forms of a one-line secret: itself, its ends, hexadecimal, and Base64 at each offset."""
    raw = secret.encode()
    ends = (raw[:_PART], raw[-_PART:]) if len(raw) > 2 * _PART else ()
    return (raw, *ends, raw.hex().encode(), *_base64(raw))


def of_key(pem: str) -> tuple[bytes, ...]:
    """Return the forms of a private key's PEM."""
    lines = tuple(line.encode() for line in pem.splitlines() if len(line) > _PART and not line.startswith("-----"))
    body = b"".join(lines)
    return (*lines, *_base64(pem.encode()), pem.encode().hex().encode(), base64.b64decode(body + b"=" * (-len(body) % 4)).hex().encode())


def of_jwk(jwk: Mapping[str, Any]) -> tuple[bytes, ...]:
    """Return the forms of a private JWK's secret members."""
    return tuple(form for name in _MEMBERS if name in jwk for form in of_text(str(jwk[name])))


def of_jwt(token: str) -> tuple[bytes, ...]:
    """Return the forms of a signed token: its claims and its signature. The header is not secret."""
    _header, claims, signature = token.split(".")
    return (token.encode(), claims.encode(), *of_text(signature))


def of_tenant(tenant: Tenant) -> dict[str, tuple[bytes, ...]]:
    """Return the secrets that the emulator knows: tokens, client secrets including deleted ones, and all assertions that it received."""
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


def of_credentials(record: Mapping[str, Any]) -> dict[str, tuple[bytes, ...]]:
    """Return the secrets of a tenant's record, for the current method and for previous methods."""
    forms = {}
    for stored in (record, *record.get("previous", {}).values()):
        if "private_key" in stored:
            forms |= {"the key's PEM": of_key(stored["private_key"]), "the key's JWK": of_jwk(stored["private_jwk"])}
        forms |= {f"the file's {name}": of_text(stored[name]) for name in ("client_secret", "api_token") if name in stored}
    return forms


def search(blobs: Iterable[tuple[str, bytes]], forms: Forms) -> list[str]:
    """Return the name and the place of each secret found, without the secret."""
    count = sum(map(len, forms.values()))
    length = min([_PART, *(len(value) for values in forms.values() for value in values)])
    starts: dict[bytes, set[str]] = {}
    for name, values in forms.items():
        for value in values:
            starts.setdefault(value[:length], set()).add(name)
    known: dict[bytes, list[str]] = {}
    found = []
    for where, blob in blobs:
        if blob not in known:
            possible = set(forms)
            if len(blob) < 10 * count:  # otherwise this takes longer than it saves
                possible = {name for parts in _parts(blob, length) for start in parts & starts.keys() for name in starts[start]}
            names = [name for name in forms if name in possible and any(value in blob for value in forms[name])]
            known[blob] = names + [name for name, pattern in _PATTERNS.items() if pattern.search(blob)]
        found += [f"{name} in {where}" for name in known[blob]]
    return found


def _parts(blob: bytes, length: int) -> Iterator[set[bytes]]:
    """Return all parts of a length, for some kilobytes at a time."""
    for first in range(0, len(blob), _WINDOW):
        last = min(first + _WINDOW, len(blob) - length + 1)
        yield {blob[start : start + length] for start in range(first, last)}


def files(*folders: Path, without: Iterable[Path] = ()) -> Iterator[tuple[str, bytes]]:
    """Return the content of all files below some folders, with their names included in the content."""
    left_out = set(without)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path in left_out or path.is_symlink() or not path.is_file():
                continue
            yield str(path), str(path).encode() + b"\n" + path.read_bytes()


def decoded(name: str, blob: bytes) -> Iterator[tuple[str, bytes]]:
    """Return a blob, and its JSON values without escapes as another blob."""
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
    """Base64 of a text that contains the secret: it can start at three offsets within groups of three bytes."""
    found = []
    for offset in range(3):
        start = (3 - offset) % 3
        whole = raw[start : len(raw) - (len(raw) - start) % 3]
        if len(whole) >= _PART:
            found += [base64.b64encode(whole), base64.urlsafe_b64encode(whole)]
    return tuple(dict.fromkeys(found))
