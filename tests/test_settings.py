"""What a client is made with."""

from typing import Any

import pytest

from aiopeertube import PeerTube
from aiopeertube._settings import check_secure, from_environment, origin_of
from aiopeertube.errors import ConfigurationError, InsecureCredentials, InvalidURL


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://videos.example", "https://videos.example"),
        ("https://videos.example/", "https://videos.example"),
        ("  https://videos.example//\n", "https://videos.example"),
        ("https://Videos.Example", "https://videos.example"),
        ("HTTPS://videos.example", "https://videos.example"),
        ("https://videos.example/api/v1", "https://videos.example"),
        ("https://videos.example/api/v1/", "https://videos.example"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("https://videos.example:443", "https://videos.example"),
        ("http://[::1]:9000/", "http://[::1]:9000"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
        ("http://127.0.0.1", "http://127.0.0.1"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin
    assert origin_of(origin) == origin


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "not complete"),
        ("videos.example", "not complete"),
        ("//videos.example", "not complete"),
        ("ftp://videos.example", "not complete"),
        ("https://", "not complete"),
        ("https://:9000", "not complete"),
        ("https://videos.example\\x", "not complete"),
        ("https://videos example", "not complete"),
        ("https://videos..example", "is not valid"),
        ("https://.", "is not valid"),
        (f"https://{'v' * 64}.example", "is not valid"),
        ("https://videos.example:port", "is not valid"),
        ("https://videos.example:99999", "is not valid"),
        ("https://videos.example/w/abc", "did you mean https://videos.example?"),
        ("https://videos.example/?a=1", "did you mean https://videos.example?"),
        ("https://videos.example/#top", "did you mean https://videos.example?"),
        ("https://[::1]:9000/w", r"did you mean http"),
        ("https://anna:s3cr3t@videos.example", "pass username and password separately"),
        ("https://anna@videos.example", "pass username and password separately"),
        ("https://:s3cr3t@videos.example", "pass username and password separately"),
    ],
)
def test_what_is_no_address_of_an_instance(url: str, message: str) -> None:
    with pytest.raises(InvalidURL) as caught:
        origin_of(url)
    assert message in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("url", ["https://[::1", "https://[nothing]"])
def test_broken_brackets_are_no_address(url: str) -> None:
    with pytest.raises(InvalidURL):
        origin_of(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://anna:s3cr3t@videos.example",
        "https://anna:s3cr3t@videos.example:port",
        "https://anna:s3cr3t@videos.example/w/abc",
        "https://anna:s3c@r3t@videos.example",
        "anna:s3cr3t@videos.example",
        "ftp://anna:s3cr3t@videos.example",
        "https://anna:s3cr3t/x@videos.example",
        pytest.param("https://anna:12/s3cr3t@videos.example"),
        pytest.param("https://anna:#s3cr3t@videos.example"),
        pytest.param("https://s3?cr3t@videos.example"),
    ],
)
def test_a_user_part_never_shows(url: str) -> None:
    with pytest.raises(InvalidURL) as caught:
        PeerTube(url)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    for part in ("anna", "s3", "cr3t", "12"):
        assert part not in str(caught.value)


@pytest.mark.parametrize(
    "origin",
    [
        "https://videos.example",
        "http://localhost",
        "http://localhost:9000",
        "http://peertube.localhost",
        "http://127.0.0.1:9000",
        "http://127.8.9.1",
        "http://[::1]:9000",
    ],
)
def test_credentials_may_go_over_https_or_stay_here(origin: str) -> None:
    check_secure(origin, allow_http=False)


@pytest.mark.parametrize(
    "origin",
    ["http://videos.example", "http://192.168.1.5:9000", "http://localhost.example", "http://[2001:db8::1]",
     "http://notlocalhost", "http://0.0.0.0", "http://127.0.0.1.example"],
)  # fmt: skip
def test_credentials_do_not_go_readable_to_another_machine(origin: str) -> None:
    with pytest.raises(InsecureCredentials, match="unencrypted"):
        check_secure(origin, allow_http=False)
    check_secure(origin, allow_http=True)


@pytest.mark.parametrize(
    "options", [{"token": "t"}, {"username": "u", "password": "p"}, {"token_file": "/nowhere/token"}]
)
def test_a_client_with_credentials_asks_for_https(options: dict[str, Any]) -> None:
    with pytest.raises(InsecureCredentials):
        PeerTube("http://videos.example", **options)
    PeerTube("http://videos.example", allow_http=True, **options)


def test_a_client_without_credentials_may_use_http() -> None:
    assert PeerTube("http://videos.example").origin == "http://videos.example"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"username": "u"}, "must be given together"),
        ({"password": "p"}, "must be given together"),
        ({"concurrency": 0}, 'concurrency must be "auto" or a positive integer, not 0'),
        ({"concurrency": "many"}, "concurrency must be \"auto\" or a positive integer, not 'many'"),
        ({"max_concurrency": 0}, "max_concurrency must be a positive integer, not 0"),
        ({"attempts": 0}, "attempts must be a positive integer, not 0"),
        ({"rate": "fast"}, "rate: 'fast'"),
        ({"rate": "0/s"}, "rate: '0/s'"),
        ({"rate": "10"}, "rate: '10'"),
        ({"rate": "10/week"}, "rate: '10/week'"),
    ],
)
def test_a_client_that_cannot_be_made(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        PeerTube("https://videos.example", **options)
    assert message in str(caught.value)


@pytest.mark.parametrize("rate", ["20/s", "300/min", "50/10s", "1/s", "5 / m", "1000/h"])
def test_rates_that_are_understood(rate: str) -> None:
    PeerTube("https://videos.example", rate=rate)


def test_the_environment_is_read() -> None:
    environment = {
        "PEERTUBE_URL": "https://videos.example",
        "PEERTUBE_USERNAME": "anna",
        "PEERTUBE_PASSWORD": "p",
        "PEERTUBE_TOKEN": "t",
        "PEERTUBE_OTP": "123456",
        "HOME": "/nowhere",
    }
    assert from_environment(environment) == {
        "url": "https://videos.example",
        "username": "anna",
        "password": "p",
        "token": "t",
        "otp": "123456",
    }


def test_what_is_empty_is_left_out() -> None:
    found = from_environment({"PEERTUBE_URL": "https://videos.example", "PEERTUBE_PASSWORD": ""})
    assert found == {"url": "https://videos.example"}


@pytest.mark.parametrize("environment", [{}, {"PEERTUBE_URL": ""}])
def test_without_an_address_the_variable_is_named(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="PEERTUBE_URL is not set"):
        from_environment(environment)


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERTUBE_URL", "https://from.environment.example")
    for name in ("USERNAME", "PASSWORD", "TOKEN", "OTP"):
        monkeypatch.delenv(f"PEERTUBE_{name}", raising=False)
    assert from_environment() == {"url": "https://from.environment.example"}
    assert PeerTube.from_env().origin == "https://from.environment.example"


def test_options_go_before_the_environment() -> None:
    environment = {"PEERTUBE_URL": "https://videos.example", "PEERTUBE_USERNAME": "anna", "PEERTUBE_PASSWORD": "p"}
    client = PeerTube.from_env(environment, url="https://other.example", username="bert")
    assert (client.origin, "as bert" in repr(client)) == ("https://other.example", True)
