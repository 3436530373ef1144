# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Foreign collections are extracted from a package; here, from a generated one that needs no package index."""

from __future__ import annotations

import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from helpers import other_collections

WHEEL = "ansible-12.0.0-py3-none-any.whl"


def package(folder: Path, *names: str) -> Path:
    """Build a package `ansible` that contains the collections."""
    folder.mkdir()
    about = "ansible-12.0.0.dist-info"
    with zipfile.ZipFile(folder / WHEEL, "w") as wheel:
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: ansible\nVersion: 12.0.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
        for name in names:
            wheel.writestr(f"{other_collections.part(name)}/MANIFEST.json", "{}")
    return folder / WHEEL


@pytest.fixture(autouse=True)
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder for collections; pip reads packages from ./index only."""
    monkeypatch.setattr(other_collections, "FOLDER", tmp_path / "other" / "collections")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    return tmp_path / "other" / "collections"


def test_the_known_collections_are_fetched_together_and_nothing_else_is_retained(tmp_path: Path, target: Path) -> None:
    package(tmp_path / "index", *other_collections.NAMES, "some.other")
    assert other_collections.missing("community.crypto") == ""
    installed = {path.relative_to(target / "ansible_collections").as_posix() for path in target.rglob("MANIFEST.json")}
    assert installed == {f"{name.replace('.', '/')}/MANIFEST.json" for name in other_collections.NAMES}
    assert [path.name for path in target.parent.iterdir()] == ["collections"]


def test_an_installed_collection_is_not_fetched_again(tmp_path: Path) -> None:
    wheel = package(tmp_path / "index", *other_collections.NAMES)
    assert other_collections.missing("awx.awx") == ""
    wheel.unlink()
    assert other_collections.missing(*other_collections.NAMES) == ""


def test_a_package_that_lacks_a_collection_is_named(tmp_path: Path) -> None:
    package(tmp_path / "index", "community.crypto")
    assert other_collections.missing("awx.awx", "community.crypto") == f"{WHEEL} does not contain awx.awx"


def test_an_unavailable_package_is_the_reason(tmp_path: Path) -> None:
    reason = other_collections.missing("awx.awx")
    assert reason.startswith("pip download 'ansible>=10,<13': ERROR: No matching distribution")


def test_concurrent_calls_install_one_complete_collection(tmp_path: Path, target: Path) -> None:
    package(tmp_path / "index", *other_collections.NAMES)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(other_collections.missing, ["awx.awx", "awx.awx"])) == ["", ""]
    assert (target / "ansible_collections/awx/awx/MANIFEST.json").exists()


def test_a_second_install_retains_the_collection_of_the_first(tmp_path: Path, target: Path) -> None:
    wheel = package(tmp_path / "index", "awx.awx")
    other_collections.unpack(wheel, "awx.awx", tmp_path / "unpacked")
    (target / "ansible_collections/awx/awx/first").touch()
    other_collections.unpack(wheel, "awx.awx", tmp_path / "unpacked-again")
    assert (target / "ansible_collections/awx/awx/first").exists()
