# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of the controller by kind, and their associations."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from . import checks, prompts, recurrence, rules
from .kinds import KINDS, UNIFIED
from .links import LINKS, link_error
from .updates import Updates

Object = dict[str, Any]
HIDDEN = "$encrypted$"
# Fields of a notification's configuration that AWX encrypts.
_SECRET_CONFIGURATION = {"password", "token", "account_token", "aws_secret_access_key", "grafana_key"}
_IDENTITY = ("name", "identifier", "organization", "inventory", "workflow_job_template")
_APPROVAL = {"name": str, "description": str, "timeout": int}
# Relevant objects of a new AWX.
_BUILT_IN = {
    "Machine": ["username", "password", "ssh_key_data"],
    "Source Control": ["username", "password", "ssh_key_data", "ssh_key_unlock"],
    "Vault": ["vault_password", "vault_id"],
    "Container Registry": ["host", "username", "password"],
    "Ansible Galaxy/Automation Hub API Token": ["url", "auth_url", "token"],
    "Red Hat Ansible Automation Platform": ["host", "username", "password", "oauth_token"],
}
_SECRET_INPUTS = {"password", "ssh_key_data", "ssh_key_unlock", "vault_password", "token", "oauth_token"}


class RefusedError(Exception):
    """A request that AWX would refuse, with the status and the text of the response."""

    def __init__(self, status: int, why: Mapping[str, Any]) -> None:
        super().__init__(f"{status}: {why}")
        self.status, self.why = status, why


class Objects:
    """All objects of a controller.

    Args:
        collection: the path of awx.awx.
        playbooks: the playbooks in the repository of the projects.
    """

    def __init__(self, collection: Path, playbooks: Iterable[str]) -> None:
        self._collection = collection
        self.updates = Updates(playbooks)
        self._last = 0
        self.held: dict[str, dict[int, Object]] = {}
        self.hanging: dict[tuple[str, int, str], list[int]] = {}
        for name, fields in _BUILT_IN.items():
            inputs = [{"id": one, "label": one, "type": "string", "secret": one in _SECRET_INPUTS} for one in fields]
            self.add("credential_types", name=name, managed=True, inputs={"fields": inputs}, injectors={})
        galaxy = self.one("credential_types", "Ansible Galaxy/Automation Hub API Token")
        self.add("credentials", name="Ansible Galaxy", credential_type=galaxy["id"])
        self.add("instance_groups", name="default")

    def add(self, kind: str, /, **fields: Any) -> Object:
        """Add an object without an API request."""
        self._last = number = self._last + 1
        empty = KINDS[kind].empty(self._collection) if kind in KINDS else {}
        self.held.setdefault(kind, {})[number] = {**empty, **fields, "id": number}
        return self.held[kind][number]

    def one(self, kind: str, name: str) -> Object:
        """Return an object by its name."""
        found = [value for value in self.all(kind) if name in (value.get("name"), value.get("identifier"))]
        assert len(found) == 1, (kind, name, len(found))
        return found[0]

    def all(self, kind: str) -> list[Object]:
        """Return all objects of a kind."""
        kinds = UNIFIED if kind == "unified_job_templates" else (kind,)
        return [{**value, "type": self.type(one)} for one in kinds for value in self.held.get(one, {}).values()]

    def get(self, kind: str, number: int) -> Object:
        """Return an object by its id."""
        if number not in self.held.get(kind, {}):
            raise RefusedError(404, {"detail": "Not found."})
        return self.held[kind][number]

    @staticmethod
    def type(kind: str) -> str:
        """Return the value of `type` of a kind."""
        return KINDS[kind].module if kind in KINDS else kind.removesuffix("s")

    def create(self, kind: str, given: Mapping[str, Any]) -> Object:
        """Create an object."""
        self._check(kind, given, {})
        made = self.add(kind, **{name: self._stored(kind, name, value) for name, value in given.items() if name != "type"})
        if kind == "projects":
            self.updates.changed(made, made)
        return made

    def change(self, kind: str, number: int, given: Mapping[str, Any]) -> Object:
        """Change an object; encrypted placeholders of secrets leave the secrets unchanged."""
        held = self.get(kind, number)
        self._check_frozen(kind, given, held)
        self._check(kind, given, held)
        new = {name: _unhidden(self._stored(kind, name, value), held.get(name)) for name, value in given.items()}
        changed = {name: value for name, value in new.items() if held.get(name) != value}
        held.update(new)
        if kind == "projects":
            self.updates.changed(held, changed)
        return held

    def remove(self, kind: str, number: int) -> None:
        """Remove an object and its associations."""
        removed = self.get(kind, number)
        if kind == "credential_types" and removed["managed"]:
            raise RefusedError(403, {"detail": "Deletion not allowed for managed credential types"})
        if kind == "credential_types" and self._used(number):
            raise RefusedError(403, {"detail": "Credential types that are in use cannot be deleted"})
        del self.held[kind][number]
        for (owner, own, name), others in list(self.hanging.items()):
            if (owner, own) == (kind, number):
                del self.hanging[owner, own, name]
            elif number in others and self._endpoint(owner, name) == kind:
                others.remove(number)

    def approve(self, node: int, given: Mapping[str, Any]) -> Object:
        """Create the approval template of a node."""
        self._check("workflow_approval_templates", given, {})
        made = self.add("workflow_approval_templates", **{"description": "", "timeout": 0, **given})
        self.get("workflow_job_template_nodes", node)["unified_job_template"] = made["id"]
        return made

    def hang(self, kind: str, number: int, name: str, given: Mapping[str, Any]) -> None:
        """Associate an object with another, or disassociate it."""
        self.get(kind, number)
        other = self.get(self._endpoint(kind, name), given["id"])["id"]
        hanging = self.hanging.setdefault((kind, number, name), [])
        if given.get("disassociate"):
            hanging[:] = [one for one in hanging if one != other]
        elif other not in hanging:
            self._check_association(kind, number, name, other)
            hanging.append(other)

    def following(self, node: int, link: str) -> list[int]:
        """Return the nodes that follow a node of a workflow."""
        return self.hanging.get(("workflow_job_template_nodes", node, link), [])

    @staticmethod
    def _endpoint(kind: str, name: str) -> str:
        """Return the kind of associated objects."""
        return KINDS[kind].lists.get(name, name) if kind in KINDS else name

    def _stored(self, kind: str, name: str, value: Any) -> Any:
        return copy.deepcopy(KINDS[kind].stored(self._collection, name, value) if kind in KINDS else value)

    def _used(self, credential_type: int) -> bool:
        return any(one["credential_type"] == credential_type for one in self.all("credentials"))

    def _check_association(self, kind: str, number: int, name: str, other: int) -> None:
        if kind == "job_templates" and name == "credentials":
            self._check_unique(self.hanging[kind, number, name], self.get("credentials", other))
        if name in LINKS:
            nodes = (self.get("workflow_job_template_nodes", one)["workflow_job_template"] for one in (number, other))
            wrong = "Nodes must be of the same workflow." if len(set(nodes)) > 1 else link_error(number, other, name, self.following)
            if wrong:
                raise RefusedError(400, {"Error": wrong})

    def _check_frozen(self, kind: str, given: Mapping[str, Any], held: Object) -> None:
        """Check what can't be changed: inputs and types that are in use, managed types, and the id of a vault."""
        if kind == "credential_types":
            if held["managed"]:
                raise RefusedError(403, {"detail": "Modifications not allowed for managed credential types"})
            if given.get("inputs", held["inputs"]) != held["inputs"] and self._used(held["id"]):
                why = "Modifications to inputs are not allowed for credential types that are in use"
                raise RefusedError(403, {"detail": why})
        if kind == "credentials":
            self._check_frozen_credential(given, held)

    def _check_frozen_credential(self, given: Mapping[str, Any], held: Object) -> None:
        attached = any(held["id"] in others for (_kind, _number, name), others in self.hanging.items() if name == "credentials")
        if given.get("credential_type", held["credential_type"]) != held["credential_type"] and attached:
            why = "You cannot change the credential type of the credential, as it may break the functionality of the resources using it."
            raise RefusedError(400, {"credential_type": [why]})
        inputs = given.get("inputs") or {}
        if "vault_id" in inputs and self.get("credential_types", held["credential_type"])["name"] == "Vault":
            if "vault_id" not in (held["inputs"] or {}):
                raise RefusedError(500, {"detail": "A server error has occurred."})  # a KeyError in AWX
            if inputs["vault_id"] != held["inputs"]["vault_id"]:
                raise RefusedError(400, {"inputs": ["Vault IDs cannot be changed once they have been created."]})

    def survey(self, kind: str, number: int, given: Mapping[str, Any]) -> None:
        """Store a survey."""
        wrong = checks.survey(given)
        if wrong:
            raise RefusedError(400, {"error": wrong})
        self.get(kind, number)["survey_spec"] = copy.deepcopy(dict(given))

    def hide(self, kind: str, value: Object) -> Object:
        """Return an object in the response format."""
        shown = copy.deepcopy(value)
        if kind == "credentials":
            fields = self.get("credential_types", value["credential_type"])["inputs"]["fields"]
            secret = {one["id"] for one in fields if one.get("secret")}
            shown["inputs"] = {name: HIDDEN if name in secret else text for name, text in (value.get("inputs") or {}).items()}
        if kind == "notification_templates":
            given = (value["notification_configuration"] or {}).items()
            shown["notification_configuration"] = {name: HIDDEN if name in _SECRET_CONFIGURATION else text for name, text in given}
        for name in ("survey_spec", "hosts", "output", "since"):
            shown.pop(name, None)
        return shown

    def _check_unique(self, hanging: Iterable[int], other: Object) -> None:
        """Check that there is one credential per type, and for Vault one per vault id."""
        there = [self.get("credentials", one) for one in hanging]
        same = [one for one in there if one["credential_type"] == other["credential_type"]]
        vault_id = (other["inputs"] or {}).get("vault_id")
        name = self.get("credential_types", other["credential_type"])["name"]
        if any(name != "Vault" or (one["inputs"] or {}).get("vault_id") == vault_id for one in same):
            raise RefusedError(400, {"error": f"Cannot assign multiple {name} credentials."})

    def _check(self, kind: str, given: Mapping[str, Any], held: Mapping[str, Any]) -> None:
        wrong: dict[str, Any] = {}
        for name, value in given.items():
            if kind == "workflow_approval_templates":
                why = "" if isinstance(value, _APPROVAL.get(name, ())) else "Not a valid field."
            elif value is None and KINDS[kind].empty(self._collection).get(name, "") is None:
                why = ""
            else:
                why = KINDS[kind].wrong(self._collection, name, value)
            if why:
                wrong[name] = [why]
        if wrong:
            raise RefusedError(400, wrong)
        whole = {**held, **given}
        problems = [(rules.WHOLE, why) for why in (*self._dangling(kind, given), *self._twice(kind, whole))]
        problems += [*rules.numbers(given), *rules.required(kind, given, created=not held)]
        problems += self._beyond(kind, whole) if not problems else []
        for field, why in problems:
            wrong.setdefault(field, []).append(why)
        wrong.update(self._prompts(kind, given, whole, created=not held) if not wrong else {})
        if wrong:
            raise RefusedError(400, wrong)

    def _dangling(self, kind: str, given: Mapping[str, Any]) -> Iterator[str]:
        if kind not in KINDS:
            return
        for name, endpoint in KINDS[kind].refers.items():
            if given.get(name) is not None and not any(one["id"] == given[name] for one in self.all(endpoint)):
                yield f'{name}: Invalid pk "{given[name]}" - object does not exist.'
        for name in KINDS[kind].texts & set(given):
            if not checks.json_text(given[name]):
                yield f"{name}: Must be valid JSON or YAML."

    def _twice(self, kind: str, whole: Mapping[str, Any]) -> Iterator[str]:
        identity = {name: whole[name] for name in _IDENTITY if name in whole}
        if kind in ("workflow_approval_templates", "job_templates", "schedules"):
            identity.pop("inventory", None)
        others = [one for one in self.all(kind) if one["id"] != whole.get("id")]
        if any(all(one.get(name) == value for name, value in identity.items()) for one in others):
            yield f"{kind} with this {', '.join(identity)} already exists."

    def _beyond(self, kind: str, whole: Mapping[str, Any]) -> Iterator[rules.Problem]:
        """Apply the specific rules of AWX."""
        if kind == "credential_types":
            yield from ((rules.WHOLE, why) for why in checks.credential_type(whole))
        elif kind == "credentials":
            kind_of_it = self.get("credential_types", whole["credential_type"])
            yield from (("inputs", why) for why in checks.credential(whole, kind_of_it))
        elif kind == "schedules":
            yield from (("rrule", why) for why in recurrence.errors(whole["rrule"]))
        elif kind == "job_templates":
            number = whole.get("project")
            project = self.get("projects", number) if number is not None else None
            yield from rules.job_template(whole, project, self.updates.playbooks(number or 0))
        elif kind == "execution_environments":
            yield from rules.image(whole.get("image", ""))
        elif kind == "notification_templates":
            yield from rules.notification(whole)

    def _prompts(self, kind: str, given: Mapping[str, Any], whole: Mapping[str, Any], *, created: bool) -> dict[str, list[str]]:
        """Check the prompts of a schedule or a node, if they are given; those of a new one always are."""
        number = whole.get("unified_job_template")
        if kind not in ("schedules", "workflow_job_template_nodes") or number is None:
            return {}
        if not created and not {"extra_data", *prompts.PROMPTS} & set(given):
            return {}
        template = next((one for one in self.all("unified_job_templates") if one["id"] == number), None)
        return prompts.saved(template, whole, required=kind == "schedules") if template else {}


def _unhidden(value: Any, old: Any) -> Any:
    """Restore the secrets that were sent as encrypted placeholders."""
    if not (isinstance(value, dict) and isinstance(old, dict)):
        return value
    return {name: old.get(name) if text == HIDDEN else text for name, text in value.items()}
