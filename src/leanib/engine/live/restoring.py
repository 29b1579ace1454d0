"""What the last run left: its orders, the fills that its algorithm does not know, and what it missed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.live.bridge import Bridge
from leanib.engine.live.broker import InteractiveBrokersBrokerage
from leanib.engine.live.combos import apply_terms_to
from leanib.engine.live.contracts import lean_price
from leanib.engine.live.state import KeptOrder, RunState
from leanib.engine.live.transactions import LiveTransactionHandler
from leanib.engine.numbers import ZERO
from leanib.engine.orders.enums import OrderStatus
from leanib.engine.orders.order import Order
from leanib.engine.symbols import Symbol
from leanib.ib import FillRecord, IBConnectionManager, OrderRecord
from leanib.ib.combos import order_reference
from leanib.ib.exercises import meant_by

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.scheduling.event import ScheduledEvent

__all__ = ["Restoration"]

_TIMEOUT = 60.0
_MISSED_SHOWN = 20


class Restoration:
    """Brings an earlier run's orders back under their numbers.

    Args:
        algorithm: The new run's.
        bridge: Reaches the connection.
        services: The connection with its services.
        state: What was written down.
        broker: Follows the open ones.
        handler: Has the order book.
    """

    def __init__(
        self,
        algorithm: QCAlgorithm,
        bridge: Bridge,
        services: IBConnectionManager,
        state: RunState,
        broker: InteractiveBrokersBrokerage,
        handler: LiveTransactionHandler,
    ) -> None:
        self._algorithm = algorithm
        self._bridge = bridge
        self._services = services
        self._state = state
        self._broker = broker
        self._handler = handler
        self._kept: list[KeptOrder] = []
        self._found: dict[str, tuple[OrderRecord | None, list[FillRecord]]] = {}
        self._news: list[tuple[OrderRecord, list[FillRecord]]] = []
        self._last_alive: datetime | None = None
        self._scheduled = ""

    def read(self) -> None:
        """Reads what was written down, and what became of it."""
        alive = self._state.get("alive")
        self._last_alive = datetime.fromisoformat(alive) if alive else None
        self._kept = self._state.orders()
        refs = [kept.ref for kept in self._kept]

        async def look_up() -> dict[str, tuple[OrderRecord | None, list[FillRecord]]]:
            journal = self._services.orders.journal
            return {ref: (_own(journal.order(order_reference(ref)), ref), journal.fills(ref)) for ref in refs}

        self._found = self._bridge.call(look_up(), _TIMEOUT)

    @property
    def refs(self) -> set[str]:
        """The references of all its orders."""
        return {order_reference(kept.ref) for kept in self._kept}

    @property
    def symbols(self) -> list[Symbol]:
        """The symbols of its open orders."""
        return [kept.request.symbol for kept in self._kept if not kept.status.is_closed()]

    def restore_orders(self) -> None:
        """Orders and tickets under their numbers; open ones are followed, what is new of them is told later."""
        algorithm = self._algorithm
        algorithm.transactions.continue_after(self._state.last_order_id)
        told = self._state.told_fills()
        for kept in self._kept:
            if kept.request.symbol not in algorithm.securities:
                continue
            self._restore(kept, told)
        for order_id in self._state.interrupted():
            algorithm.error(
                f"the last run ended while its algorithm was being told of a fill of order {order_id}: what it did "
                "about it may be incomplete; the fill is not told again"
            )

    def _restore(self, kept: KeptOrder, told: frozenset[str]) -> None:
        record, fills = self._found.get(kept.ref, (None, []))
        alive = record is not None and not record.status.is_final
        status = OrderStatus.SUBMITTED if alive and kept.status.is_closed() else kept.status
        order = self._handler.restore(kept.request, status)
        known = [fill for fill in fills if (fill.base_id or fill.exec_id) in told]
        filled = sum((fill.signed_quantity for fill in known), ZERO)
        last = max((fill.time.astimezone(UTC).replace(tzinfo=None) for fill in known), default=None)
        self._handler.restore_fills(order, filled, lean_price(order.symbol, _average(known)), last)
        if record is None:
            self._never_sent(kept, order)
            return
        order.broker_id.append(str(record.order_id))
        if not status.is_closed():
            apply_terms_to(self._broker.legs_of(order), record.holds)
        untold = [fill for fill in fills if fill not in known]
        if status.is_closed() and not untold:
            return
        names = frozenset(fill.base_id or fill.exec_id for fill in known)
        self._broker.follow(order, kept.ref, names, filled)
        self._news.append((record, fills))

    def _never_sent(self, kept: KeptOrder, order: Order) -> None:
        """It was written down here and never reached the journal: it was not sent."""
        if not kept.status.is_closed():
            order.status = OrderStatus.INVALID
            self._handler.close_restored(order)
            self._state.follow(order)
            self._algorithm.error(f"order {kept.id} of the last run was never sent: it ended just before")

    def tell_fills(self) -> None:
        """What became of open orders since the last run is told now, as events.

        The account has these fills already, so they are taken out of holdings and cash before they are told.
        """
        news, self._news = self._news, []
        told = self._state.told_fills() if news else frozenset()
        for record, fills in news:
            for fill in fills:
                if (fill.base_id or fill.exec_id) not in told:
                    self._take_out_fill(record, fill)
            self._broker.apply(record, fills)

    def _take_out_fill(self, record: OrderRecord, fill: FillRecord) -> None:
        symbol = next((kept.request.symbol for kept in self._kept if kept.ref == record.ref), None)
        if symbol is None:
            return
        brought = meant_by(record)
        if brought is not None:  # the options are worth nothing, and what they are on came at the strike
            self._take_out(symbol, fill.signed_quantity, ZERO)
            units = fill.quantity / record.quantity * brought.quantity
            signed = units if brought.side == "BUY" else -units
            assert symbol.underlying is not None
            self._take_out(symbol.underlying, signed, lean_price(symbol.underlying, brought.price))
        else:
            price = None if fill.price is None else lean_price(symbol, fill.price)
            self._take_out(symbol, fill.signed_quantity, price)
        if fill.commission is not None:
            algorithm = self._algorithm
            currency = fill.commission_currency or algorithm.account_currency
            algorithm.portfolio.cash_book[currency].add_amount(fill.commission)

    def _take_out(self, symbol: Symbol, quantity: Decimal, price: Decimal | None) -> None:
        """Takes a signed quantity out of holdings and cash; at the last price where none was told."""
        algorithm = self._algorithm
        security = algorithm.securities[symbol]
        holdings = security.holdings
        holdings.set_holdings(holdings.average_price_decimal, holdings.quantity_decimal - quantity)
        price = security.price_decimal if price is None else price
        multiplier: Decimal = security.symbol_properties.contract_multiplier_decimal
        if not symbol.asset.only_profit_counts:
            security.quote_currency.add_amount(quantity * price * multiplier)
        if symbol.asset.swaps_currencies:
            security.base_currency.add_amount(-quantity)
        algorithm.portfolio.invalidate_total_portfolio_value(True)

    # --- what was missed -----------------------------------------------------------------------------------------

    def tell_missed(self, tell: Callable[[str], object]) -> None:
        """Says since when nobody ran, and which scheduled events lay in between; none of them is replayed."""
        if self._last_alive is None:
            return
        now = self._bridge.now()
        if now - self._last_alive < timedelta(minutes=2):
            return
        missed = json.loads(self._state.get("scheduled", "[]"))
        due = sorted((time, name) for name, time in missed if self._last_alive.isoformat() <= time <= now.isoformat())
        text = f"this strategy did not run from {self._last_alive:%Y-%m-%d %H:%M:%S} to {now:%Y-%m-%d %H:%M:%S} UTC"
        if due:
            names = "; ".join(f"{name} at {time[:19].replace('T', ' ')}" for time, name in due[:_MISSED_SHOWN])
            text += f"; scheduled events that were missed and are not made up for: {names}"
        tell(text)

    def keep(self, events: Iterable[ScheduledEvent]) -> None:
        """Writes when each scheduled event is due next, for the next start."""
        text = json.dumps([(event.name, event.next_event_utc_time.isoformat()) for event in events])
        if text != self._scheduled:
            self._scheduled = text
            self._state.set(scheduled=text)


def _own(record: OrderRecord | None, ref: str) -> OrderRecord | None:
    """The record of an order under the reference that it is followed by, which may be a leg's."""
    return None if record is None else replace(record, ref=ref)


def _average(fills: list[FillRecord]) -> Decimal:
    priced = [fill for fill in fills if fill.price is not None]
    quantity = sum((fill.quantity for fill in priced), ZERO)
    value = sum((fill.quantity * (fill.price or ZERO) for fill in priced), ZERO)
    return value / quantity if quantity else ZERO
