"""What chooses securities (`Common/Data/UniverseSelection/Universe.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from leanib.engine.dotnet.collections import Dictionary
from leanib.engine.market.config import SubscriptionDataConfig
from leanib.engine.market.universe.collection import BaseDataCollection
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.market.universe.settings import UniverseSettings
from leanib.engine.naming import LeanObject, names_of
from leanib.engine.symbols import SecurityType, Symbol

if TYPE_CHECKING:
    from leanib.engine.market.base_data import BaseData
    from leanib.engine.securities import Security

__all__ = ["UNCHANGED", "Member", "SelectionEventArgs", "SymbolSet", "UnchangedUniverse", "Universe"]

_ROUNDINGS = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))


class UnchangedUniverse(list[Any]):
    """What a selection returns to keep what is selected."""


UNCHANGED = UnchangedUniverse()


class SymbolSet(dict[Symbol, None], LeanObject):
    """Symbols, in the order in which they were selected."""

    __slots__ = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self)

    def contains(self, symbol: Symbol) -> bool:
        """Whether the symbol is among them."""
        return symbol in self


class Member(NamedTuple):
    """A security in a universe, and since when (UTC)."""

    added: datetime
    security: Security
    is_internal: bool


class SelectionEventArgs(LeanObject):
    """The symbols that are selected from now on."""

    __slots__ = ("current_selection",)

    def __init__(self, current_selection: SymbolSet) -> None:
        self.current_selection = current_selection


class Universe(LeanObject):
    """Selects symbols from data; `securities` are its members by symbol."""

    UNCHANGED = UNCHANGED

    def __init__(
        self, configuration: SubscriptionDataConfig, universe_settings: UniverseSettings | None = None
    ) -> None:
        self.configuration = configuration
        self.universe_settings: UniverseSettings = universe_settings  # type: ignore[assignment]
        self.securities: Dictionary[Symbol, Member] = Dictionary()
        self.selected = SymbolSet()
        self.dispose_requested = False
        self.clock: Any = None  # of the run that the universe is part of
        self.data_security: Security | None = None  # whose hours its data have; None for those of its symbol
        self.selection_changed: list[Callable[[Universe, SelectionEventArgs], object]] = []
        self._previous_selections: dict[Symbol, None] = {}
        self._rounding: timedelta | None = None

    @property
    def symbol(self) -> Symbol:
        """The symbol of the universe's data."""
        return self.configuration.symbol

    @property
    def market(self) -> str:
        """The market of the universe's data."""
        return self.configuration.market

    @property
    def security_type(self) -> SecurityType:
        """The type of the universe's data."""
        return self.configuration.security_type

    @property
    def data_type(self) -> type:
        """The class of the universe's data."""
        return self.configuration.type

    @property
    def asynchronous(self) -> bool:
        """Whether selection may run beside the algorithm; it makes no difference here."""
        return bool(self.universe_settings.asynchronous)

    @asynchronous.setter
    def asynchronous(self, value: bool) -> None:
        self.universe_settings.asynchronous = value

    @property
    def members(self) -> Any:
        """The securities of the universe by symbol."""
        from leanib.engine.market.dictionary import DataDictionary

        members: DataDictionary[Security] = DataDictionary()
        for symbol, member in self.securities.items():
            members[symbol] = member.security
        return members

    def select_symbols(self, utc_time: datetime, data: BaseDataCollection) -> Iterable[Symbol]:
        """The selected symbols, or `UNCHANGED`."""
        raise NotImplementedError(f"{type(self).__name__} has to define select_symbols")

    def perform_selection(self, utc_time: datetime, data: BaseDataCollection) -> Iterable[Symbol]:
        """What is selected now; `UNCHANGED` when it is what was selected before."""
        if self.dispose_requested:
            self._on_selection_changed({})
            return {}
        result = self.select_symbols(utc_time, data)
        if isinstance(result, UnchangedUniverse):
            data.filtered_contracts = set(self._previous_selections)
            return UNCHANGED
        selections = dict.fromkeys(result)
        data.filtered_contracts = set(selections)
        changed = selections.keys() != self._previous_selections.keys()
        self._previous_selections = selections
        if not changed:
            return UNCHANGED
        self._on_selection_changed(selections)
        return selections

    def _on_selection_changed(self, selections: dict[Symbol, None]) -> None:
        for handler in self.selection_changed:
            handler(self, SelectionEventArgs(SymbolSet(selections)))

    def can_remove_member(self, utc_time: datetime, security: Security) -> bool:
        """Whether the security has been in the universe for long enough."""
        if self.dispose_requested or security.is_delisted:
            return True
        member = self.securities.get(security.symbol)
        if member is None:
            return False
        minimum = self.universe_settings.minimum_time_in_universe
        if self._rounding is None:
            self._rounding = next((step for step in _ROUNDINGS if minimum >= step), minimum)
        time_in_universe = utc_time - member.added
        if self._rounding:
            time_in_universe = round(time_in_universe / self._rounding) * self._rounding
        return time_in_universe >= minimum

    def get_subscription_requests(
        self, security: Security, current_time_utc: datetime, maximum_end_time_utc: datetime, subscription_service: Any
    ) -> Iterator[SubscriptionRequest]:
        """The streams that a selected security needs."""
        settings = self.universe_settings
        configs = subscription_service.add(
            security.symbol,
            settings.resolution,
            settings.fill_forward,
            settings.extended_market_hours,
            data_normalization_mode=settings.data_normalization_mode,
            subscription_data_types=settings.subscription_data_types,
        )
        return self._requests(configs, security, current_time_utc, maximum_end_time_utc)

    def _requests(
        self, configs: Iterable[SubscriptionDataConfig], security: Security, start: datetime, end: datetime
    ) -> Iterator[SubscriptionRequest]:
        for config in configs:
            yield SubscriptionRequest(False, self, security, config, start, end)

    def data_points(self, request: SubscriptionRequest) -> Iterable[BaseData | None] | None:
        """The data that the universe selects from, in the exchange's zone; None: what its type's `get_source` names."""
        return None

    def contains_member(self, symbol: Symbol) -> bool:
        """Whether the symbol's security is a member."""
        return symbol in self.securities

    def add_member(self, utc_time: datetime, security: Security, is_internal: bool) -> bool:
        """Take a security in; says whether it is new."""
        if self.dispose_requested or security.is_delisted or security.symbol in self.securities:
            return False
        self.securities[security.symbol] = Member(utc_time, security, is_internal)
        return True

    def remove_member(self, utc_time: datetime, security: Security) -> bool:
        """Let a security go when it may; says whether it went."""
        if not self.can_remove_member(utc_time, security):
            return False
        return self.securities.pop(security.symbol, None) is not None

    def dispose(self) -> None:
        """From now on select nothing."""
        if self.clock is not None:
            self.clock.interrupt()
        self.dispose_requested = True

    def __str__(self) -> str:
        return str(self.configuration.symbol)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {names_of(symbol.value for symbol in self.securities)}>"
