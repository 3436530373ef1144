# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where the logic meets Ansible: from a declared module to a result.

`execute` serves both paths, so that they can't differ: the shipped module (`run_module`)
and the bridge in the controller's own process.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values

from ._core.errors import MissingLibraryError, RezonateError
from ._core.spec import Call, ModuleSpec, Outcome
from ._crypto.result_encryption import encrypt
from ._okta.connection import ENVIRONMENT
from ._okta.rate_limiter import RateLimiter

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"  # as Ansible itself says it
_SECRET_VARIABLES = (*ENVIRONMENT["api_token"], *ENVIRONMENT["private_key"])
_LONGEST = 4000  # characters of a message
# What the action adds to a shipped module's options, and what it finds in the result then.
RESULT_KEY, ENCRYPTED_RESULT = "_rezonate_result_key", "encrypted_result"


def run_module(spec: ModuleSpec) -> None:
    """Run a module in the ordinary, shipped way."""
    module = _Module(spec)
    secrets = set(module.no_log_values)
    call = Call(module.params, module.check_mode, lambda text: module.warn(masked(text, secrets)), limiter=RateLimiter())
    result = execute(spec, call, lambda: spec.run(call), secrets, diff_mode=module._diff)  # noqa: SLF001 - how modules ask for it
    module.no_log_values = set()  # masked already, but for what the action hides as a whole
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**_printable(spec, result, module.result_key))


def _printable(spec: ModuleSpec, result: dict[str, Any], result_key: str | None) -> dict[str, Any]:
    """The result as a connection plugin may print it: encrypted where it holds a secret."""
    if result_key is None or not hides(spec, result):
        return result
    invocation = result.pop("invocation")  # has no secrets; Ansible would add its own in place of a missing one
    return {"changed": result["changed"], "invocation": invocation, ENCRYPTED_RESULT: encrypt(result, result_key)}


class _Module(AnsibleModule):
    """Ansible's own, but that an option of ``hidden_options`` isn't shown when its validation fails either."""

    def __init__(self, spec: ModuleSpec) -> None:
        self._spec = spec
        super().__init__(  # type: ignore[no-untyped-call]  # ansible-core says nothing of its types
            argument_spec={name: dict(option) for name, option in spec.options.items()},
            supports_check_mode=spec.supports_check_mode,
            no_log=bool(spec.hidden_options),  # or Ansible writes them to the system's log
            **spec.rules,
        )

    def _load_params(self) -> None:
        """Read the options; the key for the result isn't one of the module's own."""
        super()._load_params()  # type: ignore[no-untyped-call]  # likewise
        self.result_key: str | None = self.params.pop(RESULT_KEY, None)

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        """Fail; Ansible itself calls this for options that it refuses."""
        result.setdefault("invocation", {"module_args": shown_options(self._spec, self.params)})
        super().fail_json(msg, **result)


def execute(
    spec: ModuleSpec,
    call: Call,
    work: Callable[[], Outcome],
    secrets: set[str],
    *,
    diff_mode: bool,
) -> dict[str, Any]:
    """Do the work and make a result of what comes of it, whatever that is.

    Args:
        spec: the module.
        call: how it is called.
        work: does it.
        secrets: the values of options with ``no_log``, to be masked wherever they turn up.
        diff_mode: whether the diff is asked for.
    """
    result = _attempt(spec, work, diff_mode=diff_mode)
    result["invocation"] = {"module_args": shown_options(spec, call.params)}
    if hides(spec, result):
        return result  # hidden as a whole; masking would only damage what is registered
    masked_result: dict[str, Any] = remove_values(result, to_mask(secrets))
    if result.get("failed"):
        masked_result["msg"] = _readable(masked_result["msg"])  # not before: half a secret is not masked
    return masked_result


def _readable(message: str) -> str:
    """A message that one still reads: the names that Okta answers with may be of any length."""
    return message if len(message) <= _LONGEST else f"{message[:_LONGEST]} … ({len(message)} characters)"


def _attempt(spec: ModuleSpec, work: Callable[[], Outcome], *, diff_mode: bool) -> dict[str, Any]:
    try:
        missing_library(spec.needs)
        outcome = work()
    except RezonateError as error:
        return {"failed": True, "msg": str(error), **error.facts()}
    except Exception as error:  # noqa: BLE001 - a traceback may show what the variables hold
        return unexpected(error)
    result: dict[str, Any] = {"changed": outcome.changed, **outcome.values}
    if diff_mode and outcome.before is not None and outcome.after is not None:
        result["diff"] = {"before": dict(outcome.before), "after": dict(outcome.after)}
    return result


def unexpected(error: BaseException) -> dict[str, Any]:
    """The result of an error that nobody foresaw; its text may hold anything, so only its kind and its place are told."""
    return {"failed": True, "msg": f"Unexpected {type(error).__name__} at {_where(error)}; please report this as a bug."}


def shown_options(spec: ModuleSpec, params: Mapping[str, Any]) -> dict[str, Any]:
    """The options as a result may show them; what is masked by value is masked later.

    Of a tenant's plan only the tenant's name is shown: it is long, and holds whatever its author put in.
    """
    secret = {name for name, option in spec.options.items() if option.get("no_log")} | set(spec.hidden_options)
    shown = {name: HIDDEN if name in secret and value is not None else value for name, value in params.items()}
    if isinstance(plan := shown.get("tenant"), Mapping):
        shown["tenant"] = str(plan.get("tenant", HIDDEN))
    return shown


def missing_library(names: tuple[str, ...]) -> None:
    """Make sure that the libraries are there.

    Raises:
        MissingLibraryError: one isn't.
    """
    missing = [name for name in names if not _can_import(name)]
    if missing:
        raise MissingLibraryError(
            f"The Python that runs this, {sys.executable}, lacks {' and '.join(missing)}: "
            f"install with '{sys.executable} -m pip install {' '.join(missing)}'."
        )


def hides(spec: ModuleSpec, result: Mapping[str, Any]) -> bool:
    """Whether a result holds a secret and has to hide itself; a failed one holds none and stays readable."""
    return not result.get("failed") and any(result.get(name) is not None for name in spec.secret_returns)


def secrets_in_environment() -> set[str]:
    """Credentials that the environment gives, which Ansible's own masking doesn't know."""
    return {value for name in _SECRET_VARIABLES if (value := os.environ.get(name))}


def to_mask(secrets: set[str]) -> list[str]:
    """What to mask, the environment's credentials with it; the longest first, since a part masked first would save the rest."""
    return sorted(secrets | secrets_in_environment(), key=len, reverse=True)


def masked(text: str, secrets: set[str]) -> str:
    """A warning without the secrets."""
    for secret in to_mask(secrets):
        text = text.replace(secret, "********")
    return text


def _can_import(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "an unknown place"
