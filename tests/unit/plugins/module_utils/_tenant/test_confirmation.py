# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person is asked before access is removed, and which answers count."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.confirmation import Confirmation, Host, says_yes


def confirmation(*names: str) -> Confirmation:
    return Confirmation(tuple(Host(name, name) for name in names))


@pytest.mark.parametrize(
    ("names", "answer", "accepted"),
    [
        (("acme",), "acme", True),
        (("acme",), " ACME ", True),
        (("acme",), "1", True),
        (("acme", "globex"), "2", True),
        (("acme", "globex"), "acme", False),
        *(((("acme", "globex"), answer, False)) for answer in ("y", "yes", "true", "", "1", "3", "02", "2.0", "all")),
        *(((("acme",), answer, False)) for answer in ("y", "yes", "true", "", "acme.okta.com", "globex", "0")),
    ],
)
def test_only_the_number_or_the_one_name_counts(names: tuple[str, ...], answer: str, accepted: bool) -> None:
    assert confirmation(*names).accepts(answer) is accepted


def test_a_host_of_another_name_may_be_called_by_both() -> None:
    asked = Confirmation((Host("eu1", "acme"),))
    assert "the tenant eu1 (tenant acme) away" in asked.prompt
    assert asked.accepts("eu1")
    assert asked.accepts("acme")


def test_the_prompt_names_the_tenants_and_of_many_the_first_ones_and_the_number() -> None:
    assert (
        "2 tenants away, and forget its credentials? They are acme, globex. Type their number (2)" in confirmation("acme", "globex").prompt
    )
    prompt = confirmation(*(f"t{number}" for number in range(1000))).prompt
    assert "1000 tenants" in prompt
    assert ", t19 and 980 more." in prompt
    assert len(prompt) < 400


@pytest.mark.parametrize(("number", "end"), [(20, "t18, t19."), (21, "t18, t19 and 1 more.")])
def test_up_to_twenty_tenants_are_all_named(number: int, end: str) -> None:
    assert f"{end} Type their number ({number})" in confirmation(*(f"t{index}" for index in range(number))).prompt


@pytest.mark.parametrize(("names", "expected"), [(("acme",), "acme"), (("acme", "globex"), "2, the number of its tenants")])
def test_a_refusal_says_which_answer_would_have_counted(names: tuple[str, ...], expected: str) -> None:
    assert confirmation(*names).refusal == f"Nothing was taken back: the answer was not {expected}."


YES, NO = (True, "true", "Yes", "y", "ON", " 1 ", 1), (False, "", None, "maybe", 2)


@pytest.mark.parametrize(("value", "yes"), [*((value, True) for value in YES), *((value, False) for value in NO)])
def test_a_variable_confirms_as_it_always_did(value: object, yes: bool) -> None:
    assert says_yes(value) is yes
