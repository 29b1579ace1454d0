"""Lets orders of a program pass the limits of its account: looks, judges and reserves, under the account's lock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from ib_async import Trade

from leanib.ib.account import AccountService
from leanib.ib.alerts import Severity
from leanib.ib.combos import order_reference
from leanib.ib.connection import IBConnection
from leanib.ib.contracts import Instrument, canonical_name
from leanib.ib.errors import JournalError, OrderRefused
from leanib.ib.journal import Journal, OrderRecord, Terms
from leanib.ib.limits.asking import AccountQuestions, Asked
from leanib.ib.limits.listing import Listing, of_record, own_prices, parts_of
from leanib.ib.limits.picture import Intent, Market, Picture, WorkingOrder
from leanib.ib.limits.prices import MarketPrices, Priced
from leanib.ib.limits.rates import MarketRates
from leanib.ib.limits.reservations import Reservation, Reservations, Store
from leanib.ib.limits.switch import KillSwitch
from leanib.ib.limits.verdict import Refusal, judge
from leanib.ib.quotes import QuoteService

__all__ = ["LimitKeeper"]

_MINUTE = timedelta(minutes=1)
_Held = tuple[Decimal | None, tuple[WorkingOrder, ...]]
"""Of a contract: the position, None where nobody asked, and every order that may still fill."""
_PNL_PATIENCE = 3.0
"""Seconds in which the day's profit arrives after a connection is made."""


class LimitKeeper:
    """The limits of one program on its account.

    Args:
        connection: Tells settings, account and time, and asks.
        journal: Has the orders of this program, and of those that share it.
        accounts: Tells account values and the day's profit; None where nobody asks for them.
        quotes: Have the prices.
    """

    def __init__(
        self, connection: IBConnection, journal: Journal, accounts: AccountService | None, quotes: QuoteService
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._accounts = accounts
        settings = connection.settings
        self._risk = settings.risk
        self._switch = KillSwitch(settings)
        self._timeout = settings.connection.request_timeout
        self._prices = MarketPrices(quotes, self._timeout, settings.risk.delayed_price_margin)
        self._rates = MarketRates(connection, self._prices)
        self._store: tuple[str, Reservations] | None = None
        self._known: dict[str, Reservation] = {}
        self._over: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        self._told_excess: set[int] = set()
        self._questions = AccountQuestions(connection)
        self._early: Asked | None = None
        self._heard = 0

    def expect(self) -> None:
        """An order is about to come: what IB knows of the account is asked for while it is on its way; see `asking`."""
        if not self.asks or not self._connection.state.is_ready:
            return
        shared, early = self._reservations(self._connection.account), self._early
        if shared.is_busy or (early is not None and self._questions.holds(early, shared.stamp, self._heard)):
            return  # one of this program's orders is being looked at, which asks, or another has just asked
        try:
            self._early = self._ask(shared.glance())
        except (OrderRefused, JournalError):
            self._early = None  # the order itself hears of it

    async def admit(
        self, instrument: Instrument, order: WorkingOrder, legs: Sequence[WorkingOrder], reference: Decimal | None
    ) -> None:
        """Lets a new order with its legs pass and reserves them, or not.

        Args:
            instrument: What is traded.
            order: The order, its key being its reference.
            legs: The orders attached to it.
            reference: A price of the instrument that a person gave, None without.

        Raises:
            OrderRefused: The text names the limit and its key; nothing is reserved.
        """
        intent = Intent(order, order.remaining, self._names(instrument), tuple(legs))
        reservations = [self._reservation(one, one.remaining, instrument) for one in (order, *legs)]
        await self._pass(instrument, intent, reservations, reference, new=len(reservations))

    async def admit_change(
        self, instrument: Instrument, record: OrderRecord, asked: Terms, reference: Decimal | None
    ) -> None:
        """Lets a change of an order pass; it is reserved at the larger of what it was and what it becomes.

        Raises:
            OrderRefused: The text names the limit and its key; what was reserved stays.
        """
        old = of_record(record)
        new = replace(
            old, remaining=max(Decimal(0), asked.quantity - record.filled), prices=own_prices(dict(asked.fields))
        )
        intent = Intent(new, asked.quantity, self._names(instrument), replaces=old)
        both = replace(old, prices=tuple(dict.fromkeys(old.prices + new.prices)))
        most = max(record.most, asked.quantity)
        reservation = replace(self._reservation(both, most, instrument), filled=record.filled)
        await self._pass(instrument, intent, [reservation], reference, new=0)

    def follow(self, record: OrderRecord) -> None:
        """An order is not what it was: its reservation follows, or ends with it."""
        self._heard += 1
        known = self._known.get(record.ref)
        if record.status.is_final:
            over = [key for key in self._known if order_reference(key) == record.ref]
            if over:
                self.withdraw(over)
        elif known is not None and (known.quantity, known.filled) != (record.most, record.filled):
            prices = of_record(record).prices
            self._known[record.ref] = replace(known, quantity=record.most, filled=record.filled, prices=prices)
            self._write_soon()

    def withdraw(self, refs: Iterable[str]) -> None:
        """These orders were not sent after all."""
        for ref in refs:
            self._known.pop(ref, None)
            self._over.add(ref)
        self._write_soon()

    async def resume(self, account: str) -> None:
        """Takes over what an earlier run of this program left open, and gives up what has ended meanwhile."""
        if not self._needs_store:
            return
        for record in self._journal.open_orders(account):
            if record.client_id == self._connection.client_id and record.ref not in self._known:
                (con_id, order), *brought = parts_of(record)
                found = Reservation(
                    record.ref, con_id, order.side, record.most, record.filled, order.prices,
                    record.parent_ref, "", self._connection.clock.now(),
                )  # fmt: skip
                self._known[record.ref] = found
                for part_id, part in brought:
                    none, now = Decimal(0), self._connection.clock.now()
                    self._known[part.key] = Reservation(
                        part.key, part_id, part.side, part.remaining, none, part.prices, "", "", now
                    )
        try:
            async with self._reservations(account).locked() as store:
                self._bring_up_to_date(store, self._over_by_journal(store))
                self._reservations(account).save(store)
        except OrderRefused as error:
            self._connection.log.warning("reservations could not be brought up to date", error=str(error))

    async def market(self, instrument: Instrument) -> Market | None:
        """The market's prices of an instrument, None when they are not known."""
        return (await self._prices.of(instrument)).market

    def working(self, trades: Iterable[Trade], con_id: int) -> tuple[WorkingOrder, ...]:
        """What may still fill of a contract by IB's list `trades`, the reservations and the journal; for people.

        Raises:
            OrderRefused: The reservations cannot be read.
        """
        account = self._connection.account
        reserved = self._reservations(account).peek().reservations.values()
        listing = Listing(trades, account, self._journal.exercises(account))
        return listing.working(con_id, reserved, self._journal.open_orders(account))

    def sent_last_minute(self) -> int:
        """How many orders all programs of ours sent in the last minute; raises OrderRefused when nobody can tell."""
        return self._sent(self._reservations(self._connection.account).peek())

    def close(self) -> None:
        """This program ends; what it has open stays reserved until IB no longer lists it."""
        if self._task is not None:
            self._task.cancel()
        if self._store is not None:
            self._store[1].close()
            self._store = None

    @cached_property
    def asks(self) -> bool:
        """Whether IB is asked what the account has open and holds."""
        risk = self._risk
        return bool(risk.max_position_quantity or risk.max_position_value or risk.max_daily_loss)

    def _names(self, instrument: Instrument) -> frozenset[str]:
        """The names under which the list of allowed symbols may have the instrument; none where there is no list."""
        return _names_of(instrument) if self._risk.allowed_symbols else frozenset()

    @cached_property
    def _needs_price(self) -> bool:
        return bool(self._risk.max_order_value or self._risk.max_position_value)

    @cached_property
    def _needs_store(self) -> bool:
        return self.asks or bool(self._risk.max_orders_per_minute)

    async def _pass(
        self,
        instrument: Instrument,
        intent: Intent,
        reservations: list[Reservation],
        reference: Decimal | None,
        new: int,
    ) -> None:
        obstacle = self._connection.settings.limits_obstacle()
        if obstacle:
            raise OrderRefused(f"not sent: {obstacle}")
        self._check_switch()  # at once, whatever the Gateway answers or not
        known = await self._measured(instrument, reference)
        if self._risk.max_daily_loss:
            known["daily_pnl"] = await self._daily_pnl()
        if not self._needs_store:
            self._judge(instrument, Picture(None, **known), intent)
            return
        shared = self._reservations(self._connection.account)
        async with shared.locked() as store:
            held: _Held = (None, ())
            if self.asks:
                held = await self._of_account(instrument.contract.conId, store)
            sent = self._sent(store)
            self._judge(instrument, Picture(*held, sent_last_minute=sent, **known), intent)
            mine = {one.key: shared.mine(one) for one in reservations}
            store.reserve(mine.values(), new=new)
            shared.save(store)
        self._known |= mine
        self._over -= mine.keys()

    def _check_switch(self) -> None:
        thrown = self._switch.thrown()
        if thrown is not None:
            raise OrderRefused(f"not sent: {thrown}; turn it off with 'leanib order kill-switch off'")

    def _judge(self, instrument: Instrument, picture: Picture, intent: Intent) -> None:
        self._check_switch()  # it may have been thrown while the Gateway was asked
        refusal = judge(self._risk, picture, intent)
        if refusal is not None:
            self._tell_excess(instrument, picture, refusal)
            raise OrderRefused(str(refusal))

    def _tell_excess(self, instrument: Instrument, picture: Picture, refusal: Refusal) -> None:
        """A position beyond its limit without the order at hand is somebody else's doing, or the market's."""
        con_id = instrument.contract.conId
        if not refusal.key.startswith("max_position") or picture.position is None or con_id in self._told_excess:
            return
        for side in ("BUY", "SELL"):
            nothing = WorkingOrder("", side, Decimal(0))
            there = judge(self._risk, replace(picture, sent_last_minute=0), Intent(nothing, Decimal(0), frozenset()))
            if there is not None and there.key == refusal.key:
                self._told_excess.add(con_id)
                text = f"{instrument.name} is beyond {refusal.key} by what is held and what works already: {there.why}"
                self._connection.alert(Severity.WARNING, "limit-exceeded", f"{text}; nothing is sent that adds to it")
                return

    async def _measured(self, instrument: Instrument, reference: Decimal | None) -> dict[str, Any]:
        """Prices and rates as fields of the picture; nothing that another program of ours could change."""
        known: dict[str, Any] = {"point_value": instrument.point_value, "is_pair": instrument.is_pair}
        if not self._needs_price:
            return known
        contract = instrument.contract
        priced = await self._prices.of(instrument)
        if reference is not None:
            market = priced.market or Market(())
            priced = Priced(Market((*market.prices, reference), market.margin))
        rate = await self._rates.rate(contract.currency)
        return known | {
            "market": priced.market,
            "no_market": priced.reason,
            "rate": rate,
            "no_rate": self._rates.unknown(contract.currency) if rate is None else "",
            "pair_rate": await self._rates.rate(contract.symbol) if instrument.is_pair else None,
        }

    def _ask(self, store: Store) -> Asked:
        stamp = self._reservations(self._connection.account).stamp
        return self._questions.ask(stamp, self._heard, self._over_by_journal(store))

    def _over_by_journal(self, store: Store) -> frozenset[str]:
        """Orders with a reservation that have ended."""
        refs = {order_reference(key) for key in store.reservations}
        return self._journal.over(refs) if refs else frozenset()

    async def _of_account(self, con_id: int, store: Store) -> _Held:
        """What the account holds of a contract, and what may still fill.

        What this program's orders are is read before the answers come, and what changes of them until then has it ask
        once more; after that an order that fills in these moments counts twice, and never not at all.
        """
        account, stamp = self._connection.account, self._reservations(self._connection.account).stamp
        asked, self._early = self._early, None
        if asked is None or not self._questions.holds(asked, stamp, self._heard):
            asked = self._ask(store)
            await asyncio.sleep(0)  # it is sent now, and answered while everything else is looked at
        for again in (True, False):
            self._bring_up_to_date(store, asked.over)
            journalled, exercises = self._journal.open_orders_and_exercises(account, con_id)
            orders, held = await asked.answers
            if not again or (self._heard == asked.heard and not asked.client.has_told_position):
                break
            asked = self._ask(store)
        for answer in (orders, held):
            if not answer.complete:
                raise OrderRefused(f"not sent: what the account holds and has open is not known ({answer.reason})")
        listing = Listing(orders.items, account, exercises)
        self._drop_stale(store, listing)
        told = [p.position for p in held.items if p.account == account and p.contract.conId == con_id]
        position = Decimal(str(told[-1])) if told else Decimal(0)  # one that changed meanwhile is told again
        working = listing.working(con_id, store.reservations.values(), journalled)
        return position, working

    def _drop_stale(self, store: Store, listing: Listing) -> None:
        shared = self._reservations(self._connection.account)
        for key, one in list(store.reservations.items()):
            if order_reference(key) not in listing.keys and shared.is_stale(one):
                del store.reservations[key]

    def _bring_up_to_date(self, store: Store, over: Iterable[str]) -> None:
        """What this program knows of its own orders; those that it finds final are over."""
        shared = self._reservations(self._connection.account)
        for key in list(store.reservations):
            if key in self._over or order_reference(key) in over:
                del store.reservations[key]
        self._over.clear()
        store.reserve((shared.mine(one) for one in self._known.values()), new=0)

    def _sent(self, store: Store) -> int:
        since = self._connection.clock.now() - _MINUTE
        return max(store.sent_last_minute, self._journal.sent_since(since, self._connection.account))

    async def _daily_pnl(self) -> Decimal | None:
        if self._accounts is None:
            return None
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _PNL_PATIENCE
        while (daily := self._accounts.daily_pnl()) is None and loop.time() < deadline:
            await asyncio.sleep(0.05)
        return daily

    def _reservation(self, order: WorkingOrder, quantity: Decimal, instrument: Instrument) -> Reservation:
        return Reservation(
            order.key, instrument.contract.conId, order.side, quantity, Decimal(0), order.prices, order.parent, "",
            self._connection.clock.now(),
        )  # fmt: skip

    def _reservations(self, account: str) -> Reservations:
        if self._store is None or self._store[0] != account:
            settings = self._connection.settings
            name = f"{settings.mode} {account}"
            self._store = account, Reservations(settings.state_folder, name, self._connection.clock, 3 * self._timeout)
        return self._store[1]

    def _write_soon(self) -> None:
        """In the background: a reservation that stands too long refuses, and permits nothing."""
        if self._needs_store and (self._task is None or self._task.done()) and self._store is not None:
            self._task = asyncio.create_task(self._write(*self._store), name="ib-reservations")

    async def _write(self, _account: str, shared: Reservations) -> None:
        await asyncio.sleep(0)
        try:
            async with shared.locked() as store:
                self._bring_up_to_date(store, self._over_by_journal(store))
                shared.save(store, may_wait=True)
        except OrderRefused as error:
            self._connection.log.warning("reservations could not be written", error=str(error))


def _names_of(instrument: Instrument) -> frozenset[str]:
    contract = instrument.contract
    names = {instrument.name, canonical_name(contract).upper(), f"#{contract.conId}"}
    if contract.secType != "STK":
        names |= {contract.symbol.upper(), contract.localSymbol.upper()}
    names |= {name.replace(" ", joint) for name in names for joint in ".-"}
    return frozenset(names - {""})
