"""What options and futures tie up by themselves."""

from leanib.engine.derivatives.margin.future import FutureMarginModel
from leanib.engine.derivatives.margin.future_option import FuturesOptionsMarginModel
from leanib.engine.derivatives.margin.option import OptionInitialMargin, OptionMarginModel

__all__ = ["FutureMarginModel", "FuturesOptionsMarginModel", "OptionInitialMargin", "OptionMarginModel"]
