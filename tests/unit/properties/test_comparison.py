# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Property: the comparison finds nothing exactly where no building block would change anything, or fail.

The design requires this below its table of what "no drift" must not skip; `tests/integration/test_no_drift.py` holds the table.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._crypto import jwk, rsa_jwk
from ansible_collections.rezonate.okta.plugins.module_utils._resources import access_token, api_service_integration, service_app
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.record_updates import without
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner import prompt
from helpers.role_chain import Chain, ChainError
from helpers.tenant_states import DISTURBANCES, METHODS, ORGS, SETTINGS, prepare, variables
from helpers.workspace import writes
from hypothesis import event, example, given, settings
from hypothesis import strategies as st
from okta_emulator import Emulator
from okta_emulator.options import Options

LONG_AGO = "2026-01-31T12:00:00Z"
OBJECTS = ("apps", "grants", "client_roles", "users", "user_roles", "groups", "members", "zones", "iam_roles", "resource_sets", "services")
EXAMPLES = 2000 if os.environ.get("SOAK") else 40  # a third of a second each


@dataclass(frozen=True)
class State:
    """The history of a tenant.

    Args:
        org: the options of the tenant.
        first: method and settings of the run that onboarded it.
        second: those of now.
        disturbances: what happened in between.
    """

    org: str
    first: tuple[str, tuple[str, ...]]
    second: tuple[str, tuple[str, ...]]
    disturbances: tuple[str, ...]


def _some(table: Mapping[str, Mapping[str, object]], method: str, most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(sorted(table[method])), max_size=most, unique=True).map(tuple)


@st.composite
def states(draw: st.DrawFn, method: str) -> State:
    """Generate a state with mostly default settings and few disturbances."""
    first = method, draw(_some(SETTINGS, method, 2))
    others = st.sampled_from(METHODS).flatmap(lambda other: st.tuples(st.just(other), _some(SETTINGS, other, 2)))
    second = draw(st.just(first) | st.tuples(st.just(method), _some(SETTINGS, method, 2)) | others)
    return State(draw(st.sampled_from(sorted(ORGS))), first, second, draw(_some(DISTURBANCES, method, 2)))


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """A new tenant for each example; nothing waits, keys come from a pool, and there is no prompt."""
    keys = itertools.cycle([jwk.generate_rsa_key(jwk.MIN_SIZE) for _number in range(3)])
    verify = access_token.verify
    with Emulator() as emulator, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTPS_PROXY", emulator.proxy_url)
        patch.setattr(prompt, "_TERMINAL", False)
        patch.setattr(rsa_jwk, "generate_rsa_key", lambda _size, _key_id: next(keys))
        patch.setattr(access_token, "verify", lambda checks, patience, **more: verify(checks, patience=0 * patience, **more))
        for module in (service_app, api_service_integration):
            patch.setattr(module, "poll", lambda find, _until, _clock, _sleep: find())
        yield Chain(emulator.tenant("rezonate-test-comparison"), tmp_path_factory.mktemp("record"), emulator.ca_file)
        assert emulator.bugs == []


def bring_about(chain: Chain, state: State) -> None:
    """Bring the tenant into a state; the run that onboards it may fail, which is also a state."""
    chain.record_file.unlink(missing_ok=True)
    chain.tenant.set(**{**vars(Options()), **ORGS[state.org]})
    chain.tenant.reset()
    prepare(chain)
    chain.settings = variables(*state.first, chain.tenant)
    with suppress(ChainError):
        chain.run(chain.plan(check=False), check=False)
    if "proven_at" in chain.record:
        chain.store({**chain.record, "proven_at": LONG_AGO})
    for name in state.disturbances:
        DISTURBANCES[state.first[0]][name](chain)
    chain.settings = variables(*state.second, chain.tenant)
    chain.tenant.emulator.clear_requests()


def compared(chain: Chain, *, check: bool) -> str:
    """The result of the comparison."""
    try:
        return "work" if chain.plan(check=check).steps else "nothing"
    except ChainError as error:
        return f"failure: {error}"


def predicted(chain: Chain) -> str:
    """The prediction of the building blocks in check mode."""
    try:
        changed = chain.run(chain.plan(check=True, drifted=True), check=True)
    except ChainError as error:
        return f"failure: {error}"
    return f"work: {', '.join(changed)}" if changed else "nothing"


@example(State("ordinary", ("api_service_integration", ("no verification",)), ("api_service_integration", ("no verification",)), ()))
@example(State("ordinary", ("api_service_integration", ()), ("api_service_integration", ()), ("the record names no hash",)))
@example(State("ordinary", ("oauth", ()), ("oauth", ("adopting",)), ()))
@example(State("ordinary", *(("oauth", ("addresses elsewhere", "adopting")),) * 2, ()))
@example(State("ordinary", *(("oauth", ("adopting", "no verification")),) * 2, ()))
@settings(max_examples=EXAMPLES)
@given(st.sampled_from(METHODS).flatmap(states))
def test_the_comparison_finds_nothing_exactly_where_no_building_block_would_change_anything(chain: Chain, state: State) -> None:
    bring_about(chain, state)
    before = chain.record
    found, prediction = compared(chain, check=True), predicted(chain)
    event(f"{found.partition(':')[0]}, {prediction.partition(':')[0]}")
    real = compared(chain, check=False)
    assert (found == "nothing") is (real == "nothing"), (found, real)
    assert (writes(chain.tenant.requests), chain.record) == ([], before)
    if found == "nothing":
        unchanged(chain, before, adopts=bool(chain.settings.get("rezonate_adopt_existing")))
    else:
        assert prediction != "nothing", found


def unchanged(chain: Chain, before: Mapping[str, Any], *, adopts: bool) -> None:
    """Verify that the building blocks change nothing in a real run.

    Args:
        chain: the tenant.
        before: the stored record.
        adopts: whether the run asks for adopting: the intent is stored first, and removed where nothing was to be adopted.
    """
    own, content = ("proven_at",) if adopts else (), _content(chain)
    changed = chain.run(chain.plan(check=False, drifted=True), check=False)
    assert adopts or changed == []
    assert _content(chain) == content
    assert without(chain.record, own) == without(before, own)


def _content(chain: Chain) -> dict[str, Any]:
    """The content of the tenant without the traces of calls: access tokens, times of use, events."""
    return {name: value for name, value in chain.tenant.dump().items() if name in OBJECTS}
