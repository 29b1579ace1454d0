"""The kinds of securities: what each has that others have not (`Common/Securities/{Equity,Forex,Crypto,...}/**`)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.exchanges.currency_pairs import CurrencyPairUtil
from leanib.engine.exchanges.exchange import EquityExchange, OffExchange
from leanib.engine.exchanges.symbol_properties import SymbolProperties
from leanib.engine.market.bars import TradeBar
from leanib.engine.orders.exchanges import Exchange
from leanib.engine.orders.fees.crypto import BinanceCoinFuturesFeeModel, BinanceFuturesFeeModel, GDAXFeeModel
from leanib.engine.orders.fees.fee_model import ConstantFeeModel
from leanib.engine.orders.fills import EquityFillModel
from leanib.engine.securities.buying_power.cash import CashBuyingPowerModel
from leanib.engine.securities.cash import Cash
from leanib.engine.securities.crypto_future import (
    BinanceFutureMarginInterestRateModel,
    CryptoFutureHolding,
    CryptoFutureMarginModel,
    is_coin_margined,
)
from leanib.engine.securities.holding import ForexHolding
from leanib.engine.securities.price_variation import AdjustedPriceVariationModel, EquityPriceVariationModel
from leanib.engine.securities.scaled_prices import ScaledPrices
from leanib.engine.securities.security import Security
from leanib.engine.symbols import DEFAULT_DATE, DataNormalizationMode, SecurityType

if TYPE_CHECKING:
    from leanib.engine.symbols import Symbol

__all__ = ["Cfd", "Crypto", "CryptoFuture", "Equity", "Forex", "Index"]


def _decompose_currency_pair(symbol: Symbol, symbol_properties: SymbolProperties | None = None) -> tuple[str, str]:
    """Base and quote currency of a symbol or a forex ticker, or ValueError."""
    if isinstance(symbol, str):
        pair = CurrencyPairUtil.split(symbol, SecurityType.FOREX, "")
    elif symbol_properties is not None:
        pair = CurrencyPairUtil.split(symbol.value, symbol.security_type, symbol_properties.quote_currency)
    else:
        pair = CurrencyPairUtil.find_pair(symbol)
    if pair is None:
        raise ValueError(f"{symbol} is not a currency pair such as EURUSD")
    return pair


class Equity(Security):
    """A share."""

    __slots__ = ("primary_exchange",)

    DEFAULT_SETTLEMENT_DAYS = DefaultSettlementDays = 1
    DEFAULT_SETTLEMENT_TIME = DefaultSettlementTime = timedelta(hours=6)
    exchange_class = EquityExchange
    default_leverage = 2

    def __init__(self, *arguments: Any, primary_exchange: Exchange = Exchange.UNKNOWN) -> None:
        super().__init__(*arguments)
        self.primary_exchange = primary_exchange
        self.cache.to_exact = ScaledPrices(self)

    def _set_default_models(self) -> None:
        super()._set_default_models()
        self.fill_model = EquityFillModel()
        self.price_variation_model = AdjustedPriceVariationModel()

    @property
    def shortable(self) -> bool:
        """Whether any can be borrowed."""
        quantity = self.total_shortable_quantity
        return quantity is None or quantity > 0

    @property
    def total_shortable_quantity(self) -> int | None:
        """How many can be borrowed; None for no limit."""
        quantity: int | None = self.shortable_provider.shortable_quantity(self.symbol, self.local_time)
        return quantity

    def set_data_normalization_mode(self, mode: DataNormalizationMode) -> None:
        """How splits and dividends show in prices from now on; the price step depends on it."""
        super().set_data_normalization_mode(mode)
        adjusted = mode is DataNormalizationMode.ADJUSTED
        self.price_variation_model = AdjustedPriceVariationModel() if adjusted else EquityPriceVariationModel()


class Forex(Security):
    """A currency pair."""

    __slots__ = ("base_currency",)

    exchange_class = OffExchange
    holding_class = ForexHolding
    default_leverage = 50

    decompose_currency_pair = staticmethod(_decompose_currency_pair)

    def __init__(self, *arguments: Any, base_currency: Cash) -> None:
        super().__init__(*arguments)
        self.base_currency = base_currency


class Crypto(Security):
    """A pair of a crypto currency and another currency."""

    __slots__ = ("base_currency",)

    decompose_currency_pair = staticmethod(_decompose_currency_pair)

    def __init__(self, *arguments: Any, base_currency: Cash) -> None:
        super().__init__(*arguments)
        self.base_currency = base_currency

    def _set_default_models(self) -> None:
        super()._set_default_models()
        self.fee_model = GDAXFeeModel()
        self.buying_power_model = CashBuyingPowerModel()

    @property
    def price(self) -> float:
        """The last trade's price, else the last price of any kind."""
        bar = self.cache.get_data(TradeBar)
        return self.cache.price if bar is None else bar.value


class CryptoFuture(Security):
    """A future on a crypto pair, mostly a perpetual one."""

    __slots__ = ("base_currency",)

    holding_class = CryptoFutureHolding

    def __init__(self, *arguments: Any, base_currency: Cash) -> None:
        super().__init__(*arguments)
        self.base_currency = base_currency

    def _set_default_models(self) -> None:
        super()._set_default_models()
        self.fee_model = BinanceCoinFuturesFeeModel() if self.is_crypto_coin_future() else BinanceFuturesFeeModel()
        self.buying_power_model = CryptoFutureMarginModel()
        if self.symbol.id.date == DEFAULT_DATE:
            self.margin_interest_rate_model = BinanceFutureMarginInterestRateModel()

    def is_crypto_coin_future(self) -> bool:
        """Whether margin and profit are in the coin, and not in a dollar coin."""
        return is_coin_margined(self)


class Cfd(Security):
    """A contract for difference."""

    __slots__ = ()

    exchange_class = OffExchange
    default_leverage = 50

    def _set_default_models(self) -> None:
        super()._set_default_models()
        self.fee_model = ConstantFeeModel(0)

    decompose_currency_pair = staticmethod(_decompose_currency_pair)

    @property
    def contract_multiplier(self) -> float:
        """What one contract's price is multiplied by."""
        return self.symbol_properties.contract_multiplier

    @property
    def minimum_price_variation(self) -> float:
        """The price's step."""
        return self.symbol_properties.minimum_price_variation


class Index(Security):
    """An index: not tradable, unless the algorithm says it is."""

    __slots__ = ("_tradable", "manual_set_is_tradable")

    exchange_class = OffExchange
    default_leverage = 50

    def __init__(self, *arguments: Any) -> None:
        self._tradable = False
        self.manual_set_is_tradable = False
        super().__init__(*arguments)

    def _set_default_models(self) -> None:
        super()._set_default_models()
        self.fee_model = ConstantFeeModel(0)

    @property
    def is_tradable(self) -> bool:
        """Whether orders are taken."""
        return self._tradable

    @is_tradable.setter
    def is_tradable(self, value: bool) -> None:
        self.manual_set_is_tradable = self.manual_set_is_tradable or value
        self._tradable = value

    def make_tradable(self) -> None:
        """Added again to the algorithm: tradable only if the algorithm had said so."""
        if self.manual_set_is_tradable:
            self._tradable = True

    def reset(self) -> None:
        """Removed from the algorithm."""
        super().reset()
        self.manual_set_is_tradable = False
