"""Slippage models (`Common/Orders/Slippage/*.cs`). All give an amount per unit, in the quote currency."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.market import QuoteBar, TradeBar
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, to_decimal
from leanib.engine.orders.enums import OrderDirection
from leanib.engine.symbols import SecurityType

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.traded import TradedSecurity

__all__ = [
    "AlphaStreamsSlippageModel",
    "ConstantSlippageModel",
    "NullSlippageModel",
    "SlippageModel",
    "VolumeShareSlippageModel",
]

_LOG = logging.getLogger(__name__)
_ALPHA_STREAMS = {SecurityType.EQUITY: Decimal("0.0001")}


class SlippageModel(LeanObject):
    """Base of the slippage models."""

    def get_slippage_approximation(self, asset: TradedSecurity, order: Order) -> Decimal | float:
        """How much worse than the market one unit fills; never negative in LEAN's own models."""
        raise NotImplementedError(f"{type(self).__name__} must define get_slippage_approximation")


class NullSlippageModel(SlippageModel):
    """None."""

    INSTANCE: NullSlippageModel
    Instance: NullSlippageModel

    def get_slippage_approximation(self, asset: TradedSecurity, order: Order) -> Decimal | float:
        """Zero."""
        return ZERO


NullSlippageModel.INSTANCE = NullSlippageModel.Instance = NullSlippageModel()


class ConstantSlippageModel(SlippageModel):
    """A share of the last value."""

    def __init__(self, slippage_percent: Decimal | float) -> None:
        self._slippage_percent = to_decimal(slippage_percent)

    def get_slippage_approximation(self, asset: TradedSecurity, order: Order) -> Decimal | float:
        """The share of the last data's value; zero without data."""
        last_data = asset.get_last_data()
        return ZERO if last_data is None else to_decimal(last_data.value) * self._slippage_percent


class AlphaStreamsSlippageModel(SlippageModel):
    """One basis point for equities."""

    def get_slippage_approximation(self, asset: TradedSecurity, order: Order) -> Decimal | float:
        """A basis point of the last value."""
        last_data = asset.get_last_data()
        return ZERO if last_data is None else _ALPHA_STREAMS.get(asset.type, ZERO) * to_decimal(last_data.value)


class VolumeShareSlippageModel(SlippageModel):
    """Grows with the square of the order's share of the bar's volume."""

    def __init__(
        self, volume_limit: Decimal | float = Decimal("0.025"), price_impact: Decimal | float = Decimal("0.1")
    ) -> None:
        self._volume_limit = to_decimal(volume_limit)
        self._price_impact = to_decimal(price_impact)

    def get_slippage_approximation(self, asset: TradedSecurity, order: Order) -> Decimal | float:
        """Price impact times the squared share of the volume, of the last value."""
        last_data = asset.get_last_data()
        if last_data is None:
            return ZERO
        volume = to_decimal(self._volume(last_data, order))
        percent = self._volume_limit * self._volume_limit * self._price_impact
        if volume > 0:
            share = min(order.absolute_quantity_decimal / volume, self._volume_limit)
            percent = share * share * self._price_impact
        elif not asset.symbol.asset.reports_volume:
            _LOG.error(
                "VolumeShareSlippageModel.GetSlippageApproximation(): %s security type often does not report volume. "
                "If you intend to model slippage beyond the spread, please consider another model.",
                asset.symbol.security_type,
            )
            return ZERO
        else:
            _LOG.error(
                "VolumeShareSlippageModel.GetSlippageApproximation: Bar volume cannot be zero or negative. Volume: %s. "
                "Using maximum slippage percentage of %s",
                volume,
                percent,
            )
        return percent * to_decimal(last_data.value)

    @staticmethod
    def _volume(data: object, order: Order) -> float:
        if isinstance(data, TradeBar):
            return data.volume
        if isinstance(data, QuoteBar):
            return data.last_bid_size if order.direction is OrderDirection.BUY else data.last_ask_size
        raise InvalidOperationException(
            "VolumeShareSlippageModel.GetSlippageApproximation(): Cannot use this model with market data type "
            f"{type(data).__name__}"
        )
