"""Histories of the contracts that a chain's filter takes (`Research/{QuantBook,OptionHistory,FutureHistory}.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from leanib.engine.algorithm.chains import canonical_option
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.feeds.chain_files import chain_file
from leanib.engine.market.calendars import ONE_DAY, each_tradeable_day, get_start_time_for_trade_bars, midnight
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    import pandas as pd

    from leanib.engine.market import Slice
    from leanib.engine.research.quant_book import QuantBook
    from leanib.engine.securities import Security
    from leanib.engine.securities.option import Option

__all__ = ["DataHistory", "FutureHistory", "OptionHistory", "contracts_of_future", "contracts_of_option"]

_FUTURE_STRIKES = 10


class DataHistory(LeanObject):
    """Slices of the past, and their frame."""

    def __init__(self, slices: list[Slice], frame: Callable[..., Any]) -> None:
        """`frame` makes the frame of the slices when it is asked for."""
        self._slices = slices
        self._make_frame = frame
        self._frame: pd.DataFrame | None = None

    @property
    def data_frame(self) -> pd.DataFrame:
        """All data as a frame, as `history` gives it."""
        if self._frame is None:
            self._frame = self._make_frame(self._slices)
        return self._frame

    def get_all_data(self) -> pd.DataFrame:
        """The older name of `data_frame`."""
        return self.data_frame

    @property
    def count(self) -> int:
        """How many slices there are."""
        return len(self._slices)

    def get_expiry_dates(self) -> list[datetime]:
        """When contracts that have data expire, in the order in which they come."""
        return list(dict.fromkeys(symbol.id.date for symbol in self._contracts()))

    def _contracts(self) -> Iterator[Symbol]:
        return (one.symbol for each in self._slices for one in each.points if one.symbol.asset.has_contracts)

    def __iter__(self) -> Iterator[Slice]:
        return iter(self._slices)

    def __len__(self) -> int:
        return len(self._slices)

    def __str__(self) -> str:
        return "".join(f"{each}\n" for each in self._slices)


class OptionHistory(DataHistory):
    """What `qb.option_history(...)` found."""

    def get_strikes(self) -> list[float]:
        """Of options that have data, in the order in which they come."""
        options = (symbol for symbol in self._contracts() if symbol.asset.is_option)
        return list(dict.fromkeys(symbol.id.strike_price for symbol in options))


class FutureHistory(DataHistory):
    """What `qb.future_history(...)` found."""


def contracts_of_option(
    book: QuantBook, symbol: Symbol, target: str | None, start: datetime, end: datetime, options: Mapping[str, Any]
) -> list[Symbol]:
    """The contracts that an option's filter takes on the days from start to end, and what they are on; or the contract.

    Args:
        book: The `QuantBook`.
        symbol: An option, the symbol of a chain, or what options are on: then the chain is added.
        target: The options' own ticker, such as SPXW.
        start: The first day.
        end: The last one.
        options: What the history is asked with.

    Raises:
        ArgumentException: A continuous future; its contracts have options.
    """
    if not symbol.asset.is_option:
        symbol = _added_option(book, symbol, target, options)
    if not symbol.is_canonical():
        return [symbol]
    from leanib.engine.derivatives.filters import OptionFilterUniverse

    option = book.securities[symbol]
    left, found = OptionFilterUniverse(cast("Option", option)), dict[Symbol, None]()
    for chain in _chains(book, option, start, end):
        if chain.underlying is not None:
            left.refresh(chain.data, chain.underlying, chain.underlying.end_time)
            found.update(dict.fromkeys(row.symbol for row in option.contract_filter.filter(left)))
    _tell_of_none(book, symbol, found, start, end)
    return [*found, symbol.underlying] if symbol.underlying is not None else list(found)


def contracts_of_future(book: QuantBook, symbol: Symbol, start: datetime, end: datetime) -> list[Symbol]:
    """The contracts that a future's filter takes on the days from start to end; or the contract."""
    if not symbol.is_canonical():
        return [symbol]
    from leanib.engine.derivatives.filters import FutureFilterUniverse

    future, found = book.securities[symbol], dict[Symbol, None]()
    for chain in _chains(book, future, start, end):
        left = FutureFilterUniverse(chain.data, chain.end_time)
        found.update(dict.fromkeys(row.symbol for row in future.contract_filter.filter(left)))
    _tell_of_none(book, symbol, found, start, end)
    return list(found)


def _tell_of_none(book: QuantBook, symbol: Symbol, found: dict[Symbol, None], start: datetime, end: datetime) -> None:
    if not found:
        book.debug(f"no contract of {symbol.value} passes its filter from {start} to {end}; set_filter(...) widens it")


def _added_option(book: QuantBook, symbol: Symbol, target: str | None, options: Mapping[str, Any]) -> Symbol:
    if symbol.asset.has_continuous_contract:
        if symbol.is_canonical():
            raise ArgumentException(f"{symbol.value} stands for all contracts of a future; options are on one of them")
        option = book.add_option(symbol, target, options["resolution"], symbol.id.market, options["fill_forward"])
        option.set_filter(lambda universe: universe.strikes(-_FUTURE_STRIKES, _FUTURE_STRIKES))
    else:
        canonical_option(symbol)  # refuses what has no options
        option = book.add_option(symbol, target, options["resolution"], symbol.id.market, options["fill_forward"])
    added: Symbol = option.symbol
    return added


def _chains(book: QuantBook, security: Security, start: datetime, end: datetime) -> Iterator[Any]:
    """All contracts as of the trading day before each day from start to end, as far as the book sees."""
    canonical = security.symbol
    entry = book.market_hours_database.get_entry(canonical, [canonical.asset.chain_type()])
    for day in each_tradeable_day(security.exchange.hours, start, min(end, book.time)):
        before = get_start_time_for_trade_bars(
            entry.exchange_hours, day, ONE_DAY, 1, False, entry.data_time_zone, False
        )
        chain = chain_file(canonical, midnight(before))
        if chain is not None:
            yield chain
