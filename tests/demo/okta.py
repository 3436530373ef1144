# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the emulator of Okta with two made-up orgs until Ctrl-C, to try the collection by hand.

It prints the orgs, their tokens, the certificate authority and the commands to copy.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from demo import write_private  # noqa: E402 - beside this file
from okta_emulator import Emulator, Tenant  # noqa: E402 - requires tests/ in the path
from okta_emulator.events import Actor  # noqa: E402

FOLDER = ROOT / ".build" / "okta"
PEOPLE = {
    "Engineering": ("Amelia Hart", "Bruno Keller", "Chidi Okafor", "Dana Whitfield", "Emre Yildiz"),
    "Finance": ("Fatima Noor", "Gustav Lindqvist", "Hana Sato"),
    "IT": ("Ines Carvalho", "Jonas Weber"),
    "Sales": ("Keira Doyle", "Liam Novak", "Mei Tanaka", "Nadia Rossi"),
    "Contractors": ("Omar Haddad", "Priya Raman"),
}
APPS = ("Backup exporter", "Payroll synchronization")


def seed(tenant: Tenant) -> None:
    """Give an org users, groups, service apps, an administrator beside the owner, and entries in the System Log."""
    for department, names in PEOPLE.items():
        for name in names:
            first, last = name.split()
            user = tenant.add_user(f"{first}.{last}".lower())
            tenant.state.users[user]["profile"].update(firstName=first, lastName=last)
            login = tenant.state.users[user]["profile"]["login"]
            tenant.note("user.session.start", Actor(user, login, "User"), user, login)
        group = tenant.add_group(department, *(name.replace(" ", ".").lower() for name in names))
        owner = tenant.find_user("owner") or {"id": "owner"}
        tenant.note("group.user_membership.add", Actor(owner["id"], "owner", "User"), group, department)
    tenant.assign_user_role("ines.carvalho", "HELP_DESK_ADMIN")
    for label in APPS:
        tenant.grant(tenant.add_app(label), "okta.users.read")


def write_files(okta: Emulator, acme: Tenant, globex: Tenant) -> None:
    """Write the environment of the commands, and the inventory of both orgs."""
    variables = {
        "HTTPS_PROXY": okta.proxy_url,
        "REQUESTS_CA_BUNDLE": okta.ca_file,
        "OKTA_API_TOKEN": acme.api_token,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "playbooks" / "collections"),
    }
    path = f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH\n"
    write_private(FOLDER / "env", path + "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()))
    write_private(
        FOLDER / "tenants.yml",
        f"""all:
  hosts:
    acme:
      rezonate_okta_api_token: {acme.api_token}
    globex:
      rezonate_okta_domain: oktapreview.com
      rezonate_okta_api_token: {globex.api_token}
""",
    )


def guide(okta: Emulator, *tenants: Tenant) -> str:
    """Return the orgs and the commands to copy."""
    orgs = "\n".join(f"  {tenant.org_url:34} token {tenant.api_token}" for tenant in tenants)
    return f"""== Two made-up orgs; nothing leaves this machine. Ctrl-C ends them.
{orgs}
  certificate authority: {okta.ca_file}

Copy these commands into another terminal, in this directory; choose any vault password:

  cd {FOLDER.relative_to(ROOT)} && source ./env
  ansible-playbook -i acme, rezonate.okta.onboard_rezonate --vault-id rezonate@prompt
  ansible-playbook -i acme, rezonate.okta.audit_rezonate --vault-id rezonate@prompt

For both orgs, use -i tenants.yml in place of -i acme, and unset OKTA_API_TOKEN."""


def main() -> None:
    """Run until a signal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    shutil.rmtree(FOLDER, ignore_errors=True)  # credentials for orgs that no longer exist
    FOLDER.mkdir(parents=True)
    with Emulator(parser.parse_args().port) as okta:
        acme = okta.tenant("acme", public_client_app_admins=True)
        globex = okta.tenant("globex", domain="oktapreview.com")
        for tenant in (acme, globex):
            seed(tenant)
        write_files(okta, acme, globex)
        print(guide(okta, acme, globex), flush=True)
        signal.signal(signal.SIGTERM, lambda *_signal: okta.stopping.set())
        try:
            okta.stopping.wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
