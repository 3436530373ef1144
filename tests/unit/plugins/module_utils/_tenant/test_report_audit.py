# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An audit's result in one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_audit import audit_sentence

ONE, TWO = {"id": "key_old"}, {"id": "super_admin"}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"status": "clean", "findings": []}, "clean."),
        ({"status": "findings", "findings": [ONE]}, "1 finding: key_old."),
        ({"status": "findings", "findings": [ONE, TWO]}, "2 findings: key_old, super_admin."),
        ({"status": "unknown", "findings": [ONE]}, "1 finding: key_old."),
        ({"status": "failed", "findings": [ONE], "error": "Okta answered 401."}, "could not be audited: Okta answered 401."),
    ],
)
def test_the_status_of_an_audited_tenant(found: dict[str, Any], words: str) -> None:
    tenant = {"tenant": "acme", "org_url": "https://acme.okta.com", "error": None, **found}
    assert audit_sentence(tenant) == f"Tenant acme (https://acme.okta.com): {words}"


def test_a_tenant_with_an_unknown_org_is_named_without_it() -> None:
    tenant = {"tenant": "acme", "org_url": None, "status": "failed", "error": "No org.", "findings": []}
    assert audit_sentence(tenant) == "Tenant acme: could not be audited: No org."
