# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates the command that repeats a run for some of its tenants, from arguments that are known to hold no secret."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from .causes import has_secret
from .command_line import FLAGS, PLAYBOOK, SYNONYMS, VALUES, is_secret_free, secret_free_variables

# More tenants are listed in a file.
MAX_LISTED = 20

_LIMITS, _VARIABLES = ("-l", "--limit"), ("-e", "--extra-vars")
_UNKNOWN_ARGUMENTS = "arguments"  # stands for unknown arguments, whose text may be secret


@dataclass(frozen=True)
class RepeatCommand:
    """A command that repeats a run for some of its tenants.

    Args:
        command: quoted for a shell.
        left_out: the options that are omitted, since they may hold a secret.
    """

    command: str
    left_out: tuple[str, ...] = ()


@dataclass
class _CommandLineReader:
    """Reads a command line, and collects the arguments to repeat."""

    remaining: list[str]
    repeated: list[str] = field(default_factory=list)
    left_out: dict[str, None] = field(default_factory=dict)

    def read(self) -> None:
        """Read one argument and its value."""
        argument = self.remaining.pop(0)
        if argument.startswith("--") and argument != "--":
            self._read_long(argument)
        elif argument.startswith("-") and len(argument) > 1 and argument != "--":
            self._read_short(argument)
        elif argument == "--" or (PLAYBOOK.fullmatch(argument) and not has_secret(argument)):
            self.repeated.append(argument)
        else:
            self.left_out[_UNKNOWN_ARGUMENTS] = None

    def _read_long(self, argument: str) -> None:
        name, equals, value = argument.partition("=")
        option = _full_option_name(name)
        if option in FLAGS and not equals:
            self.repeated.append(option)
        elif option in VALUES:
            self._repeat_option(option, value if equals else self._next())
        else:
            self.left_out[_UNKNOWN_ARGUMENTS] = None

    def _read_short(self, argument: str) -> None:
        """Read short options; the first one with a value takes the rest, with or without an equals sign."""
        flags = ""
        for place, letter in enumerate(argument[1:], 2):
            if f"-{letter}" in FLAGS:
                flags += letter
                continue
            if f"-{letter}" in VALUES:
                self.repeated += [f"-{flags}"] if flags else []
                self._repeat_option(f"-{letter}", argument[place:].removeprefix("=") or self._next())
            else:
                self.left_out[_UNKNOWN_ARGUMENTS] = None
            return
        self.repeated.append(f"-{flags}")

    def _repeat_option(self, option: str, value: str) -> None:
        if option in _LIMITS:
            return
        is_all = is_secret_free(option, value)
        if not is_all and option in _VARIABLES and not value.startswith("@"):
            value, is_all = secret_free_variables(value)
            self.repeated += [option, value] if value else []
        elif is_all:
            self.repeated += [option, value]
        if not is_all:
            self.left_out[option] = None

    def _next(self) -> str:
        return self.remaining.pop(0) if self.remaining else ""


def make_repeat_command(argv: Sequence[str], limit: str, *more: str) -> RepeatCommand:
    """Create the command for some tenants.

    Args:
        argv: the original command line.
        limit: the value of `--limit`.
        more: additional arguments.
    """
    line = _CommandLineReader(list(argv[1:]))
    while line.remaining:
        line.read()
    name = PurePath(argv[0]).name
    command = name if re.fullmatch(r"[a-z0-9.-]+", name) else "ansible-playbook"
    return RepeatCommand(shlex.join([command, *line.repeated, *more, "--limit", limit]), tuple(line.left_out))


def limit_text(names: Sequence[str]) -> str:
    """The content of a file for `--limit @file`."""
    return "".join(f"{name}\n" for name in names)


def _full_option_name(name: str) -> str:
    """The full name of an abbreviated option, as argparse resolves it; empty if it is unknown or ambiguous."""
    options = {*FLAGS, *VALUES}
    if name in options:
        return name
    found = {SYNONYMS.get(option, option) for option in options if option.startswith(name) and option.startswith("--")}
    return found.pop() if len(found) == 1 else ""
