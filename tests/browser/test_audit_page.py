# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a report in a real browser, operated by keyboard."""

from __future__ import annotations

import base64
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from helpers.audit_samples import fleet, hostile
from helpers.chromium import set_media
from helpers.page_reader import OpenPage, PageReader
from selenium.webdriver.common.keys import Keys

FLEET = fleet(40)
LARGE = fleet(1000)


def having(severity: str, tenants: list[dict[str, Any]] = FLEET) -> set[str]:
    return {one["tenant"] for one in tenants if any(finding["severity"] == severity for finding in one["findings"])}


def status(name: str, tenants: list[dict[str, Any]] = FLEET) -> set[str]:
    return {one["tenant"] for one in tenants if one["status"] == name}


def tenant(name: str) -> dict[str, Any]:
    return next(one for one in FLEET if one["tenant"] == name)


@pytest.mark.parametrize("tenants", [[], fleet(1), FLEET, LARGE, [hostile()]], ids=["none", "one", "forty", "thousand", "hostile"])
def test_it_opens_without_errors(opened_page: OpenPage, tenants: list[dict[str, Any]]) -> None:
    reader = opened_page(tenants)
    reader.wait_for(lambda: reader.all("#matrix-body > *"))
    assert reader.one("h1").text
    assert len(reader.tenants) == min(100, len(tenants))
    assert reader.run("return performance.getEntriesByType('resource').length") == 0


def test_the_fleet_is_counted(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    assert reader.one("h1").text == f"{len(status('findings'))} of 40 tenants have findings"
    cards = dict(zip(reader.texts(".card .what"), reader.texts(".card .figure"), strict=True))
    assert cards == {
        "!With findings": str(len(status("findings"))),
        "\u2715Failed": str(len(status("failed"))),
        "?Unknown": str(len(status("unknown"))),
        "\u2713Clean": str(len(status("clean"))),
    }


def test_a_single_tenant_is_opened_initially(opened_page: OpenPage) -> None:
    reader = opened_page([tenant(next(iter(having("high"))))])
    assert reader.one(".detail").is_displayed()
    assert not reader.one("#filters").is_displayed()


@pytest.mark.parametrize("severity", ["critical", "high", "medium", "low", "unknown"])
def test_a_severity_is_chosen_by_keyboard(opened_page: OpenPage, severity: str) -> None:
    reader = opened_page(FLEET)
    reader.tab_to(f"input[value={severity}]")
    reader.press(Keys.SPACE)
    assert set(reader.tenants) == having(severity)
    found = len(having(severity))
    assert reader.count == f"{found} of 40 tenants {'matches' if found == 1 else 'match'}"
    assert reader.one("#count").get_attribute("role") == "status"


def test_filters_are_combined_and_removed(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    for value in ("findings", "failed"):
        reader.tab_to(f"input[name=status][value={value}]")
        reader.press(Keys.SPACE)
    assert set(reader.tenants) == status("findings") | status("failed")
    reader.run("document.getElementById('search').focus()")
    reader.press(*"emea")
    desired = {name for name in status("findings") | status("failed") if "emea" in name}
    reader.wait_for(lambda: set(reader.tenants) == desired)
    reader.tab_to("#reset")
    reader.press(Keys.ENTER)
    assert (len(reader.tenants), reader.count, reader.one("#search").get_attribute("value")) == (40, "40 tenants", "")
    assert reader.focused == reader.one("#search")


def test_a_kind_of_finding_filters_its_tenants(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    reader.tab_to("#glance .link")
    kind = reader.one("#glance .link bdi").text
    reader.press(Keys.ENTER)
    assert set(reader.tenants) == {one["tenant"] for one in FLEET if kind in [finding["id"] for finding in one["findings"]]}
    assert reader.focused.get_attribute("id") == "tenants"


def test_filters_without_a_match_show_a_message(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET, "#q=no-such-tenant")
    assert (reader.tenants, reader.count) == ([], "0 of 40 tenants match")
    assert "No tenant matches these filters." in reader.one("#tenants").text


def test_the_charts_follow_the_filters(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    keys = sum(len(one["keys"]) for one in FLEET)
    assert sum(map(int, reader.texts(".ages tbody .number"))) == keys
    reader = opened_page(FLEET, "#severity=critical")
    assert sum(map(int, reader.texts(".ages tbody .number"))) == sum(len(tenant(name)["keys"]) for name in having("critical"))


def test_the_highest_severities_are_first_and_a_column_sorts(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    assert set(reader.tenants[: len(having("critical"))]) == having("critical")
    reader.tab_to("[data-sort=tenant]")
    reader.press(Keys.ENTER)
    assert reader.tenants == sorted(reader.tenants)
    reader.press(Keys.ENTER)
    assert reader.tenants == sorted(reader.tenants, reverse=True)
    assert [cell.get_attribute("aria-sort") for cell in reader.all("table.tenants thead th")] == ["descending", *["none"] * 5]
    assert reader.focused.get_attribute("data-sort") == "tenant"


def test_a_numeric_column_sorts_the_largest_first(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    for direction in ("descending", "ascending"):
        reader.run("document.querySelector('[data-sort=oldest]').click()")
        assert reader.one("th.col-oldest").get_attribute("aria-sort") == direction
        ages = [max((key["age_days"] for key in tenant(name)["keys"]), default=None) for name in reader.tenants]
        known = [age for age in ages if age is not None]
        assert known == sorted(known, reverse=direction == "descending")
        assert ages[: len(known)] == known, "what isn't known goes last"


LACKS = {"scope": "okta.roles.read", "status": "refused_by_role", "needs": "needs a custom role with okta.iam.read"}
USABLE = [{"scope": name, "status": "usable", "needs": None} for name in ("okta.logs.read", "okta.users.read")]


def test_a_column_shows_the_share_of_usable_scopes(opened_page: OpenPage) -> None:
    tenants = [dict(one) for one in FLEET[:3]]
    tenants[0]["coverage"], tenants[1]["coverage"] = [*USABLE, LACKS, {**LACKS, "scope": "x", "status": "unknown"}], USABLE[:1]
    reader = opened_page(tenants, f"#tenant={tenants[0]['tenant']}")
    shown = dict(zip(reader.tenants, reader.texts("td.col-usable"), strict=True))
    assert shown == {tenants[0]["tenant"]: "2 of 4", tenants[1]["tenant"]: "1 of 1", tenants[2]["tenant"]: "\u2013none"}
    reader.run("document.querySelector('[data-sort=usable]').click()")
    assert reader.tenants == [one["tenant"] for one in tenants]
    assert reader.one(".coverage .state-title").text == "?Not usable with these roles (2)"
    assert reader.texts(".coverage li") == [
        "okta.roles.read needs a custom role with okta.iam.read",
        "x needs a custom role with okta.iam.read",
    ]


def test_without_coverage_there_is_no_such_column(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    assert (reader.all("[data-sort=usable]"), reader.all(".col-usable")) == ([], [])


def test_a_tenant_opens_and_escape_closes_it(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    name = reader.tenants[0]
    button = reader.tab_to(".opener")
    reader.press(Keys.ENTER)
    row = reader.one(f"#{button.get_attribute('aria-controls')}")
    assert (button.get_attribute("aria-expanded"), row.is_displayed()) == ("true", True)
    for finding in tenant(name)["findings"]:
        assert finding["message"] in row.text
        assert finding["remedy"] in row.text
    reader.press(Keys.TAB)
    assert reader.focused.tag_name == "button"
    reader.press(Keys.ESCAPE)
    assert (button.get_attribute("aria-expanded"), row.is_displayed(), reader.focused) == ("false", False, button)


def test_a_remedy_is_copied(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET, f"#tenant={next(iter(having('critical')))}")
    # Without the new clipboard API, the old one is used.
    gone = "Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true});"
    watch = "addEventListener('copy', () => window.copied = document.activeElement.value)"
    for prepare in ("", f"{gone} {watch}"):
        reader.run(prepare)
        reader.run("document.querySelector('.copy').focus()")
        reader.press(Keys.ENTER)
        reader.wait_for(lambda: "Copied" in reader.one(".copy").text)
        assert reader.focused == reader.one(".copy")
        assert "Copied the remedy of" in reader.one("#said").text
    assert reader.run("return window.copied") == reader.one(".command").text


def test_only_the_command_of_a_remedy_is_copied(opened_page: OpenPage) -> None:
    remedy = "Audit with a credential that can: ansible-playbook -i 'my tenants.yml' rezonate.okta.audit_rezonate --limit acme"
    finding = {"id": "apps_unknown", "severity": "unknown", "message": "x", "remedy": remedy}
    reader = opened_page([{**FLEET[0], "findings": [finding]}])
    assert reader.one(".command").text == remedy.partition(": ")[2]
    assert reader.one(".remedy .sentence").text == "Audit with a credential that can:"


def test_two_orgs_with_one_tenant_id_are_distinguished(opened_page: OpenPage) -> None:
    preview = {**FLEET[0], "org_url": f"https://{FLEET[0]['tenant']}.oktapreview.com"}
    reader = opened_page([FLEET[0], preview], f"#tenant={FLEET[0]['tenant']}")
    name = FLEET[0]["tenant"]
    assert sorted(reader.tenants) == [name, f"{name} ({name}.oktapreview.com)"]
    assert len(reader.all(".detail:not([hidden])")) == 1
    again = opened_page([FLEET[0], preview], f"#tenant=https://{name}.oktapreview.com")
    assert again.focused.text.endswith("oktapreview.com)")


def test_the_most_frequent_findings_begin_with_the_highest_severity(opened_page: OpenPage) -> None:
    low = {"id": "app_renamed", "severity": "low", "message": "", "remedy": ""}
    tenants = [{**tenant, "findings": [low]} for tenant in FLEET[:3]]
    tenants[0]["findings"] = [low, {**low, "id": "super_admin", "severity": "critical"}]
    reader = opened_page(tenants)
    (table,) = [found for found in reader.all("table.plain") if "What is found most" in found.text]
    assert table.text.index("super_admin") < table.text.index("app_renamed")


def test_a_link_opens_a_tenant(opened_page: OpenPage) -> None:
    reader = opened_page(LARGE, "#tenant=acme&severity=critical")
    assert "acme" not in having("critical", LARGE)
    assert reader.focused.text.endswith("acme")
    assert reader.focused.get_attribute("aria-expanded") == "true"
    assert reader.run("const at = document.activeElement.getBoundingClientRect(); return at.top >= 0 && at.bottom <= innerHeight")


def test_the_address_contains_the_filters_and_the_tenant(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    reader.run("document.querySelector('input[value=high]').click(); document.querySelector('.opener').click()")
    name = reader.tenants[0]
    assert reader.browser.current_url.endswith(f"#severity=high&tenant={name}")
    again = opened_page(FLEET, f"#severity=high&tenant={name}")
    assert set(again.tenants) == having("high")
    assert again.one("input[value=high]").is_selected()
    assert again.one(".detail:not([hidden])").is_displayed()


def test_unknown_values_in_the_address_are_ignored(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET, "#severity=worst,__proto__&status=&tenant=%3Cimg%20src%3Dx%3E&tenant=nobody")
    assert len(reader.tenants) == 40


def test_a_large_fleet_has_pages(opened_page: OpenPage) -> None:
    reader = opened_page(LARGE)
    first = reader.tenants
    reader.run("document.querySelector('#tenants-body [data-step=Next]').focus()")
    reader.press(Keys.ENTER)
    assert len(reader.tenants) == 100
    assert not set(first) & set(reader.tenants)
    assert reader.focused.get_attribute("data-step") == "Next"
    assert "page 2" in reader.one("#said").text


def cells(reader: PageReader, name: str) -> dict[str, str]:
    """Return a row of the matrix as a screen reader presents it."""
    script = """
      const row = [...document.querySelectorAll(".matrix tbody tr")].find((row) => row.querySelector("bdi").textContent === arguments[0]);
      const scopes = [...document.querySelectorAll(".matrix thead .scope")].map((cell) => cell.textContent);
      return Object.fromEntries(scopes.map((scope, at) => [scope, row.cells[at + 1].querySelector(".unseen").textContent]));
    """
    found: dict[str, str] = reader.run(script, name)
    return found


def test_the_matrix_shows_the_granted_scopes(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    reader.wait_for(lambda: reader.all(".matrix"))
    for one in FLEET:
        desired, granted = set(one["scopes"]["wanted"]), one["scopes"]["granted"]
        row = cells(reader, one["tenant"])
        states = {state: {scope for scope, found in row.items() if found == state} for state in set(row.values())}
        if granted is None:
            assert states["unknown"] == desired
        else:
            expected = {"granted": desired & set(granted), "missing": desired - set(granted), "surplus": set(granted) - desired}
            assert {state: states.get(state, set()) for state in expected} == expected


def test_the_matrix_shows_only_differences(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    reader.wait_for(lambda: reader.all(".matrix"))
    reader.tab_to("#only-differences")
    reader.press(Keys.SPACE)
    differing = {
        one["tenant"] for one in FLEET if one["scopes"]["granted"] is None or set(one["scopes"]["granted"]) != set(one["scopes"]["wanted"])
    }
    reader.wait_for(lambda: set(reader.texts(".matrix tbody th bdi")) == differing)
    reader.wait_for(lambda: reader.focused == reader.one("#only-differences"))


def test_redrawing_the_matrix_retains_the_focus(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    reader.wait_for(lambda: reader.all(".matrix"))
    old = reader.tab_to("#only-differences")
    reader.run("""document.querySelector("#search").dispatchEvent(new Event("input", { bubbles: true }))""")
    new = reader.wait_for(lambda: [found for found in reader.all("#only-differences") if found != old])[0]
    assert reader.focused == new


def test_the_matrix_of_a_large_fleet_is_limited_with_fixed_headers(opened_page: OpenPage) -> None:
    reader = opened_page(LARGE)
    reader.wait_for(lambda: reader.all(".matrix"))
    assert len(reader.all(".matrix tbody tr")) == 50
    script = """
      const box = document.querySelector(".scroll");
      box.scrollTo(300, 600);
      const at = (selector) => document.querySelector(selector).getBoundingClientRect();
      const frame = box.getBoundingClientRect();
      return [at(".matrix .corner").top - frame.top, at(".matrix .corner").left - frame.left, at(".matrix tbody th").left - frame.left];
    """
    assert max(map(abs, reader.run(script))) <= 2
    assert reader.one(".scroll").get_attribute("tabindex") == "0"


@pytest.mark.parametrize("width", [380, 768, 1280])
@pytest.mark.parametrize("tenants", [fleet(1), FLEET, [hostile(), *fleet(3)]], ids=["one", "forty", "hostile"])
def test_no_width_scrolls_sideways(opened_page: OpenPage, width: int, tenants: list[dict[str, Any]]) -> None:
    reader = opened_page(tenants)
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    reader.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        reader.run("document.querySelector('.opener[aria-expanded=false]')?.click()")
        reader.wait_for(lambda: reader.all(".matrix"))
        assert reader.run("return document.documentElement.scrollWidth") <= width
    finally:
        reader.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**metrics, "width": 1280})


def test_the_printed_page_contains_every_finding(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    reader.run("addEventListener('beforeprint', () => window.paper = document.getElementById('paper').textContent)")
    reader.run("addEventListener('afterprint', () => window.printed = true)")
    pdf = base64.b64decode(reader.browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"])
    assert pdf.startswith(b"%PDF")
    text = reader.run("return window.paper")
    for one in FLEET:
        assert one["tenant"] in text
        for finding in one["findings"]:
            assert finding["message"] in text
            assert finding["remedy"] in text
    reader.wait_for(lambda: reader.run("return window.printed"))
    assert not reader.one("#paper").is_displayed()


def test_the_printed_page_contains_the_filtered_tenants_and_the_filters(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET, "#severity=critical&q=o")
    reader.run("dispatchEvent(new Event('beforeprint'))")
    names = {name for name in having("critical") if "o" in name}
    assert {text.split(" ")[0] for text in reader.texts("#paper h3")} == names
    assert "Filtered: severity critical, text \u201co\u201d" in reader.texts("#paper")[0]


def test_dark_mode_is_dark_and_the_printed_page_is_light(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    background = "return getComputedStyle(document.documentElement).getPropertyValue('--paper')"
    set_media(reader.browser, dark=True)
    assert reader.run(background) == "#12151a"
    set_media(reader.browser, dark=True, kind="print")
    assert reader.run(background) == "#faf9f7"


def test_the_skip_link_focuses_the_tenants(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET)
    reader.press(Keys.TAB)
    assert reader.focused.text == "Skip to the tenants"
    reader.press(Keys.ENTER)
    assert reader.focused.get_attribute("id") == "tenants"
    reader.press(Keys.TAB)
    assert reader.focused.get_attribute("id") == "search"


def test_every_control_has_a_name(opened_page: OpenPage) -> None:
    reader = opened_page([hostile(), *FLEET], f"#tenant={FLEET[0]['tenant']}")
    reader.wait_for(lambda: reader.all(".matrix"))
    tree = reader.browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {"button", "checkbox", "searchbox", "link", "table", "columnheader", "rowheader", "region", "navigation", "form", "heading"}
    nameless = [
        node["role"]["value"]
        for node in tree
        if not node["ignored"] and node["role"]["value"] in roles and not node.get("name", {}).get("value")
    ]
    assert nameless == []


def test_the_headings_skip_no_level(opened_page: OpenPage) -> None:
    reader = opened_page(FLEET, f"#tenant={FLEET[0]['tenant']}")
    reader.run("dispatchEvent(new Event('beforeprint'))")
    levels = [
        int(name[1]) for name in reader.run("return [...document.querySelectorAll('h1, h2, h3, h4')].map((found) => found.localName)")
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_the_page_contains_the_content_of_audit_json(opened_page: OpenPage, written: Any) -> None:
    reader = opened_page([hostile(), *FLEET])
    path: Path = written([hostile(), *FLEET])
    assert json.loads(reader.texts("#report")[0]) == json.loads((path.parent / "audit.json").read_text(encoding="utf-8"))
