# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts of Okta's API description, an OpenAPI 3.0 document, as shapes."""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
# Keywords of schema parts that contain more than a text.
_MEANINGFUL = {"$ref", "additionalProperties", "allOf", "anyOf", "enum", "items", "nullable", "oneOf", "properties", "required", "type"}
# The supported kinds of objects that a discriminator distinguishes.
_KINDS = {"OPENID_CONNECT", "IP", "DYNAMIC", "DYNAMIC_V2", "CUSTOM"}


def _parts(schema: Json) -> list[Json]:
    """Return the parts of a composed schema, without parts that contain only a text."""
    return [part for part in schema.get("allOf", []) if _MEANINGFUL & part.keys()]


class Description:
    """A document; `shapes` are the requested named shapes."""

    def __init__(self, document: Json, prefix: str = "") -> None:
        self._document = document
        self._prefix = prefix
        self.shapes: Json = {}

    def operations(self) -> Json:
        """Return the operations by method and path."""
        found = {}
        for path, item in self._document["paths"].items():
            for method in METHODS:
                if method in item:
                    found[f"{method} {path}"] = self._operation(item[method], item.get("parameters", []))
        return found

    def _operation(self, spec: Json, more: list[Json]) -> Json:
        parameters = [self._resolve(each) for each in [*more, *spec.get("parameters", [])]]
        query = {each["name"]: each["schema"].get("maximum") for each in parameters if each["in"] == "query"}
        answers = {status: self._answer(self._resolve(each)) for status, each in spec["responses"].items() if status < "300"}
        scopes = sorted({scope for each in spec.get("security", []) for scopes in each.values() for scope in scopes})
        made = {"query": query, "scopes": scopes, "answers": answers}
        return {**made, **self._request(spec.get("requestBody", {}))}

    def _request(self, body: Json) -> Json:
        for media, content in body.get("content", {}).items():
            form = {"form": True} if "x-www-form-urlencoded" in media else {}
            return {"request": self.shape(content["schema"]), "request_required": bool(body.get("required")), **form}
        return {}

    def _answer(self, answer: Json) -> Any:
        for content in answer.get("content", {}).values():
            return self.shape(content["schema"])
        return None

    def _resolve(self, item: Json) -> Json:
        found: Any = item
        while "$ref" in found:
            target: Any = self._document
            for part in found["$ref"].split("/")[1:]:
                target = target[part]
            found = target
        return dict(found)

    def _named(self, reference: str) -> str:
        name = self._prefix + reference.rpartition("/")[2]
        if name not in self.shapes:
            self.shapes[name] = None  # a recursive schema ends here
            self.shapes[name] = self.shape(self._resolve({"$ref": reference}))
        return f"@{name}"

    def shape(self, schema: Json) -> Any:
        """Return a schema's shape."""
        found = self._shape(schema)
        if not schema.get("nullable"):
            return found
        return f"{found}?" if isinstance(found, str) else {"?": found}

    def _shape(self, schema: Json) -> Any:
        if "$ref" in schema:
            return self._named(schema["$ref"])
        mapping = schema.get("discriminator", {}).get("mapping", {})
        kinds = {kind: self._named(mapping[kind]) for kind in sorted(_KINDS & mapping.keys())}
        if kinds:
            return {"^": schema["discriminator"]["propertyName"], **kinds, "": self._plain(schema)}
        return self._plain(schema)

    def _plain(self, schema: Json) -> Any:
        alternatives = schema.get("oneOf") or schema.get("anyOf") or []
        if alternatives:
            own = self._members(schema)
            return {"|": [{**own, **self._members(self._resolve(each))} if own else self.shape(each) for each in alternatives]}
        parts = _parts(schema)
        if len(parts) == 1 and "properties" not in schema:
            return self.shape(parts[0])
        if "allOf" in schema or "properties" in schema:
            return self._members(schema)
        return self._simple(schema)

    def _simple(self, schema: Json) -> Any:
        if all(isinstance(value, str) for value in schema.get("enum", [0])):
            return "=" + "|".join(schema["enum"])
        if schema.get("type") == "array":
            return [self.shape(schema["items"])]
        more = schema.get("additionalProperties")
        if isinstance(more, dict):
            return {"*": self.shape(more)}
        return schema.get("type", "any")

    def _members(self, schema: Json) -> Json:
        """Return an object's members, including inherited ones."""
        found: Json = {}
        required: set[str] = set()
        for part in map(self._resolve, [*_parts(schema), {name: item for name, item in schema.items() if name != "allOf"}]):
            if "allOf" in part:
                found |= {re.sub("!$", "", name): shape for name, shape in self._members(part).items()}
                required |= {name[:-1] for name in self._members(part) if name.endswith("!")}
            found |= {name: self.shape(item) for name, item in part.get("properties", {}).items()}
            required |= set(part.get("required", []))
            if "additionalProperties" in part and part["additionalProperties"] is not False:
                found["*"] = self.shape(part["additionalProperties"]) if part["additionalProperties"] is not True else "any"
        return {name + ("!" if name in required else ""): shape for name, shape in found.items()}
