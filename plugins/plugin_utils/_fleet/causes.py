# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups failures by cause, and knows what looks like a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .._runner.secret_patterns import OKTA_TOKENS
from .tally import Tenant

# An Okta API token, a PEM block, whole or cut off, and a JWT.
_SECRETS = re.compile(
    OKTA_TOKENS + r"|-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|\Z)"
    r"|(?<![\w-])eyJ[\w-]{10,}\.[\w-]+(?:\.[\w-]+)*",
    re.DOTALL,
)
# What differs from tenant to tenant in the same sentence.
_OWN = (
    (re.compile(r"https?://[^\s/'\",;:)]+(?::\d+)?"), "<org>"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"(?<=(?:error|quest) id )[\w@-]+"), "<id>"),  # as errors of ours name them
    (re.compile(r"(?<![\w-])(?=[a-z]*\d)[a-z0-9]{3}[A-Za-z0-9]{17}(?![\w-])"), "<id>"),
    (re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])"), "<id>"),  # a key's thumbprint
)


def has_secret(text: str) -> bool:
    """Say whether something in it looks like a secret."""
    return bool(_SECRETS.search(text))


def hidden(text: str) -> str:
    """Give the text without what looks like a secret."""
    return _SECRETS.sub("<hidden>", text)


def cause(message: str, name: str) -> str:
    """Give the sentence without what is a tenant's own: its name, ids and URLs."""
    for pattern, stand_in in _OWN:
        message = pattern.sub(stand_in, message)
    return re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "<tenant>", message)


def causes(tenants: Iterable[Tenant]) -> list[tuple[str, list[str]]]:
    """Give the causes of failures with the tenants of each, the commonest first."""
    found: dict[str, list[Tenant]] = {}
    for tenant in tenants:
        if tenant.failure is not None:
            found.setdefault(cause(tenant.failure, tenant.name), []).append(tenant)
    # a cause of one tenant alone is told in its own words
    told = [(common if len(group) > 1 else str(group[0].failure), [one.name for one in group]) for common, group in found.items()]
    return sorted(told, key=lambda entry: -len(entry[1]))
