# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""References to secrets, which are converted to templates that read the secret."""

from __future__ import annotations

import re
from collections.abc import Collection

from ...module_utils._core.errors import InputError

REFERENCE_FORMS = "env:NAME, var:NAME or lookup:PLUGIN:TERM"
_ENVIRONMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*\Z")
_PLUGIN = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*){0,5}\Z")
# The quoted text in the template: no character that can end the quotes, or start another template.
_TERM = re.compile(r"[A-Za-z0-9_./:@=+,?&~ -]+\Z")


def reference_template(reference: str, plugins: Collection[str]) -> str:
    """Convert a reference to the template that reads the secret; the template holds only validated names.

    Args:
        reference: ``env:NAME``, ``var:NAME`` or ``lookup:PLUGIN:TERM``.
        plugins: the permitted lookup plugins.

    Raises:
        InputError: it is no reference, or names another plugin. The message doesn't repeat it, since it may be a secret.
    """
    kind, _colon, rest = reference.partition(":")
    if kind == "env" and _ENVIRONMENT.match(rest):
        return "{{ lookup('ansible.builtin.env', '" + rest + "') }}"
    if kind == "var" and _VARIABLE.match(rest):
        return "{{ " + rest + " }}"
    plugin, _colon, term = rest.partition(":")
    if kind != "lookup" or not _PLUGIN.match(plugin) or not _TERM.match(term):
        raise InputError(f"no reference to a secret, such as {REFERENCE_FORMS}. A plaintext secret isn't accepted.")
    if plugin not in plugins:
        raise InputError("a reference to a lookup plugin that the option lookups doesn't name.")
    return "{{ lookup('" + plugin + "', '" + term + "') }}"
