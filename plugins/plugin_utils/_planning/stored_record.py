# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the stored record of a tenant with the vault secrets of the run, validates it, and checks that it belongs to the org."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...module_utils._core.errors import RezonateError
from ...module_utils._core.spec import Call
from ...module_utils._okta.authentication import Anonymous
from ...module_utils._okta.client import OktaClient
from ...module_utils._okta.connection import ConnectionOptions
from ...module_utils._okta.org_url import parse_org_url
from ...module_utils._okta.transport import Transport, TransportSettings
from ...module_utils._tenant.record import NAME, Record, RecordError, read_record
from ...module_utils._vault.vars_file import Cipher
from ...module_utils._vault.vars_file import manage_vars_file as run_vars_file


@dataclass(frozen=True)
class StoredRecord:
    """The stored record of a tenant.

    Args:
        record: the record with its secrets.
        facts: the facts of its file or text: ``path``, ``exists``, ``revision``, ``vault_id``, ``view_command``, ``names``.
    """

    record: Record
    facts: Mapping[str, Any]


def read_stored_record(call: Call, cipher: Cipher) -> StoredRecord:
    """Read the record and the facts of its file.

    Raises:
        RezonateError: it can't be read.
        RecordError: it is invalid, belongs to another org, or would not persist after the job.
    """
    options = call.params
    file = run_vars_file(_read_call(call), cipher).values
    path = str(file["path"])
    given = options["method"] if options["work"] == "onboard" else None
    record, unknown = read_record(file["variables"].get(NAME), path, given)
    if given is None and not record.stored.get("method"):
        record = Record(record.stored, record.current, options["method"])
    if unknown:
        names = ", ".join(unknown)
        call.warn(f"{path}: this release doesn't support {names} of {NAME}, which a newer one may have written; it is preserved.")
    record = _check_org(record, path, options)
    _check_persistence(path, bool(file["lasts"]), options)
    return StoredRecord(record, {name: file[name] for name in ("path", "exists", "revision", "vault_id", "view_command", "names")})


def _read_call(call: Call) -> Call:
    names = ("path", "ciphertext", "vault_id")
    params = {**{name: call.params[name] for name in names}, "state": "read", "names": [NAME], "variables": None, "expected_revision": None}
    return Call(params, call.check_mode, call.warn, call.before_write)


def _check_org(record: Record, path: str, options: Mapping[str, Any]) -> Record:
    """Check that the record belongs to the org, whose URL may have changed.

    Raises:
        RecordError: it belongs to another org, or that can't be excluded.
    """
    org_url, stored_url = str(options["org_url"]), str(record.stored.get("org_url") or options["org_url"])
    if stored_url.lower().rstrip("/") == org_url:
        return record
    org_id = _same_org_id(record.stored.get("org_id"), stored_url, org_url, ConnectionOptions(options).settings())
    if org_id:
        return record.of_org(org_url, org_id)
    raise RecordError(
        f"rezonate_vault_file {path} holds the credentials of {stored_url}, not of {org_url}: set another file for the tenant."
    )


@dataclass(frozen=True)
class OrgIdentity:
    """The public identity of an org.

    Args:
        org_id: its id, which never changes.
        urls: its URLs.
    """

    org_id: str
    urls: tuple[str, ...] = ()


def _same_org_id(known_id: str | None, stored_url: str, org_url: str, settings: TransportSettings) -> str | None:
    """The id of the org that has both URLs; None if these aren't known to be one org. No credential is sent."""
    there = _read_identity(stored_url, settings)
    if there and known_id in (None, there.org_id) and org_url in there.urls:
        return there.org_id
    if there and not parse_org_url(stored_url).is_custom and not parse_org_url(org_url).is_custom:
        return None  # an org has one URL below Okta's own domains, so the stored one belongs to another org now
    here = _read_identity(org_url, settings)
    expected = known_id or (there.org_id if there else None)
    return here.org_id if here and here.org_id == expected else None


def _read_identity(url: str, settings: TransportSettings) -> OrgIdentity | None:
    try:
        client = OktaClient(parse_org_url(url), Anonymous(), Transport(settings))
        return OrgIdentity(client.org_id(), client.urls())
    except RezonateError:
        return None


def _check_persistence(path: str, is_persistent: bool, options: Mapping[str, Any]) -> None:
    """Refuse a store that doesn't persist after the job.

    Raises:
        RecordError: it doesn't.
    """
    if options["must_last"] and not is_persistent:
        raise RecordError(
            f"rezonate_credential_store is file, and {path} would be deleted with this job: set rezonate_credential_store to artifact,"
            " controller or custom, or rezonate_vault_file to a file on a path that is mounted into the container of the job."
        )
