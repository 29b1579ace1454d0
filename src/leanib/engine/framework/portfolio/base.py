"""What every portfolio construction model is (`Algorithm/Portfolio/PortfolioConstructionModel.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.enums import PortfolioBias
from leanib.engine.framework.insight import Insight
from leanib.engine.framework.portfolio_target import PortfolioTarget
from leanib.engine.market.time import Time
from leanib.engine.naming import LeanObject
from leanib.engine.scheduling.rules import IDateRule
from leanib.engine.symbols import Resolution

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market.universe import SecurityChanges

__all__ = ["NullPortfolioConstructionModel", "PortfolioConstructionModel", "respects_bias"]

RebalancingFunction = Callable[[datetime], datetime | None]


class PortfolioConstructionModel(LeanObject):
    """Makes targets from insights: define `determine_target_percent`, or `create_targets` itself.

    The argument says when to rebalance beyond new insights and securities: a Resolution, a timedelta, a date rule, or a
    function from a UTC time to the next UTC time (or None).
    """

    rebalance_on_security_changes = True
    rebalance_on_insight_changes = True
    algorithm: QCAlgorithm = None  # type: ignore[assignment]  # set by the first call
    _rebalancing_function: RebalancingFunction | None = None
    _rebalancing_time: datetime | None = None
    _has_security_changes = False

    def __init__(self, rebalance: object = None) -> None:
        self.set_rebalancing_func(rebalance)

    def create_targets(self, algorithm: QCAlgorithm, insights: list[Insight]) -> Iterable[PortfolioTarget]:
        """New insights: the targets they give, and zero for the securities whose last insight has ended."""
        self.algorithm = algorithm
        if not self.is_rebalance_due(insights, base_of(algorithm).utc_time):
            return []
        targets: list[PortfolioTarget] = []
        failed = set()
        last_active = self.get_target_insights()
        percents = self.determine_target_percent(last_active)
        for insight in last_active:
            if insight not in percents:
                continue
            target = PortfolioTarget.percent(algorithm, insight.symbol, float(percents[insight]))
            if target is None:
                failed.add(insight.symbol)
            else:
                targets.append(target)
        expired = algorithm.insights.remove_expired_insights(base_of(algorithm).utc_time)
        ended = dict.fromkeys(insight.symbol for insight in expired if insight.symbol not in failed)
        active, now = algorithm.insights.has_active_insights, base_of(algorithm).utc_time
        return targets + [PortfolioTarget(symbol, 0) for symbol in ended if not active(symbol, now)]

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Securities were added or removed: their insights end."""
        self.algorithm = self.algorithm or algorithm
        self._has_security_changes = bool(changes.added_securities or changes.removed_securities)
        algorithm.insights.expire([security.symbol for security in changes.removed_securities])

    def get_target_insights(self) -> List[Insight]:
        """The last active insight of each symbol."""
        active = self.algorithm.insights.get_active_insights(base_of(self.algorithm).utc_time)
        last: dict[Any, Insight] = {}
        for insight in filter(self.should_create_target_for_insight, active):
            known = last.get(insight.symbol)
            if known is None or insight.generated_time_utc >= known.generated_time_utc:
                last[insight.symbol] = insight
        return List(last.values())

    def should_create_target_for_insight(self, insight: Insight) -> bool:
        """Whether an insight counts."""
        return True

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        """The fraction of the portfolio for each insight."""
        raise NotImplementedError(
            "Types deriving from 'PortfolioConstructionModel' must implement the 'determine_target_percent' method."
        )

    def set_rebalancing_func(self, rebalance: object) -> None:
        """When to rebalance: a Resolution, a timedelta, a date rule, a function of the UTC time, or None for always."""
        if isinstance(rebalance, Resolution):
            rebalance = rebalance.to_time_span()
        if isinstance(rebalance, timedelta):
            span = rebalance
            self._rebalancing_function = lambda time: time + span
        elif isinstance(rebalance, IDateRule):
            self._rebalancing_function = _by_date_rule(rebalance)
        else:
            self._rebalancing_function = rebalance if callable(rebalance) else None

    def is_rebalance_due(self, insights: list[Insight], algorithm_utc: datetime) -> bool:
        """Whether targets have to be made now."""
        if self._rebalancing_function is None:
            self.refresh_rebalance(algorithm_utc)
            return True
        next_expiry = self.algorithm.insights.get_next_expiry_time()
        if self._rebalancing_time is None:
            self._rebalancing_time = self._rebalancing_function(algorithm_utc)
            if self._rebalancing_time is not None and self._rebalancing_time <= algorithm_utc:
                self._rebalancing_time = None
                self._has_security_changes = False
                return True
        is_time = self._rebalancing_time is not None and self._rebalancing_time <= algorithm_utc
        has_news = len(insights) > 0 or (next_expiry is not None and next_expiry < algorithm_utc)
        if (
            is_time
            or (self.rebalance_on_security_changes and self._has_security_changes)
            or (self.rebalance_on_insight_changes and has_news)
        ):
            self.refresh_rebalance(algorithm_utc)
            return True
        return False

    def refresh_rebalance(self, algorithm_utc: datetime) -> None:
        """Targets are made now: when next."""
        if self._rebalancing_function is not None:
            self._rebalancing_time = self._rebalancing_function(algorithm_utc)
        self._has_security_changes = False

    @staticmethod
    def filter_invalid_insight_magnitude(algorithm: QCAlgorithm, insights: Iterable[Insight]) -> List[Insight]:
        """The insights whose magnitude is within the limits of the settings."""
        settings = algorithm.settings
        valid: List[Insight] = List()
        for insight in insights:
            size = abs(insight.magnitude or 0.0)
            low = settings.min_absolute_portfolio_target_percentage
            high = settings.max_absolute_portfolio_target_percentage
            if not size or float(low) <= size <= float(high):
                valid.append(insight)
            else:
                base_of(algorithm).error(
                    "PortfolioConstructionModel.FilterInvalidInsightMagnitude():The insight target Magnitude: "
                    f"{insight.magnitude}, will not comply with the current 'Algorithm.Settings' "
                    f"'MaxAbsolutePortfolioTargetPercentage': {high} or 'MinAbsolutePortfolioTargetPercentage': {low}. "
                    "Skipping insight."
                )
        return valid


def _by_date_rule(rule: IDateRule) -> RebalancingFunction:
    """The next date of a rule after a UTC time (`Extensions.ToFunc(IDateRule)`)."""
    dates: Any = None
    current: datetime | None = None

    def following(utc_time: datetime) -> datetime:
        nonlocal dates, current
        if dates is None:
            dates = iter(rule.get_dates(utc_time, Time.END_OF_TIME))
            current = next(dates, None)
        if current is not None and utc_time >= current:
            current = next(dates, None)
        return Time.END_OF_TIME if current is None else current

    return following


def respects_bias(insight: Insight, bias: PortfolioBias) -> bool:
    """Whether a portfolio with that bias may follow an insight."""
    return bias is PortfolioBias.LONG_SHORT or int(insight.direction) == int(bias)


class NullPortfolioConstructionModel(PortfolioConstructionModel):
    """Makes no targets."""

    def create_targets(self, algorithm: QCAlgorithm, insights: list[Insight]) -> Iterable[PortfolioTarget]:
        """Nothing."""
        return []

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Nothing."""
