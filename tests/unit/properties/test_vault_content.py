# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Foreign content of a vault file: it is retained unchanged, or there is one error; it is never expanded without limit."""

from __future__ import annotations

import json
import resource
import time
from typing import Any

import pytest
import yaml
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import RezonateError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call
from ansible_collections.rezonate.okta.plugins.module_utils._vault.vars_document import MAX_BYTES, Document
from ansible_collections.rezonate.okta.plugins.module_utils._vault.vars_file import manage_vars_file
from helpers.acceptance import accepts
from hypothesis import example, given
from hypothesis import strategies as st

SECRET = "made-up-secret-c2f6d0a1"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        "yes",
        "0o14",
        "012",
        "1_000",
        "1:30",
        "~",
        "null",
        "2026-01-01",
        "=",
        "<<",
        "{{ x }}",
        "!vault",
        "%",
        "\u2028",
        "\x85",
        " x ",
        "x\n\n",
        "a: b",
        "#",
        "\ufeff",
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | st.binary(max_size=9)
    | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4) | st.sets(st.integers(), max_size=3),
    max_leaves=12,
)
_PIECES = [
    *(
        "a: ",
        "b: ",
        "- ",
        "? ",
        ": ",
        "\n",
        "\n  ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&x ",
        "*x",
        "<<: ",
        "!vault |\n  6162",
        "!!python/object/apply:os.system [id]",
    ),
    *(
        "!!binary AA==",
        "!!int x",
        "!!float x",
        "!!timestamp x",
        "!!set {a}",
        "!unsafe ",
        "!",
        "|\n  t",
        ">-\n  t",
        "'",
        '"',
        "---\n",
        "...\n",
        "%YAML 9.9\n",
        "%TAG ! x\n",
    ),
    *("\t", "\x00", "\x07", "\ufeff", "#", "@", "`", "0x", "1e400", ".nan", "-.inf", "190:20:30", "é", "null", "\\u0041"),
]


class Clear:
    """A cipher that only prepends the header, and so shows the text to encrypt."""

    vault_id, is_typed_once = "rz", False
    header = b"$ANSIBLE_VAULT;1.1;AES256\n"

    def decrypt(self, ciphertext: bytes, _path: str) -> tuple[bytes, Any]:
        return ciphertext.removeprefix(self.header), self

    def encryptor(self, _vault_id: str | None) -> Any:
        return self

    def encrypt(self, plaintext: bytes) -> bytes:
        return self.header + plaintext


def call(path: Any, state: str, **options: Any) -> Any:
    """Run the module on a file."""
    params = {"variables": None, "names": None, "expected_revision": None, "state": state}
    params |= {"path": str(path), "ciphertext": None, "vault_id": None, "backup": False, **options}
    return manage_vars_file(Call(params), Clear())


def tried(path: Any, content: bytes) -> None:
    """Read a file and set a variable in it; an error is a message without any part of the file."""
    path.write_bytes(Clear.header + content)
    for state, options in (("read", {}), ("present", {"variables": {"rezonate_credentials": {"a": [1, "x"]}}})):
        try:
            outcome = call(path, state, **options)
        except RezonateError as error:
            message = str(error)
        else:
            message = ""
            json.dumps(outcome.values)
        assert SECRET not in message
        assert len(message) < 500 + len(str(path)) + 3 * len(content)


@given(st.lists(st.sampled_from([*_PIECES, SECRET]), max_size=16).map("".join) | st.text(max_size=120))
@example("a: !!python/object/apply:os.system ['touch /tmp/pwned']")
@example("? [a, b]\n: 1\n? {c: 1}\n: 2")
@example("a: &x [*x]")
@example("&x a: *x")
@example("!!map {a: 1}")
@example("!Thing\na: 1")
@example("a: !!int 99999999999999999999\nb: !!float .inf")
@example("a: !!int " + "9" * 5000)
@example("a: " + "1:" * 3000 + "1")
def test_any_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    tried(tmp_path_factory.mktemp("any") / "x", text.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=200))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    tried(tmp_path_factory.mktemp("any") / "x", content)


@given(st.dictionaries(TEXT.filter(lambda name: name not in ("rezonate_credentials", "<<", "=")), VALUES, max_size=5), st.booleans())
def test_foreign_variables_retain_their_values(tmp_path_factory: pytest.TempPathFactory, others: dict[str, Any], flow: bool) -> None:
    path = tmp_path_factory.mktemp("others") / "x"
    text = yaml.safe_dump(others, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    path.write_bytes(Clear.header + text.encode())
    before = yaml.safe_load(text)
    call(path, "present", variables={"rezonate_credentials": {"key": "-----\nx\n"}})
    after = yaml.safe_load(path.read_bytes().removeprefix(Clear.header))
    assert after.pop("rezonate_credentials") == {"key": "-----\nx\n"}
    assert repr(after) == repr(before)
    call(path, "absent", names=["rezonate_credentials"])
    assert repr(yaml.safe_load(path.read_bytes().removeprefix(Clear.header)) or {}) == repr(before)


@accepts(0.6)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
        lambda i: st.lists(i) | st.dictionaries(TEXT, i),
    )
)
def test_a_stored_value_is_read_unchanged(tmp_path_factory: pytest.TempPathFactory, value: Any) -> bool:
    path = tmp_path_factory.mktemp("stored") / "x"
    try:
        call(path, "present", variables={"a": value})
    except StateError:
        # PyYAML can't read some keys that it wrote, such as U+0085
        assert not path.exists()
        return False
    assert repr(call(path, "read").values["variables"]) == repr({"a": value})
    assert not call(path, "present", variables={"a": value}).changed
    return True


def laughs(depth: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    return "\n".join([*lines, *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, depth))])


BOMBS = {
    "a billion laughs": laughs(12),
    "a billion merges": "a0: &a0 {x: 1}\n" + "\n".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 12)),
    "deep lists": "a: " + "[" * 5_000,
    "deep mappings": "a: " + "{a: " * 5_000,
    "deep blocks": "\n".join(" " * n + "a:" for n in range(1500)),
    "deep and whole": "a: " + "[" * 150 + "]" * 150,
    "a huge scalar": "a: " + "x" * 300_000,
    "a huge number": "a: " + "9" * 300_000,
    "a huge key": "x" * 300_000 + ": 1",
    "many anchors": "\n".join(f"a{n}: &b{n} 1" for n in range(1000)),
    "a loop": "a: &a {b: &b [*a, *b]}",
    "many sexagesimals": "a: " + "1:" * 200_000 + "1",
}


@pytest.mark.parametrize("name", BOMBS)
def test_excessive_content_is_not_expanded(tmp_path: Any, name: str) -> None:
    start, peak = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tried(tmp_path / "x", BOMBS[name].encode())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 200 * 1024
    assert time.process_time() - start < 20


def test_a_file_that_is_too_large_is_not_read(tmp_path: Any) -> None:
    (tmp_path / "x").write_bytes(Clear.header + b"a: " + b"x" * MAX_BYTES)
    with pytest.raises(StateError, match="larger than"):
        call(tmp_path / "x", "read")


def test_aliases_expand_to_no_more_than_a_file_may_hold() -> None:
    with pytest.raises(StateError, match="expands to more than"):
        Document.parse(laughs(12), "x").read("a11")
