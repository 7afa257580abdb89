"""Types that several resources share."""

from typing import Generic, NotRequired, TypeAlias, TypedDict, TypeVar

T = TypeVar("T")


class LabelledId(TypedDict):
    """A numeric constant that is always set, like a privacy, a state or a role."""

    id: int
    label: str


class ConstantInt(TypedDict):
    """A numeric constant whose id is null when unset, like a category or a licence."""

    id: int | None
    label: str


class ConstantStr(TypedDict):
    """A textual constant whose id is null when unset, like a language."""

    id: str | None
    label: str


class Page(TypedDict, Generic[T]):
    """One page of a list."""

    total: int
    data: list[T]


class UncountedPage(TypedDict, Generic[T]):
    """One page of a list requested with `skipCount=true`."""

    data: list[T]


class ActorImage(TypedDict):
    """One size of an avatar or a banner."""

    path: str
    width: int
    createdAt: str
    updatedAt: str
    height: NotRequired[int]  # 8.x
    fileUrl: NotRequired[str]  # 8.x


Avatar: TypeAlias = ActorImage


class Actor(TypedDict):
    """What accounts and channels have in common."""

    id: int
    url: str
    name: str
    host: str
    displayName: str
    description: str | None
    avatars: list[Avatar]
    hostRedundancyAllowed: bool | None
    followingCount: int
    followersCount: int
    createdAt: str
    updatedAt: str


class ActorSummary(TypedDict):
    """The short form of an actor, as in rows."""

    id: int
    name: str
    displayName: str
    url: str
    host: str
    avatars: list[Avatar]


class InvalidParam(TypedDict):
    """Why one field of a request was rejected."""

    type: str
    msg: str
    path: str
    location: str
    value: NotRequired[object]


# The functional syntax, for a key that is not a Python name.
_InvalidParams = TypedDict("_InvalidParams", {"invalid-params": NotRequired[dict[str, InvalidParam]]})


class Problem(_InvalidParams, TypedDict):
    """Body of an `application/problem+json` answer."""

    type: str
    detail: str
    status: int
    title: NotRequired[str]
    instance: NotRequired[str]
    docs: NotRequired[str]
    code: NotRequired[str]
    error: NotRequired[str]  # 6.3 only: `detail` once more
