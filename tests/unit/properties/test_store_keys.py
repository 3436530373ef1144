# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a name by which stores and artifacts know a tenant: one for each org, and for ordinary tenants the tenant id."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._okta.org_url import OKTA_DOMAINS
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.identifiers import store_key
from hypothesis import given
from hypothesis import strategies as st

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,4}[a-z0-9])?", fullmatch=True)
HOSTS = st.one_of(st.tuples(LABELS, st.sampled_from(OKTA_DOMAINS)).map(".".join), st.lists(LABELS, min_size=2, max_size=4).map(".".join))


def key(host: str) -> str:
    """The key of the org that has a host."""
    return store_key(f"https://{host}")


@given(HOSTS, HOSTS)
def test_two_orgs_have_two_keys(one: str, other: str) -> None:
    assert (key(one) == key(other)) == (one == other)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("acme.okta.com", "acme"), ("acme-test.okta.com", "acme__test"), ("acme.oktapreview.com", "acme_oktapreview_com")],
)
def test_existing_keys_of_stores_are_unchanged(host: str, expected: str) -> None:
    assert key(host) == expected
