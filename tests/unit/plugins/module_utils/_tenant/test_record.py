# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stored record: validated, since it may have been edited."""

from __future__ import annotations

import ast
import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.record import PUBLIC_MEMBERS, RecordError, read_record
from helpers.acceptance import accepts, either
from hypothesis import example, given
from hypothesis import strategies as st

PATH = "/srv/rezonate.vault"
TIME = "2026-01-31T12:00:00Z"
SECRET = "made-up-secret-1f2e3d4c5b6a"
PRIVATE = dict.fromkeys(("d", "p", "q", "dp", "dq", "qi"), SECRET)
JWK = {"kty": "RSA", "n": "AQAB", "e": "AQAB", **PRIVATE, "kid": "k1", "use": "sig", "alg": "RS256"}
KEY = {"key_id": "k1", "private_key": f"-----BEGIN\n{SECRET}\n", "private_jwk": JWK}
OAUTH: dict[str, Any] = {
    "method": "oauth",
    "tenant_id": "acme",
    "org_url": "https://acme.okta.com",
    "org_id": "00o1n8sbwArJ7OQRw406",
    "bootstrap_owner": "00u1",
    "scopes_version": 1,
    "unavailable_scopes": ["okta.devices.read"],
    "application_id": "0oa1",
    "app_requested_at": TIME,
    "proven_at": TIME,
    "take_over": True,
    "adopted": False,
    "dpop": True,
    "network_limited": True,
    "made": {"network_zone": "nzo1", "resource_set": "iam1", "custom_role": "cr01", "service_user": "00u2"},
    "retiring": ["k0"],
    "next": {**KEY, "requested_at": TIME, "proven_at": TIME},
    **KEY,
}
INTEGRATION: dict[str, Any] = {
    "method": "api_service_integration",
    "client_id": "0oa2",
    "client_secret": SECRET,
    "secret_hash": "",
    "service_type": "rezonate_security",
    "requested_at": TIME,
    "secret_requested_at": TIME,
    "next": {"requested_at": TIME, "client_secret": SECRET, "secret_hash": "abc"},
}
TOKEN: dict[str, Any] = {"method": "api_token", "api_token": SECRET, "owner": "auditor@acme.example", "proven_at": TIME}
RECORDS: dict[str, dict[str, Any]] = {
    "oauth": OAUTH,
    "integration": INTEGRATION,
    "token": TOKEN,
    "method changed": {**OAUTH, "previous": {"api_token": TOKEN, "api_service_integration": INTEGRATION}},
    "interrupted": {"method": "oauth", **KEY, "app_requested_at": TIME},
    "method alone": {"method": "oauth"},
    "nothing": {},
}


@pytest.mark.parametrize("name", RECORDS)
def test_the_records_of_the_role_are_valid(name: str) -> None:
    record, unknown = read_record(RECORDS[name], PATH, None)
    assert (record.stored, record.current, unknown) == (RECORDS[name], RECORDS[name], [])


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all members of a record."""
    for name, entry in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, name)
        yield from paths(entry, (*path, name))


def changed(record: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """A copy with another value at one path."""
    result: Any = copy.deepcopy(record)
    place = result
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return dict(result)


WHOLE = RECORDS["method changed"]
# A value that is invalid for every member.
WRONG: list[Any] = [None, 1.5, -1, [[]], [SECRET, 5], {SECRET: {}}, b"x"]


@pytest.mark.parametrize("path", list(paths(WHOLE)), ids=lambda path: ".".join(map(str, path)))
def test_a_member_of_another_type_is_refused_by_name_without_its_value(path: tuple[Any, ...]) -> None:
    for value in WRONG:
        if value is None and str(path[-1]).endswith("_at"):
            continue  # an unset time
        if isinstance(value, dict) and (path[-1] in ("private_jwk", "made", "next") or (len(path) < 3 and path[0] == "previous")):
            continue  # a newer release may have written unknown members
        with pytest.raises(RecordError, match=r"^rezonate_vault_file /srv/rezonate\.vault: .* is invalid \(") as caught:
            read_record(changed(WHOLE, path, value), PATH, None)
        names = [str(name) for name in path if isinstance(name, str)]
        assert names[-1] in str(caught.value)
        assert SECRET not in str(caught.value)


EVIL = ("../../../evil", "oauth/../../evil", "/etc/passwd", "{{ 7 * 7 }}", "a b", "", "..", "a\nb", "x" * 30_000)
PLACES: list[tuple[Any, ...]] = [
    ("method",),
    ("application_id",),
    ("org_id",),
    ("bootstrap_owner",),
    ("proven_at",),
    ("app_requested_at",),
    ("unavailable_scopes", 0),
    ("made", "custom_role"),
    ("made", "service_user"),
    ("next", "requested_at"),
    ("previous", "api_token", "method"),
    ("previous", "api_service_integration", "client_id"),
]


@pytest.mark.parametrize("value", EVIL, ids=lambda value: value[:12])
@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_an_id_cannot_contain_a_path(path: tuple[Any, ...], value: str) -> None:
    shown = ".".join(str(name) for name in path if isinstance(name, str))
    with pytest.raises(RecordError, match=rf"is invalid \(rezonate_credentials\.{re.escape(shown)}(\[0\])? is a string where "):
        read_record(changed(WHOLE, path, value), PATH, None)


# A record, and what the message names.
ODD: dict[str, tuple[dict[Any, Any], str]] = {
    "not a dictionary": ({"next": []}, r"rezonate_credentials\.next is a list where a dictionary is needed"),
    "key without its JWK": ({"private_key": "x", "key_id": "k"}, r"rezonate_credentials\.private_jwk is null where a value is needed"),
    "next key without its id": (
        {"next": {"private_key": "x", "private_jwk": JWK}},
        r"rezonate_credentials\.next\.key_id is null where a value is needed",
    ),
    "unknown method below previous": ({"previous": {"../evil": {}}}, r"a name in rezonate_credentials\.previous is a string where one of"),
    "method below another's name": (
        {"previous": {"oauth": {"method": "api_token"}}},
        r"rezonate_credentials\.previous\.oauth\.method is a string where 'oauth' is needed",
    ),
    "not a calendar date": ({"proven_at": "2026-02-31T12:00:00Z"}, r"rezonate_credentials\.proven_at is a string where a time is needed"),
    "boolean as version": (
        {"scopes_version": True},
        r"rezonate_credentials\.scopes_version is true or false where a positive whole number",
    ),
    "string as boolean": ({"adopted": "false"}, r"rezonate_credentials\.adopted is a string where true or false is needed"),
    "version zero": ({"scopes_version": 0}, r"rezonate_credentials\.scopes_version is a number where a positive whole number"),
    "JWK without a modulus": ({"private_jwk": {"kty": "RSA"}}, r"rezonate_credentials\.private_jwk\.n is null where a value is needed"),
    "number as a name": ({5: "x"}, "a name in rezonate_credentials is a number where a string is needed"),
    "number as a name below next": ({"next": {5: "x"}}, r"a name in rezonate_credentials\.next is a number where a string is needed"),
}


@pytest.mark.parametrize("case", ODD)
def test_inconsistent_members_are_refused(case: str) -> None:
    stored, message = ODD[case]
    with pytest.raises(RecordError, match=rf"is invalid \({message}"):
        read_record(stored, PATH, None)


# A member of each kind of string, valid and invalid values.
TEXTS: dict[str, tuple[str, list[str], list[str]]] = {
    "one line": ("owner", ["x", "two words", "x" * 20_000], ["", " ", "a\nb", "a\0b", "x" * 20_001]),
    "several lines": ("private_key", ["x", "a\nb\n", "x" * 20_000], ["", " \n", "a\0b", "x" * 20_001]),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_string_is_neither_empty_nor_too_long_nor_has_control_characters(case: str) -> None:
    member, right, wrong = TEXTS[case]
    for value in right:
        assert read_record(changed(OAUTH, (member,), value), PATH, None)[0].stored[member] == value
    for value in wrong:
        with pytest.raises(RecordError, match=f"rezonate_credentials\\.{member} is a string where a string"):
            read_record(changed(OAUTH, (member,), value), PATH, None)


def test_a_refused_record_is_reported_as_invalid() -> None:
    with pytest.raises(RecordError, match=r"rezonate_credentials\.method is a string where one of") as caught:
        read_record({"method": "x"}, PATH, None)
    assert caught.value.facts() == {"invalid": True}


@pytest.mark.parametrize("value", ["text", ["list"], 5, True])
def test_a_record_that_is_not_a_dictionary_is_refused(value: Any) -> None:
    with pytest.raises(RecordError, match=r"rezonate_credentials is .* where a dictionary is needed"):
        read_record(value, PATH, None)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["oauth", TIME, "0oa1"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from([*WHOLE, "x"]), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def changes(draw: st.DrawFn) -> tuple[tuple[Any, ...], Any]:
    """Generate a path in a record, and its value: the existing one, a similar one, or any other."""
    path = draw(st.sampled_from(list(paths(WHOLE))))
    now: Any = WHOLE
    for name in path:
        now = now[name]
    similar = st.from_regex(r"[A-Za-z0-9]{0,5}", fullmatch=True).map(lambda text: f"{now}{text}") if isinstance(now, str) else st.just(now)
    return path, draw(either(similar, PLAIN))


@accepts(0.2)
@example((("next", "next"), None))
@example((("next", "previous"), None))
@given(changes())
def test_any_value_in_a_record_is_accepted_or_refused(change: tuple[tuple[Any, ...], Any]) -> bool:
    path, value = change
    try:
        record, _unknown = read_record(changed(WHOLE, path, value), PATH, None)
    except RecordError:
        return False
    assert record.method in ("oauth", "api_service_integration", "api_token")
    expected = json.dumps(changed(WHOLE, path, value))
    if '_at": null' not in expected:  # unset times are dropped at every path
        assert json.dumps(record.stored) == expected
    return True


@pytest.mark.parametrize(
    "path", [path for path in paths(WHOLE) if str(path[-1]).endswith("_at")], ids=lambda path: ".".join(map(str, path))
)
def test_a_time_that_is_null_is_unset(path: tuple[Any, ...]) -> None:
    stored: Any = read_record(changed(WHOLE, path, None), PATH, None)[0].stored
    for name in path[:-1]:
        stored = stored[name]
    assert path[-1] not in stored


def test_a_member_of_a_newer_release_is_retained_and_named() -> None:
    newer = {**WHOLE, "later": {"x": 1}, "next": {**WHOLE["next"], "sooner": 1}, "made": {**WHOLE["made"], "event_hook": "who1"}}
    newer["previous"] = {"api_token": {**TOKEN, "other": None}}
    record, unknown = read_record(newer, PATH, None)
    assert (record.current, unknown) == (newer, ["later", "made.event_hook", "next.sooner", "previous.api_token.other"])


def test_another_method_gets_its_own_credentials_and_retains_the_current_ones() -> None:
    record, _unknown = read_record(WHOLE, PATH, "api_token")
    previous = {"api_service_integration": INTEGRATION, "oauth": OAUTH}
    assert (record.changes_method, record.method, record.current) == (True, "api_token", {**TOKEN, "previous": previous})
    assert record.stored == WHOLE


# The stored record, the requested method, and the resulting one.
COUNTING: dict[str, tuple[Any, str | None, str]] = {
    "nothing stored": (None, None, "oauth"),
    "nothing stored, one requested": (None, "api_token", "api_token"),
    "no method stored": ({"org_id": "00o1"}, None, "oauth"),
    "no method stored, one requested": ({"org_id": "00o1"}, "api_token", "api_token"),
    "the stored one": (TOKEN, None, "api_token"),
    "the stored one requested": (TOKEN, "api_token", "api_token"),
}


@pytest.mark.parametrize("case", COUNTING)
def test_the_method_is_the_requested_one_or_the_stored_one_or_oauth(case: str) -> None:
    value, asked, expected = COUNTING[case]
    record, unknown = read_record(value, PATH, asked)
    assert (record.method, record.changes_method, record.stored, record.current, unknown) == (expected, False, value or {}, value or {}, [])


@pytest.mark.parametrize(("reported", "expected"), [("00o9", "00o9"), (None, OAUTH["org_id"]), ("", OAUTH["org_id"])])
def test_a_record_of_a_known_org_has_its_url_and_its_id_if_known(reported: str | None, expected: str) -> None:
    record = read_record(OAUTH, PATH, None)[0].of_org("https://id.acme.example", reported)
    assert record.current == {**OAUTH, "org_url": "https://id.acme.example", "org_id": expected}
    assert (record.stored, record.method) == (OAUTH, "oauth")


def test_the_public_members_hold_no_secret() -> None:
    for value in RECORDS.values():
        public = read_record(value, PATH, None)[0].public()
        has = {"has_key", "has_secret", "has_secret_hash", "has_token"}
        for part in (public, public.get("next", {}), *public.get("previous", {}).values()):
            assert set(part) <= {*PUBLIC_MEMBERS, *has, "next", "retiring", "retiring_keys", "previous"}
        assert SECRET not in json.dumps(public)
        assert SECRET not in repr(read_record(value, PATH, None)[0])


def test_a_rotation_is_public_for_each_method_without_hashes_of_secrets() -> None:
    oauth = {
        "method": "oauth",
        "key_id": "ours",
        "next": {"key_id": "next", "private_key": SECRET, "private_jwk": JWK},
        "retiring": ["older"],
    }
    service = {"method": "api_service_integration", "next": {"secret_hash": SECRET}, "retiring": [SECRET]}
    of_oauth = {
        "method": "oauth",
        "key_id": "ours",
        "next": {"key_id": "next", "has_key": True},
        "retiring": True,
        "retiring_keys": ["older"],
    }
    of_service = {"method": "api_service_integration", "next": {"has_secret_hash": True}, "retiring": True}
    for current, previous, expected in ((oauth, service, (of_oauth, of_service)), (service, oauth, (of_service, of_oauth))):
        public = read_record({**current, "previous": {previous["method"]: previous}}, PATH, None)[0].public()
        assert public == {**expected[0], "previous": {previous["method"]: expected[1]}}


# Parts of a record, and their public members.
SECRET_MEMBERS = ("private_key", "private_jwk", "client_secret", "secret_hash", "next", "retiring", "tenant_id", "org_url")
PUBLIC_OF_APP = {name: value for name, value in OAUTH.items() if name not in SECRET_MEMBERS}
PUBLIC_OF_INTEGRATION = {
    "method": "api_service_integration",
    "client_id": "0oa2",
    "service_type": "rezonate_security",
    "requested_at": TIME,
}
PUBLIC: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "app": (PUBLIC_OF_APP, PUBLIC_OF_APP),
    "integration": (PUBLIC_OF_INTEGRATION, PUBLIC_OF_INTEGRATION),
    "hashes beside a key id": (
        {"method": "api_service_integration", "key_id": "k1", "retiring": [SECRET]},
        {"method": "api_service_integration", "key_id": "k1", "retiring": True},
    ),
    "retiring keys": (
        {"key_id": "k1", "retiring": ["k0"]},
        {"key_id": "k1", "retiring": True, "retiring_keys": ["k0"]},
    ),
    "key": (KEY, {"key_id": "k1", "has_key": True}),
    "secret": ({"client_secret": SECRET, "secret_hash": "h"}, {"has_secret": True, "has_secret_hash": True}),
    "token": ({"api_token": SECRET, "owner": "auditor"}, {"owner": "auditor", "has_token": True}),
    "next key": ({"next": {**KEY, "proven_at": TIME}}, {"next": {"key_id": "k1", "proven_at": TIME, "has_key": True}}),
    "empty next": ({"next": {}}, {}),
    "retiring hashes": ({"retiring": [SECRET]}, {"retiring": True}),
    "no retiring hashes": ({"retiring": []}, {"retiring": True}),
    "previous method": (
        {"previous": {"api_token": TOKEN}},
        {"previous": {"api_token": {"method": "api_token", "owner": TOKEN["owner"], "proven_at": TIME, "has_token": True}}},
    ),
    "no previous method": ({"previous": {}}, {}),
    "unknown member": ({"later": SECRET}, {}),
}


@pytest.mark.parametrize("case", PUBLIC)
def test_the_existence_of_a_secret_is_public(case: str) -> None:
    stored, expected = PUBLIC[case]
    assert read_record(stored, PATH, None)[0].public() == expected


def _members_read(tree: ast.AST) -> Iterator[str]:
    """The names of the members of a plan's ``known`` that code reads."""
    for node in ast.walk(tree):
        whole, name = None, None
        if isinstance(node, ast.Subscript):
            whole, name = node.value, node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
            whole, name = node.func.value, node.args[0]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            whole, name = node.comparators[0], node.left
        is_known = isinstance(whole, ast.Attribute) and whole.attr in ("known", "_known")
        if is_known and isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield name.value


def test_a_plan_has_each_member_that_decisions_need() -> None:
    plugins = Path(__file__).resolve().parents[5] / "plugins"
    files = [*(plugins / "module_utils" / "_tenant").glob("*.py"), *(plugins / "plugin_utils").rglob("*.py")]
    asked = {name for file in files for name in _members_read(ast.parse(file.read_text(encoding="utf-8")))}
    derived = {"next", "previous", "moved_from", "retiring", "retiring_keys"}
    assert len(asked) > len(derived)
    assert {name for name in asked if not name.startswith("has_")} - derived - set(PUBLIC_MEMBERS) == set()
