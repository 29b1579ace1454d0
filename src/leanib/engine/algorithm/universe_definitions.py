"""`self.universe`: ready-made universes (`Algorithm/UniverseDefinitions.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol

from leanib.engine.market.universe import UNCHANGED, Universe, UniverseSettings
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Market, SecurityIdentifier, SecurityType, Symbol
from leanib.engine.universes.constituents import ETFConstituentsUniverseFactory
from leanib.engine.universes.fundamental import FundamentalUniverse

if TYPE_CHECKING:
    from leanib.engine.universes.fundamental_data import Fundamental

__all__ = ["DollarVolumeUniverseDefinitions", "UniverseDefinitions"]


class _Algorithm(Protocol):
    universe_settings: UniverseSettings
    brokerage_model: Any

    @property
    def time(self) -> datetime: ...


class DollarVolumeUniverseDefinitions(LeanObject):
    """Universes by dollar volume, by LEAN's older name."""

    def __init__(self, definitions: UniverseDefinitions) -> None:
        self._definitions = definitions

    def top(self, count: int, universe_settings: UniverseSettings | None = None) -> Universe:
        """The equities with the most dollar volume."""
        return self._definitions.top(count, universe_settings)


class UniverseDefinitions(LeanObject):
    """Makes universes for an algorithm."""

    UNCHANGED = UNCHANGED
    unchanged = UNCHANGED

    def __init__(self, algorithm: _Algorithm) -> None:
        self._algorithm = algorithm
        self.dollar_volume = DollarVolumeUniverseDefinitions(self)

    def etf(self, etf: str | Symbol, *arguments: object, **options: object) -> Universe:
        """`etf(ticker or symbol, [market,] [universe_settings,] [filter])`: what an ETF holds, filtered."""
        market, settings, chosen = self._arguments(arguments, options)
        symbol = etf if isinstance(etf, Symbol) else self._equity(etf, market)
        return ETFConstituentsUniverseFactory(symbol, settings, chosen)

    def index(self, index: str | Symbol, *arguments: object, **options: object) -> Universe:
        """`index(ticker or symbol, [market,] [universe_settings,] [filter])`: what an index consists of, filtered."""
        market, settings, chosen = self._arguments(arguments, options)
        if not isinstance(index, Symbol):
            index = Symbol.create(index, SecurityType.INDEX, market or self._default_market(SecurityType.INDEX))
        return ETFConstituentsUniverseFactory(index, settings, chosen)

    @property
    def qc500(self) -> Universe:
        """The holdings of SPY."""
        return self.etf(Symbol.create("SPY", SecurityType.EQUITY, Market.USA))

    qc_500 = qc500

    def top(self, count: int, universe_settings: UniverseSettings | None = None) -> Universe:
        """The equities with the most dollar volume."""

        def select(points: Iterable[Fundamental]) -> list[Symbol]:
            ranked = sorted(points, key=attrgetter("dollar_volume"), reverse=True)
            return [point.symbol for point in ranked[:count]]

        return FundamentalUniverse.usa(select, universe_settings or self._algorithm.universe_settings)

    def _arguments(
        self, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[str | None, UniverseSettings, Any]:
        values = [*arguments, *options.values()]
        market = next((value for value in values if isinstance(value, str)), None)
        settings = next((value for value in values if isinstance(value, UniverseSettings)), None)
        return market, settings or self._algorithm.universe_settings, next(filter(callable, values), None)

    def _equity(self, ticker: str, market: str | None) -> Symbol:
        home = market or self._default_market(SecurityType.EQUITY)
        identifier = SecurityIdentifier.generate_equity(
            ticker, home, True, mapping_resolve_date=self._algorithm.time.date()
        )
        return Symbol(identifier, ticker)

    def _default_market(self, security_type: SecurityType) -> str:
        market: str = self._algorithm.brokerage_model.default_markets.get(security_type, Market.USA)
        return market
