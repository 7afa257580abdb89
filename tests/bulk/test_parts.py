"""The parts of the bulk engine by themselves: the source, the buffer, when to halt, and Ctrl-C."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from aiopeertube import Call, Halt, errors
from aiopeertube.bulk import interrupts
from aiopeertube.bulk.buffer import Buffer
from aiopeertube.bulk.source import Source, is_cancelled
from aiopeertube.wire.answers import nothing

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]


def call(number: int) -> Call[None]:
    return Call("GET", f"/{number}", decode=nothing)


CALLS = [call(number) for number in range(5)]


async def streamed(*items: Any) -> AsyncIterator[Any]:
    for item in items:
        await asyncio.sleep(0)
        yield item


def started(calls: AsyncIterator[Any]) -> Source[None]:
    source = Source[None](calls)
    source.start()
    return source


# -- the source --------------------------------------------------------------------------------------


async def test_calls_at_hand_come_one_after_the_other_to_the_end() -> None:
    source = Source(CALLS[:2])
    assert (source.is_at_hand, source.exhausted, source.error) == (True, False, None)
    assert [source.take() for _ in range(2)] == CALLS[:2]
    assert not ended(source)
    assert [source.take(), source.take()] == [None, None]
    assert source.exhausted is True
    assert source.error is None


def ended(source: Source[None]) -> bool:
    return source.exhausted


async def test_calls_that_are_waited_for_come_one_after_the_other_to_the_end() -> None:
    source = started(streamed(*CALLS[:2]))
    assert (source.is_at_hand, source.exhausted) == (False, False)
    assert list(await asyncio.gather(source.pull(), source.pull())) == CALLS[:2]
    assert not ended(source)
    assert [await source.pull(), await source.pull()] == [None, None]
    assert source.exhausted is True
    assert source.error is None


@pytest.mark.parametrize("stranger", [None, 5, "call"])
async def test_a_stranger_is_an_error_that_says_where_and_what(stranger: object) -> None:
    said = f"item 3 of the source is no Call but {type(stranger).__name__}"
    items: list[Any] = [*CALLS[:2], stranger]
    at_hand, waited = Source[None](iter([*items, *CALLS])), started(streamed(*items))
    for _ in range(2):
        assert at_hand.take() is not None
        assert await waited.pull() is not None
    for _ in range(2):  # nothing is asked of a source that failed
        assert at_hand.take() is None
        assert await waited.pull() is None
    for source in (at_hand, waited):
        assert (type(source.error), str(source.error), source.exhausted) == (errors.NotACall, said, False)


async def test_where_it_is_is_counted_in_thousands() -> None:
    def many() -> Iterator[Any]:
        for _ in range(1233):
            yield CALLS[0]
        yield 0

    source = Source[None](many())
    while source.take() is not None:
        pass
    assert str(source.error) == "item 1,234 of the source is no Call but int"


async def test_a_source_that_raises_is_kept_and_asked_no_more() -> None:
    asked = 0

    class Raises:
        def __iter__(self) -> Iterator[Call[None]]:
            return self

        def __next__(self) -> Call[None]:
            nonlocal asked
            asked += 1
            raise LookupError("row 4")

        def __aiter__(self) -> AsyncIterator[Call[None]]:
            return self

        async def __anext__(self) -> Call[None]:
            return self.__next__()

    waited = started(Raises())
    assert not waited.is_at_hand
    at_hand = Source[None](CALLS)
    at_hand._sync = iter(Raises())
    for _ in range(2):
        assert at_hand.take() is None
        assert await waited.pull() is None
    assert [str(source.error) for source in (at_hand, waited)] == ["row 4", "row 4"]
    assert asked == 2


async def test_a_source_that_is_cancelled_from_within_says_so() -> None:
    def at_hand() -> Iterator[Call[None]]:
        yield from CALLS[:2]
        raise asyncio.CancelledError

    async def waited() -> AsyncIterator[Call[None]]:
        for item in CALLS[:2]:
            yield item
        raise asyncio.CancelledError

    one, other = Source(at_hand()), started(waited())
    for _ in range(3):
        one.take()
        await other.pull()
    for source in (one, other):
        assert type(source.error) is errors.SourceCancelled
        assert str(source.error) == "the source of calls was cancelled after 2 of them"


async def test_who_is_cancelled_is_not_taken_for_the_source() -> None:
    seen: list[bool] = []

    async def cancelled() -> None:
        seen.append(is_cancelled())
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            seen.append(is_cancelled())

    task = asyncio.create_task(cancelled())
    await asyncio.sleep(0)
    task.cancel()
    await task
    assert seen == [False, True]
    outside: list[bool] = []
    asyncio.get_running_loop().call_soon(lambda: outside.append(is_cancelled()))
    await asyncio.sleep(0.1)
    assert outside == [True]  # no task that could have awaited another


async def test_the_rest_is_given_of_a_source_that_has_an_end() -> None:
    source = Source[None]([*CALLS[:2], None, *CALLS[2:]])  # type: ignore[list-item]
    source.take()
    assert list(source.rest()) == CALLS[1:]
    assert source.exhausted is True
    for given in (Source(iter(CALLS)), Source(streamed(*CALLS))):
        assert list(given.rest()) == []
        assert given.exhausted is False
    failed = Source(CALLS)
    failed.error = LookupError()
    assert list(failed.rest()) == []
    assert failed.exhausted is False


async def test_closing_lets_a_generator_come_to_its_finally() -> None:
    closed: list[str] = []

    def at_hand() -> Iterator[Call[None]]:
        try:
            yield from CALLS
        finally:
            closed.append("at hand")

    async def waited() -> AsyncIterator[Call[None]]:
        try:
            for item in CALLS:
                yield item
        finally:
            await asyncio.sleep(0)
            closed.append("waited")

    one, other = Source(at_hand()), started(waited())
    one.take()
    await other.pull()
    for source in (one, other, Source(CALLS)):
        await source.close()
        assert source.error is None
    assert closed == ["at hand", "waited"]


async def test_a_generator_that_cannot_be_closed_says_why_unless_something_did_before() -> None:
    async def waited() -> AsyncIterator[Call[None]]:
        try:
            for item in CALLS:
                yield item
        finally:
            raise LookupError("in its finally")

    source, failed = started(waited()), started(waited())
    for each in (source, failed):
        await each.pull()
    failed.error = KeyError("before")
    for each in (source, failed):
        await each.close()
    assert str(source.error) == "in its finally"
    assert isinstance(failed.error, KeyError)


async def test_a_finally_that_is_cancelled_from_within_is_told_to_who_looks_for_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def waited() -> AsyncIterator[Call[None]]:
        try:
            yield CALLS[0]
        finally:
            raise asyncio.CancelledError

    caplog.set_level("DEBUG", "aiopeertube.bulk")
    source = started(waited())
    await source.pull()
    await source.close()
    assert source.error is None
    assert caplog.messages == ["the source of calls ended by being cancelled from within"]


# -- the buffer --------------------------------------------------------------------------------------


async def test_it_holds_so_many_and_gives_the_oldest_first() -> None:
    buffer, put = Buffer[int](2), list[int]()

    async def give() -> None:
        for number in range(5):
            await buffer.put(number)
            put.append(number)
        buffer.end()

    giving = asyncio.create_task(give())
    await asyncio.sleep(0.1)
    assert put == [0, 1]
    assert await buffer.take() == 0
    await asyncio.sleep(0.1)
    assert put == [0, 1, 2]
    assert [await buffer.take() for _ in range(4)] == [1, 2, 3, 4]
    await giving
    for _ in range(2):
        with pytest.raises(StopAsyncIteration):
            await buffer.take()


async def test_all_who_take_hear_of_the_end() -> None:
    buffer = Buffer[int](2)
    takers = [asyncio.create_task(buffer.take()) for _ in range(3)]
    await asyncio.sleep(0.1)
    await buffer.put(7)
    await asyncio.sleep(0.1)
    buffer.end()
    told = await asyncio.gather(*takers, return_exceptions=True)
    assert told[0] == 7
    # A task cannot end with StopAsyncIteration's sibling: it is wrapped nowhere, and told to each.
    assert [type(end) for end in told[1:]] == [StopAsyncIteration] * 2


async def test_leaving_lets_all_who_give_go_on() -> None:
    buffer = Buffer[int](1)
    await buffer.put(0)
    givers = [asyncio.create_task(buffer.put(number)) for number in range(1, 4)]
    await asyncio.sleep(0.1)
    buffer.leave()
    await asyncio.gather(*givers)
    for number in range(3):
        await buffer.put(number)
    assert not buffer._items


async def test_a_wake_up_that_comes_to_one_who_was_cancelled_goes_to_the_next() -> None:
    buffer = Buffer[int](5)
    first, second = (asyncio.create_task(buffer.take()) for _ in range(2))
    await asyncio.sleep(0.1)
    await buffer.put(7)  # wakes the first ...
    first.cancel()  # ... who is cancelled in the same step
    await asyncio.sleep(0.1)
    assert first.cancelled()
    assert second.done()
    assert second.result() == 7


async def test_who_is_cancelled_while_waiting_wakes_nobody() -> None:
    buffer = Buffer[int](5)
    first, second = (asyncio.create_task(buffer.take()) for _ in range(2))
    await asyncio.sleep(0.1)
    waits = buffer._takers[1]
    first.cancel()
    await asyncio.sleep(0.1)
    assert not waits.done()
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)


# -- when to halt ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "halt"),
    [
        (5, Halt(failures=5)),
        ("1", Halt(failures=1)),
        ("2", Halt(failures=2)),
        ("fail=7", Halt(failures=7)),
        ("2%", Halt(share=0.02)),
        ("fail=2.5%", Halt(share=0.025)),
        ("0%", Halt(share=0.0)),
        ("0.5%", Halt(share=0.005)),
        ("100%", Halt(share=1.0)),
        (Halt(failures=3), Halt(failures=3)),
    ],
)
def test_what_a_halt_may_be(text: str | int | Halt, halt: Halt) -> None:
    assert Halt.parse(text) == halt


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "x", "x%", "100.5%", "101%", "-1%", "%", "fail=", "1.5", "5 failures"]
)
def test_what_is_no_halt_is_quoted_and_names_its_option(text: str) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        Halt.parse(text)
    assert str(caught.value) == f'halt: {text!r} is not a number of failures like "5" or a share like "2%"'
    assert caught.value.option == "halt"


@pytest.mark.parametrize(
    ("halt", "failed", "done", "reached"),
    [
        (Halt(failures=5), 4, 4, False),
        (Halt(failures=5), 5, 5, True),
        (Halt(failures=5), 6, 900, True),
        (Halt(share=0.1), 40, 49, False),
        (Halt(share=0.1), 5, 50, False),
        (Halt(share=0.1), 6, 50, True),
        (Halt(share=0.0), 1, 51, True),
        (Halt(), 900, 900, False),
        (Halt(failures=9, share=0.1), 8, 50, True),
    ],
)
def test_when_a_halt_is_reached(halt: Halt, failed: int, done: int, reached: bool) -> None:
    assert halt.reached(failed, done) == reached


# -- Ctrl-C ------------------------------------------------------------------------------------------


def handler() -> Any:
    return signal.getsignal(signal.SIGINT)


async def test_the_last_run_puts_back_who_listened_before() -> None:
    before, heard = handler(), list[str]()
    stops: list[Callable[[str], None]] = [lambda reason: heard.append(f"one {reason}"), heard.append]
    try:
        interrupts.forget(stops[0])
        assert handler() is before
        for stop in stops:
            interrupts.listen(stop)
        assert handler() is interrupts._interrupted
        interrupts.forget(stops[0])
        interrupts.forget(stops[0])
        assert handler() is interrupts._interrupted
        interrupts.forget(stops[1])
        assert handler() is before
    finally:
        signal.signal(signal.SIGINT, before)


async def test_the_first_ctrl_c_stops_all_and_the_second_is_as_if_we_were_not_here() -> None:
    before, heard = handler(), list[str]()
    stops: list[Callable[[str], None]] = [lambda reason: heard.append(f"one {reason}"), heard.append]
    try:
        for stop in stops:
            interrupts.listen(stop)
        signal.raise_signal(signal.SIGINT)
        assert handler() is before
        await asyncio.sleep(0.1)
        assert heard == ["one interrupted", "interrupted"]
        assert not interrupts._listening
        interrupts.listen(stops[0])
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # somebody came in between
        interrupts.forget(stops[0])
        assert handler() is signal.SIG_IGN
    finally:
        interrupts._listening.clear()
        signal.signal(signal.SIGINT, before)
