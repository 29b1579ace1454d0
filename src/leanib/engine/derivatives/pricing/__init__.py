"""Price models of options."""

from leanib.engine.derivatives.pricing.result import OptionPriceModelParameters, OptionPriceModelResult

__all__ = ["OptionPriceModelParameters", "OptionPriceModelResult"]
