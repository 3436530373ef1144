# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read, plan, apply: the one way in which a resource is brought to its wanted state."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from .._core.errors import ApiError, OktaError, StateError, maybe_done
from .._core.spec import Outcome
from .._okta.client import OktaClient, segment

_REFUSED = (400, 409)  # what Okta answers where a name is taken; other things too
S = TypeVar("S")


@dataclass(frozen=True)
class Plan(Generic[S]):
    """What is to be done.

    Args:
        after: the state that will be.
        steps: the changes, in their order; none means that all is well.
    """

    after: S
    steps: tuple[Any, ...] = ()


class Resource(ABC, Generic[S]):
    """Something in Okta that is looked after."""

    @abstractmethod
    def read(self) -> S:
        """What is."""

    @abstractmethod
    def plan(self, state: S) -> Plan[S]:
        """What is to be done; a pure function of the state and of what is wanted."""

    @abstractmethod
    def apply(self, state: S, plan: Plan[S]) -> S:
        """Do it, from the state that was planned on; returns what then is."""

    @abstractmethod
    def show(self, state: S) -> Mapping[str, Any]:
        """A state as diff mode shows it; no secrets."""

    @abstractmethod
    def values(self, before: S, after: S, plan: Plan[S]) -> Mapping[str, Any]:
        """The return values."""


class CreatedConcurrentlyError(Exception):
    """Somebody has made what was to be made: Okta refused a second one, and now the first is found.

    Args:
        found: the state that it is in.
    """

    def __init__(self, found: Any) -> None:
        super().__init__()
        self.found = found


def converge(resource: Resource[S], *, check_mode: bool) -> Outcome:
    """Bring a resource to its wanted state; in check mode, say what would be done."""
    before = resource.read()
    try:
        return _converge_from(resource, before, check_mode=check_mode)
    except CreatedConcurrentlyError as made:
        return _converge_from(resource, made.found, check_mode=check_mode)


def _converge_from(resource: Resource[S], before: S, *, check_mode: bool) -> Outcome:
    plan = resource.plan(before)
    after = resource.apply(before, plan) if plan.steps and not check_mode else plan.after
    return Outcome(
        changed=bool(plan.steps) if check_mode else before != after,
        values=resource.values(before, after, plan),
        before=resource.show(before),
        after=resource.show(after),
    )


class Described(Protocol):
    """What can say of itself what is returned and what diff mode shows."""

    def facts(self) -> dict[str, Any]:
        """What is returned of it."""

    def shown(self) -> dict[str, Any]:
        """What diff mode shows of it."""


T = TypeVar("T", bound=Described)


class SingleResource(Resource["T | None"], Generic[T]):
    """One thing that may not be there; ``name`` is the return value that tells of it.

    Its plans' steps are pairs of a verb and an argument. The method ``_verb`` does one, and returns what then is.

    Args:
        client: calls Okta.
    """

    name: str

    def __init__(self, client: OktaClient) -> None:
        self._client = client

    def apply(self, state: T | None, plan: Plan[T | None]) -> T | None:
        self._client.ready_to_write()
        for verb, argument in plan.steps:
            state = getattr(self, f"_{verb}")(state, argument)
        return state

    def show(self, state: T | None) -> Mapping[str, Any]:
        return state.shown() if state else {}

    def values(self, before: T | None, after: T | None, plan: Plan[T | None]) -> Mapping[str, Any]:
        return {
            self.name: after.facts() if after else None,
            "created": before is None and after is not None,
            "changes": [_told(verb, argument) for verb, argument in plan.steps],
        }

    @abstractmethod
    def _post(self, new: T) -> T:
        """Ask Okta to make it."""

    def _create(self, _nothing: None, new: T) -> T | None:
        try:
            return self._post(new)
        except OktaError as error:
            is_refused = isinstance(error, ApiError) and error.status in _REFUSED
            if not is_refused and not maybe_done(error):
                raise
            # the answer was lost, or somebody was quicker: what is found may be other than wanted
            found = self.read()
            if is_refused and found is None:
                raise
            if is_refused:
                raise CreatedConcurrentlyError(found) from error
        return self.apply(found, self.plan(found)) if found else self._post(new)


def _told(verb: str, argument: Any) -> str:
    """A step of a plan, for a person: the verb, and what several things it is done to."""
    return f"{verb} {', '.join(map(str, argument))}" if isinstance(argument, (Mapping, tuple)) else verb


@dataclass(frozen=True)
class Member:
    """One member of a set that Okta keeps: a scope granted to an app, a permission of a role.

    Args:
        key: what makes it the same as another.
        id: Okta's id of it; None until it is made.
    """

    key: str
    id: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.key


Members = Mapping[str, Member]


@dataclass(frozen=True)
class DesiredSet:
    """What a set is to be.

    Args:
        keys: the members meant.
        present: whether they are to be there or to go.
        exclusive: whether members that aren't meant go.
        unwanted: members that go even so, unless they are meant.
    """

    keys: tuple[str, ...]
    present: bool = True
    exclusive: bool = False
    unwanted: tuple[str, ...] = ()


def plan_set(have: Members, wanted: DesiredSet) -> Plan[Members]:
    """Which members to add and which to take away. Additions come first, so that access never has a gap."""
    meant = dict.fromkeys(wanted.keys)
    if wanted.present:
        add = [key for key in meant if key not in have]
        remove = [key for key in have if key not in meant and (wanted.exclusive or key in wanted.unwanted)]
    else:
        add = []
        remove = [key for key in meant if key in have]
    after = {key: member for key, member in have.items() if key not in remove}
    after.update({key: Member(key) for key in add})
    steps = (*(("add", Member(key)) for key in add), *(("remove", have[key]) for key in remove))
    return Plan(after, steps)


class MemberSet(Resource[Members]):
    """A set of members that an app holds, such as its grants or its roles.

    Args:
        client: calls Okta.
        wanted: what the set is to be.
        is_new: the app was made a moment ago, so the set is empty and needn't be read.
    """

    def __init__(self, client: OktaClient, wanted: DesiredSet, *, is_new: bool = False) -> None:
        self.client = client
        self.wanted = wanted
        self._is_new = is_new

    @abstractmethod
    def entries(self) -> Iterable[Member]:
        """Ask Okta for the members."""

    @abstractmethod
    def add(self, member: Member) -> Member | None:
        """Add one; None where Okta can't and that is no failure."""

    def add_all(self, members: Sequence[Member]) -> list[Member | None]:
        """Add some, side by side; the answers of `add`, in their order."""
        return self._all(self.add, members)

    @abstractmethod
    def remove(self, member: Member) -> None:
        """Take one away."""

    def settle(self, after: dict[str, Member]) -> None:
        """Clear up what adding left open, before anything is taken away."""

    def read(self) -> Members:
        return {} if self._is_new else {member.key: member for member in self.entries()}

    def plan(self, state: Members) -> Plan[Members]:
        return plan_set(state, self.wanted)

    def apply(self, state: Members, plan: Plan[Members]) -> Members:
        self.client.ready_to_write()
        after = {key: state.get(key, member) for key, member in plan.after.items()}
        adding = [member for verb, member in plan.steps if verb == "add"]
        for member, made in zip(adding, self.add_all(adding), strict=True):
            if made is None:
                del after[member.key]
            else:
                after[member.key] = made
        self.settle(after)
        self._all(self.remove, [member for verb, member in plan.steps if verb == "remove"])
        return after

    def values(self, before: Members, after: Members, _plan: Plan[Members]) -> Mapping[str, Any]:
        return {
            "added": sorted(key for key in after if key not in before),
            "removed": sorted(key for key in before if key not in after),
            "surplus": sorted(key for key in after if key not in self.wanted.keys) if self.wanted.present else [],
        }

    def _all(self, work: Callable[[Member], Any], members: Sequence[Member]) -> list[Any]:
        return self.client.side_by_side([partial(work, member) for member in members]) if members else []


def with_id(member: Member, entry: Mapping[str, Any] | None) -> Member:
    """The member with the id that Okta gave it."""
    found = (entry or {}).get("id")
    return replace(member, id=found if isinstance(found, str) else None)


def id_of(member: Member) -> str:
    """The member's id, as a segment of a path.

    Raises:
        StateError: Okta told none, and without it the path would mean the whole set.
    """
    if not isinstance(member.id, str) or not member.id:
        raise StateError(f"Okta's list tells no id for {member.key}, so it can't be taken away.")
    return segment(member.id)
