"""What the tape prints of options and futures, and how it fills orders of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from leanib.data import QuoteBarColumns, TradeBarColumns
from leanib.operations.replay import Tape
from leanib.operations.replay.bars import Bar
from leanib.operations.replay.tape import _met_at_quotes
from leanib.simulator import Simulator, VirtualClock
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.quotes import Quote
from leanib.simulator.orders.model import Order
from leanib.testing import DataBuilder

DATA = Path(__file__).parents[2] / "data"
#: A Monday, before anything is traded in New York.
MIDNIGHT = datetime(2012, 3, 12, 4, 0, tzinfo=UTC)
NINE = datetime(2012, 3, 12, 13, 0, tzinfo=UTC)
CALL = "SPY   120421C00350000"


def stopped(moment: datetime, data: Path = DATA) -> tuple[Simulator, VirtualClock, Tape]:
    """A simulator that listens to nobody, its clock, and a tape."""
    clock = VirtualClock(moment)
    sim = Simulator(clock=clock, data=data, cash=1_000_000)
    return sim, clock, Tape(sim, data)


@contextmanager
def heard(sim: Simulator, item: Instrument) -> Iterator[list[tuple[datetime, Decimal | None, Decimal | None]]]:
    """All quotes of an instrument meanwhile: moment, bid and ask."""
    quotes: list[tuple[datetime, Decimal | None, Decimal | None]] = []

    def listen(one: Instrument, quote: Quote) -> None:
        if one is item:
            quotes.append((sim.clock.now(), quote.bid, quote.ask))

    sim.market.listeners.append(listen)
    yield quotes
    sim.market.listeners.remove(listen)


@pytest.mark.parametrize(("name", "hour"), [(CALL, 14), ("ESM2", 14), ("ESM2", 20), ("ESM2", 23)])
def test_quotes_of_an_hour_are_the_bar_of_the_file(name: str, hour: int) -> None:
    """Open, highest, lowest and last of both sides; of a future also where stocks do not trade."""
    sim, clock, tape = stopped(MIDNIGHT)
    item = sim.market.instrument(name)
    tape.play(item, "minute")
    place = sim.market.replayed[0].place(item)
    assert place is not None
    start = datetime(2012, 3, 12, hour, tzinfo=UTC)
    clock.step_to(start)
    with heard(sim, item) as quotes:
        clock.step_to(start.replace(hour=hour + 1) if hour < 23 else datetime(2012, 3, 13, tzinfo=UTC))
    columns = place.read(DATA, "hour", "quote", start.date())
    assert isinstance(columns, QuoteBarColumns)
    local = np.datetime64(start.astimezone(place.zone).replace(tzinfo=None))
    row = columns.time.tolist().index(local.astype("datetime64[us]").item())
    for side, place_of in (("bid", 1), ("ask", 2)):
        prices = [float(quote[place_of]) for quote in quotes if quote[place_of] is not None]  # type: ignore[arg-type]
        wanted = [float(getattr(columns, f"{side}_{part}")[row]) for part in ("open", "high", "low", "close")]
        assert [prices[0], max(prices), min(prices), prices[-1]] == pytest.approx(wanted)


def test_volume_is_that_of_the_trades() -> None:
    """All of an hour's, in the bar of that hour."""
    sim, clock, tape = stopped(NINE)
    item = sim.market.instrument("ESH2")
    tape.play(item, "hour")
    clock.step_to(datetime(2012, 3, 12, 14, 0, tzinfo=UTC))
    place = sim.market.replayed[0].place(item)
    columns = place.read(DATA, "hour", "trade", NINE.date()) if place is not None else None
    assert isinstance(columns, TradeBarColumns)
    row = columns.time.tolist().index(datetime(2012, 3, 12, 13))
    assert sim.market.quote(item).volume == int(columns.volume[row]) > 0


def test_a_contract_without_prices_has_none() -> None:
    """Neither before the first bar nor after the last: nothing is made up."""
    sim, clock, tape = stopped(MIDNIGHT)
    item = sim.market.instrument(CALL)
    assert sim.market.quote(item).mark is None
    tape.play(item, "minute", name="the call")
    clock.step_to(NINE)
    assert sim.market.quote(item).mark is None
    clock.step_to(datetime(2012, 3, 12, 21, 0, tzinfo=UTC))
    assert tape.printed == {"the call": 7}


def place(sim: Simulator, item: Instrument | str, action: str, quantity: int, **fields: str) -> Order:
    """An order of a client that need not be connected."""
    return sim.orders.place_as(1, item, action, Decimal(quantity), **fields)


def test_market_orders_fill_at_the_quote() -> None:
    """A buyer pays the ask of the bar that ended, a seller gets its bid."""
    sim, clock, tape = stopped(NINE)
    item = sim.market.instrument(CALL)
    tape.play(item, "hour")
    clock.step_to(datetime(2012, 3, 12, 14, 0, tzinfo=UTC))
    quote = sim.market.quote(item)
    bought, sold = place(sim, item, "BUY", 2), place(sim, item, "SELL", 2)
    assert [bought.average, sold.average] == [quote.ask, quote.bid]
    assert bought.average > sold.average


def test_resting_orders_are_worked_when_a_bar_ends() -> None:
    """A limit between the hour's lowest ask and its last is filled at its price, a moment before the hour is over."""
    sim, clock, tape = stopped(NINE)
    item = sim.market.instrument("ESM2")
    tape.play(item, "hour")
    ten = datetime(2012, 3, 12, 14, 0, tzinfo=UTC)
    clock.step_to(ten)
    with heard(sim, item) as quotes:
        order = place(sim, item, "BUY", 1, orderType="LMT", lmtPrice="1300")
        far = place(sim, item, "SELL", 1, orderType="LMT", lmtPrice="9999")
        clock.step_to(datetime(2012, 3, 12, 14, 59, 59, tzinfo=UTC))
        assert not order.done
        asks = [ask for _, _, ask in quotes if ask is not None]
        order.spec.values["lmtPrice"] = str(min(asks) + Decimal("0.25"))
        order.refresh()
        clock.step_to(datetime(2012, 3, 12, 15, 0, tzinfo=UTC))
    assert order.average == min(asks) + Decimal("0.25")
    assert not far.done
    assert sim.market.quote(item).ask == [ask for _, _, ask in quotes][-1]


def test_minutes_and_listings_of_built_data(tmp_path: Path) -> None:
    """A user's own folder: options and futures by the minute, with their lists."""
    data = tmp_path / "data"
    builder = DataBuilder(data)
    builder.bars("XYZ", "2024-03-04", [100.0 + n / 100 for n in range(60)], "minute")
    builder.chain("XYZ", "2024-03-15", [95, 100])
    builder.future_chain("NQ", "2024-03-04", {"2024-03": [18000 + n for n in range(60)]}, "minute")
    sim, clock, tape = stopped(datetime(2024, 3, 4, 14, 0, tzinfo=UTC), data)
    directory = sim.market.directory
    chain = directory.chain(directory.named("XYZ"))
    assert [(one.expiry, one.strike, one.right) for one in chain] == [
        ("20240315", strike, right) for strike in (95, 100) for right in "CP"
    ]
    months = directory.futures("NQ")
    assert [(one.local_symbol, one.expiry) for one in months] == [("NQH4", "20240315")]
    for item in (chain[0], months[0]):
        tape.play(item, "minute")
    clock.step_to(datetime(2024, 3, 4, 16, 0, tzinfo=UTC))
    assert list(tape.printed.values()) == [60, 60]
    assert sim.market.quote(chain[0]).ask is not None
    assert sim.market.quote(months[0]).last == 18059


@pytest.mark.parametrize(
    ("action", "fields", "price"),
    [
        ("BUY", {"orderType": "LMT", "lmtPrice": "11"}, 11),
        ("BUY", {"orderType": "LMT", "lmtPrice": "20"}, 14),
        ("BUY", {"orderType": "LMT", "lmtPrice": "10"}, None),
        ("SELL", {"orderType": "LMT", "lmtPrice": "12"}, 12),
        ("SELL", {"orderType": "LMT", "lmtPrice": "5"}, 8),
        ("SELL", {"orderType": "LMT", "lmtPrice": "13"}, None),
        ("BUY", {"orderType": "STP", "auxPrice": "13"}, 13),
        ("BUY", {"orderType": "STP", "auxPrice": "11"}, 12),
        ("BUY", {"orderType": "STP", "auxPrice": "14"}, None),
        ("SELL", {"orderType": "STP", "auxPrice": "9"}, 9),
        ("SELL", {"orderType": "STP", "auxPrice": "12"}, 10),
        ("SELL", {"orderType": "STP", "auxPrice": "8"}, None),
        ("BUY", {"orderType": "STP LMT", "auxPrice": "13", "lmtPrice": "13"}, 13),
        ("BUY", {"orderType": "STP LMT", "auxPrice": "13", "lmtPrice": "12"}, None),
    ],
)
def test_rules_for_bars_of_quotes(action: str, fields: dict[str, str], price: int | None) -> None:
    """Bids from 8 to 13, last 10; asks from 10 to 14, last 12: as LEAN's `FillModel` does it."""
    sim, _, _ = stopped(MIDNIGHT)
    order = place(sim, CALL, action, 1, **fields)
    bid, ask = (tuple(map(Decimal, side)) for side in ((9, 13, 8, 10), (11, 14, 10, 12)))
    assert _met_at_quotes(order, Bar(0, 1, None, bid, ask, Decimal(0))) == price


def test_a_day_without_files_prints_nothing() -> None:
    """A Saturday."""
    _, clock, tape = stopped(datetime(2012, 3, 10, 5, 0, tzinfo=UTC))
    tape.play("ESM2", "minute")
    clock.step_to(datetime(2012, 3, 10, 23, 0, tzinfo=UTC))
    assert tape.printed == {"ESM2": 0}
