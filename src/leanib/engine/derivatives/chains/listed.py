"""The contracts that files of a day name: their terms at once, their symbols when somebody asks.

A file has thousands of contracts of which a filter keeps a few, and what filters compare are terms.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache

from leanib.engine.symbols import (
    DEFAULT_DATE,
    OptionRight,
    PerRun,
    SecurityIdentifier,
    Symbol,
)

__all__ = ["ListedContract", "OptionList", "option_list"]


class ListedContract:
    """An option as files list it. `date`, `strike_price_decimal` and `option_right` are as in its identifier."""

    __slots__ = ("_list", "_symbol", "date", "option_right", "strike_price_decimal")

    def __init__(self, contracts: OptionList, date: datetime, strike: Decimal, right: OptionRight) -> None:
        self._list = contracts
        self.date = date
        self.strike_price_decimal = strike
        self.option_right = right
        self._symbol: Symbol | None = None

    @property
    def symbol(self) -> Symbol:
        """Its symbol, always the same object."""
        found = self._symbol
        if found is None:
            found = self._symbol = self._list.symbol(self)
        return found


class OptionList:
    """The contracts of one canonical option, by what files call them; each is made once a run."""

    def __init__(self, canonical: Symbol) -> None:
        self._canonical = canonical
        self._template: SecurityIdentifier = Symbol.create_option(
            canonical.underlying,
            canonical.id.symbol if canonical.asset.lists_own_ticker else None,
            canonical.id.market,
            canonical.asset.option_style,
            OptionRight.CALL,
            0,
            DEFAULT_DATE,
        ).id
        self._strikes: dict[str, Decimal] = {}
        self.known: dict[tuple[str, ...], ListedContract] = {}

    def add(self, named: tuple[str, ...]) -> ListedContract:
        """A contract by its expiry, strike and right; a ValueError or an ArithmeticError for what is none."""
        expiry, strike, right = named
        kind = OptionRight.CALL if right.upper() == "C" else OptionRight.PUT
        found = self.known[named] = ListedContract(self, _day(expiry), self._strike(strike), kind)
        return found

    def symbol(self, contract: ListedContract) -> Symbol:
        """The symbol of one of them."""
        canonical = self._canonical
        identifier = self._template.contract(contract.date, contract.strike_price_decimal, contract.option_right)
        return Symbol(identifier, canonical.asset.alias(identifier, canonical.underlying) or "", canonical.underlying)

    def _strike(self, text: str) -> Decimal:
        strike = self._strikes.get(text)
        if strike is None:
            strike = Decimal(text)
            self._template.contract(DEFAULT_DATE, strike, OptionRight.CALL)  # does it fit? now, where the line is known
            self._strikes[text] = strike
        return strike


def option_list(canonical: Symbol) -> OptionList:
    """The contracts of a canonical option that files of this run have named so far."""
    scope = (canonical.security_type, canonical.id.market, canonical.id.symbol, canonical.underlying)
    known = _LISTS()
    found = known.get(scope)
    if found is None:
        found = known[scope] = OptionList(canonical)
    return found


@cache
def _day(text: str) -> datetime:
    if len(text) != 8:  # strptime would take `2015122` for the second of December
        raise ValueError(f"'{text}' is not a date such as 20151224")
    return datetime.strptime(text, "%Y%m%d")


_LISTS: PerRun[dict[tuple[object, ...], OptionList]] = PerRun(dict)
"""By what the contracts are on."""
