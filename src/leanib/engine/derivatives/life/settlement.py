"""Futures settle every day (`Common/Securities/Future/FutureSettlementModel.cs`)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from leanib.engine.numbers import ZERO
from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.securities.settlement import (
    ApplyFundsSettlementModelParameters,
    ImmediateSettlementModel,
    ScanSettlementModelParameters,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from leanib.engine.derivatives.life.holding import FutureHolding
    from leanib.engine.securities import Security

__all__ = ["FutureSettlementModel"]


class FutureSettlementModel(ImmediateSettlementModel):
    """Once a day, on the first scan of the exchange's date, losers pay winners: profits move into the cash book.

    A fill that closes pays the part that has not been settled yet. The security's holding is a `FutureHolding`.
    """

    def __init__(self) -> None:
        self._last_settlement_date: date | None = None
        self._settled_quantity = ZERO

    def set_local_date_time_frontier(self, new_local_time: datetime) -> None:
        """The clock starts: nothing is settled on this day (exchange's zone)."""
        self._last_settlement_date = new_local_time.date()

    def take_over(self, holding: FutureHolding, settled: Decimal) -> None:
        """The whole holding is as a brokerage has it, which has paid so much of its profit (account currency)."""
        holding.settled_profit_decimal = settled
        self._settled_quantity = holding.quantity_decimal

    def apply_funds(self, apply_funds_parameters: ApplyFundsSettlementModelParameters) -> None:
        """Books a closing fill's profit less what was settled of it."""
        if self._settled_quantity and apply_funds_parameters.fill is not None:
            self._take_off_settled_part(apply_funds_parameters)
        super().apply_funds(apply_funds_parameters)

    def _take_off_settled_part(self, parameters: ApplyFundsSettlementModelParameters) -> None:
        fill, holding = parameters.fill, cast("FutureHolding", parameters.security.holdings)
        assert fill is not None
        closed = min(abs(fill.fill_quantity_decimal), abs(holding.quantity_decimal), abs(self._settled_quantity))
        closed = closed if fill.fill_quantity_decimal < 0 else -closed
        factor = closed / self._settled_quantity
        self._settled_quantity -= closed
        settled = factor * holding.settled_profit_decimal
        holding.settled_profit_decimal -= settled
        amount = parameters.cash_amount
        parameters.cash_amount = CashAmount(amount.amount_decimal - settled, amount.currency)

    def scan(self, settlement_parameters: ScanSettlementModelParameters) -> None:
        """Settles a day's profit at the last price, without fees."""
        security = settlement_parameters.security
        today = security.local_time.date()
        last, self._last_settlement_date = self._last_settlement_date, today
        if last is None or last >= today or not security.invested:
            return
        self._settle(settlement_parameters, security)

    def _settle(self, parameters: ScanSettlementModelParameters, security: Security) -> None:
        holding = cast("FutureHolding", security.holdings)
        self._settled_quantity = holding.quantity_decimal
        price = security.price_decimal
        profit = holding.total_close_profit_decimal(False, price) - holding.settled_profit_decimal
        if profit:
            holding.settled_profit_decimal += profit
            parameters.portfolio.cash_book[security.quote_currency.symbol].add_amount(profit)
