"""What lets an order or a change pass before it is written and sent: contract, prices, sizes, limits, a what-if."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ib_async import Contract

from leanib.ib.combos import LEG_PRICES, ComboInstrument
from leanib.ib.connection import IBConnection
from leanib.ib.contracts import Instrument
from leanib.ib.errors import OrderRefused
from leanib.ib.increments import Increments, MarketRules
from leanib.ib.instruments import Instruments
from leanib.ib.journal import Journal, OrderRecord
from leanib.ib.limits.keeper import LimitKeeper
from leanib.ib.order_request import OrderRequest, as_ib_order
from leanib.ib.orders.admission import admit_change
from leanib.ib.orders.bracket import Bracket
from leanib.ib.orders.changes import Change
from leanib.ib.orders.checks import check_change, check_changed_bracket, check_leg_prices, check_request
from leanib.ib.orders.preview import Preview, what_if

__all__ = ["Checking"]


class Checking:
    """Asks IB what must be known of an order, and judges by it.

    Args:
        connection: Asks.
        instruments: Remember what IB confirmed.
        limits: Have the market's prices, and let orders pass or not.
        open_order: Reads an order that is open; raises OrderRefused for others.
        bracket: The bracket that an order belongs to.
        journal: Has the exercises that work.
    """

    def __init__(
        self,
        connection: IBConnection,
        instruments: Instruments,
        limits: LimitKeeper,
        open_order: Callable[[str], OrderRecord],
        bracket: Callable[[str], Bracket | None],
        journal: Journal,
    ) -> None:
        self._connection = connection
        self._instruments = instruments
        self._limits = limits
        self._open = open_order
        self._bracket = bracket
        self._journal = journal
        self._rules = MarketRules()

    async def of_request(self, request: OrderRequest) -> tuple[Instrument, Increments]:
        """Lets an order pass or not, by everything that can be known of it before it is sent.

        Raises:
            OrderRefused: The text names what is wrong.
            UnknownContract: IB does not know the instrument.
        """
        instrument = await self._instruments.of_request(request)
        increments = await self._increments(instrument)
        check_request(request, instrument, increments, await self._market_of(request, instrument))
        await self._check_legs(instrument, request.leg_prices)
        if request.is_exercise:
            self._check_held(request, instrument)
        return instrument, increments

    async def prepare(self, symbol: str) -> None:
        """Has IB tell what an order for a symbol must know, where it has not or where that is soon due again.

        Raises:
            UnknownContract: IB does not know the instrument.
        """
        await self._increments(await self._instruments.renewed(symbol))

    async def of_change(self, record: OrderRecord, change: Change, reference_price: Decimal | None) -> Instrument:
        """A change passes the limits as the order it makes would, whether quantity or price changes; its instrument.

        Raises:
            OrderRefused: The text names what is wrong.
        """
        instrument = await self._instruments.of_record(record)
        increments = await self._increments(instrument)
        check_change(record, change, increments)
        bracket = self._bracket(record.ref)
        if bracket is not None and (change.limit_price is not None or change.stop_price is not None):
            market = await self._limits.market(instrument)
            entry = market.entry("BUY" if bracket.parent.action == "BUY" else "SELL") if market is not None else None
            after = change.applied(record.asked if record.change else record.holds)
            check_changed_bracket(bracket, record.ref, after, increments, entry)
        record = self._open(record.ref)
        asked = change.applied(record.asked if record.change else record.holds)
        await self._check_legs(instrument, _leg_prices(asked.fields))
        await admit_change(self._limits, instrument, record, asked, reference_price)
        return instrument

    async def preflight(self, request: OrderRequest, contract: Contract) -> Preview:
        """A what-if of the very order: IB checks permissions, margin and price, and places nothing.

        Raises:
            OrderRefused: IB refuses it, or has no such question.
        """
        if request.is_exercise:
            raise OrderRefused("IB tells nothing of an exercise before it is done: there is no preview of it")
        order, connection = as_ib_order(request), self._connection
        order.account = connection.account
        return await what_if(connection.client, contract, order, connection.settings.connection.request_timeout)

    def _check_held(self, request: OrderRequest, option: Instrument) -> None:
        """Only what is held, and what no other exercise is about, is exercised."""
        connection, con_id = self._connection, option.contract.conId
        mine = (p for p in connection.client.positions(connection.account) if p.contract.conId == con_id)
        held = sum((Decimal(str(position.position)) for position in mine), Decimal(0))
        working = (one for one in self._journal.exercises(connection.account) if one.con_id == con_id)
        left = held - sum((one.remaining for one in working), Decimal(0))
        if request.quantity > left:
            raise OrderRefused(
                f"not sent: {left.normalize():f} of {option.name} are held and not exercised yet, and "
                f"{request.quantity.normalize():f} were to be"
            )

    async def _increments(self, instrument: Instrument) -> Increments:
        return await self._rules.increments(self._connection.client, instrument)

    async def _check_legs(self, instrument: Instrument, prices: list[Decimal]) -> None:
        if prices and isinstance(instrument, ComboInstrument):
            check_leg_prices(instrument, prices, [await self._increments(leg) for leg, _ in instrument.legs])

    async def _market_of(self, request: OrderRequest, instrument: Instrument) -> Decimal | None:
        """The market's price for an order whose legs are measured by it; None for others, and when it is not known."""
        market = await self._limits.market(instrument) if request.legs() else None
        return market.entry(request.side) if market is not None else None


def _leg_prices(terms: Mapping[str, Any]) -> list[Decimal]:
    """The limits of legs among an order's terms."""
    return [Decimal(price) for price in terms.get(LEG_PRICES, ())]
