"""What the end of an attempt tells."""

import asyncio

import pytest

from aiopeertube import errors
from aiopeertube.stack.verdicts import UNSENT, Load, Told, Verdict, of_answer, of_error
from aiopeertube.wire.headers import RateHeaders
from aiopeertube.wire.messages import Response

PAGE = "a page of HTML comes in place of answers"
SHOWN = {"x-ratelimit-limit": "50", "x-ratelimit-remaining": "7"}
FIGURES = RateHeaders(50, 7, None, None, None)
WAIT = {"retry-after": "8"}
HTML = {"content-type": "Text/HTML; charset=utf-8"}

ANSWERS = [
    (200, {}, b"", Told(Verdict.PRESENT, Load.COMPLETED, status=200)),
    (404, WAIT, b"", Told(Verdict.PRESENT, Load.COMPLETED, status=404)),
    (499, {}, b"", Told(Verdict.PRESENT, Load.COMPLETED, status=499)),
    (204, SHOWN, b"", Told(Verdict.PRESENT, Load.COMPLETED, status=204, figures=FIGURES)),
    (200, HTML, b"<html>", Told(Verdict.ABSENT, Load.NOTHING, PAGE, status=200)),
    (299, HTML | SHOWN, b"<html>", Told(Verdict.ABSENT, Load.NOTHING, PAGE, status=299, figures=FIGURES)),
    (200, HTML, b"", Told(Verdict.PRESENT, Load.COMPLETED, status=200)),
    (200, {"content-type": "application/json"}, b"{}", Told(Verdict.PRESENT, Load.COMPLETED, status=200)),
    (200, {}, b"{}", Told(Verdict.PRESENT, Load.COMPLETED, status=200)),
    (300, HTML, b"<html>", Told(Verdict.PRESENT, Load.COMPLETED, status=300)),
    (404, HTML, b"<html>", Told(Verdict.PRESENT, Load.COMPLETED, status=404)),
    (429, {}, b"", Told(Verdict.PRESENT, Load.NOTHING, "refused (429)", status=429)),
    (
        429,
        SHOWN | WAIT,
        b"",
        Told(Verdict.PRESENT, Load.NOTHING, "refused (429)", 8, True, 429, RateHeaders(50, 7, None, None, 8)),
    ),
    (500, {}, b"", Told(Verdict.FAILING, Load.OVERLOADED, "the server answers 500", status=500)),
    (501, {}, b"", Told(Verdict.FAILING, Load.OVERLOADED, "the server answers 501", status=501)),
    (502, SHOWN, b"", Told(Verdict.ABSENT, Load.OVERLOADED, "the server answers 502", status=502, figures=FIGURES)),
    (503, WAIT, b"", Told(Verdict.ABSENT, Load.OVERLOADED, "the server answers 503", 8, status=503)),
    (504, {}, b"", Told(Verdict.ABSENT, Load.OVERLOADED, "the server answers 504", status=504)),
    (505, {}, b"", Told(Verdict.FAILING, Load.OVERLOADED, "the server answers 505", status=505)),
]

ERRORS = [
    (errors.ConnectionLost("cut"), Told(Verdict.ABSENT, Load.OVERLOADED, "cut")),
    (errors.RequestTimeout("slow"), Told(Verdict.ABSENT, Load.OVERLOADED, "slow")),
    (errors.ServerUnreachable("refused"), Told(Verdict.ABSENT, reason="refused", sent=False)),
    (errors.CertificateNotTrusted("whose?"), UNSENT),
    (errors.InputError("bad"), UNSENT),
    (errors.DeadlineExceeded("over"), Told(Verdict.NOTHING)),
    (asyncio.CancelledError(), Told(Verdict.NOTHING)),
]


@pytest.mark.parametrize(("status", "headers", "body", "told"), ANSWERS)
def test_an_answer(status: int, headers: dict[str, str], body: bytes, told: Told) -> None:
    assert of_answer(Response(status, headers, body)) == told


@pytest.mark.parametrize(("error", "told"), ERRORS)
def test_an_error_in_place_of_an_answer(error: BaseException, told: Told) -> None:
    assert of_error(error, sent=True) == told
    assert of_error(error, sent=False) == Told(Verdict.NOTHING, Load.NOTHING, "", None, False, 0, None)
