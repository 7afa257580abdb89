"""Lanes and their slots by themselves: what a request waits for, and when to ask again."""

import asyncio
from collections.abc import Mapping

import pytest

from aiopeertube.stack.buckets import Kind, buckets_of, kind_of
from aiopeertube.stack.controller import Controller
from aiopeertube.stack.health import Health
from aiopeertube.stack.lanes import Caller, Lane, Permit, Waiter
from aiopeertube.stack.slots import UNBOUNDED, Slots
from aiopeertube.stack.span import NEVER
from aiopeertube.stack.states import ConcurrencyState
from aiopeertube.stack.verdicts import Load, Told, Verdict
from aiopeertube.stack.window import Window
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.messages import Body, FilePart, FormBody, Multipart, RawBody, Request

from .test_window_figures import known, learnt

Heard = list[tuple[str, int, int, str]]
GONE = Told(Verdict.ABSENT, reason="refused")


def slots(limit: int = 4) -> Slots:
    return Slots("write", limit, None, lambda *changed: None)


def lane(
    *windows: Window,
    exempt: bool | None = False,
    health: Health | None = None,
    limit: int = 4,
    patience: float = 120.0,
) -> tuple[Lane, list[tuple[str, float]]]:
    """Make a lane, and a list that hears of what it announces."""
    heard: list[tuple[str, float]] = []
    made = Lane(
        windows,
        health or Health(),
        slots=slots(limit),
        caller=Caller(exempt=exempt),
        patience=patience,
        announce=lambda window, seconds: heard.append((window.name, seconds)),
    )
    return made, heard


def away() -> Health:
    """Make one whose server went at 10 and was found to be away at 10.5."""
    health = Health()
    for _ in range(2):
        health.end(health.start(), GONE, 10.0)
    health.probed(GONE, 10.5)
    return health


def queue(lane: Lane, *done: bool) -> None:
    loop = asyncio.new_event_loop()
    for number, over in enumerate(done):
        waiter = Waiter(number, loop.create_future())
        if over:
            waiter.future.cancel()
        lane.queue.append(waiter)
    loop.close()


# -- slots -------------------------------------------------------------------------------------------

MADE = [
    ("token", 5, 64, UNBOUNDED),
    ("transfer", 7, 64, 7),
    ("transfer", None, 64, 4),
    ("transfer", None, 3, 3),
    ("read", 9, 64, 9),
    ("write", 9, 2, 9),
    ("read", None, 64, 4),
    ("write", None, 64, 2),
    ("write", None, 1, 1),
]


@pytest.mark.parametrize(("kind", "fixed", "maximum", "limit"), MADE)
def test_the_slots_of_a_lane(kind: str, fixed: int | None, maximum: int, limit: int) -> None:
    made = Slots.make(kind, fixed, maximum, lambda *changed: None)
    assert made.state(3) == ConcurrencyState(kind, limit, 0, 3, {})
    assert (made._controller is not None) == (fixed is None and kind in {"read", "write"})


def test_a_fixed_number_stays() -> None:
    heard: Heard = []
    made = Slots.make("write", 2, 64, lambda *changed: heard.append(changed))
    made.in_flight = 100
    for _ in range(100):
        made.leave(0.1, Load.COMPLETED, saturated=True)
    made.forget_errors()
    assert (made.limit, made.in_flight, heard) == (2, 0, [])


def test_a_number_that_is_found_changes_and_says_so() -> None:
    heard: Heard = []
    made = Slots.make("write", None, 5, lambda *changed: heard.append(changed))
    for _ in range(5):
        made.leave(0.1, Load.COMPLETED, saturated=True)
    made.leave(0.1, Load.NOTHING, saturated=True)  # says nothing of the server
    made.leave(0.1, Load.COMPLETED, saturated=False)
    assert heard == []
    for _ in range(6):
        made.leave(0.1, Load.COMPLETED, saturated=True)
    assert heard == [("write", 2, 4, "climb")]
    assert (made.limit, made.in_flight) == (4, -13)


def test_overload_counts_as_an_error_until_it_is_forgotten() -> None:
    controller = Controller()
    made = Slots("write", controller.limit, controller, lambda *changed: None)
    for load in (Load.OVERLOADED, Load.COMPLETED, Load.NOTHING):
        made.leave(2.0, load, saturated=True)
    level = controller.levels[controller.index]
    assert (level.answers, level.errors, controller._busy) == (2, 1, 4.0)
    made.forget_errors()
    assert (level.answers, level.errors) == (0, 0)


def test_what_was_measured_is_told() -> None:
    controller = Controller()
    controller.levels[3].goodput = 70.0
    made = Slots("read", 4, controller, lambda *changed: None)
    made.in_flight = 2
    assert made.state(9) == ConcurrencyState("read", 4, 2, 9, {4: 70.0})


# -- may one go --------------------------------------------------------------------------------------


def test_a_request_needs_a_slot_a_place_and_a_server() -> None:
    made, _ = lane(Window("api"))
    assert made.may_go(0.0)
    made.slots.in_flight = 3
    assert made.may_go(0.0)
    made.slots.in_flight = 4
    assert not made.may_go(0.0)
    assert not lane(Window("api"), health=away())[0].may_go(10.6)
    assert not lane(known(49), learnt())[0].may_go(5.0)
    assert not lane(learnt(), known(49))[0].may_go(5.0)


def test_an_opening_server_takes_some() -> None:
    health = away()
    health.probed(Told(Verdict.PRESENT), 20.0)
    made, _ = lane(Window("api"), health=health)
    assert made.may_go(20.0)
    health.start()
    assert not made.may_go(20.0)


def test_saturated_means_that_somebody_waits_for_a_slot_alone() -> None:
    for in_flight, waiting, window, saturated in (
        (4, True, Window("api"), True),
        (5, True, Window("api"), True),
        (3, True, Window("api"), False),
        (4, False, Window("api"), False),
        (4, True, learnt(), False),
    ):
        made, _ = lane(window)
        made.slots.in_flight = in_flight
        if waiting:
            queue(made, False)
        assert made.is_saturated(5.0) == saturated


def test_who_passes_a_window_that_is_used_up() -> None:
    for exempt, goes in ((True, True), (False, False), (None, True)):
        assert lane(learnt(), exempt=exempt)[0].may_go(5.0) == goes
    refusing = Window("api")
    refusing.refused(refusing.start(0.0), 0.0, None, 20.0)
    for exempt in (True, False, None):
        assert not lane(refusing, exempt=exempt)[0].may_go(5.0)


def test_one_past_zero_asks_who_we_are_and_others_wait_for_its_answer() -> None:
    window = learnt()
    made, _ = lane(window, exempt=None)
    window.start(5.0)
    assert not made.may_go(5.1)
    assert made.next_moment(5.1) == 5.5
    assert made.may_go(5.5)
    window = learnt()
    window._pace.not_before = 7.0
    assert lane(window, exempt=None)[0].next_moment(5.0) == 7.0
    window = known(5)  # nothing is used up: no reason to ask
    window.refused_since = 0.1
    window.start(5.0)
    assert not lane(window, exempt=None)[0].may_go(5.1)


# -- moments -----------------------------------------------------------------------------------------


def test_when_to_ask_again() -> None:
    made, _ = lane(Window("api"))
    assert made.next_moment(5.0) == NEVER  # it may go: nothing is waited for
    made, _ = lane(learnt())
    assert made.next_moment(5.0) == pytest.approx(10.1)
    made.slots.in_flight = 4
    assert made.next_moment(5.0) == NEVER  # slots come back with answers
    made.slots.in_flight = 3
    assert made.next_moment(5.0) == pytest.approx(10.1)
    assert lane(Window("api"), health=away())[0].next_moment(10.6) == 10.75
    token = Health(probes=False)
    token.end(token.start(), GONE, 10.0)
    assert lane(Window("api"), health=token)[0].next_moment(10.125) == 10.25
    both = lane(learnt(), health=away())[0]
    assert both.next_moment(9.0) == pytest.approx(10.75)
    later = learnt()
    later.ends = 70.0
    assert lane(later, learnt())[0].next_moment(5.0) == 70.0
    assert lane(learnt(), later)[0].next_moment(5.0) == 70.0


def test_what_there_is_no_use_in_waiting_for() -> None:
    health, window = away(), Window("api")
    made, _ = lane(window, health=health, patience=30.0)
    assert made.gives_up_at() == 40.0
    assert made.impatient(39.9) is None
    assert made.impatient(40.5) == (health, 40.0)
    made.patient_since = 35.0
    assert made.gives_up_at() == 65.0
    assert made.impatient(40.0) is None
    made, _ = lane(known(), window, patience=30.0)
    assert made.gives_up_at() == NEVER
    window.refused(window.start(5.0), 5.0, None, 500.0)
    assert made.gives_up_at() == 35.0
    assert made.impatient(34.9) is None
    assert made.impatient(35.0) == (window, 35.0)


def test_a_wait_for_a_window_is_told_once() -> None:
    window = learnt()
    made, heard = lane(window)
    made.announce(5.0)
    assert heard == []  # nobody waits
    queue(made, False)
    made.announce(5.0)
    made.announce(6.0)
    assert heard == [("api", window.ends - 5.0)]
    made.announce(window.ends - 0.01)
    assert len(heard) == 1
    window.ends = 30.0
    made.announce(10.1)
    assert heard[1:] == [("api", 30.0 - 10.1)]


def test_only_a_closed_window_that_holds_us_is_told_of() -> None:
    for window, exempt, health in (
        (known(0), False, None),  # nobody knows when it ends
        (learnt(), True, None),
        (learnt(), False, away()),
    ):
        made, heard = lane(window, exempt=exempt, health=health)
        queue(made, False)
        made.announce(5.0)
        assert heard == []
    made, heard = lane(known(5), learnt())
    queue(made, False)
    made.announce(5.0)
    assert [name for name, _ in heard] == ["api"]


def test_those_that_were_cancelled_are_passed_over() -> None:
    made, _ = lane(Window("api"))
    assert made.first() is None
    queue(made, True, True, False, True, False)
    assert made.waiting() == 2
    first = made.first()
    assert first is not None
    assert (first.number, len(made.queue)) == (2, 3)
    assert made.first() is first


def test_a_permit_holds_a_slot_and_a_place_in_each_window() -> None:
    health = away()
    health.probed(Told(Verdict.PRESENT), 20.0)
    for windows in ((Window("api"),), (Window("login"), Window("api"))):
        made, _ = lane(*windows, health=health)
        permit = Permit(made, 21.0)
        assert (permit.lane, permit.sent, permit.generation) == (made, 21.0, 1)
        assert made.slots.in_flight == 1
        assert [place.sent for place in permit.places] == [21.0] * len(windows)
        assert [window.state(21.0, 0).in_flight for window in windows] == [1] * len(windows)
    assert health._in_flight == 2


def test_nobody_is_known_to_be_exempt() -> None:
    assert Caller().exempt is None


# -- routes ------------------------------------------------------------------------------------------

ROUTES = [
    ("POST", "/api/v1/users/token", ("login", "api")),
    ("GET", "/api/v1/users/token", ("api",)),
    ("POST", "/api/v1/users/register", ("signup", "api")),
    ("POST", "/api/v1/users/registrations/request", ("signup", "api")),
    ("POST", "/api/v1/users/ask-send-verify-email", ("email", "api")),
    ("POST", "/api/v1/users/registrations/ask-send-verify-email", ("email", "api")),
    ("POST", "/api/v1/server/logs/client", ("logs", "api")),
    ("PUT", "/api/v1/videos/1", ("api",)),
    ("POST", "/api/v1/videos/imports", ("api",)),
    ("GET", "/api/v1/ping", ("ping",)),
    ("GET", "/feeds/videos.json", ("feeds",)),
    ("GET", "/lazy-static/a/b.png", ("lazy-static",)),
    ("GET", "/download/x", ("download",)),
    ("GET", "/plugins/x", ("plugins",)),
    ("GET", "/static/x", ("static",)),
    ("GET", "/videos/x", ("videos",)),
    ("GET", "/w/x", ("w",)),
    ("GET", "/api", ("other",)),
    ("GET", "/elsewhere/static/x", ("other",)),
    ("GET", "static", ("other",)),
    ("GET", "", ("other",)),
]


@pytest.mark.parametrize(("method", "path", "buckets"), ROUTES)
def test_which_windows_count_a_route(method: str, path: str, buckets: tuple[str, ...]) -> None:
    assert buckets_of(method, path) == buckets


BODIES = [
    ("GET", "/api/v1/videos", None, "read"),
    ("HEAD", "/api/v1/videos/upload", RawBody(b""), "read"),
    ("DELETE", "/api/v1/videos/upload-resumable", None, "write"),
    ("PUT", "/api/v1/videos/1", FormBody(()), "write"),
    ("POST", "/api/v1/videos/upload-resumable", FormBody(()), "transfer"),
    ("PUT", "/api/v1/x", RawBody(b"1"), "transfer"),
    ("PUT", "/api/v1/x", Multipart((), ()), "write"),
    ("PUT", "/api/v1/x", Multipart((), (FilePart("file", b"", "a.png", "image/png"),)), "transfer"),
]


@pytest.mark.parametrize(("method", "path", "body", "kind"), BODIES)
def test_what_a_request_carries_says_which_lane_it_takes(
    method: str, path: str, body: Body | None, kind: Kind
) -> None:
    request = Request(method, "http://a", path, path=path, decode=nothing, body=body)
    assert kind_of(request) == kind


def test_a_file_that_is_read_into_a_sink_is_a_transfer() -> None:
    class Sink:
        def begin(self, status: int, headers: Mapping[str, str], /) -> None: ...

        async def write(self, data: bytes, /) -> None: ...

    request = Request("GET", "http://a", "/static/x", decode=nothing)
    request.sink = Sink()
    assert kind_of(request) == "transfer"
