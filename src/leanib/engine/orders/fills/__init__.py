"""Fill models: when and at what price an order fills in a backtest."""

from leanib.engine.orders.fills.equity import EquityFillModel
from leanib.engine.orders.fills.fill_model import (
    FillModel,
    FutureFillModel,
    FutureOptionFillModel,
    ImmediateFillModel,
    LatestPriceFillModel,
)
from leanib.engine.orders.fills.parameters import Fill, FillModelParameters, Prices, SecuritiesForOrders

__all__ = [
    "EquityFillModel",
    "Fill",
    "FillModel",
    "FillModelParameters",
    "FutureFillModel",
    "FutureOptionFillModel",
    "ImmediateFillModel",
    "LatestPriceFillModel",
    "Prices",
    "SecuritiesForOrders",
]
