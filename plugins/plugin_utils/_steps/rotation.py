# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a rotation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.rotation import Credentials, Rotation
from ...module_utils._tenant.transitions import next_key_made, next_secret_made, next_verified
from .oauth import public_jwk
from .step import Step, Work, now

_KEY = ("key_id", "private_key", "private_jwk")
_LEFT = "A secret that is not ours was left on the integration."


class RotationStep(Step):
    """A step of a rotation."""

    @property
    def rotation(self) -> Rotation:
        """The rotation, by the plan."""
        return Rotation(self.plan)

    @property
    def credentials(self) -> Credentials:
        """Its credentials, by the stored record."""
        return Credentials(self.rotation, self.context.record.current)


class StayingVerificationStep(RotationStep):
    """Shows that the credential that stays works."""

    name = "verification"

    def caller(self) -> Mapping[str, Any]:
        return self._secrets(self.credentials.staying)

    def _secrets(self, credential: Mapping[str, Any]) -> Mapping[str, Any]:
        names = ("private_key", "key_id") if self.rotation.is_oauth else ("client_secret",)
        return {name: credential.get(name) for name in names}

    def options(self) -> Mapping[str, Any]:
        return self.rotation.verification()


class NextVerificationStep(StayingVerificationStep):
    """Shows that the next credential works, and stores that it does."""

    name = "next_verification"

    def caller(self) -> Mapping[str, Any]:
        return self._secrets(self.credentials.next)

    def run(self, call: Call, work: Work) -> Outcome:
        would_be_made = call.check_mode and self.plan.changed
        return super().run(call, _skip if would_be_made else work)

    def kept(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        current = self.context.record.current
        return self.stored(outcome, next_verified({**current, "next": self.credentials.next}, now=now()), call)


class NextKeyStep(RotationStep):
    """Makes the next key, or takes the one that is stored, and stores it before Okta hears of it."""

    name = "next_key"

    def filled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {**self.options(), **given}

    def options(self) -> Mapping[str, Any]:
        return {} if self._is_stored else {"size": self.plan.option("key_size")}

    @property
    def _is_stored(self) -> bool:
        return "private_key" in self.credentials.next

    def run(self, call: Call, work: Work) -> Outcome:
        return super().run(call, self._take if self._is_stored else work)

    def _take(self, _call: Call) -> Outcome:
        following = self.credentials.next
        return Outcome(values={"key_id": following["key_id"], "public_jwk": public_jwk(following["private_jwk"])})

    def kept(self, outcome: Outcome, learned: Mapping[str, Any], call: Call) -> Outcome:
        if self._is_stored:
            return self.told(outcome)
        key = {name: learned[name] for name in _KEY}
        return self.stored(outcome, next_key_made(self.context.record.current, key, now=now()), call)


class NextKeyRegistrationStep(RotationStep):
    """Registers the next key with the app, beside the one in use."""

    name = "registration"

    def options(self) -> Mapping[str, Any]:
        current = self.context.record.current
        following = self.credentials.next.get("private_jwk") or self.plan.of_result("next_key", "public_jwk")
        return {**self.rotation.app(), "jwks": [public_jwk(jwk) for jwk in (current["private_jwk"], following)]}


class RetireKeyStep(RotationStep):
    """Removes the other keys from the app. The record names them until it is done."""

    name = "retirement"

    def options(self) -> Mapping[str, Any]:
        credentials = self.credentials
        return {**credentials.retire_key(), "jwks": [public_jwk(credentials.staying["private_jwk"])]}

    def kept(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        return self.stored(outcome, self.credentials.retired(), call)


class NextSecretStep(RotationStep):
    """Makes the next client secret, and stores it at once: Okta shows it once."""

    name = "next_secret"

    def options(self) -> Mapping[str, Any]:
        return self.rotation.next_secret(secret_hash=self.context.record.current.get("secret_hash"))

    def kept(self, outcome: Outcome, learned: Mapping[str, Any], call: Call) -> Outcome:
        made = {name: learned.get(name) or "" for name in ("client_secret", "secret_hash")}  # none in check mode
        return self.stored(outcome, next_secret_made(self.context.record.current, **made, now=now()), call)


class RetireSecretStep(RotationStep):
    """Removes the other client secret from the integration. The record names it until it is done."""

    name = "retirement"

    def options(self) -> Mapping[str, Any]:
        return self.credentials.retire_secret()

    def run(self, call: Call, work: Work) -> Outcome:
        credentials = self.credentials
        seen = work(replace(call, params={**call.params, **credentials.list_secrets()})).values
        secrets = (seen["integration"] or {}).get("secrets") or []
        left = {"left": _LEFT} if credentials.foreign(secrets) else {}
        return super().run(call, work if credentials.removes_secret(secrets) else lambda _call: Outcome(values=left))

    def kept(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        return self.stored(outcome, self.credentials.retired(), call)


def _skip(_call: Call) -> Outcome:
    return Outcome(values={"skipped": True})
