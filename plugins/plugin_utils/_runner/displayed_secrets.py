# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds secrets in values of a task that Ansible itself shows: items of loops, and the environment in a command line."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._fleet.causes import has_secret
from .secret_patterns import SENSITIVE_NAME

_MIN_PART = 8  # characters; shorter texts must be equal to match
# Variables that modules use without secrets: locale, file locations, proxies, CA certificates, the org.
_HARMLESS = re.compile(
    r"LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TEMP|TMP|XDG_[A-Z_]+|DEBIAN_FRONTEND"
    r"|PYTHON[A-Z0-9]*|VIRTUAL_ENV|LD_LIBRARY_PATH|(?i:(?:https?|all|no)_proxy)"
    r"|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|SSL_CERT_(?:FILE|DIR)|OPENSSL_[A-Z]+|OBJC_DISABLE_INITIALIZE_FORK_SAFETY"
    r"|OKTA_CLIENT_(?:ORGURL|CLIENTID|SCOPES)|ANSIBLE_(?:ASYNC_DIR|DEBUG|PYTHON_INTERPRETER)"
)
_SECRET_NAME = re.compile(rf"(?i){SENSITIVE_NAME}")
_SWITCH = re.compile(r"(?i)true|false|yes|no|on|off|\d{1,4}")
_LOGIN = re.compile(r"//[^/\s]*@")  # user information in a URL


def variables_with_secrets(environment: Mapping[str, str], secrets: Iterable[str]) -> list[str]:
    """The names of the variables that may hold a secret: all that aren't known to be harmless.

    Args:
        environment: the task's environment.
        secrets: the secrets in the task's options.
    """
    known = tuple(secrets)
    return sorted(name for name, value in environment.items() if not _is_harmless(name, value, known))


def _is_harmless(name: str, value: str, secrets: tuple[str, ...]) -> bool:
    if not value:
        return True
    if has_secret(value) or contains_secret(value, secrets) or _LOGIN.search(value):
        return False
    if name.lower().endswith("_proxy") and "@" in value:
        return False
    return bool(_HARMLESS.fullmatch(name)) or (bool(_SWITCH.fullmatch(value)) and not _SECRET_NAME.search(name))


def contains_secret(value: Any, secrets: Iterable[str]) -> bool:
    """Whether a plain value holds one of the secrets, in whole or in part, also in Base64 or with other line breaks."""
    bare_secrets = [bare for secret in secrets if (bare := _without_quotes(secret))]
    found = [_without_quotes(form) for text in iterate_texts(value) for form in (text, *_base64_decoded(text))]
    return any(_is_part(secret, bare) or _is_part(bare, secret) for bare in found for secret in bare_secrets)


def _is_part(part: str, whole: str) -> bool:
    """Whether a text is part of another; a short one, such as RSA in a JWK, must be equal, since it occurs in many texts."""
    return part == whole if len(part) < _MIN_PART else part in whole


def iterate_texts(value: Any) -> Iterator[str]:
    """All texts in a plain value, without keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from iterate_texts(entry)


def _without_quotes(text: str) -> str:
    """A text without quotes and line breaks."""
    return re.sub(r"\\[nrt\"]|[\s\"']", "", text)


def _base64_decoded(text: str) -> Iterator[str]:
    try:
        yield base64.b64decode(text, validate=False).decode()
    except ValueError:
        return
