"""A live run on the terminal: what the algorithm says, and a line for each step of an order."""

from __future__ import annotations

import re
from datetime import datetime

from leanib.cli.terminal import TerminalListener

__all__ = ["LiveTerminal", "order_line"]

_EVENT = re.compile(
    r"New Order Event: Time: \S+ \S+ OrderID: (?P<id>\d+) EventID: \d+ Symbol: (?P<symbol>.+?) Status: (?P<status>\w+) "
    r"Quantity: (?P<quantity>\S+)(?: FillQuantity: (?P<filled>\S+) FillPrice: (?P<price>\S+))?(?P<rest>.*)$"
)
_DETAIL = re.compile(
    r"(?P<name>LimitPrice|StopPrice|TriggerPrice|TrailingAmount|OrderFee): (?P<value>.*?)(?= \w+: |$)"
)
_NOT_ASSIGNED = " IsAssignment: False"
_OWN_WORDS = ("Interactive Brokers Order Event", "Interactive Brokers Order Fill Event")
_NAMES = {"LimitPrice": "limit", "StopPrice": "stop", "TriggerPrice": "trigger", "TrailingAmount": "trailing"}


def order_line(text: str) -> str:
    """LEAN's line about an order event in a form that fits a terminal; any other line as it is."""
    found = _EVENT.search(text)
    if found is None:
        return text
    rest, _, message = found["rest"].removesuffix(_NOT_ASSIGNED).partition("Message: ")
    details = {m["name"]: m["value"].strip() for m in _DETAIL.finditer(rest)}
    parts = [f"order {found['id']}", found["symbol"], _signed(found["quantity"])]
    parts += [f"{word} {details[name]}" for name, word in _NAMES.items() if name in details]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", found["status"]).lower()
    if found["filled"]:
        words += f" {_signed(found['filled'])} at {found['price']}"
    if "OrderFee" in details:
        words += f", fee {details['OrderFee']}"
    if message and message not in _OWN_WORDS:
        words += f" ({message})"
    return f"{text[: found.start()]}{'  '.join(parts)}  {words}"


def _signed(number: str) -> str:
    return number if number.startswith("-") else f"+{number}"


class LiveTerminal(TerminalListener):
    """Prints a live run's messages."""

    def message(self, kind: str, text: str) -> None:
        """Print a line."""
        super().message(kind, order_line(text))

    def progress(self, fraction: float, utc_time: datetime, data_points: int) -> None:
        """Move the warm-up's bar, and take it away when the warm-up is over."""
        super().progress(fraction, utc_time, data_points)
        if fraction >= 1:
            self.close()
