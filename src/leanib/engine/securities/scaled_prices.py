"""The exact prices of equities whose data are adjusted for splits and dividends.

LEAN multiplies the decimals of the data file by the factor file's decimals, which can give more digits than a float
keeps. Dividing a float by the factor leads back to the file's price, which is short; its product with the factor is
LEAN's price.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from leanib.engine.market.factor_files import FactorFileProvider
from leanib.engine.numbers import ONE, ZERO, normalize, to_decimal
from leanib.engine.symbols import DataNormalizationMode

if TYPE_CHECKING:
    from leanib.engine.market import BaseData
    from leanib.engine.securities.security import Security

__all__ = ["ScaledPrices"]

_FILE_STEP = Decimal("0.000001")  # a hundredth of the file's step: the middle of two quotes has more decimals
_TOLERANCE = Decimal("1e-12")


class ScaledPrices:
    """Makes exact prices of one security's floats."""

    __slots__ = ("_cache", "_day", "_exact", "_exact_factor", "_exact_price", "_factor", "_last", "_mode", "_security")

    def __init__(self, security: Security) -> None:
        self._security = security
        self._cache = security.cache
        self._last: BaseData | None = None
        self._exact_price, self._exact_factor = 0.0, ONE
        self._exact = ZERO
        self._day: date | None = None
        self._mode: DataNormalizationMode | None = None
        self._factor = ONE

    def __call__(self, price: float) -> Decimal:
        """The exact price; the float's own digits where the file's price cannot be told."""
        factor = self._current_factor()
        if price != self._exact_price or factor is not self._exact_factor:  # one price is asked for again and again
            self._exact = _exact(price, factor)
            self._exact_price, self._exact_factor = price, factor
        return self._exact

    def over(self, first: datetime, last: datetime) -> Callable[[float], Decimal] | None:
        """What makes exact prices of data of some days that have one factor; None where they have several."""
        mode = self._security.data_normalization_mode
        factors = None if mode is DataNormalizationMode.RAW else FactorFileProvider.get(self._security.symbol)
        if factors is None:
            return to_decimal
        return partial(_exact, factor=factors.price_scale(first, mode)) if factors.is_same_over(first, last) else None

    def _current_factor(self) -> Decimal:
        """The factor on the day of the last data."""
        security = self._security
        mode, last = security.data_normalization_mode, self._cache.get_data()
        if last is self._last and mode is self._mode:
            return self._factor
        self._last = last
        if last is None or mode is DataNormalizationMode.RAW:
            self._day, self._mode, self._factor = None, mode, ONE
            return ONE
        day = last.time.date()
        if day != self._day or mode is not self._mode:
            self._day, self._mode = day, mode
            factors = FactorFileProvider.get(security.symbol)
            self._factor = ONE if factors is None else factors.price_scale(last.time, mode)
        return self._factor


def _exact(price: float, factor: Decimal) -> Decimal:
    value = to_decimal(price)
    if factor == ONE:
        return value
    exact = normalize((value / factor).quantize(_FILE_STEP)) * factor
    return exact if abs(exact - value) <= _TOLERANCE * abs(value) else value
