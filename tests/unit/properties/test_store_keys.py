# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key of a tenant in stores and artifacts: unique for each org, and the tenant id for ordinary tenants."""

from __future__ import annotations

import re

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._okta.org_url import OKTA_DOMAINS
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.identifiers import store_key
from helpers.acceptance import accepts, either
from hypothesis import given
from hypothesis import strategies as st

HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,4}[a-z0-9])?", fullmatch=True)
HOSTS = st.one_of(st.tuples(LABELS, st.sampled_from(OKTA_DOMAINS)).map(".".join), st.lists(LABELS, min_size=2, max_size=4).map(".".join))


def key(host: str) -> str:
    """The key of the org that has a host."""
    return store_key(f"https://{host}")


@st.composite
def similar_hosts(draw: st.DrawFn) -> tuple[str, str]:
    """Generate a host, and one that differs in punctuation at most."""
    one = draw(HOSTS)
    changed = [one.replace("-", "."), one.replace("-", "--"), one.replace(".", "-", 1), one.replace(".", "-", 2)]
    return one, draw(st.sampled_from([one, *(host for host in changed if HOST.fullmatch(host))]))


@accepts(0.4)
@given(either(similar_hosts(), st.tuples(HOSTS, HOSTS)))
def test_two_orgs_have_two_keys(hosts: tuple[str, str]) -> bool:
    one, other = hosts
    assert (key(one) == key(other)) == (one == other)
    return re.sub(r"\W", "", one) == re.sub(r"\W", "", other)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("acme.okta.com", "acme"), ("acme-test.okta.com", "acme__test"), ("acme.oktapreview.com", "acme_oktapreview_com")],
)
def test_existing_keys_of_stores_are_unchanged(host: str, expected: str) -> None:
    assert key(host) == expected
