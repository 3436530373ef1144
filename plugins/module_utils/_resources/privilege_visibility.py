# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The custom role that can read an org's privileges, and its resource set: both are read in few calls, without a module of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._core.errors import ApiError
from .._core.spec import Call, ModuleSpec, Outcome
from .._okta.client import NOT_FOUND, OktaClient, path_segment
from .._okta.connection import LIBRARIES, WRITER_OPTIONS, connect
from .._okta.resource_names import resource_identity
from .custom_role import CustomRoleResource
from .labeled_resource import DesiredLabeledState, LabeledResource
from .resource_set import OrgNames, ResourceSetResource
from .usage import uses_of_role


def find_privilege_resources(call: Call) -> Outcome:
    """Whether the org has neither a role nor a resource set with the label, and the ORN of its IAM resources.

    Raises:
        RezonateError: they can't be read.
    """
    client = connect(call, ("okta.roles.read", "okta.apps.read"))
    label, pattern = call.params["label"], call.params["resource"]
    desired = DesiredLabeledState(label=label)
    labeled: tuple[LabeledResource, ...] = (CustomRoleResource(client, desired), ResourceSetResource(client, desired))
    jobs: list[Callable[[], Any]] = [
        *(partial(_exists, resource) for resource in labeled),
        lambda: OrgNames(client).orns.fill_placeholders(pattern),
    ]
    role, resource_set, orn = client.in_parallel(jobs)
    return Outcome(values={"are_missing": not role and not resource_set, "resource": orn})


def _exists(resource: LabeledResource) -> bool:
    return resource.read_state() is not None


def compare_privilege_resources(call: Call) -> Outcome:
    """Whether the role and the resource set, by their ids, contain exactly the desired permission and resource.

    Raises:
        RezonateError: they can't be read.
    """
    params = call.params
    client = connect(call, ("okta.roles.read",))
    permissions, resources = read_both(client, params["role"], params["resource_set"])
    is_same = permissions == [params["permission"]] and resources is not None and covers_only(resources, params["resource"])
    return Outcome(not is_same, {"permissions": permissions, "resources": resources})


def read_both(client: OktaClient, role: str, resource_set: str) -> tuple[list[str] | None, list[str] | None]:
    """The permissions of a role and the resources of a set, read in parallel; None for one that no longer exists.

    Raises:
        RezonateError: they can't be read.
    """
    labeled = (
        (CustomRoleResource(client, DesiredLabeledState()), role),
        (ResourceSetResource(client, DesiredLabeledState()), resource_set),
    )
    permissions, resources = client.in_parallel([partial(_parts, resource, resource_id) for resource, resource_id in labeled])
    return permissions, resources


@dataclass(frozen=True)
class PrivilegeSnapshot:
    """The role and the resource set for an audit; None for one that no longer exists.

    Args:
        permissions: the permissions of the role.
        resources: the resources of the set.
        others: the other holders of the role.
    """

    permissions: Sequence[str] | None
    resources: Sequence[str] | None
    others: Sequence[str]


def read_privilege_snapshot(client: OktaClient, role: str, resource_set: str, own: str) -> PrivilegeSnapshot:
    """Read the role, the set, and the other holders of the role.

    Args:
        own: the client id of the app that must hold it.

    Raises:
        RezonateError: they can't be read.
    """
    permissions, resources = read_both(client, role, resource_set)
    return PrivilegeSnapshot(permissions, resources, uses_of_role(client, role, [own]) if permissions is not None else ())


def _parts(resource: LabeledResource, resource_id: str) -> list[str] | None:
    try:
        return sorted(resource.parts(path_segment(resource_id)))
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise


def covers_only(resources: Sequence[str], pattern: str) -> bool:
    """Whether a set contains exactly one resource, in any org.

    Args:
        resources: the ORNs that it contains.
        pattern: the ORN, with ``{partition}`` and ``{orgId}``.
    """
    return [_in_any_org(resource) for resource in resources] == [_in_any_org(pattern)]


def _in_any_org(orn: str) -> tuple[str, ...]:
    service, _org, *rest = (*resource_identity(orn).split(":"), "")
    return (service, *rest)


_FIND_OPTIONS: dict[str, Any] = {"label": {"type": "str"}, "resource": {"type": "str"}}
FIND = ModuleSpec(options={**WRITER_OPTIONS, **_FIND_OPTIONS}, run=find_privilege_resources, needs=LIBRARIES)
COMPARE = ModuleSpec(
    options={**WRITER_OPTIONS, **_FIND_OPTIONS, **{name: {"type": "str"} for name in ("role", "resource_set", "permission")}},
    run=compare_privilege_resources,
    needs=LIBRARIES,
)
