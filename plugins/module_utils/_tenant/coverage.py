# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Coverage: which of the granted scopes are usable with the admin roles that the app holds, by what reads have shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.scope_statuses import EMPTY, NO_FEATURE, NO_ROLE, NO_SCOPE, UNKNOWN, USABLE
from .scope_access import ACCESS, needs, reads

# What one read of a family says of the others: of a feature that isn't there, nothing.
_SHARED = (USABLE, EMPTY, NO_ROLE)
_WORDS: Mapping[str, str] = {
    EMPTY: "nothing is shown",
    NO_ROLE: "refused",
    NO_SCOPE: "the scope isn't granted",
    NO_FEATURE: "the org doesn't have it",
    UNKNOWN: "no answer",
}


@dataclass(frozen=True)
class ScopeCoverage:
    """What is known of one scope.

    Args:
        scope: the scope.
        status: ``usable``, ``empty``, ``refused_by_role``, ``refused_by_scope``, ``feature_not_available`` or ``unknown``.
        needs: which role or permission is lacking, in words; None where nothing is, or that isn't known.
    """

    scope: str
    status: str
    needs: str | None = None

    @property
    def described(self) -> str:
        """The scope, and why it isn't usable."""
        return f"{self.scope} ({self.needs or _WORDS[self.status]})"


def asked(scopes: Collection[str]) -> list[dict[str, Any]]:
    """What is read for these scopes: at most one call for each family."""
    return [{"path": path, "never_empty": ACCESS[scope].never_empty} for scope, path in reads(scopes).items()]


def coverage(
    scopes: Sequence[str], answers: Iterable[Mapping[str, Any]], roles: Collection[str], permissions: Collection[str] | None
) -> list[ScopeCoverage]:
    """What is known of each scope; none where nothing was read.

    Args:
        scopes: those that are granted.
        answers: what the reads have shown, each a path and a status.
        roles: the types of the admin roles that the app holds.
        permissions: those of its custom roles; None where they aren't all known.
    """
    by_path = {answer["path"]: str(answer["status"]) for answer in answers}
    if not by_path:
        return []
    own = {scope: by_path[path] for scope, path in reads(scopes).items() if path in by_path}
    of_family = {ACCESS[scope].family: status for scope, status in own.items()}
    return [_judged(scope, own.get(scope), of_family, needs(scope, roles, permissions)) for scope in scopes]


def _judged(scope: str, own: str | None, of_family: Mapping[str, str], lacking: str | None) -> ScopeCoverage:
    if own is not None:
        return ScopeCoverage(scope, own, lacking if own in (EMPTY, NO_ROLE) else None)
    if lacking:
        return ScopeCoverage(scope, NO_ROLE, lacking)
    access = ACCESS.get(scope)
    shared = of_family.get(access.family) if access else None
    return ScopeCoverage(scope, shared if shared in _SHARED else UNKNOWN)


def sentences(found: Sequence[ScopeCoverage]) -> list[str]:
    """The lines of the report."""
    if not found:
        return []
    count = Counter(one.status for one in found)
    beside = [one for one in found if one.status not in (USABLE, UNKNOWN)]
    unknown = [one.scope for one in found if one.status == UNKNOWN]
    said = [f"Usable: {count[USABLE]} of {len(found)} scopes."]
    if beside:
        said.append(f"Not usable with these roles: {', '.join(one.described for one in beside)}.")
    if unknown:
        said.append(f"Not known to be usable: {', '.join(unknown)}.")
    return said
