# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a stored record is public."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.public_record import by_method, rotation
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.record import OPEN_MEMBERS

TIME, LATER = "2026-01-31T12:00:00Z", "2026-02-01T12:00:00Z"
SECRET = "made-up-secret-5b0f7c1d9e"
APP: dict[str, Any] = {
    "application_id": "0oa1",
    "key_id": "k1",
    "private_key": SECRET,
    "private_jwk": {"n": "x", "d": SECRET},
    "next": {"key_id": "k2", "private_key": SECRET, "private_jwk": {"d": SECRET}, "requested_at": TIME, "proven_at": LATER},
    "retiring": ["k0"],
}
PUBLIC_APP = {
    "application_id": "0oa1",
    "key_id": "k1",
    "retiring": ["k0"],
    "next": {"key_id": "k2", "requested_at": TIME, "proven_at": LATER},
    "secret_members": ["private_key"],
}
TOKEN = {"api_token": SECRET, "owner": "auditor@acme.example", "proven_at": TIME}


def test_each_method_is_there_without_its_secrets() -> None:
    stored = {**APP, "method": "oauth", "previous": {"api_token": TOKEN}}
    assert by_method(stored, OPEN_MEMBERS) == {
        "oauth": PUBLIC_APP,
        "api_token": {"owner": "auditor@acme.example", "proven_at": TIME, "secret_members": ["api_token"]},
    }


def test_the_names_of_secrets_tell_what_is_stored() -> None:
    stored = {"method": "api_service_integration", "client_secret": SECRET}
    assert by_method(stored, OPEN_MEMBERS) == {"api_service_integration": {"secret_members": ["client_secret"]}}


def test_a_record_of_nothing_has_no_method() -> None:
    assert by_method({}, OPEN_MEMBERS) == {}


@pytest.mark.parametrize(
    ("current", "stage", "since"),
    [
        ({}, "none", ""),
        ({"proven_at": TIME}, "none", TIME),
        ({"proven_at": TIME, "take_over": False}, "none", TIME),
        ({"proven_at": TIME, "take_over": True}, "taking over", TIME),
        ({"proven_at": TIME, "take_over": True, "retiring": []}, "finishing", TIME),
        ({"proven_at": TIME, "next": {"requested_at": LATER}}, "preparing", LATER),
        ({"proven_at": TIME, "next": {"requested_at": TIME, "proven_at": LATER}, "retiring": []}, "prepared", LATER),
        ({"proven_at": TIME, "next": {"key_id": "k2"}}, "preparing", TIME),
    ],
)
def test_the_stage_of_a_rotation(current: dict[str, Any], stage: str, since: str) -> None:
    assert rotation(current) == {"stage": stage, "since": since}
