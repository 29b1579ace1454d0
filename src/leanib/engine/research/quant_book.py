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
from leanib.engine.research.chain_history import (
    FutureHistory,
    OptionHistory,
    contracts_of_future,
    contracts_of_option,
)
from leanib.engine.research.portfolio_statistics import portfolio_statistics
from leanib.engine.research.universe_history import collections_of, selected, universe_of_type
from leanib.engine.scheduling.handler import BacktestingRealTimeHandler
from leanib.engine.securities import SecurityService
from leanib.engine.symbols import Market, Resolution, RunScope, SecurityType, Symbol, SymbolCache
from leanib.engine.timezones import TimeZones
from leanib.engine.universes.fundamental_data import Fundamental, UnknownFundamental

if TYPE_CHECKING:
    import pandas as pd

    from leanib.engine.scheduling.rules import IDateRule

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

    def debug(self, message: object) -> None:
        """Printed under the cell."""
        print(message)

    def log(self, message: object) -> None:
        """Printed under the cell."""
        print(message)

    def error(self, message: object) -> None:
        """Printed under the cell."""
        print(message)

    @property
    def history(self) -> Any:
        """Past data, as `QCAlgorithm.history` has them; an empty frame is told of, with what would help."""
        return _ToldHistory(self, super().history)

    # --- indicators ----------------------------------------------------------------------------------------------

    def indicator(self, indicator: object, symbol: object, *arguments: Any, **options: Any) -> pd.DataFrame:
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
        date_rule: IDateRule | None = None,
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
        self, input: object, selector: str | None = None, start: date | None = None, end: date | None = None
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

    def option_history(
        self,
        symbol: Symbol,
        *arguments: Any,
        target_option: str | None = None,
        start: date | None = None,
        end: date | None = None,
        resolution: Resolution | None = None,
        fill_forward: bool = True,
        extended_market_hours: bool = False,
    ) -> OptionHistory:
        """What the contracts traded at that an option's filter takes, and what they are on; or one contract alone.

        `option_history(symbol, [target_option,] start, end=None, resolution=None, fill_forward=True,
        extended_market_hours=False)`: without an end, or with the start as the end, it is a day.

        Args:
            symbol: An option, a chain (`add_option(...).symbol`), or a stock or index, whose chain is added.
            arguments: The others, in that order.
            target_option: The options' own ticker, such as SPXW on SPX.
            start: From when the contracts are taken.
            end: Until when.
            resolution: Of the prices; by default the universe settings'.
            fill_forward: Whether gaps are filled.
            extended_market_hours: Whether to look beyond regular hours.
        """
        rest = list(arguments)
        if rest and (rest[0] is None or isinstance(rest[0], str)):
            target_option = rest.pop(0)
        span, options = _chain_request(rest, start, end, resolution, fill_forward, extended_market_hours)
        [one] = to_symbols(symbol)
        contracts = contracts_of_option(self, one, target_option, *span, options)
        return OptionHistory(self._qc_slices_of(contracts, span, options), self.get_data_frame)

    def future_history(
        self,
        symbol: Symbol,
        *arguments: Any,
        start: date | None = None,
        end: date | None = None,
        resolution: Resolution | None = None,
        fill_forward: bool = True,
        extended_market_hours: bool = False,
    ) -> FutureHistory:
        """What the contracts traded at that a future's filter takes; or one contract alone.

        `future_history(symbol, start, end=None, resolution=None, fill_forward=True, extended_market_hours=False)`.
        """
        span, options = _chain_request(list(arguments), start, end, resolution, fill_forward, extended_market_hours)
        [one] = to_symbols(symbol)
        contracts = contracts_of_future(self, one, *span)
        return FutureHistory(self._qc_slices_of(contracts, span, options), self.get_data_frame)

    def _qc_slices_of(self, symbols: list[Symbol], span: tuple[datetime, datetime], options: dict[str, Any]) -> Any:
        slices = self.history_slices(symbols, *span, **options)
        if not slices:
            self._qc_tell_of_nothing()
        return slices

    def _qc_tell_of_nothing(self) -> None:
        """A notebook has no end of a run at which missing data are told."""
        print(
            f"no data found in {self._qc_scope.data_folder} as seen on {self.time:%Y-%m-%d}; "
            "set_start_date(year, month, day) moves that day, 'leanib data info' tells what there is"
        )

    get_option_history, get_future_history = option_history, future_history


class _ToldHistory:
    """`history` that says why a frame is empty."""

    def __init__(self, book: QuantBook, method: Any) -> None:
        self._book = book
        self._method = method

    def __getitem__(self, kind: type) -> Any:
        return self._method[kind]

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        found = self._method(*arguments, **options)
        if getattr(found, "empty", False) is True:
            self._book._qc_tell_of_nothing()
        return found


def _chain_request(
    rest: list[Any],
    start: date | None,
    end: date | None,
    resolution: Resolution | None,
    fill_forward: bool,
    extended: bool,
) -> tuple[tuple[datetime, datetime], dict[str, Any]]:
    """From when to when a history of contracts goes, and how it is asked; `rest` is what was given without a name."""
    names = ("start", "end", "resolution", "fill_forward", "extended_market_hours")
    named = (start, end, resolution, fill_forward, extended)
    if len(rest) > len(names):
        raise ArgumentException(f"a history of contracts takes a symbol and at most {len(names)} others")
    given = dict(zip(names, named, strict=True)) | dict(zip(names, rest, strict=False))
    first, last = given.pop("start"), given.pop("end")
    if not isinstance(first, date):
        raise ArgumentException(f"a history of contracts begins at a date or time, not at {first!r}")
    begin = as_datetime(first)
    finish = begin if last is None else as_datetime(last)
    return (begin, finish + timedelta(days=1) if finish == begin else finish), given


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
