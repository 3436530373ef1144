# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the members of a team can do: the roles of AWX that are granted to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .kinds import KINDS
from .objects import Objects, RefusedError

_DENIED = {"detail": "You do not have permission to perform this action."}
# The roles that include a right, on the object and on its organization.
_RIGHTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "read": (("admin", "execute", "read", "approval"), ("admin", "execute", "auditor")),
    "execute": (("admin", "execute"), ("admin", "execute")),
    "approve": (("admin", "approval"), ("admin",)),
}
_TEMPLATES = ("job_templates", "workflow_job_templates")
JOBS = ("jobs", "workflow_jobs", "workflow_approvals")


class Access:
    """The rights of teams."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def check(self, team: int, method: str, kind: str, rest: list[str]) -> None:
        """Refuse a request that the members of a team may not make. Lists are filtered instead."""
        if not rest and method == "GET":
            return
        if not rest or kind not in (*_TEMPLATES, *JOBS):
            raise RefusedError(403, _DENIED)
        number, right = int(rest[0]), "read"
        if method != "GET":
            right = {"launch": "execute", "approve": "approve", "deny": "approve"}.get("".join(rest[1:]), "")
        if not right or not self._may(team, right, kind, self._objects.get(kind, number)):
            raise RefusedError(403, _DENIED)

    def readable(self, team: int, kind: str, found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the objects of a list that the members of a team can read."""
        return [one for one in found if kind in (*_TEMPLATES, *JOBS) and self._may(team, "read", kind, one)]

    def _may(self, team: int, right: str, kind: str, value: Mapping[str, Any]) -> bool:
        """Return whether a team has a right on a template; for a job, on its template."""
        if kind == "workflow_approvals":
            return self._may(team, right, "workflow_jobs", self._objects.get("workflow_jobs", value["workflow_job"]))
        if kind in JOBS:
            number = value["unified_job_template"]
            owner = next((one for one in _TEMPLATES if number in self._objects.held.get(one, {})), None)
            return owner is not None and self._may(team, right, owner, self._objects.get(owner, number))
        own, inherited = _RIGHTS[right]
        organization = value.get("organization") or self._organization_of(value)
        return self._has(team, kind, value["id"], own) or (
            organization is not None and self._has(team, "organizations", organization, inherited)
        )

    def _organization_of(self, template: Mapping[str, Any]) -> int | None:
        """Return the organization of a job template, which is that of its project."""
        project = template.get("project")
        found = self._objects.get("projects", project)["organization"] if project else None
        return int(found) if found is not None else None

    def _has(self, team: int, kind: str, number: int, roles: Iterable[str]) -> bool:
        names = KINDS[kind].roles
        granted = (number * 100 + names.index(f"{role}_role") for role in roles if f"{role}_role" in names)
        return any(team in self._objects.hanging.get(("roles", one, "teams"), []) for one in granted)
