# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read, plan, apply, for sets of members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, NoAnswerError, OktaError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._resources.resource import (
    DesiredSet,
    Member,
    Members,
    MemberSet,
    Plan,
    SingleResource,
    converge,
    id_of,
    plan_set,
    with_id,
)
from unit.fake_okta import FakeOkta, client

HAVE = {"a": Member("a", "id-a"), "b": Member("b", "id-b"), "x": Member("x", "id-x")}


class Letters(MemberSet):
    """A set that is kept in a list of what was done."""

    def __init__(self, wanted: DesiredSet, *, unknown: tuple[str, ...] = (), **how: Any) -> None:
        super().__init__(client(FakeOkta()), wanted, **how)
        self.done: list[str] = []
        self._unknown = unknown

    def entries(self) -> Iterable[Member]:
        self.done.append("read")
        return HAVE.values()

    def add(self, member: Member) -> Member | None:
        self.done.append(f"add {member.key}")
        return None if member.key in self._unknown else with_id(member, {"id": f"new-{member.key}"})

    def remove(self, member: Member) -> None:
        self.done.append(f"remove {member.id}")

    def show(self, state: Members) -> Mapping[str, Any]:
        return {"letters": sorted(state)}


@pytest.mark.parametrize(
    ("wanted", "steps", "after"),
    [
        (DesiredSet(()), [], "abx"),
        (DesiredSet(("a", "b")), [], "abx"),
        (DesiredSet(("b", "a", "x"), exclusive=True), [], "abx"),
        (DesiredSet(("c", "a", "d")), ["add c", "add d"], "abcdx"),
        (DesiredSet(("c", "c")), ["add c"], "abcx"),
        (DesiredSet(("a",), exclusive=True), ["remove b", "remove x"], "a"),
        (DesiredSet(("c", "a"), exclusive=True), ["add c", "remove b", "remove x"], "ac"),
        (DesiredSet((), exclusive=True), ["remove a", "remove b", "remove x"], ""),
        (DesiredSet(("a", "z"), present=False), ["remove a"], "bx"),
        (DesiredSet(("a",), present=False, exclusive=True), ["remove a"], "bx"),
        (DesiredSet((), present=False), [], "abx"),
    ],
)
def test_a_plan_adds_before_it_takes_away(wanted: DesiredSet, steps: list[str], after: str) -> None:
    plan = plan_set(HAVE, wanted)
    assert [f"{verb} {member.key}" for verb, member in plan.steps] == steps
    assert sorted(plan.after) == sorted(after)


def test_a_plan_takes_away_by_okta_s_id() -> None:
    assert plan_set(HAVE, DesiredSet(("a",), present=False)).steps[0][1].id == "id-a"


def test_planning_leaves_the_state_alone() -> None:
    before = dict(HAVE)
    plan_set(before, DesiredSet(("c",), exclusive=True))
    assert before == HAVE


def test_converging_reads_then_adds_then_takes_away() -> None:
    letters = Letters(DesiredSet(("c", "d"), exclusive=True))
    outcome = converge(letters, check_mode=False)
    assert letters.done == ["read", "add c", "add d", "remove id-a", "remove id-b", "remove id-x"]
    assert outcome.changed
    assert outcome.values == {"added": ["c", "d"], "removed": ["a", "b", "x"], "surplus": []}
    assert (outcome.before, outcome.after) == ({"letters": ["a", "b", "x"]}, {"letters": ["c", "d"]})


def test_check_mode_tells_the_same_and_does_nothing() -> None:
    real, checking = (Letters(DesiredSet(("c",), exclusive=True)) for _time in range(2))
    assert converge(real, check_mode=False) == converge(checking, check_mode=True)
    assert checking.done == ["read"]


def test_nothing_to_do_is_no_change() -> None:
    letters = Letters(DesiredSet(("b", "a")))
    outcome = converge(letters, check_mode=False)
    assert letters.done == ["read"]
    assert not outcome.changed
    assert outcome.before == outcome.after


def test_what_okta_can_t_add_is_no_change() -> None:
    outcome = converge(Letters(DesiredSet(("c",)), unknown=("c",)), check_mode=False)
    assert not outcome.changed
    assert outcome.values == {"added": [], "removed": [], "surplus": ["a", "b", "x"]}


def test_a_new_app_s_set_isn_t_read() -> None:
    letters = Letters(DesiredSet(("a",)), is_new=True)
    assert converge(letters, check_mode=False).values == {"added": ["a"], "removed": [], "surplus": []}
    assert letters.done == ["add a"]


def test_the_check_before_the_first_write_comes_before_any_step() -> None:
    def refuse() -> None:
        raise StateError("no super admin")

    letters = Letters(DesiredSet(("c",)))
    letters.client.before_first_write = refuse
    with pytest.raises(StateError, match="no super admin"):
        converge(letters, check_mode=False)
    assert letters.done == ["read"]


def test_a_run_with_nothing_to_do_needs_no_check() -> None:
    def refuse() -> None:
        raise StateError("no super admin")

    letters = Letters(DesiredSet(("a",)))
    letters.client.before_first_write = refuse
    assert not converge(letters, check_mode=False).changed


@pytest.mark.parametrize(("entry", "found"), [({"id": "1"}, "1"), ({"id": 1}, None), ({}, None), (None, None)])
def test_an_id_is_a_text_or_none(entry: Any, found: str | None) -> None:
    assert with_id(Member("a"), entry).id == found


@pytest.mark.parametrize("found", [None, "", 1, True, ["1"]])
def test_a_member_without_an_id_can_t_be_taken_away(found: Any) -> None:
    with pytest.raises(StateError, match=r"^Okta's list tells no id for a, so it can't be taken away\.$"):
        id_of(Member("a", found))


def test_members_are_the_same_whatever_their_ids() -> None:
    assert Member("a", "1") == Member("a", "2") != Member("b", "1")


@dataclass(frozen=True)
class Word:
    """A word, for a thing."""

    text: str

    def facts(self) -> dict[str, Any]:
        return {"text": self.text}

    def shown(self) -> dict[str, Any]:
        return {"word": self.text}


class OneWord(SingleResource[Word]):
    """A word that is to be there, or to be gone; one that is too short is made longer.

    Args:
        wanted: its letters.
        have: what is read, one after the other.
        fails: how asking for it ends before it succeeds.
    """

    name = "word"

    def __init__(self, wanted: str | None, *have: Word | None, fails: tuple[OktaError, ...] = ()) -> None:
        super().__init__(client(FakeOkta()))
        self._wanted, self._have, self._fails = wanted, list(have), list(fails)
        self.posted = 0

    def read(self) -> Word | None:
        return self._have.pop(0)

    def plan(self, state: Word | None) -> Plan[Word | None]:
        if self._wanted is None:
            return Plan(None, (("delete", None),) if state else ())
        if state is None:
            return Plan(Word(self._wanted), (("create", Word(self._wanted)),))
        missing = tuple(self._wanted[len(state.text) :])
        return Plan(Word(self._wanted), (("lengthen", missing),) if missing else ())

    def _post(self, new: Word) -> Word:
        self.posted += 1
        if self._fails:
            raise self._fails.pop(0)
        return new

    def _lengthen(self, word: Word, letters: tuple[str, ...]) -> Word:
        return Word(word.text + "".join(letters))

    def _delete(self, _word: Word, _argument: None) -> None:
        return None


@pytest.mark.parametrize(
    ("wanted", "have", "after", "created", "changes"),
    [
        ("abc", None, {"text": "abc"}, True, ["create"]),
        ("abc", Word("a"), {"text": "abc"}, False, ["lengthen b, c"]),
        ("abc", Word("abc"), {"text": "abc"}, False, []),
        (None, Word("a"), None, False, ["delete"]),
        (None, None, None, False, []),
    ],
)
def test_a_thing_tells_what_was_done_to_it(wanted: str | None, have: Word | None, after: Any, *, created: bool, changes: list[str]) -> None:
    real, checking = (converge(OneWord(wanted, have), check_mode=check) for check in (False, True))
    assert real == checking
    assert real.values == {"word": after, "created": created, "changes": changes}
    assert real.changed == bool(changes)
    assert (real.before, real.after) == ({"word": have.text} if have else {}, {"word": wanted} if wanted else {})


LOST = (NoAnswerError("lost", maybe_done=True), ApiError("ill", status=502))


@pytest.mark.parametrize("lost", LOST)
def test_what_is_found_after_a_lost_answer_is_put_right_and_not_made_again(lost: OktaError) -> None:
    word = OneWord("abc", None, Word("a"), fails=(lost,))
    assert converge(word, check_mode=False).values == {"word": {"text": "abc"}, "created": True, "changes": ["create"]}
    assert word.posted == 1


@pytest.mark.parametrize("lost", LOST)
def test_what_isn_t_found_after_a_lost_answer_is_made_again(lost: OktaError) -> None:
    word = OneWord("abc", None, None, fails=(lost,))
    assert converge(word, check_mode=False).changed
    assert word.posted == 2


@pytest.mark.parametrize("refused", [NoAnswerError("no connection"), ApiError("no", status=403)])
def test_what_surely_wasn_t_made_isn_t_looked_for(refused: OktaError) -> None:
    with pytest.raises(type(refused)):
        converge(OneWord("abc", None, fails=(refused,)), check_mode=False)


@pytest.mark.parametrize("status", [400, 409])
def test_what_is_refused_and_not_there_is_an_error(status: int) -> None:
    word = OneWord("abc", None, None, fails=(ApiError("no", status=status),))
    with pytest.raises(ApiError):
        converge(word, check_mode=False)
    assert word.posted == 1


@pytest.mark.parametrize("status", [400, 409])
@pytest.mark.parametrize(("found", "changes"), [("abc", []), ("a", ["lengthen b, c"])])
def test_what_somebody_else_made_meanwhile_is_taken_as_it_is(status: int, found: str, changes: list[str]) -> None:
    word = OneWord("abc", None, Word(found), fails=(ApiError("the name is taken", status=status),))
    outcome = converge(word, check_mode=False)
    assert outcome.values == {"word": {"text": "abc"}, "created": False, "changes": changes}
    assert (outcome.changed, outcome.before, word.posted) == (bool(changes), {"word": found}, 1)
