# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema of an audit report, and the only parser of its input. docs/audit-schema.md describes the schema.

The parser is lenient: a missing value is null or empty. A value of the wrong type is refused in one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, TypedDict

from .._core.errors import InputError
from .._core.methods import METHODS
from .._core.scope_statuses import STATUSES as SCOPE_STATUSES
from .._core.scope_statuses import UNKNOWN

SEVERITIES = ("critical", "high", "medium", "low", "unknown")
STATUSES = ("clean", "findings", "unknown", "failed")
CREDENTIALS = ("api_token", "oauth_client", "own_credentials")

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?([Zz]|[+-]\d\d:?\d\d)?)?", re.ASCII)
_LARGEST_BITS = 1300  # Python can't convert more to text, and takes quadratic time
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")
_KINDS = {bool: "a boolean", int: "a number", float: "a number", str: "text", list: "a list", dict: "a dictionary"}


class App(TypedDict):
    """The app that Rezonate uses in a tenant."""

    id: str | None
    label: str | None
    status: str | None
    created: str | None


class Key(TypedDict):
    """A public key of the app; ``ours`` is null where it is unknown whether it is managed."""

    kid: str | None
    status: str | None
    created: str | None
    age_days: int | None
    ours: bool | None


class Scopes(TypedDict):
    """The desired and the granted scopes; null where they couldn't be read."""

    wanted: list[str]
    granted: list[str] | None


class Coverage(TypedDict):
    """The usability of a scope by reads with the app's credentials; ``needs`` is the missing role, null where none is."""

    scope: str
    status: str
    needs: str | None


class Roles(TypedDict):
    """The desired and the assigned admin roles; null where they couldn't be read."""

    wanted: list[str]
    held: list[str] | None


class Finding(TypedDict):
    """A finding: its severity, its text and its remedy."""

    id: str
    severity: str
    message: str
    remedy: str


class Tenant(TypedDict):
    """The audit of one tenant."""

    tenant: str
    org_url: str | None
    host: str | None
    status: str
    method: str | None
    audited_at: str | None
    audited_as: str | None
    app: App | None
    keys: list[Key]
    scopes: Scopes
    coverage: list[Coverage] | None
    roles: Roles
    last_proof: str | None
    error: str | None
    findings: list[Finding]


@dataclass(frozen=True)
class _Part:
    """A dictionary of the input, and its place in the input for messages.

    Args:
        place: such as ``tenants[3].app``.
        members: the dictionary.
    """

    place: str
    members: Mapping[str, Any]

    @classmethod
    def of(cls, value: Any, place: str) -> _Part:
        if not isinstance(value, Mapping):
            raise InputError(f"{place} must be a dictionary, not {_kind(value)}.")
        return cls(place, value)

    def text(self, name: str) -> str | None:
        """Text."""
        value = self.members.get(name)
        try:
            return _text(value)
        except TypeError:
            raise self._type_error(name, "text", value) from None

    def choice(self, name: str, choices: Sequence[str]) -> str | None:
        """One of a few words, in any case."""
        text = self.text(name)
        if text is not None and text.lower() not in choices:
            raise InputError(f"{self.place}.{name} must be one of {', '.join(choices)}.")
        return text and text.lower()

    def time(self, name: str) -> str | None:
        """A time, in UTC."""
        text = self.text(name)
        return None if text is None else as_utc(text, f"{self.place}.{name}")

    def days(self, name: str) -> int | None:
        """A number, or its text: templates return text on some releases of Ansible."""
        value = self.members.get(name)
        if value in (None, ""):
            return None
        try:
            return int(float("a boolean" if isinstance(value, bool) else value))
        except (TypeError, ValueError, OverflowError):
            raise self._type_error(name, "a number", value) from None

    def flag(self, name: str) -> bool | None:
        """A boolean, or its text, for the same reason."""
        value = self.members.get(name)
        if value in (None, ""):
            return None
        word = str(value).lower() if isinstance(value, (bool, str)) or value in (0, 1) else ""
        if word not in (*_TRUE, *_FALSE):
            raise self._type_error(name, "a boolean", value)
        return word in _TRUE

    def part(self, name: str) -> _Part | None:
        """A dictionary, unless it is missing."""
        value = self.members.get(name)
        return None if value in (None, "") else _Part.of(value, f"{self.place}.{name}")

    def parts(self, name: str) -> Iterator[_Part]:
        """A list of dictionaries."""
        for number, value in enumerate(self._list(name) or []):
            yield _Part.of(value, f"{self.place}.{name}[{number}]")

    def texts(self, name: str) -> list[str] | None:
        """A set of texts, sorted, since it has no order."""
        values = self._list(name)
        if values is None:
            return None
        found = set()
        for number, value in enumerate(values):
            try:
                found.add(_text(value))
            except TypeError:
                raise self._type_error(f"{name}[{number}]", "text", value) from None
        return sorted(filter(None, found))

    def _list(self, name: str) -> list[Any] | None:
        value = self.members.get(name)
        if value in (None, ""):
            return None
        if not isinstance(value, list):
            raise self._type_error(name, "a list", value)
        return value

    def _type_error(self, name: str, expected: str, value: Any) -> InputError:
        return InputError(f"{self.place}.{name} must be {expected}, not {_kind(value)}.")


def _kind(value: Any) -> str:
    return "null" if value is None else _KINDS.get(type(value), f"a {type(value).__name__}")


def _text(value: Any) -> str | None:
    """Text; empty text counts as unset. A number counts as text, since YAML reads some names as numbers.

    Raises:
        TypeError: it is something else.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise TypeError
    if isinstance(value, int) and value.bit_length() > _LARGEST_BITS:
        raise TypeError
    # JSON may contain halves of a surrogate pair, which a file can't.
    return str(value).encode("utf-8", "replace").decode("utf-8")


def as_utc(text: str, place: str) -> str:
    """A time as ISO 8601 in UTC; a time without an offset counts as UTC.

    Raises:
        InputError: it is no such time.
    """
    found = _TIME.fullmatch(text)
    try:
        # converted to the form that every Python supports; 3.10 doesn't support Z, and misreads some other texts
        date, clock, seconds, fraction, offset = found.groups("") if found else ("",) * 5
        zone = "+00:00" if offset in ("", "Z", "z") else f"{offset[:3]}:{offset[-2:]}"
        time = datetime.fromisoformat(f"{date}T{clock or '00:00'}:{seconds or '00'}.{fraction[:3]:0<3}{zone}").astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise InputError(f"{place} must be a time such as 2026-01-31T12:00:00Z.") from None
    return time.isoformat(timespec="milliseconds" if time.microsecond else "seconds").replace("+00:00", "Z")


def parse_tenant(value: Any, place: str) -> Tenant:
    """Parse a tenant of the input.

    Args:
        value: the value.
        place: its place in the input, for messages.

    Raises:
        InputError: it is invalid.
    """
    part = _Part.of(value, place)
    name = part.text("tenant")
    if name is None:
        raise InputError(f"{place}.tenant is missing: a tenant needs its name.")
    findings = sorted((_finding(entry) for entry in part.parts("findings")), key=rank)
    keys = [_key(entry) for entry in part.parts("keys")]
    scopes, roles = part.part("scopes") or _Part("", {}), part.part("roles") or _Part("", {})
    error = part.text("error")
    return {
        "tenant": name,
        "org_url": part.text("org_url"),
        "host": part.text("host"),
        "status": _status(part.choice("status", STATUSES), findings, error),
        "method": part.choice("method", METHODS),
        "audited_at": part.time("audited_at"),
        "audited_as": part.choice("audited_as", CREDENTIALS),
        "app": _app(part.part("app")),
        "keys": sorted(keys, key=lambda key: (key["kid"] or "", key["created"] or "")),
        "scopes": {"wanted": scopes.texts("wanted") or [], "granted": scopes.texts("granted")},
        "coverage": _coverage(part),
        "roles": {"wanted": roles.texts("wanted") or [], "held": roles.texts("held")},
        "last_proof": part.text("last_proof"),
        "error": error,
        "findings": findings,
    }


def _status(given: str | None, findings: list[Finding], error: str | None) -> str:
    """The status, corrected by the findings: a tenant with findings must never be shown as clean."""
    if given is None and error is not None:
        return "failed"
    if findings:
        return "findings" if given in (None, "clean") else given
    return "unknown" if given in (None, "findings") else given


def _app(part: _Part | None) -> App | None:
    if part is None:
        return None
    return {"id": part.text("id"), "label": part.text("label"), "status": part.text("status"), "created": part.text("created")}


def _key(part: _Part) -> Key:
    return {
        "kid": part.text("kid"),
        "status": part.text("status"),
        "created": part.text("created"),
        "age_days": part.days("age_days"),
        "ours": part.flag("ours"),
    }


def _coverage(part: _Part) -> list[Coverage] | None:
    """The usability of each scope; null where it wasn't checked."""
    if part.members.get("coverage") in (None, ""):
        return None
    found: list[Coverage] = [
        {
            "scope": entry.text("scope") or "unnamed",
            "status": entry.choice("status", SCOPE_STATUSES) or UNKNOWN,
            "needs": entry.text("needs"),
        }
        for entry in part.parts("coverage")
    ]
    return sorted(found, key=lambda one: one["scope"])


def _finding(part: _Part) -> Finding:
    return {
        "id": part.text("id") or "unnamed",
        "severity": part.choice("severity", SEVERITIES) or "unknown",
        "message": part.text("message") or "",
        "remedy": part.text("remedy") or "",
    }


def rank(finding: Finding) -> tuple[int, str, str]:
    """The sort key of findings: the most severe first."""
    return SEVERITIES.index(finding["severity"]), finding["id"], finding["message"]
