"""The prices of a security: floats for algorithms, exact ones for the engine (`Common/Securities/Security.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from leanib.engine.naming import LeanObject

if TYPE_CHECKING:
    from leanib.engine.securities.cache import SecurityCache

__all__ = ["PriceLane", "SecurityPrices"]


class PriceLane(Protocol):
    """Where a security's data come from while the run goes over many steps at once."""

    def catch_up(self) -> None:
        """Take everything in up to the present step."""

    def price(self) -> float:
        """The last price at the present step."""

    def interrupt(self) -> None:
        """End the stretch: the security is changed by other means."""


class SecurityPrices(LeanObject):
    """The part of Security that tells prices; what has no price of its own yet falls back on the last price."""

    __slots__ = ()

    if TYPE_CHECKING:
        _cache: SecurityCache
        _lane: PriceLane | None

    @property
    def cache(self) -> SecurityCache:
        """The last data."""
        if self._lane is not None:
            self._lane.catch_up()
        return self._cache

    @property
    def price(self) -> float:
        """The last price."""
        return self._cache.price if self._lane is None else self._lane.price()

    @property
    def open(self) -> float:
        """The last bar's open."""
        return self.cache.open or self.price

    @property
    def high(self) -> float:
        """The last bar's high."""
        return self.cache.high or self.price

    @property
    def low(self) -> float:
        """The last bar's low."""
        return self.cache.low or self.price

    @property
    def close(self) -> float:
        """The last bar's close."""
        return self.cache.close or self.price

    @property
    def bid_price(self) -> float:
        """The best bid, or the last price."""
        return self.cache.bid_price or self.price

    @property
    def ask_price(self) -> float:
        """The best ask, or the last price."""
        return self.cache.ask_price or self.price

    @property
    def volume(self) -> float:
        """The last volume."""
        return self.cache.volume

    @property
    def bid_size(self) -> float:
        """The size at the best bid."""
        return self.cache.bid_size

    @property
    def ask_size(self) -> float:
        """The size at the best ask."""
        return self.cache.ask_size

    @property
    def open_interest(self) -> int:
        """The open interest."""
        return self.cache.open_interest

    @property
    def price_decimal(self) -> Decimal:
        """The exact last price."""
        return self.cache.to_exact(self.price)

    @property
    def open_decimal(self) -> Decimal:
        """The exact open of the last bar."""
        return self.cache.to_exact(self.open)

    @property
    def high_decimal(self) -> Decimal:
        """The exact high of the last bar."""
        return self.cache.to_exact(self.high)

    @property
    def low_decimal(self) -> Decimal:
        """The exact low of the last bar."""
        return self.cache.to_exact(self.low)

    @property
    def close_decimal(self) -> Decimal:
        """The exact close of the last bar."""
        return self.cache.to_exact(self.close)

    @property
    def bid_price_decimal(self) -> Decimal:
        """The exact best bid."""
        return self.cache.to_exact(self.bid_price)

    @property
    def ask_price_decimal(self) -> Decimal:
        """The exact best ask."""
        return self.cache.to_exact(self.ask_price)
