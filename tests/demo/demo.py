# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: runs the onboarding playbook twice against a local emulator of Okta, and prints the results.

It prints the fields of the credentials and where to enter them, but never the key.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from helpers.ansible_run import Run, environment, run_playbook, view  # noqa: E402 - requires tests/ in the path
from okta_emulator import Emulator, Tenant  # noqa: E402

FOLDER = ROOT / ".build" / "demo"
PLAYBOOK = ROOT / "playbooks" / "onboard_rezonate.yml"
NAME = "rezonate-demo"
# The fields of the Rezonate console by method: the name there, and the variable of the vault file.
FIELDS = {
    "oauth": (("Tenant id", "tenant_id"), ("Application id", "application_id"), ("Private key", "private_key")),
    "api_service_integration": (("Domain", "org_url"), ("Client id", "client_id"), ("Client secret", "client_secret")),
    "api_token": (("Domain", "org_url"), ("API key", "api_token")),
}
SECRETS = ("private_key", "client_secret", "api_token")


@dataclass(frozen=True)
class Onboarding:
    """A run of the playbook and its requests to Okta."""

    run: Run
    calls: int

    @property
    def summary(self) -> str:
        """Return a line with the duration."""
        stats = self.run.stats.get(NAME, {})
        tasks = sum(stats.get(kind, 0) for kind in ("ok", "skipped", "failures"))
        return f"{self.run.seconds:.1f} s, {self.calls} HTTP calls, {tasks} tasks, changed={stats.get('changed')}"


def fresh_folder() -> Path:
    """Create an empty directory for the demo, with a vault password in it."""
    vault_file = FOLDER / "host_vars" / NAME / "rezonate.vault"
    vault_file.unlink(missing_ok=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    password_file = FOLDER / "vault-password"
    write_private(password_file, secrets.token_urlsafe(32) + "\n")
    return password_file


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)


def onboard(title: str, okta: Emulator, tenant: Tenant, args: Sequence[str], env: Mapping[str, str]) -> Onboarding:
    """Run the playbook with its output; end the demo if it fails."""
    given = ["-i", f"{NAME},", str(PLAYBOOK), "-e", f"rezonate_ca_path={okta.ca_file}", *args]
    print(f"\n== {title}: ansible-playbook {shlex.join(given)}", flush=True)
    okta.clear_requests()
    run = run_playbook(FOLDER, *given, env={**environment(FOLDER / "home", HTTPS_PROXY=okta.proxy_url), **env}, quiet=False)
    if run.rc:
        sys.exit(f"The {title} failed; see its output above.")
    return Onboarding(run, len(tenant.requests))


def verification(run: Run, method: str) -> str:
    """Describe how the credentials were verified."""
    if method == "api_token":
        found = run.result("Inspect and verify the API token", NAME)["plan"]["results"]["inspection"]["inspected"]
        how, proved = found["verdict"].rstrip("."), found["proved"]
    else:
        found = run.result("Verify the credentials and compare the tenant again", NAME)["plan"]["results"]["verification"]
        how, proved = f"an access token was issued with them, for {len(found['scopes'].split())} scopes", found["proved"]
    return f"{how}; " + ", ".join(f"{entry['path']} was read" for entry in proved)


def recap(first: Onboarding, second: Onboarding, password_file: Path, method: str) -> str:
    """Return the created objects, their locations, and the next steps."""
    path = FOLDER / "host_vars" / NAME / "rezonate.vault"
    record: dict[str, Any] = yaml.safe_load(view(path, password_file, environment(FOLDER / "home")))["rezonate_credentials"]
    ansible_vault = Path(sys.executable).parent / "ansible-vault"
    shown = [
        (name, f"{field} in the vault file; not shown here" if field in SECRETS else record[field].removeprefix("https://"))
        for name, field in FIELDS[method]
    ]
    fields = "\n".join(f"  {name:15} {value}" for name, value in shown)
    return f"""
== Results
Vault file:     {path}
View it:        {ansible_vault} view --vault-id demo@{password_file} {path}
                Its password is in {password_file}, which remains after the demo and only you can read.

In the Rezonate console, Settings > Cloud Integrations > New Integration > Okta:
{fields}

Verification:   {verification(first.run, method)}

First run:      {first.summary}
Second run:     {second.summary}"""


def main() -> None:
    """Run the demo; exit 1 if the second run changes something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--method", choices=list(FIELDS), default="oauth", help="authentication method of Rezonate")
    method = parser.parse_args().method
    password_file = fresh_folder()
    args = ["--vault-id", f"demo@{password_file}", "-e", f"rezonate_method={method}"]
    with Emulator() as okta:
        tenant = okta.tenant(NAME)
        env = {"OKTA_API_TOKEN": tenant.api_token}
        if method == "api_token":
            # created manually in the Admin Console, since Okta has no API for it
            env["REZONATE_READONLY_API_TOKEN"] = tenant.add_api_token("auditor")
        first = onboard("first run", okta, tenant, args, env)
        second = onboard("second run", okta, tenant, args, env)
    print(recap(first, second, password_file, method))
    if second.run.stats[NAME]["changed"]:
        sys.exit("The second run must not change anything, but it did.")


if __name__ == "__main__":
    main()
