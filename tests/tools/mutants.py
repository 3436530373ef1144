# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutation testing: insert small faults into files of ``module_utils``, one at a time, and run their unit tests.

Usage: python tests/tools/mutants.py [--least PERCENT] [FILE ...]; without files those below ``plugins/module_utils/_tenant``.
Prints each fault that no test detected. The unit tests of a file are at the mirrored path below ``tests/unit``;
if they pass, those of the whole folder are run. Each fault is tested in a process that is forked after all imports
except the file, so a fault takes only the time of its tests. mutmut and cosmic-ray can't be used, since they import
the code by its path, not by the name of the collection.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CodeType, ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
UTILS = ROOT / "plugins" / "module_utils"
UNIT = ROOT / "tests" / "unit" / "plugins" / "module_utils"
_PACKAGE = "ansible_collections.rezonate.okta.plugins.module_utils"
_SECONDS = 60  # CPU time for the tests of one fault; a longer run counts as an endless loop

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@dataclass(frozen=True)
class Mutant:
    """A file with one fault.

    Args:
        path: the file.
        line: where the fault is.
        what: the code before and after.
        tree: the whole file with the fault in it.
    """

    path: Path
    line: int
    what: str
    tree: ast.Module


def mutants(path: Path) -> Iterator[Mutant]:
    """Generate the file with each fault."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in _code(tree):
        for faulty in _faults(node):
            before = ast.unparse(node)
            changed = _replaced(tree, node, faulty)
            after = ast.unparse(faulty)
            yield Mutant(path, node.lineno, f"{_short(before)}  ->  {_short(after)}", changed)


def _short(code: str) -> str:
    first, *rest = code.splitlines()
    return f"{first[:100]}{' …' if rest or len(first) > 100 else ''}"


def _code(tree: ast.Module) -> Iterator[ast.expr | ast.stmt]:
    """The nodes that can be changed: no annotations, no docstrings, no imports."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.JoinedStr)) or _is_docstring(node):
            continue
        if isinstance(node, (ast.expr, ast.stmt)):
            yield node
        stack.extend(child for child in ast.iter_child_nodes(node) if child not in _annotations(node))


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _annotations(node: ast.AST) -> list[ast.AST | None]:
    return [getattr(node, "annotation", None), getattr(node, "returns", None), *getattr(node, "decorator_list", [])]


def _faults(node: ast.expr | ast.stmt) -> Iterator[ast.expr | ast.stmt]:
    if isinstance(node, ast.Constant):
        yield from (ast.Constant(value) for value in _other_constants(node.value))
    elif isinstance(node, ast.Compare):
        yield from _other_comparisons(node)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
        yield from (_without(node, index) for index in range(len(node.values)))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        yield ast.BinOp(node.left, _OPERATORS[type(node.op)](), node.right)
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, (ast.If, ast.While)):
        yield from _other_branches(node)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, (ast.Raise, ast.AugAssign)) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        yield ast.Pass()


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _other_constants(value: object) -> Iterator[bool | int | str]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, str) and value and " " not in value:  # messages are not decisions
        yield f"{value}XX"


def _other_comparisons(node: ast.Compare) -> Iterator[ast.Compare]:
    for index, operator in enumerate(node.ops):
        other = _COMPARISONS.get(type(operator))
        if other:
            yield ast.Compare(node.left, [*node.ops[:index], other(), *node.ops[index + 1 :]], node.comparators)


def _without(node: ast.BoolOp, index: int) -> ast.expr:
    rest = [value for number, value in enumerate(node.values) if number != index]
    return ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]


def _other_branches(node: ast.If | ast.While) -> Iterator[ast.stmt]:
    kind = type(node)
    yield kind(ast.Constant(False), node.body, node.orelse)
    if isinstance(node, ast.If):
        yield kind(ast.Constant(True), node.body, node.orelse)


def _replaced(tree: ast.Module, node: ast.AST, faulty: ast.AST) -> ast.Module:
    """A copy of the tree with one node replaced."""
    memo: dict[int, object] = {id(node): ast.copy_location(copy.deepcopy(faulty), node)}
    return ast.fix_missing_locations(copy.deepcopy(tree, memo))


class _Faulty(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module with its fault."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name, self._code = name, code

    def find_spec(self, fullname: str, _path: object = None, _target: object = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)


def _tests_of(path: Path) -> list[list[str]]:
    """The runs of pytest that can detect a fault: the tests of the file, then those of its folder."""
    folder = UNIT / path.parent.relative_to(UTILS)
    own = folder / f"test_{path.stem.lstrip('_')}.py"
    others = [str(test) for test in sorted(folder.glob("test_*.py")) if test != own] if path.parent != UTILS else []
    return [run for run in ([str(own)] if own.is_file() else [], others) if run]


def _detected(faults: list[Mutant]) -> list[bool]:
    """Test each fault in its own process; return whether a test failed, or the tests didn't end."""
    waiting, running, detected = list(range(len(faults)))[::-1], dict[int, int](), [False] * len(faults)
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            index = waiting.pop()
            pid = os.fork()
            if pid == 0:
                os._exit(_test_fault(faults[index]))
            running[pid] = index
        pid, status = os.wait()
        detected[running.pop(pid)] = os.waitstatus_to_exitcode(status) != 0
    return detected


def _test_fault(mutant: Mutant) -> int:
    signal.setitimer(signal.ITIMER_PROF, _SECONDS)  # CPU time, since on a busy machine each fault would exceed a wall-clock limit
    sys.stdin.close()
    os.chdir(ROOT)
    try:
        code = compile(mutant.tree, str(mutant.path), "exec")
        name = ".".join((_PACKAGE, *mutant.path.relative_to(UTILS).with_suffix("").parts))
        sys.meta_path.insert(0, _Faulty(name, code))
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            return int(any(_fails(tests) for tests in _tests_of(mutant.path)))
    except BaseException:  # noqa: BLE001 - any error means that the fault was detected
        return 1


def _fails(tests: list[str]) -> bool:
    return pytest.main(["-x", "-q", "-p", "no:xdist", *tests]) != pytest.ExitCode.OK


def _unchanged(path: Path) -> Mutant:
    """The unchanged file, to verify that its tests pass."""
    return Mutant(path, 0, "no fault", ast.parse(path.read_text(encoding="utf-8")))


def main(arguments: list[str]) -> int:
    """Test all faults; return 1 if fewer were detected than required."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--least", type=float, default=95.0, metavar="PERCENT", help="the required percentage of detected faults (95)")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files of plugins/module_utils")
    given = parser.parse_args(arguments)
    files = [file.resolve() for file in given.files] or sorted((UTILS / "_tenant").glob("[!_]*.py"))
    import_module("hypothesis")  # imported before the fork, since an import in each process takes seconds
    total, survivors = 0, 0
    for path in files:
        if not _tests_of(path) or any(_detected([_unchanged(path)])):
            sys.exit(f"{path}: has no unit tests, or they fail without a fault.")
        tried = list(mutants(path))
        undetected = [mutant for mutant, detected in zip(tried, _detected(tried), strict=True) if not detected]
        total, survivors = total + len(tried), survivors + len(undetected)
        print(f"{path.relative_to(ROOT)}: {len(tried)} faults, {len(undetected)} not detected", flush=True)
        for mutant in undetected:
            print(f"  {mutant.line}: {mutant.what}", flush=True)
    score = 100.0 * (total - survivors) / total if total else 100.0
    print(f"{total} faults, {total - survivors} detected: {score:.1f} %")
    return int(score < given.least)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # loading the plugins also takes seconds

    conftest.pytest_configure()
    sys.exit(main(sys.argv[1:]))
