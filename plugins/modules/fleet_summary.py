#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the summary of a fleet to a file."""

from __future__ import annotations

DOCUMENTATION = r"""
module: fleet_summary
short_description: Write the summary of a fleet to a file
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Writes the summary of a fleet, as the playbook C(rezonate.okta.merge_rezonate_results) assembles it, as JSON. The format is that of
    the callback P(rezonate.okta.fleet#callback).
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.writer
  - rezonate.okta.attributes.controller
  - rezonate.okta.files
attributes:
  diff_mode:
    details:
      - Shows whether the file exists, and its size.
seealso:
  - module: rezonate.okta.merge_results
  - plugin: rezonate.okta.fleet
    plugin_type: callback
options:
  path:
    description:
      - The file. A relative path starts at the working directory. Missing directories are created.
    type: str
    required: true
  summary:
    description:
      - The summary.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Write the summary
  rezonate.okta.fleet_summary:
    path: fleet.json
    summary:
      tenants:
        total: 2
        failed: 0

- name: Write the summary of merged results
  rezonate.okta.fleet_summary:
    path: fleet.json
    summary: "{{ merged.summary }}"

# In an AWX job, which deletes its files with its container, write to a path that is mounted.
- name: Write the summary where the job can keep it
  module_defaults:
    rezonate.okta.fleet_summary:
      path: /reports/fleet.json
  rezonate.okta.fleet_summary:
    summary: "{{ merged.summary }}"
"""

RETURN = r"""
path:
  description: The absolute path of the file.
  returned: success
  type: str
  sample: /srv/okta/fleet.json
"""

from ..module_utils._ansible import run_module
from ..module_utils._audit.fleet_summary import write_fleet_summary
from ..module_utils._core.spec import ModuleSpec

MODULE = ModuleSpec(
    options={"path": {"type": "str", "required": True}, "summary": {"type": "dict", "required": True}},
    run=write_fleet_summary,
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
