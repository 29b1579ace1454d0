"""Interactive Brokers' fees (`Common/Orders/Fees/InteractiveBrokersFeeModel.cs`, and the Alpha Streams variant)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from leanib.data.contract_fees import EUREX_FUTURES, USA_FUTURE_OPTIONS, USA_FUTURES, ContractFees
from leanib.engine.dotnet.exceptions import ArgumentException, KeyNotFoundException
from leanib.engine.numbers import ONE, ZERO, to_decimal
from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.fees.fee_model import FeeModel, OrderFeeParameters
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.symbols import Currencies, Market, SecurityType

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.traded import TradedSecurity

__all__ = ["EquityFee", "InteractiveBrokersFeeModel", "equity_trade_fee", "unsupported_security_type"]

_BASIS_POINT = Decimal("0.0001")
_KOREA_FUTURE_RATE = Decimal("0.00004")
_US_FUTURE_MARKETS = frozenset(
    {
        Market.GLOBEX,
        Market.NYMEX,
        Market.CBOT,
        Market.ICE,
        Market.CFE,
        Market.COMEX,
        Market.CME,
        Market.NYSELIFFE,
    }
)


class EquityFee(NamedTuple):
    """Per share, at least, and at most as a share of the trade's value."""

    currency: str
    fee_per_share: Decimal
    minimum_fee: Decimal
    maximum_fee_rate: Decimal


_EQUITY_FEES = {
    Market.USA: EquityFee("USD", Decimal("0.005"), Decimal(1), Decimal("0.005")),
    Market.INDIA: EquityFee("INR", Decimal("0.01"), Decimal(6), Decimal(20)),
}
_CFD_MINIMUM = {"JPY": Decimal("40.0"), "HKD": Decimal("10.0")}
#: monthly US dollars up to which a tier holds, its rate in basis points, its minimum per order
_FOREX_TIERS = (
    (Decimal(10**9), Decimal("0.20"), Decimal("2.00")),
    (Decimal(2 * 10**9), Decimal("0.15"), Decimal("1.50")),
    (Decimal(5 * 10**9), Decimal("0.10"), Decimal("1.25")),
    (Decimal("Infinity"), Decimal("0.08"), Decimal("1.00")),
)
#: monthly contracts up to which a tier holds, and its rates: premium from which a rate per contract holds
_OPTION_TIERS = (
    (
        Decimal(10_000),
        ((Decimal("0.1"), Decimal("0.65")), (Decimal("0.05"), Decimal("0.5")), (None, Decimal("0.25"))),
    ),
    (Decimal(50_000), ((Decimal("0.05"), Decimal("0.5")), (None, Decimal("0.25")))),
    (Decimal(100_000), ((None, Decimal("0.25")),)),
    (Decimal("Infinity"), ((None, Decimal("0.15")),)),
)


def unsupported_security_type(security: TradedSecurity) -> ArgumentException:
    """The error of a model that has no fee for a kind of security."""
    return ArgumentException(f"Unsupported security type: {security.type.lean_name}")


def equity_trade_fee(fee: EquityFee, order: Order, security: TradedSecurity) -> Decimal:
    """Per share, not less than the minimum; the maximum binds only where the minimum does not."""
    trade_fee = fee.fee_per_share * order.absolute_quantity_decimal
    if trade_fee < fee.minimum_fee:
        return fee.minimum_fee
    return min(trade_fee, fee.maximum_fee_rate * abs(order.get_value_decimal(security)))


class InteractiveBrokersFeeModel(FeeModel):
    """Fees by kind of security; the tiers follow from the monthly amounts given."""

    def __init__(
        self,
        monthly_forex_trade_amount_in_us_dollars: Decimal | float = ZERO,
        monthly_options_trade_amount_in_contracts: Decimal | float = ZERO,
    ) -> None:
        dollars = to_decimal(monthly_forex_trade_amount_in_us_dollars)
        contracts = to_decimal(monthly_options_trade_amount_in_contracts)
        points, self._forex_minimum = next((rate, least) for limit, rate, least in _FOREX_TIERS if dollars <= limit)
        self._forex_rate = points * _BASIS_POINT
        self._option_rates = next(rates for limit, rates in _OPTION_TIERS if contracts <= limit)

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """The fee of filling the order."""
        order, security = parameters.order, parameters.security
        if order.order_type is OrderType.OPTION_EXERCISE and not order.symbol.asset.exercise_costs:
            return OrderFee.ZERO
        fee = _FEES.get(security.type)
        if fee is None:
            raise unsupported_security_type(security)
        return OrderFee(fee(self, order, security))

    def follows_quantity(self, security: TradedSecurity) -> bool:
        """For the contracts of futures exchanges, but not of Korea's."""
        is_own = type(self) is not InteractiveBrokersFeeModel  # who derives from it may do as they like
        is_by_contract = _FEES.get(security.type) is _futures_fee
        return not is_own and is_by_contract and security.symbol.id.market != Market.KRX

    def _forex_fee(self, order: Order, security: TradedSecurity) -> CashAmount:
        fee = abs(self._forex_rate * order.get_value_decimal(security))
        return CashAmount(max(self._forex_minimum, fee), Currencies.USD)

    def _option_fee(self, order: Order, security: TradedSecurity) -> CashAmount:
        market = security.symbol.id.market
        if market != Market.USA:
            raise KeyNotFoundException(f"InteractiveBrokersFeeModel(): unexpected option Market {market}")
        premium = self.get_potential_order_price(order, security)
        rate = next(rate for least, rate in self._option_rates if least is None or premium >= least)
        return CashAmount(max(order.absolute_quantity_decimal * rate, ONE), Currencies.USD)

    @staticmethod
    def get_potential_order_price(order: Order, security: TradedSecurity) -> Decimal:
        """The price an order may fill at: its stop or limit, else bid for purchases and ask for sales."""
        for name in ("limit_price_decimal", "stop_price_decimal"):
            if hasattr(order, name):
                price: Decimal = getattr(order, name)
                return price
        if order.order_type is OrderType.COMBO_LIMIT and order.group_order_manager is not None:
            return order.group_order_manager.limit_price_decimal
        if order.order_type is OrderType.OPTION_EXERCISE:
            return ZERO
        if order.direction is OrderDirection.BUY:
            return security.bid_price_decimal
        return security.ask_price_decimal


def _equity_fee(order: Order, security: TradedSecurity) -> CashAmount:
    market = security.symbol.id.market
    if market not in _EQUITY_FEES:
        raise KeyNotFoundException(f"InteractiveBrokersFeeModel(): unexpected equity Market {market}")
    fee = _EQUITY_FEES[market]
    return CashAmount(abs(equity_trade_fee(fee, order, security)), fee.currency)


def _cfd_fee(order: Order, security: TradedSecurity) -> CashAmount:
    currency = security.quote_currency.symbol
    fee = Decimal("0.00002") * abs(order.get_value_decimal(security))
    return CashAmount(max(fee, _CFD_MINIMUM.get(currency, ONE)), currency)


def _future_fee(security: TradedSecurity) -> CashAmount:
    market = security.symbol.id.market
    market = Market.USA if market in _US_FUTURE_MARKETS else market
    if market not in _FUTURE_FEES:
        raise KeyNotFoundException(f"InteractiveBrokersFeeModel(): unexpected future Market {market}")
    return _FUTURE_FEES[market](security)


def _table_fee(fees: ContractFees, ticker: str, currency: str) -> CashAmount:
    return CashAmount(fees.total(ticker), currency)


def _united_states_future_fee(security: TradedSecurity) -> CashAmount:
    if security.symbol.asset.has_continuous_contract:
        return _table_fee(USA_FUTURES, security.symbol.id.symbol, Currencies.USD)
    underlying = security.symbol.underlying
    assert underlying is not None
    return _table_fee(USA_FUTURE_OPTIONS, underlying.id.symbol, Currencies.USD)


def _eurex_future_fee(security: TradedSecurity) -> CashAmount:
    if not security.symbol.asset.has_continuous_contract:
        text = f"InteractiveBrokersFeeModel.EUREXFutureFees(): Unsupported security type: {security.type.lean_name}"
        raise ArgumentException(text)
    return _table_fee(EUREX_FUTURES, security.symbol.id.symbol, Currencies.EUR)


def _hong_kong_future_fee(security: TradedSecurity) -> CashAmount:
    if security.symbol.id.symbol.upper() == "HSI":
        return CashAmount(Decimal(40), "HKD")
    currency = security.quote_currency.symbol
    fees = {"CNH": Decimal(13), "HKD": Decimal(20), "USD": Decimal("2.40")}
    if currency not in fees:
        raise ArgumentException(f"Unexpected quote currency {currency} for Hong Kong futures exchange")
    return CashAmount(fees[currency] * Decimal("1.5"), currency)  # half as much again for the exchange


def _korea_future_fee(security: TradedSecurity) -> CashAmount:
    value = security.price_decimal * security.symbol_properties.contract_multiplier_decimal
    return CashAmount(_KOREA_FUTURE_RATE * value, security.quote_currency.symbol)


_FUTURE_FEES: dict[str, Callable[[TradedSecurity], CashAmount]] = {
    Market.USA: _united_states_future_fee,
    Market.HKFE: _hong_kong_future_fee,
    Market.EUREX: _eurex_future_fee,
    Market.KRX: _korea_future_fee,
}

def _futures_fee(_model: InteractiveBrokersFeeModel, order: Order, security: TradedSecurity) -> CashAmount:
    per_contract = _future_fee(security)
    return CashAmount(order.absolute_quantity_decimal * per_contract.amount_decimal, per_contract.currency)


_FEES: dict[SecurityType, Callable[[InteractiveBrokersFeeModel, Order, TradedSecurity], CashAmount]] = {
    SecurityType.FOREX: InteractiveBrokersFeeModel._forex_fee,
    SecurityType.OPTION: InteractiveBrokersFeeModel._option_fee,
    SecurityType.INDEX_OPTION: InteractiveBrokersFeeModel._option_fee,
    SecurityType.FUTURE: _futures_fee,
    SecurityType.FUTURE_OPTION: _futures_fee,
    SecurityType.EQUITY: lambda _model, order, security: _equity_fee(order, security),
    SecurityType.CFD: lambda _model, order, security: _cfd_fee(order, security),
}
