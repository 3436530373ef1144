# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the code of a module in the worker process of the controller, if the task is bound for the controller.

Shipping a module starts another Python, which imports everything again. The imports of
an action are done once instead, before the workers fork.
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

from ...module_utils._ansible import (
    ENCRYPTED_RESULT,
    HIDDEN,
    RESULT_KEY,
    execute_module,
    mask_secrets,
    must_hide,
    secrets_to_mask,
    shown_options,
    unexpected_error_result,
)
from ...module_utils._core.errors import InputError, RezonateError
from ...module_utils._core.spec import Call, ModuleSpec, Outcome
from ...module_utils._crypto.result_encryption import ResultKey
from ...module_utils._okta.rate_limiter import RateLimiter
from ...module_utils._okta.tls import preload_default_certificates
from ...module_utils._tenant.plan import Plan
from ...module_utils._tenant.record import Record
from .._steps.registry import has_steps, step_class
from .._steps.step import Step
from .displayed_secrets import contains_secret, iterate_texts, variables_with_secrets
from .orphan_guard import OrphanGuard
from .plain_values import plain_value
from .role_variables import name_variables, run_step
from .tenant_context import Context
from .tenant_warnings import is_role_task, prefix_warnings

# Older releases pass all results of a loop to callbacks, even hidden ones (according to the source of 2.16 to 2.18),
# unless the task itself has no_log.
_CORE_HIDING_LOOP_RESULTS = (2, 19)

# The verbosity at which Ansible shows the options of a module.
_OPTIONS_VERBOSITY = 3

# once a run, in Ansible's main process, before it forks the workers
preload_default_certificates()


class InProcessAction(ActionBase):
    """The action of a module of this collection.

    Attributes:
        module: the module's declaration.
        can_ship: whether it can also run on the host, as an ordinary module.
    """

    module: ModuleSpec
    can_ship = True
    _supports_async = True
    _variables: Mapping[str, Any] = {}
    _plan_members: Mapping[str, Any] = {}  # credential and options of the plan, if the action makes it
    _record: Record | None = None  # the record of the tenant, if the action has read it already

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module on the controller or on the host; errors of users return a failed result."""
        super().run(tmp, task_vars)
        self._variables = variables = task_vars or {}
        self._task.args = options = _RedactedOptions(self._task.args)
        self._early_warnings: list[str] = []
        try:
            self._task.args = options = options.with_members(self.additional_options())
            options.reveal_public(self.module)
            self._refuse_unhidden_loop()
            is_local = not self.can_ship or isinstance(options.get("tenant"), Mapping) or self._is_for_controller(variables)
            result = self._run_on_controller(variables) if is_local else self._ship(options, variables)
        except RezonateError as error:
            result = {"failed": True, "msg": str(error)}
        except AnsibleError:
            raise  # an error of Ansible, such as an invalid template
        except Exception as error:  # noqa: BLE001 - Ansible would show its text, which may hold secrets
            result = unexpected_error_result(error)
        is_shown_by_loop = self._is_looped() and self._is_shown_by_loop(options, variables)
        if is_shown_by_loop and _core_shows_loop_results():
            self._task.no_log = True
        if is_shown_by_loop or must_hide(self.module, result):
            result["_ansible_no_log"] = True
        if is_role_task(self._task):
            name_variables(result, options.get("tenant") or self._plan_members)
        prefix_warnings(result, self._task, variables)
        return result

    def additional_options(self) -> Mapping[str, Any]:
        """Options that the action adds to those of the task, or overrides."""
        return {}

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work; overridden by actions that need resources of the controller."""
        return self.module.run(call)

    def _is_for_controller(self, variables: Mapping[str, Any]) -> bool:
        """Whether the task is bound for the controller, with the user and the Python of the controller."""
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
        """Whether the item or label of the loop, which Ansible shows with each result, holds a secret."""
        control = getattr(self._task, "loop_control", None)
        if getattr(control, "extended", False) and has_secret_options(self.module):
            return True  # each result also repeats other items, which may hold secrets
        label = None
        with suppress(Exception):  # Ansible reports the error
            label = plain_value(self._templar.template(getattr(control, "label", None)))
        return contains_secret([_loop_item(variables), label], options.secrets)

    def _refuse_unhidden_loop(self) -> None:
        if not self._is_looped() or self._task.no_log or not self.module.secret_returns:
            return
        if _core_shows_loop_results():
            returns = " and ".join(self.module.secret_returns)
            raise InputError(f"In a loop, ansible-core {core} would show {returns} to callbacks: set no_log: true for the task.")

    def _run_on_controller(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        if self._task.async_val:
            raise InputError("async can't be used with this module, which runs in the controller's own process.")
        with _with_environment(self._environment()):
            given = plain_value(self._task.args)
            step = self._plan_step(given, variables)
            if step and not step.applies:
                outcome = step.skipped_result()
                return {"changed": False, **outcome.values}
            validator = ArgumentSpecValidator(
                {name: dict(option) for name, option in self.module.options.items()},
                **self.module.rules,
            )
            checked = validator.validate(step.fill_options(given) if step else given)
            warnings = self._early_warnings + [f"Both option {w['option']} and its alias {w['alias']} are set." for w in checked._warnings]  # noqa: SLF001 - no public attribute
            params, secrets = checked.validated_parameters, checked._no_log_values  # noqa: SLF001 - likewise
            call = Call(params, self._task.check_mode, warnings.append, OrphanGuard().check_parent, limiter=RateLimiter(run_folder()))
            result = execute_module(
                self.module,
                call,
                lambda: self._run_checked(call, checked.errors.errors, step),
                secrets,
                diff_mode=self._task.diff,
            )
            if step and Display().verbosity < _OPTIONS_VERBOSITY:
                del result["invocation"]
            result["deprecations"] = checked._deprecations  # noqa: SLF001 - likewise
            result["warnings"] = [mask_secrets(warning, secrets) for warning in warnings]
        return {name: value for name, value in result.items() if value or name not in ("warnings", "deprecations")}

    def _plan_step(self, given: Mapping[str, Any], variables: Mapping[str, Any]) -> Step | None:
        """The step of the tenant's plan that the task is, if it is one."""
        module = self._task.action.rpartition(".")[2]
        if not isinstance(given.get("tenant"), Mapping) or not has_steps(module):
            return None
        kind = step_class(module, given.get("step"))
        return kind(Context(Plan.of(given["tenant"]), variables, self._templar.template, self._loader, self._record))

    def _run_checked(self, call: Call, errors: Any, step: Step | None) -> Outcome:
        if errors:
            first = errors[0]
            kind = f"Unsupported parameters for ({self._task.action}) module: " if isinstance(first, UnsupportedError) else ""
            raise InputError(f"{kind}{first.msg}")
        if call.check_mode and not self.module.supports_check_mode:
            return Outcome(values={"skipped": True, "msg": f"{self._task.action} does not support check mode"})
        if step is None:
            return self.run_in_process(call)
        return step.run(call, lambda inner: run_step(step.name, inner, self.run_in_process))

    def _environment(self) -> dict[str, str]:
        found: dict[str, Any] = {}
        self._compute_environment_string(found)
        return {str(name): str(plain_value(value)) for name, value in found.items()}

    def _ship(self, options: _RedactedOptions, variables: dict[str, Any]) -> dict[str, Any]:
        hidden = self.module.hidden_options
        secret = [name for name, option in self.module.options.items() if (option.get("no_log") or name in hidden) and options.get(name)]
        exposed = [*secret, *self.module.secret_returns]
        if self._task.async_val and exposed:
            raise InputError(f"async would write {' and '.join(dict.fromkeys(exposed))} to a file on the host: run the task without async.")
        if secret and not self._has_pipelining():
            raise InputError(
                f"The connection plugin {self._connection.transport} can't send {' and '.join(secret)} on standard input: it would be"
                " stored in a file on the host. Use a connection plugin with pipelining, such as ssh, or run the task on the controller."
            )
        if revealed := variables_with_secrets(self._environment(), options.secrets):
            raise InputError(
                f"environment would show {' and '.join(revealed)} in a command line on the host: set the module's"
                " options instead, and run the task without these variables."
            )
        if not self.module.secret_returns:
            return dict(self._execute_module(task_vars=variables, wrap_async=self._task.async_val))
        key = ResultKey()
        sent = options.with_members({RESULT_KEY: key.public})
        result: dict[str, Any] = self._execute_module(module_args=sent, task_vars=variables, wrap_async=self._task.async_val)
        encrypted = result.pop(ENCRYPTED_RESULT, None)
        return result if encrypted is None else {**result, **key.decrypt(str(encrypted))}

    def _is_pipelining_enabled(self, module_style: str, wrap_async: bool = False) -> bool:
        """Enable pipelining regardless of the configuration: without it the options, including secrets, would be stored in a file."""
        return module_style == "new" and not wrap_async and self._has_pipelining()

    def _has_pipelining(self) -> bool:
        return bool(getattr(self._connection, "has_pipelining", True))


class ControllerAction(InProcessAction):
    """The action of a module that always runs on the controller."""

    can_ship = False


class _RedactedOptions(dict[str, Any]):
    """A task's options, which are pickled without their secrets; before `reveal_public`, without all options.

    Ansible sends them to its main process with each result, where callbacks can print them (display_args_to_stdout).
    ANSIBLE_DEBUG prints those of a shipped module.
    """

    _shown: Mapping[str, Any] = {}
    secrets: frozenset[str] = frozenset()

    def reveal_public(self, module: ModuleSpec) -> None:
        """Show the options that aren't secret; unknown options, such as misspelled ones, remain hidden."""
        options = plain_value(self)
        known = {name: value if name in module.options else HIDDEN for name, value in shown_options(module, options).items()}
        secrets = {value for name, value in options.items() if known[name] == HIDDEN and isinstance(value, str) and value}
        self.secrets = frozenset(text for name, value in options.items() if known[name] == HIDDEN for text in iterate_texts(value) if text)
        self._shown = remove_values(known, secrets_to_mask(secrets))

    def with_members(self, options: Mapping[str, Any]) -> _RedactedOptions:
        """These options and others, with the same redaction."""
        more = _RedactedOptions({**self, **options})
        more._shown = self._shown
        return more

    def __repr__(self) -> str:
        return repr(self._shown)

    def __reduce__(self) -> tuple[type, tuple[Mapping[str, Any]]]:
        return dict, (self._shown,)


def run_folder() -> Path:
    """The run's temporary directory, which no other user can read and all workers share."""
    # ansible-core sets it at run time; reading the configuration creates another directory
    return Path(constants.DEFAULT_LOCAL_TMP)  # type: ignore[attr-defined]  # no stub knows the constants


def has_secret_options(module: ModuleSpec) -> bool:
    """Whether one of a module's options may hold a secret."""
    return bool(module.hidden_options) or any(option.get("no_log") for option in module.options.values())


def _core_shows_loop_results() -> bool:
    return tuple(int(part) for part in core.split(".")[:2]) < _CORE_HIDING_LOOP_RESULTS


def _loop_item(variables: Mapping[str, Any]) -> Any:
    return plain_value(variables.get(str(variables.get("ansible_loop_var", "item"))))


@contextmanager
def _with_environment(additions: Mapping[str, str]) -> Iterator[None]:
    """Apply the ``environment`` of the task to this process."""
    before = dict(os.environ)
    os.environ.update(additions)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
