"""How somebody gets an account, and proves who they are."""

from collections.abc import Sequence
from typing import Literal, NotRequired, Required, TypedDict

from .common import LabelledId


class RegisterChannel(TypedDict):
    """The first channel of a new account."""

    name: str
    displayName: str


class RegisterUser(TypedDict, total=False):
    """Fields of an account that somebody makes for themselves."""

    username: Required[str]
    password: Required[str]
    email: Required[str]
    displayName: str
    channel: RegisterChannel


class RegistrationFilters(TypedDict, total=False):
    """Filters of the list of requests for an account; `stateOneOf` is 1 pending, 2 rejected, 3 accepted."""

    sort: Literal["-createdAt", "createdAt", "state", "-state"]
    search: str
    stateOneOf: Sequence[Literal[1, 2, 3]]  # 8.x


class RegisteredUser(TypedDict):
    """The user that was made of a request."""

    id: int


class Registration(TypedDict):
    """A request for an account; of an answer to `request`, 8.x has the state alone."""

    state: LabelledId
    id: NotRequired[int]
    registrationReason: NotRequired[str]
    moderationResponse: NotRequired[str | None]
    username: NotRequired[str]
    email: NotRequired[str]
    emailVerified: NotRequired[bool | None]
    accountDisplayName: NotRequired[str | None]
    channelHandle: NotRequired[str | None]
    channelDisplayName: NotRequired[str | None]
    createdAt: NotRequired[str]
    updatedAt: NotRequired[str]
    user: NotRequired[RegisteredUser | None]


class TokenSession(TypedDict):
    """Where a user is logged in; only 8.x."""

    id: int
    currentSession: bool
    loginDevice: str | None
    loginIP: str | None
    loginDate: str | None
    lastActivityDevice: str | None
    lastActivityIP: str | None
    lastActivityDate: str | None
    createdAt: str


class OtpRequest(TypedDict):
    """A secret for two-factor authentication, and its form as an address for apps."""

    requestToken: str
    secret: str
    uri: str


class TwoFactorRequest(TypedDict):
    """Answer of a request for two-factor authentication."""

    otpRequest: OtpRequest
