"""Fees of crypto exchanges (`Common/Orders/Fees/{Binance,Bitfinex,Bybit,Coinbase,FTX,Kraken,dYdX,Alpaca}*.cs`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from leanib.engine.exchanges.currency_pairs import CurrencyPairUtil
from leanib.engine.numbers import ZERO, to_decimal
from leanib.engine.orders.broker_properties import KrakenOrderProperties
from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.fees.fee_model import FeeModel, OrderFeeParameters, is_maker, quoted_price, usd
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.symbols import Currencies

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.traded import TradedPair, TradedSecurity
    from leanib.engine.symbols import Symbol

__all__ = [
    "AlpacaFeeModel",
    "BinanceCoinFuturesFeeModel",
    "BinanceFeeModel",
    "BinanceFuturesFeeModel",
    "BitfinexFeeModel",
    "BybitFeeModel",
    "BybitFuturesFeeModel",
    "CoinbaseFeeModel",
    "FTXFeeModel",
    "FTXUSFeeModel",
    "GDAXFeeModel",
    "KrakenFeeModel",
    "dYdXFeeModel",
]


def _currency_pair(symbol: Symbol) -> tuple[str, str]:
    """Base and quote currency of a pair."""
    base, quote = CurrencyPairUtil.decompose_currency_pair(symbol)
    return base, quote


def _limit_or_quoted_price(security: TradedSecurity, order: Order) -> Decimal:
    """The limit of a limit order, else bid or ask; with the contract multiplier."""
    price = order.limit_price_decimal if hasattr(order, "limit_price_decimal") else quoted_price(security, order)
    multiplier: Decimal = security.symbol_properties.contract_multiplier_decimal
    return price * multiplier if order.order_type is OrderType.LIMIT else quoted_price(security, order) * multiplier


class _SpotFeeModel(FeeModel):
    """Purchases pay in the base currency, sales in the quote currency."""

    def get_fee(self, order: Order) -> Decimal:
        """The rate."""
        raise NotImplementedError(f"{type(self).__name__} must define get_fee")

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """The rate on the quantity bought or on the value sold."""
        security, order = parameters.security, parameters.order
        rate, quantity = self.get_fee(order), order.absolute_quantity_decimal
        if security.symbol.asset.only_profit_counts:
            return _position_fee(security, quantity, rate)
        if order.direction is OrderDirection.BUY:
            return OrderFee(CashAmount(quantity * rate, _currency_pair(order.symbol)[0]))
        value = _limit_or_quoted_price(security, order) * quantity
        return OrderFee(CashAmount(value * rate, security.quote_currency.symbol))


def _position_fee(security: TradedSecurity, quantity: Decimal, rate: Decimal) -> OrderFee:
    value = security.holdings.quantity_value(quantity, security.price_decimal)
    return OrderFee(CashAmount(value.amount_decimal * rate, value.cash.symbol))


class BinanceFeeModel(_SpotFeeModel):
    """Binance spot, tier 1."""

    MAKER_TIER_1_FEE = MakerTier1Fee = Decimal("0.001")
    TAKER_TIER_1_FEE = TakerTier1Fee = Decimal("0.001")

    def __init__(self, m_fee: Decimal | float | None = None, t_fee: Decimal | float | None = None) -> None:
        self._maker_fee = self.MAKER_TIER_1_FEE if m_fee is None else to_decimal(m_fee)
        self._taker_fee = self.TAKER_TIER_1_FEE if t_fee is None else to_decimal(t_fee)

    def get_fee(self, order: Order) -> Decimal:
        """Maker or taker rate."""
        return self._maker_fee if is_maker(order) else self._taker_fee


class BinanceCoinFuturesFeeModel(BinanceFeeModel):
    """Binance coin-margined futures."""

    MAKER_TIER_1_FEE = MakerTier1Fee = Decimal("0.0001")
    TAKER_TIER_1_FEE = TakerTier1Fee = Decimal("0.0005")


class BinanceFuturesFeeModel(_SpotFeeModel):
    """Binance USDT- and BUSD-margined futures."""

    def __init__(
        self,
        m_usdt_fee: Decimal | float = Decimal("0.0002"),
        t_usdt_fee: Decimal | float = Decimal("0.0004"),
        m_busd_fee: Decimal | float = Decimal("0.00012"),
        t_busd_fee: Decimal | float = Decimal("0.00036"),
    ) -> None:
        self._usdt = to_decimal(m_usdt_fee), to_decimal(t_usdt_fee)
        self._busd = to_decimal(m_busd_fee), to_decimal(t_busd_fee)

    def get_fee(self, order: Order) -> Decimal:
        """Maker or taker rate of the quote currency."""
        maker, taker = self._busd if _currency_pair(order.symbol)[1] == "BUSD" else self._usdt
        return maker if is_maker(order) else taker


class BitfinexFeeModel(_SpotFeeModel):
    """Bitfinex; hidden orders always pay the taker's rate."""

    MAKER_FEE = MakerFee = Decimal("0.001")
    TAKER_FEE = TakerFee = Decimal("0.002")

    def get_fee(self, order: Order) -> Decimal:
        """Maker or taker rate."""
        hidden = bool(getattr(order.properties, "hidden", False))
        return self.MAKER_FEE if is_maker(order) and not hidden else self.TAKER_FEE


class BybitFeeModel(BinanceFeeModel):
    """Bybit spot."""

    MAKER_NON_VIP_FEE = MakerNonVIPFee = Decimal("0.001")
    TAKER_NON_VIP_FEE = TakerNonVIPFee = Decimal("0.001")


class BybitFuturesFeeModel(BinanceFeeModel):
    """Bybit futures."""

    MAKER_TIER_1_FEE = MAKER_NON_VIP_FEE = MakerNonVIPFee = Decimal("0.0002")
    TAKER_TIER_1_FEE = TAKER_NON_VIP_FEE = TakerNonVIPFee = Decimal("0.00055")


class dYdXFeeModel(FeeModel):  # noqa: N801 (LEAN's name)
    """dYdX perpetuals."""

    def __init__(self, m_fee: Decimal | float = Decimal("0.0001"), t_fee: Decimal | float = Decimal("0.0005")) -> None:
        self._maker_fee, self._taker_fee = to_decimal(m_fee), to_decimal(t_fee)

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """The rate on the position's value."""
        rate = self._maker_fee if is_maker(parameters.order) else self._taker_fee
        return _position_fee(parameters.security, parameters.order.absolute_quantity_decimal, rate)


class CoinbaseFeeModel(FeeModel):
    """Coinbase; the rates changed over the years (times UTC)."""

    MAKER_ADVANCED_1 = MakerAdvanced1 = Decimal("0.006")
    TAKER_ADVANCED_1 = TakerAdvanced1 = Decimal("0.008")

    def __init__(self, maker_fee: Decimal | float | None = None, taker_fee: Decimal | float | None = None) -> None:
        self._maker_fee = self.MAKER_ADVANCED_1 if maker_fee is None else to_decimal(maker_fee)
        self._taker_fee = self.TAKER_ADVANCED_1 if taker_fee is None else to_decimal(taker_fee)

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """The rate on the value at bid or ask, in the quote currency."""
        security, order = parameters.security, parameters.order
        stable = security.symbol.value in Currencies.STABLE_PAIRS_COINBASE
        rate = self._rate(order.time, is_maker(order), stable)
        price = quoted_price(security, order) * security.symbol_properties.contract_multiplier_decimal
        fee = price * order.absolute_quantity_decimal * rate
        return OrderFee(CashAmount(fee, security.quote_currency.symbol))

    def _rate(self, utc_time: datetime, maker: bool, stable: bool) -> Decimal:
        if stable:
            if maker:
                return ZERO
            return Decimal("0.001") if utc_time < datetime(2022, 6, 1) else Decimal("0.00001")
        if utc_time < datetime(2019, 3, 23, 1, 30):
            return ZERO if maker else Decimal("0.003")
        if utc_time < datetime(2019, 10, 8, 0, 30):
            return Decimal("0.0015") if maker else Decimal("0.0025")
        return self._maker_fee if maker else self._taker_fee


class GDAXFeeModel(CoinbaseFeeModel):
    """Coinbase under its old name."""


class FTXFeeModel(FeeModel):
    """FTX; a resting purchase pays in the base currency."""

    maker_fee_decimal = Decimal("0.0002")
    taker_fee_decimal = Decimal("0.0007")

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """The rate on value or quantity."""
        security, order = parameters.security, parameters.order
        quantity = order.absolute_quantity_decimal
        if is_maker(order) and order.direction is OrderDirection.BUY:
            pair = cast("TradedPair", security)
            return OrderFee(CashAmount(quantity * self.maker_fee_decimal, pair.base_currency.symbol))
        rate = self.maker_fee_decimal if is_maker(order) else self.taker_fee_decimal
        price = quoted_price(security, order) * security.symbol_properties.contract_multiplier_decimal
        return OrderFee(CashAmount(price * quantity * rate, security.quote_currency.symbol))


class FTXUSFeeModel(FTXFeeModel):
    """FTX US."""

    maker_fee_decimal = Decimal("0.001")
    taker_fee_decimal = Decimal("0.004")


class KrakenFeeModel(FeeModel):
    """Kraken; the order's properties choose the currency of the fee."""

    MAKER_TIER_1_CRYPTO_FEE = Decimal("0.0016")
    TAKER_TIER_1_CRYPTO_FEE = Decimal("0.0026")
    TIER_1_FX_FEE = Decimal("0.002")
    fx_stablecoin_list = ("CAD", "EUR", "GBP", "JPY", "USD", "USDT", "DAI", "USDC")

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """The rate on value in the quote currency, or on quantity in the base currency."""
        security, order = parameters.security, parameters.order
        in_quote = self._pays_in_quote(order)
        rate = self.MAKER_TIER_1_CRYPTO_FEE if is_maker(order) else self.TAKER_TIER_1_CRYPTO_FEE
        if security.symbol.value.startswith(self.fx_stablecoin_list):
            rate = self.TIER_1_FX_FEE
        base, quote = _currency_pair(security.symbol)
        price = _limit_or_quoted_price(security, order) if in_quote else Decimal(1)
        return OrderFee(CashAmount(price * order.absolute_quantity_decimal * rate, quote if in_quote else base))

    @staticmethod
    def _pays_in_quote(order: Order) -> bool:
        properties = order.properties
        in_quote = order.direction is OrderDirection.BUY
        if isinstance(properties, KrakenOrderProperties):
            in_quote = in_quote and not properties.fee_in_base
            in_quote = in_quote or properties.fee_in_quote
        return in_quote


class AlpacaFeeModel(FeeModel):
    """Alpaca: crypto has maker and taker rates, all else is free."""

    MAKER_CRYPTO_FEE = MakerCryptoFee = Decimal("0.0015")
    TAKER_CRYPTO_FEE = TakerCryptoFee = Decimal("0.0025")

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """Nothing, but for crypto."""
        security, order = parameters.security, parameters.order
        if not security.symbol.asset.fee_may_reduce_quantity:
            return usd(ZERO)
        resting = order.order_type is OrderType.LIMIT and not order.is_marketable
        rate = self.MAKER_CRYPTO_FEE if resting else self.TAKER_CRYPTO_FEE
        base, quote = _currency_pair(security.symbol)
        quantity = order.absolute_quantity_decimal
        if order.direction is OrderDirection.BUY:
            return OrderFee(CashAmount(quantity * rate, base))
        return OrderFee(CashAmount(quantity * security.price_decimal * rate, quote))
