#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the report of an audit of many tenants."""

from __future__ import annotations

DOCUMENTATION = r"""
module: audit_report
short_description: Write the report of an audit as JSON, JUnit XML and HTML
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Writes the results of an audit of many Okta tenants to three files in a directory, C(audit.json) for programs,
    C(audit.junit.xml) for CI, and C(audit.html) for people.
  - The HTML page is one file that works offline. It loads and sends nothing, and shows every text from Okta as text.
  - With O(merge), the reports of the slices of a fleet are merged into one.
  - It sends no request to Okta. The results are given as O(tenants).
notes:
  - The report names apps, keys and findings, and contains no secret.
  - If C(audit.json) exists and isn't a report of this module, the module fails and nothing is written.
  - In C(audit.junit.xml), a tenant is a test suite. A finding is a failure, a finding with the severity V(unknown) is
    skipped, and a tenant that can't be audited is an error.
  - The members of a tenant and of C(audit.json) are described in C(docs/audit-schema.md) of this collection, with a sample.
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.writer
  - rezonate.okta.attributes.controller
  - rezonate.okta.files
  - rezonate.okta.files.private
attributes:
  diff_mode:
    details:
      - Shows the numbers of the report, not the findings.
seealso:
  - module: rezonate.okta.okta_audit_info
  - module: rezonate.okta.collect_audits
options:
  path:
    description:
      - The directory of the three files. It is created if it is missing.
      - A relative path starts at the working directory, V(~) is the home of the user who runs Ansible.
    type: path
    required: true
  tenants:
    description:
      - The audited tenants, as M(rezonate.okta.okta_audit_info) returns each of them.
      - Missing members count as null or empty, unknown members are ignored, and a member of a wrong type fails the module.
      - Several hosts of one org are one tenant with the findings of all of them.
      - A C(status) that contradicts its C(findings) is corrected, so that a tenant with findings is never clean.
      - Without it, the report contains the tenants of O(merge) only.
    type: list
    elements: dict
  merge:
    description:
      - Files of other reports, each an C(audit.json), whose tenants are added.
      - If several contain the same org, identified by its C(org_url), the one with the latest C(audited_at) is used. Of equal ones it is
        the one in O(tenants), or else the last one in this list.
      - With the C(audit.json) in O(path) itself, the tenants that this run did not audit remain in the report.
      - Without it, the report contains O(tenants) only.
    type: list
    elements: path
  fail_on:
    description:
      - The lowest severity for which the module fails after the report is written. It then also fails for tenants that can't be
        audited. Findings of severity V(unknown) never fail it. The failed result has the values of a successful one, and
        RV(findings_reached).
      - With V(never), findings don't fail the module.
    type: str
    choices: [never, critical, high, medium, low]
    default: never
  generated_at:
    description:
      - The time of the report (ISO 8601). A time without an offset is UTC.
      - If only this time would change, nothing is written.
      - Without it, the current time is used.
    type: str
"""

EXAMPLES = r"""
- name: Write the report of one tenant
  rezonate.okta.audit_report:
    path: rezonate-report
    tenants:
      - tenant: acme
        org_url: https://acme.okta.com
        status: findings
        method: oauth
        audited_at: "2026-01-31T12:00:00Z"
        audited_as: api_token
        app:
          id: 0oa1gjh63g214q0Hq0g4
          label: Rezonate
          status: ACTIVE
          created: "2025-06-01T09:30:00.000Z"
        keys:
          - kid: NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
            status: ACTIVE
            created: "2025-06-01T09:30:00.000Z"
            age_days: 244
            ours: true
        scopes:
          wanted: [okta.logs.read, okta.users.read]
          granted: [okta.apps.manage, okta.logs.read, okta.users.read]
        roles:
          wanted: [READ_ONLY_ADMIN]
          held: [READ_ONLY_ADMIN]
        findings:
          - id: scope_manage_surplus
            severity: critical
            message: "The app has write access: it holds the undesired scopes okta.apps.manage."
            remedy: ansible-playbook -i tenants.yml rezonate.okta.onboard_rezonate --limit acme --vault-id rezonate@prompt
  register: report

- name: Show the path of the page
  ansible.builtin.debug:
    msg: "{{ report.files | first }}"

- name: Merge the reports of the slices of a fleet
  rezonate.okta.audit_report:
    path: rezonate-report/fleet
    merge:
      - rezonate-report/emea/audit.json
      - rezonate-report/apac/audit.json

# In an AWX job, which deletes its files with its container, write to a path that is mounted.
- name: Write the report where the job can keep it
  module_defaults:
    rezonate.okta.audit_report:
      path: /reports/rezonate
  rezonate.okta.audit_report:
    tenants: "{{ collected.tenants }}"
"""

RETURN = r"""
summary:
  description: The numbers of the report; in check mode, of the report that would be written.
  type: dict
  returned: success
  contains:
    tenants:
      description: The number of tenants.
      type: int
      returned: success
      sample: 40
    clean:
      description: The number of tenants without findings.
      type: int
      returned: success
      sample: 31
    with_findings:
      description: The number of tenants with the status V(findings).
      type: int
      returned: success
      sample: 6
    unknown:
      description: The number of tenants that can't be audited completely.
      type: int
      returned: success
      sample: 2
    failed:
      description: The number of tenants that can't be audited.
      type: int
      returned: success
      sample: 1
    by_severity:
      description: The number of findings of each severity.
      type: dict
      returned: success
      contains:
        critical:
          description: The number of critical findings.
          type: int
          returned: success
          sample: 1
        high:
          description: The number of findings of severity high.
          type: int
          returned: success
          sample: 4
        medium:
          description: The number of findings of severity medium.
          type: int
          returned: success
          sample: 5
        low:
          description: The number of findings of severity low.
          type: int
          returned: success
          sample: 0
        unknown:
          description: The number of checks without a result.
          type: int
          returned: success
          sample: 3
msg:
  description: The report in one sentence, and the path of its page.
  type: str
  returned: success
  sample: >-
    Tenants: 40, of these 31 clean, 6 with findings (1 critical, 4 high, 5 medium, 0 low), 2 not fully known, 1 that could not be audited.
    Report: /home/jane/tenants/rezonate-report/audit.html
findings_reached:
  description: Whether the module failed because of O(fail_on), after it had written the report.
  type: bool
  returned: failure because of O(fail_on)
  sample: true
files:
  description: The absolute paths of the three files, the page first.
  type: list
  elements: str
  returned: success
  sample:
    - /home/jane/tenants/rezonate-report/audit.html
    - /home/jane/tenants/rezonate-report/audit.json
    - /home/jane/tenants/rezonate-report/audit.junit.xml
"""

from ..module_utils._ansible import run_module
from ..module_utils._audit.fleet_report import FAIL_ON, NEVER
from ..module_utils._core.spec import ModuleSpec, controller_only

MODULE = ModuleSpec(
    options={
        "path": {"type": "path", "required": True},
        "tenants": {"type": "list", "elements": "dict"},
        "merge": {"type": "list", "elements": "path"},
        "fail_on": {"type": "str", "choices": list(FAIL_ON), "default": NEVER},
        "generated_at": {"type": "str"},
    },
    run=controller_only("audit_report"),
    hidden_options=("tenants",),  # no secret, but callbacks would print megabytes of a fleet
    rules={"required_one_of": [["tenants", "merge"]]},
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
