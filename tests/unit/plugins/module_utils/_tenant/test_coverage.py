# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Coverage: what reads have shown, by scope, and in the words of the report."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.scope_statuses import STATUSES
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.coverage import ScopeCoverage, asked, coverage, sentences
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.scope_access import ACCESS

USERS, GROUPS, IAM = "/api/v1/users?limit=1", "/api/v1/groups?limit=1", "/api/v1/iam/roles"
READER = ("READ_ONLY_ADMIN",)


def answers(**statuses: str) -> list[dict[str, str]]:
    paths = {"users": USERS, "groups": GROUPS, "iam": IAM}
    return [{"path": paths[name], "status": status} for name, status in statuses.items()]


def test_a_read_for_each_family_is_asked_for() -> None:
    found = asked(["okta.users.read", "okta.userTypes.read", "okta.groups.read", "okta.unheard.of.read"])
    assert found == [{"path": USERS, "never_empty": True}, {"path": GROUPS, "never_empty": False}]


def test_all_scopes_that_we_know_take_a_dozen_calls_at_most() -> None:
    assert len(asked(list(ACCESS))) <= 12


def test_without_reads_nothing_is_known() -> None:
    assert coverage(["okta.users.read"], [], READER, ()) == []
    assert sentences([]) == []


# Scopes, answers, roles, permissions; the rows.
CASES: dict[str, tuple[list[str], Any, Any, Any, list[ScopeCoverage]]] = {
    "usable": (["okta.users.read"], answers(users="usable"), READER, (), [ScopeCoverage("okta.users.read", "usable")]),
    "empty": (
        ["okta.users.read"],
        answers(users="empty"),
        (),
        (),
        [ScopeCoverage("okta.users.read", "empty", "needs READ_ONLY_ADMIN")],
    ),
    "refused, by the role that it has": (
        ["okta.roles.read"],
        answers(iam="refused_by_role"),
        READER,
        (),
        [ScopeCoverage("okta.roles.read", "refused_by_role", "needs a custom role with okta.iam.read")],
    ),
    "refused, whatever it has": (
        ["okta.roles.read"],
        answers(iam="refused_by_role"),
        READER,
        ("okta.iam.read",),
        [ScopeCoverage("okta.roles.read", "refused_by_role")],
    ),
    "another of the family": (
        ["okta.users.read", "okta.userTypes.read"],
        answers(users="usable"),
        READER,
        (),
        [ScopeCoverage("okta.users.read", "usable"), ScopeCoverage("okta.userTypes.read", "usable")],
    ),
    "never read, but known to be refused": (
        ["okta.users.read", "okta.appGrants.read"],
        answers(users="usable"),
        READER,
        (),
        [ScopeCoverage("okta.users.read", "usable"), ScopeCoverage("okta.appGrants.read", "refused_by_role", "needs SUPER_ADMIN")],
    ),
    "of a feature that isn't there, another says nothing": (
        ["okta.users.read", "okta.userRisk.read"],
        answers(users="feature_not_available"),
        READER,
        (),
        [ScopeCoverage("okta.users.read", "feature_not_available"), ScopeCoverage("okta.userRisk.read", "unknown")],
    ),
    "unheard of": (["okta.unheard.of.read"], answers(users="usable"), READER, (), [ScopeCoverage("okta.unheard.of.read", "unknown")]),
}


@pytest.mark.parametrize("case", CASES)
def test_each_scope_is_judged_by_its_read_and_by_the_roles(case: str) -> None:
    scopes, shown, roles, permissions, expected = CASES[case]
    assert coverage(scopes, shown, roles, permissions) == expected


def test_the_report_counts_what_is_usable_and_names_the_rest() -> None:
    found = [
        ScopeCoverage("okta.users.read", "usable"),
        ScopeCoverage("okta.groups.read", "usable"),
        ScopeCoverage("okta.appGrants.read", "refused_by_role", "needs SUPER_ADMIN"),
        ScopeCoverage("okta.realms.read", "feature_not_available"),
        ScopeCoverage("okta.unheard.of.read", "unknown"),
    ]
    assert sentences(found) == [
        "Usable: 2 of 5 scopes.",
        "Not usable with these roles: okta.appGrants.read (needs SUPER_ADMIN), okta.realms.read (the org doesn't have it).",
        "Not known to be usable: okta.unheard.of.read.",
    ]
    assert sentences(found[:2]) == ["Usable: 2 of 2 scopes."]


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "usable"])
def test_each_status_has_words(status: str) -> None:
    assert ScopeCoverage("okta.x.read", status).described.startswith("okta.x.read (")
    assert ScopeCoverage("okta.x.read", status, "needs ROLE").described == "okta.x.read (needs ROLE)"
