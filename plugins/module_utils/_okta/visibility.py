# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that Okta leaves empty for a caller who may not see what is in them: such a list must not pass for "there is none".

Two are known (seen in live orgs): the list of users, without any admin role, and the list of apps, for an organization admin.
Whatever else a caller may not list is refused. Neither list is empty in truth: an org has users, and Okta lists apps of its own in each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .._core.errors import StateError
from .._core.spec import Call
from .caller import Caller, read_caller
from .client import OktaClient

_APPS, _USERS = "/api/v1/apps", "/api/v1/users"
# Roles that see all apps (Okta: Standard administrator roles); of others nothing is known but of ORG_ADMIN.
_SEE_APPS = frozenset({"SUPER_ADMIN", "APP_ADMIN", "READ_ONLY_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN"})
_SEES_NONE = frozenset({"ORG_ADMIN"})


@dataclass(frozen=True)
class UnprovenAbsence:
    """Why a list of apps that is empty doesn't show that there is none.

    Args:
        caller: whose credential it is.
    """

    caller: Caller

    @property
    def is_certain(self) -> bool:
        """Whether the caller surely may not see apps. An organization admin may not read its own roles either."""
        return self.caller.roles is None or set(self.caller.roles) <= _SEES_NONE

    def text(self, what: str) -> str:
        """What isn't known, and which role is missing.

        Args:
            what: what was looked for, to follow "whether".
        """
        verb = "is" if self.is_certain else "may be"
        return (
            f"Okta shows the caller no apps, not even those that it lists in every org, so whether {what} isn't known. "
            f"{self.caller.described}: a role that sees all apps {verb} missing. "
            "Use a credential that holds SUPER_ADMIN or APP_ADMIN; READ_ONLY_ADMIN is enough to read."
        )


def shows_nothing(path: str, body: Any) -> bool:
    """Whether an answer is the whole list of users or apps, and empty.

    Args:
        path: what was read, with its query.
        body: the answer.
    """
    parts = urlsplit(path)
    is_whole = all(name == "limit" for name, _value in parse_qsl(parts.query))
    return body == [] and is_whole and parts.path.rstrip("/") in (_APPS, _USERS)


def find_unproven_absence(client: OktaClient, *, has_read: bool = False) -> UnprovenAbsence | None:
    """Find out whether a caller who was listed no app may see apps: in one call, unless none is shown at all; None where it may.

    Args:
        client: calls Okta.
        has_read: the whole list of apps was read already, and was empty.
    """
    if not has_read and client.get(_APPS, "look whether apps are shown", params={"limit": 1}, expect=list):
        return None
    caller = read_caller(client)
    return None if _SEE_APPS & set(caller.roles or ()) else UnprovenAbsence(caller)


def check_no_app(call: Call, client: OktaClient, label: str | None) -> None:
    """Make sure that there is no app where Okta lists none; where that can't be known, a warning says so.

    Raises:
        StateError: the caller may not see apps.
    """
    doubt = None if call.caller_sees_all else find_unproven_absence(client)
    if doubt is None:
        return
    text = doubt.text(f"there is an app labeled {label!r}" if label else "there are service apps")
    if doubt.is_certain:
        raise StateError(f"{text} Nothing was changed.")
    call.warn(text)
