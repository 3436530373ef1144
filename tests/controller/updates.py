# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects and inventory sources: their updates, and what the project's repository contains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# A change of one of these starts an update.
_TRIGGERS = ("scm_type", "scm_url", "scm_branch", "scm_refspec")


@dataclass
class Repository:
    """The repository of all projects. Tests change it as a release would.

    Args:
        playbooks: the playbooks that it contains.
        hosts: the hosts of its inventory.
        failure: the output of a failing update, for example of `ansible-galaxy`; empty if updates succeed.
        revision: its commit.
    """

    playbooks: set[str]
    hosts: list[str] = field(default_factory=list)
    failure: str = ""
    revision: str = "0c4f1d"


class Updates:
    """The updates of projects and inventory sources, and the content that the controller knows from successful ones."""

    def __init__(self, playbooks: Iterable[str]) -> None:
        self.repository = Repository(set(playbooks))
        self._last = 90000
        self._playbooks: dict[int, frozenset[str]] = {}
        self.revisions: dict[int, str] = {}
        self.hosts: dict[int, list[str]] = {}
        self.records: dict[str, dict[int, dict[str, Any]]] = {"project_updates": {}, "inventory_updates": {}}

    def playbooks(self, project: int) -> frozenset[str]:
        """Return the playbooks of the last successful update; none before the first."""
        return self._playbooks.get(project, frozenset())

    def current(self, project: int) -> int | None:
        """Return the id of an unfinished update of a project."""
        pending = (one for one in self.records["project_updates"].values() if one["project"] == project and not one["finished"])
        return next((one["id"] for one in pending), None)

    def changed(self, project: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        """Start an update of a new project, or of one whose source is changed."""
        if project.get("scm_type") and any(name in given for name in _TRIGGERS):
            self.start(project)

    def start(self, project: Mapping[str, Any]) -> dict[str, Any]:
        """Start an update of a project. It finishes when its status is read."""
        return self._record("project_updates", name=project.get("name", ""), project=project["id"], status="running")

    def read(self, kind: str, number: int) -> dict[str, Any] | None:
        """Return an update, after it is finished."""
        found = self.records[kind].get(number)
        if found and not found["finished"]:
            self._finish(found)
        return found

    def sync_project(self, project: Mapping[str, Any]) -> dict[str, Any]:
        """Update a project and wait."""
        current = self.current(project["id"])
        update = self.records["project_updates"][current] if current else self.start(project)
        self._finish(update)
        return update

    def sync_inventory(self, source: Mapping[str, Any], project: Mapping[str, Any] | None) -> dict[str, Any]:
        """Update an inventory from its source and wait; the source's project is updated first."""
        update = self._record("inventory_updates", name=source.get("name", ""), inventory_source=source["id"], status="running")
        before = self.sync_project(project) if project and project.get("scm_update_on_launch") else {"failed": False}
        if before["failed"]:
            explanation = previous(before)
            update.update(status="failed", failed=True, job_explanation=explanation, output=explanation)
        else:
            self.hosts[source["inventory"]] = list(self.repository.hosts)
            update.update(status="successful")
        update["finished"] = _FINISHED
        return update

    def _record(self, kind: str, **fields: Any) -> dict[str, Any]:
        self._last = number = self._last + 1
        blank = {"failed": False, "finished": None, "job_explanation": "", "output": "", "scm_revision": ""}
        self.records[kind][number] = {**blank, **fields, "id": number, "type": kind.removesuffix("s")}
        return self.records[kind][number]

    def _finish(self, update: dict[str, Any]) -> None:
        update["finished"] = _FINISHED
        if self.repository.failure:
            update.update(status="failed", failed=True, output=self.repository.failure)
            return
        update.update(status="successful", scm_revision=self.repository.revision)
        self._playbooks[update["project"]] = frozenset(self.repository.playbooks)
        self.revisions[update["project"]] = self.repository.revision


_FINISHED = "2026-01-01T02:00:00Z"


def previous(update: Mapping[str, Any]) -> str:
    """Explain that a job failed since the update before it did."""
    return f'Previous Task Failed: {{"job_type": "{update["type"]}", "job_name": "{update["name"]}", "job_id": "{update["id"]}"}}'
