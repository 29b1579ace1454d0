"""What a Gateway's data is and is not: limits of histories, data that does not exist, generic ticks, ISINs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from raw import Raw

from leanib.simulator import Simulator, VirtualClock
from leanib.simulator.feeds.generic import next_quarterly, parse
from leanib.simulator.history.spans import SpanError, bar_size, duration, too_long
from leanib.simulator.protocol.contracts import ContractQuery

MORNING = datetime(2024, 1, 3, 15, 0, tzinfo=UTC)
STOCK = (0, "SPY", "STK", "", 0.0, "", "", "SMART", "", "USD", "", "")
PAIR = (0, "EUR", "CASH", "", 0.0, "", "", "IDEALPRO", "", "USD", "", "")
INDEX = (0, "SPX", "IND", "", 0.0, "", "", "CBOE", "", "USD", "", "")


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """Virtual time."""
    async with Simulator(clock=VirtualClock(MORNING)) as running:
        yield running


@pytest.mark.parametrize(
    ("size", "span"),
    [
        ("1 secs", "2000 S"), ("5 secs", "1 D"), ("5 secs", "86400 S"), ("30 secs", "1 W"), ("1 min", "20 D"),
        ("5 mins", "6 M"), ("1 hour", "2 Y"), ("1 day", "20 Y"), ("1 day", "365 D"), ("1 week", "52 W"),
        ("1 month", "12 M"), ("1 day", "68 y"), ("1 min", "60"), ("1 min", "1 d"),
    ],
)  # fmt: skip
def test_durations_of_ibs_table_are_taken(size: str, span: str) -> None:
    """Max Duration Per Bar Size: 86400 S, 365 D, 52 W, 12 M, 68 Y of anything but seconds."""
    assert not too_long(bar_size(size), duration(span))


@pytest.mark.parametrize(
    ("span", "cause"),
    [
        ("366 D", "longer than 365 days must be made in years"), ("53 W", "longer than 52 weeks must be made in years"),
        ("13 M", "longer than 12 months must be made in years"), ("86401 S", "greater than 86400 seconds rejected"),
        ("29 S", "requested duration is invalid"), ("0 D", "requested duration is invalid"), ("", "not specified"),
        ("1 Q", "integer{SPACE}unit"), ("1D", "integer{SPACE}unit"), ("1 D ", "integer{SPACE}unit"),
    ],
)  # fmt: skip
def test_other_durations_are_refused_in_ibs_words(span: str, cause: str) -> None:
    """In whole years from a year on."""
    with pytest.raises(SpanError, match=cause):
        duration(span)


@pytest.mark.parametrize(("size", "span"), [("1 secs", "2001 S"), ("1 secs", "1 D"), ("1 day", "69 Y")])
def test_what_is_beyond_the_table_is_too_long(size: str, span: str) -> None:
    """Seconds for half an hour at most."""
    assert too_long(bar_size(size), duration(span))


async def ask(raw: Raw, contract: tuple[object, ...], what: str, end: str = "", size: str = "1 hour") -> list[str]:
    """The answer to one historical request of a day."""
    raw.send(20, 1, *contract, 0, end, size, "1 D", 1, what, 1, 0, "")
    return await raw.fields()


@pytest.mark.parametrize(
    ("size", "span", "bars"),
    [
        ("5 secs", "1 D", (300, 400)), ("1 min", "20 D", (7400, 7800)), ("5 mins", "6 M", (9000, 10_000)),
        ("1 hour", "2 Y", (3400, 3600)),
    ],
)  # fmt: skip
async def test_long_histories_are_answered_whole(sim: Simulator, size: str, span: str, bars: tuple[int, int]) -> None:
    """What IB's table allows comes in one answer; a day more than a year does not come."""
    raw = await Raw.login(sim)
    raw.send(20, 1, *STOCK, 0, "", size, span, 1, "TRADES", 1, 0, "")
    while (fields := await raw.fields(timeout=60))[0] != "17":
        pass
    assert bars[0] <= int(fields[4]) <= bars[1]
    raw.send(20, 2, *STOCK, 0, "", "1 day", "366 D", 1, "TRADES", 1, 0, "")
    assert (await raw.fields())[3] == "321"


async def test_data_that_does_not_exist_is_refused(sim: Simulator) -> None:
    """Trades of a currency pair, bids of an index; midpoints and trades the other way round do."""
    raw = await Raw.login(sim)
    answers = [await ask(raw, contract, what) for contract, what in (
        (PAIR, "TRADES"), (PAIR, "MIDPOINT"), (INDEX, "BID"), (INDEX, "TRADES"))]  # fmt: skip
    assert [fields[0] for fields in answers] == ["4", "17", "4", "17"]
    assert answers[0][3:5] == [
        "162", "Historical Market Data Service error message:HMDS query returned no data: EUR.USD@IDEALPRO Trades",
    ]  # fmt: skip
    raw.send(97, 9, *PAIR, "Last", 0, 0)
    assert (await raw.fields())[3] == "10189"
    raw.send(50, 3, 10, *PAIR, 5, "TRADES", 1, "")
    assert (await raw.fields())[3] == "420"


async def test_a_pair_has_no_last_tick(sim: Simulator) -> None:
    """Bid and ask, no last, no volume."""
    sim.market.set_quote("EUR.USD", bid="1.1", ask="1.1001", last="1.1")
    raw = await Raw.login(sim)
    raw.send(1, 11, 5, *PAIR, 0, "", 0, 0, "")
    kinds = {fields[3] for fields in await raw.pending() if fields[0] in {"1", "2"}}
    assert kinds >= {"1", "2"}
    assert not kinds & {"4", "5", "8"}


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("20240102 16:00:00 US/Eastern", None), ("20240102-21:00:00", None), ("20240102", None),
        ("20240102 16:00:00 Mars/Olympus", "10314"), ("20240102-21:00:00 US/Eastern", "10314"), ("tomorrow", "10314"),
        ("20240132 16:00:00", "10314"),
    ],
)  # fmt: skip
async def test_a_bad_date_or_zone_is_10314(sim: Simulator, end: str, code: str | None) -> None:
    """The end of a history in one of IB's forms, in a zone that there is."""
    fields = await ask(await Raw.login(sim), STOCK, "TRADES", end)
    assert (fields[3] if fields[0] == "4" else None) == code
    assert code is None or fields[4].startswith("End Date/Time: The date, time, or time-zone entered is invalid.")


async def generic(raw: Raw, contract: tuple[object, ...], ticks: str) -> dict[str, str]:
    """The ticks of a subscription by their numbers, prices, sizes, texts and figures alike."""
    raw.send(1, 11, 5, *contract, 0, ticks, 0, 0, "")
    found = await raw.pending()
    raw.send(2, 2, 5)
    await raw.pending()
    places = {"1": (3, 4), "2": (3, 4), "45": (3, 4), "46": (3, 4)}
    return {one[places[one[0]][0]]: one[places[one[0]][1]] for one in found if one[0] in places}


async def test_generic_ticks_have_their_values(sim: Simulator) -> None:
    """100, 101, 104, 106, 165, 456 of a share; 588 of a future; 162 of an index; what a kind has not got is silent."""
    raw = await Raw.login(sim)
    found = await generic(raw, STOCK, "100,101,104,105,106,165,232,236,456")
    assert found.keys() >= {"29", "30", "27", "28", "23", "24", "87", "37", "46", "89", "59"}
    lows, highs = ([Decimal(found[str(kind)]) for kind in kinds] for kinds in ((15, 17, 19), (16, 18, 20)))
    assert lows == sorted(lows, reverse=True)
    assert highs == sorted(highs)
    assert lows[0] < highs[0]
    assert int(found["21"]) > 0
    assert found["59"] == "6.63,6.63,20240215,1.6575"
    future = (0, "", "FUT", "", 0.0, "", "", "CME", "", "USD", "ESH4", "")
    assert int((await generic(raw, future, "588"))["86"]) > 0
    assert "86" not in await generic(raw, STOCK, "588")
    assert 0 < float((await generic(raw, INDEX, "162"))["31"]) < 200


async def test_an_illegal_list_is_refused_with_the_legal_ones(sim: Simulator) -> None:
    """321, and what is legal for this kind of instrument."""
    raw = await Raw.login(sim)
    raw.send(1, 11, 5, *PAIR, 0, "233,456", 0, 0, "")
    ((*_, code, text, _),) = await raw.pending()
    assert code == "321"
    start = "Error validating request. -'bQ' : cause - Incorrect generic tick list of 233,456.  "
    legal = "Legal ones for (CASH) are: 100(Option Volume),101(Option Open Interest),105(Average Opt Volume),106("
    assert text.startswith(f"{start}{legal}impvolat),165(Misc. Stats),221/220(")
    raw.send(1, 11, 5, *STOCK, 0, "233", 1, 0, "")
    assert [fields[3] for fields in await raw.pending()] == ["321"]  # no generic ticks in a snapshot


def test_generic_lists_are_read_as_gateways_read_them() -> None:
    """Older numbers, news with its provider, blanks; a number that is none, or not of this kind."""
    assert parse("221, 220,,mdoff,292:BRFG", "STK") == {232, 221, 292}
    assert parse("", "STK") == frozenset()
    for text in ("999", "292:", "abc", "13"):
        assert parse(text, "STK") is None
    assert parse("162", "STK") is None


def test_dividends_are_quarterly() -> None:
    """The next one of today."""
    days = [next_quarterly(datetime(2024, month, day).date()) for month, day in ((1, 3), (2, 15), (2, 16), (12, 1))]
    assert [f"{day:%Y%m%d}" for day in days] == ["20240215", "20240215", "20240515", "20250214"]


def test_isins_are_real_and_found() -> None:
    """Every ISIN has its check digit; ISIN and CUSIP find their contract, lower case too."""
    sim = Simulator(clock=VirtualClock(MORNING))
    found = [item for item in sim.market.directory.by_id.values() if item.isin]
    assert len(found) > 25
    for item in found:
        digits = "".join(str(int(char, 36)) for char in item.isin)
        total = sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(reversed(digits)))
        assert total % 10 == 0, item.isin
    find = sim.market.directory.find
    for kind, text, symbol in (
        ("ISIN", "US0378331005", "AAPL"), ("CUSIP", "037833100", "AAPL"), ("isin", "de0005190003", "BMW"),
        ("CUSIP", "91282CJJ1", "US-T"),
    ):  # fmt: skip
        assert [item.symbol for item in find(ContractQuery(sec_id_type=kind, sec_id=text))] == [symbol]
    assert find(ContractQuery(sec_id_type="ISIN", sec_id="US0000000000")) == []
