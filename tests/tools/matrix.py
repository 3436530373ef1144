# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the unit and the playbook tests on several releases of ansible-core, each in its own virtual environment.

Usage: python3 tests/tools/matrix.py [--short] [CORE ...], for example ``2.16 2.21``. Requires only Python.
``--short`` runs the unit tests and the playbook tests that use the most features of Ansible, which saves a few minutes per release.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# The Python versions that each ansible-core supports. The first one that is installed is used; the order differs, to cover many versions.
PYTHONS = {
    "2.16": ("3.10", "3.11", "3.12"),
    "2.17": ("3.11", "3.12", "3.10"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.12", "3.11", "3.13"),
    "2.20": ("3.14", "3.13", "3.12"),
    "2.21": ("3.13", "3.14", "3.12"),
}
# Each method and each store at least once.
VARIABLES = (
    "oauth, file",
    "api_service_integration, artifact",
    "oauth, controller",
    "api_service_integration, hashi_vault",
    "api_token, custom",
)
SHORT = [
    *(f"tests/integration/test_{name}.py" for name in ("onboarding", "method_token", "fleet")),
    *(f"tests/integration/test_variables.py::test_no_secret_is_a_variable_after_any_task[{case}]" for case in VARIABLES),
]
ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = (ROOT / "requirements.txt", ROOT / "tests" / "requirements-pytest.txt")


def find_python(version: str) -> str | None:
    """Find a Python that starts; the pyenv shim of a version that isn't activated doesn't."""
    names = [Path(folder) / f"python{version}" for folder in os.get_exec_path()]
    names += sorted((pyenv_root() / "versions").glob(f"{version}.*/bin/python{version}"))
    for name in names:
        if name.is_file() and subprocess.run([name, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0:
            return str(name)
    return None


def pyenv_root() -> Path:
    """Return the directory of pyenv; its shims in PATH locate it even with another HOME."""
    shims = [Path(folder).parent for folder in os.get_exec_path() if Path(folder).name == "shims"]
    roots = [Path(os.environ["PYENV_ROOT"])] if "PYENV_ROOT" in os.environ else []
    return next((root for root in [*roots, *shims] if (root / "versions").is_dir()), Path.home() / ".pyenv")


def environment(core: str, python: str) -> Path:
    """Create the virtual environment for a release, or reuse the one that was created from the same requirements."""
    folder = ROOT / ".build" / f"core-{core}"
    stamp = folder / "made-from"
    requirements = "\n".join([core, python, *(path.read_text(encoding="utf-8") for path in REQUIREMENTS)])
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != requirements:
        subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, f"ansible-core=={core}.*", "-r", REQUIREMENTS[1]], check=True)
        stamp.write_text(requirements, encoding="utf-8")
    return folder / "bin"


def run_tests(bin_folder: Path, python: str, *, short: bool) -> bool:
    """Run the tests in an environment; return whether they passed."""
    env = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
    version = subprocess.check_output([bin_folder / "ansible", "--version"], text=True, env=env, cwd=ROOT).splitlines()[0]
    print(f"== {version}, {python}", flush=True)
    pytest = [bin_folder / "python", "-m", "pytest", "-n", "auto", "tests/unit", *(SHORT if short else ["tests/integration"])]
    return subprocess.run(pytest, env=env, cwd=ROOT, check=False).returncode == 0


def main(cores: list[str]) -> int:
    """Run the tests on each release, then print the results."""
    results, failed = [], False
    short = "--short" in cores
    chosen = [core for core in cores if core != "--short"] or list(PYTHONS)
    if unknown := [core for core in chosen if core not in PYTHONS]:
        sys.exit(f"ansible-core {unknown[0]} is unknown; choose from {', '.join(PYTHONS)}")
    pythons = {core: next(filter(None, map(find_python, PYTHONS[core])), None) for core in chosen}
    with ThreadPoolExecutor() as pool:  # the installations wait for the network
        environments = {core: pool.submit(environment, core, python) for core, python in pythons.items() if python}
    for core, python in pythons.items():
        if python is None:
            results.append(f"ansible-core {core}: skipped, none of Python {', '.join(PYTHONS[core])} is installed")
            continue
        start = time.monotonic()
        passed = run_tests(environments[core].result(), python, short=short)
        failed = failed or not passed
        results.append(f"ansible-core {core}: {'passed' if passed else 'FAILED'} in {time.monotonic() - start:.0f} s, {python}")
    print("\n".join(["== matrix", *results]))
    return int(failed or all("skipped" in result for result in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
