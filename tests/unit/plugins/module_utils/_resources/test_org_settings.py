# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The org setting: true, false, or unknown."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._resources.org_settings import read_client_privileges_setting
from helpers.fake_okta import FakeOkta, forbidden, params

READ = "GET /api/v1/org/settings/clientPrivilegesSetting"


def values(monkeypatch: pytest.MonkeyPatch, answer: Any) -> Any:
    okta = FakeOkta((READ, answer))
    monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
    return read_client_privileges_setting(Call(params())).values


@pytest.mark.parametrize("setting", [True, False])
def test_the_setting_is_returned(monkeypatch: pytest.MonkeyPatch, *, setting: bool) -> None:
    assert values(monkeypatch, {"clientPrivilegesSetting": setting}) == {"makes_super_admins": setting}


@pytest.mark.parametrize("answer", [{}, {"clientPrivilegesSetting": None}, {"clientPrivilegesSetting": "false"}])
def test_another_response_is_unknown(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    assert values(monkeypatch, answer) == {}


def test_a_refusal_is_an_error_of_its_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ApiError, match=r"^Couldn't read .* \(GET /api/v1/org/settings/clientPrivilegesSetting\): Okta answered 403 "):
        values(monkeypatch, forbidden())
