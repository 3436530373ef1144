# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before anything is removed, the caller is checked and the app is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, RezonateError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, ModuleSpec, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.plan import Plan
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.settings import resolve_settings
from ansible_collections.rezonate.okta.plugins.modules.okta_api_token_info import MODULE as TOKEN_INFO
from ansible_collections.rezonate.okta.plugins.modules.okta_service_app_info import MODULE as APP_INFO
from ansible_collections.rezonate.okta.plugins.plugin_utils._planning import offboarding, onboarding
from ansible_collections.rezonate.okta.plugins.plugin_utils._planning.offboarding import plan_offboarding
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner.tenant_context import Context

AT, AT_EPOCH = "2026-01-31T12:00:00Z", 1769860800.0
TOKEN = "made-up-api-token-90817263"
MANAGED_APP = {
    "id": "0oa1",
    "client_id": "0oa1",
    "label": "Rezonate",
    "status": "ACTIVE",
    "network_zones": [],
    "jwks": [{"kid": "ours"}],
    "authentication": [{"type": "key", "kid": "ours", "description": "ours"}],
}
Apps = Sequence[Mapping[str, Any]]


@dataclass
class Okta:
    """Stand-in for the modules that read: their results, and the calls.

    Args:
        answers: the lists of apps, in order; the last one is repeated.
        refusal: the error of a caller without permission.
    """

    answers: list[Apps]
    refusal: RezonateError | None = None
    asked: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    now: float = AT_EPOCH

    def token_info(self, call: Call) -> Outcome:
        assert (call.params["require_super_admin"], call.params["api_token"]) == (True, TOKEN)
        self.asked.append("caller")
        self.scopes = call.params["required_scopes"]
        if self.refusal:
            raise self.refusal
        return Outcome(values={"caller": {"id": "00u1", "kind": "api_token"}})

    def app_info(self, call: Call) -> Outcome:
        assert call.caller_sees_all
        self.asked.append(call.params["id"] or call.params["label"])
        apps = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return Outcome(values={"apps": apps})

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Plan]:
    def make(okta: Okta, known: Mapping[str, Any], **options: Any) -> Plan:
        monkeypatch.setattr(onboarding, "TOKEN_INFO", ModuleSpec(TOKEN_INFO.options, okta.token_info))
        monkeypatch.setattr(offboarding, "APP_INFO", ModuleSpec(APP_INFO.options, okta.app_info))
        settings = resolve_settings({f"rezonate_{name}": value for name, value in options.items()}, "acme")
        begun = Plan(
            work="offboard",
            host="acme",
            tenant="acme",
            org_url="https://acme.okta.com",
            method="oauth",
            options=settings.public(),
            credential={"kind": "api_token", "source": "variable", "name": "rezonate_okta_api_token"},
            store={"path": "/srv/rezonate.vault"},
            known=known,
        )
        context = Context(begun, {"rezonate_okta_api_token": TOKEN}, lambda value: value, _NoSecrets())
        return plan_offboarding(context, Call({}), clock=lambda: okta.now, sleep=okta.sleep)

    return make


class _NoSecrets:
    """A loader without vault secrets."""

    _vault = type("_Vault", (), {"secrets": []})()


ONBOARDED = {"method": "oauth", "application_id": "0oa1", "key_id": "ours"}
CUT_OFF = {"method": "oauth", "key_id": "ours", "app_requested_at": AT}
Make = Callable[..., Plan]


def test_without_a_record_okta_is_not_called(plan: Make) -> None:
    okta = Okta([[MANAGED_APP]])
    assert (plan(okta, {}).steps, okta.asked) == ((), [])


def test_the_caller_is_checked_before_the_app_is_read(plan: Make) -> None:
    okta = Okta([[MANAGED_APP]])
    found = plan(okta, ONBOARDED)
    assert (okta.asked, okta.scopes) == (["caller", "0oa1"], ["okta.apps.manage", "okta.apps.read"])
    assert found.steps == ("offboard/app", "offboard/credentials")
    assert found.result("found")["app"]["authentication"] == [{"kid": "ours"}]
    assert TOKEN not in repr(found)


def test_a_caller_without_permission_ends_the_run(plan: Make) -> None:
    okta = Okta([[MANAGED_APP]], refusal=StateError("not a super admin"))
    with pytest.raises(StateError, match="not a super admin"):
        plan(okta, ONBOARDED)
    assert okta.asked == ["caller"]


def test_an_impossible_request_to_keep_the_app_is_refused_before_any_call(plan: Make) -> None:
    okta = Okta([[]])
    with pytest.raises(InputError, match=r"^rezonate_keep_app: "):
        plan(okta, {"method": "api_token"}, keep_app=True)
    assert okta.asked == []


def test_an_app_that_no_longer_exists_requires_only_the_removal_of_the_record(plan: Make) -> None:
    okta = Okta([[]])
    assert (plan(okta, ONBOARDED).steps, okta.asked, okta.now) == (("offboard/credentials",), ["caller", "0oa1"], AT_EPOCH)


def test_without_a_key_no_app_is_read(plan: Make) -> None:
    okta = Okta([[MANAGED_APP]])
    assert (plan(okta, {"method": "api_token"}).steps, okta.asked) == (("offboard/credentials",), ["caller"])


def test_a_delayed_list_is_read_until_it_contains_the_app(plan: Make) -> None:
    okta = Okta([[], [], [MANAGED_APP]])
    assert plan(okta, CUT_OFF).steps == ("offboard/app", "offboard/credentials")
    assert (okta.asked, okta.now) == (["caller", "Rezonate", "Rezonate", "Rezonate"], AT_EPOCH + 10)


def test_a_list_is_read_for_no_longer_than_its_maximum_delay(plan: Make) -> None:
    okta = Okta([[]])
    assert plan(okta, CUT_OFF).steps == ("offboard/credentials",)
    assert (okta.now, okta.asked.count("Rezonate")) == (AT_EPOCH + 60, 13)


def test_several_apps_with_the_managed_key_end_the_run_immediately(plan: Make) -> None:
    okta = Okta([[MANAGED_APP, {**MANAGED_APP, "id": "0oa2"}]])
    with pytest.raises(StateError, match=r"^Several apps named Rezonate hold the managed key \(0oa1, 0oa2\)"):
        plan(okta, CUT_OFF)
    assert okta.asked == ["caller", "Rezonate"]
