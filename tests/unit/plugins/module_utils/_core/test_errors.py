# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one family of errors."""

from __future__ import annotations

import inspect

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core import errors
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import (
    ApiError,
    NoResponseError,
    OktaError,
    RezonateError,
    StateError,
    maybe_done,
)

ALL = [kind for _name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]


@pytest.mark.parametrize("kind", ALL, ids=[kind.__name__ for kind in ALL])
def test_every_error_belongs_to_the_family(kind: type) -> None:
    assert issubclass(kind, RezonateError)


def test_responses_of_okta_are_distinguished_from_others() -> None:
    assert [issubclass(kind, OktaError) for kind in (ApiError, NoResponseError, StateError)] == [True, True, False]


def test_a_plain_error_has_no_facts() -> None:
    assert StateError("x").facts() == {}


@pytest.mark.parametrize("may", [True, False])
def test_a_missing_response_reports_whether_the_request_may_be_done(*, may: bool) -> None:
    error = NoResponseError("x", maybe_done=may)
    assert (str(error), error.facts()) == ("x", {"okta": {"status": None, "maybe_done": may}})


@pytest.mark.parametrize(
    ("error", "may"),
    [
        (NoResponseError("x", maybe_done=True), True),
        (NoResponseError("x"), False),
        (ApiError("x", status=500), True),
        (ApiError("x", status=499), False),
    ],
)
def test_requests_that_okta_may_have_processed_despite_the_error(error: OktaError, *, may: bool) -> None:
    assert maybe_done(error) is may


def test_an_error_contains_the_details_of_okta() -> None:
    facts = ApiError("x", status=403).facts()
    assert facts == {"okta": {"status": 403, "error_code": None, "error_causes": [], "error_id": None, "request_id": None}}
