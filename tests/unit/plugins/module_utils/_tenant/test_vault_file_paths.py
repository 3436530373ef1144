# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vault files of hosts with names of every kind: each has its own directory below host_vars."""

from __future__ import annotations

import os
import unicodedata
from urllib.parse import quote, unquote

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.vault_file_paths import default_vault_file, host_directory
from helpers.acceptance import accepts, either
from hypothesis import example, given
from hypothesis import strategies as st

_PIECES = [
    "acme",
    "..",
    ".",
    "/",
    "\\",
    "%",
    "%2F",
    "~",
    "\x00",
    "\n",
    " ",
    "é",
    "\u2025",
    "\uff0f",
    "\u202e",
    "{{ 1 }}",
    "$HOME",
    "_",
    "-",
    "+",
    "A",
]
HOSTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.lists(st.sampled_from(_PIECES), max_size=5).map("".join)
ORDINARY = ["acme", "ACME", "acme-test", "acme.oktapreview.com", "acme_corp", "0", "-acme", "...", ".acme", "a..b", "1.0"]
ODD = {
    "..": "%..",
    ".": "%.",
    "": "%",
    "a/b": "a%2Fb",
    "../../etc": "..%2F..%2Fetc",
    "/etc/passwd": "%2Fetc%2Fpasswd",
    "a\\b": "a%5Cb",
    "a\x00b": "a%00b",
    "a b": "a%20b",
    "a%2Fb": "a%252Fb",
    "é": "%C3%A9",
    "e\u0301": "e%CC%81",
    "\u2025": "%E2%80%A5",
    "a\nb": "a%0Ab",
    "\ud800": "%ED%A0%80",
}


@pytest.mark.parametrize("host", ORDINARY)
def test_an_ordinary_host_has_a_directory_with_its_name(host: str) -> None:
    assert default_vault_file(host, "/i") == f"/i/host_vars/{host}/rezonate.vault"
    assert default_vault_file(host, None) == f"host_vars/{host}/rezonate.vault"


@pytest.mark.parametrize("host", ODD)
def test_a_host_that_cannot_name_a_directory_is_encoded(host: str) -> None:
    assert host_directory(host) == ODD[host]


@given(HOSTS)
@example("..")
@example("%")
def test_each_file_is_in_its_own_directory_below_host_vars(host: str) -> None:
    path = default_vault_file(host, "/i")
    assert path.isascii()
    assert path.isprintable()
    assert os.path.normpath(path) == path
    assert path.count("/") == 4
    assert path.startswith("/i/host_vars/")


@st.composite
def similar_hosts(draw: st.DrawFn) -> tuple[str, str]:
    """Generate a host, and one that a path may spell the same way."""
    one = draw(st.lists(st.sampled_from(_PIECES), min_size=2, max_size=5).map("".join))
    spelled = [one.replace("/", "_"), unicodedata.normalize("NFD", one), one.swapcase(), f"%{one}", one.strip(), one.replace("\\", "/")]
    return one, draw(st.sampled_from([one, quote(one), unquote(one), host_directory(one), *spelled]))


@accepts(0.25)
@given(either(similar_hosts(), st.tuples(HOSTS, HOSTS)))
@example(("a/b", "a_b"))
@example(("a/b", "a%2Fb"))
@example((".", "%."))
@example(("", "%"))
@example(("a b", "a+b"))
@example(("é", "e\u0301"))
def test_two_hosts_never_share_a_file(hosts: tuple[str, str]) -> bool:
    one, other = hosts
    assert (default_vault_file(one, None) == default_vault_file(other, None)) == (one == other)
    return one != other
