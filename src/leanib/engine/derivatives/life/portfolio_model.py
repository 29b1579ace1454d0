"""What an option's fill does to cash and holdings (`Common/Securities/Option/OptionPortfolioModel.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.derivatives.options.value import intrinsic_value
from leanib.engine.numbers import decimal_text
from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.orders.enums import OrderType
from leanib.engine.securities.portfolio_model import SecurityPortfolioModel
from leanib.engine.securities.settlement import ApplyFundsSettlementModelParameters
from leanib.engine.symbols import SettlementType

if TYPE_CHECKING:
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.securities import Security
    from leanib.engine.securities.portfolio import SecurityPortfolioManager

__all__ = ["OptionPortfolioModel"]


class OptionPortfolioModel(SecurityPortfolioModel):
    """Books fills; what an exercise brought is told in its message, and paid if the option is settled in cash."""

    def process_fill(self, portfolio: SecurityPortfolioManager, security: Security, fill: OrderEvent) -> None:
        """Books one fill: of an exercise, that of the option or that of its underlying."""
        if fill.ticket is None or fill.ticket.order_type is not OrderType.OPTION_EXERCISE:
            super().process_fill(portfolio, security, fill)
            return
        super().process_fill(portfolio, portfolio.securities[fill.symbol], fill)
        profit = security.holdings.last_trade_profit_decimal
        word = "Profit: +" if profit >= 0 else "Loss: "
        fill.message += f". {word}{decimal_text(profit)}"

    def process_close_trade_profit(
        self, portfolio: SecurityPortfolioManager, security: Security, fill: OrderEvent
    ) -> Decimal:
        """The profit of what the fill closes, in the account currency; with what cash settlement pays."""
        rate: Decimal = security.quote_currency.conversion_rate_decimal
        profit = super().process_close_trade_profit(portfolio, security, fill)
        ticket = fill.ticket
        settles = getattr(security, "exercise_settlement", None) is SettlementType.CASH
        if ticket is None or ticket.order_type is not OrderType.OPTION_EXERCISE or not settles:
            return profit
        right = security.symbol.id.option_right
        value = intrinsic_value(security.underlying.close_decimal, security.scaled_strike_price_decimal, right)
        paid: Decimal = -value * security.contract_unit_of_trade * ticket.quantity_decimal
        if not paid:
            return profit
        amount = CashAmount(paid, security.quote_currency.symbol)
        security.settlement_model.apply_funds(
            ApplyFundsSettlementModelParameters(portfolio, security, fill.utc_time, amount, fill)
        )
        return profit + paid * rate
