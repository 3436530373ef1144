# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts: the values that a launch, a schedule or a workflow node gives to a template, and the answers to its survey."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# The field of a template that allows the prompt, if its name is not `ask_<prompt>_on_launch`.
_ASK = {"extra_vars": "ask_variables_on_launch", "job_tags": "ask_tags_on_launch", "credentials": "ask_credential_on_launch"}
PROMPTS = (
    "credentials",
    "diff_mode",
    "execution_environment",
    "forks",
    "inventory",
    "job_slice_count",
    "job_tags",
    "job_type",
    "limit",
    "scm_branch",
    "skip_tags",
    "timeout",
    "verbosity",
)
_TEXTS = ("text", "textarea", "password")


def asks(template: Mapping[str, Any], prompt: str) -> bool:
    """Return whether a template accepts a value of a prompt."""
    return bool(template.get(_ASK.get(prompt, f"ask_{prompt}_on_launch")))


def questions(template: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the questions of a template's survey by variable."""
    spec = (template.get("survey_spec") or {}).get("spec", []) if template.get("survey_enabled") else []
    return {one["variable"]: one for one in spec}


def defaults(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the default answers, which a job has unless it is given others."""
    return {name: one["default"] for name, one in questions(template).items() if one.get("default", "") != ""}


def saved(template: Mapping[str, Any], given: Mapping[str, Any], *, required: bool) -> dict[str, list[str]]:
    """Return the errors of a schedule's or a node's prompts.

    Args:
        template: the template that it runs.
        given: the schedule or the node.
        required: whether required answers must be there; a default does not count. Workflow nodes are exempt.
    """
    wrong: dict[str, list[str]] = {}
    answers = given.get("extra_data") or {}
    unasked = [name for name in answers if name not in questions(template)]
    if unasked and not asks(template, "extra_vars"):
        setting = "Check the Prompt on Launch setting on the template to include Extra Variables."
        wrong["extra_data"] = [f"Variables {', '.join(unasked)} are not allowed on launch. {setting}"]
    missing = answer_errors(template, answers, required=required)
    if missing:
        wrong["variables_needed_to_start"] = missing
    for name in PROMPTS:
        if given.get(name) not in (None, "", 0, False, template.get(name)) and not asks(template, name):
            wrong[name] = ["Field is not configured to prompt on launch."]
    return wrong


def answer_errors(template: Mapping[str, Any], answers: Mapping[str, Any], *, required: bool) -> list[str]:
    """Return the errors of the answers to a survey."""
    wrong: list[str] = []
    for name, question in questions(template).items():
        if name in answers:
            wrong += _answer(question, answers[name])
        elif required and question["required"]:
            wrong.append(f"'{name}' value missing")
    return wrong


def _answer(question: Mapping[str, Any], value: Any) -> Iterable[str]:
    name, kind = question["variable"], question["type"]
    if kind in _TEXTS:
        yield from _text(question, value)
    elif kind in ("integer", "float"):
        yield from _number(question, value)
    elif kind == "multiselect" and not isinstance(value, list):
        yield f"'{name}' value is expected to be a list."
    else:
        choices = question.get("choices") or []
        choices = choices.splitlines() if isinstance(choices, str) else choices
        for one in value if kind == "multiselect" else [value]:
            if one not in choices:
                yield f"Value {one} for '{name}' expected to be one of {choices}."


def _text(question: Mapping[str, Any], value: Any) -> Iterable[str]:
    name, low, high = question["variable"], question.get("min"), question.get("max")
    if not isinstance(value, str):
        yield f"Value {value} for '{name}' expected to be a string."
    elif low not in ("", None) and len(value) < int(low or 0):
        yield f"'{name}' value {value} is too small (length is {len(value)} must be at least {low})."
    elif high not in ("", None) and len(value) > int(high or 0):
        yield f"'{name}' value {value} is too large (must be no more than {high})."


def _number(question: Mapping[str, Any], value: Any) -> Iterable[str]:
    name, kind, low, high = (question.get(one) for one in ("variable", "type", "min", "max"))
    if isinstance(value, bool) or not isinstance(value, int if kind == "integer" else (int, float)):
        yield f"Value {value} for '{name}' expected to be {'an integer' if kind == 'integer' else 'a numeric type'}."
    elif low not in ("", None) and value < int(low or 0):
        yield f"'{name}' value {value} is too small (must be at least {low})."
    elif high not in ("", None) and value > int(high or 0):
        yield f"'{name}' value {value} is too large (must be no more than {high})."
