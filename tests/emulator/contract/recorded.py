# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts of recorded responses, as lines: method, path, status, error code, headers, members and types."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

Json = dict[str, Any]
# Path segments that are followed by an id, with the name of the id.
_IDS = {
    "apps": "app",
    "secrets": "secret",
    "grants": "grant",
    "users": "user",
    "clients": "client",
    "api-tokens": "token",
    "api-services": "service",
    "resource-sets": "set",
}
# Members whose values are constants of the API.
_WORDS_ASKED = {"name", "signOnMode", "token_endpoint_auth_method", "application_type", "consent_method", "grant_types", "type", "use"}
_WORDS_ASKED |= {"response_types", "kty", "status", "permissions", "grantedScopes", "scope", "grant_type"}
_WORDS_TOLD = {"status", "type", "assignmentType", "signOnMode", "source", "error", "token_type", "scope", "scopeId", "connection"}
_WORDS_TOLD |= {"tokenWindow"}


def facts(recordings: list[Json]) -> list[Json]:
    """Return a line per request, and how often it was recorded; requests that differ only in ids and texts are merged."""
    lines: dict[str, Json] = {}
    for recording in recordings:
        line = _line(recording["request"], recording["response"])
        found = lines.setdefault(json.dumps(line, sort_keys=True), {"times": 0, **line})
        found["times"] += 1
    return list(lines.values())


def _line(request: Json, response: Json) -> Json:
    path, ids = pattern(request["path"])
    line = {"method": request["method"], "path": path, "status": response["status"]}
    if request["body"]:
        line["request"] = shape(request["body"], _WORDS_ASKED)
    line["headers"] = sorted(response["headers"])
    body = response["body"]
    if response["status"] >= 400:
        return {**line, **error(body, ids)}
    return line if body in (None, "") else {**line, "answer": shape(body, _WORDS_TOLD)}


def pattern(path: str) -> tuple[str, list[str]]:
    """Return a path with names instead of ids, and the ids; search texts and cursors are also replaced."""
    bare, mark, query = path.partition("?")
    parts, ids = bare.split("/"), []
    for number in range(1, len(parts)):
        name = _name(parts, number)
        if name:
            ids.append(parts[number])
            parts[number] = f"{{{name}}}"
    return "/".join(parts) + mark + re.sub(r"\b(q|after)=[^&]+", r"\1={\1}", query), ids


def _name(parts: list[str], number: int) -> str | None:
    before = parts[number - 1]
    if not parts[number] or parts[number] in ("current", "me"):
        return None
    if before == "roles":
        of_iam = parts[number - 2] == "iam"
        return ("role" if parts[number].startswith("cr0") else "label") if of_iam else "assignment"
    return _IDS.get(before)


def error(body: Json, ids: list[str]) -> Json:
    """Return an error's code, the number of its causes, and a digest of its texts without ids."""
    if "errorCode" not in body:
        return {"code": body["error"], "text": _digest([body["error_description"]], ids)}
    causes = [cause["errorSummary"] for cause in body["errorCauses"]]
    return {"code": body["errorCode"], "causes": len(causes), "text": _digest([body["errorSummary"], *causes], ids)}


def _digest(texts: list[str], ids: list[str]) -> str:
    joined = "\n".join(texts)
    for known in ids:
        joined = joined.replace(known, "{}")
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


def shape(value: Any, words: set[str], name: str = "") -> Any:
    """Return a value's members and types; constants of the API are unchanged."""
    if isinstance(value, dict):
        return {key: shape(item, words, key) for key, item in value.items()}
    if isinstance(value, list):
        found: list[Any] = []
        for item in (shape(each, words, name) for each in value):
            found += [] if item in found else [item]
        return found
    if name in words and isinstance(value, str):
        return f"={value}"
    return type_name(value)


def type_name(value: Any) -> str:
    """Return the name of a value's type in JSON."""
    if isinstance(value, bool):
        return "boolean"
    return {int: "integer", float: "number", str: "string", type(None): "null", dict: "object", list: "array"}[type(value)]
