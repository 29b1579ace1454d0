"""A frame made straight from columns is the one that slices make, down to its index, and as many points are counted."""

from __future__ import annotations

import random
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from leanib.engine.market import QuoteBar, TradeBar
from leanib.engine.market.bar_frames import frame_of_bars
from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.market.frames import frame_of_slices
from leanib.engine.market.history_request import HistoryRequest
from leanib.engine.symbols import DataNormalizationMode, Globals, Market, Resolution, SecurityType, Symbol, TickType
from leanib.engine.timezones import TimeZones

MONDAY = datetime(2020, 6, 1)
MINUTES = range(4 * 60, 20 * 60)


def _write(path: Path, entry: str, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, "\n".join(lines) + "\n")


def _trade(chance: random.Random, minute: int, off: int = 0) -> str:
    prices = [chance.randrange(90_000, 110_000) for _ in range(4)]
    return f"{minute * 60_000 + off},{','.join(map(str, prices))},{chance.choice((0, 100, 2_500))}"


def _quote(chance: random.Random, minute: int) -> str:
    sides = [",".join(str(chance.randrange(90_001, 110_000)) for _ in range(4)) for _ in range(2)]
    there = chance.choice(("both", "both", "bid", "ask"))
    bid, ask = (side if there in ("both", name) else ",,," for side, name in zip(sides, ("bid", "ask"), strict=True))
    return f"{minute * 60_000},{bid},{chance.randrange(9)},{ask},{chance.randrange(9)}"


@pytest.fixture
def symbols(stock):
    """Three stocks with sparse minutes in and out of market hours; one has a day that fits no whole minutes."""
    chance, folder = random.Random(7), Globals.data_folder
    found = [Symbol.create(ticker, SecurityType.EQUITY, Market.USA) for ticker in ("ZZZ", "AAB", "MMM")]
    for symbol in found:
        ticker = symbol.value.lower()
        for day in range(1, 6):
            minutes = sorted(chance.sample(MINUTES, chance.choice((0, 3, 60, 500))))
            date, off = f"202006{day:02}", 17 if (ticker, day) == ("mmm", 2) else 0
            if minutes:
                lines = [_trade(chance, minute, off) for minute in minutes]
                _write(folder / f"equity/usa/minute/{ticker}/{date}_trade.zip", f"{date}_{ticker}.csv", lines)
            minutes = sorted(chance.sample(MINUTES, chance.choice((0, 40, 900))))
            if minutes:
                lines = [_quote(chance, minute) for minute in minutes]
                _write(folder / f"equity/usa/minute/{ticker}/{date}_quote.zip", f"{date}_{ticker}.csv", lines)
        days = [f"202006{day:02} 00:00,{_trade(chance, 0).partition(',')[2]}" for day in range(1, 30) if day % 3]
        _write(folder / f"equity/usa/daily/{ticker}.zip", f"{ticker}.csv", days)
    return found


def _requests(stock, chance: random.Random, symbols: list[Symbol]) -> list[HistoryRequest]:
    resolution = chance.choice((Resolution.MINUTE, Resolution.MINUTE, Resolution.DAILY))
    start = MONDAY + timedelta(days=chance.randrange(-1, 5), minutes=chance.choice((0, 570, chance.randrange(1440))))
    end = start + timedelta(minutes=chance.choice((1, 30, 500, 1440, 9000)))
    fill, extended = chance.random() < 0.8, chance.random() < 0.3
    kinds = [(TradeBar, TickType.TRADE)]
    if resolution is Resolution.MINUTE:
        kinds = chance.choice((kinds, [*kinds, (QuoteBar, TickType.QUOTE)], [(QuoteBar, TickType.QUOTE)]))
    to_utc = stock.hours.time_zone.to_utc
    return [
        HistoryRequest(
            *(to_utc(start), to_utc(end), kind, symbol, resolution, stock.hours, TimeZones.NEW_YORK),
            *(resolution if fill else None, extended, False, DataNormalizationMode.RAW, tick_type),
        )
        for symbol in chance.sample(symbols, chance.randrange(1, 4))
        for kind, tick_type in kinds
    ]


def _count(provider) -> tuple[int, int, int]:
    monitor = DATA_MONITOR()
    return provider.data_point_count, len(monitor.succeeded), len(monitor.failed)


def _from_columns(provider, requests):
    before = _count(provider)
    bars = provider.get_bars(requests)
    counted = [after - then for after, then in zip(_count(provider), before, strict=True)]
    return None if bars is None else (frame_of_bars(bars), counted)


def _from_slices(provider, requests):
    before = _count(provider)
    frame = frame_of_slices(provider.get_history(requests, TimeZones.NEW_YORK))
    return frame, [after - then for after, then in zip(_count(provider), before, strict=True)]


@pytest.mark.parametrize("seed", range(8))
def test_both_ways(stock, symbols, seed):
    """Whatever is asked for: sparse data, one symbol or more, filled or not, a start and an end at any minute."""
    chance, rows = random.Random(seed), 0
    for _ in range(25):
        requests = _requests(stock, chance, symbols)
        stock.provider._settings.daily_precise_end_time = chance.random() < 0.5
        columns = _from_columns(stock.provider, requests)
        if columns is None:
            assert requests[0].fill_forward_resolution is None
            assert requests[0].resolution is Resolution.MINUTE
            continue
        slices = _from_slices(stock.provider, requests)
        assert columns[1] == slices[1]
        pd.testing.assert_frame_equal(columns[0], slices[0], check_exact=True, check_freq=False)
        if len(slices[0]):
            levels, wanted = columns[0].index.levels, slices[0].index.levels
            assert [list(level) for level in levels] == [list(level) for level in wanted]
            assert [level.dtype for level in levels] == [level.dtype for level in wanted]
        rows += len(slices[0])
    assert rows > 1000


def test_two_streams_of_one_kind_are_for_slices(stock, symbols):
    """Which of them has the last word is up to the moment at which each is known; nothing was read by then."""
    request = stock.request(Resolution.MINUTE, MONDAY, MONDAY + timedelta(days=1))
    assert stock.provider.get_bars([request, request]) is None
    assert _count(stock.provider) == (0, 0, 0)
