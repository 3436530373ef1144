# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an offboarding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .report_changes import CREATED_OBJECTS, record_name, retained_objects
from .report_facts import Facts


def offboarding_report(facts: Facts) -> list[str]:
    """The sentences of the report."""
    records = Removals(facts)
    removed = removals(facts)
    return [
        f"{facts.subject}: {_status(facts)}.",
        *(records.retained() if facts.stored.methods else []),
        *facts.revocation_sentence(),
        *retained_objects(facts),
        *([f"{'Would remove' if facts.check else 'Removed'}: {'; '.join(removed)}."] if removed else []),
    ]


def removals(facts: Facts) -> list[str]:
    """The removed objects, or in check mode those that would be removed, a phrase each."""
    return list(Removals(facts).removals())


def _status(facts: Facts) -> str:
    path = facts.stored.path
    if not facts.stored.methods:
        return f"nothing to remove, since {path} holds no credentials; objects in Okta that are not recorded there are left unchanged"
    would = "would be " if facts.check else ""
    if facts.flag("keep_app"):
        return f"{would}deactivated; everything that was created and {path} are retained"
    return f"{would}offboarded; the credentials in {path} {'would be removed' if facts.check else 'are removed'}"


class Removals:
    """The removals, according to the stored record of all methods.

    Args:
        facts: the facts at the end of the run.
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
        """The ids of the managed keys."""
        ids = (self.oauth.get("key_id"), self.oauth.get("next", {}).get("key_id"), *self.oauth.get("retiring_keys", ()))
        return [name for name in ids if name]

    @property
    def app(self) -> Mapping[str, Any]:
        """The app before the run; empty where there is none."""
        return self.facts.of("found", "app") or {}

    @property
    def is_adopted(self) -> bool:
        """Whether the app existed before onboarding."""
        return bool(self.oauth.get("adopted", self.oauth.get("take_over")))

    @property
    def keeps_app(self) -> bool:
        """Whether the app is only deactivated, and everything is retained."""
        return self.facts.flag("keep_app")

    def retained(self) -> Iterator[str]:
        """The sentences about the objects that remain in Okta, and the backup."""
        is_app_retained = self.is_adopted and bool(self.app)
        if is_app_retained:
            yield f"The app {self.app['id']} existed before onboarding and remains{self._app_outcome()}"
        zone = self.made.get("network_zone")
        if is_app_retained and zone in self.app.get("network_zones", ()) and not self.keeps_app:
            yield f"The network zone {zone} remains, since that app is limited to it."
        if self.integration and not self._manages_integration():
            yield (
                f"The integration {self.integration.get('client_id', '')} existed before onboarding and remains, with the managed secret;"
                " delete that secret in the Admin Console, Applications > API Service Integrations."
            )
        if self.token.get("has_token") and ("service_user" not in self.made or self.keeps_app):
            yield (
                f"The API token of {self.token.get('owner', 'its owner')} was created manually and remains valid;"
                " revoke it in the Admin Console, Security > API > Tokens."
            )
        backup = self.facts.of("removed_record", "backup_file")
        if backup and not self.facts.check:
            yield f"The backup is {backup}."

    def _app_outcome(self) -> str:
        if self.keeps_app:
            return ", unchanged."
        has_others = any(entry.get("kid") not in self.keys for entry in self.app.get("authentication", ()))
        return ", without the managed key." if has_others else ", deactivated, since the managed key is its only key."

    def _manages_integration(self) -> bool:
        return "requested_at" in self.integration and not self.integration.get("adopted")

    def removals(self) -> Iterator[str]:
        """The removed objects, or in check mode those that would be removed, a phrase each."""
        facts = self.facts
        named = f"the app {self.app.get('label')} ({self.app.get('id')})"
        if facts.of("app", "changed"):
            yield named + (" is deactivated" if self.keeps_app else "")
        if facts.of("adopted_app", "changed"):
            yield f"the managed key of {named}"
        if facts.of("integration", "changed"):
            client_id = self.integration.get("client_id") or facts.of("integration", "client_id")
            yield f"the API service integration {client_id or 'created last'}"
        for result, _member, noun, _name in CREATED_OBJECTS:
            if facts.of(result, "changed"):
                yield f"the {noun} {self.made.get(record_name(result))}" + (" (deactivated)" if result == "service_user" else "")
        if facts.of("removed_record", "changed"):
            yield f"the credentials in {facts.stored.path}"
        if facts.of("revoked", "changed"):
            yield "the bootstrap API token"
