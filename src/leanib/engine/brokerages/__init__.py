"""Brokerages: what they accept and charge, and the simulated one of a backtest."""

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
from leanib.engine.brokerages.message_handler import (
    DefaultBrokerageMessageHandler,
    NewBrokerageOrderNotificationEventArgs,
)
from leanib.engine.brokerages.messages import BrokerageMessageEvent, BrokerageMessageType
from leanib.engine.brokerages.names import BrokerageModel, BrokerageName
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

__all__ = [
    "AlpacaBrokerageModel",
    "AlphaStreamsBrokerageModel",
    "AxosClearingBrokerageModel",
    "BinanceBrokerageModel",
    "BinanceCoinFuturesBrokerageModel",
    "BinanceFuturesBrokerageModel",
    "BinanceUSBrokerageModel",
    "BitfinexBrokerageModel",
    "BloombergFixBrokerageModel",
    "BrokerageMessageEvent",
    "BrokerageMessageType",
    "BrokerageModel",
    "BrokerageName",
    "BybitBrokerageModel",
    "CharlesSchwabBrokerageModel",
    "CoinbaseBrokerageModel",
    "DefaultBrokerageMessageHandler",
    "DefaultBrokerageModel",
    "ExanteBrokerageModel",
    "EzeBrokerageModel",
    "FTXBrokerageModel",
    "FTXUSBrokerageModel",
    "FxcmBrokerageModel",
    "GDAXBrokerageModel",
    "InteractiveBrokersBrokerageModel",
    "InteractiveBrokersFixModel",
    "KrakenBrokerageModel",
    "NewBrokerageOrderNotificationEventArgs",
    "OandaBrokerageModel",
    "PublicBrokerageModel",
    "RBIBrokerageModel",
    "SamcoBrokerageModel",
    "TDAmeritradeBrokerageModel",
    "TastytradeBrokerageModel",
    "TerminalLinkBrokerageModel",
    "TradeStationBrokerageModel",
    "TradierBrokerageModel",
    "TradingTechnologiesBrokerageModel",
    "WebullBrokerageModel",
    "WolverineBrokerageModel",
    "ZerodhaBrokerageModel",
    "dYdXBrokerageModel",
]
