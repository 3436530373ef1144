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

from ._errors import ApiError
from ._transport import Answer, Request

_MAX_TEXT = 300  # characters of Okta's text that go into a sentence
_MAX_CAUSES = 10

# What to do next, by Okta's error code, OAuth's error or, at last, the HTTP status.
_ADVICE: Mapping[str, str] = {
    "E0000011": "Check api_token: it is wrong, expired or revoked, or belongs to another org.",
    "E0000006": "The owner of the credential lacks an admin role for this; onboarding needs a super admin.",
    "E0000047": "The org's rate limit is used up; run again later, or lower concurrency.",
    "invalid_client": "Check client_id and private_key: the app must be active in this org and know the public key.",
    "invalid_scope": "Check the scopes: the app holds none of them.",
    "consent_required": "Grant the scopes to the app first.",
    "insufficient_scope": "Grant the app the scope that this needs.",
    "invalid_dpop_proof": "Check this machine's clock: Okta takes a DPoP proof for a few minutes only.",
    "access_denied": "This machine is outside the network zones that the app is limited to: run this from inside.",
    "301": "Okta sent us elsewhere, which isn't followed with a credential: use the org's own URL in org_url.",
    "302": "Okta sent us elsewhere, which isn't followed with a credential: use the org's own URL in org_url.",
    "401": "Check the credential: it is wrong, expired or revoked.",
    "403": "The credential may not do this: check its admin roles and, with OAuth, its scopes.",
    "404": "Check the id and the org_url.",
    "429": "The org's rate limit is used up; run again later, or lower concurrency.",
    "500": "Okta is ill; run again later: what was done is kept.",
    "502": "Okta is ill; run again later: what was done is kept.",
    "503": "Okta is ill; run again later: what was done is kept.",
}


def error_code(answer: Answer) -> Any:
    """What kind of refusal an answer is: Okta's ``errorCode`` or OAuth's ``error``, wherever that is told; as it came."""
    body = answer.body if isinstance(answer.body, dict) else {}
    return body.get("errorCode") or body.get("error") or _challenge(answer).get("error")


def api_error(request: Request, answer: Answer, purpose: str, advice: Mapping[str, str] | None = None) -> ApiError:
    """The error for an answer that isn't a good one.

    Args:
        request: what was sent.
        answer: what came back.
        purpose: what it was for, to follow "couldn't".
        advice: what to do next, by code, where the caller knows better.
    """
    body = answer.body if isinstance(answer.body, dict) else {}
    text_of = partial(_line, secrets=answer.secrets)
    challenge = _challenge(answer)
    code = text_of(error_code(answer))
    summary = text_of(body.get("errorSummary") or body.get("error_description") or challenge.get("error_description"))
    causes = _causes(body, answer.secrets)
    error_id = text_of(body.get("errorId"))
    request_id = text_of(answer.headers.get("X-Okta-Request-Id"))
    said = ": ".join(part for part in (" ".join(p for p in (code, summary) if p), "; ".join(causes)) if part)
    ids = ", ".join(f"{name} {value}" for name, value in (("error id", error_id), ("request id", request_id)) if value)
    known = {**_ADVICE, **(advice or {})}
    next_step = known.get(code or "") or known.get(str(answer.status), "")
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


def _challenge(answer: Answer) -> dict[str, str]:
    """The parameters of ``WWW-Authenticate`` (RFC 6750, 3), where Okta tells why a token was refused."""
    return dict(re.findall(r'(\w+)="([^"]{0,500})"', answer.headers.get("WWW-Authenticate", "")[:4000]))
