# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors of Okta."""

from __future__ import annotations

import secrets
from typing import Any

from .http import Reply


class RefusalError(Exception):
    """An error that ends a call with its own response."""

    def reply(self) -> Reply:
        """Return the response."""
        raise NotImplementedError


class OktaError(RefusalError):
    """An error of the management API, with code, summary and causes."""

    def __init__(self, status: int, code: str, summary: str, *causes: str) -> None:
        super().__init__(f"{status} {code} {summary}")
        self.status = status
        self.code = code
        self.summary = summary
        self.causes = causes

    def reply(self) -> Reply:
        return Reply(self.status, error_body(self.code, self.summary, *self.causes))


class OAuthError(RefusalError):
    """An error of the token endpoint."""

    def __init__(self, status: int, error: str, description: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {error} {description}")
        self.status = status
        self.error = error
        self.description = description
        self.headers = headers or {}

    def reply(self) -> Reply:
        body = {"error": self.error, "error_description": self.description}
        return Reply(self.status, body, dict(self.headers))


class AccessTokenError(RefusalError):
    """A call refused because of its access token: the body is empty, the reason is in a header."""

    def __init__(self, status: int, error: str, description: str, scheme: str = "Bearer", headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {error} {description}")
        self.headers = headers or {}
        self.status = status
        self.error = error
        self.description = description
        self.scheme = scheme
        self.realm = ""
        self.scope = ""
        self.resource = ""

    def reply(self) -> Reply:
        fields = {
            "authorization_uri": f"{self.realm}/oauth2/v1/authorize",
            "realm": self.realm,
            "scope": self.scope,
            "error": self.error,
            "error_description": self.description,
            "resource": self.resource,
        }
        value = ", ".join(f'{key}="{text}"' for key, text in fields.items() if text)
        return Reply(self.status, None, {"WWW-Authenticate": f"{self.scheme} {value}", **self.headers})


def error_body(code: str, summary: str, *causes: str) -> dict[str, Any]:
    """Build the JSON body of a management API error."""
    return {
        "errorCode": code,
        "errorSummary": summary,
        "errorLink": code,
        "errorId": "oae" + secrets.token_urlsafe(16),
        "errorCauses": [{"errorSummary": cause} for cause in causes],
    }


def invalid(field: str, *causes: str) -> OktaError:
    """Build the validation error for a field."""
    return OktaError(400, "E0000001", f"Api validation failed: {field}", *causes)


def missing(what: str, kind: str) -> OktaError:
    """Build the error for an object that does not exist."""
    return OktaError(404, "E0000007", f"Not found: Resource not found: {what} ({kind})")


def forbidden() -> OktaError:
    """Build the error for a caller without the required role."""
    return OktaError(403, "E0000006", "You do not have permission to perform the requested action")


def unlicensed() -> OktaError:
    """Build the error for a feature that the org does not have."""
    return OktaError(401, "E0000015", "You do not have permission to access the feature you are requesting")


# Errors of role assignments, by code. The text is in the summary, and there are no causes. The texts of E0000227 and E0000263 were not
# observed and are made up.
ROLE_CONFLICTS: dict[str, tuple[int, str]] = {
    "E0000090": (409, "The role specified is already assigned to the user."),
    "E0000227": (400, "Roles can be assigned to service apps only."),
    "E0000263": (409, "The custom role is already assigned with this resource set."),
    "E0000268": (409, "Another request is making changes to the role assignments. Please try again."),
}


def role_conflict(code: str) -> OktaError:
    """Build one of the errors of assigning a role."""
    status, summary = ROLE_CONFLICTS[code]
    return OktaError(status, code, summary)


def malformed() -> OktaError:
    """Build the error for a body that cannot be parsed."""
    return OktaError(400, "E0000003", "The request body was not well-formed.")
