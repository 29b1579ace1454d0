"""Plays a schedule: programs act, fate strikes, everything heals and comes to rest; then the books are compared."""

from __future__ import annotations

import asyncio
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.faults.books import Watch, check
from tests.faults.schedules import SYMBOLS, Schedule, Step
from tests.faults.smalldisk import SmallDisk
from tests.faults.world import ACCOUNTS, Services, World

from leanib.errors import LeanIBError
from leanib.ib import Change, JournalError, OrderRequest
from leanib.ib.settings import OrderSettings
from leanib.simulator.orders.model import Order

__all__ = ["play"]

_FIRST_ID = 10


async def play(world: World, schedule: Schedule, disk: SmallDisk | None = None) -> None:
    """Plays a schedule, lets everything come to rest, and checks the books.

    Args:
        world: Simulator and people; its folder lies on `disk` where there is one.
        schedule: What happens.
        disk: The disk that can be filled.
    """
    await _Player(world, schedule, disk).run()


class _Player:
    def __init__(self, world: World, schedule: Schedule, disk: SmallDisk | None) -> None:
        self.world = world
        self.schedule = schedule
        self.disk = disk
        self.watch = Watch(world, schedule.setup)
        self.programs: list[Services | None] = [None] * len(schedule.setup.accounts)
        self.starting: list[asyncio.Task[None]] = []
        self.locks: list[sqlite3.Connection] = []

    async def run(self) -> None:
        for symbol in SYMBOLS:
            self.world.sim.market.set_quote(symbol, bid=99, ask=101, bid_size=200, ask_size=200)
        self._start_all()
        await asyncio.sleep(1)
        try:
            for step in self.schedule.steps:
                await asyncio.sleep(step.delay)
                await self._act(step)
            await self._rest()
            check(self.world, self.watch, [program for program in self.programs if program is not None])
        finally:
            self._heal()
            for task in self.starting:
                task.cancel()

    # programs

    def _start_all(self) -> None:
        for number, program in enumerate(self.programs):
            if program is None:
                self._start(number)

    def _start(self, number: int) -> None:
        setup = self.schedule.setup
        client_id = _FIRST_ID + number
        name = "orders" if setup.shared_journal else f"orders-{client_id}"
        policy: Any = setup.policy
        risk = {"unlimited": True, "max_position_quantity": setup.limit}
        try:
            program = self.world.program(
                client_id,
                journal=name,
                account=ACCOUNTS[setup.accounts[number]],
                orders=OrderSettings(lost_leg=policy),
                risk=risk,
            )
        except JournalError:
            return  # on a full disk a program says so and does not start; it is started again when all is well
        program.journal.be_patient(0)
        self.programs[number] = program
        self.starting.append(asyncio.create_task(program.start()))

    async def _kill(self, number: int) -> None:
        program, self.programs[number] = self.programs[number], None
        if program is not None:
            await program.kill()

    def _program(self, who: int) -> Services | None:
        return self.programs[who % len(self.programs)]

    # acts

    async def _act(self, step: Step) -> None:
        settings = dict(step.settings)
        act = getattr(self, f"_do_{step.act}", None)
        if act is None:
            self.world.sim.faults.inject(step.act, **settings)
            return
        who = settings.pop("who", None)
        if who is None:
            await act(**settings)
        elif step.act in ("kill", "away"):
            await act(who % len(self.programs), **settings)
        elif (program := self._program(who)) is not None:
            try:
                await act(program, **settings)
            except LeanIBError:
                return  # refused with a sentence; the books prove that nothing was sent

    async def _do_order(self, program: Services, symbol: str, side: Any, quantity: int, offset: int | None) -> None:
        await program.orders.place(OrderRequest(symbol, side, Decimal(quantity), **self._terms(symbol, offset)))

    def _terms(self, symbol: str, offset: int | None) -> dict[str, Any]:
        bid = self.world.sim.market.quote(symbol).bid
        if offset is None or bid is None:
            return {}
        return {"kind": "LMT", "limit_price": Decimal(bid) + offset, "tif": "GTC"}

    async def _do_bracket(
        self,
        program: Services,
        symbol: str,
        side: Any,
        quantity: int,
        offset: int | None,
        profit: int | None,
        loss: int,
    ) -> None:
        terms = self._terms(symbol, offset)
        sign = 1 if side == "BUY" else -1
        middle = terms.get("limit_price") or Decimal(self.world.sim.market.quote(symbol).mark or 100)
        terms["stop_loss"] = middle - sign * loss
        if profit is not None:
            terms["take_profit"] = middle + sign * profit
        await program.orders.place(OrderRequest(symbol, side, Decimal(quantity), **terms))

    async def _do_modify(self, program: Services, which: int, offset: int) -> None:
        record = self._mine(program, which)
        if record is not None and "lmtPrice" in record.terms:
            price = Decimal(record.terms["lmtPrice"]) + offset
            await program.orders.modify(record.ref, Change(limit_price=price))

    async def _do_resize(self, program: Services, which: int, quantity: int) -> None:
        record = self._mine(program, which)
        if record is not None:
            await program.orders.modify(record.ref, Change(quantity=Decimal(quantity)))

    async def _do_cancel(self, program: Services, which: int) -> None:
        record = self._mine(program, which)
        if record is not None:
            program.orders.cancel(record.ref)

    async def _do_cancel_all(self, program: Services) -> None:
        program.orders.cancel_all()

    @staticmethod
    def _mine(program: Services, which: int) -> Any:
        client_id = program.connection.client_id
        records = [record for record in program.journal.open_orders() if record.client_id == client_id]
        return records[which % len(records)] if records else None

    async def _do_move(self, symbol: str, price: int, size: int) -> None:
        self.world.sim.market.set_quote(symbol, bid=price - 1, ask=price + 1, bid_size=size, ask_size=size)

    async def _do_by_hand(self, symbol: str, side: str, quantity: int, offset: int | None) -> None:
        """Somebody trades in TWS."""
        self.watch.others_acted()
        limit = self._terms(symbol, offset).get("limit_price")
        terms = {"orderType": "LMT", "lmtPrice": str(limit), "tif": "GTC"} if limit else {}
        self.world.sim.faults.inject("manual_order", symbol=symbol, action=side, quantity=quantity, **terms)

    async def _do_change_by_hand(self, which: int, quantity: int) -> None:
        """Somebody changes one of our orders in TWS."""
        living = [order for order in self._living() if order.transmitted and quantity > order.filled]
        if living:
            self.watch.others_acted()
            order = living[which % len(living)]
            self.world.sim.faults.change_order(order.order_id, order.client_id, totalQuantity=quantity)

    async def _do_kill(self, number: int) -> None:
        await self._kill(number)
        self._start(number)

    async def _do_away(self, number: int, fills: list[int], midnight: bool) -> None:
        """The program is off; its orders fill, perhaps on another day."""
        await self._kill(number)
        for number_of_fill, size in enumerate(fills):
            await asyncio.sleep(1)
            living = [one for one in self._living(_FIRST_ID + number) if one.transmitted and one.activated]
            if living and self.world.sim.orders.link_up:
                order = living[number_of_fill % len(living)]
                quantity = float(min(Decimal(size), order.remaining))
                self.world.sim.faults.fill_order(order.order_id, order.client_id, quantity)
        if midnight:
            await self._do_midnight()
        self._start(number)

    async def _do_midnight(self) -> None:
        self.watch.day_over()

    def _living(self, client_id: int | None = None) -> list[Order]:
        orders = self.world.sim.orders.orders.values()
        return [o for o in orders if not o.done and o.order_id > 0 and client_id in (None, o.client_id)]

    async def _do_lock(self, seconds: float) -> None:
        """Another process writes to the journals."""
        for path in self._journals():
            other = sqlite3.connect(path, isolation_level=None, timeout=0)
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                other.close()  # it is locked already, or the disk is full
                continue
            self.locks.append(other)
            asyncio.get_running_loop().call_later(seconds, self._unlock, other)

    def _journals(self) -> list[Path]:
        return sorted(self.world.folder.glob("orders*.sqlite3"))

    def _unlock(self, other: sqlite3.Connection) -> None:
        if other in self.locks:
            self.locks.remove(other)
            other.execute("ROLLBACK")
            other.close()

    async def _do_fill_disk(self) -> None:
        if self.disk is not None:
            self.disk.fill()

    async def _do_free_disk(self) -> None:
        if self.disk is not None:
            self.disk.free()

    async def _do_heal(self) -> None:
        """Whatever is wrong ends, for the time being."""
        self._heal()
        self.world.sim.faults.clear()

    async def _do_wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    # rest

    def _heal(self) -> None:
        for lock in tuple(self.locks):
            self._unlock(lock)
        if self.disk is not None:
            self.disk.free()

    async def _rest(self) -> None:
        """Everything heals; several minutes pass, which is longer than any deadline."""
        self._heal()
        self.world.sim.faults.clear()
        await asyncio.sleep(100)
        self.world.sim.faults.clear()
        self.world.sim.faults.reset()
        self._start_all()
        for program in self.programs:
            assert program is not None
            await program.ready(within=600)
        await asyncio.sleep(150)
        for program in self.programs:
            assert program is not None
            await program.accounts.refresh()
