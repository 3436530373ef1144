# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotation: its stage, the steps of each command, the retained credential, and the removed ones.

The record determines the stage: ``next`` is the next credential, verified once it has ``proven_at``; ``retiring`` are the key ids, or
the hashes of secrets, that an interrupted finish still has to remove.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .._core.errors import StateError
from .integration import Integration
from .oauth import OAuth
from .plan import Plan
from .record_updates import Current, next_promoted, rotation_aborted, rotation_finished
from .verification_reads import verification_endpoints

_FOLDER = "rotate"
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_UNITS: Mapping[str, timedelta] = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_CLOCK_TOLERANCE = timedelta(seconds=10)  # how far Okta's clock may lag behind ours
_STAGES: Mapping[str, tuple[str, ...]] = {"finish": ("prepared", "finishing", "taking over"), "abort": ("preparing", "prepared")}
_SCOPES: Mapping[str, tuple[str, ...]] = {"oauth": ("okta.apps.manage",), "api_service_integration": ("okta.oauthIntegrations.manage",)}
# The member that identifies a credential of a method in Okta.
_NAMES: Mapping[str, str] = {"oauth": "key_id", "api_service_integration": "secret_hash"}


def rotation_stage(known: Mapping[str, Any]) -> dict[str, str]:
    """The stage of the rotation, and its start; without a rotation, when the current credentials were verified.

    Args:
        known: the stored record of the method of the run, without secrets.

    Returns:
        ``stage``: ``none``, ``preparing``, ``prepared``, ``finishing`` or ``taking over``; ``since``: empty where that is unknown.
    """
    following: Mapping[str, Any] = known.get("next") or {}
    if following:
        stage = "prepared" if "proven_at" in following else "preparing"
    elif known.get("retiring"):
        stage = "finishing"
    else:
        stage = "taking over" if known.get("take_over") else "none"
    return {"stage": stage, "since": str(following.get("proven_at") or following.get("requested_at") or known.get("proven_at") or "")}


class Rotation:
    """The rotation of a run.

    Args:
        plan: the tenant's plan.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.command = str(plan.option("rotation"))
        self._known = plan.known
        self._next: Mapping[str, Any] = plan.known.get("next") or {}

    @property
    def is_oauth(self) -> bool:
        """Whether a key is rotated, rather than a client secret."""
        return self.plan.method == "oauth"

    @property
    def stage(self) -> str:
        """The stage of the rotation before the run."""
        return rotation_stage(self._known)["stage"]

    def check_record(self) -> None:
        """Refuse a command that the record doesn't allow.

        Raises:
            StateError: the record doesn't allow it.
        """
        if self.command == "status":
            return
        path = self.plan.store["path"]
        if not self.plan.is_verified:
            raise StateError(
                f"There is nothing to rotate for {self.plan.tenant}: {path} holds no verified credentials; onboard the tenant first."
            )
        if self.plan.method == "api_token":
            raise StateError(
                f"rezonate_rotation {self.command} cannot be used with rezonate_method api_token: create another token in the Admin"
                " Console, and onboard with it."
            )
        if not self.is_oauth and not self._known.get("has_secret_hash") and self.stage not in ("prepared", "finishing"):
            raise StateError(
                f"Nothing was changed: {path} does not record which secret of the integration is managed; onboard the tenant again,"
                " then rotate."
            )

    def is_within_max_age(self, now: str) -> bool:
        """Whether the current credential isn't older than rezonate_rotation_max_age. The age doesn't stop a rotation that has begun.

        Args:
            now: the time.
        """
        max_age = str(self.plan.option("rotation_max_age"))
        if not max_age or self._next:
            return False
        return _time(now) - _time(self._known["proven_at"]) <= int(max_age[:-1]) * _UNITS[max_age[-1]]

    def has_work(self, now: str) -> bool:
        """Whether the command has something to do at this stage, so that Okta is called.

        Args:
            now: the time.
        """
        if self.command == "status":
            return False
        return not self.is_within_max_age(now) if self.command == "prepare" else self.stage in _STAGES[self.command]

    @property
    def is_repeated(self) -> bool:
        """Whether the next credential is already prepared, so that there is work only if it was removed from Okta."""
        return self.command == "prepare" and self.stage == "prepared"

    @property
    def steps(self) -> list[str]:
        """The task files, in order."""
        return [f"{_FOLDER}/{name}" for name in (self._preparing if self.command == "prepare" else self._retiring)]

    @property
    def _preparing(self) -> list[str]:
        has_secret = not self.is_oauth and bool(self._next.get("has_secret"))
        return [*([] if has_secret else ["next_key" if self.is_oauth else "next_secret"]), "verify_next"]

    @property
    def _retiring(self) -> list[str]:
        promotes = self.command == "finish" and bool(self._next)
        return [*(["promote"] if promotes else []), "retire_key" if self.is_oauth else "retire_secret"]

    @property
    def bootstrap_scopes(self) -> tuple[str, ...]:
        """The scopes that an OAuth client needs for the steps."""
        return _SCOPES[self.plan.method]

    @property
    def removes_all_others(self) -> bool:
        """Whether a finish removes all other credentials, unmanaged ones included."""
        return self.command == "finish" and bool(self.plan.option("exclusive") or self._known.get("take_over"))

    # options of the modules without keys and hashes

    def check_app(self, apps: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """The app whose key is rotated.

        Args:
            apps: the apps that Okta has with its id.

        Raises:
            StateError: it no longer exists, or is deactivated.
        """
        if not apps or apps[0]["status"] != "ACTIVE":
            raise StateError(
                f"The app {self._known['application_id']} {'is deactivated' if apps else 'no longer exists'},"
                " so its key cannot be rotated; nothing was changed. Onboard the tenant again, then rotate."
            )
        return apps[0]

    @property
    def client_id(self) -> str:
        """The client id of the app or the integration."""
        return OAuth(self.plan).client_id if self.is_oauth else Integration(self.plan).client_id

    def verification(self) -> dict[str, Any]:
        """The options to verify a credential with an access token."""
        scopes = OAuth(self.plan).scopes_to_verify if self.is_oauth else Integration(self.plan).scopes
        dpop = bool(self._known.get("dpop"))
        return {"client_id": self.client_id, "dpop": dpop, "scopes": scopes, "endpoints": verification_endpoints(scopes)}

    def app(self) -> dict[str, Any]:
        """The options for the app with both keys."""
        return {"id": self._known["application_id"]}

    def next_secret(self, *, secret_hash: str | None) -> dict[str, Any]:
        """The options to create the next secret.

        Args:
            secret_hash: the hash of the current secret.
        """
        # only the time of an earlier run: an unknown secret that was created since then belongs to that run
        return {
            "id": self._known["client_id"],
            "new_secret": True,
            "secret_hash": secret_hash,
            "requested_at": self._next.get("requested_at"),
        }


@dataclass(frozen=True)
class Credentials:
    """The credentials of a rotation, keys and secrets included.

    Args:
        rotation: the rotation.
        current: the current stored record.
    """

    rotation: Rotation
    current: Current = field(repr=False)

    @property
    def next(self) -> Mapping[str, Any]:
        """The next credential; empty where there is none, or it has become the current one."""
        return self.current.get("next") or {}

    @property
    def retained(self) -> Mapping[str, Any]:
        """The credential that is retained."""
        return self.next if self.rotation.command == "finish" and self.next else self.current

    @property
    def retired_ids(self) -> list[str]:
        """The key ids, or the hashes of secrets, that are removed."""
        name = _NAMES[self.rotation.plan.method]
        if self.rotation.command == "abort":
            return [self.next[name]] if self.next.get(name) else []
        replaced = [self.current[name]] if self.next and self.current.get(name) else []
        return [*self.current.get("retiring", ()), *replaced]

    def retire_key(self) -> dict[str, Any]:
        """The options to remove keys from the app."""
        return {**self.rotation.app(), "absent_keys": self.retired_ids, "exclusive_keys": self.rotation.removes_all_others}

    def retire_secret(self) -> dict[str, Any]:
        """The options to remove all secrets but the retained one."""
        return {**self._integration(), "secret_hash": self.retained.get("secret_hash"), "exclusive_secrets": True}

    def list_secrets(self) -> dict[str, Any]:
        """The options to list the secrets of the integration."""
        return {**self._integration(), "inspect": True, "secret_hash": None, "exclusive_secrets": False}

    def _integration(self) -> dict[str, Any]:
        return {"id": self.current["client_id"]}

    def foreign(self, secrets: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The unmanaged secrets of the integration, which are retained.

        A secret whose hash an interrupted run didn't store is identified by its age.
        """
        if self.rotation.removes_all_others:
            return []
        return [one for one in self._others(secrets) if one["secret_hash"] not in self.retired_ids and not self._is_of_aborted_prepare(one)]

    def removes_secret(self, secrets: Sequence[Mapping[str, Any]]) -> bool:
        """Whether there is a secret to remove. Okta has two secrets at most, so beside an unmanaged one there is none."""
        return bool(self._others(secrets)) and not self.foreign(secrets)

    def _others(self, secrets: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [one for one in secrets if one["secret_hash"] != self.retained.get("secret_hash")]

    def _is_of_aborted_prepare(self, secret: Mapping[str, Any]) -> bool:
        """Whether the aborted prepare may have created the secret."""
        requested_at = self.next.get("requested_at")
        if self.rotation.command != "abort" or not requested_at:
            return False
        since = _time(requested_at) - _CLOCK_TOLERANCE
        return str(secret["created"] or "") >= since.strftime(_TIME[:-1])

    # the stored record

    def promoted(self) -> dict[str, Any]:
        """The record with the next credential as the current one."""
        return next_promoted(self.current, retiring=self.retired_ids)

    def retired(self) -> dict[str, Any]:
        """The record after the other credentials are removed from Okta."""
        if self.rotation.command == "abort":
            return rotation_aborted(self.current)
        return rotation_finished(self.promoted() if self.next else self.current)


def _time(text: str) -> datetime:
    return datetime.strptime(text, _TIME)  # noqa: DTZ007 - compared with times of the same form
