# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Coverage: the results of test reads by scope, and the sentences of the report."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.scope_statuses import STATUSES
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.coverage import (
    ScopeCoverage,
    assess_coverage,
    coverage_reads,
    coverage_sentences,
)
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.scope_access import ACCESS

USERS, GROUPS, IAM = "/api/v1/users?limit=1", "/api/v1/groups?limit=1", "/api/v1/iam/roles"
READER = ("READ_ONLY_ADMIN",)


def answers(**statuses: str) -> list[dict[str, str]]:
    paths = {"users": USERS, "groups": GROUPS, "iam": IAM}
    return [{"path": paths[name], "status": status} for name, status in statuses.items()]


def test_each_family_has_one_read() -> None:
    found = coverage_reads(["okta.users.read", "okta.userTypes.read", "okta.groups.read", "okta.unheard.of.read"])
    assert found == [{"path": USERS, "never_empty": True}, {"path": GROUPS, "never_empty": False}]


def test_all_known_scopes_take_at_most_twelve_calls() -> None:
    assert len(coverage_reads(list(ACCESS))) <= 12


def test_without_reads_no_scope_has_a_status() -> None:
    assert assess_coverage(["okta.users.read"], [], READER, ()) == []
    assert coverage_sentences([]) == []


# Scopes, results of reads, roles, permissions; the coverage.
CASES: dict[str, tuple[list[str], Any, Any, Any, list[ScopeCoverage]]] = {
    "usable": (["okta.users.read"], answers(users="usable"), READER, (), [ScopeCoverage("okta.users.read", "usable")]),
    "empty": (
        ["okta.users.read"],
        answers(users="empty"),
        (),
        (),
        [ScopeCoverage("okta.users.read", "empty", "needs READ_ONLY_ADMIN")],
    ),
    "refused, permission missing": (
        ["okta.roles.read"],
        answers(iam="refused_by_role"),
        READER,
        (),
        [ScopeCoverage("okta.roles.read", "refused_by_role", "needs a custom role with okta.iam.read")],
    ),
    "refused despite the permission": (
        ["okta.roles.read"],
        answers(iam="refused_by_role"),
        READER,
        ("okta.iam.read",),
        [ScopeCoverage("okta.roles.read", "refused_by_role")],
    ),
    "another scope of the family": (
        ["okta.users.read", "okta.userTypes.read"],
        answers(users="usable"),
        READER,
        (),
        [ScopeCoverage("okta.users.read", "usable"), ScopeCoverage("okta.userTypes.read", "usable")],
    ),
    "without a read, known to be refused": (
        ["okta.users.read", "okta.appGrants.read"],
        answers(users="usable"),
        READER,
        (),
        [ScopeCoverage("okta.users.read", "usable"), ScopeCoverage("okta.appGrants.read", "refused_by_role", "needs SUPER_ADMIN")],
    ),
    "a missing feature applies to its scope only": (
        ["okta.users.read", "okta.userRisk.read"],
        answers(users="feature_not_available"),
        READER,
        (),
        [ScopeCoverage("okta.users.read", "feature_not_available"), ScopeCoverage("okta.userRisk.read", "unknown")],
    ),
    "unknown scope": (["okta.unheard.of.read"], answers(users="usable"), READER, (), [ScopeCoverage("okta.unheard.of.read", "unknown")]),
}


@pytest.mark.parametrize("case", CASES)
def test_the_status_of_a_scope_depends_on_its_read_and_the_roles(case: str) -> None:
    scopes, shown, roles, permissions, expected = CASES[case]
    assert assess_coverage(scopes, shown, roles, permissions) == expected


def test_the_report_counts_what_is_usable_and_names_the_rest() -> None:
    found = [
        ScopeCoverage("okta.users.read", "usable"),
        ScopeCoverage("okta.groups.read", "usable"),
        ScopeCoverage("okta.appGrants.read", "refused_by_role", "needs SUPER_ADMIN"),
        ScopeCoverage("okta.realms.read", "feature_not_available"),
        ScopeCoverage("okta.unheard.of.read", "unknown"),
    ]
    assert coverage_sentences(found) == [
        "Usable: 2 of 5 scopes.",
        "Not usable with these roles: okta.appGrants.read (needs SUPER_ADMIN), okta.realms.read (not available in the org).",
        "Not known to be usable: okta.unheard.of.read.",
    ]
    assert coverage_sentences(found[:2]) == ["Usable: 2 of 2 scopes."]


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "usable"])
def test_each_status_has_a_description(status: str) -> None:
    assert ScopeCoverage("okta.x.read", status).description.startswith("okta.x.read (")
    assert ScopeCoverage("okta.x.read", status, "needs ROLE").description == "okta.x.read (needs ROLE)"
