"""What orders and their models ask of a security: few members, so that orders need not know securities.

Securities build on orders: they have fee, fill and slippage models. What is here says what these see of them.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from leanib.engine.exchanges import SecurityExchangeHours, SymbolProperties
    from leanib.engine.market import SubscriptionDataConfig
    from leanib.engine.orders.exchanges import Exchange
    from leanib.engine.symbols import DataNormalizationMode, SecurityType, Symbol
    from leanib.engine.timezones import DateTimeZone

__all__ = ["Book", "TradedEquity", "TradedOption", "TradedPair", "TradedSecurity"]


class _Cache(Protocol):
    """The latest data."""

    def get_data(self, data_type: type | None = None) -> Any:
        """The latest point, or the latest of a kind."""

    def get_all(self, data_type: type) -> Any:
        """All points of the present time step."""


class _Exchange(Protocol):
    """Where it trades."""

    hours: SecurityExchangeHours

    @property
    def time_zone(self) -> DateTimeZone:
        """The exchange's."""

    def date_time_is_open(self, date_time: datetime) -> bool:
        """Whether it is open then."""

    def is_open_during_bar(self, bar_start_time: datetime, bar_end_time: datetime, is_extended: bool) -> bool:
        """Whether it is open at any time of a bar."""


class _Currency(Protocol):
    """A currency of the account's book."""

    @property
    def symbol(self) -> str:
        """Its code."""

    @property
    def conversion_rate_decimal(self) -> Decimal:
        """What one is worth in the account's currency."""


class _Holdings(Protocol):
    """What is held of it."""

    @property
    def quantity_decimal(self) -> Decimal:
        """Signed."""

    def quantity_value(self, quantity: Decimal, price: Decimal) -> Any:
        """What so many are worth at a price, as a `ConvertibleCashAmount`."""


class TradedSecurity(Protocol):
    """A security as orders see it. Times are naive, in the zone of its exchange.

    Attributes:
        data_normalization_mode: How its prices are adjusted.
        last_split_factor_decimal: The product of the splits since its first day.
        fee_model, fill_model, slippage_model: May be of the user's making.
    """

    symbol: Symbol
    symbol_properties: SymbolProperties
    data_normalization_mode: DataNormalizationMode
    last_split_factor_decimal: Decimal
    fee_model: Any
    fill_model: Any
    slippage_model: Any

    @property
    def type(self) -> SecurityType:
        """The security type."""

    def is_custom_data(self) -> bool:
        """Whether its data are of a user's making."""

    @property
    def exchange(self) -> _Exchange:
        """Where it trades."""

    @property
    def cache(self) -> _Cache:
        """The latest data."""

    @property
    def quote_currency(self) -> _Currency:
        """The currency of its price."""

    @property
    def holdings(self) -> _Holdings:
        """What is held of it."""

    @property
    def subscriptions(self) -> list[SubscriptionDataConfig]:
        """Its streams."""

    @property
    def local_time(self) -> datetime:
        """Now."""

    @property
    def has_data(self) -> bool:
        """Whether any came."""

    @property
    def fundamentals(self) -> Any:
        """Its fundamental data."""

    def get_last_data(self) -> Any:
        """The latest point; None when there is none."""

    @property
    def price(self) -> float:
        """The latest price."""

    @property
    def open(self) -> float:
        """Of the latest bar."""

    @property
    def high(self) -> float:
        """Of the latest bar."""

    @property
    def low(self) -> float:
        """Of the latest bar."""

    @property
    def close(self) -> float:
        """Of the latest bar."""

    @property
    def volume(self) -> float:
        """Of the latest bar."""

    @property
    def bid_price(self) -> float:
        """The latest bid."""

    @property
    def ask_price(self) -> float:
        """The latest ask."""

    @property
    def price_decimal(self) -> Decimal:
        """The latest price, exactly."""

    @property
    def bid_price_decimal(self) -> Decimal:
        """The latest bid, exactly."""

    @property
    def ask_price_decimal(self) -> Decimal:
        """The latest ask, exactly."""


class TradedEquity(TradedSecurity, Protocol):
    """A stock."""

    @property
    def primary_exchange(self) -> Exchange:
        """Where it is listed."""


class TradedPair(TradedSecurity, Protocol):
    """A pair of currencies."""

    @property
    def base_currency(self) -> _Currency:
        """What is bought."""


class TradedOption(TradedSecurity, Protocol):
    """An option contract."""

    def get_exercise_quantity_decimal(self, order_quantity: Decimal) -> Decimal:
        """How much of the underlying an exercise brings."""

    def in_the_money_amount_decimal(self, quantity: Decimal) -> Decimal:
        """What so many contracts are worth when exercised now."""


class _CashBook(Protocol):
    """The account's currencies."""

    def __getitem__(self, currency: str) -> Any: ...


class Book(Protocol):
    """A portfolio as fees see it."""

    @property
    def cash_book(self) -> _CashBook:
        """The account's currencies."""
