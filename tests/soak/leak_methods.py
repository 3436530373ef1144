# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leak cases of the other methods: client secrets, given tokens, DPoP proofs, and credentials of previous methods."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial

from soak.case import Case
from soak.leak_case import check_run, leak_case
from soak.leak_echo import METHOD_STEPS, echo_requests
from soak.leak_runs import CALLBACKS, ObservedRuns, OutputSettings

# Responses that contain a client secret, damaged in ways that an error text could quote.
_DAMAGED = ("truncated_json", "wrong_content_type", "close_after")
_SHOWN_BY = {"the integration": "/api-services$", "a secret": "/credentials/secrets$"}


def method_cases() -> list[Case]:
    """Return all combinations."""
    return [*_lifecycles(), *_failing_steps(), *_damaged()]


def _lifecycles() -> Iterator[Case]:
    callbacks = itertools.cycle(CALLBACKS)
    for vaulted, credential in itertools.product((True, False), ("token", "key")):
        settings = OutputSettings(next(callbacks), 4, vaulted=vaulted, credential=credential, method="api_service_integration")
        representative = (vaulted, credential) == (True, "token")
        yield leak_case("first run, second run, secret deleted, replaced", _service_lifecycle, settings, representative=representative)
    for vaulted in (True, False):
        settings = OutputSettings(next(callbacks), 4, vaulted=vaulted, method="api_token")
        yield leak_case("first run, second run, migration with DPoP, retiring", _token_lifecycle, settings, representative=not vaulted)
    yield leak_case(
        "entered at a terminal", _entered, OutputSettings(next(callbacks), 4, method="api_token", typed=True), representative=True
    )


def _service_lifecycle(observed: ObservedRuns) -> str:
    runs = [observed.onboard("--check", "--diff"), observed.onboard("--diff"), observed.onboard("--diff")]
    known = [str(service["secrets"]) for service in observed.tenant.services]
    for service in observed.tenant.state.services.values():
        service.secrets.clear()
    runs += [observed.onboard("--check", "--diff"), observed.onboard("--diff")]
    runs += [observed.onboard("--diff", rezonate_scopes=["okta.users.read"], rezonate_recreate=True)]
    complaint = next(filter(None, (check_run(observation, 0) for observation in runs)), "")
    return complaint or ("" if known and len(observed.tenant.state.shown_secrets) == 3 else "not exactly three secrets were created")


def _token_lifecycle(observed: ObservedRuns) -> str:
    runs = [observed.onboard("--check", "--diff"), observed.onboard("--diff"), observed.onboard("--diff")]
    migrated = {"rezonate_method": "oauth", "rezonate_dpop": True}
    runs += [observed.onboard("--check", "--diff", **migrated), observed.onboard("--diff", **migrated)]
    if "api_token" not in observed.workspace.credentials(observed.tenant).get("previous", {}):
        return "the token is not under previous"
    observed.forms()  # search for the current stored secrets too
    runs.append(observed.onboard("--diff", **migrated, rezonate_retire_previous=True))
    complaint = next(filter(None, (check_run(observation, 0) for observation in runs)), "")
    return complaint or ("the token is still valid" if observed.readonly_token in observed.tenant.state.api_tokens else "")


def _entered(observed: ObservedRuns) -> str:
    observation = observed.onboard("--diff")
    return check_run(observation, 0, b"paste the token here") or check_run(observed.onboard("--diff"), 0)


def _failing_steps() -> Iterator[Case]:
    callbacks = itertools.cycle(CALLBACKS)
    for method, steps in METHOD_STEPS.items():
        for step, status in itertools.product(steps, (400, 500)):
            settings = OutputSettings(next(callbacks), 4, vaulted=status == 400, method=method)
            yield leak_case(f"{status} at {step}", partial(_failing, where=steps[step], status=status), settings)


def _failing(observed: ObservedRuns, where: tuple[str, str, int], status: int) -> str:
    echo_requests(observed.tenant, where, status)
    first = check_run(observed.onboard("--diff"), 2)
    observed.tenant.emulator.clear_faults(tenant=observed.tenant.name)
    return first or check_run(observed.onboard("--diff"), 0)


def _damaged() -> Iterator[Case]:
    for what, path in _SHOWN_BY.items():
        for kind in _DAMAGED:
            settings = OutputSettings("json", 4, method="api_service_integration")
            representative = (what, kind) == ("the integration", "truncated_json")
            yield leak_case(
                f"the response that contains {what}: {kind}",
                partial(_damage, path=path, kind=kind),
                settings,
                representative=representative,
            )


def _damage(observed: ObservedRuns, path: str, kind: str) -> str:
    """Damage all such responses, so that each secret is lost; then none, and the next run creates the last one."""
    if path == _SHOWN_BY["a secret"]:
        observed.tenant.emulator.fault("close_after", tenant=observed.tenant.name, method="POST", path=_SHOWN_BY["the integration"])
    observed.tenant.emulator.fault(kind, tenant=observed.tenant.name, method="POST", path=path, times=None)
    observed.onboard("--diff")
    observed.tenant.emulator.clear_faults(tenant=observed.tenant.name)
    return check_run(observed.onboard("--diff"), 0) or ("" if len(observed.tenant.services) == 1 else "not exactly one integration")
