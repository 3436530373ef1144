# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source files of the page of a report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.rezonate.okta.plugins.plugin_utils._actions import audit_report
from ansible_collections.rezonate.okta.plugins.plugin_utils._actions.audit_report import read_page_source

FOLDER = Path(audit_report.__file__).resolve().parents[1] / "_audit_page"
FILES = sorted(FOLDER.iterdir())
STYLE = (FOLDER / "colours.css").read_text(encoding="utf-8")
SEVERITIES = ("critical", "high", "medium", "low", "unknown")
# Each text color, and its background colors.
ALL_BACKGROUNDS = ("paper", "sheet", "sunk")
PAIRS = [
    *((colour, ground) for colour in ("ink", "muted", "accent") for ground in ALL_BACKGROUNDS),
    *((severity, ground) for severity in SEVERITIES for ground in (f"{severity}-ground", *ALL_BACKGROUNDS)),
    *(("clean", ground) for ground in ("clean-ground", *ALL_BACKGROUNDS)),
    ("paper", "ink"),
]


def colours(scheme: str) -> dict[str, str]:
    """The colors of a scheme; the dark scheme follows and overrides all colors."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    return dict(re.findall(r"--([\w-]+): (#\w{6});", blocks[("light", "dark").index(scheme)]))


def luminance(colour: str) -> float:
    """WCAG 2's relative luminance."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_is_computed_according_to_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_texts_have_sufficient_contrast(scheme: str, text: str, ground: str) -> None:
    found = colours(scheme)
    assert contrast(found[text], found[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_borders_of_controls_have_sufficient_contrast(scheme: str) -> None:
    found = colours(scheme)
    assert min(contrast(found["strong-line"], found[ground]) for ground in ("paper", "sheet")) >= 3


def test_both_schemes_have_the_same_colours() -> None:
    assert colours("light").keys() == colours("dark").keys()


def test_colours_are_defined_in_one_file() -> None:
    outside = [
        path.name
        for path in FILES
        if path.suffix == ".css" and path.name != "colours.css" and re.search(r"#[0-9a-f]{3,8}\b[^,;]*;", path.read_text())
    ]
    assert outside == ["print.css"]  # the margin of the page supports no variables


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_a_file_of_the_page_is_small_and_used(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    source = read_page_source()
    assert text in (source.template, *source.style.split("\0"), *source.script.split("\0")) or text in source.style + source.script


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".js"], ids=lambda path: path.name)
def test_texts_are_added_to_the_page_as_text_nodes_only(path: Path) -> None:
    loading = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\b|new Function|\.href\b|\.src\b"
    )
    assert re.findall(loading, path.read_text(encoding="utf-8")) == []


def test_the_page_loads_no_external_resources() -> None:
    source = read_page_source()
    code = re.sub(r"(https://www\.gnu\.org/licenses/gpl-3\.0\.txt)", "", source.template + source.style + source.script)
    assert re.findall(r"https?:|//\w+\.\w|url\(|@import|fetch\(|XMLHttpRequest|sendBeacon", code) == []


def test_style_and_script_contain_no_closing_tag() -> None:
    source = read_page_source()
    assert re.findall(r"</|<!--|<script", source.script + source.style) == []
    assert [source.template.count(f"@{place}@") for place in ("policy", "style", "script", "data")] == [1, 1, 1, 1]
