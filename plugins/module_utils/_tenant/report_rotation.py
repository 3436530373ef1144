# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a rotation, or of one of its commands."""

from __future__ import annotations

from collections.abc import Iterator

from .report_changes import CONSOLE, change_sentence
from .report_facts import Facts


def rotation_report(facts: Facts) -> list[str]:
    """The sentences of the report."""
    return [
        f"{facts.subject}: {_status(facts)}.",
        *_next(facts),
        *_foreign_secret(facts),
        *facts.revocation_sentence(),
        *change_sentence(facts),
    ]


def _has_run(facts: Facts) -> bool:
    """Whether there was something to do; then the retained credentials were verified first."""
    return facts.of("verification", "proved") is not None


def _status(facts: Facts) -> str:
    noun = facts.credential
    if not _has_run(facts):
        return _stage_status(facts)
    if facts.check:
        return f"would {facts.stage} the rotation"
    return {
        "prepare": f"the {noun} in use and the next one are both verified",
        "finish": f"the new {noun} is the only one",
        "abort": f"the {noun} in use is the only one",
    }[facts.stage]


def _stage_status(facts: Facts) -> str:
    noun, since = facts.credential, facts.stored.rotation["since"]
    if not facts.stored.verified:
        return "not onboarded, or not verified"
    if facts.method == "api_token":
        return "method api_token has no rotation: create another token in the Admin Console, and onboard with it"
    if facts.stage == "prepare":
        return f"nothing to rotate: the {noun} of {since} is not older than {facts.options.get('rotation_max_age')}"
    prefix = "" if facts.stage == "status" else f"nothing to {facts.stage}, and nothing was changed: "
    return (
        prefix
        + {
            "none": f"no rotation is under way; the {noun} in use was verified on {since}",
            "preparing": f"a prepare that began on {since} was interrupted or failed",
            "prepared": f"prepared since {since}",
            "finishing": "a finish was interrupted",
            "taking over": f"the managed {noun} of {since} is used beside others that existed before",
        }[facts.stored.rotation["stage"]]
    )


def _next(facts: Facts) -> Iterator[str]:
    """The next steps."""
    if _has_run(facts):
        if facts.stage == "prepare" and not facts.check:
            yield from _console_steps(facts)
    elif facts.stored.verified and facts.method != "api_token" and facts.stage != "prepare":
        stage = facts.stored.rotation["stage"]
        if stage == "prepared":
            yield from _console_steps(facts)
        elif stage != "none" or facts.stage == "status":
            yield {
                "none": "Begin one: -e rezonate_rotation=prepare",
                "preparing": "Run it again: -e rezonate_rotation=prepare; or cancel: -e rezonate_rotation=abort",
                "finishing": "Run it again: -e rezonate_rotation=finish",
                "taking over": "When Rezonate uses the managed one, remove the others: -e rezonate_rotation=finish",
            }[stage]


def _console_steps(facts: Facts) -> Iterator[str]:
    member = "private key: rezonate_credentials.next.private_key"
    if facts.method != "oauth":
        member = "client secret: rezonate_credentials.next.client_secret"
    yield f"{CONSOLE}enter the {member} of {facts.stored.path}"
    yield f"View it: {facts.stored.view_command}"
    yield "When Rezonate uses it: -e rezonate_rotation=finish; to cancel instead: -e rezonate_rotation=abort"


def _foreign_secret(facts: Facts) -> Iterator[str]:
    """An unmanaged secret: there was another one beside the verified one, and the task that removes the managed one was skipped."""
    listed = facts.listed("secrets", "integration", "secrets")
    if facts.stage in ("finish", "abort") and len(listed) > 1 and facts.of("integration", "integration") is None:
        yield "A secret that is not managed remains on the integration."
