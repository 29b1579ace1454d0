"""Positions grouped into option strategies and the margin of these, against LEAN's own tests.

The expected values are those of `Tests/Common/Securities/OptionStrategyPositionGroupBuyingPowerModelTests.cs`: what
one and minus one of each strategy needs, and its premium, in whole dollars.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from tests.engine.derivatives.doubles import equity, exact, option

from leanib.engine.derivatives.margin import OptionMarginModel
from leanib.engine.derivatives.positions import StrategyGroup, has_sufficient_buying_power, strategy_groups
from leanib.engine.numbers import ZERO
from leanib.engine.securities import SecurityMarginModel
from leanib.engine.symbols import Market, OptionRight, OptionStyle, Symbol

MAY, MAY_17 = datetime(2023, 5, 19), datetime(2023, 5, 17)
JUNE, JULY, FEBRUARY = datetime(2024, 6, 21), datetime(2024, 7, 19), datetime(2025, 2, 21)
TINY = "1e-25"

PRICES: dict[str, dict[datetime, dict[int, str]]] = {
    "C": {
        MAY: {300: "112", 310: "100", 320: "92", 330: "82"},
        MAY_17: {200: "220", 400: "28", 300: "110", 500: "0.04"},
        JUNE: {534: "0.01", 524: "2.29", 542: "3.047", 546: "2.53", 550: "0.01", 554: TINY},
        JULY: {542: "6.972"},
        FEBRUARY: {598: "8.11", 600: "6.72", 603: "4.85", 605: "3.77", 610: "2.28"},
    },
    "P": {
        MAY: {300: "0.02", 310: "0.03", 320: "0.05"},
        MAY_17: {300: "0.01"},
        JUNE: {524: "0.827", 514: "0.018", 542: "2.994", 544: TINY, 548: "0.02", 552: "3.484"},
        JULY: {542: "6.075"},
    },
}

# Legs as a quantity and a contract, or shares in hundreds; what one and minus one need, each with its premium.
STRATEGIES: list[tuple[str, str, str, float, int, str, str]] = [
    ("Naked Call", "-1 C300", "Naked Call", 410, 4, "19400|0", ""),
    ("Naked Put", "-1 P300", "Naked Put", 410, 4, "3002|0", ""),
    ("Covered Call", "1 S, -1 C300", "Protective Call", 410, 4, "19210|0", "10250|11200"),
    ("Covered Put", "-1 S, -1 P300", "Protective Put", 410, 4, "10250|0", "10250|2"),
    ("Protective Collar", "1 S, -1 C534 June, 1 P514 June", "", 524.62, 2, "26231|0", ""),
    ("Conversion", "1 S, -1 C524 June, 1 P524 June", "", 524.63, 2, "26295|0", ""),
    ("Reverse Conversion", "-1 S, 1 C524 June, -1 P524 June", "", 524.61, 2, "26231|146", ""),
    ("Bear Call Spread", "-1 C300, 1 C310", "Bull Call Spread", 410, 4, "1000|0", "0|1200"),
    ("Bear Put Spread", "1 P310, -1 P300", "Bull Put Spread", 410, 4, "0|1", "1000|0"),
    ("Straddle", "1 C300, 1 P300", "Short Straddle", 410, 4, "0|11202", "19402|0"),
    ("Strangle", "1 C310, 1 P300", "Short Strangle", 410, 4, "0|10002", "18202|0"),
    ("Butterfly Call", "1 C300, -2 C310, 1 C320", "Short Butterfly Call", 410, 4, "0|400", "1000|0"),
    ("Butterfly Put", "1 P300, -2 P310, 1 P320", "Short Butterfly Put", 410, 4, "0|1", "1000|0"),
    ("Call Calendar Spread", "1 C300, -1 C300 May17", "Short Call Calendar Spread", 410, 4, "0|200", "19400|0"),
    ("Put Calendar Spread", "1 P300, -1 P300 May17", "Short Put Calendar Spread", 410, 4, "0|1", "3002|0"),
    ("Iron Butterfly", "1 P300, -1 P310, -1 C310, 1 C320", "Short Iron Butterfly", 410, 4, "1000|0", "0|801"),
    ("Iron Condor", "1 P300, -1 P310, -1 C320, 1 C330", "Short Iron Condor", 410, 4, "1000|0", "0|1001"),
    ("Box Spread", "1 P320, -1 P300, -1 C320, 1 C300", "Short Box Spread", 410, 4, "0|2003", "2000|0"),
    (
        "Jelly Roll",
        "-1 C542 June, 1 P542 June, 1 C542 July, -1 P542 July",
        "Short Jelly Roll",
        542,
        4,
        "11448|84",
        "11537|0",
    ),
    (
        "Bear Call Ladder",
        "-1 C546 June, 1 C550 June, 1 C554 June",
        "Bull Call Ladder",
        548.392,
        4,
        "400|0",
        "10407|252",
    ),
    ("Bear Put Ladder", "-1 P544 June, -1 P548 June, 1 P552 June", "Bull Put Ladder", 548.343, 4, "10533|346", "400|0"),
]
MONTHS = {"": MAY, "May17": MAY_17, "June": JUNE, "July": JULY, "February": FEBRUARY}


class Account:
    """A portfolio as far as position groups see it."""

    def __init__(self, price: float, leverage: int = 4, cash: int = 1_000_000) -> None:
        self.shares = equity(price, buying_power_model=SecurityMarginModel(leverage))
        self._complete(self.shares, 1)
        self.securities: dict[Symbol, Any] = {self.shares.symbol: self.shares}
        self.cash_book = SimpleNamespace(
            to_account_currency=lambda amount, _: amount,
            convert_to_account_currency=lambda amount: SimpleNamespace(amount_decimal=amount.amount_decimal),
        )
        self.total_portfolio_value_decimal = Decimal(cash)
        self.held: list[tuple[Symbol, Decimal]] = []

    @staticmethod
    def _complete(security: Any, multiplier: int) -> None:
        def value(quantity: Decimal, price: Decimal = security.price_decimal) -> Any:
            return SimpleNamespace(in_account_currency_decimal=quantity * price * multiplier)

        security.holdings.quantity_value = security.holdings.get_quantity_value = value

    def symbol(self, contract: str) -> Symbol:
        """Of `S`, or a contract such as `C300 June`."""
        if contract == "S":
            symbol: Symbol = self.shares.symbol
            return symbol
        name, _, month = contract.partition(" ")
        right, expiry = OptionRight.CALL if name[0] == "C" else OptionRight.PUT, MONTHS[month]
        price = PRICES[name[0]][expiry][int(name[1:])]
        known: dict[str, Any] = {
            "buying_power_model": OptionMarginModel(),
            "bid_price_decimal": ZERO,
            "ask_price_decimal": ZERO,
        }
        made = option(self.shares, right, int(name[1:]), price, expiry, **known)
        self._complete(made, 100)
        self.securities.setdefault(made.symbol, made)
        return Symbol.create_option(self.shares.symbol, Market.USA, OptionStyle.AMERICAN, right, int(name[1:]), expiry)

    def positions(self, legs: str, times: int = 1) -> list[tuple[Symbol, Decimal]]:
        """Of a text such as `1 S, -1 C300`."""
        found = []
        for leg in legs.split(", "):
            quantity, _, contract = leg.partition(" ")
            lots = Decimal(quantity) * times * (100 if contract == "S" else 1)
            found.append((self.symbol(contract), lots))
        return found

    def hold(self, legs: str, times: int = 1) -> list[StrategyGroup]:
        """Takes the positions; the groups they make."""
        self.held = self.positions(legs, times)
        for symbol, quantity in self.held:
            self.securities[symbol].holdings.quantity_decimal = quantity
        return strategy_groups(self.held, self.securities)[0]

    @property
    def margin_remaining_decimal(self) -> Decimal:
        """What the groups leave."""
        groups = strategy_groups(self.held, self.securities)[0]
        used: Decimal = sum((group.buying_power_model.get_maintenance_margin(self, group) for group in groups), ZERO)
        return self.total_portfolio_value_decimal - used

    def can_order(self, legs: str, times: int = 1) -> bool:
        """Whether all of the legs can be ordered together."""
        orders = [
            SimpleNamespace(symbol=symbol, quantity_decimal=quantity, id=number)
            for number, (symbol, quantity) in enumerate(self.positions(legs, times), 1)
        ]
        groups = strategy_groups(self.held, self.securities)[0]
        return bool(has_sufficient_buying_power(self, groups, orders).is_sufficient)


def _cases() -> list[tuple[str, str, int, float, int, str]]:
    found = []
    for name, legs, inverse, price, leverage, one, minus_one in STRATEGIES:
        found.append((name, legs, 1, price, leverage, one))
        if minus_one:
            found.append((inverse, legs, -1, price, leverage, minus_one))
    return found


@pytest.mark.parametrize(("name", "legs", "times", "price", "leverage", "expected"), _cases())
def test_what_opening_a_strategy_needs(
    name: str, legs: str, times: int, price: float, leverage: int, expected: str
) -> None:
    """`HasSufficientBuyingPowerForOrderTestCases`: margin and premium."""
    account = Account(price, leverage)
    (group,) = account.hold(legs, times)
    assert str(group.buying_power_model) == name
    margin, premium = expected.split("|")
    needed = group.buying_power_model.get_initial_margin_requirement(account, group)
    assert float(needed.value_without_premium_decimal) == pytest.approx(float(margin), abs=0.6)
    assert float(max(needed.premium_decimal, 0)) == pytest.approx(float(premium), abs=0.9)


@pytest.mark.parametrize(("name", "legs", "times", "price", "leverage", "expected"), _cases())
@pytest.mark.parametrize("held", [0, 20, -20])
def test_how_many_can_be_ordered(
    name: str, legs: str, times: int, price: float, leverage: int, expected: str, held: int
) -> None:
    """`HasSufficientBuyingPowerForOrder`: the most the cash pays for, with the strategy held or its opposite."""
    account = Account(price, leverage)
    (unit,) = account.hold(legs, times)
    needed = unit.buying_power_model.get_initial_margin_requirement(account, unit)
    margin = needed.value_without_premium_decimal
    most = int((1_000_000 - held * margin) / (needed.value_decimal))
    account.hold(legs, times * held)
    assert account.can_order(legs, most * times)
    assert not account.can_order(legs, (most + 1) * times)
    assert not held or account.can_order(legs, -held * times)


def test_a_strategy_can_be_reduced_when_the_margin_is_used_up() -> None:
    """`HasSufficientBuyingPowerForReducingStrategyOrder`."""
    account = Account(410)
    account.hold("-1 C300, -1 P300", 10)
    used = account.total_portfolio_value_decimal - account.margin_remaining_decimal
    account.total_portfolio_value_decimal = used * exact("0.95")
    assert account.can_order("1 C300, 1 P300", 5)
    assert not account.can_order("-1 C300, -1 P300", 1)


SPREADS = "1 C598 February, -1 C603 February, 1 C600 February, -1 C605 February"


def test_overlapping_spreads_are_covered() -> None:
    """`FullyCoveredOverlappingDebitSpreadsBookRequiresNoMaintenanceMargin`."""
    account = Account(600.40)
    groups = account.hold(SPREADS)
    assert [str(group.buying_power_model) for group in groups] == ["Bull Call Spread"] * 2
    assert account.margin_remaining_decimal == account.total_portfolio_value_decimal


def test_orders_beside_spreads_need_their_premium() -> None:
    """`OverlappingDebitSpreadOrderRequiresOnlyPremium`, `LongOnlyOrderAgainstCoveredSpreadBook...`."""
    account = Account(600.40, cash=2000)
    account.hold("1 C598 February, -1 C603 February")
    assert account.can_order("1 C600 February, -1 C605 February")
    account.hold(SPREADS)
    assert account.can_order("1 C610 February")


@pytest.mark.parametrize(
    ("name", "legs", "price", "leverage", "expected"),
    [
        ("Covered Call", "1 S, -1 C300", 410, 4, 19_000),
        ("Protective Call", "-1 S, 1 C300", 410, 4, 3000),
        ("Covered Put", "-1 S, -1 P300", 410, 4, 10_250),
        ("Protective Put", "1 S, 1 P300", 410, 4, 10_000),
        ("Protective Collar", "1 S, -1 C534 June, 1 P514 June", 524.62, 2, 6202),
        ("Conversion", "1 S, -1 C524 June, 1 P524 June", 524.63, 2, 5303),
        ("Reverse Conversion", "-1 S, 1 C524 June, -1 P524 June", 524.61, 2, 5240),
        ("Short Straddle", "-1 C300, -1 P300", 410, 4, 20_000),
        ("Short Strangle", "-1 C310, -1 P300", 410, 4, 21_000),
        ("Jelly Roll", "-1 C542 June, 1 P542 June, 1 C542 July, -1 P542 July", 542, 4, 11_447.5),
        ("Bull Call Ladder", "1 C546 June, -1 C550 June, -1 C554 June", 548.392, 4, 10_407.04),
    ],
)
def test_what_holding_a_strategy_ties_up(name: str, legs: str, price: float, leverage: int, expected: float) -> None:
    """`MaintenanceMarginTestCases`, which LEAN holds to a fifth: they are a broker's numbers."""
    account = Account(price, leverage)
    (group,) = account.hold(legs)
    assert str(group.buying_power_model) == name
    margin = group.buying_power_model.get_maintenance_margin(account, group)
    assert float(margin) == pytest.approx(expected, rel=0.2)


def test_one_strategy_is_closed_whole() -> None:
    """`FullyLiquidatesSingleLotGroupWhenMarginCallRequiresPartialReduction`."""
    account = Account(410)
    (group,) = account.hold("1 P300, -1 P310")
    used = group.buying_power_model.get_maintenance_margin(account, group)
    lots = group.buying_power_model.get_maximum_lots_for_delta_buying_power(account, group, -used / 2)
    assert lots.quantity_decimal == -1


def test_what_strategies_leave() -> None:
    """Shares beyond whole hundreds and an option more than its strategy uses are by themselves."""
    account = Account(410)
    account.hold("1 S, -3 C300, 2 C310")
    groups, left = strategy_groups([*account.held, (account.symbol("S"), Decimal(50))], account.securities)
    assert sum(group.quantity_decimal for group in groups) == 3
    assert list(left.values()) == [Decimal(50)]
