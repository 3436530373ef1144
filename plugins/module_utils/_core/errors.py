# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors that library code raises. Each message is a complete sentence for the user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class RezonateError(Exception):
    """The base of all errors: its message is a complete sentence for the user, and holds no secret.

    Only the module adapter and the in-process bridge turn it into a failed result.
    """

    def facts(self) -> dict[str, Any]:
        """Values for the failed result, on which a playbook can branch."""
        return {}


class InputError(RezonateError):
    """The value of an option is invalid."""


class StateError(RezonateError):
    """The current state does not allow the operation, such as ambiguous apps or a file that has changed meanwhile."""


class FindingsError(StateError):
    """A report was written, and its findings have the severity at which the user wants the task to fail.

    Args:
        message: the sentence.
        values: the return values of the module, whose work is complete.
    """

    def __init__(self, message: str, values: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.values = values

    def facts(self) -> dict[str, Any]:
        return {**self.values, "findings_reached": True}


class UnmanagedResourceError(StateError):
    """The resource may be unmanaged, so no change was requested from Okta."""

    def facts(self) -> dict[str, Any]:
        return {"refused": True}


class MissingLibraryError(RezonateError):
    """A Python library that the module needs can't be imported."""


class OktaError(RezonateError):
    """A call to Okta failed."""


class NoResponseError(OktaError):
    """Okta could not be reached, or its response was lost, late or unreadable.

    Args:
        message: the sentence.
        maybe_done: the request may have been processed although no response arrived.
    """

    def __init__(self, message: str, *, maybe_done: bool = False) -> None:
        super().__init__(message)
        self.maybe_done = maybe_done

    def facts(self) -> dict[str, Any]:
        return {"okta": {"status": None, "maybe_done": self.maybe_done}}


class HiddenListError(OktaError):
    """Okta returned an empty list, as it does for a caller without permission to see the entries."""


NO_FEATURE = "E0000015"  # comes with 401, but does not concern the credential (Okta: News)
_UNAUTHORIZED, _CONFLICT, _TOO_MANY = 401, 409, 429
_ROLES_BEING_CHANGED, _ALREADY_ASSIGNED = "E0000268", ("E0000090", "E0000263")  # of a 409 (Okta: error codes)


class ApiError(OktaError):
    """Okta returned an error.

    Args:
        message: the sentence.
        status: the HTTP status.
        code: Okta's ``errorCode`` or, at the token endpoint, OAuth's ``error`` (RFC 6749, 5.2).
        causes: Okta's ``errorCauses``, which hold the details.
        error_id: Okta's ``errorId``, for its support.
        request_id: Okta's ``x-okta-request-id``, for its support.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        causes: tuple[str, ...] = (),
        error_id: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.causes = causes
        self.error_id = error_id
        self.request_id = request_id

    @property
    def is_rate_limited(self) -> bool:
        """Whether the rate limit of the org stayed exhausted for as long as a call waits, 15 minutes."""
        return self.status == _TOO_MANY

    @property
    def is_unauthorized(self) -> bool:
        """Whether Okta rejects the credential: it is wrong, expired or revoked."""
        return self.status == _UNAUTHORIZED and self.code != NO_FEATURE

    @property
    def is_concurrent_role_change(self) -> bool:
        """Whether Okta changed nothing because another request is changing role assignments at the same time."""
        return self.status == _CONFLICT and self.code == _ROLES_BEING_CHANGED

    @property
    def is_already_assigned(self) -> bool:
        """Whether the role is assigned already. Any other conflict is a failure."""
        return self.status == _CONFLICT and self.code in _ALREADY_ASSIGNED

    def facts(self) -> dict[str, Any]:
        return {
            "okta": {
                "status": self.status,
                "error_code": self.code,
                "error_causes": list(self.causes),
                "error_id": self.error_id,
                "request_id": self.request_id,
            },
        }


def maybe_done(error: OktaError) -> bool:
    """Whether Okta may have processed the request: the response was lost, or it reports a server error."""
    return (isinstance(error, NoResponseError) and error.maybe_done) or (isinstance(error, ApiError) and error.status >= 500)


def add_sentence(error: RezonateError, sentence: str) -> None:
    """Append a sentence to the message of an error."""
    error.args = (f"{error} {sentence}",)
