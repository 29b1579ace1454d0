"""QCAlgorithm: what user algorithms derive from. A facade; each part is a mixin in a module of its own."""

from __future__ import annotations

from datetime import datetime
from types import FunctionType
from typing import TYPE_CHECKING, Any, Self

from leanib.engine.algorithm.chains import Chains
from leanib.engine.algorithm.communication import Communication
from leanib.engine.algorithm.custom_data import CustomData
from leanib.engine.algorithm.engine_side import engine_side
from leanib.engine.algorithm.events import AlgorithmEvents
from leanib.engine.algorithm.framework import Framework
from leanib.engine.algorithm.futures import Futures
from leanib.engine.algorithm.history import History
from leanib.engine.algorithm.identifiers import Identifiers
from leanib.engine.algorithm.indicators import Indicators
from leanib.engine.algorithm.life_cycle import LifeCycle
from leanib.engine.algorithm.messages import Messages
from leanib.engine.algorithm.models import Models
from leanib.engine.algorithm.object_store import ObjectStoreMethods
from leanib.engine.algorithm.only_in_lean import OnlyInLean
from leanib.engine.algorithm.plotting import Plotting
from leanib.engine.algorithm.scheduling import Scheduling
from leanib.engine.algorithm.trading import Trading
from leanib.engine.algorithm.universe import UniverseMethods
from leanib.engine.core.transaction_manager import SecurityTransactionManager
from leanib.engine.dotnet.exceptions import RefusedArgument
from leanib.engine.market import Slice
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.securities import SecurityManager, SecurityPortfolioManager
from leanib.engine.securities.settings import AlgorithmSettings
from leanib.engine.statistics.trade_builder import TradeBuilder
from leanib.engine.symbols import Resolution

if TYPE_CHECKING:
    from leanib.engine.symbols import Symbol

__all__ = ["QCAlgorithm"]


class QCAlgorithm(  # type: ignore[override]  # mixins name as attributes what others give as properties
    LifeCycle,
    Messages,
    Models,
    Futures,
    Chains,
    CustomData,
    UniverseMethods,
    History,
    Trading,
    Indicators,
    Scheduling,
    Plotting,
    ObjectStoreMethods,
    Communication,
    Identifiers,
    Framework,
    AlgorithmEvents,
    OnlyInLean,
):
    """An algorithm: define `initialize`, and the handlers of `AlgorithmEvents` that it needs."""

    def __new__(cls, *_arguments: Any, **_options: Any) -> Self:  # noqa: D102
        # Here and not in __init__, which algorithms define without calling ours: LEAN's base is always constructed.
        self = super().__new__(cls)
        engine_side(self)._qc_construct()
        return self

    def __repr__(self) -> str:
        return f"<{type(self._qc_users).__name__} at {self._qc_base.time}>"

    def _qc_construct(self) -> None:
        self._qc_init_messages()
        self.settings = AlgorithmSettings()
        self._qc_init_life_cycle()
        self._qc_init_data()
        self._qc_init_derivatives()
        self._qc_init_chains()
        self.securities = SecurityManager(self.time_keeper)
        self.transactions = SecurityTransactionManager(self, self.securities)
        self._qc_init_trading()
        self.portfolio = SecurityPortfolioManager(
            self.securities, self.transactions, self.settings, self.default_order_properties
        )
        self._qc_init_models()
        self._qc_init_universe()
        self._qc_init_scheduling()
        self._qc_init_history()
        self._qc_init_indicators()
        self._qc_init_plotting()
        self._qc_init_object_store()
        self._qc_init_communication()
        self._qc_init_framework()
        self.trade_builder: Any = None
        self._qc_base.set_trade_builder(TradeBuilder())
        self.current_slice = Slice(NO_TIME, [], NO_TIME, False)

    def set_trade_builder(self, trade_builder: Any) -> None:
        """Who makes closed trades of fills."""
        self.trade_builder = trade_builder
        trade_builder.set_security_manager(self.securities)

    def set_current_slice(self, slice: Slice) -> None:
        """The data of this time step."""
        self.current_slice = slice

    def history_start_of_bars(self, symbols: list[Symbol], bars: int, resolution: Resolution | None) -> datetime | None:
        """When the first of so many bars before now began, over all symbols, in the algorithm's zone."""
        return self.history_requests.start_of_bars(symbols, bars, resolution)

    def post_initialize(self) -> None:
        """After initialize(): the benchmark, the start of the warm-up, and what was added takes effect."""
        if self.end_date < self.start_date:
            raise RefusedArgument(
                f"the end date {self.end_date:%Y-%m-%d} lies before the start date {self.start_date:%Y-%m-%d}; "
                "exchange them in initialize()"
            )
        self._qc_base.framework_post_initialize()
        if self.benchmark is None:
            self.benchmark = self.brokerage_model.get_benchmark(self.securities)
        self._qc_warn_of_benchmark_zone()
        start = self._qc_base.warm_up_start()
        if start is None:
            self._qc_base.set_finished_warming_up()
        else:
            self._qc_base.set_date_time(self._qc_base.time_zone.to_utc(start))
        self._qc_base.on_end_of_time_step()

    def _qc_warn_of_benchmark_zone(self) -> None:
        security = getattr(self.benchmark, "security", None)
        if security is None:
            return
        symbol = security.symbol
        zone = self.market_hours_database.get_data_time_zone(symbol.id.market, symbol, symbol.security_type)
        lowest = max((config.resolution for config in self.subscription_manager.subscriptions), default=None)
        daily = Resolution.DAILY in (lowest, self.universe_settings.resolution)
        if daily and zone is not self._qc_base.time_zone:
            self._qc_base.log(
                f"QCAlgorithm.PostInitialize(): Warning: Using a security benchmark of a different timezone ({zone}) "
                f"than the algorithm TimeZone ({self._qc_base.time_zone}) may lead to skewed and incorrect statistics. "
                "Use a higher resolution than daily to minimize."
            )


def _name_methods() -> None:
    """A wrong call is answered by the name that the user knows, and not by the mixin's that the method stands in."""
    for part in QCAlgorithm.__mro__:
        for name, member in vars(part).items():
            while isinstance(member, FunctionType) and name[0].islower():
                member.__qualname__ = f"{QCAlgorithm.__name__}.{name}"
                member = getattr(member, "__wrapped__", None)  # what a decorator calls complains


_name_methods()
