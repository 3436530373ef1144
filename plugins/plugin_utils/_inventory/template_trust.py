# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks values as template or as text, for ansible-core before and since 2.19."""

from __future__ import annotations

from typing import Any

from ansible import template as _template
from ansible.utils.unsafe_proxy import wrap_var

from .row import Value

# Missing before 2.19, where every text is a template unless it is marked as unsafe.
_TRUST: Any = getattr(_template, "trust_as_template", None)


def mark_as_template(template: str) -> Any:
    """Mark a template of this collection as trusted."""
    return template if _TRUST is None else _TRUST(template)


def mark_as_text(value: Value) -> Value:
    """Mark a value of a file as text. Since 2.19 that is the default; before, it is marked only if it could be a template."""
    if _TRUST is None and isinstance(value, str) and ("{" in value or "#jinja2" in value):
        marked: Value = wrap_var(value)
        return marked
    return value
