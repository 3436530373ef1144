# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``tenant_settings`` on the controller: reads and templates the role's variables; no secret leaves this process."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible.template import Templar

from ...module_utils._core.errors import InputError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.options import OPTIONS
from ...module_utils._tenant.settings import Settings, check_settings, resolve_settings
from ...module_utils._tenant.stores import store_location
from ...module_utils._tenant.tokens import CredentialChoice, calling_credential, refuse_shared, used_credentials
from ...module_utils._tenant.variable_names import unknown_names
from .._runner.in_process import InProcessAction, run_folder
from .._runner.plain_values import plain_value
from .._runner.prompt import is_attended
from .._runner.token_ledger import TokenLedger, Use, fingerprint

# The variables that determine which credential is used for which org.
_CREDENTIAL_VARIABLES = tuple(
    f"rezonate_{name}"
    for name in (
        "tenant_id",
        "okta_domain",
        "org_url",
        "method",
        "shared_token",
        "okta_api_token",
        "okta_api_tokens",
        "okta_client_id",
        "readonly_api_token",
        "audit_api_token",
        "audit_client_id",
    )
)
_LOOKUP = re.compile(r"\b(?:lookup|query|q)\s*\(\s*(?:['\"]([\w.]+)['\"])?")
_LOCAL_LOOKUPS = ("env", "vars", "varnames", "file", "ini", "csvfile", "config", "")
_WORD = re.compile(r"[A-Za-z_]\w*")


class SettingsReader(InProcessAction):
    """Reads the role's variables of the host and, to detect shared credentials, of the other hosts of the play."""

    @property
    def host(self) -> str:
        """The host that represents the tenant."""
        return str(self._variables["inventory_hostname"])

    def resolve_settings(self, call: Call, work: str) -> tuple[Settings, CredentialChoice | None]:
        """The settings of the host, and the credential for calls to its org.

        Raises:
            InputError: a variable is invalid.
        """
        host = self.host
        for warning in unknown_names(map(str, self._variables)):
            call.warn(warning)
        settings = resolve_settings(_templated_variables(OPTIONS, self._variables, self._templar), host)
        credential = calling_credential(settings, host, work, os.environ)
        self._refuse_shared(settings, host, work)
        check_settings(settings, work, has_credential=credential is not None)
        return settings, credential

    def _refuse_shared(self, settings: Settings, host: str, work: str) -> None:
        choices = used_credentials(settings, host, work, os.environ)
        folder = run_folder()
        if settings.flag("shared_token") or not choices or not folder.is_dir():
            return
        hosts = [str(name) for name in self._variables.get("ansible_play_hosts_all") or [host]]
        ledger = TokenLedger(folder)
        survey = fingerprint(f"{work} {' '.join(sorted(hosts))}")
        ledger.add(_credential_uses(settings, choices), survey, lambda: self._other_uses(hosts, host, work))
        for choice in choices:
            refuse_shared(choice, ledger.orgs(fingerprint(choice.value)))

    def _other_uses(self, hosts: Iterable[str], host: str, work: str) -> Iterator[Use]:
        """The credentials that other hosts would use; hosts are skipped whose variables can't be resolved, or only at a cost."""
        for other in hosts:
            if other == host:
                continue
            try:
                variables = self._variables_of(other)
                if not all(_is_local(variables.get(name), variables) for name in _CREDENTIAL_VARIABLES):
                    continue
                given = _templated_variables(_CREDENTIAL_VARIABLES, variables, Templar(loader=self._loader, variables=variables))
                settings = _resolve_or_unnamed(given, other)
                yield from _credential_uses(settings, used_credentials(settings, other, work, os.environ))
            except Exception:  # noqa: BLE001, S112 - the other host reports errors in its variables
                continue

    def _variables_of(self, host: str) -> dict[str, Any]:
        """All variables of another host in this play, including those of the role; untemplated."""
        manager = self._variables["hostvars"]._variable_manager  # noqa: SLF001 - hostvars lack the variables of play and role
        found: dict[str, Any] = manager.get_vars(
            play=_play_of(self._task),
            host=manager._inventory.get_host(host),  # noqa: SLF001 - likewise
            task=self._task,
            include_hostvars=False,
        )
        return found


class TenantSettingsAction(SettingsReader):
    """Returns the settings without secrets."""

    can_ship = False

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work."""
        settings, credential = self.resolve_settings(call, str(call.params["work"]))
        return Outcome(
            values={
                "tenant": settings.tenant,
                "org_url": settings.org_url,
                "method": settings.text("method"),
                "attended": is_attended(self._variables),
                "caller": credential.kind if credential else "",
                "credential": credential.reference() if credential else {},
                "options": settings.public(),
                "store": store_location(settings, self.host, None),
            }
        )


def _resolve_or_unnamed(given: Mapping[str, Any], host: str) -> Settings:
    """The settings of a host; one with an invalid org is regarded as a distinct org."""
    try:
        return resolve_settings(given, host)
    except InputError:
        others = {name: value for name, value in given.items() if name not in ("rezonate_tenant_id", "rezonate_okta_domain")}
        return resolve_settings({**others, "rezonate_org_url": f"https://{fingerprint(host)[:40]}.invalid"}, "unnamed")


def _play_of(task: Any) -> Any:
    """The play that a task belongs to."""
    parent = task._parent  # noqa: SLF001 - 2.16 has no public attribute
    while parent is not None and getattr(parent, "_play", None) is None:
        parent = parent._parent  # noqa: SLF001 - likewise
    return getattr(parent, "_play", None)


def _credential_uses(settings: Settings, choices: Iterable[CredentialChoice]) -> list[Use]:
    return [(fingerprint(choice.value), settings.org_url) for choice in choices]


def _templated_variables(names: Iterable[str], variables: Mapping[str, Any], templar: Any) -> dict[str, Any]:
    """The variables that are set, templated, in Python's own types."""
    found = {name: templar.template(variables[name]) for name in names if name in variables}
    omitted = variables.get("omit")
    return {name: _plain_or_date(value) for name, value in found.items() if not (isinstance(value, str) and omitted and value == omitted)}


def _plain_or_date(value: Any) -> Any:
    return value if isinstance(value, (dt.date, dt.time)) else plain_value(value)


def _is_local(raw: Any, variables: Mapping[str, Any], depth: int = 5) -> bool:
    """Whether a variable can be resolved for another host with local lookups only, which have no side effects."""
    if not isinstance(raw, str) or "{{" not in raw:
        return True
    if depth == 0 or any(name.rpartition(".")[2] not in _LOCAL_LOOKUPS for name in _LOOKUP.findall(raw)):
        return False
    others = {name for name in _WORD.findall(raw) if isinstance(variables.get(name), str)}
    return all(_is_local(variables[name], variables, depth - 1) for name in others if variables[name] is not raw)
