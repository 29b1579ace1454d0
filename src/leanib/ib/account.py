"""The account: balance, margins, cash, positions, profit and open orders, kept current by IB's callbacks."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from ib_async import Contract, PnL, PortfolioItem, Position, Trade

from leanib.ib.client import GatewayClient
from leanib.ib.connection import IBConnection
from leanib.ib.currencies import base_currency
from leanib.ib.snapshot import Snapshot

__all__ = ["AccountService", "AccountSnapshot", "ContractTerms", "OpenOrder", "PositionLine"]

_UNSET = 1.7e308


@dataclass(frozen=True)
class ContractTerms:
    """What tells a contract from others, as IB writes it; all empty where IB told none of it.

    Attributes:
        root: IB's symbol, as `ES` of `ESZ6`.
        expiry: Last day of trading, `YYYYMMDD`.
        right: C or P, of options.
        multiplier: Units of the underlying in one contract.
        trading_class: Tells contracts of one root apart, as SPX and SPXW.
    """

    root: str = ""
    expiry: str = ""
    right: str = ""
    strike: float = 0.0
    multiplier: str = ""
    trading_class: str = ""

    @classmethod
    def of(cls, contract: Contract) -> ContractTerms:
        """Those of a contract that IB has told."""
        c = contract
        expiry = c.lastTradeDateOrContractMonth[:8]
        return cls(c.symbol, expiry, c.right[:1], float(c.strike or 0), str(c.multiplier or ""), c.tradingClass)


@dataclass(frozen=True)
class PositionLine:
    """One position; money in the contract's currency, None where IB has not told it.

    Attributes:
        average_cost: Per share or contract, commissions included, times the multiplier (IB's `avgCost`).
    """

    symbol: str
    security_type: str
    exchange: str
    currency: str
    con_id: int
    quantity: float
    average_cost: float
    market_price: float | None = None
    market_value: float | None = None
    unrealized_pnl: float | None = None
    realized_pnl: float | None = None
    terms: ContractTerms = ContractTerms()

    @property
    def contract(self) -> Contract:
        """IB's contract."""
        return _contract(self)


@dataclass(frozen=True)
class OpenOrder:
    """One order that IB holds open, whoever placed it.

    Attributes:
        con_id: IB's id of the contract.
        parent_id: The order id of the order that it is attached to; 0 without.
        oca_group: Orders of one group cancel each other; empty without.
    """

    perm_id: int
    order_id: int
    client_id: int
    order_ref: str
    symbol: str
    action: str
    quantity: float
    filled: float
    order_type: str
    limit_price: float | None
    stop_price: float | None
    time_in_force: str
    status: str
    con_id: int = 0
    parent_id: int = 0
    oca_group: str = ""
    trailing_percent: float | None = None
    security_type: str = ""
    currency: str = ""
    terms: ContractTerms = ContractTerms()

    @property
    def contract(self) -> Contract:
        """IB's contract."""
        return _contract(self)


def _contract(line: PositionLine | OpenOrder) -> Contract:
    terms = line.terms
    return Contract(
        secType=line.security_type,
        conId=line.con_id,
        symbol=terms.root or line.symbol,
        lastTradeDateOrContractMonth=terms.expiry,
        right=terms.right,
        strike=terms.strike,
        multiplier=terms.multiplier,
        currency=line.currency,
        tradingClass=terms.trading_class,
    )


@dataclass(frozen=True)
class AccountSnapshot:
    """The account at one moment.

    Attributes:
        complete: Whether IB said that this is all of it; act on nothing else.
        reason: Why it is incomplete; empty otherwise.
        at: When it was put together, UTC.
        values: IB's tags in the base currency, such as `NetLiquidation`, `BuyingPower`, `InitMarginReq`.
        cash: Cash balance by currency.
        daily_pnl: Profit of the day in the base currency, None where IB has not told it.
        futures_profit: By currency, what futures have gained since IB last settled them: it is in no cash balance yet.
    """

    account: str
    complete: bool
    reason: str
    at: datetime
    base_currency: str
    values: dict[str, float]
    cash: dict[str, float]
    daily_pnl: float | None
    positions: tuple[PositionLine, ...]
    open_orders: tuple[OpenOrder, ...]
    futures_profit: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON; the time in ISO 8601."""
        return {**asdict(self), "at": self.at.isoformat()}

    def position(self, con_id: int) -> float:
        """The quantity held of a contract, 0 when there is none."""
        return sum(line.quantity for line in self.positions if line.con_id == con_id)


class AccountService:
    """Keeps the account current over all reconnections."""

    def __init__(self, connection: IBConnection) -> None:
        self._connection = connection
        self._timeout = connection.settings.connection.request_timeout
        self._questions = {name: connection.question(name) for name in ("account values", "positions", "open orders")}
        self._answers: dict[str, Snapshot[Any]] = {}
        self._pnl: PnL | None = None
        connection.register(self)
        connection.messages.error.connect(self._on_error)

    async def resume(self, client: GatewayClient, account: str) -> None:
        """Subscribes the account's updates and asks for positions and orders."""
        self._answers.clear()
        await self._ask("account values", lambda: client.reqAccountUpdatesAsync(account))
        await self._ask("positions", client.reqPositionsAsync)
        if not self._connection.state.read_only:
            await self._ask("open orders", client.reqAllOpenOrdersAsync)
        self._pnl = client.reqPnL(account)

    def interrupted(self, reason: str) -> None:
        """Nothing is known any more."""
        self._answers.clear()
        self._pnl = None

    async def link_restored(self, *, data_lost: bool) -> None:
        """Asks again: positions may have changed while the link was gone."""
        client = self._connection.client
        await self._ask("positions", client.reqPositionsAsync)
        if not self._connection.state.read_only:
            await self._ask("open orders", client.reqAllOpenOrdersAsync)

    async def release(self) -> None:
        """Cancels the subscriptions."""
        client = self._connection.client
        client.client.reqAccountUpdates(False, self._connection.account)
        client.client.cancelPositions()
        if self._pnl is not None:
            client.cancelPnL(self._connection.account)
            self._pnl = None

    async def refresh(self) -> AccountSnapshot:
        """Asks for open orders anew (IB pushes only this client's) and returns the account."""
        if self._connection.state.is_ready and not self._connection.state.read_only:
            await self._ask("open orders", self._connection.client.reqAllOpenOrdersAsync)
        return self.snapshot()

    def snapshot(self) -> AccountSnapshot:
        """The account as known now."""
        connection = self._connection
        reason = self._missing()
        if not connection.state.is_ready:
            return AccountSnapshot("", False, reason, connection.clock.now(), "", {}, {}, None, (), ())
        client, account = connection.client, connection.account
        values, cash, base = _values(client, account)
        return AccountSnapshot(
            account=account,
            complete=not reason,
            reason=reason,
            at=connection.clock.now(),
            base_currency=base,
            values=values,
            cash=cash,
            daily_pnl=_number(self._pnl.dailyPnL) if self._pnl is not None else None,
            positions=_positions(client, account),
            open_orders=tuple(_open_order(trade) for trade in self._open_trades(client, account)),
            futures_profit=_futures_profit(client, account),
        )

    def trades(self) -> tuple[Trade, ...]:
        """The account's open orders as ib_async has them; none while they are not known."""
        connection = self._connection
        return tuple(self._open_trades(connection.client, connection.account)) if connection.state.is_ready else ()

    def daily_pnl(self) -> Decimal | None:
        """Profit of the day in the base currency, None where IB has not told it."""
        number = _number(self._pnl.dailyPnL) if self._pnl is not None else None
        return Decimal(str(number)) if number is not None else None

    def _open_trades(self, client: GatewayClient, account: str) -> list[Trade]:
        """The account's orders: this client's as IB pushes them, those of others as last asked for."""
        asked = self._answers.get("open orders")
        mine = [trade for trade in client.openTrades() if trade.order.clientId == client.client.clientId]
        known = {id(trade): trade for trade in [*mine, *(asked.items if asked else ())]}
        return [trade for trade in known.values() if not trade.isDone() and trade.order.account in ("", account)]

    def _missing(self) -> str:
        state = self._connection.state
        if not state.is_ready:
            return state.obstacle()
        if state.read_only:
            return "open orders are unknown: the Gateway's API is read-only"
        for name in self._questions:
            answer = self._answers.get(name)
            if answer is None or not answer.complete:
                return answer.reason if answer else f"{name} have not been asked yet"
        return ""

    async def _ask(self, name: str, request: Any) -> None:
        self._answers[name] = await self._questions[name].ask(request, self._timeout)
        if not self._answers[name].complete:
            self._connection.log.warning("incomplete answer", about=name, reason=self._answers[name].reason)

    def _on_error(self, request: int, code: int, text: str) -> None:
        if code in (2100, 2101):
            self._answers.pop("account values", None)


def _values(client: GatewayClient, account: str) -> tuple[dict[str, float], dict[str, float], str]:
    """Totals in the base currency, cash by currency, and the base currency; IB tells them in any order."""
    items = client.accountValues(account)
    base = base_currency(items)
    values: dict[str, float] = {}
    cash: dict[str, float] = {}
    for item in sorted(items, key=lambda item: item.currency == "BASE"):  # where there is a total, it counts
        number = _number(item.value)
        if number is None:
            continue
        if item.tag == "CashBalance" and item.currency not in ("", "BASE"):
            cash[item.currency] = number
        elif item.tag == "TotalCashBalance" and item.currency not in ("", "BASE"):  # with what futures gained today
            cash.setdefault(item.currency, number)
        elif item.tag in _TAGS and item.currency in ("", "BASE", base):
            values[item.tag] = number
    return values, cash, base


def _futures_profit(client: GatewayClient, account: str) -> dict[str, float]:
    told = ((one.currency, _number(one.value)) for one in client.accountValues(account) if one.tag == "FuturesPNL")
    return {currency: number for currency, number in told if number is not None and currency not in ("", "BASE")}


_TAGS = (
    "NetLiquidation", "TotalCashValue", "SettledCash", "BuyingPower", "EquityWithLoanValue", "GrossPositionValue",
    "InitMarginReq", "MaintMarginReq", "AvailableFunds", "ExcessLiquidity", "Cushion", "Leverage",
    "UnrealizedPnL", "RealizedPnL",
)  # fmt: skip


def _positions(client: GatewayClient, account: str) -> tuple[PositionLine, ...]:
    priced = {item.contract.conId: item for item in client.portfolio(account)}
    return tuple(_line(position, priced.get(position.contract.conId)) for position in client.positions(account))


def _line(position: Position, item: PortfolioItem | None) -> PositionLine:
    contract = position.contract
    current = item if item is not None and item.position == position.position else None
    return PositionLine(
        symbol=contract.localSymbol or contract.symbol,
        security_type=contract.secType,
        exchange=contract.primaryExchange or contract.exchange,
        currency=contract.currency,
        con_id=contract.conId,
        quantity=position.position,
        average_cost=position.avgCost,
        market_price=_number(current.marketPrice) if current else None,
        market_value=_number(current.marketValue) if current else None,
        unrealized_pnl=_number(current.unrealizedPNL) if current else None,
        realized_pnl=_number(current.realizedPNL) if current else None,
        terms=ContractTerms.of(contract),
    )


def _open_order(trade: Trade) -> OpenOrder:
    order, status = trade.order, trade.orderStatus
    return OpenOrder(
        perm_id=order.permId,
        order_id=order.orderId,
        client_id=order.clientId,
        order_ref=order.orderRef,
        symbol=trade.contract.localSymbol or trade.contract.symbol,
        action=order.action,
        quantity=float(order.totalQuantity),
        filled=float(status.filled),
        order_type=order.orderType,
        limit_price=_number(order.lmtPrice),
        stop_price=_number(order.auxPrice),
        time_in_force=order.tif,
        status=status.status,
        con_id=trade.contract.conId,
        parent_id=order.parentId,
        oca_group=order.ocaGroup,
        trailing_percent=_number(order.trailingPercent),
        security_type=trade.contract.secType,
        currency=trade.contract.currency,
        terms=ContractTerms.of(trade.contract),
    )


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and abs(number) < _UNSET else None
