# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The house rules that a program can check: sizes, which way the arrows point, and lists that must agree.

The rules have no exemption list: a file that fails is split, or its import goes.
"""

from __future__ import annotations

import ast
import io
import tokenize
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
EMULATOR = ROOT / "tests" / "okta_emulator"

# The folders of module_utils are the layers, from the bottom up: a file imports from its own folder and from those before it.
FOLDERS = ("_core", "_vault", "_crypto", "_okta", "_resources", "_tenant", "_audit", "_ansible")

MAX_FILE, MAX_MODULE, MAX_FUNCTION = 300, 60, 40
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}
HTTP_LIBRARIES = {"requests", "urllib3"}
NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


def python_files(*folders: Path) -> list[Path]:
    """All Python files below the folders."""
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def each(paths: list[Path]) -> pytest.MarkDecorator:
    """Run a test once for each file, named after it."""
    return pytest.mark.parametrize("path", paths, ids=[str(path.relative_to(ROOT)) for path in paths])


def parse(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def lines_of(node: ast.stmt) -> set[int]:
    """The lines that a statement takes."""
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def is_text(node: ast.stmt) -> bool:
    """Whether this is a docstring, or one of the documentation strings of a module."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return isinstance(node, ast.Assign) and {ast.unparse(target) for target in node.targets} <= DOCUMENTATION


def code_lines(path: Path) -> set[int]:
    """The lines that hold code: not the blank ones, comments, docstrings and documentation."""
    text = path.read_text(encoding="utf-8")
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in NO_CODE:
            code.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt) and is_text(node):
            code -= lines_of(node)
    return code


def imports(path: Path) -> set[str]:
    """The dotted names that a file imports, relative ones in full: ``plugins.module_utils._core.errors``."""
    package = path.relative_to(ROOT).parent.parts
    names: set[str] = set()
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *filter(None, [node.module])))
            # "from . import _errors" names a file; "from ._errors import ApiError" a thing in it
            names.update([module] if node.module else [f"{module}.{alias.name}" for alias in node.names])
    return names


def libraries(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    return {name.partition(".")[0] for name in imports(path)}


def imported_names(path: Path, package: str = "module_utils") -> set[str]:
    """The files of ``module_utils``, or of another package of the plugins, that a file imports."""
    prefix = f"plugins.{package}."
    return {name.removeprefix(prefix) for name in imports(path) if name.startswith(prefix)}


def dotted_name(path: Path) -> str:
    """The name of a file of ``module_utils`` or ``plugin_utils``, its folder before it: ``_okta.client``."""
    return ".".join(path.relative_to(PLUGINS).with_suffix("").parts[1:])


def folder_of(name: str) -> str:
    """The folder in a dotted name; the name itself of a file that is in none."""
    return name.partition(".")[0]


ALL = python_files(PLUGINS, EMULATOR)
UTILS = [path for path in python_files(PLUGINS / "module_utils") if path.name != "__init__.py"]
MODULES = python_files(PLUGINS / "modules")
ACTIONS = python_files(PLUGINS / "action")


@each(ALL)
def test_a_file_is_small(path: Path) -> None:
    assert len(code_lines(path)) <= MAX_FILE


@each(ALL)
def test_its_functions_are_small(path: Path) -> None:
    code = code_lines(path)
    functions = [node for node in ast.walk(parse(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    sizes = {node.name: len(code & lines_of(node)) for node in functions}
    assert {name: size for name, size in sizes.items() if size > MAX_FUNCTION} == {}


@each(MODULES)
def test_a_module_is_a_page(path: Path) -> None:
    assert len(code_lines(path)) <= MAX_MODULE


@each(MODULES)
def test_a_module_has_an_action(path: Path) -> None:
    assert (PLUGINS / "action" / path.name).is_file()


@each(ACTIONS)
def test_an_action_is_a_declaration(path: Path) -> None:
    body = [node for node in parse(path).body if not is_text(node) and "__future__" not in ast.unparse(node)]
    *rest, last = body
    assert len(rest) <= 2
    assert all(isinstance(node, ast.Import | ast.ImportFrom) for node in rest)
    assert isinstance(last, ast.ClassDef)
    inside = [node for node in last.body if not is_text(node)]
    assert len(inside) == 1
    assert isinstance(inside[0], ast.Assign | ast.AnnAssign)


@each([path for path in python_files(PLUGINS) if path.name not in ("network_errors.py", "tls.py", "transport.py")])
def test_one_door_to_okta(path: Path) -> None:
    assert not libraries(path) & HTTP_LIBRARIES, (
        "only module_utils/_okta/transport.py speaks HTTP, by the adapter in _tls.py; _failures.py reads its errors"
    )


@each(UTILS)
def test_arrows_point_down(path: Path) -> None:
    below = FOLDERS[: FOLDERS.index(folder_of(dotted_name(path))) + 1]
    assert {name for name in imported_names(path) if folder_of(name) not in below} == set()


@pytest.mark.parametrize("package", ["module_utils", "plugin_utils"])
def test_no_two_files_import_each_other(package: str) -> None:
    paths = [path for path in python_files(PLUGINS / package) if path.name != "__init__.py"]
    graph = {dotted_name(path): imported_names(path, package) for path in paths}
    TopologicalSorter(graph).prepare()  # raises where there is a cycle


def test_the_tenant_s_decisions_know_no_http() -> None:
    imported = {name for path in UTILS if folder_of(dotted_name(path)) == "_tenant" for name in imported_names(path)}
    allowed = {"_core", "_tenant", "_okta.org_url", "_okta.request_recovery"}
    assert {name for name in imported if name not in allowed and folder_of(name) not in allowed} == set()


@each([path for path in UTILS if path.name != "_ansible.py"])
def test_the_logic_knows_no_ansible(path: Path) -> None:
    assert libraries(path).isdisjoint({"ansible", "ansible_collections"})


@each(UTILS + MODULES)
def test_what_is_shipped_needs_module_utils_only(path: Path) -> None:
    ours = {name for name in imports(path) if name.startswith("plugins.")}
    assert {name for name in ours if not name.startswith("plugins.module_utils")} == set()


@each(python_files(EMULATOR))
def test_the_emulator_knows_no_plugins(path: Path) -> None:
    assert libraries(path).isdisjoint({"plugins", "ansible", "ansible_collections"})


def test_the_action_group_lists_the_okta_modules() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert sorted(runtime["action_groups"]["okta"]) == sorted(path.stem for path in MODULES if path.stem.startswith("okta_"))


def test_the_count_leaves_out_what_is_no_code(tmp_path: Path) -> None:
    source = '"""Doc."""\n\n# comment\nDOCUMENTATION = r"""\na:\n"""\n\n\ndef f():\n    """Doc."""\n    return """x\ny"""\n'
    sample = tmp_path / "sample.py"
    sample.write_text(source, encoding="utf-8")
    assert code_lines(sample) == {9, 11, 12}
