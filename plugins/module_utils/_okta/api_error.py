# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Okta's refusals, made sentences: what was tried, what Okta said, what to do next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from .._core.errors import NO_FEATURE, ApiError, NoAnswerError, OktaError
from .http_headers import challenge
from .transport import Answer, Request

_MAX_TEXT = 300  # characters of Okta's text that go into a sentence
_MAX_CAUSES = 10
_MAX_SKEW = 60.0  # seconds between the clocks that Okta surely bears
# Okta's words for a statement whose times don't fit: "expired", "issued before the current time", "too far into the future".
_OF_TIME = re.compile(r"\b(expired|expiration|issued|future|current time|iat|exp|nbf|clock)\b", re.IGNORECASE)
_TIMED = ("invalid_client", "invalid_dpop_proof", "invalid_request", "invalid_grant")
_REDIRECT = "Okta sent us elsewhere, which isn't followed with a credential: use the org's own URL in org_url."
_ILL = "Okta is ill; run again later: what was done is kept."

# What to do next, by Okta's error code, OAuth's error or, at last, the HTTP status.
_ADVICE: Mapping[str, str] = {
    "E0000011": "Check api_token: it is wrong, expired or revoked, or belongs to another org.",
    NO_FEATURE: "The org doesn't have the feature that this needs, or it isn't switched on (the credential is not the reason): "
    "have Okta enable it, or leave out what needs it.",
    "E0000006": "The owner of the credential lacks an admin role for this; onboarding needs a super admin.",
    "E0000047": "The org's rate limit is used up; run again later, or lower concurrency.",
    "E0000227": "Only a service app can hold admin roles: check that app_client_id is that of one.",
    "E0000268": "Run again when no other run or administrator is changing admin roles.",
    "invalid_client": "Check client_id and private_key: the app must be active in this org and know the public key.",
    "invalid_scope": "Check the scopes: the org doesn't know at least one of them (misspelt, or of a feature that it lacks).",
    "consent_required": "Grant the scopes to the app first.",
    "unsupported_grant_type": "Check client_id: it must be that of a service app (API Services) or an API service integration.",
    "unauthorized_client": "Check client_id: it must be that of a service app (API Services) or an API service integration.",
    "invalid_token": "The access token has expired or was revoked: run again, which gets a new one.",
    "insufficient_scope": "Grant the app the scope that this needs.",
    "invalid_dpop_proof": "Check this machine's clock: Okta takes a DPoP proof for a few minutes only.",
    "access_denied": "This machine is outside the network zones that the app is limited to: run this from inside.",
    **dict.fromkeys(("301", "302", "303", "307", "308"), _REDIRECT),
    "401": "Check the credential: it is wrong, expired or revoked.",
    "403": "The credential may not do this: check its admin roles and, with OAuth, its scopes.",
    "404": "Check the id and the org_url.",
    "429": "The org's rate limit is used up; run again later, or lower concurrency.",
    **dict.fromkeys(("500", "502", "503", "504"), _ILL),
}


def error_code(answer: Answer) -> Any:
    """What kind of refusal an answer is: Okta's ``errorCode`` or OAuth's ``error``, wherever that is told; as it came."""
    body = answer.body if isinstance(answer.body, dict) else {}
    return body.get("errorCode") or body.get("error") or challenge(answer.headers.get("WWW-Authenticate", "")).get("error")


def api_error(request: Request, answer: Answer, purpose: str, advice: Mapping[str, str] | None = None) -> OktaError:
    """The error for an answer that isn't a good one; for one that isn't Okta's, no answer of Okta's.

    Args:
        request: what was sent.
        answer: what came back.
        purpose: what it was for, to follow "couldn't".
        advice: what to do next, by code, where the caller knows better.
    """
    if answer.foreign is not None:
        return _foreign(request, answer, purpose)
    body = answer.body if isinstance(answer.body, dict) else {}
    text_of = partial(_line, secrets=answer.secrets)
    why = challenge(answer.headers.get("WWW-Authenticate", ""))
    code = text_of(error_code(answer))
    summary = text_of(body.get("errorSummary") or body.get("error_description") or why.get("error_description"))
    causes = _causes(body, answer.secrets)
    error_id = text_of(body.get("errorId"))
    request_id = text_of(answer.headers.get("X-Okta-Request-Id"))
    said = ": ".join(part for part in (" ".join(p for p in (code, summary) if p), "; ".join(causes)) if part)
    ids = ", ".join(f"{name} {value}" for name, value in (("error id", error_id), ("request id", request_id)) if value)
    known = {**_ADVICE, **(advice or {})}
    next_step = _of_clock(answer, code, summary) or known.get(code or "") or known.get(str(answer.status), "") + _leads_to(answer)
    message = f"Couldn't {purpose} ({request.method} {urlsplit(request.url).path}): Okta answered {answer.status}"
    message += f" {said}" if said else ""
    message += f" ({ids})" if ids else ""
    return ApiError(
        f"{message.rstrip('.')}. {next_step}".rstrip(),
        status=answer.status,
        code=code,
        causes=causes,
        error_id=error_id,
        request_id=request_id,
    )


def _causes(body: Mapping[str, Any], secrets: tuple[str, ...]) -> tuple[str, ...]:
    found = body.get("errorCauses")
    entries = found if isinstance(found, list) else []
    texts = (_line(entry.get("errorSummary"), secrets) for entry in entries if isinstance(entry, dict))
    return tuple(text for text in texts if text)[:_MAX_CAUSES]


def _line(value: object, secrets: tuple[str, ...]) -> str | None:
    """One line of somebody else's text, bounded; what it repeats of our secrets goes first, before half of one is cut off."""
    if not isinstance(value, str) or not value.strip():
        return None
    for secret in secrets:
        value = value.replace(secret, "********")
    text = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + "…"


def _of_clock(answer: Answer, code: str | None, summary: str | None) -> str | None:
    """What to do where a statement that we signed is refused for its times; None where it isn't.

    Okta's words are no contract, so a clock that is far off is named whatever they are.
    """
    if code not in _TIMED:
        return None
    skew = answer.skew or 0.0
    if abs(skew) > _MAX_SKEW:
        return f"Set this machine's clock: it is {_duration(abs(skew))} {'behind' if skew > 0 else 'ahead of'} Okta's."
    if code == "invalid_client" and summary and _OF_TIME.search(summary):
        return "Check this machine's clock: Okta judges by its own clock when what the client signs is issued, and when it expires."
    return None


def _duration(seconds: float) -> str:
    """A time span as a person says it."""
    for unit, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def _leads_to(answer: Answer) -> str:
    """Where a redirect leads, by its host alone."""
    try:
        host = urlsplit(answer.headers.get("Location", "")).hostname if 300 <= answer.status < 400 else None
    except ValueError:
        host = None
    shown = _line(host, answer.secrets)
    return f" It leads to {shown}: is that the login page of a proxy, log in there first." if shown else ""


def _foreign(request: Request, answer: Answer, purpose: str) -> NoAnswerError:
    """The error for an answer that something on the way to Okta gave: nothing that it says is true of the org."""
    title = _line(answer.foreign, answer.secrets)
    page = f", a page with the title {title!r}" if title else ""
    giver = f"the proxy {answer.proxy}, or something behind it," if answer.proxy else "a proxy or firewall between this machine and Okta"
    host = urlsplit(request.url).hostname
    return NoAnswerError(
        f"Couldn't {purpose} ({request.method} {urlsplit(request.url).path}): the answer was {answer.status}{page}. It isn't Okta's: it "
        f"lacks Okta's form and request id, so {giver} gave it. {_FOREIGN.get(answer.status, 'Have it let through calls to')} {host}.",
        maybe_done=answer.status >= 500,
    )


_FOREIGN: Mapping[int, str] = {
    407: "It demands a user name and a password; give them in the proxy's URL, or have it let through calls to",
    429: "It limits how much passes; run again later, or have it let through calls to",
    **dict.fromkeys((500, 502, 503, 504), "Run again later: what was done is kept. If that doesn't help, have it let through calls to"),
}
