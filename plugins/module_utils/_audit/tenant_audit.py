# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audits of all methods have in common: as whom they ask, and what it means that they may not. Nothing here can write."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, ClassVar, TypeVar

from .._core.errors import ApiError, InputError, NoAnswerError
from .._core.input_values import check_scopes
from .._core.spec import Call
from .._okta.authentication import ApiToken, Credential, OAuthClient
from .._okta.caller import read_owner
from .._okta.client import OktaClient
from .._okta.connection import Options, api_token, connect, oauth_client
from .._okta.org_url import parse
from .._okta.request_recovery import epoch
from .._resources.api_token import raw_tokens
from .._resources.resource import DesiredSet, Members
from .._resources.service_app_plan import desired_keys
from .bootstrap_token import OwnedToken, in_use_since, owned_tokens, without_caller
from .finding_types import NEVER_ONBOARDED, FindingText, Kind
from .findings import DISABLING, Age, scope_findings

# Stages of a rotation in which a person has to enter something in Rezonate's console, and how long that may take.
_WAITS_FOR_A_PERSON, _ROTATION_GRACE = ("prepared", "taking over"), 7 * 86400.0
# What adopting leaves alone: settings, and what an app may do.
_SETTINGS = ("app_renamed", "dpop_on", "dpop_off", "network_open", "network_changed")
_FORBIDDEN, _ILL = 403, 500
_AGE = re.compile(r"([0-9]{1,6})([hdw])")
_SECONDS = {"h": 3600.0, "d": 86400.0, "w": 604800.0}
T = TypeVar("T")


@dataclass
class AuditSnapshot:
    """What was seen of a tenant, as the report calls it."""

    told: list[FindingText] = field(default_factory=list)
    app: dict[str, Any] | None = None
    keys: list[Any] = field(default_factory=list)
    granted: Iterable[str] | None = None
    coverage: list[dict[str, Any]] | None = None
    held: Iterable[str] | None = None
    error: str | None = None

    def say(self, kind: str, message: str, remedy: Kind | None = None) -> None:
        """Take a finding."""
        self.told.append(FindingText(kind, message, remedy))

    def drop(self, kind: str) -> None:
        """Forget the findings of a kind."""
        self.told = [told for told in self.told if told.kind != kind]


def age_limit(given: str | None) -> float | None:
    """The option C(key_max_age) in seconds.

    Raises:
        InputError: it is no age.
    """
    found = _AGE.fullmatch(given or "")
    if given and not found:
        raise InputError(f"key_max_age {given!r} is no age: give a number and h, d or w, such as 90d.")
    return float(found[1]) * _SECONDS[found[2]] if found else None


class Audit(ABC):
    """One tenant's audit. A subclass knows what there is to look at with its method.

    Args:
        call: the module's run.
        now: epoch seconds.
    """

    needs: ClassVar[tuple[str, ...]]
    wants_roles: tuple[str, ...] = ()
    wants_scopes: tuple[str, ...] = ()
    holder: ClassVar[str] = "app"

    def __init__(self, call: Call, now: float) -> None:
        params = call.params
        self.seen = AuditSnapshot()
        self.call = replace(call, check_mode=True)  # so that the client refuses writes, whoever asks for them
        self.params = params
        self.unread: str = params["vault_problem"] or ""
        self.age = Age(now, age_limit(params["key_max_age"]), params["key_max_age"] or "")
        self.keys = None if self.unread else desired_keys(params["jwks"]) or ()
        optional = check_scopes(params["optional_scopes"], "optional_scopes")
        self.wants_scopes = tuple(dict.fromkeys((*check_scopes(params["wanted_scopes"], "wanted_scopes"), *optional)))
        # which of those the org lacks stands in the vault file
        self._may_lack = frozenset(optional) if self.unread else frozenset()
        self.own = self.own_credential(dpop=params["own_dpop"])
        self.client = self._connect()

    @abstractmethod
    def look(self) -> None:
        """Ask for what the method is about."""

    def run(self) -> None:
        """Ask Okta. What the credential may not see becomes unknown; whatever else goes wrong ends the audit.

        Raises:
            RezonateError: the tenant can't be audited.
        """
        self._tell_of_vault()
        if self.params["own_credentials"] and self.own is None:
            problem = self.unread or "the vault file holds no credentials."
            onboard = "" if self.params["onboarded"] else "Onboard the tenant if that was never done. "
            raise InputError(
                f"There is no credential to audit with. {problem} {onboard}Give rezonate_audit_api_token, or a client with its key."
            )
        if self.client.credential is self.own and not self._proves():
            self.seen.error = self.seen.told[-1].message
            return
        self.look()
        if self.params["adopting"]:
            self._leave_what_is_adopted()
        self._look_at_bootstrap_tokens()
        if self.client.credential is not self.own and not {told.kind for told in self.seen.told} & DISABLING:
            self._proves()

    @property
    def audited_as(self) -> str:
        """Which kind of credential the audit uses."""
        if self.params["own_credentials"]:
            return "own_credentials"
        return "api_token" if isinstance(self.client.credential, ApiToken) else "oauth_client"

    def own_credential(self, *, dpop: bool, scopes: tuple[str, ...] | None = None) -> Credential | None:
        """The credential that the vault file holds; None where there is none.

        Args:
            dpop: whether its access tokens are bound.
            scopes: those to ask for. None for all that are wanted.
        """
        params = self.params
        if params["own_api_token"]:
            return api_token(params["own_api_token"], "own_api_token")
        given = {"private_key": params["own_private_key"], "client_secret": params["own_client_secret"]}
        if not params["app_id"] or not any(given.values()):
            return None
        options = Options({**given, "client_id": params["app_id"], "key_id": params["own_key_id"], "dpop": dpop}, {})
        return oauth_client(options, parse(Options(params).required("org_url")).url, self.wants_scopes if scopes is None else scopes)

    def ask(self, kind: str, what: str, read: Callable[[], T]) -> T | None:
        """Read something; None, and a finding, where the credential may not."""
        try:
            return read()
        except ApiError as error:
            if error.status != _FORBIDDEN:
                raise
            said = " ".join(filter(None, ["403", error.code]))
            self.seen.say(kind, f"Okta doesn't let the credential of the audit read {what} ({said}).")
            return None

    def tell_of_scopes(self, granted: Members) -> None:
        """Compare what is granted with what is wanted."""
        self.seen.granted = granted
        needed = tuple(scope for scope in self.wants_scopes if scope not in self._may_lack)
        judged = {scope: member for scope, member in granted.items() if scope not in self._may_lack}
        self.seen.told += scope_findings(judged, DesiredSet(needed, exclusive=self.params["exclusive"]), self.holder)

    def _connect(self) -> OktaClient:
        more = ["okta.networkZones.read"] if any(not zone.startswith("nzo") for zone in self.params["network_zones"] or ()) else []
        more += ["okta.apiTokens.read"] if self.params["bootstrap_owner"] else []
        # where there is no credential, nothing is asked
        own = (self.own or ApiToken("")) if self.params["own_credentials"] else None
        return connect(self.call, (*self.needs, *more), credential=own)

    def _tell_of_vault(self) -> None:
        params = self.params
        if self.unread:
            remedy = None if params["onboarded"] else NEVER_ONBOARDED
            self.seen.say("vault_unread", f"Nothing is known of our credentials. {self.unread}", remedy)
            return
        if not params["proven_at"]:
            self.seen.say("never_proven", "The vault file doesn't say that the credentials were ever proven.")
        if params["rotation"] and not self._is_recent_rotation():
            since = f", since {params['rotation_since']}" if params["rotation_since"] else ""
            self.seen.say("rotation_unfinished", f"A rotation is under way: {params['rotation']}{since}.")

    def _proves(self) -> bool:
        """Whether Okta gives an access token for the credentials of the vault file."""
        if not isinstance(self.own, OAuthClient):
            return True
        try:
            self.client.recognized()  # to a stranger goes no credential
            self.own.token(self.client.transport)
        except ApiError as error:
            is_barred = error.code == "access_denied"
            passes = error.is_of_rate or error.status >= _ILL or is_barred
            self.seen.say("credential_unknown" if passes else "credential_dead", str(error))
            if is_barred and self.params["network_zones"]:
                self.seen.drop("never_proven")  # onboarding from here couldn't prove them either, and says so
        except NoAnswerError as error:
            self.seen.say("credential_unknown", str(error))
        else:
            return True
        return False

    def _leave_what_is_adopted(self) -> None:
        """Judge an app that is being adopted: its settings are its own until then, and onboarding removes nothing that is beyond."""
        for kind in _SETTINGS:
            self.seen.drop(kind)
        self.seen.told = [told.while_adopted() for told in self.seen.told]
        if self._is_recent_rotation():
            self.seen.drop("key_adopted")  # what was there before works until a person has entered the new one

    def _is_recent_rotation(self) -> bool:
        """Whether a rotation waits for a person, as it is meant to, and not for long; one that was cut off is to be ended at once."""
        since = epoch(self.params["rotation_since"])
        return self.params["rotation"] in _WAITS_FOR_A_PERSON and since is not None and self.age.now - since <= _ROTATION_GRACE

    def _look_at_bootstrap_tokens(self) -> None:
        owner = self.params["bootstrap_owner"]
        if not owner:
            return
        raw = self.ask("bootstrap_token_unknown", "the API tokens", lambda: list(raw_tokens(self.client)))
        tokens = owned_tokens(raw or (), owner)
        created = None if self.params["adopting"] else epoch((self.seen.app or {}).get("created"))
        found = in_use_since(tokens, created, epoch(self.params["proven_at"]))
        if found and self._is_caller(owner):
            found = without_caller(found, tokens)
        if found:
            listed = ", ".join(map(_shown, found))
            message = (
                f"The user {owner} onboarded the tenant with an API token, and has API tokens that are older than that and in use since: "
            )
            self.seen.say("bootstrap_token_alive", f"{message}{listed}.")

    def _is_caller(self, owner: str) -> bool:
        """Whether the audit itself calls with an API token of this user."""
        if not isinstance(self.client.credential, ApiToken):
            return False
        return read_owner(self.client, "read whose API token audits")[0] == owner


def _shown(token: OwnedToken) -> str:
    used = "" if token.used is None else f", last used {datetime.fromtimestamp(int(token.used), timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    return f"{token.name!r} ({token.id}, made {token.created}{used})"
