"""Several strategies on one account: what is whose (`--book NAME`).

A book holds what its own orders have filled; cash is the account's. All books together must hold what the account
holds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ib_async import Contract

from leanib.engine.live.bridge import Bridge
from leanib.engine.live.contracts import lean_price, lean_symbol
from leanib.engine.numbers import ZERO
from leanib.ib import ContractTerms, FillRecord, IBConnectionManager, PositionLine
from leanib.ib.combos import order_reference
from leanib.ib.contracts import qualify_contract

__all__ = ["Books", "net"]

_TIMEOUT = 60.0


def net(fills: Iterable[FillRecord]) -> tuple[Decimal, Decimal]:
    """Quantity (signed) and average price of what fills have left."""
    quantity = average = ZERO
    for fill in sorted(fills, key=lambda one: one.time):
        signed, price = fill.signed_quantity, fill.price if fill.price is not None else average
        after = quantity + signed
        if not quantity or (quantity > 0) == (signed > 0):
            average = (average * abs(quantity) + price * abs(signed)) / abs(after) if after else ZERO
        elif not after:
            average = ZERO
        elif (after > 0) != (quantity > 0):
            average = price
        quantity = after
    return quantity, average


class Books:
    """The books of one account.

    Args:
        folder: Where the runs' states are.
        own: The state file of this run.
        bridge: Reaches the connection.
        services: The connection with its services.
    """

    def __init__(self, folder: Path, own: Path, bridge: Bridge, services: IBConnectionManager) -> None:
        self._folder = folder
        self._own = own
        self._bridge = bridge
        self._services = services

    def holdings(self, account: Iterable[PositionLine]) -> list[PositionLine]:
        """What this book holds, at the account's market prices; also what other books hold the other way."""
        listed = {line.con_id: line for line in account}
        lines = []
        for con_id, (quantity, average) in self._net(self._refs(self._own)).items():
            line = listed.get(con_id) or self._line(con_id)
            lines.append(replace(line, quantity=float(quantity), average_cost=float(self._cost(line, average))))
        return lines

    def _cost(self, line: PositionLine, average: Decimal) -> Decimal:
        """A price as what IB says that one contract cost."""
        symbol = lean_symbol(line.contract, self._bridge.now())
        cost = average * Decimal(line.terms.multiplier or 1)
        return cost if symbol is None else lean_price(symbol, cost)

    def _line(self, con_id: int) -> PositionLine:
        """A contract that the account does not list, as its orders name it; what an exercise brought is asked of IB."""

        async def read() -> dict[str, Any]:
            connection = self._services.connection
            records = self._services.orders.journal.orders(connection.account)
            found = next((record.contract for record in records if record.con_id == con_id), None)
            if found is None:
                timeout = connection.settings.connection.request_timeout
                asked = await qualify_contract(connection.client, Contract(conId=con_id), f"#{con_id}", timeout)
                return dict(asked.contract_fields)
            return found

        contract = self._bridge.call(read(), _TIMEOUT)
        name = contract.get("localSymbol") or contract["symbol"]
        terms = ContractTerms.of(Contract(**contract))
        return PositionLine(name, contract["secType"], "", contract["currency"], con_id, 0.0, 0.0, terms=terms)

    def together(self) -> dict[int, Decimal]:
        """What all books of the account hold, by contract id."""
        account = self._services.connection.account
        refs: set[str] = set()
        for path in self._folder.glob("live-*.sqlite3"):
            if self._account(path) == account:
                refs |= self._refs(path)
        return {con_id: quantity for con_id, (quantity, _) in self._net(refs).items()}

    def refs(self) -> set[str]:
        """The references of the orders of all books."""
        return set().union(*(self._refs(path) for path in self._folder.glob("live-*.sqlite3")))

    def _net(self, refs: set[str]) -> dict[int, tuple[Decimal, Decimal]]:
        async def read() -> list[FillRecord]:
            fills = self._services.orders.journal.fills()
            return [fill for fill in fills if fill.ref in refs or order_reference(fill.ref) in refs]

        by_contract: dict[int, list[FillRecord]] = {}
        for fill in self._bridge.call(read(), _TIMEOUT):
            by_contract.setdefault(fill.con_id, []).append(fill)
        return {con_id: net(fills) for con_id, fills in by_contract.items()}

    def _account(self, path: Path) -> str:
        rows = self._read(path, "SELECT value FROM meta WHERE name = 'account'")
        return str(rows[0][0]) if rows else ""

    def _refs(self, path: Path) -> set[str]:
        return {str(row[0]) for row in self._read(path, "SELECT ref FROM orders")}

    @staticmethod
    def _read(path: Path, query: str) -> list[tuple[str]]:
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5.0)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()
