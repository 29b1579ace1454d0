"""What a person asks for, and the IB orders it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from ib_async import Order, OrderComboLeg

from leanib.errors import UsageError
from leanib.ib.combos import LEG_PRICES, ComboPart
from leanib.ib.exercises import EXERCISE

__all__ = ["OrderRequest", "as_ib_order", "from_terms", "terms_of"]

Kind = Literal["MKT", "LMT", "STP", "STP LMT", "TRAIL", "MIT", "LIT", "MOC", "LOC", "MOO", "LOO", "EXERCISE"]
_NEEDS_LIMIT = ("LMT", "STP LMT", "LIT", "LOC", "LOO")
_NEEDS_STOP = ("STP", "STP LMT", "MIT", "LIT")
_OPENING = {"MOO": "MKT", "LOO": "LMT"}
_TIFS = ("DAY", "GTC", "IOC", "GTD", "OPG", "FOK")


@dataclass(frozen=True)
class OrderRequest:
    """One order, with or without the two that protect it.

    Attributes:
        symbol: As typed, see `leanib.ib.contracts`; of a combination a name of its own.
        side: BUY or SELL.
        quantity: Shares, contracts or units of base currency; positive.
        kind: IB's order type; MOO and LOO are market and limit orders at the opening; EXERCISE turns options that are
            held into what they are on, and sells them for nothing.
        limit_price: In the contract's currency.
        stop_price: Trigger of a stop, stop-limit or touched order.
        trail_amount: Distance of a trailing stop, in money.
        trail_percent: The same in percent, instead.
        tif: Time in force.
        good_till: For GTD: `YYYYMMDD HH:MM:SS` with zone, as IB writes it.
        outside_rth: Whether it may trade outside regular hours.
        take_profit: Price of an attached limit order on the other side.
        stop_loss: Price of an attached stop order on the other side; the two cancel each other.
        point_value: What the sender takes one unit to gain when the price rises by 1; another contract is refused.
        parts: The legs of a combination, which is then what is bought or sold.
        override: Whether options are exercised that are not in the money; IB ignores the exercise otherwise.
    """

    symbol: str
    side: Literal["BUY", "SELL"]
    quantity: Decimal
    kind: Kind = "MKT"
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_amount: Decimal | None = None
    trail_percent: Decimal | None = None
    tif: str = "DAY"
    good_till: str = ""
    outside_rth: bool = False
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    point_value: Decimal | None = None
    parts: tuple[ComboPart, ...] = ()
    override: bool = False

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise UsageError(problem)

    def _problem(self) -> str:
        if self.quantity <= 0:
            return "the quantity must be positive; use sell to sell"
        if self.kind in _NEEDS_LIMIT and self.limit_price is None and not self.leg_prices:
            return f"an order of type {self.kind} needs a limit price"
        if self.kind in _NEEDS_STOP and self.stop_price is None:
            return f"an order of type {self.kind} needs a stop price"
        if self.kind == "TRAIL" and (self.trail_amount is None) == (self.trail_percent is None):
            return "a trailing stop needs either an amount or a percentage"
        if self.tif not in _TIFS:
            return f"time in force '{self.tif}' is none of {', '.join(_TIFS)}"
        if self.is_exercise and (self.side != "SELL" or self._has_more):
            return "an exercise sells what is held, for the day, without prices and other orders"
        if self.parts and (self.kind not in ("MKT", "LMT") or self.take_profit or self.stop_loss):
            return "a combination is bought and sold at the market or at a limit, without other orders attached"
        if any(self._own_limits) and not (all(self._own_limits) and self.kind == "LMT" and self.limit_price is None):
            return "a combination has one limit, or one for each of its legs"
        if (self.tif == "GTD") != bool(self.good_till):
            return "GTD and its date go together"
        return self._price_problem() or self._bracket_problem()

    def _price_problem(self) -> str:
        """Distances are positive; whether a price may be zero or less depends on the instrument, see `checks`."""
        distances = (self.trail_amount, self.trail_percent)
        return "a trailing distance must be positive" if any(d is not None and d <= 0 for d in distances) else ""

    def _bracket_problem(self) -> str:
        if self.take_profit is None or self.stop_loss is None:
            return ""
        above, below = (self.take_profit, self.stop_loss) if self.side == "BUY" else (self.stop_loss, self.take_profit)
        return "" if above > below else "the take-profit and the stop-loss of the bracket lie on the wrong sides"

    @property
    def is_exercise(self) -> bool:
        """Whether it is an instruction about options that are held."""
        return self.kind == EXERCISE

    @property
    def _has_more(self) -> bool:
        prices = (self.limit_price, self.stop_price, self.trail_amount, self.trail_percent)
        attached = (self.take_profit, self.stop_loss)
        return any(one is not None for one in prices + attached) or bool(self.parts) or self.tif != "DAY"

    @property
    def _own_limits(self) -> list[bool]:
        return [part.limit_price is not None for part in self.parts]

    @property
    def leg_prices(self) -> list[Decimal]:
        """The limits of a combination's legs, where they have their own."""
        return [part.limit_price for part in self.parts if part.limit_price is not None]

    def legs(self) -> list[OrderRequest]:
        """The attached orders, on the other side; GTC, since they protect a position, and outside hours where it is."""
        other: Literal["BUY", "SELL"] = "SELL" if self.side == "BUY" else "BUY"
        leg = partial(OrderRequest, self.symbol, other, self.quantity, tif="GTC", outside_rth=self.outside_rth)
        legs = []
        if self.take_profit is not None:
            legs.append(leg("LMT", limit_price=self.take_profit))
        if self.stop_loss is not None:
            legs.append(leg("STP", stop_price=self.stop_loss))
        return legs


def terms_of(request: OrderRequest) -> dict[str, Any]:
    """The order's terms under IB's field names, for the journal; prices as text."""
    terms: dict[str, Any] = {
        "orderType": _OPENING.get(request.kind, request.kind),
        "tif": "OPG" if request.kind in _OPENING else request.tif,
    }
    prices = {
        "lmtPrice": request.limit_price,
        "auxPrice": request.stop_price if request.kind != "TRAIL" else request.trail_amount,
        "trailingPercent": request.trail_percent,
        "trailStopPrice": request.stop_price if request.kind == "TRAIL" else None,
    }
    terms.update({name: str(price) for name, price in prices.items() if price is not None})
    if request.leg_prices:
        terms[LEG_PRICES] = [str(price) for price in request.leg_prices]
    if request.override:
        terms["override"] = True
    if request.good_till:
        terms["goodTillDate"] = request.good_till
    if request.outside_rth:
        terms["outsideRth"] = True
    return terms


def from_terms(action: str, quantity: Decimal, terms: dict[str, Any]) -> Order:
    """The IB order that the journal's terms describe."""
    numbers = ("lmtPrice", "auxPrice", "trailingPercent", "trailStopPrice")
    values: dict[str, Any] = {name: float(value) if name in numbers else value for name, value in terms.items()}
    legs = [OrderComboLeg(float(price)) for price in values.pop(LEG_PRICES, ())]
    return Order(action=action, totalQuantity=float(quantity), orderComboLegs=legs, **values)


def as_ib_order(request: OrderRequest) -> Order:
    """The IB order of a request, without identity."""
    return from_terms(request.side, request.quantity, terms_of(request))
