# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths of vault files, derived from the names of hosts."""

from __future__ import annotations

from urllib.parse import quote

_RESERVED = ("", ".", "..")  # can't be the name of a directory of its own


def host_directory(host: str) -> str:
    """Return the directory of a host below ``host_vars``: its name, unless that can't be the name of a directory.

    Two hosts never share one: characters that a name can't contain are percent-encoded, and so is ``%`` itself.

    Args:
        host: its name in the inventory.
    """
    name = quote(host, safe="", errors="surrogatepass")
    return f"%{name}" if name in _RESERVED else name


def default_vault_file(host: str, inventory: str | None) -> str:
    """Return the path of the vault file of a host.

    Args:
        host: its name in the inventory.
        inventory: the directory of the inventory; None where it isn't a file.
    """
    parent = f"{inventory}/" if inventory else ""
    return f"{parent}host_vars/{host_directory(host)}/rezonate.vault"
