# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records which credential is used for which orgs in a run, across its workers.

A worker has the settings of its own host only. So each worker writes the credentials that it uses, and the first one those that all
hosts would use, to a file in the run's temporary directory: URLs, and fingerprints with a key that exists in memory only.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

# created in Ansible's main process, which imports the action before its workers fork
_KEY = secrets.token_bytes(32)
_SURVEY = "survey"
Use = tuple[str, str]


def fingerprint(value: str) -> str:
    """The fingerprint of a credential; useless without the key."""
    return hmac.new(_KEY, value.encode(), hashlib.sha256).hexdigest()


class TokenLedger:
    """The uses of credentials in this run.

    Args:
        folder: the run's temporary directory, which no other user can read.
    """

    def __init__(self, folder: Path) -> None:
        # fingerprints with another key wouldn't match
        self._path = folder / f"rezonate-ledger-{fingerprint('')[:16]}"

    def add(self, uses: Iterable[Use], survey: str, others: Callable[[], Iterable[Use]]) -> None:
        """Record the credentials that a host uses and, once for each survey, those that the other hosts would use.

        Args:
            uses: fingerprints with the URLs of orgs.
            survey: identifies the hosts and the work of a survey.
            others: returns the uses of the other hosts.
        """
        with self._locked() as descriptor:
            known = set(self._lines())
            new = [f"{mark} {url}" for mark, url in uses]
            marker = f"{_SURVEY} {survey}"
            if marker not in known:
                new += [f"{mark} {url}" for mark, url in others()] + [marker]
            text = "".join(f"{line}\n" for line in dict.fromkeys(new) if line not in known)
            os.write(descriptor, text.encode())

    def orgs(self, mark: str) -> set[str]:
        """The orgs for which a credential is used in this run, by its fingerprint."""
        return {line.partition(" ")[2] for line in self._lines() if line.startswith(f"{mark} ")}

    def _lines(self) -> list[str]:
        return self._path.read_text(encoding="utf-8").splitlines()

    @contextmanager
    def _locked(self) -> Iterator[int]:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)
