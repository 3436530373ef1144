# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door to Okta: reads, pages, writes, and calls side by side."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from .._core.errors import ApiError, InputError, NoAnswerError, OktaError, StateError
from .api_error import api_error
from .authentication import Anonymous, Credential
from .dpop import send
from .http_headers import next_link
from .org_url import Org
from .transport import Answer, Attempt, Request, Transport

_MAX_PAGES = 1000  # of 200 entries; no org has that many apps, grants or roles
_METADATA = "/.well-known/okta-organization"
NOT_FOUND = 404  # RFC 9110, 15.5.5
T = TypeVar("T")


class OktaClient:
    """Calls one org with one credential, over one session.

    Args:
        org: the org.
        credential: what calls are authorized with.
        transport: sends them.
        check_mode: writes are refused, whoever asks for them.
        concurrency: how many calls may be under way at once.
        before_write: called before each write; raises where the run has no business any more.
        advice: what to do next, by Okta's error code, where the caller knows better.
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
        """Read one thing.

        Raises:
            ApiError: Okta refused.
            NoAnswerError: no readable answer came.
        """
        return self._send("GET", self._url(path, params), purpose, expect=expect).body

    def pages(
        self, path: str, purpose: str, *, params: Mapping[str, Any] | None = None, within: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Read a list, following its links to the end.

        Args:
            within: the member of the answer that holds the list, where the answer isn't the list itself.

        Raises:
            ApiError: Okta refused.
            NoAnswerError: no readable answer came.
        """
        url: str | None = self._url(path, params)
        seen: set[str] = set()
        while url:
            if url in seen or len(seen) >= _MAX_PAGES:
                raise NoAnswerError(f"GET {path}: Okta's pages lead in a circle.")
            seen.add(url)
            answer = self._send("GET", url, purpose, expect=dict if within else list)
            entries = answer.body.get(within) if within else answer.body
            if not isinstance(entries, list):
                raise NoAnswerError(f"GET {path}: Okta's answer holds no list of {within}.")
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
        """Change something. Refused in check mode, as a second lock.

        Args:
            repeatable: whether it may be repeated without harm; without it, anything but a POST may.

        Raises:
            ApiError: Okta refused.
            NoAnswerError: no answer came; ``maybe_done`` tells whether it may have been processed.
        """
        if self._check_mode:
            raise StateError(f"{method} {path} was about to be sent in check mode; please report this as a bug.")
        self.ready_to_write()
        self._before_write()
        return self._send(method, self._url(path, None), purpose, body=body, expect=expect, repeatable=repeatable).body

    def remove(self, path: str, purpose: str) -> None:
        """Delete something; that it is gone already is as good.

        Raises:
            ApiError: Okta refused.
            NoAnswerError: no answer came.
        """
        try:
            self.write("DELETE", path, purpose)
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise

    def ready_to_write(self) -> None:
        """Run what has to be done before the first write, once."""
        with self._lock:
            if self.before_first_write:
                self.before_first_write()
                # only now: where it raises, a write side by side has to meet it too
                self.before_first_write = None

    def side_by_side(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """Run independent calls at once, and wait for all of them.

        The first failure is raised when those under way have ended; the rest don't begin, for at a limit that stays used up
        each of them would wait a quarter of an hour.
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
        """The org's own URL, which is the issuer of its grants even where a custom domain is used."""
        if not self.org.is_custom:
            return self.org.url
        href = inside(self._org_metadata(), "_links", "organization", "href")
        if not isinstance(href, str) or not href.startswith("https://"):
            raise StateError(f"GET {_METADATA}: Okta doesn't tell the org's own URL; give it in org_url instead of the custom domain.")
        return href.rstrip("/")

    def org_id(self) -> str:
        """The org's id, which stands in the names of its resources."""
        return str(self._org_metadata()["id"])

    def urls(self) -> tuple[str, ...]:
        """The URLs that Okta tells of the org: its own, and its custom domain."""
        links = [inside(self._org_metadata(), "_links", name, "href") for name in ("organization", "alternate")]
        return tuple(link.rstrip("/").lower() for link in links if isinstance(link, str))

    def recognized(self) -> Org:
        """The org, to which a credential may go: a custom domain has shown by now that it is an Okta org's."""
        if self.org.is_custom:
            self._org_metadata()
        return replace(self.org, is_custom=False)

    def _org_metadata(self) -> Mapping[str, Any]:
        """What Okta tells everybody of the org; asked without a credential, so that none goes to a stranger."""
        with self._metadata_lock:  # calls side by side ask once
            if self._metadata is None:
                request = Request("GET", self._url(_METADATA, None), Attempt, expect=dict)
                try:
                    answer = self.transport.send(request)
                    if answer.status >= 300 or not isinstance(answer.body.get("id"), str):
                        raise api_error(request, answer, "recognize an Okta org")
                except (OktaError, AttributeError) as error:
                    unsent = ", so no credential was sent there" if self.org.is_custom else ""
                    raise InputError(f"org_url {self.org.url} doesn't answer like an Okta org{unsent}: {error}") from None
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
        answer = send(self.transport, request, self.credential.learn)
        if not 200 <= answer.status < 300:
            raise api_error(request, answer, purpose, self._advice)
        return answer

    def _url(self, path: str, params: Mapping[str, Any] | None) -> str:
        return f"{self.org.url}{path}" + (f"?{urlencode(params)}" if params else "")

    def _next(self, answer: Answer) -> str | None:
        """The next page's URL, always on our own host: a link may name another, and the credential stays with us."""
        # lists within an answer have their link there too, and no header (Okta: custom roles, resource sets)
        target = next_link(answer.headers.get("Link", "")) or inside(answer.body, "_links", "next", "href")
        if not target:
            return None
        try:
            link = urlsplit(target if isinstance(target, str) else "")
        except ValueError:
            link = urlsplit("")
        if not link.path.startswith("/"):
            # joined to our host it could name another; and half a list must not pass for the whole
            raise NoAnswerError("Okta's link to the next page can't be read.")
        return f"{self.org.url}{link.path}" + (f"?{link.query}" if link.query else "")


def inside(value: Any, *names: str) -> Any:
    """What a JSON value holds at a path of names; None where the path ends before."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def segment(value: str) -> str:
    """A value as one segment of a path: nothing in it can lead elsewhere."""
    return quote(value, safe="", errors="replace")  # half of a surrogate pair, which JSON can hold, is no UTF-8
