"""The charts that every run has, sampled as LEAN samples them (`Engine/Results/BaseResultsHandler.cs`).

Once a time step the equity's candle is updated, every few minutes it becomes a point; once a day, at midnight of the
algorithm's time zone, everything else is sampled.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from leanib.engine.charting import BaseSeries, Candlestick, CandlestickSeries, Chart, ChartPoint, Series, SeriesType
from leanib.engine.numbers import ZERO, round_decimal, round_to_significant_digits, smart_rounding, to_decimal
from leanib.engine.statistics import CapacityEstimate, Statistics
from leanib.engine.symbols import SecurityType

if TYPE_CHECKING:
    from leanib.engine.core.parts import ToldStrategy

__all__ = [
    "BENCHMARK",
    "EQUITY",
    "PORTFOLIO_MARGIN",
    "PORTFOLIO_TURNOVER",
    "RETURN",
    "STRATEGY_EQUITY",
    "Sampler",
]

STRATEGY_EQUITY = "Strategy Equity"
EQUITY = "Equity"
RETURN = "Return"
BENCHMARK = "Benchmark"
DRAWDOWN = "Drawdown"
EXPOSURE = "Exposure"
CAPACITY = "Capacity"
PORTFOLIO_TURNOVER = "Portfolio Turnover"
PORTFOLIO_MARGIN = "Portfolio Margin"
ASSETS_SALES_VOLUME = "Assets Sales Volume"

_SAMPLES = 4000
_LEAST_PERIOD = timedelta(minutes=4)
_LARGEST_HOLDINGS = 30
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
        self._daily_value = self._highest_value = starting_portfolio_value
        self._candle: _EquityCandle | None = None
        self._next_sample = datetime(1, 1, 1)
        self._sales_volumes = (ZERO, ZERO)
        self._last_turnover_time: datetime | None = None
        self._margins_used: list[BaseSeries] = []  # of what was held at the last sample

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
        self.starting_portfolio_value = self._daily_value = self._highest_value = value
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
        self._next_sample = time + self.resample_period
        self._sample_equity(time, self.portfolio_value)
        self._sample_prices(time)
        return True

    def sample(self, time: datetime) -> None:
        """The daily sample of everything, at a UTC time."""
        value = self.portfolio_value
        self._highest_value = max(value, self._highest_value)
        self.take_values(float(value), float(value), float(value))
        self._sample_equity(time, value)
        self.add_value(BENCHMARK, BENCHMARK, SeriesType.LINE, time, self._benchmark_value(time))
        performance = ZERO
        if self._daily_value:
            performance = round_decimal((value - self._daily_value) * 100 / self._daily_value, 10)
        self.add_value(STRATEGY_EQUITY, RETURN, SeriesType.BAR, time, performance, "%")
        if self._highest_value:
            drawdown = Statistics.drawdown_percent(value, self._highest_value)
            self.add_value(DRAWDOWN, "Equity Drawdown", SeriesType.LINE, time, drawdown, "%")
        self._sample_sales_volume(time)
        if value:
            self._sample_exposure(time, value)
        self.add_value(CAPACITY, "Strategy Capacity", SeriesType.LINE, time, self._capacity.capacity)
        if value:
            self._sample_turnover(time, value)
            self._sample_margin(time, value)
        self._daily_value = value

    def _benchmark_value(self, time: datetime) -> Decimal:
        benchmark = self._algorithm.benchmark
        return ZERO if benchmark is None else smart_rounding(to_decimal(benchmark.evaluate(time)))

    def add_value(
        self, chart: str, series: str, kind: SeriesType, time: datetime, value: Decimal, unit: str = "$"
    ) -> None:
        """Add a point, unless the algorithm warms up or the series has a point at or after that time."""
        # A sample taken while warming up would skew the statistics.
        if not self._algorithm.is_warming_up:
            self._add(chart, series, kind, ChartPoint(time, value), unit)

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

    def _add(self, chart_name: str, name: str, kind: SeriesType, point: Any, unit: str) -> None:
        chart = self.charts.get(chart_name)
        if chart is None:
            chart = self.charts[chart_name] = Chart(chart_name)
        series = chart.series.get(name)
        if series is None:
            series = chart.series[name] = BaseSeries.create(kind, name, 0, unit)
        values = series.values
        if not values or point.time > values[-1].time:
            values.append(point)
        elif chart_name == PORTFOLIO_TURNOVER:  # of a time that is sampled twice: the later one
            series.add_point(point)

    def _sample_equity(self, time: datetime, value: Decimal) -> None:
        candle = self._candle or _EquityCandle(float(value))
        self._candle = None
        if self._algorithm.is_warming_up:
            return
        extremes = (round(candle.open, 4), round(candle.high, 4), round(candle.low, 4))
        point = Candlestick.of_rounded(time, *extremes, smart_rounding(round_decimal(value, 4)))
        self._add(STRATEGY_EQUITY, EQUITY, SeriesType.CANDLE, point, "$")

    def _sample_prices(self, time: datetime) -> None:
        if self._algorithm.is_warming_up:
            return
        seconds = (time - _EPOCH).total_seconds()
        held = set(self._portfolio.held_securities)
        for security in islice(self._algorithm.securities.values(), _MOST_PRICES):
            held.discard(security)
            if price := security.price:
                self.prices.setdefault(security.symbol.value, []).append((seconds, price))
        for security in self._portfolio.held_securities if held else ():
            if security in held and (price := security.price):
                self.prices.setdefault(security.symbol.value, []).append((seconds, price))

    def _sample_sales_volume(self, time: datetime) -> None:
        volumes = [
            (volume, security.symbol)
            for security in self._algorithm.securities.values()
            if (volume := security.holdings.total_sale_volume_decimal)
        ]
        volumes.sort(key=itemgetter(0), reverse=True)
        for volume, symbol in volumes[:_LARGEST_HOLDINGS]:
            self.add_value(ASSETS_SALES_VOLUME, symbol.value, SeriesType.TREEMAP, time, volume)

    def _sample_exposure(self, time: datetime, portfolio_value: Decimal) -> None:
        """The sum of long and of short holdings by security type, as a fraction of the portfolio."""
        longs: dict[SecurityType, Decimal] = {}
        shorts: dict[SecurityType, Decimal] = {}
        for kind in dict.fromkeys([s.symbol.security_type for s in self._algorithm.securities.values()]):
            longs[kind] = shorts[kind] = ZERO
        for security in self._portfolio.positions.with_quantity:
            kind, value = security.symbol.security_type, security.holdings.holdings_value_decimal
            if value > ZERO:
                longs[kind] += value
            elif value:
                shorts[kind] += value
        for side, sums in (("Long", longs), ("Short", shorts)):
            for kind, total in sums.items():
                ratio = round_decimal(total / portfolio_value, 4) if total else ZERO
                self.add_value(EXPOSURE, _ratio_name(kind, side), SeriesType.LINE, time, ratio, "")

    def _sample_turnover(self, time: datetime, portfolio_value: Decimal) -> None:
        """What was traded since the last day, as a fraction of the portfolio."""
        if self._algorithm.start_date == self._algorithm.time_zone.to_local(time):
            return  # the first sample is taken at the start; a day has to pass first
        before_last, last = self._sales_volumes
        total = self._portfolio.total_sale_volume_decimal
        base = before_last if self._last_turnover_time == time else last
        self._sales_volumes = (last, total)
        self._last_turnover_time = time
        turnover = (total - base) / portfolio_value
        self.add_value(PORTFOLIO_TURNOVER, PORTFOLIO_TURNOVER, SeriesType.LINE, time, turnover, "%")

    def _sample_margin(self, time: datetime, portfolio_value: Decimal) -> None:
        """The buying power that each holding reserves, in percent of the portfolio."""
        chart = self.charts.get(PORTFOLIO_MARGIN)
        if chart is None:
            chart = self.charts[PORTFOLIO_MARGIN] = Chart(PORTFOLIO_MARGIN)
            chart.legend_disabled = True
        used_now: list[BaseSeries] = []
        for group in self._portfolio.positions.groups:
            used = group.buying_power_model.get_reserved_buying_power_for_position_group(self._portfolio, group)
            share = round_to_significant_digits(to_decimal(used) / portfolio_value, 4) * 100
            name = ", ".join(position.symbol.value for position in group.positions)
            series = self._margin_series(chart, name)
            series.add_point(ChartPoint(time, share))
            used_now.append(series)
        for series in self._margins_used:
            if series.values[-1].time != time:
                series.add_point(ChartPoint(time, None))
            elif series not in used_now:
                used_now.append(series)
        self._margins_used = used_now

    @staticmethod
    def _margin_series(chart: Chart, name: str) -> BaseSeries:
        series = chart.series.get(name)
        if series is None:
            series = chart.series[name] = Series(name, SeriesType.BAR, 0, "%")
            series.tooltip = "{SERIES_NAME}: {VALUE}%"
            series.index_name = "Margin Used (%)"
        return series


@cache
def _ratio_name(kind: SecurityType, side: str) -> str:
    return f"{kind.lean_name} - {side} Ratio"
