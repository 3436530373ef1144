# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a list of tenants means: hosts, each with the role's variables and with those of its own columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ...module_utils._core.errors import InputError
from ...module_utils._core.methods import METHODS
from ...module_utils._okta.org_url import OKTA_DOMAINS, parse
from .row import LineError, Row, Value, is_secret, names_secret
from .secret_references import FORMS, template

# The columns that have a meaning; all others, `group` and `owner` among them, are variables of the host.
COLUMNS = ("host", "tenant", "domain", "method", "token")
PREFIX = "tenant_"
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\Z")


@dataclass(frozen=True)
class Tenant:
    """A host of the inventory.

    Args:
        line: where it begins in the file.
        host: its name in the inventory.
        url: the org's URL.
        variables: what is no secret, as it is: text with Jinja in it stays text.
        references: variables that are references to secrets.
    """

    line: int
    host: str
    url: str
    variables: Mapping[str, Value]
    references: Mapping[str, str]


def tenants(rows: Iterable[Row], columns: Mapping[str, str], plugins: Collection[str]) -> list[Tenant]:
    """Read all rows.

    Args:
        rows: what the file holds.
        columns: what the file calls the columns `COLUMNS`, where it isn't that.
        plugins: the lookup plugins that references may name.

    Raises:
        InputError: a row can't be meant, or is there twice.
    """
    unknown = sorted(set(columns) - set(COLUMNS))
    if unknown:
        raise InputError(f"columns: there is no {unknown[0]!r} to name; there are {', '.join(COLUMNS)}.")
    found = [_tenant(row, {name: columns.get(name, name) for name in COLUMNS}, plugins) for row in rows]
    hosts: dict[str, Tenant] = {}
    urls: dict[str, Tenant] = {}
    for tenant in found:
        twin = urls.setdefault(tenant.url, tenant)
        if twin is not tenant:
            raise LineError(tenant.line, f"the tenant {tenant.url} is in line {twin.line} already: keep one of them.")
        twin = hosts.setdefault(tenant.host.lower(), tenant)
        if twin is not tenant:
            raise LineError(tenant.line, f"the host {tenant.host} is in line {twin.line} already: name one otherwise in a column host.")
    return found


def _tenant(row: Row, columns: Mapping[str, str], plugins: Collection[str]) -> Tenant:
    _no_secrets(row, columns["token"], plugins)
    own = {name: _text(row, column) for name, column in columns.items()}
    role, url = _org(row.line, own["tenant"], own["domain"])
    host = own["host"] or str(role["rezonate_tenant_id"])
    if not _HOST.match(host):
        raise LineError(row.line, "the column host holds no name of a host: use letters, digits, dots, hyphens and underscores.")
    if own["method"]:
        if own["method"] not in METHODS:
            raise LineError(row.line, f"the column method holds no method: use {', '.join(METHODS)}, or leave it empty.")
        role["rezonate_method"] = own["method"]
    rest = {column: value for column, value in row.cells.items() if column not in columns.values()}
    secret = {PREFIX + column: str(value) for column, value in rest.items() if names_secret(column)}
    plain = {PREFIX + column: value for column, value in rest.items() if not names_secret(column)}
    token = {"rezonate_okta_api_token": own["token"]} if own["token"] else {}
    return Tenant(row.line, host, url, {**plain, **role}, {**secret, **token})


def _no_secrets(row: Row, token: str, plugins: Collection[str]) -> None:
    """Refuse secrets in clear, before any other complaint."""
    for column, value in row.cells.items():
        if is_secret(value):
            raise LineError(row.line, f"the column {column} looks like a token or key in clear: revoke it, and give a reference, {FORMS}.")
        if column != token and not names_secret(column):
            continue
        try:
            template(str(value), plugins)
        except InputError as error:
            raise LineError(row.line, f"the column {column} holds {error}") from None
        if value == "var:" + ("rezonate_okta_api_token" if column == token else PREFIX + column):
            raise LineError(row.line, f"the column {column} refers to the variable that it makes: keep the secret in another one.")


def _text(row: Row, column: str) -> str:
    value = row.cells.get(column, "")
    if not isinstance(value, str):
        raise LineError(row.line, f"{column} has to be a text: put it in quotes.")
    return value


def _org(line: int, name: str, domain: str) -> tuple[dict[str, Value], str]:
    """Give the role's variables for an org, and its URL."""
    base = domain.lower() if domain.lower() in OKTA_DOMAINS else OKTA_DOMAINS[0]
    short = name.lower().removeprefix("https://").removesuffix("/").removesuffix(f".{base}")
    if not name:
        raise LineError(line, "the column tenant is empty: give the tenant's name, such as acme.")
    if not _NAME.match(short):
        raise LineError(
            line, f"the column tenant names no Okta tenant below {base}: give its name, such as acme, and its domain in the column domain."
        )
    if short.endswith("-admin"):
        raise LineError(line, "the column tenant has the Admin Console's name, which doesn't serve the API: leave -admin out.")
    if not domain or base == domain.lower():
        return {"rezonate_tenant_id": short, **({"rezonate_okta_domain": base} if domain else {})}, f"https://{short}.{base}"
    try:
        url = parse(domain).url if "." in domain else ""
    except InputError:  # not its sentence, which repeats the value
        url = ""
    if not url:
        raise LineError(line, "the column domain holds no domain: give one of Okta's, such as oktapreview.com, or the org's own.")
    return {"rezonate_tenant_id": short, "rezonate_org_url": url}, url
