# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The build context that ansible-builder creates from the built collection; `make ee` builds the image."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from helpers.ansible_run import ROOT, command, environment
from tools import ee


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the files of the image, with a newly built collection."""
    folder = tmp_path_factory.mktemp("checkout")
    for source in (ee.DEFINITION, ee.PINS):
        shutil.copy(source, folder)
    ee.run(*command("ansible-galaxy", "collection", "build", ROOT, "--output-path", folder / ".build" / "dist"))
    return folder


@pytest.fixture(scope="module")
def context(checkout: Path) -> Path:
    """Return the build context."""
    ee.create(checkout / ee.DEFINITION.name, checkout / "context")
    return checkout / "context"


@pytest.fixture(scope="module")
def steps(context: Path) -> str:
    """Return the Containerfile."""
    return (context / "Containerfile").read_text(encoding="utf-8")


def test_the_built_collection_has_the_dependencies_of_requirements_txt(checkout: Path) -> None:
    target = checkout / "collections"
    archive = next((checkout / ".build" / "dist").glob("*.tar.gz"))
    install = command("ansible-galaxy", "collection", "install", "--offline", "--no-deps", "--collections-path", target, archive)
    ee.run(*install, env=environment(checkout / "home", ANSIBLE_COLLECTIONS_PATH=str(target)))
    expected = [line for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found = ee.introspect(target)
    assert found["system"] == []
    assert [line.partition("#")[0].strip() for line in found["python"]] == expected


def test_a_checkout_has_the_same_dependencies(checkout: Path) -> None:
    found = ee.introspect(ROOT / "playbooks" / "collections")
    assert {line.partition("# ")[2] for line in found["python"]} == {"from collection rezonate.okta"}
    assert found["system"] == []


def test_the_context_starts_from_the_pinned_base_image(steps: str) -> None:
    assert f'ARG EE_BASE_IMAGE="{ee.pinned_base()}"' in steps
    assert set(re.findall(r"^FROM (\S+)", steps, re.MULTILINE)) == {"$EE_BASE_IMAGE", "base"}


def test_the_context_installs_the_built_collection(checkout: Path, context: Path) -> None:
    expected = yaml.safe_load((context / "_build" / "requirements.yml").read_text(encoding="utf-8"))["collections"]
    assert len(expected) == 1
    built = next((checkout / ".build" / "dist").glob("*.tar.gz"))
    assert (context / "_build" / expected[0]["name"]).read_bytes() == built.read_bytes()


def test_the_pins_apply_before_the_first_package(context: Path, steps: str) -> None:
    assert (context / "_build" / "configs" / ee.PINS.name).read_bytes() == ee.PINS.read_bytes()
    places = [steps.index(f"COPY _build/configs/{ee.PINS.name}"), steps.index("> /etc/pip.conf"), steps.index("pip install")]
    assert places == sorted(places)
    assert steps.index("rm /etc/pip.conf") > steps.rindex("pip install")


def test_packages_that_ansible_builder_adds_are_pinned(steps: str) -> None:
    refs = re.search(r'^ARG ANSIBLE_INSTALL_REFS="(.*)"', steps, re.MULTILINE)
    assert refs
    named = [refs[1], *re.findall(r"pip install --no-cache-dir (.*)", steps)]
    packages = {word.strip("'").partition("==")[0] for line in named for word in line.split() if not word.startswith("$")}
    assert {"ansible-core", "ansible-runner", "bindep", "dumb-init"} <= packages <= set(ee.pins())
    assert not re.search(r"(dnf|apt-get|\$PKGMGR) (install|upgrade|update)", steps)


def test_all_files_of_the_definition_exist(context: Path) -> None:
    named = yaml.safe_load(ee.DEFINITION.read_text(encoding="utf-8"))["additional_build_files"]
    assert {path.name for path in (context / "_build" / "configs").iterdir()} == {Path(entry["src"]).name for entry in named}
