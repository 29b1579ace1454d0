"""The market when an order is submitted, as exact as LEAN records it.

LEAN multiplies the decimals of the data file by the decimal price factor, and the scale of the product is part of the
order list's hash. Prices arrive here as floats: dividing by the factor gives back the file's price, exactly, and the
product with the exact factor has LEAN's digits.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from leanib.engine.market.factor_files import FactorFileProvider
from leanib.engine.numbers import ONE, to_decimal
from leanib.engine.orders.order import OrderSubmissionData
from leanib.engine.symbols import DataNormalizationMode, SecurityType

__all__ = ["submission_data"]

_FILE_SCALE = Decimal("0.0001")
_SCALED_TYPES = (SecurityType.EQUITY, SecurityType.OPTION, SecurityType.INDEX_OPTION)
_TOLERANCE = Decimal("1e-11")


def submission_data(security: Any) -> OrderSubmissionData:
    """Bid, ask and last price of a security now."""
    factor = _price_factor(security)
    prices = (security.bid_price, security.ask_price, security.close)
    bid, ask, last = (_exact(price, factor) for price in prices)
    return OrderSubmissionData(bid, ask, last)


def _price_factor(security: Any) -> Decimal | None:
    """The factor that file prices are multiplied by today, or None where the file has no fixed scale."""
    if security.type not in _SCALED_TYPES or security.is_custom_data():
        return None
    mode = security.data_normalization_mode
    if security.type is not SecurityType.EQUITY or mode is DataNormalizationMode.RAW:
        return ONE
    factors = FactorFileProvider.get(security.symbol)
    return ONE if factors is None else factors.price_scale(security.local_time, mode)


def _exact(price: float, factor: Decimal | None) -> Decimal:
    value = to_decimal(price)
    if factor is None or not value:
        return value
    raw = (value / factor).quantize(_FILE_SCALE)
    exact = raw * factor
    # a middle of two quotes, or another price that is in no file
    return exact if abs(exact - value) <= _TOLERANCE * value else value
