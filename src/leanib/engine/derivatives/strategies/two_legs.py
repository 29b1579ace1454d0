"""Strategies with the underlying or of two strikes (`Common/Securities/Option/OptionStrategies.cs`).

Strikes are in the contracts' own scale, expirations the contracts' dates; the symbol is the canonical option's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from leanib.engine.derivatives.strategies.definitions import OptionStrategyDefinition, OptionStrategyDefinitions
from leanib.engine.derivatives.strategies.strategy import OptionLegData, OptionStrategy, UnderlyingLegData
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.exchanges.symbol_properties import SymbolPropertiesDatabase
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import OptionRight, Symbol

__all__ = ["CoveredStrategies", "TwoLegStrategies"]

Strike = Decimal | float
Leg = tuple[OptionRight, Strike, int, datetime]
Definitions = OptionStrategyDefinitions
CALL, PUT = OptionRight.CALL, OptionRight.PUT
_NO_DATES = (date.min, date.max)


def made(
    definition: OptionStrategyDefinition, canonical: Symbol, legs: Iterable[Leg], underlying: int = 0
) -> OptionStrategy:
    """A strategy of these legs, with so many contracts' worth of the underlying."""
    name = definition.name.replace(" ", "")
    if not canonical.has_underlying or canonical.id.strike_price_decimal:
        raise ArgumentException(f"{name}: canonicalOption must contain canonical option symbol")
    options = []
    for right, strike, quantity, expiration in legs:
        if expiration.date() in _NO_DATES:
            raise ArgumentException(f"{name}: expiration must contain expiration date")
        options.append(OptionLegData(right, strike, quantity, expiration))
    shares = (
        [UnderlyingLegData(underlying * _contract_multiplier(canonical), canonical.underlying)] if underlying else []
    )
    return OptionStrategy(definition.name, canonical, options, shares)


def _contract_multiplier(canonical: Symbol) -> int:
    database = SymbolPropertiesDatabase.from_data_folder()
    market, kind = canonical.id.market, canonical.security_type
    return int(database.get_symbol_properties(market, canonical, kind, "").contract_multiplier_decimal)


def inverted(strategy: OptionStrategy, definition: OptionStrategyDefinition) -> OptionStrategy:
    """The strategy, sold."""
    strategy.name = definition.name
    for leg in (*strategy.option_legs, *strategy.underlying_legs):
        leg.quantity = -leg.quantity
    return strategy


def require(condition: bool, message: str) -> None:
    """An ArgumentException unless the condition holds."""
    if not condition:
        raise ArgumentException(message)


class CoveredStrategies(LeanNames):
    """Strategies with the underlying, and naked options."""

    @staticmethod
    def covered_call(canonical_option: Symbol, strike: Strike, expiration: datetime) -> OptionStrategy:
        """A call sold on shares held."""
        return made(Definitions.COVERED_CALL, canonical_option, [(CALL, strike, -1, expiration)], 1)

    @staticmethod
    def protective_call(canonical_option: Symbol, strike: Strike, expiration: datetime) -> OptionStrategy:
        """A call bought on shares sold short."""
        return inverted(
            CoveredStrategies.covered_call(canonical_option, strike, expiration), Definitions.PROTECTIVE_CALL
        )

    @staticmethod
    def covered_put(canonical_option: Symbol, strike: Strike, expiration: datetime) -> OptionStrategy:
        """A put sold on shares sold short."""
        return made(Definitions.COVERED_PUT, canonical_option, [(PUT, strike, -1, expiration)], -1)

    @staticmethod
    def protective_put(canonical_option: Symbol, strike: Strike, expiration: datetime) -> OptionStrategy:
        """A put bought on shares held."""
        return inverted(CoveredStrategies.covered_put(canonical_option, strike, expiration), Definitions.PROTECTIVE_PUT)

    @staticmethod
    def protective_collar(
        canonical_option: Symbol, call_strike: Strike, put_strike: Strike, expiration: datetime
    ) -> OptionStrategy:
        """Shares with a call sold and a put bought."""
        require(call_strike >= put_strike, "ProtectiveCollar: callStrike must be greater than putStrike")
        legs: list[Leg] = [(CALL, call_strike, -1, expiration), (PUT, put_strike, 1, expiration)]
        return made(Definitions.PROTECTIVE_COLLAR, canonical_option, legs, 1)

    @staticmethod
    def conversion(canonical_option: Symbol, strike: Strike, expiration: datetime) -> OptionStrategy:
        """A collar with one strike."""
        strategy = CoveredStrategies.protective_collar(canonical_option, strike, strike, expiration)
        strategy.name = Definitions.CONVERSION.name
        return strategy

    @staticmethod
    def reverse_conversion(canonical_option: Symbol, strike: Strike, expiration: datetime) -> OptionStrategy:
        """A conversion sold."""
        return inverted(
            CoveredStrategies.conversion(canonical_option, strike, expiration), Definitions.REVERSE_CONVERSION
        )

    @staticmethod
    def naked_call(canonical_option: Symbol, strike: Strike, expiration: datetime) -> OptionStrategy:
        """A call sold."""
        return made(Definitions.NAKED_CALL, canonical_option, [(CALL, strike, -1, expiration)])

    @staticmethod
    def naked_put(canonical_option: Symbol, strike: Strike, expiration: datetime) -> OptionStrategy:
        """A put sold."""
        return made(Definitions.NAKED_PUT, canonical_option, [(PUT, strike, -1, expiration)])


class TwoLegStrategies(CoveredStrategies):
    """Two legs."""

    @staticmethod
    def bear_call_spread(
        canonical_option: Symbol, leg1_strike: Strike, leg2_strike: Strike, expiration: datetime
    ) -> OptionStrategy:
        """A call sold, one with a higher strike bought."""
        require(leg1_strike < leg2_strike, "BearCallSpread: leg1Strike must be less than leg2Strike")
        legs: list[Leg] = [(CALL, leg1_strike, -1, expiration), (CALL, leg2_strike, 1, expiration)]
        return made(Definitions.BEAR_CALL_SPREAD, canonical_option, legs)

    @staticmethod
    def bear_put_spread(
        canonical_option: Symbol, leg1_strike: Strike, leg2_strike: Strike, expiration: datetime
    ) -> OptionStrategy:
        """A put bought, one with a lower strike sold."""
        require(leg1_strike > leg2_strike, "BearPutSpread: leg1Strike must be greater than leg2Strike")
        legs: list[Leg] = [(PUT, leg1_strike, 1, expiration), (PUT, leg2_strike, -1, expiration)]
        return made(Definitions.BEAR_PUT_SPREAD, canonical_option, legs)

    @staticmethod
    def bull_call_spread(
        canonical_option: Symbol, leg1_strike: Strike, leg2_strike: Strike, expiration: datetime
    ) -> OptionStrategy:
        """A call bought, one with a higher strike sold."""
        require(leg1_strike < leg2_strike, "BullCallSpread: leg1Strike must be less than leg2Strike")
        legs: list[Leg] = [(CALL, leg1_strike, 1, expiration), (CALL, leg2_strike, -1, expiration)]
        return made(Definitions.BULL_CALL_SPREAD, canonical_option, legs)

    @staticmethod
    def bull_put_spread(
        canonical_option: Symbol, leg1_strike: Strike, leg2_strike: Strike, expiration: datetime
    ) -> OptionStrategy:
        """A put sold, one with a lower strike bought."""
        require(leg1_strike > leg2_strike, "BullPutSpread: leg1Strike must be greater than leg2Strike")
        legs: list[Leg] = [(PUT, leg1_strike, -1, expiration), (PUT, leg2_strike, 1, expiration)]
        return made(Definitions.BULL_PUT_SPREAD, canonical_option, legs)

    @staticmethod
    def straddle(canonical_option: Symbol, strike: Strike, expiration: datetime) -> OptionStrategy:
        """A call and a put with one strike."""
        legs: list[Leg] = [(CALL, strike, 1, expiration), (PUT, strike, 1, expiration)]
        return made(Definitions.STRADDLE, canonical_option, legs)

    @staticmethod
    def short_straddle(canonical_option: Symbol, strike: Strike, expiration: datetime) -> OptionStrategy:
        """A straddle sold."""
        return inverted(TwoLegStrategies.straddle(canonical_option, strike, expiration), Definitions.SHORT_STRADDLE)

    @staticmethod
    def strangle(
        canonical_option: Symbol, call_leg_strike: Strike, put_leg_strike: Strike, expiration: datetime
    ) -> OptionStrategy:
        """A call and a put with a lower strike."""
        require(call_leg_strike > put_leg_strike, "Strangle: callLegStrike must be greater than putLegStrike")
        legs: list[Leg] = [(CALL, call_leg_strike, 1, expiration), (PUT, put_leg_strike, 1, expiration)]
        return made(Definitions.STRANGLE, canonical_option, legs)

    @staticmethod
    def short_strangle(
        canonical_option: Symbol, call_leg_strike: Strike, put_leg_strike: Strike, expiration: datetime
    ) -> OptionStrategy:
        """A strangle sold."""
        strategy = TwoLegStrategies.strangle(canonical_option, call_leg_strike, put_leg_strike, expiration)
        return inverted(strategy, Definitions.SHORT_STRANGLE)

    @staticmethod
    def call_backspread(
        canonical_option: Symbol, lower_strike: Strike, higher_strike: Strike, expiration: datetime
    ) -> OptionStrategy:
        """A call sold, two with a higher strike bought."""
        require(lower_strike < higher_strike, "CallBackspread: strike prices must be in ascending order")
        legs: list[Leg] = [(CALL, lower_strike, -1, expiration), (CALL, higher_strike, 2, expiration)]
        return made(Definitions.CALL_BACKSPREAD, canonical_option, legs)

    @staticmethod
    def put_backspread(
        canonical_option: Symbol, higher_strike: Strike, lower_strike: Strike, expiration: datetime
    ) -> OptionStrategy:
        """A put sold, two with a lower strike bought."""
        require(higher_strike > lower_strike, "PutBackspread: strike prices must be in descending order")
        legs: list[Leg] = [(PUT, higher_strike, -1, expiration), (PUT, lower_strike, 2, expiration)]
        return made(Definitions.PUT_BACKSPREAD, canonical_option, legs)

    @staticmethod
    def short_call_backspread(
        canonical_option: Symbol, lower_strike: Strike, higher_strike: Strike, expiration: datetime
    ) -> OptionStrategy:
        """A call backspread sold."""
        strategy = TwoLegStrategies.call_backspread(canonical_option, lower_strike, higher_strike, expiration)
        return inverted(strategy, Definitions.SHORT_CALL_BACKSPREAD)

    @staticmethod
    def short_put_backspread(
        canonical_option: Symbol, higher_strike: Strike, lower_strike: Strike, expiration: datetime
    ) -> OptionStrategy:
        """A put backspread sold."""
        strategy = TwoLegStrategies.put_backspread(canonical_option, higher_strike, lower_strike, expiration)
        return inverted(strategy, Definitions.SHORT_PUT_BACKSPREAD)
