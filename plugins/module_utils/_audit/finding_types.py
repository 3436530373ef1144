# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of findings: severity, meaning and remedy. docs/audit.md shows the same table, and a test compares both."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .schema import Finding

_ONBOARD = "onboard_rezonate"
_ROTATE = "rotate_rezonate"
_AUDIT = "audit_rezonate"
_WITH_MORE = "Audit with a credential that can:"
_AS_SUPER_ADMIN = "Audit with a super admin's token in rezonate_audit_api_token:"


@dataclass(frozen=True)
class Place:
    """Where to run the command that corrects a finding.

    Args:
        host: the tenant's name in the inventory.
        inventory: the sources of the inventory.
        vault_id: the vault ID of the stored credentials; empty where it is unknown.
    """

    host: str
    inventory: Sequence[str] = ()
    vault_id: str = ""

    def command(self, playbook: str, options: Sequence[str] = (), *, needs_vault: bool = True) -> str:
        """A command line that is ready to run; it prompts for the vault password."""
        sources = [word for source in self.inventory for word in ("-i", source)]
        label = "" if self.vault_id == "default" else self.vault_id
        vault = ["--vault-id", f"{label}@prompt"] if needs_vault else []
        return shlex.join(["ansible-playbook", *sources, f"rezonate.okta.{playbook}", "--limit", self.host, *vault, *options])


@dataclass(frozen=True)
class Kind:
    """A kind of finding.

    Args:
        severity: its severity; ``unknown`` for a check that couldn't be made.
        meaning: its meaning, for the documentation.
        playbook: the playbook that corrects it, with its further arguments.
        person: what a person must do, before the playbook or instead of it.
    """

    severity: str
    meaning: str
    playbook: str = ""
    person: str = ""

    def remedy(self, place: Place) -> str:
        """How to correct it on a tenant: a command line, or a sentence where no command can."""
        if not self.playbook:
            return self.person
        name, *options = self.playbook.split()
        return f"{self.person} {place.command(name, options)}".strip()


KINDS: Mapping[str, Kind] = {
    # the app, or the integration
    "app_missing": Kind("high", "The app or integration doesn't exist", _ONBOARD),
    "app_inactive": Kind("high", "The app is inactive", _ONBOARD),
    "app_duplicate": Kind(
        "medium",
        "Several apps have the label, or several integrations the type",
        person="Find out whether the others are in use, and delete them in the Admin Console.",
    ),
    "app_renamed": Kind("low", "The app has another label", _ONBOARD),
    "app_by_secret": Kind(
        "high",
        "The app authenticates with a secret, or not at all, instead of a key",
        _ONBOARD,
        "Set the app to 'Public key / Private key' in the Admin Console, then:",
    ),
    "dpop_off": Kind("medium", "Access tokens aren't bound by DPoP although they should be", _ONBOARD),
    "dpop_on": Kind("medium", "Access tokens are bound by DPoP although they shouldn't be", _ONBOARD),
    "network_open": Kind("medium", "The app can be used from anywhere although it should be limited to network zones", _ONBOARD),
    "network_changed": Kind("medium", "The app is limited to other network zones than it should be", _ONBOARD),
    # keys and secrets
    "key_missing": Kind("high", "The managed public key isn't registered", _ONBOARD),
    "key_inactive": Kind("high", "The managed public key is inactive", _ONBOARD),
    "key_unknown": Kind("high", "An unmanaged public key is registered: the holder of its private key can act as the app", _ONBOARD),
    "key_adopted": Kind(
        "medium",
        "A key, a key set or a secret from before the adoption (rezonate_adopt_existing) still works",
        f"{_ROTATE} -e rezonate_rotation=finish",
        "When Rezonate uses the managed key or secret:",
    ),
    "key_old": Kind(
        "medium", "The managed key or secret is older than rezonate_audit_key_max_age", f"{_ROTATE} -e rezonate_rotation=prepare"
    ),
    "rotation_unfinished": Kind(
        "low",
        "A rotation was interrupted, or has been waiting for more than a week, so two credentials work",
        f"{_ROTATE} -e rezonate_rotation=finish",
    ),
    "secret_missing": Kind("high", "The integration doesn't hold the stored secret", f"{_ONBOARD} -e rezonate_adopt_existing=true"),
    "secret_inactive": Kind("high", "The stored secret is inactive", _ONBOARD),
    "secret_unknown": Kind("high", "The integration holds an unmanaged secret: its holder can act as the integration", _ONBOARD),
    # permissions
    "scope_missing": Kind("medium", "A scope isn't granted", _ONBOARD),
    "scope_surplus": Kind("medium", "An undesired scope with read access is granted", _ONBOARD),
    "scope_manage_surplus": Kind("critical", "An undesired scope with write access is granted", _ONBOARD),
    "role_missing": Kind("high", "An admin role isn't assigned, so scopes can't be used", _ONBOARD),
    "role_surplus": Kind("high", "An undesired admin role is assigned", _ONBOARD),
    "privileges_missing": Kind(
        "medium", "The custom role that can read the org's privileges, or its resource set, doesn't exist", _ONBOARD
    ),
    "privileges_changed": Kind("high", "That custom role has other permissions, or its resource set has other resources", _ONBOARD),
    "privileges_elsewhere": Kind(
        "medium",
        "That custom role has other holders, too",
        person="Find out who assigned it, and remove it in the Admin Console, Security > Administrators.",
    ),
    "super_admin": Kind("critical", "The app or the token's owner is a super admin", _ONBOARD),
    "owner_privileged": Kind(
        "high",
        "The owner of the API token may do more than read",
        person="Remove the owner's other roles in the Admin Console, or supply the token of a user who may only read.",
    ),
    # credentials
    "credential_dead": Kind("high", "Okta issues no access token for the credentials in the vault file", _ONBOARD),
    "token_dead": Kind(
        "high",
        "Okta doesn't accept the API token in the vault file",
        _ONBOARD,
        "Create another token in the Admin Console, set the environment variable REZONATE_READONLY_API_TOKEN to it, then:",
    ),
    "never_proven": Kind("medium", "The credentials were never verified", _ONBOARD),
    "bootstrap_token_alive": Kind(
        "medium",
        "The user whose API token onboarded the tenant has API tokens that are older than the onboarding and still in use",
        person="Revoke those that aren't needed in the Admin Console, Security > API > Tokens.",
    ),
    # checks that couldn't be made
    "vault_unread": Kind("unknown", "The vault file couldn't be read, so the stored credentials are unknown", _AUDIT),
    "app_unknown": Kind("unknown", "The credential of the audit can't read apps or integrations", _AUDIT, _WITH_MORE),
    "keys_unknown": Kind("unknown", "Which keys or secrets are managed is unknown", _AUDIT, "Audit with the vault password:"),
    "key_age_unknown": Kind(
        "unknown",
        "The age of the managed key or secret is unknown, so it may exceed rezonate_audit_key_max_age",
        _AUDIT,
        _WITH_MORE,
    ),
    "privileges_unknown": Kind("unknown", "The credential of the audit can't read custom roles and resource sets", _AUDIT, _WITH_MORE),
    "network_unknown": Kind("unknown", "The credential of the audit can't read network zones", _AUDIT, _WITH_MORE),
    "scopes_unknown": Kind("unknown", "The credential of the audit can't read grants", _AUDIT, _WITH_MORE),
    "roles_unknown": Kind(
        "unknown",
        "The credential of the audit can't read admin roles",
        _AUDIT,
        _AS_SUPER_ADMIN,
    ),
    "credential_unknown": Kind(
        "unknown", "Whether the credentials work couldn't be verified", _AUDIT, "Audit again later, or from another address:"
    ),
    "bootstrap_token_unknown": Kind(
        "unknown",
        "The credential of the audit can't list API tokens",
        _AUDIT,
        _AS_SUPER_ADMIN,
    ),
}


# The remedy of `vault_unread` where no credentials of the tenant are stored.
NEVER_ONBOARDED = Kind(
    "unknown",
    "No credentials of the tenant are stored here",
    _ONBOARD,
    "If the tenant was onboarded from another directory or machine, audit it there. If it never was:",
)
# The remedy where an app under adoption has more permissions than desired.
END_ADOPTION = Kind(
    "unknown",
    "The app is being adopted",
    f"{_ROTATE} -e rezonate_rotation=finish",
    "The app is being adopted, so onboarding removes nothing. When Rezonate uses the new key, finish the adoption, then onboard again:",
)
# What onboarding doesn't remove during an adoption, so another step corrects it.
_NOT_REMOVED = frozenset({"scope_surplus", "scope_manage_surplus", "role_surplus", "super_admin"})
_FOREIGN = frozenset({"key_unknown", "secret_unknown"})


@dataclass(frozen=True)
class FindingText:
    """A finding without its tenant.

    Args:
        kind: the kind, a key of `KINDS`.
        message: a sentence.
        remedied_by: the kind with its remedy, where that is another one.
    """

    kind: str
    message: str
    remedied_by: Kind | None = None

    def during_adoption(self) -> FindingText:
        """The finding for an app or integration under adoption: existing credentials are expected until the adoption is finished."""
        kind = "key_adopted" if self.kind in _FOREIGN else self.kind
        return replace(self, kind=kind, remedied_by=END_ADOPTION if self.kind in _NOT_REMOVED else self.remedied_by)

    def finding(self, place: Place) -> Finding:
        """The finding for the report."""
        kind = KINDS[self.kind]
        return {"id": self.kind, "severity": kind.severity, "message": self.message, "remedy": (self.remedied_by or kind).remedy(place)}
