"""What can be traded: one immutable `Instrument` each, and the facts that contract details tell about it.

The kinds are IB's security types: STK, CASH, IND, FUT, OPT, FOP, CFD, CRYPTO, BOND and BAG.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from decimal import Decimal

from leanib.simulator.market.calendar import CME, CRYPTO, FOREX, US_BOND, US_EQUITY, Calendar
from leanib.simulator.orders.kinds import order_types
from leanib.simulator.protocol.contracts import BondFields, DetailFields
from leanib.simulator.protocol.fields import number

#: Price increments by market rule: (from this price on, increment).
MARKET_RULES: dict[int, tuple[tuple[Decimal, Decimal], ...]] = {
    26: ((Decimal(0), Decimal("0.01")),),
    32: ((Decimal(0), Decimal("0.01")), (Decimal(3), Decimal("0.05"))),
    67: ((Decimal(0), Decimal("0.25")),),
    239: ((Decimal(0), Decimal("0.00005")),),
    240: ((Decimal(0), Decimal("0.005")),),
    241: ((Decimal(0), Decimal("0.1")),),
    242: ((Decimal(0), Decimal("0.0001")),),
}
_ONE = Decimal(1)
#: Kinds with an expiry, a strike and a right.
OPTION_KINDS = frozenset({"OPT", "FOP"})
#: Kinds of which only the change in value is paid, as it comes.
DAILY_SETTLED = frozenset({"FUT", "CFD"})
_DERIVED_RULE = 20_000


@dataclass(frozen=True, slots=True)
class Instrument:
    """One contract of the simulated world; `price` is where its seeded walk begins (2024-01-02)."""

    con_id: int
    symbol: str
    sec_type: str
    currency: str = "USD"
    exchange: str = "SMART"
    primary_exchange: str = ""
    local_symbol: str = ""
    trading_class: str = ""
    multiplier: Decimal = _ONE  # money per unit when the quoted price moves by 1
    price_magnifier: int = 1
    expiry: str = ""
    strike: Decimal = Decimal(0)
    right: str = ""
    min_tick: Decimal = Decimal("0.01")
    long_name: str = ""
    calendar: Calendar = US_EQUITY
    market_rule: int = 26
    price: float = 100.0
    volatility: float = 0.3
    under_con_id: int = 0
    under_symbol: str = ""
    under_sec_type: str = ""
    stock_type: str = ""
    industry: str = ""
    valid_exchanges: str = ""
    initial_margin: Decimal = Decimal(0)
    maintenance_margin: Decimal = Decimal(0)
    isin: str = ""
    cusip: str = ""
    coupon: Decimal = Decimal(0)
    negative: bool = False  # may its price be below zero?
    dividend: Decimal = Decimal(0)  # what it pays a year
    options: str = ""  # the trading class of the options on it; empty: there are none
    month: str = ""  # the month a future is called after (YYYYMM); empty: the one in which it expires
    listed_expiry: str = ""  # the day that an option's name says where trading ends before; empty: the same day

    @property
    def is_option(self) -> bool:
        """An option on a stock, an index or a future."""
        return self.sec_type in OPTION_KINDS

    @property
    def follows(self) -> bool:
        """Is its price made from that of another instrument?"""
        return self.is_option or self.sec_type == "CFD"

    @property
    def multiplier_text(self) -> str:
        """The multiplier as IB writes it: empty for stocks, forex and indices."""
        return number(self.multiplier * self.price_magnifier) if self.sec_type in {"OPT", "FUT", "FOP"} else ""

    @property
    def tradable(self) -> bool:
        """Indices have prices but cannot be bought."""
        return self.sec_type != "IND"

    @property
    def lot(self) -> Decimal:
        """The smallest size."""
        return {"STK": Decimal("0.0001"), "CRYPTO": Decimal("0.00000001")}.get(self.sec_type, _ONE)

    def floor(self, price: Decimal) -> Decimal:
        """`price`, or one tick where it lies below and must not."""
        return price if self.negative else max(price, self.increment(price))

    def increment(self, price: Decimal) -> Decimal:
        """The price increment that holds at `price`."""
        step = self.min_tick
        for edge, increment in MARKET_RULES.get(self.market_rule, ()):
            if abs(price) >= edge:
                step = increment
        return step

    def conforms(self, price: Decimal) -> bool:
        """Is `price` a multiple of the increment that holds there?"""
        return price % self.increment(price) == 0

    @property
    def sec_ids(self) -> tuple[tuple[str, str], ...]:
        """What contract details list: the ISIN where it is known, of bonds the CUSIP too."""
        found = {"CUSIP": self.cusip, "ISIN": self.isin}
        return tuple((kind, text) for kind, text in found.items() if text)

    def is_called(self, kind: str, text: str) -> bool:
        """Is this its ISIN or its CUSIP? American ISINs hold the CUSIP."""
        if kind == "CUSIP" and self.isin[:2] in {"US", "CA"}:
            return text == (self.cusip or self.isin[2:11])
        return (kind, text) in self.sec_ids

    @property
    def bond(self) -> BondFields:
        """What only bonds have."""
        return BondFields(self.cusip, self.coupon, self.expiry)

    def details(self, moment: int) -> DetailFields:
        """Contract details as of `moment` (microseconds since the epoch; it decides the listed hours)."""
        exchanges = self.valid_exchanges or self.exchange
        return DetailFields(
            market_name=self.trading_class or self.symbol,
            min_tick=self.min_tick,
            order_types=order_types(self.sec_type) if self.tradable else "",
            valid_exchanges=exchanges,
            under_con_id=self.under_con_id,
            long_name=self.long_name or self.symbol,
            contract_month=self.month or self.expiry[:6],
            industry=self.industry,
            category="",
            subcategory="",
            time_zone=self.calendar.zone_name,
            trading_hours=self.calendar.hours_text(moment, extended=True),
            liquid_hours=self.calendar.hours_text(moment),
            sec_ids=self.sec_ids,
            agg_group=1 if self.sec_type == "STK" else 2147483647,
            under_symbol=self.under_symbol,
            under_sec_type=self.under_sec_type,
            market_rules=",".join(str(self.market_rule) for _ in exchanges.split(",")),
            stock_type=self.stock_type,
            min_size=self.lot,
            size_increment=self.lot,
            suggested_size=Decimal(100) if self.sec_type == "STK" else _ONE,
            last_trade_time="16:00:00" if self.expiry else "",
            price_magnifier=self.price_magnifier,
        )


def rule_of(min_tick: Decimal) -> int:
    """The market rule with this increment at every price."""
    for rule, rows in MARKET_RULES.items():
        if rows == ((Decimal(0), min_tick),):
            return rule
    return _DERIVED_RULE + zlib.crc32(str(min_tick.normalize()).encode()) % 10_000


def stable_id(name: str) -> int:
    """A contract id that depends on the name alone (seven to nine digits, above the well-known ones)."""
    return 500_000_000 + zlib.crc32(name.encode()) % 400_000_000


_US_EXCHANGES = "SMART,AMEX,NYSE,CBOE,PHLX,ISE,CHX,ARCA,NASDAQ,DRCTEDGE,BEX,BATS,EDGEA,BYX,IEX,EDGX,FOXRIVER,PEARL"


def stock(
    symbol: str,
    price: float,
    *,
    con_id: int = 0,
    name: str = "",
    primary: str = "NASDAQ",
    currency: str = "USD",
    volatility: float = 0.3,
    stock_type: str = "COMMON",
    industry: str = "",
    isin: str = "",
    min_tick: Decimal = Decimal("0.01"),
    price_magnifier: int = 1,
    calendar: Calendar = US_EQUITY,
    dividend: Decimal = Decimal(0),
) -> Instrument:
    """A stock or ETF; options are listed on those of the United States."""
    american = calendar is US_EQUITY
    key = f"STK:{symbol}:{currency}"
    return Instrument(
        con_id=con_id or stable_id(key),
        symbol=symbol,
        sec_type="STK",
        currency=currency,
        primary_exchange=primary,
        local_symbol=symbol,
        trading_class="NMS" if primary == "NASDAQ" else symbol,
        multiplier=_ONE / price_magnifier,
        price_magnifier=price_magnifier,
        min_tick=min_tick,
        market_rule=rule_of(min_tick),
        long_name=name or symbol,
        price=price,
        volatility=volatility,
        stock_type=stock_type,
        industry=industry,
        isin=isin,
        calendar=calendar,
        dividend=dividend,
        options=symbol.replace(" ", "") if american else "",
        valid_exchanges=_US_EXCHANGES if american else f"SMART,{primary}",
    )


def forex(base: str, quote: str, price: float, con_id: int = 0, volatility: float = 0.08) -> Instrument:
    """A currency pair on IDEALPRO."""
    tick = Decimal("0.005") if quote == "JPY" else Decimal("0.00005")
    return Instrument(
        con_id=con_id or stable_id(f"CASH:{base}.{quote}"),
        symbol=base,
        sec_type="CASH",
        currency=quote,
        exchange="IDEALPRO",
        local_symbol=f"{base}.{quote}",
        trading_class=f"{base}.{quote}",
        min_tick=tick,
        market_rule=rule_of(tick),
        long_name=f"{base} against {quote}",
        calendar=FOREX,
        price=price,
        volatility=volatility,
    )


def index(
    symbol: str,
    price: float,
    con_id: int = 0,
    exchange: str = "CBOE",
    volatility: float = 0.16,
    *,
    currency: str = "USD",
    calendar: Calendar = US_EQUITY,
    options: str = "",
    name: str = "",
) -> Instrument:
    """An index: it has prices and cannot be traded."""
    return Instrument(
        con_id=con_id or stable_id(f"IND:{symbol}"),
        symbol=symbol,
        sec_type="IND",
        currency=currency,
        exchange=exchange,
        local_symbol=symbol,
        trading_class=symbol,
        long_name=name or f"{symbol} index",
        calendar=calendar,
        price=price,
        volatility=volatility,
        options=options,
    )


def cfd(under: Instrument, symbol: str, currency: str, min_tick: Decimal, con_id: int = 0) -> Instrument:
    """A contract for difference; its price is that of what it is about."""
    return Instrument(
        con_id=con_id or stable_id(f"CFD:{symbol}:{currency}"),
        symbol=symbol,
        sec_type="CFD",
        currency=currency,
        exchange="SMART",
        local_symbol=f"{symbol}n" if under.sec_type == "STK" else under.local_symbol if "." in symbol else symbol,
        trading_class=symbol,
        min_tick=min_tick,
        market_rule=rule_of(min_tick),
        long_name=f"{under.long_name} CFD",
        calendar=under.calendar,
        price=under.price,
        volatility=under.volatility,
        under_con_id=under.con_id,
        under_symbol=under.symbol,
        under_sec_type=under.sec_type,
    )


def crypto(
    symbol: str, price: float, *, currency: str = "USD", con_id: int = 0, min_tick: Decimal = Decimal("0.01"),
    volatility: float = 0.6, exchange: str = "PAXOS",
) -> Instrument:  # fmt: skip
    """A cryptocurrency, traded around the clock in fractions."""
    return Instrument(
        con_id=con_id or stable_id(f"CRYPTO:{symbol}.{currency}"),
        symbol=symbol,
        sec_type="CRYPTO",
        currency=currency,
        exchange=exchange,
        local_symbol=f"{symbol}.{currency}",
        trading_class=symbol,
        min_tick=min_tick,
        market_rule=rule_of(min_tick),
        long_name=f"{symbol} against {currency}",
        calendar=CRYPTO,
        price=price,
        volatility=volatility,
    )


def bond(
    symbol: str, price: float, *, cusip: str, maturity: str, coupon: Decimal, isin: str = "", name: str = "",
    con_id: int = 0, currency: str = "USD", volatility: float = 0.05,
) -> Instrument:  # fmt: skip
    """A bond, priced in percent of its face value of 1000."""
    return Instrument(
        con_id=con_id or stable_id(f"BOND:{cusip}"),
        symbol=symbol,
        sec_type="BOND",
        currency=currency,
        exchange="SMART",
        local_symbol=cusip,
        trading_class=symbol,
        multiplier=Decimal(10),
        expiry=maturity,
        min_tick=Decimal("0.001"),
        market_rule=rule_of(Decimal("0.001")),
        long_name=name or symbol,
        calendar=US_BOND,
        price=price,
        volatility=volatility,
        isin=isin,
        cusip=cusip,
        coupon=coupon,
    )


@dataclass(frozen=True, slots=True)
class FutureRoot:
    """A futures product; contracts are made from it by month.

    `multiplier` is the money that a move of the quoted price by 1 makes; `expires` names a rule of `expiries`.
    """

    symbol: str
    exchange: str
    multiplier: Decimal
    min_tick: Decimal
    price: float
    months: str
    initial: Decimal
    maintenance: Decimal
    name: str
    calendar: Calendar = CME
    volatility: float = 0.18
    underlying: int = 0
    price_magnifier: int = 1
    trading_class: str = ""
    currency: str = "USD"
    expires: str = "third friday"
    negative: bool = False
    options: str = ""
