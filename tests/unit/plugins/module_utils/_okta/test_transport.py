# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP with a real socket: repetitions, waits and refusals."""

from __future__ import annotations

import email.utils
import gzip
import re
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, NoResponseError
from ansible_collections.rezonate.okta.plugins.module_utils._okta import transport as _transport
from ansible_collections.rezonate.okta.plugins.module_utils._okta.authentication import KeyAuthentication, OAuthClient
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer, Attempt, Request, Transport, TransportSettings
from helpers.fake_okta import Clock, rsa_key
from helpers.scripted_server import LOST, ScriptedResponse, ScriptedServer, answer, drip
from okta_emulator import Emulator

PASSWORD = "made-up-proxy-password-66214009"
NETRC = "made-up-netrc-password-50173366"
NEXT = "Check org_url and the network, then run again: completed steps are preserved."
GOOD = answer(200, {"ok": True})
SERVER_ERRORS = (answer(500), answer(502), answer(503), answer(504))


class Run:
    """One call: its server, its clock, and its result."""

    def __init__(self, script: tuple[ScriptedResponse, ...], method: str, request: dict[str, Any], settings: dict[str, Any]) -> None:
        self.clock = Clock()
        self.answer: Answer | None = None
        self.error: NoResponseError | None = None
        with ScriptedServer(*script) as server:
            transport = Transport(TransportSettings(**{"timeout": 5.0, **settings}), clock=self.clock, sleep=self.clock.sleep)
            try:
                self.answer = transport.send(Request(method, f"{server.url}/x", Attempt, **{"expect": dict, **request}))
            except NoResponseError as error:
                self.error = error
        self.tries = len(server.requests)
        self.requests = server.requests
        self.url = f"{server.url}/x"

    @property
    def status(self) -> int | None:
        """The status of the final response."""
        return self.answer.status if self.answer else None


def run(*script: ScriptedResponse, method: str = "GET", settings: dict[str, Any] | None = None, **request: Any) -> Run:
    return Run(script, method, request, settings or {})


def limited(reset: object, date: float | str | None = None, **more: str) -> bytes:
    headers = {"X_Rate_Limit_Limit": "10", "X_Rate_Limit_Remaining": "0", "X_Rate_Limit_Reset": str(reset), **more}
    if date is not None:
        headers["Date"] = email.utils.formatdate(date, usegmt=True) if isinstance(date, (int, float)) else date
    return answer(429, {"errorCode": "E0000047"}, **headers)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("failure", [*SERVER_ERRORS, LOST, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", b"garbage\r\n\r\n"])
def test_repeatable_requests_are_repeated(method: str, failure: ScriptedResponse) -> None:
    done = run(failure, GOOD, method=method)
    assert (done.status, done.tries) == (200, 2)


@pytest.mark.parametrize("failure", SERVER_ERRORS)
def test_a_post_isn_t_repeated_after_an_error_of_the_server(failure: ScriptedResponse) -> None:
    done = run(failure, GOOD, method="POST")
    assert (done.status, done.tries, done.clock.slept) == (int(str(failure[9:12], "ascii")), 1, [])  # type: ignore[index]  # bytes, all of them


@pytest.mark.parametrize("failure", [LOST, GOOD[:-3], answer(200, b"<html>"), answer(200, b"")])
def test_a_post_whose_response_is_lost_is_not_repeated_and_may_be_done(failure: ScriptedResponse) -> None:
    done = run(failure, GOOD, method="POST")
    assert (done.tries, done.clock.slept) == (1, [])
    assert done.error
    assert done.error.facts() == {"okta": {"status": None, "maybe_done": True}}


@pytest.mark.parametrize("failure", [SERVER_ERRORS[0], LOST])
def test_a_repeatable_post_is_repeated(failure: ScriptedResponse) -> None:
    done = run(failure, GOOD, method="POST", repeatable=True)
    assert (done.status, [seen.method for seen in done.requests]) == (200, ["POST", "POST"])


@pytest.mark.parametrize("failure", [SERVER_ERRORS[0], LOST])
def test_a_delete_that_is_not_repeatable_is_not_repeated(failure: ScriptedResponse) -> None:
    done = run(failure, GOOD, method="DELETE", repeatable=False)
    assert [seen.method for seen in done.requests] == ["DELETE"]
    assert run(limited(1010, 1000.0), GOOD, method="DELETE", repeatable=False).tries == 2


def test_a_post_is_repeated_after_a_429() -> None:
    done = run(limited(1010, 1000.0), GOOD, method="POST")
    assert (done.status, done.tries, done.clock.slept) == (200, 2, [11.0])


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/x"


def test_a_refused_connection_is_retried_even_for_a_post() -> None:
    clock, url = Clock(), closed_port()
    with pytest.raises(NoResponseError) as caught:
        Transport(TransportSettings(max_retries=3), clock=clock, sleep=clock.sleep).send(Request("POST", url, Attempt))
    assert str(caught.value) == f"POST {url}: no connection (Connection refused). {NEXT}"
    assert (len(clock.slept), caught.value.maybe_done) == (3, False)


def test_repetitions_are_limited_and_back_off() -> None:
    done = run(*SERVER_ERRORS, SERVER_ERRORS[0], GOOD)
    assert (done.status, done.tries, done.clock.slept) == (500, 5, [0, 1.0, 2.0, 4.0])


@pytest.mark.parametrize(("retries", "tries"), [(0, 1), (1, 2), (4, 5)])
def test_lost_responses_count_as_repetitions(retries: int, tries: int) -> None:
    done = run(*[LOST] * 9, settings={"max_retries": retries})
    assert done.tries == tries
    assert str(done.error) == f"GET {done.url}: the connection broke (RemoteDisconnected). {NEXT}"


def test_the_back_off_is_limited() -> None:
    done = run(*[SERVER_ERRORS[0]] * 12, settings={"max_retries": 11})
    assert max(done.clock.slept) == 20


@pytest.mark.parametrize("skew", [-86_400, -600, 0, 600, 86_400])
def test_a_wait_is_computed_by_the_server_s_clock(skew: int) -> None:
    there = 1_700_000_000 + skew
    done = run(limited(there + 30, there), GOOD)
    assert (done.status, done.clock.slept) == (200, [31.0])


@pytest.mark.parametrize(("ahead", "wait"), [(-5, 1.0), (0, 1.0), (60, 61.0), (119, 120.0), (86_400, 120.0)])
def test_a_wait_has_bounds(ahead: int, wait: float) -> None:
    assert run(limited(1_700_000_000 + ahead, 1_700_000_000.0), GOOD).clock.slept == [wait]


@pytest.mark.parametrize("date", [None, "garbage", "", "Mon, 99 Foo 2026 99:99:99 GMT"])
def test_without_a_date_the_local_clock_is_used(date: str | None) -> None:
    (wait,) = run(limited(int(time.time()) + 40, date), GOOD).clock.slept
    assert 35 <= wait <= 42


@pytest.mark.parametrize("reset", ["garbage", "", "1e3", "12.5"])
def test_invalid_headers_cause_a_back_off(reset: str) -> None:
    done = run(limited(reset), limited(reset), GOOD)
    assert (done.status, done.clock.slept) == (200, [0, 1.0])


def test_missing_headers_cause_a_limited_back_off() -> None:
    done = run(*[answer(429)] * 9)
    assert (done.status, done.tries, done.clock.slept) == (429, 5, [0, 1.0, 2.0, 4.0])


def test_the_concurrency_limit_causes_a_back_off_and_no_wait_for_the_window() -> None:
    at_once = limited(1_700_000_060, 1_700_000_000.0, X_Rate_Limit_Limit="0")
    done = run(at_once, at_once, at_once, GOOD, method="POST")
    assert (done.status, done.clock.slept) == (200, [0, 1.0, 2.0])


def test_waits_for_the_rate_limit_don_t_count_as_repetitions() -> None:
    done = run(*[limited(1060, 1000.0)] * 5, GOOD, settings={"max_retries": 0})
    assert (done.status, done.clock.slept) == (200, [61.0] * 5)


@pytest.mark.parametrize(
    "refused",
    [
        limited("1060, 1060", 1000.0),
        limited(1060, "Thu, 01 Jan 1970 00:16:40 GMT, Thu, 01 Jan 1970 00:16:40 GMT"),
        answer(429, Retry_After="61"),
        answer(429, retry_after="61, 61"),
        limited("1060", 1000.0).replace(b"X-Rate-Limit-Reset: 1060", b"x-rate-limit-RESET: 1060\r\nX-RATE-LIMIT-RESET: 1060"),
    ],
    ids=["repeated", "date repeated", "Retry-After", "Retry-After repeated", "in two lines"],
)
def test_a_refusal_with_repeated_headers_or_retry_after_alone_is_waited_for(refused: bytes) -> None:
    done = run(*[refused] * 5, GOOD, settings={"max_retries": 0}, method="POST")
    assert (done.status, done.clock.slept) == (200, [61.0] * 5)


def test_fifty_short_waits_are_followed_and_never_shortened() -> None:
    done = run(*[answer(429, Retry_After="5")] * 50, GOOD)
    assert (done.status, done.tries) == (200, 51)
    assert done.clock.slept[:5] == [5.0, 5.0, 5.0, 5.0, 8.0]
    assert max(done.clock.slept) <= 8
    assert run(*[answer(429, Retry_After="0")] * 9, GOOD).clock.slept == [1.0, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0, 8.0]


def test_an_endless_refusal_ends_within_the_deadline() -> None:
    done = run(*[answer(429, Retry_After="5")] * 200, GOOD)
    assert done.status == 429
    assert 880 <= sum(done.clock.slept) <= 900


def test_an_unavailable_server_is_called_again_after_its_retry_after() -> None:
    unavailable = answer(503, Retry_After="30")
    assert run(unavailable, unavailable, GOOD).clock.slept == [30.0, 30.0]
    assert run(*[unavailable] * 9).tries == 5
    assert run(unavailable, GOOD, method="POST").tries == 1


def test_the_total_wait_is_limited() -> None:
    done = run(*[limited(1119, 1000.0)] * 9, GOOD)
    assert (done.status, sum(done.clock.slept)) == (429, 840.0)


@pytest.mark.parametrize(
    ("sent", "expect", "reason"),
    [
        (answer(200, b'{"a": '), dict, "the answer (200) is no readable JSON"),
        (answer(200, b"<html></html>"), dict, "the answer (200) is no readable JSON"),
        (answer(200, b""), dict, "the answer (200) is no readable JSON"),
        (answer(200, b"[" * 100_000), list, "the answer (200) is no readable JSON"),
        (answer(200, b"\xff\xfe"), dict, "the answer (200) is no readable JSON"),
        (answer(200, []), dict, "the answer (200) is JSON of an unexpected form"),
        (answer(201, {}), list, "the answer (201) is JSON of an unexpected form"),
        (GOOD[:-3], dict, "the connection broke (IncompleteRead)"),
        (answer(200, b"no gzip", Content_Encoding="gzip"), dict, "the answer can't be decompressed (gzip)"),
        (answer(200, gzip.compress(b"{}")[:-3], Content_Encoding="gzip"), dict, "the compressed answer ends too early"),
        (answer(200, b'{"id": 1, "id": 2}'), dict, "the answer (200) is no readable JSON"),
        (answer(200, b"[" * 20_000 + b"]" * 20_000), list, "the answer (200) is no readable JSON"),
        (answer(200, b"[" + b"1" * 50_000 + b"]"), list, "the answer (200) is no readable JSON"),
        (answer(200, b"[NaN]"), list, "the answer (200) is no readable JSON"),
        (
            answer(200, b"<title>Log in to the guest network</title>"),
            dict,
            "the answer (200) is no readable JSON, but a page with the title 'Log in to the guest network'",
        ),
    ],
)
def test_an_unreadable_response_is_reported(sent: bytes, expect: type, reason: str) -> None:
    done = run(sent, sent, settings={"max_retries": 1}, expect=expect)
    assert str(done.error) == f"GET {done.url}: {reason}. {NEXT}"


@pytest.mark.parametrize("sent", [answer(204, b""), answer(200, b"<html>"), answer(200, {"a": 1})])
def test_an_unused_body_may_be_invalid(sent: bytes) -> None:
    assert run(sent, method="DELETE", expect=None).tries == 1


@pytest.mark.parametrize(("body", "found"), [(b"<html>", None), (b"", None), ({"errorCode": "E1"}, {"errorCode": "E1"})])
def test_the_body_of_an_error_is_read_if_it_is_valid(body: Any, found: Any) -> None:
    done = run(answer(400, body))
    assert done.answer
    assert (done.answer.status, done.answer.body) == (400, found)


def test_a_body_can_be_compressed() -> None:
    done = run(answer(200, gzip.compress(b'{"a": 1}'), Content_Encoding="gzip"))
    assert done.answer
    assert done.answer.body == {"a": 1}


def test_only_codings_with_limited_decompression_are_requested() -> None:
    assert run(GOOD).requests[0].headers["accept-encoding"] == "gzip"


def chunked(content: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    chunks = (content[i : i + 50_000] for i in range(0, len(content), 50_000))
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


BOMB = gzip.compress(bytes(128 * 1024 * 1024))
BOMBS = {
    "gzip": answer(200, BOMB, Content_Encoding="gzip"),
    "chunked": chunked(BOMB),
    "of an error": answer(502, BOMB, Content_Encoding="gzip"),
    "of a redirect": answer(302, BOMB, Content_Encoding="gzip", Location="/x"),
    "gzip in gzip": answer(200, gzip.compress(BOMB), Content_Encoding="gzip, gzip"),
    "many codings": answer(200, gzip.compress(gzip.compress(BOMB)), Content_Encoding="gzip, gzip, gzip"),
    "not asked for": answer(200, BOMB, Content_Encoding="br"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_decompression_is_limited_in_memory(name: str) -> None:
    tracemalloc.start()
    try:
        done = run(BOMBS[name], BOMBS[name], method="POST")
        assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert re.fullmatch(rf"POST {done.url}: the answer (is larger than 16777216 bytes|has a compression .*)\. {NEXT}", str(done.error))
    assert done.tries == 1


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_body_that_is_too_large_isn_t_read_to_the_end(monkeypatch: pytest.MonkeyPatch, pack: Any) -> None:
    monkeypatch.setattr(_transport, "_MAX_BODY", 200_000)
    encoding = {} if pack is bytes else {"Content_Encoding": "gzip"}
    done = run(answer(200, pack(b'"' + b"x" * 10_000_000 + b'"'), **encoding), settings={"max_retries": 0})
    assert str(done.error) == f"GET {done.url}: the answer is larger than 200000 bytes. {NEXT}"


def test_a_slow_response_times_out() -> None:
    start = time.monotonic()
    done = run(drip(0.01, answer(200, b" " * 1000 + b"{}")), settings={"timeout": 0.1, "max_retries": 0})
    assert str(done.error) == f"GET {done.url}: no complete answer in time. {NEXT}"
    assert time.monotonic() - start < 5


def test_a_missing_response_times_out() -> None:
    done = run(lambda _connection: time.sleep(1), method="POST", settings={"timeout": 0.1})
    assert str(done.error) == f"POST {done.url}: no complete answer in time. {NEXT}"
    assert done.error
    assert done.error.maybe_done


def test_the_token_request_runs_outside_the_timeout_of_the_call() -> None:
    prepared_in: list[threading.Thread] = []

    def prepare() -> Attempt:
        prepared_in.append(threading.current_thread())
        return Attempt()

    with ScriptedServer(GOOD) as server:
        Transport(TransportSettings()).send(Request("GET", server.url, prepare))
    assert prepared_in == [threading.current_thread()]


@pytest.mark.parametrize(
    ("status", "body", "headers", "foreign"),
    [
        (403, b"<html><title>Access blocked</title></html>", {}, "Access blocked"),
        (407, b"Proxy login required", {}, ""),
        (502, b"<html>", {"Content_Type": "application/json"}, ""),
        (404, {"message": "no Route matched with those values"}, {}, ""),
        (403, b"<html>", {"x_okta_request_id": "req1"}, None),
        (403, b"", {}, None),
        (403, {"errorCode": "E0000006"}, {"Content_Type": "text/html"}, None),
        (401, {"error": "invalid_client"}, {}, None),
        (200, b"<html>", {}, None),
    ],
)
def test_a_response_that_is_not_okta_s_is_recognized(status: int, body: Any, headers: dict[str, str], foreign: str | None) -> None:
    done = run(answer(status, body, **headers), settings={"max_retries": 0}, expect=None)
    assert done.answer
    assert done.answer.foreign_page == foreign


@pytest.mark.parametrize("skew", [-10_800, -600, 0, 600, 10_800])
def test_the_server_s_clock_is_compared_with_the_local_clock(skew: int) -> None:
    date = email.utils.formatdate(time.time() + skew, usegmt=True)
    done = run(answer(200, {}, Date=f"{date}, {date}"))
    assert done.answer
    assert done.answer.skew == pytest.approx(skew, abs=5)


def test_without_a_date_the_skew_is_unknown() -> None:
    done = run(GOOD)
    assert done.answer
    assert done.answer.skew is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status: int) -> None:
    with ScriptedServer(GOOD) as elsewhere:
        done = run(answer(status, b"", Location=f"{elsewhere.url}/stolen"), settings={"max_retries": 2})
    assert (done.status, done.tries, elsewhere.requests) == (status, 1, [])


def test_netrc_is_never_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (".netrc", "_netrc"):
        (tmp_path / name).write_text(f"machine 127.0.0.1 login me password {NETRC}\ndefault login me password {NETRC}\n")
        (tmp_path / name).chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with ScriptedServer(GOOD, GOOD) as server:
        transport = Transport(TransportSettings())
        transport.send(Request("GET", server.url, Attempt))
        transport.send(Request("GET", server.url, lambda: Attempt({"Authorization": "SSWS ours"})))
    assert [seen.headers.get("authorization") for seen in server.requests] == [None, "SSWS ours"]


def test_no_cookie_is_sent_back() -> None:
    with ScriptedServer(answer(200, {}, Set_Cookie="sid=made-up; Path=/"), GOOD) as server:
        transport = Transport(TransportSettings())
        for _time in range(2):
            transport.send(Request("GET", server.url, Attempt))
    assert [seen.headers.get("cookie") for seen in server.requests] == [None, None]


def test_requests_have_a_user_agent() -> None:
    assert run(GOOD).requests[0].headers["user-agent"] == "rezonate.okta (Ansible)"


def test_the_secrets_of_a_request_are_returned_with_the_response() -> None:
    with ScriptedServer(answer(400, {})) as server:
        found = Transport(TransportSettings()).send(Request("GET", server.url, lambda: Attempt({"A": NETRC}, NETRC.encode(), (NETRC,))))
    assert found.secrets == (NETRC,)
    assert NETRC not in f"{found!r} {Attempt({'A': NETRC}, NETRC.encode(), (NETRC,))!r}"


def test_each_attempt_of_a_token_request_has_a_new_proof() -> None:
    token = {"access_token": "made-up-access-token", "scope": "okta.users.read", "token_type": "Bearer", "expires_in": 3600}
    with ScriptedServer(SERVER_ERRORS[2], LOST, limited(1001, 1000.0), answer(200, token)) as server:
        clock = Clock()
        OAuthClient(server.url, "0oa1", KeyAuthentication(rsa_key(1)), ("okta.users.read",)).mint(
            Transport(TransportSettings(), clock=clock, sleep=clock.sleep)
        )
    assert server.calls == ["POST /oauth2/v1/token"] * 4
    assert len({seen.body for seen in server.requests}) == 4


# Certificates.


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, str]:
    """A certificate authority, and the file with its certificate."""
    ca = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return ca, str(path)


@pytest.fixture
def secure(authority: tuple[trustme.CA, str]) -> Iterator[ScriptedServer]:
    """A server with a certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority[0].issue_cert("127.0.0.1").configure_cert(context)
    with ScriptedServer(GOOD, tls=context) as server:
        yield server


def fetch(url: str, **settings: Any) -> Answer:
    clock = Clock()
    return Transport(TransportSettings(**{"max_retries": 1, **settings}), clock=clock, sleep=clock.sleep).send(Request("GET", url, Attempt))


def test_an_invalid_certificate_is_reported_with_a_remedy(secure: ScriptedServer) -> None:
    with pytest.raises(NoResponseError) as caught:
        fetch(secure.url)
    assert str(caught.value) == (
        f"{secure.url}: the server's certificate doesn't verify (unable to get local issuer certificate). "
        "Set ca_path to your company's CA certificates, if its proxy re-signs connections."
    )
    assert secure.requests == []


def test_a_certificate_of_another_host_is_refused(authority: tuple[trustme.CA, str]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority[0].issue_cert("other.example").configure_cert(context)
    with ScriptedServer(GOOD, tls=context) as server, pytest.raises(NoResponseError, match="certificate doesn't verify"):
        fetch(server.url, ca_path=authority[1])
    assert server.requests == []


def test_ca_path_takes_precedence_over_the_environment(
    monkeypatch: pytest.MonkeyPatch, secure: ScriptedServer, authority: tuple[trustme.CA, str], tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.pem"
    trustme.CA().cert_pem.write_to_path(str(wrong))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(wrong))
    assert fetch(secure.url, ca_path=authority[1]).status == 200


def test_the_environment_s_certificates_are_honoured(
    monkeypatch: pytest.MonkeyPatch, secure: ScriptedServer, authority: tuple[trustme.CA, str]
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority[1])
    assert fetch(secure.url).status == 200


def test_missing_certificates_of_the_environment_are_reported(monkeypatch: pytest.MonkeyPatch, secure: ScriptedServer) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/made-up/ca.pem")
    with pytest.raises(InputError, match=r"^REQUESTS_CA_BUNDLE in the environment can't be used: .*/made-up/ca\.pem\.$"):
        fetch(secure.url)


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_certificates_are_unchecked_only_on_request(monkeypatch: pytest.MonkeyPatch, secure: ScriptedServer) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/made-up/ca.pem")
    assert fetch(secure.url, validate_certs=False).status == 200


# Proxies.


@pytest.fixture(scope="module")
def okta() -> Iterator[Emulator]:
    """An emulated Okta behind a proxy."""
    with Emulator() as emulator:
        emulator.tenant("acme")
        yield emulator


def test_the_environment_s_proxy_is_used(monkeypatch: pytest.MonkeyPatch, okta: Emulator) -> None:
    monkeypatch.setenv("HTTPS_PROXY", okta.proxy_url)
    token = okta.tenant("acme").api_token
    request = Request("GET", "https://acme.okta.com/api/v1/users/me", lambda: Attempt({"Authorization": f"SSWS {token}"}), expect=dict)
    assert Transport(TransportSettings(ca_path=okta.ca_file)).send(request).status == 200


def test_a_request_whose_response_is_lost_behind_a_proxy_may_have_been_processed(monkeypatch: pytest.MonkeyPatch, okta: Emulator) -> None:
    monkeypatch.setenv("HTTPS_PROXY", okta.proxy_url)
    okta.fault("close_after", tenant="acme", path="/lost$")
    with pytest.raises(NoResponseError, match=r"/lost: the connection broke \(") as caught:
        Transport(TransportSettings(ca_path=okta.ca_file)).send(Request("POST", "https://acme.okta.com/lost", Attempt))
    assert caught.value.maybe_done


def test_the_page_of_a_proxy_is_reported_with_the_proxy(monkeypatch: pytest.MonkeyPatch, okta: Emulator) -> None:
    monkeypatch.setenv("HTTPS_PROXY", okta.proxy_url.replace("//", f"//user:{PASSWORD}@"))
    okta.fault("proxy_page", tenant="acme", path="/blocked$")
    found = Transport(TransportSettings(ca_path=okta.ca_file)).send(Request("GET", "https://acme.okta.com/blocked", Attempt))
    assert (found.status, found.foreign_page, found.proxy) == (403, "Access blocked by policy", okta.proxy_url)


def test_a_proxy_that_refuses_is_reported(monkeypatch: pytest.MonkeyPatch, okta: Emulator) -> None:
    monkeypatch.setenv("HTTPS_PROXY", okta.proxy_url.replace("//", f"//user:{PASSWORD}@"))
    with pytest.raises(NoResponseError) as caught:
        fetch("https://nowhere.example/x")
    assert str(caught.value) == (
        "GET https://nowhere.example/x: the proxy that the environment names can't connect "
        f"({okta.proxy_url}: Tunnel connection failed: 502 Bad Gateway). {NEXT}"
    )


@pytest.mark.parametrize(("scheme", "message"), [("http", "can't connect"), ("socks9", "has no supported scheme or no host")])
def test_the_password_of_a_proxy_is_never_shown(monkeypatch: pytest.MonkeyPatch, scheme: str, message: str) -> None:
    port = closed_port().removeprefix("http://").removesuffix("/x")
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://user:{PASSWORD}@{port}")
    with pytest.raises(NoResponseError, match=f"the proxy that the environment names {message} ") as caught:
        fetch("https://acme.okta.com/x")
    shown = f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
    assert PASSWORD not in shown


def test_a_request_to_an_unreachable_proxy_was_certainly_not_processed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", closed_port())
    clock = Clock()
    with pytest.raises(NoResponseError, match="the proxy that the environment names can't connect") as caught:
        Transport(TransportSettings(), clock=clock, sleep=clock.sleep).send(Request("POST", "https://acme.okta.com/x", Attempt))
    assert (caught.value.maybe_done, len(clock.slept)) == (False, 4)


def test_the_transport_exposes_its_sleep_to_callers() -> None:
    clock = Clock()
    Transport(TransportSettings(), clock=clock, sleep=clock.sleep).sleep(2.0)
    assert clock.slept == [2.0]
