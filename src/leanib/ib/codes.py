"""IB's message codes: what each means, whom it concerns and what is done about it.

Source: https://interactivebrokers.github.io/tws-api/message_codes.html and the behaviour observed in the field.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = [
    "CANCELLED",
    "CANCEL_ANSWERS",
    "CANNOT_CANCEL",
    "CODES",
    "NOT_PROCESSED",
    "NO_SUCH_ORDER",
    "REJECTING",
    "Code",
    "Concern",
    "describe",
    "is_warning",
]


class Concern(Enum):
    """Whom a message concerns."""

    LINK = "link"
    FARM = "farm"
    SESSION = "session"
    REQUEST = "request"
    ORDER = "order"
    INFORMATION = "information"


@dataclass(frozen=True)
class Code:
    """One message code.

    Attributes:
        number: IB's number.
        meaning: What happened, in a few words.
        action: What this project does about it, or what the user can do.
        concern: Whom it concerns.
    """

    number: int
    meaning: str
    action: str
    concern: Concern


_TABLE: dict[Concern, list[tuple[int, str, str]]] = {
    Concern.LINK: [
        (1100, "the Gateway lost its link to IBKR", "orders wait until it is back"),
        (1101, "the link to IBKR is back, market data was lost", "everything is subscribed again and reconciled"),
        (1102, "the link to IBKR is back, market data was kept", "freshness is verified and orders are reconciled"),
        (2110, "the Gateway's link to IBKR is broken and will restore itself", "orders wait until it is back"),
    ],
    Concern.FARM: [
        (2103, "a market data farm is broken", "its quotes are marked interrupted"),
        (2104, "a market data farm is OK", "stale quotes are subscribed again"),
        (2105, "a historical data farm is broken", "history requests wait"),
        (2106, "a historical data farm is OK", "nothing to do"),
        (2107, "a historical data farm is inactive until asked", "nothing to do"),
        (2108, "a market data farm is inactive until asked", "nothing to do"),
        (2119, "a market data farm is connecting", "nothing to do"),
        (2157, "the security definition farm is broken", "contract look-ups wait"),
        (2158, "the security definition farm is OK", "nothing to do"),
    ],
    Concern.SESSION: [
        (326, "the client id is in use", "the connection backs off; close the other program or use another client id"),
        (501, "already connected", "nothing to do"),
        (502, "cannot connect", "the connection is tried again"),
        (503, "the Gateway is too old", "update the Gateway"),
        (504, "not connected", "the connection is tried again"),
        (506, "unsupported version", "update the Gateway or the client"),
        (507, "bad message length", "the connection is renewed"),
        (1300, "the Gateway's port changed", "the connection is renewed"),
        (100, "more than 50 messages a second", "requests are slowed down"),
    ],
    Concern.REQUEST: [
        (101, "more market data lines than the account has", "no further symbol is subscribed"),
        (162, "historical data error", "the request is reported as failed"),
        (165, "historical data query message", "nothing to do"),
        (200, "no such instrument, or several", "check symbol, exchange and currency"),
        (300, "unknown ticker id", "nothing to do"),
        (354, "market data is not subscribed", "subscribe in Client Portal, or ask for delayed data"),
        (366, "no such historical query", "nothing to do"),
        (420, "pacing of real-time bars", "the request is slowed down"),
        (10089, "market data needs a subscription", "subscribe in Client Portal, or ask for delayed data"),
        (10090, "part of the market data is not subscribed", "what is available is shown"),
        (10167, "delayed market data is shown instead", "quotes are marked delayed"),
        (10168, "market data is not subscribed and delayed data is off", "allow delayed data"),
        (10182, "a live subscription was disconnected", "it is subscribed again"),
        (10186, "market data is not subscribed, and there is none delayed", "subscribe in Client Portal"),
        (10189, "tick-by-tick data was refused", "the request is reported as failed"),
        (10197, "no market data during a competing live session", "log the other session out; quotes are interrupted"),
        (10225, "a bust event ended the subscription", "it is subscribed again"),
    ],
    Concern.ORDER: [
        (103, "duplicate order id", "the order is resolved by asking"),
        (104, "cannot modify a filled order", "the order stays as it is"),
        (105, "the modification does not match the order", "the order stays as it is"),
        (106, "cannot transmit the order", "the order is resolved by asking"),
        (107, "cannot transmit an incomplete order", "the order is rejected"),
        (109, "the price is out of the range of the precautionary settings", "the order is rejected"),
        (110, "the price does not conform to the minimum price variation", "use a price on the instrument's tick"),
        (111, "time in force and order type do not go together", "the order is rejected"),
        (113, "time in force does not fit the order type", "the order is rejected"),
        (116, "the order cannot be transmitted to a dead exchange", "the order is rejected"),
        (135, "no order with that id", "the order is resolved by asking"),
        (136, "the order cannot be cancelled", "the order is resolved by asking"),
        (161, "the order is not in a state to be cancelled", "the order is resolved by asking"),
        (201, "the order was rejected", "the reason is shown"),
        (202, "the order was cancelled", "the reason is shown"),
        (203, "the instrument is not allowed for this account", "the order is rejected"),
        (321, "the Gateway refused the request (also: its API is read-only)", "set READ_ONLY_API=no in the Gateway"),
        (322, "the Gateway could not do it (an exercise: it was ignored or given up)", "the reason is shown"),
        (329, "the modification was refused", "the order stays as it is"),
        (399, "a message about the order", "the order stays live"),
        (404, "shares to sell short are being located", "the order is held"),
        (383, "the order is larger than the precautionary settings allow", "the order is rejected"),
        (387, "the order type is not supported for this exchange and security type", "the order is rejected"),
        (388, "the order is smaller than the least size", "the order is rejected"),
        (412, "the contract is not available for trading", "the order is rejected"),
        (434, "the order's size is zero", "the order is rejected"),
        (435, "an account must be named", "set IB_ACCOUNT to the account to use"),
        (436, "an allocation must be named", "set IB_ACCOUNT to the account to use"),
        (460, "no trading permission for the instrument", "ask IB for the permission"),
        (463, "a minimum price is needed", "the order is rejected"),
        (2102, "the order is still being processed", "the modification can be tried again"),
        (2109, "outside regular hours is ignored for this order", "nothing to do"),
        (10052, "the time condition is not valid", "the order is rejected"),
        (10147, "no order with that id to cancel", "the order is resolved by asking"),
        (10148, "the order cannot be cancelled in its state", "the order is resolved by asking"),
        (10149, "the order id is not valid", "the order is resolved by asking"),
        (10243, "fractional quantities cannot be traded through the API", "use a whole quantity"),
        (10244, "cash quantities cannot be used for this order", "use a quantity of units"),
        (10268, "an attribute of the order is not supported (EtradeOnly)", "the order is rejected"),
        (10289, "a cash quantity must be given for this order", "the order is rejected"),
        (10311, "the order would be routed directly and may cost more", "route it to SMART, or bypass the warning"),
        (10318, "the order's data is stale", "the order is resolved by asking"),
        (10349, "the time in force was set by an order preset", "the order stays live, as IB confirms it"),
    ],
    Concern.INFORMATION: [
        (2100, "the account data subscription was replaced", "account data is subscribed again"),
        (2101, "the account data subscription was refused", "account data is subscribed again"),
        (2150, "invalid position trade derived value", "nothing to do"),
        (2168, "tick attributes are not supported by the client", "nothing to do"),
        (2169, "tick attributes are not supported by the Gateway", "nothing to do"),
    ],
}

CODES: dict[int, Code] = {
    number: Code(number, meaning, action, concern)
    for concern, rows in _TABLE.items()
    for number, meaning, action in rows
}

CANCELLED = 202
"""The order is cancelled."""

NO_SUCH_ORDER = frozenset({135, 10147})
"""IB knows no order under that id."""

CANNOT_CANCEL = 10148
"""The order cannot be cancelled, since it is over; the text ends with its state."""

NOT_PROCESSED = 322
"""The request was understood and not done, as an exercise of options that are not in the money."""

CANCEL_ANSWERS = frozenset({136, 161, 10147, 10148})
"""Answers to a cancellation that say nothing about the order's end."""

_WARNINGS = frozenset({165, 399, 404, 492, 2109, 10167, 10197, 10349})
"""Codes on an order's id after which it lives on; so do those from 2100 to 2199. Everything else is a refusal."""

REJECTING = frozenset(
    {
        107, 109, 110, 111, 113, 116, 200, 201, 203, 321, 383, 387, 388, 412, 434, 435, 436, 460, 463, 10052, 10149,
        10243, 10244, 10268, 10289,
    }
)  # fmt: skip
"""Codes that, in answer to a new order, leave no doubt that it does not exist; after others IB is asked."""


def is_warning(number: int) -> bool:
    """Whether an order lives on after a message with that code on its id."""
    return number in _WARNINGS or 2100 <= number < 2200


def describe(number: int, text: str) -> Code:
    """The code's entry; for an unlisted one, IB's own text."""
    known = CODES.get(number)
    if known is not None:
        return known
    concern = Concern.INFORMATION if 2100 <= number < 2200 else Concern.REQUEST
    return Code(number, text, "shown as it came", concern)
