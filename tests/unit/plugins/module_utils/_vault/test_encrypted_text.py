# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables in an encrypted text that is stored elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._vault.encrypted_text import EncryptedText
from ansible_collections.rezonate.okta.plugins.module_utils._vault.vars_file import manage_vars_file

from .test_vars_file import SECRET, FakeCipher, FakeSeal

NAME = "the artifact rezonate_stored_credentials_acme"


def work(text: str, *, check: bool = False, **options: Any) -> Outcome:
    """Run the module on a text."""
    given = {"variables": None, "state": "read", "names": None, "expected_revision": None, "vault_id": None, **options}
    return manage_vars_file(
        Call({"path": NAME, "ciphertext": text, **given}, check, pytest.fail, lambda: None), FakeCipher(is_typed_once=True)
    )


def written(text: str, **options: Any) -> Outcome:
    """Set a variable."""
    return work(text, **{"state": "present", "variables": {"a": SECRET}, **options})


def test_an_empty_text_counts_as_a_missing_file() -> None:
    values = work("").values
    assert (values["exists"], values["revision"], values["variables"], values["path"], values["lasts"]) == (False, "absent", {}, NAME, True)
    assert "ciphertext" not in values


def test_a_written_variable_is_read_back() -> None:
    first = written("")
    text = first.values["ciphertext"]
    assert first.changed
    assert SECRET not in text
    again = work(f"\n {text}\n\n")
    assert again.values["variables"] == {"a": SECRET}
    assert again.values["revision"] == first.values["revision"]


def test_no_text_is_returned_without_a_change() -> None:
    text = written("").values["ciphertext"]
    again = written(text)
    assert (again.changed, "ciphertext" in again.values) == (False, False)


def test_check_mode_reports_the_change_without_the_text() -> None:
    outcome = written("", check=True)
    assert (outcome.changed, "ciphertext" in outcome.values, outcome.values["revision"]) == (True, False, "absent")


def test_a_removed_text_is_empty() -> None:
    text = written("").values["ciphertext"]
    assert work(text, state="absent").values["ciphertext"] == ""
    one = work(text, state="absent", names=["a"]).values["ciphertext"]
    assert work(one).values["names"] == []
    assert work("", state="absent").changed is False


def test_the_vault_id_of_the_text_is_preserved() -> None:
    text = FakeSeal("prod").encrypt(b"b: 1\n").decode()
    assert written(text, vault_id="other").values["vault_id"] == "prod"


def test_another_revision_than_the_expected_is_refused() -> None:
    text = written("").values["ciphertext"]
    with pytest.raises(StateError, match=f"^{NAME} has changed since"):
        written(text, expected_revision="absent")


def test_a_text_in_clear_is_refused_and_not_shown() -> None:
    with pytest.raises(StateError, match=r"^The content of the artifact \S+ isn't encrypted with Ansible Vault") as refused:
        written(f"a: {SECRET}")
    assert SECRET not in str(refused.value)


def test_a_text_that_is_too_large_is_refused() -> None:
    with pytest.raises(InputError, match=r"^'ciphertext' is larger than 3 bytes"):
        EncryptedText("four", 3)
