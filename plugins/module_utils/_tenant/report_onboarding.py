# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an onboarding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .report_changes import CONSOLE, changed, count, entries, left
from .report_facts import Facts

_DELETED = ("oauth", "api_service_integration")  # credentials that only the bootstrap credential can remove


def onboarding(facts: Facts) -> list[str]:
    """The sentences of the report."""
    desired = is_desired(facts)
    return [
        f"{facts.subject}: {_status(facts)}.",
        *(_verification(facts) if facts.verbose or not desired else []),
        *facts.coverage,
        *_privileges(facts),
        *_refusal(facts),
        *changed(facts),
        *left(facts),
        *_owner(facts),
        *_beyond(facts),
        *(_details(facts) if facts.verbose or (facts.is_changed and not desired) else []),
        *_newer_scopes(facts),
        *_previous(facts),
        *_bootstrap(facts),
        *_to_do(facts),
        *_credentials(facts),
    ]


def is_desired(facts: Facts) -> bool:
    """Whether the tenant was found in the desired state, and its credentials were verified, before and in this run."""
    if not facts.stored.proven or not facts.is_compared or not facts.flag("verify") or facts.is_barred:
        return False
    return not facts.is_drifted and not facts.of("saved_proof", "changed")


def _status(facts: Facts) -> str:
    scopes = len(facts.listed("proof", "scopes"))
    cases = (
        (not facts.is_compared, "proven, not compared with Okta, since no API token or OAuth client that is alive was given"),
        (facts.check and not facts.stored.proven, "would be onboarded"),
        (facts.check and facts.is_drifted, "would be changed"),
        (not facts.flag("verify"), "onboarded, not verified (rezonate_verify is false)"),
        (facts.is_barred, "onboarded; not proven, since the app can not be used from here"),
        (not is_desired(facts), "onboarded and proven"),
        (True, "as it should be; verified" + (f", {count(scopes, 'scope')}" if scopes else "")),
    )
    return next(words for holds, words in cases if holds)


def _verification(facts: Facts) -> Iterator[str]:
    if facts.of("proof", "proved") is not None:
        scopes, read = facts.listed("proof", "scopes"), _paths(facts.listed("proof", "proved"))
        bound = ", bound by DPoP" if facts.of("proof", "token_type") == "DPoP" else ""
        number = count(len(scopes), "scope") + (f" ({', '.join(scopes)})" if facts.verbose else "")
        tried = f"; tried with it: {read}" if read else ""
        yield f"Proof: an access token was minted with the {facts.credential} in the vault file{bound}, for {number}{tried}."
    if read := _paths(facts.listed("inspection", "inspected", "proved")):
        yield f"Proof: read with the token: {read}."


def _paths(read: list[Any]) -> str:
    return ", ".join(str(entry.get("path")) for entry in read)


def _refusal(facts: Facts) -> Iterator[str]:
    if facts.is_barred:
        zones = ", ".join(facts.limits)
        yield f"Not proven from here: the app may be used from the network zones {zones} only, and Okta refused this address."


def _privileges(facts: Facts) -> Iterator[str]:
    """What the app doesn't see of who may do what in the org."""
    blind = "Rezonate doesn't see who holds which admin role, custom roles and resource sets"
    if facts.privileges == "refused":
        yield f"Warning: this org takes no custom admin role, so {blind}. To try again: -e rezonate_retry_optional_scopes=true."
    elif facts.privileges == "off" and (facts.verbose or (facts.is_changed and not is_desired(facts))):
        yield f"rezonate_privilege_visibility is false: {blind}."


def _owner(facts: Facts) -> Iterator[str]:
    """What the owner of an API token may do, unless nothing is new and it is as it has to be."""
    found = facts.of("inspection", "inspected")
    if not found:
        return
    is_read_only = found.get("exact") and found.get("roles") and not found.get("privileged")
    if facts.verbose or not is_read_only or not is_desired(facts):
        yield str(found.get("verdict"))
    if found.get("other_owner"):
        owner = facts.of("inspection", "inspected", "owner", "login")
        expected = facts.options.get("service_user") or "the service user that was made for it"
        yield f"Warning: the token belongs to {owner}, not to {expected}."


def _beyond(facts: Facts) -> Iterator[str]:
    """What is beyond the desired state, where the app or integration is adopted."""
    if not facts.is_compared or not facts.is_adopting:
        return
    if facts.method == "oauth":
        yield from _beyond_app(facts)
    elif facts.method == "api_service_integration":
        yield "Secrets that are not ours stay until a rotation is finished (rezonate_adopt_existing)."
        if beyond := "; ".join(facts.listed("integration", "beyond")):
            yield f"Beyond the desired state, and left alone since the integration is adopted: {beyond}."


def _beyond_app(facts: Facts) -> Iterator[str]:
    if len(facts.listed("app", "app", "authentication")) > 1:
        yield "Keys that are not ours stay on the app until a rotation is finished (rezonate_adopt_existing)."
    scopes = [f"the scope {name}" for name in facts.listed("grants", "surplus")]
    roles = [f"the admin role {name}" for name in facts.listed("roles", "surplus")]
    beyond = "; ".join([*facts.listed("app", "beyond"), *scopes, *roles])
    if beyond and not facts.of("app", "created"):
        yield (
            f"Beyond the desired state, and left alone since the app is adopted: {beyond}. After a finished rotation"
            " (-e rezonate_rotation=finish) the next onboarding brings the app to the desired state."
        )


def _details(facts: Facts) -> Iterator[str]:
    """What a person may want to know once."""
    acts = facts.flag("remediation")
    if facts.method == "oauth":
        if missing := _unavailable(facts):
            yield f"Optional scopes that this org does not have: {', '.join(missing)}."
        if acts:
            groups = ", ".join(facts.words("remediation_resource_groups"))
            yield f"Remediation: the app may act on users and groups{f' of {groups}' if groups else ''}."
    elif facts.method == "api_service_integration" and acts:
        yield (
            "Remediation: an integration acts by its scopes alone. Okta can not change the scopes of one that is there;"
            " rezonate_recreate replaces it."
        )
    if tokens := facts.listed("inspection", "inspected", "tokens"):
        yield f"API tokens of that owner: {', '.join(_token(token) for token in tokens)}."


def _unavailable(facts: Facts) -> list[str]:
    is_retried = facts.flag("retry_optional_scopes") or not facts.stored.proven
    before = [] if is_retried else facts.known.get("unavailable_scopes", [])
    return sorted({*before, *facts.listed("grants", "unavailable")})


def _token(token: Mapping[str, Any]) -> str:
    """A token's name, and from where it may be used. Okta doesn't tell which of an owner's tokens is which."""
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
    """The credentials of methods that were used before."""
    previous = [name for name in facts.stored.methods if name != facts.method]
    removed = [name for name in previous if _is_removed(facts, name)]
    if removed:
        yield f"Taken away: the credentials of {', '.join(removed)}."
    elif previous:
        yield (
            f"No longer used: the credentials of {', '.join(previous)}, which the vault file keeps under previous."
            " When Rezonate uses the new ones, remove them with -e rezonate_retire_previous=true."
        )


def _is_removed(facts: Facts, method: str) -> bool:
    if facts.check or not facts.flag("retire_previous") or not facts.is_compared or not facts.is_verified:
        return False
    return "adopted" not in facts.stored.methods[method] and (bool(facts.caller) or method not in _DELETED)


def _bootstrap(facts: Facts) -> Iterator[str]:
    yield from facts.revoked()
    is_asked = facts.revokes_bootstrap_token and facts.options.get("revoke_bootstrap_token") != "always"
    if is_asked and not facts.is_verified:
        yield "The bootstrap API token was not revoked, since the credentials are not proven."


def _is_in_use(facts: Facts) -> bool:
    """Whether Rezonate has credentials of this method, so that a person enters only what is new."""
    return facts.was_onboarded and not facts.stored.moves


def _to_do(facts: Facts) -> Iterator[str]:
    if not _is_in_use(facts):
        return
    anew = entries(facts)
    if anew:
        yield f"To do: {CONSOLE}{'; '.join(anew)} {'would have to be' if facts.check else 'has to be'} entered anew."
    elif facts.changes_tenant:
        yield "To do: nothing; what was entered in the Rezonate console stays valid."


def _credentials(facts: Facts) -> Iterator[str]:
    """Where the credentials are, if they are new or changed, and what to enter the first time."""
    is_first = facts.is_changed and not _is_in_use(facts)
    if facts.check or not (is_first or entries(facts)):
        return
    yield f"Credentials: {facts.stored.path}"
    yield f"View them: {facts.stored.view_command}"
    if is_first:
        yield f"{CONSOLE}Settings > Cloud Integrations > New Integration > Okta{_console(facts)}"


def _console(facts: Facts) -> str:
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
