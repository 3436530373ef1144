# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``confirm_offboarding``: one host of the play prompts for all hosts, and the others read the answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError, AnsiblePromptInterrupt
from ansible.utils.display import Display
from ansible.utils.vars import load_extra_vars

from ...module_utils._core.errors import InputError, StateError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.confirmation import NOT_CONFIRMED, Confirmation, Host, is_affirmative
from .._runner.in_process import InProcessAction
from .._runner.plain_values import plain_value
from .._runner.prompt import is_attended, prompt_user

_VARIABLE = "rezonate_confirm"
_ANSWER = "rezonate__confirmation"  # the variable that the role registers


def _terminal_path() -> str | None:
    """The path of the terminal at standard input: a worker's own is /dev/null."""
    try:
        return os.ttyname(sys.stdin.fileno())
    except (AttributeError, OSError, ValueError):
        return None


_TERMINAL = _terminal_path()


class ConfirmOffboardingAction(InProcessAction):
    """Prompts on the first host, reads the answer on the others, and fails without a confirmation."""

    can_ship = False

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work."""
        if call.check_mode or self._is_confirmed(call.params["confirm"]):
            return _answer_outcome(confirmed=True)
        answer = self._registered_answer()
        if not call.params["ask"]:
            if not answer.get("confirmed"):
                raise StateError(str(answer.get("reason") or NOT_CONFIRMED))
            return _answer_outcome(confirmed=True)
        if answer or not self._is_prompting_host() or not is_attended(self._variables):
            return _answer_outcome(confirmed=bool(answer.get("confirmed")), reason=answer.get("reason"), of=answer.get("of"))
        confirmation = Confirmation(tuple(Host(name, self._tenant(name)) for name in self._hosts()))
        typed = _prompt(confirmation.prompt, self._variables)
        accepted = typed is not None and confirmation.accepts(typed)
        of = {host.name: host.tenant for host in confirmation.hosts}
        return _answer_outcome(confirmed=accepted, reason=None if accepted or typed is None else confirmation.refusal, of=of)

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

    def _registered_answer(self) -> Mapping[str, Any]:
        """The registered answer for the tenant of this host; it is on the first remaining host."""
        for name in self._hosts():
            found = plain_value(self._variables["hostvars"][name].get(_ANSWER)) or {}
            if found.get("of", {}).get(self._own) == self._tenant(self._own):
                return dict(found)
            if name == self._own or found:
                break
        return {}

    def _is_confirmed(self, confirm: str | None) -> bool:
        """Whether the variable confirms, as an extra variable or one of the play, the role or the task, but not of the inventory."""
        if not is_affirmative(confirm):
            return False
        # hostvars contains the variables of the inventory and extra variables only
        return _VARIABLE in load_extra_vars(self._loader) or _VARIABLE not in self._variables["hostvars"][self._own]


def _answer_outcome(*, confirmed: bool, reason: str | None = None, of: Mapping[str, str] | None = None) -> Outcome:
    return Outcome(values={"confirmed": confirmed, "reason": reason, "of": dict(of or {})})


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
