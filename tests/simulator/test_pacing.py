"""IB's pacing limits, enforced as IB enforces them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from raw import Raw, message

from leanib.simulator import Simulator, VirtualClock

MORNING = datetime(2024, 1, 3, 15, 0, tzinfo=UTC)


@pytest.fixture
async def sim() -> object:
    """Virtual time with pacing on."""
    async with Simulator(clock=VirtualClock(MORNING), pacing=True) as running:
        yield running


def ask(raw: Raw, req_id: int, duration: str = "600 S", what: str = "TRADES", size: str = "5 secs") -> None:
    """One historical request."""
    contract = (0, "SPY", "STK", "", 0.0, "", "", "SMART", "", "USD", "", "")
    raw.send(20, req_id, *contract, 0, "", size, duration, 1, what, 1, 0, "")


async def burst(raw: Raw, sim: Simulator, messages: int) -> list[list[str]]:
    """Everything that comes for so many messages, the second after included."""
    for _ in range(messages):
        raw.send(49, 1)
    answers = [await raw.fields() for _ in range(messages)]
    sim.clock.step(1.1)  # type: ignore[attr-defined]
    while not answers or answers[-1]:
        try:
            answers.append(await raw.fields(timeout=0.1))
        except TimeoutError:
            break
    return answers


async def test_fifty_messages_a_second(sim: Simulator) -> None:
    """50 messages in a second pass; one more is worked too and told as error 100, the third such second is the end."""
    raw = await Raw.login(sim)
    sim.clock.step(1.1)  # type: ignore[attr-defined]
    assert [one[0] for one in await burst(raw, sim, 50)] == ["49"] * 50
    text = "Max rate of messages per second has been exceeded:max=50 rec={0} ({1})"
    for strike, messages in ((1, 51), (2, 70)):
        *answers, error = await burst(raw, sim, messages)
        assert [one[0] for one in answers] == ["49"] * messages
        assert error[2:5] == ["-1", "100", text.format(messages, strike)]
    answers = await burst(raw, sim, 60)
    assert answers[-2][2:5] == ["-1", "100", text.format(60, 3)]
    assert answers[-1] == []


async def test_a_client_that_asks_to_be_paced_is_told_nothing(sim: Simulator) -> None:
    """With +PACEAPI in the handshake."""
    raw = await Raw.dial(sim)
    raw.writer.write(b"API\0\0\0\0\x12v157..178 +PACEAPI" + message(71, 2, 1, ""))
    while (await raw.fields())[:1] != ["4"]:
        pass
    await raw.fields()
    await raw.fields()
    assert {one[0] for one in await burst(raw, sim, 200)} == {"49"}


async def violated(raw: Raw) -> bool:
    """Was the last historical request a pacing violation?"""
    fields = await raw.fields()
    if fields[0] == "17":
        return False
    assert fields[3] == "162"
    assert "pacing violation" in fields[4]
    return True


async def test_identical_requests(sim: Simulator) -> None:
    """The same small-bar request within 15 seconds is a violation, later it is not."""
    raw = await Raw.login(sim)
    ask(raw, 1)
    assert not await violated(raw)
    ask(raw, 2)
    assert await violated(raw)
    sim.clock.step(16)  # type: ignore[attr-defined]
    ask(raw, 3)
    assert not await violated(raw)


async def test_six_requests_for_one_contract_in_two_seconds(sim: Simulator) -> None:
    """The sixth request for one contract and tick type within two seconds is a violation."""
    raw = await Raw.login(sim)
    for n in range(1, 7):
        ask(raw, n, duration=f"{n * 60} S")
        assert await violated(raw) == (n == 6)
    ask(raw, 7, what="MIDPOINT")
    assert not await violated(raw)


async def test_sixty_requests_in_ten_minutes(sim: Simulator) -> None:
    """The 61st small-bar request within ten minutes is a violation; BID_ASK counts twice; larger bars do not count."""
    raw = await Raw.login(sim)
    for n in range(29):
        ask(raw, n, duration=f"{n + 30} S", what="BID_ASK")
        assert not await violated(raw)
        sim.clock.step(3)  # type: ignore[attr-defined]
    for n, wanted in enumerate((False, False, True)):
        ask(raw, 100 + n, duration=f"{n + 100} S")
        assert await violated(raw) == wanted
    ask(raw, 200, size="1 min", duration="1 D")
    assert not await violated(raw)
    sim.clock.step(600)  # type: ignore[attr-defined]
    ask(raw, 300)
    assert not await violated(raw)


async def test_the_market_data_limit(sim: Simulator) -> None:
    """One ticker more than allowed is error 101; cancelling one makes room."""
    sim.gateway.feeds.ticks.limit = 3
    raw = await Raw.login(sim)
    contract = (0, "SPY", "STK", "", 0.0, "", "", "SMART", "", "USD", "", "")
    for req_id in range(1, 5):
        raw.send(1, 11, req_id, *contract, 0, "", 0, 0, "")
    errors = [fields for fields in await raw.pending() if fields[0] == "4"]
    assert [fields[2:4] for fields in errors] == [["4", "101"]]
    raw.send(2, 2, 1)
    raw.send(1, 11, 5, *contract, 0, "", 0, 0, "")
    assert not [fields for fields in await raw.pending() if fields[0] == "4"]
