# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options with which every module of this collection calls Okta."""

from __future__ import annotations


class ModuleDocFragment:
    """How to reach an org, and as whom."""

    DOCUMENTATION = r"""
options:
  org_url:
    description:
      - The Okta org. V(acme), V(acme.okta.com) and V(https://acme.okta.com/) mean the same.
      - A custom domain is first asked, without a credential, whether it is an Okta org.
      - Without it, the environment variable E(OKTA_CLIENT_ORGURL) is used.
    type: str
  ca_path:
    description:
      - File of CA certificates in PEM form to check Okta's certificate with, for networks whose proxy re-signs connections.
      - It wins over E(REQUESTS_CA_BUNDLE). Without either, the certificates that come with the Python library C(requests) are used.
      - Python 3.13 and newer demand formal rules of RFC 5280, such as key identifiers, that older CA certificates of companies don't
        fulfil. Of certificates below those that this option names, that isn't demanded; all else is verified as ever.
    type: path
  validate_certs:
    description:
      - Whether Okta's certificate is checked. Set it to V(false) only in a test.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait for a connection, and for each piece of an answer. A whole answer may take a little more than twice as long.
    type: int
    default: 30
  max_retries:
    description:
      - How often a call is repeated after a lost connection or an error of Okta's servers, where repeating it does no harm.
      - Waits for the org's rate limit don't count. How long they are is read off C(X-Rate-Limit-Reset) and C(Retry-After), at most two
        minutes each; all tries of one call end within a quarter of an hour.
    type: int
    default: 4
  concurrency:
    description:
      - How many calls may be under way at once. Fewer are when the org's remaining allowance is small.
    type: int
    default: 15
requirements:
  - requests
  - cryptography
  - jwcrypto
notes:
  - Proxies are taken from the environment (E(HTTPS_PROXY), E(NO_PROXY)), never from the system's settings; C(~/.netrc) is never read.
  - An error that isn't Okta's own, such as the page of a proxy, fails as if there was no answer, and the message names the proxy.
"""

    # Credentials of a service app.
    OAUTH = r"""
options:
  client_id:
    description:
      - Client id of the service app to call Okta as.
      - Without it, the environment variable E(OKTA_CLIENT_CLIENTID) is used.
    type: str
  private_key:
    description:
      - The app's private RSA key, PEM or JWK, also in quotes or with C(\n) written out as environment files have it.
      - Without it, the environment variable E(OKTA_CLIENT_PRIVATEKEY) is used.
    type: str
  key_id:
    description:
      - Key id that the app knows the key by.
      - Without it, the one that a JWK names, else the key's RFC 7638 thumbprint.
    type: str
  dpop:
    description:
      - With O(client_id), whether the access token is bound to a key by DPoP (RFC 9449).
        The key is made for the task and kept in memory alone.
      - Needed for an app that demands DPoP, which apps that are made in the Admin Console do. Without it, a bearer token is used.
    type: bool
    default: false
"""

    # Any credential; goes with OAUTH.
    CREDENTIAL = r"""
options:
  api_token:
    description:
      - API token to call Okta with.
      - Without it, E(OKTA_CLIENT_TOKEN), then E(OKTA_API_TOKEN) of the environment is used. Where C(OKTA_CLIENT_ORGURL) names
        another org than O(org_url), that is refused.
      - What the task gives, O(api_token) or O(client_id), goes before what the environment gives.
    type: str
"""

    # What a service app asks for; not for modules in which scopes are the matter itself.
    SCOPES = r"""
options:
  scopes:
    description:
      - With O(client_id), the scopes to ask for.
      - Without it, those of the environment variable E(OKTA_CLIENT_SCOPES), else just those that the module needs.
    type: list
    elements: str
"""

    # For modules that change something.
    WRITER = r"""
options:
  require_super_admin:
    description:
      - Before the first change, make sure that the credential belongs to a super admin, at the price of two more calls.
        Nothing is changed if it doesn't. A run that has nothing to change doesn't ask.
    type: bool
    default: false
"""
