# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of the module ``rsa_jwk``: read a key, store it in a file, or generate one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.errors import InputError, StateError
from .._core.spec import Call, Outcome
from .jwk import MIN_SIZE, RsaKey, generate_rsa_key, load_private_key
from .key_file import KeyFile, StoredKey, format_mode


def provide_rsa_key(call: Call) -> Outcome:
    """Provide the key that the options describe.

    Raises:
        InputError: an option, or the key in the file, can't be used.
        StateError: the file holds another key, or can't be read or written.
    """
    params = call.params
    if params["passphrase"] == "":
        # If it counted as not set, the key would be stored unencrypted.
        raise InputError("'passphrase' is empty; give one, or leave the option out.")
    given = None
    if params["private_key"] is not None:
        given = load_private_key(params["private_key"], params["passphrase"], params["key_id"])
    if params["path"] is not None:
        return _provide_in_file(call, KeyFile(params["path"], params["passphrase"]), given)
    key = given or _generate(params)
    return Outcome(given is None, _return_values(key), _public_facts(given), _public_facts(key))


def _provide_in_file(call: Call, file: KeyFile, given: RsaKey | None) -> Outcome:
    """Ensure that the key is in the file: read → decide → one gated write."""
    found = file.read(call.params["key_id"])
    if found:
        _check_stored_key(found.key, given, call.params["size"], file.path)
        key = given or found.key
    else:
        key = given or _generate(call.params)
    if not call.check_mode:
        _write_key_file(call, file, key, found)
    place = {"path": file.path}
    after = {**_public_facts(key), **place, "mode": format_mode()}
    before: dict[str, Any] = {}
    if found:
        # Stricter permissions are not changed.
        before = {**_public_facts(key), **place, "mode": format_mode(found.mode)}
        after = after if found.is_exposed else before
    return Outcome(found is None or found.is_exposed, {**_return_values(key), **place}, before, after)


def _write_key_file(call: Call, file: KeyFile, key: RsaKey, found: StoredKey | None) -> None:
    if found is None:
        file.create(key, call.before_write)
        return
    file.remove_leftovers()
    if found.is_exposed:
        call.before_write()
        file.repair_permissions()


def _check_stored_key(found: RsaKey, given: RsaKey | None, size: int | None, path: str) -> None:
    """Refuse a file with another key than the desired one, since that key may be in use."""
    if given and found.thumbprint != given.thumbprint:
        raise StateError(
            f"{path} holds another key ({found.thumbprint}) than 'private_key' ({given.thumbprint}); nothing was written, "
            "set another 'path' or move the file away."
        )
    if not given and size is not None and found.size != size:
        raise StateError(
            f"{path} holds a key of {found.size} bits, not of {size}; nothing was written, "
            "set another 'path', or 'size' to what the key has."
        )


def _generate(params: Mapping[str, Any]) -> RsaKey:
    return generate_rsa_key(params["size"] or MIN_SIZE, params["key_id"])


def _return_values(key: RsaKey) -> dict[str, Any]:
    return {**_public_facts(key), "private_key": key.pem(), "private_jwk": key.private_jwk()}


def _public_facts(key: RsaKey | None) -> dict[str, Any]:
    """The facts of a key that aren't secret."""
    return {"key_id": key.key_id, "size": key.size, "public_jwk": key.public_jwk()} if key else {}
