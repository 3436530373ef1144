# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP and nothing else: one session, one retry policy, time and size limits.

The only file, beside `_tls`, that knows ``requests`` and ``urllib3``.
"""

from __future__ import annotations

import email.utils
import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any

from ._errors import InputError, NoAnswerError
from ._proxies import environment_certificates, environment_proxies
from ._tls import Adapter

try:
    import requests
    from requests.auth import AuthBase
    from urllib3.exceptions import (
        ConnectTimeoutError,
        MaxRetryError,
        NewConnectionError,
        ProtocolError,
        ProxyError,
        ReadTimeoutError,
    )
    from urllib3.exceptions import HTTPError as Urllib3Error
    from urllib3.response import BaseHTTPResponse
    from urllib3.util.retry import Retry
except ImportError:
    # told in one sentence before anything here is called (`_module.missing_library`)
    AuthBase = object  # type: ignore[assignment,misc]  # a stand-in, so that the class below can be made
    Retry = object  # type: ignore[assignment,misc]  # likewise

_MAX_BODY = 16 * 1024 * 1024  # bytes; Okta's largest page (200 apps) is below 2 MB
_MAX_WAIT = 120.0  # seconds; Okta's rate limit windows last 60 s
_PATIENCE = 900.0  # seconds that one call may take, waits for the rate limit included
_POOL = 32  # connections kept open
_TOO_MANY = 429
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
    """What came back; ``body`` is parsed JSON, or None where there is none; ``secrets`` are those that were sent."""

    status: int
    headers: Mapping[str, str]
    body: Any = None
    raw: Any = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


class _Headers(AuthBase):
    """Sends our headers as requests' ``auth``, for with any ``auth`` it leaves ``~/.netrc`` alone."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __call__(self, request: Any) -> Any:
        request.headers.update(self._headers)
        return request


class _Policy(Retry):
    """When to repeat, and how long to wait first.

    urllib3's rules, but that any 429 may be repeated, that its wait is read off Okta's headers,
    and that a POST isn't repeated unless it surely wasn't processed.
    """

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Seconds until the rate limit's window ends, by the answer's own clock (Okta: Rate limits)."""
        headers = response.headers
        if response.status != _TOO_MANY or headers.get("X-Rate-Limit-Limit") == "0":
            return None  # limit 0 is Okta's "too many at once": back off instead
        try:
            reset = int(headers["X-Rate-Limit-Reset"])
        except (KeyError, ValueError):
            return None
        return min(max(reset - _epoch(headers.get("Date", "")), 0.0) + 1.0, _MAX_WAIT)


def _epoch(date: str) -> float:
    """The time that a ``Date`` header tells; ours where it tells none."""
    try:
        return email.utils.parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError, OverflowError):
        return time.time()


class Transport:
    """One session, and so one connection pool.

    Args:
        settings: how to reach Okta.
        clock: gives seconds; replaced in tests.
        sleep: waits for seconds; replaced in tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._session = requests.Session()
        self._session.trust_env = False  # it would ask macOS for proxies; see `_proxies`
        self._session.headers["User-Agent"] = "rezonate.okta (Ansible)"
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))  # each call stands for itself
        self._session.mount("https://", Adapter(pool_maxsize=_POOL))
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
        # urllib3 asks for the method alone, so a request of another kind than its method's goes by a name of that kind
        method = request.method if request.repeatable is None else "PUT" if request.repeatable else "POST"
        while True:
            try:
                answer = self._attempt(request)
            except Urllib3Error as error:
                policy = self._after_failure(policy, method, request, error)
                self._sleep(policy.get_backoff_time())
                continue
            wait, policy = self._after_answer(policy, method, request, answer)
            if wait is None or self._clock() - started + wait > _PATIENCE:
                return answer
            self._sleep(wait)

    def _after_answer(self, policy: _Policy, method: str, request: Request, answer: Answer) -> tuple[float | None, _Policy]:
        """Seconds to wait before the next try, or None where there is none, and the policy from then on."""
        if answer.status != _TOO_MANY and not policy.is_retry(method, answer.status):
            return None, policy
        wait = policy.get_retry_after(answer.raw)
        if wait is not None:
            return wait, policy
        try:
            policy = policy.increment(method, request.url, response=answer.raw)
        except MaxRetryError:
            return None, policy
        return policy.get_backoff_time(), policy

    def _after_failure(self, policy: _Policy, method: str, request: Request, error: Urllib3Error) -> _Policy:
        try:
            return policy.increment(method, request.url, error=error)
        except Urllib3Error:
            raise NoAnswerError(
                f"{request.method} {request.url}: {_reason(error)}. {_ADVICE}",
                # a proxy's errors come before our request is sent through it
                maybe_done=not isinstance(error, (NewConnectionError, ConnectTimeoutError, ProxyError)),
            ) from None

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
                proxies=environment_proxies(request.url),
                allow_redirects=False,
                stream=True,
            )
            with response:
                content = _read(response.raw)
        except requests.exceptions.SSLError as error:
            if isinstance(_innermost(error), ssl.SSLCertVerificationError):
                raise NoAnswerError(f"{request.url}: the server's certificate doesn't verify ({_said(error)}). {_CA_ADVICE}") from None
            raise _urllib3_error(error) from None
        except requests.exceptions.RequestException as error:
            inner = _urllib3_error(error)
            raise inner from inner.__cause__  # which tells why
        except ValueError:
            # urllib3 says so of a proxy's scheme, and repeats the proxy with its password
            raise NoAnswerError(f"{request.url}: the proxy that the environment names has no scheme that can be used. {_ADVICE}") from None
        except OSError as error:
            # requests says so when the file of CA certificates isn't there
            whose = f"ca_path {settings.ca_path!r}" if settings.ca_path else "REQUESTS_CA_BUNDLE in the environment"
            raise InputError(f"{whose} can't be used: {error.strerror or error}.") from None
        body = _parsed(request, response.status_code, content)
        return Answer(response.status_code, response.headers, body, response.raw, attempt.secrets)


_ADVICE = "Check org_url and the network, then run again: what was done is kept."
_CA_ADVICE = "Set ca_path to your company's CA certificates, if its proxy re-signs connections."


def _read(raw: Any) -> bytes:
    content = bytearray()
    while chunk := raw.read(65536, decode_content=True):
        content += chunk
        if len(content) > _MAX_BODY:
            raw.close()
            raise ProtocolError(f"the answer is larger than {_MAX_BODY} bytes")
    return bytes(content)


def _parsed(request: Request, status: int, content: bytes) -> Any:
    """The JSON of an answer; that of an error is read where it can be.

    Raises:
        ProtocolError: a good answer whose body isn't what was expected.
    """
    is_good = 200 <= status < 300
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        if is_good and request.expect is not None:
            raise ProtocolError(f"the answer ({status}) is no readable JSON") from None
        return None
    if is_good and request.expect is not None and not isinstance(body, request.expect):
        raise ProtocolError(f"the answer ({status}) is JSON of an unexpected form")
    return body


def _urllib3_error(error: Exception) -> Urllib3Error:
    """The urllib3 error in a requests one; the retry policy tells them apart."""
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", None) or inner
    if isinstance(error, requests.exceptions.ReadTimeout):
        return ReadTimeoutError(None, None, "no answer in time")  # type: ignore[arg-type]  # no pool at hand
    # TLS that breaks off is a broken connection like any other
    if isinstance(reason, Urllib3Error) and not isinstance(error, requests.exceptions.SSLError) and not _came_through(reason):
        return reason
    return ProtocolError(f"the connection broke ({_said(error)})")


def _came_through(error: Urllib3Error) -> bool:
    """Whether what urllib3 puts down to a proxy may have come after the proxy let our request through.

    It asks a connection that http.client has closed by then, and so blames the proxy for every answer that is lost.
    """
    if not isinstance(error, ProxyError):
        return False
    cause = error.original_error
    at_proxy = isinstance(cause, (NewConnectionError, ConnectTimeoutError)) or str(cause).startswith("Tunnel connection failed")
    return not at_proxy


def _reason(error: Exception) -> str:
    """Why there is no answer; never requests' own text, which may hold a proxy's password."""
    if isinstance(error, ProxyError):
        return f"the proxy that the environment names doesn't connect us ({_said(error)})"
    if isinstance(error, NewConnectionError):
        return f"no connection ({_said(error)})"
    if isinstance(error, ConnectTimeoutError):
        return "no connection in time"
    if isinstance(error, ReadTimeoutError):
        return "no complete answer in time"
    if isinstance(error, ProtocolError) and len(error.args) == 1:
        return str(error.args[0])
    return f"the connection broke ({_said(error)})"


def _innermost(error: BaseException) -> BaseException:
    """The error of the operating system or of the TLS library, at the bottom."""
    met: list[BaseException] = []  # an error that was carried from a thread can be its own context
    while error not in met:
        met.append(error)
        candidates = [getattr(error, "reason", None), error.__cause__, *error.args, error.__context__]
        error = next((c for c in candidates if isinstance(c, BaseException) and c not in met), error)
    return error


def _said(error: BaseException) -> str:
    bottom = _innermost(error)
    return str(getattr(bottom, "verify_message", None) or getattr(bottom, "strerror", None) or type(bottom).__name__)
