"""From LEAN's price files to data points: which file, decoded whole, then one object a row that is wanted.

Facts: `Common/Util/LeanData.cs` (paths), `Common/Data/Market/{TradeBar,QuoteBar,Tick}.cs` (content).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import repeat, starmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leanib.data.archive import has_entry
from leanib.data.reader import (
    price_scale,
    read_open_interest,
    read_quote_bars,
    read_quote_ticks,
    read_trade_bars,
    read_trade_ticks,
)
from leanib.engine.feeds.decoded_files import DECODED_FILES
from leanib.engine.market import Bar, BaseData, OpenInterest, QuoteBar, SubscriptionDataConfig, Tick, TradeBar
from leanib.engine.market.calendars import midnight
from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.numbers import AdjustedPrice, middle, to_decimal, to_float
from leanib.engine.symbols import Globals, Resolution, TickType
from leanib.engine.timezones import DateTimeZone

__all__ = [
    "NO_SIDE",
    "PriceRows",
    "Sides",
    "fill_missing_sides",
    "is_dated",
    "joined_price",
    "load_rows",
    "price_entry",
    "price_file",
    "times_in_utc",
]

_LOW_RESOLUTIONS = (Resolution.HOUR, Resolution.DAILY)
_LAST_MOMENT = timedelta(days=1) - timedelta.resolution
_TICK_NAMES = {TickType.TRADE: "trade", TickType.QUOTE: "quote", TickType.OPEN_INTEREST: "openinterest"}


def is_dated(resolution: Resolution) -> bool:
    """Whether there is one file a day; hour and daily files hold the whole history."""
    return resolution not in _LOW_RESOLUTIONS


def price_file(config: SubscriptionDataConfig, date: datetime) -> Path:
    """The zip that holds a stream's data of a day."""
    return Path(_price_path(config, date))


def _price_path(config: SubscriptionDataConfig, date: datetime) -> str:
    symbol, resolution, tick = config.symbol, config.resolution, _TICK_NAMES[config.tick_type]
    name = symbol.asset.data_file(symbol, config.mapped_symbol, date, resolution, tick)
    kind = config.security_type.security_type_to_lower()
    return f"{Globals.data_folder}/{kind}/{config.market}/{resolution.name.lower()}/{name}"


def price_entry(config: SubscriptionDataConfig, date: datetime) -> str | None:
    """The entry of that zip; None where it holds only one."""
    tick = _TICK_NAMES[config.tick_type]
    return config.symbol.asset.data_entry(config.symbol, date, config.resolution, tick)


Sides = tuple[tuple[float, ...], tuple[float, ...]]
"""Open, high, low and close of a bid and of an ask; zeros where there is none."""

NO_SIDE = (0.0, 0.0, 0.0, 0.0)

_SIDE = ("open", "high", "low", "close")


class PriceRows:
    """A file's rows as columns: `time` and `end` in the exchange's zone, prices as the file has them."""

    __slots__ = ("columns", "config", "end", "time")

    def __init__(self, config: SubscriptionDataConfig, columns: Any) -> None:
        self.config = config
        self.columns = columns
        self.time: NDArray[np.datetime64] = _in_zone(columns.time, config.data_time_zone, config.exchange_time_zone)
        step = timedelta(0) if config.tick_type is TickType.OPEN_INTEREST else config.increment
        self.end: NDArray[np.datetime64] = self.time + np.timedelta64(step)

    def part(self, chosen: Any) -> PriceRows:
        """Some of the rows."""
        rows = PriceRows.__new__(PriceRows)
        rows.config = self.config
        rows.columns = self.columns.part(chosen)
        rows.time, rows.end = self.time[chosen], self.end[chosen]
        return rows

    def __len__(self) -> int:
        return len(self.time)

    def scaled(self, factor: NDArray[np.longdouble], addend: float) -> PriceRows:
        """Prices times the factor plus the addend, volumes divided by the factor.

        The product is made with more digits than a float has, so that a price is the float next to LEAN's
        exact decimal.
        """
        rows = self.part(slice(None))
        columns = rows.columns
        for name in _PRICES:
            if hasattr(columns, name):
                values = getattr(columns, name)
                exact = np.rint(values.astype(np.longdouble) * _FILE_UNITS) * factor / _FILE_UNITS + addend
                setattr(columns, name, np.where(values != 0, exact.astype(np.float64), 0.0))
        for name in ("volume", "quantity"):
            if hasattr(columns, name):
                setattr(columns, name, np.rint(getattr(columns, name) / factor.astype(np.float64)))
        return rows

    def joined(self, factors: list[Decimal], which: NDArray[np.intp], is_ratio: bool) -> PriceRows:
        """A continuous future's: prices times, or plus, the factor of their row; volumes as they are.

        Factors have more digits than a float, so each price that there is goes through LEAN's decimals. Those of quotes
        keep them, for their middle: such columns hold objects.
        """
        rows = self.part(slice(None))
        kind = np.float64 if self.config.tick_type is TickType.TRADE else np.object_
        for name in _PRICES:
            if hasattr(rows.columns, name):
                values = getattr(rows.columns, name)
                prices, places = np.unique(np.stack((values, which)), axis=1, return_inverse=True)
                exact = [joined_price(price, factors[int(index)], is_ratio) for price, index in prices.T.tolist()]
                setattr(rows.columns, name, np.array(exact, kind)[places.reshape(-1)])
        return rows

    def with_both_sides(self, before: Sides) -> tuple[PriceRows, Sides]:
        """Quotes that lack a side with the one before (`QuoteBarFillForwardEnumerator.cs`), and the last two sides."""
        rows, last = self, []
        for side, previous in zip(("bid", "ask"), before, strict=True):
            prices = _side_columns(rows.columns, side)
            if not _all_present(prices):
                rows = rows.part(slice(None))
                prices = _filled_side(prices, previous)
                for name, values in zip(_SIDE, prices, strict=True):
                    setattr(rows.columns, f"{side}_{name}", values)
            last.append(tuple(values.item(-1) for values in prices))
        return rows, (last[0], last[1])

    def points(self) -> Iterator[BaseData]:
        """One data point a row."""
        config, columns = self.config, self.columns
        points: Iterator[BaseData] = _MAKERS[type(columns).__name__](config, self.time.tolist(), columns)
        return points


#: how many units of a price file make one: prices of equities are in ten-thousandths
_FILE_UNITS = 10_000
_PRICES = (
    *("open", "high", "low", "close", "price", "bid_price", "ask_price"),
    *(f"{side}_{price}" for side in ("bid", "ask") for price in ("open", "high", "low", "close")),
)


def joined_price(price: float, factor: Decimal, is_ratio: bool) -> float:
    """A contract's price as the continuous future has it; 0 where there is none."""
    if not price:
        return 0.0
    exact = to_decimal(price)
    return AdjustedPrice.of(exact * factor) if is_ratio else to_float(exact + factor)


def load_rows(config: SubscriptionDataConfig, date: datetime) -> PriceRows | None:
    """The rows of the file for a day; None when there is no such file."""
    # A text until the file is there: most of what a universe of minutes asks for may be missing.
    name, entry = _price_path(config, date), price_entry(config, date)
    found = os.path.isfile(name) and (entry is None or has_entry(Path(name), entry))  # noqa: PTH113 a tenth of the time
    if not DATA_MONITOR().on_new_data_request(name if entry is None else f"{name}#{entry}", found):
        return None
    path = Path(name)
    source = path if entry is None else Path(f"{path}#{entry}")
    rows = PriceRows(config, DECODED_FILES().get(source, lambda: _decode(path, entry, config, date)))
    if not is_dated(config.resolution) and len(rows):
        DATA_MONITOR().on_history_read(source, rows.time[0].item().date(), rows.time[-1].item().date())
    return rows


def _decode(path: Path, entry: str | None, config: SubscriptionDataConfig, date: datetime) -> Any:
    kind = config.security_type.security_type_to_lower()
    day = date.date() if is_dated(config.resolution) else None
    if config.tick_type is TickType.OPEN_INTEREST:
        return read_open_interest(path, day, entry)
    if config.resolution is Resolution.TICK:
        reader = read_trade_ticks if config.tick_type is TickType.TRADE else read_quote_ticks
        return reader(path, date.date(), kind, entry)
    if config.tick_type is TickType.QUOTE:
        return read_quote_bars(path, day, price_scale(kind), entry)
    return read_trade_bars(path, day, price_scale(kind), entry)


def _in_zone(times: NDArray[np.datetime64], source: DateTimeZone, target: DateTimeZone) -> NDArray[np.datetime64]:
    if source is target or not len(times):
        return times
    first, last = times[0].item(), times[-1].item()
    shift = _shift(first, source, target)
    if shift == _shift(last, source, target) and last - first < timedelta(days=30):
        return times + np.timedelta64(shift)
    in_utc = times - _offsets(times, source.offset_at_local)
    return in_utc + _offsets(in_utc, target.offset_at_utc)


def times_in_utc(times: NDArray[np.datetime64], zone: DateTimeZone) -> NDArray[np.datetime64]:
    """Times of a zone in UTC."""
    return times - _offsets(times, zone.offset_at_local)


def _offsets(times: NDArray[np.datetime64], offset_at: Callable[[datetime], timedelta]) -> NDArray[np.timedelta64]:
    """The offset from UTC at each time: one look-up a day, but on days on which the clocks change."""
    days, where = np.unique(times.astype("datetime64[D]"), return_inverse=True)
    first = [offset_at(midnight(day)) for day in days.tolist()]
    last = [offset_at(midnight(day) + _LAST_MOMENT) for day in days.tolist()]
    offsets = np.array(first, dtype="timedelta64[us]")[where]
    changing = np.array([start != end for start, end in zip(first, last, strict=True)])[where]
    offsets[changing] = [offset_at(time) for time in times[changing].tolist()]
    return offsets


def _shift(time: datetime, source: DateTimeZone, target: DateTimeZone) -> timedelta:
    return target.to_local(source.to_utc(time)) - time


def _trade_bars(config: SubscriptionDataConfig, times: list[datetime], c: Any) -> Iterator[BaseData]:
    symbol, period = config.symbol, config.increment
    prices = (c.open.tolist(), c.high.tolist(), c.low.tolist(), c.close.tolist())
    return map(TradeBar, times, repeat(symbol), *prices, c.volume.tolist(), repeat(period))


def _quote_bars(config: SubscriptionDataConfig, times: list[datetime], c: Any) -> Iterator[BaseData]:
    symbol, period = config.symbol, config.increment
    sides = (_sides(c, "bid"), c.bid_size.tolist(), _sides(c, "ask"), c.ask_size.tolist())
    return map(QuoteBar, times, repeat(symbol), *sides, repeat(period))


def _sides(c: Any, side: str) -> Iterator[Bar | None]:
    """One side of quote bars; None where the file has nothing but zeros."""
    columns = _side_columns(c, side)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    if _all_present(columns):
        return starmap(Bar, rows)
    return (Bar(*row) if any(row) else None for row in rows)


def _side_columns(c: Any, side: str) -> list[NDArray[np.float64]]:
    return [getattr(c, f"{side}_{price}") for price in _SIDE]


def _filled_side(columns: list[NDArray[np.float64]], before: tuple[float, ...]) -> list[NDArray[np.float64]]:
    """A side's prices where rows without any have those of the row before."""
    present = _any_present(columns)
    source = np.maximum.accumulate(np.where(present, np.arange(1, len(present) + 1), 0))
    return [np.concatenate(([previous], values))[source] for previous, values in zip(before, columns, strict=True)]


def _all_present(columns: list[NDArray[np.float64]]) -> bool:
    """Whether each row has a number in any of the columns: nearly always the first one says so."""
    rows = len(columns[0])
    return bool(np.count_nonzero(columns[0]) == rows or np.count_nonzero(_any_present(columns)) == rows)


def _any_present(columns: Sequence[NDArray[np.float64]]) -> NDArray[np.bool_]:
    """Which rows have a number in any of the columns."""
    present: NDArray[np.bool_] = np.any(np.not_equal(columns, 0.0).astype(bool), axis=0)
    return present


def fill_missing_sides(
    points: Iterable[BaseData], sides: tuple[Bar | None, Bar | None] = (None, None)
) -> Iterator[BaseData]:
    """Quote bars without bid or ask take the one before (`QuoteBarFillForwardEnumerator.cs`)."""
    bid, ask = sides
    for point in points:
        if type(point) is QuoteBar:
            if point.bid is None:
                point.bid = bid
            if point.ask is None:
                point.ask = ask
            bid, ask = point.bid, point.ask
        yield point


def _trade_ticks(config: SubscriptionDataConfig, times: list[datetime], c: Any) -> Iterator[BaseData]:
    symbol = config.symbol
    rows = zip(
        *(times, c.price.tolist(), c.quantity.tolist(), c.exchange.tolist()),
        *(c.sale_condition.tolist(), c.suspicious.tolist()),
        strict=True,
    )
    for time, price, quantity, exchange, condition, suspicious in rows:
        yield Tick(
            *(time, symbol, price),
            tick_type=TickType.TRADE,
            quantity=quantity,
            exchange=exchange,
            sale_condition=condition,
            suspicious=suspicious,
        )


def _quote_ticks(config: SubscriptionDataConfig, times: list[datetime], c: Any) -> Iterator[BaseData]:
    symbol = config.symbol
    rows = zip(
        *(times, c.bid_price.tolist(), c.bid_size.tolist(), c.ask_price.tolist(), c.ask_size.tolist()),
        *(c.exchange.tolist(), c.sale_condition.tolist(), c.suspicious.tolist()),
        strict=True,
    )
    for time, bid, bid_size, ask, ask_size, exchange, condition, suspicious in rows:
        yield Tick(
            *(time, symbol, middle(bid, ask) if bid and ask else bid + ask, bid, ask),
            bid_size=bid_size,
            ask_size=ask_size,
            exchange=exchange,
            sale_condition=condition,
            suspicious=suspicious,
        )


def _open_interest(config: SubscriptionDataConfig, times: list[datetime], c: Any) -> Iterator[BaseData]:
    return (OpenInterest(time, config.symbol, value) for time, value in zip(times, c.value.tolist(), strict=True))


_MAKERS: dict[str, Any] = {
    "TradeBarColumns": _trade_bars,
    "QuoteBarColumns": _quote_bars,
    "TradeTickColumns": _trade_ticks,
    "QuoteTickColumns": _quote_ticks,
    "OpenInterestColumns": _open_interest,
}
