"""What the end of an attempt tells: of the server's health, of its capacity, and of its window. No I/O."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from aiopeertube import errors
from aiopeertube.wire.headers import RateHeaders, rate_headers, retry_after
from aiopeertube.wire.messages import Response


class Verdict(Enum):
    """What it says of the server's being there."""

    PRESENT = "present"  # an answer below 500, a refusal included
    ABSENT = "absent"  # refused, reset, silent, no HTTP, 502, 503, 504
    FAILING = "failing"  # 500
    NOTHING = "nothing"


class Load(Enum):
    """What it says of the server's capacity."""

    COMPLETED = "completed"
    OVERLOADED = "overloaded"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Told:
    """What the end of one attempt tells; `retry_after` is in seconds, `status` 0 where no answer came."""

    verdict: Verdict
    load: Load = Load.NOTHING
    reason: str = ""
    retry_after: float | None = None
    sent: bool = True  # False: the server saw nothing of it
    status: int = 0
    figures: RateHeaders | None = None


UNSENT: Final = Told(Verdict.NOTHING, sent=False)
_PAGE: Final = "a page of HTML comes in place of answers"  # a proxy's, which says that all is well
_GATEWAY: Final = frozenset({502, 503, 504})
# Members of an Enum are looked up slowly, and a request in a thousand is not of this kind.
_PRESENT: Final = Verdict.PRESENT
_COMPLETED: Final = Load.COMPLETED


@lru_cache(maxsize=64)
def _usual(status: int) -> Told:
    """Return what an answer without figures tells, made once for each status."""
    return Told(_PRESENT, _COMPLETED, status=status)


def of_answer(response: Response) -> Told:
    """Judge an attempt by its answer."""
    status, headers = response.status, response.headers
    figures = rate_headers(headers)
    if status < 300 and response.body and "html" in headers.get("content-type", "").lower():
        return Told(Verdict.ABSENT, Load.NOTHING, _PAGE, status=status, figures=figures)
    if status < 500 and status != 429:
        return _usual(status) if figures is None else Told(_PRESENT, _COMPLETED, status=status, figures=figures)
    asked = retry_after(headers)
    if status == 429:
        return Told(_PRESENT, Load.NOTHING, "refused (429)", asked, True, status, figures)
    verdict = Verdict.ABSENT if status in _GATEWAY else Verdict.FAILING
    return Told(verdict, Load.OVERLOADED, f"the server answers {status}", asked, True, status, figures)


def of_error(error: BaseException, *, sent: bool) -> Told:
    """Judge an attempt by what was raised in place of an answer; `sent`: it was handed to the pool."""
    if not sent or isinstance(error, errors.InputError | errors.CertificateNotTrusted):
        return UNSENT
    if isinstance(error, errors.ServerUnreachable):
        return Told(Verdict.ABSENT, reason=str(error), sent=False)
    if isinstance(error, errors.ConnectionLost | errors.RequestTimeout):
        return Told(Verdict.ABSENT, Load.OVERLOADED, str(error))
    if isinstance(error, errors.NotHttp):  # somebody else's words, on the server's port
        return Told(Verdict.ABSENT, reason=str(error))
    if isinstance(error, errors.OddAnswer):
        return Told(Verdict.PRESENT, reason=str(error))
    return Told(Verdict.NOTHING)  # cancelled
