# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an onboarding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .report_changes import CONSOLE, change_sentence, console_entries, quantity, retained_objects
from .report_facts import Facts

_REMOVED_BY_CALLER = ("oauth", "api_service_integration")  # methods whose credentials only the bootstrap credential can remove


def onboarding_report(facts: Facts) -> list[str]:
    """The sentences of the report."""
    desired = matches_desired_state(facts)
    return [
        f"{facts.subject}: {_status(facts)}.",
        *(_verification(facts) if facts.verbose or not desired else []),
        *facts.coverage,
        *_privileges(facts),
        *_refusal(facts),
        *change_sentence(facts),
        *retained_objects(facts),
        *_owner(facts),
        *_surplus(facts),
        *(_details(facts) if facts.verbose or (facts.is_changed and not desired) else []),
        *_newer_scopes(facts),
        *_previous(facts),
        *_bootstrap(facts),
        *_to_do(facts),
        *_credentials(facts),
    ]


def matches_desired_state(facts: Facts) -> bool:
    """Whether the tenant was in the desired state, and its credentials were verified both before and in this run."""
    if not facts.stored.verified or not facts.is_compared or not facts.flag("verify") or facts.is_barred:
        return False
    return not facts.is_drifted and not facts.of("saved_verification", "changed")


def _status(facts: Facts) -> str:
    scopes = len(facts.listed("verification", "scopes"))
    cases = (
        (not facts.is_compared, "verified; not compared with Okta, since no valid API token or OAuth client was given"),
        (facts.check and not facts.stored.verified, "would be onboarded"),
        (facts.check and facts.is_drifted, "would be changed"),
        (not facts.flag("verify"), "onboarded, not verified (rezonate_verify is false)"),
        (facts.is_barred, "onboarded; not verified, since the app cannot be used from this address"),
        (not matches_desired_state(facts), "onboarded and verified"),
        (True, "matches the desired state; verified" + (f", {quantity(scopes, 'scope')}" if scopes else "")),
    )
    return next(text for applies, text in cases if applies)


def _verification(facts: Facts) -> Iterator[str]:
    if facts.of("verification", "proved") is not None:
        scopes, read = facts.listed("verification", "scopes"), _paths(facts.listed("verification", "proved"))
        bound = ", bound by DPoP" if facts.of("verification", "token_type") == "DPoP" else ""
        number = quantity(len(scopes), "scope") + (f" ({', '.join(scopes)})" if facts.verbose else "")
        tested = f"; read with it: {read}" if read else ""
        noun = "private key" if facts.method == "oauth" else facts.credential
        yield f"Verification: an access token was issued with the {noun} in the vault file{bound}, for {number}{tested}."
    if read := _paths(facts.listed("inspection", "inspected", "proved")):
        yield f"Verification: read with the token: {read}."


def _paths(read: list[Any]) -> str:
    return ", ".join(str(entry.get("path")) for entry in read)


def _refusal(facts: Facts) -> Iterator[str]:
    if facts.is_barred:
        zones = ", ".join(facts.allowed_zones)
        yield f"Not verified from this address: the app can be used from the network zones {zones} only, and Okta refused this address."


def _privileges(facts: Facts) -> Iterator[str]:
    """The access to admin roles that the app lacks."""
    limitation = "Rezonate cannot read admin role assignments, custom roles and resource sets"
    if facts.privileges == "refused":
        yield f"Warning: this org does not support custom admin roles, so {limitation}. To retry: -e rezonate_retry_optional_scopes=true."
    elif facts.privileges == "off" and (facts.verbose or (facts.is_changed and not matches_desired_state(facts))):
        yield f"rezonate_privilege_visibility is false: {limitation}."


def _owner(facts: Facts) -> Iterator[str]:
    """The admin roles of the owner of an API token, unless they are as required and nothing changed."""
    found = facts.of("inspection", "inspected")
    if not found:
        return
    is_read_only = found.get("exact") and found.get("roles") and not found.get("privileged")
    if facts.verbose or not is_read_only or not matches_desired_state(facts):
        yield str(found.get("verdict"))
    if found.get("other_owner"):
        owner = facts.of("inspection", "inspected", "owner", "login")
        expected = facts.options.get("service_user") or "the service user that was created for it"
        yield f"Warning: the token belongs to {owner}, not to {expected}."


def _surplus(facts: Facts) -> Iterator[str]:
    """The access beyond the desired state, where the app or integration is adopted."""
    if not facts.is_compared or not facts.is_adopting:
        return
    if facts.method == "oauth":
        yield from _surplus_of_app(facts)
    elif facts.method == "api_service_integration":
        yield "Unmanaged secrets remain until a rotation is finished (rezonate_adopt_existing)."
        if surplus := "; ".join(facts.listed("integration", "beyond")):
            yield f"Beyond the desired state, and retained since the integration is adopted: {surplus}."


def _surplus_of_app(facts: Facts) -> Iterator[str]:
    if len(facts.listed("app", "app", "authentication")) > 1:
        yield "Unmanaged keys remain on the app until a rotation is finished (rezonate_adopt_existing)."
    scopes = [f"the scope {name}" for name in facts.listed("grants", "surplus")]
    roles = [f"the admin role {name}" for name in facts.listed("roles", "surplus")]
    surplus = "; ".join([*facts.listed("app", "beyond"), *scopes, *roles])
    if surplus and not facts.of("app", "created"):
        yield (
            f"Beyond the desired state, and retained since the app is adopted: {surplus}. After a finished rotation"
            " (-e rezonate_rotation=finish) the next onboarding brings the app to the desired state."
        )


def _details(facts: Facts) -> Iterator[str]:
    """Details that are reported after a change."""
    remediates = facts.flag("remediation")
    if facts.method == "oauth":
        if missing := _unavailable(facts):
            yield f"Optional scopes that are not available in this org: {', '.join(missing)}."
        if remediates:
            groups = ", ".join(facts.words("remediation_resource_groups"))
            yield f"Remediation: the app can manage users and groups{f' of {groups}' if groups else ''}."
    elif facts.method == "api_service_integration" and remediates:
        yield (
            "Remediation: an integration is limited by its scopes only. Okta cannot change the scopes of an existing integration;"
            " rezonate_recreate replaces it."
        )
    if tokens := facts.listed("inspection", "inspected", "tokens"):
        yield f"API tokens of that owner: {', '.join(_token(token) for token in tokens)}."


def _unavailable(facts: Facts) -> list[str]:
    is_retried = facts.flag("retry_optional_scopes") or not facts.stored.verified
    before = [] if is_retried else facts.known.get("unavailable_scopes", [])
    return sorted({*before, *facts.listed("grants", "unavailable")})


def _token(token: Mapping[str, Any]) -> str:
    """A token's name and its network restriction. Okta doesn't report which of an owner's tokens was supplied."""
    network = token.get("network") or {}
    if network.get("connection", "ANYWHERE") == "ANYWHERE":
        return str(token.get("name"))
    included, excluded = network.get("include"), network.get("exclude") or []
    where = f"only from the network zones {', '.join(included)}" if included else f"not from the network zones {', '.join(excluded)}"
    return f"{token.get('name')} ({where})"


def _newer_scopes(facts: Facts) -> Iterator[str]:
    newest, own = max(facts.scope_sets, default=0), facts.stored.scopes_version
    if facts.method != "oauth" or own >= newest:
        return
    added = ", ".join(name for name in facts.scope_sets[newest] if name not in facts.scope_sets.get(own, ()))
    if added:
        yield (
            f"Newer default scopes exist (version {newest}); this tenant uses version {own}."
            f" To use them: -e rezonate_scopes_version={newest}. Added by them: {added}."
        )


def _previous(facts: Facts) -> Iterator[str]:
    """The credentials of previous methods."""
    previous = [name for name in facts.stored.methods if name != facts.method]
    removed = [name for name in previous if _is_removed(facts, name)]
    if removed:
        yield f"Removed: the credentials of {', '.join(removed)}."
    elif previous:
        yield (
            f"No longer used: the credentials of {', '.join(previous)}, which are stored in the vault file under previous."
            " When Rezonate uses the new ones, remove them with -e rezonate_retire_previous=true."
        )


def _is_removed(facts: Facts, method: str) -> bool:
    if facts.check or not facts.flag("retire_previous") or not facts.is_compared or not facts.is_verified:
        return False
    return "adopted" not in facts.stored.methods[method] and (bool(facts.caller) or method not in _REMOVED_BY_CALLER)


def _bootstrap(facts: Facts) -> Iterator[str]:
    yield from facts.revocation_sentence()
    is_asked = facts.revokes_bootstrap_token and facts.options.get("revoke_bootstrap_token") != "always"
    if is_asked and not facts.is_verified:
        yield "The bootstrap API token was not revoked, since the credentials are not verified."


def _is_in_use(facts: Facts) -> bool:
    """Whether Rezonate already uses credentials of this method, so that only new values must be entered."""
    return facts.was_onboarded and not facts.stored.changes_method


def _to_do(facts: Facts) -> Iterator[str]:
    if not _is_in_use(facts):
        return
    updates = console_entries(facts)
    if updates:
        yield f"To do: {CONSOLE}{'; '.join(updates)} {'would have to be' if facts.check else 'must be'} updated."
    elif facts.changes_tenant:
        yield "To do: nothing; the entries in the Rezonate console remain valid."


def _credentials(facts: Facts) -> Iterator[str]:
    """Where new or changed credentials are stored, and what to enter the first time."""
    is_first = facts.is_changed and not _is_in_use(facts)
    if facts.check or not (is_first or console_entries(facts)):
        return
    yield f"Credentials: {facts.stored.path}"
    yield f"View them: {facts.stored.view_command}"
    if is_first:
        yield f"{CONSOLE}Settings > Cloud Integrations > New Integration > Okta{_console_fields(facts)}"


def _console_fields(facts: Facts) -> str:
    domain = facts.org_url.partition("://")[2]
    if facts.method == "oauth":
        app = facts.of("app", "app", "id") or facts.known.get("application_id")
        return f": tenant id {facts.tenant}, application id {app}, private key: rezonate_credentials.private_key of that file."
    if facts.method == "api_token":
        return f": domain {domain}, API key: rezonate_credentials.api_token of that file."
    client = facts.of("integration", "client_id") or facts.known.get("client_id")
    return (
        f' > "I have store integration": domain {domain}, client id {client},'
        " client secret: rezonate_credentials.client_secret of that file."
    )
