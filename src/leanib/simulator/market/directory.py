"""The directory of instruments: by id, by name, and by whatever a client's query says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Protocol

from leanib.simulator.clock import Clock
from leanib.simulator.market import catalogue, table
from leanib.simulator.market.instruments import MARKET_RULES, OPTION_KINDS, FutureRoot, Instrument
from leanib.simulator.protocol.contracts import ContractQuery
from leanib.simulator.protocol.fields import number

_DERIVED = {"OPT", "FUT", "FOP", "CONTFUT", "FUT+CONTFUT"}
_ANSWERS = {"CONTFUT": "FUT", "FUT+CONTFUT": "FUT"}


class UnknownInstrumentError(KeyError):
    """No instrument has that name."""

    def __str__(self) -> str:
        return f"no instrument is called {self.args[0]!r}; add it with sim.market.directory.add(...)"


class Lister(Protocol):
    """Who knows which contracts of a product there are; an empty answer leaves it to the next one."""

    def options(self, under: Instrument, today: date) -> list[Instrument]:
        """The options on an instrument that are traded on a day."""

    def futures(self, root: FutureRoot, today: date) -> list[Instrument]:
        """The months of a product that are traded on a day."""


class Directory:
    """All instruments; option chains and futures are made when first asked for, from the clock's date.

    Where a replayed folder has contracts of a product, these are all there are of it.
    """

    def __init__(self, clock: Clock, spot: Callable[[Instrument], float]) -> None:
        self.clock = clock
        self._spot = spot
        self.by_id: dict[int, Instrument] = {}
        self.roots: list[FutureRoot] = []
        #: Replayed folders, the newest first.
        self.listed: list[Lister] = []
        self._by_symbol: dict[str, list[Instrument]] = {}
        self._by_local: dict[str, Instrument] = {}
        self._expanded: set[tuple[str, str]] = set()
        self.load(table.WORLD)

    def load(self, path: Path) -> None:
        """Add the instruments of a file; those with a known contract id or root replace. Raises ConfigurationError."""
        world = table.read(path, self._named)
        mine = {(root.symbol, root.trading_class) for root in world.roots}
        self.roots = [root for root in self.roots if (root.symbol, root.trading_class) not in mine] + world.roots
        for item in world.items:
            if item.con_id in self.by_id:
                self._forget(self.by_id[item.con_id])
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

    def _forget(self, item: Instrument) -> None:
        del self.by_id[item.con_id]
        self._by_symbol[item.symbol].remove(item)
        if self._by_local.get(item.local_symbol) is item:
            del self._by_local[item.local_symbol]

    def pair(self, name: str) -> Instrument | None:
        """The currency pair of that name, if it exists."""
        found = self._by_local.get(name)
        return found if found is not None and found.sec_type == "CASH" else None

    def under(self, item: Instrument) -> Instrument:
        """What the price of an option or of a contract for difference follows."""
        return self.by_id[item.under_con_id]

    def named(self, name: str) -> Instrument:
        """The instrument with this local symbol or symbol; raises UnknownInstrumentError."""
        found = self._named(name)
        if found is None:
            self._expand_all(name)
            found = self._named(name)
        if found is None:
            raise UnknownInstrumentError(name)
        return found

    def _named(self, name: str) -> Instrument | None:
        candidates = self._by_symbol.get(name)
        return self._by_local.get(name) or (candidates[0] if candidates else None)

    def increments(self, rule: int) -> tuple[tuple[Decimal, Decimal], ...] | None:
        """The price increments of a market rule; None when nothing has it."""
        if rule in MARKET_RULES:
            return MARKET_RULES[rule]
        mine = (item for item in self.by_id.values() if item.market_rule == rule)
        return next((((Decimal(0), item.min_tick),) for item in mine), None)

    def find(self, query: ContractQuery) -> list[Instrument]:
        """Every instrument that the query describes, in a stable order."""
        if query.con_id:
            found = self.by_id.get(query.con_id) or self._by_id_expanded(query.con_id)
            return [found] if found is not None and _fits(found, query) else []
        if query.sec_id_type and query.sec_id:
            kind, text = query.sec_id_type.upper(), query.sec_id.upper()
            return [item for item in list(self.by_id.values()) if item.is_called(kind, text) and _fits(item, query)]
        if query.sec_type in _DERIVED:
            self._expand(query.symbol or self._symbol_of(query.local_symbol or query.trading_class), query.sec_type)
        pool: list[Instrument] = self._by_symbol.get(query.symbol, [])
        if query.local_symbol and not query.symbol:
            pool = self._with_local(query.local_symbol)
        elif query.trading_class and not query.symbol:
            pool = [item for item in self.by_id.values() if item.trading_class == query.trading_class]
        elif query.sec_type == "BOND" and not pool:  # bonds are looked up by their CUSIP or ISIN as symbol
            pool = [item for item in self.by_id.values() if query.symbol in {item.cusip, item.isin}]
            query.symbol = ""
        found_items = [item for item in pool if _fits(item, query)]
        return found_items[:1] if query.sec_type == "CONTFUT" else found_items

    def _with_local(self, name: str) -> list[Instrument]:
        first = self._by_local.get(name)
        others = self._by_symbol.get(first.symbol, []) if first is not None else []
        return [item for item in others if item.local_symbol == name]

    def matching(self, pattern: str, limit: int = 16) -> list[Instrument]:
        """Underlyings whose symbol begins with, or whose name contains, `pattern`."""
        wanted = pattern.upper()
        items = [item for item in self.by_id.values() if item.sec_type in {"STK", "IND", "CASH", "CRYPTO", "BOND"}]
        first = [item for item in items if item.symbol.startswith(wanted)]
        rest = [item for item in items if item not in first and wanted in item.long_name.upper()]
        return (sorted(first, key=lambda item: (len(item.symbol), item.symbol)) + rest)[:limit]

    def chain(self, under: Instrument) -> list[Instrument]:
        """All listed options of an underlying."""
        kind = "FOP" if under.sec_type == "FUT" else "OPT"
        self._expand(under.symbol, kind)
        return [item for item in self._traded(under.symbol, kind) if item.under_con_id == under.con_id]

    def futures(self, symbol: str) -> list[Instrument]:
        """The listed months of a futures product."""
        self._expand(symbol, "FUT")
        return self._traded(symbol, "FUT")

    def _traded(self, symbol: str, kind: str) -> list[Instrument]:
        today = f"{self.clock.now():%Y%m%d}"
        return [item for item in self._by_symbol.get(symbol, ()) if item.sec_type == kind and item.expiry >= today]

    def derivatives(self, item: Instrument) -> list[str]:
        """The kinds of derivatives on an underlying."""
        found = ["OPT"] if item.options and item.sec_type in {"STK", "IND"} else []
        if any(root.symbol == item.symbol for root in self.roots) and item.sec_type == "IND":
            found.append("FUT")
        return found + ["CFD"] * any(one.sec_type == "CFD" for one in self._by_symbol.get(item.symbol, ()))

    def _expand(self, symbol: str, sec_type: str) -> None:
        """Make the contracts of a product known: once a week, once a day where a folder lists them."""
        kind = sec_type if sec_type in OPTION_KINDS else "FUT"
        today = self.clock.now().date()
        key = (symbol, f"{kind}:{today:%Y%m%d}" if self.listed else f"{kind}:{today:%G%V}")
        if key in self._expanded:
            return
        self._expanded.add(key)
        if kind == "FUT":
            for root in self.roots:
                if root.symbol == symbol:
                    for item in self._months(root, today):
                        self.add(item)
            return
        for under in self._underlyings(symbol, kind):
            for item in self._chain(under, today):
                self.add(item)

    def _months(self, root: FutureRoot, today: date) -> list[Instrument]:
        found = (lister.futures(root, today) for lister in self.listed)
        return next(filter(None, found), None) or catalogue.future_contracts(root, today)

    def _chain(self, under: Instrument, today: date) -> Iterable[Instrument]:
        found = (lister.options(under, today) for lister in self.listed)
        return next(filter(None, found), None) or catalogue.option_chain(under, self._spot(under), today)

    def _underlyings(self, symbol: str, kind: str) -> list[Instrument]:
        if kind == "FOP":
            mine = [item for item in self.futures(symbol) if item.options]
            return sorted(mine, key=lambda item: item.expiry)[: catalogue.OPTION_MONTHS]
        return [item for item in self._by_symbol.get(symbol, ()) if item.options and item.sec_type in {"STK", "IND"}]

    def _symbol_of(self, name: str) -> str:
        """The symbol of the product that a local symbol or a trading class belongs to."""
        root = _root(name)
        for one in self.roots:
            if name == one.trading_class or root in {one.trading_class, one.symbol} or root == one.options:
                return one.symbol
        for item in self.by_id.values():
            if item.options and item.options in {root, name}:
                return item.symbol
        return root

    def _expand_all(self, name: str) -> None:
        for symbol in {name, self._symbol_of(name)}:
            self._expand(symbol, "FUT")
            if " " in name:
                self._expand(symbol, "OPT")
                self._expand(symbol, "FOP")

    def _by_id_expanded(self, con_id: int) -> Instrument | None:
        for root in self.roots:
            self._expand(root.symbol, "FUT")
        for root in self.roots:
            if root.options:
                self._expand(root.symbol, "FOP")
        for symbol in self._optionable():
            if con_id in self.by_id:
                break
            self._expand(symbol, "OPT")
        return self.by_id.get(con_id)

    def _optionable(self) -> Iterator[str]:
        yield from [item.symbol for item in self.by_id.values() if item.options and item.sec_type in {"STK", "IND"}]


def _root(local_symbol: str) -> str:
    """The product of a local symbol: ESH4 -> ES, "SPY   240119C..." -> SPY, "ESH4 C4700" -> ES."""
    first = local_symbol.split(" ", 1)[0]
    if " " in local_symbol and not first[-1:].isdigit():
        return first
    return first[:-2] if first[-1:].isdigit() and len(first) > 2 else first


def _fits(item: Instrument, query: ContractQuery) -> bool:
    """Does the instrument agree with every field that the query gives?"""
    kind = _ANSWERS.get(query.sec_type, query.sec_type)
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
