"""Generic ticks: which lists of them are legal, and what the simulator has to say for each.

Sources: "Available Tick Types" of the TWS API documentation; the list of legal ones and its wording as a Gateway gave
them in a refusal (error 321) in 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from leanib.simulator.clock import SECOND_US
from leanib.simulator.market.expiries import before
from leanib.simulator.market.instruments import stable_id
from leanib.simulator.market.market import to_tick
from leanib.simulator.protocol import market as answers
from leanib.simulator.protocol.fields import number

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.market.instruments import Instrument
    from leanib.simulator.market.quotes import Quote

_DIVIDENDS = frozenset({"STK", "CFD", "OPT", "FOP", "FUT", "IND"})
_SHORT_TERM = frozenset({"STK", "CFD", "OPT", "FOP", "FUT", "BOND", "CRYPTO"})
_INDEX = frozenset({"IND"})
#: Number, older number, name, and the kinds of instruments that have it (None: all).
_LEGAL: tuple[tuple[int, int, str, frozenset[str] | None], ...] = (
    (100, 0, "Option Volume", None), (101, 0, "Option Open Interest", None), (105, 0, "Average Opt Volume", None),
    (106, 0, "impvolat", None), (162, 0, "Index Future Premium", _INDEX), (165, 0, "Misc. Stats", None),
    (221, 220, "Creditman Mark Price", None), (225, 0, "Auction", None), (232, 221, "Pl Price", None),
    (233, 0, "RTVolume", None), (236, 0, "inventory", None), (258, 47, "Fundamentals", None),
    (292, 0, "Wide_news", None), (293, 0, "TradeCount", None), (294, 0, "TradeRate", None),
    (295, 0, "VolumeRate", None), (318, 0, "LastRTHTrade", None), (375, 0, "RTTrdVolume", None),
    (411, 0, "rthistvol", None), (456, 59, "IBDividends", _DIVIDENDS), (460, 0, "Bond Factor Multiplier", None),
    (577, 0, "EtfNavLast(navlast)", None), (586, 0, "IPOHLMPRC", None), (587, 0, "Pl Price Delayed", None),
    (588, 0, "Futures Open Interest", None), (595, 0, "Short-Term Volume X Mins", _SHORT_TERM),
    (614, 0, "EtfNavMisc(high/low)", None), (619, 0, "Creditman Slow Mark Price", None),
    (623, 0, "EtfFrozenNavLast(fznavlast)", None),
)  # fmt: skip
_HISTORICAL_VOLATILITY = 104  # taken, but not among those that a refusal lists
_KINDS = {code: kinds for code, _, _, kinds in _LEGAL} | {_HISTORICAL_VOLATILITY: None}
_OLDER = {older: code for code, older, _, _ in _LEGAL if older}
RT_VOLUME, RT_TRADE_VOLUME, MARK_PRICE = 233, 375, 232
_WEEKS = ((13, 15), (26, 17), (52, 19))


def parse(text: str, sec_type: str) -> frozenset[int] | None:
    """The numbers of a generic tick list, in their newer form; None when one of them is not legal here."""
    found = set()
    for word in filter(None, (one.strip() for one in text.split(","))):
        if word.lower() == "mdoff":
            continue
        name, colon, parameter = word.partition(":")
        if not name.isdigit() or (colon and not parameter):
            return None
        code = _OLDER.get(int(name), int(name))
        kinds = _KINDS.get(code, frozenset[str]())
        if kinds is not None and sec_type not in kinds:
            return None
        found.add(code)
    return frozenset(found)


def refusal(text: str, sec_type: str) -> str:
    """Why a list is refused, in IB's words, with all that are legal."""
    legal = ",".join(
        f"{code}{f'/{older}' if older else ''}({name})"
        for code, older, name, kinds in _LEGAL
        if kinds is None or sec_type in kinds
    )
    return f"-'bQ' : cause - Incorrect generic tick list of {text}.  Legal ones for ({sec_type}) are: {legal}"


class GenericTicks:
    """Makes the messages of generic ticks; figures that no market of the simulator has follow from the instrument."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def first(self, req_id: int, item: Instrument, asked: frozenset[int], quote: Quote) -> Iterator[bytes]:
        """What a subscription gets at its start."""
        for code in sorted(asked):
            maker = getattr(self, f"_tick_{code}", None)
            if maker is not None:
                yield from maker(req_id, item, quote)

    def traded(self, req_id: int, asked: frozenset[int], quote: Quote) -> Iterator[bytes]:
        """What every trade brings."""
        if quote.last is None:
            return
        text = f"{quote.last};{quote.last_size};{quote.time // 1000};{quote.volume};{number(quote.last)};true"
        for code, kind in ((RT_VOLUME, 48), (RT_TRADE_VOLUME, 77)):
            if code in asked:
                yield answers.tick_string(req_id, kind, text)
        if MARK_PRICE in asked:
            yield from self._tick_232(req_id, None, quote)

    @staticmethod
    def _made_up(item: Instrument, what: str, scale: int) -> str:
        """A figure that stays: of a thousand to `scale` thousands."""
        return str((1 + stable_id(f"{what}:{item.symbol}:{item.con_id}") % scale) * 1000)

    def _tick_100(self, req_id: int, item: Instrument, quote: Quote) -> Iterator[bytes]:
        for kind, right, share in ((29, "C", 40), (30, "P", 50)):
            if item.is_option and item.right == right:
                yield answers.tick_size(req_id, kind, number(quote.volume))
            elif item.options and item.sec_type in {"STK", "IND"}:
                yield answers.tick_size(req_id, kind, number(quote.volume // share))

    def _tick_101(self, req_id: int, item: Instrument, _: Quote) -> Iterator[bytes]:
        for kind, right in ((27, "C"), (28, "P")):
            if item.right == right or (item.options and item.sec_type in {"STK", "IND"}):
                yield from self._open_interest(req_id, kind, item, f"open interest {right}", 500)

    def _tick_104(self, req_id: int, item: Instrument, _: Quote) -> Iterator[bytes]:
        yield answers.tick_generic(req_id, 23, item.volatility)

    def _tick_105(self, req_id: int, item: Instrument, _: Quote) -> Iterator[bytes]:
        if item.options and item.sec_type in {"STK", "IND"}:
            yield answers.tick_size(req_id, 87, self._made_up(item, "average option volume", 200))

    def _tick_106(self, req_id: int, item: Instrument, _: Quote) -> Iterator[bytes]:
        yield answers.tick_generic(req_id, 24, item.volatility)

    def _tick_162(self, req_id: int, item: Instrument, quote: Quote) -> Iterator[bytes]:
        months = self.gateway.market.directory.futures(item.symbol)
        mine = [one for one in months if one.under_con_id == item.con_id]
        mine = mine or [one for one in self._all_futures() if one.under_con_id == item.con_id]
        ahead = self.gateway.market.quote(mine[0]).mark if mine else None
        if ahead is not None and quote.last is not None:
            yield answers.tick_generic(req_id, 31, float(ahead - quote.last))

    def _all_futures(self) -> list[Instrument]:
        directory = self.gateway.market.directory
        return [item for root in directory.roots if root.underlying for item in directory.futures(root.symbol)]

    def _tick_165(self, req_id: int, item: Instrument, quote: Quote) -> Iterator[bytes]:
        """Lowest and highest price of 13, 26 and 52 weeks, and the average volume of a day."""
        now = self.gateway.clock.now_us()
        sessions = list(item.calendar.between(now - 364 * 86400 * SECOND_US, now))
        if not sessions:
            return
        bars = self.gateway.market.bars(item, [s.start for s in sessions], [min(s.end, now) for s in sessions])
        for weeks, kind in _WEEKS:
            edge = now - weeks * 7 * 86400 * SECOND_US
            rows = np.array([s.end > edge for s in sessions]) & ~np.isnan(bars.low)
            if rows.any():
                low, high = float(bars.low[rows].min()), float(bars.high[rows].max())
                yield answers.tick_price(req_id, kind, str(to_tick(low, item)), "0")
                yield answers.tick_price(req_id, kind + 1, str(to_tick(high, item)), "0")
        if item.sec_type not in {"IND", "CASH"}:
            yield answers.tick_size(req_id, 21, str(int(bars.volume.mean())))

    def _tick_232(self, req_id: int, _: Instrument | None, quote: Quote) -> Iterator[bytes]:
        if quote.mark is not None:
            yield answers.tick_price(req_id, 37, str(quote.mark), "0")

    def _tick_221(self, req_id: int, item: Instrument, quote: Quote) -> Iterator[bytes]:
        yield from self._tick_232(req_id, item, quote)

    def _tick_236(self, req_id: int, item: Instrument, _: Quote) -> Iterator[bytes]:
        if item.sec_type != "STK":
            return
        hard = item.symbol in self.gateway.desk.hard_to_borrow
        yield answers.tick_generic(req_id, 46, 1.5 if hard else 3.0)
        yield answers.tick_size(req_id, 89, "0" if hard else "10000000")

    def _tick_411(self, req_id: int, item: Instrument, _: Quote) -> Iterator[bytes]:
        yield answers.tick_generic(req_id, 58, item.volatility)

    def _tick_456(self, req_id: int, item: Instrument, _: Quote) -> Iterator[bytes]:
        """Dividends of the past and of the coming twelve months, the next date and amount; nothing where none is."""
        if not item.dividend:
            yield answers.tick_string(req_id, 59, ",,,")
            return
        year, quarter = number(item.dividend), number(item.dividend / 4)
        day = next_quarterly(self.gateway.clock.now().date())
        yield answers.tick_string(req_id, 59, f"{year},{year},{day:%Y%m%d},{quarter}")

    def _tick_588(self, req_id: int, item: Instrument, _: Quote) -> Iterator[bytes]:
        if item.sec_type == "FUT":
            yield from self._open_interest(req_id, 86, item, "open interest", 2000)

    def _open_interest(self, req_id: int, kind: int, item: Instrument, what: str, scale: int) -> Iterator[bytes]:
        """Of a contract of a replayed folder what that tells, or nothing."""
        market = self.gateway.market
        source = next((source for source in market.replayed if source.lists(item)), None)
        if source is None:
            yield answers.tick_size(req_id, kind, self._made_up(item, what, scale))
        elif (found := source.open_interest(item, self.gateway.clock.now())) is not None:
            yield answers.tick_size(req_id, kind, str(found))


def next_quarterly(today: date) -> date:
    """The next business day before the middle of February, May, August or November."""
    for year in (today.year, today.year + 1):
        for month in (2, 5, 8, 11):
            day = before(date(year, month, 16), 1)
            if day >= today:
                return day
    raise AssertionError("a year has four quarters")

