"""One run: what belongs to it alone, and the ports through which its loop reaches everything else."""

from __future__ import annotations

import decimal
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leanib.engine.numbers import CONTEXT
from leanib.engine.symbols import RunScope
from leanib.errors import ConfigurationError

if TYPE_CHECKING:
    from leanib.engine.core.data_manager import DataManager
    from leanib.engine.core.parts import RunStrategy
    from leanib.engine.core.ports import Broker, Feed, Results, Scheduler, Strategy
    from leanib.engine.core.subscription_manager import SubscriptionManager
    from leanib.engine.core.transaction_manager import SecurityTransactionManager
    from leanib.engine.securities import SecurityManager, SecurityPortfolioManager, TimeKeeper
    from leanib.engine.timezones import DateTimeZone

__all__ = ["Run", "open_scope"]


def open_scope(data_folder: Path) -> RunScope:
    """The scope of a new run on a data folder; this thread works for it from now on, with LEAN's decimal arithmetic.

    Raises:
        ConfigurationError: the data folder is not there.
    """
    if not (data_folder / "market-hours").is_dir():
        raise ConfigurationError(
            f"{data_folder} is not a data folder: it has no market-hours folder; "
            "give --data-folder, or set data-folder in lean.json"
        )
    scope = RunScope(data_folder)
    scope.enter()
    decimal.setcontext(CONTEXT.copy())
    return scope


class Run:
    """Clock, book, securities and configurations of one run, and its ports.

    Args:
        scope: the run's data folder, and what is kept of it.
        algorithm: the strategy; made by LEAN's door, which makes the parts that algorithms reach by name.
        configurations: what was subscribed to, and the streams that run.
        feed, broker, scheduler, results: the ports.
    """

    def __init__(
        self,
        scope: RunScope,
        algorithm: RunStrategy,
        configurations: DataManager,
        *,
        feed: Feed,
        broker: Broker,
        scheduler: Scheduler,
        results: Results,
    ) -> None:
        self.scope = scope
        self.strategy: Strategy = algorithm
        self.configurations = configurations
        self.feed = feed
        self.broker = broker
        self.scheduler = scheduler
        self.results = results
        self.clock: TimeKeeper = algorithm.time_keeper
        self.securities: SecurityManager = algorithm.securities
        self.portfolio: SecurityPortfolioManager = algorithm.portfolio
        self.book: SecurityTransactionManager = algorithm.transactions
        self.consolidators: SubscriptionManager = algorithm.subscription_manager
        self.trades: Any = algorithm.trade_builder
        self.algorithm = algorithm

    @property
    def utc_time(self) -> datetime:
        """Now."""
        return self.clock.utc_time

    @property
    def time_zone(self) -> DateTimeZone:
        """The strategy's time zone."""
        return self.algorithm.time_zone
