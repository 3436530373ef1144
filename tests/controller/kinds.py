# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of objects and their fields: the documented options of the modules of awx.awx."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

# Options for the operation or the lookup, which are not fields of the object.
_NO_FIELDS = frozenset(
    {
        "approval_node",
        "copy_from",
        "destroy_current_nodes",
        "interval",
        "lookup_organization",
        "new_name",
        "state",
        "survey_spec",
        "update_project",
        "update_secrets",
        "vault_credential",
        "wait",
        "workflow_nodes",
    }
)
_NOTIFIED = {f"notification_templates_{event}": "notification_templates" for event in ("started", "success", "error")}
_APPROVALS = {"notification_templates_approvals": "notification_templates"}
_NODES = dict.fromkeys(("success_nodes", "always_nodes", "failure_nodes"), "workflow_job_template_nodes")
_PROMPTS = {"credentials": "credentials", "labels": "labels", "instance_groups": "instance_groups"}
_TYPES: Mapping[str, type | tuple[type, ...]] = {"str": str, "path": str, "int": int, "bool": bool, "dict": dict, "list": list}


@dataclass(frozen=True)
class Kind:
    """A kind of object.

    Args:
        module: the module of awx.awx that manages it.
        refers: fields with the id of another object, with its endpoint.
        lists: lists of associated objects, each with its own endpoint.
        texts: fields that are sent as JSON text.
        more: fields that the module sends without a corresponding option.
        lacks: options that are not fields.
        holds: default values of fields, if they are not the empty value of the type.
        roles: the roles that can be granted on it.
    """

    module: str
    refers: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    more: Mapping[str, type] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()
    holds: Mapping[str, Any] = field(default_factory=dict)
    roles: tuple[str, ...] = ()

    def options(self, collection: Path) -> dict[str, dict[str, Any]]:
        """Return the module's options that are fields of the object."""
        beside = _NO_FIELDS | self.lacks | set(self.lists)
        return {name: option for name, option in documented(collection, self.module).items() if name not in beside}

    def wrong(self, collection: Path, name: str, value: Any) -> str:
        """Return the error of a field value, or an empty text."""
        if name in self.more:
            return "" if isinstance(value, self.more[name]) else "Not a valid value."
        option = self.options(collection).get(name)
        if option is None:
            return "awx.awx has no such option."
        wanted = int if name in self.refers else str if name in self.texts else _TYPES[option["type"]]
        if wanted is str and type(value) is int and name not in self.texts and "choices" not in option:
            return ""  # stored as text
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            return f"Not a valid {option['type']}."
        choices = option.get("choices")
        return f'"{value}" is not a valid choice.' if choices and value not in choices else ""

    def stored(self, collection: Path, name: str, value: Any) -> Any:
        """Return a value as it is stored: a number of a text field becomes text."""
        option = self.options(collection).get(name, {})
        text = type(value) is int and name not in self.refers and option.get("type") in ("str", "path")
        return str(value) if text else value

    def empty(self, collection: Path) -> dict[str, Any]:
        """Return an object with default values."""
        blank = {"str": "", "path": "", "int": 0, "bool": False, "dict": {}, "list": []}
        fields = {name: None if name in self.refers else blank[option["type"]] for name, option in self.options(collection).items()}
        return {**fields, **self.holds}


@cache
def documented(collection: Path, module: str) -> dict[str, dict[str, Any]]:
    """Read the documented options of a module."""
    tree = ast.parse((collection / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8"))
    texts = [node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DOCUMENTATION"]
    options = yaml.safe_load(ast.literal_eval(texts[0]))["options"]
    return {name: {"type": "str", **option} for name, option in options.items()}


_ORGANIZATION = {"organization": "organizations"}
_ENVIRONMENT = {"execution_environment": "execution_environments"}
_JOB_ROLES = ("admin_role", "execute_role", "read_role")

KINDS: Mapping[str, Kind] = {
    "organizations": Kind(
        "organization",
        refers={"default_environment": "execution_environments"},
        lists={"galaxy_credentials": "credentials", "instance_groups": "instance_groups", **_NOTIFIED, **_APPROVALS},
        holds={"max_hosts": 0},
        roles=("admin_role", "auditor_role", "execute_role", "member_role", "read_role"),
    ),
    "teams": Kind("team", refers=_ORGANIZATION, roles=("admin_role", "member_role", "read_role")),
    "credential_types": Kind("credential_type", more={"managed": bool}),
    "credentials": Kind("credential", refers={**_ORGANIZATION, "credential_type": "credential_types", "user": "users", "team": "teams"}),
    "execution_environments": Kind("execution_environment", refers={**_ORGANIZATION, "credential": "credentials"}),
    "notification_templates": Kind("notification_template", refers=_ORGANIZATION, holds={"messages": None}),
    "projects": Kind(
        "project",
        refers={
            **_ORGANIZATION,
            "credential": "credentials",
            "default_environment": "execution_environments",
            "signature_validation_credential": "credentials",
        },
        lists=_NOTIFIED,
    ),
    "inventories": Kind(
        "inventory",
        refers=_ORGANIZATION,
        lists={"instance_groups": "instance_groups", "input_inventories": "inventories"},
        texts=frozenset({"variables"}),
        holds={"variables": "", "host_filter": None},
    ),
    "inventory_sources": Kind(
        "inventory_source",
        refers={"inventory": "inventories", "source_project": "projects", "credential": "credentials", **_ENVIRONMENT},
        lists=_NOTIFIED,
        texts=frozenset({"source_vars"}),
        lacks=frozenset({"organization"}),
        holds={"verbosity": 1, "source_vars": ""},
    ),
    "job_templates": Kind(
        "job_template",
        refers={
            **_ORGANIZATION,
            "inventory": "inventories",
            "project": "projects",
            "webhook_credential": "credentials",
            **_ENVIRONMENT,
        },
        lists={**_PROMPTS, **_NOTIFIED},
        texts=frozenset({"extra_vars"}),
        lacks=frozenset({"credential"}),
        holds={"extra_vars": "", "job_slice_count": 1, "job_type": "run"},
        roles=_JOB_ROLES,
    ),
    "workflow_job_templates": Kind(
        "workflow_job_template",
        refers={**_ORGANIZATION, "inventory": "inventories", "webhook_credential": "credentials"},
        lists={"labels": "labels", **_NOTIFIED, **_APPROVALS},
        texts=frozenset({"extra_vars"}),
        holds={"extra_vars": "", "limit": None},
        roles=(*_JOB_ROLES, "approval_role"),
    ),
    "workflow_job_template_nodes": Kind(
        "workflow_job_template_node",
        refers={
            "workflow_job_template": "workflow_job_templates",
            "unified_job_template": "unified_job_templates",
            "inventory": "inventories",
            **_ENVIRONMENT,
        },
        lists={**_NODES, **_PROMPTS},
        more={"type": str},
        lacks=frozenset({"organization"}),
    ),
    "schedules": Kind(
        "schedule",
        refers={"unified_job_template": "unified_job_templates", "inventory": "inventories", **_ENVIRONMENT},
        lists=_PROMPTS,
        lacks=frozenset({"organization"}),
        holds={"enabled": True},
    ),
}

# They share one sequence of ids, since a workflow node or a schedule can run any of them.
UNIFIED = ("projects", "inventory_sources", "job_templates", "workflow_job_templates")
