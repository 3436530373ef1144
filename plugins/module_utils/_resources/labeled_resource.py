# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom roles and resource sets: resources with a unique label that consist of parts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ClassVar

from .._core.errors import ApiError, InputError, NoResponseError, OktaError
from .._core.input_values import optional_text
from .._core.spec import Call, Outcome
from .._core.text import find_by_text, same_text, search_prefix
from .._okta.client import NOT_FOUND, OktaClient, path_segment
from .resource import Create, Delete, DesiredSet, Member, Members, Plan, Replace, SingleResource, Step, added, converge, plan_set, removed
from .usage import delete_unless_used

# Okta requires a description.
_DESCRIPTION = "Managed by Ansible."


@dataclass(frozen=True)
class LabeledState:
    """The managed members of a custom role or a resource set."""

    NOUN: ClassVar[str]
    PARTS: ClassVar[str]

    label: str
    description: str
    parts: Members = field(default_factory=dict)
    id: str | None = field(default=None, compare=False)
    created: str | None = field(default=None, compare=False)

    def facts(self) -> dict[str, Any]:
        """The members that a module returns."""
        return {"id": self.id, **self.diff_facts(), "created": self.created}

    def diff_facts(self) -> dict[str, Any]:
        """The members that diff mode shows."""
        return {"label": self.label, "description": self.description, self.PARTS: sorted(self.parts)}


@dataclass(frozen=True)
class DesiredLabeledState:
    """The desired state. None leaves Okta's value unchanged; the list of parts is complete.

    Args:
        id: its id; without one it is found by its label.
        assume_missing: whether the caller knows that no resource has the label.
    """

    present: bool = True
    id: str | None = None
    label: str | None = None
    description: str | None = None
    parts: tuple[str, ...] = ()
    assume_missing: bool = False


@dataclass(frozen=True)
class PartsStep(Step):
    """A change of the parts that a resource consists of."""

    parts: tuple[Member, ...]

    @property
    def text(self) -> str:
        return f"{self.verb} {', '.join(part.key for part in self.parts)}"


class AddParts(PartsStep):
    """Add the parts."""

    verb = "add"


class RemoveParts(PartsStep):
    """Remove the parts."""

    verb = "remove"


def desired_labeled_state(params: Mapping[str, Any], parts: tuple[str, ...]) -> DesiredLabeledState:
    """The desired state by the options C(state), C(id), C(label) and C(description).

    Raises:
        InputError: one is blank.
    """
    texts = {name: optional_text(params, name) for name in ("id", "label", "description")}
    return DesiredLabeledState(params["state"] == "present", parts=parts, assume_missing=bool(params.get("assume_missing")), **texts)


def plan_labeled(current: LabeledState | None, desired: DesiredLabeledState, kind: type[LabeledState]) -> Plan[LabeledState | None]:
    """Plan the changes. Parts are added before others are removed, so that access is never interrupted.

    Raises:
        InputError: no resource has the id.
    """
    if not desired.present:
        return Plan(None, (Delete(),) if current else ())
    if current is None:
        if desired.id or not desired.label:
            raise InputError(f"id: this org has no {kind.NOUN} with that id. To create one, set label and omit id.")
        new = kind(desired.label, desired.description or _DESCRIPTION, {key: Member(key) for key in desired.parts})
        return Plan(new, (Create(new),))
    changes = {
        name: value
        for name, value in (("label", desired.label), ("description", desired.description))
        if value is not None and not same_text(value, getattr(current, name))
    }
    parts = plan_set(current.parts, DesiredSet(desired.parts, exclusive=True))
    steps: list[Step] = [Replace(changes)] if changes else []
    steps += [step for step in (AddParts(added(parts)), RemoveParts(removed(parts))) if step.parts]
    return Plan(replace(current, **changes, parts=parts.after), tuple(steps))


class LabeledResource(SingleResource["LabeledState"]):
    """A custom role or resource set in Okta. A subclass defines its kind, its path, and how parts are read, added and removed.

    Args:
        desired: the desired state.
    """

    kind: type[LabeledState]
    path: str

    def __init__(self, client: OktaClient, desired: DesiredLabeledState) -> None:
        super().__init__(client)
        self._desired = desired

    @abstractmethod
    def parts(self, path_id: str) -> Members:
        """Read the parts of a resource by its id, which is a path segment."""

    @abstractmethod
    def add(self, path_id: str, parts: tuple[Member, ...]) -> None:
        """Add parts to it; repeatable."""

    @abstractmethod
    def remove(self, path_id: str, part: Member) -> None:
        """Remove a part from it."""

    def read_state(self) -> LabeledState | None:
        if self._desired.assume_missing and not self._desired.id:
            return None
        found = self._read_named(self._desired.id or self._desired.label or "") or self._find_listed()
        return replace(found, parts=self.parts(_segment(found))) if found else None

    def _read_named(self, name: str) -> LabeledState | None:
        try:
            found = self._from(self._client.get(f"{self.path}/{path_segment(name)}", f"read the {self.kind.NOUN}"))
        except ApiError as error:
            if error.status == NOT_FOUND:
                return None
            raise
        # the path accepts an id or a label, so check which one matched; Okta may compare labels without their case
        is_match = found.id == name if self._desired.id else same_text(name, found.label, ignore_case=True)
        return found if is_match else None

    def _find_listed(self) -> LabeledState | None:
        """Find a resource whose label Okta stores in another form than the task's, so that no path matches it."""
        label = self._desired.label or ""
        if self._desired.id or search_prefix(label) == label:
            return None
        entries = self._client.pages(self.path, f"list each {self.kind.NOUN}", within=self.path.rpartition("/")[2])
        found = find_by_text(label, entries, lambda entry: entry.get("label"))
        return self._from(found[0]) if found else None

    def _create(self, new: LabeledState) -> LabeledState | None:
        self._desired = replace(self._desired, assume_missing=False)  # after a lost response it must be read
        return super()._create(new)

    def plan(self, state: LabeledState | None) -> Plan[LabeledState | None]:
        return plan_labeled(state, self._desired, self.kind)

    def _perform(self, state: LabeledState, step: Step) -> LabeledState | None:
        match step:
            case Replace(changes):
                return self._replace(state, changes)
            case AddParts(parts):
                return self._add_parts(state, parts)
            case RemoveParts(parts):
                return self._remove_parts(state, parts)
            case Delete():
                self._client.remove(self._path(state), f"delete the {self.kind.NOUN} {state.label!r}")
                return None
        raise TypeError(step)

    def _post(self, new: LabeledState) -> LabeledState:
        body = {"label": new.label, "description": new.description, self.kind.PARTS: list(new.parts)}
        raw = self._client.write("POST", self.path, f"create the {self.kind.NOUN} {new.label!r}", body=body, expect=dict)
        created = self._from(raw)
        return replace(new, id=created.id, created=created.created)

    def _replace(self, current: LabeledState, changes: Mapping[str, Any]) -> LabeledState:
        # texts are sent as in the task: one that Okta stores escaped would be escaped again
        texts = {"label": self._desired.label or current.label, "description": self._desired.description or current.description}
        body = {**texts, **changes}
        self._client.write("PUT", self._path(current), f"change the {self.kind.NOUN} {current.label!r}", body=body)
        return replace(current, **changes)

    def _add_parts(self, current: LabeledState, parts: tuple[Member, ...]) -> LabeledState:
        try:
            self.add(_segment(current), parts)
        except OktaError:
            # the response to a first request may have been lost, and its repetition refused: then the parts exist
            existing = self.parts(_segment(current))
            if any(part.key not in existing for part in parts):
                raise
        return replace(current, parts={**current.parts, **{part.key: part for part in parts}})

    def _remove_parts(self, current: LabeledState, parts: tuple[Member, ...]) -> LabeledState:
        self._client.in_parallel([partial(self.remove, _segment(current), part) for part in parts])
        return replace(current, parts={key: part for key, part in current.parts.items() if part not in parts})

    def _path(self, state: LabeledState) -> str:
        return f"{self.path}/{_segment(state)}"

    def _from(self, raw: Mapping[str, Any]) -> LabeledState:
        if not isinstance(raw.get("id"), str) or not raw["id"]:
            raise NoResponseError(f"{self.path}: Okta's response contains no {self.kind.NOUN}.", maybe_done=True)
        created = raw.get("created")
        return self.kind(
            str(raw.get("label") or ""),
            str(raw.get("description") or ""),
            id=raw["id"],
            created=created if isinstance(created, str) else None,
        )


def delete_labeled(call: Call, resource: LabeledResource, uses: Callable[[LabeledState], list[str]]) -> Outcome:
    """Delete a resource; with O(only_unused), only if it isn't in use.

    Args:
        uses: finds its uses.
    """
    current = resource.read_state() if call.params.get("only_unused") else None
    if current is None:
        return converge(resource, check_mode=call.check_mode)
    unchanged = Outcome(
        False, {resource.name: current.facts(), "created": False, "changes": []}, current.diff_facts(), current.diff_facts()
    )
    name = f"{current.NOUN} {current.label} ({current.id})"
    return delete_unless_used(name, partial(uses, current), lambda: converge(resource, check_mode=call.check_mode), unchanged)


def _segment(state: LabeledState) -> str:
    return path_segment(state.id or "")
