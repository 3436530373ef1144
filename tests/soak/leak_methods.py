# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the other methods may leak: client secrets, tokens that are handed over, proofs of possession, credentials used before."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial

from soak.case import Case
from soak.leak_case import ended, leak_case
from soak.leak_echo import METHOD_STEPS, shout
from soak.leak_runs import CALLBACKS, Loudness, ObservedRuns

# Answers that show a client secret, spoilt in ways that an error might quote.
_SPOILT = ("truncated_json", "wrong_content_type", "close_after")
_SHOWN_BY = {"the integration": "/api-services$", "a secret": "/credentials/secrets$"}


def method_cases() -> list[Case]:
    """Give all combinations."""
    return [*_lifecycles(), *_failing_steps(), *_spoilt()]


def _lifecycles() -> Iterator[Case]:
    callbacks = itertools.cycle(CALLBACKS)
    for vaulted, credential in itertools.product((True, False), ("token", "key")):
        loudness = Loudness(next(callbacks), 4, vaulted=vaulted, credential=credential, method="api_service_integration")
        telling = (vaulted, credential) == (True, "token")
        yield leak_case("first, second, without its secret, replaced", _service_lifecycle, loudness, telling=telling)
    for vaulted in (True, False):
        loudness = Loudness(next(callbacks), 4, vaulted=vaulted, method="api_token")
        yield leak_case("first, second, moving with DPoP, retiring", _token_lifecycle, loudness, telling=not vaulted)
    yield leak_case("typed at a terminal", _typed, Loudness(next(callbacks), 4, method="api_token", typed=True), telling=True)


def _service_lifecycle(observed: ObservedRuns) -> str:
    runs = [observed.onboard("--check", "--diff"), observed.onboard("--diff"), observed.onboard("--diff")]
    known = [str(service["secrets"]) for service in observed.tenant.services]
    for service in observed.tenant.state.services.values():
        service.secrets.clear()
    runs += [observed.onboard("--check", "--diff"), observed.onboard("--diff")]
    runs += [observed.onboard("--diff", rezonate_scopes=["okta.users.read"], rezonate_recreate=True)]
    complaint = next(filter(None, (ended(seen, 0) for seen in runs)), "")
    return complaint or ("" if known and len(observed.tenant.state.shown_secrets) == 3 else "no three secrets were made")


def _token_lifecycle(observed: ObservedRuns) -> str:
    runs = [observed.onboard("--check", "--diff"), observed.onboard("--diff"), observed.onboard("--diff")]
    moved = {"rezonate_method": "oauth", "rezonate_dpop": True}
    runs += [observed.onboard("--check", "--diff", **moved), observed.onboard("--diff", **moved)]
    if "api_token" not in observed.workspace.credentials(observed.tenant).get("previous", {}):
        return "the token isn't under previous"
    observed.forms()  # what the file holds now is looked for as well
    runs.append(observed.onboard("--diff", **moved, rezonate_retire_previous=True))
    complaint = next(filter(None, (ended(seen, 0) for seen in runs)), "")
    return complaint or ("the token lives" if observed.readonly_token in observed.tenant.state.api_tokens else "")


def _typed(observed: ObservedRuns) -> str:
    seen = observed.onboard("--diff")
    return ended(seen, 0, b"paste the token here") or ended(observed.onboard("--diff"), 0)


def _failing_steps() -> Iterator[Case]:
    callbacks = itertools.cycle(CALLBACKS)
    for method, steps in METHOD_STEPS.items():
        for step, status in itertools.product(steps, (400, 500)):
            loudness = Loudness(next(callbacks), 4, vaulted=status == 400, method=method)
            yield leak_case(f"{status} at {step}", partial(_failing, where=steps[step], status=status), loudness)


def _failing(observed: ObservedRuns, where: tuple[str, str, int], status: int) -> str:
    shout(observed.tenant, where, status)
    first = ended(observed.onboard("--diff"), 2)
    observed.tenant.emulator.clear_faults(tenant=observed.tenant.name)
    return first or ended(observed.onboard("--diff"), 0)


def _spoilt() -> Iterator[Case]:
    for what, path in _SHOWN_BY.items():
        for kind in _SPOILT:
            loudness = Loudness("json", 4, method="api_service_integration")
            telling = (what, kind) == ("the integration", "truncated_json")
            yield leak_case(f"the answer that shows {what}: {kind}", partial(_spoil, path=path, kind=kind), loudness, telling=telling)


def _spoil(observed: ObservedRuns, path: str, kind: str) -> str:
    """Spoil all such answers: the secret of each is lost; then none, and the next run makes the last one."""
    if path == _SHOWN_BY["a secret"]:
        observed.tenant.emulator.fault("close_after", tenant=observed.tenant.name, method="POST", path=_SHOWN_BY["the integration"])
    observed.tenant.emulator.fault(kind, tenant=observed.tenant.name, method="POST", path=path, times=None)
    observed.onboard("--diff")
    observed.tenant.emulator.clear_faults(tenant=observed.tenant.name)
    return ended(observed.onboard("--diff"), 0) or ("" if len(observed.tenant.services) == 1 else "no one integration")
