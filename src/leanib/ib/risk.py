"""The limits of `config/` that hold before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import NoReturn

from leanib.ib.clock import Clock
from leanib.ib.errors import OrderRefused
from leanib.ib.journal import Journal
from leanib.ib.settings import RiskSettings

__all__ = ["Exposure", "RiskLimits"]


@dataclass(frozen=True)
class Exposure:
    """What an order meets.

    Attributes:
        position: Quantity held of the contract, None when unknown.
        working: Signed quantity of open orders of the contract that would add to it.
        price: A price of the contract, None when none is known.
        multiplier: Of the contract.
        daily_pnl: Profit of the day in the account's currency, None when unknown.
    """

    position: Decimal | None
    working: Decimal
    price: Decimal | None
    multiplier: Decimal
    daily_pnl: Decimal | None


class RiskLimits:
    """Checks one order against the limits; what a limit needs to know and nobody knows refuses the order."""

    def __init__(self, settings: RiskSettings, journal: Journal, clock: Clock) -> None:
        self._settings = settings
        self._journal = journal
        self._clock = clock

    @property
    def needs_exposure(self) -> bool:
        """Whether any limit needs prices or positions."""
        s = self._settings
        return bool(s.max_order_value or s.max_position_quantity or s.max_position_value or s.max_daily_loss)

    def check(self, symbol: str, signed_quantity: Decimal, exposure: Exposure) -> None:
        """Lets an order pass or not.

        Raises:
            OrderRefused: The text names the limit and its key.
        """
        s = self._settings
        if s.kill_switch:
            self._refuse("the kill switch is on", "kill_switch")
        if s.allowed_symbols and symbol not in s.allowed_symbols:
            self._refuse(f"{symbol} is not among the allowed symbols", "allowed_symbols")
        if s.max_order_quantity and abs(signed_quantity) > Decimal(str(s.max_order_quantity)):
            self._refuse(f"{abs(signed_quantity)} is more than {s.max_order_quantity:g}", "max_order_quantity")
        self._check_rate()
        if self.needs_exposure:
            self._check_value(signed_quantity, exposure)
            self._check_position(signed_quantity, exposure)
            self._check_loss(signed_quantity, exposure)

    def _check_rate(self) -> None:
        limit = self._settings.max_orders_per_minute
        if limit and self._journal.sent_since(self._clock.now() - timedelta(minutes=1)) >= limit:
            self._refuse(f"{limit} orders were sent in the last minute", "max_orders_per_minute")

    def _check_value(self, signed_quantity: Decimal, exposure: Exposure) -> None:
        limit = Decimal(str(self._settings.max_order_value))
        if limit:
            value = abs(signed_quantity) * self._price(exposure, "max_order_value")
            if value > limit:
                self._refuse(f"the order is worth {value:,.2f}, more than {limit:,.2f}", "max_order_value")

    def _check_position(self, signed_quantity: Decimal, exposure: Exposure) -> None:
        s = self._settings
        if not (s.max_position_quantity or s.max_position_value):
            return
        if exposure.position is None:
            self._refuse("the position is not known", "max_position_quantity and max_position_value")
        before = abs(exposure.position)
        after = abs(exposure.position + exposure.working + signed_quantity)
        if after <= before:
            return
        if s.max_position_quantity and after > Decimal(str(s.max_position_quantity)):
            self._refuse(
                f"the position would be {after}, more than {s.max_position_quantity:g}", "max_position_quantity"
            )
        limit = Decimal(str(s.max_position_value))
        if limit and after * self._price(exposure, "max_position_value") > limit:
            value = after * self._price(exposure, "max_position_value")
            self._refuse(f"the position would be worth {value:,.2f}, more than {limit:,.2f}", "max_position_value")

    def _check_loss(self, signed_quantity: Decimal, exposure: Exposure) -> None:
        limit = Decimal(str(self._settings.max_daily_loss))
        if not limit:
            return
        if exposure.position is not None and _only_closes(exposure.position, signed_quantity):
            return
        if exposure.daily_pnl is None:
            self._refuse("today's profit or loss is not known", "max_daily_loss")
        if exposure.daily_pnl <= -limit:
            self._refuse(f"today's loss is {-exposure.daily_pnl:,.2f}; only closing orders are sent", "max_daily_loss")

    def _price(self, exposure: Exposure, key: str) -> Decimal:
        if exposure.price is None:
            self._refuse("no price is known to measure the order with: give a limit price, or wait for a quote", key)
        return exposure.price * exposure.multiplier

    @staticmethod
    def _refuse(why: str, key: str) -> NoReturn:
        raise OrderRefused(f"not sent: {why} (limit {key} in config/)")


def _only_closes(position: Decimal, signed_quantity: Decimal) -> bool:
    return position * signed_quantity < 0 and abs(signed_quantity) <= abs(position)
