"""Which prices and sizes an instrument takes: IB's market rules, its smallest tick and its size increment.

A market rule says from which price on which increment holds; each exchange of an instrument has one
(https://interactivebrokers.github.io/tws-api/minimum_increment.html). What does not conform IB refuses with 110.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property

from ib_async import ContractDetails
from ib_async.util import UNSET_DOUBLE

from leanib.ib.client import GatewayClient
from leanib.ib.contracts import Instrument

__all__ = ["Increments", "MarketRules"]

_DEFAULT_TICK = Decimal("0.01")


@dataclass(frozen=True)
class Increments:
    """What prices and sizes of one instrument are multiples of.

    Attributes:
        min_tick: The smallest price increment anywhere; 0 when IB did not tell.
        steps: (from this price on, increment), ascending; empty when IB did not tell the market rule.
        size: Sizes are multiples of this; 0 when IB did not tell.
        min_size: The smallest size; 0 when IB did not tell.
        below_zero: Whether a price of zero or less can be one, as of a future or a spread.
    """

    min_tick: Decimal
    steps: tuple[tuple[Decimal, Decimal], ...] = ()
    size: Decimal = Decimal(0)
    min_size: Decimal = Decimal(0)
    below_zero: bool = True

    @classmethod
    def least_of(cls, details: ContractDetails, *, below_zero: bool = True) -> Increments:
        """What the details tell by themselves, without the market rule."""
        return cls(_number(details.minTick), (), _number(details.sizeIncrement), _number(details.minSize), below_zero)

    def at(self, price: Decimal) -> Decimal:
        """The increment that holds at a price; 0 when it is not known."""
        step = self.min_tick
        for edge, increment in self.steps:
            if abs(price) >= edge:
                step = increment
        return step

    @cached_property
    def digits(self) -> int:
        """How many digits prices have after the point."""
        steps = [step for step in (self.min_tick, *(increment for _, increment in self.steps)) if step]
        return max((_decimals(step.normalize()) for step in steps), default=_decimals(_DEFAULT_TICK))

    def price_problem(self, price: Decimal) -> str:
        """Why IB would not take a price, with the nearest that it takes; empty when it would."""
        if price <= 0 and not self.below_zero:
            return "is no price: it must be above zero"
        step = self.at(price)
        if not step or price % step == 0:
            return ""
        low, high = (price / step).to_integral_value(ROUND_FLOOR), (price / step).to_integral_value(ROUND_CEILING)
        return f"is no multiple of {step:f}: take {self.text(low * step)} or {self.text(high * step)}"

    def size_problem(self, quantity: Decimal) -> str:
        """Why IB would not take a size; empty when it would."""
        if self.min_size and quantity < self.min_size:
            return f"is less than the smallest size, {self.min_size.normalize():f}"
        if self.size and quantity % self.size:
            return f"is no multiple of {self.size.normalize():f}"
        return ""

    def text(self, price: Decimal) -> str:
        """A price with the instrument's own digits: as many as its increment has, and never fewer than the price."""
        step = (self.at(price) or _DEFAULT_TICK).normalize()
        own = price.normalize()
        return f"{own:.{max(_decimals(step), _decimals(own))}f}"


class MarketRules:
    """Asks IB for market rules, each once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[tuple[Decimal, Decimal], ...]] = {}
        self._of: dict[tuple[int, str], tuple[Instrument, Increments]] = {}
        self._lock = asyncio.Lock()

    async def increments(self, client: GatewayClient, instrument: Instrument) -> Increments:
        """What an instrument takes at the exchange that orders go to.

        Where IB does not tell the market rule within a second, its smallest tick holds alone: what passes may still be
        refused by IB then.
        """
        contract, details = instrument.contract, instrument.details
        told_for, told = self._of.get((contract.conId, contract.exchange), (None, None))
        if told is not None and told_for is instrument:
            return told
        rule = _rule_id(details, contract.exchange)
        steps = await self._steps(client, rule) if rule is not None else ()
        found = replace(Increments.least_of(details, below_zero=instrument.may_be_negative), steps=steps)
        if rule is None or rule in self._known:
            self._of[contract.conId, contract.exchange] = instrument, found
        return found

    async def _steps(self, client: GatewayClient, rule: int) -> tuple[tuple[Decimal, Decimal], ...]:
        async with self._lock:
            if rule not in self._known:
                try:
                    answer = await client.reqMarketRuleAsync(rule)
                except ConnectionError:
                    answer = None
                if answer is None:
                    return ()
                found = ((_number(one.lowEdge), _number(one.increment)) for one in answer)
                self._known[rule] = tuple(sorted(step for step in found if step[1]))
            return self._known[rule]


def _rule_id(details: ContractDetails, exchange: str) -> int | None:
    """The rule at an exchange; the two lists of the details go together."""
    exchanges = [name.strip() for name in details.validExchanges.split(",")]
    rules = [text.strip() for text in details.marketRuleIds.split(",")]
    if len(exchanges) != len(rules):
        return int(rules[0]) if len(set(rules)) == 1 and rules[0].isdigit() else None
    found = dict(zip(exchanges, rules, strict=True)).get(exchange, rules[0] if len(set(rules)) == 1 else "")
    return int(found) if found.isdigit() else None


def _number(value: float) -> Decimal:
    """One of IB's floats; 0 for what it leaves unset."""
    if not value or value == UNSET_DOUBLE or value != value:
        return Decimal(0)
    return Decimal(str(value)).normalize()


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
