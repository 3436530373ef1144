# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file with the list of tenants."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.plugin_utils._inventory import tenant_file
from ansible_collections.rezonate.okta.plugins.plugin_utils._inventory.row import Row
from ansible_collections.rezonate.okta.plugins.plugin_utils._inventory.tenant_file import read_tenant_file


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "tenant\nacme\n"),
        ("a.txt", "tenant\nacme\n"),
        ("a.YML", "\ntenants: [{tenant: acme}]"),
        ("a.yaml", "\ntenants: [{tenant: acme}]"),
    ],
)
@pytest.mark.parametrize("mark", ["", "\N{BYTE ORDER MARK}"])
def test_the_extension_selects_the_format(tmp_path: Path, name: str, content: str, mark: str) -> None:
    (tmp_path / name).write_bytes((mark + content).encode())
    assert read_tenant_file(tmp_path / name) == [Row(2, {"tenant": "acme"})]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^path: .*/a.csv can't be read: No such file or directory"):
        read_tenant_file(tmp_path / "a.csv")


def test_another_encoding_is_reported_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("tenant,owner\nacme,Jürgen\n".encode("cp1252"))
    with pytest.raises(InputError, match=r"^line 2: this isn't UTF-8"):
        read_tenant_file(tmp_path / "a.csv")


@pytest.mark.parametrize("name", ["a.csv", "a.yml"])
def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenant_file, "MAX_BYTES", 100)
    (tmp_path / name).write_text("x" * 101, encoding="utf-8")
    with pytest.raises(InputError, match=rf"^path: .*/{name} is larger than 100 bytes"):
        read_tenant_file(tmp_path / name)


def test_an_endless_file_is_read_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenant_file, "MAX_BYTES", 100_000)
    with pytest.raises(InputError, match="is larger than"):
        read_tenant_file(Path("/dev/zero"))


@pytest.mark.parametrize(
    "content",
    ["tenant,x\nacme," + "9" * 200_000, "tenant,x\nacme," + "[" * 200_000, "tenant\n" + "a," * 50_000, 'tenant\n"' + "x" * 200_000],
)
def test_a_csv_file_that_exhausts_the_parser_is_refused_with_a_message(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"^line 2: ") as caught:
        read_tenant_file(tmp_path / "a.csv")
    assert len(str(caught.value)) < 250
