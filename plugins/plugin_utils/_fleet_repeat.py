# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the command that repeats a run for some of its tenants."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import PurePath

from ._fleet_cause import has_secret
from ._secret_shapes import NAME

# More than these are better read from a file.
MANY = 20

# argparse takes flags before an option's letter (-vl acme), its value with or without a space, and a long name cut short.
_LIMIT = re.compile(r"(?:-[bCDJkKv]*l|--lim(?:i|it)?(?:=|$))")
_VARS = re.compile(r"(?:-[bCDJkKv]*e|--e(?:x[a-z-]*)?(?:=|$))")
_FLAGS = re.compile(r"-([bCDJkKv]*)[le]")
_NAMED = re.compile(rf"(?i)\w*(?:{NAME})\w*[\"']?\s*[=:]\s*[\"']?([^\s\"',}}]+)")
_HARMLESS = re.compile(r"(?i)true|false|yes|no|on|off|\d{1,6}")


def repeat(argv: Sequence[str], limit: str) -> tuple[str, bool]:
    """Give the command for other tenants, and whether options that hold secrets were left out.

    Args:
        argv: the command line as it was given.
        limit: what `--limit` is to be.
    """
    kept = [PurePath(argv[0]).name]
    left_out = False
    rest = list(argv[1:])
    while rest:
        argument = rest.pop(0)
        is_limit, is_vars = bool(_LIMIT.match(argument)), bool(_VARS.match(argument))
        if not is_limit and not is_vars:
            left_out, kept = _kept_if_open(argument, kept, left_out)
            continue
        attached = _attached(argument)
        value = attached if attached is not None else rest.pop(0) if rest else ""
        flags = _FLAGS.match(argument)
        if is_limit or _is_secret(value):
            left_out = left_out or not is_limit
            kept += [f"-{flags[1]}"] if flags and flags[1] else []
        else:
            kept += [argument] if attached is not None else [argument, value]
    return shlex.join([*kept, "--limit", limit]), left_out


def limit_text(names: Sequence[str]) -> str:
    """Give what a file for `--limit @file` holds."""
    return "".join(f"{name}\n" for name in names)


def _attached(argument: str) -> str | None:
    """The value that stands in the option's own argument; None where it is the next one."""
    if argument.startswith("--"):
        _name, equals, value = argument.partition("=")
        return value if equals else None
    return _FLAGS.sub("", argument, count=1) or None


def _kept_if_open(argument: str, kept: list[str], left_out: bool) -> tuple[bool, list[str]]:
    return (True, [*kept, "<hidden>"]) if has_secret(argument) else (left_out, [*kept, argument])


def _is_secret(value: str) -> bool:
    if value.startswith("@"):
        return False
    return has_secret(value) or any(not _HARMLESS.fullmatch(found[1]) for found in _NAMED.finditer(value))
