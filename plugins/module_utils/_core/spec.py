# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module declares of itself, what it is called with, and what it gives back.

The same declaration serves the ordinary, shipped module (``_module.py``) and the bridge
that runs it in the controller's own process (``plugin_utils/_runner/in_process.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

# What makes a module's task a step of a tenant's plan.
TENANT_OPTIONS: Mapping[str, Mapping[str, Any]] = {"tenant": {"type": "dict"}, "step": {"type": "str"}}


def _ignore(_message: str) -> None:
    """Drop a warning; for callers that have nowhere to show it."""


def _leave(_made: Mapping[str, Any]) -> None:
    """Do nothing."""


def _go_on() -> None:
    """Raise nothing: whoever started this is still there."""


class Limiter(Protocol):
    """Decides when HTTP requests may be sent; implemented by `_okta.rate_limiter.RateLimiter`."""

    def turn(self, method: str, url: str, patience: float) -> AbstractContextManager[None]:
        """Wait until a request may be sent; within the context it counts as under way."""

    def note(self, method: str, url: str, status: int, headers: Mapping[str, str]) -> Any:
        """Learn from an answer; return the rate limit window that it reports, if any."""

    def waited_for(self, found: Any) -> None:
        """Regard a window as ended."""


@dataclass(frozen=True)
class Call:
    """One run of a module: its validated options and how it was asked to run.

    Args:
        params: the options, validated.
        check_mode: whether nothing may be changed.
        warn: shows a warning.
        before_write: called before each write; raises where the run has no business any more.
        beside: called beside a module's last reads, with the facts of what it made, if it made something; raises nothing.
        limiter: the rate limits of the orgs that are called, as far as they are known; None for those of each connection alone.
        caller_sees_all: whether the caller is known to be a super admin, from whom Okta's lists hide nothing.
    """

    params: Mapping[str, Any]
    check_mode: bool = False
    warn: Callable[[str], None] = _ignore
    before_write: Callable[[], None] = _go_on
    beside: Callable[[Mapping[str, Any]], None] = _leave
    limiter: Limiter | None = field(default=None, repr=False, compare=False)
    caller_sees_all: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a successful run gives back.

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
        run: does the work; raises `RezonateError`.
        needs: names of the Python libraries without which ``run`` can't work.
        secret_returns: return values that hold a secret; a successful result with one of them set hides itself.
        hidden_options: options whose value is shown nowhere but not masked elsewhere, since parts of it are no secrets.
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
