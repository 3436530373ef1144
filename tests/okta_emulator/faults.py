# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults, and the requests to which they apply."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import ROLE_CONFLICTS
from .http import Reply, Request

if TYPE_CHECKING:
    from .tenant import Tenant

# Faults in place of the processing, unless `processed` is set.
BEFORE = {"close_before", "timeout", "rate_limited_429", "concurrency_429", "status", "redirect", "proxy_page", "role_conflict"}
# Faults that change or drop the response of a processed call.
AFTER = {"close_after", "truncated_json", "not_json", "empty_body", "wrong_content_type", "link_to", "big_body", "drip", "edit"}
# Faults that pause before or after the processing (`when`) and then continue.
POINTS = {"pause", "hook"}
KINDS = BEFORE | AFTER | POINTS

Hook = Callable[["Tenant", Request], None]
Edit = Callable[[Reply], "Reply | None"]


@dataclass
class Fault:
    """A fault: the requests that it matches, how often, and its effect."""

    kind: str
    tenant: str | None = None
    method: str | None = None
    path: str | None = None
    skip: int = 0
    times: int | None = 1
    params: dict[str, Any] = field(default_factory=dict)
    id: int = 0
    hits: int = 0
    seen: int = 0
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    released: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault {self.kind!r}, one of: {', '.join(sorted(KINDS))}")
        if self.kind == "role_conflict":
            self._aim_at_assignments()
        self._pattern = re.compile(self.path or "")

    def _aim_at_assignments(self) -> None:
        self.method = self.method or "POST"
        self.path = self.path or r"/(clients|users)/[^/?]+/roles(\?|$)"
        if self.params.setdefault("code", "E0000268") not in ROLE_CONFLICTS:
            raise ValueError(f"unknown code {self.params['code']!r} of a role conflict, one of: {', '.join(ROLE_CONFLICTS)}")

    def matches(self, tenant: str | None, request: Request) -> bool:
        """Count a matching request; return whether the fault applies to it."""
        if self.tenant not in (None, tenant) or self.method not in (None, request.method):
            return False
        if not self._pattern.search(request.target):
            return False
        self.seen += 1
        if self.seen <= self.skip or (self.times is not None and self.hits >= self.times):
            return False
        self.hits += 1
        return True

    @property
    def is_before(self) -> bool:
        """Return whether the fault replaces the processing."""
        if self.kind in POINTS:
            return str(self.params.get("when", "before")) == "before"
        return self.kind in BEFORE and not self.params.get("processed")

    def release(self) -> None:
        """Resume a paused request and later ones."""
        self.released.set()

    def wait(self, timeout: float = 10) -> bool:
        """Wait until a request has reached the fault; each arrival counts once."""
        return self.arrived.acquire(timeout=timeout)

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return {
            "id": self.id,
            "kind": self.kind,
            "tenant": self.tenant,
            "method": self.method,
            "path": self.path,
            "skip": self.skip,
            "times": self.times,
            "hits": self.hits,
            "seen": self.seen,
            "params": {key: value for key, value in self.params.items() if not callable(value)},
        }


class Faults:
    """The active faults."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: dict[int, Fault] = {}
        self._ids = itertools.count(1)

    def add(self, fault: Fault) -> Fault:
        """Add a fault."""
        with self._lock:
            fault.id = next(self._ids)
            self._faults[fault.id] = fault
        return fault

    def get(self, fault_id: int) -> Fault:
        """Return a fault by id; KeyError if it was removed."""
        return self._faults[fault_id]

    def all(self) -> list[Fault]:
        """Return all faults."""
        return list(self._faults.values())

    def clear(self, fault_id: int | None = None, tenant: str | None = None) -> None:
        """Remove one fault, those of a tenant, or all; paused requests are resumed."""
        with self._lock:
            for fault in list(self._faults.values()):
                if fault_id in (None, fault.id) and tenant in (None, fault.tenant):
                    fault.release()
                    del self._faults[fault.id]

    def hitting(self, tenant: str | None, request: Request) -> list[Fault]:
        """Return the faults that apply to a request, in the order in which they were added."""
        if not self._faults:
            return []
        with self._lock:
            return [fault for fault in self._faults.values() if fault.matches(tenant, request)]
