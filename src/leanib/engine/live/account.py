"""Cash, holdings and open orders as IB has them, brought into the algorithm: at the start, and all the time.

(`BrokerageSetupHandler.cs`, `Brokerage.PerformCashSync`. LEAN reads holdings and orders once.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from ib_async import Contract

from leanib.engine.brokerages.brokerage import OptionNotificationEventArgs
from leanib.engine.live.books import Books
from leanib.engine.live.bridge import Bridge
from leanib.engine.live.broker import InteractiveBrokersBrokerage
from leanib.engine.live.contracts import lean_price, lean_symbol
from leanib.engine.live.foreign_orders import ForeignOrders
from leanib.engine.live.futures import take_over_settlement
from leanib.engine.live.positions import average_price, traded_elsewhere
from leanib.engine.live.transactions import LiveTransactionHandler
from leanib.engine.market import TradeBar
from leanib.engine.numbers import ZERO
from leanib.engine.symbols import Symbol
from leanib.errors import LeanIBError
from leanib.ib import AccountSnapshot, IBConnectionManager, NotReady, OpenOrder, PositionLine

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["Account", "told"]
_TIMEOUT = 60.0
_TRIES = 5
_EVERY = timedelta(seconds=10)
_SETTLED = timedelta(seconds=10)
"""After a fill, before IB's picture of positions counts."""
_CASH_SETTLED = timedelta(minutes=4)
"""Likewise for cash, which IB tells every three minutes."""
_CASH_TOLERANCE = Decimal("0.01")
_TOLD_SHARE = Decimal("0.02")
_ZERO_TIME = datetime(1, 1, 1)


def told(snapshot: AccountSnapshot) -> list[str]:
    """What LEAN's log says of the orders and positions that a run finds."""
    orders = [f"Has open order: {o.symbol} {o.action} {o.quantity:g}" for o in snapshot.open_orders]
    held = (line for line in snapshot.positions if line.quantity)
    return [*orders, *(f"Has existing holding: {h.symbol}: {h.quantity:g} @ {h.average_cost}" for h in held)]


class Account:
    """The account as IB has it, and the algorithm's picture of it.

    Args:
        algorithm: Whose picture it is.
        bridge: Reaches the connection.
        services: The connection with its services.
        tell: Told what a user must know.
    """

    def __init__(
        self,
        algorithm: QCAlgorithm,
        bridge: Bridge,
        services: IBConnectionManager,
        tell: Callable[[str], object],
    ) -> None:
        self._algorithm = algorithm
        self._bridge = bridge
        self._services = services
        self._tell = tell
        self._next_check = _ZERO_TIME
        self._doubtful: dict[Symbol, Decimal] = {}
        self._told_unknown: set[str] = set()
        self._foreign = ForeignOrders(algorithm, bridge, services, tell, self._tell_unknown)
        self._books: Books | None = None
        self._told_books = False
        self._asking: asyncio.Task[None] | None = None
        self._doubtful_books: set[int] = set()
        self._broker: InteractiveBrokersBrokerage | None = None

    def connect(
        self, broker: InteractiveBrokersBrokerage, handler: LiveTransactionHandler, books: Books | None = None
    ) -> None:
        """Where orders are, and whose part of the account this is; without books it is all of it."""
        self._broker, self._books = broker, books
        self._foreign.connect(broker, handler)

    def snapshot(self) -> AccountSnapshot:
        """The account now.

        Raises:
            NotReady: IB does not tell all of it.
        """
        accounts = self._services.accounts
        found = self._bridge.call(accounts.refresh(), _TIMEOUT)
        for _ in range(_TRIES):
            if found.complete:
                return found
            self._bridge.wait(self._bridge.now() + timedelta(seconds=1))
            found = self._bridge.call(accounts.refresh(), _TIMEOUT)
        raise NotReady(f"the account is not known completely ({found.reason}); run 'leanib doctor'")

    # --- the start -----------------------------------------------------------------------------------------------

    def set_cash(self, snapshot: AccountSnapshot) -> None:
        """Cash by currency; what the algorithm set itself counts for nothing."""
        algorithm = self._algorithm
        book = algorithm.portfolio.cash_book
        for cash in list(book.values()):
            cash.set_amount(ZERO)
        for currency, amount in snapshot.cash.items():
            if amount or currency == algorithm.account_currency:
                self._set_currency(currency, Decimal(str(amount)))

    def _set_currency(self, currency: str, amount: Decimal) -> None:
        book = self._algorithm.portfolio.cash_book
        existing = book.find(currency) if hasattr(book, "find") else book.get(currency)
        if existing is None:
            book.add(currency, amount, 0)
        else:
            existing.set_amount(amount)

    def positions(self, snapshot: AccountSnapshot) -> dict[Symbol, PositionLine]:
        """What is held, by symbol; what the engine does not know is told once. Of a book: what is its own."""
        held: dict[Symbol, PositionLine] = {}
        lines = snapshot.positions if self._books is None else self._books.holdings(snapshot.positions)
        for line in lines:
            if not line.quantity:
                continue
            symbol = self._symbol(line)
            if symbol is None:
                self._tell_unknown(f"position in {line.symbol} ({line.security_type})")
            else:
                held[symbol] = line
        return held

    def _symbol(self, line: PositionLine | OpenOrder) -> Symbol | None:
        return lean_symbol(line.contract, self._bridge.now())

    def add_securities(self, symbols: list[Symbol]) -> None:
        """Securities that the account has and the algorithm did not add, with its universe settings."""
        algorithm = self._algorithm
        settings = algorithm.universe_settings
        for symbol in sorted(symbols, key=lambda one: -int(one.security_type)):
            if symbol not in algorithm.securities:
                algorithm.debug(f"{symbol.value} is in the account: added with the universe settings' resolution")
                algorithm.add_security(
                    symbol,
                    settings.resolution,
                    settings.fill_forward,
                    settings.leverage,
                    settings.extended_market_hours,
                )

    def set_holdings(self, held: dict[Symbol, PositionLine], snapshot: AccountSnapshot) -> None:
        """Holdings with their average prices and, as far as IB tells them, market prices."""
        for symbol, line in held.items():
            security = self._algorithm.securities[symbol]
            quantity = Decimal(str(line.quantity))
            security.holdings.set_holdings(average_price(security, line), quantity)
            if line.market_price and not security.price:
                time = security.exchange.time_zone.to_local(self._algorithm.utc_time)
                price = float(lean_price(symbol, Decimal(str(line.market_price))))
                security.set_market_price(TradeBar(time, symbol, price, price, price, price))
        take_over_settlement(self._algorithm.securities.values(), snapshot, snapshot.cash)

    def open_symbols(self, snapshot: AccountSnapshot) -> list[Symbol]:
        """The symbols of all open orders."""
        found = (self._symbol(o) for o in snapshot.open_orders)
        return [symbol for symbol in dict.fromkeys(found) if symbol is not None]

    def adopt_orders(self, snapshot: AccountSnapshot, own: set[str]) -> None:
        """Open orders that are not this run's own, as LEAN takes them up at its start; a book leaves them alone."""
        if self._books is not None:
            self._foreign.leave(snapshot.open_orders)
        else:
            self._foreign.adopt(snapshot.open_orders, own)

    def _tell_unknown(self, what: str) -> None:
        if what not in self._told_unknown:
            self._told_unknown.add(what)
            self._tell(f"the account has a {what}, which this engine does not know: it is left alone")

    # --- all the time --------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Every ten seconds: orders placed elsewhere, positions and cash against what the algorithm believes."""
        now = self._bridge.now()
        if now < self._next_check or self._algorithm.is_warming_up or not self._services.state.is_trading_ready:
            return
        self._next_check = now + _EVERY
        self._ask()

    def _ask(self) -> None:
        """Asks for the account; the answer is compared when it comes, and the algorithm does not wait for it."""

        async def ask() -> None:
            try:
                snapshot = await self._services.accounts.refresh()
                traded = await traded_elsewhere(self._services) if self._doubtful else ()
            except LeanIBError:
                return  # the connection went meanwhile: it is asked again when it is back
            if traded is not None:
                self._bridge.post(lambda: self._compare(snapshot, traded))

        def begin() -> None:
            self._asking = self._bridge.loop.create_task(ask(), name="ib-live-account")

        self._bridge.loop.call_soon_threadsafe(begin)

    def close(self) -> None:
        """Asks no more; to be called on the connection's thread."""
        if self._asking is not None:
            self._asking.cancel()

    def _compare(self, snapshot: AccountSnapshot, traded: tuple[Contract, ...]) -> None:
        if not snapshot.complete or self._broker is None:
            return
        now = self._bridge.now()
        since = now - self._broker.last_fill_at
        if self._books is None:
            self._foreign.check(snapshot.open_orders)
            if since >= _SETTLED:
                self._check_positions(snapshot, traded)
        elif since >= _SETTLED:
            self._check_books(snapshot, self._books)
        if since >= _CASH_SETTLED and not self._doubtful:  # what positions did brought cash, which is told with them
            self._check_cash(snapshot)

    def _check_positions(self, snapshot: AccountSnapshot, traded: tuple[Contract, ...]) -> None:
        """A difference that stands over two looks is IB's to be right about.

        Contracts come before what they are on, which their exercise brings or takes.
        """
        held = self.positions(snapshot)
        holding = {s.symbol for s in self._algorithm.securities.values() if s.holdings.quantity_decimal}
        elsewhere = {lean_symbol(contract, self._bridge.now()) for contract in traded}
        doubtful: dict[Symbol, Decimal] = {}
        for symbol in sorted({*held, *holding}, key=lambda one: not one.asset.has_contracts):
            actual = Decimal(str(held[symbol].quantity)) if symbol in held else ZERO
            if actual == self._believed(symbol):
                continue
            doubtful[symbol] = actual
            if self._doubtful.get(symbol) == actual:
                if symbol not in elsewhere:
                    self._end_of_contract(symbol, actual)
                if actual != self._believed(symbol):
                    self._correct(symbol, held.get(symbol), self._believed(symbol))
                del doubtful[symbol]
        self._doubtful = doubtful

    def _believed(self, symbol: Symbol) -> Decimal:
        security = self._algorithm.securities.find(symbol)
        return ZERO if security is None else security.holdings.quantity_decimal

    def _end_of_contract(self, symbol: Symbol, actual: Decimal) -> None:
        """A contract that IB holds less of was exercised, assigned, or has expired: the algorithm hears that."""
        before, broker = self._believed(symbol), self._broker
        if broker is None or not symbol.asset.has_contracts or not before or abs(actual) >= abs(before):
            return
        self._tell(
            f"the position in {symbol.value} is {_plain(actual)} at IB and was {_plain(before)} here: "
            "it was exercised, assigned or settled"
        )
        if symbol.asset.is_option:
            broker.emit_option_notification(OptionNotificationEventArgs(symbol, actual))
        elif not actual and self._bridge.now() >= symbol.id.date:
            broker.emit_delisting(symbol)

    def _check_books(self, snapshot: AccountSnapshot, books: Books) -> None:
        """All books together hold what the account holds; a difference that stands over two looks is told once."""
        together = books.together()
        actual = {line.con_id: Decimal(str(line.quantity)) for line in snapshot.positions}
        names = {line.con_id: line.symbol for line in snapshot.positions}
        different = {c for c in {*together, *actual} if together.get(c, ZERO) != actual.get(c, ZERO)}
        if not different:
            self._told_books = False
        elif self._doubtful_books == different and not self._told_books:
            self._told_books = True
            for con_id in sorted(different):
                name = names.get(con_id, f"#{con_id}")
                self._tell(
                    f"the books together hold {_plain(together.get(con_id, ZERO))} of {name} and "
                    f"the account {_plain(actual.get(con_id, ZERO))}: somebody else trades on it; no book was changed"
                )
        self._doubtful_books = different

    def _correct(self, symbol: Symbol, line: PositionLine | None, believed: Decimal) -> None:
        actual = Decimal(str(line.quantity)) if line is not None else ZERO
        self._tell(
            f"the position in {symbol.value} is {_plain(actual)} at IB and was {_plain(believed)} here: taken over "
            "from IB (it changed outside of this algorithm)"
        )
        if symbol not in self._algorithm.securities:
            self.add_securities([symbol])
        security = self._algorithm.securities[symbol]
        average = average_price(security, line) if line is not None else ZERO
        security.holdings.set_holdings(average, actual)
        self._algorithm.portfolio.invalidate_total_portfolio_value(True)

    def _check_cash(self, snapshot: AccountSnapshot) -> None:
        book = self._algorithm.portfolio.cash_book
        total, taken = self._algorithm.portfolio.total_portfolio_value_decimal, list[str]()
        for currency, amount in snapshot.cash.items():
            actual = Decimal(str(amount))
            present = book.find(currency)
            before = present.amount_decimal if present is not None else ZERO
            difference = actual - before
            if abs(difference) <= _CASH_TOLERANCE:
                continue
            self._set_currency(currency, actual)
            taken.append(currency)
            if total and abs(difference) > _TOLD_SHARE * abs(total):
                self._tell(f"cash in {currency} is {actual:f} at IB and was {before:f} here: taken over from IB")
        for cash in list(book.values()):
            if cash.amount_decimal and cash.symbol not in snapshot.cash:
                cash.set_amount(ZERO)
        take_over_settlement(self._algorithm.securities.values(), snapshot, taken)
        self._algorithm.portfolio.invalidate_total_portfolio_value(True)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
