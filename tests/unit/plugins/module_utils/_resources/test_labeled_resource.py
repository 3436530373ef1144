# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a resource with a label and parts, without a call to Okta."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._resources.labeled_resource import (
    DesiredLabeledState,
    LabeledState,
    desired_labeled_state,
    plan_labeled,
)
from ansible_collections.rezonate.okta.plugins.module_utils._resources.resource import Member, Members


class Box(LabeledState):
    """A labeled resource."""

    NOUN: ClassVar[str] = "box"
    PARTS: ClassVar[str] = "balls"


def balls(*keys: str) -> Members:
    return {key: Member(key, f"id-{key}") for key in keys}


HAVE = Box("Mine", "Old text", balls("a", "b"), id="box1", created="2026-01-06T19:50:57.000Z")


def steps(current: Box | None, desired: DesiredLabeledState) -> list[str]:
    return [step.text for step in plan_labeled(current, desired, Box).steps]


@pytest.mark.parametrize(
    ("current", "desired", "expected"),
    [
        (None, DesiredLabeledState(label="Mine", parts=("a",)), ["create"]),
        (HAVE, DesiredLabeledState(label="Mine", parts=("b", "a")), []),
        (HAVE, DesiredLabeledState(id="box1", parts=("a", "b")), []),
        (HAVE, DesiredLabeledState(label="Mine", description="Old text", parts=("a", "b")), []),
        (HAVE, DesiredLabeledState(label="Mine", description="New", parts=("a", "b")), ["replace description"]),
        (HAVE, DesiredLabeledState(id="box1", label="Yours", description="New", parts=("a", "b")), ["replace label, description"]),
        (HAVE, DesiredLabeledState(label="Mine", parts=("d", "a", "c")), ["add d, c", "remove b"]),
        (HAVE, DesiredLabeledState(label="mine", parts=("c",)), ["replace label", "add c", "remove a, b"]),
        (HAVE, DesiredLabeledState(present=False, label="Mine"), ["delete"]),
        (None, DesiredLabeledState(present=False, label="Mine"), []),
        (None, DesiredLabeledState(present=False, id="box1"), []),
    ],
)
def test_a_plan_adds_parts_before_it_removes_others(current: Box | None, desired: DesiredLabeledState, expected: list[str]) -> None:
    assert steps(current, desired) == expected


def test_a_plan_predicts_the_state() -> None:
    after = plan_labeled(HAVE, DesiredLabeledState(label="Yours", parts=("b", "c")), Box).after
    assert after == Box("Yours", "Old text", balls("b", "c"))
    assert after.facts() == {"id": "box1", "label": "Yours", "description": "Old text", "balls": ["b", "c"], "created": HAVE.created}
    assert HAVE.parts == balls("a", "b")


def test_a_new_resource_gets_the_description_that_okta_requires() -> None:
    after = plan_labeled(None, DesiredLabeledState(label="Mine", parts=("a",)), Box).after
    assert after == Box("Mine", "Managed by Ansible.", balls("a"))
    assert after.facts() == {"id": None, "label": "Mine", "description": "Managed by Ansible.", "balls": ["a"], "created": None}


def test_a_new_resource_gets_the_given_description() -> None:
    after = plan_labeled(None, DesiredLabeledState(label="Mine", description="Text", parts=("a",)), Box).after
    assert after == Box("Mine", "Text", balls("a"))


@pytest.mark.parametrize("desired", [DesiredLabeledState(id="box9"), DesiredLabeledState(id="box9", label="Mine")])
def test_an_unknown_id_creates_nothing(desired: DesiredLabeledState) -> None:
    with pytest.raises(InputError, match=r"^id: this org has no box with that id\. To create one, set label and omit id\.$"):
        plan_labeled(None, desired, Box)


def test_options_are_stripped() -> None:
    given: dict[str, Any] = {"state": "absent", "id": None, "label": " Mine\n", "description": None}
    assert desired_labeled_state(given, ("a",)) == DesiredLabeledState(present=False, label="Mine", parts=("a",))


@pytest.mark.parametrize("option", ["id", "label", "description"])
def test_a_blank_option_is_refused_by_its_name(option: str) -> None:
    given = {"state": "present", "id": None, "label": None, "description": None, option: " "}
    with pytest.raises(InputError, match=rf"^{option} is empty: give it, or leave it out\.$"):
        desired_labeled_state(given, ())
