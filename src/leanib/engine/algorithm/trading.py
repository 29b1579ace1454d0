"""Placing orders (`Algorithm/QCAlgorithm.Trading.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.combo_trading import ComboTrading
from leanib.engine.algorithm.order_checks import OrderChecks, UnknownSecurity
from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.framework.portfolio_target import PortfolioTarget, order_targets_by_margin_impact
from leanib.engine.numbers import ZERO, to_decimal
from leanib.engine.orders.enums import OrderDirection, OrderStatus, OrderType
from leanib.engine.orders.order_kinds import TrailingStopOrder
from leanib.engine.orders.properties import OrderProperties
from leanib.engine.orders.requests import SubmitOrderRequest
from leanib.engine.orders.response import OrderResponse
from leanib.engine.orders.ticket import OrderTicket
from leanib.engine.orders.time_in_force import GoodTilDateTimeInForce, TimeInForce
from leanib.engine.symbols import SecurityIdentifier, SecurityType, Symbol, SymbolCache

if TYPE_CHECKING:
    from leanib.engine.securities.security import Security

__all__ = ["Trading"]

Quantity = Decimal | float
Properties = OrderProperties | None
_FUTURES = (SecurityType.FUTURE, SecurityType.FUTURE_OPTION)
_AT_MARKET = (OrderType.MARKET, OrderType.MARKET_ON_OPEN)


class Trading(OrderChecks, ComboTrading):
    """The part of QCAlgorithm that places orders. Quantities are signed: negative sells.

    Every order method takes `asynchronous` (do not wait for the fill; live only), a `tag`, and `order_properties`.
    """

    if TYPE_CHECKING:
        add_security: Any
        debug: Any
        error: Any
        portfolio: Any
        settings: Any
        seed_securities: Any
        utc_time: datetime

    def _init_trading(self) -> None:
        self.default_order_properties: Any = OrderProperties()
        self._init_order_checks()

    # ---- single orders

    def buy(self, symbol: Any, quantity: Quantity, *options: Any, **named: Any) -> Any:
        """A market order for a quantity without sign; also buys an option strategy."""
        if self._is_strategy(symbol):
            return self.order(symbol, abs(int(quantity)), *options, **named)
        return self.order(symbol, abs(to_decimal(quantity)))

    def sell(self, symbol: Any, quantity: Quantity, *options: Any, **named: Any) -> Any:
        """Likewise, selling."""
        if self._is_strategy(symbol):
            return self.order(symbol, -abs(int(quantity)), *options, **named)
        return self.order(symbol, -abs(to_decimal(quantity)))

    def order(
        self,
        symbol: Any,
        quantity: Quantity,
        asynchronous: bool = False,
        tag: str | None = None,
        order_properties: Properties = None,
    ) -> Any:
        """A market order, or the orders of an option strategy."""
        if self._is_strategy(symbol):
            return self._order_strategy(symbol, int(quantity), asynchronous, tag, order_properties)
        # LEAN's old overload has an order type in third place, and ignores it.
        asynchronous = asynchronous if isinstance(asynchronous, bool) else False
        return self.market_order(symbol, quantity, asynchronous, tag or "", order_properties)

    def market_order(
        self,
        symbol: Symbol | str,
        quantity: Quantity,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Properties = None,
    ) -> OrderTicket:
        """Fills at the market; while it is closed, or on daily data, it becomes an on-open or on-close order."""
        security = self._security_for_order(symbol)
        converted = self._converted_market_order(security, quantity, asynchronous, tag, order_properties)
        if converted is not None:
            return converted
        request = self._request(OrderType.MARKET, security, quantity, tag, order_properties, asynchronous)
        ticket = self.submit_order_request(request)
        if ticket.status is not OrderStatus.INVALID and not asynchronous:
            self.transactions.wait_for_order(ticket.order_id)
        return ticket

    def _converted_market_order(self, security: Security, quantity: Quantity, *options: Any) -> OrderTicket | None:
        """The on-open or on-close order that a market order becomes, or None."""
        if security.type in _FUTURES:
            return None
        if not security.exchange.exchange_open:
            ticket = self.market_on_open_order(security.symbol, quantity, *options)
            warning = (
                "Warning: market orders submitted while the market is closed are automatically converted into "
                "MarketOnOpen orders to fill at the next market open."
            )
        elif (
            not self.live_mode
            and not security.exchange.hours.is_market_always_open
            and self._is_daily_resolution_only(security.symbol)
        ):
            late = self._is_within_market_on_close_submission_buffer(security)
            place = self.market_on_open_order if late else self.market_on_close_order
            ticket = place(security.symbol, quantity, *options)
            warning = (
                "Warning: market orders on daily resolution data sent during market hours are automatically converted "
                "into MarketOnClose orders (or MarketOnOpen near the close)."
            )
        else:
            return None
        if ticket.submit_request.response.is_success:
            self._warn_once(warning)
        return ticket

    def market_on_open_order(
        self,
        symbol: Symbol | str,
        quantity: Quantity,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Properties = None,
    ) -> OrderTicket:
        """Fills when the market opens next."""
        return self._auction_order(OrderType.MARKET_ON_OPEN, symbol, quantity, asynchronous, tag, order_properties)

    def market_on_close_order(
        self,
        symbol: Symbol | str,
        quantity: Quantity,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Properties = None,
    ) -> OrderTicket:
        """Fills when the market closes next."""
        return self._auction_order(OrderType.MARKET_ON_CLOSE, symbol, quantity, asynchronous, tag, order_properties)

    def _auction_order(
        self,
        kind: OrderType,
        symbol: Symbol | str,
        quantity: Quantity,
        asynchronous: bool,
        tag: str,
        order_properties: Properties,
    ) -> OrderTicket:
        properties = self._properties(order_properties)
        if properties is not None and isinstance(properties.time_in_force, GoodTilDateTimeInForce):
            properties.time_in_force = TimeInForce.GOOD_TIL_CANCELED
            self._warn_once(
                "Warning: Good-Til-Date Time-In-Force is not supported for MOO and MOC orders. "
                "The time-in-force will be reset to Good-Til-Canceled (GTC)."
            )
        security = self._security_for_order(symbol)
        return self.submit_order_request(self._request(kind, security, quantity, tag, properties, asynchronous))

    def limit_order(
        self,
        symbol: Symbol | str,
        quantity: Quantity,
        limit_price: Quantity,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Properties = None,
    ) -> OrderTicket:
        """Fills at the limit price or better."""
        security = self._security_for_order(symbol)
        request = self._request(
            OrderType.LIMIT, security, quantity, tag, order_properties, asynchronous, limit_price=limit_price
        )
        return self.submit_order_request(request)

    def stop_market_order(
        self,
        symbol: Symbol | str,
        quantity: Quantity,
        stop_price: Quantity,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Properties = None,
    ) -> OrderTicket:
        """Fills at the market once the stop price is reached."""
        security = self._security_for_order(symbol)
        request = self._request(
            OrderType.STOP_MARKET, security, quantity, tag, order_properties, asynchronous, stop_price=stop_price
        )
        return self.submit_order_request(request)

    def trailing_stop_order(
        self, symbol: Symbol | str, quantity: Quantity, *arguments: Any, **named: Any
    ) -> OrderTicket:
        """`trailing_stop_order(symbol, quantity, [stop_price,] trailing_amount, trailing_as_percentage, ...)`.

        Without a stop price it starts at the full distance from the current price.
        """
        stop_price, amount, as_percentage, asynchronous, tag, properties = _trailing_arguments(arguments, named)
        security = self._security_for_order(symbol)
        if stop_price is None:
            direction = OrderDirection.BUY if quantity > 0 else OrderDirection.SELL
            stop_price = TrailingStopOrder.calculate_stop_price(
                security.price_decimal, amount, as_percentage, direction
            )
        request = self._request(
            OrderType.TRAILING_STOP,
            security,
            quantity,
            tag,
            properties,
            asynchronous,
            stop_price=stop_price,
            trailing_amount=amount,
            trailing_as_percentage=as_percentage,
        )
        return self.submit_order_request(request)

    def stop_limit_order(
        self,
        symbol: Symbol | str,
        quantity: Quantity,
        stop_price: Quantity,
        limit_price: Quantity,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Properties = None,
    ) -> OrderTicket:
        """Becomes a limit order once the stop price is reached."""
        security = self._security_for_order(symbol)
        prices = {"stop_price": stop_price, "limit_price": limit_price}
        request = self._request(OrderType.STOP_LIMIT, security, quantity, tag, order_properties, asynchronous, **prices)
        return self.submit_order_request(request)

    def limit_if_touched_order(
        self,
        symbol: Symbol | str,
        quantity: Quantity,
        trigger_price: Quantity,
        limit_price: Quantity,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Properties = None,
    ) -> OrderTicket:
        """Becomes a limit order once the trigger price is touched."""
        security = self._security_for_order(symbol)
        prices = {"trigger_price": trigger_price, "limit_price": limit_price}
        request = self._request(
            OrderType.LIMIT_IF_TOUCHED, security, quantity, tag, order_properties, asynchronous, **prices
        )
        return self.submit_order_request(request)

    def exercise_option(
        self,
        option_symbol: Symbol,
        quantity: int,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Properties = None,
    ) -> OrderTicket:
        """Exercise long option contracts."""
        security = self._security_for_order(option_symbol)
        kind = OrderType.OPTION_EXERCISE
        request = self._request(kind, security, -abs(quantity), tag, order_properties, asynchronous)
        return self.submit_order_request(request)

    def submit_order_request(self, request: SubmitOrderRequest) -> OrderTicket:
        """Check a request and place its order."""
        response = self._pre_order_checks(request)
        if response.is_error:
            return OrderTicket.invalid_submit_request(self.transactions, request, response)
        ticket: OrderTicket = self.transactions.add_order(request)
        return ticket

    def _pre_order_checks(self, request: SubmitOrderRequest) -> OrderResponse:
        response = self._check_request(request)
        if response.is_error:
            self.error(response.error_message)
        return response

    def _request(
        self,
        kind: OrderType,
        security: Security,
        quantity: Quantity,
        tag: str,
        properties: Properties,
        asynchronous: bool,
        **prices: Any,
    ) -> SubmitOrderRequest:
        own = self._properties(properties)
        return SubmitOrderRequest(
            kind,
            security.type,
            security.symbol,
            quantity,
            self.utc_time,
            tag,
            own,
            asynchronous=asynchronous,
            **prices,
        )

    def _properties(self, given: Properties) -> Properties:
        if given is not None or self.default_order_properties is None:
            return given
        own: OrderProperties = self.default_order_properties.clone()
        return own

    def _security_for_order(self, symbol: Symbol | str) -> Security:
        """The security to trade; one that was removed is added again."""
        security = self.securities.get(symbol)
        if security is not None and (security.symbol.is_canonical() or security.is_tradable or security.is_delisted):
            found: Security = security
            return found
        known = SymbolCache.try_get_symbol(symbol) if isinstance(symbol, str) else symbol
        if known is None:
            return UnknownSecurity(Symbol(SecurityIdentifier.EMPTY, str(symbol)))  # type: ignore[return-value]
        if known.security_type is not SecurityType.INDEX and not known.is_canonical():
            added: Security = self.add_security(known)
            if not self.settings.seed_initial_prices:
                self.seed_securities([added])
            return added
        raise InvalidOperationException(
            f"The symbol {symbol} is not found in the algorithm's securities collection "
            "and cannot be re-added due to it being delisted or no longer tradable."
        )

    # ---- holdings

    def liquidate(
        self,
        symbol: Symbol | str | Iterable[Symbol] | None = None,
        asynchronous: bool | str = False,
        tag: str | None = None,
        order_properties: Properties = None,
    ) -> list[OrderTicket]:
        """Cancel the open orders of a symbol, of several, or of all, and close the positions."""
        if isinstance(asynchronous, str):  # LEAN's old overload has the tag in second place
            tag, asynchronous = asynchronous, False
        if not self.settings.liquidate_enabled:
            self.debug(
                "Liquidate() is currently disabled by settings. To re-enable please set "
                "'Settings.LiquidateEnabled' to true"
            )
            return []
        tickets: list[OrderTicket] = []
        for one in self._symbols_to_liquidate(symbol):
            ticket = self._liquidate_symbol(one, asynchronous, tag or "Liquidated", order_properties)
            if ticket is not None:
                tickets.append(ticket)
        return tickets

    def _symbols_to_liquidate(self, given: Any) -> list[Any]:
        if given is None:
            return sorted(self.securities.keys(), key=lambda symbol: symbol.value)
        if isinstance(given, (Symbol, str)) or hasattr(given, "symbol"):
            return [getattr(given, "symbol", given)]
        return list(given)

    def _liquidate_symbol(
        self, symbol: Any, asynchronous: bool, tag: str, order_properties: Properties
    ) -> OrderTicket | None:
        security = self.securities.get(symbol)
        if security is None:
            self._warn_once(
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
        return self.market_order(symbol, -held - pending, asynchronous, tag, order_properties)

    def set_holdings(
        self,
        symbol: Any,
        percentage: Quantity | bool | None = None,
        liquidate_existing_holdings: bool = False,
        asynchronous: bool | str = False,
        tag: str | None = None,
        order_properties: Properties = None,
    ) -> list[OrderTicket]:
        """`set_holdings(symbol, fraction, liquidate_existing_holdings, ...)`, or with a list of PortfolioTarget.

        Orders what is missing to hold that fraction of the portfolio's value.
        """
        if isinstance(symbol, (list, tuple)):
            liquidate = bool(percentage) if percentage is not None else liquidate_existing_holdings
            options = _shifted(percentage, liquidate_existing_holdings, asynchronous, tag, order_properties)
            return self._set_targets(list(symbol), liquidate, *options)
        if isinstance(asynchronous, str):
            tag, asynchronous = asynchronous, False
        assert percentage is not None
        quantity = self._order_quantity(symbol, percentage)
        return self._set_holdings(symbol, quantity, liquidate_existing_holdings, asynchronous, tag, order_properties)

    def _set_targets(
        self,
        targets: list[PortfolioTarget],
        liquidate_existing_holdings: bool,
        asynchronous: bool,
        tag: str | None,
        order_properties: Properties,
    ) -> list[OrderTicket]:
        tickets: list[OrderTicket] = []
        if liquidate_existing_holdings:
            others = self._other_symbols([target.symbol for target in targets])
            tickets += self.liquidate(others, False, tag, order_properties)
        deltas = [PortfolioTarget(t.symbol, self._order_quantity(t.symbol, t.quantity_decimal)) for t in targets]
        for delta in order_targets_by_margin_impact(deltas, self, target_is_delta=True):
            tickets += self._set_holdings(
                delta.symbol, delta.quantity_decimal, False, asynchronous, tag, order_properties
            )
        return tickets

    def _set_holdings(
        self,
        symbol: Any,
        order_quantity: Decimal,
        liquidate_existing_holdings: bool,
        asynchronous: bool,
        tag: str | None,
        order_properties: Properties,
    ) -> list[OrderTicket]:
        tickets: list[OrderTicket] = []
        if liquidate_existing_holdings:
            tickets += self.liquidate(self._other_symbols([symbol]), False, tag, order_properties)
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
            self.error(f"{symbol} not found in portfolio. Request this data when initializing the algorithm.")
            return tickets
        place = self.market_order if security.exchange.exchange_open else self.market_on_open_order
        tickets.append(place(security.symbol, quantity, asynchronous, tag or "", order_properties))
        return tickets

    def _other_symbols(self, symbols: list[Any]) -> list[Symbol]:
        wanted = {self.securities[symbol].symbol for symbol in symbols if symbol in self.securities}
        return sorted((s for s in list(self.securities.keys()) if s not in wanted), key=lambda symbol: symbol.value)

    def calculate_order_quantity(self, symbol: Symbol | str, target: Quantity) -> float:
        """What has to be ordered to hold that fraction of the portfolio's value."""
        return float(self._order_quantity(symbol, target))

    def _order_quantity(self, symbol: Any, target: Quantity) -> Decimal:
        security = self.securities.get(symbol)
        known = symbol if security is None else security.symbol
        result = PortfolioTarget.percent(self, known, target, True)
        return ZERO if result is None else result.quantity_decimal

    # ---- questions

    def is_market_open(self, symbol: Symbol) -> bool:
        """Whether the exchange of the security is open now."""
        return bool(self.securities[symbol].exchange.exchange_open)

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


def _trailing_arguments(arguments: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """Stop price or None, amount, as percentage, asynchronous, tag, properties."""
    values = list(arguments)
    # With a stop price the third value is the switch; without, the second is.
    has_stop = "stop_price" in named or (len(values) > 2 and isinstance(values[2], bool) and _is_number(values[1]))
    has_stop = has_stop or (len(values) == 2 and "trailing_as_percentage" in named and _is_number(values[1]))
    names = ["trailing_amount", "trailing_as_percentage", "asynchronous", "tag", "order_properties"]
    given = dict(zip(["stop_price", *names] if has_stop else names, values, strict=False)) | named
    stop = given.get("stop_price")
    return (
        None if stop is None else to_decimal(stop),
        to_decimal(given["trailing_amount"]),
        bool(given["trailing_as_percentage"]),
        given.get("asynchronous", False),
        given.get("tag", ""),
        given.get("order_properties"),
    )


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, (int, float, Decimal))


def _shifted(
    percentage: Any, third: Any, fourth: Any, fifth: Any, properties: Properties
) -> tuple[bool, str | None, Properties]:
    """Asynchronous, tag and properties of the overload with targets, which has one parameter less."""
    if percentage is None:
        return (bool(fourth), fifth, properties) if not isinstance(fourth, str) else (False, fourth, properties)
    asynchronous = bool(third)
    tag = fourth if isinstance(fourth, str) else fifth if isinstance(fifth, str) else None
    given = fifth if isinstance(fifth, OrderProperties) else properties
    return asynchronous or fourth is True, tag, given
