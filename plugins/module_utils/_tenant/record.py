# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stored record, ``rezonate_credentials``, validated when it is read, since it may have been edited.

Every known member is checked. An unknown member was written by a newer release: it is retained, with a warning.
No message repeats a value, since it can be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .._core.errors import StateError
from .._core.methods import METHODS
from .custom_roles import CUSTOM_ROLES
from .values import describe

NAME = "rezonate_credentials"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,199}")
_SCOPE = re.compile(r"(?=.{1,200}\Z)[A-Za-z][A-Za-z0-9_-]*([.][A-Za-z0-9_-]+)*")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_MAX_LENGTH = 20_000  # characters
# Members that aren't secrets; most decisions need no others.
PUBLIC_MEMBERS = (
    "method",
    "application_id",
    "client_id",
    "key_id",
    "requested_at",
    "app_requested_at",
    "secret_requested_at",
    "proven_at",
    "scopes_version",
    "unavailable_scopes",
    "take_over",
    "adopted",
    "dpop",
    "network_limited",
    "privileges_refused",
    "made",
    "bootstrap_owner",
    "org_id",
    "owner",
    "service_type",
)
_SECRETS = (("key", "private_key"), ("secret", "client_secret"), ("secret_hash", "secret_hash"), ("token", "api_token"))


class RecordError(StateError):
    """The record is invalid, or belongs to another tenant."""

    def facts(self) -> dict[str, Any]:
        return {"invalid": True}


class _InvalidMemberError(Exception):
    """An invalid member of the record.

    Args:
        member: its path.
        needed: the required type or form.
        value: its value.
    """

    def __init__(self, member: str, needed: str, value: Any) -> None:
        super().__init__(f"{member} is {describe(value)} where {needed} is needed")


Check = Callable[[str, Any], None]


def _matching(needed: str, pattern: re.Pattern[str]) -> Check:
    def check(member: str, value: Any) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _InvalidMemberError(member, needed, value)

    return check


def _text(member: str, value: Any) -> None:
    if not isinstance(value, str) or not value.strip() or len(value) > _MAX_LENGTH or "\0" in value:
        raise _InvalidMemberError(member, "a string", value)


def _line(member: str, value: Any) -> None:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > _MAX_LENGTH:
        raise _InvalidMemberError(member, "a string of one line", value)


def _hash(member: str, value: Any) -> None:
    if value != "":  # an interrupted run didn't store it
        _line(member, value)


def _flag(member: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise _InvalidMemberError(member, "true or false", value)


def _version(member: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _InvalidMemberError(member, "a positive whole number", value)


def _time(member: str, value: Any) -> None:
    _matching("a time such as '2026-01-31T12:00:00Z', in quotes,", _TIME)(member, value)
    try:
        datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - checks only that the date exists
    except ValueError:
        raise _InvalidMemberError(member, "a time", value) from None


def _time_or_null(member: str, value: Any) -> None:
    if value is not None:  # null means never
        _time(member, value)


def _method(member: str, value: Any) -> None:
    if value not in METHODS:
        raise _InvalidMemberError(member, f"one of {', '.join(METHODS)}", value)


def _listed(check: Check) -> Check:
    def check_all(member: str, value: Any) -> None:
        if not isinstance(value, list):
            raise _InvalidMemberError(member, "a list", value)
        for number, entry in enumerate(value):
            check(f"{member}[{number}]", entry)

    return check_all


def _mapping(members: Mapping[str, Check], *needed: str) -> Check:
    def check(member: str, value: Any) -> None:
        _members(member, value, members)
        for name in needed:
            if name not in value:
                raise _InvalidMemberError(f"{member}.{name}", "a value", None)

    return check


def _members(member: str, value: Any, known: Mapping[str, Check]) -> None:
    if not isinstance(value, Mapping):
        raise _InvalidMemberError(member, "a dictionary", value)
    for name, entry in value.items():
        if not isinstance(name, str):
            raise _InvalidMemberError(f"a name in {member}", "a string", name)
        if name in known:
            known[name](f"{member}.{name}", entry)


_id = _matching("an id", _ID)
_number = _matching("a number in base64url", re.compile(r"[A-Za-z0-9_-]+=*"))
_JWK: Mapping[str, Check] = {
    **dict.fromkeys(("n", "e", "d", "p", "q", "dp", "dq", "qi"), _number),
    **dict.fromkeys(("kty", "kid", "use", "alg"), _line),
}
_MADE: Mapping[str, Check] = dict.fromkeys(
    ("network_zone", "service_user", *(name for role in CUSTOM_ROLES for name in role.record_names)), _id
)
_CREDENTIAL: Mapping[str, Check] = {
    "key_id": _line,
    "private_key": _text,
    "private_jwk": _mapping(_JWK, "n"),
    "client_secret": _line,
    "secret_hash": _hash,
    "requested_at": _time_or_null,
    "proven_at": _time_or_null,
}
_CURRENT: Mapping[str, Check] = {
    **_CREDENTIAL,
    "method": _method,
    "tenant_id": _line,
    "org_url": _line,
    "org_id": _id,
    "bootstrap_owner": _id,
    "scopes_version": _version,
    "unavailable_scopes": _listed(_matching("a scope", _SCOPE)),
    "application_id": _id,
    "app_requested_at": _time_or_null,
    "client_id": _id,
    "service_type": _line,
    "secret_requested_at": _time_or_null,
    "api_token": _line,
    "owner": _line,
    **dict.fromkeys(("take_over", "adopted", "dpop", "network_limited", "privileges_refused"), _flag),
    "made": _mapping(_MADE),
    "next": _mapping(_CREDENTIAL),
    "retiring": _listed(_line),
}


def _previous(member: str, value: Any) -> None:
    if not isinstance(value, Mapping):
        raise _InvalidMemberError(member, "a dictionary", value)
    for method, entry in value.items():
        if method not in METHODS:
            raise _InvalidMemberError(f"a name in {member}", f"one of {', '.join(METHODS)}", method)
        _record(f"{member}.{method}", entry, _CURRENT)
        if entry.get("method", method) != method:
            raise _InvalidMemberError(f"{member}.{method}.method", f"'{method}'", entry["method"])


def _record(member: str, value: Any, known: Mapping[str, Check]) -> None:
    _members(member, value, known)
    for path, part in ((member, value), (f"{member}.next", value.get("next", {}))):
        if "private_key" in part:
            for name in ("private_jwk", "key_id"):
                if name not in part:
                    raise _InvalidMemberError(f"{path}.{name}", "a value", None)


_WHOLE: Mapping[str, Check] = {**_CURRENT, "previous": _previous}


@dataclass(frozen=True)
class Record:
    """The validated record of a tenant.

    Args:
        stored: the record as it is stored; empty where there is none.
        current: the record of the method of this run; those of other methods are under ``previous``.
        method: the method of this run.
    """

    stored: Mapping[str, Any] = field(repr=False)
    current: Mapping[str, Any] = field(repr=False)
    method: str

    @property
    def changes_method(self) -> bool:
        """Whether the run changes the stored method."""
        return bool(self.method != self.stored.get("method", self.method))

    def public(self) -> dict[str, Any]:
        """The public members, and which secrets exist."""
        found = _public_record(self.current, self.method)
        previous = {method: _public_record(entry, method) for method, entry in self.current.get("previous", {}).items()}
        return {**found, **({"previous": previous} if previous else {})}

    def of_org(self, org_url: str, org_id: str | None) -> Record:
        """The same record with the current URL and id of its org."""
        facts = {"org_url": org_url, **({"org_id": org_id} if org_id else {})}
        return Record(self.stored, {**self.current, **facts}, self.method)


def read_record(value: Any, path: str, method: str | None) -> tuple[Record, list[str]]:
    """Validate the stored record; return it, and the names of its unknown members.

    Args:
        value: the variable of the file; None where there is none.
        path: the name of the file in messages.
        method: the method of the run; None for the stored one.

    Raises:
        RecordError: it is invalid. The message names the member and repeats no value.
    """
    stored = {} if value is None else value
    try:
        _record(NAME, stored, _WHOLE)
    except _InvalidMemberError as problem:
        raise RecordError(
            f"rezonate_vault_file {path}: its variable {NAME} is invalid ({problem}); restore the file from a backup, or move it away."
        ) from None
    stored = _without_null_times(stored)
    stored_method = str(stored.get("method", method or METHODS[0]))
    chosen = method or stored_method
    current = stored if chosen == stored_method else _record_for_method(stored, chosen)
    return Record(stored, current, chosen), sorted(_unknown(stored))


def _public_record(members: Mapping[str, Any], method: str) -> dict[str, Any]:
    """The public part of the record of a method and of its rotation."""
    following = {"next": _public_members(members["next"])} if members.get("next") else {}
    # for an app these are key ids, for an integration hashes of secrets
    has_keys = method == "oauth" and "key_id" in members
    keys = {"retiring_keys": list(members["retiring"])} if has_keys and "retiring" in members else {}
    return {**_public_members(members), **following, **({"retiring": True} if "retiring" in members else {}), **keys}


def _public_members(members: Mapping[str, Any]) -> dict[str, Any]:
    """The public members of a record or of its next credential, and which secrets it has."""
    has = {f"has_{name}": True for name, member in _SECRETS if member in members}
    return {**{name: value for name, value in members.items() if name in PUBLIC_MEMBERS}, **has}


def _without_null_times(stored: Mapping[str, Any]) -> dict[str, Any]:
    found = _times_that_are_set(stored)
    if "previous" in found:
        found["previous"] = {method: _times_that_are_set(entry) for method, entry in found["previous"].items()}
    return found


def _times_that_are_set(members: Mapping[str, Any]) -> dict[str, Any]:
    """The record without unset times, here and in its next credential."""
    found = _set_members(members)
    return {**found, "next": _set_members(found["next"])} if "next" in found else found


def _set_members(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None or not name.endswith("_at")}


def _record_for_method(stored: Mapping[str, Any], method: str) -> dict[str, Any]:
    """The record for another method: the earlier credentials of that method, and the current ones under ``previous``."""
    previous = {name: entry for name, entry in stored.get("previous", {}).items() if name != method}
    previous[str(stored["method"])] = {name: value for name, value in stored.items() if name != "previous"}
    return {**stored.get("previous", {}).get(method, {}), "previous": previous}


def _unknown(stored: Mapping[str, Any]) -> Iterator[str]:
    for name, value in stored.items():
        if name not in _WHOLE:
            yield name
        elif name == "previous":
            yield from (f"previous.{method}.{inner}" for method, entry in value.items() for inner in entry if inner not in _CURRENT)
        elif name in ("next", "made"):
            yield from (f"{name}.{inner}" for inner in value if inner not in (_CREDENTIAL if name == "next" else _MADE))
