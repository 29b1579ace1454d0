"""One order against the limits: a function of what is known, and of nothing else.

What a limit needs to know and nobody knows refuses the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from leanib.ib.limits.picture import Intent, Picture, WorkingOrder, harm
from leanib.ib.settings_sections import RiskSettings

__all__ = ["Refusal", "judge"]

ZERO = Decimal(0)


@dataclass(frozen=True)
class Refusal:
    """Why an order must not be sent, and the key of the limit in `[risk]`."""

    why: str
    key: str

    def __str__(self) -> str:
        return f"not sent: {self.why} (limit {self.key} in config/)"


class _Refused(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, why: str, key: str) -> None:
        super().__init__(why)
        self.refusal = Refusal(why, key)


def judge(risk: RiskSettings, picture: Picture, intent: Intent) -> Refusal | None:
    """Whether an order may be sent; None when it may."""
    checks = (_switch, _symbol, _quantity, _pace, _value, _position, _loss)
    try:
        for check in checks:
            check(risk, picture, intent)
    except _Refused as refused:
        return refused.refusal
    return None


def _switch(risk: RiskSettings, _picture: Picture, _intent: Intent) -> None:
    if risk.kill_switch:
        raise _Refused("the kill switch is on", "kill_switch")


def _symbol(risk: RiskSettings, _picture: Picture, intent: Intent) -> None:
    allowed = {name.strip().upper() for name in risk.allowed_symbols}
    if allowed and not allowed & intent.names:
        name = min(intent.names, key=len, default="the contract")
        raise _Refused(f"{name} is not among the allowed symbols", "allowed_symbols")


def _quantity(risk: RiskSettings, picture: Picture, intent: Intent) -> None:
    limit = _limit(risk.max_order_quantity)
    if limit and not picture.is_pair and intent.quantity > limit:
        raise _Refused(f"{intent.quantity.normalize():f} is more than {limit:,f}", "max_order_quantity")


def _pace(risk: RiskSettings, picture: Picture, intent: Intent) -> None:
    limit = risk.max_orders_per_minute
    if limit and intent.replaces is None and picture.sent_last_minute + 1 + len(intent.legs) > limit:
        sent = picture.sent_last_minute
        raise _Refused(f"{sent} orders were sent in the last minute, of {limit} allowed", "max_orders_per_minute")


def _value(risk: RiskSettings, picture: Picture, intent: Intent) -> None:
    limit = _limit(risk.max_order_value)
    if not limit or intent.lessens:
        return
    value = intent.quantity * _worth(picture, intent.order.prices, "max_order_value")
    if value > limit:
        raise _Refused(f"the order is worth {value:,.2f}, more than {limit:,.2f}", "max_order_value")


def _position(risk: RiskSettings, picture: Picture, intent: Intent) -> None:
    quantity_limit = ZERO if picture.is_pair else _limit(risk.max_position_quantity)
    value_limit = _limit(risk.max_position_value)
    if not (quantity_limit or value_limit):
        return
    key = "max_position_value" if value_limit else "max_position_quantity"
    after = _reach(picture, intent, key)
    if after <= 0 or intent.lessens:
        return
    if quantity_limit and after > quantity_limit:
        raise _Refused(f"{_if_all_fill(intent, after)}, more than {quantity_limit:,f}", "max_position_quantity")
    if value_limit:
        value = _reach_value(picture, intent)
        if value > value_limit:
            text = f"{_if_all_fill(intent, after)} worth {value:,.2f}, more than {value_limit:,.2f}"
            raise _Refused(text, "max_position_value")


def _loss(risk: RiskSettings, picture: Picture, intent: Intent) -> None:
    limit = _limit(risk.max_daily_loss)
    if not limit:
        return
    if picture.position is not None and _reach(picture, intent, "max_daily_loss") <= 0:
        return  # it only closes, even if everything on its side fills
    if picture.daily_pnl is None:
        raise _Refused("today's profit or loss is not known", "max_daily_loss")
    if picture.daily_pnl > -limit:
        return
    lost = f"today's loss is {-picture.daily_pnl:,.2f}; only closing orders are sent"
    closes = picture.position is not None and picture.position * intent.sign < 0
    if closes:
        lost += ", and with what already works on that side this one could open a position: cancel that first"
    raise _Refused(lost, "max_daily_loss")


def _working(picture: Picture, intent: Intent) -> list[WorkingOrder]:
    """Everything that works once the intended order does."""
    gone = {intent.order.key} | ({intent.replaces.key} if intent.replaces else set())
    return [order for order in picture.working if order.key not in gone] + [intent.order, *intent.legs]


def _reach(picture: Picture, intent: Intent, key: str) -> Decimal:
    """The position on the order's side, counted positive there, if all that works on that side fills."""
    if picture.position is None:
        raise _Refused("the position is not known", key)
    could_fill = sum((amount for amount, _ in harm(_working(picture, intent), intent.order.side)), ZERO)
    return picture.position * intent.sign + could_fill


def _reach_value(picture: Picture, intent: Intent) -> Decimal:
    """That position in the base currency: what is held at the market, what works at the worse of own price and market.

    What is held on the other side is closed first, by the orders that are worth least.
    """
    key = "max_position_value"
    assert picture.position is not None
    held = picture.position * intent.sign
    value = max(held, ZERO) * _worth(picture, (), key)
    to_close = max(-held, ZERO)
    amounts = [
        (_worth(picture, order.prices, key), n) for n, order in harm(_working(picture, intent), intent.order.side)
    ]
    for worth, amount in sorted(amounts):
        closed = min(amount, to_close)
        to_close -= closed
        value += (amount - closed) * worth
    return value


def _worth(picture: Picture, own: tuple[Decimal, ...], key: str) -> Decimal:
    """What one unit is worth in the base currency, at the worse of an order's own price and the market's."""
    known: list[Decimal] = []
    if picture.pair_rate is not None:
        known.append(picture.pair_rate)
    market = picture.market
    measures = market is not None and any(market.prices)
    if market is not None and measures and picture.rate is not None:
        known.append(market.worst(own) * picture.point_value * picture.rate)
    if known:
        return max(known)
    if not measures:
        nothing = "its price is 0, which measures nothing: give one to count with by --reference-price"
        raise _Refused(
            f"{nothing if market is not None and market.prices else picture.no_market}, so that the order cannot be "
            "measured", key)
    raise _Refused(picture.no_rate or "the exchange rate to the account's currency is not known", key)


def _if_all_fill(intent: Intent, after: Decimal) -> str:
    side = "long" if intent.sign > 0 else "short"
    return f"with all that could fill the position would be {after.normalize():f} {side}"


def _limit(number: float) -> Decimal:
    return Decimal(str(number))
