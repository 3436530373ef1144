# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of files that are made of the name of a host."""

from __future__ import annotations

from urllib.parse import quote

_ALONE = ("", ".", "..")  # as a name of a directory they mean another one


def folder(host: str) -> str:
    """Give the directory of a host below ``host_vars``: its own name, unless that is no name of one directory.

    Two hosts never have the same one: what can't stand in a name is written as ``%`` and its bytes, and so is ``%`` itself.

    Args:
        host: the name in the inventory.
    """
    name = quote(host, safe="", errors="surrogatepass")
    return f"%{name}" if name in _ALONE else name


def default_vault_file(host: str, inventory: str | None) -> str:
    """Give the path of the vault file of a host.

    Args:
        host: the name in the inventory.
        inventory: the directory of the inventory; None where it is no file.
    """
    above = f"{inventory}/" if inventory else ""
    return f"{above}host_vars/{folder(host)}/rezonate.vault"
