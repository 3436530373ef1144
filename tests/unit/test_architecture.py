# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The automated checks of the house rules: sizes, the direction of imports, and lists that must agree.

The rules have no exemption list: split a file that fails, or remove its import.
"""

from __future__ import annotations

import ast
import functools
import io
import tokenize
from collections.abc import Callable, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TypeGuard

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
EMULATOR = ROOT / "tests" / "okta_emulator"
UNIT = ROOT / "tests" / "unit"

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


def offenders(paths: Sequence[Path], find: Callable[[Path], object]) -> dict[str, object]:
    """The findings by the names of files; files without findings are omitted."""
    assert paths, "there are no files to check"
    return {str(path.relative_to(ROOT)): found for path in paths if (found := find(path))}


@functools.cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@functools.cache
def parse(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(text(path))


@functools.cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of the file's syntax tree."""
    return tuple(ast.walk(parse(path)))


def lines_of(node: ast.stmt) -> set[int]:
    """The lines of a statement."""
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def is_text(node: ast.stmt) -> bool:
    """Whether this is a docstring, or one of the documentation strings of a module."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return isinstance(node, ast.Assign) and {ast.unparse(target) for target in node.targets} <= DOCUMENTATION


@functools.cache
def code_lines(path: Path) -> frozenset[int]:
    """The lines of code, without blank lines, comments, docstrings and documentation."""
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text(path)).readline):
        if token.type not in NO_CODE:
            code.update(range(token.start[0], token.end[0] + 1))
    for node in nodes(path):
        if isinstance(node, ast.stmt) and is_text(node):
            code -= lines_of(node)
    return frozenset(code)


def file_size(path: Path, limit: int) -> int:
    """The number of lines of code; 0 if it is within the limit, which is certain if the number of all lines is."""
    return size if text(path).count("\n") >= limit and (size := len(code_lines(path))) > limit else 0


def function_sizes(path: Path) -> dict[str, int]:
    """The functions that are too large, and their numbers of lines of code."""
    functions = [node for node in nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    large = [node for node in functions if len(lines_of(node)) > MAX_FUNCTION]
    return {node.name: size for node in large if (size := len(code_lines(path) & lines_of(node))) > MAX_FUNCTION}


@functools.cache
def imports(path: Path) -> frozenset[str]:
    """The dotted names that a file imports, relative ones in full: ``plugins.module_utils._core.errors``."""
    package = path.relative_to(ROOT).parent.parts
    names: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *filter(None, [node.module])))
            # "from . import _errors" names a file; "from ._errors import ApiError" names an object in a file
            names.update([module] if node.module else [f"{module}.{alias.name}" for alias in node.names])
    return frozenset(names)


def libraries(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    return {name.partition(".")[0] for name in imports(path)}


def imported_names(path: Path, package: str = "module_utils") -> set[str]:
    """The files of ``module_utils``, or of another package of the plugins, that a file imports."""
    prefix = f"plugins.{package}."
    return {name.removeprefix(prefix) for name in imports(path) if name.startswith(prefix)}


def dotted_name(path: Path) -> str:
    """The dotted name of a file of ``module_utils`` or ``plugin_utils``, with its folder: ``_okta.client``."""
    return ".".join(path.relative_to(PLUGINS).with_suffix("").parts[1:])


def folder_of(name: str) -> str:
    """The folder in a dotted name, or the name itself if the file is in no folder."""
    return name.partition(".")[0]


ALL = python_files(PLUGINS, EMULATOR)
UTILS = [path for path in python_files(PLUGINS / "module_utils") if path.name != "__init__.py"]
MODULES = python_files(PLUGINS / "modules")
ACTIONS = python_files(PLUGINS / "action")


def test_a_file_is_small() -> None:
    assert offenders(ALL, lambda path: file_size(path, MAX_FILE)) == {}


def test_its_functions_are_small() -> None:
    assert offenders(ALL, function_sizes) == {}


def test_a_module_file_is_within_its_size_limit() -> None:
    assert offenders(MODULES, lambda path: file_size(path, MAX_MODULE)) == {}


def test_a_module_has_an_action() -> None:
    assert {path.name for path in MODULES} == {path.name for path in ACTIONS}


def is_declaration(path: Path) -> bool:
    """Whether a file contains at most two imports, and a class with one assignment."""
    *rest, last = [node for node in parse(path).body if not is_text(node) and "__future__" not in ast.unparse(node)]
    if len(rest) > 2 or not all(isinstance(node, ast.Import | ast.ImportFrom) for node in rest) or not isinstance(last, ast.ClassDef):
        return False
    inside = [node for node in last.body if not is_text(node)]
    return len(inside) == 1 and isinstance(inside[0], ast.Assign | ast.AnnAssign)


def test_an_action_is_a_declaration() -> None:
    assert offenders(ACTIONS, lambda path: not is_declaration(path)) == {}


def test_only_the_transport_imports_http_libraries() -> None:
    # transport.py sends requests with the adapter in tls.py, and network_errors.py handles their errors
    others = [path for path in python_files(PLUGINS) if path.name not in ("network_errors.py", "tls.py", "transport.py")]
    assert offenders(others, lambda path: libraries(path) & HTTP_LIBRARIES) == {}


def imports_from_above(path: Path) -> set[str]:
    """The imports of a file that point up the layers."""
    below = FOLDERS[: FOLDERS.index(folder_of(dotted_name(path))) + 1]
    return {name for name in imported_names(path) if folder_of(name) not in below}


def test_imports_follow_the_order_of_the_layers() -> None:
    assert offenders(UTILS, imports_from_above) == {}


@pytest.mark.parametrize("package", ["module_utils", "plugin_utils"])
def test_no_two_files_import_each_other(package: str) -> None:
    paths = [path for path in python_files(PLUGINS / package) if path.name != "__init__.py"]
    graph = {dotted_name(path): imported_names(path, package) for path in paths}
    TopologicalSorter(graph).prepare()  # raises an error if there is a cycle


def test_the_tenant_s_decisions_do_not_import_http() -> None:
    imported = {name for path in UTILS if folder_of(dotted_name(path)) == "_tenant" for name in imported_names(path)}
    allowed = {"_core", "_tenant", "_okta.org_url", "_okta.request_recovery"}
    assert {name for name in imported if name not in allowed and folder_of(name) not in allowed} == set()


def test_the_logic_does_not_import_ansible() -> None:
    logic = [path for path in UTILS if path.name != "_ansible.py"]
    assert offenders(logic, lambda path: libraries(path) & {"ansible", "ansible_collections"}) == {}


def other_plugins(path: Path) -> set[str]:
    """The imports of plugins other than module_utils."""
    return {name for name in imports(path) if name.startswith("plugins.") and not name.startswith("plugins.module_utils")}


def test_what_is_shipped_needs_module_utils_only() -> None:
    assert offenders(UTILS + MODULES, other_plugins) == {}


def test_the_emulator_does_not_import_plugins() -> None:
    assert offenders(python_files(EMULATOR), lambda path: libraries(path) & {"plugins", "ansible", "ansible_collections"}) == {}


@functools.cache
def plugin_errors() -> frozenset[str]:
    """The names of the errors that the plugins define."""
    return frozenset(node.name for path in python_files(PLUGINS) for node in parse(path).body if is_error(node))


def is_error(node: ast.stmt) -> TypeGuard[ast.ClassDef]:
    """Whether this defines an error."""
    return isinstance(node, ast.ClassDef) and node.name.endswith("Error")


def unread_errors(path: Path) -> list[int]:
    """The lines where a test expects an error of the plugins without reading its message."""
    if "pytest.raises(" not in text(path):
        return []
    functions = [node for node in nodes(path) if isinstance(node, ast.FunctionDef)]
    return [
        item.context_expr.lineno
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.With)
        for item in node.items
        if is_unread(item, ast.unparse(function))
    ]


def is_unread(item: ast.withitem, function: str) -> bool:
    """Whether this expects an error of the plugins, and the function neither matches its message nor reads it."""
    call = item.context_expr
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != "pytest.raises":
        return False
    expected = {node.id for argument in call.args for node in ast.walk(argument) if isinstance(node, ast.Name)}
    if not expected & plugin_errors() or any(keyword.arg == "match" for keyword in call.keywords):
        return False
    name = ast.unparse(item.optional_vars) if item.optional_vars else ""
    return not name or (f"str({name}.value)" not in function and f"{{{name}.value}}" not in function)


def test_a_test_of_an_error_reads_its_message() -> None:
    assert offenders(python_files(UNIT), unread_errors) == {}


def test_the_action_group_lists_the_okta_modules() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert sorted(runtime["action_groups"]["okta"]) == sorted(path.stem for path in MODULES if path.stem.startswith("okta_"))


def test_the_count_omits_lines_that_are_not_code(tmp_path: Path) -> None:
    source = '"""Doc."""\n\n# comment\nDOCUMENTATION = r"""\na:\n"""\n\n\ndef f():\n    """Doc."""\n    return """x\ny"""\n'
    sample = tmp_path / "sample.py"
    sample.write_text(source, encoding="utf-8")
    assert code_lines(sample) == {9, 11, 12}


@pytest.mark.parametrize("more", [0, 1])
def test_a_file_and_a_function_are_counted_without_comments(tmp_path: Path, more: int) -> None:
    sample = tmp_path / "sample.py"
    body = "    # comment\n    x = 1\n" * (MAX_FUNCTION - 1 + more)
    sample.write_text(f"def f():\n{body}", encoding="utf-8")
    assert function_sizes(sample) == ({"f": MAX_FUNCTION + 1} if more else {})
    assert file_size(sample, MAX_FUNCTION) == (MAX_FUNCTION + 1 if more else 0)


RAISES = """
def test_one():
    with pytest.raises(InputError):
        one()
def test_two():
    with pytest.raises((StateError, KeyError)) as caught:
        two()
    assert caught.value.facts()
def test_three():
    with pytest.raises(InputError) as caught, other():
        three()
    assert str(caught.value) == "three"
def test_four():
    with pytest.raises(InputError, match="four"):
        four()
    with pytest.raises(KeyError):
        four()
"""


def test_an_error_whose_message_is_not_read_is_found(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text(RAISES, encoding="utf-8")
    assert unread_errors(sample) == [3, 6]
