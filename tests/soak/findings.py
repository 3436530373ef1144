# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state of a tenant, and findings that differ from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from .case import Verdict

LABEL = "Rezonate"


@dataclass
class Findings:
    """Errors, by kind."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    def verdict(self, outcome: str, point: str = "") -> Verdict:
        """Return the verdict."""
        kinds = {name: getattr(self, name) for name in ("lost", "doubled", "leaked", "hangs", "unclear")}
        detail = "; ".join(f"{name}: {text}" for name, texts in kinds.items() for text in texts)
        return Verdict(outcome, **{name: len(texts) for name, texts in kinds.items()}, detail=f"{point}: {detail}" if detail else point)

    def compare(self, what: str, have: Counter[str], desired: Sequence[str]) -> None:
        """Check that a set contains each desired entry once and no other."""
        over = dict(have - Counter(desired))
        if over:
            self.doubled.append(f"{what} too many: {over}")
        missing = sorted(set(desired) - set(have))
        if missing:
            self.unclear.append(f"{what} missing: {', '.join(missing)}")


@dataclass(frozen=True)
class DesiredState:
    """The desired state of a tenant after the runs.

    Args:
        scopes: the scopes of the app or integration.
        roles: the app's standard admin roles.
        others: ids of unmanaged keys that must remain on the app.
        label: the app's label.
        method: the authentication method of the stored credentials.
        foreign_secrets: the number of unmanaged secrets of the integration, all of which must remain.
        dpop: whether the app's tokens are bound by DPoP.
        addresses: the address ranges from which the app can be used; empty for all.
        groups: the names of the groups that its custom role is limited to.
        privileges: whether the app holds the custom role for reading privileges.
        previous: other methods whose credentials are stored in the file and work.
    """

    scopes: Sequence[str]
    roles: Sequence[str] = ("READ_ONLY_ADMIN",)
    others: Sequence[str] = ()
    label: str = LABEL
    method: str = "oauth"
    foreign_secrets: int = 0
    dpop: bool = False
    addresses: Sequence[str] = ()
    groups: Sequence[str] = ()
    privileges: bool = True
    previous: Sequence[str] = ()
