# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client for Okta's API: reads, pages, writes, and parallel calls."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from .._core.errors import ApiError, InputError, NoResponseError, OktaError, StateError
from .api_error import api_error
from .authentication import Anonymous, Credential
from .dpop import send_with_challenges
from .http_headers import next_link
from .org_url import Org
from .transport import Answer, Attempt, Request, Transport

_MAX_PAGES = 1000  # of 200 entries; more than any org has apps, grants or roles
_ORG_METADATA = "/.well-known/okta-organization"
NOT_FOUND = 404  # RFC 9110, 15.5.5
T = TypeVar("T")


class OktaClient:
    """Calls one org with one credential, over one session.

    Args:
        org: the org.
        credential: authorizes the calls.
        transport: sends them.
        check_mode: whether writes are refused.
        concurrency: the maximum number of parallel calls.
        before_write: called before each write; raises if the run must not continue.
        advice: remedies by Okta's error code, which override the defaults.
    """

    def __init__(
        self,
        org: Org,
        credential: Credential,
        transport: Transport,
        *,
        check_mode: bool = False,
        concurrency: int = 15,
        before_write: Callable[[], None] = lambda: None,
        advice: Mapping[str, str] | None = None,
    ) -> None:
        self.org = org
        self.credential = credential
        self.transport = transport
        self.before_first_write: Callable[[], None] | None = None
        self._before_write = before_write
        self._advice = advice
        self._check_mode = check_mode
        self._concurrency = concurrency
        self._lock = threading.Lock()
        self._metadata: Mapping[str, Any] | None = None
        self._metadata_lock = threading.Lock()

    def get(self, path: str, purpose: str, *, params: Mapping[str, Any] | None = None, expect: type = dict) -> Any:
        """Read one resource.

        Raises:
            ApiError: Okta refused.
            NoResponseError: no readable answer came.
        """
        return self._send("GET", self._url(path, params), purpose, expect=expect).body

    def pages(
        self, path: str, purpose: str, *, params: Mapping[str, Any] | None = None, within: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Read all pages of a list.

        Args:
            within: the member of the response that holds the list; None if the response is the list itself.

        Raises:
            ApiError: Okta refused.
            NoResponseError: no readable answer came.
        """
        url: str | None = self._url(path, params)
        seen: set[str] = set()
        while url:
            if url in seen or len(seen) >= _MAX_PAGES:
                raise NoResponseError(f"GET {path}: Okta's links to the next page form a loop.")
            seen.add(url)
            answer = self._send("GET", url, purpose, expect=dict if within else list)
            entries = answer.body.get(within) if within else answer.body
            if not isinstance(entries, list):
                raise NoResponseError(f"GET {path}: Okta's answer holds no list of {within}.")
            yield from (entry for entry in entries if isinstance(entry, dict))
            url = self._next(answer)

    def write(
        self,
        method: str,
        path: str,
        purpose: str,
        *,
        body: Mapping[str, Any] | None = None,
        expect: type | None = None,
        repeatable: bool | None = None,
    ) -> Any:
        """Send a write request. Refused in check mode, as a second safeguard.

        Args:
            repeatable: whether it can be repeated safely; by default that is true of any method but POST.

        Raises:
            ApiError: Okta refused.
            NoResponseError: no response arrived; ``maybe_done`` is whether it may have been processed.
        """
        if self._check_mode:
            raise StateError(f"{method} {path} was about to be sent in check mode; please report this as a bug.")
        self.run_first_write_check()
        self._before_write()
        return self._send(method, self._url(path, None), purpose, body=body, expect=expect, repeatable=repeatable).body

    def remove(self, path: str, purpose: str) -> None:
        """Delete a resource; one that no longer exists is no error.

        Raises:
            ApiError: Okta refused.
            NoResponseError: no response arrived.
        """
        try:
            self.write("DELETE", path, purpose)
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise

    def run_first_write_check(self) -> None:
        """Run the check before the first write, once."""
        with self._lock:
            if self.before_first_write:
                self.before_first_write()
                # after the check: if it raises, parallel writes must fail too
                self.before_first_write = None

    def in_parallel(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """Run independent calls in parallel, and wait for all of them.

        The first failure is raised when the running calls have ended; the others aren't started, since each could wait
        15 minutes for an exhausted rate limit.
        """
        failures: list[Exception] = []

        def run(job: Callable[[], T]) -> list[T]:
            if failures:
                return []
            try:
                return [job()]
            except Exception as error:  # noqa: BLE001 - raised below, once
                failures.append(error)
                return []

        with ThreadPoolExecutor(max_workers=max(1, min(self._concurrency, len(jobs)))) as pool:
            results = list(pool.map(run, jobs))
        if failures:
            raise failures[0]
        return [result for found in results for result in found]

    def issuer(self) -> str:
        """The org's own URL, which is the issuer of its grants even if a custom domain is used."""
        if not self.org.is_custom:
            return self.org.url
        href = nested_value(self._org_metadata(), "_links", "organization", "href")
        if not isinstance(href, str) or not href.startswith("https://"):
            raise StateError(
                f"GET {_ORG_METADATA}: Okta doesn't publish the org's own URL; set it in org_url instead of the custom domain."
            )
        return href.rstrip("/")

    def org_id(self) -> str:
        """The org's id, which is part of the names of its resources."""
        return str(self._org_metadata()["id"])

    def urls(self) -> tuple[str, ...]:
        """The URLs that Okta publishes for the org: its own, and its custom domain."""
        links = [nested_value(self._org_metadata(), "_links", name, "href") for name in ("organization", "alternate")]
        return tuple(link.rstrip("/").lower() for link in links if isinstance(link, str))

    def verified_org(self) -> Org:
        """The org, verified: a credential can be sent to its custom domain."""
        if self.org.is_custom:
            self._org_metadata()
        return replace(self.org, is_custom=False)

    def _org_metadata(self) -> Mapping[str, Any]:
        """The public metadata of the org, read without a credential, so that none is sent to an unverified host."""
        with self._metadata_lock:  # parallel calls send one request
            if self._metadata is None:
                request = Request("GET", self._url(_ORG_METADATA, None), Attempt, expect=dict)
                try:
                    answer = self.transport.send(request)
                    if answer.status >= 300 or not isinstance(answer.body.get("id"), str):
                        raise api_error(request, answer, "recognize an Okta org")
                except (OktaError, AttributeError) as error:
                    unsent = ", so no credential was sent there" if self.org.is_custom else ""
                    raise InputError(f"org_url {self.org.url} doesn't respond like an Okta org{unsent}: {error}") from None
                self._metadata = answer.body
            return self._metadata

    def _send(
        self,
        method: str,
        url: str,
        purpose: str,
        *,
        body: Mapping[str, Any] | None = None,
        expect: type | None = None,
        repeatable: bool | None = None,
    ) -> Answer:
        if self.org.is_custom and not isinstance(self.credential, Anonymous):
            self._org_metadata()
        content = json.dumps(body).encode() if body is not None else None

        def prepare() -> Attempt:
            headers = {"Accept": "application/json", **self.credential.headers(self.transport, method, url)}
            if content is not None:
                headers["Content-Type"] = "application/json"
            _scheme, _blank, token = headers.get("Authorization", "").partition(" ")
            return Attempt(headers, content, tuple(secret for secret in (token, headers.get("DPoP")) if secret))

        request = Request(method, url, prepare, expect=expect, repeatable=repeatable)
        answer = send_with_challenges(self.transport, request, self.credential.update_from)
        if not 200 <= answer.status < 300:
            raise api_error(request, answer, purpose, self._advice)
        return answer

    def _url(self, path: str, params: Mapping[str, Any] | None) -> str:
        return f"{self.org.url}{path}" + (f"?{urlencode(params)}" if params else "")

    def _next(self, answer: Answer) -> str | None:
        """The URL of the next page, always on the org's host: a link can name another host, to which no credential must be sent."""
        # lists that are members of a response have their link there, and no header (Okta: custom roles, resource sets)
        target = next_link(answer.headers.get("Link", "")) or nested_value(answer.body, "_links", "next", "href")
        if not target:
            return None
        try:
            link = urlsplit(target if isinstance(target, str) else "")
        except ValueError:
            link = urlsplit("")
        if not link.path.startswith("/"):
            # joined to the org's host it could name another; and a partial list must not be regarded as complete
            raise NoResponseError("Okta's link to the next page can't be read.")
        return f"{self.org.url}{link.path}" + (f"?{link.query}" if link.query else "")


def nested_value(value: Any, *names: str) -> Any:
    """The member of a JSON value at a path of names; None if there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def path_segment(value: str) -> str:
    """A value, encoded as one segment of a URL path."""
    return quote(value, safe="", errors="replace")  # half a surrogate pair, which JSON can hold, can't be encoded as UTF-8
