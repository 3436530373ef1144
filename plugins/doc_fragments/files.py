# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes on the files that modules of this collection write."""

from __future__ import annotations


class ModuleDocFragment:
    """Files that are replaced atomically."""

    DOCUMENTATION = r"""
options: {}
notes:
  - A file is replaced as a whole or not at all, also if the run is interrupted or the disk is full. It is always a new file. The module
    fails rather than write to a file that another user has put in its place.
  - While a file is written, C(.NAME.rezonate-tmp) exists next to it. If an interrupted run leaves it behind, a later run with
    the same path removes it, other than in check mode.
"""

    # For files that only their owner may read.
    PRIVATE = r"""
options: {}
notes:
  - Files are created with the mode V(0600), and missing directories with V(0700). A file with another mode is corrected, which counts as a
    change.
"""
