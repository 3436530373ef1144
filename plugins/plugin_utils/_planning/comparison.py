# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a tenant with its plan: the building blocks run in parallel, in check mode, and return what they would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ...module_utils._core.errors import ApiError, InputError, RezonateError
from ...module_utils._core.spec import Call, ModuleSpec, Outcome
from ...module_utils._tenant.plan import Plan
from .._runner.role_variables import run_step


@dataclass(frozen=True)
class Block:
    """A building block.

    Args:
        step: the name of its result in the plan.
        module: its module.
        options: the options of the module.
    """

    step: str
    module: ModuleSpec
    options: Mapping[str, Any] = field(repr=False)

    def params(self) -> Mapping[str, Any]:
        """The validated options of the module.

        Raises:
            InputError: one is invalid.
        """
        options = {name: value for name, value in self.options.items() if value is not None}
        validator = ArgumentSpecValidator({name: dict(option) for name, option in self.module.options.items()}, **self.module.rules)
        checked = validator.validate(options)
        if checked.errors.errors:
            raise InputError(str(checked.errors.errors[0].msg))
        params: Mapping[str, Any] = checked.validated_parameters
        return params


@dataclass(frozen=True)
class BlockResult:
    """The result of a block.

    Args:
        outcome: its outcome; None if it failed.
        error: its error; None if it succeeded.
    """

    outcome: Outcome | None = None
    error: RezonateError | None = None

    @property
    def has_drifted(self) -> bool:
        """Whether there is drift."""
        return self.outcome is not None and self.outcome.changed

    @property
    def is_unauthorized(self) -> bool:
        """Whether Okta rejects the calling credential."""
        return isinstance(self.error, ApiError) and self.error.is_unauthorized


def run_blocks(blocks: Sequence[Block], call: Call) -> dict[str, BlockResult]:
    """Run blocks in parallel; an error of one doesn't affect the others."""

    def work(block: Block) -> BlockResult:
        try:
            return BlockResult(run_step(block.step, replace(call, params=block.params()), block.module.run))
        except RezonateError as error:
            return BlockResult(error=error)

    if len(blocks) < 2:
        return {block.step: work(block) for block in blocks}
    with ThreadPoolExecutor(len(blocks)) as pool:
        return dict(zip([block.step for block in blocks], pool.map(work, blocks), strict=True))


def with_results(plan: Plan, compared: Mapping[str, BlockResult]) -> Plan:
    """The plan with the results of the blocks."""
    for step, one in compared.items():
        if one.outcome is not None:
            plan = plan.with_result(step, {"changed": one.outcome.changed, **one.outcome.values})
    return plan


def first_error(compared: Iterable[BlockResult]) -> RezonateError | None:
    """The first error, in the order of the blocks."""
    return next((one.error for one in compared if one.error is not None), None)


def is_rate_limited(error: RezonateError | None) -> bool:
    """Whether a call has waited for the rate limit for the maximum time, so that a repetition would wait as long again."""
    return isinstance(error, ApiError) and error.is_rate_limited


def raise_first_error(compared: Iterable[BlockResult]) -> None:
    """Raise the first error, if there is one."""
    if error := first_error(compared):
        raise error
