"""Insights by symbol (`Common/Algorithm/Framework/Alphas/{InsightCollection,Analysis/InsightManager}.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List
from leanib.engine.framework.insight import Insight
from leanib.engine.naming import LeanObject, to_pascal
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["InsightCollection", "InsightManager"]


class InsightCollection(LeanObject):
    """The open insights, by symbol, and all there ever were."""

    def __init__(self) -> None:
        self._all: list[Insight] = []
        self._by_symbol: dict[Symbol, list[Insight]] = {}
        self.total_count = 0

    @property
    def count(self) -> int:
        """How many are open."""
        return sum(len(insights) for insights in self._by_symbol.values())

    def add(self, item: Insight) -> None:
        """Take in an insight."""
        self.total_count += 1
        self._all.append(item)
        self._by_symbol.setdefault(item.symbol, []).append(item)

    def add_range(self, insights: Iterable[Insight]) -> None:
        """Take in insights."""
        for insight in insights:
            self.add(insight)

    def contains(self, item: Insight) -> bool:
        """Whether an insight is open."""
        return item in self._by_symbol.get(item.symbol, ())

    def contains_key(self, symbol: Symbol) -> bool:
        """Whether a symbol has open insights."""
        return bool(self._by_symbol.get(symbol))

    def remove(self, item: Insight) -> bool:
        """Close an insight; says whether it was open."""
        insights = self._by_symbol.get(item.symbol, [])
        if item not in insights:
            return False
        insights.remove(item)
        if not insights:
            del self._by_symbol[item.symbol]
        return True

    def try_get_value(self, symbol: Symbol, insights: object = None) -> tuple[bool, List[Insight] | None]:
        """Whether a symbol has open insights, and these."""
        found = self._by_symbol.get(symbol)
        return found is not None, None if found is None else List(found)

    def clear(self, symbols: Iterable[Symbol]) -> None:
        """Close the insights of symbols."""
        for symbol in symbols:
            self._by_symbol.pop(symbol, None)

    def get_next_expiry_time(self) -> datetime | None:
        """When the first open insight ends (UTC); None without any."""
        return min((insight.close_time_utc for insight in self), default=None)

    def get_active_insights(self, utc_time: datetime) -> List[Insight]:
        """The open insights that have not ended."""
        return List([insight for insight in self if insight.is_active(utc_time)])

    def has_active_insights(self, symbol: Symbol, utc_time: datetime) -> bool:
        """Whether a symbol has an insight that has not ended."""
        return any(insight.is_active(utc_time) for insight in self._by_symbol.get(symbol, ()))

    def remove_expired_insights(self, utc_time: datetime) -> List[Insight]:
        """Close the insights that have ended, and return them."""
        expired = List([insight for insight in self if insight.is_expired(utc_time)])
        for insight in expired:
            self.remove(insight)
        return expired

    def remove_insights(self, filter: Callable[[Insight], bool]) -> None:
        """Forget the insights that a filter names."""
        self._all = [insight for insight in self._all if not filter(insight)]
        for insight in [insight for insight in self if filter(insight)]:
            self.remove(insight)

    def get_insights(self, filter: Callable[[Insight], bool] | None = None) -> List[Insight]:
        """All insights there ever were, or those that a filter names."""
        return List([insight for insight in self._all if filter is None or filter(insight)])

    def __getitem__(self, symbol: Symbol) -> List[Insight]:
        return List(self._by_symbol[symbol])

    def __setitem__(self, symbol: Symbol, insights: list[Insight]) -> None:
        self._by_symbol[symbol] = list(insights)
        self.total_count += len(insights)

    def __contains__(self, item: object) -> bool:
        return self.contains(item) if isinstance(item, Insight) else item in self._by_symbol

    def __iter__(self) -> Iterator[Insight]:
        return iter([insight for insights in self._by_symbol.values() for insight in insights])

    def __len__(self) -> int:
        return self.count


class InsightManager(InsightCollection):
    """The algorithm's insights."""

    def __init__(self, algorithm: QCAlgorithm) -> None:
        super().__init__()
        self._algorithm = algorithm
        self._score: Callable[[InsightManager, datetime], Any] | None = None

    def set_insight_score_function(self, insight_score_function: object) -> None:
        """Who rates the insights: an object with `score(insight_manager, utc_time)`, called at every time step."""
        function = insight_score_function
        self._score = function.score if hasattr(function, "score") else getattr(function, to_pascal("score"))

    @property
    def is_rated(self) -> bool:
        """Whether somebody rates the insights at each time step."""
        return self._score is not None

    def step(self, utc_now: datetime) -> None:
        """A new time step: rate the insights."""
        if self._score is not None:
            self._score(self, utc_now)

    def expire(self, symbols: Iterable[Any] | None) -> None:
        """End insights, or the insights of symbols, now."""
        now = self._algorithm.utc_time
        for each in symbols or ():
            for insight in [each] if isinstance(each, Insight) else list(self._by_symbol.get(each, ())):
                insight.expire(now)

    cancel = expire
