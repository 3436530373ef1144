# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the stored record changes: each function gives the record after a step. Nothing else knows which members belong together.

Each takes the record of the method that counts, as `Record.current` has it, and leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Current = Mapping[str, Any]
# What is known of an app anew each time that it is looked at.
_OF_APP = ("take_over", "adopted", "dpop", "network_limited", "privileges_refused", "made")


@dataclass(frozen=True)
class Identity:
    """Whose record it is.

    Args:
        method: how Rezonate authenticates.
        tenant: the tenant's name.
        org_url: the org's URL.
        bootstrap_owner: the id of the user whose API token onboards; None where that isn't known.
    """

    method: str
    tenant: str
    org_url: str
    bootstrap_owner: str | None = None

    def members(self) -> dict[str, Any]:
        """As the record has them."""
        owner = {"bootstrap_owner": self.bootstrap_owner} if self.bootstrap_owner else {}
        return {"method": self.method, "tenant_id": self.tenant, "org_url": self.org_url, **owner}


@dataclass(frozen=True)
class AppFacts:
    """What is known of the app.

    Args:
        app_id: its id.
        key_id: the name by which it knows our key.
        adopting: whether what it has beyond the desired state stays for now.
        adopted: whether it was there before us.
        dpop: whether its access tokens are bound by DPoP.
        network_limited: whether we limit it to network zones.
        privileges_refused: whether the org took no custom role that sees privileges.
        made: what this run made beside it: the id of each kind.
        org_id: the org's id; None where Okta didn't tell.
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
        """As the record has them."""
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


def key_made(
    current: Current,
    identity: Identity,
    key: Mapping[str, Any],
    *,
    scopes_version: int,
    adopting: bool,
    adopted: bool,
    now: str,
) -> dict[str, Any]:
    """A key is made, or the one that is there is taken, and Okta is about to hear of it.

    Args:
        current: the record.
        identity: whose it is.
        key: ``key_id``, ``private_key`` and ``private_jwk``.
        scopes_version: the version of the default scopes.
        adopting: whether this run asks for adopting an app.
        adopted: whether it means an app that is there.
        now: when Okta is asked for the app.
    """
    intent = {**({"take_over": True} if adopting else {}), **({"adopted": True} if adopted else {}), "app_requested_at": now}
    return {**current, **identity.members(), "scopes_version": scopes_version, **key, **intent}


def app_known(current: Current, identity: Identity, facts: AppFacts, *, scopes_version: int) -> dict[str, Any]:
    """The app is there, by its id; whether the credentials work with it isn't known yet."""
    kept = without(current, ("proven_at", "app_requested_at", *_OF_APP))
    org = {"org_id": facts.org_id} if facts.org_id else {}
    return {**kept, **identity.members(), "scopes_version": scopes_version, **facts.members(current), **org}


def app_compared(current: Current, facts: AppFacts) -> dict[str, Any]:
    """The app was compared, whether the credentials are verified or not."""
    return {**without(current, _OF_APP), **facts.members(current)}


def app_verified(current: Current, facts: AppFacts | None, *, scopes_version: int, unavailable: Sequence[str], now: str) -> dict[str, Any]:
    """An access token was minted with the stored key.

    Args:
        current: the record.
        facts: what is known of the app; None where it wasn't compared.
        scopes_version: the version of the default scopes.
        unavailable: the optional scopes that the org doesn't have.
        now: when it was verified; a record that was verified before, and whose app is the same, keeps its time.
    """
    verified = {"proven_at": current.get("proven_at", now), "scopes_version": scopes_version}
    if facts is None:
        return {**current, **verified}
    return {**app_compared(current, facts), **verified, "unavailable_scopes": list(unavailable)}


# API service integration


def integration_requested(current: Current, identity: Identity, *, now: str) -> dict[str, Any]:
    """Okta is about to be asked for an integration."""
    return {**current, **identity.members(), "requested_at": now}


def request_refused(current: Current, identity: Identity, *, moved_from: str | None) -> dict[str, Any] | None:
    """Okta was asked for nothing: the record is as it was before the intent.

    Args:
        current: the record with the intent.
        identity: whose it is.
        moved_from: the method of the record before; None where it had this one, or there was none.

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
    """Okta is about to be asked for a secret in place of one that is gone."""
    return {**current, "secret_requested_at": now}


@dataclass(frozen=True)
class IntegrationFacts:
    """What is known of the integration.

    Args:
        client_id: its client id.
        client_secret: the secret that Okta showed.
        secret_hash: the hash by which Okta tells it from others; None where Okta doesn't say.
        service_type: the integration's key in Okta's catalogue.
        adopting: whether secrets that aren't ours stay for now.
        adopted: whether it was there before us.
    """

    client_id: str
    client_secret: str
    secret_hash: str | None
    service_type: str
    adopting: bool = False
    adopted: bool = False


def integration_known(current: Current, identity: Identity, facts: IntegrationFacts, *, now: str) -> dict[str, Any]:
    """The integration is there, and Okta has shown a secret of it. The intent stays: an integration made after it is ours."""
    kept = without(current, ("proven_at", "secret_hash", "secret_requested_at", "take_over", "adopted"))
    return {
        **kept,
        **identity.members(),
        "requested_at": current.get("requested_at", now),
        "client_id": facts.client_id,
        "client_secret": facts.client_secret,
        "service_type": facts.service_type,
        **({"secret_hash": facts.secret_hash} if facts.secret_hash else {}),
        **({"take_over": True} if facts.adopting else {}),
        **({"adopted": True} if facts.adopted else {}),
    }


def hash_learned(current: Current, *, secret_hash: str) -> dict[str, Any]:
    """Okta has told by what hash it knows our secret."""
    return {**current, "secret_hash": secret_hash}


def integration_verified(current: Current, *, secret_hash: str | None, now: str) -> dict[str, Any]:
    """An access token was minted with the stored secret."""
    known = hash_learned(current, secret_hash=secret_hash) if secret_hash else current
    return {**known, "proven_at": current.get("proven_at", now)}


# API token


def user_made(current: Current, identity: Identity, user_id: str) -> dict[str, Any]:
    """The administrator that the token is to belong to is made."""
    return {**current, **identity.members(), "made": {**current.get("made", {}), "service_user": user_id}}


def token_taken(current: Current, identity: Identity, token: str, *, owner: str, verified: bool, now: str) -> dict[str, Any]:
    """A person has handed a token over.

    Args:
        current: the record.
        identity: whose it is.
        token: the token.
        owner: the login of the user it belongs to.
        verified: whether something was read with it.
        now: when that was; the token that was verified before keeps its time.
    """
    same = current if current.get("api_token") == token else without(current, ("proven_at",))
    since = {"proven_at": same.get("proven_at", now)} if verified else {}
    return {**same, **identity.members(), "api_token": token, "owner": owner, **since}


# Rotation


def next_key_made(current: Current, key: Mapping[str, Any], *, now: str) -> dict[str, Any]:
    """The next key is made, and Okta is about to hear of it."""
    return {**current, "next": {**key, "requested_at": now}}


def next_secret_requested(current: Current, *, now: str) -> dict[str, Any]:
    """Okta is about to be asked for the next secret."""
    return {**current, "next": {"requested_at": now}}


def next_secret_made(current: Current, *, client_secret: str, secret_hash: str, now: str) -> dict[str, Any]:
    """Okta has shown the next secret."""
    since = current.get("next", {}).get("requested_at", now)
    return {**current, "next": {"requested_at": since, "client_secret": client_secret, "secret_hash": secret_hash}}


def next_verified(current: Current, *, now: str) -> dict[str, Any]:
    """An access token was minted with the next credential; one that was verified before keeps its time."""
    return {**current, "next": {**current["next"], "proven_at": current["next"].get("proven_at", now)}}


def promoted(current: Current, *, retiring: Sequence[str]) -> dict[str, Any]:
    """The next credential is the current one.

    Args:
        current: the record.
        retiring: the key ids, or hashes of secrets, that have still to be taken from Okta.
    """
    following = without(current["next"], ("requested_at",))
    return {**without(current, ("next",)), **following, "retiring": list(retiring)}


def retired(current: Current) -> dict[str, Any]:
    """The credentials before are gone from Okta; nothing that was there before us is kept any more."""
    return without(current, ("retiring", "take_over"))


def aborted(current: Current) -> dict[str, Any]:
    """The next credential is gone from Okta."""
    return without(current, ("next",))


# What else


def taken_away(current: Current, kinds: Collection[str]) -> dict[str, Any]:
    """Some of what we made beside the app is gone from Okta.

    Args:
        current: the record.
        kinds: what it is, by the names that the record has for it.
    """
    made = without(current.get("made", {}), kinds)
    return {**without(current, ("made",)), **({"made": made} if made else {})}


def previous_retired(current: Current, methods: Collection[str]) -> dict[str, Any]:
    """The credentials of methods used before are gone from Okta."""
    previous = without(current.get("previous", {}), methods)
    return {**without(current, ("previous",)), **({"previous": previous} if previous else {})}
