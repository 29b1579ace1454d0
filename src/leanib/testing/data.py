"""Building LEAN data folders for tests.

Prices are those that were traded, in the quote currency: what happened before a split stays as it was then, as in
LEAN's files. Times are naive, in the market's data time zone (New York for US equities, UTC for currencies and coins).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Self

import numpy as np

from leanib.data.columns import QuoteBarColumns, TradeBarColumns
from leanib.data.corporate import FactorRow, MapRow, write_factor_file, write_map_file
from leanib.data.market_hours import MarketHoursEntry, MarketHoursFile
from leanib.data.paths import entry_name, is_whole_history, zip_path
from leanib.data.reader import price_scale
from leanib.data.writer import quote_bar_lines, trade_bar_lines, write_zip
from leanib.errors import DataError, UsageError
from leanib.sample import REFERENCE, sample_data
from leanib.testing.chains import OptionChainPlan, write_chains
from leanib.testing.futures import FutureChainPlan, contract_rows, market_of_future, write_future_chain
from leanib.testing.moments import backwards, day_of, has_time, in_data_zone, moment_of, session
from leanib.testing.rows import Bar, Quote, bar_of, quote_of, strikes_of

__all__ = ["Bar", "DataBuilder", "Quote"]

_STEPS = {
    "daily": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
}
_OPTION_RESOLUTIONS = ("daily", "hour", "minute")
_MARKETS = {"equity": "usa", "index": "usa", "forex": "oanda", "cfd": "oanda", "crypto": "coinbase"}
_END_OF_TIME = date(2050, 12, 31)
_BEGINNING = date(1998, 1, 2)


@dataclass
class _Series:
    """What was built of one security in one resolution and kind of data, by the moment its bar begins."""

    kind: str
    market: str
    ticker: str
    resolution: str
    tick_type: str
    rows: dict[datetime, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Action:
    day: date
    split: Decimal = Decimal(1)
    dividend: Decimal = Decimal(0)


class DataBuilder:
    """A data folder that grows; each method writes at once and returns the builder.

    Args:
        folder: Where; made when missing. Opening hours, lot sizes and interest rates are linked from the sample data.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name in REFERENCE:
            if not (folder / name).exists():
                (folder / name).symlink_to(sample_data() / name)
        self._hours = MarketHoursFile(folder / "market-hours" / "market-hours-database.json")
        self._series: dict[tuple[str, ...], _Series] = {}
        self._actions: dict[tuple[str, str, str], list[_Action]] = {}
        self._chains: dict[tuple[str, str], list[OptionChainPlan]] = {}
        self._futures: dict[tuple[str, str], FutureChainPlan] = {}

    def bars(
        self,
        ticker: str,
        start: date | datetime | str,
        bars: Iterable[Bar],
        resolution: str = "daily",
        *,
        security_type: str = "equity",
        market: str = "",
        volume: float = 1000,
    ) -> Self:
        """Trade bars on consecutive trading days, or one after the other within opening hours.

        Args:
            ticker: For instance `SPY`, `BTCUSD`.
            start: The first bar's day (`2024-01-02`), or for shorter bars its moment; a day alone begins at the open.
            bars: See `Bar`; one that already stands at that moment is replaced.
            resolution: `daily`, `hour`, `minute` or `second`.
            security_type: `equity`, `index`, `crypto`; currencies and CFDs have quotes.
            market: By default the one that LEAN takes.
            volume: Of bars that say none.

        Raises:
            UsageError: A resolution, kind or bar that is none.
        """
        if security_type.lower() in ("forex", "cfd"):
            raise UsageError(f"{security_type} has no trades; build it with quotes(...)")
        series = self._of(ticker, resolution, security_type, market, "trade")
        rows = [bar_of(bar, volume) for bar in bars]
        for moment, row in zip(self._moments(series, start), rows, strict=False):
            series.rows[moment] = row
        return self._write(series)

    def quotes(
        self,
        ticker: str,
        start: date | datetime | str,
        quotes: Iterable[Quote],
        resolution: str = "minute",
        *,
        security_type: str = "equity",
        market: str = "",
        size: float = 100,
    ) -> Self:
        """Quote bars that stand still at a bid and an ask; the rest as in `bars`.

        Raises:
            UsageError: A quote that is none, or whose ask is below its bid.
        """
        series = self._of(ticker, resolution, security_type, market, "quote")
        rows = [quote_of(quote, size) for quote in quotes]
        for moment, row in zip(self._moments(series, start), rows, strict=False):
            series.rows[moment] = row
        return self._write(series)

    def chain(
        self,
        ticker: str,
        expiry: date | str,
        strikes: Iterable[float],
        *,
        rights: Sequence[str] = ("call", "put"),
        volatility: float = 0.2,
        spread: float = 0.05,
        market: str = "usa",
    ) -> Self:
        """American options on a stock whose bars are built: a quote for each of its bars, and LEAN's list of each day.

        What an option is worth follows from the stock's close: Black and Scholes' price at one volatility, without
        interest. The lists have Greeks to match. Chains of several expiries are there side by side; strikes do not
        follow splits. Seconds have no options.

        Args:
            ticker: The stock's.
            expiry: The last day on which they trade.
            strikes: In dollars.
            rights: `call`, `put` or both.
            volatility: A year's, as a fraction.
            spread: Between bid and ask, in dollars.
            market: The stock's.

        Raises:
            UsageError: A right, a strike or a volatility that is none, or an expiry on which nothing trades.
            DataError: The stock has no bars of minutes, hours or days yet.
        """
        day = day_of(expiry)
        plan = OptionChainPlan(day, strikes_of(strikes), tuple(right.lower() for right in rights), volatility, spread)
        if not plan.rights or not set(plan.rights) <= {"call", "put"}:
            raise UsageError(f"an option is a call or a put, not {', '.join(map(str, rights)) or 'nothing'}")
        if not 0 < volatility < float("inf") or not 0 <= spread < float("inf"):
            raise UsageError(
                f"a volatility is a positive fraction and a spread none below 0, not {volatility}, {spread}"
            )
        if not self._entry("equity", market.lower(), ticker).is_trading_day(day):
            raise UsageError(f"{day} is no trading day, so no option on {ticker} expires on it")
        if not self._option_bars(market.lower(), ticker.upper()):
            raise DataError(f"build bars of {ticker} by the minute, hour or day first: its options follow their prices")
        self._chains.setdefault((market.lower(), ticker.upper()), []).append(plan)
        self._write_chains(market.lower(), ticker.upper())
        return self

    def future_chain(
        self,
        ticker: str,
        start: date | datetime | str,
        contracts: Mapping[str, Iterable[Bar]],
        resolution: str = "daily",
        *,
        market: str = "",
        spread: float = 0.25,
        margin: float = 5000,
        moves_before: int = 5,
        volume: float = 1000,
    ) -> Self:
        """A future's contracts, each with bars from the same start on, and the continuous future that stands for them.

        Trades, quotes around them, open interest, LEAN's list of each day, map and factor file for every way of mapping
        and joining, and the margin. What was built of the same future in an earlier call stays.

        Args:
            ticker: For instance `ES`.
            start: As in `bars`.
            contracts: Bars by contract month (`2024-03`); what comes after a contract's last day is left out.
            resolution: `daily`, `hour` or `minute`.
            market: By default the exchange that lists it.
            spread: Between bid and ask.
            margin: Of one contract.
            moves_before: So many days before a contract expires more is open in the next one.
            volume: Of bars that say none.

        Raises:
            UsageError: A resolution, a month, a bar or a number that is none, or a future whose expiry is not known.
        """
        if resolution.lower() not in _OPTION_RESOLUTIONS or not contracts:
            raise UsageError(f"a chain has bars of {', '.join(_OPTION_RESOLUTIONS)} of at least one contract")
        name, exchange = ticker.upper(), market_of_future(ticker.upper(), market)
        hours = self._entry("future", exchange, name)
        series = _Series("future", exchange, name, resolution.lower(), "trade")
        plan = self._futures.get((exchange, name), FutureChainPlan(exchange, name))
        built = {}
        for month, bars in contracts.items():
            rows = [bar_of(bar, volume) for bar in bars]
            moments = zip(self._moments(series, start), rows, strict=False)
            built.update(contract_rows(plan, month, hours, moments))
        plan.settle(spread, margin, moves_before)
        for contract, found in built.items():
            plan.bars.setdefault(series.resolution, {}).setdefault(contract, {}).update(found)
        self._futures[exchange, name] = plan
        write_future_chain(self.folder, plan, hours)
        return self

    def split(self, ticker: str, day: date | str, ratio: float, *, market: str = "usa") -> Self:
        """From that day on each share has become `ratio` shares (2: two for one; 0.1: one for ten).

        Raises:
            UsageError: A ratio that is not positive.
            DataError: There is no daily or other bar before that day to take the price before the split from.
        """
        if ratio <= 0:
            raise UsageError(f"a split makes more than no shares of one, not {ratio}")
        return self._act(ticker, market, _Action(day_of(day), split=Decimal(str(ratio))))

    def dividend(self, ticker: str, day: date | str, amount: float, *, market: str = "usa") -> Self:
        """On that day the share trades without a dividend of this amount a share for the first time.

        Raises:
            DataError: As with `split`.
        """
        return self._act(ticker, market, _Action(day_of(day), dividend=Decimal(str(amount))))

    def gap(self, ticker: str, start: date | datetime | str, end: date | datetime | str, *, market: str = "") -> Self:
        """Takes away what was built of a ticker from `start` up to `end`; a day alone as the end is taken away whole.

        Raises:
            DataError: Nothing was built there.
        """
        if any(name == ticker.upper() for _, name in self._futures):
            raise UsageError(f"futures have no gaps; build {ticker.upper()} by a future_chain for each part")
        first, last = moment_of(start), moment_of(end)
        if not has_time(end):
            last += timedelta(days=1)
        removed = 0
        for series in list(self._series.values()):
            if series.ticker == ticker.upper() and market.lower() in ("", series.market):
                days = {moment.date() for moment in series.rows}
                inside = [moment for moment in series.rows if first <= moment < last]
                for moment in inside:
                    del series.rows[moment]
                removed += len(inside)
                self._write(series, days)
        if not removed:
            raise DataError(f"nothing of {ticker} was built from {first} to {last}, so there is nothing to take away")
        return self

    def trading_days(self, start: date | str, *, security_type: str = "equity", market: str = "") -> Iterator[date]:
        """The market's trading days from a day on."""
        kind = security_type.lower()
        hours = self._entry(kind, market.lower() or _MARKETS[kind], "")
        day = day_of(start)
        while True:
            if hours.is_trading_day(day):
                yield day
            day += timedelta(days=1)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _of(self, ticker: str, resolution: str, security_type: str, market: str, tick_type: str) -> _Series:
        kind, span = security_type.lower(), resolution.lower()
        if kind not in _MARKETS:
            raise UsageError(f"no data is built for '{security_type}' yet; there are {', '.join(_MARKETS)}")
        if span not in _STEPS:
            raise UsageError(f"'{resolution}' is no resolution of bars; there are {', '.join(_STEPS)}")
        key = (kind, market.lower() or _MARKETS[kind], ticker.upper(), span, tick_type)
        return self._series.setdefault(key, _Series(*key))

    def _entry(self, kind: str, market: str, ticker: str) -> MarketHoursEntry:
        keys = [f"{kind.capitalize()}-{market}-{name}" for name in (ticker.upper(), "[*]")]
        return self._hours.entry(next((key for key in keys if key in self._hours), keys[-1]))

    def _moments(self, series: _Series, start: date | datetime | str) -> Iterator[datetime]:
        hours = self._entry(series.kind, series.market, series.ticker)
        first, step = moment_of(start), _STEPS[series.resolution]
        resolution_is_short = series.resolution != "daily"  # the exchange's day may begin on another of the data's
        day = first.date() - timedelta(days=resolution_is_short)
        while day <= _END_OF_TIME:
            if hours.is_trading_day(day):
                if series.resolution == "daily":
                    yield datetime.combine(day, time())
                else:
                    bars = (in_data_zone(hours, moment) for moment in session(hours, day, step))
                    yield from (moment for moment in bars if moment >= first)
            day += timedelta(days=1)

    def _write(self, series: _Series, days: Iterable[date] = ()) -> Self:
        moments = sorted(series.rows)
        parts: dict[date | None, list[datetime]] = {day: [] for day in days}
        if is_whole_history(series.resolution):
            parts = {None: moments}
        else:
            for moment in moments:
                parts.setdefault(moment.date(), []).append(moment)
        for day, chosen in parts.items():
            self._write_part(series, day, chosen)
        if series.kind == "equity":
            self._write_corporate(series.market, series.ticker)
            self._write_chains(series.market, series.ticker)
        return self

    def _write_part(self, series: _Series, day: date | None, moments: list[datetime]) -> None:
        names = (series.kind, series.market, series.resolution, series.ticker, series.tick_type)
        file = zip_path(self.folder, *names, day)
        if not moments:
            file.unlink(missing_ok=True)
            return
        times = np.array(moments, dtype="datetime64[us]")
        columns = np.array([series.rows[moment] for moment in moments], dtype=float).T
        scale = price_scale(series.kind)
        if series.tick_type == "trade":
            lines = trade_bar_lines(TradeBarColumns(times, *columns), day, scale)
        else:
            lines = quote_bar_lines(QuoteBarColumns(times, *columns), day, scale)
        write_zip(file, {entry_name(series.kind, series.resolution, series.ticker, series.tick_type, day): lines})

    def _act(self, ticker: str, market: str, action: _Action) -> Self:
        actions = self._actions.setdefault(("equity", market, ticker.upper()), [])
        actions.append(action)
        actions.sort(key=lambda one: one.day)
        self._write_corporate(market, ticker.upper())
        return self

    def _write_corporate(self, market: str, ticker: str) -> None:
        """Map and factor file; factors are 1 after the last action and multiply up backwards in time, as in LEAN's."""
        rows = [FactorRow(_END_OF_TIME, Decimal(1), Decimal(1))]
        for action in reversed(self._actions.get(("equity", market, ticker), [])):
            before, close = self._close_before(market, ticker, action.day)
            newer = rows[-1]
            price = newer.price_factor * (close - action.dividend) / close
            rows.append(FactorRow(before, price, newer.split_factor / action.split, close))
        rows.append(FactorRow(_BEGINNING, rows[-1].price_factor, rows[-1].split_factor, Decimal(1)))
        folder = self.folder / "equity" / market
        write_factor_file(folder / "factor_files" / f"{ticker.lower()}.csv", rows[::-1])
        exchange = [MapRow(_BEGINNING, ticker, "P"), MapRow(_END_OF_TIME, ticker, "P")]
        write_map_file(folder / "map_files" / f"{ticker.lower()}.csv", exchange)

    def _option_bars(self, market: str, ticker: str) -> dict[str, dict[datetime, tuple[float, ...]]]:
        """The stock's bars by resolution, as far as options have them."""
        keys = {span: ("equity", market, ticker, span, "trade") for span in _OPTION_RESOLUTIONS}
        known = {span: self._series[key].rows for span, key in keys.items() if key in self._series}
        return {span: rows for span, rows in known.items() if rows}

    def _write_chains(self, market: str, ticker: str) -> None:
        plans, bars = self._chains.get((market, ticker), []), self._option_bars(market, ticker)
        if not plans or not bars:
            return
        first = min(min(rows) for rows in bars.values()).date()
        hours = self._entry("equity", market, ticker)
        before = next(day for day in backwards(first) if hours.is_trading_day(day))
        for pattern in (ticker.lower(), f"{ticker.lower()}_*"):
            for old in (self.folder / "option" / market).glob(f"*/{pattern}"):
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        write_chains(self.folder, market, ticker, plans, bars, _STEPS, before)

    def _close_before(self, market: str, ticker: str, day: date) -> tuple[date, Decimal]:
        """The last trading day before an action that has a bar, and its close."""
        found: list[tuple[datetime, float]] = []
        for series in self._series.values():
            if (series.kind, series.market, series.ticker, series.tick_type) == ("equity", market, ticker, "trade"):
                before = [moment for moment in series.rows if moment.date() < day]
                found += [(max(before), series.rows[max(before)][3])] if before else []
        if not found:
            raise DataError(f"build bars of {ticker} before {day} first: what happens then is told by the price before")
        moment, close = max(found)
        return moment.date(), Decimal(str(close))
