# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the images in docs/images with made-up tenants.

Usage: python tests/browser/screenshots.py
"""

from __future__ import annotations

import base64
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "playbooks" / "collections")]

from helpers.audit_samples import GENERATED_AT, fleet  # noqa: E402 - requires tests/ in the path
from helpers.chromium import chromium, missing, write_report  # noqa: E402 - requires tests/ in the path

IMAGES = ROOT / "docs" / "images"
# The name, the part of the page, and its maximum height.
PICTURES = (("audit-report.png", "body", 1180), ("audit-report-tenant.png", "#tenants", 900))


def main() -> None:
    """Take the screenshots."""
    if reason := missing():
        sys.exit(reason)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = write_report(Path(folder), fleet(40), generated_at=GENERATED_AT)
        for name, part, height in PICTURES:
            browser.get(page.as_uri())
            if part != "body":
                browser.execute_script("document.querySelector('.opener').click()")
            top = browser.execute_script("return document.querySelector(arguments[0]).getBoundingClientRect().top + scrollY", part)
            clip = {"x": 0, "y": max(0, top - 16), "width": 1280, "height": height, "scale": 1}
            shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip})
            (IMAGES / name).write_bytes(base64.b64decode(shot["data"]))


if __name__ == "__main__":
    main()
