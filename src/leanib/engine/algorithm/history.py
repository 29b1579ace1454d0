"""`self.history` in all its forms (`Algorithm/QCAlgorithm.History.cs`, `QCAlgorithm.Python.cs`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from leanib.engine.algorithm.history_requests import HistoryRequests, Options, custom_type_of
from leanib.engine.algorithm.last_known_prices import LastKnownPrices
from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.dotnet.exceptions import ArgumentException, RefusedArgument
from leanib.engine.feeds.history import HistoryProvider, Memoized
from leanib.engine.market import DataDictionary, Slice, Tick, TradeBar
from leanib.engine.market.bar_frames import frame_of_bars
from leanib.engine.market.frames import PandasConverter, frame_of_slices
from leanib.engine.market.history_request import HistoryRequest
from leanib.engine.market.universe import BaseDataCollection, Universe
from leanib.engine.naming import MethodObject, also_named, to_snake
from leanib.engine.symbols import Resolution, Symbol, SymbolCache
from leanib.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market import BaseData
    from leanib.engine.securities import Security, SecurityManager
    from leanib.engine.timezones import DateTimeZone

__all__ = ["History", "as_datetime", "to_symbols"]

_SYMBOL_NAMES = ("symbol", "symbols", "ticker", "tickers", "universe")


class _Call(NamedTuple):
    """What a history call asks for; `symbols` None means all securities."""

    kind: type | None
    symbols: Any
    periods: int | None
    start: datetime | None
    end: datetime | None
    options: Options


class History(AlgorithmPart):
    """The part of QCAlgorithm that looks back."""

    if TYPE_CHECKING:
        securities: SecurityManager
        settings: Any

        @property
        def time(self) -> datetime:
            """Now, in the algorithm's zone."""

        @property
        def utc_time(self) -> datetime:
            """Now, naive UTC."""

        @property
        def time_zone(self) -> DateTimeZone:
            """The algorithm's zone."""

        def debug(self, message: str) -> None:
            """Tell the user."""

    def _qc_init_history(self) -> None:
        """Needs the settings."""
        self.history_provider: Any = HistoryProvider(self.settings)
        self.history_requests = HistoryRequests(cast("QCAlgorithm", self))
        self._qc_history_method = _HistoryMethod(self)
        self._qc_last_known_prices = LastKnownPrices(self)
        self.pandas_converter = PandasConverter()

    def set_history_provider(self, history_provider: object) -> None:
        """Use another provider: what has `get_history(requests, time_zone)` and `data_point_count`."""
        self.history_provider = history_provider

    def get_data_frame(
        self, data: Iterable[Slice] | Iterable[BaseData], flatten: bool = False, data_type: type | None = None
    ) -> pd.DataFrame:
        """Slices or data points as a pandas frame."""
        return self.pandas_converter.get_data_frame(data, flatten, data_type)

    @MethodObject
    def history(self) -> _HistoryMethod:
        """Past data.

        `history([type,] symbols, periods | timedelta | start, end, resolution=None, fill_forward=None,
        extended_market_hours=None, data_mapping_mode=None, data_normalization_mode=None, contract_depth_offset=None,
        flatten=False)` is a pandas frame; without symbols and type it is a list of slices of all securities.
        `history[type](...)` is a list of data points, or of dictionaries from symbol to data point when several symbols
        are asked for. Times are the algorithm's; data of the future are left out.
        """
        return self._qc_history_method

    def get_history(self, requests: Iterable[HistoryRequest]) -> Memoized[Slice]:
        """The slices of history requests, read when somebody looks at them."""
        past = self._qc_of_the_past(list(requests))
        return Memoized(self.history_provider.get_history(past, self._qc_base.time_zone))

    def _qc_get_frame(self, requests: list[HistoryRequest], kind: type | None, flatten: bool) -> pd.DataFrame:
        """History requests as a frame: of bars straight from columns, of all else from slices."""
        past, provider = list(self._qc_of_the_past(requests)), self.history_provider
        if isinstance(provider, HistoryProvider) and all(kind in (None, request.data_type) for request in past):
            bars = provider.get_bars(past)
            if bars is not None:
                return frame_of_bars(bars)
        return frame_of_slices(provider.get_history(past, self._qc_base.time_zone), kind, flatten)

    def history_slices(self, symbols: object, *arguments: object, **options: object) -> Memoized[Slice]:
        """The same as `history(symbols, ...)`, as slices."""
        call = _parse(self._qc_base, (symbols, *arguments), options)
        return self._qc_base.get_history(_requests(self._qc_base, call, to_symbols(call.symbols)))

    def get_trade_bar_history(
        self, symbol: Symbol, start: datetime, end: datetime, resolution: Resolution | None = None
    ) -> Memoized[TradeBar]:
        """The trade bars of a symbol between two times of the algorithm."""
        return self._qc_history_method[TradeBar](symbol, start, end, resolution)

    def _qc_of_the_past(self, requests: list[HistoryRequest]) -> Iterator[HistoryRequest]:
        told = False
        for request in requests:
            if request.end_time_utc <= self._qc_base.utc_time:
                yield request
                continue
            yield request.between(min(request.start_time_utc, request.end_time_utc), self._qc_base.utc_time)
            if not told:
                told = True
                self._qc_base.debug("Request for future history modified to end now.")

    @also_named(symbol="security", securities="security", symbols="security")
    def get_last_known_prices(self, security: Security) -> Any:
        """The last data point of each kind: a list for a security or symbol, by symbol for several."""
        if isinstance(security, str | Symbol) or hasattr(security, "symbol"):
            return self._qc_last_known_prices.of_symbol(to_symbols(security)[0])
        return self._qc_last_known_prices.of_symbols(to_symbols(security))

    @also_named(symbol="security")
    def get_last_known_price(self, security: Security) -> Any:
        """The last data point of the most telling kind, or None."""
        return self._qc_last_known_prices.best(to_symbols(security)[0])


class _HistoryMethod:
    """`self.history`: callable, and by type `self.history[TradeBar]`."""

    def __init__(self, algorithm: History) -> None:
        self._qc_algorithm = algorithm

    def __getitem__(self, kind: type) -> _TypedHistory:
        return _TypedHistory(self._qc_algorithm, kind)

    def __call__(self, *arguments: object, **options: object) -> Any:
        algorithm = self._qc_algorithm
        if arguments and (requests := _as_requests(arguments[0])) is not None:
            return algorithm.get_history(requests)
        call = _parse(algorithm, arguments, options)
        if call.kind is None and call.symbols is None:
            return algorithm.get_history(_requests(algorithm, call, list(algorithm.securities.keys())))
        if isinstance(call.symbols, Universe):
            return _universe_frame(algorithm, call)
        return _frame(algorithm, call)


class _TypedHistory:
    """`self.history[type]`."""

    def __init__(self, algorithm: History, kind: type) -> None:
        self._qc_algorithm = algorithm
        self._qc_kind = kind

    def __call__(self, *arguments: object, **options: object) -> Memoized[Any]:
        algorithm = self._qc_algorithm
        call = _parse(algorithm, arguments, options)._replace(kind=self._qc_kind)
        if isinstance(call.symbols, Symbol | str) or hasattr(call.symbols, "symbol"):
            return self._qc_of_symbol(call, to_symbols(call.symbols)[0])
        symbols = list(algorithm.securities.keys()) if call.symbols is None else to_symbols(call.symbols)
        slices = algorithm.get_history(_requests(algorithm, call, symbols))
        return Memoized(_dictionaries(slices, self._qc_kind))

    def _qc_of_symbol(self, call: _Call, symbol: Symbol) -> Memoized[Any]:
        requests = _requests(self._qc_algorithm, call, [symbol])
        if not requests:
            raise ArgumentException(_nothing_to_fetch(symbol, self._qc_kind))
        return Memoized(_points(self._qc_algorithm.get_history(requests), self._qc_kind, symbol))


def to_symbols(given: Any) -> list[Symbol]:
    """The symbols that tickers, symbols, securities or collections of them stand for; UsageError for an unknown one."""
    if isinstance(given, Symbol):
        return [given]
    if isinstance(given, str):
        symbol = SymbolCache.try_get_symbol(given)
        if symbol is None:
            raise RefusedArgument(
                f"Cannot create history for the given ticker '{given}'. Either explicitly use a symbol object to make "
                "the history request or ensure the symbol has been added using the AddSecurity() method before making "
                "the history request."
            )
        return [symbol]
    if isinstance(getattr(given, "symbol", None), Symbol):
        return [given.symbol]
    if isinstance(given, dict):
        given = given.keys()
    if not isinstance(given, Iterable):
        raise UsageError(f"a history needs symbols or tickers, not {given!r}")
    return [symbol for each in given for symbol in to_symbols(each)]


# --- reading the arguments ---------------------------------------------------------------------------------------


def _as_requests(given: object) -> list[HistoryRequest] | None:
    if isinstance(given, HistoryRequest):
        return [given]
    if isinstance(given, list | tuple) and given and isinstance(given[0], HistoryRequest):
        return list(given)
    return None


def _parse(algorithm: History, arguments: Sequence[Any], options: dict[str, Any]) -> _Call:
    rest = list(arguments)
    options = {to_snake(name): value for name, value in options.items()}
    kind = options.pop("type", None)
    if kind is None and rest and isinstance(rest[0], type):
        kind = rest.pop(0)
    symbols = next((options.pop(name) for name in _SYMBOL_NAMES if name in options), None)
    if symbols is None and rest and not _is_when(rest[0]):
        symbols = rest.pop(0)
    periods, start, end = _when(algorithm.time, rest, options)
    known = dict(zip(Options._fields, rest, strict=False))
    try:
        return _Call(kind, symbols, periods, start, end, Options(**{**known, **options}))
    except TypeError as error:
        raise UsageError(f"history does not understand its arguments: {error}") from error


def _is_when(value: object) -> bool:
    return isinstance(value, int | timedelta | date) or (hasattr(value, "__index__") and not isinstance(value, type))


def _when(
    now: datetime, rest: list[Any], options: dict[str, Any]
) -> tuple[int | None, datetime | None, datetime | None]:
    """The number of bars, or the times between which to look."""
    first = next((options.pop(name) for name in ("periods", "span", "start") if name in options), None)
    if first is None:
        if not rest:
            raise UsageError("history needs a number of bars, a timedelta, or a start and an end")
        first = rest.pop(0)
    if isinstance(first, timedelta):
        span = timedelta(days=first.days, seconds=first.seconds, microseconds=first.microseconds)
        return None, now - span, now
    if isinstance(first, date):
        last = options.pop("end") if "end" in options else rest.pop(0)
        return None, as_datetime(first), as_datetime(last)
    return int(first), None, None


def as_datetime(value: date) -> datetime:
    """A plain naive datetime, also of pandas' timestamps."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return datetime(value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)


# --- requests and results ----------------------------------------------------------------------------------------


def _requests(algorithm: History, call: _Call, symbols: list[Symbol]) -> list[HistoryRequest]:
    maker = algorithm.history_requests
    kind = call.kind or custom_type_of(symbols)
    if call.periods is not None:
        maker.require_bars(symbols, call.options.resolution, call.kind)
        return maker.bar_count(symbols, kind, call.periods, call.options)
    assert call.start is not None
    assert call.end is not None
    return maker.date_range(symbols, kind, call.start, call.end, call.options)


def _frame(algorithm: History, call: _Call) -> pd.DataFrame:
    symbols = list(algorithm.securities.keys()) if call.symbols is None else to_symbols(call.symbols)
    requests = _requests(algorithm, call, symbols)
    if not requests and call.kind is not None and isinstance(call.symbols, Symbol):
        raise ArgumentException(_nothing_to_fetch(call.symbols, call.kind))
    kind = call.kind or custom_type_of(symbols)
    frame = algorithm._qc_get_frame(requests, kind, call.options.flatten)
    return frame if call.options.flatten else _without_universe_level(frame, kind)


def _universe_frame(algorithm: History, call: _Call) -> Any:
    universe: Universe = call.symbols
    options = call.options
    if options.resolution is None:
        options = options._replace(resolution=universe.configuration.resolution)
    requests = _requests(
        algorithm, call._replace(kind=universe.configuration.type, options=options), [universe.configuration.symbol]
    )
    frame = frame_of_slices(algorithm.get_history(requests), None, options.flatten)
    return frame if options.flatten else _without_universe_level(frame, BaseDataCollection)


def _without_universe_level(frame: pd.DataFrame, kind: type | None) -> Any:
    """Universe data as the series of their collections, or without the universe's symbol, which says nothing."""
    if kind is None or not issubclass(kind, BaseDataCollection) or frame.empty:
        return frame
    if "data" in frame.columns:
        return frame["data"]
    return frame.droplevel("symbol")


def _points(slices: Iterable[Slice], kind: type, symbol: Symbol) -> Iterator[Any]:
    """The data points of a type; of ticks all, of other types the last one of each slice."""
    for each in slices:
        found = [point for point in each.points if isinstance(point, kind) and point.symbol == symbol]
        yield from found if kind is Tick else found[-1:]


def _dictionaries(slices: Iterable[Slice], kind: type) -> Iterator[DataDictionary[Any]]:
    """The data points of a type by symbol, the last one of each slice."""
    for each in slices:
        found: DataDictionary[Any] = DataDictionary(each.time)
        for point in each.points:
            if isinstance(point, kind):
                found[point.symbol] = point
        if found:
            yield found


def _nothing_to_fetch(symbol: Symbol, kind: type) -> str:
    return (
        "No history data could be fetched. "
        "This could be due to the specified security not being of the requested type. "
        f"Symbol: {symbol} Requested Type: {kind.__name__}"
    )
