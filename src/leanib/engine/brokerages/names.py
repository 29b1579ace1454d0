"""Brokerages by name (`Common/Brokerages/BrokerageName.cs`, `BrokerageModel.Create`)."""

from __future__ import annotations

from leanib.engine.brokerages.binance import (
    BinanceBrokerageModel,
    BinanceCoinFuturesBrokerageModel,
    BinanceFuturesBrokerageModel,
    BinanceUSBrokerageModel,
)
from leanib.engine.brokerages.brokers import (
    AlpacaBrokerageModel,
    CharlesSchwabBrokerageModel,
    PublicBrokerageModel,
    TastytradeBrokerageModel,
    TDAmeritradeBrokerageModel,
    TradeStationBrokerageModel,
    WebullBrokerageModel,
)
from leanib.engine.brokerages.crypto import (
    BitfinexBrokerageModel,
    BybitBrokerageModel,
    CoinbaseBrokerageModel,
    FTXBrokerageModel,
    FTXUSBrokerageModel,
    GDAXBrokerageModel,
    KrakenBrokerageModel,
    dYdXBrokerageModel,
)
from leanib.engine.brokerages.default import DefaultBrokerageModel
from leanib.engine.brokerages.forex import FxcmBrokerageModel, OandaBrokerageModel, TradierBrokerageModel
from leanib.engine.brokerages.interactive_brokers import InteractiveBrokersBrokerageModel, InteractiveBrokersFixModel
from leanib.engine.brokerages.professional import (
    AlphaStreamsBrokerageModel,
    AxosClearingBrokerageModel,
    BloombergFixBrokerageModel,
    ExanteBrokerageModel,
    EzeBrokerageModel,
    RBIBrokerageModel,
    SamcoBrokerageModel,
    TerminalLinkBrokerageModel,
    TradingTechnologiesBrokerageModel,
    WolverineBrokerageModel,
    ZerodhaBrokerageModel,
)
from leanib.engine.naming import LeanIntEnum
from leanib.engine.symbols import AccountType
from leanib.errors import NotSupportedError

__all__ = ["BrokerageModel", "BrokerageName"]


class BrokerageName(LeanIntEnum):
    """The brokerages that LEAN has a model of; values are LEAN's."""

    DEFAULT = 0
    QUANT_CONNECT_BROKERAGE = 0
    INTERACTIVE_BROKERS_BROKERAGE = 1
    TRADIER_BROKERAGE = 2
    OANDA_BROKERAGE = 3
    FXCM_BROKERAGE = 4
    BITFINEX = 5
    BINANCE = 6
    GDAX = 12
    ALPACA = 13
    ALPHA_STREAMS = 14
    ZERODHA = 15
    SAMCO = 16
    ATREYU = 17
    TRADING_TECHNOLOGIES = 18
    KRAKEN = 19
    FTX = 20
    FTXUS = 21
    EXANTE = 22
    BINANCE_US = 23
    WOLVERINE = 24
    TD_AMERITRADE = 25
    BINANCE_FUTURES = 26
    BINANCE_COIN_FUTURES = 27
    RBI = 28
    BYBIT = 29
    EZE = 30
    AXOS = 31
    COINBASE = 32
    TRADE_STATION = 33
    TERMINAL_LINK = 34
    CHARLES_SCHWAB = 35
    TASTYTRADE = 36
    INTERACTIVE_BROKERS_FIX = 37
    DYDX = 38
    WEBULL = 39
    PUBLIC = 40
    BLOOMBERG_FIX = 41


_MODELS: dict[BrokerageName, type[DefaultBrokerageModel]] = {
    BrokerageName.DEFAULT: DefaultBrokerageModel,
    BrokerageName.INTERACTIVE_BROKERS_BROKERAGE: InteractiveBrokersBrokerageModel,
    BrokerageName.TRADIER_BROKERAGE: TradierBrokerageModel,
    BrokerageName.OANDA_BROKERAGE: OandaBrokerageModel,
    BrokerageName.FXCM_BROKERAGE: FxcmBrokerageModel,
    BrokerageName.BITFINEX: BitfinexBrokerageModel,
    BrokerageName.BINANCE: BinanceBrokerageModel,
    BrokerageName.GDAX: GDAXBrokerageModel,
    BrokerageName.ALPACA: AlpacaBrokerageModel,
    BrokerageName.ALPHA_STREAMS: AlphaStreamsBrokerageModel,
    BrokerageName.ZERODHA: ZerodhaBrokerageModel,
    BrokerageName.SAMCO: SamcoBrokerageModel,
    BrokerageName.TRADING_TECHNOLOGIES: TradingTechnologiesBrokerageModel,
    BrokerageName.KRAKEN: KrakenBrokerageModel,
    BrokerageName.FTX: FTXBrokerageModel,
    BrokerageName.FTXUS: FTXUSBrokerageModel,
    BrokerageName.EXANTE: ExanteBrokerageModel,
    BrokerageName.BINANCE_US: BinanceUSBrokerageModel,
    BrokerageName.WOLVERINE: WolverineBrokerageModel,
    BrokerageName.TD_AMERITRADE: TDAmeritradeBrokerageModel,
    BrokerageName.BINANCE_FUTURES: BinanceFuturesBrokerageModel,
    BrokerageName.BINANCE_COIN_FUTURES: BinanceCoinFuturesBrokerageModel,
    BrokerageName.RBI: RBIBrokerageModel,
    BrokerageName.BYBIT: BybitBrokerageModel,
    BrokerageName.EZE: EzeBrokerageModel,
    BrokerageName.AXOS: AxosClearingBrokerageModel,
    BrokerageName.COINBASE: CoinbaseBrokerageModel,
    BrokerageName.TRADE_STATION: TradeStationBrokerageModel,
    BrokerageName.TERMINAL_LINK: TerminalLinkBrokerageModel,
    BrokerageName.CHARLES_SCHWAB: CharlesSchwabBrokerageModel,
    BrokerageName.TASTYTRADE: TastytradeBrokerageModel,
    BrokerageName.INTERACTIVE_BROKERS_FIX: InteractiveBrokersFixModel,
    BrokerageName.DYDX: dYdXBrokerageModel,
    BrokerageName.WEBULL: WebullBrokerageModel,
    BrokerageName.PUBLIC: PublicBrokerageModel,
    BrokerageName.BLOOMBERG_FIX: BloombergFixBrokerageModel,
}
_NAMES = {model: name for name, model in _MODELS.items()}


class BrokerageModel:
    """Makes models by name, and names models."""

    @staticmethod
    def create(
        _order_provider: object, brokerage: BrokerageName, account_type: AccountType = AccountType.MARGIN
    ) -> DefaultBrokerageModel:
        """The model of a brokerage.

        Raises:
            NotSupportedError: the embedded engine has no model of that brokerage.
        """
        model = _MODELS.get(BrokerageName(brokerage))
        if model is None:
            raise NotSupportedError(f"the embedded engine has no model of {brokerage.lean_name}; use `lean backtest`")
        return model(account_type)

    @staticmethod
    def get_brokerage_name(brokerage_model: object) -> BrokerageName:
        """The brokerage that a model stands for; models derived from none of them count as the default."""
        return next((_NAMES[kind] for kind in type(brokerage_model).__mro__ if kind in _NAMES), BrokerageName.DEFAULT)
