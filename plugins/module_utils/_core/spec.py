# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declaration of a module, its call and its outcome.

The same declaration serves the ordinary, shipped module (``_module.py``) and the bridge
that runs it in the controller's own process (``plugin_utils/_runner/in_process.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from .errors import StateError

# With these options, a task of a module is a step of a tenant's plan.
TENANT_OPTIONS: Mapping[str, Mapping[str, Any]] = {"tenant": {"type": "dict"}, "step": {"type": "str"}}


def _discard_warning(_message: str) -> None:
    """Discard a warning, for callers that cannot show it."""


def _do_nothing(_made: Mapping[str, Any]) -> None:
    """Run no task in parallel."""


def _allow_write() -> None:
    """Allow the write."""


class Limiter(Protocol):
    """Decides when HTTP requests can be sent; implemented by `_okta.rate_limiter.RateLimiter`."""

    def acquire(self, method: str, url: str, patience: float) -> AbstractContextManager[None]:
        """Wait until a request can be sent; within the context it counts as in progress."""

    def record_response(self, method: str, url: str, status: int, headers: Mapping[str, str]) -> Any:
        """Record a response; return the rate limit window that it reports, if any."""

    def mark_ended(self, found: Any) -> None:
        """Mark a window as ended."""


@dataclass(frozen=True)
class Call:
    """One run of a module: its validated options and its mode.

    Args:
        params: the options, validated.
        check_mode: whether changes are predicted instead of made.
        warn: shows a warning.
        before_write: called before each write; raises if the run must not continue.
        parallel_task: called in parallel with the last reads of a module, with the facts of the resource that it created; raises nothing.
        limiter: the known rate limits of the orgs; None to track them for each connection alone.
        caller_sees_all: whether the caller is known to be a super admin, to whom Okta lists all resources.
    """

    params: Mapping[str, Any]
    check_mode: bool = False
    warn: Callable[[str], None] = _discard_warning
    before_write: Callable[[], None] = _allow_write
    parallel_task: Callable[[Mapping[str, Any]], None] = _do_nothing
    limiter: Limiter | None = field(default=None, repr=False, compare=False)
    caller_sees_all: bool = False


@dataclass(frozen=True)
class Outcome:
    """The outcome of a successful run.

    Args:
        changed: whether something changed, or would have in check mode.
        values: the documented return values.
        before: the state before, for diff mode; no secrets in it.
        after: the state after, for diff mode; no secrets in it.
    """

    changed: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class ModuleSpec:
    """A module: its options, Ansible's rules among them, and the function that does the work.

    Args:
        options: Ansible's argument spec.
        run: the function that does the work; raises `RezonateError`.
        needs: names of the Python libraries that ``run`` requires.
        secret_returns: return values that hold a secret; a successful result with one of them set hides itself.
        hidden_options: options whose values are never shown, but not masked elsewhere, since parts of them are not secret.
        rules: further arguments of AnsibleModule, such as ``mutually_exclusive``.
        supports_check_mode: whether check mode predicts what a real run would do.
    """

    options: Mapping[str, Mapping[str, Any]]
    run: Callable[[Call], Outcome]
    needs: tuple[str, ...] = ()
    secret_returns: tuple[str, ...] = ()
    hidden_options: tuple[str, ...] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)
    supports_check_mode: bool = True


def controller_only(name: str) -> Callable[[Call], Outcome]:
    """Return the function of a module whose work is done by its action: it refuses a task that was transferred to a host.

    Args:
        name: the module's name.
    """

    def refuse(_call: Call) -> Outcome:
        raise StateError(f"{name} works only in the controller's own process: call it as rezonate.okta.{name}, without 'async'.")

    return refuse
