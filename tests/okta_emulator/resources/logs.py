# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The system log."""

from __future__ import annotations

from ..errors import invalid
from ..http import Reply
from ..ids import parse_timestamp
from ..paging import page
from ..roles import Need
from ..routing import Call, Route


def list_events(call: Call) -> Reply:
    since, until = _moment(call, "since", 0), _moment(call, "until", float("inf"))
    events = [event for event in call.state.events if since <= parse_timestamp(event["published"]) <= until]
    if call.request.query.get("sortOrder") == "DESCENDING":
        events.reverse()
    shown, headers = page(call, ((event["sequence"], event) for event in events), 100, 1000)
    plain = [{name: value for name, value in event.items() if name != "sequence"} for event in shown]
    return Reply(200, plain, headers)


def _moment(call: Call, name: str, default: float) -> float:
    text = call.request.query.get(name)
    if text is None:
        return default
    try:
        return parse_timestamp(text)
    except ValueError as error:
        raise invalid(name, f"{name}: must be an ISO 8601 timestamp") from error


ROUTES = [Route("GET", "/api/v1/logs", list_events, Need.READ, "okta.logs.read", "logs")]
