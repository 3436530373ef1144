# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which API token may be the one that onboarded a tenant, and is in use since. Okta names the calling token to nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._okta.request_recovery import epoch

# The runs and checks around an onboarding use its token too, and Okta's clock isn't ours.
SETTLING = 3600.0
_WINDOW = re.compile(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,6})S)?)?", re.ASCII)


@dataclass(frozen=True)
class OwnedToken:
    """An API token of the user whose API token onboarded the tenant.

    Args:
        id: its id.
        name: its name.
        created: when it was made, as Okta says it.
        used: when it was used last, in epoch seconds; None where that can't be told.
    """

    id: str
    name: str
    created: str
    used: float | None


def owned_tokens(raw: Iterable[Mapping[str, Any]], owner: str) -> list[OwnedToken]:
    """The tokens of a user, from Okta's list of API tokens."""
    texts = [{name: value for name, value in one.items() if isinstance(value, str)} for one in raw if one.get("userId") == owner]
    return [OwnedToken(one.get("id", ""), one.get("name", ""), one.get("created", ""), _last_use(one)) for one in texts]


def in_use_since(tokens: Sequence[OwnedToken], created_until: float | None, proven: float | None) -> list[OwnedToken]:
    """The tokens that may have onboarded the tenant and were used long after that.

    Args:
        tokens: those of the owner.
        created_until: when the onboarding had its token, in epoch seconds; none that is younger was it.
        proven: when the onboarding was over, in epoch seconds. Without it nothing can be told.
    """
    if proven is None:
        return []
    until = proven if created_until is None else created_until
    return [
        token
        for token in tokens
        if (epoch(token.created) or 0.0) <= until + SETTLING and token.used is not None and token.used > proven + SETTLING
    ]


def without_caller(suspects: Sequence[OwnedToken], tokens: Sequence[OwnedToken]) -> list[OwnedToken]:
    """The suspects without the token that calls: of its owner's tokens it is the one that was used last."""
    calling = max(tokens, key=lambda token: token.used or 0.0, default=None)
    return [token for token in suspects if token is not calling]


def _last_use(token: Mapping[str, str]) -> float | None:
    """Each use updates a token and moves its expiry by the window that Okta allows between two uses."""
    updated, expires = epoch(token.get("lastUpdated")), epoch(token.get("expiresAt"))
    found = _WINDOW.fullmatch(token.get("tokenWindow", ""))
    times = [] if updated is None else [updated]
    if found and any(found.groups()) and expires is not None:
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        times.append(expires - (days * 86400.0 + hours * 3600.0 + minutes * 60.0 + seconds))
    return max(times, default=None)
