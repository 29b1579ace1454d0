"""Interest on positions (`Common/Securities/*MarginInterestRateModel.cs`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, to_decimal
from leanib.engine.numbers.exact import FloatView

if TYPE_CHECKING:
    from leanib.engine.securities.security import Security

__all__ = ["MarginInterestRateModel", "MarginInterestRateParameters", "ShortMarginInterestRateModel"]


class MarginInterestRateParameters(LeanObject):
    """The security, and the time (naive UTC) up to which interest is due."""

    __slots__ = ("security", "time")

    def __init__(self, security: Security, time: datetime) -> None:
        self.security = security
        self.time = time


class MarginInterestRateModel(LeanObject):
    """Base of the models, and the one that takes nothing: `MarginInterestRateModel.NULL`."""

    NULL: MarginInterestRateModel
    Null: MarginInterestRateModel

    def apply_margin_interest_rate(self, margin_interest_rate_parameters: MarginInterestRateParameters) -> None:
        """Books what is due."""


MarginInterestRateModel.NULL = MarginInterestRateModel.Null = MarginInterestRateModel()


class ShortMarginInterestRateModel(MarginInterestRateModel):
    """The borrowing fee of short positions, and the rebate, once a day at the shortable provider's rates."""

    amount = FloatView()

    def __init__(self) -> None:
        self.amount_decimal = ZERO
        self._is_short = False
        self._previous_time: datetime | None = None

    def apply_margin_interest_rate(self, margin_interest_rate_parameters: MarginInterestRateParameters) -> None:
        """Books the days since the last time."""
        security, time = margin_interest_rate_parameters.security, margin_interest_rate_parameters.time
        holdings = security.holdings
        if not holdings.hold_stock:
            self._previous_time = None
            return
        if self._previous_time is None or self._is_short != holdings.is_short:
            self._is_short = holdings.is_short
            self._previous_time = time
            return
        days = (time.date() - self._previous_time.date()).days
        if not days:
            return
        rate = self._rate(security)
        if not rate:
            self._previous_time = None
            return
        fee = rate * holdings.holdings_value_decimal / 360 * days
        self.amount_decimal += fee
        security.quote_currency.add_amount(fee)
        self._previous_time = time

    def _rate(self, security: Security) -> Decimal:
        provider = security.shortable_provider
        local = security.local_time
        day = datetime(local.year, local.month, local.day)
        ask = provider.fee_rate if self._is_short else provider.rebate_rate
        return to_decimal(ask(security.symbol, day) or 0)
