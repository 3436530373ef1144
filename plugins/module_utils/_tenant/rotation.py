# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotation: how far it is, what is to be done next, which credential stays, and which are removed.

Its stage is what the record holds: ``next`` is the next credential, verified once it has ``proven_at``; ``retiring`` are the key ids, or
the hashes of secrets, that a finish which was interrupted has still to remove.
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
from .proofs import endpoints
from .transitions import Current, aborted, promoted, retired

_FOLDER = "rotate"
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_UNITS: Mapping[str, timedelta] = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_OKTAS_CLOCK = timedelta(seconds=10)  # may be as much behind ours
_STAGES: Mapping[str, tuple[str, ...]] = {"finish": ("prepared", "finishing", "taking over"), "abort": ("preparing", "prepared")}
_SCOPES: Mapping[str, tuple[str, ...]] = {"oauth": ("okta.apps.manage",), "api_service_integration": ("okta.oauthIntegrations.manage",)}
# By what Okta tells a credential of a method from others.
_NAMES: Mapping[str, str] = {"oauth": "key_id", "api_service_integration": "secret_hash"}


def rotation(known: Mapping[str, Any]) -> dict[str, str]:
    """The stage of the rotation, and since when; without a rotation, when the credentials in use were verified.

    Args:
        known: the stored record of the method that counts, without secrets.

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
    """The rotation that a run is asked for.

    Args:
        plan: the tenant's plan.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.asked = str(plan.option("rotation"))
        self._known = plan.known
        self._next: Mapping[str, Any] = plan.known.get("next") or {}

    @property
    def is_oauth(self) -> bool:
        """Whether it is a key that is rotated, and not a client secret."""
        return self.plan.method == "oauth"

    @property
    def stage(self) -> str:
        """How far the rotation was when the run began."""
        return rotation(self._known)["stage"]

    def check(self) -> None:
        """Refuse what the record doesn't allow.

        Raises:
            StateError: it doesn't.
        """
        if self.asked == "status":
            return
        path = self.plan.store["path"]
        if not self.plan.is_verified:
            raise StateError(
                f"There is nothing to rotate for {self.plan.tenant}: {path} holds no proven credentials; onboard the tenant first."
            )
        if self.plan.method == "api_token":
            raise StateError(
                f"rezonate_rotation {self.asked} can not be had with method api_token: make another token in the Admin Console,"
                " and onboard with it."
            )
        if not self.is_oauth and not self._known.get("has_secret_hash") and self.stage not in ("prepared", "finishing"):
            raise StateError(
                f"Nothing was changed: {path} does not tell which secret of the integration is ours; onboard the tenant once more,"
                " then rotate."
            )

    def is_young(self, now: str) -> bool:
        """Whether the credential in use isn't older than rezonate_rotation_max_age. A rotation that has begun goes on, whatever its age.

        Args:
            now: the time.
        """
        longest = str(self.plan.option("rotation_max_age"))
        if not longest or self._next:
            return False
        return _time(now) - _time(self._known["proven_at"]) <= int(longest[:-1]) * _UNITS[longest[-1]]

    def has_work(self, now: str) -> bool:
        """Whether Okta has to be asked, for there is something to do at this stage.

        Args:
            now: the time.
        """
        if self.asked == "status":
            return False
        return not self.is_young(now) if self.asked == "prepare" else self.stage in _STAGES[self.asked]

    @property
    def is_repeated(self) -> bool:
        """Whether the next credential is prepared already, so that there is only something to do if somebody has removed it."""
        return self.asked == "prepare" and self.stage == "prepared"

    @property
    def steps(self) -> list[str]:
        """The files of tasks, in their order."""
        return [f"{_FOLDER}/{name}" for name in (self._preparing if self.asked == "prepare" else self._retiring)]

    @property
    def _preparing(self) -> list[str]:
        has_secret = not self.is_oauth and bool(self._next.get("has_secret"))
        return [*([] if has_secret else ["next_key" if self.is_oauth else "next_secret"]), "verify_next"]

    @property
    def _retiring(self) -> list[str]:
        promotes = self.asked == "finish" and bool(self._next)
        return [*(["promote"] if promotes else []), "retire_key" if self.is_oauth else "retire_secret"]

    @property
    def bootstrap_scopes(self) -> tuple[str, ...]:
        """The scopes that an OAuth client needs to take the steps."""
        return _SCOPES[self.plan.method]

    @property
    def removes_all_others(self) -> bool:
        """Whether a finish leaves no other credential than ours, whoever made it."""
        return self.asked == "finish" and bool(self.plan.option("exclusive") or self._known.get("take_over"))

    # what the building blocks are asked for, but for keys and hashes

    def check_app(self, apps: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """The app whose key is rotated.

        Args:
            apps: what Okta has under its id.

        Raises:
            StateError: it no longer exists, or is switched off.
        """
        if not apps or apps[0]["status"] != "ACTIVE":
            raise StateError(
                f"The app {self._known['application_id']} is {'switched off' if apps else 'gone'},"
                " so its key can't be rotated; nothing was changed. Onboard the tenant once more, then rotate."
            )
        return apps[0]

    @property
    def client_id(self) -> str:
        """The client id of the app or the integration."""
        return OAuth(self.plan).client_id if self.is_oauth else Integration(self.plan).client_id

    def verification(self) -> dict[str, Any]:
        """The access token that shows that a credential works."""
        scopes = OAuth(self.plan).scopes_to_verify if self.is_oauth else Integration(self.plan).scopes
        dpop = bool(self._known.get("dpop"))
        return {"client_id": self.client_id, "dpop": dpop, "scopes": scopes, "endpoints": endpoints(scopes)}

    def app(self) -> dict[str, Any]:
        """The app with both keys."""
        return {"id": self._known["application_id"]}

    def next_secret(self, *, secret_hash: str | None) -> dict[str, Any]:
        """The next secret.

        Args:
            secret_hash: the hash of the secret in use.
        """
        # only the time of an earlier run: what was made since then, and is unknown, was lost
        return {
            "id": self._known["client_id"],
            "new_secret": True,
            "secret_hash": secret_hash,
            "requested_at": self._next.get("requested_at"),
        }


@dataclass(frozen=True)
class Credentials:
    """The credentials of a rotation, keys and secrets among them.

    Args:
        rotation: the rotation.
        current: the stored record, as it is now.
    """

    rotation: Rotation
    current: Current = field(repr=False)

    @property
    def next(self) -> Mapping[str, Any]:
        """The next credential; empty where there is none, or it is the current one by now."""
        return self.current.get("next") or {}

    @property
    def staying(self) -> Mapping[str, Any]:
        """The credential that stays."""
        return self.next if self.rotation.asked == "finish" and self.next else self.current

    @property
    def going(self) -> list[str]:
        """The key ids, or the hashes of secrets, that are removed."""
        name = _NAMES[self.rotation.plan.method]
        if self.rotation.asked == "abort":
            return [self.next[name]] if self.next.get(name) else []
        replaced = [self.current[name]] if self.next and self.current.get(name) else []
        return [*self.current.get("retiring", ()), *replaced]

    def retire_key(self) -> dict[str, Any]:
        """The app without the keys that are removed."""
        return {**self.rotation.app(), "absent_keys": self.going, "exclusive_keys": self.rotation.removes_all_others}

    def retire_secret(self) -> dict[str, Any]:
        """The integration with the secret that stays, and no other."""
        return {**self._integration(), "secret_hash": self.staying.get("secret_hash"), "exclusive_secrets": True}

    def list_secrets(self) -> dict[str, Any]:
        """The integration, with its secrets."""
        return {**self._integration(), "inspect": True, "secret_hash": None, "exclusive_secrets": False}

    def _integration(self) -> dict[str, Any]:
        return {"id": self.current["client_id"]}

    def foreign(self, secrets: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The secrets that nobody asked to remove, of those that the integration has.

        A secret whose hash an interrupted run didn't learn is known by its age.
        """
        if self.rotation.removes_all_others:
            return []
        return [one for one in self._others(secrets) if one["secret_hash"] not in self.going and not self._is_lost(one)]

    def removes_secret(self, secrets: Sequence[Mapping[str, Any]]) -> bool:
        """Whether there is a secret to remove. Okta holds two of them at most: a foreign one is all that there is beside ours."""
        return bool(self._others(secrets)) and not self.foreign(secrets)

    def _others(self, secrets: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [one for one in secrets if one["secret_hash"] != self.staying.get("secret_hash")]

    def _is_lost(self, secret: Mapping[str, Any]) -> bool:
        """Whether a prepare that is aborted may have made it."""
        requested_at = self.next.get("requested_at")
        if self.rotation.asked != "abort" or not requested_at:
            return False
        since = _time(requested_at) - _OKTAS_CLOCK
        return str(secret["created"] or "") >= since.strftime(_TIME[:-1])

    # what is stored

    def promoted(self) -> dict[str, Any]:
        """The record with the next credential as the current one."""
        return promoted(self.current, retiring=self.going)

    def retired(self) -> dict[str, Any]:
        """The record once the others are removed from Okta."""
        if self.rotation.asked == "abort":
            return aborted(self.current)
        return retired(self.promoted() if self.next else self.current)


def _time(text: str) -> datetime:
    return datetime.strptime(text, _TIME)  # noqa: DTZ007 - compared with times of the same form
