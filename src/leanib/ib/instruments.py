"""Contracts that IB has confirmed, each asked for once a connection: orders in a burst wait for no details."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from ib_async import Contract

from leanib.ib.combos import combination, is_combination, parts_of
from leanib.ib.connection import IBConnection
from leanib.ib.contracts import Instrument, qualify, qualify_contract
from leanib.ib.exercises import exercised
from leanib.ib.journal import OrderRecord
from leanib.ib.order_request import OrderRequest

__all__ = ["Instruments"]

_FRESH = timedelta(hours=1)
"""Details change from day to day (trading hours, increments); so long they are taken as they were told."""
_AHEAD = timedelta(minutes=10)
"""So long before that they are asked for again where somebody prepares for orders."""


class Instruments:
    """Remembers what IB confirmed; what it refused or did not answer is asked again.

    Args:
        connection: Asks, and tells the time.
    """

    def __init__(self, connection: IBConnection) -> None:
        self._connection = connection
        self._timeout = connection.settings.connection.request_timeout
        self._known: dict[object, tuple[datetime, Instrument]] = {}
        self._asking: dict[object, asyncio.Lock] = {}

    def forget(self) -> None:
        """Another connection, perhaps to another Gateway."""
        self._known.clear()

    async def named(self, text: str, fresh: timedelta = _FRESH) -> Instrument:
        """The instrument of a symbol as typed; raises as `qualify`.

        Args:
            text: The symbol.
            fresh: How long what was told counts; while it is asked for again it counts for others as ever.
        """
        key = text.strip().upper()
        return await self._once(key, lambda: qualify(self._connection.client, text, self._timeout), fresh)

    async def renewed(self, text: str) -> Instrument:
        """The same, asked for a while before it is due; whoever does so now and then has no order wait for it."""
        return await self.named(text, _FRESH - _AHEAD)

    async def of_request(self, request: OrderRequest) -> Instrument:
        """What an order is for; raises as `qualify`, `combination` and `exercised`."""
        if request.is_exercise:
            return await exercised(await self.named(request.symbol), self.named)
        if request.parts:
            return await combination(request.parts, self.named)
        return await self.named(request.symbol)

    async def of_record(self, record: OrderRecord) -> Instrument:
        """What an order of the journal is for, which may be a combination; raises as `qualify` and `combination`."""
        if is_combination(record.contract):
            return await combination(parts_of(record.contract), self.named)
        return await self.of(Contract(**record.contract), record.symbol)

    async def of(self, contract: Contract, name: str) -> Instrument:
        """The instrument of a contract that IB has confirmed before; raises as `qualify`."""
        key = (contract.conId, contract.exchange, name)
        return await self._once(key, lambda: qualify_contract(self._connection.client, contract, name, self._timeout))

    async def _once(
        self, key: object, ask: Callable[[], Awaitable[Instrument]], fresh: timedelta = _FRESH
    ) -> Instrument:
        found = self._fresh(key, fresh)
        if found is not None:
            return found
        async with self._asking.setdefault(key, asyncio.Lock()):
            found = self._fresh(key, fresh)  # somebody else may have asked meanwhile
            if found is None:
                asked_at, found = self._connection.clock.now(), await ask()
                self._known[key] = asked_at, found
            return found

    def _fresh(self, key: object, fresh: timedelta) -> Instrument | None:
        """What was told so lately that it need not be asked again."""
        told_at, found = self._known.get(key, (None, None))
        return found if told_at is not None and self._connection.clock.now() - told_at <= fresh else None
