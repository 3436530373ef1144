# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recurrence rules of schedules, which AWX validates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY")
_WEEKDAY = re.compile(r"-?(MO|TU|WE|TH|FR|SA|SU)\Z")
_MAX_COUNT = 999


def errors(value: str) -> Iterable[str]:
    """Validate the recurrence rule of a schedule."""
    yield from _start(value)
    rules = re.findall(r"RULE:(\S*)", value)
    if not rules:
        yield "One or more rule required in rrule."
    for name in ("EXDATE", "RDATE"):
        if f"{name}:" in value.upper():
            yield f"{name} not allowed in rrule."
    for rule in rules:
        parts = dict(part.partition("=")[::2] for part in rule.split(";"))
        yield from _limits(rule, parts)
        yield from _parsed(parts)


def _start(value: str) -> Iterable[str]:
    """Validate the start: one, with a known time zone."""
    starts = re.findall(r"DTSTART(;[^:]+)?:(\d+T\d+Z?)", value)
    if not starts:
        yield "Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ"
    elif len(starts) > 1:
        yield "Multiple DTSTART is not supported."
    for zone, moment in starts:
        if not zone and not moment.endswith("Z"):
            yield "DTSTART cannot be a naive datetime. Require ;TZINFO= or YYYYMMDDTHHMMSSZZ."
        elif zone and not _known(zone.removeprefix(";TZID=")):
            yield "rrule parsing failed validation: A valid TZID must be provided (e.g., America/New_York)"


def _known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _limits(rule: str, parts: dict[str, str]) -> Iterable[str]:
    """Apply the limits of AWX."""
    if "INTERVAL" not in parts:
        yield f"INTERVAL required in rrule: {rule}"
    elif parts.get("FREQ") == "SECONDLY":
        yield f"SECONDLY is not supported: {rule}"
    if re.search(r"BYDAY=\d+[A-Za-z]{2}", rule):
        yield f"BYDAY with numeric prefix not supported: {rule}"
    if "COUNT" in parts and "UNTIL" in parts:
        yield f"RRULE may not contain both COUNT and UNTIL: {rule}"
    if parts.get("COUNT", "").isdigit() and int(parts["COUNT"]) > _MAX_COUNT:
        yield f"COUNT > {_MAX_COUNT} is unsupported: {rule}"


def _parsed(parts: dict[str, str]) -> Iterable[str]:
    """Report what a parser of rules can't read."""
    if parts.get("FREQ") not in (*_FREQUENCIES, "SECONDLY"):
        yield f"rrule parsing failed validation: invalid 'FREQ': {parts.get('FREQ', '')}"
    days = [day for day in parts.get("BYDAY", "MO").split(",") if not day[:1].isdigit()]
    if not all(map(_WEEKDAY.match, days)):
        yield f"rrule parsing failed validation: invalid 'BYDAY': {parts['BYDAY']}"
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not parts[name].isdigit():
            yield f"rrule parsing failed validation: invalid '{name}': {parts[name]}"
