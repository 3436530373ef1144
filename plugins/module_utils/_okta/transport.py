# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP transport: one session, one retry policy, one rate limiter, time and size limits.

Only this file, `tls` and `network_errors` use ``requests`` and ``urllib3``.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

from .._core.errors import NoResponseError, RezonateError
from .._core.spec import Limiter
from . import response_body
from .http_headers import parse_date, rate_limit_wait, retry_after
from .network_errors import ADVICE, FailedCall, classify_error, no_response_error, shown_proxy
from .proxies import environment_certificates, environment_proxies
from .rate_limiter import RateLimiter
from .tls import SharedContextAdapter

try:
    import requests
    from requests import Session
    from requests.auth import AuthBase
    from urllib3.exceptions import HTTPError as Urllib3Error
    from urllib3.exceptions import MaxRetryError, ProtocolError, ReadTimeoutError
    from urllib3.response import BaseHTTPResponse
    from urllib3.util.retry import Retry
except ImportError:
    # reported before anything here is called (`_ansible.require_libraries`)
    AuthBase = object  # type: ignore[assignment,misc]  # a placeholder, so that the class below can be defined
    Retry = Session = object  # type: ignore[assignment,misc]  # likewise

_MAX_BODY = 16 * 1024 * 1024  # bytes; Okta's largest page (200 apps) is below 2 MB
_MAX_CALL_SECONDS = 900.0  # the maximum duration of one call, including waits for the rate limit
_POOL_SIZE = 32  # open connections
_MAX_PAUSE = 8.0  # seconds between rate-limited attempts, if the server requests less
_TOO_MANY = 429
_OKTA_MEMBERS = frozenset({"errorCode", "errorSummary", "error"})  # an error of Okta has at least one of them
_SAFE_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE"})


@dataclass(frozen=True)
class TransportSettings:
    """The settings of the transport.

    Args:
        timeout: seconds to wait for a connection and for each chunk of a response.
        max_retries: the maximum number of retries after failures; waits for the rate limit don't count.
        validate_certs: whether the server's certificate is verified.
        ca_path: the CA certificates; the default is those of the environment, then certifi's.
    """

    timeout: float = 30.0
    max_retries: int = 4
    validate_certs: bool = True
    ca_path: str | None = None


@dataclass(frozen=True)
class Attempt:
    """The content of one attempt; prepared for each, since a client assertion can be used only once.

    Args:
        headers: the headers, including the credential.
        body: the body.
        secrets: the secrets in both, which are masked if the response repeats them.
    """

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Request:
    """One call.

    Args:
        method: the HTTP method.
        url: the full URL.
        prepare: creates headers and body, for each attempt.
        expect: the JSON type of the body of a successful response; None if the body isn't used.
        repeatable: whether it can be repeated safely; None: by its method, so that only a POST isn't repeated.
    """

    method: str
    url: str
    prepare: Callable[[], Attempt]
    expect: type | None = None
    repeatable: bool | None = None


@dataclass(frozen=True)
class Answer:
    """A response.

    Args:
        status: the HTTP status.
        headers: the headers, by names in any case.
        body: parsed JSON, or None if there is none.
        raw: the response of urllib3.
        secrets: the secrets that were sent.
        skew: seconds by which the server's clock is ahead of the local clock; None if the response has no date.
        foreign_page: the title, maybe empty, of an error page that isn't Okta's, such as that of a proxy; else None.
        proxy: the proxy of such a response, without user and password.
    """

    status: int
    headers: Mapping[str, str]
    body: Any = None
    raw: Any = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    skew: float | None = None
    foreign_page: str | None = None
    proxy: str | None = None


class _HeaderAuth(AuthBase):
    """Sets the headers as ``auth`` of requests, which then doesn't read ``~/.netrc``."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __call__(self, request: Any) -> Any:
        request.headers.update(self._headers)
        return request


class _SessionWithoutRedirects(Session):
    """Ignores redirects: requests reads the whole body of one, of any size, before it checks whether to follow."""

    def get_redirect_target(self, _resp: Any) -> None:
        """No target."""


class _RetryPolicy(Retry):
    """The retry policy.

    As that of urllib3, except that any 429 can be repeated, that the wait is computed from Okta's headers,
    and that a POST is repeated only if it certainly wasn't processed.
    """

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Seconds to wait, if a rate-limited response holds them (Okta: Rate limits; RFC 9110, 10.2.3)."""
        return rate_limit_wait(response.headers, time.time()) if response.status == _TOO_MANY else None


class Transport:
    """One session with one connection pool.

    Args:
        settings: timeouts, retries and certificates.
        clock: returns seconds; replaced in tests.
        sleep: waits for seconds; replaced in tests.
        limiter: the known rate limits; the default is a limiter for this transport alone.
    """

    def __init__(
        self,
        settings: TransportSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        limiter: Limiter | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._limiter = limiter or RateLimiter(clock=clock, sleep=sleep)
        self._found_proxies: dict[str, dict[str, str]] = {}
        self._session = _SessionWithoutRedirects()
        self._session.trust_env = False  # it would read the proxies of macOS; see `proxies`
        self._session.headers["User-Agent"] = "rezonate.okta (Ansible)"
        self._session.headers["Accept-Encoding"] = response_body.ACCEPT_ENCODING
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))  # calls are independent
        self._session.mount("https://", SharedContextAdapter(pool_maxsize=_POOL_SIZE, ca_path=settings.ca_path))
        self._policy = _RetryPolicy(
            total=None,
            connect=settings.max_retries,
            read=settings.max_retries,
            status=settings.max_retries,
            other=0,
            redirect=0,
            allowed_methods=_SAFE_METHODS,
            status_forcelist=(500, 502, 503, 504),
            backoff_factor=0.5,
            backoff_max=20,
            raise_on_status=False,
        )

    def send(self, request: Request) -> Answer:
        """Send a request, and repeat it if that is safe and useful.

        Raises:
            NoResponseError: no readable response arrived.
        """
        started = self._clock()
        policy = self._policy
        refusals = 0
        # urllib3 decides by the method alone, so `repeatable` is expressed by a method with that property
        method = request.method if request.repeatable is None else "PUT" if request.repeatable else "POST"
        while True:
            try:
                with self._limiter.acquire(request.method, request.url, _MAX_CALL_SECONDS - (self._clock() - started)):
                    answer = self._run_attempt(request)
                    window = self._limiter.record_response(request.method, request.url, answer.status, answer.headers)
            except Urllib3Error as error:
                policy = self._after_failure(policy, method, request, error)
                self._sleep(policy.get_backoff_time())
                continue
            wait, policy = self._after_answer(policy, method, request, answer, refusals)
            if wait is None or self._clock() - started + wait > _MAX_CALL_SECONDS:
                return answer
            refusals += 1
            self._sleep(wait)
            self._limiter.mark_ended(window)

    def sleep(self, seconds: float) -> None:
        """Wait, as between two attempts; for callers that repeat requests themselves."""
        self._sleep(seconds)

    def _after_answer(
        self, policy: _RetryPolicy, method: str, request: Request, answer: Answer, refusals: int
    ) -> tuple[float | None, _RetryPolicy]:
        """Seconds to wait before the next attempt, or None if there is none, and the new policy."""
        if answer.status != _TOO_MANY and not policy.is_retry(method, answer.status):
            return None, policy
        wait = policy.get_retry_after(answer.raw)
        if wait is not None:
            # back off if the server repeatedly requests too short waits
            return max(wait, min(2.0 ** (refusals - 1), _MAX_PAUSE) if refusals else 0.0), policy
        try:
            policy = policy.increment(method, request.url, response=answer.raw)
        except MaxRetryError:
            return None, policy
        return max(policy.get_backoff_time(), retry_after(answer.headers, time.time()) or 0.0), policy

    def _after_failure(self, policy: _RetryPolicy, method: str, request: Request, error: Urllib3Error) -> _RetryPolicy:
        try:
            return policy.increment(method, request.url, error=error)
        except Urllib3Error:
            raise no_response_error(self._call(request), error) from None

    def _call(self, request: Request) -> FailedCall:
        """The facts of the call for error messages."""
        settings = self._settings
        variable = next((name for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if os.environ.get(name)), None)
        return FailedCall(request.method, request.url, settings.ca_path, variable, self._proxy(request.url))

    def _proxies_for(self, url: str) -> dict[str, str]:
        """The proxies of the environment, read once for each host: that takes a tenth of the time of a call."""
        host = urlsplit(url).netloc
        if host not in self._found_proxies:
            self._found_proxies[host] = environment_proxies(url)
        return self._found_proxies[host]

    def _proxy(self, url: str) -> str | None:
        """The proxy for a URL, without user and password."""
        return shown_proxy(requests.utils.select_proxy(url, self._proxies_for(url)))

    def _run_attempt(self, request: Request) -> Answer:
        """One attempt, aborted when it takes too long, even if data arrives slowly."""
        box: list[Answer | Exception] = []
        # not in the thread that can be aborted: it may request an access token first, which has its own time limits
        attempt = request.prepare()

        def work() -> None:
            try:
                box.append(self._exchange(request, attempt))
            except Exception as error:  # noqa: BLE001 - raised in the waiting thread
                box.append(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(self._settings.timeout * 2 + 1)
        if not box:
            raise ReadTimeoutError(None, request.url, "no complete answer in time")  # type: ignore[arg-type]  # no pool at hand
        if isinstance(box[0], Exception):
            raise box[0]
        return box[0]

    def _exchange(self, request: Request, attempt: Attempt) -> Answer:
        settings = self._settings
        verify: bool | str = (settings.ca_path or environment_certificates() or True) if settings.validate_certs else False
        try:
            response = self._session.request(
                request.method,
                request.url,
                data=attempt.body,
                auth=_HeaderAuth(attempt.headers),
                timeout=settings.timeout,
                verify=verify,
                proxies=self._proxies_for(request.url),
                allow_redirects=False,
                stream=True,
            )
            with response:
                content = self._content(request, response)
        except RezonateError:
            raise
        except Urllib3Error:
            raise
        except (OSError, ValueError) as error:  # errors of requests are OSErrors
            found = classify_error(error, self._call(request))
            raise found from found.__cause__  # preserve the cause
        return self._answer(request, attempt, response, content)

    def _content(self, request: Request, response: Any) -> bytes:
        """The bytes of the body.

        Raises:
            NoResponseError: the body is refused.
            ProtocolError: the body can't be read; a retry may succeed.
        """
        pieces = iter(lambda: response.raw.read(response_body.CHUNK_BYTES, decode_content=False), b"")
        try:
            return response_body.read_body(pieces, response.headers.get("Content-Encoding", ""), _MAX_BODY)
        except response_body.BodyRefusedError as error:
            raise NoResponseError(f"{request.method} {request.url}: {error}. {ADVICE}", maybe_done=request.method != "GET") from None
        except response_body.BodyError as error:
            raise ProtocolError(str(error)) from None

    def _answer(self, request: Request, attempt: Attempt, response: Any, content: bytes) -> Answer:
        status, headers = response.status_code, response.headers
        body = _parse_body(request, status, content)
        sent = parse_date(headers.get("Date", ""))
        skew = None if sent is None else sent - time.time()
        foreign = None
        if status >= 300 and content.strip() and "X-Okta-Request-Id" not in headers and not _is_okta_error(body):
            foreign = response_body.page_title(content) or ""
        proxy = None if foreign is None else self._proxy(request.url)
        return Answer(status, headers, body, response.raw, attempt.secrets, skew, foreign, proxy)


def _is_okta_error(body: Any) -> bool:
    """Whether JSON can be an error of Okta; anything that no proxy sends counts as one."""
    return body is not None and (not isinstance(body, dict) or not body or bool(_OKTA_MEMBERS & body.keys()))


def _parse_body(request: Request, status: int, content: bytes) -> Any:
    """The JSON of a response; of an error only if it can be parsed.

    Raises:
        ProtocolError: the body of a successful response is invalid.
    """
    is_good = 200 <= status < 300
    try:
        body = response_body.parse_json(content)
    except ValueError:
        if is_good and request.expect is not None:
            title = response_body.page_title(content)
            page = f", but a page with the title {title!r}" if title else ""
            raise ProtocolError(f"the answer ({status}) is no readable JSON{page}") from None
        return None
    if is_good and request.expect is not None and not isinstance(body, request.expect):
        raise ProtocolError(f"the answer ({status}) is JSON of an unexpected form")
    return body
