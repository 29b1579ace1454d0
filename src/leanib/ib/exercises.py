"""Exercises: options that are held become what they are on, by an instruction that IB treats as an order.

The order takes the options away; what comes for them is kept under a reference of its own, that of the order with the
place 1. IB's list shows an exercise as an order to buy the options at 0, without our reference: it is known by its ids.
IB carries it out after the exchange has closed, and tells that as a fill of the options at 0 and one of the underlying
at the strike, which need not have the order's ids.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from ib_async import Contract, Execution

from leanib.ib.combos import leg_reference
from leanib.ib.contracts import Instrument
from leanib.ib.errors import OrderRefused
from leanib.ib.journal import Journal, OrderRecord, Terms

__all__ = [
    "EXERCISE", "Brought", "ExercisedOption", "behind", "brought_by", "exercised", "held_terms", "is_exercise",
    "leg_of_execution", "meant_by", "terms_of_exercise",
]  # fmt: skip

EXERCISE = "EXERCISE"
"""The order type of an exercise in the journal."""
_BROUGHT = "brings"
_DELIVERED = ("OPT", "FOP")


@dataclass(frozen=True)
class Brought:
    """What an exercise brings.

    Attributes:
        con_id: The underlying.
        side: Whether it is bought or sold.
        quantity: How much of it in all; positive.
        price: The strike.
    """

    con_id: int
    side: Literal["BUY", "SELL"]
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True)
class ExercisedOption(Instrument):
    """An option that IB has confirmed, with what it is on."""

    underlying: Instrument | None = None

    def brings(self, lots: Decimal) -> Brought:
        """What so many contracts bring."""
        assert self.underlying is not None
        contract = self.contract
        units = Decimal(contract.multiplier or 1) if contract.secType == "OPT" else Decimal(1)
        side: Literal["BUY", "SELL"] = "BUY" if contract.right.startswith("C") else "SELL"
        return Brought(self.underlying.contract.conId, side, lots * units, Decimal(str(contract.strike)))


async def exercised(option: Instrument, confirmed: Callable[[str], Awaitable[Instrument]]) -> ExercisedOption:
    """An option with what it is on.

    Args:
        option: What is exercised.
        confirmed: Asks IB for a contract.

    Raises:
        OrderRefused: It is no option, or one that is settled in cash.
        UnknownContract: IB does not know what it is on.
    """
    contract, details = option.contract, option.details
    if contract.secType not in _DELIVERED or not details.underConId:
        raise OrderRefused(f"not sent: {option.name} is no option that could be exercised")
    if details.underSecType == "IND":
        raise OrderRefused(f"not sent: {option.name} is settled in cash when it expires, and is not exercised")
    underlying = await confirmed(f"#{details.underConId}")
    return ExercisedOption(option.name, contract, details, underlying)


def terms_of_exercise(option: ExercisedOption, lots: Decimal) -> dict[str, Any]:
    """What the journal keeps of what an exercise brings."""
    one = option.brings(lots)
    kept = {"con_id": one.con_id, "side": one.side, "quantity": str(one.quantity), "price": str(one.price)}
    return {_BROUGHT: kept}


def is_exercise(terms: Mapping[str, Any]) -> bool:
    """Whether an order's terms are an exercise's."""
    return terms.get("orderType") == EXERCISE


def brought_by(record: OrderRecord) -> Brought | None:
    """What an order of the journal may still bring; None when it is no exercise, or over."""
    return meant_by(record) if record.remaining else None


def meant_by(record: OrderRecord) -> Brought | None:
    """What an order of the journal was to bring, whatever became of it; None when it is no exercise."""
    one = record.asked.fields.get(_BROUGHT)
    if one is None:
        return None
    return Brought(int(one["con_id"]), one["side"], Decimal(one["quantity"]), Decimal(one["price"]))


def held_terms(record: OrderRecord, told: Terms | None) -> Terms | None:
    """What IB holds, in the journal's form: what it says of an exercise is not what was asked in other words."""
    if told is None or not is_exercise(record.asked.fields):
        return told
    return replace(told, fields=record.asked.fields)


def leg_of_execution(record: OrderRecord, contract: Contract) -> int:
    """1 when a fill is of what an exercise brings, 0 when it is of the order itself."""
    return int(is_exercise(record.asked.fields) and contract.conId != record.con_id)


def behind(journal: Journal, contract: Contract, execution: Execution) -> OrderRecord | None:
    """The exercise that a fill without an order's ids is of: of the options at 0, or of what they are on at the strike.

    None where there is no such exercise, or more than one.
    """
    account, shares, price = execution.acctNumber, Decimal(str(execution.shares)), Decimal(str(execution.price))
    if contract.secType in _DELIVERED and not price and execution.side == "SLD":
        open_ones = journal.exercises(account)
        found = [one for one in open_ones if one.con_id == contract.conId and shares <= one.remaining]
        return found[0] if len(found) == 1 else None
    side: Literal["BUY", "SELL"] = "BUY" if execution.side == "BOT" else "SELL"
    brought = Brought(contract.conId, side, shares, price)
    found = [one for one in journal.exercises(account, done=True) if meant_by(one) == brought]
    left = [one for one in found if not journal.fills(leg_reference(one.ref, 1))]
    return left[0] if len(left) == 1 else None
