"""What a futures position ties up (`Common/Securities/Future/FutureMarginModel.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.derivatives.futures.margins import FutureMarginTable, MarginRequirementsEntry
from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.numbers import decimal_text
from leanib.engine.numbers.exact import FloatView
from leanib.engine.securities.buying_power.model import BuyingPowerModel
from leanib.engine.securities.buying_power.models import SecurityMarginModel
from leanib.engine.securities.buying_power.parameters import (
    GetMaximumOrderQuantityForTargetBuyingPowerParameters,
    GetMaximumOrderQuantityResult,
    InitialMargin,
    InitialMarginParameters,
    MaintenanceMargin,
    MaintenanceMarginParameters,
)

if TYPE_CHECKING:
    from leanib.engine.securities import Security

__all__ = ["FutureMarginModel"]


class FutureMarginModel(SecurityMarginModel):
    """So much a contract, by the exchange's table for the day of the last data; by day less, if that is enabled."""

    initial_overnight_margin_requirement = FloatView()
    maintenance_overnight_margin_requirement = FloatView()
    initial_intraday_margin_requirement = FloatView()
    maintenance_intraday_margin_requirement = FloatView()

    def __init__(
        self, required_free_buying_power_percent: Decimal | float = 0, security: Security | None = None
    ) -> None:
        BuyingPowerModel.__init__(self, 1, required_free_buying_power_percent)
        self.enable_intraday_margins = False
        self._security = security

    def get_leverage(self, security: Security) -> float:
        """The leverage is in the margin."""
        return 1.0

    def set_leverage(self, security: Security, leverage: Decimal | float) -> None:
        """Refused."""
        raise InvalidOperationException("Futures are leveraged products and different leverage cannot be set by user")

    # --- the exchange's table ------------------------------------------------------------------------------------

    def _own(self) -> MarginRequirementsEntry:
        return MarginRequirementsEntry.NONE if self._security is None else _entry_of(self._security)

    @property
    def initial_overnight_margin_requirement_decimal(self) -> Decimal:
        """What opening a contract needs, in its quote currency."""
        return self._own().initial_overnight_decimal

    @property
    def maintenance_overnight_margin_requirement_decimal(self) -> Decimal:
        """What holding a contract ties up."""
        return self._own().maintenance_overnight_decimal

    @property
    def initial_intraday_margin_requirement_decimal(self) -> Decimal:
        """What opening a contract needs while the market is open and does not close soon."""
        return self._own().initial_intraday_decimal

    @property
    def maintenance_intraday_margin_requirement_decimal(self) -> Decimal:
        """What holding a contract ties up while the market is open and does not close soon."""
        return self._own().maintenance_intraday_decimal

    # --- margins -------------------------------------------------------------------------------------------------

    def get_maximum_order_quantity_for_target_buying_power(
        self, parameters: GetMaximumOrderQuantityForTargetBuyingPowerParameters
    ) -> GetMaximumOrderQuantityResult:
        """The largest order towards a fraction of the portfolio value, which is at most all of it."""
        target = parameters.target_buying_power_decimal
        if abs(target) > 1:
            raise InvalidOperationException(
                "Futures do not allow specifying a leveraged target, since they are traded using margin which already "
                "is leveraged. Possible target buying power goes from -1 to 1, target provided is: "
                f"{decimal_text(target)}"
            )
        return super().get_maximum_order_quantity_for_target_buying_power(parameters)

    def get_initial_margin_requirement(self, parameters: InitialMarginParameters) -> InitialMargin:
        """What opening the position needs; signed like it."""
        security, quantity = parameters.security, parameters.quantity_decimal
        entry = _entry_of(security)
        a_contract = entry.initial_intraday_decimal if self._is_day(security) else entry.initial_overnight_decimal
        return InitialMargin(a_contract * quantity * security.quote_currency.conversion_rate_decimal)

    def get_maintenance_margin(self, parameters: MaintenanceMarginParameters) -> MaintenanceMargin:
        """What the position ties up."""
        security, quantity = parameters.security, parameters.absolute_quantity_decimal
        if not quantity:
            return MaintenanceMargin(0)
        entry, by_day = _entry_of(security), self._is_day(security)
        a_contract = entry.maintenance_intraday_decimal if by_day else entry.maintenance_overnight_decimal
        return MaintenanceMargin(a_contract * quantity * security.quote_currency.conversion_rate_decimal)

    def _is_day(self, security: Security) -> bool:
        exchange = security.exchange
        return self.enable_intraday_margins and exchange.exchange_open and not exchange.closing_soon


def _entry_of(security: Security) -> MarginRequirementsEntry:
    """What holds on the day of the security's last data; nothing before there are any."""
    last = security.get_last_data()
    return MarginRequirementsEntry.NONE if last is None else FutureMarginTable.of(security.symbol).on(last.time)
