# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print the number of recorded requests to which the emulator's responses match: `PYTHONPATH=tests python -m emulator.contract`."""

from __future__ import annotations

import sys

from okta_emulator import Emulator

from .replay import LOOSE, facts, replay


def main() -> int:
    """Replay all recorded requests; exit with 1 if a response differs."""
    total = sum(fact["times"] for fact in facts())
    replayed = alike = 0
    with Emulator() as okta:
        for number, fact in enumerate(facts()):
            found = replay(okta, okta.tenant(f"recorded{number}"), fact)
            replayed += fact["times"]
            alike += 0 if found else fact["times"]
            for text in found:
                print(f"{fact['method']} {fact['path']} {fact['status']}: {text}")
    print(f"{total} recorded requests, {replayed} replayed, {alike} answered alike; {len(LOOSE)} members may be missing on either side.")
    return int(alike != total)


if __name__ == "__main__":
    sys.exit(main())
