"""Combinations (BAG contracts): instruments whose quote follows from the quotes of their legs.

A combination is quoted per unit of its largest multiplier: a spread of two options as the difference of their prices, a
covered call (100 shares, one call sold) as the price of a share less that of the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.simulator.market.instruments import Instrument, stable_id
from leanib.simulator.market.quotes import Quote
from leanib.simulator.protocol.contracts import ComboLeg, ContractQuery

if TYPE_CHECKING:
    from leanib.simulator.market.market import Market

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: what, how many per combination, bought (1) or sold (-1), and its weight in the combination's price."""

    item: Instrument
    ratio: int
    sign: int
    weight: Decimal


class Combos:
    """All combinations that somebody asked about."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.legs: dict[int, tuple[Leg, ...]] = {}
        self._with: dict[int, list[Instrument]] = {}

    def find(self, query: ContractQuery) -> list[Instrument]:
        """The combination that a query describes; empty when a leg is unknown."""
        made = self._make(query.symbol, query.exchange or "SMART", query.legs)
        return [made] if made is not None else []

    def restore(self, item: Instrument, legs: Sequence[ComboLeg]) -> None:
        """Make a combination known again whose order a state file brought back."""
        self._make(item.symbol, item.exchange, legs)

    def _make(self, symbol: str, exchange: str, legs: Sequence[ComboLeg]) -> Instrument | None:
        by_id = self.market.directory.by_id
        if not legs or any(leg.con_id not in by_id or leg.ratio < 1 for leg in legs):
            return None
        items = [by_id[leg.con_id] for leg in legs]
        name = ",".join(f"{leg.con_id}:{leg.ratio}:{leg.action}" for leg in legs)
        unit = max(item.multiplier for item in items)
        item = Instrument(
            stable_id(f"BAG:{name}"), symbol or items[0].symbol, "BAG", items[0].currency, exchange,
            local_symbol=name, trading_class="COMB", multiplier=unit, calendar=items[0].calendar, market_rule=0,
            negative=True,
        )  # fmt: skip
        if item.con_id not in self.legs:
            self.market.directory.by_id[item.con_id] = item
            self.legs[item.con_id] = tuple(
                Leg(one, leg.ratio, 1 if leg.action == "BUY" else -1, leg.ratio * one.multiplier / unit)
                for one, leg in zip(items, legs, strict=True)
            )
            for one in items:
                self._with.setdefault(one.con_id, []).append(item)
        return item

    def including(self, item: Instrument) -> list[Instrument]:
        """The combinations that an instrument is a leg of."""
        return list(self._with.get(item.con_id, ()))

    def quote(self, item: Instrument) -> Quote:
        """The quote that the legs make now."""
        legs = self.legs[item.con_id]
        quotes = [self.market.quote(leg.item) for leg in legs]
        out = Quote(time=max(quote.time for quote in quotes))
        bids, asks = [(q.bid, q.bid_size) for q in quotes], [(q.ask, q.ask_size) for q in quotes]
        pairs = list(zip(legs, bids, asks, strict=True))
        out.bid, out.bid_size = _sum(legs, [bid if leg.sign > 0 else ask for leg, bid, ask in pairs])
        out.ask, out.ask_size = _sum(legs, [ask if leg.sign > 0 else bid for leg, bid, ask in pairs])
        return out

    def on_quote(self, item: Instrument, _: Quote) -> None:
        """A leg moved: combinations with it are published anew."""
        for combo in self._with.get(item.con_id, ()):
            self.market.replace(combo, self.quote(combo))


def _sum(legs: Sequence[Leg], sides: Sequence[tuple[Decimal | None, Decimal]]) -> tuple[Decimal | None, Decimal]:
    total = ZERO
    for leg, (price, _) in zip(legs, sides, strict=True):
        if price is None:
            return None, ZERO
        total += leg.sign * leg.weight * price
    return total, min(size // leg.ratio for leg, (_, size) in zip(legs, sides, strict=True))
