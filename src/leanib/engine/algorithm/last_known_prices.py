"""The last prices before now, for securities that have none yet (`QCAlgorithm.History.cs`, GetLastKnownPrices)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from leanib.engine.algorithm.history_requests import Options, custom_type_of, tick_type_order
from leanib.engine.dotnet.collections import List
from leanib.engine.market import BaseData, DataDictionary, OpenInterest, QuoteBar, Tick, TradeBar
from leanib.engine.market.history_request import HistoryRequest
from leanib.engine.symbols import Resolution, Symbol, TickType

if TYPE_CHECKING:
    from leanib.engine.algorithm.history import History

__all__ = ["LastKnownPrices"]

_LOOKBACK = 5
_RETRY_LOOKBACK = {Resolution.DAILY: 10, Resolution.HOUR: 24}
_RETRY_MINUTES = 1440
_LAST_RETRY_DAYS = min(60, 5 * _RETRY_LOOKBACK[Resolution.DAILY])
_Key = tuple[Symbol, type, TickType]


class LastKnownPrices:
    """Asks history for a few bars; for those without data, twice more over longer times."""

    def __init__(self, algorithm: History) -> None:
        self._algorithm = algorithm

    def of_symbol(self, symbol: Symbol) -> list[BaseData]:
        """The last data points of a symbol, oldest first."""
        found: list[BaseData] = self.of_symbols([symbol]).get(symbol, List())
        return found

    def of_symbols(self, symbols: Iterable[Symbol]) -> DataDictionary[list[BaseData]]:
        """The last data points of each symbol."""
        found: dict[_Key, BaseData] = {}
        wanted = [s for s in symbols if not s.is_canonical() or s.asset.has_continuous_contract]
        requests = self._first_requests(wanted)
        for retry in (self._longer, self._qc_daily, None):
            self._collect(requests, found)
            failed = [request for request in requests if _key(request) not in found]
            if retry is None or not failed:
                break
            requests = retry(failed)
        result: DataDictionary[list[BaseData]] = DataDictionary()
        for key in sorted(found, key=lambda key: (found[key].time, _order(key))):
            result.setdefault(key[0], List()).append(found[key])
        return result

    def best(self, symbol: Symbol) -> BaseData | None:
        """The last data point of the kind that comes first for the security's type: trades of equities, say."""
        points = self.of_symbol(symbol)
        return min(reversed(points), key=lambda point: _rank(symbol, point), default=None)

    def _bars(
        self, symbols: Iterable[Symbol], kind: type | None, periods: int, resolution: Resolution | None = None
    ) -> list[HistoryRequest]:
        options = Options(resolution=resolution, fill_forward=False)
        return self._algorithm.history_requests.bar_count(symbols, kind, periods, options, use_all=True)

    def _first_requests(self, symbols: list[Symbol]) -> list[HistoryRequest]:
        requests: list[HistoryRequest] = []
        for symbol in symbols:
            kind = custom_type_of([symbol])
            for request in self._bars([symbol], kind, _LOOKBACK):
                requests += self._at_usable_resolution(request)
        return requests

    def _at_usable_resolution(self, request: HistoryRequest) -> list[HistoryRequest]:
        """Open interest by the day; what is finer than a minute by the minute."""
        if request.data_type is OpenInterest and request.resolution is not Resolution.DAILY:
            return self._bars([request.symbol], OpenInterest, _LOOKBACK, Resolution.DAILY)
        if request.resolution in (Resolution.TICK, Resolution.SECOND):
            kind = request.data_type
            if kind is Tick:
                kind = TradeBar if request.tick_type is TickType.TRADE else QuoteBar
            return self._bars([request.symbol], kind, _LOOKBACK, Resolution.MINUTE)
        return [request]

    def _longer(self, failed: list[HistoryRequest]) -> list[HistoryRequest]:
        requests: list[HistoryRequest] = []
        for symbol in dict.fromkeys(request.symbol for request in failed):
            own = [request for request in failed if request.symbol == symbol]
            resolution = own[0].resolution
            periods = _RETRY_LOOKBACK.get(resolution, _RETRY_MINUTES)
            kinds = {request.data_type for request in own}
            retried = self._bars([symbol], custom_type_of([symbol]), periods, resolution)
            requests += [request for request in retried if request.data_type in kinds]
        return requests

    def _qc_daily(self, failed: list[HistoryRequest]) -> list[HistoryRequest]:
        symbols = dict.fromkeys(request.symbol for request in failed)
        return self._bars(symbols, None, _LAST_RETRY_DAYS, Resolution.DAILY)

    def _collect(self, requests: list[HistoryRequest], found: dict[_Key, BaseData]) -> None:
        wanted = {(request.symbol, request.data_type): _key(request) for request in requests}
        for each in self._algorithm.get_history(requests):
            for point in each.points:
                key = wanted.get((point.symbol, type(point)))
                if key is not None:
                    found[key] = point


def _key(request: HistoryRequest) -> _Key:
    return request.symbol, request.data_type, request.tick_type


def _order(key: _Key) -> int:
    return tick_type_order(key[0].security_type, key[2])


def _rank(symbol: Symbol, point: BaseData) -> int:
    tick_type = {QuoteBar: TickType.QUOTE, OpenInterest: TickType.OPEN_INTEREST}.get(type(point), TickType.TRADE)
    return tick_type_order(symbol.security_type, tick_type)
