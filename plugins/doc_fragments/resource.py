# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that modules of Okta's resources share."""

from __future__ import annotations


class ModuleDocFragment:
    """Resources that are found by id or label, assigned, and deleted if nothing uses them."""

    # Custom roles and resource sets.
    LABELED = r"""
options:
  state:
    description:
      - V(present) creates the resource if it is missing, and updates it. V(absent) deletes it.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - The resource's id. If the org has no such resource, the module fails, unless O(state=absent).
      - Without it, the resource is found by O(label).
    type: str
  label:
    description:
      - The resource's label, which is unique in the org. With O(id), the resource is renamed to it.
      - Without it, O(id) is required, and the label isn't changed.
    type: str
  description:
    description:
      - The resource's description.
      - Without it, the description of an existing resource isn't changed. A new one gets V(Managed by Ansible.), because Okta
        requires a description.
    type: str
  assume_missing:
    description:
      - Whether the play has just verified that no resource has this O(label). It is created without another read. With O(id), this
        option has no effect.
    type: bool
    default: false
"""

    ONLY_UNUSED = r"""
options:
  only_unused:
    description:
      - With O(state=absent), whether a resource that others use is left in place. RV(left) gives the reason. If Okta refuses to
        delete the resource, it is left in place too.
      - With V(false), usage isn't checked.
    type: bool
    default: false
"""

    OWN_APPS = r"""
options:
  own_apps:
    description:
      - Client ids of apps that don't count as users of the resource for O(only_unused), such as an app that is deleted in the same run.
        Without it, every app counts.
    type: list
    elements: str
"""

    # Pairs of a custom role and a resource set.
    CUSTOM_ROLES = r"""
options:
  custom_roles:
    type: list
    elements: dict
    suboptions:
      role:
        description: Id of the custom role.
        type: str
        required: true
      resource_set:
        description: Id of the resource set that it covers.
        type: str
        required: true
"""

    NEW_APP = r"""
options:
  new_app:
    description:
      - Whether the app was created in the same run, or would have been in check mode, so that it has no roles or grants to read.
    type: bool
    default: false
"""

    ROLE_ASSIGNMENT = r"""
options: {}
notes:
  - Only a super admin can assign admin roles.
  - While another request changes role assignments in Okta, a change is retried for up to 30 seconds. A role that Okta reports as
    assigned counts as assigned when it appears in the list of assignments.
"""

    APP_VISIBILITY = r"""
options: {}
notes:
  - Okta lists no apps to an administrator who isn't allowed to see them. If no app is found, one more request checks whether the caller
    can see any app. If it can't, the module reads which roles the caller holds, and fails with the role that is missing.
    If the roles are unknown, it warns.
"""
