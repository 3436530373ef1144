# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a rotation."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_facts import Facts, StoredFacts
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_rotation import rotation_report

ACME = "Tenant acme (https://acme.okta.com): "
TIME = "2026-01-31T12:00:00Z"
VIEW = "ansible-vault view --vault-id rz@prompt acme.vault"
VERIFICATION = {"verification": {"proved": []}}
NEXT_COMMANDS = "When Rezonate uses it: -e rezonate_rotation=finish; to cancel instead: -e rezonate_rotation=abort"
ENTER = {
    "oauth": "In the Rezonate console, enter the private key: rezonate_credentials.next.private_key of acme.vault",
    "api_service_integration": "In the Rezonate console, enter the client secret: rezonate_credentials.next.client_secret of acme.vault",
}
NOUNS = {"oauth": "key", "api_service_integration": "client secret"}


def lines(stage: str, at: str = "none", method: str = "oauth", verified: bool = True, **members: Any) -> list[str]:
    """The report of a command at a stage of the rotation."""
    stored = StoredFacts("acme.vault", VIEW, method=method, verified=verified, rotation={"stage": at, "since": TIME})
    options = {"rotation_max_age": "90d"}
    facts = Facts("rotate", stage, tenant="acme", org_url="https://acme.okta.com", stored=stored, options=options, **members)
    return [line.removeprefix(ACME) for line in rotation_report(facts)]


@pytest.mark.parametrize("method", NOUNS)
def test_a_prepared_rotation_has_console_steps(method: str) -> None:
    words = f"the {NOUNS[method]} in use and the next one are both verified."
    assert lines("prepare", method=method, results=VERIFICATION) == [words, ENTER[method], f"View it: {VIEW}", NEXT_COMMANDS]


@pytest.mark.parametrize("method", NOUNS)
def test_the_end_of_a_rotation_is_one_line(method: str) -> None:
    assert lines("finish", "prepared", method, results=VERIFICATION) == [f"the new {NOUNS[method]} is the only one."]
    assert lines("abort", "prepared", method, results=VERIFICATION) == [f"the {NOUNS[method]} in use is the only one."]


@pytest.mark.parametrize("stage", ["prepare", "finish", "abort"])
def test_check_mode_has_no_console_steps(stage: str) -> None:
    assert lines(stage, "prepared", results=VERIFICATION, check=True) == [f"would {stage} the rotation."]


STATUS: list[tuple[str, str, list[str]]] = [
    ("none", f"no rotation is under way; the key in use was verified on {TIME}.", []),
    (
        "preparing",
        f"a prepare that began on {TIME} was interrupted or failed.",
        ["Run it again: -e rezonate_rotation=prepare; or cancel: -e rezonate_rotation=abort"],
    ),
    ("prepared", f"prepared since {TIME}.", [ENTER["oauth"], f"View it: {VIEW}", NEXT_COMMANDS]),
    ("finishing", "a finish was interrupted.", ["Run it again: -e rezonate_rotation=finish"]),
    (
        "taking over",
        f"the managed key of {TIME} is used beside others that existed before.",
        ["When Rezonate uses the managed one, remove the others: -e rezonate_rotation=finish"],
    ),
]


@pytest.mark.parametrize(("at", "words", "following"), STATUS)
def test_the_status_of_a_rotation_and_what_comes_next(at: str, words: str, following: list[str]) -> None:
    begin = ["Begin one: -e rezonate_rotation=prepare"] if at == "none" else []
    assert lines("status", at) == [words, *begin, *following]


@pytest.mark.parametrize("stage", ["finish", "abort"])
@pytest.mark.parametrize(("at", "words", "following"), STATUS)
def test_a_command_without_work_gives_the_reason(stage: str, at: str, words: str, following: list[str]) -> None:
    assert lines(stage, at) == [f"nothing to {stage}, and nothing was changed: {words}", *following]


def test_a_credential_within_the_maximum_age_is_one_line() -> None:
    words = f"nothing to rotate: the client secret of {TIME} is not older than 90d."
    for at in ("none", "taking over", "finishing"):
        assert lines("prepare", at, "api_service_integration") == [words]


def test_a_tenant_that_cannot_be_rotated_is_one_line() -> None:
    assert lines("status", verified=False) == ["not onboarded, or not verified."]
    assert lines("status", "preparing", verified=False) == ["not onboarded, or not verified."]
    words = "method api_token has no rotation: create another token in the Admin Console, and onboard with it."
    assert lines("status", method="api_token") == [words]


ONE, TWO = {"id": "ocs1"}, {"id": "ocs2"}
REMAINS = "A secret that is not managed remains on the integration."


@pytest.mark.parametrize(
    ("stage", "secrets", "integration", "foreign"),
    [
        ("finish", [ONE, TWO], {"changed": False}, True),
        ("abort", [ONE, TWO], {}, True),
        ("finish", [ONE, TWO], {"integration": {}}, False),
        ("finish", [ONE], {}, False),
        ("prepare", [ONE, TWO], {}, False),
    ],
)
def test_an_unmanaged_secret_is_reported(stage: str, secrets: list[Any], integration: dict[str, Any], foreign: bool) -> None:
    results = {**VERIFICATION, "secrets": {"integration": {"secrets": secrets}}, "integration": integration}
    assert (REMAINS in lines(stage, "prepared", "api_service_integration", results=results)) == foreign


def test_the_changes_come_last() -> None:
    app = {"changed": True, "changes": ["remove key k1"], "app": {"id": "0oa1", "label": "Rezonate"}}
    results = {**VERIFICATION, "app": app, "revoked": {"changed": True}}
    assert lines("finish", "prepared", results=results)[1:] == [
        "The bootstrap API token was revoked.",
        "Changed: the app Rezonate (0oa1): remove key k1.",
    ]
