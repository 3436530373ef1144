# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The adapter to Ansible: from the declaration of a module to its result.

`execute_module` serves both paths, so that they behave alike: the shipped module (`run_module`)
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
from ._crypto.result_encryption import encrypt_result
from ._okta.connection import ENVIRONMENT
from ._okta.rate_limiter import RateLimiter

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"  # the text that Ansible uses
_SECRET_VARIABLES = (*ENVIRONMENT["api_token"], *ENVIRONMENT["private_key"])
_MAX_MESSAGE = 4000  # characters of a message
# The option that the action adds for a shipped module, and the member of the result that it receives.
RESULT_KEY, ENCRYPTED_RESULT = "_rezonate_result_key", "encrypted_result"


def run_module(spec: ModuleSpec) -> None:
    """Run a module as a shipped, ordinary module."""
    module = _Module(spec)
    secrets = set(module.no_log_values)
    call = Call(module.params, module.check_mode, lambda text: module.warn(mask_secrets(text, secrets)), limiter=RateLimiter())
    result = execute_module(spec, call, lambda: spec.run(call), secrets, diff_mode=module._diff)  # noqa: SLF001 - modules have no public attribute for it
    module.no_log_values = set()  # the result is masked already, unless the action hides it as a whole
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**_encrypted_if_secret(spec, result, module.result_key))


def _encrypted_if_secret(spec: ModuleSpec, result: dict[str, Any], result_key: str | None) -> dict[str, Any]:
    """The result for the connection plugin, which may print it: encrypted if it holds a secret."""
    if result_key is None or not must_hide(spec, result):
        return result
    invocation = result.pop("invocation")  # holds no secrets; Ansible would add its own if it were missing
    return {"changed": result["changed"], "invocation": invocation, ENCRYPTED_RESULT: encrypt_result(result, result_key)}


class _Module(AnsibleModule):
    """An AnsibleModule that does not show ``hidden_options`` when their validation fails."""

    def __init__(self, spec: ModuleSpec) -> None:
        self._spec = spec
        super().__init__(  # type: ignore[no-untyped-call]  # ansible-core has no type hints
            argument_spec={name: dict(option) for name, option in spec.options.items()},
            supports_check_mode=spec.supports_check_mode,
            no_log=bool(spec.hidden_options),  # else Ansible writes them to the system log
            **spec.rules,
        )

    def _load_params(self) -> None:
        """Read the options; the key for the result isn't an option of the module."""
        super()._load_params()  # type: ignore[no-untyped-call]  # likewise
        self.result_key: str | None = self.params.pop(RESULT_KEY, None)

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        """Fail; Ansible calls this for invalid options."""
        result.setdefault("invocation", {"module_args": shown_options(self._spec, self.params)})
        super().fail_json(msg, **result)


def execute_module(
    spec: ModuleSpec,
    call: Call,
    work: Callable[[], Outcome],
    secrets: set[str],
    *,
    diff_mode: bool,
) -> dict[str, Any]:
    """Do the work and return its result, or the failed result of its error.

    Args:
        spec: the module.
        call: how it is called.
        work: does the work.
        secrets: the values of options with ``no_log``, which are masked in the result.
        diff_mode: whether the diff is requested.
    """
    result = _run_work(spec, work, diff_mode=diff_mode)
    result["invocation"] = {"module_args": shown_options(spec, call.params)}
    if must_hide(spec, result):
        return result  # hidden as a whole; masking would damage the registered values
    masked_result: dict[str, Any] = remove_values(result, secrets_to_mask(secrets))
    if result.get("failed"):
        masked_result["msg"] = _truncated(masked_result["msg"])  # after masking, which does not find half a secret
    return masked_result


def _truncated(message: str) -> str:
    """A message of limited length: names in Okta's responses can have any length."""
    return message if len(message) <= _MAX_MESSAGE else f"{message[:_MAX_MESSAGE]} … ({len(message)} characters)"


def _run_work(spec: ModuleSpec, work: Callable[[], Outcome], *, diff_mode: bool) -> dict[str, Any]:
    try:
        require_libraries(spec.needs)
        outcome = work()
    except RezonateError as error:
        return {"failed": True, "msg": str(error), **error.facts()}
    except Exception as error:  # noqa: BLE001 - a traceback may show the values of variables
        return unexpected_error_result(error)
    result: dict[str, Any] = {"changed": outcome.changed, **outcome.values}
    if diff_mode and outcome.before is not None and outcome.after is not None:
        result["diff"] = {"before": dict(outcome.before), "after": dict(outcome.after)}
    return result


def unexpected_error_result(error: BaseException) -> dict[str, Any]:
    """The result of an unexpected error; its text may hold secrets, so only its type and location are shown."""
    return {"failed": True, "msg": f"Unexpected {type(error).__name__} at {_error_location(error)}; please report this as a bug."}


def shown_options(spec: ModuleSpec, params: Mapping[str, Any]) -> dict[str, Any]:
    """The options as a result can show them, before masking by value.

    Of a tenant's plan only the name of the tenant is shown: the plan is long, and may hold any value.
    """
    secret = {name for name, option in spec.options.items() if option.get("no_log")} | set(spec.hidden_options)
    shown = {name: HIDDEN if name in secret and value is not None else value for name, value in params.items()}
    if isinstance(plan := shown.get("tenant"), Mapping):
        shown["tenant"] = str(plan.get("tenant", HIDDEN))
    return shown


def require_libraries(names: tuple[str, ...]) -> None:
    """Check that the libraries are installed.

    Raises:
        MissingLibraryError: one is missing.
    """
    missing = [name for name in names if not _can_import(name)]
    if missing:
        raise MissingLibraryError(
            f"The Python that runs this, {sys.executable}, lacks {' and '.join(missing)}: "
            f"install with '{sys.executable} -m pip install {' '.join(missing)}'."
        )


def must_hide(spec: ModuleSpec, result: Mapping[str, Any]) -> bool:
    """Whether a result holds a secret and must be hidden; a failed result holds none."""
    return not result.get("failed") and any(result.get(name) is not None for name in spec.secret_returns)


def secrets_in_environment() -> set[str]:
    """Credentials in the environment, which Ansible itself does not mask."""
    return {value for name in _SECRET_VARIABLES if (value := os.environ.get(name))}


def secrets_to_mask(secrets: set[str]) -> list[str]:
    """The texts to mask, including credentials in the environment; the longest first, so that no part of one remains."""
    return sorted(secrets | secrets_in_environment(), key=len, reverse=True)


def mask_secrets(text: str, secrets: set[str]) -> str:
    """The text with the secrets masked."""
    for secret in secrets_to_mask(secrets):
        text = text.replace(secret, "********")
    return text


def _can_import(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _error_location(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "an unknown place"
