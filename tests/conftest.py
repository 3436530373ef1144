# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all tests share: an environment of their own, and this checkout importable as the collection."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import hypothesis

# What the user's own shell says about Ansible and Okta must not reach the tests, nor its secrets a server.
_FOREIGN = ("ANSIBLE_", "OKTA_", "REZONATE_", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_")
_OUR_OWN = {"REZONATE_SHARED"}  # where Okta's API description and recordings are, if not beside the checkout
_OF_ANSIBLE_TEST = {"ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_CONTROLLER_MIN_PYTHON_VERSION"}
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


# Leads back to this checkout, whatever its directory is called.
_COLLECTIONS = Path(__file__).resolve().parents[1] / "playbooks" / "collections"


def pytest_configure() -> None:
    """Prepare what must be so before the first test is imported."""
    tests = str(Path(__file__).parent)
    if tests not in sys.path:  # ansible-test units has its own settings
        sys.path.insert(0, tests)
    kept = _OUR_OWN | (_OF_ANSIBLE_TEST if "ansible_pytest" in os.environ.get("PYTEST_PLUGINS", "") else set())
    for name in list(os.environ):
        if (name.startswith(_FOREIGN) and name not in kept) or name.lower() in _PROXIES:
            del os.environ[name]
    # How long an example takes depends on what else the machine does.
    hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
    hypothesis.settings.load_profile("untimed")
    # Ansible's own importer, as in every run. Plain Python could import the link's namespace packages too, but Ansible's
    # plugin loaders don't find a plugin of a collection that came in that way.
    try:
        from ansible.plugins.loader import init_plugin_loader
    except ImportError:  # ansible-test units has its own importer, and of Ansible, only what a module may import
        return
    if "ansible_collections" not in sys.modules:
        init_plugin_loader([str(_COLLECTIONS)])
