# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which credential goes to which org. A token is bound to the org that it was given for, and is sent to no other one.

The order: the host's own variable, its entry in the map of tokens, its OAuth client, the environment's token, the environment's client.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import InputError
from .._okta.org_url import parse
from .settings import Settings
from .values import describe

ENVIRONMENT_TOKENS = ("OKTA_CLIENT_TOKEN", "OKTA_API_TOKEN")
ENVIRONMENT_ORG = "OKTA_CLIENT_ORGURL"
ENVIRONMENT_CLIENT = "OKTA_CLIENT_CLIENTID"
ENVIRONMENT_READONLY = "REZONATE_READONLY_API_TOKEN"
AUDIT_CLIENT = "rezonate_audit_client_id"
_MAP = "rezonate_okta_api_tokens"
# the last colon counts, for a name can be a URL
_LINE = re.compile(r"""\s*(["']?)([^"'#\s][^"']*?)\1\s*:\s*(["']?)([^\s"',:]*)\3\s*,?\s*(?:#.*)?""")


@dataclass(frozen=True)
class Entry:
    """One entry of the map of tokens.

    Args:
        name: as it stands there.
        value: the token.
        line: the number of its line, from 0, where the map is a text of lines.
    """

    name: str
    value: str = field(repr=False)
    line: int | None = None


@dataclass(frozen=True)
class Choice:
    """A credential, and where it is.

    Args:
        kind: ``api_token`` or ``client``.
        value: the token, or the client id: what mustn't reach another org.
        source: ``variable``, ``map``, ``lines``, ``json`` or ``environment``.
        name: the variable's name; in a map, the entry's.
        line: the number of its line, of a text of lines.
    """

    kind: str
    value: str = field(repr=False)
    source: str
    name: str
    line: int | None = None

    @property
    def said(self) -> str:
        """What a sentence calls it."""
        if self.source == "environment":
            names = " or ".join(ENVIRONMENT_TOKENS) if self.name in ENVIRONMENT_TOKENS else self.name
            return f"in the environment ({names})"
        return f"({_MAP}, entry {self.name})" if self.source in ("map", "lines", "json") else f"({self.name})"

    def reference(self) -> dict[str, Any]:
        """Where a template finds it; no secret."""
        client = {"client_id": self.value} if self.kind == "client" else {}
        return {"kind": self.kind, "source": self.source, "name": self.name, "line": self.line, **client}


def entries(given: Any) -> tuple[list[Entry], str]:
    """Read the map of tokens; give its entries, and in which form it is.

    Raises:
        InputError: it is no map; nothing of it is repeated.
    """
    if isinstance(given, Mapping):
        return _of_mapping(given), "map"
    if given.strip().startswith("{"):
        try:
            found = json.loads(given)
        except ValueError:
            raise InputError(f"{_MAP} is neither JSON nor a text with a line of name, colon and token for each.") from None
        return _of_mapping(found), "json"
    lines = [(number, line) for number, line in enumerate(given.splitlines()) if line.strip() and not line.lstrip().startswith("#")]
    read = [_of_line(number, line) for number, line in lines if line.strip() not in ("---", "...")]
    return [entry for entry in read if entry.value], "lines"


def _of_mapping(given: Mapping[Any, Any]) -> list[Entry]:
    for name, value in given.items():
        if not isinstance(name, str):
            raise InputError(f"{_MAP} has a name that is {describe(name)} where a text is needed, as YAML reads it: put it in quotes.")
        if not isinstance(value, str):
            raise InputError(f"{_MAP}: the token of {name} is {describe(value)} where a text is needed: put it in quotes.")
    return [Entry(name, value) for name, value in given.items() if value]


def _of_line(number: int, line: str) -> Entry:
    found = _LINE.fullmatch(line)
    if not found:
        raise InputError(f"{_MAP}: line {number + 1} is no name, colon and token.")
    return Entry(found[2].strip(), found[4], number)


def own_entry(found: Iterable[Entry], host: str, settings: Settings) -> Entry | None:
    """Find the entry of a host: by its name, by its org's host or URL, by the tenant's name below okta.com.

    A tenant's bare name says nothing of its domain, so it stands for the org of that name below okta.com alone.

    Raises:
        InputError: several entries are the host's.
    """
    domain = settings.org_url.partition("://")[2]
    names = [host, domain, settings.org_url]
    if settings.org_url == f"https://{settings.tenant}.okta.com":
        names.append(settings.tenant)
    by_name: dict[str, list[Entry]] = {}
    for entry in found:
        by_name.setdefault(_folded(entry.name), []).append(entry)
    for name in names:
        same = by_name.get(_folded(name), [])
        exact = [entry for entry in same if entry.name == name] or same
        if len({entry.value for entry in exact}) > 1:
            raise InputError(f"{_MAP} has several entries for {name}: keep one of them.")
        if exact:
            return exact[-1]
    return None


def _folded(name: str) -> str:
    return name.lower().rstrip("/")


def bootstrap(settings: Settings, host: str, environment: Mapping[str, str]) -> Choice | None:
    """Choose what the org is called with.

    Raises:
        InputError: the credential of the environment was given for another org, or there are two.
    """
    name = "rezonate_okta_api_token"
    if settings.text("okta_api_token"):
        return Choice("api_token", settings.text("okta_api_token"), "variable", name)
    found, form = entries(settings.values[_MAP])
    own = own_entry(found, host, settings)
    if own:
        return Choice("api_token", own.value, form, own.name, own.line)
    client = settings.text("okta_client_id")
    of_environment = environment.get(ENVIRONMENT_CLIENT, "")
    if client and client != of_environment:
        return Choice("client", client, "variable", "rezonate_okta_client_id")
    token = _environment_token(environment)
    if token:
        return _bound(token, settings, environment)
    if of_environment:
        return _bound(Choice("client", of_environment, "environment", ENVIRONMENT_CLIENT), settings, environment)
    return None


def _environment_token(environment: Mapping[str, str]) -> Choice | None:
    given = {name: environment[name] for name in ENVIRONMENT_TOKENS if environment.get(name)}
    if len(set(given.values())) > 1:
        raise InputError(
            f"{' and '.join(ENVIRONMENT_TOKENS)} are both in the environment, with different tokens: unset the one that isn't meant."
        )
    return next((Choice("api_token", value, "environment", name) for name, value in given.items()), None)


def _bound(choice: Choice, settings: Settings, environment: Mapping[str, str]) -> Choice:
    """Make sure that the environment's credential was given for this org."""
    org = environment.get(ENVIRONMENT_ORG, "").strip()
    if not org or settings.flag("shared_token") or parse(org, ENVIRONMENT_ORG).url == settings.org_url:
        return choice
    what, own = ("API token", "rezonate_okta_api_token") if choice.kind == "api_token" else ("OAuth client", "rezonate_okta_client_id")
    raise InputError(
        f"The {what} in the environment is that of {ENVIRONMENT_ORG}, {org}, and would be sent to {settings.org_url}, another org."
        f" Give the tenant its own {own}, or set rezonate_shared_token if it is meant."
    )


def caller(settings: Settings, host: str, work: str, environment: Mapping[str, str]) -> Choice | None:
    """Choose what a kind of work calls the org with: an audit with its own credential, where it has one, and then with no other.

    Raises:
        InputError: as `bootstrap`.
    """
    if work in ("audit", "merge"):
        return next(iter(used(settings, host, work, environment)), None)
    return bootstrap(settings, host, environment)


def used(settings: Settings, host: str, work: str, environment: Mapping[str, str]) -> list[Choice]:
    """Everything that a kind of work sends to the org, or keeps of it for others to send.

    Raises:
        InputError: as `bootstrap`.
    """
    if work == "merge":
        return []
    if work == "audit" and settings.text("audit_api_token"):
        return [Choice("api_token", settings.text("audit_api_token"), "variable", "rezonate_audit_api_token")]
    if work == "audit" and settings.text("audit_client_id"):
        return [Choice("client", settings.text("audit_client_id"), "variable", AUDIT_CLIENT)]
    chosen = [bootstrap(settings, host, environment)]
    if work == "onboard" and settings.text("method") == "api_token":
        of_environment = environment.get(ENVIRONMENT_READONLY, "")
        value = settings.text("readonly_api_token") or of_environment
        in_environment = value == of_environment
        source, name = ("environment", ENVIRONMENT_READONLY) if in_environment else ("variable", "rezonate_readonly_api_token")
        chosen.append(Choice("api_token", value, source, name) if value else None)
    return [choice for choice in chosen if choice]


def refuse_shared(choice: Choice, org_urls: Iterable[str]) -> None:
    """Refuse a credential that would go to several orgs.

    Args:
        choice: the credential.
        org_urls: the orgs that it would go to.

    Raises:
        InputError: it would.
    """
    count = len(set(org_urls))
    if count < 2:
        return
    if choice.kind == "client":
        raise InputError(
            f"One OAuth client {choice.said} and {count} tenants: it would be used in orgs that it does not belong to."
            " Give each tenant its own, or set rezonate_shared_token if it is meant."
        )
    if "readonly" in choice.name.lower():
        raise InputError(
            f"One API token {choice.said} and {count} tenants: give each tenant its own rezonate_readonly_api_token,"
            " or set rezonate_shared_token if it is meant."
        )
    own = "rezonate_audit_api_token" if choice.name == "rezonate_audit_api_token" else "rezonate_okta_api_token"
    raise InputError(
        f"One API token {choice.said} and {count} tenants: it would be sent to orgs that it does not belong to."
        f" Give each tenant its own {own}, or set rezonate_shared_token if it is meant."
    )
