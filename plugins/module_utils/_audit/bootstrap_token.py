# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API tokens that may have onboarded a tenant and are still in use. Okta doesn't show the id of the calling token."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._okta.request_recovery import parse_timestamp

# Seconds for the runs and checks around an onboarding, which use its token too, and for the skew of the clocks.
SETTLING = 3600.0
_WINDOW = re.compile(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,6})S)?)?", re.ASCII)


@dataclass(frozen=True)
class OwnedToken:
    """An API token of the user whose API token onboarded the tenant.

    Args:
        id: its id.
        name: its name.
        created: its time of creation in Okta's format.
        last_used: its last use in epoch seconds; None where that is unknown.
    """

    id: str
    name: str
    created: str
    last_used: float | None


def owned_tokens(raw: Iterable[Mapping[str, Any]], owner: str) -> list[OwnedToken]:
    """The tokens of a user, from Okta's list of API tokens."""
    texts = [{name: value for name, value in one.items() if isinstance(value, str)} for one in raw if one.get("userId") == owner]
    return [OwnedToken(one.get("id", ""), one.get("name", ""), one.get("created", ""), _last_use(one)) for one in texts]


def in_use_since(tokens: Sequence[OwnedToken], created_until: float | None, verified: float | None) -> list[OwnedToken]:
    """The tokens that may have onboarded the tenant and were used well after that.

    Args:
        tokens: those of the owner.
        created_until: when the onboarding had its token, in epoch seconds; younger tokens are excluded.
        verified: when the onboarding was complete, in epoch seconds. Without it, no token is known to be in use since.
    """
    if verified is None:
        return []
    until = verified if created_until is None else created_until
    return [
        token
        for token in tokens
        if (parse_timestamp(token.created) or 0.0) <= until + SETTLING
        and token.last_used is not None
        and token.last_used > verified + SETTLING
    ]


def without_caller(suspects: Sequence[OwnedToken], tokens: Sequence[OwnedToken]) -> list[OwnedToken]:
    """The suspects without the calling token, which is the owner's most recently used one."""
    calling = max(tokens, key=lambda token: token.last_used or 0.0, default=None)
    return [token for token in suspects if token is not calling]


def _last_use(token: Mapping[str, str]) -> float | None:
    """The last use: each use updates a token and extends its expiry to the maximum time between two uses."""
    updated, expires = parse_timestamp(token.get("lastUpdated")), parse_timestamp(token.get("expiresAt"))
    found = _WINDOW.fullmatch(token.get("tokenWindow", ""))
    times = [] if updated is None else [updated]
    if found and any(found.groups()) and expires is not None:
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        times.append(expires - (days * 86400.0 + hours * 3600.0 + minutes * 60.0 + seconds))
    return max(times, default=None)
