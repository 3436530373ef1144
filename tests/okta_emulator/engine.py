# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processing of a request, from the parsed request to the response."""

from __future__ import annotations

import email.utils
import secrets
import threading
import time
from typing import TYPE_CHECKING

from . import resources_table
from .auth import authenticate, authorize
from .errors import AccessTokenError, OktaError, RefusalError, error_body
from .faulty import Outcome, after, before
from .http import Reply, Request
from .options import Options
from .principals import principal_of
from .rates import rate_headers, too_many
from .routing import Call, Route, Router

if TYPE_CHECKING:
    from .emulator import Emulator
    from .log import Entry
    from .tenant import Tenant

ROUTER = Router(resources_table.ROUTES)


class Engine:
    """Processes requests to tenants."""

    def __init__(self, emulator: Emulator, stopping: threading.Event) -> None:
        self._emulator = emulator
        self._stopping = stopping

    def answer(self, tenant: Tenant | None, request: Request, own_url: str | None) -> Outcome:
        """Return the response to a request, or how the connection ends."""
        now = tenant.now() if tenant else time.time()
        entry = self._emulator.log.add(tenant.name if tenant else None, request, now)
        faults = self._emulator.faults.hitting(entry.tenant, request)
        entry.fault = ", ".join(fault.kind for fault in faults) or None
        for fault in faults:
            if fault.is_before:
                outcome = before(fault, tenant, request, self._stopping)
                if outcome:
                    return self._done(outcome, entry, tenant)
        outcome = Outcome(self._process(tenant, request, own_url, entry))
        entry.processed = True
        for fault in faults:
            if not fault.is_before:
                outcome = after(fault, tenant, request, outcome, self._stopping)
        return self._done(outcome, entry, tenant)

    def _done(self, outcome: Outcome, entry: Entry, tenant: Tenant | None) -> Outcome:
        if outcome.reply and outcome.foreign:
            entry.status = outcome.reply.status  # sent by a component in front of Okta, and so without Okta's headers
        elif outcome.reply:
            entry.status = outcome.reply.status
            headers = outcome.reply.headers
            headers.setdefault("X-Okta-Request-Id", secrets.token_hex(16))
            headers.setdefault("Date", email.utils.formatdate(tenant.now() if tenant else None, usegmt=True))
        return outcome

    def _process(self, tenant: Tenant | None, request: Request, own_url: str | None, entry: Entry) -> Reply:
        if tenant is None:
            return OktaError(404, "E0000007", "Not found: Resource not found: the org (Org)").reply()
        if own_url is None:
            # The -admin host serves the console, not the API.
            return OktaError(403, "E0000006", "You do not have permission to perform the requested action").reply()
        try:
            route, params = ROUTER.find(request.method, request.path)
        except OktaError as error:
            window, _within = tenant.rates.take("default", tenant.options, tenant.now())
            return with_headers(error.reply(), window.headers())
        call = Call(tenant, request, own_url, params)
        with tenant.lock:
            tenant.in_flight += 1
            most = tenant.options.max_concurrent
            crowded = most is not None and tenant.in_flight > most
        try:
            if crowded:
                return too_many(rate_headers(0, 0, call.now + 1))
            self._linger(tenant.options, route.bucket)
            with tenant.lock:
                return self._within_limits(call, route, entry)
        finally:
            with tenant.lock:
                tenant.in_flight -= 1

    def _linger(self, options: Options, bucket: str) -> None:
        """Wait for the latency of the tenant."""
        latency = options.latency
        seconds = latency.get(bucket, latency.get(bucket.partition(".")[0], latency.get("default", 0)))
        if seconds:
            self._stopping.wait(seconds)

    def _within_limits(self, call: Call, route: Route, entry: Entry) -> Reply:
        principal = principal_of(call)
        window, within = call.tenant.rates.take(route.bucket, call.tenant.options, call.now, principal.id)
        if not within:
            call.tenant.note("system.org.rate_limit.violation", principal, principal.id, call.request.path)
            return too_many(window.headers())
        return with_headers(self._handle(call, route, entry), window.headers())

    def _handle(self, call: Call, route: Route, entry: Entry) -> Reply:
        try:
            if route.need.name != "PUBLIC":
                call.who = authenticate(call)
                entry.who = call.caller.label
                authorize(call, route)
            return route.handler(call)
        except AccessTokenError as error:
            error.realm, error.resource = call.base, call.request.path
            return error.reply()
        except RefusalError as error:
            return error.reply()
        except Exception as error:  # noqa: BLE001  # an error of the emulator must be reported to the test, not hang it
            text = f"emulator bug: {type(error).__name__}: {error}"
            self._emulator.bugs.append(text)
            return Reply(500, error_body("E0000009", text))


def with_headers(reply: Reply, headers: dict[str, str]) -> Reply:
    """Add headers to an answer."""
    reply.headers.update(headers)
    return reply
