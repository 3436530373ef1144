# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API token that a person made: asked for, looked at, kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from emulator.contract import openapi
from helpers.desk import Desk, as_described, writes
from helpers.story import Stories, Story
from okta_emulator import Tenant

METHOD = {"rezonate_method": "api_token"}
KEEP = "Inspect and verify the API token"
USER = "rezonate@acme.example"
LOOK = ["GET /api/v1/users/me", "GET /api/v1/users/00u/roles"]


@pytest.fixture(scope="module")
def story(new_desk: Callable[[], Desk], new_tenant: Callable[..., Tenant]) -> Story:
    """Onboard a tenant, and look at it again."""
    story = Story(new_desk(), new_tenant(), METHOD)
    token = {"REZONATE_READONLY_API_TOKEN": story.tenant.add_api_token("auditor", name="For Rezonate")}
    story.tell("missing", rezonate_service_user=USER)
    story.tell("check", "--check", "--diff", env=token)
    story.tell("first", "--diff", env=token)
    story.tell("second")
    story.tell("no bootstrap token", token="")
    return story


def test_without_the_token_one_sentence_tells_the_steps(story: Story) -> None:
    message = story.failure("missing")
    name = story.tenant.name
    assert message == (
        f"No read-only API token for {name} yet. Sign in to https://{name}.okta.com as {USER} (Okta has mailed an activation link), "
        "open the Admin Console, Security > API > Tokens > Create token. "
        "Then run again with the token in rezonate_readonly_api_token or REZONATE_READONLY_API_TOKEN."
    )


def test_the_user_for_it_is_made_as_read_only_administrator_and_remembered(story: Story) -> None:
    user = story.tenant.find_user(USER)
    assert user is not None
    assert story.tenant.user_roles(USER) == ["READ_ONLY_ADMIN"]
    for run in ("missing", "first", "second"):
        assert story.kept[run]["made"] == {"service_user": user["id"]}


def test_a_token_of_another_owner_than_the_service_user_is_reported(story: Story) -> None:
    owner = f"auditor@{story.tenant.name}.example"
    assert f"Warning: the token belongs to {owner}, not to the service user that was created for it." in story.report("first")
    assert story.runs["first"].result("Inspect and verify the API token", story.tenant.name)["plan"]["results"]["inspection"]["inspected"][
        "other_owner"
    ]


def test_each_run_makes_exactly_these_calls(story: Story) -> None:
    exact = [*LOOK, *LOOK, "GET /api/v1/users?limit=1", "GET /api/v1/api-tokens"]
    assert [story.calls(name) for name in ("check", "first", "second")] == [exact] * 3
    assert story.calls("no bootstrap token") == [*LOOK, "GET /api/v1/users?limit=1"]


@pytest.mark.parametrize("name", ["missing", "first", "no bootstrap token"])
def test_requests_are_as_okta_describes_them(story: Story, name: str) -> None:
    openapi.validate_logged(as_described(story.requests[name]))


def test_check_mode_predicts_which_tasks_change_something(story: Story) -> None:
    assert story.changed("check") == story.changed("first") == [KEEP]
    assert writes(story.requests["check"]) == []
    assert "api_token" not in story.kept["check"]


@pytest.mark.parametrize("name", ["second", "no bootstrap token"])
def test_later_runs_change_nothing_and_need_no_variable(story: Story, name: str) -> None:
    assert story.changed(name) == []
    assert story.kept[name] == story.kept["first"]


def test_the_file_holds_what_rezonate_needs(story: Story) -> None:
    kept = story.kept["first"]
    assert sorted(kept) == ["api_token", "bootstrap_owner", "made", "method", "org_url", "owner", "proven_at", "tenant_id"]
    assert kept["owner"] == f"auditor@{story.tenant.name}.example"
    assert kept["api_token"] in story.tenant.state.api_tokens


def test_nothing_that_is_printed_shows_the_token(story: Story) -> None:
    secret = story.kept["first"]["api_token"]
    assert [name for name, run in story.runs.items() if secret in run.output] == []


def test_the_report_tells_the_proof_and_the_steps_in_the_console(story: Story) -> None:
    report = story.report("first")
    assert f"Okta: domain {story.tenant.name}.okta.com, API key: rezonate_credentials.api_token of that file." in report
    assert "Verification: read with the token: /api/v1/users?limit=1." in report
    assert f"auditor@{story.tenant.name}.example holds READ_ONLY_ADMIN and nothing more." in report
    assert "holds no more than READ_ONLY_ADMIN, as far as known" in story.report("no bootstrap token")


Variables = dict[str, Any]


def handed(user: str, **variables: Any) -> Callable[[Tenant], Variables]:
    return lambda tenant: {"rezonate_readonly_api_token": tenant.add_api_token(user), **variables}


def revoked(tenant: Tenant) -> Variables:
    value = tenant.add_api_token("auditor")
    tenant.revoke_api_token(value)
    return {"rezonate_readonly_api_token": value}


NO_BOOTSTRAP = {"rezonate_okta_api_token": ""}
REFUSED_ME = (
    r"rezonate_readonly_api_token: https://\S+ refused GET /api/v1/users/me \(401 E0000011\): the token is wrong, expired or revoked, .*"
)
# The token that is handed over, and the sentence that the run ends in.
BADS: dict[str, tuple[Callable[[Tenant], Variables], str]] = {
    "super admin's": (
        handed("owner"),
        r"rezonate_readonly_api_token: its owner owner@\S+ holds SUPER_ADMIN: .*rezonate_allow_privileged_token.*",
    ),
    "super admin's, by behaviour": (
        handed("owner", **NO_BOOTSTRAP),
        r"rezonate_readonly_api_token: its owner owner@\S+ holds SUPER_ADMIN: the token may do more than read\. .*",
    ),
    "owner without a role": (
        handed("user1"),
        r"rezonate_readonly_api_token: \S+ responded to GET /api/v1/users\?limit=1 with an empty list \(200\), .* no admin role\).*",
    ),
    "revoked": (revoked, REFUSED_ME),
    "none": (
        lambda _tenant: {},
        r"No read-only API token for \S+ yet\. Sign in to \S+ as a user whose only admin role is Read-only .* Create token\. Then .*",
    ),
    "the bootstrap token": (
        lambda tenant: {"rezonate_readonly_api_token": tenant.api_token},
        r"rezonate_readonly_api_token is the calling bootstrap token: .*",
    ),
    "remediation": (
        handed("auditor", rezonate_remediation=True),
        r"rezonate_remediation cannot be used with rezonate_method api_token: .*",
    ),
}


@pytest.fixture(scope="module")
def stories(new_desk: Callable[[], Desk], new_tenant: Callable[..., Tenant]) -> Stories:
    """Tokens that can't be taken; then the owner of one is meant to be that powerful, and others get what they lack."""
    hosts = {case: new_tenant() for case in [*BADS, "network"]}
    stories = Stories(new_desk(), hosts, {case: {**METHOD, **BADS[case][0](hosts[case])} for case in BADS})
    where = {"connection": "ZONE", "include": ["nzoMadeUp"], "exclude": []}
    hosts["network"].add_api_token("auditor", name="Limited", network=where)
    stories.variables["network"] = {**METHOD, **handed("auditor")(hosts["network"])}
    stories.tell("first")
    for case in ("super admin's", "super admin's, by behaviour"):
        stories.variables[case]["rezonate_allow_privileged_token"] = True
    hosts["owner without a role"].assign_user_role("user1", "READ_ONLY_ADMIN")
    good = [case for case in stories.hosts if case in ("super admin's", "super admin's, by behaviour", "owner without a role", "network")]
    stories.tell("mended", cases=good)
    kept = stories.kept["mended"]["network"]["api_token"]
    hosts["network"].revoke_api_token(kept)
    del stories.variables["network"]["rezonate_readonly_api_token"]
    stories.tell("revoked", cases=["network"])
    stories.variables["network"].update(handed("auditor")(hosts["network"]))
    stories.tell("another", cases=["network"])
    return stories


@pytest.mark.parametrize("bad", BADS)
def test_a_token_that_can_t_be_taken_ends_in_one_sentence(stories: Stories, bad: str) -> None:
    message = stories.failure("first", bad)
    assert re.fullmatch(BADS[bad][1], message), message
    assert stories.writes("first", bad) == []
    assert bad not in stories.kept["first"]


@pytest.mark.parametrize("case", ["super admin's", "super admin's, by behaviour"])
def test_one_that_may_more_is_taken_where_it_is_meant_and_the_report_says_so(stories: Stories, case: str) -> None:
    assert stories.changed("mended", case) == [KEEP]
    assert "holds SUPER_ADMIN: the token may do more than read." in stories.report("mended", case)


def test_one_whose_owner_got_the_role_is_taken(stories: Stories) -> None:
    assert stories.changed("mended", "owner without a role") == [KEEP]


def test_the_report_tells_from_where_the_owner_s_tokens_may_be_used(stories: Stories) -> None:
    assert "API tokens of that owner: Limited (only from the network zones nzoMadeUp), Test." in stories.report("first", "network")


def test_one_that_was_revoked_later_is_told_and_another_takes_its_place(stories: Stories) -> None:
    assert re.fullmatch(REFUSED_ME, stories.failure("revoked", "network"))
    assert stories.changed("another", "network") == [KEEP]
    before, after = (stories.kept[run]["network"] for run in ("mended", "another"))
    assert before["api_token"] != after["api_token"] == stories.variables["network"]["rezonate_readonly_api_token"]


def test_one_token_in_the_environment_is_no_token_of_several_orgs(desk: Desk, new_tenant: Callable[..., Tenant]) -> None:
    tenants = [new_tenant(), new_tenant()]
    hosts = {tenant.name: {**METHOD, "rezonate_okta_api_token": tenant.api_token} for tenant in tenants}
    run = desk.fleet(hosts, env={"REZONATE_READONLY_API_TOKEN": "made-up-readonly-token-3e9a7c55d2"})
    (message,) = {run.failure(tenant.name) for tenant in tenants}
    assert message.startswith("One API token in the environment (REZONATE_READONLY_API_TOKEN) and 2 tenants: ")
    assert [tenant.requests for tenant in tenants] == [[], []]


NAMED = "somebody@acme.example"
# The roles of a user who was there before, what the role is told besides, and the sentence that the run ends in; None where it goes well.
EXISTING: dict[str, tuple[list[str], Variables, str | None]] = {
    "fits": (["READ_ONLY_ADMIN"], {}, None),
    "super admin": (["SUPER_ADMIN"], {}, "also holds SUPER_ADMIN"),
    "both": (["READ_ONLY_ADMIN", "SUPER_ADMIN"], {}, "also holds SUPER_ADMIN"),
    "super admin, meant": (["SUPER_ADMIN"], {"rezonate_allow_privileged_token": True}, None),
    "another role": (["READ_ONLY_ADMIN", "HELP_DESK_ADMIN"], {"rezonate_exclusive": False}, "also holds HELP_DESK_ADMIN"),
    "no role": ([], {}, "lacks READ_ONLY_ADMIN"),
}


@pytest.fixture(scope="module")
def existing(new_desk: Callable[[], Desk], new_tenant: Callable[..., Tenant]) -> Stories:
    """Name users who were there before as service users."""
    hosts = {case: new_tenant() for case in EXISTING}
    variables = {}
    for case, (roles, more, _sentence) in EXISTING.items():
        hosts[case].add_user(NAMED, roles=roles)
        given = {"rezonate_readonly_api_token": hosts[case].add_api_token(NAMED if roles else "auditor")}
        variables[case] = {**METHOD, **given, "rezonate_service_user": NAMED.upper(), **more}
    stories = Stories(new_desk(), hosts, variables)
    stories.tell("check", "--check")
    stories.tell("first")
    return stories


@pytest.mark.parametrize("run", ["check", "first"])
@pytest.mark.parametrize("case", EXISTING)
def test_a_service_user_who_was_there_before_keeps_everything(existing: Stories, case: str, run: str) -> None:
    roles, _more, sentence = EXISTING[case]
    assert sorted(existing.hosts[case].user_roles(NAMED)) == sorted(roles)
    assert existing.writes(run, case) == []
    if sentence:
        assert f"existed before and {sentence}. Nothing was changed" in existing.failure(run, case)
    else:
        assert existing.changed(run, case) == [KEEP]
        assert "Warning: the token belongs to" not in existing.report(run, case)
    assert "made" not in existing.kept["first"].get(case, {})
