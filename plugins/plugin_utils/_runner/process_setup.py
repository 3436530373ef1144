# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done once in Ansible's main process, so that the workers that it forks, one for each task, needn't do it.

Nothing here is needed for a result; docs/performance.md says what it is worth.
"""

from __future__ import annotations

import gc
import os
from contextlib import suppress

from ansible.template import Templar

from ...module_utils._okta.tls import read_usual_certificates

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19 everything is trusted

    def trust_as_template(value: str) -> str:  # type: ignore[misc]  # a stand-in
        """Give it back."""
        return value


# Filters and tests of Ansible's and of Jinja's, and the lookups that the role uses.
_TEMPLATE = "{{ [query('ansible.builtin.vars', 'x'), lookup('ansible.builtin.env', 'HOME')] | first | default('') is mapping }}"


def prepare_forks() -> None:
    """Make what is forked from this process cheaper."""
    # A worker's garbage collector would look through all that Ansible has in memory, and so make a copy of it.
    os.register_at_fork(after_in_child=gc.freeze)
    # With the first template Ansible loads such plugins, and Jinja makes its lexer.
    with suppress(Exception):  # whatever is wrong with a plugin, the template that needs it says so
        Templar(loader=None, variables={"x": ""}).template(trust_as_template(_TEMPLATE))
    with suppress(Exception):  # likewise the call that needs them; or the libraries aren't there, which is told too
        read_usual_certificates()
