"""A security's models, and what algorithms hang on it (`Common/Securities/Security.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.naming import LeanObject
from leanib.engine.securities.user_models import GenericMethod, adapted
from leanib.engine.symbols import DataNormalizationMode, Symbol

if TYPE_CHECKING:
    from collections.abc import Callable

    from leanib.engine.market import SubscriptionDataConfig
    from leanib.engine.securities.cache import SecurityCache

__all__ = ["CustomProperties", "SecurityModels"]


class SecurityModels(LeanObject):
    """The part of Security that takes models: derived from ours or not, in either naming style."""

    __slots__ = (
        "_buying_power_model",
        "_volatility_model",
        "data_filter",
        "fee_model",
        "fill_model",
        "margin_interest_rate_model",
        "portfolio_model",
        "price_variation_model",
        "settlement_model",
        "shortable_provider",
        "slippage_model",
    )

    if TYPE_CHECKING:
        _subscriptions: dict[SubscriptionDataConfig, None]
        _update_subscription_properties: Callable[[], None]
        _interrupt: Callable[[], None]

        symbol: Symbol

    @property
    def buying_power_model(self) -> Any:
        """What may be bought, and what positions tie up."""
        return self._buying_power_model

    @buying_power_model.setter
    def buying_power_model(self, model: object) -> None:
        self._interrupt()
        self._buying_power_model = model

    @property
    def volatility_model(self) -> Any:
        """How much its price moves."""
        return self._volatility_model

    @volatility_model.setter
    def volatility_model(self, model: object) -> None:
        self._interrupt()
        self._volatility_model = model

    def set_leverage(self, leverage: Decimal | float) -> None:
        """Passes the leverage on to the buying power model; options and futures have their own rules."""
        if self.symbol.asset.has_leverage:
            self.buying_power_model.set_leverage(self, leverage)

    def set_data_normalization_mode(self, mode: DataNormalizationMode) -> None:
        """How splits and dividends show in prices from now on."""
        for config in self._subscriptions:
            config.data_normalization_mode = mode
        self._update_subscription_properties()

    def set_fee_model(self, fee_model: object) -> None:
        """Replaces the fee model."""
        self.fee_model = adapted(fee_model)

    def set_fill_model(self, fill_model: object) -> None:
        """Replaces the fill model."""
        self.fill_model = adapted(fill_model)

    def set_settlement_model(self, settlement_model: object) -> None:
        """Replaces the settlement model."""
        self.settlement_model = adapted(settlement_model)

    def set_slippage_model(self, slippage_model: object) -> None:
        """Replaces the slippage model."""
        self.slippage_model = adapted(slippage_model)

    def set_volatility_model(self, volatility_model: object) -> None:
        """Replaces the volatility model."""
        self.volatility_model = adapted(volatility_model)

    def set_buying_power_model(self, buying_power_model: object) -> None:
        """Replaces the buying power model."""
        self.buying_power_model = adapted(buying_power_model)

    def set_margin_model(self, margin_model: object) -> None:
        """Replaces the buying power model."""
        self.buying_power_model = adapted(margin_model)

    def set_margin_interest_rate_model(self, margin_interest_rate_model: object) -> None:
        """Replaces the margin interest rate model."""
        self.margin_interest_rate_model = adapted(margin_interest_rate_model)

    def set_shortable_provider(self, shortable_provider: object) -> None:
        """Replaces the shortable provider."""
        self.shortable_provider = adapted(shortable_provider)

    def set_data_filter(self, data_filter: object) -> None:
        """Replaces the data filter."""
        self.data_filter = adapted(data_filter)


class CustomProperties(LeanObject):
    """The part of Security that keeps what an algorithm hangs on it."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def cache(self) -> SecurityCache:
            """The last data."""

    def __getitem__(self, key: str) -> Any:
        properties = self.cache.properties
        return properties[key] if key in properties else vars(self)[key]

    def __setitem__(self, key: str, value: object) -> None:
        self.cache.properties[key] = value

    def __getattr__(self, name: str) -> Any:
        if name[:1] != "_" and name != "cache" and name in self.cache.properties:
            return self.cache.properties[name]
        return super().__getattr__(name)

    def add(self, key: str, value: object) -> None:
        """Hangs a value on the security."""
        self.cache.properties[key] = value

    set = add

    @GenericMethod
    def get(self, key: str) -> Any:
        """What was hung on it under that key; LEAN's `get[Type](key)` works too."""
        return self[key]

    @GenericMethod
    def try_get(self, key: str, value: object = None) -> tuple[bool, Any]:
        """Whether something hangs there, and what."""
        return key in self.cache.properties, self.cache.properties.get(key)

    def remove(self, key: str) -> bool:
        """Takes something off; whether it was there."""
        return self.cache.properties.pop(key, None) is not None

    def clear(self) -> None:
        """Takes everything off."""
        self.cache.properties.clear()
