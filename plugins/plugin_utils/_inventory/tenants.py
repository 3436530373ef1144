# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converts a list of tenants to hosts, with the role's variables and a variable for each other column."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ...module_utils._core.errors import InputError
from ...module_utils._core.methods import METHODS
from ...module_utils._okta.org_url import OKTA_DOMAINS, parse_org_url
from .row import LineError, Row, Value, is_secret, is_secret_column
from .secret_references import REFERENCE_FORMS, reference_template

# The columns with a fixed meaning; all others, such as `group` and `owner`, become variables of the host.
COLUMNS = ("host", "tenant", "domain", "method", "token")
PREFIX = "tenant_"
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\Z")


@dataclass(frozen=True)
class TenantHost:
    """A host of the inventory.

    Args:
        line: the number of its first line in the file.
        host: its name in the inventory.
        url: the org's URL.
        variables: the variables without secrets, unchanged: text with Jinja syntax remains text.
        references: the variables that are references to secrets.
    """

    line: int
    host: str
    url: str
    variables: Mapping[str, Value]
    references: Mapping[str, str]


def read_tenants(rows: Iterable[Row], columns: Mapping[str, str], plugins: Collection[str]) -> list[TenantHost]:
    """Read all rows.

    Args:
        rows: the rows of the file.
        columns: the names of the columns `COLUMNS` in the file, if they differ.
        plugins: the lookup plugins that references can name.

    Raises:
        InputError: a row is invalid or a duplicate.
    """
    unknown = sorted(set(columns) - set(COLUMNS))
    if unknown:
        raise InputError(f"columns: {unknown[0]!r} isn't a column of this plugin; use {', '.join(COLUMNS)}.")
    found = [_tenant(row, {name: columns.get(name, name) for name in COLUMNS}, plugins) for row in rows]
    hosts: dict[str, TenantHost] = {}
    urls: dict[str, TenantHost] = {}
    for tenant in found:
        twin = urls.setdefault(tenant.url, tenant)
        if twin is not tenant:
            raise LineError(tenant.line, f"the tenant {tenant.url} is in line {twin.line} already: keep one of them.")
        twin = hosts.setdefault(tenant.host.lower(), tenant)
        if twin is not tenant:
            raise LineError(
                tenant.line, f"the host {tenant.host} is in line {twin.line} already: set another name for one of them in a column host."
            )
    return found


def _tenant(row: Row, columns: Mapping[str, str], plugins: Collection[str]) -> TenantHost:
    _refuse_secrets(row, columns["token"], plugins)
    own = {name: _text(row, column) for name, column in columns.items()}
    role, url = _org_variables(row.line, own["tenant"], own["domain"])
    host = own["host"] or str(role["rezonate_tenant_id"])
    if not _HOST.match(host):
        raise LineError(row.line, "the column host holds no valid name of a host: use letters, digits, dots, hyphens and underscores.")
    if own["method"]:
        if own["method"] not in METHODS:
            raise LineError(row.line, f"the column method holds no valid method: use {', '.join(METHODS)}, or leave it empty.")
        role["rezonate_method"] = own["method"]
    rest = {column: value for column, value in row.cells.items() if column not in columns.values()}
    secret = {PREFIX + column: str(value) for column, value in rest.items() if is_secret_column(column)}
    plain = {PREFIX + column: value for column, value in rest.items() if not is_secret_column(column)}
    token = {"rezonate_okta_api_token": own["token"]} if own["token"] else {}
    return TenantHost(row.line, host, url, {**plain, **role}, {**secret, **token})


def _refuse_secrets(row: Row, token: str, plugins: Collection[str]) -> None:
    """Refuse plaintext secrets, before any other check."""
    for column, value in row.cells.items():
        if is_secret(value):
            raise LineError(
                row.line, f"the column {column} looks like a plaintext token or key: revoke it, and give a reference, {REFERENCE_FORMS}."
            )
        if column != token and not is_secret_column(column):
            continue
        try:
            reference_template(str(value), plugins)
        except InputError as error:
            raise LineError(row.line, f"the column {column} holds {error}") from None
        if value == "var:" + ("rezonate_okta_api_token" if column == token else PREFIX + column):
            raise LineError(row.line, f"the column {column} refers to the variable that it sets: store the secret in another one.")


def _text(row: Row, column: str) -> str:
    value = row.cells.get(column, "")
    if not isinstance(value, str):
        raise LineError(row.line, f"{column} must be a text: put it in quotes.")
    return value


def _org_variables(line: int, name: str, domain: str) -> tuple[dict[str, Value], str]:
    """The role's variables for an org, and its URL."""
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
        url = parse_org_url(domain).url if "." in domain else ""
    except InputError:  # without its message, which repeats the value
        url = ""
    if not url:
        raise LineError(line, "the column domain holds no domain: give one of Okta's, such as oktapreview.com, or the org's own.")
    return {"rezonate_tenant_id": short, "rezonate_org_url": url}, url
