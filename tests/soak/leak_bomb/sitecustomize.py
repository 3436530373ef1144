# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes one function raise an unexpected error that contains all its values in the error text.

``REZONATE_BOMB`` names the function: ``module:function`` or ``module:Class.function``. It is replaced as soon as its module is imported.
"""

from __future__ import annotations

import builtins
import os
import sys
from typing import Any

_import = builtins.__import__
_module, _unused, _name = os.environ.get("REZONATE_BOMB", "").partition(":")
_done: list[str] = []


class Bomb(Exception):  # noqa: N818 - must not look like an error of the collection
    """An error class that the collection does not handle."""


def _replace(owner: Any, name: str) -> None:
    original = getattr(owner, name)

    def fail(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        shown = [result, getattr(result, "__dict__", None), args, kwargs, *(getattr(arg, "__dict__", None) for arg in args)]
        secret = [*shown, result.pem() if hasattr(result, "pem") else None, dict(os.environ)]
        raise Bomb(f"BOOM {secret!r}", secret)

    setattr(owner, name, fail)


def _importing(*args: Any, **kwargs: Any) -> Any:
    found = _import(*args, **kwargs)
    if not _done and _module in sys.modules:
        owner = sys.modules[_module]
        *path, name = _name.split(".")
        try:
            for part in path:
                owner = getattr(owner, part)
            if hasattr(owner, name):
                _done.append(name)
                _replace(owner, name)
        except AttributeError:  # partially imported so far
            pass
    return found


if _module:
    builtins.__import__ = _importing
