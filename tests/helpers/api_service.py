# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the implementation of ``okta_api_service_integration`` with scripted responses."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import NoResponseError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._resources.api_service_integration import (
    ApiServiceIntegration,
    manage_api_service_integration,
)
from ansible_collections.rezonate.okta.plugins.module_utils._resources.api_service_integration_plan import DesiredIntegration
from ansible_collections.rezonate.okta.plugins.module_utils._resources.resource import converge
from helpers.fake_okta import SERVICE_ID, Clock, FakeOkta, client, params, raw_secret, raw_service, refusal

ALL = "/integrations/api/v1/api-services"
ONE = f"{ALL}/{SERVICE_ID}"
SECRETS = f"{ONE}/credentials/secrets"
LIST, POST, READ, DELETE = f"GET {ALL}", f"POST {ALL}", f"GET {ONE}", f"DELETE {ONE}"
LIST_SECRETS, POST_SECRET = f"GET {SECRETS}", f"POST {SECRETS}"
KIND, SCOPES = "rezonate_security", ["okta.users.read", "okta.logs.read"]
TEXT, FRESH = "made-up-client-secret-7d1e4b90c2", "made-up-fresh-secret-51c07fa3be"
LOST = NoResponseError(f"POST {ALL}: no complete answer in time.", maybe_done=True)
BAD_GATEWAY = refusal(502, "E0000009", "Internal Server Error")
NOT_FOUND = refusal(404, "E0000007", "Not found")
MADE = raw_service(clientSecret=TEXT)
# raw_secret(N) is created at 19:5N:57, the integration at 19:50:57
BEFORE_ALL, BEFORE_THREE = "2026-01-06T19:50:00Z", "2026-01-06T19:52:30Z"
OLD = raw_service(id="0oaold", createdAt="2025-01-01T00:00:00.000Z")


def fresh(number: int) -> dict[str, Any]:
    """Return the response that contains a secret."""
    return raw_secret(number, client_secret=FRESH)


def removed(number: int) -> list[tuple[str, Any]]:
    return [(f"POST {SECRETS}/ocs{number}/lifecycle/deactivate", raw_secret(number)), (f"DELETE {SECRETS}/ocs{number}", 204)]


class Module:
    """Runs the module's implementation with a script; returns the outcome and the fake."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.warnings: list[str] = []

    def __call__(self, *script: tuple[str, Any], check: bool = False, **options: Any) -> tuple[Outcome, FakeOkta]:
        okta = FakeOkta(*script)
        self.monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
        defaults: dict[str, Any] = dict.fromkeys(("id", "type", "scopes", "requested_at", "secret_hash"))
        defaults |= dict.fromkeys(("take_over", "only_add", "recreate", "replace", "new_secret", "exclusive_secrets", "inspect"), False)
        defaults["make_lost_secret"] = True
        given = {"state": "present", **defaults, **options}
        outcome = manage_api_service_integration(Call(params(**given), check, self.warnings.append))
        assert okta.left == []
        return outcome, okta

    def make(self, *script: tuple[str, Any], **options: Any) -> tuple[Outcome, FakeOkta]:
        return self(*script, **{"type": KIND, "scopes": SCOPES, **options})

    def known(self, *script: tuple[str, Any], **options: Any) -> tuple[Outcome, FakeOkta]:
        return self(*script, id=SERVICE_ID, **options)


def made(okta: FakeOkta, clock: Clock, **desired: Any) -> Outcome:
    given = {"type": KIND, "scopes": tuple(SCOPES), **desired}
    resource = ApiServiceIntegration(client(okta), DesiredIntegration(**given), warn=lambda _text: None, clock=clock, sleep=clock.sleep)
    outcome = converge(resource, check_mode=False)
    assert okta.left == []
    return outcome
