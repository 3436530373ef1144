# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboarding with the API token of a read-only administrator: the options of each module, and the stored record."""

from __future__ import annotations

from typing import Any

from .oauth import identity
from .plan import Plan
from .record_updates import Current, service_user_created, token_supplied

ROLE = "READ_ONLY_ADMIN"
_ENDPOINT = "/api/v1/users?limit=1"


class SuppliedToken:
    """An API token that was created manually and supplied.

    Args:
        plan: the tenant's plan, with the results so far.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._options = plan.options
        self._created_user = (plan.known.get("made") or {}).get("service_user")

    @property
    def manages_service_user(self) -> bool:
        """Whether the administrator who owns the token is managed."""
        return bool(self._options["service_user"])

    def service_user(self) -> dict[str, Any]:
        """The options for the administrator. An existing user is used unchanged; only a user that onboarding created is managed."""
        return {
            "login": self._options["service_user"],
            "first_name": "Rezonate",
            "last_name": "Integration",
            "roles": [ROLE],
            "exclusive": bool(self._created_user) or not self._options["allow_privileged_token"],
            "keep_existing": True,
            "created_id": self._created_user,
        }

    @property
    def created_objects(self) -> dict[str, str]:
        """The administrator that this run created, by the name of the record; empty where it created none."""
        result = self.plan.result("service_user")
        user = result.get("user") or {}
        return {"service_user": str(user["id"])} if result.get("created") and user.get("id") else {}

    def inspection(self) -> dict[str, Any]:
        """The options to inspect the token, and to read an endpoint with it."""
        return {
            "allow_privileged": self._options["allow_privileged_token"],
            "expected_owner": self._options["service_user"] or self._created_user or "",
            "endpoints": [_ENDPOINT] if self._options["verify"] else [],
        }

    @property
    def instructions(self) -> str:
        """How to create a token manually."""
        user = self._options["service_user"]
        mailed = " (Okta has mailed an activation link)" if self.plan.of_result("service_user", "created") else ""
        who = f"{user}{mailed}" if user else "a user whose only admin role is Read-only Administrator"
        return (
            f"No read-only API token for {self.plan.tenant} yet. Sign in to {self.plan.org_url} as {who},"
            " open the Admin Console, Security > API > Tokens > Create token."
        )

    # the stored record

    def with_user(self, current: Current) -> dict[str, Any]:
        """The record with the administrator that this run created."""
        return service_user_created(current, identity(self.plan), self.created_objects["service_user"])

    def with_token(self, current: Current, token: str, *, owner: str, now: str) -> dict[str, Any]:
        """The record with the supplied token."""
        return token_supplied(current, identity(self.plan), token, owner=owner, verified=bool(self._options["verify"]), now=now)
