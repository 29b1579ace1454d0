"""What `set_filter` makes of its arguments (`Option.cs`, `Future.cs`, `FuncSecurityDerivativeFilter.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from leanib.engine.derivatives.filters.base import ContractSecurityFilterUniverse
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.naming import LeanObject, in_order

__all__ = ["ContractFilter", "future_filter", "no_contracts", "option_filter"]

_OPTION_ARGUMENTS = ("min_strike", "max_strike", "min_expiry", "max_expiry", "min_expiry_days", "max_expiry_days")


class ContractFilter(LeanObject):
    """A function from the contracts of a day to those that are wanted."""

    def __init__(self, choose: Callable[[Any], Any], asynchronous: bool = True) -> None:
        self._choose = choose
        self.asynchronous = asynchronous

    def filter(self, universe: ContractSecurityFilterUniverse) -> Any:
        """The contracts that are wanted: the universe with what is left, its types applied."""
        chosen = self._choose(universe)
        if chosen is None or chosen is universe:
            return universe.apply_types_filter()
        if isinstance(chosen, ContractSecurityFilterUniverse):
            return chosen.apply_types_filter()
        if isinstance(chosen, list | tuple | set) or hasattr(chosen, "__next__"):
            return universe.where_contains(chosen).apply_types_filter()
        raise ArgumentException(
            f"QCAlgorithm.SetFilter: result type {type(chosen).__name__} from filter function is not a valid argument, "
            "please return either a OptionFilterUniverse or a list of symbols"
        )


def no_contracts() -> ContractFilter:
    """The filter of a future until somebody sets another: it takes nothing."""
    return ContractFilter(lambda universe: universe.contracts([]))


def option_filter(*arguments: Any, **named: Any) -> ContractFilter:
    """The filter for an option.

    `(function)`, `(min_strike, max_strike)`, `(min_expiry, max_expiry)` as time spans, or all four with the expiries as
    time spans or numbers of days. `(-1, 1, timedelta(0), timedelta(35))` is an option's default.
    """
    if "universe_func" in named:
        arguments = (named.pop("universe_func"), *arguments)
    given = in_order(arguments, named, *_OPTION_ARGUMENTS)
    if len(given) == 1 and callable(given[0]):
        return ContractFilter(given[0], asynchronous=False)
    if len(given) == 2 and isinstance(given[0], timedelta):
        return ContractFilter(lambda universe: universe.expiration(*given))
    if len(given) == 2:
        return ContractFilter(lambda universe: universe.strikes(*given))
    if len(given) == 4:
        return ContractFilter(lambda universe: universe.strikes(*given[:2]).expiration(*given[2:]))
    raise ArgumentException(
        "set_filter takes a function of the universe, or two strikes, or two times to expiry, or two strikes and two "
        f"times to expiry; not {len(given)} arguments"
    )


def future_filter(*arguments: Any, **named: Any) -> ContractFilter:
    """The filter for a future: `(function)`, or `(min_expiry, max_expiry)` as time spans or numbers of days."""
    if "universe_func" in named:
        arguments = (named.pop("universe_func"), *arguments)
    given = in_order(arguments, named, "min_expiry", "max_expiry", "min_expiry_days", "max_expiry_days")
    if len(given) == 1 and callable(given[0]):
        return ContractFilter(given[0], asynchronous=False)
    if len(given) == 2:
        return ContractFilter(lambda universe: universe.expiration(*given))
    raise ArgumentException(
        f"set_filter takes a function of the universe or two times to expiry; not {len(given)} arguments"
    )
