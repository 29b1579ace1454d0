"""What is checked before an order leaves the algorithm (`QCAlgorithm.PreOrderChecks`), with LEAN's texts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.dotnet.exceptions import ArgumentException, InvalidOperationException
from leanib.engine.numbers import ZERO, decimal_text
from leanib.engine.orders.enums import OrderResponseErrorCode as Code
from leanib.engine.orders.enums import OrderType
from leanib.engine.orders.order_kinds import MarketOnCloseOrder
from leanib.engine.orders.requests import SubmitOrderRequest
from leanib.engine.orders.response import OrderResponse
from leanib.engine.securities.buying_power.answers import zero_price_message
from leanib.engine.symbols import AlgorithmStatus, OptionStyle, Resolution, SecurityType, Symbol

if TYPE_CHECKING:
    from leanib.engine.securities.security import Security

__all__ = ["OrderChecks", "UnknownSecurity"]

_Refusal = tuple[Code, str] | None


class UnknownSecurity:
    """Stands in for a ticker that nobody added, until the order's checks refuse it."""

    type = SecurityType.BASE
    price_decimal = ZERO

    class exchange:  # noqa: N801 (a security's member)
        """Open, so that nothing else is said first."""

        exchange_open = True

        class hours:  # noqa: N801
            """Always open."""

            is_market_always_open = True

    def __init__(self, symbol: Symbol) -> None:
        self.symbol = symbol


class OrderChecks(AlgorithmPart):
    """The part of QCAlgorithm that refuses orders; a refused order has a ticket that says why."""

    if TYPE_CHECKING:
        current_slice: Any
        debug: Any
        is_warming_up: bool
        live_mode: bool
        portfolio: Any
        securities: Any
        set_status: Any
        subscription_manager: Any
        transactions: Any
        utc_time: datetime
        _qc_locked: bool

    def _qc_init_order_checks(self) -> None:
        self._qc_max_orders = 10000
        self._qc_warnings_given: set[str] = set()

    def set_maximum_orders(self, max: int) -> None:
        """How many orders a backtest may place; only in initialize()."""
        if not self._qc_locked:
            self._qc_max_orders = max

    def _qc_warn_once(self, text: str, subject: str | None = None) -> None:
        """Tell something the first time; texts about the same subject count as one."""
        if (subject or text) not in self._qc_warnings_given:
            self._qc_warnings_given.add(subject or text)
            self._qc_base.debug(text)

    def _qc_check_request(self, request: SubmitOrderRequest) -> OrderResponse:
        if self.is_warming_up:
            return OrderResponse.warming_up(request)
        security = self.securities.get(request.symbol)
        if security is None:
            return OrderResponse.missing_security(request)
        if not request.quantity_decimal:
            return OrderResponse.zero_quantity(request)
        checks = (
            self._qc_check_size,
            self._qc_check_price,
            self._qc_check_currencies,
            self._qc_check_run,
            self._qc_check_exercise,
            self._qc_check_auction,
            self._qc_check_option_split,
        )
        for check in checks:
            refusal = check(request, security)
            if refusal is not None:
                return OrderResponse.error(request, *refusal)
        return OrderResponse.success(request)

    def _qc_check_size(self, request: SubmitOrderRequest, security: Security) -> _Refusal:
        size, lot = abs(request.quantity_decimal), security.symbol_properties.lot_size_decimal
        if size < lot:
            kind = request.order_request_type.lean_name.lower()
            return Code.ORDER_QUANTITY_LESS_THAN_LOT_SIZE, (
                f"Unable to {kind} order with id {request.order_id} which quantity ({decimal_text(size)}) "
                f"is less than lot size ({decimal_text(lot)})."
            )
        if not security.is_tradable:
            text = f"The security with symbol '{request.symbol}' is marked as non-tradable."
            return Code.NON_TRADABLE_SECURITY, text
        return None

    def _qc_check_price(self, request: SubmitOrderRequest, security: Security) -> _Refusal:
        kind = request.order_type
        if kind is OrderType.OPTION_EXERCISE and not security.exchange.exchange_open:
            return Code.EXCHANGE_NOT_OPEN, f"{kind} order and exchange not open."
        if security.symbol.asset.trades_when_closed and kind is OrderType.MARKET_ON_OPEN:
            self._qc_warn_once(
                "Warning: Market-On-Open orders are not allowed for futures and future options. "
                "Consider using limit orders during extended market hours."
            )
            return Code.EXCHANGE_NOT_OPEN, f"{kind} orders not supported for {security.type.lean_name}."
        return None if security.price else (Code.SECURITY_PRICE_ZERO, zero_price_message(security))

    def _qc_check_currencies(self, request: SubmitOrderRequest, security: Security) -> _Refusal:
        cash_book, ticker = self.portfolio.cash_book, request.symbol.value
        quote = security.quote_currency.symbol
        if quote not in cash_book:
            return Code.QUOTE_CURRENCY_REQUIRED, f"{ticker}: requires {quote} in the cashbook to trade."
        if not security.quote_currency.conversion_rate_decimal:
            return Code.CONVERSION_RATE_ZERO, (
                f"{ticker}: requires {quote} to have a non-zero conversion rate. This can be caused by lack of data."
            )
        if not security.symbol.asset.swaps_currencies:
            return None
        base = security.base_currency.symbol
        if base not in cash_book:
            text = f"{ticker}: requires {base} and {quote} in the cashbook to trade."
            return Code.FOREX_BASE_AND_QUOTE_CURRENCIES_REQUIRED, text
        if not cash_book[base].conversion_rate_decimal:
            return Code.FOREX_CONVERSION_RATE_ZERO, (
                f"{ticker}: requires {base} and {quote} to have non-zero conversion rates. "
                "This can be caused by lack of data."
            )
        return None

    def _qc_check_run(self, request: SubmitOrderRequest, security: Security) -> _Refusal:
        if not security.has_data:
            return Code.SECURITY_HAS_NO_DATA, (
                "There is no data for this symbol yet, please check the security.HasData flag to ensure "
                "there is at least one data point."
            )
        if not self.live_mode and self.transactions.orders_count > self._qc_max_orders:
            self._qc_base.set_status(AlgorithmStatus.STOPPED)
            return Code.EXCEEDED_MAXIMUM_ORDERS, (
                f"You have exceeded maximum number of orders ({self._qc_max_orders}), "
                "for unlimited orders upgrade your account."
            )
        return None

    def _qc_check_exercise(self, request: SubmitOrderRequest, security: Security) -> _Refusal:
        if request.order_type is not OrderType.OPTION_EXERCISE:
            return None
        symbol, hours = request.symbol, security.exchange
        if not security.symbol.asset.is_option:
            text = f"The security with symbol '{symbol}' is not exercisable."
            return Code.NON_EXERCISABLE_SECURITY, text
        expiry = hours.time_zone.to_utc(symbol.id.date).date()
        if symbol.id.option_style is OptionStyle.EUROPEAN and self._qc_base.utc_time.date() < expiry:
            text = f"Cannot exercise European style option with symbol '{symbol}' before its expiration date."
            return Code.EUROPEAN_OPTION_NOT_EXPIRED_ON_EXERCISE, text
        if security.holdings.is_short:
            return Code.UNSUPPORTED_REQUEST_TYPE, (
                f"The security with symbol '{symbol}' has a short option position. "
                "Only long option positions are exercisable."
            )
        if abs(request.quantity_decimal) > security.holdings.quantity_decimal:
            return Code.UNSUPPORTED_REQUEST_TYPE, (
                f"Cannot exercise more contracts of '{symbol}' than is currently available in the portfolio. "
            )
        return None

    def _qc_check_auction(self, request: SubmitOrderRequest, security: Security) -> _Refusal:
        kind = request.order_type
        if kind not in (OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE):
            return None
        hours = security.exchange.hours
        if hours.is_market_always_open:
            raise InvalidOperationException(
                f"Market never closes for this symbol {security.symbol}, can no submit a {kind} order."
            )
        if kind is OrderType.MARKET_ON_CLOSE:
            if not self._qc_is_within_market_on_close_submission_buffer(security):
                return None
            return Code.MARKET_ON_CLOSE_ORDER_TOO_LATE, (
                f"MarketOnClose orders must be placed within {_span(MarketOnCloseOrder.submission_time_buffer)} before "
                "market close. Override this TimeSpan buffer by setting "
                "Orders.MarketOnCloseOrder.SubmissionTimeBuffer in QCAlgorithm.Initialize()."
            )
        if hours.is_open(security.local_time, False) and not self._qc_is_daily_resolution_only(security.symbol):
            text = "Cannot submit a MarketOnOpen order while the market is open."
            return Code.MARKET_ON_OPEN_NOT_ALLOWED_DURING_REGULAR_HOURS, text
        return None

    def _qc_check_option_split(self, request: SubmitOrderRequest, security: Security) -> _Refusal:
        if request.order_type is OrderType.COMBO_MARKET and request.limit_price_decimal:
            raise ArgumentException("Can not set a limit price using market combo orders")
        if not request.symbol.asset.is_option or self.current_slice is None:
            return None
        if request.symbol.underlying not in self.current_slice.splits:
            return None
        text = "Options orders are not allowed when a split occurred for its underlying stock"
        self._qc_warn_once(f"Warning: {text}")
        return Code.OPTION_ORDER_ON_STOCK_SPLIT, text

    def _qc_is_daily_resolution_only(self, symbol: Symbol) -> bool:
        service = self.subscription_manager.subscription_data_config_service
        configs = service.get_subscription_data_configs(symbol)
        return bool(configs) and all(config.resolution is Resolution.DAILY for config in configs)

    def _qc_is_within_market_on_close_submission_buffer(self, security: Security) -> bool:
        """Whether it is too late for the closing auction."""
        hours = security.exchange.hours
        if hours.is_market_always_open:
            return False
        close = security.exchange.time_zone.to_utc(hours.get_next_market_close(security.local_time, False))
        return bool(self._qc_base.utc_time > close - MarketOnCloseOrder.submission_time_buffer)


def _span(span: timedelta) -> str:
    """.NET's TimeSpan: `00:15:30`."""
    seconds = int(span.total_seconds())
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
