# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read, plan, apply: for sets of members and for single resources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, NoResponseError, OktaError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._resources.resource import (
    Create,
    Delete,
    DesiredSet,
    Member,
    Members,
    MemberSet,
    Plan,
    SingleResource,
    Step,
    converge,
    id_of,
    plan_set,
    removed,
    with_id,
)
from helpers.fake_okta import FakeOkta, client

HAVE = {"a": Member("a", "id-a"), "b": Member("b", "id-b"), "x": Member("x", "id-x")}


class Letters(MemberSet):
    """A set that records the calls in a list."""

    def __init__(self, desired: DesiredSet, *, unknown: tuple[str, ...] = (), **how: Any) -> None:
        super().__init__(client(FakeOkta()), desired, **how)
        self.done: list[str] = []
        self._unknown = unknown

    def list_members(self) -> Iterable[Member]:
        self.done.append("read")
        return HAVE.values()

    def add(self, member: Member) -> Member | None:
        self.done.append(f"add {member.key}")
        return None if member.key in self._unknown else with_id(member, {"id": f"new-{member.key}"})

    def remove(self, member: Member) -> None:
        self.done.append(f"remove {member.id}")

    def diff_state(self, state: Members) -> Mapping[str, Any]:
        return {"letters": sorted(state)}


@pytest.mark.parametrize(
    ("desired", "steps", "after"),
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
def test_a_plan_adds_before_it_removes(desired: DesiredSet, steps: list[str], after: str) -> None:
    plan = plan_set(HAVE, desired)
    assert [step.text for step in plan.steps] == steps
    assert sorted(plan.after) == sorted(after)


def test_a_plan_removes_by_okta_s_id() -> None:
    assert [member.id for member in removed(plan_set(HAVE, DesiredSet(("a",), present=False)))] == ["id-a"]


def test_planning_does_not_modify_the_state() -> None:
    before = dict(HAVE)
    plan_set(before, DesiredSet(("c",), exclusive=True))
    assert before == HAVE


def test_converging_reads_then_adds_then_removes() -> None:
    letters = Letters(DesiredSet(("c", "d"), exclusive=True))
    outcome = converge(letters, check_mode=False)
    assert letters.done == ["read", "add c", "add d", "remove id-a", "remove id-b", "remove id-x"]
    assert outcome.changed
    assert outcome.values == {"added": ["c", "d"], "removed": ["a", "b", "x"], "surplus": []}
    assert (outcome.before, outcome.after) == ({"letters": ["a", "b", "x"]}, {"letters": ["c", "d"]})


def test_check_mode_predicts_the_result_and_changes_nothing() -> None:
    real, checking = (Letters(DesiredSet(("c",), exclusive=True)) for _time in range(2))
    assert converge(real, check_mode=False) == converge(checking, check_mode=True)
    assert checking.done == ["read"]


def test_an_empty_plan_is_no_change() -> None:
    letters = Letters(DesiredSet(("b", "a")))
    outcome = converge(letters, check_mode=False)
    assert letters.done == ["read"]
    assert not outcome.changed
    assert outcome.before == outcome.after


def test_a_member_that_okta_cannot_add_is_no_change() -> None:
    outcome = converge(Letters(DesiredSet(("c",)), unknown=("c",)), check_mode=False)
    assert not outcome.changed
    assert outcome.values == {"added": [], "removed": [], "surplus": ["a", "b", "x"]}


def test_the_set_of_a_new_app_is_not_read() -> None:
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
def test_a_member_without_an_id_can_t_be_removed(found: Any) -> None:
    with pytest.raises(StateError, match=r"^Okta's list shows no id for a, so it can't be removed\.$"):
        id_of(Member("a", found))


def test_members_are_the_same_whatever_their_ids() -> None:
    assert Member("a", "1") == Member("a", "2") != Member("b", "1")


@dataclass(frozen=True)
class Word:
    """A word, the state of a resource."""

    text: str

    def facts(self) -> dict[str, Any]:
        return {"text": self.text}

    def diff_facts(self) -> dict[str, Any]:
        return {"word": self.text}


@dataclass(frozen=True)
class Lengthen(Step):
    """Lengthen a word."""

    verb = "lengthen"
    letters: str

    @property
    def text(self) -> str:
        return f"lengthen {self.letters}"


class OneWord(SingleResource[Word]):
    """A word that must exist or be absent; a short one is lengthened.

    Args:
        desired: its letters.
        have: the results of the reads, in order.
        fails: the errors of the first creations.
    """

    name = "word"

    def __init__(self, desired: str | None, *have: Word | None, fails: tuple[OktaError, ...] = ()) -> None:
        super().__init__(client(FakeOkta()))
        self._desired, self._have, self._fails = desired, list(have), list(fails)
        self.posted = 0

    def read_state(self) -> Word | None:
        return self._have.pop(0)

    def plan(self, state: Word | None) -> Plan[Word | None]:
        if self._desired is None:
            return Plan(None, (Delete(),) if state else ())
        if state is None:
            return Plan(Word(self._desired), (Create(Word(self._desired)),))
        missing = self._desired[len(state.text) :]
        return Plan(Word(self._desired), (Lengthen(missing),) if missing else ())

    def _post(self, new: Word) -> Word:
        self.posted += 1
        if self._fails:
            raise self._fails.pop(0)
        return new

    def _perform(self, state: Word, step: Step) -> Word | None:
        return Word(state.text + step.letters) if isinstance(step, Lengthen) else None


@pytest.mark.parametrize(
    ("desired", "have", "after", "created", "changes"),
    [
        ("abc", None, {"text": "abc"}, True, ["create"]),
        ("abc", Word("a"), {"text": "abc"}, False, ["lengthen bc"]),
        ("abc", Word("abc"), {"text": "abc"}, False, []),
        (None, Word("a"), None, False, ["delete"]),
        (None, None, None, False, []),
    ],
)
def test_a_single_resource_reports_its_changes(
    desired: str | None, have: Word | None, after: Any, *, created: bool, changes: list[str]
) -> None:
    real, checking = (converge(OneWord(desired, have), check_mode=check) for check in (False, True))
    assert real == checking
    assert real.values == {"word": after, "created": created, "changes": changes}
    assert real.changed == bool(changes)
    assert (real.before, real.after) == ({"word": have.text} if have else {}, {"word": desired} if desired else {})


LOST = (NoResponseError("lost", maybe_done=True), ApiError("ill", status=502))


@pytest.mark.parametrize("lost", LOST)
def test_a_resource_that_exists_after_a_lost_response_is_corrected_and_not_created_again(lost: OktaError) -> None:
    word = OneWord("abc", None, Word("a"), fails=(lost,))
    assert converge(word, check_mode=False).values == {"word": {"text": "abc"}, "created": True, "changes": ["create"]}
    assert word.posted == 1


@pytest.mark.parametrize("lost", LOST)
def test_a_resource_that_doesn_t_exist_after_a_lost_response_is_created_again(lost: OktaError) -> None:
    word = OneWord("abc", None, None, fails=(lost,))
    assert converge(word, check_mode=False).changed
    assert word.posted == 2


@pytest.mark.parametrize("refused", [NoResponseError("no connection"), ApiError("no", status=403)])
def test_a_resource_that_surely_wasn_t_created_isn_t_searched(refused: OktaError) -> None:
    with pytest.raises(type(refused), match=f"^{refused}$"):
        converge(OneWord("abc", None, fails=(refused,)), check_mode=False)


@pytest.mark.parametrize("status", [400, 409])
def test_a_refused_creation_of_a_missing_resource_is_an_error(status: int) -> None:
    word = OneWord("abc", None, None, fails=(ApiError("no", status=status),))
    with pytest.raises(ApiError, match=r"^no$"):
        converge(word, check_mode=False)
    assert word.posted == 1


@pytest.mark.parametrize("status", [400, 409])
@pytest.mark.parametrize(("found", "changes"), [("abc", []), ("a", ["lengthen bc"])])
def test_a_resource_that_another_client_created_is_brought_to_the_desired_state(status: int, found: str, changes: list[str]) -> None:
    word = OneWord("abc", None, Word(found), fails=(ApiError("the name is taken", status=status),))
    outcome = converge(word, check_mode=False)
    assert outcome.values == {"word": {"text": "abc"}, "created": False, "changes": changes}
    assert (outcome.changed, outcome.before, word.posted) == (bool(changes), {"word": found}, 1)
