"""Prices replayed from LEAN-format data."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from raw import Raw, place_order

from leanib.data import price_scale, read_trade_bars, zip_path
from leanib.errors import DataError
from leanib.simulator import Simulator, VirtualClock
from leanib.simulator.clock import to_us

DATA = Path(__file__).parents[2] / "data"
#: Wednesday 2012-10-03, 11:00 in New York.
MOMENT = datetime(2012, 10, 3, 15, 0, tzinfo=UTC)
AAPL = (265598, "", "", "", 0.0, "", "", "SMART", "", "", "", "")


def minute(hour: int, minute_of_hour: int) -> tuple[Any, int]:
    """The columns of the day and the row of a minute."""
    path = zip_path(DATA, "equity", "usa", "minute", "aapl", "trade", MOMENT.date())
    bars = read_trade_bars(path, MOMENT.date(), price_scale("equity"))
    wanted = datetime(2012, 10, 3, hour, minute_of_hour)
    return bars, bars.time.tolist().index(wanted)


async def test_quotes_follow_the_minute_bars() -> None:
    """At the start of a minute the market stands at the bar's open, and walks through high and low to the close."""
    clock = VirtualClock(MOMENT)
    async with Simulator(clock=clock, data=DATA) as sim:
        bars, row = minute(11, 0)
        assert sim.market.quote("AAPL").last == Decimal(str(bars.open[row])).quantize(Decimal("0.01"))
        raw = await Raw.login(sim)
        raw.send(1, 11, 1, *AAPL, 0, "", 0, 0, "")
        await raw.until(58)
        await clock.advance(59)
        seen = [float(fields[4]) for fields in await raw.pending() if fields[0] == "1" and fields[3] == "4"]
        assert min(seen) == pytest.approx(bars.low[row], abs=0.011)
        assert max(seen) == pytest.approx(bars.high[row], abs=0.011)


async def test_history_is_the_data_and_does_not_know_the_future() -> None:
    """Minute bars are the file's; today's daily bar ends now."""
    async with Simulator(clock=VirtualClock(MOMENT), data=DATA) as sim:
        raw = await Raw.login(sim)
        raw.send(20, 1, *AAPL, 0, "", "1 min", "120 S", 1, "TRADES", 1, 0, "")
        answer = await raw.until(17)
        bars, row = minute(10, 58)
        assert answer[4] == "2"
        assert [float(x) for x in answer[6:10]] == pytest.approx(
            [bars.open[row], bars.high[row], bars.low[row], bars.close[row]], abs=0.006
        )
        raw.send(20, 2, *AAPL, 0, "20121231 00:00:00 UTC", "1 day", "2 D", 1, "TRADES", 1, 0, "")
        days = await raw.until(17)
        assert [days[5], days[13]] == ["20121002", "20121003"]
        bars, row = minute(10, 59)
        assert float(days[17]) == pytest.approx(bars.close[row], abs=0.006)


async def test_orders_fill_against_the_data() -> None:
    """A stop below the market is set off by the minute that falls through it."""
    clock = VirtualClock(MOMENT)
    async with Simulator(clock=clock, data=DATA) as sim:
        raw = await Raw.login(sim)
        raw.send(*place_order(1, "BUY", 100, "MKT", stock=AAPL))
        await raw.until(59)
        bars, row = minute(11, 0)
        later = bars.low[row : row + 240]
        stop = Decimal(str(round(float(later.min()) + 0.02, 2)))
        raw.send(*place_order(2, "SELL", 100, "STP", "", stop, stock=AAPL))
        await raw.pending()
        await clock.advance(4 * 3600)
        execution = await raw.until(11)
        assert abs(Decimal(execution[20]) - stop) < Decimal("0.2")


async def test_nothing_is_quoted_before_the_first_bar_of_the_data() -> None:
    """The first hours of the first day are silence, and no error of the market's clockwork."""
    clock = VirtualClock(datetime(2012, 10, 1, 4, 0, tzinfo=UTC))
    problems: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: problems.append(context))
    async with Simulator(clock=clock, data=DATA) as sim:
        raw = await Raw.login(sim)
        raw.send(1, 11, 1, *AAPL, 0, 0, "", 0, 0, "")
        await clock.advance(6 * 3600)
        source = sim.market.source(sim.market.instrument("AAPL"))
        path = source.path(sim.market.instrument("AAPL"), np.array([to_us(clock.now()) - 10**10], dtype=np.int64))
        assert np.isnan(path).all()
    assert not problems


def test_a_missing_folder_is_named() -> None:
    """A wrong data folder is one clear sentence."""
    with pytest.raises(DataError, match="nowhere is not a folder"):
        Simulator(data=Path("nowhere"))
