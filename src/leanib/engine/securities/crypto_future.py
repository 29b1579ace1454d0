"""Margin, holdings and funding of crypto futures (`Common/Securities/CryptoFuture/**`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.market.events import MarginInterestRate
from leanib.engine.numbers import ZERO, to_decimal
from leanib.engine.orders.enums import OrderDirection
from leanib.engine.securities.buying_power.model import maintenance_margin
from leanib.engine.securities.buying_power.models import SecurityMarginModel
from leanib.engine.securities.buying_power.parameters import (
    InitialMargin,
    InitialMarginParameters,
    MaintenanceMargin,
    MaintenanceMarginParameters,
)
from leanib.engine.securities.holding import ConvertibleCashAmount, SecurityHolding
from leanib.engine.securities.margin_interest import MarginInterestRateModel, MarginInterestRateParameters
from leanib.engine.symbols import Market

if TYPE_CHECKING:
    from leanib.engine.securities.cash import Cash
    from leanib.engine.securities.portfolio import SecurityPortfolioManager
    from leanib.engine.securities.security import Security

__all__ = [
    "BinanceFutureMarginInterestRateModel",
    "CryptoFutureHolding",
    "CryptoFutureMarginModel",
    "is_coin_margined",
]

_DOLLAR_COINS = ("USDT", "BUSD", "USDC")
_FUNDING_HOURS = timedelta(hours=8)


def is_coin_margined(security: Security) -> bool:
    """Whether margin and profit are in the coin, and not in a dollar coin."""
    return security.quote_currency.symbol not in _DOLLAR_COINS


def _collateral(security: Security) -> Cash:
    cash: Cash = security.base_currency if is_coin_margined(security) else security.quote_currency
    return cash


class CryptoFutureHolding(SecurityHolding):
    """A position whose value is in the coin for coin-margined contracts."""

    def quantity_value(self, quantity: Decimal, price: Decimal) -> ConvertibleCashAmount:
        """What a quantity is worth at a price."""
        security: Any = self._security
        if self.symbol.id.market == Market.DYDX or not is_coin_margined(security):
            return super().quantity_value(quantity, price)
        amount = quantity * security.symbol_properties.contract_multiplier_decimal / price
        return ConvertibleCashAmount(amount, security.base_currency)


class CryptoFutureMarginModel(SecurityMarginModel):
    """Margin in the collateral currency, shared by all contracts with the same collateral."""

    def __init__(
        self, leverage: Decimal | float = 25, maintenance_margin_rate: object = None, maintenance_amount: object = None
    ) -> None:  # LEAN takes the last two from older algorithms and looks at neither
        super().__init__(leverage, 0)

    def get_maintenance_margin(self, parameters: MaintenanceMarginParameters) -> MaintenanceMargin:
        """The initial margin of what is held."""
        opening = InitialMarginParameters(parameters.security, parameters.quantity_decimal)
        return MaintenanceMargin(self.get_initial_margin_requirement(opening).value_decimal)

    def get_initial_margin_requirement(self, parameters: InitialMarginParameters) -> InitialMargin:
        """The value over the leverage, without a sign."""
        security = parameters.security
        if security.get_last_data() is None or not parameters.quantity_decimal:
            return InitialMargin.ZERO
        value = security.holdings.quantity_value(parameters.quantity_decimal, security.price_decimal)
        margin = abs(value.amount_decimal) / to_decimal(self.get_leverage(security))
        return InitialMargin(margin * value.cash.conversion_rate_decimal)

    def get_margin_remaining(
        self, portfolio: SecurityPortfolioManager, security: Security, direction: OrderDirection
    ) -> Decimal:
        """What of the collateral the contracts that share it leave."""
        cash = _collateral(security)
        total = remaining = cash.amount_decimal
        for other in portfolio.securities.values():
            shares = other.type is security.type and other.symbol != security.symbol
            if shares and other.holdings.invested and _collateral(other) is cash:
                remaining -= maintenance_margin(other)
        holdings = security.holdings
        if (holdings.is_long and direction is OrderDirection.SELL) or (
            holdings.is_short and direction is OrderDirection.BUY
        ):
            opening = InitialMarginParameters(security, holdings.absolute_quantity_decimal)
            remaining += maintenance_margin(security)
            remaining += self.get_initial_margin_requirement(opening).value_decimal
        remaining -= total * self.required_free_buying_power_percent_decimal
        return max(remaining * cash.conversion_rate_decimal, ZERO)


class BinanceFutureMarginInterestRateModel(MarginInterestRateModel):
    """Funding at 0, 8 and 16 o'clock UTC, at the last funding rate."""

    def __init__(self) -> None:
        self._next: datetime | None = None

    def apply_margin_interest_rate(self, margin_interest_rate_parameters: MarginInterestRateParameters) -> None:
        """Books the funding that is due."""
        security, time = margin_interest_rate_parameters.security, margin_interest_rate_parameters.time
        if not security.invested:
            self._next = None
            return
        if self._next is None:
            self._next = _next_funding(time)
        rate = security.cache.get_data(MarginInterestRate)
        if rate is None:
            return
        while time >= self._next:
            holdings = security.holdings
            value = holdings.get_quantity_value(holdings.quantity_decimal)
            value.cash.add_amount(-to_decimal(rate.interest_rate) * value.amount_decimal)
            self._next = _next_funding(self._next)


def _next_funding(time: datetime) -> datetime:
    midnight = datetime(time.year, time.month, time.day)
    return midnight + _FUNDING_HOURS * ((time - midnight) // _FUNDING_HOURS + 1)
