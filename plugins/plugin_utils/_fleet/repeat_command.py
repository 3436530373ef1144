# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the command that repeats a run for some of its tenants: of what is known to hold no secret, and of nothing else."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from .causes import has_secret
from .command_line import FLAGS, PLAYBOOK, SAME, VALUES, harmless_variables, is_harmless

# More than these are better read from a file.
MANY = 20

_LIMITS, _VARIABLES = ("-l", "--limit"), ("-e", "--extra-vars")
_OTHERS = "arguments"  # what is none of Ansible's options, by no name of its own, for that may be a secret


@dataclass(frozen=True)
class RepeatCommand:
    """A command that repeats a run for some of its tenants.

    Args:
        command: quoted for a shell.
        left_out: the options that aren't repeated, since they might hold a secret.
    """

    command: str
    left_out: tuple[str, ...] = ()


@dataclass
class _Line:
    """What has been read of a command line."""

    rest: list[str]
    kept: list[str] = field(default_factory=list)
    left_out: dict[str, None] = field(default_factory=dict)

    def read(self) -> None:
        """Read one argument, and its value."""
        argument = self.rest.pop(0)
        if argument.startswith("--") and argument != "--":
            self._read_long(argument)
        elif argument.startswith("-") and len(argument) > 1 and argument != "--":
            self._read_short(argument)
        elif argument == "--" or (PLAYBOOK.fullmatch(argument) and not has_secret(argument)):
            self.kept.append(argument)
        else:
            self.left_out[_OTHERS] = None

    def _read_long(self, argument: str) -> None:
        name, equals, value = argument.partition("=")
        option = _in_full(name)
        if option in FLAGS and not equals:
            self.kept.append(option)
        elif option in VALUES:
            self._keep(option, value if equals else self._next())
        else:
            self.left_out[_OTHERS] = None

    def _read_short(self, argument: str) -> None:
        """Read letters; the first one that takes a value takes the rest, with or without an equals sign."""
        flags = ""
        for place, letter in enumerate(argument[1:], 2):
            if f"-{letter}" in FLAGS:
                flags += letter
                continue
            if f"-{letter}" in VALUES:
                self.kept += [f"-{flags}"] if flags else []
                self._keep(f"-{letter}", argument[place:].removeprefix("=") or self._next())
            else:
                self.left_out[_OTHERS] = None
            return
        self.kept.append(f"-{flags}")

    def _keep(self, option: str, value: str) -> None:
        if option in _LIMITS:
            return
        is_all = is_harmless(option, value)
        if not is_all and option in _VARIABLES and not value.startswith("@"):
            value, is_all = harmless_variables(value)
            self.kept += [option, value] if value else []
        elif is_all:
            self.kept += [option, value]
        if not is_all:
            self.left_out[option] = None

    def _next(self) -> str:
        return self.rest.pop(0) if self.rest else ""


def repeat(argv: Sequence[str], limit: str, *more: str) -> RepeatCommand:
    """Make the command for other tenants.

    Args:
        argv: the command line as it was given.
        limit: what `--limit` is to be.
        more: arguments to add.
    """
    line = _Line(list(argv[1:]))
    while line.rest:
        line.read()
    name = PurePath(argv[0]).name
    command = name if re.fullmatch(r"[a-z0-9.-]+", name) else "ansible-playbook"
    return RepeatCommand(shlex.join([command, *line.kept, *more, "--limit", limit]), tuple(line.left_out))


def limit_text(names: Sequence[str]) -> str:
    """Give what a file for `--limit @file` holds."""
    return "".join(f"{name}\n" for name in names)


def _in_full(name: str) -> str:
    """Give an option that was cut short in full, as argparse takes it; an empty text where it is none, or could be several."""
    options = {*FLAGS, *VALUES}
    if name in options:
        return name
    found = {SAME.get(option, option) for option in options if option.startswith(name) and option.startswith("--")}
    return found.pop() if len(found) == 1 else ""
