"""Tables of instruments: the simulator's own and those that users add with `--instruments FILE` (TOML).

```toml
[[stock]]
symbol = "SIE"
price = 169.9
primary = "IBIS"
currency = "EUR"
calendar = "XETRA"

[[future]]
symbol = "HG"
exchange = "COMEX"
multiplier = 25000
min_tick = 0.0005
price = 3.89
months = "HKNUZ"
initial = 6600
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from leanib.errors import ConfigurationError
from leanib.simulator.market import instruments
from leanib.simulator.market.calendar import CALENDARS, Calendar
from leanib.simulator.market.expiries import RULES
from leanib.simulator.market.instruments import FutureRoot, Instrument

WORLD = Path(__file__).with_name("instruments.toml")
#: Finds an instrument of the world so far by its name, for contracts about others; None when there is none.
Lookup = Callable[[str], Instrument | None]


@dataclass(slots=True)
class World:
    """What a table holds, in its order."""

    items: list[Instrument] = field(default_factory=list)
    roots: list[FutureRoot] = field(default_factory=list)


class _Row:
    """One entry: takes its keys by type, and says which of them is wrong."""

    def __init__(self, place: str, content: dict[str, Any]) -> None:
        self.place = place
        self._left = dict(content)

    def wrong(self, text: str) -> ConfigurationError:
        return ConfigurationError(f"{self.place}: {text}")

    def text(self, key: str, default: str | None = None) -> str:
        return str(self._take(key, default, (str, int)))

    def whole(self, key: str, default: int | None = None) -> int:
        return int(self._take(key, default, (int,)))

    def number(self, key: str, default: float | None = None) -> float:
        return float(self._take(key, default, (int, float)))

    def decimal(self, key: str, default: str | None = None) -> Decimal:
        return Decimal(str(self._take(key, default if default is None else Decimal(default), (int, float, Decimal))))

    def flag(self, key: str, default: bool = False) -> bool:
        value = self._left.pop(key, default)
        if not isinstance(value, bool):
            raise self.wrong(f"{key} = {value!r} is neither true nor false")
        return value

    def above_zero(self, key: str, default: float | None = None) -> float:
        value = self.number(key, default)
        if not 0 < value < 1e12:
            raise self.wrong(f"{key} = {value!r} must be above zero")
        return value

    def tick(self, key: str, default: str | None = None) -> Decimal:
        value = self.decimal(key, default)
        if not value.is_finite() or value <= 0:
            raise self.wrong(f"{key} = {value} must be above zero")
        return value

    def calendar(self, default: str) -> Calendar:
        return CALENDARS[self.choice("calendar", default, CALENDARS)]

    def choice(self, key: str, default: str, known: dict[str, Any]) -> str:
        name = self.text(key, default)
        if name not in known:
            raise self.wrong(f"{key} = {name!r}; choose one of {', '.join(known)}")
        return name

    def done(self) -> None:
        if self._left:
            raise self.wrong(f"there is no key {min(self._left)!r}")

    def _take(self, key: str, default: Any, kinds: tuple[type, ...]) -> Any:
        value = self._left.pop(key, default)
        if value is None:
            raise self.wrong(f"{key} is missing")
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise self.wrong(f"{key} = {value!r} is not {'a number' if float in kinds else 'a text'}")
        return value


def read(path: Path, find: Lookup | None = None) -> World:
    """The instruments of a file; `find` knows those that are there already. Raises ConfigurationError."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigurationError(f"{path}: {problem.strerror}; name a file of instruments (TOML)") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigurationError(f"{path} is not TOML: {problem}") from None
    unknown = set(content) - set(_MAKERS)
    if unknown:
        raise ConfigurationError(f"{path}: there is no table {min(unknown)!r}; choose one of {', '.join(_MAKERS)}")
    world = World()

    def known(name: str) -> Instrument | None:
        mine = (item for item in world.items if name in {item.local_symbol, item.symbol} and item.sec_type != "CFD")
        return next(mine, None) or (find(name) if find is not None else None)

    for kind, make in _MAKERS.items():
        rows = content.get(kind, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ConfigurationError(f"{path}: [{kind}] must be written [[{kind}]]")
        for number, content_of_row in enumerate(rows, 1):
            row = _Row(f"{path} [[{kind}]] {number} {content_of_row.get('symbol', '')}".rstrip(), content_of_row)
            made = make(row, known)
            row.done()
            if isinstance(made, FutureRoot):
                world.roots.append(made)
            else:
                world.items.append(made)
    return world


def _stock(row: _Row, _: Lookup) -> Instrument:
    return instruments.stock(
        row.text("symbol"), row.above_zero("price"), con_id=row.whole("con_id", 0), name=row.text("name", ""),
        primary=row.text("primary", "NASDAQ"), currency=row.text("currency", "USD"),
        volatility=row.above_zero("volatility", 0.3), stock_type=row.text("stock_type", "COMMON"),
        industry=row.text("industry", ""), isin=row.text("isin", ""), min_tick=row.tick("min_tick", "0.01"),
        price_magnifier=row.whole("price_magnifier", 1), calendar=row.calendar("US_EQUITY"),
        dividend=row.decimal("dividend", "0"),
    )  # fmt: skip


def _forex(row: _Row, _: Lookup) -> Instrument:
    base, dot, quote = row.text("pair").partition(".")
    if not dot or not base or not quote:
        raise row.wrong("pair must be written as EUR.USD")
    return instruments.forex(
        base, quote, row.above_zero("price"), row.whole("con_id", 0), row.above_zero("volatility", 0.08)
    )


def _index(row: _Row, _: Lookup) -> Instrument:
    symbol = row.text("symbol")
    name = row.text("option_class", symbol)
    return instruments.index(
        symbol, row.above_zero("price"), row.whole("con_id", 0), row.text("exchange", "CBOE"),
        row.above_zero("volatility", 0.16), currency=row.text("currency", "USD"), calendar=row.calendar("US_INDEX"),
        options=name if row.flag("options") else "", name=row.text("name", ""),
    )  # fmt: skip


def _future(row: _Row, find: Lookup) -> FutureRoot:
    symbol, magnifier = row.text("symbol"), row.whole("price_magnifier", 1)
    initial, underlying = row.decimal("initial", "5000"), row.text("underlying", "")
    under = find(underlying) if underlying else None
    if underlying and under is None:
        raise row.wrong(f"underlying = {underlying!r} is not known; put it before")
    months = row.text("months", "FGHJKMNQUVXZ")
    if not months or set(months) - set("FGHJKMNQUVXZ"):
        raise row.wrong(f"months = {months!r}; use the letters FGHJKMNQUVXZ")
    return FutureRoot(
        symbol, row.text("exchange"), row.tick("multiplier") / magnifier, row.tick("min_tick"),
        row.above_zero("price"), months, initial, row.decimal("maintenance", str(initial * 10 / 11)),
        row.text("name", symbol), row.calendar("CME"), row.above_zero("volatility", 0.2),
        under.con_id if under is not None else 0, magnifier, row.text("class", symbol), row.text("currency", "USD"),
        row.choice("expires", "third friday", RULES), row.flag("negative"), row.text("options", ""),
    )  # fmt: skip


def _cfd(row: _Row, find: Lookup) -> Instrument:
    underlying = row.text("underlying")
    under = find(underlying)
    if under is None:
        raise row.wrong(f"underlying = {underlying!r} is not known; put it before")
    return instruments.cfd(
        under, row.text("symbol"), row.text("currency", under.currency), row.tick("min_tick", str(under.min_tick)),
        row.whole("con_id", 0),
    )  # fmt: skip


def _crypto(row: _Row, _: Lookup) -> Instrument:
    return instruments.crypto(
        row.text("symbol"), row.above_zero("price"), currency=row.text("currency", "USD"),
        con_id=row.whole("con_id", 0), min_tick=row.tick("min_tick", "0.01"),
        volatility=row.above_zero("volatility", 0.6), exchange=row.text("exchange", "PAXOS"),
    )  # fmt: skip


def _bond(row: _Row, _: Lookup) -> Instrument:
    maturity = row.text("maturity")
    if len(maturity) != 8 or not maturity.isdigit():
        raise row.wrong(f"maturity = {maturity!r} must be written as 20331115")
    return instruments.bond(
        row.text("symbol"), row.above_zero("price"), cusip=row.text("cusip"), maturity=maturity,
        coupon=row.decimal("coupon", "0"), isin=row.text("isin", ""), name=row.text("name", ""),
        con_id=row.whole("con_id", 0), currency=row.text("currency", "USD"),
        volatility=row.above_zero("volatility", 0.05),
    )  # fmt: skip


_MAKERS: dict[str, Callable[[_Row, Lookup], Instrument | FutureRoot]] = {
    "stock": _stock, "forex": _forex, "index": _index, "future": _future, "cfd": _cfd, "crypto": _crypto,
    "bond": _bond,
}  # fmt: skip
