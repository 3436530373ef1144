# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client for Okta: reads, pages, writes, and parallel calls."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, InputError, NoResponseError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._okta.authentication import AccessToken, Anonymous, ApiToken
from ansible_collections.rezonate.okta.plugins.module_utils._okta.client import OktaClient, path_segment
from ansible_collections.rezonate.okta.plugins.module_utils._okta.dpop import DpopProofs
from ansible_collections.rezonate.okta.plugins.module_utils._okta.org_url import Org
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer
from helpers.fake_okta import TOKEN, URL, FakeOkta, client, forbidden, refusal, three_pages

METADATA = "GET /.well-known/okta-organization"
OWN = {"id": "00o1", "_links": {"organization": {"href": "https://acme-own.okta.com/"}}}
THING = "/api/v1/thing"


def link(value: str) -> Answer:
    return Answer(200, {"Link": value}, [{"id": 1}])


def custom(okta: FakeOkta, credential: Any = None) -> OktaClient:
    return OktaClient(Org(URL, is_custom=True), credential or ApiToken(TOKEN), okta)  # type: ignore[arg-type]  # a stand-in


def test_a_read_carries_the_credential() -> None:
    okta = FakeOkta((f"GET {THING}?q=a+b", {"id": "1"}))
    assert client(okta).get(THING, "read it", params={"q": "a b"}) == {"id": "1"}
    assert okta.headers == [{"Accept": "application/json", "Authorization": f"SSWS {TOKEN}"}]
    assert okta.secrets == [(TOKEN,)]


@pytest.mark.parametrize("status", [400, 401])
def test_a_call_refused_for_a_missing_nonce_is_repeated_with_it(status: int) -> None:
    demand = Answer(status, {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"', "DPoP-Nonce": "nonce-1"})
    okta = FakeOkta((f"POST {THING}", demand), (f"POST {THING}", {"id": "1"}))
    bound = client(okta, credential=AccessToken(TOKEN, "DPoP", (), 3600, DpopProofs()))
    assert bound.write("POST", THING, "make it", body={"a": 1}) == {"id": "1"}
    proofs = [headers["DPoP"] for headers in okta.headers]
    assert [jwt.decode(proof, options={"verify_signature": False}).get("nonce") for proof in proofs] == [None, "nonce-1"]
    assert okta.secrets == [(TOKEN, proof) for proof in proofs]
    assert okta.bodies == [{"a": 1}] * 2


def test_a_nonce_request_without_a_nonce_is_a_refusal() -> None:
    okta = FakeOkta((f"GET {THING}", Answer(400, {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"', "DPoP-Nonce": "nonce-1"})))
    with pytest.raises(ApiError, match="use_dpop_nonce"):
        client(okta).get(THING, "read it")


def test_the_client_can_override_the_advice() -> None:
    okta = FakeOkta((f"GET {THING}", forbidden()))
    with pytest.raises(ApiError, match=r" Ask Ada\.$"):
        client(okta, advice={"E0000006": "Ask Ada."}).get(THING, "read it")


def test_the_error_of_a_refused_read_has_its_purpose() -> None:
    okta = FakeOkta((f"GET {THING}", forbidden()))
    with pytest.raises(ApiError, match=rf"^Couldn't read it \(GET {THING}\): Okta answered 403 E0000006 "):
        client(okta).get(THING, "read it")


def test_a_redirect_is_an_error() -> None:
    okta = FakeOkta((f"GET {THING}", 302))
    with pytest.raises(ApiError, match=r"The response is a redirect, which isn't followed with a credential"):
        client(okta).get(THING, "read it")


def test_pages_are_followed_to_the_end_on_the_same_host() -> None:
    entries = [{"id": number} for number in range(6)]
    okta = FakeOkta(*three_pages(f"{THING}?limit=2", entries, "&"))
    assert list(client(okta).pages(THING, "list them", params={"limit": 2})) == entries
    assert okta.left == []


@pytest.mark.parametrize(
    "value",
    [
        f'<{URL}{THING}>; rel="self", <{URL}{THING}?after=2>; rel="next"',
        f"<{URL}{THING}?after=2>; rel=next",
        f'<{THING}?after=2>;rel="next"',
        f'<{URL}{THING}?after=2>; title="more, much more"; rel="next"',
        f"<{URL}{THING}?after=2>; REL=next, <{URL}{THING}?after=2>; REL=next",
    ],
)
def test_a_next_link_is_found(value: str) -> None:
    okta = FakeOkta((f"GET {THING}", link(value)), (f"GET {THING}?after=2", []))
    assert list(client(okta).pages(THING, "list them")) == [{"id": 1}]
    assert okta.left == []


@pytest.mark.parametrize("value", ["", "garbage", f'<{URL}{THING}>; rel="self"', f"<{'x' * 5000}>; rel=next"])
def test_without_a_next_link_the_list_ends(value: str) -> None:
    assert len(list(client(FakeOkta((f"GET {THING}", link(value)))).pages(THING, "list them"))) == 1


@pytest.mark.parametrize("target", [".evil.example/x", "@evil.example/x", ":8443/x", "https://[::1/x", "https://evil.example", "?after=2"])
def test_a_next_link_never_sends_the_credential_to_another_host(target: str) -> None:
    okta = FakeOkta((f"GET {THING}", link(f'<{target}>; rel="next"')))
    with pytest.raises(NoResponseError, match=r"^Okta's link to the next page can't be read\.$"):
        list(client(okta).pages(THING, "list them"))


def test_a_loop_of_pages_is_an_error() -> None:
    okta = FakeOkta((f"GET {THING}", link(f'<{URL}{THING}?a>; rel="next"')), (f"GET {THING}?a", link(f'<{URL}{THING}>; rel="next"')))
    with pytest.raises(NoResponseError, match=r"^GET /api/v1/thing: Okta's links to the next page form a loop\.$"):
        list(client(okta).pages(THING, "list them"))


def test_entries_that_aren_t_objects_are_left_out() -> None:
    okta = FakeOkta((f"GET {THING}", [None, "x", {"id": 1}, []]))
    assert list(client(okta).pages(THING, "list them")) == [{"id": 1}]


@pytest.mark.parametrize("host", [URL, "https://id.acme.example", ""])
def test_a_list_within_a_response_body_has_its_links_in_the_body(host: str) -> None:
    second = {"_links": {"next": {"href": f"{host}{THING}?after=2"}}, "things": [{"id": 1}]}
    okta = FakeOkta((f"GET {THING}", second), (f"GET {THING}?after=2", {"things": [{"id": 2}, None], "_links": {}}))
    assert list(client(okta).pages(THING, "list them", within="things")) == [{"id": 1}, {"id": 2}]
    assert okta.left == []


def test_a_list_within_a_response_body_can_have_its_link_in_a_header() -> None:
    first = Answer(200, {"Link": f'<{URL}{THING}?after=2>; rel="next"'}, {"things": []})
    okta = FakeOkta((f"GET {THING}", first), (f"GET {THING}?after=2", {"things": [{"id": 2}]}))
    assert list(client(okta).pages(THING, "list them", within="things")) == [{"id": 2}]


@pytest.mark.parametrize("next_one", ["https://evil.example", "?after=2", 7, ["/x"]])
def test_an_invalid_link_within_a_response_body_is_an_error(next_one: Any) -> None:
    okta = FakeOkta((f"GET {THING}", {"things": [], "_links": {"next": {"href": next_one}}}))
    with pytest.raises(NoResponseError, match=r"^Okta's link to the next page can't be read\.$"):
        list(client(okta).pages(THING, "list them", within="things"))


@pytest.mark.parametrize("answer", [{}, {"things": None}, {"things": {}}])
def test_a_response_without_its_list_does_not_count_as_empty(answer: Any) -> None:
    with pytest.raises(NoResponseError, match=rf"^GET {THING}: Okta's answer holds no list of things\.$"):
        list(client(FakeOkta((f"GET {THING}", answer))).pages(THING, "list them", within="things"))


def test_a_write_sends_json() -> None:
    okta = FakeOkta((f"POST {THING}", {"id": "1"}))
    assert client(okta).write("POST", THING, "make it", body={"a": [1]}, expect=dict) == {"id": "1"}
    assert okta.bodies == [{"a": [1]}]
    assert okta.headers[0]["Content-Type"] == "application/json"


def test_check_mode_refuses_every_write() -> None:
    okta = FakeOkta()
    checking = client(okta, check_mode=True)
    for write in (lambda: checking.write("POST", THING, "make it"), lambda: checking.remove(THING, "delete it")):
        with pytest.raises(StateError, match=r"was about to be sent in check mode; please report this as a bug\.$"):
            write()
    assert okta.calls == []


def test_a_write_is_refused_after_the_playbook_has_ended() -> None:
    def playbook_ended() -> None:
        raise StateError("gone")

    okta = FakeOkta((f"GET {THING}", {}))
    orphan = client(okta, before_write=playbook_ended)
    orphan.get(THING, "read it")
    with pytest.raises(StateError, match="gone"):
        orphan.write("POST", THING, "make it")
    assert okta.writes == []


def test_a_missing_resource_counts_as_removed() -> None:
    okta = FakeOkta((f"DELETE {THING}", 204), (f"DELETE {THING}", refusal(404, "E0000007")))
    for _time in range(2):
        client(okta).remove(THING, "delete it")
    assert okta.left == []


def test_the_page_of_a_proxy_is_not_regarded_as_a_missing_resource() -> None:
    okta = FakeOkta((f"DELETE {THING}", Answer(404, {}, None, foreign_page="Blocked", proxy="http://proxy.example:3128")))
    with pytest.raises(NoResponseError, match=r"It isn't Okta's: .* the proxy http://proxy\.example:3128, or a system behind it, sent it"):
        client(okta).remove(THING, "delete it")


def test_any_other_refusal_to_remove_is_an_error() -> None:
    with pytest.raises(ApiError, match="Couldn't delete it"):
        client(FakeOkta((f"DELETE {THING}", forbidden()))).remove(THING, "delete it")


def test_the_check_before_the_first_write_runs_once() -> None:
    okta = FakeOkta((f"GET {THING}", {}), (f"POST {THING}", 200), (f"POST {THING}", 200))
    checked: list[int] = []
    writer = client(okta)
    writer.before_first_write = lambda: checked.append(len(okta.calls))
    writer.get(THING, "read it")
    writer.write("POST", THING, "make it")
    writer.write("POST", THING, "make it")
    assert checked == [1]


def test_the_check_runs_once_for_parallel_writes() -> None:
    okta = FakeOkta(*[(f"POST {THING}", 200)] * 8)
    checked: list[int] = []
    writer = client(okta)
    writer.before_first_write = lambda: checked.append(len(okta.calls))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _n: writer.write("POST", THING, "make it"), range(8)))
    assert (checked, len(okta.calls)) == ([0], 8)


def test_a_failed_check_stops_every_write() -> None:
    def refuse() -> None:
        raise StateError("no super admin")

    okta = FakeOkta()
    writer = client(okta)
    writer.before_first_write = refuse
    for _time in range(2):
        with pytest.raises(StateError, match="no super admin"):
            writer.write("POST", THING, "make it")
    assert okta.calls == []


def test_parallel_results_are_returned_in_the_order_of_the_jobs() -> None:
    assert client(FakeOkta(), concurrency=3).in_parallel([lambda n=n: n for n in range(7)]) == list(range(7))
    assert client(FakeOkta()).in_parallel([]) == []


def test_the_first_failure_is_raised_after_the_running_jobs_have_ended() -> None:
    ended: list[str] = []
    both = threading.Barrier(2, timeout=10)

    def fails() -> None:
        both.wait()
        raise StateError("a")

    def takes_long() -> None:
        both.wait()
        time.sleep(0.1)
        ended.append("b")

    with pytest.raises(StateError, match=r"^a$"):
        client(FakeOkta(), concurrency=2).in_parallel([fails, takes_long, lambda: ended.append("c")])
    assert ended == ["b"]


class ParallelJobs:
    """Counts how many jobs run in parallel: each waits until the permitted number runs."""

    def __init__(self, most: int) -> None:
        self.busy = self.seen = 0
        self._lock = threading.Lock()
        self._full = threading.Event()
        self._most = most

    def __call__(self) -> None:
        with self._lock:
            self.busy += 1
            self.seen = max(self.seen, self.busy)
            if self.busy >= self._most:
                self._full.set()
        self._full.wait(10)
        time.sleep(0.02)  # time for a surplus job to start
        with self._lock:
            self.busy -= 1


def test_the_number_of_parallel_jobs_is_the_concurrency() -> None:
    jobs = ParallelJobs(4)
    client(FakeOkta(), concurrency=4).in_parallel([jobs] * 6)
    assert jobs.seen == 4


def test_the_issuer_is_the_org_itself() -> None:
    okta = FakeOkta()
    assert client(okta).issuer() == URL
    assert okta.calls == []


def test_the_issuer_behind_a_custom_domain_is_read_once() -> None:
    okta = FakeOkta((METADATA, OWN))
    behind = custom(okta)
    assert [behind.issuer(), behind.issuer()] == ["https://acme-own.okta.com"] * 2
    assert okta.headers == [{}]


@pytest.mark.parametrize(
    "links", [None, [], {}, {"organization": None}, {"organization": {"href": 7}}, {"organization": {"href": "http://x"}}]
)
def test_an_org_without_its_own_url_is_an_error(links: Any) -> None:
    with pytest.raises(StateError, match=r"Okta doesn't publish the org's own URL; set it in org_url instead of the custom domain\.$"):
        custom(FakeOkta((METADATA, {"id": "00o1", "_links": links}))).issuer()


def test_a_custom_domain_is_verified_without_a_credential_first() -> None:
    okta = FakeOkta((METADATA, OWN), (f"GET {THING}", {}), (f"GET {THING}", {}))
    okta_client = custom(okta)
    okta_client.get(THING, "read it")
    okta_client.get(THING, "read it")
    assert [headers.get("Authorization") for headers in okta.headers] == [None, f"SSWS {TOKEN}", f"SSWS {TOKEN}"]


def test_a_recognized_org_no_longer_counts_as_custom() -> None:
    okta = FakeOkta((METADATA, OWN))
    assert custom(okta, Anonymous()).verified_org() == Org(URL, is_custom=False)
    assert client(okta).verified_org() == Org(URL, is_custom=False)
    assert okta.left == []


@pytest.mark.parametrize("answer", [{}, {"id": 7}, 404, 302, refusal(500), NoResponseError("GET x: no connection.")])
def test_no_credential_is_sent_to_an_unverified_host(answer: Any) -> None:
    okta = FakeOkta((METADATA, answer))
    with pytest.raises(InputError, match=rf"^org_url {URL} doesn't respond like an Okta org, so no credential was sent there: "):
        custom(okta).get(THING, "read it")
    assert okta.headers == [{}]


def test_the_org_s_id_is_read_once_and_without_a_credential() -> None:
    okta = FakeOkta((METADATA, OWN))
    own = client(okta)
    assert [own.org_id(), own.org_id()] == ["00o1", "00o1"]
    assert okta.headers == [{}]


def test_an_org_without_an_id_is_an_error() -> None:
    with pytest.raises(InputError, match=rf"^org_url {URL} doesn't respond like an Okta org: Couldn't recognize an Okta org "):
        client(FakeOkta((METADATA, 503))).org_id()


def test_without_a_credential_the_org_is_not_verified() -> None:
    okta = FakeOkta((f"GET {THING}", {}))
    custom(okta, Anonymous()).get(THING, "read it")
    assert okta.left == []


@pytest.mark.parametrize(
    ("value", "path"), [("0oa1", "0oa1"), ("../x", "..%2Fx"), ("a?b#c", "a%3Fb%23c"), ("a b", "a%20b"), ("\ud800", "%3F")]
)
def test_a_value_is_quoted_as_one_path_segment(value: str, path: str) -> None:
    assert path_segment(value) == path
