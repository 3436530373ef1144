# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Searches all that a run writes, prints and hands on, for all that is secret."""

from __future__ import annotations

import base64
import itertools
import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from helpers.ansible_run import PLAYBOOK
from helpers.workspace import PASSWORD, pem, private_jwk

from soak import leak_canaries as canaries
from soak import leak_plays as plays
from soak.case import Case, CaseContext, Verdict
from soak.leak_case import end_of, ended, leak_case
from soak.leak_echo import STEPS, shout
from soak.leak_methods import method_cases
from soak.leak_runs import CALLBACKS, HERE, PRINTING, Loudness, ObservedRuns, other_interpreter
from soak.leak_watch import Observation, watch

_BOMB = HERE / "leak_bomb"
_PLUGINS = "ansible_collections.rezonate.okta.plugins"
# Functions that hold secrets, low and high; those of the first list are reached by a shipped module too.
_SHIPPED_BOMBS = (
    "module_utils._crypto.jwk:generate_rsa_key",
    "module_utils._crypto.jwk:load_private_key",
    "module_utils._crypto.jwk:RsaKey.sign",
    "module_utils._okta.authentication:OAuthClient._attempt",
    "module_utils._okta.authentication:OAuthClient.mint",
    "module_utils._okta.authentication:ApiToken.headers",
    "module_utils._okta.transport:Transport._exchange",
    "module_utils._okta.transport:Transport.send",
    "module_utils._okta.client:OktaClient._send",
    "module_utils._okta.connection:ConnectionOptions.required",
)
# What a printing connection has to have printed.
_PRINTED = (b"PRINTING EXEC ", b"PRINTING RETURNED ", b"encrypted_result")
_BOMBS = (
    *_SHIPPED_BOMBS,
    "module_utils._vault.vars_document:Document.dump",
    "module_utils._vault.vars_file:manage_vars_file",
    "module_utils._ansible:shown_options",
    "plugin_utils._runner.plain_values:plain_value",
    "plugin_utils._runner.in_process:InProcessAction._environment",
    "plugin_utils._runner.vault_cipher:VaultEncryptor.encrypt",
    "plugin_utils._runner.vault_cipher:vault_secrets",
)


def cases() -> list[Case]:
    """Give all that may leak; ways to show it are taken in turn, since what callbacks get at all is looked at in each case."""
    return [
        *_lifecycles(),
        *method_cases(),
        *_failing_steps(),
        *_careless(),
        *_bombs(),
        *_runners(),
        Case("leaks", "control", _control, telling=True),
    ]


def _lifecycles() -> Iterator[Case]:
    sources = itertools.cycle(itertools.product((True, False), ("token", "key")))
    for callback, verbosity, debug in itertools.product(CALLBACKS, (4, 0), (True, False)):
        vaulted, credential = next(sources)
        loudness = Loudness(callback, verbosity, debug, vaulted, credential)
        yield leak_case("check, first, second, drift", _lifecycle, loudness, telling=(callback, verbosity, debug) == ("json", 4, True))


def _lifecycle(observed: ObservedRuns) -> str:
    runs = [observed.onboard("--check", "--diff"), observed.onboard("--diff"), observed.onboard("--diff")]
    observed.tenant.assign_role("Rezonate", "SUPER_ADMIN")
    observed.tenant.revoke_grant("Rezonate", "okta.users.read")
    runs += [observed.onboard("--check", "--diff"), observed.onboard("--diff")]
    return next(filter(None, (ended(seen, 0) for seen in runs)), "")


def _failing_steps() -> Iterator[Case]:
    callbacks = itertools.cycle(CALLBACKS)
    for step, status in itertools.product(STEPS, (400, 500)):
        telling = status == 400 and step in ("create the app", "prove it")
        loudness = Loudness(next(callbacks), 4, debug=status == 500, vaulted=status == 400)
        yield leak_case(f"{status} at {step}", partial(_failing, step=step, status=status), loudness, telling=telling)
    # with a key, the caller's own token is the first to be minted
    for status, vaulted in ((400, True), (500, False)):
        loudness = Loudness(next(callbacks), 4, vaulted=vaulted, credential="key")
        yield leak_case(f"{status} at mint a token", partial(_failing, step="mint a token", status=status), loudness)


def _failing(observed: ObservedRuns, step: str, status: int) -> str:
    shout(observed.tenant, STEPS[step], status)
    first = ended(observed.onboard("--diff"), 2)
    observed.tenant.emulator.clear_faults(tenant=observed.tenant.name)
    return first or ended(observed.onboard("--diff"), 0)


def _careless() -> Iterator[Case]:
    for callback in CALLBACKS:
        play = partial(_careless_play, shipped=False)
        yield leak_case("careless authors, in process", play, Loudness(callback, 4, callback == "default"), telling=callback == "json")
    yield leak_case("careless authors, shipped", partial(_careless_play, shipped=True), Loudness("json", 4, debug=True))
    for callback, verbosity in (("default", 3), ("json", 5), ("junit", 5)):
        play = partial(_careless_play, shipped=True, connection=PRINTING)
        loudness = Loudness(callback, verbosity, debug=callback == "json")
        yield leak_case("careless authors, shipped over a printing connection", play, loudness)
        short = "what Ansible shows of shipped modules, over a printing connection"
        yield leak_case(short, _shown_play, loudness, telling=callback != "junit")


def _careless_play(observed: ObservedRuns, *, shipped: bool, connection: str = "local") -> str:
    seen = observed.play(plays.careless(other_interpreter() if shipped else sys.executable, connection=connection))
    _know_kept_key(observed)
    printed = _PRINTED if connection == PRINTING else ()
    complaint = ended(seen, 0, b"made ", b"kept ", b"integrated ", b"minted ", b"many ", b"extended ", *printed)
    return complaint or _miscounted(seen, plays.failures(shipped=shipped))


def _shown_play(observed: ObservedRuns) -> str:
    seen = observed.play(plays.shown(other_interpreter(), PRINTING))
    _know_kept_key(observed)
    complaint = ended(seen, 0, b"made ", b"kept ", b"integrated ", b"minted ", b"extended ", *_PRINTED)
    return complaint or _miscounted(seen, plays.REVEALED)


def _miscounted(seen: Observation, failing: int) -> str:
    rescued = seen.output.count(b'"msg": "rescued: ')
    return "" if rescued == failing else f"{rescued} of {failing} failed"


def _know_kept_key(observed: ObservedRuns) -> None:
    path = observed.workspace.folder / "kept.vault"
    if path.exists():
        vault = VaultLib([("rz", VaultSecret(PASSWORD.encode()))])
        observed.keys |= canaries.of_credentials(yaml.safe_load(vault.decrypt(path.read_bytes()))["rezonate_credentials"])


def _bombs() -> Iterator[Case]:
    callbacks = itertools.cycle(CALLBACKS)
    for bomb in _BOMBS:
        telling = bomb.endswith((":plain_value", "._exchange"))
        yield leak_case(f"unforeseen error in {bomb}", partial(_bombed, bomb=bomb), Loudness(next(callbacks), 4), telling=telling)
        if "OAuthClient" in bomb or "jwk:" in bomb:
            loudness = Loudness(next(callbacks), 4, vaulted=False, credential="key")
            yield leak_case(f"unforeseen error in {bomb}", partial(_bombed, bomb=bomb), loudness)
    for bomb in _SHIPPED_BOMBS:
        loudness = Loudness(next(callbacks), 4)
        telling = bomb.endswith(":generate_rsa_key")
        yield leak_case(f"unforeseen error in {bomb}, shipped", partial(_bombed_shipped, bomb=bomb), loudness, telling=telling)
        printing = partial(_bombed_shipped, bomb=bomb, connection=PRINTING)
        yield leak_case(f"unforeseen error in {bomb}, shipped over a printing connection", printing, Loudness("default", 5))


def _bomb(name: str) -> dict[str, str]:
    return {"PYTHONPATH": str(_BOMB), "REZONATE_BOMB": f"{_PLUGINS}.{name}"}


def _bombed(observed: ObservedRuns, bomb: str) -> str:
    return ended(observed.onboard(env=_bomb(bomb), hasty=False), 2, b"Unexpected Bomb at sitecustomize.py:")


def _bombed_shipped(observed: ObservedRuns, bomb: str, connection: str = "local") -> str:
    # failing tasks don't end this play: each is to say what it says
    text = plays.careless(other_interpreter(), brief=True, connection=connection).replace(
        "gather_facts: false", "gather_facts: false\n  ignore_errors: true"
    )
    seen = observed.play(text, env=_bomb(bomb))
    _know_kept_key(observed)
    return "" if b"Unexpected Bomb at sitecustomize.py:" in seen.output else "the error was never met"


def _runners() -> Iterator[Case]:
    for way in (_runner, _remote_runner):
        name = "ansible-runner run" if way is _runner else "ansible-runner transmit, worker, process"
        for verbosity in (0, 4):
            loudness = Loudness("default", verbosity)
            yield leak_case(name, way, loudness, telling=way is _runner and verbosity == 4)


def _private_data(observed: ObservedRuns) -> Path:
    folder = observed.workspace.folder / "runner"
    (folder / "env").mkdir(parents=True)
    (folder / "project").mkdir()
    (folder / "inventory").mkdir()
    (folder / "inventory" / "hosts.yml").write_text(observed.inventory.read_text(encoding="utf-8"), encoding="utf-8")
    loud = "-" + "v" * observed.loudness.verbosity if observed.loudness.verbosity else ""
    given = f"-e rezonate_ca_path={observed.workspace.okta.ca_file} -e rezonate_vault_file={observed.workspace.vault_file(observed.tenant)}"
    (folder / "env" / "cmdline").write_text(f"{loud} --vault-id rz@{observed.workspace.password_file} --diff {given}", encoding="utf-8")
    return folder


def _runner(observed: ObservedRuns) -> str:
    folder = _private_data(observed)
    for ident in ("first", "second"):
        seen = _ansible_runner(observed, "run", str(folder), "-p", PLAYBOOK, "-i", ident)
        if seen.rc:
            return f"rc {seen.rc}"
    events = list((folder / "artifacts").glob("*/job_events/*.json"))
    return "" if len(events) > 20 else "no events"


def _remote_runner(observed: ObservedRuns) -> str:
    folder, back = _private_data(observed), observed.workspace.folder / "back"
    there, here = observed.workspace.folder / "sent", observed.workspace.folder / "received"
    steps = (
        (f"transmit {folder} -p {PLAYBOOK} > {there}", there),
        (f"worker < {there} > {here}", here),
        (f"process {back} < {here}", back),
    )
    for arguments, _made in steps:
        script = f'"$0" -m ansible_runner {arguments}'
        observed.seen.append(
            seen := watch(["/bin/sh", "-c", script, sys.executable], observed.workspace.folder, observed.environment(), observed.places)
        )
        if seen.rc:
            return f"rc {seen.rc}"
    return "" if list(back.glob("artifacts/*/job_events/*.json")) or list(back.glob("**/job_events/*.json")) else "no events"


def _ansible_runner(observed: ObservedRuns, *args: str) -> Observation:
    seen = watch([sys.executable, "-m", "ansible_runner", *args], observed.workspace.folder, observed.environment(), observed.places)
    observed.seen.append(seen)
    return seen


def _missed_of_a_key() -> list[str]:
    """Say which lines and members of a key, and which ways to write one down, the search doesn't know."""
    key, jwk = pem("leaked"), private_jwk("leaked")
    forms = {"it": (*canaries.of_key(key), *canaries.of_jwk(jwk))}
    lines = {f"line {number}": line for number, line in enumerate(key.splitlines()[1:-2])}
    members = {name: jwk[name] for name in ("d", "p", "q", "dp", "dq", "qi")}
    whole = {"Base64": base64.b64encode(key.encode()).decode(), "JSON": json.dumps(key)}
    missed = [name for name, text in (lines | members | whole).items() if not canaries.search([("here", text.encode())], forms)]
    unknown = {
        "PEM": key,
        "JWK": json.dumps(jwk),
        "JWK in YAML": yaml.safe_dump(jwk),
        "JWK in Python": str(jwk),
        "escaped": json.dumps(str(jwk)),
    }
    return missed + [f"unknown key as {name}" for name, text in unknown.items() if not canaries.search([("here", text.encode())], {})]


_FOUND = (
    "client secret 0 in the output",
    "the API token in the output",
    "the API token in a command line",
    "the API token in an environment",
    "comes-and-goes",
    "left-over",
    "everything.json",
    "ansible.log",
    "facts/",
    "a private key in the output",
    "a private JWK in the output",
)


def _control(context: CaseContext) -> Verdict:
    """Leak on purpose, everywhere; what the search doesn't find is a fault of the search."""
    observed = ObservedRuns(context.workspace(), context.tenant(), Loudness("json", 4))
    client = observed.tenant.add_service("anzennaapiservice")
    observed.play(plays.CONTROL, "-e", f"client_secret={client['client_secret']}")
    found = observed.leaks()
    missed = [place for place in _FOUND if not any(place in leak for leak in found)]
    forms = canaries.of_text("made-up-secret-0123456789abcdef-0123456789")
    kinds = [b"xx made-up-secret-0", b"89abcdef-0123456789", *forms]
    missed += [repr(kind) for kind in kinds if not canaries.search([("here", kind)], {"it": forms})]
    missed += _missed_of_a_key()
    return Verdict(
        "found what was leaked" if not missed else "blind", unclear=len(missed), detail=f"not found: {missed}\n{end_of(observed)}"
    )
