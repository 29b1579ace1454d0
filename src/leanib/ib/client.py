"""ib_async's client with every message that matters for money tapped before the library interprets it.

The library drops a status of an order it does not know, executions that repeat and reports without an execution; the
tap sees them all, in the order in which they came.
"""

from __future__ import annotations

import asyncio
import math
import struct
from collections.abc import Callable
from typing import Any, Protocol

from ib_async import IB, Client, CommissionReport, Contract, Execution, IBDefaults, Order, OrderState, Position, Ticker
from ib_async.util import UNSET_DOUBLE, UNSET_INTEGER
from ib_async.wrapper import Wrapper

from leanib.ib.clock import Clock, SystemClock
from leanib.ib.execution_times import GatewayZone

__all__ = ["GatewayClient", "Tap"]


_PACING_INTERVAL = 1.1
_NO_QUOTE = IBDefaults(emptyPrice=math.nan, emptySize=math.nan)
"""Where IB sends -1 with size 0 there is no quote; a price of -1 can be one."""
_PREFIX = 4
"""Bytes that tell a message's length."""
_EXECUTION, _EXECUTION_TIME = 11, 15
"""The message execDetails and the place of its time among the fields."""
_CONTRACT = (
    "conId", "symbol", "secType", "lastTradeDateOrContractMonth", "strike", "right", "multiplier", "exchange",
    "primaryExchange", "currency", "localSymbol", "tradingClass",
)  # fmt: skip
_GENERIC_TICKS = {"OPT": "101", "FOP": "101", "FUT": "588"}
"""What is asked for besides prices and sizes: open interest."""


class Tap(Protocol):
    """Receives the messages of one connection."""

    def on_error(self, request: int, code: int, text: str) -> None:
        """An error, warning or notice; `request` is -1 when it concerns no request."""

    def on_open_order(self, order_id: int, contract: Contract, order: Order, state: OrderState) -> None:
        """An order is known to the Gateway."""

    def on_order_status(
        self, order_id: int, status: str, filled: float, remaining: float, perm_id: int, client_id: int
    ) -> None:
        """An order's status: a hint that may repeat or be missing."""

    def on_execution(self, contract: Contract, execution: Execution) -> None:
        """A fill, live or in answer to a request; the same one may come again."""

    def on_commission(self, report: CommissionReport) -> None:
        """What a fill cost; may come before the fill, late, or more than once."""

    def on_traffic(self) -> None:
        """Anything at all came from the Gateway."""


class _TappedWrapper(Wrapper):
    def __init__(self, ib: IB, tap: Tap) -> None:
        super().__init__(ib, defaults=_NO_QUOTE)
        self.tap: Tap | None = tap
        self.lists_ended = self.lists_ended_before_positions = 0
        self.has_told_position = False

    def error(self, reqId: int, errorCode: int, errorString: str, advancedOrderRejectJson: str) -> None:  # noqa: N803
        if self.tap:
            self.tap.on_error(reqId, errorCode, errorString)
        super().error(reqId, errorCode, errorString, advancedOrderRejectJson)

    def openOrder(self, orderId: int, contract: Contract, order: Order, orderState: OrderState) -> None:  # noqa: N802, N803
        if self.tap and not order.whatIf:
            self.tap.on_open_order(orderId, contract, order, orderState)
        super().openOrder(orderId, contract, order, orderState)

    def openOrderEnd(self) -> None:  # noqa: N802
        self.lists_ended += 1
        super().openOrderEnd()  # type: ignore[no-untyped-call]

    def position(self, account: str, contract: Contract, posSize: float, avgCost: float) -> None:  # noqa: N803
        """As the library's, which writes each into its log: of a large account hundreds, with every order."""
        self._note_turn()
        self.has_told_position = True
        told = Position(account, Contract.recreate(contract), posSize, avgCost)
        self.positions[account][told.contract.conId] = told
        if not posSize:
            del self.positions[account][told.contract.conId]
        self._results.get("positions", []).append(told)
        self.ib.positionEvent.emit(told)

    def positionEnd(self) -> None:  # noqa: N802
        self._note_turn()
        self.has_told_position = False
        super().positionEnd()  # type: ignore[no-untyped-call]

    def _note_turn(self) -> None:
        if not self._results.get("positions"):
            self.lists_ended_before_positions = self.lists_ended

    def orderStatus(self, orderId: int, status: str, filled: float, remaining: float, *rest: Any) -> None:  # noqa: N802, N803
        if self.tap:
            self.tap.on_order_status(orderId, status, filled, remaining, rest[1], rest[4])
        super().orderStatus(orderId, status, filled, remaining, *rest)

    def execDetails(self, reqId: int, contract: Contract, execution: Execution) -> None:  # noqa: N802, N803
        if self.tap:
            self.tap.on_execution(contract, execution)
        super().execDetails(reqId, contract, execution)

    def commissionReport(self, commissionReport: CommissionReport) -> None:  # noqa: N802, N803
        if self.tap:
            self.tap.on_commission(commissionReport)
        super().commissionReport(commissionReport)

    def tcpDataArrived(self) -> None:  # noqa: N802
        super().tcpDataArrived()  # type: ignore[no-untyped-call]
        if self.tap:
            self.tap.on_traffic()


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: str,
    bool: lambda value: "1" if value else "0",
    int: lambda value: "" if value == UNSET_INTEGER else str(value),
    float: lambda value: "" if value == UNSET_DOUBLE else "Infinite" if value == math.inf else str(value),
    type(None): lambda _: "",
}
"""What the fields of a message become, as the library has it."""


class _Client(Client):
    """Reads the Gateway's wall time in the handshake, and makes readable the times that the library stumbles over."""

    def __init__(self, wrapper: Wrapper, clock: Clock) -> None:
        super().__init__(wrapper)  # type: ignore[no-untyped-call]
        self.zone = GatewayZone()
        #: Whether the server told its version on this connection; the library forgets it when a login fails.
        self.shook_hands = False
        self._clock = clock
        self._read_execution = self.decoder.handlers[_EXECUTION]
        self.decoder.handlers[_EXECUTION] = self._execution

    def send(self, *fields: Any, makeEmpty: bool = True) -> None:  # noqa: N803
        """As the library's, to the byte: that makes its table anew with each message, and an order has 110 fields."""
        if not makeEmpty or not self.isConnected():  # type: ignore[no-untyped-call]
            super().send(*fields, makeEmpty=makeEmpty)  # type: ignore[no-untyped-call]
            return
        words = [_TEXTS.get(type(field), _text)(field) for field in fields]
        self.sendMsg("\0".join(words) + "\0")

    def _onSocketHasData(self, data: bytes) -> None:  # noqa: N802
        if not self._serverVersion:
            self._learn_zone(self._data + data)
        super()._onSocketHasData(data)  # type: ignore[no-untyped-call]
        self.shook_hands = self.shook_hands or bool(self._serverVersion)

    def _learn_zone(self, received: bytes) -> None:
        if len(received) > _PREFIX and len(received) >= (end := _PREFIX + struct.unpack(">I", received[:_PREFIX])[0]):
            fields = received[_PREFIX:end].decode(errors="replace").split("\0")
            self.zone.learn(fields[1] if len(fields) > 1 else "", self._clock.now())

    def _execution(self, fields: list[str]) -> None:
        moment, _ = self.zone.moment(fields[_EXECUTION_TIME], self._clock.now())
        fields[_EXECUTION_TIME] = str(round(moment.timestamp()))
        self._read_execution(fields)


class GatewayClient(IB):
    """One connection to a Gateway; used once, then thrown away.

    Args:
        tap: Receives the messages until `abandon` or `leave` is called.
        messages_per_second: Bound on everything sent; IB closes the socket above 50.
        clock: Tells the wall-clock time.
    """

    RaiseRequestErrors = True

    def __init__(self, tap: Tap, messages_per_second: int = 45, clock: Clock | None = None) -> None:
        super().__init__()
        self._tapped = self.wrapper = _TappedWrapper(self, tap)
        self.client = self._own_client = _Client(self.wrapper, clock or SystemClock())
        self.client.MaxRequests = messages_per_second
        # Longer than IB's second: what is sent evenly may arrive in bursts.
        self.client.RequestsInterval = _PACING_INTERVAL  # type: ignore[assignment]
        self.client.apiEnd += self.disconnectedEvent
        # The library would subscribe the account summary anew on every 1102; reconnection has one owner.
        self.errorEvent.clear()

    async def log_in(self, host: str, port: int, client_id: int, timeout: float) -> None:
        """Socket, handshake, startApi, next valid id and accounts; no other request is sent.

        Raises:
            OSError: Nothing listens there, or the Gateway closed the connection.
            TimeoutError: Something accepted the connection and the login did not complete in time.
        """
        self.wrapper.clientId = client_id
        closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def on_close(message: str) -> None:
            if not closed.done():
                closed.set_result(message)

        self.client.conn.disconnected += on_close
        attempt = asyncio.ensure_future(self.client.connectAsync(host, port, client_id, timeout))
        try:
            await asyncio.wait({attempt, closed}, return_when=asyncio.FIRST_COMPLETED)
            if not attempt.done():
                raise ConnectionResetError("the Gateway closed the connection during the login")
            attempt.result()
        finally:
            self.client.conn.disconnected -= on_close
            await _settle(attempt)

    @property
    def handshake_done(self) -> bool:
        """Whether the server has told its version, on a connection that has failed since too."""
        return self._own_client.shook_hands

    def subscribe_quotes(self, contract: Contract) -> tuple[int, Ticker]:
        """Requests a stream of market data; the ticker id, which errors carry, and the ticker."""
        ticker = self.reqMktData(contract, _GENERIC_TICKS.get(contract.secType, ""), False, False)
        return self.wrapper.ticker2ReqId["mktData"].get(ticker, 0), ticker

    def unsubscribe_quotes(self, contract: Contract) -> None:
        """Cancels that stream and forgets its ticker, so that the next one begins without old prices."""
        self.cancelMktData(contract)
        self.wrapper.tickers.pop(hash(contract), None)

    @property
    def lists_ended(self) -> int:
        """How many lists of open orders have come to their end on this connection."""
        return self._tapped.lists_ended

    @property
    def lists_ended_before_positions(self) -> int:
        """How many had, when the first message came after positions were last asked for."""
        return self._tapped.lists_ended_before_positions

    @property
    def has_told_position(self) -> bool:
        """Whether a position was told since the last answer about all of them had ended."""
        return self._tapped.has_told_position

    def told_contract(self, client_id: int, order_id: int) -> Contract | None:
        """The contract of an order as the Gateway told it on this connection; None when it has not."""
        trade = self.wrapper.trades.get((client_id, order_id))
        return None if trade is None else trade.contract

    def leave(self) -> None:
        """Closes the connection in order; what was sent before still goes out."""
        self._tapped.tap = None
        if self.client.isConnected():
            self.client.disconnect()

    def abandon(self) -> None:
        """Drops the connection at once; nothing of it is heard any more."""
        self._tapped.tap = None
        self.wrapper.connectionClosed()  # whoever still waits for an answer must hear that none will come
        transport = self.client.conn.transport
        if transport is not None:
            transport.abort()
        self.client.reset()


def _text(field: Any) -> str:
    """What a field becomes that is no plain value: a contract, or a list of tags."""
    if isinstance(field, Contract):
        return "\0".join([str(getattr(field, name)) for name in _CONTRACT])
    return "".join([f"{one.tag}={one.value};" for one in field]) if type(field) is list else str(field)


async def _settle(task: asyncio.Future[Any]) -> None:
    """Ends a task and collects its outcome, so that no exception is left unread."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()
