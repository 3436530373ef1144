# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables in an encrypted file: read the current state, plan the desired state, write it atomically.

The caller provides the encryption, as a `Cipher`. A file is rewritten only when its content changes:
each encryption has a new salt, so the bytes can't be compared.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .._core.errors import InputError, StateError
from .._core.spec import Call, Outcome
from .encrypted_text import EncryptedText
from .locked_file import ABSENT, FILE_MODE, LockedFile, Snapshot
from .persistence import is_persistent
from .vars_document import MAX_BYTES, Document, check_variable_name, json_value

_REVISION = re.compile(rf"[0-9a-f]{{64}}|{ABSENT}")
_HEADER = b"$ANSIBLE_VAULT;"


class Encryptor(Protocol):
    """Encrypts with one vault secret and its label.

    Attributes:
        vault_id: the label.
        is_typed_once: whether the secret was entered at a prompt without confirmation.
    """

    vault_id: str
    is_typed_once: bool

    def encrypt(self, plaintext: bytes) -> bytes:
        """Encrypt a whole file."""


class Cipher(Protocol):
    """The vault secrets of a run."""

    def decrypt(self, ciphertext: bytes, path: str) -> tuple[bytes, Encryptor]:
        """Decrypt a file; return also the encryptor with which it must be encrypted again."""

    def encryptor(self, vault_id: str | None) -> Encryptor:
        """Choose the encryptor of a new file."""


@dataclass(frozen=True)
class VarsFileRequest:
    """The request of the user.

    Args:
        path: the absolute path; links aren't followed. For a text, its name in messages.
        text: the encrypted text, if there is one in place of a file.
        state: ``present``, ``absent`` or ``read``.
        variables: the variables to set.
        names: the variables to remove or to read; None for the file itself, or for all.
        revision: the expected revision of the file.
        vault_id: the vault id of a new file.
        backup: whether the file is copied before it changes.
    """

    path: str
    text: str | None
    state: str
    variables: Mapping[str, Any]
    names: tuple[str, ...] | None
    revision: str | None
    vault_id: str | None
    backup: bool = False

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> VarsFileRequest:
        """Read the options; refuse ambiguous combinations."""
        variables, names, revision = params["variables"], params["names"], params["expected_revision"]
        if variables is not None and params["state"] != "present":
            # If it were ignored, the whole file would be removed instead of these variables.
            raise InputError("'variables' requires 'state: present'; list in 'names' which variables to remove or to read.")
        if params.get("backup") and params["ciphertext"] is not None:
            raise InputError("'backup' can't be used with 'ciphertext'; make the backup where the text is stored.")
        if revision is not None and not _REVISION.fullmatch(revision):
            raise InputError(f"'expected_revision' must be a 'revision' that this module returned, or '{ABSENT}'.")
        return cls(
            path=_absolute_path(params["path"]) if params["ciphertext"] is None else params["path"],
            text=params["ciphertext"],
            state=params["state"],
            variables={check_variable_name(name): json_value(value, name) for name, value in (variables or {}).items()},
            names=None if names is None else tuple(names),
            revision=revision,
            vault_id=params["vault_id"],
            backup=bool(params.get("backup")),
        )

    def backup_path(self, snapshot: Snapshot) -> str | None:
        """The path of the backup; None if there is nothing to copy."""
        return f"{self.path}.{snapshot.revision[:12]}.backup" if self.backup and snapshot.data is not None else None


def _absolute_path(path: str) -> str:
    expanded = os.path.expanduser(path)
    if not path or "\0" in path or expanded.startswith("~"):
        raise InputError("'path' must be the path of a file, and a user named after '~' must exist.")
    return os.path.abspath(expanded)


@dataclass(frozen=True)
class VarsFilePlan:
    """The current state of the file, and the planned changes.

    Args:
        snapshot: the file that the plan is based on.
        before: the names of its variables, if it was decrypted.
        changes_by_name: the change of each variable: ``added``, ``changed`` or ``removed``.
        encryptor: encrypts the file, unless it is removed or not decrypted.
        document: the desired variables.
        removes_file: whether the file itself is removed.
    """

    snapshot: Snapshot
    before: tuple[str, ...] = ()
    changes_by_name: Mapping[str, str] = field(default_factory=dict)
    encryptor: Encryptor | None = None
    document: Document | None = None
    removes_file: bool = False

    @property
    def writes_content(self) -> bool:
        """Whether the content of the file changes."""
        missing = self.snapshot.data is None and self.document is not None
        return bool(self.changes_by_name) or missing

    @property
    def repairs_permissions(self) -> bool:
        """Whether other users have permissions on the file, or its owner lacks them."""
        return not self.removes_file and self.snapshot.mode not in (None, FILE_MODE)

    @property
    def is_change(self) -> bool:
        """Whether there is any change."""
        return self.writes_content or self.removes_file or self.repairs_permissions


def read_vars_file(call: Call, cipher: Cipher) -> Outcome:
    """Do the work of the module that reads; changes nothing."""
    request = VarsFileRequest.of({"variables": None, "vault_id": None, **call.params, "state": "read"})
    return _read_outcome(request, _file(request).read(), cipher, call.warn)


def manage_vars_file(call: Call, cipher: Cipher) -> Outcome:
    """Do the work of the module. The role's steps also read with it, which removes what an interrupted run left beside the file."""
    request = VarsFileRequest.of(call.params)
    file = _file(request)
    if request.state == "read":
        outcome = _read_outcome(request, file.read(), cipher, call.warn)
        if not call.check_mode:
            file.remove_leftovers()
        return outcome
    plan = _make_plan(request, file.read(), cipher)
    if call.check_mode:
        return _plan_outcome(request, plan, plan.snapshot, {})
    plan, now = _apply_plan(request, plan, file, cipher, call.before_write)
    if plan.writes_content and plan.snapshot.data is None and plan.encryptor and plan.encryptor.is_typed_once and request.text is None:
        command = _view_command(request, plan.encryptor.vault_id)
        call.warn(f"{request.path} was created with a vault password that was entered only once; verify it now: {command}")
    return _plan_outcome(
        request, plan, now, {"ciphertext": (now.data or b"").decode()} if request.text is not None and plan.is_change else {}
    )


def _file(request: VarsFileRequest) -> LockedFile | EncryptedText:
    return LockedFile(request.path, MAX_BYTES) if request.text is None else EncryptedText(request.text, MAX_BYTES)


def _decrypt_document(request: VarsFileRequest, snapshot: Snapshot, cipher: Cipher) -> tuple[Document, Encryptor]:
    if snapshot.data is None:
        return Document.parse("", request.path), cipher.encryptor(request.vault_id)
    plaintext, encryptor = cipher.decrypt(snapshot.data, request.path)
    try:
        return Document.parse(plaintext.decode("utf-8-sig"), request.path), encryptor
    except UnicodeDecodeError:
        # Without its context: the error holds the plaintext.
        raise StateError(f"{request.path} can be decrypted, but isn't UTF-8 text; is it a vars file?") from None


def _check_file(request: VarsFileRequest, snapshot: Snapshot) -> None:
    if request.revision not in (None, snapshot.revision):
        raise StateError(f"{request.path} has changed since its 'expected_revision' was read; nothing was written, run again.")
    if snapshot.data is not None and not snapshot.data.startswith(_HEADER):
        if request.text is not None:
            raise StateError(f"The content of {request.path} isn't encrypted with Ansible Vault and was not changed; check 'ciphertext'.")
        raise StateError(
            f"{request.path} isn't encrypted with Ansible Vault and was not changed;"
            f" encrypt it with 'ansible-vault encrypt {shlex.quote(request.path)}' or set another 'path'."
        )


def _read_outcome(request: VarsFileRequest, snapshot: Snapshot, cipher: Cipher, warn: Callable[[str], None]) -> Outcome:
    _check_file(request, snapshot)
    document, encryptor = _decrypt_document(request, snapshot, cipher)
    names = document.names()
    asked = names if request.names is None else [name for name in names if name in request.names]
    readings = {name: document.read(name) for name in asked}
    unreadable = [name for name, (readable, _value) in readings.items() if not readable]
    if unreadable:
        sentence = (
            f"{request.path} sets {', '.join(unreadable)} with YAML that only Ansible itself can read, such as !vault;"
            " write plain values with 'ansible-vault edit', or omit it from 'names'."
        )
        if request.names is not None:
            raise StateError(sentence)
        warn(sentence)
    values = _file_facts(request, snapshot, encryptor.vault_id, names)
    values["variables"] = {name: value for name, (readable, value) in readings.items() if readable}
    values["lasts"] = request.text is not None or is_persistent(request.path)
    return Outcome(values=values | {"unreadable": unreadable})


def _make_plan(request: VarsFileRequest, snapshot: Snapshot, cipher: Cipher) -> VarsFilePlan:
    _check_file(request, snapshot)
    if request.state == "absent" and (request.names is None or snapshot.data is None):
        return VarsFilePlan(snapshot, removes_file=request.names is None and snapshot.data is not None)
    document, encryptor = _decrypt_document(request, snapshot, cipher)
    before = document.names()
    if request.state == "absent":
        changes = {name: "removed" for name in request.names or () if name in before}
    else:
        changes = {name: "changed" if name in before else "added" for name in request.variables}
        changes = {name: change for name, change in changes.items() if change == "added" or not document.has(name, request.variables[name])}
    for name, change in changes.items():
        if change == "removed":
            document.remove(name)
        else:
            document.set(name, request.variables[name])
    return VarsFilePlan(snapshot, tuple(before), changes, encryptor, document)


def _apply_plan(
    request: VarsFileRequest, plan: VarsFilePlan, file: LockedFile | EncryptedText, cipher: Cipher, before_write: Callable[[], None]
) -> tuple[VarsFilePlan, Snapshot]:
    """Apply a plan; return the plan that was applied in the end, and the file after it."""
    if plan.writes_content or plan.removes_file:
        # Encrypted before the lock is acquired, since concurrent changes are rare.
        content = _encrypted_content(request, plan, cipher)
        with file.locked() as slot:
            now = file.read()
            if now.data != plan.snapshot.data:
                plan = _make_plan(request, now, cipher)
                content = _encrypted_content(request, plan, cipher)
            if plan.writes_content or plan.removes_file:
                _back_up(request, now)
                return plan, slot.replace(content, now, before_write)
    file.remove_leftovers()
    if plan.repairs_permissions:
        before_write()
        file.repair_permissions()
    return plan, plan.snapshot


def _back_up(request: VarsFileRequest, snapshot: Snapshot) -> None:
    """Copy the encrypted file."""
    path = request.backup_path(snapshot)
    if path and snapshot.data is not None:
        with LockedFile(path, MAX_BYTES).locked() as slot:
            slot.overwrite(snapshot.data)


def _encrypted_content(request: VarsFileRequest, plan: VarsFilePlan, cipher: Cipher) -> bytes | None:
    """The new content of the file, verified to be readable by this run; None if it isn't written."""
    if not (plan.writes_content and plan.document and plan.encryptor):
        return None
    plaintext = plan.document.dump().encode()
    content = plan.encryptor.encrypt(plaintext)
    if len(content) > MAX_BYTES:
        raise InputError(f"{request.path} would exceed {MAX_BYTES} bytes when encrypted; put less in 'variables' or use more files.")
    try:
        read_back, encryptor = cipher.decrypt(content, request.path)
    except StateError as error:
        raise StateError(f"What was encrypted for {request.path} can't be read back; nothing was written. {error}") from None
    if read_back != plaintext or encryptor.vault_id != plan.encryptor.vault_id:
        raise StateError(
            f"What was encrypted for {request.path} with the vault id {plan.encryptor.vault_id!r} isn't the same when it is read back;"
            " nothing was written: use another vault id."
        )
    return content


def _view_command(request: VarsFileRequest, vault_id: str) -> str:
    """The shell command that shows the file."""
    if "@" in vault_id:
        option = ["--ask-vault-pass"]  # --vault-id would read the source of the secret after the first @
    elif vault_id.startswith("-"):
        option = [f"--vault-id={vault_id}@prompt"]
    else:
        option = [] if vault_id == "default" else ["--vault-id", f"{vault_id}@prompt"]
    place = "FILE, a file with that text" if request.text is not None else shlex.quote(request.path)
    return f"{shlex.join(['ansible-vault', 'view', *option])} {place}"


def _file_facts(request: VarsFileRequest, now: Snapshot, vault_id: str | None, names: list[str]) -> dict[str, Any]:
    return {
        "path": request.path,
        "exists": now.data is not None,
        "revision": now.revision,
        "vault_id": vault_id,
        "view_command": None if vault_id is None else _view_command(request, vault_id),
        "names": names,
    }


def _plan_outcome(request: VarsFileRequest, plan: VarsFilePlan, now: Snapshot, more: Mapping[str, Any]) -> Outcome:
    names = plan.document.names() if plan.document else []
    values = _file_facts(request, now, plan.encryptor.vault_id if plan.encryptor else None, names)
    if backup := request.backup_path(plan.snapshot) if plan.writes_content or plan.removes_file else None:
        values["backup_file"] = backup
    before, after = _diff(request, plan)
    return Outcome(plan.is_change, {**values, "changed_names": sorted(plan.changes_by_name), **more}, before, after)


def _diff(request: VarsFileRequest, plan: VarsFilePlan) -> tuple[dict[str, Any], dict[str, Any]]:
    """The diff, by names only: the hash of a secret could be used to verify guesses."""
    mode = plan.snapshot.mode
    exists = plan.snapshot.data is not None
    before: dict[str, Any] = {"path": request.path, "exists": exists}
    after: dict[str, Any] = {"path": request.path, "exists": (exists or plan.writes_content) and not plan.removes_file}
    if plan.repairs_permissions and mode is not None:
        before["mode"], after["mode"] = f"{mode:04o}", f"{FILE_MODE:04o}"
    if plan.changes_by_name:
        before["variables"] = {name: "hidden" for name, change in plan.changes_by_name.items() if change != "added"}
        after["variables"] = {name: f"hidden, {change}" for name, change in plan.changes_by_name.items() if change != "removed"}
    return before, after
