"""Selection by fundamental data (`Algorithm.Framework/Selection/*Fundamental*.cs`, `QC500...`, `EmaCross...`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.selection.base import UniverseSelectionModel
from leanib.engine.indicators import ExponentialMovingAverage
from leanib.engine.market.universe.universe import UNCHANGED
from leanib.engine.symbols import Market, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market.universe import UniverseSettings
    from leanib.engine.universes.fundamental_data import Fundamental

__all__ = [
    "CoarseFundamentalUniverseSelectionModel",
    "EmaCrossUniverseSelectionModel",
    "FineFundamentalUniverseSelectionModel",
    "FundamentalUniverseSelectionModel",
    "QC500UniverseSelectionModel",
]

Selector = Callable[[Any], Iterable[Symbol]]


class FundamentalUniverseSelectionModel(UniverseSelectionModel):
    """Selects by the fundamental data of US equities: define `select`, or give a selector.

    `FundamentalUniverseSelectionModel([market,] [selector,] universe_settings=None)`; LEAN's older form
    `(filter_fine_data, universe_settings=None)` selects in two steps, `select_coarse` and `select_fine`.
    """

    market = Market.USA
    filter_fine_data: bool | None = None
    universe_settings: Any = None
    _selector: Selector | None = None

    def __init__(self, *arguments: object, universe_settings: UniverseSettings | None = None, **named: Any) -> None:
        self.universe_settings = named.get("universeSettings", universe_settings)
        self.filter_fine_data = named.get("filter_fine_data", named.get("filterFineData"))
        for value in arguments:
            if isinstance(value, bool):
                self.filter_fine_data = value
            elif isinstance(value, str):
                self.market = value
            elif callable(value):
                self._selector = value
            elif value is not None:
                self.universe_settings = value

    def create_universes(self, algorithm: QCAlgorithm) -> Iterator[Any]:
        """One universe."""
        from leanib.engine import universes

        settings = self.universe_settings or algorithm.universe_settings
        if self.filter_fine_data is None:
            yield universes.FundamentalUniverseFactory(
                self.market, settings, lambda points: self.select(algorithm, points)
            )
            return
        universe = self.create_coarse_fundamental_universe(algorithm)
        if self.filter_fine_data:
            universe = universes.FineFundamentalFilteredUniverse(
                universe, lambda points: self.select_fine(algorithm, points)
            )
        yield universe

    def create_coarse_fundamental_universe(self, algorithm: QCAlgorithm) -> Any:
        """The universe of the first step."""
        from leanib.engine.universes import CoarseFundamentalUniverse

        settings = self.universe_settings or algorithm.universe_settings

        def select(points: Iterable[Any]) -> Iterable[Symbol]:
            if self.filter_fine_data:
                points = [point for point in points if point.has_fundamental_data]
            return self.select_coarse(algorithm, points)

        return CoarseFundamentalUniverse(settings, select)

    def select(self, algorithm: QCAlgorithm, fundamental: Iterable[Any]) -> Iterable[Symbol]:
        """The symbols, chosen in one step."""
        if self._selector is None:
            raise NotImplementedError(
                "If inheriting, please override the 'select' fundamental function, else provide it as a constructor "
                "parameter"
            )
        return self._selector(fundamental)

    def select_coarse(self, algorithm: QCAlgorithm, coarse: Iterable[Any]) -> Iterable[Symbol]:
        """The symbols after the first step."""
        raise NotImplementedError("Please override the 'select' fundamental function")

    def select_fine(self, algorithm: QCAlgorithm, fine: Iterable[Any]) -> Iterable[Symbol]:
        """The symbols after the second step."""
        return [point.symbol for point in fine]

    @staticmethod
    def coarse(coarse_selector: Selector) -> CoarseFundamentalUniverseSelectionModel:
        """A model with one function of the coarse data."""
        return CoarseFundamentalUniverseSelectionModel(coarse_selector)

    @staticmethod
    def fine(coarse_selector: Selector, fine_selector: Selector) -> FineFundamentalUniverseSelectionModel:
        """A model with a function of the coarse data and one of the fine data."""
        return FineFundamentalUniverseSelectionModel(coarse_selector, fine_selector)

    @staticmethod
    def fundamental(selector: Selector) -> FundamentalUniverseSelectionModel:
        """A model with one function of the fundamental data."""
        return FundamentalUniverseSelectionModel(selector)


class CoarseFundamentalUniverseSelectionModel(FundamentalUniverseSelectionModel):
    """Selects by a function of the coarse data."""

    def __init__(self, coarse_selector: Selector, universe_settings: UniverseSettings | None = None) -> None:
        super().__init__(False, universe_settings=universe_settings)
        self._coarse_selector = coarse_selector

    def select_coarse(self, algorithm: QCAlgorithm, coarse: Iterable[Any]) -> Iterable[Symbol]:
        """What the function returns."""
        return self._coarse_selector(coarse)


class FineFundamentalUniverseSelectionModel(FundamentalUniverseSelectionModel):
    """Selects by a function of the coarse data, then by one of the fine data."""

    def __init__(
        self, coarse_selector: Selector, fine_selector: Selector, universe_settings: UniverseSettings | None = None
    ) -> None:
        super().__init__(True, universe_settings=universe_settings)
        self._coarse_selector, self._fine_selector = coarse_selector, fine_selector

    def select_coarse(self, algorithm: QCAlgorithm, coarse: Iterable[Any]) -> Iterable[Symbol]:
        """What the first function returns."""
        return self._coarse_selector(coarse)

    def select_fine(self, algorithm: QCAlgorithm, fine: Iterable[Any]) -> Iterable[Symbol]:
        """What the second function returns."""
        return self._fine_selector(fine)


class EmaCrossUniverseSelectionModel(FundamentalUniverseSelectionModel):
    """The securities whose fast average is the most above the slow one."""

    def __init__(
        self,
        fast_period: int = 100,
        slow_period: int = 300,
        universe_count: int = 500,
        universe_settings: UniverseSettings | None = None,
    ) -> None:
        super().__init__(False, universe_settings=universe_settings)
        self._periods, self._count = (fast_period, slow_period), universe_count
        self._averages: dict[Symbol, tuple[ExponentialMovingAverage, ExponentialMovingAverage]] = {}

    def select_coarse(self, algorithm: QCAlgorithm, coarse: Iterable[Any]) -> Iterable[Symbol]:
        """Up to `universe_count` symbols."""
        ranked = []
        for point in coarse:
            if point.symbol not in self._averages:
                fast, slow = (ExponentialMovingAverage(f"EMA({period})", period) for period in self._periods)
                self._averages[point.symbol] = (fast, slow)
            fast, slow = self._averages[point.symbol]
            ready = [average.feed(point.end_time, point.adjusted_price) for average in (fast, slow)]
            if all(ready) and fast > slow * 1.01:
                ranked.append(((fast - slow) / ((fast + slow) / 2), point.symbol))
        ranked.sort(key=lambda row: -row[0])
        return [symbol for _, symbol in ranked[: self._count]]


class QC500UniverseSelectionModel(FundamentalUniverseSelectionModel):
    """500 big, liquid US companies, spread over the sectors, once a month."""

    number_of_symbols_coarse = 1000
    number_of_symbols_fine = 500

    def __init__(self, filter_fine_data: bool = True, universe_settings: UniverseSettings | None = None) -> None:
        super().__init__(bool(filter_fine_data), universe_settings=universe_settings)
        self._last_month = -1
        self._dollar_volumes: dict[Symbol, float] = {}

    def select_coarse(self, algorithm: QCAlgorithm, coarse: Iterable[Any]) -> Iterable[Symbol]:
        """The 1000 with the most dollar volume."""
        if base_of(algorithm).time.month == self._last_month:
            return UNCHANGED
        tradable = [point for point in coarse if point.has_fundamental_data and point.volume > 0 and point.price > 0]
        tradable.sort(key=lambda point: -point.dollar_volume)
        best = tradable[: self.number_of_symbols_coarse]
        self._dollar_volumes = {point.symbol: point.dollar_volume for point in best}
        return list(self._dollar_volumes) if self._dollar_volumes else UNCHANGED

    def select_fine(self, algorithm: QCAlgorithm, fine: Iterable[Any]) -> Iterable[Symbol]:
        """The best of each sector, in proportion to its size."""
        companies = [point for point in fine if self._qualifies(algorithm, point)]
        if not companies:
            return UNCHANGED
        self._last_month = base_of(algorithm).time.month
        share = self.number_of_symbols_fine / len(companies)
        sectors: dict[Any, list[Symbol]] = {}
        for point in companies:
            sectors.setdefault(point.company_reference.industry_template_code, []).append(point.symbol)
        chosen = []
        for members in sectors.values():
            members.sort(key=lambda symbol: -self._dollar_volumes[symbol])
            chosen += members[: math.ceil(len(members) * share)]
        chosen.sort(key=lambda symbol: -self._dollar_volumes[symbol])
        return chosen[: self.number_of_symbols_fine]

    @staticmethod
    def _qualifies(algorithm: QCAlgorithm, point: Fundamental) -> bool:
        company = point.company_reference
        listed = company.country_id == "USA" and company.primary_exchange_id in ("NYS", "NAS")
        now = base_of(algorithm).time
        return bool(listed and (now - point.security_reference.ipo_date).days > 180 and point.market_cap > 5e8)
