# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource sets: what a custom admin role covers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, ClassVar

from .._core.errors import ApiError, InputError
from .._core.input_values import unique_values
from .._core.spec import Call, Outcome
from .._core.text import find_by_text, search_prefix
from .._okta.client import OktaClient, nested_value
from .._okta.connection import connect
from .._okta.resource_names import ResourceNames, check_resource, has_no_placeholder, is_url, resource_identity
from .labeled_resource import DesiredLabeledState, LabeledResource, LabeledState, delete_labeled, desired_labeled_state
from .resource import Member, Members, Plan, converge, id_of, with_id
from .usage import uses_of_set

_FORBIDDEN = 403
_GROUP_ID = re.compile(r"00g[A-Za-z0-9]{17}")


class ResourceSet(LabeledState):
    """A resource set."""

    NOUN: ClassVar[str] = "resource set"
    PARTS: ClassVar[str] = "resources"


class ResourceSetResource(LabeledResource):
    """One resource set in Okta.

    Args:
        groups: the groups that it must contain, each with its id and its name in the task.
    """

    name = "resource_set"
    kind = ResourceSet
    path = "/api/v1/iam/resource-sets"

    def __init__(self, client: OktaClient, desired: DesiredLabeledState, groups: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(client, desired)
        self._org_names = OrgNames(client)
        self._groups = groups
        self._names = {resource_identity(resource): resource for resource in desired.parts}

    def values(self, before: LabeledState | None, after: LabeledState | None, plan: Plan[LabeledState | None]) -> Mapping[str, Any]:
        return {**super().values(before, after, plan), "groups": [dict(group) for group in self._groups]}

    def parts(self, path_id: str) -> Members:
        entries = self._client.pages(f"/api/v1/iam/resource-sets/{path_id}/resources", "read the set's resources", within="resources")
        found: dict[str, Member] = {}
        for number, entry in enumerate(entries):
            names = self._names_of(entry)
            member = with_id(Member(next((name for name in names if name not in found), f"resource {number + 1}")), entry)
            # pages may overlap where the set is changed meanwhile
            if member.id is None or all(member.id != other.id for other in found.values()):
                found[member.key] = member
        return found

    def _names_of(self, entry: Mapping[str, Any]) -> list[str]:
        """The names of a resource: the task's name for it, its ORN, its URL."""
        link = nested_value(entry, "_links", "self", "href")
        link = link if isinstance(link, str) else ""
        orn = entry.get("orn")
        if not isinstance(orn, str):
            orn = self._org_names.orns.orn_of_url(link) if link else ""  # older responses contain no ORN
        names = [name for name in (orn, link) if name]
        return [*(self._names[resource_identity(name)] for name in names if resource_identity(name) in self._names), *names]

    def add(self, path_id: str, parts: tuple[Member, ...]) -> None:
        body = {"additions": [part.key for part in parts]}
        self._client.write(
            "PATCH", f"/api/v1/iam/resource-sets/{path_id}/resources", "add resources to the set", body=body, repeatable=True
        )

    def remove(self, path_id: str, part: Member) -> None:
        self._client.remove(f"/api/v1/iam/resource-sets/{path_id}/resources/{id_of(part)}", f"remove {part.key} from the set")


def manage_resource_set(call: Call) -> Outcome:
    """Run the module `okta_resource_set`."""
    resources = unique_values(call.params["resources"] or (), "resources")
    groups = unique_values(call.params["groups"] or (), "groups")
    desired = desired_labeled_state(call.params, ())
    for resource in resources:
        check_resource(resource, "resources")
    if desired.present and not resources and not groups:
        raise InputError("resources and groups are both empty: a set needs at least one. To delete the set, set state to absent.")
    by_name = [group for group in groups if not _GROUP_ID.fullmatch(group)]
    needs_names = bool(groups) or any(is_url(resource) or not has_no_placeholder(resource) for resource in resources)
    extra_scopes = (*(["okta.groups.read"] if by_name else []), *(["okta.apps.read"] if needs_names and desired.present else []))
    client = connect(call, ("okta.roles.manage", *extra_scopes))
    if not desired.present:
        own = call.params.get("own_apps") or ()
        return delete_labeled(call, ResourceSetResource(client, desired), lambda found: uses_of_set(client, found.id or "", own))
    ids = client.in_parallel([partial(_group_id, client, group) for group in groups])
    desired = replace(desired, parts=_named_resources(client, resources, ids))
    found = [{"name": group, "id": group_id} for group, group_id in zip(groups, ids, strict=True)]
    return converge(ResourceSetResource(client, desired, found), check_mode=call.check_mode)


def _named_resources(client: OktaClient, resources: Sequence[str], group_ids: Sequence[str]) -> tuple[str, ...]:
    """The ORNs of the resources, and of each group and its users, without duplicates."""
    named = list(resources)
    if group_ids or any(is_url(resource) or not has_no_placeholder(resource) for resource in resources):
        orns = OrgNames(client).orns
        named = [orns.orn_of_url(resource) if is_url(resource) else orns.fill_placeholders(resource) for resource in resources]
        named += [orn for group_id in group_ids for orn in orns.group(group_id)]
    return tuple({resource_identity(name): name for name in named}.values())


class OrgNames:
    """How an org names its resources, read once.

    Args:
        client: calls Okta.
    """

    def __init__(self, client: OktaClient) -> None:
        self._client = client

    @cached_property
    def orns(self) -> ResourceNames:
        """By the ORN of one of its apps; where none is shown, by the org's public metadata and its domain."""
        try:
            apps = self._client.get("/api/v1/apps", "read how the org names its resources", params={"limit": 1}, expect=list)
        except ApiError as error:
            if error.status != _FORBIDDEN:
                raise
            apps = []
        found = [orns for orns in (ResourceNames.from_orn(nested_value(app, "orn")) for app in apps) if orns]
        return found[0] if found else ResourceNames.from_org_url(self._client.org_id(), self._client.issuer())


def _group_id(client: OktaClient, group: str) -> str:
    if _GROUP_ID.fullmatch(group):
        return group
    # the search is by prefix (Okta: Groups), so compare the whole name
    prefix = search_prefix(group)
    params = {**({"q": prefix} if prefix else {}), "limit": 200}
    entries = client.pages("/api/v1/groups", f"find the group {group!r}", params=params)
    ids = [str(entry.get("id")) for entry in find_by_text(group, entries, lambda entry: nested_value(entry, "profile", "name"))]
    if not ids:
        raise InputError(f"groups: this org has no group named {group!r}.")
    if len(ids) > 1:
        raise InputError(f"groups: several groups are named {group!r} ({', '.join(sorted(ids))}): set the id of one of them.")
    return ids[0]
