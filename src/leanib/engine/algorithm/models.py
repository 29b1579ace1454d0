"""Brokerage model, benchmark, security initializer and other choices (`Algorithm/QCAlgorithm.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.brokerages import BrokerageModel, BrokerageName, DefaultBrokerageModel
from leanib.engine.dotnet.overloads import takes_at_least
from leanib.engine.naming import also_named
from leanib.engine.securities import (
    BrokerageModelSecurityInitializer,
    CompositeSecurityInitializer,
    FuncSecurityInitializer,
    SecuritySeeder,
)
from leanib.engine.securities.benchmarks import FuncBenchmark, IBenchmark, SecurityBenchmark
from leanib.engine.statistics.risk_free import InterestRateProvider
from leanib.engine.symbols import AccountType, Market, SecurityType, Symbol, SymbolCache
from leanib.errors import UsageError

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityManager

__all__ = ["Models"]


class Models(AlgorithmPart):
    """The part of QCAlgorithm that chooses models."""

    if TYPE_CHECKING:
        securities: SecurityManager
        transactions: Any
        debug: Any
        get_market: Any
        _qc_require_unlocked: Any

    def _qc_init_models(self) -> None:
        self.brokerage_model: Any = DefaultBrokerageModel()
        self.benchmark: IBenchmark | None = None
        self.risk_free_interest_rate_model: Any = InterestRateProvider()
        self.security_initializer: Any = BrokerageModelSecurityInitializer(self.brokerage_model, SecuritySeeder.NULL)
        self.brokerage_message_handler: Any = None
        self._qc_user_set_security_initializer = False

    # --- brokerage -----------------------------------------------------------------------------------------------

    @property
    def brokerage_name(self) -> Any:
        """The brokerage that the brokerage model stands for."""
        return BrokerageModel.get_brokerage_name(self.brokerage_model)

    @also_named(model="brokerage")
    def set_brokerage_model(self, brokerage: object, account_type: AccountType = AccountType.MARGIN) -> None:
        """A brokerage by name, or a model of one: its fees, order rules, leverage and default markets."""
        if isinstance(brokerage, BrokerageName):
            brokerage = BrokerageModel.create(self.transactions, brokerage, account_type)
        self.brokerage_model = brokerage
        if self._qc_user_set_security_initializer:
            return
        self._qc_replace_brokerage_initializer(BrokerageModelSecurityInitializer(brokerage, SecuritySeeder.NULL))
        for security in list(self.securities.values()):
            leverage = security.leverage
            self.security_initializer.initialize(security)
            security.set_leverage(leverage)

    def _qc_replace_brokerage_initializer(self, initializer: BrokerageModelSecurityInitializer) -> None:
        present = self.security_initializer
        if not isinstance(present, CompositeSecurityInitializer):
            self.security_initializer = initializer
            return
        self._qc_base.debug(
            "Warning: SetBrokerageModel(): a custom security initializer has been added. "
            "Please call SetBrokerageModel() before calling AddSecurityInitializer()."
        )
        others = [part for part in present.initializers if not isinstance(part, BrokerageModelSecurityInitializer)]
        self.security_initializer = CompositeSecurityInitializer(initializer, *others)

    def set_brokerage_message_handler(self, handler: object) -> None:
        """Who hears the brokerage's messages."""
        self.brokerage_message_handler = handler

    # --- securities ----------------------------------------------------------------------------------------------

    def set_security_initializer(self, security_initializer: object) -> None:
        """What sets new securities up: an initializer, or a function of a security."""
        self._qc_require_unlocked("set_security_initializer")
        if self._qc_user_set_security_initializer:
            self._qc_base.debug(
                "Warning: SetSecurityInitializer() has already been called, existing security initializers in all "
                "universes will be overwritten."
            )
        self._qc_user_set_security_initializer = True
        self.security_initializer = _as_initializer(security_initializer)

    def add_security_initializer(self, security_initializer: object) -> None:
        """What sets new securities up after the initializer that there is."""
        self._qc_require_unlocked("add_security_initializer")
        added = _as_initializer(security_initializer)
        if isinstance(self.security_initializer, CompositeSecurityInitializer):
            self.security_initializer.add_security_initializer(added)
        else:
            self.security_initializer = CompositeSecurityInitializer(self.security_initializer, added)

    # --- benchmark and rates -------------------------------------------------------------------------------------

    @also_named(symbol="benchmark", ticker="benchmark")
    @takes_at_least(1)
    def set_benchmark(self, *benchmark: Any) -> None:
        """`set_benchmark(symbol)`, `set_benchmark(ticker)`, `set_benchmark(type, ticker)` or a function of a time."""
        self._qc_require_unlocked("set_benchmark")
        first = benchmark[0]
        if len(benchmark) == 2:
            market = self._qc_base.get_market(None, benchmark[1], first, Market.USA)
            self._qc_set_benchmark_symbol(Symbol.create(benchmark[1], first, market))
        elif isinstance(first, str):
            self._qc_set_benchmark_symbol(self._qc_benchmark_symbol(first))
        elif isinstance(first, Symbol) or hasattr(first, "symbol"):
            self._qc_set_benchmark_symbol(getattr(first, "symbol", first))
        elif callable(first):
            self.benchmark = FuncBenchmark(first)
        else:
            raise UsageError("set_benchmark() takes a symbol, a ticker or a function of a time")

    def _qc_benchmark_symbol(self, ticker: str) -> Symbol:
        symbol = SymbolCache.try_get_symbol(ticker)
        if symbol is None:
            symbol = next((known for known in list(self.securities.keys()) if known.value == ticker), None)
        if symbol is None:
            self._qc_base.debug(
                f"Warning: SetBenchmark({ticker}): no existing symbol found, benchmark security will be added with "
                f"{SecurityType.EQUITY.lean_name} type."
            )
            symbol = Symbol.create(ticker, SecurityType.EQUITY, Market.USA)
        return symbol

    def _qc_set_benchmark_symbol(self, symbol: Symbol) -> None:
        self.benchmark = SecurityBenchmark.create_instance(self.securities, symbol)

    def set_risk_free_interest_rate_model(self, model: object) -> None:
        """The rates that statistics and option models use: a model, or a function of a time."""
        self.risk_free_interest_rate_model = model


def _as_initializer(initializer: Any) -> Any:
    if hasattr(initializer, "initialize") or hasattr(initializer, "Initialize"):
        return CompositeSecurityInitializer(initializer)
    function: Callable[[Any], object] = initializer
    return FuncSecurityInitializer(function)
