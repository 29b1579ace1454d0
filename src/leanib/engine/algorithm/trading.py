"""Placing orders (`Algorithm/QCAlgorithm.Trading.cs`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.combo_trading import ComboTrading
from leanib.engine.algorithm.holdings_trading import HoldingsTrading
from leanib.engine.algorithm.order_checks import OrderChecks, UnknownSecurity
from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.dotnet.overloads import takes_at_least
from leanib.engine.naming import also_named
from leanib.engine.numbers import cast_double, to_decimal
from leanib.engine.orders.enums import OrderDirection, OrderStatus, OrderType
from leanib.engine.orders.order_kinds import TrailingStopOrder
from leanib.engine.orders.properties import OrderProperties
from leanib.engine.orders.requests import SubmitOrderRequest
from leanib.engine.orders.response import OrderResponse
from leanib.engine.orders.ticket import OrderTicket
from leanib.engine.orders.time_in_force import GoodTilDateTimeInForce, TimeInForce
from leanib.engine.symbols import SecurityIdentifier, Symbol, SymbolCache

if TYPE_CHECKING:
    from leanib.engine.algorithm.arguments import OrderArgument
    from leanib.engine.securities.security import Security

__all__ = ["Trading"]

Quantity = Decimal | float
Properties = OrderProperties | None


class Trading(OrderChecks, ComboTrading, HoldingsTrading):
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

    def _qc_init_trading(self) -> None:
        self.default_order_properties: Any = OrderProperties()
        self._qc_init_order_checks()

    # ---- single orders

    def buy(self, symbol: Any, quantity: Quantity, *options: OrderArgument, **named: OrderArgument) -> Any:
        """A market order for a quantity without sign; also buys an option strategy."""
        if self._qc_is_strategy(symbol):
            return self._qc_base.order(symbol, abs(int(quantity)), *options, **named)
        return self._qc_base.order(symbol, abs(cast_double(quantity)))

    def sell(self, symbol: Any, quantity: Quantity, *options: OrderArgument, **named: OrderArgument) -> Any:
        """Likewise, selling."""
        if self._qc_is_strategy(symbol):
            return self._qc_base.order(symbol, -abs(int(quantity)), *options, **named)
        return self._qc_base.order(symbol, -abs(cast_double(quantity)))

    @also_named(order="symbol", orders="symbol", strategy="symbol")
    def order(
        self,
        symbol: Any,
        quantity: Quantity,
        asynchronous: bool = False,
        tag: str | None = None,
        order_properties: Properties = None,
    ) -> Any:
        """A market order, or the orders of an option strategy."""
        if self._qc_is_strategy(symbol):
            return self._qc_order_strategy(symbol, int(quantity), asynchronous, tag, order_properties)
        # LEAN's old overload has an order type in third place, and ignores it.
        asynchronous = asynchronous if isinstance(asynchronous, bool) else False
        return self._qc_base.market_order(symbol, quantity, asynchronous, tag or "", order_properties)

    def market_order(
        self,
        symbol: Symbol | str,
        quantity: Quantity,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Properties = None,
    ) -> OrderTicket:
        """Fills at the market; while it is closed, or on daily data, it becomes an on-open or on-close order."""
        security = self._qc_security_for_order(symbol)
        converted = self._qc_converted_market_order(security, quantity, asynchronous, tag, order_properties)
        if converted is not None:
            return converted
        request = self._qc_request(OrderType.MARKET, security, quantity, tag, order_properties, asynchronous)
        ticket = self._qc_base.submit_order_request(request)
        if ticket.status is not OrderStatus.INVALID and not asynchronous:
            self.transactions.wait_for_order(ticket.order_id)
        return ticket

    def _qc_converted_market_order(self, security: Security, quantity: Quantity, *options: Any) -> OrderTicket | None:
        """The on-open or on-close order that a market order becomes, or None."""
        if security.symbol.asset.trades_when_closed:
            return None
        if not security.exchange.exchange_open:
            ticket = self._qc_base.market_on_open_order(security.symbol, quantity, *options)
            warning = (
                "Warning: market orders submitted while the market is closed are automatically converted into "
                "MarketOnOpen orders to fill at the next market open."
            )
        elif (
            not self.live_mode
            and not security.exchange.hours.is_market_always_open
            and self._qc_is_daily_resolution_only(security.symbol)
        ):
            late = self._qc_is_within_market_on_close_submission_buffer(security)
            place = self._qc_base.market_on_open_order if late else self._qc_base.market_on_close_order
            ticket = place(security.symbol, quantity, *options)
            warning = (
                "Warning: market orders on daily resolution data sent during market hours are automatically converted "
                "into MarketOnClose orders (or MarketOnOpen near the close) to avoid filling at the stale previous "
                "close. Note: in live trading this conversion is not applied, as the order fills at the current market "
                "price."
            )
        else:
            return None
        if ticket.submit_request.response.is_success:
            self._qc_warn_once(warning)
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
        return self._qc_auction_order(OrderType.MARKET_ON_OPEN, symbol, quantity, asynchronous, tag, order_properties)

    def market_on_close_order(
        self,
        symbol: Symbol | str,
        quantity: Quantity,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Properties = None,
    ) -> OrderTicket:
        """Fills when the market closes next."""
        return self._qc_auction_order(OrderType.MARKET_ON_CLOSE, symbol, quantity, asynchronous, tag, order_properties)

    def _qc_auction_order(
        self,
        kind: OrderType,
        symbol: Symbol | str,
        quantity: Quantity,
        asynchronous: bool,
        tag: str,
        order_properties: Properties,
    ) -> OrderTicket:
        properties = self._qc_properties(order_properties)
        if properties is not None and isinstance(properties.time_in_force, GoodTilDateTimeInForce):
            properties.time_in_force = TimeInForce.GOOD_TIL_CANCELED
            self._qc_warn_once(
                "Warning: Good-Til-Date Time-In-Force is not supported for MOO and MOC orders. "
                "The time-in-force will be reset to Good-Til-Canceled (GTC)."
            )
        security = self._qc_security_for_order(symbol)
        request = self._qc_request(kind, security, quantity, tag, properties, asynchronous)
        return self._qc_base.submit_order_request(request)

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
        security = self._qc_security_for_order(symbol)
        request = self._qc_request(
            OrderType.LIMIT, security, quantity, tag, order_properties, asynchronous, limit_price=limit_price
        )
        return self._qc_base.submit_order_request(request)

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
        security = self._qc_security_for_order(symbol)
        request = self._qc_request(
            OrderType.STOP_MARKET, security, quantity, tag, order_properties, asynchronous, stop_price=stop_price
        )
        return self._qc_base.submit_order_request(request)

    @takes_at_least(4)
    def trailing_stop_order(
        self, symbol: Symbol | str, quantity: Quantity, *arguments: OrderArgument, **named: OrderArgument
    ) -> OrderTicket:
        """`trailing_stop_order(symbol, quantity, [stop_price,] trailing_amount, trailing_as_percentage, ...)`.

        Without a stop price it starts at the full distance from the current price.
        """
        stop_price, amount, as_percentage, asynchronous, tag, properties = _trailing_arguments(arguments, named)
        security = self._qc_security_for_order(symbol)
        if stop_price is None:
            direction = OrderDirection.BUY if quantity > 0 else OrderDirection.SELL
            stop_price = TrailingStopOrder.calculate_stop_price(
                security.price_decimal, amount, as_percentage, direction
            )
        request = self._qc_request(
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
        return self._qc_base.submit_order_request(request)

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
        security = self._qc_security_for_order(symbol)
        prices = {"stop_price": stop_price, "limit_price": limit_price}
        request = self._qc_request(
            OrderType.STOP_LIMIT, security, quantity, tag, order_properties, asynchronous, **prices
        )
        return self._qc_base.submit_order_request(request)

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
        security = self._qc_security_for_order(symbol)
        prices = {"trigger_price": trigger_price, "limit_price": limit_price}
        request = self._qc_request(
            OrderType.LIMIT_IF_TOUCHED, security, quantity, tag, order_properties, asynchronous, **prices
        )
        return self._qc_base.submit_order_request(request)

    def exercise_option(
        self,
        option_symbol: Symbol,
        quantity: int,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Properties = None,
    ) -> OrderTicket:
        """Exercise long option contracts."""
        security = self._qc_security_for_order(option_symbol)
        kind = OrderType.OPTION_EXERCISE
        request = self._qc_request(kind, security, -abs(quantity), tag, order_properties, asynchronous)
        return self._qc_base.submit_order_request(request)

    def submit_order_request(self, request: SubmitOrderRequest) -> OrderTicket:
        """Check a request and place its order."""
        response = self._qc_pre_order_checks(request)
        if response.is_error:
            return OrderTicket.invalid_submit_request(self.transactions, request, response)
        ticket: OrderTicket = self.transactions.add_order(request)
        return ticket

    def _qc_pre_order_checks(self, request: SubmitOrderRequest) -> OrderResponse:
        response = self._qc_check_request(request)
        if response.is_error:
            self._qc_base.error(response.error_message)
        return response

    def _qc_request(
        self,
        kind: OrderType,
        security: Security,
        quantity: Quantity,
        tag: str,
        properties: Properties,
        asynchronous: bool,
        **prices: Quantity | bool,
    ) -> SubmitOrderRequest:
        own = self._qc_properties(properties)
        return SubmitOrderRequest(
            kind,
            security.type,
            security.symbol,
            cast_double(quantity),
            self._qc_base.utc_time,
            tag,
            own,
            asynchronous=asynchronous,
            **prices,
        )

    def _qc_properties(self, given: Properties) -> Properties:
        if given is not None or self.default_order_properties is None:
            return given
        own: OrderProperties = self.default_order_properties.clone()
        return own

    def _qc_security_for_order(self, symbol: Symbol | str) -> Security:
        """The security to trade; one that was removed is added again."""
        security = self.securities.get(symbol)
        if security is not None and (security.symbol.is_canonical() or security.is_tradable or security.is_delisted):
            found: Security = security
            return found
        known = SymbolCache.try_get_symbol(symbol) if isinstance(symbol, str) else symbol
        if known is None:
            return UnknownSecurity(Symbol(SecurityIdentifier.EMPTY, str(symbol)))  # type: ignore[return-value]
        if known.asset.is_tradable and not known.is_canonical():
            added: Security = self._qc_base.add_security(known)
            if not self.settings.seed_initial_prices:
                self._qc_base.seed_securities([added])
            return added
        raise InvalidOperationException(
            f"The symbol {symbol} is not found in the algorithm's securities collection "
            "and cannot be re-added due to it being delisted or no longer tradable."
        )


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


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, (int, float, Decimal))
