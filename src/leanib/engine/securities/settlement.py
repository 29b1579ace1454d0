"""When the money of a trade arrives (`Common/Securities/*SettlementModel.cs`)."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO
from leanib.engine.orders.cash_amount import CashAmount

if TYPE_CHECKING:
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.securities.cash_book import CashBook
    from leanib.engine.securities.portfolio import SecurityPortfolioManager
    from leanib.engine.securities.security import Security

__all__ = [
    "AccountCurrencyImmediateSettlementModel",
    "ApplyFundsSettlementModelParameters",
    "DelayedSettlementModel",
    "ImmediateSettlementModel",
    "ScanSettlementModelParameters",
    "SettlementModel",
]


class ApplyFundsSettlementModelParameters(LeanObject):
    """An amount to settle, and the fill that it comes from."""

    __slots__ = ("cash_amount", "fill", "portfolio", "security", "utc_time")

    def __init__(
        self,
        portfolio: SecurityPortfolioManager,
        security: Security,
        application_time_utc: datetime,
        cash_amount: CashAmount,
        fill: OrderEvent | None,
    ) -> None:
        self.portfolio = portfolio
        self.security = security
        self.utc_time = application_time_utc
        self.cash_amount = cash_amount
        self.fill = fill


class ScanSettlementModelParameters(LeanObject):
    """The time up to which settlements are due."""

    __slots__ = ("portfolio", "security", "utc_time")

    def __init__(self, portfolio: SecurityPortfolioManager, security: Security, time_utc: datetime) -> None:
        self.portfolio = portfolio
        self.security = security
        self.utc_time = time_utc


class SettlementModel(LeanObject):
    """Base of the settlement models."""

    def apply_funds(self, apply_funds_parameters: ApplyFundsSettlementModelParameters) -> None:
        """Settles an amount, now or later."""
        raise NotImplementedError(f"{type(self).__name__} must define apply_funds()")

    def scan(self, settlement_parameters: ScanSettlementModelParameters) -> None:
        """Settles what is due."""

    def get_unsettled_cash(self) -> CashAmount | None:
        """What is still to settle; None when nothing is."""
        return None


class ImmediateSettlementModel(SettlementModel):
    """The money is there at once."""

    def apply_funds(self, apply_funds_parameters: ApplyFundsSettlementModelParameters) -> None:
        """Books the amount."""
        amount = apply_funds_parameters.cash_amount
        apply_funds_parameters.portfolio.cash_book[amount.currency].add_amount(amount.amount_decimal)


class AccountCurrencyImmediateSettlementModel(ImmediateSettlementModel):
    """The money is there at once, in the account currency."""

    def apply_funds(self, apply_funds_parameters: ApplyFundsSettlementModelParameters) -> None:
        """Converts the amount and books it."""
        amount, cash_book = apply_funds_parameters.cash_amount, apply_funds_parameters.portfolio.cash_book
        converted = cash_book.to_account_currency(amount.amount_decimal, amount.currency)
        cash_book[cash_book.account_currency].add_amount(converted)


class _Unsettled(NamedTuple):
    settlement_time_utc: datetime
    currency: str
    amount: Decimal


class DelayedSettlementModel(SettlementModel):
    """Proceeds arrive some trading days later, at a time of day in the exchange's zone; payments go at once."""

    def __init__(self, number_of_days: int, time_of_day: timedelta) -> None:
        self._number_of_days = number_of_days
        self._time_of_day = time_of_day
        self._cash_book: CashBook | None = None
        self._unsettled: deque[_Unsettled] = deque()

    def apply_funds(self, apply_funds_parameters: ApplyFundsSettlementModelParameters) -> None:
        """Books a payment, or keeps proceeds until their day."""
        portfolio, amount = apply_funds_parameters.portfolio, apply_funds_parameters.cash_amount
        self._cash_book = portfolio.unsettled_cash_book
        if amount.amount_decimal <= 0:
            portfolio.cash_book[amount.currency].add_amount(amount.amount_decimal)
            return
        portfolio.unsettled_cash_book[amount.currency].add_amount(amount.amount_decimal)
        due = self._settlement_time(apply_funds_parameters.security, apply_funds_parameters.utc_time)
        self._unsettled.append(_Unsettled(due, amount.currency, amount.amount_decimal))

    def _settlement_time(self, security: Security, utc_time: datetime) -> datetime:
        hours = security.exchange.hours
        local = hours.time_zone.to_local(utc_time)
        day = datetime(local.year, local.month, local.day)
        for _ in range(self._number_of_days):
            day = hours.get_next_trading_day(day)
        return hours.time_zone.to_utc(day + self._time_of_day)

    def scan(self, settlement_parameters: ScanSettlementModelParameters) -> None:
        """Books the proceeds that are due."""
        portfolio = settlement_parameters.portfolio
        while self._unsettled and settlement_parameters.utc_time >= self._unsettled[0].settlement_time_utc:
            item = self._unsettled.popleft()
            portfolio.unsettled_cash_book[item.currency].add_amount(-item.amount)
            portfolio.cash_book[item.currency].add_amount(item.amount)

    def get_unsettled_cash(self) -> CashAmount | None:
        """What is still to settle, in the account currency."""
        if self._cash_book is None or not self._unsettled:
            return None
        book = self._cash_book
        total = sum((book.to_account_currency(item.amount, item.currency) for item in self._unsettled), ZERO)
        return CashAmount(total, book.account_currency)
