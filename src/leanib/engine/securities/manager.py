"""The algorithm's securities (`Common/Securities/SecurityManager.cs`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.event import Event
from leanib.engine.exchanges.time_keeper import TimeKeeper
from leanib.engine.market.dictionary import to_symbol
from leanib.engine.securities.extended_dictionary import ExtendedDictionary
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.securities.security import Security
    from leanib.engine.securities.service import SecurityService
    from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["SecurityManager"]


class SecurityManager(ExtendedDictionary[Symbol, "Security"]):
    """Securities by symbol, also found by ticker.

    A removed security is not iterated over any more, but is still found by its symbol, and is in `total`.
    `collection_changed` calls its handlers with lists of added and of removed securities.
    """

    collection_changed: Event

    def __init__(self, time_keeper: TimeKeeper) -> None:
        self._time_keeper = time_keeper
        self._active: dict[Symbol, Security] = {}
        self._complete: dict[Symbol, Security] = {}
        self._service: SecurityService | None = None
        self.collection_changed = Event()

    @property
    def utc_time(self) -> datetime:
        """Now, naive UTC."""
        return self._time_keeper.utc_time

    def interrupt(self) -> None:
        """More than prices is about to change (see `TimeKeeper`)."""
        self._time_keeper.interrupt()

    def add(self, symbol: Symbol | Security, security: Security | None = None) -> None:
        """`add(security)` or `add(symbol, security)`; what is there already stays."""
        if security is None:
            assert not isinstance(symbol, Symbol)
            security = symbol
        key = security.symbol
        if key in self._active:
            return
        self._active[key] = self._complete[key] = security
        security.set_local_time_keeper(self._time_keeper.get_local_time_keeper(security.exchange.time_zone))
        self.collection_changed([security], [])

    def __setitem__(self, key: Any, security: Security) -> None:
        existing = self._active.get(key)
        if existing is not None and existing is not security:
            raise ValueError(f"{key} is in the securities already; remove it before adding another one")
        self.add(security.symbol, security)

    def remove(self, symbol: AnySymbol) -> bool:
        """Takes a security out of iteration; whether it was in it."""
        key = to_symbol(symbol)
        security = self._active.pop(key, None) if key is not None else None
        if security is None:
            return False
        self.collection_changed([], [security])
        return True

    def clear(self) -> None:
        """Forgets all securities."""
        self._active.clear()
        self._complete.clear()

    @property
    def total(self) -> List[Security]:
        """All securities that ever were there."""
        return List(self._complete.values())

    # --- making securities ---------------------------------------------------------------------------------------

    def set_security_service(self, security_service: SecurityService) -> None:
        """Gives the manager what makes securities."""
        self._service = security_service

    @property
    def security_service(self) -> SecurityService:
        """What makes securities."""
        if self._service is None:
            raise ValueError("the securities have no security service yet")
        return self._service

    def create_security(self, *arguments: Any, **options: Any) -> Security:
        """Makes a security, without adding it: see `SecurityService.create_security`."""
        return self.security_service.create_security(*arguments, **options)

    def create_benchmark_security(self, symbol: Symbol) -> Security:
        """Makes a security that is only looked at."""
        return self.security_service.create_benchmark_security(symbol)

    def set_live_mode(self, is_live_mode: bool) -> None:
        """Whether the algorithm trades live."""
        self.security_service.set_live_mode(is_live_mode)

    # --- the mapping ---------------------------------------------------------------------------------------------

    def _items(self) -> dict[Symbol, Security]:
        return self._active

    @property
    def by_symbol(self) -> Mapping[Symbol, Security]:
        """All securities that there were, removed or not: for who looks up thousands."""
        return self._complete

    def find(self, key: Any) -> Security | None:
        """The security of a symbol or ticker, removed or not; None when there is none."""
        security = self._complete.get(key)
        if security is None and not isinstance(key, Symbol):
            symbol = to_symbol(key)
            security = self._complete.get(symbol) if symbol is not None else None
        return security

    def __getitem__(self, key: Any) -> Security:
        security = self._complete.get(key)
        if security is None:
            security = self.find(key)
            if security is None:
                raise KeyError(self._missing(key))
        return security

    def _missing(self, key: object) -> str:
        return (
            f"This asset symbol ({key}) was not found in your security list. Please add this security or check it "
            f"exists before using it with 'Securities.ContainsKey(\"{key}\")'"
        )
