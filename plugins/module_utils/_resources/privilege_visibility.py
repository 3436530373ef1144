# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The custom role that sees an org's privileges, and the resource set that it covers: read together, in few calls; no module of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._core.errors import ApiError
from .._core.spec import Call, ModuleSpec, Outcome
from .._okta.client import NOT_FOUND, OktaClient, segment
from .._okta.connection import LIBRARIES, WRITER_OPTIONS, connect
from .._okta.resource_names import identity
from .custom_role import CustomRoleResource
from .labeled_resource import DesiredLabeledState, LabeledResource
from .resource_set import OrgNames, ResourceSetResource
from .usage import uses_of_role


def find_privilege_resources(call: Call) -> Outcome:
    """Whether the org has neither a role nor a resource set with the label, and what its resources of access management are called.

    Raises:
        RezonateError: they can't be read.
    """
    client = connect(call, ("okta.roles.read", "okta.apps.read"))
    label, pattern = call.params["label"], call.params["resource"]
    wanted = DesiredLabeledState(label=label)
    things: tuple[LabeledResource, ...] = (CustomRoleResource(client, wanted), ResourceSetResource(client, wanted))
    jobs: list[Callable[[], Any]] = [*(partial(_has, thing) for thing in things), lambda: OrgNames(client).orns.filled(pattern)]
    role, resource_set, named = client.side_by_side(jobs)
    return Outcome(values={"are_missing": not role and not resource_set, "resource": named})


def _has(thing: LabeledResource) -> bool:
    return thing.read() is not None


def compare_privilege_resources(call: Call) -> Outcome:
    """Whether role and resource set, by their ids, hold what they have to, and nothing more.

    Raises:
        RezonateError: they can't be read.
    """
    params = call.params
    client = connect(call, ("okta.roles.read",))
    permissions, resources = read_both(client, params["role"], params["resource_set"])
    is_same = permissions == [params["permission"]] and resources is not None and covers_only(resources, params["resource"])
    return Outcome(not is_same, {"permissions": permissions, "resources": resources})


def read_both(client: OktaClient, role: str, resource_set: str) -> tuple[list[str] | None, list[str] | None]:
    """The permissions of a role and the resources of a set, side by side; None for one that is gone.

    Raises:
        RezonateError: they can't be read.
    """
    things = ((CustomRoleResource(client, DesiredLabeledState()), role), (ResourceSetResource(client, DesiredLabeledState()), resource_set))
    permissions, resources = client.side_by_side([partial(_parts, thing, whole) for thing, whole in things])
    return permissions, resources


@dataclass(frozen=True)
class PrivilegeSnapshot:
    """What an audit sees of them; None where it is gone.

    Args:
        permissions: of the role.
        resources: of the set.
        others: who else holds the role.
    """

    permissions: Sequence[str] | None
    resources: Sequence[str] | None
    others: Sequence[str]


def read_privilege_snapshot(client: OktaClient, role: str, resource_set: str, own: str) -> PrivilegeSnapshot:
    """Read the role, the set, and who else holds the role.

    Args:
        own: the client id of the app that is to hold it.

    Raises:
        RezonateError: they can't be read.
    """
    permissions, resources = read_both(client, role, resource_set)
    return PrivilegeSnapshot(permissions, resources, uses_of_role(client, role, [own]) if permissions is not None else ())


def _parts(thing: LabeledResource, whole: str) -> list[str] | None:
    try:
        return sorted(thing.parts(segment(whole)))
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise


def covers_only(resources: Sequence[str], pattern: str) -> bool:
    """Whether a set holds one resource alone, in whichever org.

    Args:
        resources: the ORNs that it holds.
        pattern: the ORN, with ``{partition}`` and ``{orgId}``.
    """
    return [_in_any_org(resource) for resource in resources] == [_in_any_org(pattern)]


def _in_any_org(orn: str) -> tuple[str, ...]:
    service, _org, *rest = (*identity(orn).split(":"), "")
    return (service, *rest)


_READS: dict[str, Any] = {"label": {"type": "str"}, "resource": {"type": "str"}}
LOOK = ModuleSpec(options={**WRITER_OPTIONS, **_READS}, run=find_privilege_resources, needs=LIBRARIES)
COMPARE = ModuleSpec(
    options={**WRITER_OPTIONS, **_READS, **{name: {"type": "str"} for name in ("role", "resource_set", "permission")}},
    run=compare_privilege_resources,
    needs=LIBRARIES,
)
