# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generate `described.json` and `recorded.json` from the folder `shared` beside the checkout, or from REZONATE_SHARED.

Usage: python tests/emulator/contract/extract.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from helpers.okta_client import shared

from emulator.contract import HERE, described, recorded

_DOCUMENTS = {"okta-management-subset.json": "", "okta-oauth-subset.json": "oauth."}


def extracted(name: str) -> Any:
    """Return the facts of one file from `shared`; None if it does not exist."""
    folder = shared("okta-recordings" if name == "recorded" else "okta-openapi")
    if folder is None:
        return None
    if name == "recorded":
        return recorded.facts(json.loads((folder / "recordings.json").read_text(encoding="utf-8")))
    facts: dict[str, Any] = {"operations": {}, "shapes": {}}
    for document, prefix in _DOCUMENTS.items():
        found = described.Description(json.loads((folder / document).read_text(encoding="utf-8")), prefix)
        facts["operations"] |= found.operations()
        facts["shapes"] |= found.shapes
    return facts


def as_lines(facts: Any) -> str:
    """Return facts as JSON, one per line."""
    if isinstance(facts, list):
        return "[\n" + ",\n".join(map(_compact, facts)) + "\n]\n"
    parts = [
        f"{_compact(part)}: {{\n" + ",\n".join(f"{_compact(name)}: {_compact(each)}" for name, each in items.items()) + "\n}"
        for part, items in facts.items()
    ]
    return "{" + ", ".join(parts) + "}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def main() -> None:
    """Write both files."""
    for name in ("described", "recorded"):
        facts = extracted(name)
        if facts is None:
            sys.exit("The folder shared isn't here: set REZONATE_SHARED")
        (HERE / f"{name}.json").write_text(as_lines(facts), encoding="utf-8")


if __name__ == "__main__":
    main()
