# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a command line of ansible-playbook that are known to hold no secret: its options, and variables of this collection."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from ansible.errors import AnsibleError
from ansible.parsing.splitter import parse_kv

from .causes import has_secret

_MAX_VARIABLES = 65536  # characters of an extra variable's text

_PATH = r"[\w./~%+, -]+"
_WORD = r"[\w.-]+"
_WORDS = r"[\w .()/-]{1,100}"
_NUMBER = r"\d{1,6}"
_SWITCH = r"(?i:true|false|yes|no|on|off|y|n|t|f|[01])"
_SCOPE = r"okta\.[A-Za-z]+(?:\.[A-Za-z]+)*"
_ROLE = r"[A-Z]+(?:_[A-Z]+)*"
# no user and password before a host, and only a port after it
_INVENTORY = r"(?:[\w./~%+, *-]|:\d{1,5}(?=,|$)|\[\w+:\w+\])+"

# Options without a value.
_LETTERS = "hvbCDkKJ"
_LONG = (
    "help version verbose become check diff ask-pass ask-become-pass ask-vault-password ask-vault-pass flush-cache force-handlers"
    " list-hosts list-tasks list-tags syntax-check step"
)
FLAGS = frozenset([*(f"-{letter}" for letter in _LETTERS), *(f"--{name}" for name in _LONG.split())])
# Options with a value: the pattern of values without a secret; None if there is none.
VALUES: dict[str, str | None] = {
    **dict.fromkeys(("-i", "--inventory", "--inventory-file"), _INVENTORY),
    **dict.fromkeys(("-t", "--tags", "--skip-tags"), r"[\w.,:-]+"),
    **dict.fromkeys(("-f", "--forks", "-T", "--timeout"), _NUMBER),
    **dict.fromkeys(("-c", "--connection", "--become-method", "-u", "--user", "--become-user"), _WORD),
    **dict.fromkeys(("-M", "--module-path"), r"[\w./~%+, :-]+"),
    **dict.fromkeys(("--private-key", "--key-file", "--become-password-file", "--become-pass-file"), _PATH),
    **dict.fromkeys(("--connection-password-file", "--conn-pass-file", "--vault-password-file", "--vault-pass-file"), _PATH),
    "--vault-id": rf"(?:{_WORD}@)?{_PATH}",
    **dict.fromkeys(("-e", "--extra-vars"), rf"@{_PATH}"),
    **dict.fromkeys(("-l", "--limit", "--start-at-task"), None),
    **dict.fromkeys(("--ssh-common-args", "--sftp-extra-args", "--scp-extra-args", "--ssh-extra-args"), None),
}
# Synonyms of options; an abbreviation of both is not ambiguous.
SYNONYMS = {
    "--inventory-file": "--inventory",
    "--key-file": "--private-key",
    "--ask-vault-pass": "--ask-vault-password",
    "--become-pass-file": "--become-password-file",
    "--conn-pass-file": "--connection-password-file",
    "--vault-pass-file": "--vault-password-file",
}
PLAYBOOK = re.compile(r"[\w./~%+ -]*\.(?:ya?ml|json)|[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*){2,}")


def _patterns(names: str, pattern: str) -> dict[str, re.Pattern[str]]:
    return dict.fromkeys((f"rezonate_{name}" for name in names.split()), re.compile(pattern))


# Variables of the role and the playbooks, with the pattern of their values, or of the members of lists. A token that is assigned to a
# switch by mistake doesn't match.
VARIABLES: dict[str, re.Pattern[str]] = {
    **_patterns(
        "adopt_existing allow_privileged_token audit_coverage audit_dpop backup confirm dpop exclusive keep_app merge_fail okta_dpop"
        " privilege_visibility recreate remediation require_drift_check retire_previous retry_optional_scopes shared_token validate_certs"
        " verify verify_coverage",
        _SWITCH,
    ),
    **_patterns("revoke_bootstrap_token", rf"{_SWITCH}|always"),
    **_patterns("concurrency key_size max_retries scopes_version timeout wave_max_fail_percentage", _NUMBER),
    **_patterns("waves", rf"{_NUMBER}%?"),
    **_patterns("audit_key_max_age rotation_max_age", rf"{_NUMBER}[hdw]?"),
    **_patterns("audit_fail_on", "critical|high|medium|low|never"),
    **_patterns("credential_store", "file|artifact|controller|custom"),
    **_patterns("merge_expects", "onboard|rotate_(?:prepare|finish|abort|status)|offboard|audit"),
    **_patterns("method", "oauth|api_service_integration|api_token"),
    **_patterns("rotation", "prepare|finish|abort|status"),
    **_patterns("scopes optional_scopes remediation_scopes", _SCOPE),
    **_patterns("remediation_permissions", r"okta\.[\w.]+"),
    **_patterns("admin_roles remediation_admin_roles", _ROLE),
    **_patterns("source_addresses", r"[0-9A-Fa-f.:/-]{1,90}"),
    **_patterns("ca_path credential_store_tasks report_dir report_merge summary_file vault_file", _PATH),
    **_patterns("okta_domain tenant_id vault_id application_id api_service_type", _WORD),
    **_patterns("org_url", r"(?:https://)?[\w.-]+(?::\d{1,5})?/?"),
    **_patterns("app_label network_zone_name network_zones remediation_resource_groups", _WORDS),
}


def is_secret_free(option: str, value: str) -> bool:
    """Whether the value of an option is known to hold no secret."""
    pattern = VALUES.get(option)
    return pattern is not None and re.fullmatch(pattern, value) is not None and not has_secret(value)


def secret_free_variables(text: str) -> tuple[str, bool]:
    """Return the extra variables that are known to hold no secret, in the same notation, and whether these are all.

    The text is generated, since the original can hold comments and duplicate names.
    """
    given = _parse_variables(text)
    safe = {name: value for name, value in given.items() if name in VARIABLES and _matches(VARIABLES[name], value)}
    if not safe:
        return "", False
    is_plain = text[0] not in "[{" and not any(character in str(value) for value in safe.values() for character in " \\'\"=")
    written = " ".join(f"{name}={value}" for name, value in safe.items()) if is_plain else json.dumps(safe, ensure_ascii=False)
    return written, len(safe) == len(given)


def _parse_variables(text: str) -> Mapping[str, Any]:
    """Parse extra variables as Ansible does; empty if they are invalid."""
    if not text or len(text) > _MAX_VARIABLES:
        return {}
    try:
        found = yaml.safe_load(text) if text[0] in "[{" else parse_kv(text)
    except (yaml.YAMLError, AnsibleError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    if isinstance(value, list):
        return all(_matches(pattern, one) for one in _list_members(value))
    return isinstance(value, (bool, int, str)) and pattern.fullmatch(str(value)) is not None and not has_secret(str(value))


def _list_members(values: Iterable[Any]) -> list[Any]:
    """The members of a list; a nested list never matches."""
    return [None if isinstance(value, list) else value for value in values]
