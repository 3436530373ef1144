# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of resources: ORNs, and the equivalent URLs."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._okta.resource_names import (
    ResourceNames,
    check_resource,
    has_no_placeholder,
    is_url,
    resource_identity,
)

API = "https://acme.okta.com/api/v1"
ORNS = ResourceNames("00o1", "okta")


@pytest.mark.parametrize(
    ("path", "orn"),
    [
        ("users", "orn:okta:directory:00o1:users"),
        ("users/", "orn:okta:directory:00o1:users"),
        ("groups", "orn:okta:directory:00o1:groups"),
        ("groups/00g1", "orn:okta:directory:00o1:groups:00g1"),
        ("groups/00g1/users", "orn:okta:directory:00o1:groups:00g1:contained_resources"),
        ("apps", "orn:okta:idp:00o1:apps"),
        ('apps?filter=name+eq+"workday"', "orn:okta:idp:00o1:apps:workday"),
        ("apps/?filter=name%20eq%20%22workday%22", "orn:okta:idp:00o1:apps:workday"),
        ("authorizationServers", "orn:okta:idp:00o1:authorization_servers"),
        ("authorizationServers/aus1", "orn:okta:idp:00o1:authorization_servers:aus1"),
    ],
)
def test_a_documented_url_corresponds_to_an_orn(path: str, orn: str) -> None:
    assert ORNS.orn_of_url(f"{API}/{path}") == orn


@pytest.mark.parametrize("path", ["apps/0oa1", "realms/guo1/users", "devices", "groups/00g1/apps", "users/00u1", "apps?filter=x"])
def test_any_other_url_is_not_changed(path: str) -> None:
    assert ORNS.orn_of_url(f"{API}/{path}") == f"{API}/{path}"


@pytest.mark.parametrize(
    ("url", "partition"),
    [
        ("https://acme.okta.com", "okta"),
        ("https://acme.oktapreview.com", "oktapreview"),
        ("https://acme.okta-emea.com", "okta"),
        ("http://127.0.0.1:8080", "okta"),
    ],
)
def test_the_partition_follows_from_the_org_s_own_url_by_default(url: str, partition: str) -> None:
    own, users = ResourceNames.from_org_url("00o1", url).group("00g1")
    assert own == f"orn:{partition}:directory:00o1:groups:00g1"
    assert users == f"{own}:contained_resources"


def test_the_partition_is_that_of_another_orn_of_the_org() -> None:
    assert ResourceNames.from_orn("orn:okta-emea:idp:00o1:apps:oidc_client:0oa1") == ResourceNames("00o1", "okta-emea")


@pytest.mark.parametrize("orn", [None, 7, "", "orn:okta", "https://acme.okta.com/api/v1/users"])
def test_a_text_that_is_no_orn_has_no_org(orn: object) -> None:
    assert ResourceNames.from_orn(orn) is None


def test_placeholders_are_replaced_by_the_values_of_the_org() -> None:
    resource = "orn:{partition}:iam:{orgId}:contained_resources"
    check_resource(resource, "resources")
    assert (has_no_placeholder(resource), ResourceNames("00o1", "okta-emea").fill_placeholders(resource)) == (
        False,
        "orn:okta-emea:iam:00o1:contained_resources",
    )


@pytest.mark.parametrize("resource", ["orn:{region}:iam:{orgId}:contained_resources", "{partition}", "orn:{partition}"])
def test_no_other_placeholder_is_accepted(resource: str) -> None:
    with pytest.raises(InputError, match="is no resource"):
        check_resource(resource, "resources")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("orn:okta:directory:00o1:users", "orn:oktapreview:directory:00o1:users"),
        (f"{API}/apps/0oa1", "https://id.acme.example/api/v1/apps/0oa1/"),
        (f'{API}/x?filter=name+eq+"a"', f"{API}/x?filter=name%20eq%20%22a%22"),
    ],
)
def test_two_names_of_one_resource_are_equal(one: str, other: str) -> None:
    assert resource_identity(one) == resource_identity(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("orn:okta:directory:00o1:users", "orn:okta:directory:00o2:users"),
        ("orn:okta:directory:00o1:groups:00g1", "orn:okta:directory:00o1:groups:00g1:contained_resources"),
        (f"{API}/apps/0oa1", f"{API}/apps/0oa2"),
        (f'{API}/x?filter=name+eq+"a"', f"{API}/x"),
    ],
)
def test_names_of_different_resources_are_different(one: str, other: str) -> None:
    assert resource_identity(one) != resource_identity(other)


@pytest.mark.parametrize("url", ["https://[::1", "", "x", "\x00"])
def test_an_unreadable_resource_has_an_identity(url: str) -> None:
    assert resource_identity(url).startswith("/")


@pytest.mark.parametrize(
    "resource",
    [
        "orn:okta:iam:00o1:contained_resources",
        "orn:okta:idp:00o1:apps:oidc_client:0oa1",
        f"{API}/users",
        "http://127.0.0.1:8080/api/v1/users",
    ],
)
def test_a_resource_is_an_orn_or_a_url(resource: str) -> None:
    check_resource(resource, "resources")
    assert is_url(resource) != resource.startswith("orn:")


@pytest.mark.parametrize(
    "resource",
    ["users", "orn:okta", "orn:okta:directory:00o1", "orn:okta:directory:00o1:a b", "https://acme.okta.com/users", "/api/v1/users"],
)
def test_anything_else_is_refused_with_a_message(resource: str) -> None:
    with pytest.raises(InputError, match=r"^resources: '.*' is no resource: give an ORN, such as \S+, or a URL, such as \S+\.$"):
        check_resource(resource, "resources")
