# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verification of credentials: an access token is issued for them and used."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .._core.errors import ApiError, HiddenListError, InputError, StateError
from .._core.input_values import check_scopes
from .._core.spec import Call, Outcome
from .._okta.authentication import AccessToken, Anonymous
from .._okta.client import OktaClient
from .._okta.connection import ConnectionOptions, oauth_client
from .._okta.org_url import parse_org_url
from .._okta.transport import Transport
from .._okta.visibility import is_empty_list_response
from .scope_usability import classify_read, usable_read

_RETRY_SECONDS = 3.0
_FORBIDDEN = 403
# Okta's responses to a call that it authorized but can't carry out. Not 405: that is the response to any caller.
_EXPECTED_STATUSES = (400, 404, 409)
_OKTA_CODE = re.compile(r"E\d{7}")  # a refused token has another code (RFC 6750, 3.1; RFC 9449, 7.1)
_NO_ROLE = "The app lacks an admin role that covers this: assign one to it. If one was just assigned, increase patience."
_ADVICE = {"E0000006": _NO_ROLE}
Verification = dict[str, Any]


def verify(
    checks: Sequence[Callable[[], Verification]],
    *,
    patience: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Verification]:
    """Run the checks one after the other.

    A 403 may be temporary, and so may an empty list in its place: a new admin role takes effect after some seconds.

    Args:
        checks: each returns what it verified.
        patience: seconds to wait, for all checks together.

    Raises:
        ApiError: Okta refused permanently.
        HiddenListError: Okta never showed what every org has.
    """
    deadline = clock() + patience
    verified = []
    for check in checks:
        while True:
            try:
                verified.append(check())
            except (ApiError, HiddenListError) as error:
                is_temporary = isinstance(error, HiddenListError) or error.status == _FORBIDDEN
                if not is_temporary or clock() >= deadline:
                    raise
                sleep(_RETRY_SECONDS)
            else:
                break
    return verified


def read_with_token(client: OktaClient, path: str) -> Verification:
    """Read an endpoint.

    Raises:
        ApiError: Okta refused.
        HiddenListError: the response doesn't show whether the token may read it.
    """
    body = client.get(path, "read with the new access token", expect=object)
    if is_empty_list_response(path, body):
        raise HiddenListError(
            f"Couldn't read with the new access token (GET {path}): Okta answered 200 with an empty list, as it does where no admin "
            "role lets the app see the entries: assign READ_ONLY_ADMIN to the app. If it was just assigned, increase patience."
        )
    return {"method": "GET", "path": path, "status": 200}


def probe(client: OktaClient, entry: Mapping[str, Any]) -> Verification:
    """Send a request that Okta can't carry out, and expect the error that says so.

    Raises:
        ApiError: Okta refused it for another reason, such as a missing permission.
        StateError: Okta carried it out.
    """
    method, path = entry["method"], entry["path"]
    try:
        client.write(method, path, "probe with the new access token", body=entry["body"])
    except ApiError as error:
        if error.status in _EXPECTED_STATUSES and _OKTA_CODE.fullmatch(error.code or ""):
            return {"method": method, "path": path, "status": error.status}
        raise
    raise StateError(f"probes: Okta carried out {method} {path}. Check what that changed, and use a probe that can't succeed.")


def issue_access_token(call: Call) -> Outcome:
    """Run the module `okta_access_token`."""
    options = ConnectionOptions(call.params)
    scopes = check_scopes(options.words("scopes"), "scopes")
    if not scopes:
        raise InputError("scopes is missing: name the scopes to request.")
    endpoints = check_paths(call.params["endpoints"], "endpoints")
    probes = call.params["probes"]
    check_paths([entry["path"] for entry in probes], "probes")
    check_paths([entry["path"] for entry in call.params.get("coverage") or ()], "coverage")
    given = parse_org_url(options.required("org_url"))
    transport = Transport(options.settings(), limiter=call.limiter)
    credential = oauth_client(options, given.url, scopes)
    # before anything else: neither an assertion nor a secret is sent to a server that isn't Okta
    org = OktaClient(given, Anonymous(), transport).verified_org()
    token = credential.mint(transport)
    missing = [scope for scope in scopes if scope not in token.scopes]
    if missing:
        raise StateError(f"scopes: Okta issued an access token without {', '.join(missing)}; grant them to the app first.")
    # reads use a client that refuses writes in every mode
    reader = OktaClient(org, token, transport, check_mode=True, advice=_ADVICE)
    prober = OktaClient(org, token, transport, check_mode=call.check_mode, before_write=call.before_write, advice=_ADVICE)
    sent_probes, skipped_probes = ([], probes) if call.check_mode else (probes, [])
    checks = [*(partial(read_with_token, reader, path) for path in endpoints), *(partial(probe, prober, entry) for entry in sent_probes)]
    verified, coverage = _run_checks(call, reader, checks)
    verified += [{"method": entry["method"], "path": entry["path"], "status": None} for entry in skipped_probes]
    values = _values(token, verified, return_token=call.params["return_token"])
    return Outcome(values={**values, **({"coverage": coverage} if coverage else {})})


def _run_checks(
    call: Call, reader: OktaClient, checks: Sequence[Callable[[], Verification]]
) -> tuple[list[Verification], list[dict[str, Any]]]:
    """Run the checks, and in parallel the reads that show which scopes are usable; verified endpoints aren't read again."""
    endpoints, coverage_reads = call.params["endpoints"], call.params.get("coverage") or ()
    reads = [entry for entry in coverage_reads if entry["path"] not in endpoints]
    parallel: list[Callable[[], Any]] = [partial(call.parallel_task, {})]
    parallel += [partial(classify_read, reader, entry["path"], never_empty=entry["never_empty"]) for entry in reads]
    waits: list[float] = []

    def pause(seconds: float) -> None:
        waits.append(seconds)
        time.sleep(seconds)

    jobs: list[Callable[[], Any]] = [partial(verify, checks, patience=float(call.params["patience"]), sleep=pause), *parallel]
    verified, _done, *coverage = reader.in_parallel(jobs)
    if waits:  # roles took effect meanwhile, so the results of the parallel reads may have changed
        _done, *coverage = reader.in_parallel(parallel)
    return verified, [*(usable_read(entry["path"]) for entry in coverage_reads if entry["path"] in endpoints), *coverage]


def _values(token: AccessToken, verified: list[Verification], *, return_token: bool) -> Mapping[str, Any]:
    values: dict[str, Any] = {
        "token_type": token.token_type,
        "scopes": sorted(token.scopes),
        "expires_in": token.expires_in,
        "proved": verified,
    }
    return {**values, "access_token": token.token} if return_token else values


def check_paths(paths: Sequence[str], option: str) -> Sequence[str]:
    """The paths, if each is one below the org.

    Raises:
        InputError: one could lead to another server, and the token with it.
    """
    for path in paths:
        if not path.startswith("/") or path.startswith("//") or not path.isprintable() or " " in path:
            raise InputError(f"{option}: {path!r} isn't a path below the org, such as /api/v1/users?limit=1.")
    return paths
