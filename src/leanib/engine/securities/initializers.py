"""What happens to a security when it is made, and its first prices.

From `Common/Securities/*SecurityInitializer.cs` and `*SecuritySeeder.cs`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List
from leanib.engine.market.base_data import BaseData
from leanib.engine.naming import LeanObject
from leanib.engine.securities.user_models import adapted

if TYPE_CHECKING:
    from leanib.engine.securities.security import Security

__all__ = [
    "BrokerageModelSecurityInitializer",
    "CompositeSecurityInitializer",
    "FuncSecurityInitializer",
    "FuncSecuritySeeder",
    "SecurityInitializer",
    "SecuritySeeder",
]


class SecuritySeeder(LeanObject):
    """Base of what gives a new security its first price; `SecuritySeeder.NULL` gives none."""

    NULL: SecuritySeeder
    Null: SecuritySeeder

    def seed_security(self, security: Security) -> bool:
        """Sets the first price; whether there was one."""
        return True


SecuritySeeder.NULL = SecuritySeeder.Null = SecuritySeeder()


class FuncSecuritySeeder(SecuritySeeder):
    """The first price is what a function of the security returns: a data point, or several."""

    def __init__(self, seed_function: Callable[[Security], Any]) -> None:
        self._seed_function = seed_function

    def seed_security(self, security: Security) -> bool:
        """Calls the function, and takes its data in."""
        if security.symbol.is_canonical():
            return True
        found = self._seed_function(security)
        data = [found] if isinstance(found, BaseData) else list(found or ())
        for point in data:
            security.set_market_price(point)
        return bool(data)


class SecurityInitializer(LeanObject):
    """Base of what sets a new security up; `SecurityInitializer.NULL` does nothing."""

    NULL: SecurityInitializer
    Null: SecurityInitializer

    def initialize(self, security: Security) -> None:
        """Sets the security up."""


SecurityInitializer.NULL = SecurityInitializer.Null = SecurityInitializer()


class BrokerageModelSecurityInitializer(SecurityInitializer):
    """A security gets the models of the brokerage, and its first price from the seeder."""

    def __init__(self, brokerage_model: Any = None, security_seeder: Any = SecuritySeeder.NULL) -> None:
        self._brokerage_model = brokerage_model
        self._security_seeder = adapted(security_seeder)

    def initialize(self, security: Security) -> None:
        """Asks the brokerage model for every model."""
        brokerage = self._brokerage_model
        security.fill_model = brokerage.get_fill_model(security)
        security.fee_model = brokerage.get_fee_model(security)
        security.slippage_model = brokerage.get_slippage_model(security)
        security.settlement_model = brokerage.get_settlement_model(security)
        security.buying_power_model = brokerage.get_buying_power_model(security)
        security.margin_interest_rate_model = brokerage.get_margin_interest_rate_model(security)
        security.set_leverage(brokerage.get_leverage(security))
        security.set_shortable_provider(brokerage.get_shortable_provider(security))
        self._security_seeder.seed_security(security)


class FuncSecurityInitializer(SecurityInitializer):
    """A function of the security sets it up."""

    def __init__(self, initializer: Callable[[Security], object]) -> None:
        if not callable(initializer):
            raise ValueError("FuncSecurityInitializer takes a function of one security")
        self._initializer = initializer

    def initialize(self, security: Security) -> None:
        """Calls the function."""
        self._initializer(security)


class CompositeSecurityInitializer(SecurityInitializer):
    """Several, one after the other."""

    def __init__(self, *initializers: object) -> None:
        self._initializers = [self._as_initializer(initializer) for initializer in initializers]

    @staticmethod
    def _as_initializer(initializer: Any) -> Any:
        if hasattr(initializer, "initialize") or hasattr(initializer, "Initialize"):
            return adapted(initializer)
        return FuncSecurityInitializer(initializer)

    @property
    def initializers(self) -> List[Any]:
        """The parts."""
        return List(self._initializers)

    def add_security_initializer(self, initializer: object) -> None:
        """Appends one."""
        self._initializers.append(self._as_initializer(initializer))

    def initialize(self, security: Security) -> None:
        """Calls them in turn."""
        for initializer in self._initializers:
            initializer.initialize(security)
