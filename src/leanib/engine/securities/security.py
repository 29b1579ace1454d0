"""A security: its data, its position and its models (`Common/Securities/Security.cs`)."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List
from leanib.engine.exchanges.exchange import SecurityExchange
from leanib.engine.exchanges.exchange_hours import SecurityExchangeHours
from leanib.engine.exchanges.symbol_properties import SymbolProperties
from leanib.engine.exchanges.time_keeper import LocalTimeKeeper
from leanib.engine.market.bars import QuoteBar, TradeBar
from leanib.engine.market.base_data import BaseData, MarketDataType
from leanib.engine.market.events import Split
from leanib.engine.market.tick import OpenInterest
from leanib.engine.numbers import ONE
from leanib.engine.orders.fees.interactive_brokers import InteractiveBrokersFeeModel
from leanib.engine.orders.fills import ImmediateFillModel
from leanib.engine.orders.slippage import NullSlippageModel
from leanib.engine.securities.buying_power.models import SecurityMarginModel
from leanib.engine.securities.cache import SecurityCache
from leanib.engine.securities.cash import Cash
from leanib.engine.securities.data_filter import SecurityDataFilter
from leanib.engine.securities.dynamic_data import DynamicSecurityData, RegisteredSecurityDataTypesProvider
from leanib.engine.securities.holding import SecurityHolding
from leanib.engine.securities.margin_interest import MarginInterestRateModel
from leanib.engine.securities.portfolio_model import SecurityPortfolioModel
from leanib.engine.securities.price_variation import SecurityPriceVariationModel
from leanib.engine.securities.security_models import CustomProperties, SecurityModels
from leanib.engine.securities.security_prices import PriceLane, SecurityPrices
from leanib.engine.securities.settlement import ImmediateSettlementModel
from leanib.engine.securities.shortable import NullShortableProvider
from leanib.engine.securities.volatility import VolatilityModel
from leanib.engine.symbols import DataNormalizationMode, Resolution, SecurityType, Symbol, TickType

if TYPE_CHECKING:
    from leanib.engine.market import SubscriptionDataConfig
    from leanib.engine.securities.cash_book import CashBook

__all__ = ["Security"]

_BAR_TYPES = (TradeBar, QuoteBar)
_AUXILIARY = MarketDataType.AUXILIARY


class Security(SecurityPrices, SecurityModels, CustomProperties):
    """Prices are floats in the quote currency (`..._decimal` exact), 0 while there is none.

    An algorithm may hang anything on it: `security["key"] = x`, `security.key = x`.
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_cache",
        "_exchange",
        "_lane",
        "_local_time_keeper",
        "_price_was_set",
        "_subscriptions",
        "data",
        "data_normalization_mode",
        "holdings",
        "is_delisted",
        "is_extended_market_hours",
        "is_fill_data_forward",
        "is_initialized",
        "is_tradable",
        "last_split_factor_decimal",
        "quote_currency",
        "resolution",
        "symbol",
        "symbol_properties",
    )  # fmt: skip

    NULL_LEVERAGE = NullLeverage = 0
    exchange_class: type[SecurityExchange] = SecurityExchange
    holding_class: type[SecurityHolding] = SecurityHolding
    default_leverage: float = 1

    def __init__(
        self,
        symbol: Symbol,
        exchange_hours: SecurityExchangeHours,
        quote_currency: Cash,
        symbol_properties: SymbolProperties,
        currency_converter: CashBook,
        registered_types: RegisteredSecurityDataTypesProvider,
        cache: SecurityCache,
    ) -> None:
        self._local_time_keeper: LocalTimeKeeper | None = None
        self._price_was_set = False
        self._subscriptions: dict[SubscriptionDataConfig, None] = {}
        self.symbol = symbol
        self.quote_currency = quote_currency
        self.symbol_properties = symbol_properties
        self._cache = cache
        self._lane: PriceLane | None = None
        self._exchange = self.exchange_class(exchange_hours)
        self.data = DynamicSecurityData(registered_types, self)
        self.is_initialized = False
        self.is_delisted = False
        self.last_split_factor_decimal = ONE
        self.is_tradable = symbol.asset.is_tradable
        self._set_default_models()
        self.holdings = self.holding_class(self, currency_converter)
        self._update_subscription_properties()

    def _set_default_models(self) -> None:
        """What a security has before a brokerage model sets it up."""
        self.portfolio_model: Any = SecurityPortfolioModel()
        self.fill_model: Any = ImmediateFillModel()
        self.fee_model: Any = InteractiveBrokersFeeModel()
        self.slippage_model: Any = NullSlippageModel.INSTANCE
        self.settlement_model: Any = ImmediateSettlementModel()
        self.volatility_model: Any = VolatilityModel.NULL
        self.buying_power_model: Any = SecurityMarginModel(self.default_leverage)
        self.data_filter: Any = SecurityDataFilter()
        self.price_variation_model: Any = SecurityPriceVariationModel()
        self.margin_interest_rate_model: Any = MarginInterestRateModel.NULL
        self.shortable_provider: Any = NullShortableProvider.INSTANCE

    # --- what it is ----------------------------------------------------------------------------------------------

    @property
    def type(self) -> SecurityType:
        """The security type."""
        return self.symbol.security_type

    @property
    def exchange(self) -> SecurityExchange:
        """Where it trades."""
        return self._exchange

    @exchange.setter
    def exchange(self, value: SecurityExchange) -> None:
        self._exchange = value
        if self._local_time_keeper is not None:
            value.set_local_date_time_frontier_provider(self._local_time_keeper)

    @property
    def margin_model(self) -> Any:
        """The buying power model."""
        return self.buying_power_model

    @margin_model.setter
    def margin_model(self, value: object) -> None:
        self.buying_power_model = value

    @property
    def hold_stock(self) -> bool:
        """Whether something is held."""
        return self.holdings.invested

    @property
    def invested(self) -> bool:
        """Whether something is held."""
        return self.holdings.invested

    @property
    def leverage(self) -> float:
        """What the buying power model says."""
        return self.holdings.leverage

    @property
    def fundamentals(self) -> Any:
        """The fundamental data of the day before."""
        from leanib.engine.universes.fundamental_data import Fundamental  # universes are made of securities

        return Fundamental.for_date(self.local_time, self.symbol)

    @property
    def local_time(self) -> datetime:
        """Now, in the exchange's time zone."""
        if self._local_time_keeper is None:
            raise ValueError(f"{self.symbol.value} has no clock yet; add the security to the algorithm first")
        return self._local_time_keeper.local_time

    def set_local_time_keeper(self, local_time_keeper: LocalTimeKeeper) -> None:
        """Gives it its clock."""
        self._local_time_keeper = local_time_keeper
        self._follow_session()
        self._exchange.set_local_date_time_frontier_provider(local_time_keeper)

    @property
    def has_data(self) -> bool:
        """Whether there has been data."""
        return self.cache.get_data() is not None

    @property
    def session(self) -> Any:
        """The bars of the trading days; `session.size = 2` makes it keep the day under way and the one before."""
        if self.cache.session is None:
            from leanib.engine.securities.session import Session  # rolling windows come with the indicators

            tick_type = TickType.QUOTE if self.symbol.asset.session_of_quotes else TickType.TRADE
            self._interrupt()
            self.cache.session = Session(tick_type, self.exchange.hours, self.symbol)
            self._follow_session()
        return self.cache.session

    def _follow_session(self) -> None:
        """Tells the session the time, so that a day ends without data of the next."""
        session, keeper = self.cache.session, self._local_time_keeper
        if session is not None and keeper is not None:
            keeper.time_updated -= session.scan
            keeper.time_updated += session.scan

    def _interrupt(self) -> None:
        """Something about it changes: a stretch of steps that knows its prices beforehand ends."""
        if self._lane is not None:
            self._lane.interrupt()

    def get_last_data(self) -> Any:
        """The last data point, or None."""
        return self.cache.get_data()

    # --- new data ------------------------------------------------------------------------------------------------

    def set_market_price(self, data: BaseData | None) -> None:
        """Takes one data point in."""
        if data is not None:
            self._interrupt()
            self.cache.add_data(data)
            self._update_market_price(data)
            self._price_was_set = True

    def update(
        self,
        data: Sequence[BaseData],
        data_type: builtins.type,
        contains_fill_forward_data: bool | None = None,
        is_internal_config: bool = False,
    ) -> bool:
        """Takes the data of one subscription in a time step in; whether the price may be another than a step before."""
        cache = self.cache
        if (
            len(data) == 1
            and data[0].is_fill_forward
            and data_type in _BAR_TYPES
            and cache.session is None
            and self.volatility_model is VolatilityModel.NULL
        ):
            # Nothing is new in a price that is filled forward.
            was_set, self._price_was_set = self._price_was_set, False
            return was_set
        cache.add_data_list(data, data_type, contains_fill_forward_data, is_internal_config)
        self._update_market_price(data[-1])
        return True

    def _update_market_price(self, data: BaseData) -> None:
        if data.data_type is _AUXILIARY or type(data) is OpenInterest or not data.price:
            return
        self.holdings.update_market_price(self.price)
        if self.volatility_model is not VolatilityModel.NULL:
            self.volatility_model.update(self, data)

    def apply_split(self, split: Split) -> None:
        """Restates prices in new shares."""
        self.cache.apply_split(split)
        self.last_split_factor_decimal = split.split_factor_decimal
        last = self.cache.get_data()
        if last is not None:
            self._update_market_price(last)

    # --- subscriptions -------------------------------------------------------------------------------------------

    @property
    def subscriptions(self) -> List[SubscriptionDataConfig]:
        """Its subscriptions."""
        return List(self._subscriptions)

    @property
    def subscription_data_config(self) -> SubscriptionDataConfig | None:
        """Its first subscription."""
        return next(iter(self._subscriptions), None)

    def add_data(self, subscriptions: SubscriptionDataConfig | Iterable[SubscriptionDataConfig]) -> None:
        """Adds subscriptions, which must be its own."""
        configs: list[Any] = [subscriptions] if hasattr(subscriptions, "symbol") else list(subscriptions)
        for config in configs:
            if config.symbol != self.symbol:
                raise ValueError(f"a subscription of {config.symbol.value} does not belong to {self.symbol.value}")
            self._subscriptions[config] = None
        self._update_subscription_properties()

    def _update_subscription_properties(self) -> None:
        configs = list(self._subscriptions)
        self.resolution = min((config.resolution for config in configs), default=Resolution.DAILY)
        self.is_fill_data_forward = any(config.fill_data_forward for config in configs)
        self.is_extended_market_hours = any(config.extended_market_hours for config in configs)
        self.refresh_data_normalization_mode_property()

    def refresh_data_normalization_mode_property(self) -> None:
        """Takes the mode of the first subscription."""
        first = self.subscription_data_config
        self.data_normalization_mode = (
            DataNormalizationMode.ADJUSTED if first is None else first.data_normalization_mode
        )

    def is_internal_feed(self) -> bool:
        """Whether the algorithm does not see its data."""
        first = self.subscription_data_config
        return first is not None and all(config.is_internal_feed for config in self._subscriptions)

    def is_custom_data(self) -> bool:
        """Whether it has custom data."""
        return any(config.is_custom_data for config in self._subscriptions)

    def reset(self) -> None:
        """Removed from the algorithm: no subscriptions, not tradable."""
        self.is_initialized = False
        self.is_tradable = False
        self._subscriptions.clear()
        self._update_subscription_properties()

    def make_tradable(self) -> None:
        """Added again to the algorithm (`Extensions.MakeTradable`)."""
        self.is_tradable = True

    def __str__(self) -> str:
        return str(self.symbol)

    __repr__ = __str__
