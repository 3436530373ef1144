# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""References to secrets: templates that consist of names only."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.plugin_utils._inventory.secret_references import reference_template


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("env:ACME_TOKEN", "{{ lookup('ansible.builtin.env', 'ACME_TOKEN') }}"),
        ("var:acme_token", "{{ acme_token }}"),
        ("var:tokens.acme", "{{ tokens.acme }}"),
        ("lookup:a.b.vault:secret=kv/data/acme:token url=x", "{{ lookup('a.b.vault', 'secret=kv/data/acme:token url=x') }}"),
    ],
)
def test_a_reference_becomes_a_template(reference: str, found: str) -> None:
    assert reference_template(reference, ["a.b.vault"]) == found


@pytest.mark.parametrize(
    "reference",
    ["", "made-up-secret", "env:", "env:A B", "env:A\n", "env:A') }}{{ b", "var:a b", "var:a | b", "var:a.0", "var:a[0]", "var:lookup('x')"]
    + [f"lookup:a.b.vault:{term}" for term in ("", "it's", "{{ x }}", "a\\b", "a\nb", '"', "{% x %}", "a#b", "[x]")]
    + ["lookup:a.b.vault", "lookup:a.b.vault'x:y", "LOOKUP:a.b.vault:x", "file:x", "{{ x }}"],
)
def test_anything_else_is_refused_and_not_repeated(reference: str) -> None:
    with pytest.raises(InputError) as caught:
        reference_template(reference, ["a.b.vault"])
    assert str(caught.value) == (
        "no reference to a secret, such as env:NAME, var:NAME or lookup:PLUGIN:TERM. A plaintext secret isn't accepted."
    )


def test_only_permitted_lookups_are_accepted() -> None:
    with pytest.raises(InputError, match="a reference to a lookup plugin that the option lookups doesn't name"):
        reference_template("lookup:ansible.builtin.pipe:id", ["a.b.vault"])
