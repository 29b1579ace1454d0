"""Futures contracts and continuous futures (`Common/Securities/Future/Future.cs`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from leanib.engine.exchanges.time_keeper import LocalTimeKeeper
from leanib.engine.orders.fills import FutureFillModel
from leanib.engine.securities.security import Security
from leanib.engine.symbols import SettlementType, Symbol

__all__ = ["Future"]


class Future(Security):
    """A contract, or the continuous future, which cannot be traded: its mapped contract can."""

    __slots__ = ("_tradable", "contract_filter", "mapped", "settlement_type")

    def __init__(self, symbol: Symbol, *arguments: Any) -> None:
        from leanib.engine.derivatives.filters import no_contracts

        self._tradable = True
        super().__init__(symbol, *arguments)
        self.settlement_type = SettlementType.CASH
        self.mapped: Symbol | None = None
        self.contract_filter: Any = no_contracts()

    def _set_default_models(self) -> None:
        from leanib.engine.derivatives.life import FutureHolding, FutureSettlementModel

        super()._set_default_models()
        self.holding_class = FutureHolding
        self.fill_model = FutureFillModel()
        self.settlement_model = FutureSettlementModel()
        self.buying_power_model = self.symbol.asset.margin_model(self)

    def set_local_time_keeper(self, local_time_keeper: LocalTimeKeeper) -> None:
        """Gives it its clock; from now on each day is settled."""
        super().set_local_time_keeper(local_time_keeper)
        begin = getattr(self.settlement_model, "set_local_date_time_frontier", None)
        if begin is not None:
            begin(self.local_time)

    @property
    def is_tradable(self) -> bool:
        """Whether orders are taken."""
        return self._tradable and not self.symbol.is_canonical()

    @is_tradable.setter
    def is_tradable(self, value: bool) -> None:
        self._tradable = value

    @property
    def expiry(self) -> datetime:
        """The last trading day, with its time where the exchange has one."""
        return self.symbol.id.date

    @property
    def is_future_chain(self) -> bool:
        """Whether it stands for a chain."""
        return self.symbol.is_canonical()

    @property
    def is_future_contract(self) -> bool:
        """Whether it is one contract."""
        return not self.symbol.is_canonical()

    def set_filter(self, *arguments: object, **named: object) -> None:
        """Which contracts of the chain are wanted: see `leanib.engine.derivatives.filters.future_filter`."""
        from leanib.engine.derivatives.filters import future_filter

        self.contract_filter = future_filter(*arguments, **named)
