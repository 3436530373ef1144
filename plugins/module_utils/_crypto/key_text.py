# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Normalizes the text of a key that was copied from an environment file, in quotes, indented, or on one line.

The result is unambiguous: only characters are removed that can't be part of PEM (RFC 7468) or of base64url (RFC 7515, 2).
"""

from __future__ import annotations

import re

_ASSIGNMENT = re.compile(r"(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*(?=[\"'`{])")
# A key of 16384 bits has 13 KB; without a limit, many BEGIN lines would take quadratic time.
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.{0,20000}?)-----END \1-----", re.DOTALL)
_ESCAPED_LINE_ENDS = ((re.compile(r"\\+r"), ""), (re.compile(r"\\+t"), " "), (re.compile(r"\\+n"), "\n"), (re.compile(r"\r\n?"), "\n"))
_QUOTES = "\"'`"
_NOT_BASE64 = re.compile(rf"[\s{_QUOTES}\\]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_LINE = 64  # characters of base64 (RFC 7468, 2)


def normalize_key_text(text: str) -> str:
    r"""Return PEM in canonical notation, or JSON without the surrounding text.

    Args:
        text: the text of the user. In PEM, white space, quotes and line ends written as ``\n`` are ignored,
            and so is the text before and after it, such as the name of a variable.
    """
    text = text.strip().lstrip("\ufeff").strip()
    bare = _remove_quotes(_ASSIGNMENT.sub("", text, count=1) if _ASSIGNMENT.match(text) else text)
    if bare.startswith("{"):
        return bare
    if "-----BEGIN " not in text:
        return text
    for pattern, replacement in _ESCAPED_LINE_ENDS:
        text = pattern.sub(replacement, text)
    return _BLOCK.sub(_format_pem_block, text).strip()


def normalize_base64url(text: str) -> str | None:
    """Return a member of a JWK as base64url; None if it is invalid. Padding and the alphabet of base64 are accepted."""
    text = "".join(text.split())
    if not _BASE64.fullmatch(text):
        return None
    return text.rstrip("=").replace("+", "-").replace("/", "_")


def _remove_quotes(text: str) -> str:
    """Remove the quotes around a JSON object, and the backslashes that escape quotes in it."""
    for quote in _QUOTES:
        if len(text) > 1 and text[0] == text[-1] == quote and text[1:-1].strip().startswith("{"):
            inner = text[1:-1].strip()
            return inner.replace(f"\\{quote}", quote) if quote == '"' else inner
    return text


def _format_pem_block(found: re.Match[str]) -> str:
    label, body = found[1], found[2]
    # the headers of an encrypted key (RFC 1421) are lines, with an empty one after them
    lines = [line.strip(f"{_QUOTES} \t") for line in body.split("\n")] if ":" in body else [body]
    headers = [line for line in lines if ":" in line]
    bare = _NOT_BASE64.sub("", "".join(line for line in lines if ":" not in line))
    parts = [bare[start : start + _LINE] for start in range(0, len(bare), _LINE)]
    return "\n".join(["", f"-----BEGIN {label}-----", *headers, *([""] if headers else []), *parts, f"-----END {label}-----", ""])
