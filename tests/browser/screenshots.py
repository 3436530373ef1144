# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the images in docs/images with made-up tenants.

Usage: python tests/browser/screenshots.py
"""

from __future__ import annotations

import base64
import html
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "playbooks" / "collections")]

from helpers.ansible_run import command, environment  # noqa: E402 - requires tests/ in the path
from helpers.audit_samples import GENERATED_AT, fleet  # noqa: E402 - requires tests/ in the path
from helpers.chromium import chromium, missing, write_report  # noqa: E402 - requires tests/ in the path
from helpers.terminal import Terminal  # noqa: E402 - requires tests/ in the path
from okta_emulator import Emulator  # noqa: E402 - requires tests/ in the path

IMAGES = ROOT / "docs" / "images"
# The name, the part of the page, and its maximum height.
PICTURES = (("audit-report.png", "body", 1180), ("audit-report-tenant.png", "#tenants", 900))
RUN = ("-i", "tenants.yml", "rezonate.okta.onboard_rezonate", "--vault-id", "rezonate@prompt")
STYLE = (
    "body { margin: 0; background: #14181f } pre { margin: 0; padding: 20px; width: 80ch; white-space: pre-wrap; word-break: break-all;"
    " color: #dfe5ee; font: 15px/1.35 'DejaVu Sans Mono', monospace }"
)


def run_at_a_terminal(folder: Path) -> str:
    """Onboard a tenant again, a new one, and one whose token was revoked, on a terminal of 80 columns; return what it shows."""
    with Emulator() as okta:
        tenants = [okta.tenant(name) for name in ("acme", "globex", "initech")]
        hosts = {tenant.name: {"rezonate_okta_api_token": tenant.api_token} for tenant in tenants}
        tenants[-1].revoke_api_token(tenants[-1].api_token)
        (folder / "tenants.yml").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
        own = {"HTTPS_PROXY": okta.proxy_url, "REQUESTS_CA_BUNDLE": okta.ca_file, "ANSIBLE_STDOUT_CALLBACK": "rezonate.okta.fleet"}
        # no progress bar, which is gone at the end
        env = environment(folder / "home", **own, TERM="dumb")
        for more in (("--limit", "acme"), ()):
            terminal = Terminal(command("ansible-playbook", *RUN, *more), folder, env, (80, 60))
            try:
                terminal.wait_for("Vault password (rezonate): ")
                terminal.type("made-up-password\n")
                terminal.finish()
            finally:
                terminal.close()
    return f"$ {' '.join(['ansible-playbook', *RUN])}\n" + terminal.output.replace("\r", "").replace(str(folder), "~").strip()


def main() -> None:
    """Take the screenshots."""
    if reason := missing():
        sys.exit(reason)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = Path(folder) / "run.html"
        shown = html.escape(run_at_a_terminal(Path(folder)))
        page.write_text(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><pre>{shown}</pre>", encoding="utf-8")
        browser.get(page.as_uri())
        width, height = browser.execute_script("const one = document.querySelector('pre'); return [one.offsetWidth, one.offsetHeight]")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip})
        (IMAGES / "run.png").write_bytes(base64.b64decode(shot["data"]))
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
