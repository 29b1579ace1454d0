"""The account: cash, holdings, their value and the margin (`Common/Securities/SecurityPortfolioManager.cs`).

A dictionary of holdings by symbol. Amounts are in the account currency: floats, exact under the names ending in
`_decimal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leanib.engine.market.events import Dividend, Split
from leanib.engine.naming import names_of
from leanib.engine.numbers import ZERO, round_decimal, short_text, to_decimal, to_float, truncate
from leanib.engine.numbers.exact import FloatView
from leanib.engine.orders.enums import OrderDirection
from leanib.engine.securities.buying_power.model import BuyingPowerModel
from leanib.engine.securities.buying_power.parameters import HasSufficientBuyingPowerForOrderResult
from leanib.engine.securities.cash import Cash
from leanib.engine.securities.cash_book import CashBook, CashBookUpdatedEventArgs
from leanib.engine.securities.extended_dictionary import ExtendedDictionary
from leanib.engine.securities.holding import SecurityHolding
from leanib.engine.securities.manager import SecurityManager
from leanib.engine.securities.margin_call import DefaultMarginCallModel
from leanib.engine.securities.portfolio_value import PortfolioValue
from leanib.engine.securities.positions import SecurityPositionGroupModel
from leanib.engine.securities.user_models import adapted
from leanib.engine.symbols import CashBookUpdateType, DataNormalizationMode, Symbol

if TYPE_CHECKING:
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.properties import OrderProperties
    from leanib.engine.securities.security import Security
    from leanib.engine.securities.settings import AlgorithmSettings

__all__ = ["SecurityPortfolioManager"]

_DEFAULT_CASH = 100_000


class SecurityPortfolioManager(PortfolioValue, ExtendedDictionary[Symbol, SecurityHolding]):
    """Cash and holdings."""

    cash = FloatView()
    margin_remaining = FloatView()
    total_margin_used = FloatView()
    unsettled_cash = FloatView()
    securities: SecurityManager
    transactions: Any
    margin_call_model: Any
    cash_book: CashBook
    unsettled_cash_book: CashBook
    # None until an order was too small to be worth its fees, then False until somebody has told the user.
    minimum_order_margin_warning_sent: bool | None

    def __init__(
        self,
        security_manager: SecurityManager,
        transactions: Any,
        algorithm_settings: AlgorithmSettings,
        default_order_properties: OrderProperties | None = None,
    ) -> None:
        self.securities = security_manager
        self.transactions = transactions
        self._settings = algorithm_settings
        self._positions = SecurityPositionGroupModel()
        self._positions.initialize(security_manager)
        self.margin_call_model = DefaultMarginCallModel(self, default_order_properties)
        self.cash_book = CashBook()
        self.unsettled_cash_book = CashBook()
        self._base_cash = self.cash_book[self.cash_book.account_currency]
        self._base_cash.set_amount(_DEFAULT_CASH)
        self._value: Decimal | None = None
        self._approximate: float | None = None
        self._held_seen: list[Security] | None = None
        self._cash_seen: Decimal | None = None
        self._cash_float = 0.0
        self._cash_was_set = False
        self._base_currency_was_named = False
        self._account_currency_was_set = False
        self.minimum_order_margin_warning_sent = None
        for book in (self.cash_book, self.unsettled_cash_book):
            book.before_change = self._interrupt
        self.cash_book.updated += self._on_cash_book_updated
        self.unsettled_cash_book.updated += self._on_value_changed

    # --- cash ----------------------------------------------------------------------------------------------------

    def _interrupt(self) -> None:
        self.securities.interrupt()

    def _on_cash_book_updated(self, _book: CashBook, event: CashBookUpdatedEventArgs) -> None:
        if event.update_type is CashBookUpdateType.ADDED:
            cash = event.cash
            unsettled = Cash(cash.symbol, ZERO, cash.conversion_rate_decimal)
            unsettled.currency_conversion = cash.currency_conversion
            cash.currency_conversion_updated += self._share_conversion
            cash.rate_is_stale = self._forget_totals
            self.unsettled_cash_book.add(cash.symbol, unsettled)
        self._value = self._approximate = None

    def _share_conversion(self, cash: Cash) -> None:
        self.unsettled_cash_book[cash.symbol].currency_conversion = cash.currency_conversion

    def _forget_totals(self) -> None:
        self.cash_book.forget_total()
        self.unsettled_cash_book.forget_total()

    def _on_value_changed(self, *_: object) -> None:
        self._value = self._approximate = None

    @property
    def cash_decimal(self) -> Decimal:
        """All settled cash."""
        return self.cash_book.total_value_in_account_currency_decimal

    @property
    def unsettled_cash_decimal(self) -> Decimal:
        """All unsettled cash."""
        return self.unsettled_cash_book.total_value_in_account_currency_decimal

    def set_account_currency(self, account_currency: str, starting_cash: Decimal | float | None = None) -> None:
        """Counts in another currency; only once, and before any security is added."""
        account_currency = account_currency.upper()
        if self._account_currency_was_set:
            return
        self._account_currency_was_set = True
        if len(self.securities):
            raise ValueError(
                "the account currency must be set before any security is added; call it first in initialize"
            )
        previous = self._base_cash if self._cash_was_set else None
        amount = previous.amount_decimal if previous is not None else ZERO
        self.unsettled_cash_book.account_currency = account_currency
        self.cash_book.account_currency = account_currency
        self._base_cash = self.cash_book[account_currency]
        if self._base_currency_was_named and previous is not None and previous.symbol != account_currency:
            # Cash that was given in a named currency stays in it.
            self._base_cash.set_amount(ZERO)
            self.cash_book.add(previous.symbol, amount, previous.conversion_rate_decimal)
        if starting_cash is not None:
            self.set_cash(starting_cash)

    def set_cash(
        self,
        symbol: str | Decimal | float,
        cash: Decimal | float | None = None,
        conversion_rate: Decimal | float = 0,
    ) -> None:
        """`set_cash(amount)` in the account currency, or `set_cash(currency, amount, conversion_rate)`."""
        self._cash_was_set = True
        self._base_currency_was_named = isinstance(symbol, str)
        if not isinstance(symbol, str):
            self._base_cash.set_amount(symbol)
            return
        assert cash is not None
        symbol = symbol.upper()
        existing = self.cash_book.find(symbol)
        if existing is None:
            self.cash_book.add(symbol, cash, conversion_rate)
            return
        existing.set_amount(cash)
        existing.conversion_rate_decimal = to_decimal(conversion_rate)

    # --- margin --------------------------------------------------------------------------------------------------

    @property
    def positions(self) -> SecurityPositionGroupModel:
        """The positions, grouped for margin."""
        return self._positions

    @positions.setter
    def positions(self, value: SecurityPositionGroupModel) -> None:
        value.initialize(self.securities)
        self._positions = value

    def set_positions(self, position_group_model: SecurityPositionGroupModel) -> None:
        """Groups positions in another way."""
        self.positions = position_group_model

    @property
    def total_margin_used_decimal(self) -> Decimal:
        """What the holdings tie up."""
        groups = self._positions.groups
        return sum(
            (group.buying_power_model.get_reserved_buying_power_for_position_group(self, group) for group in groups),
            ZERO,
        )

    def approximate_margin_used(self) -> float | None:
        """What the holdings tie up, in floats; None where only the models themselves can tell."""
        if type(self._positions) is not SecurityPositionGroupModel:
            return None
        used = 0.0
        for security in self._positions.held_securities:
            model = security.buying_power_model
            margin = model.approximate_maintenance_margin(security) if isinstance(model, BuyingPowerModel) else None
            if margin is None:
                return None
            used += margin
        return used

    def margin_used_at(self, prices: Mapping[Security, NDArray[np.float64]]) -> NDArray[np.float64] | float | None:
        """Likewise at each of several prices; what is not among them stays at its price."""
        if type(self._positions) is not SecurityPositionGroupModel:
            return None
        used: NDArray[np.float64] | float = 0.0
        for security in self._positions.held_securities:
            model, holdings = security.buying_power_model, security.holdings
            if not isinstance(model, BuyingPowerModel) or model.approximate_maintenance_margin(security) is None:
                return None
            worth = holdings.worth_at(prices[security]) if security in prices else holdings.approximate_value()
            used = used + np.abs(worth) * model.maintenance_margin_rate
        return used

    @property
    def margin_remaining_decimal(self) -> Decimal:
        """What is not tied up."""
        return self.margin_remaining_at(self.total_portfolio_value_decimal)

    def margin_remaining_at(self, total_portfolio_value: Decimal) -> Decimal:
        """What is not tied up of that value."""
        return total_portfolio_value - self.unsettled_cash_decimal - self.total_margin_used_decimal

    def get_margin_remaining(
        self, symbol: Symbol | None = None, direction: OrderDirection = OrderDirection.BUY
    ) -> float:
        """What is free: of a portfolio value, or for trading a security in a direction."""
        if isinstance(symbol, (Decimal, float, int)):
            return to_float(self.margin_remaining_at(to_decimal(symbol)))
        security = self.securities[symbol]
        group = self._positions.get_or_create_default_group(security)
        if security.holdings.is_short:
            # The direction is that of the group: buying a group of short positions sells more.
            direction = OrderDirection.SELL if direction is OrderDirection.BUY else OrderDirection.BUY
        return float(group.buying_power_model.get_position_group_buying_power(self, group, direction))

    def get_buying_power(self, symbol: Symbol, direction: OrderDirection = OrderDirection.BUY) -> float:
        """What is free for trading a security in a direction."""
        return self.get_margin_remaining(symbol, direction)

    def has_sufficient_buying_power_for_order(self, orders: list[Order]) -> HasSufficientBuyingPowerForOrderResult:
        """Whether all the orders can be paid."""
        return self._positions.has_sufficient_buying_power_for_orders(self, orders)

    def set_margin_call_model(self, margin_call_model: object) -> None:
        """Replaces the margin call model."""
        self._interrupt()
        self.margin_call_model = adapted(margin_call_model)

    def note_small_order_ignored(self) -> None:
        """An order was too small to be worth its fees: the user should be told once."""
        if self.minimum_order_margin_warning_sent is None:
            self.minimum_order_margin_warning_sent = False

    # --- what happens --------------------------------------------------------------------------------------------

    def process_fills(self, fills: Iterable[OrderEvent]) -> None:
        """Books fills."""
        for fill in fills:
            security = self.securities[fill.symbol]
            security.portfolio_model.process_fill(self, security, fill)
        self._value = self._approximate = None

    def apply_dividend(self, dividend: Dividend, live_mode: bool, mode: DataNormalizationMode) -> None:
        """Pays a dividend, where prices do not contain it; live, the brokerage's cash is taken over instead."""
        if live_mode or mode not in (DataNormalizationMode.RAW, DataNormalizationMode.SPLIT_ADJUSTED):
            return
        security = self.securities[dividend.symbol]
        total = (
            security.holdings.quantity_decimal
            * to_decimal(dividend.distribution)
            * security.quote_currency.conversion_rate_decimal
        )
        self._base_cash.add_amount(total)
        security.holdings.add_new_dividend(total)

    def apply_split(self, split: Split, security: Security, live_mode: bool, mode: DataNormalizationMode) -> None:
        """Restates a position in new shares, where prices do not contain the split; fractions are paid out."""
        if not security.symbol.asset.has_corporate_actions or not (live_mode or mode is DataNormalizationMode.RAW):
            return
        holdings, factor = security.holdings, split.split_factor_decimal
        quantity = holdings.quantity_decimal / factor
        whole = truncate(quantity)
        holdings.set_holdings(holdings.average_price_decimal * factor, whole)
        if security.get_last_data() is None:
            self._base_cash.add_amount((quantity - whole) * to_decimal(split.reference_price) * factor)
            return
        security.apply_split(split)
        self._base_cash.add_amount((quantity - whole) * security.cache.last_data_price_decimal)
        self._value = self._approximate = None

    def add_transaction_record(
        self, time: datetime, transaction_profit_loss: Decimal | float, is_win: bool = False
    ) -> None:
        """Counts a closed trade; time in UTC."""
        self.transactions.add_transaction_record(time, to_decimal(transaction_profit_loss), is_win)

    # --- the mapping ---------------------------------------------------------------------------------------------

    def _items(self) -> dict[Symbol, SecurityHolding]:
        return {security.symbol: security.holdings for security in self.securities.values()}

    def find(self, key: object) -> SecurityHolding | None:
        """The holding of a symbol or ticker, or None."""
        security = self.securities.find(key)
        return None if security is None else security.holdings

    def __getitem__(self, key: object) -> SecurityHolding:
        return self.securities[key].holdings

    def __setitem__(self, key: Any, holding: SecurityHolding) -> None:
        self.securities[key].holdings = holding

    def __repr__(self) -> str:
        held = names_of(f"{symbol.value} {h.quantity:.10g}" for symbol, h in self._items().items() if h.invested)
        cash = short_text(round_decimal(self.cash_decimal, 2))
        return f"<{type(self).__name__} {cash} {self.cash_book.account_currency} cash, holds {held or 'nothing'}>"

    def __len__(self) -> int:
        return len(self.securities)

    @property
    def count(self) -> int:
        """How many securities there are, held or not."""
        return len(self.securities)

    def _missing(self, key: object) -> str:
        return f"{key} is not in the portfolio; add the security first"
