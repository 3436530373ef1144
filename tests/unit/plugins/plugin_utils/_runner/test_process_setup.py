# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preparations that all workers inherit from one process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

COLLECTIONS = Path(__file__).resolve().parents[5] / "playbooks" / "collections"
PREPARE = f"""
import gc, os, sys
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader([{str(COLLECTIONS)!r}])
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner import process_setup
"""
CHECKS = {
    "a fork's garbage collector skips existing objects": """
process_setup.prepare_forks()
fork = os.fork()
if not fork:
    os._exit(0 if gc.get_freeze_count() > 10_000 else 1)
assert os.waitpid(fork, 0)[1] == 0 and gc.get_freeze_count() == 0
""",
    "plugins of templates are loaded": """
process_setup.prepare_forks()
for name in ("lookup.env", "lookup.vars", "filter", "test"):
    assert f"ansible_collections.ansible.builtin.plugins.{name}" in sys.modules, name
""",
    "certificates are read": """
from ansible_collections.rezonate.okta.plugins.module_utils._okta import tls
process_setup.prepare_forks()
assert tls._tls_context.cache_info().currsize == 1
""",
    "the switch prevents all preparations": """
from ansible_collections.rezonate.okta.plugins.module_utils._okta import tls
os.environ["REZONATE_PREPARE_FORKS"] = "No"
process_setup.prepare_forks()
fork = os.fork()
if not fork:
    os._exit(gc.get_freeze_count())
assert os.waitpid(fork, 0)[1] == 0
assert tls._tls_context.cache_info().currsize == 0
assert "ansible_collections.ansible.builtin.plugins.lookup.vars" not in sys.modules
""",
    "failed preparations are ignored": """
process_setup.Templar = None
os.environ["REQUESTS_CA_BUNDLE"] = "/made-up/ca.pem"
process_setup.prepare_forks()
""",
}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_forks_are_prepared(check: str) -> None:
    subprocess.run([sys.executable, "-c", PREPARE + check], check=True, timeout=60)
