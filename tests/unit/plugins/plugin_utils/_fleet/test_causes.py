# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures are grouped by cause, and secrets are detected by their form."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.causes import generalize_message, group_by_cause, has_secret, redact
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.tally import Tenant

TOKEN = "00" + "madeUpTokenOfTestsNobodyElseHas-12345678"  # as long as Okta's
PEM = "-----BEGIN PRIVATE KEY-----\nMIImadeup\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize("secret", [TOKEN, PEM, PEM[:40], "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJtYWRlIn0.c2ln"])
def test_a_text_with_the_form_of_a_secret_is_hidden(secret: str) -> None:
    assert has_secret(f"Given: {secret}")
    assert redact(f"Given: {secret} and more").startswith("Given: <hidden>")
    assert secret not in redact(secret)


@pytest.mark.parametrize("text", ["acme", "okta.users.read", "0oaMadeUpAppId123456", "rezonate_ca_path=/etc/ca.pem"])
def test_texts_without_secrets_are_not_changed(text: str) -> None:
    assert not has_secret(text)
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "common"),
    [
        ("GET https://acme.okta.com/api/v1/apps: 401", "GET <org>/api/v1/apps: 401"),
        ("App 0oa1madeUp2Id3456789 of acme is gone.", "App <id> of <tenant> is gone."),
        ("Denied (error id oaeMadeUp_Id-1, request id 531f98468bbe).", "Denied (error id <id>, request id <id>)."),
        ("Since 2026-01-31T12:00:00Z.", "Since <time>."),
        ("host_vars/acme/rezonate.vault is locked; acme-two isn't.", "host_vars/<tenant>/rezonate.vault is locked; acme-two isn't."),
    ],
)
def test_tenant_specific_parts_are_replaced(text: str, common: str) -> None:
    assert generalize_message(text, "acme") == common


def test_the_most_frequent_cause_is_first_and_a_single_one_is_not_generalized() -> None:
    failures = [("a", "b: no file for a"), ("b", "https://b.okta.com: 401"), ("c", "https://c.okta.com: 401"), ("d", None)]
    tenants = [Tenant(name, failure=failure) for name, failure in failures]
    assert group_by_cause(tenants) == [("<org>: 401", ["b", "c"]), ("b: no file for a", ["a"])]
