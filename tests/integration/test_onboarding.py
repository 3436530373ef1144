# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One tenant, as the documentation says: checked, onboarded, onboarded again."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import yaml
from ansible_run import ROOT, Run
from desk import Desk, named, writes
from emulator import openapi, sdk
from emulator.support import same_numbers
from okta_emulator import Entry, Tenant

SCOPE_SETS = yaml.safe_load((ROOT / "roles/rezonate/vars/main.yml").read_text(encoding="utf-8"))["rezonate__scope_sets"]
SCOPES = SCOPE_SETS["1"]["scopes"] + SCOPE_SETS["1"]["optional_scopes"]
