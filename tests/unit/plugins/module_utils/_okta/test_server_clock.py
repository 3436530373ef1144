# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time of the server, read from a refusal."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._okta.server_clock import ServerClock
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer


def test_an_assertion_is_backdated_slightly() -> None:
    assert (ServerClock(lambda: 1000.7).now(), ServerClock(lambda: 1000.7).issue_time()) == (1000, 980)


@pytest.mark.parametrize("skew", [600.0, -600.0, 90_000.0, -90_000.0])
def test_a_refusal_sets_the_server_s_time_once(skew: float) -> None:
    clock = ServerClock(lambda: 100_000.0)
    assert clock.update_from(Answer(401, {}, skew=skew))
    assert clock.now() == 100_000 + int(skew)
    assert not clock.update_from(Answer(401, {}, skew=skew - 1.5))


@pytest.mark.parametrize(
    "answer", [Answer(401, {}), Answer(401, {}, skew=-2.0), Answer(200, {}, skew=600.0), Answer(403, {}, skew=600.0)], ids=str
)
def test_a_correct_clock_is_not_changed(answer: Answer) -> None:
    clock = ServerClock(lambda: 1000.0)
    assert not clock.update_from(answer)
    assert clock.now() == 1000
