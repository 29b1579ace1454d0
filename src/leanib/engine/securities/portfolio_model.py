"""What a fill does to cash and holdings (`Common/Securities/SecurityPortfolioModel.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO
from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.orders.enums import OrderDirection
from leanib.engine.securities.settlement import ApplyFundsSettlementModelParameters

if TYPE_CHECKING:
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.securities.portfolio import SecurityPortfolioManager
    from leanib.engine.securities.security import Security

__all__ = ["SecurityPortfolioModel"]


class SecurityPortfolioModel(LeanObject):
    """Books fills."""

    def process_fill(self, portfolio: SecurityPortfolioManager, security: Security, fill: OrderEvent) -> None:
        """Books one fill: sale volume, fee, cash, profit, position."""
        holdings = security.holdings
        sale = holdings.quantity_value(fill.absolute_fill_quantity_decimal, fill.fill_price_decimal)
        holdings.add_new_sale(sale.in_account_currency_decimal)
        fee = self._process_fee(portfolio, security, fill)
        self._process_cash(portfolio, security, fill)
        if (holdings.is_long and fill.direction is OrderDirection.SELL) or (
            holdings.is_short and fill.direction is OrderDirection.BUY
        ):
            self._process_profit(portfolio, security, fill, fee)
        price, quantity = _position_after(holdings.average_price_decimal, holdings.quantity_decimal, fill)
        holdings.set_holdings(price, quantity)

    def _process_fee(self, portfolio: SecurityPortfolioManager, security: Security, fill: OrderEvent) -> Decimal:
        """Takes the fee out of the cash book; what it is in the account currency."""
        amount = fill.order_fee.value
        if not amount.amount_decimal:
            return ZERO
        fee = portfolio.cash_book.to_account_currency(amount.amount_decimal, amount.currency)
        security.holdings.add_new_fee(fee)
        fill.order_fee.apply_to_portfolio(portfolio, fill)
        return fee

    def _process_cash(self, portfolio: SecurityPortfolioManager, security: Security, fill: OrderEvent) -> None:
        """Pays; futures and contracts for difference only need margin, currency pairs are swaps."""
        if security.symbol.asset.only_profit_counts:
            return
        multiplier = security.symbol_properties.contract_multiplier_decimal
        cost = -fill.fill_quantity_decimal * fill.fill_price_decimal * multiplier
        _settle(portfolio, security, fill, CashAmount(cost, security.quote_currency.symbol))
        if security.symbol.asset.swaps_currencies:
            base: str = security.base_currency.symbol
            _settle(portfolio, security, fill, CashAmount(fill.fill_quantity_decimal, base))

    def _process_profit(
        self, portfolio: SecurityPortfolioManager, security: Security, fill: OrderEvent, fee: Decimal
    ) -> None:
        profit = self.process_close_trade_profit(portfolio, security, fill)
        security.holdings.add_new_profit(profit)
        security.holdings.set_last_trade_profit(profit)
        # The fee of the opening trade is taken to be that of the closing one.
        record = profit - 2 * fee
        time = security.exchange.time_zone.to_utc(security.local_time)
        portfolio.add_transaction_record(time, record, fill.is_win(security, record))

    def process_close_trade_profit(
        self, portfolio: SecurityPortfolioManager, security: Security, fill: OrderEvent
    ) -> Decimal:
        """The profit of what the fill closes, in the account currency."""
        holdings = security.holdings
        closed = min(fill.absolute_fill_quantity_decimal, holdings.absolute_quantity_decimal)
        quantity = closed if fill.fill_quantity_decimal < 0 else -closed
        cost = holdings.quantity_value(quantity, holdings.average_price_decimal)
        sale = holdings.quantity_value(quantity, fill.fill_price_decimal)
        profit = sale.amount_decimal - cost.amount_decimal
        if security.symbol.asset.only_profit_counts:
            _settle(portfolio, security, fill, CashAmount(profit, sale.currency))
        return profit * security.quote_currency.conversion_rate_decimal


def _settle(portfolio: SecurityPortfolioManager, security: Security, fill: OrderEvent, amount: CashAmount) -> None:
    security.settlement_model.apply_funds(
        ApplyFundsSettlementModelParameters(portfolio, security, fill.utc_time, amount, fill)
    )


def _position_after(average_price: Decimal, quantity: Decimal, fill: OrderEvent) -> tuple[Decimal, Decimal]:
    """Average price and quantity after a fill."""
    after = quantity + fill.fill_quantity_decimal
    if not quantity:
        return fill.fill_price_decimal, after
    if (quantity > 0) == (fill.fill_quantity_decimal > 0):
        cost = average_price * quantity + fill.fill_quantity_decimal * fill.fill_price_decimal
        return cost / after, after
    if not after:
        # .NET's decimals leave the difference of equal numbers the sign of the first: after a short it is -0.0
        return ZERO, after.copy_sign(quantity)
    turned_round = (after > 0) != (quantity > 0)
    return fill.fill_price_decimal if turned_round else average_price, after
