"""Securities and algorithms small enough to test orders on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from leanib.engine.market import QuoteBar, SubscriptionDataConfig, TradeBar
from leanib.engine.market.bars import Bar
from leanib.engine.numbers import to_decimal
from leanib.engine.orders.fills import FillModelParameters, SecuritiesForOrders
from leanib.engine.orders.order import Order
from leanib.engine.orders.slippage import NullSlippageModel
from leanib.engine.symbols import DataNormalizationMode, Resolution, SecurityIdentifier, SecurityType, Symbol, TickType
from leanib.engine.timezones import TimeZones

SPY = Symbol(SecurityIdentifier.parse("SPY R735QTJ8XC9X"), "SPY")
#: 10:00 in New York
NOW_UTC = datetime(2013, 10, 7, 14)


class FakeHours:
    """Open from 9:30 to 16:00 every day, in New York."""

    time_zone = TimeZones.NEW_YORK
    is_market_always_open = False

    def is_open(self, local_time: datetime, extended: bool) -> bool:
        """Whether the market is open then; extended hours are 4:00 to 20:00."""
        first, last = (4.0, 20.0) if extended else (9.5, 16.0)
        return first <= local_time.hour + local_time.minute / 60 < last

    def get_next_market_close(self, local_time: datetime, extended: bool) -> datetime:
        """16:00 of the day, or of the next."""
        close = local_time.replace(hour=16, minute=0, second=0, microsecond=0)
        return close if local_time < close else close + timedelta(days=1)

    def get_last_daily_market_close(self, local_time: datetime, extended: bool) -> datetime:
        """16:00 of the day."""
        return local_time.replace(hour=16, minute=0, second=0, microsecond=0)


class FakeSecurity:
    """What fill, fee and slippage models look at."""

    def __init__(self, kind: SecurityType = SecurityType.EQUITY) -> None:
        self.symbol = SPY
        self.type = kind
        self.hours = FakeHours()
        self.exchange = SimpleNamespace(
            hours=self.hours,
            time_zone=TimeZones.NEW_YORK,
            date_time_is_open=lambda time: self.hours.is_open(time, False),
            is_open_during_bar=lambda start, _end, extended: self.hours.is_open(start, extended),
        )
        self.local_time = TimeZones.NEW_YORK.to_local(NOW_UTC)
        self.slippage_model: Any = NullSlippageModel.INSTANCE
        self.data: dict[type, Any] = {}
        self.cache = SimpleNamespace(get_data=self.get_data, get_all=lambda _kind: self.data.get(list, []))
        self.quote_currency = SimpleNamespace(conversion_rate_decimal=Decimal(1), symbol="USD")
        self.symbol_properties = SimpleNamespace(contract_multiplier_decimal=Decimal(1))
        self.price = self.open = self.high = self.low = self.close = 100.0
        self.bid_price_decimal, self.ask_price_decimal = Decimal("99.9"), Decimal("100.1")
        self.data_normalization_mode = DataNormalizationMode.ADJUSTED

    def is_custom_data(self) -> bool:
        return False

    @property
    def price_decimal(self) -> Decimal:
        return to_decimal(self.price)

    def get_data(self, kind: type | None = None) -> Any:
        if kind is None:
            return self.get_last_data()
        return self.data.get(kind)

    def get_last_data(self) -> Any:
        return self.data.get(TradeBar) or self.data.get(QuoteBar)

    def add_trade_bar(self, open: float, high: float, low: float, close: float, minutes: int = 1) -> None:
        """A bar that ends now."""
        period = timedelta(minutes=minutes)
        self.data[TradeBar] = TradeBar(self.local_time - period, SPY, open, high, low, close, 1000, period)

    def add_quote_bar(self, bid: float, ask: float) -> None:
        """A bar of constant quotes that ends now."""
        sides = Bar(bid, bid, bid, bid), Bar(ask, ask, ask, ask)
        start = self.local_time - timedelta(minutes=1)
        self.data[QuoteBar] = QuoteBar(start, SPY, sides[0], 100, sides[1], 100)


def fill_parameters(
    security: Any, order: Order, *types: type, resolution: Resolution = Resolution.MINUTE
) -> FillModelParameters:
    """What the brokerage hands to a fill model when those types of data are subscribed to."""
    configs = [
        SubscriptionDataConfig(
            kind,
            SPY,
            resolution,
            TimeZones.NEW_YORK,
            TimeZones.NEW_YORK,
            tick_type=TickType.QUOTE if kind is QuoteBar else TickType.TRADE,
        )
        for kind in types
    ]
    provider = SimpleNamespace(get_subscription_data_configs=lambda _symbol, _internal=False: configs)
    group = SecuritiesForOrders([(order, security)])
    return FillModelParameters(security, order, provider, timedelta(hours=1), group)


@pytest.fixture
def spy() -> Symbol:
    """The symbol of all orders here."""
    return SPY


@pytest.fixture
def now() -> datetime:
    """10:00 in New York, in UTC."""
    return NOW_UTC


@pytest.fixture
def equity() -> FakeSecurity:
    """SPY at 100."""
    return FakeSecurity()


@pytest.fixture
def make_security() -> type[FakeSecurity]:
    """Makes a security of another kind."""
    return FakeSecurity


@pytest.fixture
def parameters() -> Callable[..., FillModelParameters]:
    """Makes the parameters of a fill model from a security, an order and data types."""
    return fill_parameters
