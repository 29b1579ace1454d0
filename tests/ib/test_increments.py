"""Prices and sizes that IB takes, by market rule and smallest tick."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from ib_async import Contract, ContractDetails, PriceIncrement

from leanib.ib.contracts import Instrument
from leanib.ib.increments import Increments, MarketRules

D = Decimal
OPTION = Increments(D("0.01"), ((D(0), D("0.01")), (D(3), D("0.05"))), D(1), D(1))


@pytest.mark.parametrize(
    ("price", "is_taken"),
    [("2.99", True), ("3", True), ("3.05", True), ("3.01", False), ("-3.05", True), ("-3.01", False), ("0.005", False)],
)
def test_the_increment_of_the_price_s_own_range_holds(price: str, is_taken: bool) -> None:
    """As a market rule has it, for prices below zero too."""
    assert (OPTION.price_problem(D(price)) == "") is is_taken


def test_a_price_between_two_ticks_names_both() -> None:
    """With the instrument's own digits."""
    assert OPTION.price_problem(D("3.02")) == "is no multiple of 0.05: take 3.00 or 3.05"
    assert Increments(D("0.25")).price_problem(D("4500.1")) == "is no multiple of 0.25: take 4500.00 or 4500.25"


def test_an_instrument_whose_tick_ib_does_not_tell_takes_any_price_here() -> None:
    """IB decides."""
    assert Increments(D(0)).price_problem(D("1.23456789")) == ""


@pytest.mark.parametrize(
    ("quantity", "part"), [("1", ""), ("1.5", "multiple of 1"), ("0.5", "less than the smallest size, 1"), ("100", "")]
)
def test_sizes_are_multiples_of_the_size_increment(quantity: str, part: str) -> None:
    """And no smaller than the smallest."""
    problem = OPTION.size_problem(D(quantity))
    assert part in problem
    assert bool(problem) is bool(part)


@pytest.mark.parametrize(
    ("tick", "price", "text"),
    [("0.01", "105", "105.00"), ("0.00005", "1.1", "1.10000"), ("0.25", "4500.5", "4500.50"),
     ("0.01", "1.005", "1.005"), ("1", "22500", "22500"), ("0.005", "151.35", "151.350"), ("0.1", "2400", "2400.0")],
)  # fmt: skip
def test_prices_are_shown_with_the_instrument_s_own_digits(tick: str, price: str, text: str) -> None:
    """As many as its increment has, and none of the price's lost."""
    assert Increments(D(tick)).text(D(price)) == text


class _Client:
    """Answers rule 26 and 32 and counts."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    async def reqMarketRuleAsync(self, rule: int) -> list[PriceIncrement] | None:  # noqa: N802 - IB's name
        self.asked.append(rule)
        rules = {26: [PriceIncrement(0, 0.01)], 32: [PriceIncrement(3, 0.05), PriceIncrement(0, 0.01)]}
        return rules.get(rule)


def _instrument(exchange: str, exchanges: str, rules: str) -> Instrument:
    details = ContractDetails(minTick=0.01, validExchanges=exchanges, marketRuleIds=rules, minSize=1, sizeIncrement=1)
    return Instrument("X", Contract(exchange=exchange), details)


def _ask(client: Any, rules: MarketRules, instrument: Instrument) -> Increments:
    return asyncio.run(rules.increments(client, instrument))


def test_the_rule_of_the_exchange_that_the_order_goes_to_is_asked_for_once() -> None:
    """Not that of another exchange of the list."""
    client, rules = _Client(), MarketRules()
    instrument = _instrument("CBOE", "SMART,CBOE,ISE", "26,32,26")
    assert _ask(client, rules, instrument).at(D(4)) == D("0.05")
    _ask(client, rules, instrument)
    assert client.asked == [32]


@pytest.mark.parametrize(("exchange", "rules"), [("NOWHERE", "26,32,26"), ("SMART", ""), ("SMART", "99,99,99")])
def test_without_a_rule_the_smallest_tick_holds(exchange: str, rules: str) -> None:
    """When the exchange is not listed, none is told, or IB does not answer."""
    instrument = _instrument(exchange, "SMART,CBOE,ISE", rules)
    assert _ask(_Client(), MarketRules(), instrument) == Increments(D("0.01"), (), D(1), D(1), below_zero=False)


def test_what_ib_leaves_unset_is_no_rule() -> None:
    """Neither its largest double nor zero."""
    details = ContractDetails(minTick=1.7976931348623157e308, sizeIncrement=0.0, minSize=1.7976931348623157e308)
    found = _ask(SimpleNamespace(), MarketRules(), Instrument("X", Contract(exchange="SMART"), details))
    assert found == Increments(D(0), below_zero=False)
