# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client that results from options and environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trustme
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._okta.authentication import (
    ApiToken,
    KeyAuthentication,
    OAuthClient,
    SecretAuthentication,
)
from ansible_collections.rezonate.okta.plugins.module_utils._okta.client import OktaClient
from ansible_collections.rezonate.okta.plugins.module_utils._okta.connection import (
    ConnectionOptions,
    api_token_credential,
    connect,
    has_credential,
    oauth_client,
)
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import TransportSettings
from helpers.fake_okta import TOKEN, URL, FakeOkta, params, rsa_key

OTHER_TOKEN = "00made-up-token-of-the-environment-31415926"
SECRET = "made-up-client-secret-27182818284590"
NEEDED = ("okta.apps.manage",)


def made(**options: Any) -> OktaClient:
    return connect(Call(params(**options)), NEEDED)


def app_options(**more: Any) -> dict[str, Any]:
    return {"api_token": None, "client_id": "0oa1", "private_key": rsa_key(1).pem(), **more}


@pytest.fixture
def app_in_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service app's credentials in the environment."""
    monkeypatch.setenv("OKTA_CLIENT_CLIENTID", "0oaenv")
    monkeypatch.setenv("OKTA_CLIENT_PRIVATEKEY", rsa_key(2).pem())


def asked_for(client: OktaClient) -> tuple[str, ...]:
    assert isinstance(client.credential, OAuthClient)
    return client.credential._scopes


def test_a_writer_that_requires_a_super_admin_can_read_its_own_roles() -> None:
    given = params(**app_options(require_super_admin=True, scopes=["okta.users.read"]))
    assert asked_for(connect(Call(given), NEEDED)) == ("okta.users.read", "okta.roles.read")
    assert asked_for(connect(Call(given), NEEDED, only_these=True)) == (*NEEDED, "okta.roles.read")
    assert asked_for(made(**app_options())) == NEEDED


def test_a_client_uses_the_token_of_the_task() -> None:
    client = made()
    assert (client.org.url, client.credential) == (URL, ApiToken(TOKEN))
    assert client.before_first_write is None


@pytest.mark.parametrize(
    ("environment", "token"),
    [
        ({"OKTA_CLIENT_TOKEN": OTHER_TOKEN, "OKTA_API_TOKEN": "x"}, OTHER_TOKEN),
        ({"OKTA_API_TOKEN": f" {OTHER_TOKEN}\n"}, OTHER_TOKEN),
        ({"OKTA_CLIENT_TOKEN": "", "OKTA_API_TOKEN": OTHER_TOKEN}, OTHER_TOKEN),
    ],
)
def test_the_environment_is_used_where_the_task_sets_nothing(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], token: str
) -> None:
    for name, value in {**environment, "OKTA_CLIENT_ORGURL": "from-environment"}.items():
        monkeypatch.setenv(name, value)
    client = made(org_url=None, api_token=None)
    assert (client.org.url, client.credential) == ("https://from-environment.okta.com", ApiToken(token))
    assert made().credential == ApiToken(TOKEN)


@pytest.mark.parametrize("variables", [{"OKTA_API_TOKEN": OTHER_TOKEN}, {"OKTA_CLIENT_CLIENTID": "0oa1", "OKTA_CLIENT_PRIVATEKEY": "x"}])
def test_the_credential_of_the_environment_is_used_for_its_org_only(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in {**variables, "OKTA_CLIENT_ORGURL": "from-environment"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(
        InputError, match=r"is that of OKTA_CLIENT_ORGURL, from-environment, and would be sent to https://\S+, another org: give"
    ):
        made(api_token=None)
    assert made().credential == ApiToken(TOKEN)


def test_a_client_with_the_key_of_an_app_requests_the_required_scopes() -> None:
    credential = made(**app_options(key_id="named")).credential
    assert isinstance(credential, OAuthClient)
    assert isinstance(credential._authentication, KeyAuthentication)
    assert (credential.client_id, credential._scopes, credential._authentication.key.key_id) == ("0oa1", NEEDED, "named")
    assert credential._proofs is None


def test_each_client_has_its_own_dpop_key() -> None:
    one, other = (made(**app_options(dpop=True)).credential for _run in range(2))
    assert isinstance(one, OAuthClient)
    assert isinstance(other, OAuthClient)
    assert one._proofs
    assert other._proofs
    assert one._proofs._key.thumbprint() != other._proofs._key.thumbprint()


@pytest.mark.usefixtures("app_in_environment")
def test_a_client_secret_overrides_a_key_of_the_environment() -> None:
    options = ConnectionOptions(params(client_id="0oa1", client_secret=f" {SECRET}\n"))
    assert oauth_client(options, URL, NEEDED)._authentication == SecretAuthentication(SECRET)


def test_the_credential_can_be_passed() -> None:
    client = connect(Call(params(api_token=None)), NEEDED, credential=ApiToken(OTHER_TOKEN))
    assert client.credential == ApiToken(OTHER_TOKEN)
    assert connect(Call(params()), NEEDED, credential=ApiToken(OTHER_TOKEN)).credential == ApiToken(OTHER_TOKEN)


@pytest.mark.parametrize(
    ("options", "environment", "there"),
    [
        ({}, {}, True),
        ({"api_token": None}, {}, False),
        ({"api_token": None}, {"OKTA_CLIENT_TOKEN": "x"}, True),
        ({"api_token": None}, {"OKTA_CLIENT_CLIENTID": "x"}, True),
        ({"api_token": None}, {"OKTA_CLIENT_PRIVATEKEY": "x"}, False),
        ({"api_token": None, "client_id": "x"}, {}, True),
    ],
)
def test_whether_there_is_a_credential(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], environment: dict[str, str], *, there: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_credential(Call(params(**options))) is there


@pytest.mark.parametrize("token", ["a b", "a\tb", "a\nb", "tök"])
def test_a_malformed_token_is_refused(token: str) -> None:
    with pytest.raises(InputError) as caught:
        api_token_credential(token, "some_option")
    assert str(caught.value) == "some_option holds blanks or characters that are invalid in a token: copy it again from Okta."


def test_given_scopes_are_requested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKTA_CLIENT_SCOPES", "okta.a.read, okta.b.read okta.c.read")
    credentials = [made(**app_options()).credential, made(**app_options(scopes=["okta.d.read"])).credential]
    found = [credential._scopes for credential in credentials if isinstance(credential, OAuthClient)]
    assert found == [("okta.a.read", "okta.b.read", "okta.c.read"), ("okta.d.read",)]


@pytest.mark.usefixtures("app_in_environment")
@pytest.mark.parametrize(("options", "kind"), [({}, ApiToken), ({"api_token": None}, OAuthClient), (app_options(), OAuthClient)])
def test_the_options_of_the_task_override_the_environment(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], kind: type) -> None:
    monkeypatch.setenv("OKTA_API_TOKEN", OTHER_TOKEN)
    assert isinstance(made(**options).credential, kind)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"org_url": None}, "org_url is missing: set it or OKTA_CLIENT_ORGURL in the environment."),
        ({"org_url": "  "}, "org_url is missing: set it or OKTA_CLIENT_ORGURL in the environment."),
        (
            {"api_token": None},
            "No credential: give api_token (or OKTA_API_TOKEN in the environment), or client_id and private_key.",
        ),
        ({"client_id": "0oa1"}, "api_token and client_id are both given: choose one of them to call Okta with."),
        (app_options(private_key=None), "private_key is missing: set it or OKTA_CLIENT_PRIVATEKEY in the environment."),
        ({"timeout": 0}, "timeout is 0: it must be at least 1."),
        ({"max_retries": -1}, "max_retries is -1: it must be at least 0."),
        ({"concurrency": 0}, "concurrency is 0: it must be at least 1."),
    ],
)
def test_missing_or_invalid_options_are_reported(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        made(**options)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("options", [{"timeout": 1}, {"max_retries": 0}, {"concurrency": 1}, {"api_token": f" {TOKEN}\n"}])
def test_the_minimum_of_each_option_is_accepted(options: dict[str, Any]) -> None:
    assert made(**options)


@pytest.mark.parametrize("token", [f"{TOKEN} x", f"{TOKEN}\nX-Evil: 1", f"{TOKEN}é", f"SSWS {TOKEN}"])
def test_an_invalid_token_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(InputError, match=r"^api_token holds blanks or characters that are invalid in a token: copy it again from Okta\.$"):
        made(api_token=token)


def test_settings_come_from_the_options(tmp_path: Path) -> None:
    ca_path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(ca_path))
    options = ConnectionOptions(params(timeout=7, max_retries=0, validate_certs=False, ca_path=str(ca_path)))
    assert options.settings() == TransportSettings(7.0, 0, validate_certs=False, ca_path=str(ca_path))
    assert ConnectionOptions(params()).settings() == TransportSettings(30.0, 4)


@pytest.mark.parametrize(("name", "content"), [("missing", None), ("empty", ""), ("key", "no certificate"), ("folder", None)])
def test_an_invalid_ca_path_is_reported_before_any_call(tmp_path: Path, name: str, content: str | None) -> None:
    path = tmp_path if name == "folder" else tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=rf"^ca_path '{path}' "):
        made(ca_path=str(path))


def test_a_super_admin_is_required_before_the_first_write(monkeypatch: pytest.MonkeyPatch) -> None:
    okta = FakeOkta(("GET /x", {}), ("GET /api/v1/users/me", {"id": "00u1"}), ("GET /api/v1/users/00u1/roles", []))
    monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
    client = made(require_super_admin=True)
    client.get("/x", "read it")
    with pytest.raises(StateError, match="only a super admin"):
        client.write("POST", "/x", "make it")
    assert (okta.left, okta.writes) == ([], [])


def test_check_mode_reaches_the_client() -> None:
    with pytest.raises(StateError, match="check mode"):
        connect(Call(params(), check_mode=True), NEEDED).write("POST", "/x", "make it")


def test_the_playbook_s_end_reaches_the_client() -> None:
    def playbook_ended() -> None:
        raise StateError("gone")

    with pytest.raises(StateError, match="gone"):
        connect(Call(params(), before_write=playbook_ended), NEEDED).write("POST", "/x", "make it")
