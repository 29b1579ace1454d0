"""Fees of brokers with simple schedules (`Common/Orders/Fees/*.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.dotnet.exceptions import ArgumentException, KeyNotFoundException
from leanib.engine.numbers import ZERO, round_decimal, to_decimal
from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.fees.crypto import BitfinexFeeModel
from leanib.engine.orders.fees.fee_model import FeeModel, OrderFeeParameters, PerShareFeeModel, quoted_price, usd
from leanib.engine.orders.fees.interactive_brokers import EquityFee, equity_trade_fee, unsupported_security_type
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.symbols import Currencies, Market, SecurityType, SettlementType

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.traded import TradedSecurity

__all__ = [
    "AlphaStreamsFeeModel",
    "AxosFeeModel",
    "CharlesSchwabFeeModel",
    "ExanteFeeModel",
    "EzeFeeModel",
    "FxcmFeeModel",
    "IndiaFeeModel",
    "PublicFeeModel",
    "RBIFeeModel",
    "SamcoFeeModel",
    "TDAmeritradeFeeModel",
    "TastytradeFeeModel",
    "TradeStationFeeModel",
    "WebullFeeModel",
    "WolverineFeeModel",
    "ZerodhaFeeModel",
]

_OPTIONS = (SecurityType.OPTION, SecurityType.INDEX_OPTION)


class AxosFeeModel(PerShareFeeModel):
    """Axos Clearing: $0.0035 a share."""

    default_fee_per_share = Decimal("0.0035")


class RBIFeeModel(PerShareFeeModel):
    """RBI: $0.005 a share."""


class WolverineFeeModel(PerShareFeeModel):
    """Wolverine: $0.005 a share."""


class EzeFeeModel(FeeModel):
    """Eze: none."""


class CharlesSchwabFeeModel(FeeModel):
    """Charles Schwab: options by contract."""

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """$0.65 an equity option, $1 an index option."""
        kind = parameters.security.type
        if not parameters.security.symbol.asset.is_option:
            return OrderFee.ZERO
        rate = {SecurityType.INDEX_OPTION: Decimal(1), SecurityType.OPTION: Decimal("0.65")}.get(kind, ZERO)
        return usd(parameters.order.absolute_quantity_decimal * rate)


class TDAmeritradeFeeModel(FeeModel):
    """TD Ameritrade: options by contract."""

    _RATES = {SecurityType.EQUITY: ZERO, SecurityType.OPTION: Decimal("0.65")}  # noqa: RUF012

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """$0.65 an option."""
        rate = self._RATES.get(parameters.order.security_type)
        if rate is not None:
            return usd(rate * parameters.order.absolute_quantity_decimal)
        raise ArgumentException("TDAmeritradeFeeModel doesn't return correct fee model for SecurityType = securityType")


class TradeStationFeeModel(FeeModel):
    """TradeStation: by contract, and a commission per trade for residents outside the United States."""

    #: commission of residents outside the United States, and rate of a contract
    _RATES = {  # noqa: RUF012
        SecurityType.OPTION: (True, Decimal("0.6")),
        SecurityType.INDEX_OPTION: (True, Decimal(1)),
        SecurityType.FUTURE: (False, Decimal("1.5")),
    }

    def __init__(self, us_resident: bool = True) -> None:
        self.us_resident = us_resident

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """The commission, plus the contracts."""
        commission = ZERO if self.us_resident else Decimal("5.0")
        quantity = parameters.order.absolute_quantity_decimal
        with_commission, rate = self._RATES.get(parameters.security.type, (True, ZERO))
        return usd((commission if with_commission else ZERO) + quantity * rate)


class TastytradeFeeModel(FeeModel):
    """Tastytrade: options pay when a position is opened, futures always."""

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """By contract."""
        security, order = parameters.security, parameters.order
        held = security.holdings.quantity_decimal
        closes = held < 0 if order.direction is OrderDirection.BUY else held > 0
        rates = {SecurityType.FUTURE: Decimal("1.25")}
        if not closes:
            rates |= dict.fromkeys(_OPTIONS, Decimal(1)) | {SecurityType.FUTURE_OPTION: Decimal("2.5")}
        return usd(order.absolute_quantity_decimal * rates.get(security.type, ZERO))


class FxcmFeeModel(FeeModel):
    """FXCM: by lot; the majors are cheaper."""

    _MAJORS = frozenset({"EURUSD", "GBPUSD", "USDJPY", "USDCHF", "AUDUSD", "EURJPY", "GBPJPY"})

    def __init__(self, currency: str = "USD") -> None:
        self._currency = currency

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """Forex by thousand units, all else free."""
        symbol = parameters.security.symbol
        if not symbol.asset.is_pair_of_codes:
            return OrderFee(CashAmount(ZERO, self._currency))
        major = symbol.id.symbol in self._MAJORS and symbol.id.market == Market.FXCM
        rate = Decimal("0.04") if major else Decimal("0.06")
        return OrderFee(CashAmount(rate * parameters.order.absolute_quantity_decimal / 1000, self._currency))


class ExanteFeeModel(FeeModel):
    """Exante."""

    def __init__(self, forex_commission_rate: Decimal | float = Decimal("0.25")) -> None:
        self._forex_rate = to_decimal(forex_commission_rate)

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """By kind of security."""
        security, order = parameters.security, parameters.order
        quantity = order.absolute_quantity_decimal
        american = order.symbol.id.market == Market.USA
        asset = security.symbol.asset
        if asset.is_pair_of_codes:
            return usd(abs(self._forex_rate * order.get_value_decimal(security)))
        if asset.is_share:
            shares = quantity if american else quantity * order.price_decimal
            return usd(shares * Decimal("0.02"))
        if asset.trades_when_closed:
            return usd(Decimal("1.5"))
        if not asset.is_option:
            raise unsupported_security_type(security)
        if not american:
            raise ArgumentException(f"Unsupported exchange: ${order.symbol.id.market}")
        return usd(quantity * Decimal("1.5"))


class PublicFeeModel(FeeModel):
    """Public.com: extended hours, index options and crypto cost."""

    _CRYPTO_TIERS = ((10, "0.49"), (25, "0.69"), (50, "1.19"), (100, "1.69"), (250, "3.29"), (500, "6.29"))

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """By kind of security."""
        security, order = parameters.security, parameters.order
        asset = security.symbol.asset
        if asset.is_share:
            local = security.exchange.time_zone.to_local(order.time)
            return usd(ZERO if security.exchange.hours.is_open(local, False) else Decimal("2.99"))
        if asset.settlement_type is SettlementType.CASH:
            return usd(order.absolute_quantity_decimal * Decimal("0.50"))
        return usd(self._crypto_fee(security, order)) if asset.fee_may_reduce_quantity else OrderFee.ZERO

    def _crypto_fee(self, security: TradedSecurity, order: Order) -> Decimal:
        multiplier = security.symbol_properties.contract_multiplier_decimal
        amount: Decimal = security.price_decimal * multiplier * order.absolute_quantity_decimal
        return next((Decimal(fee) for limit, fee in self._CRYPTO_TIERS if amount <= limit), amount * Decimal("0.0125"))


class WebullFeeModel(FeeModel):
    """Webull: index options pay the exchange and the broker."""

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """By contract."""
        security, order = parameters.security, parameters.order
        if security.symbol.asset.settlement_type is not SettlementType.CASH:
            return OrderFee.ZERO
        quantity = order.absolute_quantity_decimal
        combo = order.order_type in (OrderType.COMBO_MARKET, OrderType.COMBO_LIMIT, OrderType.COMBO_LEG_LIMIT)
        underlying = security.symbol.underlying
        ticker = "" if underlying is None else underlying.value.upper()
        exchange = Decimal(_index_option_exchange_fee(ticker, security.price_decimal, quantity, combo))
        return usd(quantity * (exchange + Decimal("0.50")))


def _index_option_exchange_fee(underlying: str, price: Decimal, quantity: Decimal, combo: bool) -> str:
    match underlying:
        case "SPX":
            return "0.57" if price < 1 else "0.66"
        case "SPXW":
            return "0.50" if price < 1 else "0.59"
        case "VIX" | "VIXW":
            tiers = ((Decimal("0.10"), "0.10"), (Decimal("0.99"), "0.25"), (Decimal("1.99"), "0.40"))
            return next((fee for limit, fee in tiers if price <= limit), "0.45")
        case "XSP":
            return "0.00" if quantity < 10 else "0.07"
        case "DJX":
            return "0.18"
        case "NDX" | "NDXP":
            cheap, dear = ("0.65", "0.90") if combo else ("0.50", "0.75")
            return cheap if price < 25 else dear
    return "0"


class IndiaFeeModel(FeeModel):
    """Base of the Indian brokers: brokerage, transaction tax, exchange charge, state tax, SEBI and stamp charges."""

    brokerage_multiplier = ZERO
    max_brokerage = ZERO
    securities_transaction_tax_total_multiplier = ZERO
    exchange_transaction_charge_multiplier = ZERO
    state_tax_multiplier = ZERO
    sebi_charges_multiplier = ZERO
    stamp_charges_multiplier = ZERO
    is_stamp_charges_from_order_value = False

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """All charges, in rupees."""
        value = parameters.order.get_value_decimal(parameters.security)
        return OrderFee(CashAmount(self._fee(abs(value), value < 0), Currencies.INR))

    def _fee(self, value: Decimal, is_sale: bool) -> Decimal:
        multiplied = value * to_decimal(self.brokerage_multiplier)
        ceiling = to_decimal(self.max_brokerage)
        brokerage = ceiling if multiplied > ceiling else round_decimal(multiplied, 2)
        turnover = round_decimal(value, 2)
        exchange = round_decimal(turnover * to_decimal(self.exchange_transaction_charge_multiplier), 2)
        total = brokerage + exchange
        total += round_decimal(to_decimal(self.state_tax_multiplier) * (brokerage + exchange), 2)
        total += round_decimal(turnover * to_decimal(self.sebi_charges_multiplier), 2)
        if is_sale:
            total += round_decimal(value * to_decimal(self.securities_transaction_tax_total_multiplier), 2)
        else:
            stamped = value if self.is_stamp_charges_from_order_value else turnover
            total += round_decimal(stamped * to_decimal(self.stamp_charges_multiplier), 2)
        return round_decimal(total, 2)


class SamcoFeeModel(IndiaFeeModel):
    """Samco."""

    brokerage_multiplier = Decimal("0.0002")
    max_brokerage = Decimal(20)
    securities_transaction_tax_total_multiplier = Decimal("0.00025")
    exchange_transaction_charge_multiplier = Decimal("0.0000345")
    state_tax_multiplier = Decimal("0.18")
    sebi_charges_multiplier = Decimal("0.000001")
    stamp_charges_multiplier = Decimal("0.00003")


class ZerodhaFeeModel(SamcoFeeModel):
    """Zerodha."""

    brokerage_multiplier = Decimal("0.0003")
    is_stamp_charges_from_order_value = True


class AlphaStreamsFeeModel(FeeModel):
    """Alpha Streams: Interactive Brokers' rates where they are a limit, Bitfinex's for crypto."""

    _EQUITY = EquityFee("USD", Decimal("0.005"), Decimal(1), Decimal("0.005"))
    _RATES = {  # noqa: RUF012
        SecurityType.FOREX: Decimal("0.000002"),
        SecurityType.OPTION: Decimal("0.5"),
        SecurityType.FUTURE: Decimal("0.5"),
        SecurityType.FUTURE_OPTION: Decimal("0.5"),
        SecurityType.CFD: ZERO,
    }

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """By kind of security."""
        security, order = parameters.security, parameters.order
        if order.order_type is OrderType.OPTION_EXERCISE:
            return OrderFee.ZERO
        asset = security.symbol.asset
        if asset.is_share:
            if security.symbol.id.market != Market.USA:
                market = security.symbol.id.market
                raise KeyNotFoundException(f"AlphaStreamsFeeModel(): unexpected equity Market {market}")
            return usd(abs(equity_trade_fee(self._EQUITY, order, security)))
        if asset.fee_may_reduce_quantity:
            return self._crypto_fee(security, order)
        if security.type not in self._RATES:
            raise unsupported_security_type(security)
        forex = asset.is_pair_of_codes
        base = abs(order.get_value_decimal(security)) if forex else order.absolute_quantity_decimal
        return usd(self._RATES[security.type] * base)

    @staticmethod
    def _crypto_fee(security: TradedSecurity, order: Order) -> OrderFee:
        rate = BitfinexFeeModel().get_fee(order)
        price = order.limit_price_decimal if hasattr(order, "limit_price_decimal") else quoted_price(security, order)
        value = price * security.symbol_properties.contract_multiplier_decimal * order.absolute_quantity_decimal
        return OrderFee(CashAmount(value * rate, security.quote_currency.symbol))
