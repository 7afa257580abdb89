"""Who watched a video, and how much of it. Times are in seconds."""

from typing import NotRequired, TypedDict


class StatsFilters(TypedDict, total=False):
    """The time that is counted: two moments."""

    startDate: str
    endDate: str


class CountryViewers(TypedDict):
    """Viewers of a country."""

    isoCode: str
    viewers: int


class NamedViewers(TypedDict):
    """Viewers of a region, a program, a kind of device or a system."""

    name: str
    viewers: int


class OverallStats(TypedDict):
    """A video's viewers in all."""

    averageWatchTime: float
    totalWatchTime: float
    totalViewers: int
    viewersPeak: int
    viewersPeakDate: str | None
    countries: list[CountryViewers]
    subdivisions: NotRequired[list[NamedViewers]]


class UserAgentStats(TypedDict):
    """With what a video was watched."""

    clients: list[NamedViewers]
    devices: list[NamedViewers]
    operatingSystems: list[NamedViewers]


class Retained(TypedDict):
    """How many percent of the viewers saw a second."""

    second: int
    retentionPercent: float


class RetentionStats(TypedDict):
    """How long viewers stayed."""

    data: list[Retained]


class Measured(TypedDict):
    """A value of a time."""

    date: str
    value: float


class TimeseriesStats(TypedDict):
    """Values over time, in steps of `groupInterval`."""

    groupInterval: str
    data: list[Measured]
