# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paged lists with links to the next page."""

from __future__ import annotations

import base64
import binascii
import urllib.parse
from collections.abc import Iterable
from typing import Any, TypeVar

from .errors import OktaError, invalid
from .routing import Call

T = TypeVar("T")
# Below all sequence numbers, including those of built-in objects.
FIRST = -100


def page(call: Call, items: Iterable[tuple[int, T]], limit: int, most: int = 200) -> tuple[list[T], dict[str, str]]:
    """Return the requested page with its Link header.

    `items` are pairs with sequence numbers, in order. The cursor contains the number of the last returned item, so
    deleted items neither break nor shift the list.
    """
    shown, size, cursor = _cut(call, items, limit, most)
    links = [_link(call, dict(call.request.query, limit=str(size)), "self")]
    if cursor:
        kept = {name: value for name, value in call.request.query.items() if name not in call.tenant.options.lost_in_links}
        links.append(_link(call, dict(kept, limit=str(size), after=cursor), "next"))
    return shown, {"Link": ", ".join(links)}


def page_within(call: Call, items: Iterable[tuple[int, T]], limit: int, most: int = 200) -> tuple[list[T], dict[str, Any]]:
    """Return a page of a list within a response body, with its `_links`, since it has no header."""
    shown, size, cursor = _cut(call, items, limit, most)
    target = _target(call, dict(call.request.query, limit=str(size), after=cursor or ""))
    return shown, {"next": {"href": target}} if cursor else {}


def _cut(call: Call, items: Iterable[tuple[int, T]], limit: int, most: int) -> tuple[list[T], int, str | None]:
    """Return the items of a page, its size, and the cursor of the next page if there is one."""
    size = _limit(call, limit, most)
    if call.tenant.options.page_size:
        size = min(size, call.tenant.options.page_size)
    after = _cursor(call)
    rest = [(number, item) for number, item in items if number > after]
    shown = rest[:size]
    more = len(rest) > size
    cursor = base64.urlsafe_b64encode(f"seq:{shown[-1][0]}".encode()).decode().rstrip("=") if more else None
    return [item for _number, item in shown], size, cursor


def self_link(call: Call, path: str | None = None) -> dict[str, str]:
    """Return the Link header of a list without pages."""
    return {"Link": f'<{_link_base(call)}{path or call.request.target}>; rel="self"'}


def _limit(call: Call, default: int, most: int) -> int:
    text = call.request.query.get("limit")
    if text is None:
        return default
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise invalid("limit", f"limit: must be a number from 1 to {most}")
    return int(text)


def _cursor(call: Call) -> int:
    text = call.request.query.get("after")
    if text is None:
        return FIRST
    try:
        kind, _unused, number = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
        if kind == "seq":
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise OktaError(400, "E0000029", "Invalid paging request.", "Invalid cursor.")


def _link_base(call: Call) -> str:
    host = call.tenant.options.link_host
    return f"https://{host}" if host else call.base


def _link(call: Call, query: dict[str, str], relation: str) -> str:
    return f'<{_target(call, query)}>; rel="{relation}"'


def _target(call: Call, query: dict[str, str]) -> str:
    path = call.request.target.partition("?")[0]
    return f"{_link_base(call)}{path}?{urllib.parse.urlencode(query)}"
