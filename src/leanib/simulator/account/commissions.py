"""IB's published commissions (fixed pricing, United States), charged per order whatever the number of fills.

Source: interactivebrokers.com, "Commissions": stocks 0.005 a share, at least 1.00 and at most 1 % of the trade value;
options 0.65 / 0.50 / 0.25 a contract by premium, at least 1.00; futures and options on them a sum by contract with
exchange fees, which is LEAN's; currencies 0.20 basis points, at least 2.00 US dollars; CFDs as stocks (on indices and
currencies 0.5 basis points, at least 1.00); cryptocurrencies 0.18 %, at least 1.75; bonds 0.10 % of the face value, at
least 1.00.
"""

from __future__ import annotations

from decimal import Decimal

from leanib.data.contract_fees import EUREX_FUTURES, USA_FUTURE_OPTIONS, USA_FUTURES
from leanib.simulator.market.instruments import Instrument

_PLACES = Decimal("0.000001")


def order_commission(item: Instrument, quantity: Decimal, value: Decimal, usd_rate: Decimal = Decimal(1)) -> Decimal:
    """What an order costs that has filled `quantity` for `value` (both positive) so far.

    In the currency of the instrument; `usd_rate` is what one US dollar costs in it.
    """
    if quantity == 0:
        return Decimal(0)
    if item.sec_type == "STK":
        return _stock(quantity, value, usd_rate)
    if item.sec_type == "CASH":
        return max(value * Decimal("0.00002"), Decimal(2) * usd_rate).quantize(_PLACES)
    if item.sec_type == "CFD":
        if item.under_sec_type == "STK":
            return _stock(quantity, value, usd_rate)
        return max(value * Decimal("0.00005"), usd_rate).quantize(_PLACES)
    if item.sec_type == "CRYPTO":
        return max(value * Decimal("0.0018"), min(Decimal("1.75") * usd_rate, value / 100)).quantize(_PLACES)
    if item.sec_type == "BOND":
        return max(quantity, usd_rate)
    if item.sec_type == "OPT":
        return _option(item, quantity, value) * usd_rate
    return quantity * _contract(item, usd_rate)


def _contract(item: Instrument, usd_rate: Decimal) -> Decimal:
    """What one contract of a future, or of an option on one, costs; fees go by the exchange's name of the future."""
    if item.sec_type == "FOP":
        return USA_FUTURE_OPTIONS.total(item.symbol) * usd_rate
    if item.exchange == "EUREX":
        return EUREX_FUTURES.total(item.trading_class or item.symbol)
    return USA_FUTURES.total(item.trading_class or item.symbol) * usd_rate


def _stock(quantity: Decimal, value: Decimal, usd_rate: Decimal) -> Decimal:
    by_share = quantity * Decimal("0.005") * usd_rate
    return min(max(by_share, usd_rate), value / 100).quantize(_PLACES)


def _option(item: Instrument, quantity: Decimal, value: Decimal) -> Decimal:
    premium = value / quantity / item.multiplier
    rate = Decimal("0.65") if premium >= Decimal("0.1") else Decimal("0.50")
    rate = Decimal("0.25") if premium < Decimal("0.05") else rate
    return max(quantity * rate, Decimal(1)).quantize(_PLACES)
