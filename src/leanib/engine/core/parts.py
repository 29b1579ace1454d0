"""What a run finds in its strategy: the parts that algorithms reach by name, which LEAN's door makes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from leanib.engine.core.ports import Strategy

if TYPE_CHECKING:
    from leanib.engine.brokerages.names import BrokerageName
    from leanib.engine.charting import Chart
    from leanib.engine.core.subscription_manager import SubscriptionManager
    from leanib.engine.core.transaction_manager import SecurityTransactionManager
    from leanib.engine.feeds.history import HistoryProvider
    from leanib.engine.market import SubscriptionDataConfig
    from leanib.engine.market.universe import UniverseManager, UniverseSettings
    from leanib.engine.scheduling.manager import ScheduleManager
    from leanib.engine.securities import (
        AlgorithmSettings,
        MarketHoursDatabase,
        Security,
        SecurityManager,
        SecurityPortfolioManager,
        TimeKeeper,
    )
    from leanib.engine.securities.benchmarks import IBenchmark
    from leanib.engine.symbols import Symbol
    from leanib.engine.timezones import DateTimeZone

__all__ = ["RunStrategy", "StrategyParts", "ToldStrategy"]


class StrategyParts(Protocol):
    """Books, clock, settings and universes of a strategy. Times are naive; `start_date` and `end_date` in its zone."""

    settings: AlgorithmSettings
    securities: SecurityManager
    portfolio: SecurityPortfolioManager
    transactions: SecurityTransactionManager
    subscription_manager: SubscriptionManager
    time_keeper: TimeKeeper
    universe_manager: UniverseManager
    universe_settings: UniverseSettings
    market_hours_database: MarketHoursDatabase

    brokerage_model: Any
    """A brokerage model, which may be of the user's making."""
    benchmark: IBenchmark | None
    trade_builder: Any
    """Who makes closed trades of fills; may be of the user's making."""
    start_date: datetime
    end_date: datetime
    live_mode: bool
    history_provider: HistoryProvider
    is_warming_up: bool

    @property
    def time_zone(self) -> DateTimeZone:
        """Its zone."""

    @property
    def utc_time(self) -> datetime:
        """Now."""

    def shortable(
        self, symbol: Symbol, short_quantity: Decimal | float = 0, update_order_id: int | None = None
    ) -> bool:
        """Whether so much can be borrowed, beyond what is held and ordered."""

    def shortable_quantity(self, symbol: Symbol) -> int:
        """How much can be borrowed; zero where nobody knows."""

    def get_locked(self) -> bool:
        """Whether it is initialized."""

    def debug(self, message: object) -> None:
        """The engine says something to its user."""

    def create_universe_security(self, config: SubscriptionDataConfig) -> Any:
        """What stands for the security that a universe's data belong to, when there is none."""

    def seed_securities(self, securities: Iterable[Security]) -> None:
        """Give the securities that have no price their last known ones."""

    def seed_currency_conversion_rates(self) -> None:
        """Give the currencies that have no rate the last known one."""


class RunStrategy(Strategy, StrategyParts, Protocol):
    """A strategy with its parts: what a run is made for."""

    is_warming_up: bool
    schedule: ScheduleManager

    @property
    def run_time_error(self) -> object:
        """What ended it; None while nothing did."""

    @property
    def time(self) -> datetime:
        """Now, in its zone."""

    @property
    def on_end_of_day(self) -> Callable[..., object]:
        """A day's trading is over: takes a symbol, or nothing."""


class ToldStrategy(RunStrategy, Protocol):
    """A strategy as results tell of it: what it is called, and what it said that nobody has heard yet."""

    name: str
    debug_messages: deque[str]
    error_messages: deque[str]
    log_messages: deque[str]

    @property
    def tags(self) -> Iterable[str]:
        """Its labels."""

    @property
    def account_currency(self) -> str:
        """The currency of its account."""

    @property
    def brokerage_name(self) -> BrokerageName:
        """Whose models it trades with."""

    @property
    def runtime_statistics(self) -> Mapping[str, str]:
        """What it wants to be shown beside the figures."""

    @property
    def risk_free_interest_rate_model(self) -> Any:
        """The rates that its figures use: a model, or a function of a time."""

    @property
    def insights(self) -> Any:
        """What its models expect."""

    def get_chart_updates(self) -> Iterator[Chart]:
        """Its own charts' new points."""

    @property
    def has_chart_updates(self) -> bool:
        """Whether there are any."""

    def get_parameters(self) -> Mapping[str, str]:
        """What it was started with."""
