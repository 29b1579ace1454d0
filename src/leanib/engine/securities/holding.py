"""What is held of a security (`Common/Securities/SecurityHolding.cs`).

Money is exact (`..._decimal`) and in the account currency unless a name says otherwise; the names without the suffix
are the floats that algorithms see.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leanib.engine.dotnet.event import Event
from leanib.engine.naming import LeanNames
from leanib.engine.numbers import ZERO, decimal_text, round_decimal, short_text, to_decimal, to_float
from leanib.engine.numbers.exact import FloatView
from leanib.engine.orders.fees.fee_model import FeeModel
from leanib.engine.securities.fees import market_order_fee
from leanib.engine.symbols import SecurityType, Symbol

if TYPE_CHECKING:
    from leanib.engine.orders.cash_amount import CashAmount
    from leanib.engine.securities.cash import Cash
    from leanib.engine.securities.cash_book import CashBook
    from leanib.engine.securities.security import Security

__all__ = ["ConvertibleCashAmount", "ForexHolding", "SecurityHolding"]


class ConvertibleCashAmount(LeanNames):
    """An amount in a currency, and what it is in the account currency."""

    __slots__ = ("amount_decimal", "cash")

    amount = FloatView()
    in_account_currency = FloatView()

    def __init__(self, amount: Decimal, cash: Cash) -> None:
        self.amount_decimal = amount
        self.cash = cash

    @property
    def currency(self) -> str:
        """The amount's currency."""
        return self.cash.symbol

    @property
    def in_account_currency_decimal(self) -> Decimal:
        """The exact amount in the account currency."""
        return self.amount_decimal * self.cash.conversion_rate_decimal

    def __float__(self) -> float:
        return self.in_account_currency


class SecurityHolding(LeanNames):
    """Quantity, cost and results.

    `quantity_changed` calls its handlers with the security, and the price and quantity before.
    """

    __slots__ = (
        "__dict__",
        "_converter",
        "_fee",
        "_invested",
        "_price",
        "_profit",
        "_quantity_seen",
        "_security",
        "_units",
        "average_price_decimal",
        "last_trade_profit_decimal",
        "quantity_changed",
        "quantity_decimal",
        "target",
        "total_dividends_decimal",
        "total_fees_decimal",
        "total_sale_volume_decimal",
    )  # fmt: skip

    absolute_holdings_cost = FloatView()
    absolute_holdings_value = FloatView()
    absolute_quantity = FloatView()
    average_price = FloatView()
    holdings_cost = FloatView()
    holdings_value = FloatView()
    last_trade_profit = FloatView()
    net_profit = FloatView()
    profit = FloatView()
    quantity = FloatView()
    total_dividends = FloatView()
    total_fees = FloatView()
    total_sale_volume = FloatView()
    unlevered_absolute_holdings_cost = FloatView()
    unlevered_holdings_cost = FloatView()
    unrealized_profit = FloatView()
    unrealized_profit_percent = FloatView()

    def __init__(self, security: Security, currency_converter: CashBook) -> None:
        self._security = security
        self._converter = currency_converter
        self._fee: tuple[object, Decimal, CashAmount] | None = None
        self._invested = False
        self._quantity_seen: Decimal | None = None
        self._units = 0.0
        self._price = 0.0
        self._profit = ZERO
        self.average_price_decimal = ZERO
        self.quantity_decimal = ZERO
        self.last_trade_profit_decimal = ZERO
        self.total_dividends_decimal = ZERO
        self.total_fees_decimal = ZERO
        self.total_sale_volume_decimal = ZERO
        self.quantity_changed = Event()
        self.target: Any = None

    # --- position ------------------------------------------------------------------------------------------------

    @property
    def security(self) -> Security:
        """Whose holding this is."""
        return self._security

    @property
    def symbol(self) -> Symbol:
        """Whose holding this is."""
        return self._security.symbol

    @property
    def type(self) -> SecurityType:
        """The security's type."""
        return self._security.symbol.security_type

    @property
    def invested(self) -> bool:
        """Whether at least one lot is held."""
        return self._invested

    @property
    def hold_stock(self) -> bool:
        """Whether at least one lot is held."""
        return self._invested

    @property
    def is_long(self) -> bool:
        """Whether the quantity is positive."""
        return self.quantity_decimal > 0

    @property
    def is_short(self) -> bool:
        """Whether the quantity is negative."""
        return self.quantity_decimal < 0

    @property
    def absolute_quantity_decimal(self) -> Decimal:
        """The quantity without its sign."""
        return abs(self.quantity_decimal)

    @property
    def price(self) -> float:
        """The last market price, in the quote currency."""
        return self._price if self._security._lane is None else self._price_in_stretch()

    def _price_in_stretch(self) -> float:
        lane = self._security._lane
        if lane is not None and self._price != self._security._cache.price:
            lane.catch_up()
            return self._price
        return self._security.price

    @property
    def price_decimal(self) -> Decimal:
        """The exact last market price, in the quote currency."""
        return self._security.cache.to_exact(self.price)

    @property
    def leverage(self) -> float:
        """What the buying power model says."""
        return float(self._security.buying_power_model.get_leverage(self._security))

    def set_holdings(self, average_price: Decimal | float, quantity: Decimal | float) -> None:
        """Replaces price and quantity."""
        self._security._interrupt()
        before = self.average_price_decimal, self.quantity_decimal
        self.average_price_decimal = to_decimal(average_price)
        self.quantity_decimal = to_decimal(quantity)
        # Less than a lot cannot be traded: it does not count as invested.
        self._invested = abs(self.quantity_decimal) >= self._security.symbol_properties.lot_size_decimal
        self.quantity_changed(self._security, *before)

    def update_market_price(self, closing_price: float) -> None:
        """Takes a new market price."""
        self._price = closing_price

    def approximate_value(self) -> float:
        """The value in the account currency, in floats."""
        quantity = self.quantity_decimal
        if quantity is not self._quantity_seen:
            self._quantity_seen = quantity
            self._units = float(quantity * self._security.symbol_properties.contract_multiplier_decimal)
        rate = self._security.quote_currency.conversion_rate_decimal
        value = self._units * self.price
        return value if rate == 1 else value * float(rate)

    def worth_at(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """The value in the account currency at each of several prices, in floats."""
        self.approximate_value()  # which notes how many units are held
        rate = self._security.quote_currency.conversion_rate_decimal
        values = self._units * prices
        return values if rate == 1 else values * float(rate)

    # --- cost and value ------------------------------------------------------------------------------------------

    def quantity_value(self, quantity: Decimal, price: Decimal) -> ConvertibleCashAmount:
        """What a quantity is worth at a price."""
        multiplier = self._security.symbol_properties.contract_multiplier_decimal
        return ConvertibleCashAmount(price * quantity * multiplier, self._security.quote_currency)

    def get_quantity_value(
        self, quantity: Decimal | float, price: Decimal | float | None = None
    ) -> ConvertibleCashAmount:
        """What a quantity is worth at a price, by default the market price."""
        exact = self.price_decimal if price is None else to_decimal(price)
        return self.quantity_value(to_decimal(quantity), exact)

    @property
    def holdings_cost_decimal(self) -> Decimal:
        """What the position cost, signed like it."""
        if not self.quantity_decimal:
            return ZERO
        return self.quantity_value(self.quantity_decimal, self.average_price_decimal).in_account_currency_decimal

    @property
    def absolute_holdings_cost_decimal(self) -> Decimal:
        """What the position cost."""
        return abs(self.holdings_cost_decimal)

    @property
    def unlevered_holdings_cost_decimal(self) -> Decimal:
        """The cost divided by the leverage."""
        return self.holdings_cost_decimal / to_decimal(self.leverage)

    @property
    def unlevered_absolute_holdings_cost_decimal(self) -> Decimal:
        """The absolute cost divided by the leverage."""
        return abs(self.unlevered_holdings_cost_decimal)

    @property
    def holdings_value_decimal(self) -> Decimal:
        """What the position is worth at the market price, signed like it."""
        if not self.quantity_decimal:
            return ZERO
        return self.quantity_value(self.quantity_decimal, self.price_decimal).in_account_currency_decimal

    @property
    def absolute_holdings_value_decimal(self) -> Decimal:
        """What the position is worth at the market price."""
        return abs(self.holdings_value_decimal)

    # --- results -------------------------------------------------------------------------------------------------

    @property
    def profit_decimal(self) -> Decimal:
        """Closed profit with dividends, before fees."""
        return self._profit + self.total_dividends_decimal

    @property
    def net_profit_decimal(self) -> Decimal:
        """Closed profit with dividends, after fees."""
        return self.profit_decimal - self.total_fees_decimal

    @property
    def unrealized_profit_decimal(self) -> Decimal:
        """What closing the position now would yield, after fees."""
        return self.total_close_profit_decimal()

    @property
    def outstanding_profit_decimal(self) -> Decimal:
        """The part of it that is not in the cash book yet."""
        return self.unrealized_profit_decimal

    @property
    def unrealized_profit_percent_decimal(self) -> Decimal:
        """The unrealized profit relative to the cost: 0.1 is 10 %."""
        cost = self.absolute_holdings_cost_decimal
        return self.unrealized_profit_decimal / cost if cost else ZERO

    def add_new_fee(self, new_fee: Decimal | float) -> None:
        """Counts a fee."""
        self.total_fees_decimal += to_decimal(new_fee)

    def add_new_profit(self, profit_loss: Decimal | float) -> None:
        """Counts a closed profit."""
        self._profit += to_decimal(profit_loss)

    def add_new_sale(self, sale_value: Decimal | float) -> None:
        """Counts traded value."""
        self.total_sale_volume_decimal += to_decimal(sale_value)

    def add_new_dividend(self, dividend: Decimal | float) -> None:
        """Counts a dividend."""
        self.total_dividends_decimal += to_decimal(dividend)

    def set_last_trade_profit(self, last_trade_profit: Decimal | float) -> None:
        """Keeps the profit of the last closing trade."""
        self.last_trade_profit_decimal = to_decimal(last_trade_profit)

    def total_close_profit(
        self,
        include_fees: bool = True,
        exit_price: float | None = None,
        entry_price: float | None = None,
        quantity: float | None = None,
    ) -> float:
        """What closing would yield; prices and quantity default to the market's and the position's."""
        given = [None if value is None else to_decimal(value) for value in (exit_price, entry_price, quantity)]
        return to_float(self.total_close_profit_decimal(include_fees, *given))

    def total_close_profit_decimal(
        self,
        include_fees: bool = True,
        exit_price: Decimal | None = None,
        entry_price: Decimal | None = None,
        quantity: Decimal | None = None,
    ) -> Decimal:
        """The exact result of closing: a long position sells at the bid, a short one buys at the ask."""
        if quantity is None:
            if not self._invested:
                return ZERO
            quantity = self.quantity_decimal
        fees = ZERO
        if include_fees:
            fee = self._market_order_fee(-quantity)
            fees = self._converter.convert_to_account_currency(fee).amount_decimal
        if exit_price is None:
            exit_price = self._exit_price()
        entry = self.average_price_decimal if entry_price is None else entry_price
        cost = self.quantity_value(quantity, entry).in_account_currency_decimal
        return self.quantity_value(quantity, exit_price).in_account_currency_decimal - cost - fees

    def _market_order_fee(self, quantity: Decimal) -> CashAmount:
        security, known = self._security, self._fee
        model = security.fee_model
        if known is not None and known[0] is model and known[1] == quantity:
            return known[2]
        fee = market_order_fee(security, quantity)
        self._fee = (model, quantity, fee) if isinstance(model, FeeModel) and model.follows_quantity(security) else None
        return fee

    def _exit_price(self) -> Decimal:
        security = self._security
        price = security.bid_price_decimal if self.is_long else security.ask_price_decimal
        return price or security.price_decimal

    def __str__(self) -> str:
        quantity, price = decimal_text(self.quantity_decimal), decimal_text(self.average_price_decimal)
        return f"{self.symbol.value}: {quantity} @ {price}"

    def __repr__(self) -> str:
        quantity, price = short_text(self.quantity_decimal), short_text(self.average_price_decimal)
        return f"<{type(self).__name__} {self.symbol.value} {quantity} @ {price}>"


class ForexHolding(SecurityHolding):
    """A position in a currency pair."""

    def total_close_profit_pips(self) -> float:
        """The unrealized profit in pips."""
        security = self._security
        pip = security.symbol_properties.minimum_price_variation_decimal * 10
        value = pip * self.absolute_quantity_decimal * security.quote_currency.conversion_rate_decimal
        return to_float(round_decimal(self.total_close_profit_decimal() / value, 1)) if value else 0.0
