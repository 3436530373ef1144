# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a service app, without HTTP."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._resources.app_credentials import Key, key_from, same_key
from ansible_collections.rezonate.okta.plugins.module_utils._resources.service_app_plan import (
    App,
    DesiredApp,
    app_from,
    choose,
    creation,
    desired_keys,
    is_service_app,
    plan_app,
    registered_kids,
    replacement,
    with_key_times,
)
from helpers.fake_okta import APP_ID, raw_app, raw_key, rsa_key


def desired_keys_of(*numbers: int) -> tuple[Key, ...]:
    return desired_keys([rsa_key(number).public_jwk() for number in numbers]) or ()


def steps(app: App | None, desired: DesiredApp) -> list[str]:
    return [step.text for step in plan_app(app, desired).steps]


def kid(number: int) -> str:
    return rsa_key(number).key_id


def sent_in_app(number: int) -> dict[str, Any]:
    return {name: value for name, value in rsa_key(number).public_jwk().items() if name != "alg"}


HAVE = app_from(raw_app(keys=(1, 2)))
ZONED = app_from(raw_app(settings={"network": {"connection": "ZONE", "include": ["nzo2", "nzo1"]}}))
INACTIVE = replace(HAVE, status="INACTIVE")


@pytest.mark.parametrize(
    ("app", "desired", "expected"),
    [
        (HAVE, DesiredApp(), []),
        (HAVE, DesiredApp(label="Rezonate", keys=desired_keys_of(2, 1), exclusive_keys=True, dpop=False, network_zones=()), []),
        (ZONED, DesiredApp(network_zones=("nzo1", "nzo2")), []),
        (HAVE, DesiredApp(keys=desired_keys_of(1)), []),
        (HAVE, DesiredApp(keys=desired_keys_of(1), exclusive_keys=True), ["remove key made-up-kid-2"]),
        (HAVE, DesiredApp(keys=desired_keys_of(3, 1), exclusive_keys=True), ["add key made-up-kid-3", "remove key made-up-kid-2"]),
        (HAVE, DesiredApp(keys=desired_keys_of(3, 1)), ["add key made-up-kid-3"]),
        (HAVE, DesiredApp(keys=desired_keys_of(3), take_over=True), ["add key made-up-kid-3"]),
        (HAVE, DesiredApp(keys=desired_keys_of(3), take_over=True, exclusive_keys=True), ["add key made-up-kid-3"]),
        (HAVE, DesiredApp(absent_kids=(kid(2), kid(3))), ["remove key made-up-kid-2"]),
        (HAVE, DesiredApp(keys=desired_keys_of(3, 1), absent_kids=(kid(1), kid(2))), ["add key made-up-kid-3", "remove key made-up-kid-2"]),
        (HAVE, DesiredApp(keys=()), "in use"),
        (HAVE, DesiredApp(keys=desired_keys_of(3)), "in use"),
        (HAVE, DesiredApp(keys=desired_keys_of(3), exclusive_keys=True), "in use"),
        (replace(HAVE, keys=()), DesiredApp(keys=desired_keys_of(1), exclusive_keys=True), ["add key made-up-kid-1"]),
        (HAVE, DesiredApp(label="New", dpop=True, network_zones=("nzo1",)), ["replace label, dpop, network_zones"]),
        (HAVE, DesiredApp(label="New", keys=desired_keys_of(3, 1)), ["add key made-up-kid-3", "replace label"]),
        (ZONED, DesiredApp(network_zones=()), ["replace network_zones"]),
        (HAVE, DesiredApp(state="inactive"), ["deactivate"]),
        (INACTIVE, DesiredApp(state="inactive"), []),
        (INACTIVE, DesiredApp(), ["activate"]),
        (HAVE, DesiredApp(state="absent"), ["deactivate", "delete"]),
        (INACTIVE, DesiredApp(state="absent"), ["delete"]),
        (HAVE, DesiredApp(state="absent", keys=desired_keys_of(3)), ["deactivate", "delete"]),
        (None, DesiredApp(state="absent"), []),
        (None, DesiredApp(label="New", keys=desired_keys_of(1)), ["create"]),
        (None, DesiredApp(state="inactive", label="New", keys=desired_keys_of(1)), ["create", "deactivate"]),
    ],
)
def test_a_plan_reaches_the_desired_state(app: App | None, desired: DesiredApp, expected: Any) -> None:
    if expected == "in use":
        with pytest.raises(StateError, match="has none of the given keys but other credentials"):
            plan_app(app, desired)
    else:
        assert steps(app, desired) == expected


@pytest.mark.parametrize("seed", range(20))
def test_a_reached_state_requires_no_further_steps(seed: int) -> None:
    pick = random.Random(seed)
    have = app_from(raw_app(keys=pick.sample((1, 2, 3), pick.randint(0, 3)), status=pick.choice(("ACTIVE", "INACTIVE"))))
    desired = DesiredApp(
        state=pick.choice(("present", "inactive")),
        label=pick.choice((None, "New")),
        keys=pick.choice((None, desired_keys_of(1), desired_keys_of(2, 1))),
        absent_kids=pick.choice(((), (kid(2),), (kid(3), kid(1)))),
        take_over=True,
        dpop=pick.choice((None, True, False)),
        network_zones=pick.choice((None, (), ("nzo1",))),
    )
    after = plan_app(have, desired).after
    assert steps(after, desired) == []


def test_an_app_that_authenticates_with_a_secret_is_refused() -> None:
    raw = raw_app(credentials={"oauthClient": {"client_id": "0oa1", "token_endpoint_auth_method": "client_secret_basic"}})
    with pytest.raises(StateError, match="authenticates with client_secret_basic, not with a key"):
        plan_app(app_from(raw), DesiredApp(keys=desired_keys_of(1), take_over=True))


def test_an_existing_key_retains_its_registered_name() -> None:
    (managed,) = desired_keys_of(1)
    assert registered_kids(HAVE, [replace(managed, kid="another name"), *desired_keys_of(3)]) == [kid(1), kid(3)]
    assert registered_kids(None, [managed]) == [kid(1)]


def test_an_inactive_desired_key_is_activated() -> None:
    app = app_from(raw_app(settings={"jwks": {"keys": [raw_key(1, status="INACTIVE"), raw_key(2)]}}))
    desired = DesiredApp(keys=desired_keys_of(1), exclusive_keys=True)
    assert steps(app, desired) == [f"activate key {kid(1)}", f"remove key {kid(2)}"]


def test_a_removed_desired_key_is_registered_again() -> None:
    assert steps(app_from(raw_app(keys=(2,))), DesiredApp(keys=desired_keys_of(1, 2), exclusive_keys=True)) == [f"add key {kid(1)}"]


def test_the_refusal_lists_app_keys_and_ages_and_gives_advice() -> None:
    odd = {"kid": "odd", "kty": "EC"}
    app = app_from(raw_app(settings={"jwks": {"keys": [raw_key(1), odd]}}))
    with pytest.raises(StateError) as caught:
        plan_app(app, DesiredApp(keys=desired_keys_of(3)))
    assert str(caught.value) == (
        f"The app 'Rezonate' ({APP_ID}) has none of the given keys but other credentials, which may be in use: "
        "made-up-kid-1 (added 2026-01-06T19:50:58.000Z), odd (added at an unknown time). Nothing was changed. "
        "Find the stored credentials that belong to them, or set take_over to add a key to the app."
    )


@pytest.mark.parametrize(
    ("desired", "sentence"),
    [
        (DesiredApp(label="New", keys=desired_keys_of(1), create=False), "id: this org has no app with that id."),
        (DesiredApp(keys=desired_keys_of(1)), "id: this org has no app with that id."),
        (DesiredApp(label="New"), "jwks is missing: set at least one public key to create the app."),
        (DesiredApp(label="New", keys=()), "jwks is missing: set at least one public key to create the app."),
    ],
)
def test_an_app_is_not_created_without_label_and_keys(desired: DesiredApp, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        plan_app(None, desired)
    assert str(caught.value).startswith(sentence)


def test_keys_are_compared_by_their_numbers_not_their_names() -> None:
    renamed = app_from(raw_app(settings={"jwks": {"keys": [raw_key(1, kid="other-name")]}}))
    assert steps(renamed, DesiredApp(keys=desired_keys_of(1), exclusive_keys=True)) == []
    assert same_key(Key("a", "t"), Key("b", "t"))
    assert not same_key(Key("a", "t"), Key("a", "u"))
    assert same_key(Key("a", None), Key("a", "t"))


def test_the_app_with_a_desired_key_is_chosen_among_several() -> None:
    one, other = (app_from(raw_app(id=f"0oa{number}", keys=(number,))) for number in (1, 2))
    assert choose([one, other], "Rezonate", desired_keys_of(2)) == other
    assert choose([one], "Rezonate", desired_keys_of(3)) == one
    assert choose([], "Rezonate", desired_keys_of(3)) is None


@pytest.mark.parametrize("keys", [(), (3,), (1, 2)])
def test_several_possible_apps_are_an_error(keys: tuple[int, ...]) -> None:
    apps = [app_from(raw_app(id=f"0oa{number}", keys=(number,))) for number in (2, 1)]
    with pytest.raises(StateError) as caught:
        choose(apps, "Rezonate", desired_keys_of(*keys))
    assert str(caught.value) == (
        "Several service apps have the label 'Rezonate' (0oa1, 0oa2): set id to one of them, or delete the others."
    )


def test_creation_sends_the_desired_members_only() -> None:
    body = creation(App("New", keys=desired_keys_of(1)))
    assert body == {
        "name": "oidc_client",
        "label": "New",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
        "settings": {
            "oauthClient": {
                "application_type": "service",
                "grant_types": ["client_credentials"],
                "response_types": ["token"],
                "jwks": {"keys": [sent_in_app(1)]},
            },
        },
    }


def test_creation_sets_the_desired_limits() -> None:
    client = creation(App("New", keys=desired_keys_of(1), dpop=True, network_zones=("nzo1",)))["settings"]["oauthClient"]
    assert client["dpop_bound_access_tokens"] is True
    assert client["network"] == {"connection": "ZONE", "include": ["nzo1"]}


def test_a_replacement_retains_unknown_members_and_omits_read_only_ones() -> None:
    raw = raw_app(features=["A"], profile={"x": 1}, settings={"logo_uri": "y", "network": {"connection": "ANYWHERE"}}, _links={}, orn="o")
    before = copy.deepcopy(raw)
    body = replacement(raw, {"label": "New"})
    assert raw == before
    assert sorted(body) == ["credentials", "label", "name", "profile", "settings", "signOnMode"]
    assert (body["label"], body["profile"]) == ("New", {"x": 1})
    client = body["settings"]["oauthClient"]
    assert (client["logo_uri"], client["network"]) == ("y", {"connection": "ANYWHERE"})
    assert "dpop_bound_access_tokens" not in client
    assert [sorted(jwk) for jwk in client["jwks"]["keys"]] == [["e", "kid", "kty", "n", "status"]]


def test_a_replacement_sends_no_read_only_member() -> None:
    logout = {"status": "ENABLED", "supportType": "FULL", "identityStack": "NOT_SHARED", "protocol": "GLOBAL_TOKEN_REVOCATION"}
    raw = raw_app(universalLogout=logout, features=[], _embedded={}, settings={"universalLogout": logout})
    raw["settings"] |= {"emOptInStatus": "DISABLED", "notes": {"admin": None}}
    body = replacement(raw, {})
    assert not body.keys() & {"universalLogout", "features", "_embedded", "created", "lastUpdated", "orn", "id", "status"}
    assert sorted(body["settings"]) == ["notes", "oauthClient"]
    assert "universalLogout" not in body["settings"]["oauthClient"]


# From Okta's API description; the members of a key are those of its own path, of which the app returns some.
ONLY_RETURNED = ("id", "created", "lastUpdated", "_links", "_embedded", "orn", "status", "features", "universalLogout")
ONLY_RETURNED_OF_SETTINGS = ("emOptInStatus", "universalLogout")
ONLY_RETURNED_OF_A_KEY = ("id", "created", "lastUpdated", "_links", "alg")


@pytest.mark.parametrize("name", ONLY_RETURNED)
def test_a_replacement_omits_the_read_only_members_of_an_app(name: str) -> None:
    assert name not in replacement(raw_app(**{name: "ACTIVE"}), {"label": "New"})


@pytest.mark.parametrize("name", ONLY_RETURNED_OF_SETTINGS)
def test_a_replacement_omits_the_read_only_members_of_settings(name: str) -> None:
    raw = raw_app(settings={name: "x"})
    raw["settings"][name] = "x"
    settings = replacement(raw, {})["settings"]
    assert (name in settings, name in settings["oauthClient"]) == (False, False)


@pytest.mark.parametrize("name", ONLY_RETURNED_OF_A_KEY)
@pytest.mark.parametrize("without", [None, key_from(raw_key(2))])
def test_a_replacement_omits_the_read_only_members_of_a_key(name: str, without: Key | None) -> None:
    raw = raw_app(settings={"jwks": {"keys": [raw_key(number, **{name: "pks1"}) for number in (1, 3)]}})
    sent = replacement(raw, {}, without)["settings"]["oauthClient"]["jwks"]["keys"]
    assert [(jwk["kid"], name in jwk) for jwk in sent] == [("made-up-kid-1", False), ("made-up-kid-3", False)]


@pytest.mark.parametrize("name", ["visibility", "accessibility", "profile"])
def test_a_replacement_retains_the_writable_members(name: str) -> None:
    assert replacement(raw_app(**{name: {"x": 1}}), {})[name] == {"x": 1}


def test_a_replacement_retains_the_use_of_a_key_but_not_its_algorithm() -> None:
    raw = raw_app(settings={"jwks": {"keys": [raw_key(1, use="sig", alg="RS256", lastUpdated="x", _links={})]}})
    (jwk,) = replacement(raw, {})["settings"]["oauthClient"]["jwks"]["keys"]
    assert jwk == {**sent_in_app(1), "status": "ACTIVE"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"dpop": True}, {"dpop_bound_access_tokens": True}),
        ({"dpop": False}, {"dpop_bound_access_tokens": False}),
        ({"network_zones": ("nzo1",)}, {"network": {"connection": "ZONE", "include": ["nzo1"]}}),
        ({"network_zones": ()}, {"network": {"connection": "ANYWHERE"}}),
    ],
)
def test_a_replacement_contains_the_changes(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    raw = raw_app()
    client = replacement(raw, changes)["settings"]["oauthClient"]
    assert {
        name: value for name, value in client.items() if raw["settings"]["oauthClient"].get(name) != value and name != "jwks"
    } == expected


def test_an_app_returns_the_documented_members_only() -> None:
    assert app_from(raw_app(settings={"dpop_bound_access_tokens": True})).facts() == {
        "id": APP_ID,
        "client_id": APP_ID,
        "label": "Rezonate",
        "status": "ACTIVE",
        "created": "2026-01-06T19:50:57.000Z",
        "dpop": True,
        "network_zones": [],
        "jwks": [
            {
                "id": "pks1",
                "kid": "made-up-kid-1",
                "status": "ACTIVE",
                "thumbprint": rsa_key(1).thumbprint,
                "created": None,
            },
        ],
        "authentication": [{"type": "key", "kid": "made-up-kid-1", "description": "made-up-kid-1 (added at an unknown time)"}],
    }


def test_the_keys_of_an_app_get_their_times_from_the_list_of_keys() -> None:
    found = app_from(raw_app(keys=(1, 2)))
    listed = [key_from(raw_key(1, created="2026-01-01T00:00:00.000Z")), key_from(raw_key(2, id="pks9")), key_from(raw_key(3))]
    assert [key.created for key in with_key_times(found, listed).keys] == ["2026-01-01T00:00:00.000Z", None]
    own = app_from(raw_app(settings={"jwks": {"keys": [raw_key(1)]}}))
    assert with_key_times(own, listed).keys[0].created == "2026-01-06T19:50:58.000Z"


def test_a_key_without_an_id_gets_no_time() -> None:
    found = app_from(raw_app(settings={"jwks": {"keys": [raw_key(1, id=None, created=None)]}}))
    assert with_key_times(found, [key_from(raw_key(2, id=None))]).keys[0].created is None


def test_a_diff_contains_key_names_and_no_key_material() -> None:
    shown = HAVE.diff_facts()
    assert shown["keys"] == ["made-up-kid-1 (active)", "made-up-kid-2 (active)"]
    assert rsa_key(1).public_jwk()["n"] not in repr((shown, HAVE))


_HOSTILE: list[Any] = [
    None,
    [],
    "text",
    7,
    {},
    [None],
    [[]],
    {"keys": None},
    {"keys": {}},
    {"keys": [None, 7, {"kid": None, "kty": []}, {"n": 7}]},
]


@pytest.mark.parametrize("value", _HOSTILE)
@pytest.mark.parametrize(
    "path", ["settings", "settings.oauthClient", "settings.oauthClient.jwks", "settings.oauthClient.network", "credentials", "id"]
)
def test_no_form_of_a_response_causes_a_traceback(path: str, value: Any) -> None:
    raw = raw_app()
    *parents, last = path.split(".")
    inner = raw
    for name in parents:
        inner = inner[name]
    inner[last] = value
    assert isinstance(app_from(raw).facts(), dict)
    is_service_app(raw)
    if path == "settings.oauthClient.jwks":
        assert replacement(raw, {"label": "New"})["label"] == "New"


def test_an_empty_response_is_an_app_without_members() -> None:
    assert app_from({}) == App("")


@pytest.mark.parametrize(
    ("change", "is_one"),
    [
        ({}, True),
        ({"name": "bookmark"}, False),
        ({"settings": {"application_type": "web"}}, False),
        ({"settings": {"application_type": None}}, False),
    ],
)
def test_only_service_apps_are_considered(change: dict[str, Any], *, is_one: bool) -> None:
    assert is_service_app(raw_app(**change)) is is_one


def test_duplicate_key_names_are_refused() -> None:
    one, other = rsa_key(1).public_jwk(), rsa_key(2).public_jwk()
    with pytest.raises(InputError, match=r"^jwks: two keys have the same kid; Okta needs a kid of its own for each\.$"):
        desired_keys([one, {**other, "kid": one["kid"]}])
    assert [key.kid for key in desired_keys([one, {**other, "kid": f"{one['kid']}x"}]) or ()] == [one["kid"], f"{one['kid']}x"]


def test_a_private_key_is_refused_and_not_repeated() -> None:
    with pytest.raises(InputError, match="nothing was sent") as caught:
        desired_keys([rsa_key(1).private_jwk()])
    assert rsa_key(1).private_jwk()["d"] not in str(caught.value)


def test_keys_are_unchanged_if_none_are_given() -> None:
    assert desired_keys(None) is None
    assert desired_keys([]) == ()
