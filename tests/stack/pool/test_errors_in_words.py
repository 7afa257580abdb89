"""What aiohttp raises, in our words; and what a proxy's answers mean."""

import ssl
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.http_exceptions import BadHttpMessage, HttpProcessingError

from aiopeertube import errors
from aiopeertube._proxies import Proxy
from aiopeertube.stack.pool.aiohttp import _closed, _reason, _too_late, _translate
from aiopeertube.stack.pool.proxied import credentials, is_forwarded, refused
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.messages import FormBody, Request

KEY = ConnectionKey("a", 443, True, True, None, None, None)
PLAIN = Proxy("http://proxy:3128")
WITH_NAME = Proxy("http://proxy:3128", "anna", "pass")
INFO: Any = SimpleNamespace(real_url="http://a/x")


def request(**options: Any) -> Request:
    made = Request("PUT", "https://a", "/x?y=1", path="/x", decode=nothing, **options)
    made.token = "abcdefgh"
    return made


def certificate_error() -> Exception:
    return aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError(1, "self-signed\n certificate"))


def answered(status: int, message: str) -> aiohttp.ClientResponseError:
    return aiohttp.ClientResponseError(INFO, (), status=status, message=message)


def barred(status: int) -> aiohttp.ClientHttpProxyError:
    return aiohttp.ClientHttpProxyError(INFO, (), status=status, message="no")


SECURE = aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "wrong version"))
REFUSED = aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "Connection refused"))
NO_PROXY = aiohttp.ClientProxyConnectionError(KEY, ConnectionRefusedError(111, "Connection refused"))
AS_EXPECTED = "https://a does not speak HTTP as expected"
NOT_TRUSTED = "the certificate of https://a is not trusted"
LOST = "connection to https://a lost during PUT /x"

TRANSLATED = [
    (certificate_error(), errors.CertificateNotTrusted, f"{NOT_TRUSTED}: self-signed certificate"),
    (SECURE, errors.ServerUnreachable, "no secure connection to https://a: wrong version"),
    (REFUSED, errors.ServerUnreachable, "cannot connect to https://a: Connection refused"),
    (NO_PROXY, errors.ServerUnreachable, "cannot connect to https://a: Connection refused"),
    (aiohttp.ConnectionTimeoutError("slow"), errors.ServerUnreachable, "cannot connect to https://a: slow"),
    (aiohttp.ServerTimeoutError("slow"), errors.RequestTimeout, "no answer from https://a to PUT /x in time"),
    (answered(400, "odd abcdefgh"), errors.NotHttp, f"{AS_EXPECTED} (odd (secret)); is the scheme right?"),
    (BadHttpMessage("odd"), errors.NotHttp, f"{AS_EXPECTED} (odd); is the scheme right?"),
    (aiohttp.InvalidURL("http://["), errors.InvalidURL, "not an address that can be asked: https://a/x"),
    (aiohttp.ServerDisconnectedError(), errors.ConnectionLost, f"{LOST}: Server disconnected"),
    (aiohttp.ClientOSError(104, "reset"), errors.ConnectionLost, f"{LOST}: reset"),
    (barred(502), errors.NotHttp, f"{AS_EXPECTED} (no); is the scheme right?"),
]


@pytest.mark.parametrize(("error", "kind", "said"), TRANSLATED, ids=lambda part: getattr(part, "__name__", None))
def test_without_a_proxy(error: Any, kind: type[errors.PeerTubeError], said: str) -> None:
    found = _translate(error, request(), None)
    assert type(found) is kind
    assert str(found) == said


def test_what_came_in_place_of_http_has_its_status() -> None:
    for error, status in ((answered(418, "odd"), 418), (HttpProcessingError(code=431, message="odd"), 431)):
        found = _translate(error, request(), None)
        assert isinstance(found, errors.UnexpectedResponse)
        assert found.status == status


def test_what_came_where_secrets_were_sent_is_not_quoted() -> None:
    found = _translate(answered(400, "odd"), request(body=FormBody(())), None)
    assert str(found) == f"{AS_EXPECTED}; is the scheme right?"


BARRED = [
    (NO_PROXY, PLAIN, "cannot connect to the proxy http://proxy:3128: Connection refused"),
    (barred(502), PLAIN, "the proxy http://proxy:3128 cannot reach the server: it answered 502"),
    (barred(407), PLAIN, "the proxy http://proxy:3128 wants a user name and password (407)"),
    (barred(407), WITH_NAME, "the proxy http://proxy:3128 wants another user name or password (407)"),
]


@pytest.mark.parametrize(("error", "proxy", "said"), BARRED)
def test_behind_a_proxy(error: Any, proxy: Proxy, said: str) -> None:
    found = _translate(error, request(), proxy)
    assert (type(found), str(found)) == (errors.ProxyFailed, said)


def test_a_proxy_is_not_to_blame_for_the_server() -> None:
    for error, kind in ((SECURE, errors.ServerUnreachable), (answered(400, "odd"), errors.NotHttp)):
        assert type(_translate(error, request(), PLAIN)) is kind


def test_late_and_closed_say_what_was_under_way() -> None:
    assert str(_too_late(request())) == "no answer from https://a to PUT /x in time"
    assert str(_closed(request())) == "the client was closed during PUT /x"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(28, "no space  left\n"), "no space left"),
        (OSError("odd"), "odd"),
        (ValueError(" two\n lines "), "two lines"),
        (ValueError(), "ValueError"),
        (REFUSED, "Connection refused"),
    ],
)
def test_a_reason_is_one_line(error: Exception, reason: str) -> None:
    assert _reason(error) == reason


def test_what_a_proxy_is_told() -> None:
    assert credentials(None) == credentials(PLAIN) == {}
    assert credentials(WITH_NAME) == {"Proxy-Authorization": "Basic YW5uYTpwYXNz"}
    assert not is_forwarded("http://a", None)
    assert is_forwarded("http://a", PLAIN)
    assert not is_forwarded("https://a", PLAIN)
    assert str(refused(PLAIN, 403)) == "the proxy http://proxy:3128 cannot reach the server: it answered 403"
