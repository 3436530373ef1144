# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns of plaintext secrets and of their names, as parts of regular expressions."""

from __future__ import annotations

# 42 characters that begin with 00.
OKTA_TOKENS = r"(?<![A-Za-z0-9_-])00[\w-]{40}(?![A-Za-z0-9_-])"
# Part of the name of a column, an option or a variable, in lower case.
SENSITIVE_NAME = r"secret|passw|passphrase|credential|token|private_?(?:key|jwk)|api_?key"
