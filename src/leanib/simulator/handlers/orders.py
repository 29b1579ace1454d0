"""Order requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.simulator.handlers.contracts import resolve
from leanib.simulator.orders.model import Execution
from leanib.simulator.orders.timing import parse_moment
from leanib.simulator.protocol import orders as answers
from leanib.simulator.protocol import system, versions
from leanib.simulator.protocol.contracts import read_contract
from leanib.simulator.protocol.fields import UNSET_INTEGER, Reader
from leanib.simulator.protocol.ids import Answer, Request
from leanib.simulator.protocol.orderspec import read_place_order
from leanib.simulator.protocol.protobuf import orders as protobuf

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway, Handler
    from leanib.simulator.session import Session


def place(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer placeOrder."""
    body = reader.body
    request = read_place_order(reader, session.version) if body is None else protobuf.place_order(body)
    request.settle()
    gateway.desk.place(session.client_id or 0, request)


def cancel(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer cancelOrder: version (until 191), order id, and what regulators want to know of manual orders."""
    if session.version < versions.MANUAL_ORDER_INDICATOR:
        reader.integer()
    gateway.desk.cancel(session.client_id or 0, reader.integer())


def global_cancel(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqGlobalCancel."""
    gateway.desk.cancel_all()


def open_orders(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqOpenOrders: the client's own orders; client 0 also sees those entered by hand."""
    for order in gateway.desk.open_orders():
        if order.client_id == session.client_id:
            gateway.announcer.show(session, order)
    session.send(system.end(Answer.OPEN_ORDER_END, 1))


def all_open_orders(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqAllOpenOrders: every order, once."""
    for order in gateway.desk.open_orders():
        gateway.announcer.show(session, order)
    session.send(system.end(Answer.OPEN_ORDER_END, 1))


def auto_open_orders(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqAutoOpenOrders: binds orders entered by hand to client 0; other clients are told no."""
    reader.integer()
    bind = reader.boolean()
    if session.client_id != 0:
        session.error(-1, 321, "-'cN' : cause - Only the default client (i.e 0) can auto bind orders.")
        return
    session.auto_bind = bind
    if bind:
        for order in gateway.desk.open_orders():
            if order.order_id < 0:
                session.send(system.end(Answer.ORDER_BOUND, order.perm_id, 0, order.order_id))


def completed_orders(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqCompletedOrders: what ended since midnight; with `apiOnly` without orders entered by hand."""
    api_only = reader.boolean()
    for order in gateway.desk.completed_orders():
        if order.completed_time < gateway.day_start() or (api_only and order.order_id < 0):
            continue
        end = answers.Completion(
            order.status, order.filled, gateway.wall(order.completed_time), order.completed_text
        )
        session.send(answers.completed_order(session.version, order.view(), end))
    session.send(system.end(Answer.COMPLETED_ORDERS_END))


def executions(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqExecutions: executions since midnight, or of the days asked for, each with its commission."""
    reader.integer()
    req_id = reader.integer()
    names = ("client", "account", "time", "symbol", "secType", "exchange", "side")
    wanted = reader.texts(names)
    days, dates = 1, set[str]()
    if session.version >= versions.SPECIFIC_DATES:
        days = reader.count(UNSET_INTEGER)
        days = min(days, 7) if 0 < days < UNSET_INTEGER else 1
        dates = {reader.text() for _ in range(reader.count())}
    try:
        since = parse_moment(wanted["time"], gateway.zone) if wanted["time"] else 0
    except ValueError as problem:
        session.error(req_id, 321, f"-'bU' : cause - {problem}")
        return
    since = max(since, gateway.forgotten_until if dates or days > 1 else gateway.day_start())
    first = gateway.midnight(1 - days)
    for item in gateway.desk.blotter.executions.values():
        listed = gateway.wall(item.time)[:8] in dates if dates else item.time >= first
        if listed and item.time >= since and _passes(item, wanted):
            gateway.announcer.told(session, req_id, item)
    session.send(answers.execution_end(req_id))


def _passes(item: Execution, wanted: dict[str, str]) -> bool:
    side = {"BUY": "BOT", "SELL": "SLD"}.get(wanted["side"].upper(), wanted["side"].upper())
    return (
        (wanted["client"] in {"", "0"} or wanted["client"] == str(item.client_id))
        and (not wanted["account"] or wanted["account"] == item.account)
        and (not wanted["symbol"] or wanted["symbol"] == item.item.symbol)
        and (not wanted["secType"] or wanted["secType"] == item.item.sec_type)
        and (not wanted["exchange"] or wanted["exchange"] == item.exchange)
        and (not side or side == item.side)
    )


def exercise(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer exerciseOptions: action 1 exercises, 2 lets lapse; what regulators want to know is not looked at."""
    reader.integer()
    req_id = reader.integer()
    query = read_contract(reader, primary=False)
    action, quantity, account, override = reader.integer(), reader.integer(), reader.text(), reader.boolean()
    item = resolve(gateway, session, req_id, query)
    if item is not None:
        gateway.exercises.take(session.client_id or 0, req_id, item, action, quantity, account, override)


HANDLERS: dict[Request, Handler] = {
    Request.PLACE_ORDER: place,
    Request.CANCEL_ORDER: cancel,
    Request.GLOBAL_CANCEL: global_cancel,
    Request.OPEN_ORDERS: open_orders,
    Request.ALL_OPEN_ORDERS: all_open_orders,
    Request.AUTO_OPEN_ORDERS: auto_open_orders,
    Request.COMPLETED_ORDERS: completed_orders,
    Request.EXECUTIONS: executions,
    Request.EXERCISE_OPTIONS: exercise,
}

