"""Order sizes (`Common/Orders/OrderSizing.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, to_decimal, to_float
from leanib.engine.securities.fees import market_order_fee

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityManager
    from leanib.engine.securities.security import Security
    from leanib.engine.symbols import Symbol

__all__ = ["OrderSizing", "adjust_by_lot_size"]


def _signed(size: Decimal, like: Decimal) -> Decimal:
    if not like:
        return ZERO
    return size if like > 0 else -size


def adjust_by_lot_size(security: Security, quantity: Decimal) -> Decimal:
    """The largest number of whole lots within a quantity; a millionth short of a lot counts as one."""
    lot = security.symbol_properties.lot_size_decimal
    size = abs(quantity)
    remainder = size % lot
    if lot - remainder < lot / 1000000:
        remainder -= lot
    return _signed(size - remainder, quantity)


class SizedFor(Protocol):
    """Whose quantities are asked about: an algorithm."""

    @property
    def securities(self) -> SecurityManager:
        """What it may hold."""

    @property
    def transactions(self) -> Any:
        """Its orders, with `get_projected_holdings`."""


class QuantityTarget(Protocol):
    """What a security is wanted to hold."""

    @property
    def symbol(self) -> Symbol:
        """Of what."""

    @property
    def quantity_decimal(self) -> Decimal:
        """How much."""


class OrderSizing(LeanObject):
    """Helpers of execution models."""

    @staticmethod
    def get_order_size_for_percent_volume(
        security: Security, maximum_percent_current_volume: Decimal | float, desired_order_size: Decimal | float
    ) -> float:
        """The desired size, but at most a share of the present bar's volume."""
        wanted = to_decimal(desired_order_size)
        most = to_decimal(maximum_percent_current_volume) * to_decimal(security.volume)
        return to_float(_signed(adjust_by_lot_size(security, min(most, abs(wanted))), wanted))

    @staticmethod
    def get_order_size_for_maximum_value(
        security: Security,
        maximum_order_value_in_account_currency: Decimal | float,
        desired_order_size: Decimal | float,
    ) -> float:
        """The desired size, but at most that value in the account's currency."""
        wanted = to_decimal(desired_order_size)
        unit = security.price_decimal * security.symbol_properties.contract_multiplier_decimal
        unit *= security.quote_currency.conversion_rate_decimal
        if not unit:
            return 0.0
        most = to_decimal(maximum_order_value_in_account_currency) / unit
        return to_float(_signed(adjust_by_lot_size(security, min(most, abs(wanted))), wanted))

    @classmethod
    def get_unordered_quantity(
        cls,
        algorithm: SizedFor,
        target: QuantityTarget,
        security: Security | None = None,
        account_for_fees: bool = False,
    ) -> float:
        """What is still to be ordered to reach a target quantity, beyond holdings and open orders."""
        return to_float(cls.unordered_quantity(algorithm, target, security, account_for_fees))

    @staticmethod
    def unordered_quantity(
        algorithm: SizedFor, target: QuantityTarget, security: Security | None = None, account_for_fees: bool = False
    ) -> Decimal:
        """The same, exactly."""
        found = algorithm.securities[target.symbol] if security is None else security
        projected = algorithm.transactions.get_projected_holdings(found).projected_quantity_decimal
        quantity = target.quantity_decimal - projected
        if account_for_fees and found.symbol.asset.fee_may_reduce_quantity and quantity > 0:
            fee = market_order_fee(found, quantity)
            if fee.currency == found.base_currency.symbol:
                # the fee is taken out of what is bought
                quantity += fee.amount_decimal
        return adjust_by_lot_size(found, quantity)
