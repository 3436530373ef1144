# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the bootstrap API token is revoked."""

from __future__ import annotations

from .plan import Plan

_ALWAYS = "always"


def is_revocation_requested(plan: Plan) -> bool:
    """Whether the revocation is requested, and the run can do it."""
    is_requested = plan.option("revoke_bootstrap_token") in ("true", _ALWAYS)
    is_read_only = plan.work == "rotate" and plan.option("rotation") == "status"
    return is_requested and plan.credential.get("kind") == "api_token" and not is_read_only


def is_revocation_due(plan: Plan) -> bool:
    """Whether the token is revoked at the end of this run: always, or only where it is no longer needed."""
    if plan.option("revoke_bootstrap_token") == _ALWAYS:
        return True
    if plan.failed:
        return False
    return plan.has_run("forgotten") if plan.work == "offboard" else plan.is_verified_now
