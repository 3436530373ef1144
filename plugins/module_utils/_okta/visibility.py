# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that Okta returns empty to a caller without permission for their entries: they must not be regarded as empty.

Two are known (from live orgs): the list of users, without any admin role, and the list of apps, for an organization admin.
All other lists are refused. Neither list is really empty: an org has users, and Okta lists its own apps in each org.
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
# Roles that see all apps (Okta: Standard administrator roles); of the other roles only ORG_ADMIN is known.
_ROLES_THAT_SEE_APPS = frozenset({"SUPER_ADMIN", "APP_ADMIN", "READ_ONLY_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN"})
_ROLES_THAT_SEE_NO_APPS = frozenset({"ORG_ADMIN"})


@dataclass(frozen=True)
class UncertainAbsence:
    """The reason why an empty list of apps may not be complete.

    Args:
        caller: the calling credential.
    """

    caller: Caller

    @property
    def is_certain(self) -> bool:
        """Whether the caller certainly can't see apps. An organization admin can't read its own roles either."""
        return self.caller.roles is None or set(self.caller.roles) <= _ROLES_THAT_SEE_NO_APPS

    def text(self, what: str) -> str:
        """The message: what is unknown, and which role is missing.

        Args:
            what: the fact that was checked, to follow "whether".
        """
        verb = "is" if self.is_certain else "may be"
        return (
            f"Okta lists no apps for the caller, not even those that exist in every org, so it is unknown whether {what}. "
            f"{self.caller.description}: a role that sees all apps {verb} missing. "
            "Use a credential with SUPER_ADMIN or APP_ADMIN; READ_ONLY_ADMIN is sufficient to read."
        )


def is_empty_list_response(path: str, body: Any) -> bool:
    """Whether a response is the complete list of users or apps, and empty.

    Args:
        path: the path with its query.
        body: the body of the response.
    """
    parts = urlsplit(path)
    is_whole = all(name == "limit" for name, _value in parse_qsl(parts.query))
    return body == [] and is_whole and parts.path.rstrip("/") in (_APPS, _USERS)


def find_uncertain_absence(client: OktaClient, *, has_read: bool = False) -> UncertainAbsence | None:
    """Check whether a caller can see apps, after a list of apps was empty; None if it can.

    Args:
        client: calls Okta.
        has_read: whether the complete list of apps was read already, and was empty.
    """
    if not has_read and client.get(_APPS, "check whether apps are listed", params={"limit": 1}, expect=list):
        return None
    caller = read_caller(client)
    return None if _ROLES_THAT_SEE_APPS & set(caller.roles or ()) else UncertainAbsence(caller)


def check_no_app(call: Call, client: OktaClient, label: str | None) -> None:
    """Check that there is no app if Okta lists none; warn if that is unknown.

    Raises:
        StateError: the caller can't see apps.
    """
    doubt = None if call.caller_sees_all else find_uncertain_absence(client)
    if doubt is None:
        return
    text = doubt.text(f"there is an app labeled {label!r}" if label else "there are service apps")
    if doubt.is_certain:
        raise StateError(f"{text} Nothing was changed.")
    call.warn(text)
