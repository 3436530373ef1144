# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The unmanaged credentials that authenticate as an app: a table of all kinds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import StateError
from ansible_collections.rezonate.okta.plugins.module_utils._resources.app_credentials import (
    Key,
    accesses,
    foreign_accesses,
    other_uses,
    same_key,
)
from ansible_collections.rezonate.okta.plugins.module_utils._resources.service_app_plan import (
    App,
    DesiredApp,
    app_from,
    describe_drift,
    desired_keys,
    plan_app,
    registered_kids,
    replacement,
)
from helpers.fake_okta import raw_app, raw_key, rsa_key

ADDED = "(added 2026-01-06T19:50:58.000Z)"
URL = "https://vendor.example/keys"
MANAGED_KEYS = desired_keys([rsa_key(1).public_jwk()]) or ()


def app(*keys: Any, method: str = "private_key_jwt", **settings: Any) -> App:
    jwks = [raw_key(key) if isinstance(key, int) else key for key in keys]
    credentials = {"oauthClient": {"token_endpoint_auth_method": method}}
    return app_from(raw_app(credentials=credentials, settings={"jwks": {"keys": jwks}, **settings}))


def steps(found: App, **desired: Any) -> list[str]:
    return [step.text for step in plan_app(found, DesiredApp(keys=MANAGED_KEYS, **desired)).steps]


NAMELESS = raw_key(2, kid=None)
CURVE = {"id": "pks9", "kty": "EC", "kid": "curve", "status": "ACTIVE"}
# An app, and the unmanaged credentials that authenticate as it.
CREDENTIALS: dict[str, tuple[App, list[str]]] = {
    "nobody": (app(), []),
    "we": (app(1), []),
    "a key": (app(1, 2), [f"made-up-kid-2 {ADDED}"]),
    "an inactive key": (app(raw_key(2, status="INACTIVE")), []),
    "a key without a kid": (app(NAMELESS), [f"without a kid, pks2 {ADDED}"]),
    "the managed key without a kid": (app(raw_key(1, kid=None)), []),
    "another key type": (app(CURVE), ["curve (added at an unknown time)"]),
    "a key set": (app(jwks_uri=URL), [f"the keys at {URL}"]),
    "a key set beside the managed key": (app(1, jwks_uri=URL), [f"the keys at {URL}"]),
    "an empty URL": (app(1, jwks_uri=""), []),
    "a secret, by HTTP Basic": (app(method="client_secret_basic"), ["the authentication method client_secret_basic"]),
    "a secret, in the body": (app(1, method="client_secret_post"), ["the authentication method client_secret_post"]),
    "a secret that signs": (app(method="client_secret_jwt"), ["the authentication method client_secret_jwt"]),
    "everybody": (app(method="none"), ["the authentication method none"]),
}


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_the_unmanaged_credentials_of_an_app(kind: str) -> None:
    found, expected = CREDENTIALS[kind]
    assert [access.text for access in foreign_accesses(found, MANAGED_KEYS)] == expected


# Apps on which none of the desired keys is registered.
UNMANAGED = [
    kind for kind, (_app, expected) in CREDENTIALS.items() if expected and kind not in ("a key", "a key set beside the managed key")
]


@pytest.mark.parametrize("kind", UNMANAGED)
def test_an_app_with_unmanaged_credentials_is_refused(kind: str) -> None:
    found, expected = CREDENTIALS[kind]
    with pytest.raises(StateError, match=r"may be in use(\.|: )") as caught:
        plan_app(found, DesiredApp(keys=MANAGED_KEYS))
    assert found.auth_method != "private_key_jwt" or f"in use: {expected[0]}. Nothing was changed." in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "uses"),
    [
        ({}, ()),
        ({"grant_types": ["client_credentials", "refresh_token"]}, ("the grant type refresh_token",)),
        ({"redirect_uris": ["https://app.example/back"]}, ("the redirect URI https://app.example/back",)),
        ({"grant_types": None, "redirect_uris": "odd"}, ()),
    ],
)
def test_an_app_with_other_uses_is_refused(settings: dict[str, Any], uses: tuple[str, ...]) -> None:
    found = app(**settings)
    assert other_uses(found) == uses
    if uses:
        with pytest.raises(StateError, match=f"may be in use: {uses[0]}"):
            plan_app(found, DesiredApp(keys=MANAGED_KEYS))
    else:
        assert steps(found) == ["add key made-up-kid-1"]


def test_authentication_entries_are_returned_with_key_ids() -> None:
    assert [access.facts() for access in accesses(app(1, NAMELESS, jwks_uri=URL))] == [
        {"type": "key", "kid": "made-up-kid-1", "description": f"made-up-kid-1 {ADDED}"},
        {"type": "key", "kid": None, "description": f"without a kid, pks2 {ADDED}"},
        {"type": "jwks_uri", "kid": None, "description": f"the keys at {URL}"},
    ]


def test_a_key_without_a_kid_is_never_called_none() -> None:
    found = app(raw_key(1, kid=None))
    assert registered_kids(found, MANAGED_KEYS) == ["made-up-kid-1"]
    # an assertion can't refer to a key without a kid, so the desired key is registered with its kid
    assert steps(found) == ["add key made-up-kid-1"]
    assert (found.keys[0].facts()["kid"], found.diff_facts()["keys"]) == (None, ["without a kid, pks1 (active)"])
    assert not same_key(Key("", None), Key("", None))
    assert steps(found, absent_kids=("",)) == ["add key made-up-kid-1"]


def test_the_url_of_a_key_set_is_removed_with_foreign_keys() -> None:
    found = app(1, jwks_uri=URL)
    assert steps(found) == []
    assert steps(found, exclusive_keys=True) == ["replace jwks_uri"]
    assert steps(found, exclusive_keys=True, only_add=True, take_over=True) == []
    assert "jwks_uri" not in replacement(found.raw, {"jwks_uri": None})["settings"]["oauthClient"]
    assert steps(app(jwks_uri=URL), take_over=True, exclusive_keys=True) == ["add key made-up-kid-1"]


FOUND = app(2, dpop_bound_access_tokens=True, network={"connection": "ZONE", "include": ["nzo9"]})
DESIRED = DesiredApp(label="New", keys=MANAGED_KEYS, exclusive_keys=True, take_over=True, only_add=True, dpop=False, network_zones=())


def test_adopting_changes_and_removes_nothing_and_reports_drift() -> None:
    plan = plan_app(FOUND, DESIRED)
    assert [step.text for step in plan.steps] == ["add key made-up-kid-1"]
    assert describe_drift(plan.after, DESIRED) == [
        f"the public key made-up-kid-2 {ADDED}",
        "the label 'Rezonate' instead of 'New'",
        "access tokens that are bound by DPoP",
        "a limit to the network zones nzo9",
    ]
    assert describe_drift(app(1), replace(DESIRED, label="Rezonate", network_zones=("nzo1",), dpop=True)) == [
        "access tokens that are not bound by DPoP",
        "no limit to the network zones nzo1",
    ]


@pytest.mark.parametrize("state", ["present", "inactive"])
def test_adopting_changes_no_status(state: str) -> None:
    status = "INACTIVE" if state == "present" else "ACTIVE"
    with pytest.raises(StateError, match=rf"is {status.lower()}, and the status of an adopted app isn't changed\. Nothing was changed\."):
        plan_app(replace(FOUND, status=status), replace(DESIRED, state=state))


def test_without_drift_nothing_is_reported() -> None:
    assert describe_drift(app(1), replace(DESIRED, label="Rezonate")) == []
    assert describe_drift(None, DESIRED) == describe_drift(FOUND, replace(DESIRED, state="absent")) == []
