"""A data folder with a few days of one stock, and what it takes to ask for its history."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from leanib.engine.exchanges.market_hours import DayOfWeek, LocalMarketHours, MarketHoursSegment
from leanib.engine.feeds.history import HistoryProvider
from leanib.engine.market import TradeBar
from leanib.engine.market.history_request import HistoryRequest
from leanib.engine.securities import SecurityExchangeHours
from leanib.engine.symbols import (
    DataNormalizationMode,
    Globals,
    Market,
    Resolution,
    SecurityType,
    Symbol,
    SymbolCache,
    TickType,
)
from leanib.engine.timezones import TimeZones

MONDAY = datetime(2020, 6, 1)


def _zip(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(path.with_suffix(".csv").name, "\n".join(lines) + "\n")


class Stock:
    """XYZ, which trades Monday to Friday from 9:30 to 16:00 in New York."""

    def __init__(self, folder: Path) -> None:
        segments = MarketHoursSegment.get_market_hours_segments(*(timedelta(hours=h) for h in (4, 9.5, 16, 20)))
        week = {day: LocalMarketHours(day, segments) for day in DayOfWeek if 1 <= day <= 5}
        self.hours = SecurityExchangeHours(TimeZones.NEW_YORK, [], week, {}, {})
        self.symbol = Symbol.create("XYZ", SecurityType.EQUITY, Market.USA)
        SymbolCache.set("XYZ", self.symbol)
        self.provider = HistoryProvider(SimpleNamespace(daily_precise_end_time=True))
        daily = [f"202006{day:02} 00:00,100000,110000,90000,{100000 + day},{day}00" for day in (1, 2, 3, 4, 5)]
        _zip(folder / "equity/usa/daily/xyz.zip", daily)
        minutes = [f"{(570 + minute) * 60000},10000,10000,10000,{10000 * (1 + minute)},10" for minute in (0, 1, 4)]
        _zip(folder / "equity/usa/minute/xyz/20200601_trade.zip", minutes)

    def request(self, resolution: Resolution, start: datetime, end: datetime, fill: bool = True) -> HistoryRequest:
        """Trade bars between two New York times."""
        to_utc = self.hours.time_zone.to_utc
        return HistoryRequest(
            *(to_utc(start), to_utc(end), TradeBar, self.symbol, resolution, self.hours, TimeZones.NEW_YORK),
            *(resolution if fill else None, False, False, DataNormalizationMode.RAW, TickType.TRADE),
        )

    def bars(self, *request: object) -> list[TradeBar]:
        """The bars that a request brings."""
        slices = self.provider.get_history([self.request(*request)], TimeZones.NEW_YORK)
        return [each.bars[self.symbol] for each in slices]


@pytest.fixture
def stock(tmp_path: Path) -> Iterator[Stock]:
    """The stock in a folder of its own."""
    before = Globals.data_folder
    Globals.reset(tmp_path)
    yield Stock(tmp_path)
    Globals.reset(before)
