# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom roles and resource sets: what has a label that no other has, and consists of parts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ClassVar

from .._core.errors import ApiError, InputError, NoAnswerError, OktaError
from .._core.input_values import text_of
from .._core.spec import Call, Outcome
from .._core.text import matching, same_text, search_prefix
from .._okta.client import NOT_FOUND, OktaClient, segment
from .resource import DesiredSet, Member, Members, Plan, SingleResource, converge, plan_set
from .usage import unless_used

# Okta wants a description of whatever is made.
_DESCRIPTION = "Managed by Ansible."


@dataclass(frozen=True)
class LabeledState:
    """A custom role or a resource set, as far as we look after it."""

    NOUN: ClassVar[str]
    PARTS: ClassVar[str]

    label: str
    description: str
    parts: Members = field(default_factory=dict)
    id: str | None = field(default=None, compare=False)
    created: str | None = field(default=None, compare=False)

    def facts(self) -> dict[str, Any]:
        """What is returned of it."""
        return {"id": self.id, **self.shown(), "created": self.created}

    def shown(self) -> dict[str, Any]:
        """What diff mode shows of it."""
        return {"label": self.label, "description": self.description, self.PARTS: sorted(self.parts)}


@dataclass(frozen=True)
class DesiredLabeledState:
    """What it is to be. None leaves Okta's value alone; the parts are all that it consists of.

    Args:
        id: its id; without one it is found by its label.
        assume_missing: whether the caller knows that none has the label.
    """

    present: bool = True
    id: str | None = None
    label: str | None = None
    description: str | None = None
    parts: tuple[str, ...] = ()
    assume_missing: bool = False


def desired_labeled_state(params: Mapping[str, Any], parts: tuple[str, ...]) -> DesiredLabeledState:
    """What the options C(state), C(id), C(label) and C(description) say.

    Raises:
        InputError: one is blank.
    """
    texts = {name: text_of(params, name) for name in ("id", "label", "description")}
    return DesiredLabeledState(params["state"] == "present", parts=parts, assume_missing=bool(params.get("assume_missing")), **texts)


def plan_labeled(have: LabeledState | None, wanted: DesiredLabeledState, kind: type[LabeledState]) -> Plan[LabeledState | None]:
    """Which changes lead there. Parts are added before others go, so that access never has a gap.

    Raises:
        InputError: none has the id.
    """
    if not wanted.present:
        return Plan(None, (("delete", None),) if have else ())
    if have is None:
        if wanted.id or not wanted.label:
            raise InputError(f"id: this org has no {kind.NOUN} with that id. To make one, give label alone.")
        new = kind(wanted.label, wanted.description or _DESCRIPTION, {key: Member(key) for key in wanted.parts})
        return Plan(new, (("create", new),))
    changes = {
        name: value
        for name, value in (("label", wanted.label), ("description", wanted.description))
        if value is not None and not same_text(value, getattr(have, name))
    }
    parts = plan_set(have.parts, DesiredSet(wanted.parts, exclusive=True))
    grouped = [(verb, tuple(part for done, part in parts.steps if done == verb)) for verb in ("add", "remove")]
    steps = (*([("replace", changes)] if changes else []), *((verb, some) for verb, some in grouped if some))
    return Plan(replace(have, **changes, parts=parts.after), steps)


class LabeledResource(SingleResource["LabeledState"]):
    """One of them in Okta. A subclass tells its kind, its path, and how its parts are read, added and removed.

    Args:
        wanted: what it is to be.
    """

    kind: type[LabeledState]
    path: str

    def __init__(self, client: OktaClient, wanted: DesiredLabeledState) -> None:
        super().__init__(client)
        self._wanted = wanted

    @abstractmethod
    def parts(self, whole: str) -> Members:
        """Ask Okta for the parts of the one whose id, as a segment of a path, this is."""

    @abstractmethod
    def add(self, whole: str, parts: tuple[Member, ...]) -> None:
        """Add parts to it; may be repeated."""

    @abstractmethod
    def remove(self, whole: str, part: Member) -> None:
        """Take a part away from it."""

    def read(self) -> LabeledState | None:
        if self._wanted.assume_missing and not self._wanted.id:
            return None
        found = self._named(self._wanted.id or self._wanted.label or "") or self._listed()
        return replace(found, parts=self.parts(_segment(found))) if found else None

    def _named(self, name: str) -> LabeledState | None:
        try:
            found = self._from(self._client.get(f"{self.path}/{segment(name)}", f"read the {self.kind.NOUN}"))
        except ApiError as error:
            if error.status == NOT_FOUND:
                return None
            raise
        # the path takes both, and what is meant is one of them; in labels Okta may not tell capitals from small letters
        is_meant = found.id == name if self._wanted.id else same_text(name, found.label, ignore_case=True)
        return found if is_meant else None

    def _listed(self) -> LabeledState | None:
        """The one whose label Okta stores in another form than the task gives it, so that its path names nothing."""
        label = self._wanted.label or ""
        if self._wanted.id or search_prefix(label) == label:
            return None
        entries = self._client.pages(self.path, f"list each {self.kind.NOUN}", within=self.path.rpartition("/")[2])
        found = matching(label, entries, lambda entry: entry.get("label"))
        return self._from(found[0]) if found else None

    def _create(self, _nothing: None, new: LabeledState) -> LabeledState | None:
        self._wanted = replace(self._wanted, assume_missing=False)  # where the answer is lost, it has to be looked for
        return super()._create(_nothing, new)

    def plan(self, state: LabeledState | None) -> Plan[LabeledState | None]:
        return plan_labeled(state, self._wanted, self.kind)

    def _post(self, new: LabeledState) -> LabeledState:
        body = {"label": new.label, "description": new.description, self.kind.PARTS: list(new.parts)}
        raw = self._client.write("POST", self.path, f"create the {self.kind.NOUN} {new.label!r}", body=body, expect=dict)
        made = self._from(raw)
        return replace(new, id=made.id, created=made.created)

    def _replace(self, have: LabeledState, changes: Mapping[str, Any]) -> LabeledState:
        # texts are sent as the task has them: one that Okta stores escaped would be escaped once more
        texts = {"label": self._wanted.label or have.label, "description": self._wanted.description or have.description}
        body = {**texts, **changes}
        self._client.write("PUT", self._path(have), f"change the {self.kind.NOUN} {have.label!r}", body=body)
        return replace(have, **changes)

    def _add(self, have: LabeledState, parts: tuple[Member, ...]) -> LabeledState:
        try:
            self.add(_segment(have), parts)
        except OktaError:
            # the answer to a first try may have been lost, and the next be refused: then they are there
            there = self.parts(_segment(have))
            if any(part.key not in there for part in parts):
                raise
        return replace(have, parts={**have.parts, **{part.key: part for part in parts}})

    def _remove(self, have: LabeledState, parts: tuple[Member, ...]) -> LabeledState:
        self._client.side_by_side([partial(self.remove, _segment(have), part) for part in parts])
        return replace(have, parts={key: part for key, part in have.parts.items() if part not in parts})

    def _delete(self, have: LabeledState, _argument: None) -> None:
        self._client.remove(self._path(have), f"delete the {self.kind.NOUN} {have.label!r}")

    def _path(self, found: LabeledState) -> str:
        return f"{self.path}/{_segment(found)}"

    def _from(self, raw: Mapping[str, Any]) -> LabeledState:
        if not isinstance(raw.get("id"), str) or not raw["id"]:
            raise NoAnswerError(f"{self.path}: Okta's answer names no {self.kind.NOUN}.", maybe_done=True)
        created = raw.get("created")
        return self.kind(
            str(raw.get("label") or ""),
            str(raw.get("description") or ""),
            id=raw["id"],
            created=created if isinstance(created, str) else None,
        )


def delete_labeled(call: Call, thing: LabeledResource, uses: Callable[[LabeledState], list[str]]) -> Outcome:
    """Delete one; with O(only_unused), only where nobody else uses it.

    Args:
        uses: finds the reasons to leave it.
    """
    have = thing.read() if call.params.get("only_unused") else None
    if have is None:
        return converge(thing, check_mode=call.check_mode)
    left = Outcome(False, {thing.name: have.facts(), "created": False, "changes": []}, have.shown(), have.shown())
    name = f"{have.NOUN} {have.label} ({have.id})"
    return unless_used(name, partial(uses, have), lambda: converge(thing, check_mode=call.check_mode), left)


def _segment(found: LabeledState) -> str:
    return segment(found.id or "")
