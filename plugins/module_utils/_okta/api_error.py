# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error messages for Okta's error responses: the request, the error, and the remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from .._core.errors import NO_FEATURE, ApiError, NoResponseError, OktaError
from .http_headers import parse_challenge
from .transport import Answer, Request

_MAX_TEXT = 300  # characters of Okta's text that go into a sentence
_MAX_CAUSES = 10
_MAX_SKEW = 60.0  # seconds; a difference of the clocks that Okta tolerates
# Words in Okta's messages about the times of a JWT: "expired", "issued before the current time", "too far into the future".
_TIME_WORDS = re.compile(r"\b(expired|expiration|issued|future|current time|iat|exp|nbf|clock)\b", re.IGNORECASE)
_TIME_DEPENDENT_CODES = ("invalid_client", "invalid_dpop_proof", "invalid_request", "invalid_grant")
_REDIRECT_REFUSED = "The response is a redirect, which isn't followed with a credential: use the org's own URL in org_url."
_OKTA_UNAVAILABLE = "Okta reports a server error; run again later: completed steps are preserved."

# The remedy by Okta's error code, OAuth's error or else the HTTP status.
_ADVICE: Mapping[str, str] = {
    "E0000011": "Check api_token: it is wrong, expired or revoked, or belongs to another org.",
    NO_FEATURE: "The org doesn't have the feature that this requires, or the feature isn't enabled (the credential is not the reason): "
    "have Okta enable it, or leave out what requires it.",
    "E0000006": "The owner of the credential lacks an admin role for this; onboarding needs a super admin.",
    "E0000047": "The org's rate limit is exhausted; run again later, or lower concurrency.",
    "E0000227": "Only a service app can hold admin roles: check that app_client_id belongs to one.",
    "E0000268": "Run again when no other run or administrator is changing admin roles.",
    "invalid_client": "Check client_id and private_key: the app must be active in this org and have the public key.",
    "invalid_scope": "Check the scopes: the org doesn't know at least one of them (misspelled, or part of a feature that it lacks).",
    "consent_required": "Grant the scopes to the app first.",
    "unsupported_grant_type": "Check client_id: it must be that of a service app (API Services) or an API service integration.",
    "unauthorized_client": "Check client_id: it must be that of a service app (API Services) or an API service integration.",
    "invalid_token": "The access token has expired or was revoked: run again to get a new one.",
    "insufficient_scope": "Grant the app the scope that this requires.",
    "invalid_dpop_proof": "Check this machine's clock: Okta accepts a DPoP proof for a few minutes only.",
    "access_denied": "This machine is outside the network zones that the app is limited to: run from an address inside them.",
    **dict.fromkeys(("301", "302", "303", "307", "308"), _REDIRECT_REFUSED),
    "401": "Check the credential: it is wrong, expired or revoked.",
    "403": "The credential has no permission for this: check its admin roles and, with OAuth, its scopes.",
    "404": "Check the id and the org_url.",
    "429": "The org's rate limit is exhausted; run again later, or lower concurrency.",
    **dict.fromkeys(("500", "502", "503", "504"), _OKTA_UNAVAILABLE),
}


def error_code(answer: Answer) -> Any:
    """The unmodified error code of a response: Okta's ``errorCode`` or OAuth's ``error``, from the body or a header."""
    body = answer.body if isinstance(answer.body, dict) else {}
    return body.get("errorCode") or body.get("error") or parse_challenge(answer.headers.get("WWW-Authenticate", "")).get("error")


def api_error(request: Request, answer: Answer, purpose: str, advice: Mapping[str, str] | None = None) -> OktaError:
    """The error for an unsuccessful response: `ApiError`, or `NoResponseError` if the response isn't from Okta.

    Args:
        request: the request.
        answer: the response.
        purpose: the purpose of the request, to follow "couldn't".
        advice: remedies by error code, which override the defaults.
    """
    if answer.foreign_page is not None:
        return _intermediary_error(request, answer, purpose)
    body = answer.body if isinstance(answer.body, dict) else {}
    text_of = partial(_printable_line, secrets=answer.secrets)
    why = parse_challenge(answer.headers.get("WWW-Authenticate", ""))
    code = text_of(error_code(answer))
    summary = text_of(body.get("errorSummary") or body.get("error_description") or why.get("error_description"))
    causes = _error_causes(body, answer.secrets)
    error_id = text_of(body.get("errorId"))
    request_id = text_of(answer.headers.get("X-Okta-Request-Id"))
    details = ": ".join(part for part in (" ".join(p for p in (code, summary) if p), "; ".join(causes)) if part)
    ids = ", ".join(f"{name} {value}" for name, value in (("error id", error_id), ("request id", request_id)) if value)
    known = {**_ADVICE, **(advice or {})}
    next_step = (
        _clock_advice(answer, code, summary) or known.get(code or "") or known.get(str(answer.status), "") + _redirect_advice(answer)
    )
    message = f"Couldn't {purpose} ({request.method} {urlsplit(request.url).path}): Okta answered {answer.status}"
    message += f" {details}" if details else ""
    message += f" ({ids})" if ids else ""
    return ApiError(
        f"{message.rstrip('.')}. {next_step}".rstrip(),
        status=answer.status,
        code=code,
        causes=causes,
        error_id=error_id,
        request_id=request_id,
    )


def _error_causes(body: Mapping[str, Any], secrets: tuple[str, ...]) -> tuple[str, ...]:
    found = body.get("errorCauses")
    entries = found if isinstance(found, list) else []
    texts = (_printable_line(entry.get("errorSummary"), secrets) for entry in entries if isinstance(entry, dict))
    return tuple(text for text in texts if text)[:_MAX_CAUSES]


def _printable_line(value: object, secrets: tuple[str, ...]) -> str | None:
    """A text of a server as one line of limited length; secrets that it repeats are masked before it is truncated."""
    if not isinstance(value, str) or not value.strip():
        return None
    for secret in secrets:
        value = value.replace(secret, "********")
    text = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + "…"


def _clock_advice(answer: Answer, code: str | None, summary: str | None) -> str | None:
    """The remedy if a JWT is refused because of its times; else None.

    Okta's texts aren't stable, so a clock that differs much is reported regardless of the text.
    """
    if code not in _TIME_DEPENDENT_CODES:
        return None
    skew = answer.skew or 0.0
    if abs(skew) > _MAX_SKEW:
        return f"Set this machine's clock: it is {_duration(abs(skew))} {'behind' if skew > 0 else 'ahead of'} Okta's."
    if code == "invalid_client" and summary and _TIME_WORDS.search(summary):
        return "Check this machine's clock: Okta validates the issue and expiry times of the client's JWT by its own clock."
    return None


def _duration(seconds: float) -> str:
    """A duration in words."""
    for unit, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def _redirect_advice(answer: Answer) -> str:
    """The remedy for a redirect, with the host of its target only."""
    try:
        host = urlsplit(answer.headers.get("Location", "")).hostname if 300 <= answer.status < 400 else None
    except ValueError:
        host = None
    shown = _printable_line(host, answer.secrets)
    return f" It leads to {shown}: if that is the login page of a proxy, log in there first." if shown else ""


def _intermediary_error(request: Request, answer: Answer, purpose: str) -> NoResponseError:
    """The error for the response of an intermediary, such as a proxy, which isn't a statement about the org."""
    title = _printable_line(answer.foreign_page, answer.secrets)
    page = f", a page with the title {title!r}" if title else ""
    source = f"the proxy {answer.proxy}, or a system behind it," if answer.proxy else "a proxy or firewall between this machine and Okta"
    host = urlsplit(request.url).hostname
    return NoResponseError(
        f"Couldn't {purpose} ({request.method} {urlsplit(request.url).path}): the answer was {answer.status}{page}. It isn't Okta's: it "
        f"lacks Okta's format and request id, so {source} sent it. "
        f"{_INTERMEDIARY_ADVICE.get(answer.status, 'Have it let through calls to')} {host}.",
        maybe_done=answer.status >= 500,
    )


_INTERMEDIARY_ADVICE: Mapping[int, str] = {
    407: "It demands a user name and a password; give them in the proxy's URL, or have it let through calls to",
    429: "It limits the rate of requests; run again later, or have it let through calls to",
    **dict.fromkeys(
        (500, 502, 503, 504), "Run again later: completed steps are preserved. If that doesn't help, have it let through calls to"
    ),
}
