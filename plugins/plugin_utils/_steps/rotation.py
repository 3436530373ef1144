# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a rotation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.record_updates import next_key_created, next_secret_created, next_verified
from ...module_utils._tenant.rotation import Credentials, Rotation
from .oauth import public_jwk
from .step import Step, Work, record_time

_KEY = ("key_id", "private_key", "private_jwk")
_UNMANAGED_LEFT = "An unmanaged secret was left on the integration."


class RotationStep(Step):
    """A step of a rotation."""

    @property
    def rotation(self) -> Rotation:
        """The rotation of the plan."""
        return Rotation(self.plan)

    @property
    def credentials(self) -> Credentials:
        """Its credentials in the stored record."""
        return Credentials(self.rotation, self.context.record.current)


class RemainingVerificationStep(RotationStep):
    """Verifies the credential that remains after the rotation."""

    name = "verification"

    def caller_options(self) -> Mapping[str, Any]:
        return self._credential_options(self.credentials.retained)

    def _credential_options(self, credential: Mapping[str, Any]) -> Mapping[str, Any]:
        names = ("private_key", "key_id") if self.rotation.is_oauth else ("client_secret",)
        return {name: credential.get(name) for name in names}

    def options(self) -> Mapping[str, Any]:
        return self.rotation.verification()


class NextVerificationStep(RemainingVerificationStep):
    """Verifies the next credential, and stores that it is verified."""

    name = "next_verification"

    def caller_options(self) -> Mapping[str, Any]:
        return self._credential_options(self.credentials.next)

    def run(self, call: Call, work: Work) -> Outcome:
        would_be_made = call.check_mode and self.plan.changed
        return super().run(call, _skipped_outcome if would_be_made else work)

    def record_result(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        current = self.context.record.current
        return self.save_record(outcome, next_verified({**current, "next": self.credentials.next}, now=record_time()), call)


class NextKeyStep(RotationStep):
    """Generates the next key, or uses the stored one, and stores it before it is registered with Okta."""

    name = "next_key"

    def fill_options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {**self.options(), **given}

    def options(self) -> Mapping[str, Any]:
        return {} if self._is_stored else {"size": self.plan.option("key_size")}

    @property
    def _is_stored(self) -> bool:
        return "private_key" in self.credentials.next

    def run(self, call: Call, work: Work) -> Outcome:
        return super().run(call, self._use_stored_key if self._is_stored else work)

    def _use_stored_key(self, _call: Call) -> Outcome:
        following = self.credentials.next
        return Outcome(values={"key_id": following["key_id"], "public_jwk": public_jwk(following["private_jwk"])})

    def record_result(self, outcome: Outcome, learned: Mapping[str, Any], call: Call) -> Outcome:
        if self._is_stored:
            return self.result(outcome)
        key = {name: learned[name] for name in _KEY}
        return self.save_record(outcome, next_key_created(self.context.record.current, key, now=record_time()), call)


class NextKeyRegistrationStep(RotationStep):
    """Registers the next key with the app, in addition to the one in use."""

    name = "registration"

    def options(self) -> Mapping[str, Any]:
        current = self.context.record.current
        following = self.credentials.next.get("private_jwk") or self.plan.of_result("next_key", "public_jwk")
        return {**self.rotation.app(), "jwks": [public_jwk(jwk) for jwk in (current["private_jwk"], following)]}


class RetireKeyStep(RotationStep):
    """Removes the other keys from the app. The record lists them until that is done."""

    name = "retirement"

    def options(self) -> Mapping[str, Any]:
        credentials = self.credentials
        return {**credentials.retire_key(), "jwks": [public_jwk(credentials.retained["private_jwk"])]}

    def record_result(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        return self.save_record(outcome, self.credentials.retired(), call)


class NextSecretStep(RotationStep):
    """Creates the next client secret, and stores it immediately, since Okta shows it only once."""

    name = "next_secret"

    def options(self) -> Mapping[str, Any]:
        return self.rotation.next_secret(secret_hash=self.context.record.current.get("secret_hash"))

    def record_result(self, outcome: Outcome, learned: Mapping[str, Any], call: Call) -> Outcome:
        made = {name: learned.get(name) or "" for name in ("client_secret", "secret_hash")}  # none in check mode
        return self.save_record(outcome, next_secret_created(self.context.record.current, **made, now=record_time()), call)


class RetireSecretStep(RotationStep):
    """Removes the other client secret from the integration. The record lists it until that is done."""

    name = "retirement"

    def options(self) -> Mapping[str, Any]:
        return self.credentials.retire_secret()

    def run(self, call: Call, work: Work) -> Outcome:
        credentials = self.credentials
        seen = work(replace(call, params={**call.params, **credentials.list_secrets()})).values
        secrets = (seen["integration"] or {}).get("secrets") or []
        left = {"left": _UNMANAGED_LEFT} if credentials.foreign(secrets) else {}
        return super().run(call, work if credentials.removes_secret(secrets) else lambda _call: Outcome(values=left))

    def record_result(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        return self.save_record(outcome, self.credentials.retired(), call)


def _skipped_outcome(_call: Call) -> Outcome:
    return Outcome(values={"skipped": True})
