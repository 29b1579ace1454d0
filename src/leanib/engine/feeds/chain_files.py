"""Files of all contracts of a day, as the points of a stream: a collection a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.symbols import Globals, MapFileProvider, PerRun, Symbol

if TYPE_CHECKING:
    from leanib.engine.market import BaseData
    from leanib.engine.market.universe.requests import SubscriptionRequest

__all__ = ["CHAIN_SOURCE", "ChainSource", "chain_file", "chain_points"]


def chain_file(canonical: Symbol, day: datetime) -> Any:
    """The collection of all contracts of a day, noted as asked for; None without a file."""
    from leanib.engine.derivatives.chains import read_universe_file, universe_path

    if canonical.requires_mapping():
        ticker = MapFileProvider.map_file(canonical).get_mapped_symbol(day, _ticker(canonical))
        canonical = canonical.update_mapped_symbol(ticker)
    path = universe_path(Globals.data_folder, canonical, day)
    ask = CHAIN_SOURCE().of
    if ask is not None and not path.is_file():
        found = ask(canonical, day)
        if found is not None:
            return found
    if not DATA_MONITOR().on_new_data_request(path, path.is_file()):
        return None
    return read_universe_file(path, canonical, day)


class ChainSource:
    """Who knows the contracts of a day of which there is no file: in a live run IB, else nobody."""

    def __init__(self) -> None:
        self.of: Callable[[Symbol, datetime], Any] | None = None


CHAIN_SOURCE: PerRun[ChainSource] = PerRun(ChainSource)


def _ticker(canonical: Symbol) -> str:
    return canonical.value if canonical.underlying is None else canonical.underlying.value


def chain_points(request: SubscriptionRequest) -> Iterator[BaseData]:
    """A collection for each trading day that has a file; it ends, and counts, at the next midnight."""
    symbol, start = request.configuration.symbol, request.start_time_local
    for day in request.tradable_days_in_data_time_zone():
        found = chain_file(symbol, day)
        if found is not None and found.end_time >= start:
            yield found
