# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Searches everything that a run writes, prints and returns for secrets."""

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
from soak.leak_case import check_run, last_output, leak_case
from soak.leak_echo import STEPS, echo_requests
from soak.leak_methods import method_cases
from soak.leak_runs import CALLBACKS, HERE, PRINTING, ObservedRuns, OutputSettings, other_interpreter
from soak.leak_watch import Observation, watch

_BOMB = HERE / "leak_bomb"
_PLUGINS = "ansible_collections.rezonate.okta.plugins"
# Functions that handle secrets. A transferred module calls those of the first list too.
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
# Output that a printing connection must contain.
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
    """Return all cases. They use the callbacks in turn, since each case records everything that callbacks receive."""
    return [
        *_lifecycles(),
        *method_cases(),
        *_failing_steps(),
        *_careless(),
        *_bombs(),
        *_runners(),
        Case("leaks", "control", _control, representative=True),
    ]


def _lifecycles() -> Iterator[Case]:
    sources = itertools.cycle(itertools.product((True, False), ("token", "key")))
    for callback, verbosity, debug in itertools.product(CALLBACKS, (4, 0), (True, False)):
        vaulted, credential = next(sources)
        settings = OutputSettings(callback, verbosity, debug, vaulted, credential)
        yield leak_case(
            "check mode, first run, second run, drift",
            _lifecycle,
            settings,
            representative=(callback, verbosity, debug) == ("json", 4, True),
        )


def _lifecycle(observed: ObservedRuns) -> str:
    runs = [observed.onboard("--check", "--diff"), observed.onboard("--diff"), observed.onboard("--diff")]
    observed.tenant.assign_role("Rezonate", "SUPER_ADMIN")
    observed.tenant.revoke_grant("Rezonate", "okta.users.read")
    runs += [observed.onboard("--check", "--diff"), observed.onboard("--diff")]
    return next(filter(None, (check_run(observation, 0) for observation in runs)), "")


def _failing_steps() -> Iterator[Case]:
    callbacks = itertools.cycle(CALLBACKS)
    for step, status in itertools.product(STEPS, (400, 500)):
        representative = status == 400 and step in ("create the app", "read with it")
        settings = OutputSettings(next(callbacks), 4, debug=status == 500, vaulted=status == 400)
        yield leak_case(f"{status} at {step}", partial(_failing, step=step, status=status), settings, representative=representative)
    # with a key, the first token is that of the caller
    for status, vaulted in ((400, True), (500, False)):
        settings = OutputSettings(next(callbacks), 4, vaulted=vaulted, credential="key")
        yield leak_case(f"{status} at mint a token", partial(_failing, step="mint a token", status=status), settings)


def _failing(observed: ObservedRuns, step: str, status: int) -> str:
    echo_requests(observed.tenant, STEPS[step], status)
    first = check_run(observed.onboard("--diff"), 2)
    observed.tenant.emulator.clear_faults(tenant=observed.tenant.name)
    return first or check_run(observed.onboard("--diff"), 0)


def _careless() -> Iterator[Case]:
    for callback in CALLBACKS:
        play = partial(_careless_play, shipped=False)
        yield leak_case(
            "careless authors, in process", play, OutputSettings(callback, 4, callback == "default"), representative=callback == "json"
        )
    yield leak_case("careless authors, transferred", partial(_careless_play, shipped=True), OutputSettings("json", 4, debug=True))
    for callback, verbosity in (("default", 3), ("json", 5), ("junit", 5)):
        play = partial(_careless_play, shipped=True, connection=PRINTING)
        settings = OutputSettings(callback, verbosity, debug=callback == "json")
        yield leak_case("careless authors, transferred over a printing connection", play, settings)
        short = "what Ansible prints of transferred modules, over a printing connection"
        yield leak_case(short, _shown_play, settings, representative=callback != "junit")


def _careless_play(observed: ObservedRuns, *, shipped: bool, connection: str = "local") -> str:
    observation = observed.play(plays.careless(other_interpreter() if shipped else sys.executable, connection=connection))
    _learn_stored_key(observed)
    printed = _PRINTED if connection == PRINTING else ()
    complaint = check_run(observation, 0, b"made ", b"saved ", b"integrated ", b"minted ", b"many ", b"extended ", *printed)
    return complaint or _wrong_number(observation, plays.failures(shipped=shipped))


def _shown_play(observed: ObservedRuns) -> str:
    observation = observed.play(plays.shown(other_interpreter(), PRINTING))
    _learn_stored_key(observed)
    complaint = check_run(observation, 0, b"made ", b"saved ", b"integrated ", b"minted ", b"extended ", *_PRINTED)
    return complaint or _wrong_number(observation, plays.REVEALED)


def _wrong_number(observation: Observation, failing: int) -> str:
    rescued = observation.output.count(b'"msg": "rescued: ')
    return "" if rescued == failing else f"{rescued} of {failing} failed"


def _learn_stored_key(observed: ObservedRuns) -> None:
    path = observed.workspace.folder / "saved.vault"
    if path.exists():
        vault = VaultLib([("rz", VaultSecret(PASSWORD.encode()))])
        observed.keys |= canaries.of_credentials(yaml.safe_load(vault.decrypt(path.read_bytes()))["rezonate_credentials"])


def _bombs() -> Iterator[Case]:
    callbacks = itertools.cycle(CALLBACKS)
    for bomb in _BOMBS:
        representative = bomb.endswith((":plain_value", "._exchange"))
        yield leak_case(
            f"unexpected error in {bomb}", partial(_bombed, bomb=bomb), OutputSettings(next(callbacks), 4), representative=representative
        )
        if "OAuthClient" in bomb or "jwk:" in bomb:
            settings = OutputSettings(next(callbacks), 4, vaulted=False, credential="key")
            yield leak_case(f"unexpected error in {bomb}", partial(_bombed, bomb=bomb), settings)
    for bomb in _SHIPPED_BOMBS:
        settings = OutputSettings(next(callbacks), 4)
        representative = bomb.endswith(":generate_rsa_key")
        yield leak_case(
            f"unexpected error in {bomb}, transferred", partial(_bombed_shipped, bomb=bomb), settings, representative=representative
        )
        printing = partial(_bombed_shipped, bomb=bomb, connection=PRINTING)
        yield leak_case(f"unexpected error in {bomb}, transferred over a printing connection", printing, OutputSettings("default", 5))


def _bomb(name: str) -> dict[str, str]:
    return {"PYTHONPATH": str(_BOMB), "REZONATE_BOMB": f"{_PLUGINS}.{name}"}


def _bombed(observed: ObservedRuns, bomb: str) -> str:
    return check_run(observed.onboard(env=_bomb(bomb), no_wait=False), 2, b"Unexpected Bomb at sitecustomize.py:")


def _bombed_shipped(observed: ObservedRuns, bomb: str, connection: str = "local") -> str:
    # failing tasks do not end this play: the result of each is searched
    text = plays.careless(other_interpreter(), brief=True, connection=connection).replace(
        "gather_facts: false", "gather_facts: false\n  ignore_errors: true"
    )
    observation = observed.play(text, env=_bomb(bomb))
    _learn_stored_key(observed)
    return "" if b"Unexpected Bomb at sitecustomize.py:" in observation.output else "the error did not occur"


def _runners() -> Iterator[Case]:
    for command in (_runner, _remote_runner):
        name = "ansible-runner run" if command is _runner else "ansible-runner transmit, worker, process"
        for verbosity in (0, 4):
            settings = OutputSettings("default", verbosity)
            yield leak_case(name, command, settings, representative=command is _runner and verbosity == 4)


def _private_data(observed: ObservedRuns) -> Path:
    folder = observed.workspace.folder / "runner"
    (folder / "env").mkdir(parents=True)
    (folder / "project").mkdir()
    (folder / "inventory").mkdir()
    (folder / "inventory" / "hosts.yml").write_text(observed.inventory.read_text(encoding="utf-8"), encoding="utf-8")
    verbose = "-" + "v" * observed.settings.verbosity if observed.settings.verbosity else ""
    given = f"-e rezonate_ca_path={observed.workspace.okta.ca_file} -e rezonate_vault_file={observed.workspace.vault_file(observed.tenant)}"
    (folder / "env" / "cmdline").write_text(f"{verbose} --vault-id rz@{observed.workspace.password_file} --diff {given}", encoding="utf-8")
    return folder


def _runner(observed: ObservedRuns) -> str:
    folder = _private_data(observed)
    for ident in ("first", "second"):
        observation = _ansible_runner(observed, "run", str(folder), "-p", PLAYBOOK, "-i", ident)
        if observation.rc:
            return f"rc {observation.rc}"
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
        observed.observations.append(
            observation := watch(
                ["/bin/sh", "-c", script, sys.executable], observed.workspace.folder, observed.environment(), observed.places
            )
        )
        if observation.rc:
            return f"rc {observation.rc}"
    return "" if list(back.glob("artifacts/*/job_events/*.json")) or list(back.glob("**/job_events/*.json")) else "no events"


def _ansible_runner(observed: ObservedRuns, *args: str) -> Observation:
    observation = watch([sys.executable, "-m", "ansible_runner", *args], observed.workspace.folder, observed.environment(), observed.places)
    observed.observations.append(observation)
    return observation


def _missed_key_forms() -> list[str]:
    """Return the lines and members of a key, and the encodings of a key, that the search does not find."""
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
    """Leak on purpose in all places; what the search does not find is an error of the search."""
    observed = ObservedRuns(context.workspace(), context.tenant(), OutputSettings("json", 4))
    client = observed.tenant.add_service("anzennaapiservice")
    observed.play(plays.CONTROL, "-e", f"client_secret={client['client_secret']}")
    found = observed.leaks()
    missed = [place for place in _FOUND if not any(place in leak for leak in found)]
    forms = canaries.of_text("made-up-secret-0123456789abcdef-0123456789")
    kinds = [b"xx made-up-secret-0", b"89abcdef-0123456789", *forms]
    missed += [repr(kind) for kind in kinds if not canaries.search([("here", kind)], {"it": forms})]
    missed += _missed_key_forms()
    return Verdict(
        "all leaks found" if not missed else "leaks missed", unclear=len(missed), detail=f"not found: {missed}\n{last_output(observed)}"
    )
