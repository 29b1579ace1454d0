"""Crypto exchanges (`Common/Brokerages/{Bitfinex,Bybit,Coinbase,Kraken,FTX}*BrokerageModel.cs`)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from leanib.engine.brokerages.messages import Verdict, refusal
from leanib.engine.brokerages.supported import (
    BASIC_ORDER_TYPES,
    SupportedOrdersModel,
    markets_with,
    updates_not_supported,
)
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.orders.enums import OrderDirection, OrderStatus, OrderType
from leanib.engine.orders.fees import (
    BitfinexFeeModel,
    BybitFeeModel,
    BybitFuturesFeeModel,
    CoinbaseFeeModel,
    FeeModel,
    FTXFeeModel,
    FTXUSFeeModel,
    GDAXFeeModel,
    KrakenFeeModel,
    dYdXFeeModel,
)
from leanib.engine.orders.time_in_force import GoodTilCanceledTimeInForce
from leanib.engine.securities.buying_power import CashBuyingPowerModel
from leanib.engine.securities.crypto_future import BinanceFutureMarginInterestRateModel
from leanib.engine.symbols import AccountType, Market, SecurityType
from leanib.engine.symbols.security_identifier import DEFAULT_DATE

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.requests import UpdateOrderRequest
    from leanib.engine.securities.security import Security

__all__ = [
    "BitfinexBrokerageModel",
    "BybitBrokerageModel",
    "CoinbaseBrokerageModel",
    "FTXBrokerageModel",
    "FTXUSBrokerageModel",
    "GDAXBrokerageModel",
    "KrakenBrokerageModel",
    "dYdXBrokerageModel",
]

CRYPTO = (SecurityType.CRYPTO, SecurityType.CRYPTO_FUTURE)
_BYBIT_FEES: dict[SecurityType, type[FeeModel]] = {
    SecurityType.CRYPTO: BybitFeeModel,
    SecurityType.CRYPTO_FUTURE: BybitFuturesFeeModel,
}
_OPEN = (OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED, OrderStatus.SUBMITTED, OrderStatus.UPDATE_SUBMITTED)


def _is_internal(security: Security) -> bool:
    """Whether the security only converts currencies."""
    configs = security.subscriptions
    return bool(configs) and all(config.is_internal_feed for config in configs)


class LeveragedCrypto(SupportedOrdersModel):
    """A leverage of its own on margin accounts."""

    margin_leverage: ClassVar[float] = 1.0

    def get_leverage(self, security: Security) -> float:
        """One on cash accounts, for currency conversion, and for custom data."""
        if self.account_type is AccountType.CASH or security.symbol.asset.is_custom_data or _is_internal(security):
            return 1.0
        return self._margin_leverage(security)

    def _margin_leverage(self, security: Security) -> float:
        return self.margin_leverage


def funding(security: Security) -> BinanceFutureMarginInterestRateModel | None:
    """The funding of a perpetual future; nothing for other securities."""
    symbol = security.symbol
    perpetual = symbol.asset.has_margin_interest_data and symbol.id.date == DEFAULT_DATE
    return BinanceFutureMarginInterestRateModel() if perpetual else None


class BitfinexBrokerageModel(LeveragedCrypto):
    """Bitfinex."""

    default_markets = markets_with(SecurityType.CRYPTO, market=Market.BITFINEX)
    checks_minimum_order_size = True
    supported_security_types = (SecurityType.CRYPTO,)
    supported_order_types = BASIC_ORDER_TYPES
    fee_model = BitfinexFeeModel
    benchmark = ("BTCUSD", SecurityType.CRYPTO, Market.BITFINEX)

    def _margin_leverage(self, security: Security) -> float:
        if security.type not in self.supported_security_types:
            raise ArgumentException(f"Invalid security type: {security.type.lean_name}")
        return 3.3

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """If a new quantity is large enough."""
        if request.quantity_decimal is None:
            return True, None
        return self.is_valid_order_size(security, request.quantity_decimal)


class BybitBrokerageModel(LeveragedCrypto):
    """Bybit spot and futures."""

    default_markets = markets_with(*CRYPTO, market=Market.BYBIT)
    checks_minimum_order_size = True
    supported_security_types = (*CRYPTO, SecurityType.BASE)
    supported_order_types = BASIC_ORDER_TYPES
    benchmark = ("BTCUSDC", SecurityType.CRYPTO, Market.BYBIT)
    margin_leverage = 10.0

    def __init__(self, account_type: AccountType = AccountType.CASH) -> None:
        super().__init__(account_type)

    def get_fee_model(self, security: Security) -> Any:
        """By kind of security."""
        fees = _BYBIT_FEES.get(security.type)
        return super().get_fee_model(security) if fees is None else fees()

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Futures only, while open."""
        if not security.symbol.asset.only_profit_counts:
            return updates_not_supported("NotSupported")
        return _check_open_update(self, security, order, request)

    def get_margin_interest_rate_model(self, security: Security) -> Any:
        """Perpetual futures pay or receive the funding rate."""
        return funding(security) or super().get_margin_interest_rate_model(security)


def _check_open_update(
    model: SupportedOrdersModel, security: Security, order: Order, request: UpdateOrderRequest
) -> Verdict:
    if order.status not in _OPEN:
        return refusal(f"Order with status {order.status.lean_name} can't be modified")
    if request.quantity_decimal is not None:
        return model.is_valid_order_size(security, request.quantity_decimal)
    return True, None


class CoinbaseBrokerageModel(SupportedOrdersModel):
    """Coinbase: cash accounts; stop-market orders until March 2019."""

    default_markets = markets_with(SecurityType.CRYPTO, market=Market.COINBASE)
    checks_minimum_order_size = True
    supported_security_types = (SecurityType.CRYPTO,)
    supported_order_types = (OrderType.LIMIT, OrderType.MARKET, OrderType.STOP_LIMIT, OrderType.STOP_MARKET)
    fee_model = CoinbaseFeeModel
    benchmark = ("BTCUSD", SecurityType.CRYPTO, Market.COINBASE)
    _STOP_MARKET_END = datetime(2019, 3, 23, 1)

    def __init__(self, account_type: AccountType = AccountType.CASH) -> None:
        if account_type is AccountType.MARGIN:
            raise ArgumentException("The Coinbase brokerage does not currently support Margin trading.")
        super().__init__(account_type)

    def get_leverage(self, security: Security) -> float:
        """None."""
        return 1.0

    def get_buying_power_model(self, security: Security) -> Any:
        """Cash."""
        return CashBuyingPowerModel()

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
        """Whether kind, size and date of the order are acceptable."""
        if order.broker_id:
            return updates_not_supported()
        if order.order_type is OrderType.STOP_MARKET and order.time >= self._STOP_MARKET_END:
            ended = self._STOP_MARKET_END.strftime("%m/%d/%Y %H:%M:%S")
            return refusal(f"Stop Market orders are no longer supported since {ended}.")
        return super().can_submit_order(security, order, message)

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Limit orders good until canceled, while open."""
        if order.order_type is not OrderType.LIMIT:
            return refusal(f"Order with type {order.order_type.lean_name} can't be modified, only LIMIT.")
        if type(order.time_in_force) is not GoodTilCanceledTimeInForce:
            return refusal("Order's parameter 'TimeInForce' is not instance of Good Til Cancelled class.")
        return _check_open_update(self, security, order, request)


class GDAXBrokerageModel(CoinbaseBrokerageModel):
    """Coinbase under its old name."""

    fee_model = GDAXFeeModel


class FTXBrokerageModel(LeveragedCrypto):
    """FTX."""

    default_markets = markets_with(SecurityType.CRYPTO, market=Market.FTX)
    supported_security_types = (SecurityType.CRYPTO,)
    supported_order_types = BASIC_ORDER_TYPES
    fee_model = FTXFeeModel
    benchmark = ("BTCUSD", SecurityType.CRYPTO, Market.FTX)
    margin_leverage = 3.0

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
        """A stop must lie on the far side of the market."""
        accepted, reason = super().can_submit_order(security, order, message)
        stop = getattr(order, "stop_price_decimal", None)
        if not accepted or stop is None:
            return accepted, reason
        if order.direction is OrderDirection.SELL and stop >= security.bid_price_decimal:
            return refusal("Trigger price too high: must be below current market price.")
        if order.direction is OrderDirection.BUY and stop <= security.ask_price_decimal:
            return refusal("Trigger price too low: must be above current market price.")
        return True, None

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Never."""
        return updates_not_supported()


class FTXUSBrokerageModel(FTXBrokerageModel):
    """FTX US."""

    default_markets = markets_with(SecurityType.CRYPTO, market=Market.FTXUS)
    fee_model = FTXUSFeeModel
    benchmark = ("BTCUSD", SecurityType.CRYPTO, Market.FTXUS)


class KrakenBrokerageModel(SupportedOrdersModel):
    """Kraken: leverage by coin, no updates."""

    default_markets = markets_with(SecurityType.CRYPTO, market=Market.KRAKEN)
    checks_minimum_order_size = True
    supported_security_types = (SecurityType.CRYPTO,)
    supported_order_types = (*BASIC_ORDER_TYPES, OrderType.LIMIT_IF_TOUCHED)
    fee_model = KrakenFeeModel
    benchmark = ("BTCUSD", SecurityType.CRYPTO, Market.KRAKEN)
    #: leverage by base currency
    coin_leverage: ClassVar[dict[str, float]] = {
        "BTC": 5, "ETH": 5, "USDT": 2, "XMR": 2, "REP": 2, "XRP": 3, "BCH": 2, "XTZ": 2, "LTC": 3, "ADA": 3, "EOS": 3,
        "DASH": 3, "TRX": 3, "LINK": 3, "USDC": 3,
    }  # fmt: skip
    _FIAT: ClassVar[tuple[str, ...]] = ("USD", "EUR")
    _ONLY_FIAT = frozenset({"BTC", "USDT", "USDC"})
    _ALSO_ETH = frozenset({"REP", "XTZ", "ADA", "EOS", "TRX", "LINK"})

    def __init__(self, account_type: AccountType = AccountType.CASH) -> None:
        super().__init__(account_type)

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Never."""
        return updates_not_supported()

    def get_leverage(self, security: Security) -> float:
        """On margin accounts what the coin has, in the quote currencies that it has it with."""
        if self.account_type is AccountType.CASH:
            return 1.0
        ticker = security.symbol.value
        ordered = (*sorted(self._ONLY_FIAT), *sorted(self._ALSO_ETH), *self.coin_leverage)
        for coin in ordered:
            if ticker.startswith(coin) and ticker.endswith(self._quotes(coin)):
                return float(self.coin_leverage[coin])
        return 1.0

    def _quotes(self, coin: str) -> tuple[str, ...]:
        if coin in self._ONLY_FIAT:
            return self._FIAT
        return ("BTC", "ETH", *self._FIAT) if coin in self._ALSO_ETH else ("BTC", *self._FIAT)


class dYdXBrokerageModel(SupportedOrdersModel):  # noqa: N801 (LEAN's name)
    """dYdX perpetuals."""

    default_markets = markets_with(SecurityType.CRYPTO_FUTURE, market=Market.DYDX)
    supported_security_types = (SecurityType.CRYPTO_FUTURE,)
    supported_order_types = BASIC_ORDER_TYPES
    fee_model = dYdXFeeModel

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Never."""
        return updates_not_supported()
