# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links between the nodes of a workflow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

LINKS = ("success_nodes", "failure_nodes", "always_nodes")
Following = Callable[[int, str], Iterable[int]]


def link_error(parent: int, child: int, link: str, following: Following) -> str:
    """Return why AWX refuses a link, or an empty text: two nodes have one kind of link, and there are no cycles."""
    if parent == child:
        return "Cycle detected."
    if any(child in following(parent, other) for other in LINKS if other != link):
        return "Relationship not allowed."
    return "Cycle detected." if parent in _reachable(child, following) else ""


def _reachable(start: int, following: Following) -> set[int]:
    found, left = {start}, [start]
    while left:
        node = left.pop()
        new = {child for link in LINKS for child in following(node, link)} - found
        found |= new
        left += new
    return found


def to_follow(status: str) -> Mapping[str, bool]:
    """Return which links lead on from a node whose job has a status."""
    return {"success_nodes": status == "successful", "failure_nodes": status != "successful", "always_nodes": True}
