"""What a portfolio should hold of a security (`Common/Algorithm/Framework/Portfolio/PortfolioTarget.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import cast_double, decimal_text, normalize, to_decimal
from leanib.engine.numbers.exact import ExactDecimal, FloatView
from leanib.engine.securities.buying_power.answers import zero_price_message
from leanib.engine.securities.buying_power.model import maximum_order_quantity
from leanib.engine.securities.sizing import adjust_by_lot_size
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["PortfolioTarget", "order_targets_by_margin_impact"]


class PortfolioTarget(LeanObject):
    """A symbol and a quantity: shares where execution models use it, a fraction of the portfolio for `set_holdings`."""

    quantity_decimal = ExactDecimal()
    quantity = FloatView()

    def __init__(self, symbol: Symbol, quantity: Decimal | float, tag: str = "") -> None:
        self.symbol = symbol
        self.quantity_decimal = to_decimal(quantity)
        self.tag = tag

    @staticmethod
    def percent(
        algorithm: QCAlgorithm,
        symbol: Symbol,
        percent: Decimal | float,
        return_delta_quantity: bool | str = False,
        tag: str = "",
    ) -> PortfolioTarget | None:
        """The quantity that makes the holding that fraction of the portfolio; None where it cannot be computed.

        With `return_delta_quantity` the quantity is what has to be ordered. `algorithm.error` tells why it is None.
        """
        if isinstance(return_delta_quantity, str):  # LEAN's overload with a tag in fourth place
            tag, return_delta_quantity = return_delta_quantity, False
        fraction = cast_double(percent)
        problem = _problem(algorithm, symbol, fraction)
        if problem is not None:
            base_of(algorithm).error(problem)
            return None
        security, portfolio = algorithm.securities[symbol], algorithm.portfolio
        fraction = fraction * portfolio.total_portfolio_value_less_free_buffer_decimal
        fraction /= portfolio.total_portfolio_value_decimal
        margin = fraction / to_decimal(security.buying_power_model.get_leverage(security))
        minimum = algorithm.settings.minimum_order_margin_portfolio_percentage
        result = maximum_order_quantity(portfolio, security, margin, minimum)
        if result.is_error:
            base_of(algorithm).error(
                f"Unable to compute order quantity of {symbol}. Reason: {result.reason} Returning null."
            )
            return None
        _warn_of_small_order(algorithm)
        held = 0 if return_delta_quantity else security.holdings.quantity_decimal
        return PortfolioTarget(symbol, result.quantity_decimal + held, tag)

    def __str__(self) -> str:
        tag = f" ({self.tag})" if self.tag else ""
        return f"{self.symbol}: {decimal_text(normalize(self.quantity_decimal))}{tag}"

    __repr__ = __str__


def _problem(algorithm: QCAlgorithm, symbol: Symbol, fraction: Decimal) -> str | None:
    """Why no quantity can be computed."""
    settings = algorithm.settings
    largest = to_decimal(settings.max_absolute_portfolio_target_percentage)
    smallest = to_decimal(settings.min_absolute_portfolio_target_percentage)
    if abs(fraction) > largest or (fraction and abs(fraction) < smallest):
        return (
            f"The portfolio target percent: {decimal_text(fraction)}, does not comply with the current "
            f"'self.settings.max_absolute_portfolio_target_percentage': {decimal_text(largest)} or "
            f"'self.settings.min_absolute_portfolio_target_percentage': {decimal_text(smallest)}. Skipping"
        )
    security = algorithm.securities.get(symbol)
    if security is None:
        return f"{symbol} not found in portfolio. Request this data when initializing the algorithm."
    return zero_price_message(security) if security.price == 0 else None


def _warn_of_small_order(algorithm: QCAlgorithm) -> None:
    if algorithm.portfolio.minimum_order_margin_warning_sent is False:
        algorithm.portfolio.minimum_order_margin_warning_sent = True
        base_of(algorithm).debug(
            "Warning: Portfolio rebalance result ignored as it resulted in a single share trade recommendation which "
            "can generate high fees. To disable minimum order size checks please set "
            "self.settings.minimum_order_margin_portfolio_percentage = 0."
        )


def order_targets_by_margin_impact(
    targets: Iterable[PortfolioTarget], algorithm: QCAlgorithm, target_is_delta: bool = False
) -> list[PortfolioTarget]:
    """Targets worth an order: those that reduce a position first, then by value (`OrderTargetsByMarginImpact`)."""
    if algorithm.is_warming_up:
        return []
    ranked: list[tuple[bool, Decimal, PortfolioTarget]] = []
    for target in targets:
        security = algorithm.securities[target.symbol]
        wanted = adjust_by_lot_size(security, target.quantity_decimal)
        existing = algorithm.transactions.get_projected_holdings(security).projected_quantity_decimal
        delta = wanted if target_is_delta else wanted - existing
        if not security.has_data or not security.is_tradable:
            continue
        if abs(delta) < security.symbol_properties.lot_size_decimal:
            continue
        reduces = bool(existing) and abs(existing + delta) < abs(existing)
        ranked.append((reduces, abs(delta * security.price_decimal), target))
    ranked.sort(key=lambda row: (not row[0], -row[1]))
    return [target for _, _, target in ranked]
