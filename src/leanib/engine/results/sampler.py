"""The charts that every run has, sampled as LEAN samples them (`Engine/Results/BaseResultsHandler.cs`).

Once a time step the equity's candle is updated, every few minutes it becomes a point; once a day, at midnight of the
algorithm's time zone, everything else is sampled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from leanib.engine.charting import Candlestick, CandlestickSeries, Chart, Series, SeriesType
from leanib.engine.numbers import ZERO, round_decimal, smart_rounding, to_decimal
from leanib.engine.results.daily_charts import EQUITY, RETURN, STRATEGY_EQUITY, DailyCharts, Standing
from leanib.engine.statistics import CapacityEstimate

if TYPE_CHECKING:
    from leanib.engine.core.parts import ToldStrategy
    from leanib.engine.securities import Security

__all__ = ["Sampler"]

_SAMPLES = 4000
_LEAST_PERIOD = timedelta(minutes=4)
_MOST_PRICES = 30
_EPOCH = datetime(1970, 1, 1)


class _EquityCandle:
    """The range of the portfolio's value since the last sample; floats, because it is updated every time step."""

    __slots__ = ("high", "low", "open")

    def __init__(self, value: float) -> None:
        self.open = self.high = self.low = value


class Sampler:
    """Fills the charts from a running algorithm.

    `prices` keeps, for the report, the price (at seconds since 1970, UTC) of the first thirty securities and of what is
    held, at every sample of the equity.
    """

    def __init__(self, algorithm: ToldStrategy, starting_portfolio_value: Decimal, capacity: CapacityEstimate) -> None:
        equity = Chart(STRATEGY_EQUITY)
        equity.add_series(CandlestickSeries(EQUITY, 0, "$"))
        equity.add_series(Series(RETURN, SeriesType.BAR, 1, "%"))
        self.charts: dict[str, Chart] = {STRATEGY_EQUITY: equity}
        self.prices: dict[str, list[tuple[float, float]]] = {}
        self.starting_portfolio_value = starting_portfolio_value
        self.resample_period = max((algorithm.end_date - algorithm.start_date) / _SAMPLES, _LEAST_PERIOD)
        self._algorithm = algorithm
        self._portfolio = algorithm.portfolio
        self._capacity = capacity
        self._days = DailyCharts(algorithm, self.charts, starting_portfolio_value)
        self._candle: _EquityCandle | None = None
        self._next_sample = datetime(1, 1, 1)

    @property
    def portfolio_value(self) -> Decimal:
        """What the portfolio is worth now."""
        value: Decimal = self._portfolio.total_portfolio_value_decimal
        return value

    def on_warmup_finished(self) -> None:
        """Take the portfolio's value after warm-up as the start: only now are prices and rates known."""
        value = self.portfolio_value
        if value == self.starting_portfolio_value:
            return
        self.starting_portfolio_value = value
        self._days.begin(value)
        self._candle = None

    @property
    def next_time(self) -> datetime:
        """After what time the next sample of the equity is due (UTC)."""
        return self._next_sample

    def take_values(self, first: float, highest: float, lowest: float) -> None:
        """Take in several time steps at which no sample was due."""
        candle = self._candle
        if candle is None:
            candle = self._candle = _EquityCandle(first)
        candle.high = max(candle.high, highest)
        candle.low = min(candle.low, lowest)

    def update(self, time: datetime, force: bool = False) -> bool:
        """Take in a time step (UTC); whether a sample of the equity was due and taken."""
        value, candle = self._portfolio.approximate_value(), self._candle
        if candle is None:
            self._candle = _EquityCandle(value)
        elif value:
            if value > candle.high:
                candle.high = value
            elif value < candle.low:
                candle.low = value
        if time <= self._next_sample and not force:
            return False
        self.take_equity(time, self.portfolio_value, ((s.symbol.value, s.price) for s in self.priced_securities()))
        return True

    def take_equity(self, time: datetime, value: Decimal, prices: Iterable[tuple[str, float]]) -> None:
        """A sample of the equity at a UTC time; `prices` are those of `priced_securities`, by ticker."""
        self._next_sample = time + self.resample_period
        self._sample_equity(time, value)
        if self._algorithm.is_warming_up:
            return
        seconds, kept = (time - _EPOCH).total_seconds(), self.prices
        for ticker, price in prices:
            if price:
                kept.setdefault(ticker, []).append((seconds, price))

    def priced_securities(self) -> list[Security]:
        """The securities whose prices the report shows: the first thirty, and what is held."""
        first = list(islice(self._algorithm.securities.values(), _MOST_PRICES))
        return first + [security for security in self._portfolio.held_securities if security not in first]

    def sample(self, time: datetime) -> None:
        """The daily sample of everything, at a UTC time."""
        portfolio, value = self._portfolio, self.portfolio_value
        held = portfolio.positions.with_quantity
        worths = [(security.symbol.security_type, security.holdings.holdings_value_decimal) for security in held]
        margins = []
        for group in portfolio.positions.groups if value else ():
            used = group.buying_power_model.get_reserved_buying_power_for_position_group(portfolio, group)
            margins.append((", ".join(position.symbol.value for position in group.positions), to_decimal(used)))
        benchmark, capacity = self._benchmark_value(time), self._capacity.capacity
        self.take_day(time, value, benchmark, capacity, standing=self.standing(), worths=worths, margins=margins)

    def standing(self) -> Standing:
        """What only trades change, as it is now."""
        return Standing.of(self._algorithm)

    def take_day(
        self,
        time: datetime,
        value: Decimal,
        benchmark: Decimal,
        capacity: Decimal,
        *,
        standing: Standing,
        worths: Sequence[tuple[Any, Decimal]],
        margins: Sequence[tuple[str, Decimal]],
    ) -> None:
        """The daily sample of a portfolio.

        Args:
            time: When (UTC).
            value: What all of it is worth.
            benchmark: The benchmark's value.
            capacity: How much money the strategy could carry.
            standing: What only trades change.
            worths: What each holding is worth, with its kind.
            margins: What each holding ties up, by its name.
        """
        exact = float(value)
        self.take_values(exact, exact, exact)
        self._sample_equity(time, value)
        days = self._days
        days.add_worth(time, value, benchmark, standing.sales)
        if value:
            days.add_exposure(time, value, worths, standing.kinds)
        days.add_capacity(time, capacity)
        if value:
            days.add_turnover(time, value, standing.total_sales)
            days.add_margins(time, value, margins)

    def _benchmark_value(self, time: datetime) -> Decimal:
        benchmark = self._algorithm.benchmark
        return ZERO if benchmark is None else smart_rounding(to_decimal(benchmark.evaluate(time)))

    def add_updates(self, charts: Iterator[Chart]) -> None:
        """Append the points that the algorithm has plotted since the last call."""
        for update in charts:
            chart = self.charts.setdefault(update.name, update.clone_empty())
            for name, series in update.series.items():
                if not series.values:
                    continue
                known = chart.try_add_and_get_series(name, series)
                if series.series_type == SeriesType.PIE and isinstance(series, Series):
                    known.add_point(series.consolidate_chart_points())
                else:
                    known.values.extend(series.values)

    def _sample_equity(self, time: datetime, value: Decimal) -> None:
        candle = self._candle or _EquityCandle(float(value))
        self._candle = None
        if self._algorithm.is_warming_up:
            return
        extremes = (round(candle.open, 4), round(candle.high, 4), round(candle.low, 4))
        point = Candlestick.of_rounded(time, *extremes, smart_rounding(round_decimal(value, 4)))
        values = self._days.series(STRATEGY_EQUITY, EQUITY, SeriesType.CANDLE, "$").values
        if not values or time > values[-1].time:
            values.append(point)
