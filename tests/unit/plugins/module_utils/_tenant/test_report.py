# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a run, and the commands that it suggests."""

from __future__ import annotations

import shlex

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report import Command, report_lines, report_summary
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_facts import Facts, StoredFacts

COMMAND = Command(["tenants.yml"], "acme")
ASKED = {"tenant": "acme", "org_url": "https://acme.okta.com"}
STATUS = StoredFacts(verified=True, rotation={"stage": "preparing", "since": "2026-01-31T12:00:00Z"})


@pytest.mark.parametrize("label", ["rz", "clé d'or", None, "default"])
def test_a_command_works_when_pasted(label: str | None) -> None:
    command = Command(["/srv/my tenants.yml", "acme,"], "acme;rm -rf", label)
    lines = report_lines(Facts("rotate", "status", stored=STATUS, **ASKED), command)
    assert lines[1] == "Run it again: -e rezonate_rotation=prepare; or cancel: -e rezonate_rotation=abort"
    words = shlex.split(lines[2].removeprefix("As a command: "))
    assert words[:6] == ["ansible-playbook", "-i", "/srv/my tenants.yml", "-i", "acme,", "rezonate.okta.rotate_rezonate"]
    given = f"{label if label not in (None, 'default') else ''}@prompt"
    assert words[6:] == ["--limit", "acme;rm -rf", "--vault-id", given, "-e", "rezonate_rotation=prepare"]
    assert lines[3].endswith("-e rezonate_rotation=abort")
    assert len(lines) == 4


def test_an_option_that_is_suggested_twice_has_one_command() -> None:
    stored = StoredFacts(verified=True, known={"take_over": True}, methods={"oauth": {}, "api_token": {}})
    app = {"app": {"id": "0oa1"}, "beyond": ["a label; then -e rezonate_rotation=finish"]}
    lines = report_lines(Facts("onboard", stored=stored, options={"verify": True}, results={"app": app}, compared=True, **ASKED), COMMAND)
    start = "As a command: ansible-playbook -i tenants.yml rezonate.okta."
    assert [line for line in lines if line.startswith("As a command")] == [
        f"{start}rotate_rezonate --limit acme --vault-id @prompt -e rezonate_rotation=finish",
        f"{start}onboard_rezonate --limit acme --vault-id @prompt -e rezonate_retire_previous=true",
    ]


def test_newer_scopes_have_a_command() -> None:
    facts = Facts("onboard", stored=StoredFacts(verified=True), scope_sets={1: ["a"], 2: ["a", "b"]}, **ASKED)
    assert report_lines(facts, COMMAND)[-1].endswith(
        "rezonate.okta.onboard_rezonate --limit acme --vault-id @prompt -e rezonate_scopes_version=2"
    )


@pytest.mark.parametrize(
    ("work", "words"),
    [
        ("onboard", "verified; not compared with Okta, since no valid API token or OAuth client was given."),
        ("rotate", "not onboarded, or not verified."),
        ("offboard", "nothing to remove, since  holds no credentials; objects in Okta that are not recorded there are left unchanged."),
    ],
)
def test_each_work_has_a_report_of_its_own(work: str, words: str) -> None:
    assert report_lines(Facts(work, "status", **ASKED), COMMAND) == [f"Tenant acme (https://acme.okta.com): {words}"]


def test_the_summary_has_the_status_and_the_changes() -> None:
    results = {"removed_record": {"changed": True}, "revoked": {"changed": True}}
    assert report_summary(Facts("onboard", results=results)) == {"status": "created", "changed": ["the bootstrap API token is revoked"]}
    assert report_summary(Facts("offboard", stored=StoredFacts("acme.vault"), results=results)) == {
        "status": "changed",
        "changed": ["the credentials in acme.vault", "the bootstrap API token"],
    }
