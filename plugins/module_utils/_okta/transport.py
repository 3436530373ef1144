# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP and nothing else: one session, one retry policy, one pace, time and size limits.

The only file, beside `_tls` and `_failures`, that knows ``requests`` and ``urllib3``.
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

from .._core.errors import NoAnswerError, RezonateError
from .._core.spec import Limiter
from . import response_body
from .http_headers import moment, rate_limit_wait, retry_after
from .network_errors import ADVICE, FailedCall, classified, shown_proxy, unanswered
from .proxies import environment_certificates, environment_proxies
from .rate_limiter import RateLimiter
from .tls import Adapter

try:
    import requests
    from requests import Session
    from requests.auth import AuthBase
    from urllib3.exceptions import HTTPError as Urllib3Error
    from urllib3.exceptions import MaxRetryError, ProtocolError, ReadTimeoutError
    from urllib3.response import BaseHTTPResponse
    from urllib3.util.retry import Retry
except ImportError:
    # told in one sentence before anything here is called (`_module.missing_library`)
    AuthBase = object  # type: ignore[assignment,misc]  # a stand-in, so that the class below can be made
    Retry = Session = object  # type: ignore[assignment,misc]  # likewise

_MAX_BODY = 16 * 1024 * 1024  # bytes; Okta's largest page (200 apps) is below 2 MB
_PATIENCE = 900.0  # seconds that one call may take, waits for the rate limit included
_POOL = 32  # connections kept open
_MAX_PAUSE = 8.0  # seconds between refusals for the rate, where the server itself names less
_TOO_MANY = 429
_OKTA_MEMBERS = frozenset({"errorCode", "errorSummary", "error"})  # of an error of Okta's, one at least
_SAFE_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE"})


@dataclass(frozen=True)
class Settings:
    """How to reach Okta.

    Args:
        timeout: seconds to wait for a connection and for each piece of an answer.
        max_retries: how often a call is repeated after a failure; waits for the rate limit don't count.
        validate_certs: whether the server's certificate is checked.
        ca_path: CA certificates to check it with; without it the environment's, then certifi's.
    """

    timeout: float = 30.0
    max_retries: int = 4
    validate_certs: bool = True
    ca_path: str | None = None


@dataclass(frozen=True)
class Attempt:
    """What is sent in one try; made anew for each, since a client assertion may be used only once.

    Args:
        headers: the headers, the credential among them.
        body: the body.
        secrets: what in both is nobody else's business, should the answer repeat it.
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
        prepare: makes headers and body, for each try.
        expect: the JSON type that a good answer's body has; None where the body isn't read.
        repeatable: whether a repetition does no harm; None: by its method, so that only a POST isn't repeated.
    """

    method: str
    url: str
    prepare: Callable[[], Attempt]
    expect: type | None = None
    repeatable: bool | None = None


@dataclass(frozen=True)
class Answer:
    """What came back.

    Args:
        status: the HTTP status.
        headers: the headers, by names in any case.
        body: parsed JSON, or None where there is none.
        raw: the answer as urllib3 has it.
        secrets: those that were sent.
        skew: seconds by which the server's clock is ahead of ours; None where it doesn't tell its time.
        foreign: of an error that isn't Okta's own, such as a proxy's page: its title, or nothing; else None.
        proxy: the proxy that a foreign error came through, without user and password.
    """

    status: int
    headers: Mapping[str, str]
    body: Any = None
    raw: Any = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    skew: float | None = None
    foreign: str | None = None
    proxy: str | None = None


class _Headers(AuthBase):
    """Sends our headers as requests' ``auth``, for with any ``auth`` it leaves ``~/.netrc`` alone."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __call__(self, request: Any) -> Any:
        request.headers.update(self._headers)
        return request


class _Session(Session):
    """Knows no redirects: requests reads the whole body of one, however large it becomes, before it asks whether to follow."""

    def get_redirect_target(self, _resp: Any) -> None:
        """None at all."""


class _Policy(Retry):
    """When to repeat, and how long to wait first.

    urllib3's rules, but that any 429 may be repeated, that its wait is read off Okta's headers,
    and that a POST isn't repeated unless it surely wasn't processed.
    """

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Seconds to wait, where a refusal for the rate tells that (Okta: Rate limits; RFC 9110, 10.2.3)."""
        return rate_limit_wait(response.headers, time.time()) if response.status == _TOO_MANY else None


class Transport:
    """One session, and so one connection pool.

    Args:
        settings: how to reach Okta.
        clock: gives seconds; replaced in tests.
        sleep: waits for seconds; replaced in tests.
        limiter: what is known of rate limits; without it, only what this transport learns itself.
    """

    def __init__(
        self,
        settings: Settings,
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
        self._session = _Session()
        self._session.trust_env = False  # it would ask macOS for proxies; see `_proxies`
        self._session.headers["User-Agent"] = "rezonate.okta (Ansible)"
        self._session.headers["Accept-Encoding"] = response_body.ACCEPTED
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))  # each call stands for itself
        self._session.mount("https://", Adapter(pool_maxsize=_POOL, ca_path=settings.ca_path))
        self._policy = _Policy(
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
        """Send a request, and again where that is safe and helps.

        Raises:
            NoAnswerError: no readable answer came.
        """
        started = self._clock()
        policy = self._policy
        refusals = 0
        # urllib3 asks for the method alone, so a request of another kind than its method's goes by a name of that kind
        method = request.method if request.repeatable is None else "PUT" if request.repeatable else "POST"
        while True:
            try:
                with self._limiter.turn(request.method, request.url, _PATIENCE - (self._clock() - started)):
                    answer = self._attempt(request)
                    window = self._limiter.note(request.method, request.url, answer.status, answer.headers)
            except Urllib3Error as error:
                policy = self._after_failure(policy, method, request, error)
                self._sleep(policy.get_backoff_time())
                continue
            wait, policy = self._after_answer(policy, method, request, answer, refusals)
            if wait is None or self._clock() - started + wait > _PATIENCE:
                return answer
            refusals += 1
            self._sleep(wait)
            self._limiter.waited_for(window)

    def sleep(self, seconds: float) -> None:
        """Wait, as between two tries; for callers that repeat what Okta answered."""
        self._sleep(seconds)

    def _after_answer(self, policy: _Policy, method: str, request: Request, answer: Answer, refusals: int) -> tuple[float | None, _Policy]:
        """Seconds to wait before the next try, or None where there is none, and the policy from then on."""
        if answer.status != _TOO_MANY and not policy.is_retry(method, answer.status):
            return None, policy
        wait = policy.get_retry_after(answer.raw)
        if wait is not None:
            # a server that names too little again and again isn't asked every second
            return max(wait, min(2.0 ** (refusals - 1), _MAX_PAUSE) if refusals else 0.0), policy
        try:
            policy = policy.increment(method, request.url, response=answer.raw)
        except MaxRetryError:
            return None, policy
        return max(policy.get_backoff_time(), retry_after(answer.headers, time.time()) or 0.0), policy

    def _after_failure(self, policy: _Policy, method: str, request: Request, error: Urllib3Error) -> _Policy:
        try:
            return policy.increment(method, request.url, error=error)
        except Urllib3Error:
            raise unanswered(self._call(request), error) from None

    def _call(self, request: Request) -> FailedCall:
        """The call as the sentences about its failure need it."""
        settings = self._settings
        variable = next((name for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if os.environ.get(name)), None)
        return FailedCall(request.method, request.url, settings.ca_path, variable, self._proxy(request.url))

    def _proxies_for(self, url: str) -> dict[str, str]:
        """The proxies of the environment, looked up once for a host: that takes a tenth of a call."""
        host = urlsplit(url).netloc
        if host not in self._found_proxies:
            self._found_proxies[host] = environment_proxies(url)
        return self._found_proxies[host]

    def _proxy(self, url: str) -> str | None:
        """The proxy that calls to a URL go to, without user and password."""
        return shown_proxy(requests.utils.select_proxy(url, self._proxies_for(url)))

    def _attempt(self, request: Request) -> Answer:
        """One try, cut off when it takes too long, however slowly its bytes drip."""
        box: list[Answer | Exception] = []
        # not in the thread that may be cut off: it may get a token first, which has time limits of its own
        attempt = request.prepare()

        def work() -> None:
            try:
                box.append(self._exchange(request, attempt))
            except Exception as error:  # noqa: BLE001 - carried to the waiting thread and raised there
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
                auth=_Headers(attempt.headers),
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
        except (OSError, ValueError) as error:  # those of requests are of the first kind
            found = classified(error, self._call(request))
            raise found from found.__cause__  # which tells why
        return self._answer(request, attempt, response, content)

    def _content(self, request: Request, response: Any) -> bytes:
        """The bytes of the body.

        Raises:
            NoAnswerError: it is none that could be read another time.
            ProtocolError: it can't be read.
        """
        pieces = iter(lambda: response.raw.read(response_body.PIECE, decode_content=False), b"")
        try:
            return response_body.read_body(pieces, response.headers.get("Content-Encoding", ""), _MAX_BODY)
        except response_body.BodyRefusedError as error:
            raise NoAnswerError(f"{request.method} {request.url}: {error}. {ADVICE}", maybe_done=request.method != "GET") from None
        except response_body.BodyError as error:
            raise ProtocolError(str(error)) from None

    def _answer(self, request: Request, attempt: Attempt, response: Any, content: bytes) -> Answer:
        status, headers = response.status_code, response.headers
        body = _parsed(request, status, content)
        sent = moment(headers.get("Date", ""))
        skew = None if sent is None else sent - time.time()
        foreign = None
        if status >= 300 and content.strip() and "X-Okta-Request-Id" not in headers and not _is_okta_error(body):
            foreign = response_body.title(content) or ""
        proxy = None if foreign is None else self._proxy(request.url)
        return Answer(status, headers, body, response.raw, attempt.secrets, skew, foreign, proxy)


def _is_okta_error(body: Any) -> bool:
    """Whether JSON may be an error of Okta's; what no proxy sends counts as one."""
    return body is not None and (not isinstance(body, dict) or not body or bool(_OKTA_MEMBERS & body.keys()))


def _parsed(request: Request, status: int, content: bytes) -> Any:
    """The JSON of an answer; that of an error is read where it can be.

    Raises:
        ProtocolError: a good answer whose body isn't what was expected.
    """
    is_good = 200 <= status < 300
    try:
        body = response_body.parse(content)
    except ValueError:
        if is_good and request.expect is not None:
            title = response_body.title(content)
            page = f", but a page with the title {title!r}" if title else ""
            raise ProtocolError(f"the answer ({status}) is no readable JSON{page}") from None
        return None
    if is_good and request.expect is not None and not isinstance(body, request.expect):
        raise ProtocolError(f"the answer ({status}) is JSON of an unexpected form")
    return body
