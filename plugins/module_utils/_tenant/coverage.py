# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Coverage: which of the granted scopes are usable with the admin roles that the app holds, according to test reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.scope_statuses import EMPTY, NO_FEATURE, NO_ROLE, NO_SCOPE, UNKNOWN, USABLE
from .scope_access import ACCESS, missing_access, scope_reads

# A read of one scope of a family yields these statuses for the others; a missing feature is specific to its scope.
_SHARED_STATUSES = (USABLE, EMPTY, NO_ROLE)
_REASONS: Mapping[str, str] = {
    EMPTY: "the result is empty",
    NO_ROLE: "refused",
    NO_SCOPE: "the scope isn't granted",
    NO_FEATURE: "not available in the org",
    UNKNOWN: "no response",
}


@dataclass(frozen=True)
class ScopeCoverage:
    """The status of one scope.

    Args:
        scope: the scope.
        status: ``usable``, ``empty``, ``refused_by_role``, ``refused_by_scope``, ``feature_not_available`` or ``unknown``.
        needs: the missing role or permission, as text; None where nothing is missing or that is unknown.
    """

    scope: str
    status: str
    needs: str | None = None

    @property
    def description(self) -> str:
        """The scope, and why it isn't usable."""
        return f"{self.scope} ({self.needs or _REASONS[self.status]})"


def coverage_reads(scopes: Collection[str]) -> list[dict[str, Any]]:
    """The test reads for these scopes: at most one for each family."""
    return [{"path": path, "never_empty": ACCESS[scope].never_empty} for scope, path in scope_reads(scopes).items()]


def assess_coverage(
    scopes: Sequence[str], answers: Iterable[Mapping[str, Any]], roles: Collection[str], permissions: Collection[str] | None
) -> list[ScopeCoverage]:
    """The status of each scope; empty where nothing was read.

    Args:
        scopes: the granted scopes.
        answers: the results of the reads, each a path and a status.
        roles: the types of the admin roles that the app holds.
        permissions: those of its custom roles; None where some are unknown.
    """
    by_path = {answer["path"]: str(answer["status"]) for answer in answers}
    if not by_path:
        return []
    own = {scope: by_path[path] for scope, path in scope_reads(scopes).items() if path in by_path}
    of_family = {ACCESS[scope].family: status for scope, status in own.items()}
    return [_assess_scope(scope, own.get(scope), of_family, missing_access(scope, roles, permissions)) for scope in scopes]


def _assess_scope(scope: str, own: str | None, of_family: Mapping[str, str], lacking: str | None) -> ScopeCoverage:
    if own is not None:
        return ScopeCoverage(scope, own, lacking if own in (EMPTY, NO_ROLE) else None)
    if lacking:
        return ScopeCoverage(scope, NO_ROLE, lacking)
    access = ACCESS.get(scope)
    shared = of_family.get(access.family) if access else None
    return ScopeCoverage(scope, shared if shared in _SHARED_STATUSES else UNKNOWN)


def coverage_sentences(found: Sequence[ScopeCoverage]) -> list[str]:
    """The sentences of the report."""
    if not found:
        return []
    count = Counter(one.status for one in found)
    unusable = [one for one in found if one.status not in (USABLE, UNKNOWN)]
    unknown = [one.scope for one in found if one.status == UNKNOWN]
    lines = [f"Usable: {count[USABLE]} of {len(found)} scopes."]
    if unusable:
        lines.append(f"Not usable with these roles: {', '.join(one.description for one in unusable)}.")
    if unknown:
        lines.append(f"Not known to be usable: {', '.join(unknown)}.")
    return lines
