# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a tenant with its plan: the building blocks themselves are asked what they would change, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ...module_utils._core.errors import ApiError, InputError, RezonateError
from ...module_utils._core.spec import Call, ModuleSpec, Outcome
from ...module_utils._tenant.plan import Plan


@dataclass(frozen=True)
class Block:
    """A building block.

    Args:
        step: under which the plan keeps its result.
        module: its module.
        options: what it is asked for.
    """

    step: str
    module: ModuleSpec
    options: Mapping[str, Any] = field(repr=False)

    def params(self) -> Mapping[str, Any]:
        """The options as the module gets them.

        Raises:
            InputError: one can't be used.
        """
        options = {name: value for name, value in self.options.items() if value is not None}
        validator = ArgumentSpecValidator({name: dict(option) for name, option in self.module.options.items()}, **self.module.rules)
        checked = validator.validate(options)
        if checked.errors.errors:
            raise InputError(str(checked.errors.errors[0].msg))
        params: Mapping[str, Any] = checked.validated_parameters
        return params


@dataclass(frozen=True)
class Compared:
    """What came of a block.

    Args:
        outcome: what it returned; None where it failed.
        error: why it failed.
    """

    outcome: Outcome | None = None
    error: RezonateError | None = None

    @property
    def drifted(self) -> bool:
        """Whether there is something to change."""
        return self.outcome is not None and self.outcome.changed

    @property
    def is_refused(self) -> bool:
        """Whether Okta doesn't take the calling credential at all."""
        return isinstance(self.error, ApiError) and self.error.is_of_credential


def run_blocks(blocks: Sequence[Block], call: Call) -> dict[str, Compared]:
    """Run blocks side by side; what one raises keeps no other from its end."""

    def work(block: Block) -> Compared:
        try:
            return Compared(block.module.run(replace(call, params=block.params())))
        except RezonateError as error:
            return Compared(error=error)

    if len(blocks) < 2:
        return {block.step: work(block) for block in blocks}
    with ThreadPoolExecutor(len(blocks)) as pool:
        return dict(zip([block.step for block in blocks], pool.map(work, blocks), strict=True))


def with_results(plan: Plan, compared: Mapping[str, Compared]) -> Plan:
    """The plan with what the blocks returned."""
    for step, one in compared.items():
        if one.outcome is not None:
            plan = plan.with_result(step, {"changed": one.outcome.changed, **one.outcome.values})
    return plan


def first_error(compared: Iterable[Compared]) -> RezonateError | None:
    """The first failure, in the order of the blocks."""
    return next((one.error for one in compared if one.error is not None), None)


def gave_up(error: RezonateError | None) -> bool:
    """Whether a call has waited for the rate limit for as long as one may: who asks the same again would wait as long."""
    return isinstance(error, ApiError) and error.is_of_rate


def raise_first(compared: Iterable[Compared]) -> None:
    """Raise the first failure, if there is one."""
    if error := first_error(compared):
        raise error
