"""Holdings as fractions of the portfolio, and leaving them (`Algorithm/QCAlgorithm.Trading.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.exceptions import NoMethodMatches
from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase
from leanib.engine.framework.portfolio_target import PortfolioTarget, order_targets_by_margin_impact
from leanib.engine.naming import also_named
from leanib.engine.numbers import ZERO, to_decimal, to_float
from leanib.engine.orders.enums import OrderType
from leanib.engine.orders.properties import OrderProperties
from leanib.engine.orders.ticket import OrderTicket
from leanib.engine.symbols import Symbol, SymbolCache

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["HoldingsTrading"]

Quantity = Decimal | float
Properties = OrderProperties | None
_AT_MARKET = (OrderType.MARKET, OrderType.MARKET_ON_OPEN)


class HoldingsTrading(AlgorithmPart):
    """The part of QCAlgorithm that orders what is missing to a target."""

    if TYPE_CHECKING:

        debug: Any
        error: Any
        securities: Any
        settings: Any
        transactions: Any
        utc_time: Any
        _qc_warn_once: Any

    @also_named(symbol_to_liquidate="symbol", symbols="symbol")
    def liquidate(
        self,
        symbol: Symbol | str | Iterable[Symbol] | None = None,
        asynchronous: bool | str = False,
        tag: str | None = None,
        order_properties: Properties = None,
    ) -> List[OrderTicket]:
        """Cancel the open orders of a symbol, of several, or of all, and close the positions."""
        if isinstance(asynchronous, str):  # LEAN's old overload has the tag in second place
            tag, asynchronous = asynchronous, False
        if not self.settings.liquidate_enabled:
            self._qc_base.debug(
                "Liquidate() is currently disabled by settings. To re-enable please set "
                "'Settings.LiquidateEnabled' to true"
            )
            return List()
        tickets: List[OrderTicket] = List()
        for one in self._qc_symbols_to_liquidate(symbol):
            ticket = self._qc_liquidate_symbol(one, asynchronous, tag or "Liquidated", order_properties)
            if ticket is not None:
                tickets.append(ticket)
        return tickets

    def _qc_symbols_to_liquidate(self, given: AnySymbol | Iterable[AnySymbol] | None) -> list[Any]:
        if given is None:
            return sorted(self.securities.keys(), key=lambda symbol: symbol.value)
        if isinstance(given, (Symbol, str)) or hasattr(given, "symbol"):
            return [getattr(given, "symbol", given)]
        return list(given)

    def _qc_liquidate_symbol(
        self, symbol: AnySymbol, asynchronous: bool, tag: str, order_properties: Properties
    ) -> OrderTicket | None:
        security = self.securities.get(symbol)
        if security is None:
            self._qc_warn_once(
                f"Warning: liquidate ignored symbol '{symbol}' because it has not been added to the algorithm. "
                "Add the security before liquidating it.",
                "liquidate",
            )
            return None
        symbol = security.symbol
        held = security.holdings.quantity_decimal if security.holdings.invested else ZERO
        orders = self.transactions.get_open_orders(symbol)
        if held and len(orders) == 1 and orders[0].quantity_decimal == -held and orders[0].type is OrderType.MARKET:
            return None  # on its way already
        pending = ZERO
        for order in orders:
            if order.type is OrderType.MARKET:
                pending += self.transactions.get_order_ticket(order.id).quantity_remaining_decimal
            else:
                self.transactions.cancel_order(order.id, tag)
        if not held:
            return None
        ticket: OrderTicket = self._qc_base.market_order(symbol, -held - pending, asynchronous, tag, order_properties)
        return ticket

    @also_named(targets="symbol")
    def set_holdings(
        self,
        symbol: AnySymbol | list[PortfolioTarget] | tuple[PortfolioTarget, ...],
        percentage: Quantity | bool | None = None,
        liquidate_existing_holdings: bool = False,
        asynchronous: bool | str = False,
        tag: str | None = None,
        order_properties: Properties = None,
    ) -> List[OrderTicket]:
        """`set_holdings(symbol, fraction, liquidate_existing_holdings, ...)`, or with a list of PortfolioTarget.

        Orders what is missing to hold that fraction of the portfolio's value.
        """
        if isinstance(symbol, (list, tuple)):
            liquidate = bool(percentage) if percentage is not None else liquidate_existing_holdings
            options = _shifted(percentage, liquidate_existing_holdings, asynchronous, tag, order_properties)
            return self._qc_set_targets(list(symbol), liquidate, *options)
        if isinstance(asynchronous, str):
            tag, asynchronous = asynchronous, False
        if percentage is None:
            raise NoMethodMatches("SetHoldings", symbol)
        quantity = self._qc_order_quantity(symbol, percentage)
        return self._qc_set_holdings(symbol, quantity, liquidate_existing_holdings, asynchronous, tag, order_properties)

    def _qc_set_targets(
        self,
        targets: list[PortfolioTarget],
        liquidate_existing_holdings: bool,
        asynchronous: bool,
        tag: str | None,
        order_properties: Properties,
    ) -> List[OrderTicket]:
        tickets: List[OrderTicket] = List()
        if liquidate_existing_holdings:
            others = self._qc_other_symbols([target.symbol for target in targets])
            tickets += self._qc_base.liquidate(others, False, tag, order_properties)
        deltas = [PortfolioTarget(t.symbol, self._qc_order_quantity(t.symbol, t.quantity_decimal)) for t in targets]
        for delta in order_targets_by_margin_impact(deltas, cast("QCAlgorithm", self._qc_base), target_is_delta=True):
            tickets += self._qc_set_holdings(
                delta.symbol, delta.quantity_decimal, False, asynchronous, tag, order_properties
            )
        return tickets

    def _qc_set_holdings(
        self,
        symbol: AnySymbol,
        order_quantity: Decimal,
        liquidate_existing_holdings: bool,
        asynchronous: bool,
        tag: str | None,
        order_properties: Properties,
    ) -> List[OrderTicket]:
        tickets: List[OrderTicket] = List()
        if liquidate_existing_holdings:
            tickets += self._qc_base.liquidate(self._qc_other_symbols([symbol]), False, tag, order_properties)
        pending = sum(
            (
                ticket.quantity_remaining_decimal
                for ticket in self.transactions.get_open_order_tickets(symbol)
                if ticket.order_type in _AT_MARKET
            ),
            ZERO,
        )
        quantity = order_quantity - pending
        if not quantity:
            return tickets
        security = self.securities.get(symbol)
        if security is None:
            self._qc_base.error(f"{symbol} not found in portfolio. Request this data when initializing the algorithm.")
            return tickets
        base = self._qc_base
        place = base.market_order if security.exchange.exchange_open else base.market_on_open_order
        tickets.append(place(security.symbol, quantity, asynchronous, tag or "", order_properties))
        return tickets

    def _qc_other_symbols(self, symbols: list[Any]) -> list[Symbol]:
        wanted = {self.securities[symbol].symbol for symbol in symbols if symbol in self.securities}
        return sorted((s for s in list(self.securities.keys()) if s not in wanted), key=lambda symbol: symbol.value)

    def calculate_order_quantity(self, symbol: Symbol | str, target: Quantity) -> float:
        """What has to be ordered to hold that fraction of the portfolio's value."""
        return to_float(self._qc_order_quantity(symbol, target))

    def _qc_order_quantity(self, symbol: AnySymbol, target: Quantity) -> Decimal:
        security = self.securities.get(symbol)
        known = symbol if security is None else security.symbol
        result = PortfolioTarget.percent(cast("QCAlgorithm", self._qc_base), cast("Symbol", known), target, True)
        return ZERO if result is None else result.quantity_decimal

    def is_market_open(self, symbol: Symbol | str) -> bool:
        """Whether the symbol's exchange is open now; the symbol need not have been added.

        A ticker that means no symbol yet is of no market, as in LEAN, and that is always open.
        """
        security = self.securities.get(symbol)
        if security is not None:
            return bool(security.exchange.exchange_open)
        known = symbol if isinstance(symbol, Symbol) else SymbolCache.try_get_symbol(symbol)
        if known is None:
            return True
        hours = MarketHoursDatabase.from_data_folder().get_exchange_hours(known.id.market, known, known.security_type)
        return hours.is_open(hours.time_zone.to_local(self._qc_base.utc_time), False)

    def shortable(self, symbol: Symbol, short_quantity: Quantity = 0, update_order_id: int | None = None) -> bool:
        """Whether so much can be borrowed, beyond what is held and ordered."""
        security = self.securities[symbol]
        limit = security.shortable_provider.shortable_quantity(security.symbol, security.local_time)
        if limit is None:
            return True
        tickets = self.transactions.get_open_order_tickets(security.symbol)
        ordered = sum((t.quantity_remaining_decimal for t in tickets if t.order_id != update_order_id), ZERO)
        position = security.holdings.quantity_decimal + ordered
        return bool(position > -limit and position - abs(to_decimal(short_quantity)) >= -limit)

    def shortable_quantity(self, symbol: Symbol) -> int:
        """How much can be borrowed; zero where the provider does not know."""
        security = self.securities[symbol]
        return security.shortable_provider.shortable_quantity(security.symbol, security.local_time) or 0


def _shifted(
    percentage: object,
    third: Any,
    fourth: Any,
    fifth: Any,
    properties: Properties,
) -> tuple[bool, str | None, Properties]:
    """Asynchronous, tag and properties of the overload with targets, which has one parameter less."""
    if percentage is None:
        return (bool(fourth), fifth, properties) if not isinstance(fourth, str) else (False, fourth, properties)
    asynchronous = bool(third)
    tag = fourth if isinstance(fourth, str) else fifth if isinstance(fifth, str) else None
    given = fifth if isinstance(fifth, OrderProperties) else properties
    return asynchronous or fourth is True, tag, given
