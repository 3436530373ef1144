# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Chromium of Debian, with an empty profile and without network access."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

_QUIET = (
    "--headless=new",
    "--no-sandbox",  # required for root, which CI uses
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no host name can be resolved
)
# Otherwise selenium would download a driver.
os.environ.setdefault("SE_OFFLINE", "true")
os.environ.setdefault("SE_AVOID_STATS", "true")


def missing() -> str | None:
    """Return why no browser is available; None if there is one."""
    gone = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"{' and '.join(gone)} not found: apt-get install chromium chromium-driver" if gone else None


@contextmanager
def chromium(width: int = 1280, height: int = 900, *, dark: bool = False) -> Iterator[webdriver.Chrome]:
    """Start a browser with a window of this size."""
    with tempfile.TemporaryDirectory(prefix="rezonate-chromium-", ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = str(shutil.which("chromium"))
        for argument in (*_QUIET, f"--user-data-dir={profile}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        try:
            metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            set_media(browser, dark=dark)
            yield browser
        finally:
            browser.quit()


def set_media(browser: webdriver.Chrome, *, dark: bool = False, kind: str = "") -> None:
    """Emulate a preference for dark colors, or printing (``kind="print"``)."""
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": kind, "features": [scheme]})


def write_report(folder: Path, tenants: list[dict[str, Any]], **options: Any) -> Path:
    """Write a report with the module's own code; return the page."""
    from ansible_collections.rezonate.okta.plugins.module_utils._audit.report_files import write_audit_reports
    from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call
    from ansible_collections.rezonate.okta.plugins.plugin_utils._actions.audit_report import read_page_source

    params = {"path": str(folder), "tenants": tenants, "merge": None, "generated_at": None, **options}
    return Path(write_audit_reports(Call(params), read_page_source()).values["files"][0])
