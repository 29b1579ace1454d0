"""`--state FILE`: orders, permIds, executions, books and next ids survive a restart of the simulator.

The file is a journal of JSON lines. A line is one event with everything that it changed: a fill is its order, its
executions, the books and the ids together, so that whatever is cut off the file's end, what is left agrees. A line is
written before any client hears of the event. Where that fails (a full disk) the Gateway goes on, says so, and writes as
soon as it can. A file that has grown large is rewritten in one line when it is opened.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leanib.errors import ConfigurationError
from leanib.simulator.account.ledger import Ledger, Position
from leanib.simulator.market.calendar import CALENDARS
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.orders.model import Execution, Order
from leanib.simulator.protocol.contracts import ComboLeg
from leanib.simulator.protocol.orderspec import OrderSpec

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway

_ORDER_PLAIN = (
    "order_id", "client_id", "perm_id", "account", "exchange", "created", "status", "triggered", "transmitted",
    "activated", "held", "met", "liquidation", "free", "exercise", "completed_time", "completed_text",
)  # fmt: skip
_ORDER_DECIMAL = ("quantity", "filled", "filled_value", "last_price", "commission", "trail_stop", "limit_override")
_EXECUTION_PLAIN = (
    "exec_id", "order_id", "client_id", "perm_id", "account", "exchange", "side", "time", "order_ref", "liquidity",
    "currency", "liquidation",
)  # fmt: skip
_EXECUTION_DECIMAL = ("shares", "price", "cumulative", "average", "commission", "realized")
_POSITION = ("quantity", "cost", "realized", "realized_total", "day_base", "day_flow", "settled")
_SPEC_LISTS = ("leg_prices", "routing", "algo", "conditions", "delta_neutral")
Record = dict[str, Any]
#: A larger file is rewritten when it is opened.
REWRITE_BYTES = 4 << 20
RETRY_SECONDS = 2.0


def _texts(source: object, names: Sequence[str]) -> Record:
    return {name: None if (value := getattr(source, name)) is None else str(value) for name in names}


def _decimals(record: Record, names: Sequence[str]) -> Record:
    return {name: None if record[name] is None else Decimal(record[name]) for name in names}


def instrument_record(item: Instrument) -> Record:
    """An instrument as JSON."""
    out = {f.name: getattr(item, f.name) for f in fields(item)}
    out["calendar"] = next(name for name, one in CALENDARS.items() if one == item.calendar)
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in out.items()}


def instrument_from(record: Record) -> Instrument:
    """An instrument from JSON."""
    values = dict(record)
    for name in ("multiplier", "strike", "min_tick", "initial_margin", "maintenance_margin", "coupon", "dividend"):
        if name in values:
            values[name] = Decimal(values[name])
    values["calendar"] = CALENDARS[values["calendar"]]
    return Instrument(**values)


def order_record(order: Order) -> Record:
    """An order as JSON."""
    plain = {name: getattr(order, name) for name in _ORDER_PLAIN}
    spec = {"values": order.spec.values} | {name: getattr(order.spec, name) for name in _SPEC_LISTS}
    legs = [[leg.con_id, leg.ratio, leg.action, leg.exchange, list(leg.extra)] for leg in order.legs]
    item = instrument_record(order.item)
    return plain | _texts(order, _ORDER_DECIMAL) | {"spec": spec, "legs": legs, "item": item}


def order_from(record: Record, item: Instrument) -> Order:
    """An order from JSON."""
    raw = record["spec"]
    spec = OrderSpec(raw["values"], raw["leg_prices"])
    spec.routing, spec.algo = [tuple(pair) for pair in raw["routing"]], [tuple(pair) for pair in raw["algo"]]
    spec.conditions, spec.delta_neutral = raw["conditions"], tuple(raw["delta_neutral"])
    legs = [ComboLeg(con, ratio, action, venue, tuple(extra)) for con, ratio, action, venue, extra in record["legs"]]
    order = Order(
        record["order_id"], record["client_id"], record["perm_id"], record["account"], item, record["exchange"], spec,
        record["created"], legs,
    )  # fmt: skip
    for name in _ORDER_PLAIN:
        setattr(order, name, record.get(name, getattr(order, name)))  # older files do not have the newest
    for name, value in _decimals(record, _ORDER_DECIMAL).items():
        setattr(order, name, value)
    order.refresh()
    return order


def execution_record(one: Execution) -> Record:
    """An execution as JSON."""
    plain = {name: getattr(one, name) for name in _EXECUTION_PLAIN}
    return plain | _texts(one, _EXECUTION_DECIMAL) | {"item": instrument_record(one.item)}


def execution_from(record: Record, item: Instrument) -> Execution:
    """An execution from JSON."""
    plain = {name: record[name] for name in _EXECUTION_PLAIN if name in record}  # older files lack the newest
    return Execution(item=item, **plain, **_decimals(record, _EXECUTION_DECIMAL))


def ledger_record(ledger: Ledger) -> Record:
    """The books of an account as JSON."""
    amounts = {
        name: {currency: str(amount) for currency, amount in getattr(ledger, name).items()}
        for name in ("cash", "deposits", "fx_flows")
    }
    positions = [
        _texts(one, _POSITION) | {"item": instrument_record(one.instrument)} for one in ledger.positions.values()
    ]
    return {"account": ledger.account, "fx_fees": str(ledger.fx_fees), "positions": positions, **amounts}


def _line(parts: Sequence[tuple[str, Record]]) -> bytes:
    return json.dumps(["event", parts], separators=(",", ":")).encode() + b"\n"


def _records(line: Any) -> Iterator[tuple[str, Record]]:
    """The records of a line: of an event, or (as earlier versions wrote) one; raises ValueError or TypeError."""
    kind, content = line
    for name, record in content if kind == "event" else [(kind, content)]:
        yield str(name), dict(record)


def _write_all(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


class Journal:
    """Keeps the state file in step with the Gateway; `open` restores what it says first."""

    def __init__(self, gateway: Gateway, path: Path) -> None:
        self.gateway = gateway
        self.path = path
        self._file = -1
        self._end = 0  # where the last whole line ends
        self._orders: dict[int, Order] = {}
        self._executions: dict[str, Execution] = {}
        self._accounts: dict[str, None] = {}
        self._scheduled = False
        #: Why the last event could not be written; empty when everything is in the file.
        self.failure = ""

    def open(self) -> None:
        """Restore the file's state, then record every change.

        Raises:
            ConfigurationError: the file is not a state, or cannot be written.
        """
        try:
            if self.path.exists():
                self._restore(self._read())
                if self._end > REWRITE_BYTES:
                    self._rewrite()
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            os.ftruncate(self._file, self._end)
            os.lseek(self._file, 0, os.SEEK_END)
            self._accounts.update(dict.fromkeys(self.gateway.accounts.names))
            self._append()
        except OSError as problem:
            raise ConfigurationError(f"{self.path}: {problem.strerror}; name one that can be written") from None
        self.gateway.announcer.observers.append(self)
        self.gateway.accounts.listeners.append(self._books)
        self.gateway.before_bytes = self.commit

    def close(self) -> None:
        """Write the last word and close the file; raises ConfigurationError when that cannot be."""
        if self._file < 0:
            return
        self._accounts.update(dict.fromkeys(self.gateway.accounts.names))
        self.commit()
        os.close(self._file)
        self._file = -1
        if self.failure:
            raise ConfigurationError(f"{self.path}: {self.failure}; what happened since is not in the file")

    @property
    def behind(self) -> bool:
        """Is there something that the file does not have yet?"""
        return bool(self._orders or self._executions or self._accounts)

    def changed(self, order: Order) -> None:
        """An order changed."""
        self._orders[order.perm_id] = order
        self._soon()

    def executed(self, execution: Execution) -> None:
        """An order filled."""
        self._executions[execution.exec_id] = execution
        self._soon()

    def _books(self, account: str, _: Position | None) -> None:
        self._accounts[account] = None
        self._soon()

    def _soon(self) -> None:
        """Write at the end of this turn of the loop, when the event is whole."""
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self.commit)

    def commit(self) -> None:
        """Write what changed since the last line as one more; what cannot be written is kept for the next try."""
        self._scheduled = False
        if self._file < 0 or not self.behind:
            return
        try:
            self._append()
        except OSError as problem:
            if not self.failure:
                self.gateway.note(f"{self.path} cannot be written ({problem.strerror}); trying again every few seconds")
            self.failure = problem.strerror or str(problem)
            self._retry()
            return
        if self.failure:
            self.failure = ""
            self.gateway.note(f"{self.path} is written again, with everything that happened meanwhile")

    def _retry(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_later(RETRY_SECONDS, self.commit)

    def _append(self) -> None:
        parts = [("order", self._order(order)) for order in self._orders.values()]
        parts += [("execution", execution_record(one)) for one in self._executions.values()]
        parts += [("ledger", ledger_record(self.gateway.accounts.ledgers[name])) for name in self._accounts]
        line = _line([*parts, ("meta", self._meta())])
        try:
            _write_all(self._file, line)
        except OSError:
            os.ftruncate(self._file, self._end)  # no half a line between whole ones
            os.lseek(self._file, self._end, os.SEEK_SET)
            raise
        self._end += len(line)
        for waiting in (self._orders, self._executions, self._accounts):
            waiting.clear()

    def _order(self, order: Order) -> Record:
        legs = self.gateway.market.combos.legs.get(order.item.con_id, ())
        return order_record(order) | {"parts": [{"item": instrument_record(leg.item)} for leg in legs]}

    def _meta(self) -> Record:
        desk = self.gateway.desk
        ids = {str(client): order_id for client, order_id in desk.highest_ids.items()}
        return {"next_perm": desk.next_perm, "ids": ids, "manual": desk.manual_count, "count": desk.blotter.count}

    def _rewrite(self) -> None:
        """Everything in one line, in a new file that takes the old one's place."""
        desk, accounts = self.gateway.desk, self.gateway.accounts
        parts = [("order", self._order(order)) for order in desk.orders.values()]
        parts += [("execution", execution_record(one)) for one in desk.blotter.executions.values()]
        parts += [("ledger", ledger_record(ledger)) for ledger in accounts.ledgers.values()]
        line = _line([*parts, ("meta", self._meta())])
        temporary = self.path.with_name(self.path.name + ".new")
        temporary.write_bytes(line)
        temporary.replace(self.path)
        self._end = len(line)

    def _read(self) -> list[tuple[str, Record]]:
        """What the whole lines say; a last one that was cut off is left out, as the event that never was."""
        found: list[tuple[str, Record]] = []
        lines = self.path.read_bytes().splitlines(keepends=True)
        for number, line in enumerate(lines, 1):
            try:
                records = list(_records(json.loads(line)))
            except (ValueError, TypeError):
                if 1 < number == len(lines):
                    break
                raise ConfigurationError(
                    f"{self.path} line {number} is not a state of the simulator; delete the file or name another"
                ) from None
            if not line.endswith(b"\n"):
                break
            found += records
            self._end += len(line)
        return found

    def _restore(self, records: list[tuple[str, Record]]) -> None:
        try:
            for kind, record in records:
                getattr(self, f"_restore_{kind}")(record)
        except (KeyError, AttributeError, TypeError, ArithmeticError) as problem:
            raise ConfigurationError(
                f"{self.path} is not a state of the simulator ({problem}); delete the file or name another"
            ) from None
        for order in self.gateway.desk.orders.values():
            self.gateway.desk.resume(order)
        self.gateway.expiry.review()
        self.gateway.exercises.review()
        self.gateway.margin_calls.review()

    def _item(self, record: Record) -> Instrument:
        return self.gateway.market.directory.add(instrument_from(record["item"]))

    def _restore_meta(self, record: Record) -> None:
        desk = self.gateway.desk
        desk.next_perm, desk.manual_count = max(desk.next_perm, record["next_perm"]), record["manual"]
        desk.blotter.count = record["count"]
        desk.highest_ids = {int(client): order_id for client, order_id in record["ids"].items()}

    def _restore_order(self, record: Record) -> None:
        for part in record["parts"]:
            self._item(part)
        order = order_from(record, self._item(record))
        orders = self.gateway.desk.orders
        present = orders.get(order.key)
        if present is not None and present.perm_id != order.perm_id:
            orders[order.client_id, -present.perm_id] = present
        orders[order.key] = order

    def _restore_execution(self, record: Record) -> None:
        one = execution_from(record, self._item(record))
        executions = self.gateway.desk.blotter.executions
        stem, number = one.exec_id.rsplit(".", 1)
        executions.pop(f"{stem}.{int(number) - 1:02d}", None)  # the one that a correction replaced
        executions[one.exec_id] = one

    def _restore_ledger(self, record: Record) -> None:
        ledger = self.gateway.accounts.ledgers.get(record["account"])
        if ledger is None:
            ledger = Ledger(record["account"], self.gateway.accounts.base)
            self.gateway.accounts.ledgers[ledger.account] = ledger
        for name in ("cash", "deposits", "fx_flows"):
            setattr(ledger, name, {c: Decimal(amount) for c, amount in record[name].items()})
        ledger.fx_fees = Decimal(record["fx_fees"])
        ledger.positions = {}
        for one in record["positions"]:
            item = self._item(one)
            known = [name for name in _POSITION if name in one]  # older files lack the newest
            ledger.positions[item.con_id] = Position(item, **_decimals(one, known))
