# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preflight check: the calling credential and its permissions, and the inspection of an API token that is to be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._core.errors import ApiError, HiddenListError, InputError, StateError
from .._core.input_values import check_scopes
from .._core.spec import Call, Outcome
from .._core.text import same_text
from .._okta.authentication import ApiToken
from .._okta.caller import Caller, failing_calls, read_caller, read_owner, require_super_admin
from .._okta.client import OktaClient
from .._okta.connection import ConnectionOptions, api_token_credential, connect, has_credential
from .._okta.visibility import is_empty_list_response
from .access_token import check_paths
from .api_token import list_tokens
from .role_assignment import role_key, user_path

READ_ONLY = "READ_ONLY_ADMIN"
_FORBIDDEN = 403
_INSPECTED = "inspect_token"


@dataclass(frozen=True)
class Owner:
    """The owner of the inspected API token.

    Args:
        id: the user's id.
        login: the user's login.
        roles: the user's admin roles; None where they can't be read.
        reads_roles: whether the token itself may read role assignments, which a read-only admin may not.
    """

    id: str
    login: str
    roles: tuple[str, ...] | None = None
    reads_roles: bool = False

    @property
    def surplus(self) -> tuple[str, ...]:
        """The roles that permit more than reading."""
        return tuple(role for role in self.roles or () if role != READ_ONLY)

    @property
    def is_privileged(self) -> bool:
        """Whether the owner may do more than read, as far as known."""
        return bool(self.surplus) or (self.reads_roles and not self.roles)

    @property
    def verdict(self) -> str:
        """What the token's owner may do, in one sentence."""
        owner = f"The token's owner {self.login or self.id}"
        if self.is_privileged:
            return f"{owner} {self.excess}: the token may do more than read."
        if self.roles is None:
            return f"{owner} holds no more than {READ_ONLY}, as far as known: the token may not read role assignments."
        if not self.roles:
            return f"{owner} holds no admin role, so the token can't read the org: assign {READ_ONLY}."
        return f"{owner} holds {READ_ONLY} and nothing more."

    @property
    def excess(self) -> str:
        """What permits more than reading, to follow the owner's name in a message."""
        if self.surplus:
            return f"holds {', '.join(self.surplus)}"
        return "may read role assignments, which only the org's own administrators may"


def inspect_credentials(call: Call) -> Outcome:
    """Run the module `okta_api_token_info`."""
    params = call.params
    required = check_scopes(params["required_scopes"] or (), "required_scopes")
    inspected = _inspected_token(call)
    check_paths(params["endpoints"], "endpoints")
    if inspected and not has_credential(call) and not params["require_super_admin"]:
        return Outcome(values={"caller": None, "would_fail": [], "inspected": _inspect(call, inspected, None)})
    client = connect(_with_scopes(call, required, inspects=bool(inspected)), ())
    if inspected and client.credential == inspected:
        raise InputError(
            f"{_INSPECTED} is the calling bootstrap token: supply another one, created by a user who holds {READ_ONLY} and nothing more."
        )
    caller = require_super_admin(client, required) if params["require_super_admin"] else read_caller(client)
    return Outcome(
        values={
            "caller": _caller_facts(caller),
            "would_fail": list(failing_calls(caller, required)),
            "inspected": _inspect(call, inspected, client) if inspected else None,
        },
    )


def _with_scopes(call: Call, required: Sequence[str], *, inspects: bool) -> Call:
    """The call with all scopes to request in one access token, where an app calls."""
    own = ("okta.roles.read", "okta.apiTokens.read") if inspects else ("okta.roles.read",)
    scopes = (*(ConnectionOptions(call.params).words("scopes") or own), *required)
    return replace(call, params={**call.params, "scopes": tuple(dict.fromkeys(scopes))})


def _caller_facts(caller: Caller) -> Mapping[str, Any]:
    return {
        "kind": caller.kind,
        "id": caller.id,
        "name": caller.name,
        "roles": None if caller.roles is None else list(caller.roles),
        "scopes": None if caller.scopes is None else list(caller.scopes),
        "is_super_admin": caller.is_super_admin,
    }


def _inspected_token(call: Call) -> ApiToken | None:
    text = ConnectionOptions(call.params).text(_INSPECTED)
    return api_token_credential(text, _INSPECTED) if text else None


def _inspect(call: Call, token: ApiToken, caller: OktaClient | None) -> Mapping[str, Any]:
    """Inspect an API token, with the token itself and, where there is one, with the calling credential; neither replaces the other.

    Raises:
        ApiError: Okta doesn't accept it, or doesn't let it read.
        StateError: it may do more than read, and that isn't allowed.
    """
    client = connect(replace(call, check_mode=True), (), credential=token)
    owner = _read_owner(client, caller)
    if owner.is_privileged and not call.params["allow_privileged"]:
        raise StateError(
            f"{_INSPECTED}: its owner {owner.login or owner.id} {owner.excess}: the token may do more than read. "
            f"Remove that from the owner, or have a user who holds {READ_ONLY} and nothing more create the token; "
            "to allow it, set allow_privileged (rezonate_allow_privileged_token of the role)."
        )
    verified = [_read_endpoint(client, endpoint, owner) for endpoint in call.params["endpoints"]]
    return {
        "owner": {"id": owner.id, "login": owner.login},
        "roles": None if owner.roles is None else list(owner.roles),
        "exact": owner.roles is not None,
        "privileged": owner.is_privileged,
        "other_owner": _is_other_owner(call, owner),
        "tokens": _tokens(caller, owner),
        "proved": verified,
        "verdict": owner.verdict,
    }


def _is_other_owner(call: Call, owner: Owner) -> bool:
    """Whether the token belongs to another user than the task expects; that is a warning."""
    expected = (call.params["expected_owner"] or "").strip()
    if not expected or expected == owner.id or same_text(expected, owner.login, ignore_case=True):
        return False
    call.warn(f"{_INSPECTED} belongs to {owner.login} ({owner.id}), not to {expected}.")
    return True


def _read_owner(client: OktaClient, caller: OktaClient | None) -> Owner:
    """The token's owner and roles, read with the calling credential or, where that isn't permitted, with the token itself."""
    try:
        user_id, login = read_owner(client, f"read the owner of {_INSPECTED}")
    except ApiError as error:
        raise _inspection_error(client, error, "GET /api/v1/users/me") from error
    owner = Owner(user_id, login)
    roles = _roles(caller, owner) if caller else None
    if roles is not None:
        return replace(owner, roles=roles)
    roles = _roles(client, owner)
    return replace(owner, roles=roles, reads_roles=roles is not None)


def _roles(client: OktaClient, owner: Owner) -> tuple[str, ...] | None:
    try:
        found = list(client.pages(user_path(owner.id), f"read the admin roles of the owner of {_INSPECTED}"))
    except ApiError as error:
        if error.status == _FORBIDDEN:
            return None
        raise
    return tuple(sorted({role_key(role) for role in found}))


def _tokens(client: OktaClient | None, owner: Owner) -> list[dict[str, Any]] | None:
    """The owner's API tokens. Okta doesn't identify the inspected one among them."""
    if client is None:
        return None
    try:
        return [token.facts() for token in list_tokens(client) if token.user_id == owner.id]
    except ApiError as error:
        if error.status == _FORBIDDEN:
            return None
        raise


def _read_endpoint(client: OktaClient, endpoint: str, owner: Owner) -> dict[str, Any]:
    try:
        body = client.get(endpoint, f"read with {_INSPECTED}", expect=object)
    except ApiError as error:
        raise _inspection_error(client, error, f"GET {endpoint}", owner) from error
    if is_empty_list_response(endpoint, body):
        raise HiddenListError(
            f"{_INSPECTED}: {client.org.url} responded to GET {endpoint} with an empty list (200), as it does where no admin role lets "
            f"the caller see the entries: {_describe_owner(owner)} may not read that; assign {READ_ONLY}."
        )
    return {"method": "GET", "path": endpoint, "status": 200}


def _describe_owner(owner: Owner | None) -> str:
    """The token's owner and roles, as far as known."""
    if owner is None:
        return "its owner"
    roles = f" (who holds {', '.join(owner.roles) or 'no admin role'})" if owner.roles is not None else ""
    return f"its owner {owner.login or owner.id}{roles}"


def _inspection_error(client: OktaClient, error: ApiError, call: str, owner: Owner | None = None) -> ApiError:
    """Okta's error in a message that names the option, since the usual advice is about the calling credential."""
    if error.is_unauthorized:
        reason = "the token is wrong, expired or revoked, or belongs to another org."
    elif error.status == _FORBIDDEN:
        reason = (
            f"{_describe_owner(owner)} may not read that; assign {READ_ONLY}. "
            "Or the token is limited to network zones that don't contain this machine."
        )
    else:
        return error
    details = " ".join(filter(None, [str(error.status), error.code]))
    return ApiError(
        f"{_INSPECTED}: {client.org.url} refused {call} ({details}): {reason}",
        status=error.status,
        code=error.code,
        causes=error.causes,
        error_id=error.error_id,
        request_id=error.request_id,
    )
