# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates of the stored record: each function returns the record after a step. Only these functions know which members belong together.

Each takes the record of the method of the run, as in `Record.current`, and doesn't modify it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Current = Mapping[str, Any]
# Members that each comparison of the app replaces.
_APP_MEMBERS = ("take_over", "adopted", "dpop", "network_limited", "privileges_refused", "made")


@dataclass(frozen=True)
class Identity:
    """The tenant that a record belongs to.

    Args:
        method: the authentication method of Rezonate.
        tenant: the tenant's name.
        org_url: the org's URL.
        bootstrap_owner: the id of the user who owns the bootstrap API token; None where that is unknown.
    """

    method: str
    tenant: str
    org_url: str
    bootstrap_owner: str | None = None

    def members(self) -> dict[str, Any]:
        """The members of the record."""
        owner = {"bootstrap_owner": self.bootstrap_owner} if self.bootstrap_owner else {}
        return {"method": self.method, "tenant_id": self.tenant, "org_url": self.org_url, **owner}


@dataclass(frozen=True)
class AppFacts:
    """The facts about the app.

    Args:
        app_id: its id.
        key_id: the id of the managed key there.
        adopting: whether its access beyond the desired state is retained for now.
        adopted: whether it existed before onboarding.
        dpop: whether its access tokens are bound by DPoP.
        network_limited: whether onboarding limits it to network zones.
        privileges_refused: whether the org refused the custom role that reads privileges.
        made: the objects that this run created beside it: the id of each kind.
        org_id: the org's id; None where Okta didn't report it.
    """

    app_id: str
    key_id: str
    adopting: bool = False
    adopted: bool = False
    dpop: bool = False
    network_limited: bool = False
    privileges_refused: bool = False
    made: Mapping[str, str] | None = None
    org_id: str | None = None

    def members(self, current: Current) -> dict[str, Any]:
        """The members of the record."""
        flags = {
            "take_over": self.adopting,
            "adopted": self.adopted,
            "dpop": self.dpop,
            "network_limited": self.network_limited,
            "privileges_refused": self.privileges_refused,
        }
        made = {**current.get("made", {}), **(self.made or {})}
        return {
            "application_id": self.app_id,
            "key_id": self.key_id,
            "private_jwk": {**current.get("private_jwk", {}), "kid": self.key_id},
            **{name: True for name, is_set in flags.items() if is_set},
            **({"made": made} if made else {}),
        }


def without(current: Current, names: Collection[str]) -> dict[str, Any]:
    """The record without some members."""
    return {name: value for name, value in current.items() if name not in names}


# OAuth service app


def key_created(
    current: Current,
    identity: Identity,
    key: Mapping[str, Any],
    *,
    scopes_version: int,
    adopting: bool,
    adopted: bool,
    now: str,
) -> dict[str, Any]:
    """A key was created or taken from the store, and is about to be registered in Okta.

    Args:
        current: the record.
        identity: the tenant that it belongs to.
        key: ``key_id``, ``private_key`` and ``private_jwk``.
        scopes_version: the version of the default scopes.
        adopting: whether this run requests the adoption of an app.
        adopted: whether it expects an existing app.
        now: when the app is requested from Okta.
    """
    intent = {**({"take_over": True} if adopting else {}), **({"adopted": True} if adopted else {}), "app_requested_at": now}
    return {**current, **identity.members(), "scopes_version": scopes_version, **key, **intent}


def app_identified(current: Current, identity: Identity, facts: AppFacts, *, scopes_version: int) -> dict[str, Any]:
    """The app exists and its id is known; the credentials aren't verified yet."""
    retained = without(current, ("proven_at", "app_requested_at", *_APP_MEMBERS))
    org = {"org_id": facts.org_id} if facts.org_id else {}
    return {**retained, **identity.members(), "scopes_version": scopes_version, **facts.members(current), **org}


def app_compared(current: Current, facts: AppFacts) -> dict[str, Any]:
    """The app was compared, whether or not the credentials were verified."""
    return {**without(current, _APP_MEMBERS), **facts.members(current)}


def app_verified(current: Current, facts: AppFacts | None, *, scopes_version: int, unavailable: Sequence[str], now: str) -> dict[str, Any]:
    """An access token was issued with the stored key.

    Args:
        current: the record.
        facts: the facts about the app; None where it wasn't compared.
        scopes_version: the version of the default scopes.
        unavailable: the optional scopes that the org doesn't have.
        now: when it was verified; a record that was verified before with the same app retains its time.
    """
    verified = {"proven_at": current.get("proven_at", now), "scopes_version": scopes_version}
    if facts is None:
        return {**current, **verified}
    return {**app_compared(current, facts), **verified, "unavailable_scopes": list(unavailable)}


# API service integration


def integration_requested(current: Current, identity: Identity, *, now: str) -> dict[str, Any]:
    """An integration is about to be requested from Okta."""
    return {**current, **identity.members(), "requested_at": now}


def request_refused(current: Current, identity: Identity, *, moved_from: str | None) -> dict[str, Any] | None:
    """Nothing was requested from Okta: the record is as it was before the intent.

    Args:
        current: the record with the intent.
        identity: the tenant that it belongs to.
        moved_from: the previous method of the record; None where it had this one, or there was no record.

    Returns:
        The record; None where there was none.
    """
    own = without(current, ("requested_at", "previous"))
    is_empty = not set(own) - set(identity.members())
    previous = dict(current.get("previous", {}))
    if moved_from is None:
        before = {} if is_empty else own
    else:
        before = dict(previous.pop(moved_from, {}))
        previous.update({} if is_empty else {identity.method: own})
    return {**before, **({"previous": previous} if previous else {})} or None


def secret_requested(current: Current, *, now: str) -> dict[str, Any]:
    """A replacement for a deleted secret is about to be requested from Okta."""
    return {**current, "secret_requested_at": now}


@dataclass(frozen=True)
class IntegrationFacts:
    """The facts about the integration.

    Args:
        client_id: its client id.
        client_secret: the secret that Okta returned.
        secret_hash: the hash that identifies it in Okta; None where Okta doesn't return one.
        service_type: the integration's key in the Okta Integration Network (OIN).
        adopting: whether unmanaged secrets are retained for now.
        adopted: whether it existed before onboarding.
    """

    client_id: str
    client_secret: str
    secret_hash: str | None
    service_type: str
    adopting: bool = False
    adopted: bool = False


def integration_identified(current: Current, identity: Identity, facts: IntegrationFacts, *, now: str) -> dict[str, Any]:
    """The integration exists, and Okta has returned its secret. The intent is retained: an integration created after it is managed."""
    retained = without(current, ("proven_at", "secret_hash", "secret_requested_at", "take_over", "adopted"))
    return {
        **retained,
        **identity.members(),
        "requested_at": current.get("requested_at", now),
        "client_id": facts.client_id,
        "client_secret": facts.client_secret,
        "service_type": facts.service_type,
        **({"secret_hash": facts.secret_hash} if facts.secret_hash else {}),
        **({"take_over": True} if facts.adopting else {}),
        **({"adopted": True} if facts.adopted else {}),
    }


def secret_hash_identified(current: Current, *, secret_hash: str) -> dict[str, Any]:
    """Okta has returned the hash of the managed secret."""
    return {**current, "secret_hash": secret_hash}


def integration_verified(current: Current, *, secret_hash: str | None, now: str) -> dict[str, Any]:
    """An access token was issued with the stored secret."""
    known = secret_hash_identified(current, secret_hash=secret_hash) if secret_hash else current
    return {**known, "proven_at": current.get("proven_at", now)}


# API token


def service_user_created(current: Current, identity: Identity, user_id: str) -> dict[str, Any]:
    """The administrator who must own the token was created."""
    return {**current, **identity.members(), "made": {**current.get("made", {}), "service_user": user_id}}


def token_supplied(current: Current, identity: Identity, token: str, *, owner: str, verified: bool, now: str) -> dict[str, Any]:
    """A token was supplied.

    Args:
        current: the record.
        identity: the tenant that it belongs to.
        token: the token.
        owner: the login of its owner.
        verified: whether an endpoint was read with it.
        now: when it was read; a token that was verified before retains its time.
    """
    same = current if current.get("api_token") == token else without(current, ("proven_at",))
    since = {"proven_at": same.get("proven_at", now)} if verified else {}
    return {**same, **identity.members(), "api_token": token, "owner": owner, **since}


# Rotation


def next_key_created(current: Current, key: Mapping[str, Any], *, now: str) -> dict[str, Any]:
    """The next key was created, and is about to be registered in Okta."""
    return {**current, "next": {**key, "requested_at": now}}


def next_secret_requested(current: Current, *, now: str) -> dict[str, Any]:
    """The next secret is about to be requested from Okta."""
    return {**current, "next": {"requested_at": now}}


def next_secret_created(current: Current, *, client_secret: str, secret_hash: str, now: str) -> dict[str, Any]:
    """Okta has returned the next secret."""
    since = current.get("next", {}).get("requested_at", now)
    return {**current, "next": {"requested_at": since, "client_secret": client_secret, "secret_hash": secret_hash}}


def next_verified(current: Current, *, now: str) -> dict[str, Any]:
    """An access token was issued with the next credential; one that was verified before retains its time."""
    return {**current, "next": {**current["next"], "proven_at": current["next"].get("proven_at", now)}}


def next_promoted(current: Current, *, retiring: Sequence[str]) -> dict[str, Any]:
    """The next credential has become the current one.

    Args:
        current: the record.
        retiring: the key ids, or hashes of secrets, that must still be removed from Okta.
    """
    following = without(current["next"], ("requested_at",))
    return {**without(current, ("next",)), **following, "retiring": list(retiring)}


def rotation_finished(current: Current) -> dict[str, Any]:
    """The previous credentials were removed from Okta; an adoption is complete."""
    return without(current, ("retiring", "take_over"))


def rotation_aborted(current: Current) -> dict[str, Any]:
    """The next credential was removed from Okta."""
    return without(current, ("next",))


# Removals


def objects_removed(current: Current, kinds: Collection[str]) -> dict[str, Any]:
    """Objects that were created beside the app were removed from Okta.

    Args:
        current: the record.
        kinds: their kinds, by their names in the record.
    """
    made = without(current.get("made", {}), kinds)
    return {**without(current, ("made",)), **({"made": made} if made else {})}


def previous_methods_removed(current: Current, methods: Collection[str]) -> dict[str, Any]:
    """The credentials of previous methods were removed from Okta."""
    previous = without(current.get("previous", {}), methods)
    return {**without(current, ("previous",)), **({"previous": previous} if previous else {})}
