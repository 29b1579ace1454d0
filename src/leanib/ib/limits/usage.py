"""How much of each limit is used, for people: the same sums that the limits judge by, and nothing is sent.

What cannot be worked out is said to be unknown, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from leanib.ib.limits.picture import Side, WorkingOrder, harm
from leanib.ib.settings_sections import RiskSettings

__all__ = ["Exposure", "LimitUse", "limit_uses"]

ZERO = Decimal(0)
_SIDES: tuple[tuple[Side, int], ...] = (("BUY", 1), ("SELL", -1))


@dataclass(frozen=True)
class Exposure:
    """One contract of the account.

    Attributes:
        name: For people.
        held: Signed quantity.
        working: Every order that may still fill.
        worth: What one unit is worth now in the base currency; None where nobody knows, and `unknown` says why.
        is_pair: A currency pair, whose quantity is not limited.
    """

    name: str
    held: Decimal
    working: tuple[WorkingOrder, ...] = ()
    worth: Decimal | None = None
    unknown: str = "its price is not known"
    is_pair: bool = False

    def reach(self) -> Decimal:
        """The largest position that could come of it on either side, if all that works there fills."""
        sides = (
            self.held * sign + sum((n for n, _ in harm(self.working, side)), ZERO) for side, sign in _SIDES
        )
        return max(ZERO, *sides)


@dataclass(frozen=True)
class LimitUse:
    """One limit of `[risk]`.

    Attributes:
        key: Its name there.
        limit: What it allows.
        used: What is used of it; None when that is not known or not a matter of the account.
        where: Which contract uses most of it, or why `used` is not known.
    """

    key: str
    limit: Decimal
    used: Decimal | None
    where: str = ""


def limit_uses(
    risk: RiskSettings,
    exposures: Iterable[Exposure] | None,
    daily_pnl: Decimal | None,
    sent_last_minute: int | None,
    unknown: str = "",
) -> list[LimitUse]:
    """The limits that are set, with what is used of them.

    Args:
        risk: The limits.
        exposures: Every contract that is held or has an open order; None when that is not known.
        daily_pnl: Of the account, in its base currency; None when IB has not told it.
        sent_last_minute: Orders of all programs; None when it cannot be read.
        unknown: Why something is None.
    """
    known = list(exposures) if exposures is not None else None
    quantity = None if known is None else {one.name: one.reach() for one in known if not one.is_pair}
    found = {
        "max_order_quantity": (None, "looked at for each order"),
        "max_order_value": (None, "looked at for each order"),
        "max_position_quantity": _largest(quantity, unknown),
        "max_position_value": _value(known, unknown),
        "max_daily_loss": (max(ZERO, -daily_pnl), "") if daily_pnl is not None else (None, unknown or "not told yet"),
        "max_orders_per_minute": (None, unknown) if sent_last_minute is None else (Decimal(sent_last_minute), ""),
    }
    limits = {key: Decimal(str(getattr(risk, key))) for key in found}
    return [LimitUse(key, limit, *found[key]) for key, limit in limits.items() if limit]


def _largest(amounts: Mapping[str, Decimal] | None, unknown: str) -> tuple[Decimal | None, str]:
    if amounts is None:
        return None, unknown
    if not amounts:
        return ZERO, ""
    name = max(amounts, key=lambda key: amounts[key])
    return amounts[name], name if amounts[name] else ""


def _value(known: list[Exposure] | None, unknown: str) -> tuple[Decimal | None, str]:
    if known is None:
        return None, unknown
    values: dict[str, Decimal] = {}
    for one in known:
        reach = one.reach()
        if not reach:
            continue
        if one.worth is None:
            return None, f"{one.name}: {one.unknown}"
        values[one.name] = reach * one.worth
    return _largest(values, unknown)
