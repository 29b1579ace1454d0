"""Combinations: several contracts that are bought and sold as one order, IB's BAG.

The order is one for IB and for the journal; what fills of it IB tells twice, for the combination and for each leg. The
latter are kept under references of their own: that of the order, a slash, and the leg's place.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ib_async import ComboLeg, Contract, ContractDetails, TagValue

from leanib.ib.contracts import Instrument
from leanib.ib.errors import OrderRefused
from leanib.ib.journal import OrderRecord

__all__ = [
    "LEG_PRICES",
    "ComboInstrument",
    "ComboPart",
    "combination",
    "combo_name",
    "followed_references",
    "is_combination",
    "leg_of_fill",
    "leg_reference",
    "order_reference",
    "parts_of",
    "routing",
]

_BAG = "BAG"
LEG_PRICES = "legPrices"
"""Among an order's terms: the limits of a combination's legs, in their order, as text."""
_LEGS = "comboLegsDescrip"
"""A field of IB's contract that holds its legs as text, here `conId:ratio` each, so that the journal has them."""


@dataclass(frozen=True)
class ComboPart:
    """One leg.

    Attributes:
        symbol: As typed, see `leanib.ib.contracts`.
        ratio: How many of it belong to one combination; negative for what is sold when the combination is bought.
        point_value: What the sender takes one unit to gain when the price rises by 1; another contract is refused.
        limit_price: The leg's own limit, in its contract's currency; either all legs have one or none.
    """

    symbol: str
    ratio: int
    point_value: Decimal | None = None
    limit_price: Decimal | None = None


@dataclass(frozen=True)
class ComboInstrument(Instrument):
    """A combination of contracts that IB has confirmed, each with its ratio."""

    legs: tuple[tuple[Instrument, int], ...] = ()


def combo_name(parts: Sequence[ComboPart]) -> str:
    """What a combination is called: `1 SPY:OPT:20270115:C:650, -1 SPY:OPT:20270219:C:660`."""
    return ", ".join(f"{part.ratio} {part.symbol}" for part in parts)


async def combination(
    parts: Sequence[ComboPart], confirmed: Callable[[str], Awaitable[Instrument]]
) -> ComboInstrument:
    """The combination of contracts.

    Args:
        parts: Its legs.
        confirmed: Asks IB for a contract.

    Raises:
        OrderRefused: IB has no such combination.
        UnknownContract: IB does not know one of the contracts.
    """
    legs = [(await confirmed(part.symbol), part.ratio) for part in parts]
    contracts = [instrument.contract for instrument, _ in legs]
    name = combo_name(parts)
    if len({contract.conId for contract in contracts}) < max(2, len(contracts)) or not all(r for _, r in legs):
        raise OrderRefused(f"not sent: {name} is no combination: it takes two or more contracts, each once")
    currencies = {contract.currency for contract in contracts}
    if len(currencies) > 1:
        raise OrderRefused(f"not sent: the legs of {name} are in {' and '.join(sorted(currencies))}: one is needed")
    exchanges = {contract.exchange for contract in contracts}
    bag = Contract(
        secType=_BAG,
        symbol=",".join(dict.fromkeys(contract.symbol for contract in contracts)),
        currency=contracts[0].currency,
        exchange=exchanges.pop() if len(exchanges) == 1 else "SMART",
        comboLegsDescrip=",".join(f"{c.conId}:{r}" for c, (_, r) in zip(contracts, legs, strict=True)),
    )
    bag.comboLegs = [
        ComboLeg(conId=c.conId, ratio=abs(r), action="BUY" if r > 0 else "SELL", exchange=bag.exchange)
        for c, (_, r) in zip(contracts, legs, strict=True)
    ]
    details = ContractDetails(contract=bag, minTick=0.01, minSize=1.0, sizeIncrement=1.0)
    return ComboInstrument(name, bag, details, tuple(legs))


def parts_of(contract: Mapping[str, Any]) -> tuple[ComboPart, ...]:
    """The legs of a combination's contract as the journal has it."""
    pairs = (text.partition(":") for text in str(contract.get(_LEGS, "")).split(","))
    return tuple(ComboPart(f"#{con_id}", int(ratio)) for con_id, _, ratio in pairs)


def is_combination(contract: Mapping[str, Any]) -> bool:
    """Whether a contract of the journal is a combination's."""
    return contract.get("secType") == _BAG


def routing(instrument: Instrument, terms: Mapping[str, Any]) -> list[TagValue]:
    """How IB's own routing treats an order: a combination fills with all its legs.

    IB promises that neither of shares nor of legs that have limits of their own.
    """
    if not isinstance(instrument, ComboInstrument):
        return []
    only_shares = all(leg.contract.secType == "STK" for leg, _ in instrument.legs)
    return [TagValue("NonGuaranteed", "1" if only_shares or LEG_PRICES in terms else "0")]


def leg_of_fill(fields: Mapping[str, Any], contract: Contract) -> int:
    """The place (from 1) of a filled contract in the combination that an order's contract is; 0 when it is no leg."""
    if fields.get("secType") != _BAG or contract.secType == _BAG:
        return 0
    ids = [text.partition(":")[0] for text in str(fields.get(_LEGS, "")).split(",")]
    return ids.index(str(contract.conId)) + 1 if str(contract.conId) in ids else 0


def leg_reference(ref: str, leg: int) -> str:
    """Under which reference the fills of a leg (from 1) are kept; 0 is the order itself."""
    return f"{ref}/{leg}" if leg else ref


def followed_references(record: OrderRecord) -> list[str]:
    """Under which references the fills of an order are kept: its own, of a combination those of its legs."""
    if record.contract.get("secType") != _BAG:
        return [record.ref]
    count = str(record.contract.get(_LEGS, "")).count(",") + 1
    return [leg_reference(record.ref, leg) for leg in range(1, count + 1)]


def order_reference(ref: str) -> str:
    """The order's reference of one that may be a leg's."""
    return ref.partition("/")[0]
