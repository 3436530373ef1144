# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``confirm_offboarding``: one host of the play prompts for all hosts, and the others read the answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible.errors import AnsibleError, AnsiblePromptInterrupt
from ansible.utils.display import Display
from ansible.utils.vars import load_extra_vars

from ...module_utils._core.errors import InputError, StateError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.confirmation import (
    NOT_CONFIRMED,
    Confirmation,
    Host,
    is_affirmative,
    mismatch_message,
    named_tenants_match,
)
from ...module_utils._tenant.options import OPTIONS
from ...module_utils._tenant.values import convert
from .._runner.in_process import InProcessAction
from .._runner.plain_values import plain_value
from .._runner.prompt import is_attended, prompt_user

_VARIABLE, _TENANTS = "rezonate_confirm", "rezonate_offboard_tenants"
_ANSWER = "rezonate__confirmation"  # the variable that the role registers


def _terminal_path() -> str | None:
    """The path of the terminal at standard input: a worker's own is /dev/null."""
    try:
        return os.ttyname(sys.stdin.fileno())
    except (AttributeError, OSError, ValueError):
        return None


_TERMINAL = _terminal_path()


@dataclass(frozen=True)
class _Answer:
    """An answer for the hosts of the play.

    Args:
        confirmed: whether it confirms the offboarding.
        reason: the message if it doesn't; None without an answer.
        of: the tenants that it applies to, by host.
    """

    confirmed: bool = False
    reason: str | None = None
    of: Mapping[str, str] = field(default_factory=dict)


class ConfirmOffboardingAction(InProcessAction):
    """Reads the variables or prompts on the first host, reads its answer on the others, and fails without a confirmation."""

    can_ship = False

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work."""
        names = self._named_tenants(call.params["tenants"])
        if call.check_mode and not names:
            return _outcome(_Answer(confirmed=True))
        answer = self._registered_answer()
        if call.params["ask"]:
            if not answer and self._is_prompting_host():
                answer = self._named_answer(call, names) or self._prompted_answer()
            return _outcome(answer or _Answer())
        # with a strategy other than linear, the first host may not have registered its answer yet
        answer = answer or self._named_answer(call, names) or _Answer()
        if not answer.confirmed:
            raise StateError(answer.reason or NOT_CONFIRMED)
        return _outcome(_Answer(confirmed=True))

    def _named_answer(self, call: Call, names: Sequence[str]) -> _Answer | None:
        """The answer that the variables give; None if they neither confirm nor contradict the hosts of the play."""
        if not names:
            return None
        if not named_tenants_match(names, self._hosts(), self._tenant):
            hosts = self._tenants()
            return _Answer(reason=mismatch_message(names, hosts), of=_by_name(hosts))
        if call.check_mode or self._is_confirmed(call.params["confirm"]):
            return _Answer(confirmed=True, of=_by_name(self._tenants()))
        return None

    def _prompted_answer(self) -> _Answer | None:
        """The answer of a user; None if there is nobody to ask."""
        if not is_attended(self._variables):
            return None
        confirmation = Confirmation(self._tenants())
        typed = _prompt(confirmation.prompt, self._variables)
        if typed is None:
            return None
        accepted = confirmation.accepts(typed)
        return _Answer(accepted, None if accepted else confirmation.refusal, _by_name(confirmation.hosts))

    def _tenants(self) -> tuple[Host, ...]:
        return tuple(Host(name, self._tenant(name)) for name in self._hosts())

    def _hosts(self) -> list[str]:
        return [str(name) for name in self._variables.get("ansible_play_hosts_all") or [self._own]]

    @property
    def _own(self) -> str:
        return str(self._variables["inventory_hostname"])

    def _is_prompting_host(self) -> bool:
        """Whether this is the first remaining host of the play, or of its batch."""
        here = {str(name) for name in self._variables.get("ansible_play_batch") or self._hosts()}
        return next((name for name in self._hosts() if name in here), None) == self._own

    def _tenant(self, host: str) -> str:
        """The tenant of a host by its variables, else the name of the host."""
        try:
            variables = self._variables if host == self._own else self._variables["hostvars"][host]
            return str(plain_value(self._templar.template(variables.get("rezonate_tenant_id"))) or host)
        except AnsibleError:
            return host

    def _registered_answer(self) -> _Answer | None:
        """The registered answer for the tenant of this host; it is on the first remaining host."""
        for name in self._hosts():
            found = plain_value(self._variables["hostvars"][name].get(_ANSWER)) or {}
            if found.get("of", {}).get(self._own) == self._tenant(self._own):
                return _Answer(bool(found.get("confirmed")), found.get("reason"), found["of"])
            if name == self._own or found:
                break
        return None

    def _named_tenants(self, given: Any) -> list[str]:
        """The tenants that a variable of the run names."""
        if given in (None, "") or not self._is_of_run(_TENANTS):
            return []
        return list(convert(_TENANTS, OPTIONS[_TENANTS], given))

    def _is_confirmed(self, confirm: str | None) -> bool:
        return is_affirmative(confirm) and self._is_of_run(_VARIABLE)

    def _is_of_run(self, variable: str) -> bool:
        """Whether a variable is an extra variable or one of the play, the role or the task, but not of the inventory."""
        # hostvars contains the variables of the inventory and extra variables only
        return variable in load_extra_vars(self._loader) or variable not in self._variables["hostvars"][self._own]


def _by_name(hosts: Iterable[Host]) -> dict[str, str]:
    return {host.name: host.tenant for host in hosts}


def _outcome(answer: _Answer) -> Outcome:
    return Outcome(values={"confirmed": answer.confirmed, "reason": answer.reason, "of": dict(answer.of)})


def _prompt(prompt: str, variables: Mapping[str, Any]) -> str | None:
    """The input of the user; None if there is no user.

    Raises:
        InputError: the user interrupted the prompt.
    """
    try:
        return prompt_user(f"{prompt}:", variables)
    except AnsiblePromptInterrupt:
        raise InputError(NOT_CONFIRMED) from None
    except AnsibleError:
        # Ansible's own prompt fails if the terminal isn't the controlling one
        return _read_line(prompt)


def _read_line(prompt: str) -> str | None:
    try:
        with open(_TERMINAL or os.devnull, encoding="utf-8", errors="replace") as terminal:
            Display().display(f"{prompt}:")
            return terminal.readline().strip()
    except OSError:
        return None
