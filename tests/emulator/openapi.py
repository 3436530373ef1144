# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validation of requests and answers against Okta's published API description, where it is present."""

from __future__ import annotations

import functools
import json
import re
import urllib.parse
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import jsonschema
import pytest

from .support import shared

Json = dict[str, Any]
_FILES = ("okta-management-subset.json", "okta-oauth-subset.json")
_METHODS = ("get", "post", "put", "patch", "delete")
_COMPOSITES = ("allOf", "oneOf", "anyOf", "$ref", "properties")
# Okta answers (recorded) what its description doesn't allow.
_KNOWN_NULLS = {"gateways", "use", "client_uri", "logo_uri", "expiresAt", "description", "mobilePhone", "secondEmail", "proxies"}
_KNOWN_NULLS |= {"errorRedirectUrl", "loginRedirectUrl", "message", "helpUrl", "admin", "enduser", "universalLogout"}


class MismatchError(AssertionError):
    """A message that isn't as described."""


@dataclass(frozen=True)
class Operation:
    """An operation of the description."""

    method: str
    template: str
    pattern: re.Pattern[str]
    spec: Json
    parameters: tuple[Json, ...]
    document: int


def available() -> bool:
    """Tell whether the description is there to validate against."""
    return shared("okta-openapi") is not None


needed = pytest.mark.skipif(not available(), reason="Okta's API description isn't here: set REZONATE_SHARED")


@functools.cache
def _documents() -> tuple[Json, ...]:
    folder = shared("okta-openapi")
    if folder is None:
        raise RuntimeError("Okta's API description isn't here: set REZONATE_SHARED")
    return tuple(json.loads((folder / name).read_text(encoding="utf-8")) for name in _FILES)


@functools.cache
def operations() -> tuple[Operation, ...]:
    """Give all operations, paths without placeholders first."""
    found = []
    for number, document in enumerate(_documents()):
        for template, path in document["paths"].items():
            pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", template))
            for method in _METHODS:
                if method in path:
                    named = path.get("parameters", []) + path[method].get("parameters", [])
                    parameters = tuple(_resolve(number, item) for item in named)
                    found.append(Operation(method, template, pattern, path[method], parameters, number))
    return tuple(sorted(found, key=lambda item: item.template.count("{")))


def find(method: str, path: str) -> Operation | None:
    """Find the operation of a request."""
    bare = path.partition("?")[0].rstrip("/")
    for item in operations():
        if item.method == method.lower() and item.pattern.fullmatch(bare):
            return item
    return None


def validate_request(method: str, path: str, body: Any) -> None:
    """Refuse a request that isn't described: unknown query parameters and members included."""
    operation = find(method, path)
    if operation is None:
        raise MismatchError(f"{method} {path}: no such operation")
    _check_query(operation, path)
    content = operation.spec.get("requestBody", {}).get("content", {})
    if not content:
        if body not in (None, "", {}):
            raise MismatchError(f"{method} {path}: a body where none is described")
        return
    if body is None and not operation.spec["requestBody"].get("required"):
        return
    schema = next(iter(content.values()))["schema"]
    if "x-www-form-urlencoded" not in next(iter(content)):
        _check(operation.document, schema, body, f"{method} {path}", closed=True)


def validate_logged(requests: Iterable[Any]) -> None:
    """Validate entries of the emulator's request log."""
    for entry in requests:
        values = entry if isinstance(entry, dict) else entry.as_dict()
        validate_request(values["method"], values["path"], values["body"])


def validate_answer(method: str, path: str, status: int, body: Any) -> None:
    """Refuse an answer that isn't described. Recordings beat the description on the 201 of client roles."""
    operation = find(method, path)
    if operation is None:
        raise MismatchError(f"{method} {path}: no such operation")
    responses = operation.spec["responses"]
    described = responses.get(str(status)) or responses.get("200" if status == 201 else "")
    if described is None:
        raise MismatchError(f"{method} {path}: status {status} isn't described")
    content = _resolve(operation.document, described).get("content", {})
    if content:
        _check(operation.document, next(iter(content.values()))["schema"], body, f"{method} {path} -> {status}")


def _check_query(operation: Operation, path: str) -> None:
    known = {item["name"]: item["schema"] for item in operation.parameters if item["in"] == "query"}
    for name, value in urllib.parse.parse_qsl(path.partition("?")[2]):
        # `after` and `limit` come from Okta's own links even where they aren't described.
        if name not in known and name not in ("after", "limit"):
            raise MismatchError(f"{operation.method} {path}: no query parameter {name!r}")
        most = known.get(name, {}).get("maximum")
        if most and value.isdigit() and int(value) > most:
            raise MismatchError(f"{operation.method} {path}: {name} is at most {most}")


def _resolve(number: int, item: Json) -> Json:
    if "$ref" not in item:
        return item
    found: Any = _documents()[number]
    for part in item["$ref"].split("/")[1:]:
        found = found[part]
    return _resolve(number, found)


def _check(number: int, schema: Json, body: Any, where: str, closed: bool = False) -> None:
    schema = _by_discriminator(number, schema, body)
    root: Json = {"components": {"schemas": _schemas(number, closed)}, "allOf": [_convert(schema, closed)]}
    if closed:
        root["unevaluatedProperties"] = False
    validator = jsonschema.Draft202012Validator(root)
    errors = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(body)]
    if errors:
        raise MismatchError(f"{where}: {'; '.join(errors)}")


def _by_discriminator(number: int, schema: Json, body: Any) -> Json:
    """Choose the described kind of object by its tell-tale member."""
    found = _resolve(number, schema)
    if "items" in found and isinstance(body, list) and body:
        return {"type": "array", "items": _by_discriminator(number, found["items"], body[0])}
    discriminator = found.get("discriminator", {})
    mapping = discriminator.get("mapping", {})
    value = body.get(discriminator.get("propertyName")) if isinstance(body, dict) else None
    return {"$ref": mapping[value]} if value in mapping else schema


@functools.cache
def _schemas(number: int, closed: bool) -> Json:
    schemas = _documents()[number]["components"]["schemas"]
    return {name: _convert(schema, closed) for name, schema in schemas.items()}


def _convert(schema: Any, closed: bool) -> Any:
    """Turn an OpenAPI 3.0 schema into a JSON schema; `closed` forbids members that aren't described."""
    if not isinstance(schema, dict):
        return schema
    made = {name: _converted(name, value, closed) for name, value in schema.items()}
    made.pop("discriminator", None)
    if made.get("format") in ("int32", "int64"):
        made.pop("format")
    # Its pattern of durations takes none at all, `P30D` (recorded) included.
    if str(made.get("pattern", "")).startswith("^P(?:$)"):
        made.pop("pattern")
    # One key may fit the descriptions of signing and of encryption keys at once.
    if "oneOf" in made:
        made["anyOf"] = made.pop("oneOf")
    if made.get("type") == "object" and not any(name in made for name in _COMPOSITES):
        made.setdefault("additionalProperties", True)
    return {"anyOf": [made, {"type": "null"}]} if made.pop("nullable", False) else made


def _converted(name: str, value: Any, closed: bool) -> Any:
    if name == "properties":
        return {key: _place(key, _convert(item, closed), closed) for key, item in value.items()}
    if name == "items":
        return _place("", _convert(value, closed), closed)
    if name in ("allOf", "oneOf", "anyOf"):
        return [_convert(item, closed) for item in value]
    return _convert(value, closed) if name == "additionalProperties" else value


def _place(key: str, schema: Any, closed: bool) -> Any:
    """Treat a schema where a value stands: close it, allow the nulls that are known."""
    made = {"allOf": [schema], "unevaluatedProperties": False} if closed else schema
    return {"anyOf": [made, {"type": "null"}]} if key in _KNOWN_NULLS else made
