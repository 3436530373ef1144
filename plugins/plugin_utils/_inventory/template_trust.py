# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible may take for a template, and what has to stay text, before and since ansible-core 2.19."""

from __future__ import annotations

from typing import Any

from ansible import template as _template
from ansible.utils.unsafe_proxy import wrap_var

from .row import Value

# Before 2.19 there is none: every text is a template but one that says otherwise.
_TRUST: Any = getattr(_template, "trust_as_template", None)


def trusted(template: str) -> Any:
    """Mark a template that we made ourselves as one."""
    return template if _TRUST is None else _TRUST(template)


def text(value: Value) -> Value:
    """Mark a value of a file as no template. Since 2.19 it is none anyway; before, it is marked only where it could be one."""
    if _TRUST is None and isinstance(value, str) and ("{" in value or "#jinja2" in value):
        marked: Value = wrap_var(value)
        return marked
    return value
