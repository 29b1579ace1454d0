"""Securities of which a model sees only what it asks for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.symbols import (
    DataNormalizationMode,
    Market,
    OptionRight,
    OptionStyle,
    SecurityType,
    SettlementType,
    Symbol,
)
from leanib.engine.timezones import TimeZones

NO_FEE = SimpleNamespace(get_order_fee=lambda _: OrderFee(CashAmount(Decimal(0), "USD")))


def exact(value: float | str) -> Decimal:
    """A price as a Decimal."""
    return Decimal(str(value))


def security(symbol: Symbol, price: float | str, multiplier: int = 1, **more: Any) -> Any:
    """Anything with a price."""
    decimal = exact(price)
    known: dict[str, Any] = {
        "symbol": symbol,
        "type": symbol.security_type,
        "price": float(price),
        "bid_price": float(price),
        "ask_price": float(price),
        "is_custom_data": lambda: False,
        "get_last_data": lambda: None,
        "data_normalization_mode": DataNormalizationMode.RAW,
        "last_split_factor_decimal": Decimal(1),
        "price_decimal": decimal,
        "close_decimal": decimal,
        "bid_price_decimal": decimal,
        "ask_price_decimal": decimal,
        "fee_model": NO_FEE,
        "local_time": datetime(2016, 2, 17, 12),
        "exchange": SimpleNamespace(time_zone=TimeZones.NEW_YORK, exchange_open=True, closing_soon=False),
        "quote_currency": SimpleNamespace(conversion_rate_decimal=Decimal(1), symbol="USD"),
        "symbol_properties": SimpleNamespace(
            contract_multiplier_decimal=Decimal(multiplier), strike_multiplier_decimal=Decimal(1)
        ),
        "holdings": SimpleNamespace(
            quantity_decimal=Decimal(0), average_price_decimal=Decimal(0), is_short=False, is_long=False
        ),
    }
    return SimpleNamespace(**{**known, **more})


def option(
    underlying: Any,
    right: OptionRight,
    strike: float,
    price: float | str,
    expiry: datetime = datetime(2016, 2, 19),
    style: OptionStyle = OptionStyle.AMERICAN,
    **more: Any,
) -> Any:
    """An option on it."""
    symbol = Symbol.create_option(underlying.symbol, Market.USA, style, right, strike, expiry)
    scale = more.pop("strike_multiplier", 1)
    physical = underlying.symbol.security_type is SecurityType.EQUITY
    made = security(
        symbol,
        price,
        100,
        underlying=underlying,
        right=right,
        strike_price_decimal=exact(strike),
        scaled_strike_price_decimal=exact(strike) * scale,
        contract_unit_of_trade=100,
        exercise_settlement=SettlementType.PHYSICAL_DELIVERY if physical else SettlementType.CASH,
        **more,
    )
    made.symbol_properties.strike_multiplier_decimal = Decimal(scale)
    return made


def equity(price: float | str, **more: Any) -> Any:
    """SPY."""
    return security(Symbol.create("SPY", SecurityType.EQUITY, Market.USA), price, **more)


def index(ticker: str, price: float | str, **more: Any) -> Any:
    """An index."""
    return security(Symbol.create(ticker, SecurityType.INDEX, Market.USA), price, **more)
