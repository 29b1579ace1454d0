"""Answers to questions: complete or not, and a cancellation stays one whatever else happens in its tick."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from ib_async.wrapper import RequestError

from leanib.ib.clock import SystemClock
from leanib.ib.snapshot import Question


def _question() -> Question:
    return Question("positions", SystemClock())


@pytest.mark.parametrize(
    "fails",
    [
        lambda future: future.set_exception(ConnectionError("gone")),
        lambda future: future.set_exception(RequestError(1, 2, "no")),
        lambda future: future.set_result([]),
        lambda future: future.cancel(),
    ],
    ids=["connection lost", "error", "answered", "the library's cancellation"],
)
async def test_a_cancellation_in_the_tick_in_which_the_request_ends_is_not_swallowed(
    fails: Callable[[asyncio.Future[list[int]]], object],
) -> None:
    """`asyncio.wait_for` of Python 3.11 swallows it: who was told to stop went on as if nothing had been said."""
    future: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
    asking = asyncio.create_task(_question().ask(lambda: future, 10))
    await asyncio.sleep(0.01)
    fails(future)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


@pytest.mark.parametrize(
    ("ends", "reason"),
    [
        (lambda future: future.set_exception(ConnectionError("gone")), "the connection was lost while asking about"),
        (lambda future: future.cancel(), "the connection was lost while asking about positions"),
        (lambda future: future.set_exception(RequestError(1, 321, "no")), "IB error 321: no"),
        (lambda _: None, "no complete answer about positions within 0.05 s"),
    ],
)
async def test_what_is_not_answered_whole_is_incomplete_and_says_why(
    ends: Callable[[asyncio.Future[list[int]]], object], reason: str
) -> None:
    """Unknown is not empty."""
    future: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(ends, future)
    answer = await _question().ask(lambda: future, 0.05)
    assert (answer.items, answer.complete) == ((), False)
    assert answer.reason.startswith(reason)


async def test_two_questions_at_once_are_sent_in_their_order_and_each_fails_by_itself() -> None:
    """The second goes out before the first is answered; nobody else asks either meanwhile."""
    loop = asyncio.get_running_loop()
    orders, positions = Question("open orders", SystemClock()), _question()
    sent: list[str] = []
    futures: dict[str, asyncio.Future[list[int]]] = {}

    def asks(name: str) -> Callable[[], asyncio.Future[list[int]]]:
        def request() -> asyncio.Future[list[int]]:
            sent.append(name)
            futures[name] = loop.create_future()
            return futures[name]

        return request

    both = asyncio.create_task(orders.ask_before(positions, asks("orders"), asks("positions"), 10))
    other = asyncio.create_task(positions.ask(asks("another's"), 10))
    await asyncio.sleep(0.01)
    assert sent == ["orders", "positions"]
    futures["positions"].set_result([2])
    futures["orders"].set_exception(ConnectionError("gone"))
    first, second = await both
    assert (first.complete, second.items, second.complete) == (False, (2,), True)
    await asyncio.sleep(0.01)
    futures["another's"].set_result([3])
    assert (await other).items == (3,)


async def test_a_connection_that_is_gone_when_it_is_asked_is_an_incomplete_answer() -> None:
    """The library raises at once then."""

    def gone() -> asyncio.Future[list[int]]:
        raise ConnectionError("Not connected")

    assert not (await _question().ask(gone, 10)).complete
    answers = await _question().ask_before(_question(), gone, gone, 10)
    assert [answer.complete for answer in answers] == [False, False]
