# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The step that verifies the stored credentials: the credentials, the conditions, and the effect of a refusal."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, RezonateError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.plan import Plan
from ansible_collections.rezonate.okta.plugins.plugin_utils._steps.verification import VerificationStep
from helpers.tenant_plans import INTEGRATED, VERIFIED, app, plan

STORED = {"key_id": "k1", "private_key": "made-up-key", "client_secret": "made-up-secret"}
ZONES = {"network_zones": ["nzo1"]}


def step(of: Plan) -> VerificationStep:
    """The step of a tenant with its record."""
    context: Any = SimpleNamespace(plan=of, record=SimpleNamespace(current=STORED), connection=lambda: {"org_url": of.org_url})
    return VerificationStep(context)


def denied(code: str = "access_denied") -> ApiError:
    """Okta's refusal."""
    return ApiError("POST /oauth2/v1/token: made up.", status=403, code=code)


def outcome(of: Plan, error: RezonateError) -> dict[str, Any]:
    """The result of the step when Okta refuses."""

    def work(_call: Call) -> Outcome:
        raise error

    return dict(step(of).run(Call({}), work).values)


# The plan, the error; whether the app is barred from this address.
BARRED: dict[str, tuple[Plan, RezonateError, bool]] = {
    "zones set": (plan(known=VERIFIED, options=ZONES), denied(), True),
    "the managed zone": (plan(known=VERIFIED, results={"network_zone": {"zone": {"id": "nzo2"}}}), denied(), True),
    "zones of the app's own": (plan(known=VERIFIED, results={"app": app(network_zones=["nzo9"])}), denied(), True),
    "no zones": (plan(known=VERIFIED, results={"app": app()}), denied(), False),
    "zones, refused for something else": (plan(known=VERIFIED, options=ZONES), denied("invalid_client"), False),
    "zones, no response from Okta": (plan(known=VERIFIED, options=ZONES), StateError("made up"), False),
    "integration": (plan("api_service_integration", INTEGRATED, options=ZONES), denied(), False),
}


@pytest.mark.parametrize("case", BARRED)
def test_an_app_is_barred_from_this_address_only_where_zones_are_set(case: str) -> None:
    of, error, barred = BARRED[case]
    found = outcome(of, error)
    member = {"barred": True} if barred else {"refused": str(error)}
    assert {name: found[name] for name in ("barred", "refused") if name in found} == member
    assert (found["msg"], found["plan"]["results"]["verification"]) == (str(error), member)


def test_an_issued_token_verifies_the_credentials() -> None:
    found = step(plan(known=VERIFIED)).run(Call({}), lambda _call: Outcome(values={"proved": [{"path": "/api/v1/users"}]}))
    assert Plan.of(found.values["plan"]).is_verified_now is True


CALLERS: dict[str, tuple[Plan, dict[str, Any]]] = {
    "stored key": (plan(known=VERIFIED), {"private_key": "made-up-key", "key_id": "k1"}),
    "key by its name at the app": (
        plan(known=VERIFIED, results={"app": app(key_ids=["k7", "k8"])}),
        {"private_key": "made-up-key", "key_id": "k7"},
    ),
    "stored secret": (plan("api_service_integration", INTEGRATED), {"client_secret": "made-up-secret"}),
}


@pytest.mark.parametrize("case", CALLERS)
def test_the_token_is_requested_with_the_stored_credentials_only(case: str) -> None:
    of, caller = CALLERS[case]
    found = step(of).fill_options({})
    names = ("private_key", "key_id", "client_secret", "api_token")
    assert {name: found[name] for name in names if name in found} == caller
    assert (found["org_url"], found["client_id"]) == (of.org_url, "0oa1" if of.method == "oauth" else "0oa2")


CHANGED = {"app": {"changed": True}}
APPLIES: dict[str, tuple[Plan, bool]] = {
    "real run": (plan(results=CHANGED), True),
    "check mode, nothing to change": (plan(results={"app": {"changed": False}}, check=True), True),
    "check mode, something to change": (plan(results=CHANGED, check=True), False),
    "not requested": (plan(options={"verify": False}), False),
}


@pytest.mark.parametrize("case", APPLIES)
def test_stored_credentials_are_verified_if_requested(case: str) -> None:
    of, applies = APPLIES[case]
    assert step(of).applies is applies
