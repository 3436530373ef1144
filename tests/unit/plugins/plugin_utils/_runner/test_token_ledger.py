# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token ledger of a run: shared by its workers, without credentials."""

from __future__ import annotations

import os
from pathlib import Path

from ansible_collections.rezonate.okta.plugins.plugin_utils._runner.token_ledger import TokenLedger, fingerprint

TOKEN = "made-up-token-4c2b1a0f9e8d"
ACME, GLOBEX = "https://acme.okta.com", "https://globex.okta.com"


def test_each_worker_sees_a_credential_that_is_used_for_two_orgs(tmp_path: Path) -> None:
    mark = fingerprint(TOKEN)
    child = os.fork()
    if child == 0:
        TokenLedger(tmp_path).add([(mark, GLOBEX)], "s", list)
        os._exit(0)
    os.waitpid(child, 0)
    ledger = TokenLedger(tmp_path)
    ledger.add([(mark, ACME)], "s", list)
    assert ledger.orgs(mark) == {ACME, GLOBEX}
    assert ledger.orgs(fingerprint("another")) == set()


def test_other_hosts_are_surveyed_once_for_a_set_of_hosts(tmp_path: Path) -> None:
    surveys: list[str] = []

    def survey() -> list[tuple[str, str]]:
        surveys.append("done")
        return [(fingerprint(TOKEN), GLOBEX)]

    for name in ("one", "one", "two"):
        TokenLedger(tmp_path).add([], name, survey)
    assert surveys == ["done", "done"]
    assert TokenLedger(tmp_path).orgs(fingerprint(TOKEN)) == {GLOBEX}


def test_the_file_holds_no_credential_and_is_private(tmp_path: Path) -> None:
    TokenLedger(tmp_path).add([(fingerprint(TOKEN), ACME)], "s", list)
    (file,) = tmp_path.iterdir()
    assert TOKEN not in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
