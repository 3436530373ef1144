# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a report with hostile tenants, and its network access."""

from __future__ import annotations

from helpers.audit_samples import HOSTILE, fleet, hostile
from helpers.page_reader import OpenPage

FLEET = fleet(40)
# As the page shows it: characters that would reverse the text or break the line are escaped.
SHOWN = HOSTILE.replace("\u2028", "\\u2028").replace("\u202e", "\\u202e")


TRIES = {
    "fetch": "fetch('data:text/plain,x').then(() => done('got it'), () => done('refused'))",
    "image": """
        const image = new Image();
        image.onload = () => done('got it');
        image.onerror = () => done('refused');
        image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=';
    """,
    "script": """
        try {
            const script = document.createElement('script');
            script.append('window.ran = true');
            document.body.append(script);
        } finally {
            done(window.ran || 'refused');
        }
    """,
    "html": "try { document.body.innerHTML += 'x'; done('got it') } catch { done('refused') }",
}


def test_a_hostile_tenant_remains_text(opened_page: OpenPage) -> None:
    reader = opened_page([hostile(), *fleet(3)])
    title = reader.browser.title
    reader.run("document.querySelectorAll('.opener').forEach((button) => button.click()); dispatchEvent(new Event('beforeprint'))")
    reader.wait_for(lambda: reader.all(".matrix"))
    assert (reader.browser.title, reader.all("img, iframe, object, embed, main a, [onerror]")) == (title, [])
    assert len(reader.all("script")) == 2
    assert SHOWN in reader.tenants
    for selector in (
        ".detail .kind",
        ".detail .list bdi",
        ".matrix thead bdi",
        ".matrix tbody bdi",
        ".oldest code",
        "#paper h3",
    ):
        assert SHOWN in "\n".join(reader.texts(selector)), selector
    assert "\n" not in reader.texts(".detail .command")[0]


def test_a_link_to_a_hostile_tenant_works(opened_page: OpenPage) -> None:
    reader = opened_page([hostile(), *fleet(3)])
    reader.run("document.querySelector('.opener').click()")
    address = reader.browser.current_url
    reader.browser.get("about:blank")
    reader.browser.get(address)
    assert reader.focused.text.endswith(SHOWN)


def test_the_page_has_no_network_access(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    for name, attempt in TRIES.items():
        assert reader.browser.execute_async_script(f"const done = arguments[arguments.length - 1]; {attempt}") == "refused", name
    assert len(reader.errors) >= len(TRIES)
