# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a tenant's record is stored: in a file, or as encrypted text that task files load, save and remove."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.errors import StateError
from .identifiers import store_key
from .settings import Settings
from .vault_file_paths import default_vault_file

_SAVED = "rezonate__artifacts"  # the artifacts that this run saved, see roles/rezonate/tasks/store/artifact.yml
_WORK_OF_STORED = ("rotate", "offboard")


def store_location(settings: Settings, host: str, inventory: str | None) -> dict[str, Any]:
    """Return where the record is stored.

    Args:
        settings: the tenant's settings.
        host: the host of the tenant.
        inventory: the directory of the inventory; None where it isn't a file.

    Returns:
        ``store``, one of the choices of rezonate_credential_store; ``path``, its name in messages; ``holds_text``, whether it is encrypted
        text; ``vault_id``; ``tenant`` and ``org_url``; for texts ``key``, ``artifact``, ``controller_name`` and ``tasks``, the task file
        of the store.
    """
    store, key = settings.text("credential_store"), store_key(settings.org_url)
    artifact, controller_name = f"rezonate_stored_credentials_{key}", f"Rezonate {key}"
    names = {
        "file": settings.text("vault_file") or default_vault_file(host, inventory),
        "artifact": f"the artifact {artifact}",
        "controller": f"the controller's credential '{controller_name}'",
        "custom": f"'{key}' of your credential store",
    }
    return {
        "store": store,
        "path": names[store],
        "holds_text": settings.holds_text,
        "vault_id": settings.text("vault_id") or None,
        "key": key,
        "artifact": artifact,
        "controller_name": controller_name,
        "tenant": settings.tenant,
        "org_url": settings.org_url,
        "tasks": settings.text("credential_store_tasks") if store == "custom" else f"store/{store}.yml",
    }


def check_artifact(place: Mapping[str, Any], work: str, variables: Mapping[str, Any]) -> None:
    """Refuse a rotation or an offboarding to which no artifact was passed: an empty record would end it without work, as a success.

    Args:
        place: the location of the record, from `store_location`.
        work: the work of the run.
        variables: the variables of the host.

    Raises:
        StateError: nothing was passed. An empty artifact was passed: it is that of an offboarded tenant.
    """
    name = place["artifact"]
    if place["store"] != "artifact" or work not in _WORK_OF_STORED or name in variables or name in (variables.get(_SAVED) or {}):
        return
    raise StateError(
        f"No stored credentials were passed to this run: rezonate_credential_store is artifact, and the variable {name} is not set."
        " Run it in the workflow that onboarded the tenant, pass the artifact as an extra variable, or use a persistent"
        " rezonate_credential_store."
    )
