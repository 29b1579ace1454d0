"""A small account to test with: SPY, EURUSD and BTCUSD on exchanges with known hours, and orders that are not sent."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import pytest

from leanib.engine.market import SubscriptionDataConfig, TradeBar
from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.orders.enums import OrderDirection, OrderStatus
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.securities import (
    SecurityInitializer,
    SecurityManager,
    SecurityPortfolioManager,
    SecurityService,
    TimeKeeper,
)
from leanib.engine.symbols import Globals, Resolution, SecurityType, Symbol
from leanib.engine.timezones import TimeZones

_OPEN = [{"start": "00:00:00", "end": "1.00:00:00", "state": "market"}]
_EQUITY_DAY = [
    {"start": "04:00:00", "end": "09:30:00", "state": "premarket"},
    {"start": "09:30:00", "end": "16:00:00", "state": "market"},
    {"start": "16:00:00", "end": "20:00:00", "state": "postmarket"},
]
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_ALL_DAYS = (*_WEEKDAYS, "saturday", "sunday")
_ENTRIES = {
    "Equity-usa-[*]": {
        "dataTimeZone": "America/New_York",
        "exchangeTimeZone": "America/New_York",
        **dict.fromkeys(_WEEKDAYS, _EQUITY_DAY),
        "saturday": [],
        "sunday": [],
        "holidays": ["7/4/2013", "9/5/2016", "11/24/2016"],
        "earlyCloses": {"11/25/2016": "13:00:00"},
    },
    "Index-usa-[*]": {
        "dataTimeZone": "America/Chicago",
        "exchangeTimeZone": "America/Chicago",
        **dict.fromkeys(_WEEKDAYS, _EQUITY_DAY[1:2]),
    },
    "Forex-oanda-[*]": {
        "dataTimeZone": "UTC",
        "exchangeTimeZone": "America/New_York",
        "sunday": [{"start": "17:00:00", "end": "1.00:00:00", "state": "market"}],
        **dict.fromkeys(_WEEKDAYS[:4], _OPEN),
        "friday": [{"start": "00:00:00", "end": "17:00:00", "state": "market"}],
        "saturday": [],
    },
    "Crypto-coinbase-[*]": {"dataTimeZone": "UTC", "exchangeTimeZone": "UTC", **dict.fromkeys(_ALL_DAYS, _OPEN)},
    "Equity-usa-HALF": {
        "dataTimeZone": "America/New_York",
        "exchangeTimeZone": "America/New_York",
        **dict.fromkeys(_WEEKDAYS, _EQUITY_DAY[1:2]),
        "saturday": [],
        "sunday": [],
        "holidays": ["1/2/2013"],
    },
}
_PROPERTIES = """market,symbol,type,description,quote_currency,contract_multiplier,minimum_price_variation,lot_size
# a comment
usa,[*],equity,,USD,1,0.01,1
oanda,EURUSD,forex,EUR/USD,USD,1,0.00001,1
oanda,EURGBP,forex,EUR/GBP,GBP,1,0.00001,1
oanda,GBPUSD,forex,GBP/USD,USD,1,0.00001,1
oanda,USDJPY,forex,USD/JPY,JPY,1,0.001,1
coinbase,BTCUSD,crypto,BTCUSD,USD,1,0.01,0.00000001
"""


@pytest.fixture(autouse=True)
def data_folder(tmp_path):
    """A data folder with the two databases."""
    hours = tmp_path / "market-hours" / "market-hours-database.json"
    hours.parent.mkdir()
    hours.write_text(json.dumps({"entries": _ENTRIES}, indent=2))
    properties = tmp_path / "symbol-properties" / "symbol-properties-database.csv"
    properties.parent.mkdir()
    properties.write_text(_PROPERTIES)
    Globals.reset(tmp_path)
    yield tmp_path
    Globals.reset()


@dataclass
class Ticket:
    quantity_filled_decimal: Decimal = Decimal(0)


@dataclass
class Transactions:
    """Stands in for the transaction manager."""

    records: list = field(default_factory=list)
    open_orders: list = field(default_factory=list)

    def add_transaction_record(self, time, profit, is_win):
        self.records.append((time, profit, is_win))

    def get_order_ticket(self, order_id):
        return Ticket()

    def get_open_orders(self, condition):
        return [order for order in self.open_orders if condition(order)]


@dataclass
class Settings:
    free_portfolio_value: float | None = None
    free_portfolio_value_percentage: float = 0.0025
    seed_initial_prices: bool = False


class Account:
    """What of an algorithm these tests need."""

    def __init__(self, now):
        self.time_keeper = TimeKeeper(now)
        self.settings = Settings()
        self.security_initializer = SecurityInitializer.NULL
        self.securities = SecurityManager(self.time_keeper)
        self.transactions = Transactions()
        self.portfolio = SecurityPortfolioManager(self.securities, self.transactions, self.settings)
        self.securities.set_security_service(SecurityService(self))

    def seed_securities(self, securities):
        raise AssertionError("nothing asked for a seed")

    def add(self, ticker, kind=SecurityType.EQUITY, market="usa", data_type=TradeBar):
        """Adds a security with minute data."""
        symbol = Symbol.create(ticker, kind, market)
        config = SubscriptionDataConfig(data_type, symbol, Resolution.MINUTE, TimeZones.NEW_YORK, TimeZones.NEW_YORK)
        security = self.securities.create_security(symbol, config)
        self.securities.add(security)
        return security

    def bar(self, security, price, volume=1000.0):
        """A minute bar that stays at one price."""
        data = TradeBar(security.local_time, security.symbol, price, price, price, price, volume)
        security.update([data], TradeBar)
        self.portfolio.invalidate_total_portfolio_value()

    def fill(self, security, quantity, price, fee=0):
        """Books a fill now."""
        direction = OrderDirection.BUY if quantity > 0 else OrderDirection.SELL
        order_fee = OrderFee(CashAmount(Decimal(str(fee)), "USD"))
        event = OrderEvent(
            1, security.symbol, self.time_keeper.utc_time, OrderStatus.FILLED, direction, price, quantity, order_fee
        )
        self.portfolio.process_fills([event])


@pytest.fixture
def account():
    """An account on Monday 2013-10-07, 11:00 in New York, with 100,000 USD."""
    return Account(datetime(2013, 10, 7, 15))
