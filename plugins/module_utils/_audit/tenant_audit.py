# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The common part of the audits of all methods: the credential, and findings for what it may not read. Nothing here can write."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, ClassVar, TypeVar

from .._core.errors import ApiError, InputError, NoResponseError
from .._core.input_values import check_scopes
from .._core.spec import Call
from .._okta.authentication import ApiToken, Credential, OAuthClient
from .._okta.caller import read_owner
from .._okta.client import OktaClient
from .._okta.connection import ConnectionOptions, api_token_credential, connect, oauth_client
from .._okta.org_url import parse_org_url
from .._okta.request_recovery import parse_timestamp
from .._resources.api_token import raw_tokens
from .._resources.resource import DesiredSet, Members
from .._resources.service_app_plan import desired_keys
from .bootstrap_token import OwnedToken, in_use_since, owned_tokens, without_caller
from .finding_types import NEVER_ONBOARDED, FindingText, Kind
from .findings import DISABLING, Age, scope_findings

# Stages of a rotation in which a person must enter values in Rezonate's console, and the time allowed for that.
_WAITS_FOR_A_PERSON, _ROTATION_GRACE = ("prepared", "taking over"), 7 * 86400.0
# Findings about settings, which an adoption doesn't change.
_SETTINGS = ("app_renamed", "dpop_on", "dpop_off", "network_open", "network_changed")
_FORBIDDEN, _SERVER_ERROR = 403, 500
_AGE = re.compile(r"([0-9]{1,6})([hdw])")
_SECONDS = {"h": 3600.0, "d": 86400.0, "w": 604800.0}
T = TypeVar("T")


@dataclass
class AuditSnapshot:
    """The results of an audit, by their names in the report."""

    findings: list[FindingText] = field(default_factory=list)
    app: dict[str, Any] | None = None
    keys: list[Any] = field(default_factory=list)
    granted: Iterable[str] | None = None
    coverage: list[dict[str, Any]] | None = None
    held: Iterable[str] | None = None
    error: str | None = None

    def add_finding(self, kind: str, message: str, remedy: Kind | None = None) -> None:
        """Add a finding."""
        self.findings.append(FindingText(kind, message, remedy))

    def drop_findings(self, kind: str) -> None:
        """Remove the findings of a kind."""
        self.findings = [finding for finding in self.findings if finding.kind != kind]


def age_limit(given: str | None) -> float | None:
    """The option C(key_max_age) in seconds.

    Raises:
        InputError: it isn't an age.
    """
    found = _AGE.fullmatch(given or "")
    if given and not found:
        raise InputError(f"key_max_age {given!r} isn't an age: use a number and h, d or w, such as 90d.")
    return float(found[1]) * _SECONDS[found[2]] if found else None


class Audit(ABC):
    """One tenant's audit. A subclass compares what its onboarding method created.

    Args:
        call: the module's run.
        now: epoch seconds.
    """

    needs: ClassVar[tuple[str, ...]]
    desired_roles: tuple[str, ...] = ()
    desired_scopes: tuple[str, ...] = ()
    holder: ClassVar[str] = "app"

    def __init__(self, call: Call, now: float) -> None:
        params = call.params
        self.snapshot = AuditSnapshot()
        self.call = replace(call, check_mode=True)  # the client then refuses all writes
        self.params = params
        self.vault_problem: str = params["vault_problem"] or ""
        self.age = Age(now, age_limit(params["key_max_age"]), params["key_max_age"] or "")
        self.keys = None if self.vault_problem else desired_keys(params["jwks"]) or ()
        optional = check_scopes(params["optional_scopes"], "optional_scopes")
        self.desired_scopes = tuple(dict.fromkeys((*check_scopes(params["wanted_scopes"], "wanted_scopes"), *optional)))
        # only the vault file says which of these the org lacks
        self._maybe_unavailable = frozenset(optional) if self.vault_problem else frozenset()
        self.own_credential = self.make_own_credential(dpop=params["own_dpop"])
        self.client = self._connect()

    @abstractmethod
    def collect(self) -> None:
        """Compare the resources of the method with their desired state."""

    def run_audit(self) -> None:
        """Read and compare. What the credential may not read becomes unknown; any other error ends the audit.

        Raises:
            RezonateError: the tenant can't be audited.
        """
        self._audit_record()
        if self.params["own_credentials"] and self.own_credential is None:
            problem = self.vault_problem or "the vault file holds no credentials."
            onboard = "" if self.params["onboarded"] else "Onboard the tenant if it never was. "
            raise InputError(
                f"There is no credential for the audit. {problem} {onboard}Set rezonate_audit_api_token, or an OAuth client with its key."
            )
        if self.client.credential is self.own_credential and not self._verify_credentials():
            self.snapshot.error = self.snapshot.findings[-1].message
            return
        self.collect()
        if self.params["adopting"]:
            self._apply_adoption()
        self._audit_bootstrap_tokens()
        if self.client.credential is not self.own_credential and not {finding.kind for finding in self.snapshot.findings} & DISABLING:
            self._verify_credentials()

    @property
    def audited_as(self) -> str:
        """Which kind of credential the audit uses."""
        if self.params["own_credentials"]:
            return "own_credentials"
        return "api_token" if isinstance(self.client.credential, ApiToken) else "oauth_client"

    def make_own_credential(self, *, dpop: bool, scopes: tuple[str, ...] | None = None) -> Credential | None:
        """The stored credential; None where there is none.

        Args:
            dpop: whether its access tokens are bound.
            scopes: the scopes to request; all desired scopes by default.
        """
        params = self.params
        if params["own_api_token"]:
            return api_token_credential(params["own_api_token"], "own_api_token")
        given = {"private_key": params["own_private_key"], "client_secret": params["own_client_secret"]}
        if not params["app_id"] or not any(given.values()):
            return None
        options = ConnectionOptions({**given, "client_id": params["app_id"], "key_id": params["own_key_id"], "dpop": dpop}, {})
        return oauth_client(
            options, parse_org_url(ConnectionOptions(params).required("org_url")).url, self.desired_scopes if scopes is None else scopes
        )

    def read_or_report(self, kind: str, what: str, read: Callable[[], T]) -> T | None:
        """Read something; None, and a finding, where the credential may not read it."""
        try:
            return read()
        except ApiError as error:
            if error.status != _FORBIDDEN:
                raise
            refusal = " ".join(filter(None, ["403", error.code]))
            self.snapshot.add_finding(kind, f"Okta doesn't let the credential of the audit read {what} ({refusal}).")
            return None

    def audit_scopes(self, granted: Members) -> None:
        """Compare the granted scopes with the desired ones."""
        self.snapshot.granted = granted
        needed = tuple(scope for scope in self.desired_scopes if scope not in self._maybe_unavailable)
        compared = {scope: member for scope, member in granted.items() if scope not in self._maybe_unavailable}
        self.snapshot.findings += scope_findings(compared, DesiredSet(needed, exclusive=self.params["exclusive"]), self.holder)

    def _connect(self) -> OktaClient:
        more = ["okta.networkZones.read"] if any(not zone.startswith("nzo") for zone in self.params["network_zones"] or ()) else []
        more += ["okta.apiTokens.read"] if self.params["bootstrap_owner"] else []
        # without a credential, no request is sent
        own = (self.own_credential or ApiToken("")) if self.params["own_credentials"] else None
        return connect(self.call, (*self.needs, *more), credential=own)

    def _audit_record(self) -> None:
        params = self.params
        if self.vault_problem:
            remedy = None if params["onboarded"] else NEVER_ONBOARDED
            self.snapshot.add_finding("vault_unread", f"The stored credentials are unknown. {self.vault_problem}", remedy)
            return
        if not params["proven_at"]:
            self.snapshot.add_finding("never_proven", "The vault file doesn't record that the credentials were ever verified.")
        if params["rotation"] and not self._is_recent_rotation():
            since = f", since {params['rotation_since']}" if params["rotation_since"] else ""
            self.snapshot.add_finding("rotation_unfinished", f"A rotation is in progress: {params['rotation']}{since}.")

    def _verify_credentials(self) -> bool:
        """Whether Okta issues an access token for the stored credentials."""
        if not isinstance(self.own_credential, OAuthClient):
            return True
        try:
            self.client.verified_org()  # a server that isn't Okta gets no credential
            self.own_credential.token(self.client.transport)
        except ApiError as error:
            is_barred = error.code == "access_denied"
            is_temporary = error.is_rate_limited or error.status >= _SERVER_ERROR or is_barred
            self.snapshot.add_finding("credential_unknown" if is_temporary else "credential_dead", str(error))
            if is_barred and self.params["network_zones"]:
                self.snapshot.drop_findings("never_proven")  # onboarding from here couldn't verify them either, and reports that
        except NoResponseError as error:
            self.snapshot.add_finding("credential_unknown", str(error))
        else:
            return True
        return False

    def _apply_adoption(self) -> None:
        """Adapt the findings for an app under adoption: onboarding neither changes its settings nor removes anything from it."""
        for kind in _SETTINGS:
            self.snapshot.drop_findings(kind)
        self.snapshot.findings = [finding.during_adoption() for finding in self.snapshot.findings]
        if self._is_recent_rotation():
            self.snapshot.drop_findings("key_adopted")  # existing credentials work until a person has entered the new ones

    def _is_recent_rotation(self) -> bool:
        """Whether a rotation is waiting for a person within the allowed time; an interrupted one must be finished at once."""
        since = parse_timestamp(self.params["rotation_since"])
        return self.params["rotation"] in _WAITS_FOR_A_PERSON and since is not None and self.age.now - since <= _ROTATION_GRACE

    def _audit_bootstrap_tokens(self) -> None:
        owner = self.params["bootstrap_owner"]
        if not owner:
            return
        raw = self.read_or_report("bootstrap_token_unknown", "the API tokens", lambda: list(raw_tokens(self.client)))
        tokens = owned_tokens(raw or (), owner)
        created = None if self.params["adopting"] else parse_timestamp((self.snapshot.app or {}).get("created"))
        found = in_use_since(tokens, created, parse_timestamp(self.params["proven_at"]))
        if found and self._is_caller(owner):
            found = without_caller(found, tokens)
        if found:
            listed = ", ".join(map(_describe_token, found))
            message = (
                f"The user {owner} onboarded the tenant with an API token, and has API tokens that are older than that and in use since: "
            )
            self.snapshot.add_finding("bootstrap_token_alive", f"{message}{listed}.")

    def _is_caller(self, owner: str) -> bool:
        """Whether the audit itself uses an API token of this user."""
        if not isinstance(self.client.credential, ApiToken):
            return False
        return read_owner(self.client, "read the owner of the audit's API token")[0] == owner


def _describe_token(token: OwnedToken) -> str:
    last_used = (
        "" if token.last_used is None else f", last used {datetime.fromtimestamp(int(token.last_used), timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    )
    return f"{token.name!r} ({token.id}, made {token.created}{last_used})"
