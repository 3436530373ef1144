# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboarding with the API token of a read-only administrator: what each building block is asked for, by what is known so far."""

from __future__ import annotations

from typing import Any

from .oauth import identity
from .plan import Plan
from .transitions import Current, token_taken, user_made

ROLE = "READ_ONLY_ADMIN"
_ENDPOINT = "/api/v1/users?limit=1"


class SuppliedToken:
    """An API token that a person made.

    Args:
        plan: the tenant's plan, with the results so far.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._options = plan.options
        self._made_user = (plan.known.get("made") or {}).get("service_user")

    @property
    def wants_service_user(self) -> bool:
        """Whether the administrator that the token belongs to is looked after."""
        return bool(self._options["service_user"])

    def service_user(self) -> dict[str, Any]:
        """The administrator. One who was there before is used as he is; only one that we made is managed."""
        return {
            "login": self._options["service_user"],
            "first_name": "Rezonate",
            "last_name": "Integration",
            "roles": [ROLE],
            "exclusive": bool(self._made_user) or not self._options["allow_privileged_token"],
            "keep_existing": True,
            "created_id": self._made_user,
        }

    @property
    def made_now(self) -> dict[str, str]:
        """The administrator, where this run made one, as the record calls him."""
        result = self.plan.result("service_user")
        user = result.get("user") or {}
        return {"service_user": str(user["id"])} if result.get("created") and user.get("id") else {}

    def inspection(self) -> dict[str, Any]:
        """A look at the token, and a read with it."""
        return {
            "allow_privileged": self._options["allow_privileged_token"],
            "expected_owner": self._options["service_user"] or self._made_user or "",
            "endpoints": [_ENDPOINT] if self._options["verify"] else [],
        }

    @property
    def instructions(self) -> str:
        """What a person has to do to make a token."""
        user = self._options["service_user"]
        mailed = " (Okta has mailed an activation link)" if self.plan.of_result("service_user", "created") else ""
        who = f"{user}{mailed}" if user else "a user who is read-only administrator and nothing more"
        return (
            f"No read-only API token for {self.plan.tenant} yet. Sign in to {self.plan.org_url} as {who},"
            " open the Admin Console, Security > API > Tokens > Create token."
        )

    # what is stored

    def with_user(self, current: Current) -> dict[str, Any]:
        """The record with the administrator that this run made."""
        return user_made(current, identity(self.plan), self.made_now["service_user"])

    def with_token(self, current: Current, token: str, *, owner: str, now: str) -> dict[str, Any]:
        """The record with the token that a person handed over."""
        return token_taken(current, identity(self.plan), token, owner=owner, verified=bool(self._options["verify"]), now=now)
