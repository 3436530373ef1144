# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module's own code in the controller's worker, where that is where it is bound for.

Shipping a module costs a new Python that imports everything again. The imports at the top of
an action's file are paid once instead, before the workers fork.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.release import __version__ as core
from ansible.utils.display import Display

from ...module_utils._ansible import ENCRYPTED_RESULT, HIDDEN, RESULT_KEY, execute, hides, masked, shown_options, to_mask, unexpected
from ...module_utils._core.errors import InputError, RezonateError
from ...module_utils._core.spec import Call, ModuleSpec, Outcome
from ...module_utils._crypto.result_encryption import ResultKey
from ...module_utils._okta.rate_limiter import RateLimiter
from ...module_utils._tenant.plan import Plan
from ...module_utils._tenant.record import Record
from .._steps.registry import has_steps, step_class
from .._steps.step import Step
from .displayed_secrets import revealing, shows, texts
from .orphan_guard import OrphanGuard
from .plain_values import plain
from .process_setup import prepare_forks
from .tenant_context import Context
from .tenant_warnings import name_tenant

# Older releases hand the results of a loop to callbacks as a whole, whatever is hidden in each (seen in the source of 2.16 to 2.18),
# unless the task itself has no_log by then.
_HIDES_LOOPS = (2, 19)

# How many -v make Ansible show what a module was asked for.
_SHOWS_OPTIONS = 3

prepare_forks()


class InProcessAction(ActionBase):
    """The action of a module of this collection.

    Attributes:
        module: the module's declaration.
        can_ship: whether it can also run elsewhere, as an ordinary module.
    """

    module: ModuleSpec
    can_ship = True
    _supports_async = True
    _variables: Mapping[str, Any] = {}
    _record: Record | None = None  # the tenant's, where the action has read it already

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module here or there; never raises for what a user can cause."""
        super().run(tmp, task_vars)
        self._variables = variables = task_vars or {}
        self._task.args = options = _RedactedOptions(self._task.args)
        self._early_warnings: list[str] = []
        try:
            self._task.args = options = options.with_more(self.more_options())
            options.show(self.module)
            self._refuse_to_tell_in_a_loop()
            stays = not self.can_ship or isinstance(options.get("tenant"), Mapping) or self._is_for_here(variables)
            result = self._run_here(variables) if stays else self._ship(options, variables)
        except RezonateError as error:
            result = {"failed": True, "msg": str(error)}
        except AnsibleError:
            raise  # Ansible's own, such as a template that can't be resolved
        except Exception as error:  # noqa: BLE001 - Ansible would show its text, which may hold anything
            result = unexpected(error)
        is_shown_by_loop = self._is_looped() and self._is_shown_by_loop(options, variables)
        if is_shown_by_loop and _shows_loops():
            self._task.no_log = True
        if is_shown_by_loop or hides(self.module, result):
            result["_ansible_no_log"] = True
        name_tenant(result, self._task, variables)
        return result

    def more_options(self) -> Mapping[str, Any]:
        """Options that the action adds to the task's, or sets in their place."""
        return {}

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work; for actions that bring what only the controller has."""
        return self.module.run(call)

    def _is_for_here(self, variables: Mapping[str, Any]) -> bool:
        """Whether the task is bound for the controller itself, as the user who runs it, with its own Python."""
        if self._connection.transport != "local" or self._connection.become is not None or self._task.async_val:
            return False
        interpreter = self._interpreter(variables)
        return interpreter in (None, "", "auto", "auto_silent", "auto_legacy", "auto_legacy_silent", sys.executable)

    def _interpreter(self, variables: Mapping[str, Any]) -> str | None:
        delegated = variables.get("ansible_delegated_vars", {}).get(self._task.delegate_to) or {}
        name = "ansible_python_interpreter"
        found = self._templar.template(delegated.get(name, variables.get(name)))
        return None if found is None else str(found)

    def _is_looped(self) -> bool:
        return bool(self._task.loop or self._task.loop_with)

    def _is_shown_by_loop(self, options: _RedactedOptions, variables: Mapping[str, Any]) -> bool:
        """Whether the loop's item or label, which Ansible shows with each result, holds one of the secrets."""
        control = getattr(self._task, "loop_control", None)
        if getattr(control, "extended", False) and has_secret_options(self.module):
            return True  # each result repeats the other items too, and whether those hold secrets nobody knows here
        label = None
        with suppress(Exception):  # Ansible says what is wrong with it
            label = plain(self._templar.template(getattr(control, "label", None)))
        return shows([_item(variables), label], options.secrets)

    def _refuse_to_tell_in_a_loop(self) -> None:
        if not self._is_looped() or self._task.no_log or not self.module.secret_returns:
            return
        if _shows_loops():
            told = " and ".join(self.module.secret_returns)
            raise InputError(f"In a loop, ansible-core {core} would show {told} to callbacks: give the task no_log: true.")

    def _run_here(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        if self._task.async_val:
            raise InputError("async can't be used with this module, which runs in the controller's own process.")
        with _applied(self._environment()):
            given = plain(self._task.args)
            step = self._step_of(given, variables)
            if step and not step.applies:
                outcome = step.skipped()
                return {"changed": False, **outcome.values}
            validator = ArgumentSpecValidator(
                {name: dict(option) for name, option in self.module.options.items()},
                **self.module.rules,
            )
            checked = validator.validate(step.filled(given) if step else given)
            warnings = self._early_warnings + [f"Both option {w['option']} and its alias {w['alias']} are set." for w in checked._warnings]  # noqa: SLF001 - no other way
            params, secrets = checked.validated_parameters, checked._no_log_values  # noqa: SLF001 - likewise
            call = Call(params, self._task.check_mode, warnings.append, OrphanGuard().check_parent, limiter=RateLimiter(run_folder()))
            result = execute(
                self.module,
                call,
                lambda: self._checked_run(call, checked.errors.errors, step),
                secrets,
                diff_mode=self._task.diff,
            )
            if step and Display().verbosity < _SHOWS_OPTIONS:
                del result["invocation"]
            result["deprecations"] = checked._deprecations  # noqa: SLF001 - likewise
            result["warnings"] = [masked(warning, secrets) for warning in warnings]
        return {name: value for name, value in result.items() if value or name not in ("warnings", "deprecations")}

    def _step_of(self, given: Mapping[str, Any], variables: Mapping[str, Any]) -> Step | None:
        """The step that the task is of a tenant's plan, if it is one."""
        module = self._task.action.rpartition(".")[2]
        if not isinstance(given.get("tenant"), Mapping) or not has_steps(module):
            return None
        kind = step_class(module, given.get("step"))
        return kind(Context(Plan.of(given["tenant"]), variables, self._templar.template, self._loader, self._record))

    def _checked_run(self, call: Call, errors: Any, step: Step | None) -> Outcome:
        if errors:
            first = errors[0]
            kind = f"Unsupported parameters for ({self._task.action}) module: " if isinstance(first, UnsupportedError) else ""
            raise InputError(f"{kind}{first.msg}")
        if call.check_mode and not self.module.supports_check_mode:
            return Outcome(values={"skipped": True, "msg": f"{self._task.action} does not support check mode"})
        return step.run(call, self.run_in_process) if step else self.run_in_process(call)

    def _environment(self) -> dict[str, str]:
        found: dict[str, Any] = {}
        self._compute_environment_string(found)
        return {str(name): str(plain(value)) for name, value in found.items()}

    def _ship(self, options: _RedactedOptions, variables: dict[str, Any]) -> dict[str, Any]:
        hidden = self.module.hidden_options
        secret = [name for name, option in self.module.options.items() if (option.get("no_log") or name in hidden) and options.get(name)]
        told = [*secret, *self.module.secret_returns]
        if self._task.async_val and told:
            raise InputError(f"async would write {' and '.join(dict.fromkeys(told))} to a file on the host: run the task without async.")
        if secret and not self._has_pipelining():
            raise InputError(
                f"The connection plugin {self._connection.transport} can't send {' and '.join(secret)} on standard input: it would lie in a"
                " file on the host. Use a connection plugin with pipelining, such as ssh, or run the task on the controller."
            )
        if revealed := revealing(self._environment(), options.secrets):
            raise InputError(
                f"environment would show {' and '.join(revealed)} in a command line on the host: give what the module needs"
                " as its options, and run the task without these variables."
            )
        if not self.module.secret_returns:
            return dict(self._execute_module(task_vars=variables, wrap_async=self._task.async_val))
        key = ResultKey()
        sent = options.with_more({RESULT_KEY: key.public})
        result: dict[str, Any] = self._execute_module(module_args=sent, task_vars=variables, wrap_async=self._task.async_val)
        encrypted = result.pop(ENCRYPTED_RESULT, None)
        return result if encrypted is None else {**result, **key.decrypt(str(encrypted))}

    def _is_pipelining_enabled(self, module_style: str, wrap_async: bool = False) -> bool:
        """Whatever is configured: without pipelining the options, secrets among them, would lie in a file."""
        return module_style == "new" and not wrap_async and self._has_pipelining()

    def _has_pipelining(self) -> bool:
        return bool(getattr(self._connection, "has_pipelining", True))


class ControllerAction(InProcessAction):
    """The action of a module that runs on the controller only, whatever the host of the task."""

    can_ship = False


class _RedactedOptions(dict[str, Any]):
    """A task's options, which leave this process without their secrets: without any, until `show` says which.

    With each result Ansible sends them to its main process, where callbacks may print them (display_args_to_stdout).
    ANSIBLE_DEBUG prints those of a shipped module.
    """

    _shown: Mapping[str, Any] = {}
    secrets: frozenset[str] = frozenset()

    def show(self, module: ModuleSpec) -> None:
        """Let those be seen that the module doesn't keep secret; what a misspelt one holds isn't known."""
        options = plain(self)
        known = {name: value if name in module.options else HIDDEN for name, value in shown_options(module, options).items()}
        secrets = {value for name, value in options.items() if known[name] == HIDDEN and isinstance(value, str) and value}
        self.secrets = frozenset(text for name, value in options.items() if known[name] == HIDDEN for text in texts(value) if text)
        self._shown = remove_values(known, to_mask(secrets))

    def with_more(self, options: Mapping[str, Any]) -> _RedactedOptions:
        """These options and others, as discreet as these."""
        more = _RedactedOptions({**self, **options})
        more._shown = self._shown
        return more

    def __repr__(self) -> str:
        return repr(self._shown)

    def __reduce__(self) -> tuple[type, tuple[Mapping[str, Any]]]:
        return dict, (self._shown,)


def run_folder() -> Path:
    """The run's temporary folder, which no other user can read; all its workers know it."""
    return Path(constants.DEFAULT_LOCAL_TMP)  # type: ignore[attr-defined]  # ansible-core sets it at run time; asking the configuration makes another


def has_secret_options(module: ModuleSpec) -> bool:
    """Whether one of a module's options may hold a secret."""
    return bool(module.hidden_options) or any(option.get("no_log") for option in module.options.values())


def _shows_loops() -> bool:
    return tuple(int(part) for part in core.split(".")[:2]) < _HIDES_LOOPS


def _item(variables: Mapping[str, Any]) -> Any:
    return plain(variables.get(str(variables.get("ansible_loop_var", "item"))))


@contextmanager
def _applied(additions: Mapping[str, str]) -> Iterator[None]:
    """The task's ``environment``, applied here: shipped, it would stand in a command line."""
    before = dict(os.environ)
    os.environ.update(additions)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
