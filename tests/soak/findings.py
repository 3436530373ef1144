# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tenant is to look like, and what is found wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from .case import Verdict

LABEL = "Rezonate"


@dataclass
class Findings:
    """What is wrong, by kind."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    def verdict(self, outcome: str, point: str = "") -> Verdict:
        """Give them as a verdict."""
        kinds = {name: getattr(self, name) for name in ("lost", "doubled", "leaked", "hangs", "unclear")}
        detail = "; ".join(f"{name}: {text}" for name, texts in kinds.items() for text in texts)
        return Verdict(outcome, **{name: len(texts) for name, texts in kinds.items()}, detail=f"{point}: {detail}" if detail else point)

    def compare(self, what: str, have: Counter[str], wanted: Sequence[str]) -> None:
        """Check a set: each once, none missing, none too many."""
        over = dict(have - Counter(wanted))
        if over:
            self.doubled.append(f"{what} too many: {over}")
        missing = sorted(set(wanted) - set(have))
        if missing:
            self.unclear.append(f"{what} missing: {', '.join(missing)}")


@dataclass(frozen=True)
class Wanted:
    """How a tenant is to stand in the end.

    Args:
        scopes: the scopes that the app or integration holds.
        roles: the app's standard admin roles.
        others: key ids on the app that aren't ours and have to stay.
        label: the app's label.
        method: whose credentials the file holds.
        strange_secrets: how many secrets of others there are on the integration, all of which have to stay.
        dpop: whether the app's tokens are bound.
        addresses: the address ranges that the app may be used from; none for all.
        groups: the ids of groups that its custom role is limited to are those of these names.
        privileges: whether the app holds the custom role that sees who may do what.
        previous: other methods whose credentials the file keeps, and which work.
    """

    scopes: Sequence[str]
    roles: Sequence[str] = ("READ_ONLY_ADMIN",)
    others: Sequence[str] = ()
    label: str = LABEL
    method: str = "oauth"
    strange_secrets: int = 0
    dpop: bool = False
    addresses: Sequence[str] = ()
    groups: Sequence[str] = ()
    privileges: bool = True
    previous: Sequence[str] = ()
