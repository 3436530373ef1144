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

from ansible.plugins.loader import filter_loader, lookup_loader, test_loader
from ansible.template import Templar


def prepare_forks() -> None:
    """Make what is forked from this process cheaper."""
    # A worker's garbage collector would look through all that Ansible has in memory, and so make a copy of it.
    os.register_at_fork(after_in_child=gc.freeze)
    # Each worker would load these anew: Ansible does so with the first template that uses one, and Jinja's lexer likewise.
    for loader, name in ((filter_loader, "first"), (test_loader, "mapping"), (lookup_loader, "vars"), (lookup_loader, "env")):
        with suppress(Exception):  # whatever is wrong with a plugin, the template that uses it says so
            loader.get(f"ansible.builtin.{name}")
    with suppress(Exception):  # likewise
        Templar(loader=None).environment.from_string("{{ x }}")
