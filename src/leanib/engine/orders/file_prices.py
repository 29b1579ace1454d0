"""The decimals behind prices, which arrive as floats.

LEAN multiplies the decimals of the data file by the decimal price factor, and the scale of the product is part of the
order list's hash and of its messages. Dividing a float by the factor gives back the file's price, exactly, and the
product with the exact factor has LEAN's digits.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.market import BaseData, QuoteBar, TradeBar
from leanib.engine.market.factor_files import FactorFileProvider
from leanib.engine.numbers import ONE, ZERO, to_decimal
from leanib.engine.symbols import DataNormalizationMode

if TYPE_CHECKING:
    from leanib.engine.orders.traded import TradedSecurity

__all__ = ["exact_last_price", "exact_prices", "file_price", "price_factors"]

_FILE_SCALE = Decimal("0.0001")
_TOLERANCE = Decimal("1e-11")
_DAY = timedelta(days=1)
_DAYS_BACK = 7


def price_factors(security: TradedSecurity) -> list[Decimal]:
    """What file prices may have been multiplied by, likeliest first; nothing where the file has no fixed scale."""
    if security.is_custom_data():
        return [ONE] if isinstance(security.get_last_data(), TradeBar) else []
    if not security.symbol.asset.is_scaled_in_files:
        return []
    factors = FactorFileProvider.get(security.symbol) if security.symbol.asset.has_factor_files else None
    if factors is None:
        return [ONE]
    data = security.get_last_data()
    newest = security.local_time if data is None else data.time
    # a price may be older than the last data: filled forward, or of another type
    days = (newest, security.local_time, *(newest - age * _DAY for age in range(1, _DAYS_BACK)))
    if factors.is_same_over(min(days), max(days)):
        days = days[:1]
    # it may also come from another stream of the security, as from a benchmark's, which is adjusted
    modes = dict.fromkeys((security.data_normalization_mode, DataNormalizationMode.ADJUSTED))
    found = [factors.price_scale(day, mode) for mode in modes if mode is not DataNormalizationMode.RAW for day in days]
    if DataNormalizationMode.RAW in modes:
        # until the first price after a split the last one is the file's times the split's factor
        found = [ONE, security.last_split_factor_decimal, *found]
    return list(dict.fromkeys(found))


def exact_last_price(
    security: TradedSecurity, price: float | None = None, factors: list[Decimal] | None = None
) -> Decimal:
    """The decimal behind the last price, or the last close, with the digits that LEAN's has.

    Args:
        security: Whose price it is.
        price: Another price of it than the last one.
        factors: Its `price_factors`, where they are at hand.
    """
    factors, value = price_factors(security) if factors is None else factors, security.price if price is None else price
    last = file_price(value, factors)
    if not factors and isinstance(security.get_last_data(), QuoteBar):
        # the close of quotes is their middle, which keeps the digits of the sum: 2.12800 / 2 is 1.06400
        middle = (file_price(security.bid_price, factors) + file_price(security.ask_price, factors)) / 2
        return middle if middle == last else last
    return last


def file_price(price: float, factors: list[Decimal]) -> Decimal:
    """The decimal that the price is the float of; the float's own where no file price gives it, as between quotes.

    A price that is not there is zero without digits.
    """
    if not price:
        return ZERO
    value = to_decimal(price)
    for factor in factors:
        exact = (value / factor).quantize(_FILE_SCALE) * factor
        if abs(exact - value) <= _TOLERANCE * value:
            return exact
    return value


def exact_prices(data: BaseData) -> tuple[Decimal, Decimal, Decimal]:
    """The decimals behind high, low and value of a data point; of one without a high and a low its value thrice.

    The middle of quotes keeps the digits of the sum.
    """
    factors = _factors_of(data)
    if isinstance(data, QuoteBar) and data.bid is not None and data.ask is not None:
        bid, ask = data.bid, data.ask
        pairs = ((bid.high, ask.high), (bid.low, ask.low), (bid.close, ask.close))
        high, low, close = ((file_price(one, factors) + file_price(other, factors)) / 2 for one, other in pairs)
        return high, low, close
    if isinstance(data, TradeBar | QuoteBar):
        return file_price(data.high, factors), file_price(data.low, factors), file_price(data.close, factors)
    value = file_price(data.value, factors)
    return value, value, value


def _factors_of(data: BaseData) -> list[Decimal]:
    """What a data point's prices may have been multiplied by, whichever way the history was adjusted."""
    symbol = data.symbol
    if symbol is None or not symbol.asset.is_scaled_in_files:
        return []
    factors = FactorFileProvider.get(symbol) if symbol.asset.has_factor_files else None
    if factors is None:
        return [ONE]
    modes = (DataNormalizationMode.ADJUSTED, DataNormalizationMode.SPLIT_ADJUSTED)
    return list(dict.fromkeys([ONE, *(factors.price_scale(data.time, mode) for mode in modes)]))
