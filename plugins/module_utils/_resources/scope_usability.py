# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a read with a token shows of the scope that it needs: one cheap call, and the one place that knows what the answers mean."""

from __future__ import annotations

from typing import Any

from .._core.errors import ApiError, OktaError
from .._core.scope_statuses import EMPTY, NO_FEATURE, NO_ROLE, NO_SCOPE, UNKNOWN, USABLE
from .._okta.client import OktaClient

_FORBIDDEN = 403
# Okta: no permission to access the feature; and what an org answers that doesn't have the endpoint.
_FEATURE_CODE, _NOT_THERE = "E0000015", (400, 404, 405, 410, 501)
_SCOPE_CODE = "insufficient_scope"  # RFC 6750, 3.1


def covered(client: OktaClient, path: str, *, never_empty: bool) -> dict[str, Any]:
    """Read something, and classify the answer; raises nothing of Okta's, for one scope says nothing about the credentials.

    Args:
        client: calls Okta with the token.
        path: what is read.
        never_empty: whether an empty list means that nothing is shown, for every org has at least one.
    """
    try:
        body = client.get(path, "read what a scope is for", expect=object)
    except ApiError as error:
        return {"path": path, "status": _refusal(error), "answer": " ".join(filter(None, [str(error.status), error.code]))}
    except OktaError:
        return {"path": path, "status": UNKNOWN, "answer": None}
    return {**usable(path), "status": EMPTY} if never_empty and body == [] else usable(path)


def usable(path: str) -> dict[str, Any]:
    """The same of what was read already."""
    return {"path": path, "status": USABLE, "answer": "200"}


def _refusal(error: ApiError) -> str:
    if error.code == _SCOPE_CODE:
        return NO_SCOPE
    if error.code == _FEATURE_CODE or error.status in _NOT_THERE:
        return NO_FEATURE
    return NO_ROLE if error.status == _FORBIDDEN else UNKNOWN
