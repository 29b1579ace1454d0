"""QuantBook: what notebooks look at past data with (`Research/QuantBook.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.algorithm.history import as_datetime, to_symbols
from leanib.engine.algorithm.modes import AlgorithmMode
from leanib.engine.configuration import load_configuration
from leanib.engine.core.data_manager import DataManager
from leanib.engine.core.run import open_scope
from leanib.engine.core.universe_selection import UniverseSelection
from leanib.engine.custom import ObjectStore
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.market.calendars import each_tradeable_day_in_time_zone
from leanib.engine.market.universe import Universe
from leanib.engine.naming import to_snake
from leanib.engine.research.portfolio_statistics import portfolio_statistics
from leanib.engine.research.universe_history import collections_of, selected, universe_of_type
from leanib.engine.scheduling.handler import BacktestingRealTimeHandler
from leanib.engine.securities import SecurityService
from leanib.engine.symbols import Market, RunScope, SecurityType, Symbol, SymbolCache
from leanib.engine.timezones import TimeZones
from leanib.engine.universes.fundamental_data import Fundamental, UnknownFundamental
from leanib.errors import NotSupportedError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["QuantBook"]

_FIRST_DAY = datetime(1998, 1, 2)
_NEW_DATA_HOUR = 9  # New York: from then on yesterday's data are taken to be there


class QuantBook(QCAlgorithm):
    """An algorithm's view of the past: `add_equity`, `history`, `indicator`, `universe_history` and the like.

    Now is the start of today in New York, of yesterday before nine o'clock; `set_start_date` moves it: nothing later
    is seen. The thread works for the newest book.

    Args:
        data_folder: Market data in LEAN's format; by default that of the nearest lean.json.

    Raises:
        ConfigurationError: There is no data folder.
    """

    _qc_scope: RunScope

    def __new__(cls, data_folder: Path | str | None = None) -> Self:  # noqa: D102
        configuration = load_configuration(Path.cwd())
        folder = Path(data_folder) if data_folder is not None else None
        scope = open_scope(configuration.data_folder(folder))
        scope.under_way = True  # a backtest of a later cell gives the thread back to the book
        self = super().__new__(cls)
        self._qc_scope = scope
        self._qc_wire()
        if configuration.object_store_root is not None:
            self.set_object_store(ObjectStore(configuration.object_store_root))
        self.set_start_date(_today())
        return self

    def __init__(self, data_folder: Path | str | None = None) -> None:
        """All is done before: a class derived from this one need not call it."""

    def _qc_wire(self) -> None:
        self.securities.set_security_service(SecurityService(self))
        data_manager = DataManager(self)
        self.subscription_manager.set_data_manager(data_manager)
        UniverseSelection(self, data_manager)
        self.schedule.set_event_schedule(BacktestingRealTimeHandler(self))
        self.algorithm_mode = AlgorithmMode.RESEARCH

    def debug(self, message: Any) -> None:
        """Printed under the cell."""
        print(message)

    def log(self, message: Any) -> None:
        """Printed under the cell."""
        print(message)

    def error(self, message: Any) -> None:
        """Printed under the cell."""
        print(message)

    @property
    def history(self) -> Any:
        """Past data, as `QCAlgorithm.history` has them; an empty frame is told of, with what would help."""
        return _ToldHistory(self, super().history)

    # --- indicators ----------------------------------------------------------------------------------------------

    def indicator(self, indicator: Any, symbol: Any, *arguments: Any, **options: Any) -> pd.DataFrame:
        """The frame of `indicator_history(...)`, which takes the same arguments."""
        frame: pd.DataFrame = self.indicator_history(indicator, symbol, *arguments, **options).data_frame
        return frame

    # --- universes -----------------------------------------------------------------------------------------------

    def universe_history(
        self,
        universe: Universe | type,
        start: date,
        end: date | None = None,
        func: Callable[[Iterable[Any]], Iterable[Symbol]] | None = None,
        date_rule: Any = None,
        flatten: bool = False,
    ) -> Any:
        """What a universe selected, day by day: a series of lists, or with `flatten` a frame of one row a member.

        Args:
            universe: A universe, or a class of universe data such as `Fundamentals`.
            start: The first day, in the zone of the book.
            end: The end; by default now.
            func: Selects from a class's data; a universe selects by itself.
            date_rule: The days to select on; by default all.
            flatten: One row a day and member, one column a property.

        Raises:
            ArgumentException: It is neither, or a universe with a `func`.
        """
        if isinstance(universe, Universe):
            if func is not None:
                raise ArgumentException(
                    "When providing a universe, the selection func argument isn't supported. "
                    "Please provider a universe or a type and a func"
                )
            source, select = universe, universe.select_symbols
        else:
            source = universe_of_type(self, universe)
            select = (lambda _time, data: func(data)) if func is not None else None  # type: ignore[assignment]
        first, last = as_datetime(start), self.time if end is None else as_datetime(end)
        days = collections_of(self, source, first, last)
        found = selected(days, select, source.configuration.exchange_time_zone, date_rule, first, last)
        frame = self.get_data_frame(found, flatten)
        return frame["data"] if not flatten and "data" in frame.columns else frame

    def get_fundamental(
        self, input: Any, selector: str | None = None, start: date | None = None, end: date | None = None
    ) -> pd.DataFrame:
        """Fundamental data of symbols or tickers: a row a trading day, a column a symbol's id.

        `selector` names a property such as `"ValuationRatios.PERatio"`; without it the cells are `Fundamental`s. What
        is not known is None.
        """
        import pandas as pd

        first = _FIRST_DAY if start is None else as_datetime(start)
        last = self.time if end is None else min(as_datetime(end), self.time)
        rows: dict[datetime, dict[str, Any]] = {}
        for symbol in sorted(_equities(input), key=lambda one: str(one.id)):
            entry = self.market_hours_database.get_exchange_hours(symbol.id.market, symbol, symbol.security_type)
            for day in each_tradeable_day_in_time_zone(entry, first, last, TimeZones.NEW_YORK):
                point = Fundamental(day, symbol)
                rows.setdefault(point.end_time, {})[str(symbol.id)] = _value(point, selector)
        return pd.DataFrame.from_dict(dict(sorted(rows.items())), orient="index")

    # --- statistics ----------------------------------------------------------------------------------------------

    def get_portfolio_statistics(self, data_frame: pd.DataFrame) -> dict[str, float | str]:
        """LEAN's figures of a frame with the columns `equity` and `benchmark`, by time; rates in percent.

        A frame without them is `{"Runtime Error": ...}`, as in LEAN.
        """
        days = self.settings.trading_days_per_year or 252
        return portfolio_statistics(data_frame, self.risk_free_interest_rate_model, days)

    # --- derivatives ---------------------------------------------------------------------------------------------

    def option_history(self, *_arguments: Any, **_options: Any) -> Any:
        """Only in LEAN so far.

        Raises:
            NotSupportedError: Always.
        """
        raise NotSupportedError("the embedded engine has no option_history; use `lean research` for chains of options")

    def future_history(self, *_arguments: Any, **_options: Any) -> Any:
        """Only in LEAN so far.

        Raises:
            NotSupportedError: Always.
        """
        raise NotSupportedError("the embedded engine has no future_history; use `lean research` for chains of futures")

    get_option_history, get_future_history = option_history, future_history


class _ToldHistory:
    """`history` that says why a frame is empty: a notebook has no end of a run at which missing data are told."""

    def __init__(self, book: QuantBook, method: Any) -> None:
        self._book = book
        self._method = method

    def __getitem__(self, kind: type) -> Any:
        return self._method[kind]

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        found = self._method(*arguments, **options)
        if getattr(found, "empty", False) is True:
            print(
                f"no data found in {self._book._qc_scope.data_folder} as seen on {self._book.time:%Y-%m-%d}; "
                "set_start_date(year, month, day) moves that day, 'leanib data info' tells what there is"
            )
        return found


def _today() -> datetime:
    now = TimeZones.NEW_YORK.to_local(datetime.now(UTC).replace(tzinfo=None))
    day = now if now.hour >= _NEW_DATA_HOUR else now - timedelta(days=1)
    return datetime(day.year, day.month, day.day)


def _equities(given: Any) -> list[Symbol]:
    """Symbols; a ticker that is not known is an equity of the USA, as in LEAN."""
    if isinstance(given, str):
        known = SymbolCache.try_get_symbol(given)
        return [known or Symbol.create(given, SecurityType.EQUITY, Market.USA)]
    if isinstance(given, list | tuple | set):
        return [symbol for each in given for symbol in _equities(each)]
    return to_symbols(given)


def _value(point: Fundamental, selector: str | None) -> Any:
    if not selector or not selector.strip():
        return point
    value: Any = point
    for name in selector.split("."):
        value = getattr(value, to_snake(name), None)
        if value is None:
            return None
    return None if isinstance(value, UnknownFundamental) else value
