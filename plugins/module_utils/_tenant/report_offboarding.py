# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an offboarding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .report_changes import BESIDE, left, made_name
from .report_facts import Facts


def offboarding(facts: Facts) -> list[str]:
    """The sentences of the report."""
    leaving = Removals(facts)
    removed = removals(facts)
    return [
        f"{facts.subject}: {_status(facts)}.",
        *(leaving.kept() if facts.stored.methods else []),
        *facts.revoked(),
        *left(facts),
        *([f"{'Would remove' if facts.check else 'Removed'}: {'; '.join(removed)}."] if removed else []),
    ]


def removals(facts: Facts) -> list[str]:
    """What was removed, or would be, a phrase each."""
    return list(Removals(facts).removals())


def _status(facts: Facts) -> str:
    path = facts.stored.path
    if not facts.stored.methods:
        return f"nothing to take back, for {path} holds no credentials; what there is in Okta is not known to be ours"
    would = "would be " if facts.check else ""
    if facts.flag("keep_app"):
        return f"{would}switched off; all that was made is kept, and so is {path}"
    return f"{would}offboarded; the credentials in {path} {'would be removed' if facts.check else 'are removed'}"


class Removals:
    """What the stored record says of all methods.

    Args:
        facts: what is known at the end of the run.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.oauth = self._of("oauth")
        self.integration = self._of("api_service_integration")
        self.token = self._of("api_token")
        self.made: dict[str, str] = {}
        for entry in facts.stored.methods.values():
            self.made.update(entry.get("made") or {})

    def _of(self, method: str) -> Mapping[str, Any]:
        return self.facts.stored.methods.get(method, {})

    @property
    def keys(self) -> list[str]:
        """The ids of the keys that are managed."""
        ids = (self.oauth.get("key_id"), self.oauth.get("next", {}).get("key_id"), *self.oauth.get("retiring_keys", ()))
        return [name for name in ids if name]

    @property
    def app(self) -> Mapping[str, Any]:
        """The app as it was; empty where there is none."""
        return self.facts.of("found", "app") or {}

    @property
    def is_adopted(self) -> bool:
        """Whether the app existed before the onboarding."""
        return bool(self.oauth.get("adopted", self.oauth.get("take_over")))

    @property
    def keeps_app(self) -> bool:
        """Whether nothing is to be deleted."""
        return self.facts.flag("keep_app")

    def kept(self) -> Iterator[str]:
        """What remains in Okta, and where the backup is."""
        app_stays = self.is_adopted and bool(self.app)
        if app_stays:
            yield f"The app {self.app['id']} was there before us and stays{self._how()}"
        zone = self.made.get("network_zone")
        if app_stays and zone in self.app.get("network_zones", ()) and not self.keeps_app:
            yield f"The network zone {zone} stays, since that app is limited to it."
        if self.integration and not self._manages_integration():
            yield (
                f"The integration {self.integration.get('client_id', '')} was there before us and stays, our secret with it;"
                " delete that in the Admin Console, Applications > API Service Integrations."
            )
        if self.token.get("has_token") and ("service_user" not in self.made or self.keeps_app):
            yield (
                f"The API token of {self.token.get('owner', 'its owner')} was made by a person and lives on;"
                " revoke it in the Admin Console, Security > API > Tokens."
            )
        backup = self.facts.of("saved_last", "backup_file")
        if backup and not self.facts.check:
            yield f"The backup is {backup}."

    def _how(self) -> str:
        if self.keeps_app:
            return ", as it is."
        has_others = any(entry.get("kid") not in self.keys for entry in self.app.get("authentication", ()))
        return ", without our key." if has_others else ", switched off, since our key is its only one."

    def _manages_integration(self) -> bool:
        return "requested_at" in self.integration and not self.integration.get("adopted")

    def removals(self) -> Iterator[str]:
        """What was removed, or would be, a phrase each."""
        facts = self.facts
        named = f"the app {self.app.get('label')} ({self.app.get('id')})"
        if facts.of("app", "changed"):
            yield named + (" is switched off" if self.keeps_app else "")
        if facts.of("adopted_app", "changed"):
            yield f"our key of {named}"
        if facts.of("integration", "changed"):
            yield f"the API service integration {self.integration.get('client_id') or facts.of('integration', 'client_id') or 'made last'}"
        for result, _member, noun, _name in BESIDE:
            if facts.of(result, "changed"):
                yield f"the {noun} {self.made.get(made_name(result))}" + (" (deactivated)" if result == "service_user" else "")
        if facts.of("saved_last", "changed"):
            yield f"the credentials in {facts.stored.path}"
        if facts.of("revoked", "changed"):
            yield "the bootstrap API token"
