# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the documentation's site in .build/site.

Usage: python tests/tools/site.py COLLECTIONS, the directory in which the built collection is installed.
Fails for each warning of Sphinx.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = "https://github.com/Rezonate-io/rezonate.okta/blob/main"
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")


def copy_page(page: Path, target: Path) -> None:
    """Copy a page; links to files that aren't pages of the site lead to the repository."""

    def link(found: re.Match[str]) -> str:
        file = (page.parent / found[1]).resolve()
        in_site = file.suffix in (".md", ".rst", ".png") and (file.parent == ROOT or (ROOT / "docs") in file.parents)
        return found[0] if in_site else f"{REPOSITORY}/{file.relative_to(ROOT)}"

    text = page.read_text(encoding="utf-8")
    target.write_text(LINK.sub(link, text) if page.suffix == ".md" else text, encoding="utf-8")


def main(collections: str) -> int:
    """Assemble the sources and build the site."""
    source = ROOT / ".build" / "site-source"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(ROOT / "docs" / "images", source / "docs" / "images")
    for page in [*ROOT.glob("*.md"), ROOT / "CHANGELOG.rst", *(ROOT / "docs").glob("*.md")]:
        copy_page(page, source / page.relative_to(ROOT))
    shutil.copy(ROOT / "docs" / "docsite" / "index.md", source)
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": collections}
    plugins = ["antsibull-docs", "collection", "--use-current", "--fail-on-error", "rezonate.okta"]
    subprocess.run([*plugins, "--dest-dir", source], env=env, check=True, stdout=subprocess.DEVNULL)
    # the list of all namespaces, for a site of several collections
    for name in ("index.rst", "environment_variables.rst"):
        (source / "collections" / name).unlink(missing_ok=True)
    (source / "collections" / "rezonate" / "index.rst").unlink(missing_ok=True)
    sphinx = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", "--jobs", "auto"]
    return subprocess.run([*sphinx, "-c", ROOT / "docs" / "docsite", source, ROOT / ".build" / "site"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
