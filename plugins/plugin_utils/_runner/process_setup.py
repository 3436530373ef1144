# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preparations in Ansible's main process, so that the workers that it forks for each task are faster.

They don't affect results; docs/performance.md has their measurements. The environment variable REZONATE_PREPARE_FORKS switches them off.
"""

from __future__ import annotations

import gc
import os
from contextlib import suppress

from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE
from ansible.template import Templar

from ...module_utils._okta.tls import preload_default_certificates

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19 all templates are trusted

    def trust_as_template(value: str) -> str:  # type: ignore[misc]  # a replacement
        """Return the template."""
        return value


SWITCH = "REZONATE_PREPARE_FORKS"
# Uses filters and tests of Ansible and Jinja, and the lookups of the role.
_TEMPLATE = "{{ [query('ansible.builtin.vars', 'x'), lookup('ansible.builtin.env', 'HOME')] | first | default('') is mapping }}"


def prepare_forks() -> None:
    """Reduce the cost of forks of this process, unless the environment switches that off."""
    if os.environ.get(SWITCH, "yes").strip().lower() in BOOLEANS_FALSE:
        return
    # The garbage collector of a worker would traverse, and so copy, the whole memory of Ansible.
    os.register_at_fork(after_in_child=gc.freeze)
    # The first template loads these plugins and creates Jinja's lexer.
    with suppress(Exception):  # a template that uses an invalid plugin reports the error
        Templar(loader=None, variables={"x": ""}).template(trust_as_template(_TEMPLATE))
    with suppress(Exception):  # likewise; missing libraries are reported too
        preload_default_certificates()
