# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of the module ``rsa_jwk``: take a key, or keep it in a file, or make one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.errors import InputError, StateError
from .._core.spec import Call, Outcome
from .jwk import MIN_SIZE, RsaKey, generate, load
from .key_file import KeyFile, StoredKey, shown_mode


def provide_rsa_key(call: Call) -> Outcome:
    """Give the key that the options describe.

    Raises:
        InputError: an option, or the key in the file, can't be used.
        StateError: the file holds another key, or can't be read or written.
    """
    params = call.params
    if params["passphrase"] == "":
        # Taken for none, it would leave a key on the disk unencrypted.
        raise InputError("'passphrase' is empty; give one, or leave the option out.")
    given = None
    if params["private_key"] is not None:
        given = load(params["private_key"], params["passphrase"], params["key_id"])
    if params["path"] is not None:
        return _in_file(call, KeyFile(params["path"], params["passphrase"]), given)
    key = given or _generated(params)
    return Outcome(given is None, _returned(key), _shown(given), _shown(key))


def _in_file(call: Call, file: KeyFile, given: RsaKey | None) -> Outcome:
    """Make sure that the key is in the file; read → decide → one gated write."""
    found = file.read(call.params["key_id"])
    if found:
        _check(found.key, given, call.params["size"], file.path)
        key = given or found.key
    else:
        key = given or _generated(call.params)
    if not call.check_mode:
        _apply(call, file, key, found)
    place = {"path": file.path}
    after = {**_shown(key), **place, "mode": shown_mode()}
    before: dict[str, Any] = {}
    if found:
        # Stricter permissions than ours are left as they are.
        before = {**_shown(key), **place, "mode": shown_mode(found.mode)}
        after = after if found.exposed else before
    return Outcome(found is None or found.exposed, {**_returned(key), **place}, before, after)


def _apply(call: Call, file: KeyFile, key: RsaKey, found: StoredKey | None) -> None:
    if found is None:
        file.create(key, call.before_write)
        return
    file.sweep()
    if found.exposed:
        call.before_write()
        file.repair()


def _check(found: RsaKey, given: RsaKey | None, size: int | None, path: str) -> None:
    """Refuse a file with a key that isn't the wanted one: somebody may be using it."""
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


def _generated(params: Mapping[str, Any]) -> RsaKey:
    return generate(params["size"] or MIN_SIZE, params["key_id"])


def _returned(key: RsaKey) -> dict[str, Any]:
    return {**_shown(key), "private_key": key.pem(), "private_jwk": key.private_jwk()}


def _shown(key: RsaKey | None) -> dict[str, Any]:
    """What may be shown of a key."""
    return {"key_id": key.key_id, "size": key.size, "public_jwk": key.public_jwk()} if key else {}
