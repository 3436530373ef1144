# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The confirmation before access is removed, and the answers that confirm."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.confirmation import Confirmation, Host, is_affirmative


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
def test_only_the_number_of_tenants_or_the_name_of_one_confirms(names: tuple[str, ...], answer: str, accepted: bool) -> None:
    assert confirmation(*names).accepts(answer) is accepted


def test_the_name_of_the_host_or_of_its_tenant_confirms() -> None:
    found = Confirmation((Host("eu1", "acme"),))
    assert "the tenant eu1 (tenant acme) and its stored credentials? Type acme to continue" in found.prompt
    assert found.accepts("eu1")
    assert found.accepts("acme")


def test_the_prompt_names_the_first_tenants_and_the_number_of_the_rest() -> None:
    assert (
        "2 tenants and its stored credentials? The tenants are acme, globex. Type their number (2)" in confirmation("acme", "globex").prompt
    )
    prompt = confirmation(*(f"t{number}" for number in range(1000))).prompt
    assert "1000 tenants" in prompt
    assert ", t19 and 980 more." in prompt
    assert len(prompt) < 400


@pytest.mark.parametrize(("number", "end"), [(20, "t18, t19."), (21, "t18, t19 and 1 more.")])
def test_up_to_twenty_tenants_are_all_named(number: int, end: str) -> None:
    assert f"{end} Type their number ({number})" in confirmation(*(f"t{index}" for index in range(number))).prompt


@pytest.mark.parametrize(("names", "expected"), [(("acme",), "acme"), (("acme", "globex"), "2, the number of tenants")])
def test_a_refusal_names_the_expected_answer(names: tuple[str, ...], expected: str) -> None:
    assert confirmation(*names).refusal == f"Nothing was removed: the answer was not {expected}."


YES, NO = (True, "true", "Yes", "y", "ON", " 1 ", 1), (False, "", None, "maybe", 2)


@pytest.mark.parametrize(("value", "yes"), [*((value, True) for value in YES), *((value, False) for value in NO)])
def test_a_variable_confirms_with_any_form_of_true(value: object, yes: bool) -> None:
    assert is_affirmative(value) is yes
