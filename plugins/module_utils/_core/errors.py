# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one family of errors that library code raises; every message is a sentence for the user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class RezonateError(Exception):
    """Something that the user has to know, already said in a sentence and free of secrets.

    Only the module adapter and the in-process bridge turn it into a failed result.
    """

    def facts(self) -> dict[str, Any]:
        """What a playbook may branch on; joins the failed result."""
        return {}


class InputError(RezonateError):
    """An option's value can't be used."""


class StateError(RezonateError):
    """What is there forbids going on: ambiguous apps, a file that changed meanwhile."""


class FindingsError(StateError):
    """A report was written, and what it holds is what the user wants to fail for.

    Args:
        message: the sentence.
        values: what the module returns, for it did its work.
    """

    def __init__(self, message: str, values: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.values = values

    def facts(self) -> dict[str, Any]:
        return {**self.values, "findings_reached": True}


class NotOursError(StateError):
    """What is there may be somebody else's, so Okta wasn't asked to change anything."""

    def facts(self) -> dict[str, Any]:
        return {"refused": True}


class MissingLibraryError(RezonateError):
    """A Python library that the module needs can't be imported."""


class OktaError(RezonateError):
    """A call to Okta didn't end well."""


class NoAnswerError(OktaError):
    """Okta couldn't be reached, or its answer was lost, late or unreadable.

    Args:
        message: the sentence.
        maybe_done: the request may have been processed although no answer came.
    """

    def __init__(self, message: str, *, maybe_done: bool = False) -> None:
        super().__init__(message)
        self.maybe_done = maybe_done

    def facts(self) -> dict[str, Any]:
        return {"okta": {"status": None, "maybe_done": self.maybe_done}}


class NothingShownError(OktaError):
    """Okta's answer was an empty list, as it is for a caller who may not see what is in it."""


NO_FEATURE = "E0000015"  # comes with 401, and says nothing of the credential (Okta: News)
_UNAUTHORIZED, _CONFLICT, _TOO_MANY = 401, 409, 429
_ROLES_BUSY, _ASSIGNED = "E0000268", ("E0000090", "E0000263")  # of a 409 (Okta: error codes)


class ApiError(OktaError):
    """Okta answered with an error.

    Args:
        message: the sentence.
        status: the HTTP status.
        code: Okta's ``errorCode`` or, at the token endpoint, OAuth's ``error`` (RFC 6749, 5.2).
        causes: Okta's ``errorCauses``, in which the useful part is.
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
    def is_of_rate(self) -> bool:
        """Whether the org's rate limit stayed used up for as long as a call waits, a quarter of an hour."""
        return self.status == _TOO_MANY

    @property
    def is_of_credential(self) -> bool:
        """Whether Okta doesn't take the credential: it is wrong, expired or revoked."""
        return self.status == _UNAUTHORIZED and self.code != NO_FEATURE

    @property
    def is_of_busy_roles(self) -> bool:
        """Whether nothing was done, since another request is changing role assignments at the same time."""
        return self.status == _CONFLICT and self.code == _ROLES_BUSY

    @property
    def is_of_assigned_role(self) -> bool:
        """Whether Okta says that the role is assigned already. Any other conflict is a failure."""
        return self.status == _CONFLICT and self.code in _ASSIGNED

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
    """Whether Okta may have processed a request that ended so: the answer was lost, or it was that Okta is ill."""
    return (isinstance(error, NoAnswerError) and error.maybe_done) or (isinstance(error, ApiError) and error.status >= 500)


def add_sentence(error: RezonateError, sentence: str) -> None:
    """Add to an error's message what has to be known beside it."""
    error.args = (f"{error} {sentence}",)
