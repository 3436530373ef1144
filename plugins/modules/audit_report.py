#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the report of an audit of many tenants."""

from __future__ import annotations

DOCUMENTATION = r"""
module: audit_report
short_description: Write the report of an audit of many tenants, as JSON, JUnit XML and a page
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Writes what an audit found in many Okta tenants to three files in a directory, C(audit.json) for programs,
    C(audit.junit.xml) for CI, and C(audit.html) for people.
  - The page is one file that works offline. It loads nothing, sends nothing, and shows every text from Okta as text.
  - Reports of the slices of a fleet can be joined to one with O(merge).
  - It asks Okta nothing. What was found is given as O(tenants).
notes:
  - Runs on the controller only, whatever the host and the connection of the task.
  - The files get the mode V(0600), and directories that have to be made get V(0700). A file with another mode is repaired,
    which counts as a change. The report names apps, keys and what is wrong with them, but holds no secret.
  - Each file is replaced as a whole or not at all. While it is written, C(.NAME.rezonate-tmp) lies next to it. If a killed
    run leaves that behind, the next run that uses the same O(path), other than in check mode, removes it.
  - If C(audit.json) is there and is no report of this module, the module fails and nothing is written.
  - In C(audit.junit.xml) a tenant is a test suite. A finding is a failure, a finding with the severity V(unknown) is
    skipped, and a tenant that could not be audited is an error.
  - What a tenant and C(audit.json) consist of is described in C(docs/audit-schema.md) of this collection, with a sample.
extends_documentation_fragment:
  - rezonate.okta.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - Shows counts, not findings.
  in_process:
    support: full
    details:
      - The module is never shipped; connection and privilege escalation of the task don't matter.
options:
  path:
    description:
      - The directory of the three files. It is made if it is missing.
      - A relative path starts at the directory in which the command was called, V(~) is the home of the user who called it.
    type: path
    required: true
  tenants:
    description:
      - The tenants that were audited.
      - Members that are missing are taken for null or empty. A member of a wrong type makes the module fail. Unknown members
        are ignored.
      - Several hosts of one org are one tenant, with the findings of all of them.
      - A C(status) that its C(findings) contradict is put right, so that a tenant with findings never looks clean.
      - Without this option the report holds the tenants of O(merge) only.
    type: list
    elements: dict
  merge:
    description:
      - Files of other reports, each an C(audit.json), whose tenants are joined in.
      - If the same org is given twice, the one with the later C(audited_at) counts. Of two equal ones it is the one in
        O(tenants), and else the one in the file that stands later in this list. An org is known by its C(org_url), so two orgs of one
        tenant id are two tenants.
      - It may name the C(audit.json) in O(path) itself, to keep the tenants that this run did not audit.
      - Without this option the report holds O(tenants) only.
    type: list
    elements: path
  fail_on:
    description:
      - Fail, after the report is written, for a finding of this severity or a worse one, and for a tenant that could not be audited.
        V(unknown) is no reason. The failed result holds what a successful one holds, and C(findings_reached).
      - Without it, nothing that is found is a failure.
    type: str
    choices: [never, critical, high, medium, low]
    default: never
  generated_at:
    description:
      - The time of the report, in ISO 8601. A time without an offset is taken for UTC.
      - If nothing but this time would change, nothing is written and the report keeps the time that it has.
      - Without this option it is the current time.
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
          - id: scope_surplus
            severity: high
            message: The app holds okta.apps.manage, which nobody asked for.
            remedy: ansible-playbook -i tenants.yml rezonate.okta.onboard_rezonate --limit acme --vault-id rezonate@prompt
  register: report

- name: Say where the page is
  ansible.builtin.debug:
    msg: "{{ report.files | first }}"

- name: Join the reports of the slices of a fleet
  rezonate.okta.audit_report:
    path: rezonate-report/fleet
    merge:
      - rezonate-report/emea/audit.json
      - rezonate-report/apac/audit.json
"""

RETURN = r"""
summary:
  description: The report in numbers. In check mode, of the report that would be written.
  type: dict
  returned: success
  contains:
    tenants:
      description: The number of tenants.
      type: int
      returned: success
      sample: 40
    clean:
      description: The number of tenants with nothing to find.
      type: int
      returned: success
      sample: 31
    with_findings:
      description: The number of tenants with the status V(findings).
      type: int
      returned: success
      sample: 6
    unknown:
      description: The number of tenants of which not everything could be told.
      type: int
      returned: success
      sample: 2
    failed:
      description: The number of tenants that could not be audited.
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
          description: The number of questions that could not be answered.
          type: int
          returned: success
          sample: 3
msg:
  description: The report in a sentence, and where its page is.
  type: str
  returned: success
  sample: >-
    Tenants: 40, of these 31 clean, 6 with findings (1 critical, 4 high, 5 medium, 0 low), 2 not fully known, 1 that could not be audited.
    Report: /home/jane/tenants/rezonate-report/audit.html
findings_reached:
  description: That the module failed for what was found, after it had written the report.
  type: bool
  returned: failed for O(fail_on)
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
from ..module_utils._core.errors import StateError
from ..module_utils._core.spec import Call, ModuleSpec, Outcome


def refuse(_call: Call) -> Outcome:
    """Say why a task that was sent off can't be done; the work is in ``_audit_report.run``."""
    raise StateError(
        "audit_report works only in the controller's own process, where what its page is made of is:"
        " call it as rezonate.okta.audit_report, without 'async'."
    )


MODULE = ModuleSpec(
    options={
        "path": {"type": "path", "required": True},
        "tenants": {"type": "list", "elements": "dict"},
        "merge": {"type": "list", "elements": "path"},
        "fail_on": {"type": "str", "choices": list(FAIL_ON), "default": NEVER},
        "generated_at": {"type": "str"},
    },
    run=refuse,
    hidden_options=("tenants",),  # no secret, but of a fleet each callback would repeat megabytes
    rules={"required_one_of": [["tenants", "merge"]]},
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
