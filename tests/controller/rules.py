# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of AWX for the fields of single kinds, as (field, error)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

Problem = tuple[str, str]

# Where AWX puts errors that belong to no field.
WHOLE = "__all__"
_NOT_NEGATIVE = ("forks", "job_slice_count", "max_hosts", "scm_update_cache_timeout", "update_cache_timeout")
_REQUIRED = {"teams": ("organization",)}
_NOTIFICATIONS: Mapping[str, Mapping[str, type]] = {
    "email": {
        "host": str,
        "port": int,
        "username": str,
        "password": str,
        "use_tls": bool,
        "use_ssl": bool,
        "sender": str,
        "recipients": list,
    },
    "slack": {"token": str, "channels": list},
    "webhook": {"url": str, "headers": dict},
}
# The grammar of references to images: [domain/]path[:tag][@digest].
_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d+)?"
_PATH = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(rf"(?:{_DOMAIN}/)?{_PATH}(?:/{_PATH})*(?::\w[\w.-]{{0,127}})?(?:@[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{{32,}})?\Z")


def numbers(given: Mapping[str, Any]) -> Iterable[Problem]:
    """Check that counts are not negative."""
    for name in _NOT_NEGATIVE:
        if isinstance(given.get(name), int) and given[name] < 0:
            yield name, "Ensure this value is greater than or equal to 0."


def required(kind: str, given: Mapping[str, Any], *, created: bool) -> Iterable[Problem]:
    """Check the fields that must refer to an object."""
    for name in _REQUIRED.get(kind, ()):
        if name in given and given[name] is None:
            yield name, "This field may not be null."
        elif created and name not in given:
            yield name, "This field is required."


def job_template(whole: Mapping[str, Any], project: Mapping[str, Any] | None, playbooks: Iterable[str]) -> Iterable[Problem]:
    """Check a job template against its project, whose playbooks are those of its last successful update."""
    if project is None:
        yield "project", "Job Templates must have a project assigned."
    elif not whole.get("playbook"):
        yield "playbook", "Must select playbook for project."
    elif whole["playbook"] not in playbooks and not project.get("allow_override"):
        yield "playbook", "Playbook not found for project."
    if whole.get("inventory") is None and not whole.get("ask_inventory_on_launch"):
        yield "inventory", "You must either set a default value or ask to prompt on launch."


def image(name: str) -> Iterable[Problem]:
    """Check the name of the image of an execution environment."""
    if not name:
        yield "image", "This field may not be blank."
    elif not _IMAGE.match(name):
        yield "image", f"{name} is not a valid container image name."


def notification(whole: Mapping[str, Any]) -> Iterable[Problem]:
    """Check that the configuration of a notification template has all fields of its type."""
    wanted, given = _NOTIFICATIONS.get(whole.get("notification_type", ""), {}), whole.get("notification_configuration") or {}
    missing = [name for name in wanted if name not in given]
    if missing:
        yield WHOLE, f"Missing required fields for Notification Configuration: {missing}."
    for name, kind in wanted.items():
        if name in given and (not isinstance(given[name], kind) or (kind is int and isinstance(given[name], bool))):
            yield WHOLE, f"Configuration field '{name}' incorrect type, expected {kind.__name__}."
        elif name in given and given[name] == []:
            yield WHOLE, f"No values specified for field '{name}'"
