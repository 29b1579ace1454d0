"""Securities: prices, hours, cash, holdings, the portfolio and its buying power."""

from leanib.engine.exchanges.currency_pairs import CurrencyPairUtil
from leanib.engine.exchanges.database import SecurityDatabaseKey
from leanib.engine.exchanges.exchange import EquityExchange, SecurityExchange
from leanib.engine.exchanges.exchange_hours import SecurityExchangeHours
from leanib.engine.exchanges.market_hours import (
    DayOfWeek,
    LocalMarketHours,
    MarketHoursSegment,
    MarketHoursState,
)
from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase, MarketHoursEntry
from leanib.engine.exchanges.symbol_properties import SymbolProperties, SymbolPropertiesDatabase
from leanib.engine.exchanges.time_keeper import LocalTimeKeeper, TimeKeeper
from leanib.engine.securities.buying_power import (
    BuyingPower,
    BuyingPowerModel,
    BuyingPowerModelExtensions,
    BuyingPowerParameters,
    CashBuyingPowerModel,
    ConstantBuyingPowerModel,
    GetMaximumOrderQuantityForDeltaBuyingPowerParameters,
    GetMaximumOrderQuantityForTargetBuyingPowerParameters,
    GetMaximumOrderQuantityResult,
    HasSufficientBuyingPowerForOrderParameters,
    HasSufficientBuyingPowerForOrderResult,
    InitialMargin,
    InitialMarginParameters,
    InitialMarginRequiredForOrderParameters,
    MaintenanceMargin,
    MaintenanceMarginParameters,
    NullBuyingPowerModel,
    PatternDayTradingMarginModel,
    ReservedBuyingPowerForPosition,
    ReservedBuyingPowerForPositionParameters,
    SecurityMarginModel,
)
from leanib.engine.securities.cache import SecurityCache
from leanib.engine.securities.cash import Cash
from leanib.engine.securities.cash_book import CashBook, CashBookUpdatedEventArgs, IdentityCurrencyConverter
from leanib.engine.securities.crypto_future import CryptoFutureHolding, CryptoFutureMarginModel
from leanib.engine.securities.currency_conversion import (
    ConstantCurrencyConversion,
    CurrencyConversion,
    SecurityCurrencyConversion,
)
from leanib.engine.securities.data_filter import SecurityDataFilter
from leanib.engine.securities.dynamic_data import DynamicSecurityData, RegisteredSecurityDataTypesProvider
from leanib.engine.securities.holding import ConvertibleCashAmount, ForexHolding, SecurityHolding
from leanib.engine.securities.initializers import (
    BrokerageModelSecurityInitializer,
    CompositeSecurityInitializer,
    FuncSecurityInitializer,
    FuncSecuritySeeder,
    SecurityInitializer,
    SecuritySeeder,
)
from leanib.engine.securities.manager import SecurityManager
from leanib.engine.securities.margin_call import (
    DefaultMarginCallModel,
    MarginCallModel,
    MarginCallOrdersParameters,
)
from leanib.engine.securities.margin_interest import (
    MarginInterestRateModel,
    MarginInterestRateParameters,
    ShortMarginInterestRateModel,
)
from leanib.engine.securities.portfolio import SecurityPortfolioManager
from leanib.engine.securities.portfolio_model import SecurityPortfolioModel
from leanib.engine.securities.positions import (
    PositionGroup,
    SecurityPositionGroupBuyingPowerModel,
    SecurityPositionGroupModel,
)
from leanib.engine.securities.price_variation import (
    AdjustedPriceVariationModel,
    EquityPriceVariationModel,
    GetMinimumPriceVariationParameters,
    SecurityPriceVariationModel,
)
from leanib.engine.securities.security import Security
from leanib.engine.securities.security_types import Cfd, Crypto, CryptoFuture, Equity, Forex, Index
from leanib.engine.securities.service import SecurityCacheProvider, SecurityService
from leanib.engine.securities.settings import AlgorithmSettings
from leanib.engine.securities.settlement import (
    AccountCurrencyImmediateSettlementModel,
    ApplyFundsSettlementModelParameters,
    DelayedSettlementModel,
    ImmediateSettlementModel,
    ScanSettlementModelParameters,
    SettlementModel,
)
from leanib.engine.securities.shortable import (
    InteractiveBrokersShortableProvider,
    LocalDiskShortableProvider,
    NullShortableProvider,
    ShortableProvider,
)
from leanib.engine.securities.sizing import OrderSizing
from leanib.engine.securities.volatility import (
    BaseVolatilityModel,
    IndicatorVolatilityModel,
    RelativeStandardDeviationVolatilityModel,
    StandardDeviationOfReturnsVolatilityModel,
    VolatilityModel,
    VolatilityModelExtensions,
)

__all__ = [
    "AccountCurrencyImmediateSettlementModel",
    "AdjustedPriceVariationModel",
    "AlgorithmSettings",
    "ApplyFundsSettlementModelParameters",
    "BaseVolatilityModel",
    "BrokerageModelSecurityInitializer",
    "BuyingPower",
    "BuyingPowerModel",
    "BuyingPowerModelExtensions",
    "BuyingPowerParameters",
    "Cash",
    "CashBook",
    "CashBookUpdatedEventArgs",
    "CashBuyingPowerModel",
    "Cfd",
    "CompositeSecurityInitializer",
    "ConstantBuyingPowerModel",
    "ConstantCurrencyConversion",
    "ConvertibleCashAmount",
    "Crypto",
    "CryptoFuture",
    "CryptoFutureHolding",
    "CryptoFutureMarginModel",
    "CurrencyConversion",
    "CurrencyPairUtil",
    "DayOfWeek",
    "DefaultMarginCallModel",
    "DelayedSettlementModel",
    "DynamicSecurityData",
    "Equity",
    "EquityExchange",
    "EquityPriceVariationModel",
    "Forex",
    "ForexHolding",
    "FuncSecurityInitializer",
    "FuncSecuritySeeder",
    "GetMaximumOrderQuantityForDeltaBuyingPowerParameters",
    "GetMaximumOrderQuantityForTargetBuyingPowerParameters",
    "GetMaximumOrderQuantityResult",
    "GetMinimumPriceVariationParameters",
    "HasSufficientBuyingPowerForOrderParameters",
    "HasSufficientBuyingPowerForOrderResult",
    "IdentityCurrencyConverter",
    "ImmediateSettlementModel",
    "Index",
    "IndicatorVolatilityModel",
    "InitialMargin",
    "InitialMarginParameters",
    "InitialMarginRequiredForOrderParameters",
    "InteractiveBrokersShortableProvider",
    "LocalDiskShortableProvider",
    "LocalMarketHours",
    "LocalTimeKeeper",
    "MaintenanceMargin",
    "MaintenanceMarginParameters",
    "MarginCallModel",
    "MarginCallOrdersParameters",
    "MarginInterestRateModel",
    "MarginInterestRateParameters",
    "MarketHoursDatabase",
    "MarketHoursEntry",
    "MarketHoursSegment",
    "MarketHoursState",
    "NullBuyingPowerModel",
    "NullShortableProvider",
    "OrderSizing",
    "PatternDayTradingMarginModel",
    "PositionGroup",
    "RegisteredSecurityDataTypesProvider",
    "RelativeStandardDeviationVolatilityModel",
    "ReservedBuyingPowerForPosition",
    "ReservedBuyingPowerForPositionParameters",
    "ScanSettlementModelParameters",
    "Security",
    "SecurityCache",
    "SecurityCacheProvider",
    "SecurityCurrencyConversion",
    "SecurityDataFilter",
    "SecurityDatabaseKey",
    "SecurityExchange",
    "SecurityExchangeHours",
    "SecurityHolding",
    "SecurityInitializer",
    "SecurityManager",
    "SecurityMarginModel",
    "SecurityPortfolioManager",
    "SecurityPortfolioModel",
    "SecurityPositionGroupBuyingPowerModel",
    "SecurityPositionGroupModel",
    "SecurityPriceVariationModel",
    "SecuritySeeder",
    "SecurityService",
    "SettlementModel",
    "ShortMarginInterestRateModel",
    "ShortableProvider",
    "StandardDeviationOfReturnsVolatilityModel",
    "SymbolProperties",
    "SymbolPropertiesDatabase",
    "TimeKeeper",
    "VolatilityModel",
    "VolatilityModelExtensions",
]
