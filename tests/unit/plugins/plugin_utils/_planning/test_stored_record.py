# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stored record of a tenant, verified to be that of its org."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import NoResponseError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.record import RecordError
from ansible_collections.rezonate.okta.plugins.module_utils._vault import vars_file
from ansible_collections.rezonate.okta.plugins.modules import tenant_record
from ansible_collections.rezonate.okta.plugins.plugin_utils._planning import stored_record
from unit.plugins.module_utils._vault.test_vars_file import FakeCipher, FakeSeal

ACME, CUSTOM, GLOBEX = "https://acme.okta.com", "https://id.acme.example", "https://globex.okta.com"
SECOND, ALIAS, DELETED = "https://id2.acme.example", "https://acme-before.okta.com", "https://old-acme.okta.com"
ID = "00o1n8sbwArJ7OQRw406"
TIME = "2026-01-31T12:00:00Z"
DEFAULTS: dict[str, Any] = {
    "vault_id": None,
    "ciphertext": None,
    "work": "onboard",
    "method": "oauth",
    "org_url": ACME,
    "must_last": False,
    "validate_certs": True,
    "timeout": 30,
    "max_retries": 3,
    "ca_path": None,
}
RECORD = {"method": "oauth", "org_url": ACME, "proven_at": TIME, "scopes_version": 1}


class Orgs:
    """Stand-in for the orgs of Okta: the identity at each URL, and the requested URLs."""

    def __init__(self) -> None:
        self.found: dict[str, stored_record.OrgIdentity] = {}
        self.asked: list[str] = []

    def identity(self, url: str, _settings: Any) -> stored_record.OrgIdentity | None:
        self.asked.append(url)
        return self.found.get(url)


def read(path: Path, record: Any, warnings: list[str] | None = None, **options: Any) -> stored_record.StoredRecord:
    """Read a file with the record, as ``tenant_plan`` does."""
    if record is not None:
        path.write_bytes(FakeSeal().encrypt(yaml.safe_dump({"rezonate_credentials": record, "other": 1}).encode()))
    params = {**DEFAULTS, "path": str(path), **options}
    return stored_record.read_stored_record(Call(params, warn=(warnings if warnings is not None else []).append), FakeCipher())


@pytest.fixture
def orgs(monkeypatch: pytest.MonkeyPatch) -> Orgs:
    found = Orgs()
    acme = stored_record.OrgIdentity(ID, (ACME, CUSTOM))
    found.found = {ACME: acme, CUSTOM: acme, SECOND: acme, GLOBEX: stored_record.OrgIdentity("00oanotherorg", (GLOBEX,))}
    found.found[ALIAS] = acme
    monkeypatch.setattr(stored_record, "_read_identity", found.identity)
    return found


def test_a_record_of_this_org_is_read_without_calls(tmp_path: Path, orgs: Orgs) -> None:
    found = read(tmp_path / "f", RECORD)
    assert (found.record.current, found.record.stored, found.record.method) == (RECORD, RECORD, "oauth")
    assert (found.facts["names"], orgs.asked) == (["other", "rezonate_credentials"], [])


SECRET = "made-up-secret-1d2c3b4a59"


def test_the_known_members_contain_no_secret(tmp_path: Path, orgs: Orgs) -> None:
    stored = {
        **RECORD,
        "method": "api_service_integration",
        "client_secret": SECRET,
        "next": {"client_secret": SECRET, "requested_at": TIME},
    }
    known = read(tmp_path / "f", stored, work="rotate").record.public()
    assert (known["has_secret"], known["next"]) == (True, {"requested_at": TIME, "has_secret": True})
    assert SECRET not in repr(known)


@pytest.mark.parametrize("url", ["https://ACME.okta.com/", "https://acme.Okta.Com"])
def test_case_and_a_trailing_slash_do_not_change_the_org(tmp_path: Path, orgs: Orgs, url: str) -> None:
    assert read(tmp_path / "f", {**RECORD, "org_url": url}).record.current["proven_at"]
    assert orgs.asked == []


# The present URL of the org, the record, and the requested URLs.
MOVED: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "to a custom domain": (CUSTOM, {}, [ACME]),
    "to a custom domain, id known": (CUSTOM, {"org_id": ID}, [ACME]),
    "back from a custom domain": (ACME, {"org_url": CUSTOM}, [CUSTOM]),
    "to a second custom domain": (SECOND, {"org_url": CUSTOM}, [CUSTOM, SECOND]),
    "renamed, the old name still answers": (ACME, {"org_url": ALIAS}, [ALIAS]),
    "renamed, the old name no longer exists": (ACME, {"org_url": DELETED, "org_id": ID}, [DELETED, ACME]),
}


@pytest.mark.parametrize("case", MOVED)
def test_an_org_with_another_url_is_recognized_by_its_id(tmp_path: Path, orgs: Orgs, case: str) -> None:
    url, more, asked = MOVED[case]
    record = read(tmp_path / "f", {**RECORD, **more}, org_url=url).record
    assert record.current == {**RECORD, **more, "org_url": url, "org_id": ID}
    assert (record.stored, orgs.asked) == ({**RECORD, **more}, asked)


OTHERS: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "another org": (GLOBEX, {}, [ACME]),
    "another org, id known": (GLOBEX, {"org_id": ID}, [ACME]),
    "another org behind a custom domain": ("https://id.other.example", {}, [ACME, "https://id.other.example"]),
    "one that returns no identity": ("https://nobody.example", {"org_id": ID}, [ACME, "https://nobody.example"]),
    "the old one no longer exists, and no id is known": (CUSTOM, {"org_url": DELETED}, [DELETED, CUSTOM]),
    "the old name belongs to another org": (ACME, {"org_url": GLOBEX, "org_id": ID}, [GLOBEX]),
}


@pytest.mark.parametrize("case", OTHERS)
def test_another_orgs_record_is_refused(tmp_path: Path, orgs: Orgs, case: str) -> None:
    url, more, asked = OTHERS[case]
    stored = more.get("org_url", ACME)
    with pytest.raises(RecordError, match=f"holds the credentials of {stored}, not of {url}: set another file for the tenant"):
        read(tmp_path / "f", {**RECORD, **more}, org_url=url)
    assert orgs.asked == asked


def test_an_unreachable_org_has_no_id(monkeypatch: pytest.MonkeyPatch) -> None:
    class Transport:
        def __init__(self, _settings: Any) -> None:
            """Nothing to prepare."""

        def send(self, request: Any) -> Any:
            assert request.prepare().headers == {}
            raise NoResponseError("no answer")

    monkeypatch.setattr(stored_record, "Transport", Transport)
    settings: Any = None
    assert stored_record._read_identity("no url at all\n", settings) is None
    assert stored_record._read_identity(CUSTOM, settings) is None


@pytest.mark.parametrize("record", [None, {}])
def test_an_empty_store_is_a_new_tenant(tmp_path: Path, orgs: Orgs, record: Any) -> None:
    found = read(tmp_path / "f", record, method="api_token").record
    assert (found.current, found.method, found.changes_method) == ({}, "api_token", False)


@pytest.mark.parametrize(("work", "method"), [("onboard", "api_token"), ("audit", "oauth"), ("offboard", "oauth")])
def test_only_onboarding_moves_to_another_method(tmp_path: Path, orgs: Orgs, work: str, method: str) -> None:
    record = read(tmp_path / "f", RECORD, work=work, method="api_token").record
    assert (record.method, record.changes_method) == (method, work == "onboard")


def test_an_unknown_member_gives_a_warning_and_is_preserved(tmp_path: Path, orgs: Orgs) -> None:
    warnings: list[str] = []
    assert read(tmp_path / "f", {**RECORD, "later": 1}, warnings).record.current["later"] == 1
    (warning,) = warnings
    assert "doesn't support later of rezonate_credentials" in warning


def test_a_store_that_is_not_persistent_is_refused(tmp_path: Path, orgs: Orgs, monkeypatch: pytest.MonkeyPatch) -> None:
    for persistent in (True, False):
        monkeypatch.setattr(vars_file, "is_persistent", lambda _path, persistent=persistent: persistent)
        assert read(tmp_path / "f", RECORD, must_last=False).record.current
    with pytest.raises(
        RecordError, match="would be deleted with this job: set rezonate_credential_store to artifact, controller or custom"
    ):
        read(tmp_path / "f", RECORD, must_last=True)
    monkeypatch.setattr(vars_file, "is_persistent", lambda _path: True)
    assert read(tmp_path / "f", RECORD, must_last=True).record.current


def test_an_async_task_is_refused_with_a_reason() -> None:
    with pytest.raises(StateError, match="works only in the controller's own process"):
        tenant_record.MODULE.run(Call({}))
