"""The sections that show connection, account, positions, orders, fills and quotes: plain values for JSON.

Each section that comes from the Gateway says whether it is current (`live`), when it was last known (`at`) and why it
is not now (`reason`): while the Gateway is gone the last known values stay, with their age.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from leanib.ib.account import AccountSnapshot, OpenOrder, PositionLine
from leanib.ib.client_ids import role_of
from leanib.ib.journal import FillRecord, OrderRecord
from leanib.ib.quotes import Quote, QuoteStatus
from leanib.ib.redaction import mask_account
from leanib.ib.state import ConnectionState, Socket

__all__ = [
    "Known", "Obstacle", "account_section", "connection_section", "fills_section", "orders_section",
    "positions_section", "priced", "protection_of", "quotes_section",
]  # fmt: skip

_STOPS = ("STP", "STP LMT", "TRAIL", "TRAIL LIMIT", "STP PRT")
_WORKS = ("PreSubmitted", "Submitted")


@dataclass
class Obstacle:
    """Why no order can be sent, and since when: over all tries to dial again, each of which has a reason of its own.

    Attributes:
        text: Empty while orders can be sent.
        since: When the first of these reasons came, UTC.
    """

    text: str = ""
    since: datetime | None = None
    _failure: str = ""

    def follow(self, state: ConnectionState, now: datetime) -> None:
        """Takes the present state; while it dials, the last failure remains the reason."""
        if state.socket is not Socket.CONNECTING:
            self._failure = state.reason
        known = replace(state, reason=self._failure) if state.socket is Socket.CONNECTING else state
        text = known.obstacle()
        self.since = None if not text else self.since or now
        self.text = text


@dataclass(frozen=True)
class Known:
    """How far a section can be trusted.

    Attributes:
        live: Whether it is current.
        at: When it last was; None when it never was.
        reason: Why it is not now.
    """

    live: bool
    at: datetime | None = None
    reason: str = ""

    def with_(self, **content: Any) -> dict[str, Any]:
        """The section: trust and content. The moment is told only of what is not live: the rest is of now."""
        trust = {"live": self.live, "at": None if self.live else self.at, "reason": "" if self.live else self.reason}
        return {**trust, **content}


def connection_section(
    state: ConnectionState, obstacle: Obstacle, address: str, client_id: int, account: str, mode: str
) -> dict[str, Any]:
    """The layers, each with its word; nothing below a layer that is down is claimed."""
    up = state.is_ready
    layers = [
        ("Socket", state.socket.value, _tone(state.socket.value == "up", state.socket.value == "connecting")),
        ("Login", state.login.value, _tone(state.login.value == "ready", not up and state.login.value == "unknown")),
        ("Link to IBKR", state.link.value if up else "not known", _tone(state.link.value == "up" and up, not up)),
        ("Reconciled", "yes" if state.reconciled else "no", _tone(state.reconciled, not up)),
        ("Orders", obstacle.text or "may be sent", _tone(not obstacle.text, not up)),
    ]
    farms = [(name, farm.value, _tone(farm.value == "ok", farm.value.startswith("inactive"))) for name, farm in
             sorted(state.farms.items())]  # fmt: skip
    return {
        "ready": up, "trading": state.is_trading_ready, "reason": state.reason, "since": state.since,
        "address": address, "clientId": client_id, "account": mask_account(account), "mode": mode,
        "generation": state.generation, "layers": [*layers, *farms],
        "obstacle": obstacle.text, "obstacleSince": obstacle.since,
    }  # fmt: skip


def _tone(good: bool, unknown: bool = False) -> str:
    return "good" if good else "unknown" if unknown else "bad"


def account_section(snapshot: AccountSnapshot, known: Known) -> dict[str, Any]:
    """Balance and margins in the base currency, and cash by currency."""
    return known.with_(
        account=mask_account(snapshot.account), currency=snapshot.base_currency, values=snapshot.values,
        cash=dict(sorted(snapshot.cash.items())), dailyPnl=snapshot.daily_pnl,
    )  # fmt: skip


def positions_section(
    snapshot: AccountSnapshot, known: Known, orders_known: bool, quotes: dict[str, Quote]
) -> dict[str, Any]:
    """Positions with what protects them: the working stops on the other side, whoever placed them.

    IB values a position every few minutes; where its quote is current it is valued by that.
    """
    rows = [
        {
            **asdict(priced(line, quotes.get(f"#{line.con_id}"))),
            "protection": protection_of(line, snapshot.open_orders) if orders_known else None,
        }
        for line in sorted(snapshot.positions, key=lambda line: line.symbol)
    ]
    return known.with_(rows=rows)


def priced(line: PositionLine, quote: Quote | None) -> PositionLine:
    """The position at the middle of a current quote; as IB values it without one."""
    if quote is None or quote.status is not QuoteStatus.CURRENT or quote.bid is None or quote.ask is None:
        return line
    if not line.market_value or not line.market_price or not line.quantity:
        return line
    price = (quote.bid + quote.ask) / 2
    value = line.market_value * price / line.market_price  # with IB's multiplier in it
    return replace(
        line, market_price=price, market_value=value, unrealized_pnl=value - line.average_cost * line.quantity
    )


def protection_of(line: PositionLine, orders: Iterable[OpenOrder]) -> dict[str, Any]:
    """How much of a position working stops would close. Of stops that cancel each other the largest counts."""
    side = "SELL" if line.quantity > 0 else "BUY"
    against = [one for one in orders if one.con_id == line.con_id and one.action == side]
    stops = [one for one in against if one.order_type in _STOPS and one.status in _WORKS]
    targets = [one for one in against if one.order_type == "LMT" and one.status in _WORKS]
    groups: dict[str, float] = {}
    for one in stops:
        key = one.oca_group or (f"attached {one.client_id} {one.parent_id}" if one.parent_id else f"{one.perm_id}")
        groups[key] = max(groups.get(key, 0.0), one.quantity - one.filled)
    covered = min(sum(groups.values()), abs(line.quantity))
    return {
        "covered": covered,
        "word": "all" if covered >= abs(line.quantity) else "part" if covered else "none",
        "stops": [_leg(one, one.stop_price) for one in stops],
        "targets": [_leg(one, one.limit_price) for one in targets],
    }


def _leg(order: OpenOrder, price: float | None) -> dict[str, Any]:
    return {"quantity": order.quantity - order.filled, "price": price, "type": order.order_type}


def orders_section(
    snapshot: AccountSnapshot, known: Known, journal: list[OrderRecord], problem: str, own: int
) -> dict[str, Any]:
    """IB's list of the account's open orders, with what the journal says of each; and the journal's that IB lacks."""
    by_ref = {record.ref: record for record in journal}
    listed = {order.order_ref for order in snapshot.open_orders}
    rows = [_order_row(order, by_ref.get(order.order_ref), own) for order in snapshot.open_orders]
    rows += [_journal_row(record, known.live, own) for record in journal if record.ref not in listed]
    return known.with_(rows=rows, journalProblem=problem)


def _order_row(order: OpenOrder, record: OrderRecord | None, own: int) -> dict[str, Any]:
    return {
        **asdict(order),
        "owner": role_of(order.client_id, own),
        "journal": record.status.value if record is not None else None,
        "message": record.message if record is not None else "",
        "created_at": record.created_at if record is not None else None,
        "parent": record.parent_ref if record is not None else "",
    }


def _journal_row(record: OrderRecord, live: bool, own: int) -> dict[str, Any]:
    terms = record.terms
    return {
        "perm_id": record.perm_id, "order_id": record.order_id, "client_id": record.client_id,
        "order_ref": record.ref, "symbol": record.symbol, "action": record.action,
        "quantity": record.quantity, "filled": record.filled, "order_type": terms.get("orderType", ""),
        "limit_price": _price(terms.get("lmtPrice")), "stop_price": _price(terms.get("auxPrice")),
        "time_in_force": terms.get("tif", ""), "con_id": record.con_id,
        "status": "not in IB's list" if live else "not known now",
        "owner": role_of(record.client_id, own), "journal": record.status.value, "message": record.message,
        "created_at": record.created_at, "parent": record.parent_ref,
    }  # fmt: skip


def _price(text: Any) -> float | None:
    return float(Decimal(str(text))) if text not in (None, "") else None


def fills_section(fills: list[FillRecord], problem: str, own: int) -> dict[str, Any]:
    """The latest executions that the journal has, of every program and of LEAN, newest first."""
    rows = [
        {
            "exec_id": fill.exec_id, "time": fill.time, "symbol": fill.symbol,
            "side": "bought" if fill.signed_quantity > 0 else "sold", "quantity": fill.quantity, "price": fill.price,
            "commission": fill.commission, "currency": fill.commission_currency, "ref": fill.ref,
        }
        for fill in sorted(fills, key=lambda fill: fill.time, reverse=True)
    ]  # fmt: skip
    return {"rows": rows, "problem": problem, "clientId": own}


def quotes_section(quotes: list[Quote], names: dict[str, str], problem: str) -> dict[str, Any]:
    """Quotes with the moment of their last tick: the page counts their age."""
    rows = [
        {
            "symbol": names.get(quote.symbol, quote.symbol), "bid": quote.bid, "ask": quote.ask, "last": quote.last,
            "bid_size": quote.bid_size, "ask_size": quote.ask_size, "volume": quote.volume, "close": quote.close,
            "received_at": quote.received_at, "data_type": quote.data_type, "status": quote.status.value,
            "reason": quote.reason,
        }
        for quote in quotes
    ]  # fmt: skip
    return {"rows": rows, "problem": problem}
