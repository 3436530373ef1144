# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app that the vendor's script or a person made is kept: no second one, and what works goes on working."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from desk import Desk, as_described, pem
from emulator import openapi
from emulator.support import Api, public_jwk
from okta_emulator import Emulator, Tenant
from story import FEW, Stories

LABEL = "Made by the vendor's script"
SCOPES = sorted(FEW["rezonate_scopes"])


def made_by_script(tenant: Tenant) -> str:
    """Make an app as the vendor's script does: a label and a key id of its own, more scopes than needed."""
    app = tenant.add_app(LABEL, [public_jwk("script")])
    tenant.grant(app, "okta.users.read", "okta.apps.manage")
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    return app


def with_key(tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_application_id": made_by_script(tenant), "rezonate_private_key": pem("script")}


def take_over(tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_application_id": made_by_script(tenant), "rezonate_take_over": True}


def no_key(tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_application_id": made_by_script(tenant)}


def with_secret(tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_application_id": tenant.add_app(LABEL)}


CASES = {"with its key": with_key, "taken over": take_over, "without its key": no_key, "with a client secret": with_secret}
ADOPTED = ["with its key", "taken over"]


@pytest.fixture(scope="module")
def stories(new_desk: Callable[[], Desk], new_tenant: Callable[..., Tenant], okta: Emulator) -> Stories:
    """Adopt apps; then onboard again without the variables, as the guide says."""
    hosts = {case: new_tenant() for case in CASES}
    stories = Stories(new_desk(), hosts, {case: CASES[case](tenant) for case, tenant in hosts.items()})
    works.extend(asks(okta, tenant) for case, tenant in hosts.items() if case in ADOPTED)
    stories.tell("check", "--check")
    stories.tell("first")
    works.extend(asks(okta, tenant) for case, tenant in hosts.items() if case in ADOPTED)
    stories.variables.update({case: {} for case in ADOPTED})
    stories.tell("second", cases=ADOPTED)
    return stories


works: list[int] = []


def asks(okta: Emulator, tenant: Tenant) -> int:
    """Ask for a token with the script's credentials, independently of the collection."""
    app = tenant.apps[0]["id"]
    return Api(okta, tenant).token(app, "okta.users.read", key="script", kid="script").status_code


@pytest.mark.parametrize("case", ADOPTED)
def test_there_is_no_second_app_and_it_is_as_wanted(stories: Stories, case: str) -> None:
    (app,) = stories.hosts[case].apps
    assert app["label"] == "Rezonate"
    assert stories.hosts[case].scopes(app["id"]) == SCOPES
    assert stories.hosts[case].roles(app["id"]) == ["READ_ONLY_ADMIN"]
    kept = stories.kept["first"][case]
    assert (kept["application_id"], kept["adopted"]) == (app["id"], True)


def test_what_worked_before_works_afterwards(stories: Stories) -> None:
    assert works == [200] * 4, stories.kept


def test_the_key_is_kept_by_the_name_that_the_app_knows(stories: Stories) -> None:
    kept = stories.kept["first"]["with its key"]
    assert (kept["key_id"], kept["private_jwk"]["kid"], kept["private_key"]) == ("script", "script", pem("script"))
    assert [key["kid"] for key in stories.hosts["with its key"].keys("Rezonate")] == ["script"]


def test_taking_over_adds_a_key_beside_the_old_one(stories: Stories) -> None:
    kids = [key["kid"] for key in stories.hosts["taken over"].keys("Rezonate")]
    assert kids == ["script", stories.kept["first"]["taken over"]["key_id"]]
    assert "Keys that are not ours stay on the app until a rotation is finished" in stories.report("second", "taken over")


@pytest.mark.parametrize("case", ADOPTED)
def test_check_mode_predicts_it_and_the_next_run_changes_nothing(stories: Stories, case: str) -> None:
    assert stories.changed("check", case) == stories.changed("first", case)
    assert stories.writes("check", case) == []
    assert stories.changed("second", case) == []


@openapi.needed
@pytest.mark.parametrize("case", ADOPTED)
def test_requests_are_as_okta_describes_them(stories: Stories, case: str) -> None:
    openapi.validate_logged(as_described(stories.requests["first"][case]))


@pytest.mark.parametrize(
    ("case", "sentence"), [("without its key", "knows none of our keys but others"), ("with a client secret", "client_secret_basic")]
)
@pytest.mark.parametrize("run", ["check", "first"])
def test_what_would_break_something_is_refused(stories: Stories, case: str, sentence: str, run: str) -> None:
    assert sentence in stories.failure(run, case)
    assert stories.writes(run, case) == []


def test_the_given_key_is_printed_nowhere(stories: Stories) -> None:
    line = pem("script").splitlines()[5]
    assert [name for name, run in stories.runs.items() if line in run.output] == []
