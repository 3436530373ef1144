# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboarding with an API service integration: the options of its module, and the stored record.

The hash of the managed secret, which identifies it in Okta, is added where the stored record is available.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .oauth import identity
from .plan import Plan, union
from .record_updates import (
    Current,
    IntegrationFacts,
    integration_identified,
    integration_requested,
    integration_verified,
    request_refused,
    secret_hash_identified,
    secret_requested,
    without,
)
from .verification_reads import verification_endpoints

_PLACEHOLDER_ID = "not-created-in-check-mode"
# The module's names of the changes after which Okta returns a secret.
SECRET_CHANGES = frozenset({"create", "make secret"})


class Integration:
    """The desired state of an API service integration.

    Args:
        plan: the tenant's plan, with the results so far.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._options, self._known = plan.options, plan.known
        self._result: Mapping[str, Any] = plan.result("integration")

    @property
    def client_id(self) -> str:
        """The integration's client id."""
        return str(self._result.get("client_id") or self._known.get("client_id") or _PLACEHOLDER_ID)

    @property
    def is_new(self) -> bool:
        """Whether this run created the integration."""
        return bool(self._result.get("created"))

    @property
    def is_adopting(self) -> bool:
        """Whether unmanaged secrets are retained."""
        return bool(self._options["adopt_existing"] or self._known.get("take_over"))

    @property
    def has_secret(self) -> bool:
        """Whether the record holds a secret."""
        return bool(self._known.get("has_secret"))

    @property
    def is_rotating(self) -> bool:
        """Whether a rotation is under way."""
        return bool(self._known.get("next"))

    @property
    def made_secret(self) -> bool:
        """Whether this run created a secret, or would in check mode."""
        return bool(self._result.get("made_secret"))

    @property
    def refused(self) -> bool:
        """Whether no request was sent to Okta, since an existing integration prevents the creation."""
        return bool(self._result.get("refused"))

    @property
    def scopes(self) -> list[str]:
        """The scopes that the integration must have."""
        scopes = self._options["scopes"] or self.plan.scopes["scopes"]
        return union(scopes, self._options["remediation_scopes"] if self._options["remediation"] else [])

    def converge(self, *, secret_hash: str | None) -> dict[str, Any]:
        """The options of the module.

        Args:
            secret_hash: the hash of the managed secret; None where it is unknown.
        """
        has_id = "client_id" in self._known
        return {
            "id": self._known.get("client_id"),
            "type": self._options["api_service_type"],
            "scopes": self.scopes,
            "requested_at": self._requested_at(),
            "take_over": self._options["adopt_existing"],
            "only_add": self.is_adopting,
            "recreate": has_id,
            "replace": self._options["recreate"],
            "new_secret": has_id and not self.has_secret,
            "secret_hash": secret_hash,
            "exclusive_secrets": bool(self._options["exclusive"] and not self.is_adopting and secret_hash and not self.is_rotating),
            "make_lost_secret": secret_hash is None or "secret_requested_at" in self._known,
        }

    def _requested_at(self) -> str | None:
        if "secret_requested_at" in self._known:
            return str(self._known["secret_requested_at"])
        if self._options["adopt_existing"] and self.has_secret:
            return None  # beside the managed secret, an unmanaged one may be in use, even if it is younger than the first run
        return self._known.get("requested_at")

    def make_secret(self, *, secret_hash: str | None) -> dict[str, Any]:
        """The options of the module where the managed secret was deleted."""
        return {"id": self.client_id, "take_over": self._options["adopt_existing"], "secret_hash": secret_hash}

    def inspect_secrets(self, *, secret_hash: str | None, is_verified: bool) -> dict[str, Any]:
        """The options to find the hash of the managed secret in Okta, and to remove unknown secrets."""
        may_remove = self._options["exclusive"] and is_verified and not self.is_adopting and not self.is_rotating
        return {"id": self.client_id, "inspect": True, "secret_hash": secret_hash, "exclusive_secrets": bool(may_remove and secret_hash)}

    def verification(self) -> dict[str, Any]:
        """The options to verify the stored credentials with an access token."""
        return {"client_id": self.client_id, "scopes": self.scopes, "endpoints": verification_endpoints(self.scopes)}

    # the stored record

    @property
    def stores_intent(self) -> bool:
        """Whether the intent must be stored before the request to Okta."""
        return "requested_at" not in self._known

    def with_intent(self, current: Current, *, now: str) -> dict[str, Any]:
        """The record before an integration is requested from Okta."""
        return integration_requested(current, identity(self.plan), now=now)

    def without_intent(self, current: Current) -> dict[str, Any] | None:
        """The record as it was before the intent; None where there was none."""
        return request_refused(current, identity(self.plan), moved_from=self._known.get("moved_from"))

    def with_secret_intent(self, current: Current, *, now: str) -> dict[str, Any]:
        """The record before a replacement for a deleted secret is requested from Okta."""
        return secret_requested(current, now=now)

    def with_secret(self, current: Current, client_secret: str, secret_hash: str | None, *, now: str) -> dict[str, Any]:
        """The record with the secret that Okta returned."""
        existed = not self.is_new
        intends_to_adopt = bool(self._options["adopt_existing"]) and "client_id" not in self._known
        facts = IntegrationFacts(
            self.client_id,
            client_secret,
            secret_hash,
            self._options["api_service_type"],
            adopting=self.is_adopting and existed,
            adopted=existed and (bool(current.get("adopted")) or intends_to_adopt),
        )
        return integration_identified(current, identity(self.plan), facts, now=now)

    def with_hash(self, current: Current, secret_hash: str) -> dict[str, Any]:
        """The record with the hash of the managed secret in Okta, whether the secret is verified or not."""
        return secret_hash_identified(current, secret_hash=secret_hash)

    def with_verification(self, current: Current, secret_hash: str | None, *, now: str) -> dict[str, Any]:
        """The record after the verification."""
        if self.plan.check and self.made_secret:
            current = without(current, ("proven_at",))  # as the task that creates the secret would leave it
        return integration_verified(current, secret_hash=secret_hash, now=now)
