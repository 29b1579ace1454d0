"""Futures and option contracts, made from their roots and underlyings by date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from leanib.simulator.market.calendar import US_OPTION
from leanib.simulator.market.expiries import DAY, FRIDAY, RULES, business_day, months_from, third_friday
from leanib.simulator.market.instruments import FutureRoot, Instrument, rule_of, stable_id

MONTH_CODES = "FGHJKMNQUVXZ"
#: How many months of a future have listed options.
OPTION_MONTHS = 2


def future_contracts(root: FutureRoot, today: date, count: int = 4) -> list[Instrument]:
    """The next `count` listed contracts of a product."""
    found: list[Instrument] = []
    for year, month in months_from(today, 40):
        code = MONTH_CODES[month - 1]
        if code not in root.months:
            continue
        expiry = RULES[root.expires](year, month)
        if expiry >= today and len(found) < count:
            found.append(make_future(root, year, month, expiry))
    return found


def make_future(root: FutureRoot, year: int, month: int, expiry: date) -> Instrument:
    """One contract of a product."""
    name, code = root.trading_class or root.symbol, MONTH_CODES[month - 1]
    return Instrument(
        con_id=stable_id(f"FUT:{name}:{expiry:%Y%m%d}"),
        symbol=root.symbol,
        sec_type="FUT",
        currency=root.currency,
        exchange=root.exchange,
        local_symbol=f"{name}{code}{year % 10}",
        trading_class=name,
        multiplier=root.multiplier,
        price_magnifier=root.price_magnifier,
        expiry=f"{expiry:%Y%m%d}",
        min_tick=root.min_tick,
        long_name=root.name,
        calendar=root.calendar,
        market_rule=rule_of(root.min_tick),
        price=root.price,
        volatility=root.volatility,
        under_con_id=root.underlying,
        under_symbol=root.symbol,
        under_sec_type="IND",
        initial_margin=root.initial,
        maintenance_margin=root.maintenance,
        negative=root.negative,
        options=root.options,
        month=f"{year}{month:02d}",
    )


def option_expirations(today: date) -> list[date]:
    """Four weekly Fridays and eight monthly expirations from `today` on; of a holiday, the business day before it."""
    friday = today + DAY * ((FRIDAY - today.weekday()) % 7)
    weekly = [business_day(friday + DAY * 7 * week) for week in range(5)]
    monthly = [business_day(third_friday(year, month)) for year, month in months_from(today, 8)]
    return sorted({*[day for day in weekly if day >= today][:4], *(day for day in monthly if day >= today)})


def option_strikes(price: float) -> list[Decimal]:
    """Strikes around `price`: 41 of them, on a round grid of about 2 %."""
    grids = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 500.0)
    wanted = max(price * 0.011, grids[0] if price < 20 else 0.5)
    grid = next((step for step in grids if step >= wanted), grids[-1])
    middle = round(price / grid)
    return [Decimal(str(round((middle + n) * grid, 6))).normalize() + 0 for n in range(-20, 21) if middle + n > 0]


def option_chain(under: Instrument, price: float, today: date) -> Iterator[Instrument]:
    """Every listed option of an underlying."""
    if under.sec_type == "FUT":
        expirations = [datetime.strptime(under.expiry, "%Y%m%d").date()]
    else:
        expirations = option_expirations(today)
    make = make_future_option if under.sec_type == "FUT" else make_option
    strikes = option_strikes(price)
    for expiry in expirations:
        for strike in strikes:
            for right in "CP":
                yield make(under, expiry, strike, right)


def make_option(under: Instrument, expiry: date, strike: Decimal, right: str) -> Instrument:
    """One listed option on a stock or an index."""
    root = under.options or under.symbol
    local = f"{root:<6}{expiry:%y%m%d}{right}{int(strike * 1000):08d}"
    return Instrument(
        con_id=stable_id(f"OPT:{local}"),
        symbol=under.symbol,
        sec_type="OPT",
        currency=under.currency,
        exchange="SMART",
        local_symbol=local,
        trading_class=root,
        multiplier=Decimal(100),
        expiry=f"{expiry:%Y%m%d}",
        strike=strike,
        right=right,
        min_tick=Decimal("0.01"),
        long_name=under.long_name,
        calendar=US_OPTION,
        market_rule=32,
        price=0.0,
        volatility=under.volatility,
        under_con_id=under.con_id,
        under_symbol=under.symbol,
        under_sec_type=under.sec_type,
        valid_exchanges="SMART,AMEX,CBOE,PHLX,ISE,BOX,NASDAQOM",
    )


def make_future_option(under: Instrument, expiry: date, strike: Decimal, right: str) -> Instrument:
    """One option on a future, which is exercised into it."""
    month = under.local_symbol[len(under.trading_class) :]
    local = f"{under.options}{month} {right}{strike:f}"
    earlier = "" if f"{expiry:%Y%m%d}" == under.expiry else f":{expiry:%Y%m%d}"
    return Instrument(
        con_id=stable_id(f"FOP:{under.local_symbol}:{under.expiry}:{local}{earlier}"),
        symbol=under.symbol,
        sec_type="FOP",
        currency=under.currency,
        exchange=under.exchange,
        local_symbol=local,
        trading_class=under.options,
        multiplier=under.multiplier,
        price_magnifier=under.price_magnifier,
        expiry=f"{expiry:%Y%m%d}",
        strike=strike,
        right=right,
        min_tick=under.min_tick,
        long_name=under.long_name,
        calendar=under.calendar,
        market_rule=under.market_rule,
        price=0.0,
        volatility=under.volatility,
        under_con_id=under.con_id,
        under_symbol=under.local_symbol,
        under_sec_type="FUT",
        initial_margin=under.initial_margin,
        maintenance_margin=under.maintenance_margin,
    )
