"""The points that a day's sample adds to the charts (`Engine/Results/BaseResultsHandler.cs`, Sample)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from leanib.engine.charting import BaseSeries, Chart, ChartPoint, Series, SeriesType
from leanib.engine.numbers import ZERO, round_decimal, round_to_significant_digits, smart_rounding
from leanib.engine.statistics import Statistics
from leanib.engine.symbols import SecurityType

if TYPE_CHECKING:
    from leanib.engine.core.parts import ToldStrategy

__all__ = [
    "ASSETS_SALES_VOLUME",
    "BENCHMARK",
    "CAPACITY",
    "DRAWDOWN",
    "EQUITY",
    "EXPOSURE",
    "PORTFOLIO_MARGIN",
    "PORTFOLIO_TURNOVER",
    "RETURN",
    "STRATEGY_EQUITY",
    "DailyCharts",
    "Standing",
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

_LARGEST_HOLDINGS = 30


class Standing(NamedTuple):
    """What stays as it is while nothing is traded.

    Attributes:
        sales: the tickers of the assets that were sold most, with how much of them.
        total_sales: how much of all was sold.
        kinds: the kinds of securities that there are.
    """

    sales: list[tuple[str, Decimal]]
    total_sales: Decimal
    kinds: list[SecurityType]

    @classmethod
    def of(cls, algorithm: ToldStrategy) -> Standing:
        """As an algorithm stands now."""
        securities = list(algorithm.securities.values())
        volumes = [
            (security.symbol.value, volume)
            for security in securities
            if (volume := security.holdings.total_sale_volume_decimal)
        ]
        volumes.sort(key=itemgetter(1), reverse=True)
        kinds = list(dict.fromkeys([security.symbol.security_type for security in securities]))
        return cls(volumes[:_LARGEST_HOLDINGS], algorithm.portfolio.total_sale_volume_decimal, kinds)


class DailyCharts:
    """Adds a day's points; `charts` is the run's, which others fill too."""

    def __init__(self, algorithm: ToldStrategy, charts: dict[str, Chart], starting_value: Decimal) -> None:
        self._algorithm = algorithm
        self._charts = charts
        self._value = self._highest = starting_value
        self._sales_volumes = (ZERO, ZERO)
        self._last_turnover_time: datetime | None = None
        self._margins_used: list[BaseSeries] = []  # of what was held at the last sample
        self._rounded: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}  # the last value of each series
        self._shares: tuple[Any, list[tuple[str, Decimal]]] = (None, [])
        self._exposures: tuple[Any, list[tuple[str, Decimal]]] = (None, [])

    def begin(self, value: Decimal) -> None:
        """The portfolio's value from which on days are compared."""
        self._value = self._highest = value

    def add_worth(self, time: datetime, value: Decimal, benchmark: Decimal, sales: list[tuple[str, Decimal]]) -> None:
        """What the portfolio is worth at a UTC time, and what of its assets has been sold."""
        before, self._value = self._value, value
        self._highest = max(value, self._highest)
        if self._algorithm.is_warming_up:  # a sample taken while warming up would skew the statistics
            return
        self.add(BENCHMARK, BENCHMARK, SeriesType.LINE, time, benchmark)
        performance = round_decimal((value - before) * 100 / before, 10) if before else ZERO
        self.add(STRATEGY_EQUITY, RETURN, SeriesType.BAR, time, performance, "%")
        if self._highest:
            drawdown = Statistics.drawdown_percent(value, self._highest)
            self.add(DRAWDOWN, "Equity Drawdown", SeriesType.LINE, time, drawdown, "%")
        for ticker, volume in sales:
            self.add(ASSETS_SALES_VOLUME, ticker, SeriesType.TREEMAP, time, volume)

    def add_exposure(
        self, time: datetime, value: Decimal, worths: Sequence[tuple[SecurityType, Decimal]], kinds: list[SecurityType]
    ) -> None:
        """The sum of long and of short holdings by security type, as a fraction of the portfolio.

        The same `worths` once more are those of the last time, at the same value.
        """
        if self._algorithm.is_warming_up:
            return
        if worths is not self._exposures[0]:
            self._exposures = worths, _exposures(value, worths, kinds)
        for name, ratio in self._exposures[1]:
            self.add(EXPOSURE, name, SeriesType.LINE, time, ratio, "")

    def add_capacity(self, time: datetime, capacity: Decimal) -> None:
        """How much money the strategy could carry."""
        if not self._algorithm.is_warming_up:
            self.add(CAPACITY, "Strategy Capacity", SeriesType.LINE, time, capacity)

    def add_turnover(self, time: datetime, value: Decimal, total: Decimal) -> None:
        """What was traded since the last day, as a fraction of the portfolio; `total` is all that ever was."""
        if self._algorithm.start_date == self._algorithm.time_zone.to_local(time):
            return  # the first sample is taken at the start; a day has to pass first
        before_last, last = self._sales_volumes
        base = before_last if self._last_turnover_time == time else last
        self._sales_volumes = (last, total)
        self._last_turnover_time = time
        if not self._algorithm.is_warming_up:
            self.add(PORTFOLIO_TURNOVER, PORTFOLIO_TURNOVER, SeriesType.LINE, time, (total - base) / value, "%")

    def add_margins(self, time: datetime, value: Decimal, used: Sequence[tuple[str, Decimal]]) -> None:
        """The buying power that each holding, by its name, reserves, in percent of the portfolio."""
        chart = self._charts.get(PORTFOLIO_MARGIN)
        if chart is None:
            chart = self._charts[PORTFOLIO_MARGIN] = Chart(PORTFOLIO_MARGIN)
            chart.legend_disabled = True
        if used is not self._shares[0]:
            shares = [(name, round_to_significant_digits(amount / value, 4) * 100) for name, amount in used]
            self._shares = used, [(name, smart_rounding(share)) for name, share in shares]
        used_now: list[BaseSeries] = []
        for name, share in self._shares[1]:
            series = _margin_series(chart, name)
            series.add_point(ChartPoint.of_rounded(time, share))
            used_now.append(series)
        for series in self._margins_used:
            if series.values[-1].time != time:
                series.add_point(ChartPoint.of_rounded(time, None))
            elif series not in used_now:
                used_now.append(series)
        self._margins_used = used_now

    def add(
        self, chart_name: str, name: str, kind: SeriesType, time: datetime, value: Decimal, unit: str = "$"
    ) -> None:
        """Add a point, unless the series has one at or after that time."""
        series = self.series(chart_name, name, kind, unit)
        values = series.values
        if not values or time > values[-1].time:
            values.append(ChartPoint.of_rounded(time, self._smart(chart_name, name, value)))
        elif chart_name == PORTFOLIO_TURNOVER:  # of a time that is sampled twice: the later one
            series.add_point(ChartPoint.of_rounded(time, self._smart(chart_name, name, value)))

    def _smart(self, chart_name: str, name: str, value: Decimal) -> Decimal:
        """A value as charts have it; most series have the very value of the day before again."""
        key = (chart_name, name)
        last = self._rounded.get(key)
        if last is None or last[0] is not value:
            last = self._rounded[key] = value, smart_rounding(value)
        return last[1]

    def series(self, chart_name: str, name: str, kind: SeriesType, unit: str) -> BaseSeries:
        """A series of a chart; both are made when there are none."""
        chart = self._charts.get(chart_name)
        if chart is None:
            chart = self._charts[chart_name] = Chart(chart_name)
        series = chart.series.get(name)
        if series is None:
            series = chart.series[name] = BaseSeries.create(kind, name, 0, unit)
        return series


def _exposures(
    value: Decimal, worths: Sequence[tuple[SecurityType, Decimal]], kinds: list[SecurityType]
) -> list[tuple[str, Decimal]]:
    longs, shorts = dict.fromkeys(kinds, ZERO), dict.fromkeys(kinds, ZERO)
    for kind, worth in worths:
        if worth > ZERO:
            longs[kind] += worth
        elif worth:
            shorts[kind] += worth
    return [
        (_ratio_name(kind, side), round_decimal(total / value, 4) if total else ZERO)
        for side, sums in (("Long", longs), ("Short", shorts))
        for kind, total in sums.items()
    ]


@cache
def _ratio_name(kind: SecurityType, side: str) -> str:
    return f"{kind.lean_name} - {side} Ratio"


def _margin_series(chart: Chart, name: str) -> BaseSeries:
    series = chart.series.get(name)
    if series is None:
        series = chart.series[name] = Series(name, SeriesType.BAR, 0, "%")
        series.tooltip = "{SERIES_NAME}: {VALUE}%"
        series.index_name = "Margin Used (%)"
    return series
