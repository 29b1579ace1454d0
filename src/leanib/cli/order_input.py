"""What was typed after `leanib order buy` and `sell`, as an order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from typer.core import TyperCommand

from leanib.errors import UsageError
from leanib.ib.order_request import OrderRequest

__all__ = ["PlacingCommand", "Typed", "distance", "number"]


_NEGATIVE = re.compile(r"-\.?\d[\d.,_]*")
_TIFS = ("DAY", "GTC", "IOC", "FOK", "OPG")
_OTHER = {"buy": "sell to sell", "sell": "buy to buy"}


class PlacingCommand(TyperCommand):
    """`buy` and `sell`: a negative quantity is no unknown option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As the base class does; `buy SPY -5` gets a sentence of its own."""
        typed = list(args)
        try:
            return super().parse_args(ctx, args)
        except Exception as error:  # click's NoSuchOption, which is Typer's own or not, by its version
            unknown = str(getattr(error, "option_name", "") or " ")
            amount = next((word for word in typed if _NEGATIVE.fullmatch(word) and word.startswith(unknown)), None)
            if amount is None:
                raise
            raise UsageError(f"the quantity {amount} must be positive; use {_OTHER[str(self.name)]}") from None


@dataclass(frozen=True)
class Typed:
    """The options as they were typed; empty where they were not given."""

    market: bool = False
    limit: str = ""
    stop: str = ""
    stop_limit: tuple[str, str] = ("", "")
    trailing: str = ""
    tif: str = "DAY"
    bracket: tuple[str, str] = ("", "")
    take_profit: str = ""
    stop_loss: str = ""
    outside_rth: bool = False

    def request(self, side: Literal["BUY", "SELL"], symbol: str, quantity: str) -> OrderRequest:
        """The order.

        Raises:
            UsageError: The text names the option.
        """
        if self.tif.upper() not in _TIFS:
            raise UsageError(f"--tif: time in force '{self.tif}' is none of {', '.join(_TIFS)}")
        amount = number(quantity, "QUANTITY")
        if amount is None:
            raise UsageError("QUANTITY is missing")
        take, loss = self._legs()
        return OrderRequest(
            symbol,
            side,
            amount,
            tif=self.tif.upper(),
            outside_rth=self.outside_rth,
            take_profit=take,
            stop_loss=loss,
            **self._kind(),
        )

    def _kind(self) -> dict[str, Any]:
        given = [name for name, is_given in (
            ("--market", self.market), ("--limit", self.limit), ("--stop", self.stop),
            ("--stop-limit", any(self.stop_limit)), ("--trailing", self.trailing),
        ) if is_given]  # fmt: skip
        if len(given) > 1:
            raise UsageError(f"{given[0]} and {given[1]} exclude each other")
        if self.limit:
            return {"kind": "LMT", "limit_price": number(self.limit, "--limit")}
        if self.stop:
            return {"kind": "STP", "stop_price": number(self.stop, "--stop")}
        if any(self.stop_limit):
            trigger, worst = (number(price, "--stop-limit") for price in self.stop_limit)
            return {"kind": "STP LMT", "stop_price": trigger, "limit_price": worst}
        if self.trailing:
            return {"kind": "TRAIL", **distance(self.trailing)}
        return {"kind": "MKT"}

    def _legs(self) -> tuple[Decimal | None, Decimal | None]:
        if any(self.bracket) and (self.take_profit or self.stop_loss):
            raise UsageError("--bracket and --take-profit or --stop-loss exclude each other")
        if any(self.bracket):
            take, loss = (number(price, "--bracket") for price in self.bracket)
            return take, loss
        return number(self.take_profit, "--take-profit"), number(self.stop_loss, "--stop-loss")


def distance(text: str) -> dict[str, Decimal | None]:
    """A trailing distance as typed, `2%` or `2`, under its name in an order; empty when nothing was."""
    if not text:
        return {}
    key = "trail_percent" if text.endswith("%") else "trail_amount"
    return {key: number(text.removesuffix("%"), "--trailing")}


def number(text: str, name: str) -> Decimal | None:
    """A number as typed; None when nothing was.

    Raises:
        UsageError: It is none.
    """
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise UsageError(f"{name}: '{text}' is not a number") from None
    if not value.is_finite():
        raise UsageError(f"{name}: '{text}' is not a number")
    return value
