"""Forex brokers and Tradier (`Common/Brokerages/{Oanda,Fxcm,Tradier}BrokerageModel.cs`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.brokerages.default import DEFAULT_MARKETS
from leanib.engine.brokerages.messages import Verdict, refusal
from leanib.engine.brokerages.rules import validate_cross_zero_order
from leanib.engine.brokerages.supported import BASIC_ORDER_TYPES, SupportedOrdersModel
from leanib.engine.dotnet.collections import Dictionary
from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.numbers import ZERO, decimal_text, to_decimal
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.fees import ConstantFeeModel, FxcmFeeModel
from leanib.engine.orders.time_in_force import DayTimeInForce, GoodTilCanceledTimeInForce
from leanib.engine.securities.settlement import AccountCurrencyImmediateSettlementModel, ImmediateSettlementModel
from leanib.engine.symbols import AccountType, Market, SecurityType

if TYPE_CHECKING:
    from leanib.engine.market import Split
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.requests import UpdateOrderRequest
    from leanib.engine.orders.ticket import OrderTicket
    from leanib.engine.securities.security import Security

__all__ = ["FxcmBrokerageModel", "OandaBrokerageModel", "TradierBrokerageModel"]

_FOREX = (SecurityType.FOREX, SecurityType.CFD)


def _forex_markets(market: str) -> dict[SecurityType, str]:
    kinds = (SecurityType.BASE, SecurityType.EQUITY, SecurityType.OPTION)
    return Dictionary({kind: DEFAULT_MARKETS[kind] for kind in kinds} | dict.fromkeys(_FOREX, market))


class _ForexModel(SupportedOrdersModel):
    """Forex and CFDs, good until canceled."""

    supported_security_types = _FOREX
    supported_time_in_forces = (GoodTilCanceledTimeInForce,)

    def get_settlement_model(self, security: Security) -> Any:
        """CFDs settle in the account's currency."""
        profit = security.symbol.asset.only_profit_counts
        return AccountCurrencyImmediateSettlementModel() if profit else ImmediateSettlementModel()


class OandaBrokerageModel(_ForexModel):
    """OANDA: margin accounts, no fees."""

    default_markets = _forex_markets(Market.OANDA)
    supported_order_types = (OrderType.LIMIT, OrderType.MARKET, OrderType.STOP_MARKET, OrderType.STOP_LIMIT)
    benchmark = ("EURUSD", SecurityType.FOREX, Market.OANDA)

    def __init__(self, account_type: AccountType = AccountType.MARGIN) -> None:
        if account_type is AccountType.CASH:
            raise InvalidOperationException("Oanda brokerage can only be used with a Margin account type")
        super().__init__(account_type)

    def get_fee_model(self, security: Security) -> Any:
        """None."""
        return ConstantFeeModel(ZERO)


class FxcmBrokerageModel(_ForexModel):
    """FXCM: whole lots, prices within a distance of the market."""

    default_markets = _forex_markets(Market.FXCM)
    supported_order_types = (OrderType.LIMIT, OrderType.MARKET, OrderType.STOP_MARKET)
    benchmark = ("EURUSD", SecurityType.FOREX, Market.FXCM)
    fee_model = FxcmFeeModel

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
        """Whether lots and prices are acceptable."""
        accepted, reason = super().can_submit_order(security, order, message)
        if not accepted:
            return accepted, reason
        if order.quantity_decimal % security.symbol_properties.lot_size_decimal:
            return _not_whole_lots(security)
        price: Decimal | None = getattr(order, "limit_price_decimal", getattr(order, "stop_price_decimal", None))
        return (True, None) if price is None else _check_price(security, order.order_type, order.direction, price)

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Likewise."""
        new = request.quantity_decimal
        if new is not None and new % security.symbol_properties.lot_size_decimal:
            return _not_whole_lots(security)
        quantity = order.quantity_decimal if new is None else new
        direction = OrderDirection.BUY if quantity > 0 else OrderDirection.SELL
        limit = order.order_type is OrderType.LIMIT
        given = request.limit_price_decimal if limit else request.stop_price_decimal
        return _check_price(security, order.order_type, direction, security.price_decimal if given is None else given)


def _not_whole_lots(security: Security) -> Verdict:
    lot = decimal_text(security.symbol_properties.lot_size_decimal)
    return refusal(f"The order quantity must be a multiple of lot_size: [{lot}].")


def _check_price(security: Security, kind: OrderType, direction: OrderDirection, price: Decimal) -> Verdict:
    """Limits below the market for purchases and above for sales, stops the other way round; none too far away."""
    if kind not in (OrderType.LIMIT, OrderType.STOP_MARKET):
        return True, None
    market = security.price_decimal
    below = (kind is OrderType.LIMIT) == (direction is OrderDirection.BUY)
    if price > market if below else price < market:
        return refusal(
            "Limit Buy orders and Stop Sell orders must be below market, "
            "Limit Sell orders and Stop Buy orders must be above market."
        )
    reach = min(security.symbol_properties.minimum_price_variation_decimal * 150000, market / 2)
    if price < market - reach if below else price > market + reach:
        return refusal(
            f"The {kind} {direction} order price ({decimal_text(price)}) is too far from the current market price "
            f"({decimal_text(market)})."
        )
    return True, None


class TradierBrokerageModel(SupportedOrdersModel):
    """Tradier: equities and options, no fees, day orders for short sales."""

    supported_order_types = (OrderType.LIMIT, OrderType.MARKET, OrderType.STOP_MARKET, OrderType.STOP_LIMIT)
    _SECURITIES = (SecurityType.EQUITY, SecurityType.OPTION, SecurityType.INDEX_OPTION)
    _FORCES = (GoodTilCanceledTimeInForce, DayTimeInForce)
    _SESSIONS = (
        (timedelta(hours=4), timedelta(hours=9, minutes=24)),
        (timedelta(hours=16), timedelta(hours=19, minutes=55)),
    )

    def get_fee_model(self, security: Security) -> Any:
        """None."""
        return ConstantFeeModel(ZERO)

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
        """Whether Tradier takes the order."""
        if order.order_type not in BASIC_ORDER_TYPES:
            return self._unsupported_order_type(order, self.supported_order_types)
        if order.security_type not in self._SECURITIES:
            return refusal("This model only supports equities and options.")
        if not isinstance(order.time_in_force, self._FORCES):
            return refusal(
                "This model only supports orders with the following time in force types: "
                "QuantConnect.Orders.TimeInForces.DayTimeInForce and "
                "QuantConnect.Orders.TimeInForces.GoodTilCanceledTimeInForce"
            )
        accepted, reason = self._check_short(security, order)
        if not accepted:
            return accepted, reason
        if not 1 <= order.absolute_quantity_decimal <= 10_000_000:
            return refusal("Quantity should be between 1 and 10,000,000", "IncorrectOrderQuantity")
        accepted, reason = self._check_hours(security, order)
        return validate_cross_zero_order(self, security, order) if accepted else (accepted, reason)

    @staticmethod
    def _check_short(security: Security, order: Order) -> Verdict:
        if security.holdings.quantity_decimal + order.quantity_decimal >= 0:
            return True, None
        if isinstance(order.time_in_force, GoodTilCanceledTimeInForce):
            return refusal(
                "You cannot place short stock orders with GTC, only day orders are allowed", "ShortOrderIsGtc"
            )
        if security.price < 5:
            text = "Sell Short order cannot be placed for stock priced below $5"
            return refusal(text, "SellShortOrderLastPriceBelow5")
        return True, None

    def _check_hours(self, security: Security, order: Order) -> Verdict:
        outside = bool(getattr(order.properties, "outside_regular_trading_hours", False))
        if self.can_execute_order(security, order) or not outside:
            return True, None
        return refusal(
            "Tradier does not support explicitly placing out-of-regular-hours orders if not currently during the pre "
            "or post market session. Only equity limit orders are allowed during extended market hours.",
            "ExtendedMarket",
        )

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Prices, but not quantities."""
        if request.quantity_decimal is not None and request.quantity_decimal != order.quantity_decimal:
            return refusal("Tradier does not support updating order quantities.", "UpdateRejected")
        return True, None

    def can_execute_order(self, security: Security, order: Order) -> bool:
        """In regular hours; equity limit orders in extended ones if they ask for it."""
        if security.exchange.exchange_open:
            return True
        outside = bool(getattr(order.properties, "outside_regular_trading_hours", False))
        limit = order.order_type is OrderType.LIMIT and order.symbol.asset.is_share
        return outside and limit and self._in_extended_session(security.local_time)

    def _in_extended_session(self, local_time: datetime) -> bool:
        time = local_time - local_time.replace(hour=0, minute=0, second=0, microsecond=0)
        return any(start <= time < end for start, end in self._SESSIONS)

    def apply_split(self, tickets: list[OrderTicket], split: Split) -> None:
        """A reverse split cancels open orders."""
        if to_decimal(split.split_factor_decimal) <= 1:
            super().apply_split(tickets, split)
            return
        for ticket in tickets:
            ticket.cancel("Tradier Brokerage cancels open orders on reverse split symbols")
