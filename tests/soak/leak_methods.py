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
from soak.leak_scene import CALLBACKS, Loudness, Scene
from soak.leak_shout import METHOD_STEPS, shout

# Answers that show a client secret, spoilt in ways that an error might quote.
_SPOILT = ("truncated_json", "wrong_content_type", "close_after")
_SHOWN_BY = {"the integration": "/api-services$", "a secret": "/credentials/secrets$"}


def method_cases() -> list[Case]:
    """Give all combinations."""
    return [*_stories(), *_failing_steps(), *_spoilt()]


def _stories() -> Iterator[Case]:
    callbacks = itertools.cycle(CALLBACKS)
    for vaulted, credential in itertools.product((True, False), ("token", "key")):
        loudness = Loudness(next(callbacks), 4, vaulted=vaulted, credential=credential, method="api_service_integration")
        telling = (vaulted, credential) == (True, "token")
        yield leak_case("first, second, without its secret, replaced", _service_story, loudness, telling=telling)
    for vaulted in (True, False):
        loudness = Loudness(next(callbacks), 4, vaulted=vaulted, method="api_token")
        yield leak_case("first, second, moving with DPoP, retiring", _token_story, loudness, telling=not vaulted)
    yield leak_case("typed at a terminal", _typed, Loudness(next(callbacks), 4, method="api_token", typed=True), telling=True)


def _service_story(scene: Scene) -> str:
    runs = [scene.onboard("--check", "--diff"), scene.onboard("--diff"), scene.onboard("--diff")]
    known = [str(service["secrets"]) for service in scene.tenant.services]
    for service in scene.tenant.state.services.values():
        service.secrets.clear()
    runs += [scene.onboard("--check", "--diff"), scene.onboard("--diff")]
    runs += [scene.onboard("--diff", rezonate_scopes=["okta.users.read"], rezonate_recreate=True)]
    complaint = next(filter(None, (ended(seen, 0) for seen in runs)), "")
    return complaint or ("" if known and len(scene.tenant.state.shown_secrets) == 3 else "no three secrets were made")


def _token_story(scene: Scene) -> str:
    runs = [scene.onboard("--check", "--diff"), scene.onboard("--diff"), scene.onboard("--diff")]
    moved = {"rezonate_method": "oauth", "rezonate_dpop": True}
    runs += [scene.onboard("--check", "--diff", **moved), scene.onboard("--diff", **moved)]
    if "api_token" not in scene.desk.credentials(scene.tenant).get("previous", {}):
        return "the token isn't under previous"
    scene.forms()  # what the file holds now is looked for as well
    runs.append(scene.onboard("--diff", **moved, rezonate_retire_previous=True))
    complaint = next(filter(None, (ended(seen, 0) for seen in runs)), "")
    return complaint or ("the token lives" if scene.handed_over in scene.tenant.state.api_tokens else "")


def _typed(scene: Scene) -> str:
    seen = scene.onboard("--diff")
    return ended(seen, 0, b"paste the token here") or ended(scene.onboard("--diff"), 0)


def _failing_steps() -> Iterator[Case]:
    callbacks = itertools.cycle(CALLBACKS)
    for method, steps in METHOD_STEPS.items():
        for step, status in itertools.product(steps, (400, 500)):
            loudness = Loudness(next(callbacks), 4, vaulted=status == 400, method=method)
            yield leak_case(f"{status} at {step}", partial(_failing, where=steps[step], status=status), loudness)


def _failing(scene: Scene, where: tuple[str, str, int], status: int) -> str:
    shout(scene.tenant, where, status)
    first = ended(scene.onboard("--diff"), 2)
    scene.tenant.emulator.clear_faults(tenant=scene.tenant.name)
    return first or ended(scene.onboard("--diff"), 0)


def _spoilt() -> Iterator[Case]:
    for what, path in _SHOWN_BY.items():
        for kind in _SPOILT:
            loudness = Loudness("json", 4, method="api_service_integration")
            telling = (what, kind) == ("the integration", "truncated_json")
            yield leak_case(f"the answer that shows {what}: {kind}", partial(_spoil, path=path, kind=kind), loudness, telling=telling)


def _spoil(scene: Scene, path: str, kind: str) -> str:
    """Spoil all such answers: the secret of each is lost; then none, and the next run makes the last one."""
    if path == _SHOWN_BY["a secret"]:
        scene.tenant.emulator.fault("close_after", tenant=scene.tenant.name, method="POST", path=_SHOWN_BY["the integration"])
    scene.tenant.emulator.fault(kind, tenant=scene.tenant.name, method="POST", path=path, times=None)
    scene.onboard("--diff")
    scene.tenant.emulator.clear_faults(tenant=scene.tenant.name)
    return ended(scene.onboard("--diff"), 0) or ("" if len(scene.tenant.services) == 1 else "no one integration")
