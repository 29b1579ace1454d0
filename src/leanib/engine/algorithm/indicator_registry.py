"""Indicators that follow a security's data (`Algorithm/QCAlgorithm.Indicators.cs`, the part without the helpers)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

from leanib.engine.algorithm.candlestick_patterns import CandlestickPatterns
from leanib.engine.algorithm.consolidation import Consolidation, to_symbol
from leanib.engine.algorithm.history import to_symbols
from leanib.engine.algorithm.history_requests import Options
from leanib.engine.consolidators import DataConsolidatorPythonWrapper
from leanib.engine.consolidators.base import ConsolidatorBase
from leanib.engine.dotnet.exceptions import NoMethodMatches, RefusedArgument
from leanib.engine.framework.past import points_of
from leanib.engine.indicators.ahead import BarFeeder
from leanib.engine.indicators.base import IndicatorBase
from leanib.engine.indicators.exact import ExactBar
from leanib.engine.indicators.field import QUOTE_FIELDS, Field
from leanib.engine.indicators.history import IndicatorHistory, IndicatorRecorder
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.python_indicator import PythonIndicator, as_indicator
from leanib.engine.market import QuoteBar, Slice, Tick, TradeBar
from leanib.engine.market.base_data import BaseData
from leanib.engine.market.calendars import convert_time, get_start_time_for_trade_bars, use_daily_strict_end_times
from leanib.engine.orders.file_prices import exact_prices
from leanib.engine.symbols import DataNormalizationMode, Resolution, Symbol
from leanib.engine.symbols.any_symbol import AnySymbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.algorithm.arguments import IndicatorArgument, Period
    from leanib.engine.securities import SecurityManager
    from leanib.engine.timezones import DateTimeZone

__all__ = ["IndicatorRegistry", "Selector", "text"]

Selector = Callable[[Any], Any] | None
Made = TypeVar("Made")

_SHORT = {
    Resolution.TICK: "tick",
    Resolution.SECOND: "sec",
    Resolution.MINUTE: "min",
    Resolution.HOUR: "hr",
    Resolution.DAILY: "day",
}


def text(number: float) -> str:
    """A number as LEAN writes it in names: 2 for 2.0."""
    return f"{number:.15g}"


class IndicatorRegistry(Consolidation):
    """The part of QCAlgorithm that feeds indicators."""

    if TYPE_CHECKING:
        securities: SecurityManager
        history: Any
        history_requests: Any
        get_history: Callable[..., Any]
        time: datetime
        utc_time: datetime
        time_zone: DateTimeZone
        market_hours_database: Any

    def _qc_init_indicators(self) -> None:
        self._qc_init_consolidation()
        self._qc_warned_of_warm_up = False
        self.candlestick_patterns = CandlestickPatterns(cast("QCAlgorithm", self))

    @property
    def enable_automatic_indicator_warm_up(self) -> bool:
        """Another name of `settings.automatic_indicator_warm_up`."""
        return bool(self.settings.automatic_indicator_warm_up)

    @enable_automatic_indicator_warm_up.setter
    def enable_automatic_indicator_warm_up(self, value: bool) -> None:
        self.settings.automatic_indicator_warm_up = value

    def create_indicator_name(self, symbol: AnySymbol | None, type: str, resolution: Resolution | None = None) -> str:
        """A name such as `SMA(14,SPY_min)`."""
        parts = []
        if symbol:
            symbol = to_symbol(symbol)
            parts.append(str(symbol))
            resolution = self._qc_subscription(symbol).resolution if resolution is None else resolution
        parts.append("" if resolution is None else _SHORT[resolution])
        return f"{type}({'_'.join(parts)})".replace(")(", ",")

    def register_indicator(
        self,
        symbol: AnySymbol,
        indicator: object,
        resolution: Period | ConsolidatorBase = None,
        selector: Selector = None,
        **named: Period | ConsolidatorBase,
    ) -> None:
        """Feed an indicator with a security's data, through a consolidator.

        Args:
            symbol: the security.
            indicator: of this package, or the user's own.
            resolution: a Resolution, a timedelta, or a consolidator; None takes the data as they are.
            selector: from a bar to what the indicator takes.
            named: `consolidator`, another name of `resolution`.
        """
        source: Any = named.get("consolidator", resolution)
        symbol, follower = to_symbol(symbol), as_indicator(indicator)
        if isinstance(source, (Resolution, timedelta)) or source is None:
            source = self._qc_base.resolve_consolidator(symbol, source, _wanted_type(follower, selector))
        elif not isinstance(source, ConsolidatorBase):
            source = DataConsolidatorPythonWrapper(source)
        _check_types(symbol, follower, source, selector)
        follower.consolidators.add(source)
        self.subscription_manager.add_consolidator(symbol, source)
        source.data_consolidated += _feeder(follower, selector)

    def deregister_indicator(self, indicator: object) -> None:
        """Feed an indicator no more."""
        follower = as_indicator(indicator)
        for consolidator in follower.consolidators:
            self.subscription_manager.remove_consolidator(None, consolidator)
        follower.consolidators.clear()

    unregister_indicator = deregister_indicator

    def warm_up_indicator(
        self,
        symbol: object,
        indicator: object,
        resolution: Period = None,
        selector: Selector = None,
        **named: Period | ConsolidatorBase,
    ) -> None:
        """Feed an indicator with as much of the past as its `warm_up_period` says.

        The resolution may also be a timedelta, the length of the bars to make.
        """
        follower, period = as_indicator(indicator), named.get("period", resolution)
        if not self._qc_has_warm_up_period(follower):
            return
        if isinstance(period, timedelta):
            self._qc_warm_up_by_span(to_symbols(symbol), follower, period, selector)
        else:
            self._qc_base.indicator_history(follower, symbol, 0, period, selector)

    def indicator_history(
        self, indicator: object, symbol: Any, *arguments: IndicatorArgument, **options: IndicatorArgument
    ) -> IndicatorHistory:
        """An indicator's values over past data, after a reset of the indicator.

        `indicator_history(indicator, symbols, periods | timedelta | start, end, resolution=None, selector=None)` or
        `indicator_history(indicator, slices, selector=None)`.
        """
        follower = as_indicator(indicator)
        symbols = _symbols_or_none(symbol)
        if symbols is None:
            selector = cast("Selector", options.get("selector", arguments[0] if arguments else None))
            return _replay(follower, symbol, selector)
        periods, start, end, resolution, selector = _when(self._qc_base.time, list(arguments), options)
        mode = self._qc_normalization_mode(follower)
        warm_up = follower.warm_up_period or 0
        if periods is not None:
            count = periods + (warm_up - 1 if warm_up > 0 and periods > 0 else warm_up)
            slices = self._qc_past_slices(symbols, count, resolution, mode)
        else:
            first = self._qc_adjusted_start(symbols, start, end, warm_up - 1, resolution)
            slices = self._qc_past_slices(symbols, (first, end), resolution, mode)
        return _replay(follower, slices, selector)

    def _qc_make(
        self,
        kind: Callable[..., Made],
        title: str,
        symbol: AnySymbol,
        resolution: Resolution | None,
        selector: Selector,
        *arguments: IndicatorArgument,
    ) -> Made:
        """A named indicator of a security, initialized."""
        if any(isinstance(argument, Resolution) for argument in arguments):  # where a kind of average belongs
            raise NoMethodMatches(title.partition("(")[0], symbol, *arguments)
        indicator = kind(self._qc_base.create_indicator_name(symbol, title, resolution), *arguments)
        self._qc_initialize_indicator(indicator, resolution, selector, symbol)
        return indicator

    def _qc_initialize_indicator(
        self, indicator: Made, resolution: Period, selector: Selector, *symbols: AnySymbol
    ) -> Any:
        """Register an indicator with securities, and warm it up when the settings say so."""
        for symbol in symbols:
            self._qc_base.register_indicator(symbol, indicator, resolution, selector)
        if self.settings.automatic_indicator_warm_up:
            self._qc_base.warm_up_indicator([to_symbol(symbol) for symbol in symbols], indicator, resolution, selector)
        return indicator

    def _qc_has_warm_up_period(self, indicator: IndicatorBase) -> bool:
        if indicator.warm_up_period is not None:
            return True
        if not self._qc_warned_of_warm_up:
            self._qc_warned_of_warm_up = True
            self._qc_base.debug(
                "Warning: the 'WarmUpIndicator' feature only works with indicators which inherit from "
                "'IIndicatorWarmUpPeriodProvider' and define a warm up period, setting property 'WarmUpPeriod' with a "
                f"value > 0. The provided indicator of type '{type(indicator).__name__}' will not be warmed up."
            )
        return False

    def _qc_past_slices(
        self,
        symbols: list[Symbol],
        when: int | tuple[datetime, datetime],
        resolution: Resolution | None,
        mode: DataNormalizationMode | None = None,
    ) -> Iterable[Slice]:
        """The slices of so many bars before now, or between two times."""
        options = Options(resolution=resolution, data_normalization_mode=mode)
        if isinstance(when, tuple):
            requests = self.history_requests.date_range(symbols, None, *when, options)
        else:
            requests = self.history_requests.bar_count(symbols, None, when, options)
        return self._qc_base.get_history(requests)  # type: ignore[no-any-return]

    def _qc_adjusted_start(
        self, symbols: list[Symbol], start: datetime, end: datetime, bars: int, resolution: Resolution | None
    ) -> datetime:
        """Earlier by as many bars as the indicator needs before it is ready."""
        if bars <= 0:
            return start
        for request in self.history_requests.date_range(symbols, None, start, end, Options(resolution=resolution)):
            hours, span = request.exchange_hours, max(request.resolution.to_time_span(), timedelta(seconds=1))
            strict = use_daily_strict_end_times(
                self.settings.daily_precise_end_time, request.data_type, request.symbol, span, hours
            )
            now = hours.time_zone.to_local(request.start_time_utc)
            extended = request.include_extended_market_hours
            first = get_start_time_for_trade_bars(hours, now, span, bars, extended, request.data_time_zone, strict)
            start = min(start, convert_time(first, hours.time_zone, self._qc_base.time_zone))
        return start

    @staticmethod
    def _qc_normalization_mode(indicator: IndicatorBase) -> Any:
        option = getattr(indicator, "option_symbol", None)
        if option is None or not option.underlying.asset.has_factor_files:
            return None
        return DataNormalizationMode.SCALED_RAW

    def _qc_warm_up_by_span(
        self, symbols: list[Symbol], indicator: IndicatorBase, span: timedelta, selector: Selector
    ) -> None:
        """Consolidate the past to bars of a length."""
        resolution = _higher_resolution(span)
        unit = resolution.to_time_span()
        count = (indicator.warm_up_period or 0) * (span // unit if unit else 1)
        if not count:
            return
        feed = _feeder(indicator, selector)
        consolidators = {symbol: self._qc_past_consolidator(symbol, span, resolution) for symbol in symbols}
        for consolidator in consolidators.values():
            consolidator.data_consolidated += feed
        for each in self._qc_past_slices(symbols, count, resolution, self._qc_normalization_mode(indicator)):
            for symbol, consolidator in consolidators.items():
                data = _data_of(each, symbol, consolidator.input_type)
                if data is not None:
                    consolidator.update(data)
        for symbol, consolidator in consolidators.items():
            if consolidator.working_data is not None:
                consolidator.scan(self._qc_local_time(symbol))

    def _qc_past_consolidator(self, symbol: Symbol, span: timedelta, resolution: Resolution) -> Any:
        config = self._qc_find_subscription(symbol, None)
        if config is not None:
            return self._qc_by_period(symbol, span, config.tick_type)
        kinds = self.subscription_manager.lookup_subscription_config_data_types(symbol.security_type, Resolution.DAILY)
        data_type, tick_type = kinds[0]
        is_unit = resolution.to_time_span() == span
        return self._qc_base.create_consolidator(timedelta(0) if is_unit else span, data_type, tick_type)

    def _qc_local_time(self, symbol: Symbol) -> datetime:
        hours = self.market_hours_database.get_exchange_hours(symbol.id.market, symbol, symbol.security_type)
        return hours.time_zone.to_local(self._qc_base.utc_time)  # type: ignore[no-any-return]


def _wanted_type(indicator: IndicatorBase, selector: Selector) -> type | None:
    """Which data a consolidator for an indicator should take; None for whatever there is."""
    if isinstance(indicator, PythonIndicator):
        return None
    if indicator.takes_points:
        if selector is not None and selector in QUOTE_FIELDS:
            return QuoteBar
        return TradeBar if selector is Field.VOLUME else None
    return indicator.input_type


def _check_types(symbol: Symbol, indicator: IndicatorBase, consolidator: ConsolidatorBase, selector: Selector) -> None:
    """A trade-bar indicator without a selector needs trade bars."""
    wanted, output = indicator.input_type, consolidator.output_type
    if selector is not None or indicator.takes_points or wanted is not TradeBar or issubclass(output, TradeBar):
        return
    raise RefusedArgument(
        f"Type mismatch found between consolidator and indicator for symbol: {symbol}. "
        f"Consolidator outputs type {output.__name__} but indicator expects input type {wanted.__name__}"
    )


def _feeder(indicator: IndicatorBase, selector: Selector) -> Callable[[Any, Any], bool]:
    """What a consolidator calls with its bars."""
    push = indicator.push
    if selector is None:
        return BarFeeder(indicator)
    if indicator.takes_points:
        point = IndicatorDataPoint.of
        return lambda _, bar: push(point(bar.symbol, bar.end_time, float(selector(bar))))
    return lambda _, bar: push(selector(bar))


def _replay(indicator: IndicatorBase, slices: Iterable[Slice], selector: Selector) -> IndicatorHistory:
    """Reset an indicator, and feed it with the past."""
    indicator.reset()
    recorder = IndicatorRecorder(indicator, _exact_bar if selector is None else None)
    indicator.updated += recorder.on_update
    feed = _feeder(indicator, selector)
    kind = _wanted_type(indicator, selector)
    for each in slices:
        for data in points_of(each, kind if kind in (TradeBar, QuoteBar) else None):
            recorder.take(data)
            feed(None, data)
    indicator.updated -= recorder.on_update
    return recorder.history()


def _exact_bar(data: BaseData) -> ExactBar:
    return ExactBar(*exact_prices(data))


def _data_of(slice: Slice, symbol: Symbol, kind: type) -> BaseData | None:
    if kind is QuoteBar:
        return slice.quote_bars.get(symbol)  # type: ignore[no-any-return]
    if kind is TradeBar:
        return slice.bars.get(symbol)  # type: ignore[no-any-return]
    if kind is Tick:
        ticks = slice.ticks.get(symbol)
        return ticks[-1] if ticks else None
    return slice[symbol] if slice.contains_key(symbol) else None


def _higher_resolution(span: timedelta) -> Resolution:
    """The coarsest resolution whose bars make up a length (`ToHigherResolutionEquivalent`)."""
    for resolution in (Resolution.DAILY, Resolution.HOUR, Resolution.MINUTE, Resolution.SECOND):
        if span >= resolution.to_time_span():
            return resolution
    return Resolution.TICK


def _symbols_or_none(given: Any) -> list[Symbol] | None:
    """Symbols; None when slices are given."""
    if isinstance(given, (str, Symbol)) or hasattr(given, "symbol"):
        return to_symbols(given)
    if isinstance(given, (list, tuple, set)) and given and not isinstance(next(iter(given)), Slice):
        return to_symbols(given)
    return None


def _when(now: datetime, rest: list[Any], options: dict[str, Any]) -> tuple[Any, Any, Any, Any, Any]:
    """(periods, start, end, resolution, selector) of an `indicator_history` call."""
    first = next((options.pop(name) for name in ("period", "span", "start") if name in options), None)
    if first is None:
        first = rest.pop(0)
    periods = start = end = None
    if isinstance(first, timedelta):
        start, end = now - first, now
    elif isinstance(first, datetime):
        start, end = first, options.pop("end") if "end" in options else rest.pop(0)
    else:
        periods = int(first)
    resolution = options.pop("resolution", None) if not rest else rest.pop(0)
    selector = options.pop("selector", None) if not rest else rest.pop(0)
    return periods, start, end, resolution, selector
