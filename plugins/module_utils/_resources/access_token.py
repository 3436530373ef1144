# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof: an access token minted with given credentials, and tried."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .._core.errors import ApiError, InputError, NothingShownError, StateError
from .._core.input_values import check_scopes
from .._core.spec import Call, Outcome
from .._okta.authentication import AccessToken, Anonymous
from .._okta.client import OktaClient
from .._okta.connection import Options, oauth_client
from .._okta.org_url import parse
from .._okta.transport import Transport
from .._okta.visibility import shows_nothing
from .scope_usability import covered, usable

_TRY_EVERY = 3.0  # seconds
_FORBIDDEN = 403
# What Okta says of a call that it has understood and let through, but can't do. Not 405: that it says to anybody.
_REFUSED = (400, 404, 409)
_OKTA_CODE = re.compile(r"E\d{7}")  # a token's refusal has another code (RFC 6750, 3.1; RFC 9449, 7.1)
_NO_ROLE = "The app lacks an admin role that covers this: assign it one; where that was done just now, give more patience."
_ADVICE = {"E0000006": _NO_ROLE}
Proved = dict[str, Any]


def prove(
    tries: Sequence[Callable[[], Proved]],
    *,
    patience: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Proved]:
    """Make each try, one after the other.

    A 403 may pass, and so may the empty list that Okta shows in its place: an admin role takes some seconds to arrive.

    Args:
        tries: each returns what it proved.
        patience: seconds to wait for it, for all of them together.

    Raises:
        ApiError: Okta refused for good.
        NothingShownError: it never showed what every org has.
    """
    until = clock() + patience
    proved = []
    for attempt in tries:
        while True:
            try:
                proved.append(attempt())
            except (ApiError, NothingShownError) as error:
                may_pass = isinstance(error, NothingShownError) or error.status == _FORBIDDEN
                if not may_pass or clock() >= until:
                    raise
                sleep(_TRY_EVERY)
            else:
                break
    return proved


def read_with_token(client: OktaClient, path: str) -> Proved:
    """Read something.

    Raises:
        ApiError: Okta refused.
        NothingShownError: Okta's answer proves nothing.
    """
    body = client.get(path, "read with the new access token", expect=object)
    if shows_nothing(path, body):
        raise NothingShownError(
            f"Couldn't read with the new access token (GET {path}): Okta answered 200 with an empty list, as it does where no admin role "
            "lets the app see what is in it: assign it READ_ONLY_ADMIN; where that was done just now, give more patience."
        )
    return {"method": "GET", "path": path, "status": 200}


def probe(client: OktaClient, asked: Mapping[str, Any]) -> Proved:
    """Ask for what Okta can't do, and have it say just that.

    Raises:
        ApiError: it was refused for another reason, such as who asked.
        StateError: it was done.
    """
    method, path = asked["method"], asked["path"]
    try:
        client.write(method, path, "probe with the new access token", body=asked["body"])
    except ApiError as error:
        if error.status in _REFUSED and _OKTA_CODE.fullmatch(error.code or ""):
            return {"method": method, "path": path, "status": error.status}
        raise
    raise StateError(f"probes: Okta did what {method} {path} asks for. See to what that changed, and give a probe that can't succeed.")


def issue_access_token(call: Call) -> Outcome:
    """Do what the module `okta_access_token` is asked."""
    options = Options(call.params)
    scopes = check_scopes(options.words("scopes"), "scopes")
    if not scopes:
        raise InputError("scopes is missing: name the scopes to ask for.")
    endpoints = check_paths(call.params["endpoints"], "endpoints")
    probes = call.params["probes"]
    check_paths([asked["path"] for asked in probes], "probes")
    check_paths([asked["path"] for asked in call.params.get("coverage") or ()], "coverage")
    given = parse(options.required("org_url"))
    transport = Transport(options.settings(), limiter=call.limiter)
    credential = oauth_client(options, given.url, scopes)
    # first of all: to a stranger not even an assertion goes, and surely no secret
    org = OktaClient(given, Anonymous(), transport).recognized()
    token = credential.mint(transport)
    missing = [scope for scope in scopes if scope not in token.scopes]
    if missing:
        raise StateError(f"scopes: Okta gave an access token without {', '.join(missing)}; grant them to the app first.")
    # reads get a client that can't write, whatever the mode
    reader = OktaClient(org, token, transport, check_mode=True, advice=_ADVICE)
    prober = OktaClient(org, token, transport, check_mode=call.check_mode, before_write=call.before_write, advice=_ADVICE)
    sent, unsent = ([], probes) if call.check_mode else (probes, [])
    tries = [*(partial(read_with_token, reader, path) for path in endpoints), *(partial(probe, prober, asked) for asked in sent)]
    waits: list[float] = []

    def pause(seconds: float) -> None:
        waits.append(seconds)
        time.sleep(seconds)

    proving = partial(prove, tries, patience=float(call.params["patience"]), sleep=pause)
    tried = call.params.get("coverage") or ()
    meanwhile: list[Callable[[], Any]] = [
        partial(call.beside, {}),
        *(partial(covered, reader, asked["path"], never_empty=asked["never_empty"]) for asked in tried if asked["path"] not in endpoints),
    ]
    jobs: list[Callable[[], Any]] = [proving, *meanwhile]
    proved, _beside, *coverage = reader.side_by_side(jobs)
    if waits:  # roles had yet to arrive, so what was looked at beside that may have changed
        _beside, *coverage = reader.side_by_side(meanwhile)
    # what was proved needn't be read again
    coverage = [*(usable(asked["path"]) for asked in tried if asked["path"] in endpoints), *coverage]
    proved += [{"method": asked["method"], "path": asked["path"], "status": None} for asked in unsent]
    shown = {"coverage": coverage} if coverage else {}
    return Outcome(values={**_values(token, proved, return_token=call.params["return_token"]), **shown})


def _values(token: AccessToken, proved: list[Proved], *, return_token: bool) -> Mapping[str, Any]:
    values: dict[str, Any] = {
        "token_type": token.token_type,
        "scopes": sorted(token.scopes),
        "expires_in": token.expires_in,
        "proved": proved,
    }
    return {**values, "access_token": token.token} if return_token else values


def check_paths(paths: Sequence[str], option: str) -> Sequence[str]:
    """The paths, if each is one below the org.

    Raises:
        InputError: one could lead elsewhere, and the token with it.
    """
    for path in paths:
        if not path.startswith("/") or path.startswith("//") or not path.isprintable() or " " in path:
            raise InputError(f"{option}: {path!r} isn't a path below the org, such as /api/v1/users?limit=1.")
    return paths
