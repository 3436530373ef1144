# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A keyboard user of a report page: reads, types and presses keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement


class PageReader:
    """A reader of an open page.

    Args:
        browser: the browser.
    """

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    def all(self, selector: str) -> list[WebElement]:
        """Find elements, by CSS."""
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        """Find an element."""
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """Return the texts of elements, as in the document."""
        found: list[str] = self.run("return [...document.querySelectorAll(arguments[0])].map((found) => found.textContent)", selector)
        return found

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page."""
        return self.browser.execute_script(script, *arguments)

    def wait_for(self, question: Callable[[], Any]) -> Any:
        """Wait up to ten seconds until a condition holds."""
        deadline = time.monotonic() + 10
        while not (answer := question()):
            assert time.monotonic() < deadline, "the condition did not hold in time"
            time.sleep(0.02)
        return answer

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the focus is."""
        for key in keys:
            ActionChains(self.browser).send_keys(key).perform()

    def tab_to(self, selector: str, most: int = 400) -> WebElement:
        """Press Tab until an element has the focus."""
        target = self.one(selector)
        for _press in range(most):
            self.press(Keys.TAB)
            if self.focused == target:
                return target
        raise AssertionError(f"{selector} can't be reached by keyboard")

    @property
    def focused(self) -> WebElement:
        """The element that has the focus."""
        return self.browser.switch_to.active_element

    @property
    def tenants(self) -> list[str]:
        """The tenants in the table, in their order."""
        return self.texts("table.tenants .opener bdi")

    @property
    def count(self) -> str:
        """The text about the number of matching tenants."""
        return str(self.one("#count").text)

    @property
    def errors(self) -> list[str]:
        """The errors that the browser has logged."""
        return [entry["message"] for entry in self.browser.get_log("browser")]


OpenPage = Callable[..., PageReader]
