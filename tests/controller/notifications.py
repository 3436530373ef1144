# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notifications that a controller sends about its jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .objects import Object, Objects


class Notifications:
    """The notifications so far, as (notification template, event, name of the job)."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.sent: list[tuple[str, str, str]] = []

    def send(self, kind: str, template: Mapping[str, Any], event: str, job: Object) -> None:
        """Send what is attached to a template and to its organization."""
        sources = [(kind, template["id"]), ("organizations", template.get("organization"))]
        for owner, number in sources:
            attached = self._objects.hanging.get((owner, number, f"notification_templates_{event}"), []) if number else []
            for one in attached:
                self.sent.append((self._objects.get("notification_templates", one)["name"], event, job["name"]))

    def finished(self, kind: str, template: Mapping[str, Any], job: Object) -> None:
        """Report the end of a job."""
        self.send(kind, template, "error" if job["failed"] else "success", job)
