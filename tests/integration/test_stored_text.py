# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orgs that store texts in another form, and orgs with other defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from helpers.run_history import RunHistories
from helpers.workspace import Workspace
from okta_emulator import Tenant

LABEL = 'R & D  "Rezonate" <Caf\u0065\u0301>'
STORED = "R &amp; D &quot;Rezonate&quot; &lt;Caf\u00e9&gt;"
FORMS = ["NFC", "trimmed", "escaped"]
GROUP, ZONE = "R&D 'staff'", "Sources <1>"
TEXTS: dict[str, Any] = {
    "rezonate_app_label": LABEL,
    "rezonate_remediation": True,
    "rezonate_remediation_resource_groups": [GROUP],
    "rezonate_source_addresses": ["198.51.100.7", "198.51.100.8-198.51.100.15", "2001:DB8:0::1"],
    "rezonate_network_zone_name": ZONE,
    "rezonate_verify": False,
}
PLAIN: dict[str, Any] = {"rezonate_app_label": LABEL}


def changed_default(tenant: Tenant) -> dict[str, Any]:
    tenant.set(dpop_default=True)
    return {}


@pytest.fixture(scope="module")
def histories(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistories:
    """Onboard twice, change a setting, and lose the files."""
    hosts = {case: new_tenant() for case in ("texts", "plain", "DPoP by default")}
    for case in ("texts", "plain"):
        hosts[case].set(stored_text=FORMS)
    hosts["texts"].add_group("R&amp;D &#x27;staff&#x27;")
    histories = RunHistories(
        new_workspace(), hosts, {"texts": TEXTS, "plain": PLAIN, "DPoP by default": changed_default(hosts["DPoP by default"])}
    )
    histories.run("first")
    histories.run("second")
    histories.run("changed", cases=["plain"], rezonate_dpop=True)
    labels.update({case: app["label"] for case, tenant in hosts.items() for app in tenant.apps})
    histories.workspace.vault_file(hosts["plain"]).unlink()
    histories.run("lost", cases=["plain"])
    return histories


labels: dict[str, str] = {}


@pytest.mark.parametrize("case", ["texts", "plain"])
def test_a_label_that_okta_stores_in_another_form_is_not_a_change(histories: RunHistories, case: str) -> None:
    assert histories.changed("first", case)
    assert histories.changed("second", case) == []
    assert histories.writes("second", case) == []
    assert labels[case] == STORED


def test_a_change_sends_the_label_in_its_original_form(histories: RunHistories) -> None:
    assert histories.changed("changed", "plain")
    assert labels["plain"] == STORED


def test_with_a_lost_file_no_second_app_is_created(histories: RunHistories) -> None:
    assert "has none of the given keys but other credentials" in histories.failure("lost", "plain")
    assert histories.writes("lost", "plain") == []
    assert len(histories.hosts["plain"].apps) == 1


def test_a_setting_is_sent_if_the_org_has_another_default(histories: RunHistories) -> None:
    (app,) = histories.hosts["DPoP by default"].apps
    assert app["settings"]["oauthClient"]["dpop_bound_access_tokens"] is False
    (body,) = (
        entry.body for entry in histories.requests["first"]["DPoP by default"] if (entry.method, entry.path) == ("POST", "/api/v1/apps")
    )
    assert body["settings"]["oauthClient"]["dpop_bound_access_tokens"] is False
    assert not any(call.startswith("PUT") for call in histories.calls("first", "DPoP by default"))
    assert histories.changed("second", "DPoP by default") == []
