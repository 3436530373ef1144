# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applying faults."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import error_body, role_conflict
from .faults import BEFORE, POINTS, Fault
from .http import Reply, Request
from .rates import rate_headers, too_many

if TYPE_CHECKING:
    from .tenant import Tenant

_PAGES = {
    "html": b"<html><body><h1>Something went wrong</h1></body></html>",
    "proxy": b"<html><head><title>Access blocked by policy</title></head><body>Ask the helpdesk.</body></html>",
}


@dataclass
class Outcome:
    """What is sent: a response, part of one, or only the end of the connection."""

    reply: Reply | None
    drip: float = 0
    cut: bool = False
    foreign: bool = False


def before(fault: Fault, tenant: Tenant | None, request: Request, stopping: threading.Event) -> Outcome | None:
    """Apply a fault in place of the processing; None continues with the processing."""
    fault.arrived.release()
    if fault.kind in POINTS:
        _point(fault, tenant, request, stopping)
        return None
    if fault.kind == "close_before":
        return Outcome(None)
    if fault.kind == "timeout":
        stopping.wait(float(fault.params.get("seconds", 30)))
        return Outcome(None)
    return Outcome(_instead(fault, tenant), foreign=fault.kind == "proxy_page")


def after(fault: Fault, tenant: Tenant | None, request: Request, outcome: Outcome, stopping: threading.Event) -> Outcome:
    """Apply a fault to the response of a processed call."""
    fault.arrived.release()
    reply = outcome.reply
    if fault.kind in POINTS:
        _point(fault, tenant, request, stopping)
        return outcome
    if fault.kind == "timeout":
        stopping.wait(float(fault.params.get("seconds", 30)))
    if reply is None or fault.kind in ("timeout", "close_after", "close_before"):
        return Outcome(None)
    if fault.kind == "drip":
        return Outcome(reply, drip=float(fault.params.get("seconds", 1)))
    if fault.kind == "truncated_json":
        return Outcome(reply, cut=True)
    return Outcome(_instead(fault, tenant) if fault.kind in BEFORE else _changed(fault, reply))


def _point(fault: Fault, tenant: Tenant | None, request: Request, stopping: threading.Event) -> None:
    if fault.kind == "hook":
        fault.params["call"](tenant, request)
        return
    deadline = time.monotonic() + float(fault.params.get("seconds", 300))
    while not stopping.is_set() and time.monotonic() < deadline:
        if fault.released.wait(0.1):
            return


def _instead(fault: Fault, tenant: Tenant | None) -> Reply:
    params = fault.params
    if fault.kind in ("rate_limited_429", "concurrency_429"):
        return _limited(fault, tenant.now() if tenant else time.time())
    if fault.kind == "role_conflict":
        return role_conflict(str(params["code"])).reply()
    if fault.kind == "redirect":
        return Reply(int(params.get("status", 302)), None, {"Location": str(params.get("location", "https://elsewhere.example/"))})
    if fault.kind == "proxy_page":
        return Reply(int(params.get("status", 403)), _PAGES["proxy"], content_type="text/html")
    status = int(params.get("status", 503))
    if params.get("body") == "html":
        return Reply(status, _PAGES["html"], content_type="text/html")
    body = params.get("body") or error_body("E0000009", "Internal Server Error")
    return Reply(status, body)


def _limited(fault: Fault, now: float) -> Reply:
    limit = int(fault.params.get("limit", 10)) if fault.kind == "rate_limited_429" else 0
    headers = rate_headers(limit, 0, now + float(fault.params.get("reset_in", 1)))
    return too_many({} if fault.params.get("missing_headers") else headers)


def _changed(fault: Fault, reply: Reply) -> Reply:
    if fault.kind == "edit":
        return fault.params["call"](reply) or reply
    if fault.kind == "not_json":
        return Reply(reply.status, _PAGES["html"], reply.headers)
    if fault.kind == "empty_body":
        return Reply(200, None, reply.headers)
    if fault.kind == "wrong_content_type":
        return Reply(reply.status, reply.body, reply.headers, str(fault.params.get("content_type", "text/html")))
    if fault.kind == "link_to":
        path = str(fault.params.get("path", "/api/v1/apps?after=elsewhere"))
        link = f'<https://{fault.params.get("host", "elsewhere.example")}{path}>; rel="next"'
        old = reply.headers.get("Link")
        return Reply(reply.status, reply.body, reply.headers | {"Link": f"{old}, {link}" if old else link})
    size = int(fault.params.get("bytes", 1_000_000))
    return Reply(reply.status, b'["' + b"x" * (size - 4) + b'"]', reply.headers)
