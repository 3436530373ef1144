# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups failures by cause, and detects texts that look like a secret."""

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
# The parts of a message that are specific to a tenant.
_TENANT_SPECIFIC = (
    (re.compile(r"https?://[^\s/'\",;:)]+(?::\d+)?"), "<org>"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"(?<=(?:error|quest) id )[\w@-]+"), "<id>"),  # as in the error messages of this collection
    (re.compile(r"(?<![\w-])(?=[a-z]*\d)[a-z0-9]{3}[A-Za-z0-9]{17}(?![\w-])"), "<id>"),
    (re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])"), "<id>"),  # a key's thumbprint
)


def has_secret(text: str) -> bool:
    """Whether a text holds something that looks like a secret."""
    return bool(_SECRETS.search(text))


def redact(text: str) -> str:
    """Redact everything that looks like a secret."""
    return _SECRETS.sub("<hidden>", text)


def generalize_message(message: str, name: str) -> str:
    """Replace the parts of a message that are specific to a tenant: its name, ids and URLs."""
    for pattern, stand_in in _TENANT_SPECIFIC:
        message = pattern.sub(stand_in, message)
    return re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "<tenant>", message)


def group_by_cause(tenants: Iterable[Tenant]) -> list[tuple[str, list[str]]]:
    """Return the causes of failures with their tenants, the most frequent first."""
    found: dict[str, list[Tenant]] = {}
    for tenant in tenants:
        if tenant.failure is not None:
            found.setdefault(generalize_message(tenant.failure, tenant.name), []).append(tenant)
    # the message of a single tenant is not generalized
    groups = [(common if len(group) > 1 else str(group[0].failure), [one.name for one in group]) for common, group in found.items()]
    return sorted(groups, key=lambda entry: -len(entry[1]))
