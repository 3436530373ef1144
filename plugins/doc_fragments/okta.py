# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options with which every module of this collection calls Okta."""

from __future__ import annotations


class ModuleDocFragment:
    """The connection to an org, and the credential for it."""

    DOCUMENTATION = r"""
options:
  org_url:
    description:
      - The Okta org. V(acme), V(acme.okta.com) and V(https://acme.okta.com/) are equivalent.
      - A custom domain is first verified to be an Okta org, in a request without a credential.
      - Without it, the environment variable E(OKTA_CLIENT_ORGURL) is used.
    type: str
  api_token:
    description:
      - API token to call Okta with.
      - Without it, the environment variable E(OKTA_CLIENT_TOKEN) is used, then E(OKTA_API_TOKEN). If C(OKTA_CLIENT_ORGURL) names another
        org than O(org_url), a credential from the environment is refused.
      - A credential that the task sets, O(api_token) or O(client_id), takes precedence over the environment.
    type: str
  client_id:
    description:
      - Client id of the service app to call Okta as.
      - Without it, the environment variable E(OKTA_CLIENT_CLIENTID) is used.
    type: str
  private_key:
    description:
      - The app's private RSA key as PEM or JWK. Quotes around it and C(\n) in place of line ends, as in environment files, are accepted.
      - Without it, the environment variable E(OKTA_CLIENT_PRIVATEKEY) is used.
    type: str
  key_id:
    description:
      - Key id under which the key is registered with the app.
      - Without it, the C(kid) of the JWK is used, or the key's RFC 7638 thumbprint if there is none.
    type: str
  dpop:
    description:
      - With O(client_id), whether the access token is bound to a key by DPoP (RFC 9449).
        The key is created for the task and exists in memory only.
      - Required for an app that requires DPoP, which is the default for apps created in the Admin Console.
        With V(false), a bearer token is used.
    type: bool
    default: false
  scopes:
    description:
      - With O(client_id), the scopes to request.
      - Without it, those of the environment variable E(OKTA_CLIENT_SCOPES) are requested, or only those that the module needs.
    type: list
    elements: str
  ca_path:
    description:
      - File of CA certificates in PEM format that verify Okta's certificate, for networks with a proxy that intercepts TLS.
      - It takes precedence over E(REQUESTS_CA_BUNDLE). Without either, the certificates of the Python library C(requests) are used.
      - Python 3.13 and newer enforce formal requirements of RFC 5280, such as key identifiers, that older corporate CA certificates don't
        meet. They are not enforced for certificates issued below those of this option; everything else is verified.
    type: path
  validate_certs:
    description:
      - Whether Okta's certificate is verified. Set it to V(false) in tests only.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait for a connection, and for each part of a response. A whole response can take a little more than twice as long.
    type: int
    default: 30
  max_retries:
    description:
      - How often a request is repeated after a lost connection or a server error, if repeating it is safe.
      - Waits for the org's rate limit don't count. Their length is taken from C(X-Rate-Limit-Reset) and C(Retry-After), at most two
        minutes each. All attempts of a request end within 15 minutes.
    type: int
    default: 4
  concurrency:
    description:
      - The maximum number of concurrent requests. It is lowered while little of the org's rate limit remains.
    type: int
    default: 15
requirements:
  - requests
  - cryptography
  - jwcrypto
notes:
  - Proxies are taken from the environment (E(HTTPS_PROXY), E(NO_PROXY)), never from the system's settings. C(~/.netrc) is never read.
  - An error response that isn't Okta's own, such as the page of a proxy, is treated as a missing response, and the message names the proxy.
"""

    # For modules that change something.
    WRITER = r"""
options:
  require_super_admin:
    description:
      - Whether the credential must belong to a super admin. If it doesn't, the module fails before the first change.
        This takes two more requests, which are only sent if there is something to change.
    type: bool
    default: false
"""
