# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credential for the calls to each org. A token is bound to the org that it was supplied for, and is never sent to another one.

Order of precedence: the host's variable, its entry in the map of tokens, its OAuth client, the token and the client of the environment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import InputError
from .._okta.org_url import parse_org_url
from .settings import Settings
from .values import describe

ENVIRONMENT_TOKENS = ("OKTA_CLIENT_TOKEN", "OKTA_API_TOKEN")
ENVIRONMENT_ORG = "OKTA_CLIENT_ORGURL"
ENVIRONMENT_CLIENT = "OKTA_CLIENT_CLIENTID"
ENVIRONMENT_READONLY = "REZONATE_READONLY_API_TOKEN"
AUDIT_CLIENT = "rezonate_audit_client_id"
_MAP = "rezonate_okta_api_tokens"
# the last colon separates, since a name can be a URL
_LINE = re.compile(r"""\s*(["']?)([^"'#\s][^"']*?)\1\s*:\s*(["']?)([^\s"',:]*)\3\s*,?\s*(?:#.*)?""")


@dataclass(frozen=True)
class TokenEntry:
    """One entry of the map of tokens.

    Args:
        name: its name.
        value: the token.
        line: the number of its line, from 0, where the map is a string of lines.
    """

    name: str
    value: str = field(repr=False)
    line: int | None = None


@dataclass(frozen=True)
class CredentialChoice:
    """A credential, and its source.

    Args:
        kind: ``api_token`` or ``client``.
        value: the token or the client id, which must not be sent to another org.
        source: ``variable``, ``map``, ``lines``, ``json`` or ``environment``.
        name: the variable's name; in a map, the entry's.
        line: the number of its line, in a string of lines.
    """

    kind: str
    value: str = field(repr=False)
    source: str
    name: str
    line: int | None = None

    @property
    def description(self) -> str:
        """Its source, as messages name it."""
        if self.source == "environment":
            names = " or ".join(ENVIRONMENT_TOKENS) if self.name in ENVIRONMENT_TOKENS else self.name
            return f"in the environment ({names})"
        return f"({_MAP}, entry {self.name})" if self.source in ("map", "lines", "json") else f"({self.name})"

    def reference(self) -> dict[str, Any]:
        """The reference that a template resolves; it holds no secret."""
        client = {"client_id": self.value} if self.kind == "client" else {}
        return {"kind": self.kind, "source": self.source, "name": self.name, "line": self.line, **client}


def map_entries(given: Any) -> tuple[list[TokenEntry], str]:
    """Parse the map of tokens; return its entries and its format.

    Raises:
        InputError: it is invalid. The message repeats no value.
    """
    if isinstance(given, Mapping):
        return _of_mapping(given), "map"
    if given.strip().startswith("{"):
        try:
            found = json.loads(given)
        except ValueError:
            raise InputError(f"{_MAP} is neither JSON nor a string with a line 'name: token' for each.") from None
        return _of_mapping(found), "json"
    lines = [(number, line) for number, line in enumerate(given.splitlines()) if line.strip() and not line.lstrip().startswith("#")]
    read = [_of_line(number, line) for number, line in lines if line.strip() not in ("---", "...")]
    return [entry for entry in read if entry.value], "lines"


def _of_mapping(given: Mapping[Any, Any]) -> list[TokenEntry]:
    for name, value in given.items():
        if not isinstance(name, str):
            raise InputError(f"{_MAP} has a name that is {describe(name)} where a string is needed, as YAML parses it: put it in quotes.")
        if not isinstance(value, str):
            raise InputError(f"{_MAP}: the token of {name} is {describe(value)} where a string is needed: put it in quotes.")
    return [TokenEntry(name, value) for name, value in given.items() if value]


def _of_line(number: int, line: str) -> TokenEntry:
    found = _LINE.fullmatch(line)
    if not found:
        raise InputError(f"{_MAP}: line {number + 1} does not have the form 'name: token'.")
    return TokenEntry(found[2].strip(), found[4], number)


def own_entry(found: Iterable[TokenEntry], host: str, settings: Settings) -> TokenEntry | None:
    """Find the entry of a host by its name, by its org's host or URL, or by the tenant's name below okta.com.

    A tenant's short name doesn't include its domain, so it matches only the org of that name below okta.com.

    Raises:
        InputError: several entries match.
    """
    domain = settings.org_url.partition("://")[2]
    names = [host, domain, settings.org_url]
    if settings.org_url == f"https://{settings.tenant}.okta.com":
        names.append(settings.tenant)
    by_name: dict[str, list[TokenEntry]] = {}
    for entry in found:
        by_name.setdefault(_normalized(entry.name), []).append(entry)
    for name in names:
        same = by_name.get(_normalized(name), [])
        exact = [entry for entry in same if entry.name == name] or same
        if len({entry.value for entry in exact}) > 1:
            raise InputError(f"{_MAP} has several entries for {name}: keep one of them.")
        if exact:
            return exact[-1]
    return None


def _normalized(name: str) -> str:
    return name.lower().rstrip("/")


def bootstrap_credential(settings: Settings, host: str, environment: Mapping[str, str]) -> CredentialChoice | None:
    """Choose the credential for calls to the org.

    Raises:
        InputError: the credential of the environment belongs to another org, or there are two.
    """
    name = "rezonate_okta_api_token"
    if settings.text("okta_api_token"):
        return CredentialChoice("api_token", settings.text("okta_api_token"), "variable", name)
    found, form = map_entries(settings.values[_MAP])
    own = own_entry(found, host, settings)
    if own:
        return CredentialChoice("api_token", own.value, form, own.name, own.line)
    client = settings.text("okta_client_id")
    of_environment = environment.get(ENVIRONMENT_CLIENT, "")
    if client and client != of_environment:
        return CredentialChoice("client", client, "variable", "rezonate_okta_client_id")
    token = _environment_token(environment)
    if token:
        return _bound(token, settings, environment)
    if of_environment:
        return _bound(CredentialChoice("client", of_environment, "environment", ENVIRONMENT_CLIENT), settings, environment)
    return None


def _environment_token(environment: Mapping[str, str]) -> CredentialChoice | None:
    given = {name: environment[name] for name in ENVIRONMENT_TOKENS if environment.get(name)}
    if len(set(given.values())) > 1:
        raise InputError(f"{' and '.join(ENVIRONMENT_TOKENS)} are both in the environment, with different tokens: unset one of them.")
    return next((CredentialChoice("api_token", value, "environment", name) for name, value in given.items()), None)


def _bound(choice: CredentialChoice, settings: Settings, environment: Mapping[str, str]) -> CredentialChoice:
    """Require that the environment's credential belongs to this org."""
    org = environment.get(ENVIRONMENT_ORG, "").strip()
    if not org or settings.flag("shared_token") or parse_org_url(org, ENVIRONMENT_ORG).url == settings.org_url:
        return choice
    what, own = ("API token", "rezonate_okta_api_token") if choice.kind == "api_token" else ("OAuth client", "rezonate_okta_client_id")
    raise InputError(
        f"The {what} in the environment is that of {ENVIRONMENT_ORG}, {org}, and would be sent to {settings.org_url}, another org."
        f" Give the tenant its own {own}, or set rezonate_shared_token if that is intended."
    )


def calling_credential(settings: Settings, host: str, work: str, environment: Mapping[str, str]) -> CredentialChoice | None:
    """Choose the credential for a kind of work. An audit uses its own credential, where it has one, and no other.

    Raises:
        InputError: as `bootstrap`.
    """
    if work in ("audit", "merge"):
        return next(iter(used_credentials(settings, host, work, environment)), None)
    return bootstrap_credential(settings, host, environment)


def used_credentials(settings: Settings, host: str, work: str, environment: Mapping[str, str]) -> list[CredentialChoice]:
    """All credentials that a kind of work sends to the org, or stores.

    Raises:
        InputError: as `bootstrap`.
    """
    if work == "merge":
        return []
    if work == "audit" and settings.text("audit_api_token"):
        return [CredentialChoice("api_token", settings.text("audit_api_token"), "variable", "rezonate_audit_api_token")]
    if work == "audit" and settings.text("audit_client_id"):
        return [CredentialChoice("client", settings.text("audit_client_id"), "variable", AUDIT_CLIENT)]
    chosen = [bootstrap_credential(settings, host, environment)]
    if work == "onboard" and settings.text("method") == "api_token":
        of_environment = environment.get(ENVIRONMENT_READONLY, "")
        value = settings.text("readonly_api_token") or of_environment
        in_environment = value == of_environment
        source, name = ("environment", ENVIRONMENT_READONLY) if in_environment else ("variable", "rezonate_readonly_api_token")
        chosen.append(CredentialChoice("api_token", value, source, name) if value else None)
    return [choice for choice in chosen if choice]


def refuse_shared(choice: CredentialChoice, org_urls: Iterable[str]) -> None:
    """Refuse a credential that would be sent to several orgs.

    Args:
        choice: the credential.
        org_urls: the orgs that it would be sent to.

    Raises:
        InputError: there are several.
    """
    count = len(set(org_urls))
    if count < 2:
        return
    if choice.kind == "client":
        raise InputError(
            f"One OAuth client {choice.description} and {count} tenants: it would be used in orgs that it does not belong to."
            " Give each tenant its own, or set rezonate_shared_token if that is intended."
        )
    if "readonly" in choice.name.lower():
        raise InputError(
            f"One API token {choice.description} and {count} tenants: give each tenant its own rezonate_readonly_api_token,"
            " or set rezonate_shared_token if that is intended."
        )
    own = "rezonate_audit_api_token" if choice.name == "rezonate_audit_api_token" else "rezonate_okta_api_token"
    raise InputError(
        f"One API token {choice.description} and {count} tenants: it would be sent to orgs that it does not belong to."
        f" Give each tenant its own {own}, or set rezonate_shared_token if that is intended."
    )
