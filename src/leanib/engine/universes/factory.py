"""What the many forms of `add_universe` mean (`QCAlgorithm.Universe.cs`, `QCAlgorithm.Python.cs`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

from leanib.engine.market import SubscriptionDataConfig
from leanib.engine.market.universe import Universe, UniverseSettings, UserDefinedUniverse
from leanib.engine.symbols import Market, Resolution, SecurityType, Symbol
from leanib.engine.universes.func import FuncUniverse, to_selection
from leanib.engine.universes.fundamental import (
    CoarseFundamentalUniverse,
    FundamentalFilteredUniverse,
    FundamentalUniverse,
    FundamentalUniverseFactory,
)
from leanib.engine.universes.fundamental_data import CoarseFundamental, Fundamental
from leanib.errors import UsageError

if TYPE_CHECKING:
    from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase
    from leanib.engine.market import BaseData

__all__ = ["make_universe"]

_FUNDAMENTAL = (CoarseFundamental, Fundamental, FundamentalUniverse)
_counter = count(1)


class UniverseOwner(Protocol):
    """Who adds the universe: what it asks of an algorithm."""

    universe_settings: UniverseSettings
    market_hours_database: MarketHoursDatabase


def make_universe(algorithm: UniverseOwner, arguments: Sequence[Any], options: Mapping[str, Any]) -> Universe:
    """The universe that `add_universe(*arguments, **options)` asks for."""
    values = [*arguments, *(value for value in options.values() if value is not None)]
    if not values:
        raise UsageError("add_universe() needs a universe, a selector function or a class of data")
    first = values[0]
    if isinstance(first, Universe):
        return first if len(values) == 1 else FundamentalFilteredUniverse(first, values[1])
    if isinstance(first, type):
        return _of_data(algorithm, first, values[1:])
    if isinstance(first, str | SecurityType):
        return _of_tickers(algorithm, values)
    if hasattr(first, "select_symbols") or hasattr(first, "SelectSymbols"):
        raise UsageError(f"add_universe() got a {type(first).__name__}; derive it from Universe")
    return _of_fundamentals(algorithm, values)


def _of_fundamentals(algorithm: UniverseOwner, values: list[Any]) -> Universe:
    if len(values) == 1:
        return FundamentalUniverseFactory(Market.USA, None, values[0])
    first, selector = values[:2]
    if hasattr(first, "get_dates"):
        settings = UniverseSettings(algorithm.universe_settings)
        settings.schedule.on(first)
        return FundamentalUniverseFactory(Market.USA, settings, selector)
    coarse = CoarseFundamentalUniverse(algorithm.universe_settings, first)
    return FundamentalFilteredUniverse(coarse, selector)


class _Arguments:
    """Arguments by what they are."""

    def __init__(self, values: Sequence[Any]) -> None:
        texts = [value for value in values if isinstance(value, str)]
        self.name: str | None = texts[0] if texts else None
        self.market = texts[1] if len(texts) > 1 else Market.USA
        self.security_type = _first(values, SecurityType) or SecurityType.EQUITY
        self.resolution: Resolution | None = _first(values, Resolution)
        self.settings: UniverseSettings | None = _first(values, UniverseSettings)
        known = (str, SecurityType, Resolution, UniverseSettings)
        self.selector = next((value for value in values if callable(value) and not isinstance(value, known)), None)


def _first(values: Sequence[Any], kind: type) -> Any:
    return next((value for value in values if isinstance(value, kind)), None)


def _of_data(algorithm: UniverseOwner, kind: type, values: list[Any]) -> Universe:
    asked = _Arguments(values)
    if kind in _FUNDAMENTAL:
        selector = asked.selector or _symbols_of
        return FundamentalUniverseFactory(asked.market, asked.settings, selector)
    name = asked.name or f"{kind.__name__}-{asked.market}-{next(_counter):010d}"
    symbol = Symbol.create(name, SecurityType.BASE, asked.market, base_data_type=kind)
    entry = algorithm.market_hours_database.get_entry(symbol, [kind])
    config = SubscriptionDataConfig(
        kind,
        symbol,
        asked.resolution or Resolution.DAILY,
        entry.data_time_zone,
        entry.exchange_hours.time_zone,
        fill_forward=False,
        is_internal_feed=True,
        is_custom=True,
        is_filtered_subscription=False,
    )
    return FuncUniverse(config, asked.settings, asked.selector, asked.security_type, kind)


def _symbols_of(points: Iterable[BaseData]) -> list[Symbol]:
    return [point.symbol for point in points]


def _of_tickers(algorithm: UniverseOwner, values: list[Any]) -> Universe:
    asked = _Arguments(values)
    if asked.name is None or asked.selector is None:
        raise UsageError("add_universe(name, selector) needs a name and a function from a time to tickers")
    resolution = asked.resolution or Resolution.DAILY
    kind, market, selector = asked.security_type, asked.market, asked.selector
    entry = algorithm.market_hours_database.get_entry(market, asked.name, kind)
    config = SubscriptionDataConfig(
        Fundamental,
        Symbol.create(asked.name, kind, market),
        resolution,
        entry.data_time_zone,
        entry.exchange_hours.time_zone,
        fill_forward=False,
        is_internal_feed=True,
        is_filtered_subscription=False,
    )
    return UserDefinedUniverse(
        config,
        asked.settings or algorithm.universe_settings,
        resolution.to_time_span(),
        lambda time: to_selection(selector(time), kind, market),
    )
