"""All the currencies of an account (`Common/Securities/CashBook.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.event import Event
from leanib.engine.naming import LeanObject, names_of
from leanib.engine.numbers import ZERO, round_decimal, short_text, to_decimal, to_float
from leanib.engine.numbers.exact import FloatView
from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.securities.cash import Cash
from leanib.engine.securities.extended_dictionary import ExtendedDictionary
from leanib.engine.symbols import CashBookUpdateType, Currencies, Resolution, SecurityType

if TYPE_CHECKING:
    from leanib.engine.market import SubscriptionDataConfig
    from leanib.engine.market.universe import SecurityChanges
    from leanib.engine.securities import SecurityManager

__all__ = ["CashBook", "CashBookUpdatedEventArgs", "IdentityCurrencyConverter"]


class CashBookUpdatedEventArgs(LeanObject):
    """What happened to a currency of the cash book."""

    __slots__ = ("cash", "update_type")

    def __init__(self, update_type: CashBookUpdateType, cash: Cash) -> None:
        self.update_type = update_type
        self.cash = cash


class CashBook(ExtendedDictionary[str, Cash]):
    """Cash by currency. `updated` calls its handlers with this object and CashBookUpdatedEventArgs."""

    total_value_in_account_currency = FloatView()
    updated: Event

    def __init__(self) -> None:
        self._currencies: dict[str, Cash] = {}
        self._account_currency = ""
        self._total: Decimal | None = None
        self.updated = Event()
        self.before_change: Callable[[], object] = lambda: None
        self.account_currency = Currencies.USD

    @property
    def account_currency(self) -> str:
        """The currency in which everything is counted; setting it moves the amount of the old one to the new one."""
        return self._account_currency

    @account_currency.setter
    def account_currency(self, value: str) -> None:
        previous = self._currencies.get(self._account_currency)
        amount = ZERO
        if previous is not None:
            amount = previous.amount_decimal
            self.remove(previous.symbol)
        self._account_currency = value.upper()
        self.add(self._account_currency, amount, 1)

    @property
    def total_value_in_account_currency_decimal(self) -> Decimal:
        """The sum of all, in the account currency."""
        if self._total is None:
            self._total = sum((cash.value_in_account_currency_decimal for cash in self._currencies.values()), ZERO)
        return self._total

    def forget_total(self) -> None:
        """A rate may have changed: the sum is worked out when somebody asks."""
        self._total = None

    def add(self, symbol: str, quantity: Cash | Decimal | float, conversion_rate: Decimal | float = 0) -> Cash | None:
        """Adds a currency, or replaces amount and rate of one that is there. The null currency is not kept."""
        if symbol == Currencies.NULL_CURRENCY:
            return None
        cash = quantity if isinstance(quantity, Cash) else Cash(symbol, quantity, conversion_rate)
        existing = self._currencies.get(symbol)
        if existing is not None:
            existing.conversion_rate_decimal = cash.conversion_rate_decimal
            existing.set_amount(cash.amount_decimal)
            return existing
        cash.updated += self._on_cash_updated
        cash.rate_is_stale = self.forget_total
        cash.before_change = self._before_change
        self._currencies[symbol] = cash
        self._on_update(CashBookUpdateType.ADDED, cash)
        return cash

    def __setitem__(self, symbol: str, cash: Cash) -> None:
        self.add(symbol, cash)

    def remove(self, symbol: str) -> bool:
        """Takes a currency out; whether it was there."""
        cash = self._currencies.pop(symbol, None)
        if cash is None:
            return False
        cash.updated -= self._on_cash_updated
        self._on_update(CashBookUpdateType.REMOVED, cash)
        return True

    def clear(self) -> None:
        """Takes all currencies out."""
        for symbol in self.keys():
            self.remove(symbol)

    def _before_change(self) -> None:
        self.before_change()

    def _on_cash_updated(self, cash: Cash) -> None:
        self._on_update(CashBookUpdateType.UPDATED, cash)

    def _on_update(self, update_type: CashBookUpdateType, cash: Cash) -> None:
        self._total = None
        if self.updated.handlers:
            self.updated(self, CashBookUpdatedEventArgs(update_type, cash))

    def ensure_currency_data_feeds(
        self,
        securities: SecurityManager,
        subscriptions: object,
        market_map: Mapping[SecurityType, str],
        changes: SecurityChanges,
        security_service: object,
        default_resolution: Resolution = Resolution.MINUTE,
    ) -> list[SubscriptionDataConfig]:
        """Sees to it that every currency has a rate; the internal subscriptions that this needed."""
        added: list[SubscriptionDataConfig] = []
        for cash in list(self._currencies.values()):
            added += cash.ensure_currency_data_feed(
                securities,
                subscriptions,
                market_map,
                changes,
                security_service,
                self._account_currency,
                default_resolution,
            )
        return added

    # --- converting ----------------------------------------------------------------------------------------------

    def convert_decimal(self, source_quantity: Decimal, source_currency: str, destination_currency: str) -> Decimal:
        """An amount in another currency, exactly."""
        if not source_quantity:
            return ZERO
        source, destination = self[source_currency], self[destination_currency]
        for cash in (source, destination):
            if not cash.conversion_rate_decimal:
                raise ValueError(f"The conversion rate for {cash.symbol} is not available.")
        return source_quantity * (source.conversion_rate_decimal / destination.conversion_rate_decimal)

    def convert(self, source_quantity: Decimal | float, source_currency: str, destination_currency: str) -> float:
        """An amount in another currency."""
        return to_float(self.convert_decimal(to_decimal(source_quantity), source_currency, destination_currency))

    def to_account_currency(self, quantity: Decimal, currency: str) -> Decimal:
        """An exact amount in the account currency."""
        if currency == self._account_currency:
            return quantity
        return self.convert_decimal(quantity, currency, self._account_currency)

    def convert_to_account_currency(
        self, source_quantity: CashAmount | Decimal | float, source_currency: str | None = None
    ) -> Any:
        """A CashAmount as a CashAmount, or an amount and its currency as a float, in the account currency."""
        if source_currency is None:
            assert isinstance(source_quantity, CashAmount)
            amount = self.to_account_currency(source_quantity.amount_decimal, source_quantity.currency)
            return CashAmount(amount, self._account_currency)
        assert not isinstance(source_quantity, CashAmount)
        return to_float(self.to_account_currency(to_decimal(source_quantity), source_currency))

    # --- the mapping ---------------------------------------------------------------------------------------------

    def _items(self) -> dict[str, Cash]:
        return self._currencies

    def find(self, key: Any) -> Cash | None:
        """The cash of a currency, or None."""
        if key == Currencies.NULL_CURRENCY:
            raise ValueError("the null currency has no cash")
        return self._currencies.get(key)

    def _missing(self, key: object) -> str:
        return f"This cash symbol ({key}) was not found in your cash book."

    def __str__(self) -> str:
        sign = Currencies.get_currency_symbol(self._account_currency)
        total = round_decimal(self.total_value_in_account_currency_decimal, 2)
        lines = [f"Symbol {'Quantity':>13}    {'Conversion':>10} = Value in {self._account_currency}"]
        lines += [cash.to_string(self._account_currency) for cash in self._currencies.values()]
        lines += ["-------------------------------------------------"]
        lines += [f"CashBook Total Value:                {sign}{total:f}", ""]
        return "\n".join(lines)

    def __repr__(self) -> str:
        amounts = (f"{short_text(cash.amount_decimal)} {cash.symbol}" for cash in self._currencies.values())
        return f"<{type(self).__name__} {names_of(amounts)}>"


class IdentityCurrencyConverter:
    """Converts nothing: only amounts of the account currency are taken."""

    def __init__(self, account_currency: str) -> None:
        self.account_currency = account_currency

    def convert_to_account_currency(self, cash_amount: CashAmount) -> CashAmount:
        """The same amount."""
        if cash_amount.currency.upper() != self.account_currency.upper():
            raise ValueError(
                "The IdentityCurrencyConverter can only handle CashAmounts in units of the account currency"
            )
        return cash_amount
