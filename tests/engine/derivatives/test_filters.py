"""Filters of contracts, against the cases of LEAN's `OptionFilterTests.cs` and `OptionStrategyFilterTests.cs`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from leanib.engine.assets import asset_of
from leanib.engine.derivatives.chains import FutureUniverse, OptionUniverse
from leanib.engine.derivatives.filters import FutureFilterUniverse, OptionFilterUniverse, future_filter, option_filter
from leanib.engine.dotnet.exceptions import ArgumentException, InvalidOperationException
from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase
from leanib.engine.market import Tick
from leanib.engine.symbols import Market, OptionRight, OptionStyle, SecurityType, Symbol

CALL, PUT = OptionRight.CALL, OptionRight.PUT
NOW = datetime(2016, 2, 26)
EXPIRY = datetime(2016, 3, 4)
STRIKES = (2, 5, 7, 8, 9, 10, 11, 12, 15, 20)


def _symbol(strike: float, expiry: datetime = EXPIRY, right: OptionRight = PUT) -> Symbol:
    return Symbol.create_option("SPY", Market.USA, OptionStyle.AMERICAN, right, strike, expiry)


def _option(kind: SecurityType = SecurityType.OPTION) -> Any:
    hours = MarketHoursDatabase.from_data_folder().get_exchange_hours(Market.USA, None, SecurityType.OPTION)
    return SimpleNamespace(
        symbol=SimpleNamespace(security_type=kind, asset=asset_of(kind)),
        symbol_properties=SimpleNamespace(strike_multiplier_decimal=Decimal(1)),
        exchange=SimpleNamespace(hours=hours),
    )


def _tick(price: float, time: datetime = NOW) -> Tick:
    tick = Tick()
    tick.value, tick.time = price, time
    return tick


def _universe(symbols: list[Symbol], price: float = 10, time: datetime = NOW, **options: Any) -> OptionFilterUniverse:
    rows = [OptionUniverse(time, symbol) for symbol in symbols]
    return OptionFilterUniverse(_option(**options), rows, _tick(price, time))


@pytest.mark.parametrize(
    ("price", "bounds", "expected"),
    [
        (10, (-2, 3), (8, 9, 10, 11, 12, 15)),
        (9.5, (-2, 3), (8, 9, 10, 11, 12)),
        (7.5, (-2, 2), (5, 7, 8, 9)),
        (8, (-2, 2), (5, 7, 8, 9, 10)),
        (14, (-3, -1), (10, 11, 12)),
        (15, (-3, -1), (10, 11, 12)),
        (5, (1, 3), (7, 8, 9)),
        (6, (1, 3), (7, 8, 9)),
        (21, (-3, 3), ()),
        (20, (1, 3), ()),
        (2, (-3, -1), ()),
    ],
)
def test_strikes_are_counted_from_the_price(price: float, bounds: tuple[int, int], expected: tuple[int, ...]) -> None:
    """The price lies on a strike or between two."""
    universe = _universe([_symbol(strike) for strike in STRIKES], price)
    filtered = option_filter(*bounds, timedelta(0), timedelta.max).filter(universe)
    assert [row.id.strike_price for row in filtered] == list(expected)


def test_strikes_of_nothing_are_nothing_and_without_a_price_all_stay() -> None:
    """`FiltersStrikeRangeWhenEmpty`."""
    assert len(_universe([]).strikes(-2, 2)) == 0
    universe = _universe([_symbol(5)])
    universe.underlying = None
    assert universe.strikes(100, 200).count == 1


def test_strikes_are_those_of_the_days_first_call() -> None:
    """The list of strikes is kept for a day."""
    universe = OptionFilterUniverse(_option())
    rows = [OptionUniverse(NOW, _symbol(strike)) for strike in (9, 10, 11)]
    universe.refresh(rows[:1], _tick(9), NOW)
    assert universe.strikes(0, 0).count == 1
    universe.refresh(rows, _tick(11), NOW)
    assert universe.strikes(0, 0).count == 0
    universe.refresh(rows, _tick(11), NOW + timedelta(days=1))
    assert [row.id.strike_price for row in universe.strikes(0, 0)] == [11]


def test_expiries_are_counted_from_today() -> None:
    """`FiltersExpiryRange`."""
    symbols = [_symbol(10, NOW + timedelta(days=days)) for days in range(10)]
    filtered = option_filter(-10, 10, timedelta(3), timedelta(7)).filter(_universe(symbols))
    assert filtered.all_symbols == symbols[3:8]


def test_expiries_are_counted_from_the_next_open_day() -> None:
    """`FiltersExpiryRangeAfterNonTradableDay`: a Saturday, and Monday is a holiday."""
    saturday = datetime(2023, 12, 30)
    symbols = [_symbol(10 * j, saturday + timedelta(days=3 + i)) for i in range(10) for j in (1, 2, 3)]
    universe = _universe(symbols, time=saturday)
    assert option_filter(lambda u: u.expiration(0, 5)).filter(universe).all_symbols == symbols[:18]


WEEKS = [datetime(2017, 1, day) for day in (4, 6, 11, 13, 18, 20, 20, 20, 25, 27)]


@pytest.mark.parametrize(
    ("function", "count"),
    [
        (lambda u: u.standards_only(), 3),
        (lambda u: u.StandardsOnly().IncludeWeeklys(), 10),
        (lambda u: u.weeklys_only(), 7),
        (lambda u: u, 10),
        (lambda _: None, 10),
        (lambda u: u.standards_only().front_month(), 3),
        (lambda u: u.back_months(), 9),
        (lambda u: u.back_month(), 1),
        (lambda u: u.contracts(lambda rows: [row.symbol for row in rows][:5]), 5),
        (lambda u: u.contracts([row.symbol for row in u][:5]), 5),
        (lambda u: [row for row in u if row.ID.StrikePrice < 9], 4),
        (lambda u: u.where(lambda row: row.id.strike_price > 11), 3),
    ],
)
def test_weeklys_months_and_contracts(function: Callable[[Any], Any], count: int) -> None:
    """`FiltersOutWeeklys` and those that follow; what changes the universe need not return it."""
    symbols = [_symbol(strike, expiry) for strike, expiry in zip(STRIKES, WEEKS, strict=True)]
    assert len(option_filter(function).filter(_universe(symbols, time=datetime(2016, 12, 29)))) == count


def test_types_are_chosen_before_months() -> None:
    """Both refuse by name."""
    for name in ("standards_only", "include_weeklys"):
        universe = _universe([_symbol(5)]).front_month()
        with pytest.raises(InvalidOperationException, match="FrontMonth"):
            getattr(universe, name)()


def test_unknown_contracts_get_an_empty_row() -> None:
    """`AllSymbols`."""
    universe = _universe([_symbol(5)]).contracts([_symbol(7), _symbol(5)])
    assert [(row.id.strike_price, row.close) for row in universe] == [(7, 0), (5, 0)]


def _rich(delta: float, theta: float, volatility: float, interest: int) -> OptionUniverse:
    return OptionUniverse(NOW, _symbol(delta * 100), f"1,1,1,1,1,{interest},{volatility},{delta},0.1,0.2,{theta},0.3")


@pytest.mark.parametrize(
    ("function", "strikes"),
    [
        (lambda u: u.delta(0.3, 0.5), [30, 50]),
        (lambda u: u.D(0.5, 0.7), [50, 70]),
        (lambda u: u.theta(-400, -100), [50, 70]),
        (lambda u: u.T(-73, 0), [30]),
        (lambda u: u.IV(0.2, 0.25), [50]),
        (lambda u: u.implied_volatility(0.3, 1), [70]),
        (lambda u: u.OI(10, 10), [30]),
        (lambda u: u.open_interest(11, 99), [50, 70]),
        (lambda u: u.gamma(0.1, 0.1).vega(0.2, 0.2).rho(0.3, 0.3), [30, 50, 70]),
        (lambda u: u.g(0.2, 0.3), []),
    ],
)
def test_greeks_volatility_and_open_interest(function: Callable[[Any], Any], strikes: list[int]) -> None:
    """The bounds are included; theta is by year."""
    rows = [_rich(0.3, -0.2, 0.1, 10), _rich(0.5, -0.5, 0.2, 20), _rich(0.7, -1, 0.3, 30)]
    universe = OptionFilterUniverse(_option(), rows, _tick(10))
    assert [row.id.strike_price for row in function(universe)] == strikes


def test_options_on_futures_have_no_greeks() -> None:
    """`ValidateSecurityTypeForSupportedFilters`."""
    universe = _universe([], kind=SecurityType.FUTURE_OPTION)
    with pytest.raises(InvalidOperationException, match="Delta filter is not supported for future options"):
        universe.delta(0, 1)


def test_set_filter_takes_leans_overloads_and_says_what_it_takes() -> None:
    """Named arguments in either spelling are the caller's to translate."""
    symbols = [_symbol(strike) for strike in STRIKES]
    assert len(option_filter(-1, 1).filter(_universe(symbols))) == 3
    assert len(option_filter(timedelta(0), timedelta(7)).filter(_universe(symbols))) == 10
    assert len(option_filter(-1, 1, 0, 7).filter(_universe(symbols))) == 3
    assert len(option_filter(min_strike=-1, max_strike=1).filter(_universe(symbols))) == 3
    with pytest.raises(ArgumentException, match="set_filter takes"):
        option_filter(1)
    with pytest.raises(ArgumentException, match="result type int"):
        option_filter(lambda _: 7).filter(_universe(symbols))


# --- strategies: strikes 85 to 115 in fives, expiries as LEAN's test has them ---------------------------------------

NEAR, FAR, VERY_FAR = datetime(2016, 3, 10), datetime(2016, 5, 10), datetime(2017, 5, 10)
CHAIN = [
    (strike, expiry, right) for expiry in (NEAR, FAR, VERY_FAR) for right in (PUT, CALL) for strike in range(85, 120, 5)
]


def _strategy(price: float, name: str, *arguments: float) -> list[tuple[float, str, datetime]]:
    universe = OptionFilterUniverse(_option())
    universe.refresh([OptionUniverse(NOW, _symbol(*terms)) for terms in CHAIN], _tick(price), NOW)
    rows = getattr(universe, name)(*arguments)
    return sorted((row.id.strike_price, "CP"[row.id.option_right], row.id.date) for row in rows)


def _expected(legs: str, expiry: datetime = NEAR) -> list[tuple[float, str, datetime]]:
    """`"95C 105C"`."""
    return sorted((float(leg[:-1]), leg[-1], expiry) for leg in legs.split())


@pytest.mark.parametrize(
    ("price", "name", "arguments", "legs"),
    [
        (100, "naked_call", (10, 0), "100C"),
        (100, "NakedCall", (10, -5), "95C"),
        (100, "naked_put", (10, 10.05), "110P"),
        (105.5, "naked_put", (10, 0), "105P"),
        (100, "call_spread", (10, 5), "95C 105C"),
        (100, "call_spread", (10, 10.5), "90C 110C"),
        (1000, "call_spread", (10, 10), ""),
        (1, "call_spread", (10, 5), "85C 90C"),
        (100, "put_spread", (10, 5.6, -10.5), "90P 105P"),
        (105.5, "put_spread", (10, 5.1, -4.9), "100P 110P"),
        (100, "strangle", (10, 10.5, -11.2), "110C 90P"),
        (1000, "strangle", (10, 5, -5), ""),
        (1, "strangle", (10, 5, -5), ""),
        (101.2, "straddle", (10,), "100C 100P"),
        (100, "protective_collar", (10, -1, -5), "100C 95P"),
        (105.5, "protective_collar", (10, 5.2, -5.3), "110C 100P"),
        (1000, "protective_collar", (10, 5, -5), ""),
        (105.5, "conversion", (10, 5.2), "110C 110P"),
        (99.5, "call_butterfly", (10, 5.25), "95C 100C 105C"),
        (105, "put_butterfly", (10, 10), "95P 105P 115P"),
        (1000, "put_butterfly", (10, 5), ""),
        (1, "call_butterfly", (10, 5), ""),
        (100, "iron_butterfly", (10, 1), "95P 100P 100C 105C"),
        (105, "iron_butterfly", (10, 10), "95P 105P 105C 115C"),
        (1, "iron_butterfly", (10, 5), ""),
        (105, "iron_condor", (10, 5, 10), "95P 100P 110C 115C"),
        (100, "iron_condor", (10, 1, 6), "90P 95P 105C 110C"),
        (1000, "iron_condor", (10, 5, 10), ""),
        (105, "box_spread", (10, 10), "95P 95C 115P 115C"),
        (100, "box_spread", (10, 1), "95P 95C 105P 105C"),
        (1, "box_spread", (10, 5), ""),
        (100, "call_ladder", (10, 10, 5, -5), "95C 105C 110C"),
        (100, "put_ladder", (10, 5.6, 0.1, -10.5), "90P 100P 105P"),
        (1000, "call_ladder", (10, 10, 0, -10), ""),
        (1, "put_ladder", (10, 5, 0, -5), "85P 90P 95P"),
    ],
)
def test_strategies_choose_their_strikes(price: float, name: str, arguments: tuple[float, ...], legs: str) -> None:
    """Nothing where the chain has no such contracts."""
    assert _strategy(price, name, *arguments) == _expected(legs)


def test_strategies_choose_the_first_expiry_after_the_days() -> None:
    """40 days on."""
    assert _strategy(100, "iron_condor", 40, 5, 10) == _expected("90P 95P 105C 110C", FAR)
    assert _strategy(100, "naked_call", 40) == _expected("100C", FAR)


@pytest.mark.parametrize(
    ("price", "arguments", "expiries"),
    [
        (100, (0, 10, 40), (NEAR, FAR)),
        (100, (0, 10, 350), (NEAR, VERY_FAR)),
        (105, (0, 40, 41), (FAR, VERY_FAR)),
        (105, (0, 500, 1000), ()),
    ],
)
def test_calendar_spreads_and_jelly_rolls(price: float, arguments: Any, expiries: tuple[datetime, ...]) -> None:
    """The far expiry is later than the near one."""
    strike = float(price)
    assert _strategy(price, "call_calendar_spread", *arguments) == [(strike, "C", day) for day in expiries]
    assert _strategy(price, "put_calendar_spread", *arguments) == [(strike, "P", day) for day in expiries]
    both = sorted((strike, right, day) for day in expiries for right in "CP")
    assert _strategy(price, "jelly_roll", *arguments) == both


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("call_spread", (10, 0)),
        ("put_spread", (10, -5, 5)),
        ("call_calendar_spread", (0, 10, 10)),
        ("put_calendar_spread", (-5, -10, -5)),
        ("strangle", (10, 0, -5)),
        ("strangle", (10, 5, 1)),
        ("protective_collar", (10, 5, 5)),
        ("call_butterfly", (10, 0)),
        ("iron_butterfly", (10, -5)),
        ("iron_condor", (10, 0, 5)),
        ("iron_condor", (10, 10, 5)),
        ("box_spread", (10, -5)),
        ("jelly_roll", (0, 100, 10)),
        ("call_ladder", (10, 30, 10, 10)),
        ("put_ladder", (10, 10, 30, 5)),
    ],
)
def test_strikes_and_expiries_out_of_order_are_refused(name: str, arguments: tuple[float, ...]) -> None:
    """Before anything is looked for."""
    with pytest.raises(ArgumentException):
        _strategy(100, name, *arguments)


def test_futures_by_expiry_and_cycle() -> None:
    """`FutureFilterTests.cs`."""
    symbols = [Symbol.create_future("GC", Market.COMEX, datetime(2016, month, 26)) for month in (3, 4, 6, 8, 12)]
    rows = [FutureUniverse(NOW, symbol) for symbol in symbols]
    within = future_filter(0, 60).filter(FutureFilterUniverse(rows, NOW))
    assert within.all_symbols == symbols[:2]
    by_cycle = future_filter(lambda u: u.ExpirationCycle([3, 12])).filter(FutureFilterUniverse(rows, NOW))
    assert by_cycle.all_symbols == [symbols[0], symbols[4]]
    front = future_filter(lambda u: u.expiration(timedelta(30), timedelta(182)).front_month())
    assert front.filter(FutureFilterUniverse(rows, NOW)).all_symbols == [symbols[1]]
    with pytest.raises(ArgumentException, match="two times to expiry"):
        future_filter(1, 2, 3)
