# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx: the site that `make docs` builds from the guides, the README and the documentation of plugins and roles."""

from __future__ import annotations

project = "rezonate.okta"
copyright = "2026, Rezonate"  # noqa: A001 - Sphinx's name
author = "Rezonate"
extensions = ["myst_parser", "sphinx_antsibull_ext"]
html_theme = "sphinx_ansible_theme"
html_title = "rezonate.okta"
html_show_sphinx = False
myst_heading_anchors = 3
exclude_patterns = ["docs/docsite/**"]
# The code blocks of the guides are indented: commands, YAML and output.
highlight_language = "none"
# Generated pages refer to Ansible's own documentation, which a build without a network can't resolve; antsibull-docs checks our own names.
suppress_warnings = ["ref.ref", "ref.envvar"]
