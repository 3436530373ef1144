# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables in an encrypted file: read what is, plan what is wanted, write it at once or not at all.

Encryption comes from outside, as a `Cipher`. A file is rewritten only when its content changes:
each encryption is salted anew, so the bytes can't tell.
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
from .vars_document import MAX_BYTES, Document, checked_name, plain

_REVISION = re.compile(rf"[0-9a-f]{{64}}|{ABSENT}")
_HEADER = b"$ANSIBLE_VAULT;"


class Seal(Protocol):
    """One vault secret, under the label that a file carries.

    Attributes:
        vault_id: the label.
        typed_once: whether a person typed the secret at a prompt that didn't ask a second time.
    """

    vault_id: str
    typed_once: bool

    def encrypt(self, plaintext: bytes) -> bytes:
        """Encrypt a whole file."""


class Cipher(Protocol):
    """The vault secrets of a run."""

    def decrypt(self, ciphertext: bytes, path: str) -> tuple[bytes, Seal]:
        """Decrypt a file; give the seal too with which it is to be encrypted again."""

    def seal(self, vault_id: str | None) -> Seal:
        """Choose the seal of a new file."""


@dataclass(frozen=True)
class Wanted:
    """What the user asks for.

    Args:
        path: the absolute path, as the user would write it: links aren't followed. Of a text, what it is called.
        text: the encrypted text that is there in place of a file, if any.
        state: ``present``, ``absent`` or ``read``.
        variables: the variables to set.
        names: the variables to remove or to read; None is the file itself, or all.
        revision: the revision that the file has to have.
        vault_id: the vault id of a new file.
        backup: whether a copy of the file as it is is kept beside it before it changes.
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
    def of(cls, params: Mapping[str, Any]) -> Wanted:
        """Take the options over; refuse what would otherwise be misunderstood."""
        variables, names, revision = params["variables"], params["names"], params["expected_revision"]
        if variables is not None and params["state"] != "present":
            # Ignoring it would remove the whole file where someone meant these variables.
            raise InputError("'variables' goes with 'state: present' only; say with 'names' which to remove or to read.")
        if params.get("backup") and params["ciphertext"] is not None:
            raise InputError("'backup' goes with a file only; a copy of what 'ciphertext' holds is made where it is stored.")
        if revision is not None and not _REVISION.fullmatch(revision):
            raise InputError(f"'expected_revision' has to be a 'revision' that this module returned, or '{ABSENT}'.")
        return cls(
            path=_absolute(params["path"]) if params["ciphertext"] is None else params["path"],
            text=params["ciphertext"],
            state=params["state"],
            variables={checked_name(name): plain(value, name) for name, value in (variables or {}).items()},
            names=None if names is None else tuple(names),
            revision=revision,
            vault_id=params["vault_id"],
            backup=bool(params.get("backup")),
        )

    def backup_path(self, snapshot: Snapshot) -> str | None:
        """Give the path of the copy; None where there is nothing to copy."""
        return f"{self.path}.{snapshot.revision[:12]}.backup" if self.backup and snapshot.data is not None else None


def _absolute(path: str) -> str:
    expanded = os.path.expanduser(path)
    if not path or "\0" in path or expanded.startswith("~"):
        raise InputError("'path' has to be the path of a file, and a user named after '~' has to exist.")
    return os.path.abspath(expanded)


@dataclass(frozen=True)
class Plan:
    """What there is, and what to do about it.

    Args:
        snapshot: the file that the plan was made from.
        before: the names of its variables, as far as it was decrypted.
        fates: what happens to which variable: ``added``, ``changed`` or ``removed``.
        seal: what the file is encrypted with, unless it goes or isn't looked into.
        document: the variables as they are to be.
        removes: whether the file itself goes.
    """

    snapshot: Snapshot
    before: tuple[str, ...] = ()
    fates: Mapping[str, str] = field(default_factory=dict)
    seal: Seal | None = None
    document: Document | None = None
    removes: bool = False

    @property
    def writes(self) -> bool:
        """Whether the file gets a new content."""
        missing = self.snapshot.data is None and self.document is not None
        return bool(self.fates) or missing

    @property
    def repairs(self) -> bool:
        """Whether others can get at the file, or its owner can't."""
        return not self.removes and self.snapshot.mode not in (None, FILE_MODE)

    @property
    def changes(self) -> bool:
        """Whether anything happens at all."""
        return self.writes or self.removes or self.repairs


def manage_vars_file(call: Call, cipher: Cipher) -> Outcome:
    """Do what the module's options ask for."""
    wanted = Wanted.of(call.params)
    file = LockedFile(wanted.path, MAX_BYTES) if wanted.text is None else EncryptedText(wanted.text, MAX_BYTES)
    if wanted.state == "read":
        outcome = _read(wanted, file.read(), cipher, call.warn)
        if not call.check_mode:
            file.sweep()
        return outcome
    plan = _plan(wanted, file.read(), cipher)
    if call.check_mode:
        return _outcome(wanted, plan, plan.snapshot, {})
    plan, now = _apply(wanted, plan, file, cipher, call.before_write)
    if plan.writes and plan.snapshot.data is None and plan.seal and plan.seal.typed_once and wanted.text is None:
        command = _view_command(wanted, plan.seal.vault_id)
        call.warn(f"{wanted.path} was made with a vault password that was typed only once; make sure of it now: {command}")
    return _outcome(wanted, plan, now, {"ciphertext": (now.data or b"").decode()} if wanted.text is not None and plan.changes else {})


def _open(wanted: Wanted, snapshot: Snapshot, cipher: Cipher) -> tuple[Document, Seal]:
    if snapshot.data is None:
        return Document.parse("", wanted.path), cipher.seal(wanted.vault_id)
    plaintext, seal = cipher.decrypt(snapshot.data, wanted.path)
    try:
        return Document.parse(plaintext.decode("utf-8-sig"), wanted.path), seal
    except UnicodeDecodeError:
        # Without its context: the error holds the plaintext.
        raise StateError(f"{wanted.path} can be decrypted, but isn't UTF-8 text; is it a vars file?") from None


def _check(wanted: Wanted, snapshot: Snapshot) -> None:
    if wanted.revision not in (None, snapshot.revision):
        raise StateError(f"{wanted.path} has changed since its 'expected_revision' was read; nothing was written, run again.")
    if snapshot.data is not None and not snapshot.data.startswith(_HEADER):
        if wanted.text is not None:
            raise StateError(f"What {wanted.path} holds isn't encrypted with Ansible Vault and is left alone; see to 'ciphertext'.")
        raise StateError(
            f"{wanted.path} isn't encrypted with Ansible Vault and is left alone;"
            f" encrypt it with 'ansible-vault encrypt {shlex.quote(wanted.path)}' or set another 'path'."
        )


def _read(wanted: Wanted, snapshot: Snapshot, cipher: Cipher, warn: Callable[[str], None]) -> Outcome:
    _check(wanted, snapshot)
    document, seal = _open(wanted, snapshot, cipher)
    names = document.names()
    asked = names if wanted.names is None else [name for name in names if name in wanted.names]
    readings = {name: document.read(name) for name in asked}
    unreadable = [name for name, (readable, _value) in readings.items() if not readable]
    if unreadable:
        sentence = (
            f"{wanted.path} sets {', '.join(unreadable)} with YAML that only Ansible itself can read, such as !vault;"
            " write plain values with 'ansible-vault edit', or leave it out of 'names'."
        )
        if wanted.names is not None:
            raise StateError(sentence)
        warn(sentence)
    values = _facts(wanted, snapshot, seal.vault_id, names)
    values["variables"] = {name: value for name, (readable, value) in readings.items() if readable}
    values["lasts"] = wanted.text is not None or is_persistent(wanted.path)
    return Outcome(values=values | {"unreadable": unreadable})


def _plan(wanted: Wanted, snapshot: Snapshot, cipher: Cipher) -> Plan:
    _check(wanted, snapshot)
    if wanted.state == "absent" and (wanted.names is None or snapshot.data is None):
        return Plan(snapshot, removes=wanted.names is None and snapshot.data is not None)
    document, seal = _open(wanted, snapshot, cipher)
    before = document.names()
    if wanted.state == "absent":
        fates = {name: "removed" for name in wanted.names or () if name in before}
    else:
        fates = {name: "changed" if name in before else "added" for name in wanted.variables}
        fates = {name: fate for name, fate in fates.items() if fate == "added" or not document.has(name, wanted.variables[name])}
    for name, fate in fates.items():
        if fate == "removed":
            document.remove(name)
        else:
            document.set(name, wanted.variables[name])
    return Plan(snapshot, tuple(before), fates, seal, document)


def _apply(
    wanted: Wanted, plan: Plan, file: LockedFile | EncryptedText, cipher: Cipher, before_write: Callable[[], None]
) -> tuple[Plan, Snapshot]:
    """Carry a plan out; give the plan that was carried out in the end, and the file after it."""
    if plan.writes or plan.removes:
        # Encrypted before the lock is taken: hardly ever is anybody else at work.
        content = _encrypted(wanted, plan, cipher)
        with file.locked() as slot:
            now = file.read()
            if now.data != plan.snapshot.data:
                plan = _plan(wanted, now, cipher)
                content = _encrypted(wanted, plan, cipher)
            if plan.writes or plan.removes:
                _back_up(wanted, now)
                return plan, slot.replace(content, now, before_write)
    file.sweep()
    if plan.repairs:
        before_write()
        file.repair()
    return plan, plan.snapshot


def _back_up(wanted: Wanted, snapshot: Snapshot) -> None:
    """Keep a copy of the file as it is, encrypted as it is."""
    path = wanted.backup_path(snapshot)
    if path and snapshot.data is not None:
        with LockedFile(path, MAX_BYTES).locked() as slot:
            slot.overwrite(snapshot.data)


def _encrypted(wanted: Wanted, plan: Plan, cipher: Cipher) -> bytes | None:
    """Give the file's new bytes, which this run can read again; None where it isn't to have any."""
    if not (plan.writes and plan.document and plan.seal):
        return None
    plaintext = plan.document.dump().encode()
    content = plan.seal.encrypt(plaintext)
    if len(content) > MAX_BYTES:
        raise InputError(f"{wanted.path} would get larger than {MAX_BYTES} bytes, encrypted; put less in 'variables' or use more files.")
    try:
        read_back, seal = cipher.decrypt(content, wanted.path)
    except StateError as error:
        raise StateError(f"What was encrypted for {wanted.path} can't be read back; nothing was written. {error}") from None
    if read_back != plaintext or seal.vault_id != plan.seal.vault_id:
        raise StateError(
            f"What was encrypted for {wanted.path} with the vault id {plan.seal.vault_id!r} isn't the same when it is read back;"
            " nothing was written: use another vault id."
        )
    return content


def _view_command(wanted: Wanted, vault_id: str) -> str:
    """Give the command that shows the file, for a shell."""
    if "@" in vault_id:
        option = ["--ask-vault-pass"]  # --vault-id takes what follows the first @ for the secret's source
    elif vault_id.startswith("-"):
        option = [f"--vault-id={vault_id}@prompt"]
    else:
        option = [] if vault_id == "default" else ["--vault-id", f"{vault_id}@prompt"]
    place = "FILE, a file with that text" if wanted.text is not None else shlex.quote(wanted.path)
    return f"{shlex.join(['ansible-vault', 'view', *option])} {place}"


def _facts(wanted: Wanted, now: Snapshot, vault_id: str | None, names: list[str]) -> dict[str, Any]:
    return {
        "path": wanted.path,
        "exists": now.data is not None,
        "revision": now.revision,
        "vault_id": vault_id,
        "view_command": None if vault_id is None else _view_command(wanted, vault_id),
        "names": names,
    }


def _outcome(wanted: Wanted, plan: Plan, now: Snapshot, more: Mapping[str, Any]) -> Outcome:
    names = plan.document.names() if plan.document else []
    values = _facts(wanted, now, plan.seal.vault_id if plan.seal else None, names)
    if backup := wanted.backup_path(plan.snapshot) if plan.writes or plan.removes else None:
        values["backup_file"] = backup
    before, after = _difference(wanted, plan)
    return Outcome(plan.changes, {**values, "changed_names": sorted(plan.fates), **more}, before, after)


def _difference(wanted: Wanted, plan: Plan) -> tuple[dict[str, Any], dict[str, Any]]:
    """Say what happens, by names: a hash of a secret would let anybody try guesses."""
    mode = plan.snapshot.mode
    exists = plan.snapshot.data is not None
    before: dict[str, Any] = {"path": wanted.path, "exists": exists}
    after: dict[str, Any] = {"path": wanted.path, "exists": (exists or plan.writes) and not plan.removes}
    if plan.repairs and mode is not None:
        before["mode"], after["mode"] = f"{mode:04o}", f"{FILE_MODE:04o}"
    if plan.fates:
        before["variables"] = {name: "hidden" for name, fate in plan.fates.items() if fate != "added"}
        after["variables"] = {name: f"hidden, {fate}" for name, fate in plan.fates.items() if fate != "removed"}
    return before, after
