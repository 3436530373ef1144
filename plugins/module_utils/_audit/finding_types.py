# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit can find, a table: how bad it is and what mends it. docs/audit.md shows the same table, and a test compares."""

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
    """Where a command that mends a finding is to be run.

    Args:
        host: the tenant's name in the inventory.
        inventory: the sources of the inventory.
        vault_id: the label of the stored credentials; empty where none are known.
    """

    host: str
    inventory: Sequence[str] = ()
    vault_id: str = ""

    def command(self, playbook: str, options: Sequence[str] = (), *, needs_vault: bool = True) -> str:
        """A command line that runs when it is pasted; the vault password is asked for."""
        sources = [word for source in self.inventory for word in ("-i", source)]
        label = "" if self.vault_id == "default" else self.vault_id
        vault = ["--vault-id", f"{label}@prompt"] if needs_vault else []
        return shlex.join(["ansible-playbook", *sources, f"rezonate.okta.{playbook}", "--limit", self.host, *vault, *options])


@dataclass(frozen=True)
class Kind:
    """A kind of finding.

    Args:
        severity: how bad it is; ``unknown`` for a question that couldn't be answered.
        meaning: what it means, for the documentation.
        playbook: the playbook that mends it, with what follows the inventory and the tenant.
        person: what a person has to do, before the playbook or instead of it.
    """

    severity: str
    meaning: str
    playbook: str = ""
    person: str = ""

    def remedy(self, place: Place) -> str:
        """What mends it on a tenant: a command line, or a sentence where no command can."""
        if not self.playbook:
            return self.person
        name, *options = self.playbook.split()
        return f"{self.person} {place.command(name, options)}".strip()


KINDS: Mapping[str, Kind] = {
    # the app, or the integration
    "app_missing": Kind("high", "The app or integration isn't there", _ONBOARD),
    "app_inactive": Kind("high", "The app is switched off", _ONBOARD),
    "app_duplicate": Kind(
        "medium",
        "Several apps have the label, or several integrations the type",
        person="Find out who uses the others, and delete them in the Admin Console.",
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
    "key_missing": Kind("high", "Our public key isn't registered", _ONBOARD),
    "key_inactive": Kind("high", "Our public key is inactive", _ONBOARD),
    "key_unknown": Kind("high", "A public key that isn't ours is registered: whoever has its other half can act as the app", _ONBOARD),
    "key_adopted": Kind(
        "medium",
        "A key, a key set or a secret that was there before the adoption (rezonate_adopt_existing) still works",
        f"{_ROTATE} -e rezonate_rotation=finish",
        "When Rezonate uses our key or secret:",
    ),
    "key_old": Kind("medium", "Our key or secret is older than rezonate_audit_key_max_age", f"{_ROTATE} -e rezonate_rotation=prepare"),
    "rotation_unfinished": Kind(
        "low", "A rotation was cut off, or waits for longer than a week, so two credentials work", f"{_ROTATE} -e rezonate_rotation=finish"
    ),
    "secret_missing": Kind("high", "The integration doesn't hold the secret that we keep", f"{_ONBOARD} -e rezonate_adopt_existing=true"),
    "secret_inactive": Kind("high", "The secret that we keep is inactive", _ONBOARD),
    "secret_unknown": Kind("high", "The integration holds a secret that isn't ours: whoever has it can act as the integration", _ONBOARD),
    # rights
    "scope_missing": Kind("medium", "A scope isn't granted", _ONBOARD),
    "scope_surplus": Kind("medium", "A scope is granted that nobody asked for, to read", _ONBOARD),
    "scope_manage_surplus": Kind("critical", "A scope is granted that nobody asked for, to change things", _ONBOARD),
    "role_missing": Kind("high", "An admin role isn't assigned, so that scopes can't be used", _ONBOARD),
    "role_surplus": Kind("high", "An admin role is held that nobody asked for", _ONBOARD),
    "privileges_missing": Kind("medium", "The custom role that sees the org's privileges, or its resource set, isn't there", _ONBOARD),
    "privileges_changed": Kind("high", "That custom role permits something else, or its resource set covers something else", _ONBOARD),
    "privileges_elsewhere": Kind(
        "medium",
        "That custom role is assigned to somebody else, too",
        person="Find out who assigned it, and take it away in the Admin Console, Security > Administrators.",
    ),
    "super_admin": Kind("critical", "The app or the token's owner is a super admin", _ONBOARD),
    "owner_privileged": Kind(
        "high",
        "The owner of the API token may do more than read",
        person="Take the other roles from the owner in the Admin Console, or hand over the token of a user who may only read.",
    ),
    # credentials
    "credential_dead": Kind("high", "Okta gives no access token for the credentials in the vault file", _ONBOARD),
    "token_dead": Kind(
        "high",
        "Okta doesn't take the API token in the vault file",
        _ONBOARD,
        "Make another token in the Admin Console, put it into the environment variable REZONATE_READONLY_API_TOKEN, then:",
    ),
    "never_proven": Kind("medium", "The credentials were never proven", _ONBOARD),
    "bootstrap_token_alive": Kind(
        "medium",
        "The user whose API token onboarded the tenant has API tokens that are older than that, and in use since",
        person="Revoke those that nobody needs in the Admin Console, Security > API > Tokens.",
    ),
    # what couldn't be told
    "vault_unread": Kind("unknown", "The vault file couldn't be read, so nothing is known of our credentials", _AUDIT),
    "app_unknown": Kind("unknown", "The credential of the audit can't read apps or integrations", _AUDIT, _WITH_MORE),
    "keys_unknown": Kind("unknown", "Which keys or secrets are ours can't be told", _AUDIT, "Audit with the vault password:"),
    "key_age_unknown": Kind(
        "unknown",
        "How old our key or secret is can't be told, so it may be older than rezonate_audit_key_max_age",
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
        "unknown", "Whether the credentials work couldn't be tried", _AUDIT, "Audit again later, or from another address:"
    ),
    "bootstrap_token_unknown": Kind(
        "unknown",
        "The credential of the audit can't list API tokens",
        _AUDIT,
        _AS_SUPER_ADMIN,
    ),
}


# What mends `vault_unread` where no credentials of the tenant are stored at all.
NEVER_ONBOARDED = Kind(
    "unknown",
    "No credentials of the tenant are stored here",
    _ONBOARD,
    "If the tenant was onboarded from another directory or machine, audit it there. If it never was:",
)
# What mends that an app that is being adopted may do more than it should.
END_ADOPTION = Kind(
    "unknown",
    "The app is being adopted",
    f"{_ROTATE} -e rezonate_rotation=finish",
    "The app is being adopted, so onboarding removes nothing. When Rezonate uses the new key, end that, then onboard once more:",
)
# What onboarding doesn't remove while an app or integration is adopted, so that another step mends it.
_LEFT_ALONE = frozenset({"scope_surplus", "scope_manage_surplus", "role_surplus", "super_admin"})
_FOREIGN = frozenset({"key_unknown", "secret_unknown"})


@dataclass(frozen=True)
class FindingText:
    """A finding before it is known where.

    Args:
        kind: the kind, a key of `KINDS`.
        message: a sentence.
        mended_by: what mends it, where that isn't what mends its kind.
    """

    kind: str
    message: str
    mended_by: Kind | None = None

    def while_adopted(self) -> FindingText:
        """The same of an app or integration that is adopted: what was there before us is expected, and stays until that ends."""
        kind = "key_adopted" if self.kind in _FOREIGN else self.kind
        return replace(self, kind=kind, mended_by=END_ADOPTION if self.kind in _LEFT_ALONE else self.mended_by)

    def finding(self, place: Place) -> Finding:
        """What the report takes."""
        kind = KINDS[self.kind]
        return {"id": self.kind, "severity": kind.severity, "message": self.message, "remedy": (self.mended_by or kind).remedy(place)}
