# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a granted scope is usable: one cheap read with a token, and the classification of its response."""

from __future__ import annotations

from typing import Any

from .._core.errors import ApiError, OktaError
from .._core.scope_statuses import EMPTY, NO_FEATURE, NO_ROLE, NO_SCOPE, UNKNOWN, USABLE
from .._okta.client import OktaClient

_FORBIDDEN = 403
# Okta: no permission to access the feature; and the responses of an org that doesn't have the endpoint.
_FEATURE_CODE, _MISSING_STATUSES = "E0000015", (400, 404, 405, 410, 501)
_SCOPE_CODE = "insufficient_scope"  # RFC 6750, 3.1


def classify_read(client: OktaClient, path: str, *, never_empty: bool) -> dict[str, Any]:
    """Read an endpoint and classify the response; raises no error of Okta's, since one scope doesn't invalidate the credentials.

    Args:
        client: calls Okta with the token.
        path: the endpoint.
        never_empty: whether an empty list means that entries are hidden, since every org has at least one.
    """
    try:
        body = client.get(path, "read an endpoint that needs the scope", expect=object)
    except ApiError as error:
        return {"path": path, "status": _refusal_status(error), "answer": " ".join(filter(None, [str(error.status), error.code]))}
    except OktaError:
        return {"path": path, "status": UNKNOWN, "answer": None}
    return {**usable_read(path), "status": EMPTY} if never_empty and body == [] else usable_read(path)


def usable_read(path: str) -> dict[str, Any]:
    """The result for an endpoint that was read successfully."""
    return {"path": path, "status": USABLE, "answer": "200"}


def _refusal_status(error: ApiError) -> str:
    if error.code == _SCOPE_CODE:
        return NO_SCOPE
    if error.code == _FEATURE_CODE or error.status in _MISSING_STATUSES:
        return NO_FEATURE
    return NO_ROLE if error.status == _FORBIDDEN else UNKNOWN
