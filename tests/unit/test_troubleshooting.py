# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page for error messages has search words for each message that the code raises, and no others."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Raised with a complete sentence; others are parts of a sentence, or caught.
ERRORS = re.compile(
    r"(Input|State|Line|Record|HiddenList|NoResponse|Rezonate|UnmanagedResource|MissingLibrary|Protocol|AnsibleParser|ReadTimeout|Body\w*)Error"
)
MINIMUM = 10  # characters; what is shorter is joined from other messages


def text_of(node: ast.expr) -> str:
    """Return the constant parts of a message."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "\0".join(part.value if isinstance(part, ast.Constant) else "" for part in node.values)
    if isinstance(node, ast.BinOp):
        return text_of(node.left) + text_of(node.right)
    return f"{text_of(node.body)}\0{text_of(node.orelse)}" if isinstance(node, ast.IfExp) else ""


def raised() -> Iterator[tuple[str, str]]:
    """Return the location and the constant parts of each message that is raised."""
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and ERRORS.fullmatch(ast.unparse(node.exc.func)):
                text = "\0".join(map(text_of, node.exc.args))
                if len(text.strip("\0 :.")) >= MINIMUM:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", text


@functools.cache
def in_roles() -> str:
    """Return the roles' tasks, in which some messages are."""
    return " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in sorted((ROOT / "roles").rglob("tasks/**/*.yml")))


def is_part(word: str, message: str) -> bool:
    """Return whether search words, in which … stands for any text, are part of a message."""
    return bool(re.search(".*".join(map(re.escape, word.split("…"))), message, re.DOTALL))


PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
WORDS = [word for row in re.findall(r"^\| (`.*?) \| ", PAGE, re.MULTILINE) for word in re.findall(r"`([^`]+)`", row)]
MESSAGES = list(raised())


def test_there_are_messages_and_words() -> None:
    assert len(MESSAGES) > 200
    assert len(WORDS) > 150


@pytest.mark.parametrize(("place", "message"), MESSAGES, ids=[place for place, _message in MESSAGES])
def test_a_message_can_be_found(place: str, message: str) -> None:
    assert [word for word in WORDS if is_part(word, message)], message.replace("\0", "…")


@pytest.mark.parametrize("word", WORDS)
def test_a_search_word_is_part_of_a_message(word: str) -> None:
    assert is_part(word, in_roles()) or any(is_part(word, message) for _place, message in MESSAGES)


@pytest.mark.parametrize("word", WORDS)
def test_a_search_word_is_specific(word: str) -> None:
    assert sum(is_part(word, message) for _place, message in MESSAGES) <= 12
