# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rate limits: fixed windows per tenant and group of endpoints, with a share of each for an API token or an app."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from .errors import error_body
from .http import Reply
from .options import Options


@dataclass
class Window:
    """The remaining calls of a group of endpoints, and the end of the window."""

    limit: int
    left: int
    reset: float
    # The remaining calls of each API token and app.
    shares: dict[str, int] = field(default_factory=dict)

    def share(self, limit: int, principal: str) -> Window:
        """Count a call of an API token or app against its share; return the values for its headers."""
        self.shares[principal] = self.shares.get(principal, limit) - 1
        return Window(limit, min(self.shares[principal], self.left), self.reset)

    def headers(self) -> dict[str, str]:
        """Return the three headers of every response."""
        return rate_headers(self.limit, max(self.left, 0), self.reset)


class RateLimits:
    """The rate limit windows of a tenant."""

    def __init__(self) -> None:
        self._windows: dict[str, Window] = {}

    def take(self, bucket: str, options: Options, now: float, principal: str = "") -> tuple[Window, bool]:
        """Count a call, also for an API token or an app; the second returned value is whether it is within the limits.

        An API token or an app can use half of a bucket by default (Okta: Token and OAuth 2.0 app rate limits). The headers report
        this half: the limits of recorded calls are half of those that Okta publishes for a free org.
        """
        bucket, limit = _resolve(bucket, options)
        window = self._windows.get(bucket)
        if window is None or window.reset <= now or window.limit != limit:
            window = self._windows[bucket] = Window(limit, limit, now + options.rate_window)
        window.left -= 1
        if principal:
            window = window.share(max(1, int(limit * options.principal_share)), principal)
        return window, window.left >= 0

    def clear(self) -> None:
        """Reset all windows."""
        self._windows.clear()


def _resolve(bucket: str, options: Options) -> tuple[str, int]:
    """Return the group whose limit a group shares."""
    limits = options.rate_limits
    if bucket not in limits and "." in bucket:
        bucket = bucket.partition(".")[0] if bucket.partition(".")[0] in limits else bucket
    limit = limits.get(bucket, options.default_rate_limit)
    if isinstance(limit, str):
        return _resolve(limit, options)
    return bucket, limit


def rate_headers(limit: int, remaining: int, reset: float) -> dict[str, str]:
    """Build the rate limit headers."""
    return {
        "X-Rate-Limit-Limit": str(limit),
        "X-Rate-Limit-Remaining": str(remaining),
        "X-Rate-Limit-Reset": str(math.ceil(reset)),
    }


def too_many(headers: dict[str, str]) -> Reply:
    """Build the response over the limit; Okta sends no Retry-After."""
    body = error_body("E0000047", "API call exceeded rate limit due to too many requests.")
    return Reply(429, body, headers)
