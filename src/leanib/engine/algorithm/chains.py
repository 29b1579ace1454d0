"""Asking for chains without adding them (`Algorithm/QCAlgorithm.cs`, `DataFeeds/BacktestingChainProvider.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.feeds.chain_files import chain_file
from leanib.engine.market.calendars import ONE_DAY, get_start_time_for_trade_bars, midnight
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["ChainProvider", "Chains"]

_DAYS_BACK = 3


class ChainProvider(LeanObject):
    """Lists the contracts of a day by the file of up to three trading days before (`BacktestingChainProvider.cs`)."""

    def __init__(self, algorithm: QCAlgorithm) -> None:
        self._algorithm = algorithm
        self._known: dict[tuple[Symbol, Any], list[Symbol]] = {}

    def get_option_contract_list(self, symbol: Symbol, date: datetime) -> List[Symbol]:
        """The options on an underlying, or of a chain, that have not expired on the date."""
        return self._contracts(canonical_option(symbol), date)

    def get_future_contract_list(self, symbol: Symbol, date: datetime) -> List[Symbol]:
        """The contracts of a future that have not expired on the date."""
        return self._contracts(canonical_future(symbol), date)

    def _contracts(self, canonical: Symbol, date: datetime) -> List[Symbol]:
        date = datetime(date.year, date.month, date.day, getattr(date, "hour", 0), getattr(date, "minute", 0))
        key = canonical, midnight(date)
        known = self._known.get(key)
        if known is None:
            found = self._algorithm._qc_chain_of(canonical, date)
            if found is None:
                return List()
            self._algorithm.history_provider.data_point_count += 1
            known = self._known[key] = [row.symbol for row in found.data if row.symbol.id.date >= key[1]]
        return List(known)


def canonical_option(symbol: Symbol) -> Symbol:
    """The chain of an option, or of what options are on."""
    if symbol.asset.is_option:
        return symbol.canonical
    if symbol.asset.option_kind is not None:
        return Symbol.create_canonical_option(symbol)
    raise ArgumentException(f"The symbol {symbol} is not an option or an underlying symbol.")


def canonical_future(symbol: Symbol) -> Symbol:
    """The continuous future of a contract, or of an option on one."""
    future = symbol.underlying if symbol.asset.is_option else symbol
    if future is None or not future.asset.has_continuous_contract:
        raise ArgumentException(f"The symbol {symbol} is neither a future nor a future option symbol.")
    return future.canonical


class Chains(AlgorithmPart):
    """The part of QCAlgorithm that tells the contracts of a day."""

    if TYPE_CHECKING:
        account_currency: str
        history_provider: Any
        market_hours_database: Any
        symbol_properties_database: Any
        time: Any
        utc_time: Any

    def _qc_init_chains(self) -> None:
        self.option_chain_provider: Any = ChainProvider(cast("QCAlgorithm", self))
        self.future_chain_provider: Any = self.option_chain_provider

    def _qc_chain_of(self, canonical: Symbol, now: datetime) -> Any:
        """The last file before a time of the exchange's, up to three trading days back."""
        entry = self.market_hours_database.get_entry(canonical, [canonical.asset.chain_type()])
        hours = entry.exchange_hours
        for periods in range(1, _DAYS_BACK + 1):
            start = get_start_time_for_trade_bars(hours, now, ONE_DAY, periods, False, entry.data_time_zone, False)
            day = midnight(start)
            while day + ONE_DAY <= now:
                found = chain_file(canonical, day) if hours.is_date_open(day) else None
                if found is not None:
                    return found
                day += ONE_DAY
        return None

    def _qc_chain_rows(self, canonical: Symbol) -> tuple[Any, list[Any]]:
        """The exchange's time, and the rows of contracts that have not expired."""
        hours = self.market_hours_database.get_entry(
            canonical.id.market, canonical, canonical.security_type
        ).exchange_hours
        now = hours.time_zone.to_local(self._qc_base.utc_time)
        found = self._qc_chain_of(canonical, now)
        if found is None:
            return now, []
        self.history_provider.data_point_count += 1
        today = midnight(now)
        return now, [row for row in found.data if midnight(row.symbol.id.date) >= today]

    def option_chain(self, symbol: Symbol, flatten: bool = False) -> Any:
        """The contracts of a chain as of the day before; `symbol` is an underlying, a contract or a canonical one."""
        return next(iter(self._qc_base.option_chains([symbol], flatten).values()))

    def option_chains(self, symbols: Iterable[Symbol], flatten: bool = False) -> Any:
        """The same of several, by canonical symbol."""
        from leanib.engine.derivatives.chains import OptionChain, OptionChains

        chains = OptionChains(midnight(self._qc_base.time), flatten)
        for canonical in map(canonical_option, symbols):
            now, rows = self._qc_chain_rows(canonical)
            properties = self.symbol_properties_database.get_symbol_properties(
                canonical.id.market, canonical, canonical.security_type, self._qc_base.account_currency
            )
            chains[canonical] = OptionChain.of_universe(canonical, midnight(now), rows, properties, flatten)
        return chains

    def futures_chain(self, symbol: Symbol, flatten: bool = False) -> Any:
        """The contracts of a future as of the day before."""
        return next(iter(self._qc_base.futures_chains([symbol], flatten).values()))

    def futures_chains(self, symbols: Iterable[Symbol], flatten: bool = False) -> Any:
        """The same of several, by canonical symbol."""
        from leanib.engine.derivatives.chains import FuturesChain, FuturesChains

        chains = FuturesChains(midnight(self._qc_base.time), flatten)
        for canonical in map(canonical_future, symbols):
            now, rows = self._qc_chain_rows(canonical)
            chains[canonical] = FuturesChain.of_universe(canonical, midnight(now), rows, flatten)
        return chains

    future_chain, future_chains = futures_chain, futures_chains

    def set_option_chain_provider(self, option_chain_provider: object) -> None:
        """Replaces what lists option contracts."""
        self.option_chain_provider = option_chain_provider

    def set_future_chain_provider(self, future_chain_provider: object) -> None:
        """Replaces what lists futures contracts."""
        self.future_chain_provider = future_chain_provider
