# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids and timestamps in Okta's formats."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
import string

_ALPHABET = string.ascii_letters + string.digits


def random_text(length: int) -> str:
    """Return random letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _unused in range(length))


def new_id(prefix: str) -> str:
    """Return an id of 20 characters with Okta's prefix for the kind of object."""
    return prefix + random_text(17)


def new_api_token() -> str:
    """Return an API token: `00` and 40 more characters."""
    return "00" + random_text(40)


_WITH_TARGETS = {"APP_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "HELP_DESK_ADMIN", "USER_ADMIN"}


def role_assignment_id(role_type: str) -> str:
    """Return the id of a standard role's assignment: the same for each assignee if the role can have targets (recorded)."""
    if role_type not in _WITH_TARGETS:
        return new_id("ra1")
    return base64.b32encode(role_type.encode()).decode().rstrip("=")


def timestamp(epoch: float) -> str:
    """Return a time in Okta's format: ISO 8601 with milliseconds and Z. The milliseconds of all recorded objects are 000."""
    return exact_timestamp(float(int(epoch)))


def exact_timestamp(epoch: float) -> str:
    """Return a time with its milliseconds, as in the system log."""
    moment = dt.datetime.fromtimestamp(epoch, dt.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def parse_timestamp(text: str) -> float:
    """Parse an ISO 8601 timestamp; ValueError for other texts."""
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
