# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of AWX other than types: rules from its source that are not in the options of awx.awx."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_FIELD_KEYS = {"id", "label", "type", "help_text", "secret", "multiline", "format", "choices", "default", "ask_at_runtime"}
_FOREIGN_ENVIRONMENT = {"PATH", "HOME", "LD_PRELOAD", "PYTHONPATH", "VIRTUAL_ENV", "CALLBACK_QUEUE", "INVENTORY_ID"}
_ANSWERS: Mapping[str, type] = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": str,
    "integer": int,
    "float": float,
}


def credential_type(value: Mapping[str, Any]) -> Iterable[str]:
    """Check a credential type: its fields and injectors."""
    inputs, injectors = value.get("inputs") or {}, value.get("injectors") or {}
    if set(inputs) - {"fields", "required"} or set(injectors) - {"env", "extra_vars", "file"}:
        yield "Additional properties are not allowed."
    ids = [one.get("id", "") for one in inputs.get("fields", [])]
    for one in inputs.get("fields", []):
        if set(one) - _FIELD_KEYS or not {"id", "label"} <= set(one) or one.get("type") not in ("string", "boolean"):
            yield f"{one} is no field."
        if one.get("type") == "boolean" and {"secret", "multiline", "choices", "format"} & set(one):
            yield f"{one['id']}: not allowed for boolean type."
    if len(set(ids)) < len(ids) or "tower" in ids or not all(map(_NAME.match, ids)) or set(inputs.get("required", [])) - set(ids):
        yield f"{ids}: field IDs must be unique names."
    for where in ("env", "extra_vars"):
        yield from _injected(where, injectors.get(where, {}), ids)


def _injected(where: str, values: Mapping[str, str], fields: Iterable[str]) -> Iterable[str]:
    known = dict.fromkeys(fields, "EXAMPLE")
    for name, template in values.items():
        if not _NAME.match(name):
            yield f"{where}: {name} is no name."
        if where == "env" and (name.startswith("ANSIBLE_") or name in _FOREIGN_ENVIRONMENT):
            yield f"Environment variable {name} is not allowed to be used in credentials."
        try:
            text = ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(template).render(known)
        except TemplateError as error:
            yield f"{name} uses an undefined field ({error})"
        else:
            # the braces were lost: no value would be injected
            if "EXAMPLE" not in text:
                yield f"{name}: {template!r} injects nothing."


def credential(value: Mapping[str, Any], kind: Mapping[str, Any]) -> Iterable[str]:
    """Check the inputs of a credential against its type."""
    fields = {one["id"]: one for one in kind["inputs"].get("fields", [])}
    for name, given in (value.get("inputs") or {}).items():
        if name not in fields:
            yield f"Additional properties are not allowed ('{name}' was unexpected)."
        elif not isinstance(given, bool if fields[name].get("type") == "boolean" else str):
            yield f"{name}: not of type {fields[name].get('type')}."


def survey(value: Mapping[str, Any]) -> str:
    """Check a survey; return the first error, or an empty text."""
    if set(value) != {"name", "description", "spec"} or not value["spec"]:
        return "Field 'name', 'description' or 'spec' is missing from survey spec."
    seen: set[str] = set()
    for question in value["spec"]:
        wrong = _question(question)
        if wrong or question["variable"] in seen:
            return wrong or f"'variable' '{question['variable']}' duplicated in survey question."
        seen.add(question["variable"])
    return ""


def _question(question: Mapping[str, Any]) -> str:
    for name, wanted in {"type": str, "question_name": str, "variable": str, "required": bool}.items():
        if not isinstance(question.get(name), wanted):
            return f"'{name}' missing from survey question, or no {wanted.__name__}: {question}"
    kind, default, choices = question["type"], question.get("default", ""), question.get("choices")
    if kind not in _ANSWERS:
        return f"'{kind}' is not one of the allowed question types."
    if default != "" and not isinstance(default, _ANSWERS[kind]):
        return f"Default value {default!r} expected to be {kind}."
    if not all(isinstance(question.get(limit, 0), int) for limit in ("min", "max")):
        return "The min or max limit expected to be integer."
    if kind == "multiplechoice" and not (isinstance(choices, list) and default in choices and {type(one) for one in choices} == {str}):
        return "Default choice must be answered from the choices listed."
    return ""


def json_text(value: str) -> bool:
    """Return whether a text is a JSON mapping, or empty."""
    try:
        return not value or isinstance(json.loads(value), dict)
    except ValueError:
        return False
