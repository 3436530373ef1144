# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds secrets in what Ansible itself shows of a task: items of loops, and the environment in a command line."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._fleet.causes import has_secret
from .secret_patterns import NAME

_SHORTEST = 8  # characters of what is looked for as a part of something
# Of no use to a module of this collection if not for these: locale, file locations, proxies, CA certificates, the org.
_HARMLESS = re.compile(
    r"LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TEMP|TMP|XDG_[A-Z_]+|DEBIAN_FRONTEND"
    r"|PYTHON[A-Z0-9]*|VIRTUAL_ENV|LD_LIBRARY_PATH|(?i:(?:https?|all|no)_proxy)"
    r"|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|SSL_CERT_(?:FILE|DIR)|OPENSSL_[A-Z]+|OBJC_DISABLE_INITIALIZE_FORK_SAFETY"
    r"|OKTA_CLIENT_(?:ORGURL|CLIENTID|SCOPES)|ANSIBLE_(?:ASYNC_DIR|DEBUG|PYTHON_INTERPRETER)"
)
_SECRET_NAME = re.compile(rf"(?i){NAME}")
_SWITCH = re.compile(r"(?i)true|false|yes|no|on|off|\d{1,4}")
_LOGIN = re.compile(r"//[^/\s]*@")  # user information in a URL


def revealing(environment: Mapping[str, str], secrets: Iterable[str]) -> list[str]:
    """Give the names of the variables that may hold a secret: all that aren't known to be harmless.

    Args:
        environment: the task's environment.
        secrets: the secrets among the task's options.
    """
    known = tuple(secrets)
    return sorted(name for name, value in environment.items() if not _is_harmless(name, value, known))


def _is_harmless(name: str, value: str, secrets: tuple[str, ...]) -> bool:
    if not value:
        return True
    if has_secret(value) or shows(value, secrets) or _LOGIN.search(value):
        return False
    if name.lower().endswith("_proxy") and "@" in value:
        return False
    return bool(_HARMLESS.fullmatch(name)) or (bool(_SWITCH.fullmatch(value)) and not _SECRET_NAME.search(name))


def shows(value: Any, secrets: Iterable[str]) -> bool:
    """Say whether a plain value holds one of the secrets, in whole or in part, encoded in Base64 or with other line breaks too."""
    wanted = [bare for secret in secrets if (bare := _bare(secret))]
    found = [_bare(form) for text in texts(value) for form in (text, *_decoded(text))]
    return any(_is_part(secret, bare) or _is_part(bare, secret) for bare in found for secret in wanted)


def _is_part(part: str, whole: str) -> bool:
    """A short one, such as the word RSA of a JWK, turns up in texts that have nothing to do with it."""
    return part == whole if len(part) < _SHORTEST else part in whole


def texts(value: Any) -> Iterator[str]:
    """All texts in a plain value, names left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from texts(entry)


def _bare(text: str) -> str:
    """A text without what quotes it and breaks its lines."""
    return re.sub(r"\\[nrt\"]|[\s\"']", "", text)


def _decoded(text: str) -> Iterator[str]:
    try:
        yield base64.b64decode(text, validate=False).decode()
    except ValueError:
        return
