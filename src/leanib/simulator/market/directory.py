"""The directory of instruments: by id, by name, and by whatever a client's query says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

from leanib.simulator.clock import Clock
from leanib.simulator.market import catalogue
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.protocol.contracts import ContractQuery
from leanib.simulator.protocol.fields import number

_DERIVED = {"OPT", "FUT", "FOP", "CONTFUT", "FUT+CONTFUT"}


class UnknownInstrumentError(KeyError):
    """No instrument has that name."""

    def __str__(self) -> str:
        return f"no instrument is called {self.args[0]!r}; add it with sim.market.directory.add(...)"


class Directory:
    """All instruments; option chains and futures are made when first asked for, from the clock's date."""

    def __init__(self, clock: Clock, spot: Callable[[Instrument], float]) -> None:
        self.clock = clock
        self._spot = spot
        self.by_id: dict[int, Instrument] = {}
        self._by_symbol: dict[str, list[Instrument]] = {}
        self._by_local: dict[str, Instrument] = {}
        self._expanded: set[tuple[str, str]] = set()
        for item in catalogue.base_instruments():
            self.add(item)

    def add(self, item: Instrument) -> Instrument:
        """Make an instrument known; one that is known already (by id) stays as it is."""
        known = self.by_id.get(item.con_id)
        if known is not None:
            return known
        self.by_id[item.con_id] = item
        self._by_symbol.setdefault(item.symbol, []).append(item)
        self._by_local.setdefault(item.local_symbol, item)
        return item

    def pair(self, name: str) -> Instrument | None:
        """The currency pair of that name, if it exists."""
        found = self._by_local.get(name)
        return found if found is not None and found.sec_type == "CASH" else None

    def named(self, name: str) -> Instrument:
        """The instrument with this local symbol or symbol; raises UnknownInstrumentError."""
        found = self._by_local.get(name)
        if found is None:
            self._expand_all(name)
            candidates = self._by_symbol.get(name)
            found = self._by_local.get(name) or (candidates[0] if candidates else None)
        if found is None:
            raise UnknownInstrumentError(name)
        return found

    def find(self, query: ContractQuery) -> list[Instrument]:
        """Every instrument that the query describes, in a stable order."""
        if query.con_id:
            found = self.by_id.get(query.con_id) or self._by_id_expanded(query.con_id)
            return [found] if found is not None and _fits(found, query) else []
        if query.sec_id_type and query.sec_id:
            return [item for item in list(self.by_id.values()) if _has_id(item, query)]
        if query.sec_type in _DERIVED:
            self._expand(query.symbol or _root(query.local_symbol), query.sec_type)
        pool: list[Instrument] = self._by_symbol.get(query.symbol, [])
        if query.local_symbol and not query.symbol:
            local = self._by_local.get(query.local_symbol)
            pool = [local] if local else []
        found_items = [item for item in pool if _fits(item, query)]
        return found_items[:1] if query.sec_type == "CONTFUT" else found_items

    def matching(self, pattern: str, limit: int = 16) -> list[Instrument]:
        """Underlyings whose symbol begins with, or whose name contains, `pattern`."""
        wanted = pattern.upper()
        items = [item for item in self.by_id.values() if item.sec_type in {"STK", "IND", "CASH"}]
        first = [item for item in items if item.symbol.startswith(wanted)]
        rest = [item for item in items if item not in first and wanted in item.long_name.upper()]
        return (sorted(first, key=lambda item: (len(item.symbol), item.symbol)) + rest)[:limit]

    def chain(self, under: Instrument) -> list[Instrument]:
        """All listed options of an underlying."""
        self._expand(under.symbol, "OPT")
        return [
            item
            for item in self._by_symbol[under.symbol]
            if item.sec_type == "OPT" and item.under_con_id == under.con_id
        ]

    def futures(self, symbol: str) -> list[Instrument]:
        """The listed months of a futures product."""
        self._expand(symbol, "FUT")
        return [item for item in self._by_symbol.get(symbol, []) if item.sec_type == "FUT"]

    def derivatives(self, item: Instrument) -> list[str]:
        """The kinds of derivatives on an underlying."""
        if item.sec_type == "STK" or (item.sec_type == "IND" and item.symbol in {"SPX", "NDX", "RUT", "VIX"}):
            return ["OPT"]
        return []

    def _expand(self, symbol: str, sec_type: str) -> None:
        kind = "OPT" if sec_type == "OPT" else "FUT"
        today = self.clock.now().date()
        key = (symbol, f"{kind}:{today:%G%V}")
        if key in self._expanded:
            return
        self._expanded.add(key)
        if kind == "FUT":
            root = catalogue.FUTURES.get(symbol)
            for item in catalogue.future_contracts(root, today) if root else ():
                self.add(item)
            return
        for under in list(self._underlyings(symbol)):
            for item in catalogue.option_chain(under, self._spot(under), today):
                self.add(item)

    def _underlyings(self, symbol: str) -> Iterator[Instrument]:
        for item in self._by_symbol.get(symbol, ()):
            if self.derivatives(item):
                yield item

    def _expand_all(self, name: str) -> None:
        root = _root(name)
        for symbol in (name, root):
            self._expand(symbol, "FUT")
            if " " in name:
                self._expand("SPX" if symbol == "SPXW" else symbol, "OPT")

    def _by_id_expanded(self, con_id: int) -> Instrument | None:
        for symbol in catalogue.FUTURES:
            self._expand(symbol, "FUT")
        for symbol in [item.symbol for item in self.by_id.values() if item.sec_type in {"STK", "IND"}]:
            if con_id in self.by_id:
                break
            self._expand(symbol, "OPT")
        return self.by_id.get(con_id)


def _root(local_symbol: str) -> str:
    """The product of a local symbol: ESH4 -> ES, "SPY   240119C..." -> SPY."""
    if " " in local_symbol:
        return local_symbol.split(" ", 1)[0]
    return local_symbol[:-2] if local_symbol[-1:].isdigit() else local_symbol


def _has_id(item: Instrument, query: ContractQuery) -> bool:
    pairs = item.details(0).sec_ids if item.sec_type == "STK" else ()
    return (query.sec_id_type, query.sec_id) in pairs


def _fits(item: Instrument, query: ContractQuery) -> bool:
    """Does the instrument agree with every field that the query gives?"""
    kind = "FUT" if query.sec_type in {"CONTFUT", "FUT+CONTFUT"} else query.sec_type
    exchange = query.exchange
    return (
        (not kind or kind == item.sec_type)
        and (not query.symbol or query.symbol == item.symbol)
        and (not query.currency or query.currency == item.currency)
        and (not query.expiry or item.expiry.startswith(query.expiry.split(" ")[0].replace("-", "")))
        and (query.strike is None or Decimal(query.strike) == item.strike)
        and (not query.right or query.right == item.right)
        and (not query.local_symbol or query.local_symbol == item.local_symbol)
        and (not query.trading_class or query.trading_class == item.trading_class)
        and (not query.multiplier or item.multiplier_text in {"", _plain(query.multiplier)})
        and (not exchange or exchange == item.exchange or exchange in item.valid_exchanges.split(","))
        and (not query.primary_exchange or _primary(query.primary_exchange, item))
    )


def _plain(text: str) -> str:
    """A number as the Gateway writes it ("100.0" is "100"); what is no number as it is, so that nothing fits it."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return number(value) if value.is_finite() else text


def _primary(wanted: str, item: Instrument) -> bool:
    return wanted in {item.primary_exchange, item.exchange} or {wanted, item.primary_exchange} <= {"NASDAQ", "ISLAND"}
