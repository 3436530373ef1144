# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stored record, ``rezonate_credentials``: what the role wrote, read back as data that may have been changed by somebody.

Every known member is checked when the record is read. One that isn't known was written by a newer release: it stays as it is,
with a warning. No sentence repeats a value: it may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .._core.errors import StateError
from .._core.methods import METHODS
from .custom_roles import ALL
from .values import describe

NAME = "rezonate_credentials"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,199}")
_SCOPE = re.compile(r"(?=.{1,200}\Z)[A-Za-z][A-Za-z0-9_-]*([.][A-Za-z0-9_-]+)*")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_LONGEST = 20_000  # characters of a text
# What is no secret: most conditions and options of the role need no more.
OPEN_MEMBERS = (
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
    """The record isn't what the role wrote, or is that of another tenant."""

    def facts(self) -> dict[str, Any]:
        return {"invalid": True}


class _ProblemError(Exception):
    """A member that isn't what it has to be.

    Args:
        member: its path.
        needed: what it has to be.
        value: what it is.
    """

    def __init__(self, member: str, needed: str, value: Any) -> None:
        super().__init__(f"{member} is {describe(value)} where {needed} is needed")


Check = Callable[[str, Any], None]


def _matching(needed: str, pattern: re.Pattern[str]) -> Check:
    def check(member: str, value: Any) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _ProblemError(member, needed, value)

    return check


def _text(member: str, value: Any) -> None:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST or "\0" in value:
        raise _ProblemError(member, "a text", value)


def _line(member: str, value: Any) -> None:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > _LONGEST:
        raise _ProblemError(member, "a text of one line", value)


def _hash(member: str, value: Any) -> None:
    if value != "":  # a run that was interrupted didn't learn it
        _line(member, value)


def _flag(member: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise _ProblemError(member, "true or false", value)


def _version(member: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _ProblemError(member, "a positive whole number", value)


def _time(member: str, value: Any) -> None:
    _matching("a time such as '2026-01-31T12:00:00Z', in quotes,", _TIME)(member, value)
    try:
        datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - only whether it is in the calendar
    except ValueError:
        raise _ProblemError(member, "a time", value) from None


def _time_or_null(member: str, value: Any) -> None:
    if value is not None:  # it hasn't happened
        _time(member, value)


def _method(member: str, value: Any) -> None:
    if value not in METHODS:
        raise _ProblemError(member, f"one of {', '.join(METHODS)}", value)


def _listed(check: Check) -> Check:
    def check_all(member: str, value: Any) -> None:
        if not isinstance(value, list):
            raise _ProblemError(member, "a list", value)
        for number, entry in enumerate(value):
            check(f"{member}[{number}]", entry)

    return check_all


def _mapping(members: Mapping[str, Check], *needed: str) -> Check:
    def check(member: str, value: Any) -> None:
        _members(member, value, members)
        for name in needed:
            if name not in value:
                raise _ProblemError(f"{member}.{name}", "a value", None)

    return check


def _members(member: str, value: Any, known: Mapping[str, Check]) -> None:
    if not isinstance(value, Mapping):
        raise _ProblemError(member, "a dictionary", value)
    for name, entry in value.items():
        if not isinstance(name, str):
            raise _ProblemError(f"a name in {member}", "a text", name)
        if name in known:
            known[name](f"{member}.{name}", entry)


_id = _matching("an id", _ID)
_number = _matching("a number in base64url", re.compile(r"[A-Za-z0-9_-]+=*"))
_JWK: Mapping[str, Check] = {
    **dict.fromkeys(("n", "e", "d", "p", "q", "dp", "dq", "qi"), _number),
    **dict.fromkeys(("kty", "kid", "use", "alg"), _line),
}
_MADE: Mapping[str, Check] = dict.fromkeys(("network_zone", "service_user", *(name for role in ALL for name in role.names)), _id)
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
        raise _ProblemError(member, "a dictionary", value)
    for method, entry in value.items():
        if method not in METHODS:
            raise _ProblemError(f"a name in {member}", f"one of {', '.join(METHODS)}", method)
        _record(f"{member}.{method}", entry, _CURRENT)
        if entry.get("method", method) != method:
            raise _ProblemError(f"{member}.{method}.method", f"'{method}'", entry["method"])


def _record(member: str, value: Any, known: Mapping[str, Check]) -> None:
    _members(member, value, known)
    for path, part in ((member, value), (f"{member}.next", value.get("next", {}))):
        if "private_key" in part:
            for name in ("private_jwk", "key_id"):
                if name not in part:
                    raise _ProblemError(f"{path}.{name}", "a value", None)


_WHOLE: Mapping[str, Check] = {**_CURRENT, "previous": _previous}


@dataclass(frozen=True)
class Record:
    """The stored record of a tenant, checked.

    Args:
        stored: as it is stored; empty where nothing is.
        current: of the method that counts in this run; those of other methods under ``previous``.
        method: that method.
    """

    stored: Mapping[str, Any] = field(repr=False)
    current: Mapping[str, Any] = field(repr=False)
    method: str

    @property
    def moves(self) -> bool:
        """Whether another method than the stored one counts."""
        return bool(self.method != self.stored.get("method", self.method))

    def public(self) -> dict[str, Any]:
        """The members that are no secrets, and which secrets there are."""
        found = _public(self.current, self.method)
        previous = {method: _public(entry, method) for method, entry in self.current.get("previous", {}).items()}
        return {**found, **({"previous": previous} if previous else {})}

    def of_org(self, org_url: str, org_id: str | None) -> Record:
        """The same record, of the org that it is now known to belong to."""
        facts = {"org_url": org_url, **({"org_id": org_id} if org_id else {})}
        return Record(self.stored, {**self.current, **facts}, self.method)


def read_record(value: Any, path: str, method: str | None) -> tuple[Record, list[str]]:
    """Check what is stored; give the record, and the names of members that this release doesn't know.

    Args:
        value: the variable of the file; None where there is none.
        path: what messages call the file.
        method: the method that counts; None is the stored one.

    Raises:
        RecordError: it isn't what the role wrote. The sentence names the member, and no value.
    """
    stored = {} if value is None else value
    try:
        _record(NAME, stored, _WHOLE)
    except _ProblemError as problem:
        raise RecordError(
            f"rezonate_vault_file {path}: its variable {NAME} is not what this role wrote ({problem});"
            " restore the file from a backup, or move it away."
        ) from None
    stored = _without_null_times(stored)
    kept = str(stored.get("method", method or METHODS[0]))
    chosen = method or kept
    current = stored if chosen == kept else _moved(stored, chosen)
    return Record(stored, current, chosen), sorted(_unknown(stored))


def _public(members: Mapping[str, Any], method: str) -> dict[str, Any]:
    """What of the credentials of a method, and of a rotation that is under way, is no secret."""
    following = {"next": _open(members["next"])} if members.get("next") else {}
    # key ids; of an integration they are hashes of secrets
    has_keys = method == "oauth" and "key_id" in members
    keys = {"retiring_keys": list(members["retiring"])} if has_keys and "retiring" in members else {}
    return {**_open(members), **following, **({"retiring": True} if "retiring" in members else {}), **keys}


def _open(members: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record, or of its next credential, is no secret, and which secrets it has."""
    has = {f"has_{name}": True for name, member in _SECRETS if member in members}
    return {**{name: value for name, value in members.items() if name in OPEN_MEMBERS}, **has}


def _without_null_times(stored: Mapping[str, Any]) -> dict[str, Any]:
    found = _known_times(stored)
    if "previous" in found:
        found["previous"] = {method: _known_times(entry) for method, entry in found["previous"].items()}
    return found


def _known_times(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a record and of its next credential; what stands deeper is nobody's."""
    found = _times_that_are_known(members)
    return {**found, "next": _times_that_are_known(found["next"])} if "next" in found else found


def _times_that_are_known(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None or not name.endswith("_at")}


def _moved(stored: Mapping[str, Any], method: str) -> dict[str, Any]:
    """The record as another method finds it: its own earlier credentials, and those that were used until now under ``previous``."""
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
