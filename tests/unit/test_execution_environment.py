# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the execution environment are consistent with each other and the collection, and pin every layer."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers.ansible_run import ROOT
from packaging.requirements import Requirement
from tools import ee, matrix

PINS = ee.pins()


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def lines(name: str) -> list[str]:
    return [line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def needed(name: str) -> list[Requirement]:
    """Return the requirements of an installed package, without those of its extras."""
    try:
        found = [Requirement(line) for line in requires(name) or []]
    except PackageNotFoundError:
        return []
    here = {"extra": "", "python_version": "3.13", "python_full_version": "3.13.15"}
    return [entry for entry in found if entry.marker is None or entry.marker.evaluate(here)]


BASE = ee.pinned_base()


def test_the_base_image_is_pinned_by_an_exact_tag_and_a_digest() -> None:
    assert re.fullmatch(r"docker\.io/library/python:\d+\.\d+\.\d+-slim-[a-z]+@sha256:[0-9a-f]{64}", BASE)


def test_each_python_package_has_one_exact_version() -> None:
    found = lines("execution-environment-pins.txt")
    assert [line for line in found if not re.fullmatch(r"[a-z0-9-]+==\d+(\.[a-z0-9]+)+", line)] == []
    assert found == sorted(set(found))
    assert len(PINS) == len(found)


@pytest.mark.parametrize("line", lines("requirements.txt"))
def test_pins_fit_what_the_collection_needs(line: str) -> None:
    requirement = Requirement(line)
    assert requirement.specifier.contains(PINS[requirement.name])


@pytest.mark.parametrize("name", PINS)
def test_what_a_pinned_package_needs_is_pinned_and_fits(name: str) -> None:
    assert [entry.name for entry in needed(name) if ee.normalized(entry.name) not in PINS] == []
    if needed(name) and version(name) == PINS[name]:  # another version may have other requirements
        assert [str(entry) for entry in needed(name) if not entry.specifier.contains(PINS[ee.normalized(entry.name)])] == []


def test_the_requirements_of_a_package_are_read() -> None:
    assert {ee.normalized(entry.name) for entry in needed("requests")} == {"certifi", "charset-normalizer", "idna", "urllib3"}


def test_ansible_and_python_are_a_pair_that_the_tests_run_on() -> None:
    python = re.search(r":(\d+\.\d+)\.", BASE)
    assert python
    assert python[1] == matrix.PYTHONS[PINS["ansible-core"].rpartition(".")[0]][0]


def test_what_the_definition_installs_is_pinned() -> None:
    dependencies = load("execution-environment.yml")["dependencies"]
    assert {dependencies["ansible_core"]["package_pip"], dependencies["ansible_runner"]["package_pip"]} <= set(PINS)
    assert not {"python", "system"} & set(dependencies)


def test_the_collection_is_installed_with_its_current_version() -> None:
    galaxy, definition = load("galaxy.yml"), load("execution-environment.yml")
    archive = f"{galaxy['namespace']}-{galaxy['name']}-{galaxy['version']}.tar.gz"
    assert definition["dependencies"]["galaxy"]["collections"] == [{"name": f"configs/{archive}", "type": "file"}]
    assert {"src": f".build/dist/{archive}", "dest": "configs"} in definition["additional_build_files"]


def test_no_system_package_is_installed() -> None:
    assert lines("bindep.txt") == []


@pytest.fixture
def podman(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path for a made-up podman; its output is in the environment."""
    monkeypatch.setattr(ee, "FOLDER", tmp_path)
    monkeypatch.setenv("CONTAINERS_CONF", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "podman"


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def test_without_podman_the_reason_names_it(podman: Path) -> None:
    script(podman.parent / "debootstrap", "exit 0")
    with pytest.raises(ee.ToolError, match=r"^podman isn't installed"):
        ee.build_base_image()


def test_a_requested_pinned_base_image_is_never_skipped(podman: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["ee.py", "--pinned-base"])
    monkeypatch.setattr(ee, "CONTEXT", podman.parent / "context")
    monkeypatch.setenv("CONTAINERS_STORAGE_CONF", "")
    with pytest.raises(SystemExit, match=r"^podman isn't installed$"):
        ee.main()


def test_a_podman_that_cannot_run_containers_is_the_reason(podman: Path) -> None:
    script(podman, 'echo "Error: no ${CONTAINERS_CONF:-luck}" >&2; exit 126')
    with pytest.raises(ee.ToolError, match=r"podman run ended with 126: Error: no luck; .*: Error: no .*containers\.conf"):
        ee.configure_podman("image")


def test_podman_gets_other_settings_where_its_own_fail(podman: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script(podman, 'test -n "$CONTAINERS_CONF"')
    ee.configure_podman("image")
    assert 'runtime = "runc"' in (podman.parent / "containers.conf").read_text(encoding="utf-8")
    assert "its own settings don't do" in capsys.readouterr().out


def test_podman_retains_its_own_settings_where_they_work(podman: Path) -> None:
    script(podman, 'test -z "$CONTAINERS_CONF"')
    ee.configure_podman("image")
    assert not (podman.parent / "containers.conf").exists()
