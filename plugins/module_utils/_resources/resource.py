# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read, plan, apply: how every resource is brought to its desired state."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from .._core.errors import ApiError, OktaError, StateError, maybe_done
from .._core.spec import Outcome
from .._okta.client import OktaClient, path_segment

_REFUSED = (400, 409)  # Okta's responses where a name is in use, and to other errors
S = TypeVar("S")


@dataclass(frozen=True)
class Step:
    """A change that a plan makes."""

    verb: ClassVar[str]

    @property
    def text(self) -> str:
        """The change, as the return value C(changes) reports it."""
        return self.verb


@dataclass(frozen=True)
class Create(Step, Generic[S]):
    """Create the resource."""

    verb = "create"
    new: S


@dataclass(frozen=True)
class Replace(Step):
    """Change the values of some members."""

    verb = "replace"
    changes: Mapping[str, Any]

    @property
    def text(self) -> str:
        return f"{self.verb} {', '.join(self.changes)}"


class Activate(Step):
    """Activate the resource."""

    verb = "activate"


class Deactivate(Step):
    """Deactivate the resource."""

    verb = "deactivate"


class Delete(Step):
    """Delete the resource."""

    verb = "delete"


@dataclass(frozen=True)
class Plan(Generic[S]):
    """The changes that bring a resource to its desired state.

    Args:
        after: the state that results.
        steps: the changes, in their order; none where there is no drift.
    """

    after: S
    steps: tuple[Step, ...] = ()


class Resource(ABC, Generic[S]):
    """An object in Okta that a module manages."""

    @abstractmethod
    def read_state(self) -> S:
        """Read the current state from Okta."""

    @abstractmethod
    def plan(self, state: S) -> Plan[S]:
        """Plan the changes; a pure function of the current state and the desired state."""

    @abstractmethod
    def apply(self, state: S, plan: Plan[S]) -> S:
        """Make the changes of a plan for this state; returns the state that results."""

    @abstractmethod
    def diff_state(self, state: S) -> Mapping[str, Any]:
        """A state for diff mode, without secrets."""

    @abstractmethod
    def values(self, before: S, after: S, plan: Plan[S]) -> Mapping[str, Any]:
        """The return values."""


class CreatedConcurrentlyError(Exception):
    """Okta refused to create a resource, since another client has created it since it was read.

    Args:
        found: its state.
    """

    def __init__(self, found: Any) -> None:
        super().__init__()
        self.found = found


def converge(resource: Resource[S], *, check_mode: bool) -> Outcome:
    """Bring a resource to its desired state; in check mode, predict the changes."""
    before = resource.read_state()
    try:
        return _converge_from(resource, before, check_mode=check_mode)
    except CreatedConcurrentlyError as error:
        return _converge_from(resource, error.found, check_mode=check_mode)


def _converge_from(resource: Resource[S], before: S, *, check_mode: bool) -> Outcome:
    plan = resource.plan(before)
    after = resource.apply(before, plan) if plan.steps and not check_mode else plan.after
    return Outcome(
        changed=bool(plan.steps) if check_mode else before != after,
        values=resource.values(before, after, plan),
        before=resource.diff_state(before),
        after=resource.diff_state(after),
    )


class ResourceState(Protocol):
    """The state of a single resource."""

    def facts(self) -> dict[str, Any]:
        """The members that a module returns."""

    def diff_facts(self) -> dict[str, Any]:
        """The members that diff mode shows."""


T = TypeVar("T", bound=ResourceState)


class SingleResource(Resource["T | None"], Generic[T]):
    """A resource that exists or doesn't; ``name`` is the return value that describes it.

    Args:
        client: calls Okta.
    """

    name: str

    def __init__(self, client: OktaClient) -> None:
        self._client = client

    def apply(self, state: T | None, plan: Plan[T | None]) -> T | None:
        self._client.run_first_write_check()
        for step in plan.steps:
            if isinstance(step, Create):
                state = self._create(step.new)
            elif state is not None:
                state = self._perform(state, step)
        return state

    def diff_state(self, state: T | None) -> Mapping[str, Any]:
        return state.diff_facts() if state else {}

    def values(self, before: T | None, after: T | None, plan: Plan[T | None]) -> Mapping[str, Any]:
        return {
            self.name: after.facts() if after else None,
            "created": before is None and after is not None,
            "changes": [step.text for step in plan.steps],
        }

    @abstractmethod
    def _perform(self, state: T, step: Step) -> T | None:
        """Make one change to an existing resource; returns the state that results."""

    @abstractmethod
    def _post(self, new: T) -> T:
        """Send the request that creates the resource."""

    def _create(self, new: T) -> T | None:
        try:
            return self._post(new)
        except OktaError as error:
            is_refused = isinstance(error, ApiError) and error.status in _REFUSED
            if not is_refused and not maybe_done(error):
                raise
            # the response was lost, or another client was faster: what exists may not be in the desired state
            found = self.read_state()
            if is_refused and found is None:
                raise
            if is_refused:
                raise CreatedConcurrentlyError(found) from error
        return self.apply(found, self.plan(found)) if found else self._post(new)


@dataclass(frozen=True)
class Member:
    """One member of a set in Okta: a scope granted to an app, a permission of a role.

    Args:
        key: its identity.
        id: its id in Okta; None until it is added.
    """

    key: str
    id: str | None = field(default=None, compare=False)


Members = Mapping[str, Member]


@dataclass(frozen=True)
class MemberStep(Step):
    """A change of one member of a set."""

    member: Member

    @property
    def text(self) -> str:
        return f"{self.verb} {self.member.key}"


class AddMember(MemberStep):
    """Add the member."""

    verb = "add"


class RemoveMember(MemberStep):
    """Remove the member."""

    verb = "remove"


def added(plan: Plan[Any]) -> tuple[Member, ...]:
    """The members that a plan adds to a set."""
    return tuple(step.member for step in plan.steps if isinstance(step, AddMember))


def removed(plan: Plan[Any]) -> tuple[Member, ...]:
    """The members that a plan removes from a set."""
    return tuple(step.member for step in plan.steps if isinstance(step, RemoveMember))


@dataclass(frozen=True)
class DesiredSet:
    """The desired state of a set.

    Args:
        keys: the desired members.
        present: whether these members must exist; otherwise they are removed.
        exclusive: whether all other members are removed.
        forbidden: members that are removed even if the set isn't exclusive, unless they are desired.
    """

    keys: tuple[str, ...]
    present: bool = True
    exclusive: bool = False
    forbidden: tuple[str, ...] = ()


def plan_set(current: Members, desired: DesiredSet) -> Plan[Members]:
    """Which members to add and which to remove. Additions come first, so that access is never interrupted."""
    desired_keys = dict.fromkeys(desired.keys)
    if desired.present:
        add = [key for key in desired_keys if key not in current]
        remove = [key for key in current if key not in desired_keys and (desired.exclusive or key in desired.forbidden)]
    else:
        add = []
        remove = [key for key in desired_keys if key in current]
    after = {key: member for key, member in current.items() if key not in remove}
    after.update({key: Member(key) for key in add})
    return Plan(after, (*(AddMember(Member(key)) for key in add), *(RemoveMember(current[key]) for key in remove)))


class MemberSet(Resource[Members]):
    """A set of members that an app holds, such as its grants or its roles.

    Args:
        client: calls Okta.
        desired: the desired state.
        is_new: the app was just created, so the set is empty and isn't read.
    """

    def __init__(self, client: OktaClient, desired: DesiredSet, *, is_new: bool = False) -> None:
        self.client = client
        self.desired = desired
        self._is_new = is_new

    @abstractmethod
    def list_members(self) -> Iterable[Member]:
        """List the members in Okta."""

    @abstractmethod
    def add(self, member: Member) -> Member | None:
        """Add a member; None where Okta can't add it and that is no failure."""

    def add_all(self, members: Sequence[Member]) -> list[Member | None]:
        """Add members in parallel; the results of `add`, in their order."""
        return self._for_each(self.add, members)

    @abstractmethod
    def remove(self, member: Member) -> None:
        """Remove a member."""

    def finish_adding(self, after: dict[str, Member]) -> None:
        """Resolve what `add` left open, before any member is removed."""

    def read_state(self) -> Members:
        return {} if self._is_new else {member.key: member for member in self.list_members()}

    def plan(self, state: Members) -> Plan[Members]:
        return plan_set(state, self.desired)

    def apply(self, state: Members, plan: Plan[Members]) -> Members:
        self.client.run_first_write_check()
        after = {key: state.get(key, member) for key, member in plan.after.items()}
        new_members = added(plan)
        for member, made in zip(new_members, self.add_all(new_members), strict=True):
            if made is None:
                del after[member.key]
            else:
                after[member.key] = made
        self.finish_adding(after)
        self._for_each(self.remove, removed(plan))
        return after

    def values(self, before: Members, after: Members, _plan: Plan[Members]) -> Mapping[str, Any]:
        return {
            "added": sorted(key for key in after if key not in before),
            "removed": sorted(key for key in before if key not in after),
            "surplus": sorted(key for key in after if key not in self.desired.keys) if self.desired.present else [],
        }

    def _for_each(self, call: Callable[[Member], Any], members: Sequence[Member]) -> list[Any]:
        return self.client.in_parallel([partial(call, member) for member in members]) if members else []


def with_id(member: Member, entry: Mapping[str, Any] | None) -> Member:
    """The member with the id that Okta returned."""
    found = (entry or {}).get("id")
    return replace(member, id=found if isinstance(found, str) else None)


def id_of(member: Member) -> str:
    """The member's id, as a segment of a path.

    Raises:
        StateError: Okta returned none, and without it the path would address the whole set.
    """
    if not isinstance(member.id, str) or not member.id:
        raise StateError(f"Okta's list shows no id for {member.key}, so it can't be removed.")
    return path_segment(member.id)
