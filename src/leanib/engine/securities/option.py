"""Options on shares, indices and futures (`Common/Securities/{Option,IndexOption,FutureOption}/*.cs`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.exchanges.symbol_properties import SymbolProperties
from leanib.engine.numbers import ZERO, to_decimal, to_float
from leanib.engine.numbers.exact import FloatView
from leanib.engine.securities.price_variation import (
    GetMinimumPriceVariationParameters,
    SecurityPriceVariationModel,
)
from leanib.engine.securities.security import Security
from leanib.engine.securities.user_models import adapted
from leanib.engine.symbols import DataNormalizationMode, OptionRight, OptionStyle, SettlementType, Symbol

if TYPE_CHECKING:
    from leanib.engine.derivatives.chains.contracts import OptionContract
    from leanib.engine.market import Slice
    from leanib.engine.securities import SecurityManager

__all__ = ["FutureOption", "IndexOption", "IndexOptionPriceVariationModel", "Option", "OptionSymbolProperties"]

_AUTO_EXERCISED = Decimal("0.01")
_THREE = Decimal(3)
_STEPS = {"VIXW": ("0.01", "0.01"), "VIX": ("0.01", "0.05")}
"""Price steps below and above three dollars of index options that have others than all the rest."""
_USUAL_STEPS = ("0.05", "0.1")


class OptionSymbolProperties(SymbolProperties):
    """An option's own copy, whose multiplier an algorithm may change."""

    __slots__ = ("contract_unit_of_trade",)

    def __init__(self, properties: SymbolProperties, contract_unit_of_trade: int | None = None) -> None:
        for name in SymbolProperties.__slots__:
            setattr(self, name, getattr(properties, name))
        unit = properties.contract_multiplier_decimal if contract_unit_of_trade is None else contract_unit_of_trade
        self.contract_unit_of_trade = int(unit)


class Option(Security):
    """An option on a share, or the canonical one that stands for a chain of them."""

    __slots__ = (
        "_price_model",
        "_securities",
        "contract_filter",
        "exercise_settlement",
        "option_assignment_model",
        "option_exercise_model",
        "scaled_strike_price_decimal",
        "underlying",
    )

    DEFAULT_SETTLEMENT_DAYS = DefaultSettlementDays = 1
    #: how many units of the underlying an exercise moves; None for the multiplier
    unit_of_trade: int | None = None

    scaled_strike_price = FloatView()
    strike_price = FloatView()

    def __init__(
        self,
        symbol: Symbol,
        *arguments: Any,
        underlying: Security | None = None,
        securities: SecurityManager | None = None,
    ) -> None:
        hours, quote_currency, properties, *others = arguments
        own = OptionSymbolProperties(properties, self.unit_of_trade)
        self.underlying = underlying
        self._securities: Any = {} if securities is None else securities
        super().__init__(symbol, hours, quote_currency, own, *others)
        self.exercise_settlement = symbol.asset.settlement_type
        self.scaled_strike_price_decimal = symbol.id.strike_price_decimal * properties.strike_multiplier_decimal
        self.set_filter(*symbol.asset.default_filter)

    def _set_default_models(self) -> None:
        from leanib.engine.derivatives.life import (
            DefaultExerciseModel,
            DefaultOptionAssignmentModel,
            OptionPortfolioModel,
        )

        super()._set_default_models()
        self.portfolio_model = OptionPortfolioModel()
        self.option_exercise_model: Any = DefaultExerciseModel()
        self.option_assignment_model: Any = DefaultOptionAssignmentModel()
        self.buying_power_model = self.symbol.asset.margin_model(self)
        self._price_model: Any = None

    # --- the contract ------------------------------------------------------------------------------------------------

    @property
    def is_option_chain(self) -> bool:
        """Whether it stands for a chain."""
        return self.symbol.is_canonical()

    @property
    def is_option_contract(self) -> bool:
        """Whether it is one contract."""
        return not self.symbol.is_canonical()

    @property
    def strike_price_decimal(self) -> Decimal:
        """The strike as the exchange writes it."""
        return self.symbol.id.strike_price_decimal

    @property
    def expiry(self) -> datetime:
        """The day of expiry."""
        return self.symbol.id.date

    @property
    def right(self) -> OptionRight:
        """Call or put."""
        return self.symbol.id.option_right

    @property
    def style(self) -> OptionStyle:
        """American or European."""
        return self.symbol.id.option_style

    @property
    def settlement_type(self) -> SettlementType:
        """What an exercise gives."""
        return self.exercise_settlement

    @property
    def contract_unit_of_trade(self) -> int:
        """How many units of the underlying an exercise moves."""
        unit: int = self.symbol_properties.contract_unit_of_trade  # type: ignore[attr-defined]
        return unit

    @contract_unit_of_trade.setter
    def contract_unit_of_trade(self, value: int) -> None:
        self.symbol_properties.contract_unit_of_trade = value  # type: ignore[attr-defined]

    @property
    def contract_multiplier(self) -> int:
        """What a price is multiplied by."""
        return int(self.symbol_properties.contract_multiplier_decimal)

    @contract_multiplier.setter
    def contract_multiplier(self, value: int) -> None:
        self._interrupt()
        self.symbol_properties.contract_multiplier_decimal = to_decimal(value)

    @property
    def bid_price(self) -> float:
        """The best bid; 0 without one."""
        return self.cache.bid_price

    @property
    def ask_price(self) -> float:
        """The best ask; 0 without one."""
        return self.cache.ask_price

    # --- what it is worth at expiry ----------------------------------------------------------------------------------

    def pay_off_decimal(self, underlying_price: Decimal) -> Decimal:
        """Intrinsic value, below zero out of the money."""
        difference: Decimal = underlying_price - self.scaled_strike_price_decimal
        return difference if self.right is OptionRight.CALL else -difference

    def get_pay_off(self, underlying_price: Decimal | float) -> float:
        """The same as a float."""
        return to_float(self.pay_off_decimal(to_decimal(underlying_price)))

    def intrinsic_value_decimal(self, underlying_price: Decimal) -> Decimal:
        """What an exercise would give, never below zero."""
        return max(ZERO, self.pay_off_decimal(underlying_price))

    def get_intrinsic_value(self, underlying_price: Decimal | float) -> float:
        """The same as a float."""
        return to_float(self.intrinsic_value_decimal(to_decimal(underlying_price)))

    def out_of_the_money_amount(self, underlying_price: Decimal | float) -> float:
        """How far the underlying is from the strike; zero in the money."""
        return to_float(max(ZERO, -self.pay_off_decimal(to_decimal(underlying_price))))

    def is_auto_exercised(self, underlying_price: Decimal | float) -> bool:
        """Whether it is a cent or more in the money."""
        return self.intrinsic_value_decimal(to_decimal(underlying_price)) >= _AUTO_EXERCISED

    def in_the_money_amount_decimal(self, quantity: Decimal) -> Decimal:
        """What so many contracts are in the money by (below zero: out of it), in the account currency."""
        assert self.underlying is not None
        per_unit = self.pay_off_decimal(self.underlying.price_decimal)
        amount: Decimal = self.holdings.quantity_value(abs(quantity), per_unit).in_account_currency_decimal
        return amount

    def get_exercise_quantity_decimal(self, order_quantity: Decimal) -> Decimal:
        """How much of the underlying an exercise order of so many contracts moves, with its sign."""
        sign = -1 if self.right is OptionRight.CALL else 1
        return sign * order_quantity * self.contract_unit_of_trade

    def get_exercise_quantity(self, exercise_order_quantity: Decimal | float | None = None) -> float:
        """The same as a float; of what is held unless a quantity is given."""
        given = exercise_order_quantity
        quantity = -self.holdings.quantity_decimal if given is None else to_decimal(given)
        return to_float(self.get_exercise_quantity_decimal(quantity))

    def get_aggregate_exercise_amount(self) -> float:
        """What exercising one contract costs."""
        return to_float(self.strike_price_decimal * self.contract_multiplier)

    # --- models ------------------------------------------------------------------------------------------------------

    def set_data_normalization_mode(self, mode: DataNormalizationMode) -> None:
        """Raw is the only one."""
        if mode is not DataNormalizationMode.RAW:
            raise ValueError("DataNormalizationMode.Raw must be used with options")
        super().set_data_normalization_mode(mode)

    @property
    def price_model(self) -> Any:
        """What a contract should cost, and its Greeks."""
        if self._price_model is None:
            self._price_model = self.symbol.asset.price_model(self.symbol, self._securities)
        return self._price_model

    @price_model.setter
    def price_model(self, model: object) -> None:
        self._price_model = model

    def share_price_model(self, other: Option) -> None:
        """Takes the price model of another option, such as the canonical one."""
        self._price_model = other._price_model

    def set_option_assignment_model(self, option_assignment_model: object) -> None:
        """Replaces the assignment model."""
        self.option_assignment_model = adapted(option_assignment_model)

    def set_option_exercise_model(self, option_exercise_model: object) -> None:
        """Replaces the exercise model."""
        self.option_exercise_model = adapted(option_exercise_model)

    def set_price_model(self, price_model: object) -> None:
        """Replaces the price model."""
        self.price_model = adapted(price_model)

    def evaluate_price_model(self, slice: Slice, contract: OptionContract) -> Any:
        """What the price model says of a contract of a slice."""
        from leanib.engine.derivatives.pricing import OptionPriceModelParameters

        return self.price_model.evaluate(OptionPriceModelParameters(self, slice, contract))

    def set_filter(self, *arguments: object, **named: object) -> None:
        """Which contracts of the chain are wanted: see `leanib.engine.derivatives.filters.option_filter`."""
        from leanib.engine.derivatives.filters import option_filter

        self.contract_filter: Any = option_filter(*arguments, **named)


class IndexOptionPriceVariationModel(SecurityPriceVariationModel):
    """Nickels below three dollars and dimes above, with VIX's own steps."""

    def get_minimum_price_variation(self, parameters: GetMinimumPriceVariationParameters) -> Decimal:
        """The step at the reference price."""
        below, above = _STEPS.get(parameters.security.symbol.id.symbol, _USUAL_STEPS)
        return Decimal(above if parameters.reference_price >= _THREE else below)


class IndexOption(Option):
    """An option on an index, settled in cash."""

    __slots__ = ()

    def _set_default_models(self) -> None:
        super()._set_default_models()
        self.price_variation_model = IndexOptionPriceVariationModel()


class FutureOption(Option):
    """An option on a future: exercised it gives one contract."""

    __slots__ = ()

    unit_of_trade = 1
