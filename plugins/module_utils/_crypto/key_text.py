# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a key as people have it: from an environment file, in quotes, indented, on one line. Gives the text that was meant.

Nothing is guessed: what is taken away can't be part of PEM (RFC 7468), nor of base64url (RFC 7515, 2).
"""

from __future__ import annotations

import re

_ASSIGNMENT = re.compile(r"(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*(?=[\"'`{])")
# One of 16384 bits has 13 KB; without a bound many beginnings would take quadratic time.
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.{0,20000}?)-----END \1-----", re.DOTALL)
_WRITTEN_OUT = ((re.compile(r"\\+r"), ""), (re.compile(r"\\+t"), " "), (re.compile(r"\\+n"), "\n"), (re.compile(r"\r\n?"), "\n"))
_QUOTES = "\"'`"
_NO_BASE64 = re.compile(rf"[\s{_QUOTES}\\]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_LINE = 64  # characters of base64 (RFC 7468, 2)


def tidied(text: str) -> str:
    r"""Give PEM in the one way to write it, or JSON without what is around it.

    Args:
        text: as the user has it. Of PEM, white space anywhere, quotes, and ends of lines written out as ``\n`` don't matter,
            nor does what stands before and after it, such as the name of a variable.
    """
    text = text.strip().lstrip("\ufeff").strip()
    bare = _unquoted(_ASSIGNMENT.sub("", text, count=1) if _ASSIGNMENT.match(text) else text)
    if bare.startswith("{"):
        return bare
    if "-----BEGIN " not in text:
        return text
    for pattern, meant in _WRITTEN_OUT:
        text = pattern.sub(meant, text)
    return _BLOCK.sub(_block, text).strip()


def base64url(text: str) -> str | None:
    """Give a member of a JWK as base64url; None if it is none. Padding and base64's other alphabet make no difference."""
    text = "".join(text.split())
    if not _BASE64.fullmatch(text):
        return None
    return text.rstrip("=").replace("+", "-").replace("/", "_")


def _unquoted(text: str) -> str:
    """Take the quotes around a JSON object away, and the backslashes that they needed within."""
    for quote in _QUOTES:
        if len(text) > 1 and text[0] == text[-1] == quote and text[1:-1].strip().startswith("{"):
            inner = text[1:-1].strip()
            return inner.replace(f"\\{quote}", quote) if quote == '"' else inner
    return text


def _block(found: re.Match[str]) -> str:
    label, body = found[1], found[2]
    # the headers of an encrypted key (RFC 1421) are lines, with an empty one after them
    lines = [line.strip(f"{_QUOTES} \t") for line in body.split("\n")] if ":" in body else [body]
    headers = [line for line in lines if ":" in line]
    bare = _NO_BASE64.sub("", "".join(line for line in lines if ":" not in line))
    parts = [bare[start : start + _LINE] for start in range(0, len(bare), _LINE)]
    return "\n".join(["", f"-----BEGIN {label}-----", *headers, *([""] if headers else []), *parts, f"-----END {label}-----", ""])
