# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validation of requests and responses against the facts of Okta's API description: `contract/described.json`."""

from __future__ import annotations

import functools
import re
import urllib.parse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from emulator.contract import load

Json = dict[str, Any]
# Recorded responses that the description does not allow.
_KNOWN_NULLS = {"use", "client_uri", "logo_uri", "expiresAt", "description", "mobilePhone", "secondEmail", "proxies", "gateways"}
_KNOWN_NULLS |= {"errorRedirectUrl", "loginRedirectUrl", "message", "helpUrl", "admin", "enduser", "universalLogout"}
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "any": (object,),
}


class MismatchError(AssertionError):
    """A message that does not match the description."""


@dataclass(frozen=True)
class Operation:
    """An operation of the description."""

    method: str
    template: str
    pattern: re.Pattern[str]
    facts: Json


@functools.cache
def operations() -> tuple[Operation, ...]:
    """Return all operations, paths without placeholders first."""
    found = []
    for name, facts in load("described")["operations"].items():
        method, template = name.split(" ")
        found.append(Operation(method, template, re.compile(re.sub(r"\{\w+\}", "[^/]+", template)), facts))
    return tuple(sorted(found, key=lambda item: item.template.count("{")))


def find(method: str, path: str) -> Operation | None:
    """Find the operation of a request."""
    bare = path.partition("?")[0].rstrip("/")
    for item in operations():
        if item.method == method.lower() and item.pattern.fullmatch(bare):
            return item
    return None


def validate_request(method: str, path: str, body: Any) -> None:
    """Refuse a request that is not described, including unknown query parameters and members."""
    operation = find(method, path)
    if operation is None:
        raise MismatchError(f"{method} {path}: no such operation")
    _check_query(operation, path)
    facts = operation.facts
    if "request" not in facts:
        if body not in (None, "", {}):
            raise MismatchError(f"{method} {path}: a body where none is described")
        return
    if body is None and not facts["request_required"]:
        return
    if "form" not in facts:
        _refuse(mismatches(facts["request"], body, closed=True), f"{method} {path}")


def validate_logged(requests: Iterable[Any]) -> None:
    """Validate entries of the emulator's request log."""
    for entry in requests:
        values = entry if isinstance(entry, dict) else entry.as_dict()
        validate_request(values["method"], values["path"], values["body"])


def validate_answer(method: str, path: str, status: int, body: Any) -> None:
    """Refuse a response that is not described. For the status 201 of client roles, the recordings take precedence."""
    operation = find(method, path)
    if operation is None:
        raise MismatchError(f"{method} {path}: no such operation")
    answers = operation.facts["answers"]
    described = str(status) if str(status) in answers else "200" if status == 201 else ""
    if described not in answers:
        raise MismatchError(f"{method} {path}: status {status} isn't described")
    if answers[described] is not None:
        _refuse(mismatches(answers[described], body), f"{method} {path} -> {status}")


def _refuse(errors: Iterator[str], where: str) -> None:
    found = list(errors)
    if found:
        raise MismatchError(f"{where}: {'; '.join(found)}")


def _check_query(operation: Operation, path: str) -> None:
    known = operation.facts["query"]
    for name, value in urllib.parse.parse_qsl(path.partition("?")[2]):
        # Okta's links contain `after` and `limit` even if they are not described.
        if name not in known and name not in ("after", "limit"):
            raise MismatchError(f"{operation.method} {path}: no query parameter {name!r}")
        most = known.get(name)
        if most and value.isdigit() and int(value) > most:
            raise MismatchError(f"{operation.method} {path}: {name} is at most {most}")


def mismatches(shape: Any, value: Any, where: str = "$", closed: bool = False) -> Iterator[str]:
    """Return the differences of a value from a shape; `closed` forbids members that are not described."""
    if isinstance(shape, str):
        yield from _of_word(shape, value, where, closed)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{where}: {value!r} is no list"
            return
        for number, item in enumerate(value):
            yield from mismatches(shape[0], item, f"{where}[{number}]", closed)
    elif "?" in shape:
        yield from () if value is None else mismatches(shape["?"], value, where, closed)
    elif "|" in shape:
        yield from min((list(mismatches(each, value, where, closed)) for each in shape["|"]), key=len)
    elif "^" in shape:
        kind = str(value.get(shape["^"])) if isinstance(value, dict) else ""
        yield from mismatches(shape.get(kind, shape[""]), value, where, closed)
    else:
        yield from _of_members(shape, value, where, closed)


def _of_word(shape: str, value: Any, where: str, closed: bool) -> Iterator[str]:
    if shape.endswith("?") and value is None:
        return
    shape = shape.removesuffix("?")
    if shape.startswith("@"):
        yield from mismatches(load("described")["shapes"][shape[1:]], value, where, closed)
    elif shape.startswith("="):
        if value not in shape[1:].split("|"):
            yield f"{where}: {value!r} is none of {shape[1:]}"
    elif not isinstance(value, _TYPES[shape]) or (isinstance(value, bool) and shape in ("integer", "number")):
        yield f"{where}: {value!r} is no {shape}"


def _of_members(shape: Json, value: Any, where: str, closed: bool) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: {value!r} is no object"
        return
    members = {name.removesuffix("!"): each for name, each in shape.items()}
    yield from (f"{where}: {name[:-1]} is missing" for name in shape if name.endswith("!") and name[:-1] not in value)
    for name, item in value.items():
        described = members.get(name, members.get("*"))
        if described is None:
            yield from [f"{where}: {name} isn't described"] if closed else []
        elif item is not None or name not in _KNOWN_NULLS:
            yield from mismatches(described, item, f"{where}.{name}", closed)
