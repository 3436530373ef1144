# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One browser for all tests. Without a browser, the tests are skipped with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.chromium import chromium, missing, set_media, write_report
from helpers.page_reader import OpenPage, PageReader
from selenium.webdriver import Chrome


@pytest.fixture(scope="session")
def browser() -> Iterator[Chrome]:
    """Start the browser."""
    if reason := missing():
        pytest.skip(reason)
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[dict[str, Any]]], Path]:
    """Write the report of some tenants once."""
    pages: dict[str, Path] = {}

    def write(tenants: list[dict[str, Any]]) -> Path:
        key = repr(tenants)
        if key not in pages:
            pages[key] = write_report(tmp_path_factory.mktemp("report"), tenants, generated_at="2026-01-31T12:04:00Z")
        return pages[key]

    return write


@pytest.fixture
def opened_page(browser: Chrome, written: Callable[[list[dict[str, Any]]], Path]) -> Iterator[OpenPage]:
    """Open the page of some tenants with an empty profile; the browser must not log errors."""

    def open_page(tenants: list[dict[str, Any]], hash_: str = "") -> PageReader:
        set_media(browser)
        browser.get("about:blank")
        browser.get_log("browser")
        browser.get(written(tenants).as_uri() + hash_)
        return PageReader(browser)

    yield open_page
    assert PageReader(browser).errors == []
