# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the bootstrap API token is given back."""

from __future__ import annotations

from .plan import Plan

_ALWAYS = "always"


def is_wanted(plan: Plan) -> bool:
    """Whether it is to be given back where all goes well."""
    asked = plan.option("revoke_bootstrap_token") in ("true", _ALWAYS)
    only_looks = plan.work == "rotate" and plan.option("rotation") == "status"
    return asked and plan.credential.get("kind") == "api_token" and not only_looks


def is_due(plan: Plan) -> bool:
    """Whether it goes now, at the end of the run: whatever came of it, or where it isn't needed any more."""
    if plan.option("revoke_bootstrap_token") == _ALWAYS:
        return True
    if plan.failed:
        return False
    return plan.has_run("forgotten") if plan.work == "offboard" else plan.is_shown
