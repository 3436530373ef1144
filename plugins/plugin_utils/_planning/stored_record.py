# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stored record of a tenant: read with the vault secrets of the run, checked, and made sure to be this org's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...module_utils._core.errors import RezonateError
from ...module_utils._core.spec import Call
from ...module_utils._okta.authentication import Anonymous
from ...module_utils._okta.client import OktaClient
from ...module_utils._okta.connection import Options
from ...module_utils._okta.org_url import parse
from ...module_utils._okta.transport import Settings, Transport
from ...module_utils._tenant.record import NAME, Record, RecordError, read_record
from ...module_utils._vault.vars_file import Cipher
from ...module_utils._vault.vars_file import manage_vars_file as run_vars_file


@dataclass(frozen=True)
class Stored:
    """What is stored of a tenant.

    Args:
        record: the record, its secrets among it.
        facts: of its file or text: ``path``, ``exists``, ``revision``, ``vault_id``, ``view_command``, ``names``.
    """

    record: Record
    facts: Mapping[str, Any]


def read_stored_record(call: Call, cipher: Cipher) -> Stored:
    """Read the record, and what is known of its file.

    Raises:
        RezonateError: it can't be read.
        RecordError: it is no record, another org's, or would be gone with the job.
    """
    options = call.params
    file = run_vars_file(_reading(call), cipher).values
    path = str(file["path"])
    given = options["method"] if options["work"] == "onboard" else None
    record, unknown = read_record(file["variables"].get(NAME), path, given)
    if given is None and not record.stored.get("method"):
        record = Record(record.stored, record.current, options["method"])
    if unknown:
        names = ", ".join(unknown)
        call.warn(f"{path}: this release doesn't know {names} of {NAME}; a newer one may have written it. It stays as it is.")
    record = _of_this_org(record, path, options)
    _check(path, bool(file["lasts"]), options)
    return Stored(record, {name: file[name] for name in ("path", "exists", "revision", "vault_id", "view_command", "names")})


def _reading(call: Call) -> Call:
    names = ("path", "ciphertext", "vault_id")
    params = {**{name: call.params[name] for name in names}, "state": "read", "names": [NAME], "variables": None, "expected_revision": None}
    return Call(params, call.check_mode, call.warn, call.before_write)


def _of_this_org(record: Record, path: str, options: Mapping[str, Any]) -> Record:
    """Make sure that the record is that of the org; it may have another URL by now.

    Raises:
        RecordError: it is another org's, as far as can be told.
    """
    org_url, stored_url = str(options["org_url"]), str(record.stored.get("org_url") or options["org_url"])
    if stored_url.lower().rstrip("/") == org_url:
        return record
    org_id = _same_org(record.stored.get("org_id"), stored_url, org_url, Options(options).settings())
    if org_id:
        return record.of_org(org_url, org_id)
    raise RecordError(
        f"rezonate_vault_file {path} holds the credentials of {stored_url}, not of {org_url}: give the tenant a file of its own."
    )


@dataclass(frozen=True)
class Identity:
    """What Okta tells everybody of an org.

    Args:
        org_id: its id, which stays whatever it is called.
        urls: the URLs that it has.
    """

    org_id: str
    urls: tuple[str, ...] = ()


def _same_org(known_id: str | None, stored_url: str, org_url: str, settings: Settings) -> str | None:
    """The id of the org that has both URLs; None where it isn't one, as far as can be told. No credential is sent."""
    there = _identity(stored_url, settings)
    if there and known_id in (None, there.org_id) and org_url in there.urls:
        return there.org_id
    if there and not parse(stored_url).is_custom and not parse(org_url).is_custom:
        return None  # an org has one URL below Okta's own domains, and the stored one is another org's now
    here = _identity(org_url, settings)
    expected = known_id or (there.org_id if there else None)
    return here.org_id if here and here.org_id == expected else None


def _identity(url: str, settings: Settings) -> Identity | None:
    try:
        client = OktaClient(parse(url), Anonymous(), Transport(settings))
        return Identity(client.org_id(), client.urls())
    except RezonateError:
        return None


def _check(path: str, is_persistent: bool, options: Mapping[str, Any]) -> None:
    """Refuse a store that is gone with the job.

    Raises:
        RecordError: it is.
    """
    if options["must_last"] and not is_persistent:
        raise RecordError(
            f"rezonate_credential_store is file, and {path} would be gone with this job: set rezonate_credential_store to artifact,"
            " controller or custom, or rezonate_vault_file to a file on a path that is mounted into the container of the job."
        )
