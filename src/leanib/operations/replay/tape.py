"""What the simulator's market prints on a replayed day.

The tape prints every bar of the data folder, so that bars made of the simulator's ticks are the files' bars: the open
half a second after its begin, low and high (a falling bar: high and low) at thirds, the close in its last millisecond;
quotes from the quote file, where there is none bid and ask are the trade's price. Bars of futures are printed in the
hours in which these are traded at all, all others (and bars of whole days) in regular hours. Orders are filled by these
rules, which are LEAN's for bars:

- a market order fills at once, at the quote; one for a combination of contracts each leg at the leg's quote;
- an order on the open fills at the first bar's open;
- a resting order is worked at the end of each bar that began after it came. One for a share by the bar of trades: a
  stop at its price if the bar reached it, a limit at its price if the bar went beyond it, either at the bar's open if
  it opened beyond. All others by the bar of quotes on their side: a stop at the stop or at the close beyond it, a limit
  at its price, or at the worst of the bar if all of it is better.
- a resting order for a combination is worked at the end of each leg's bar that began after it came, by the latest bar
  of quotes of every leg on its side, all legs or none: with limits of its legs each as a limit order of its own; with
  one limit when the lows (a sale: the highs) together are better than it, each leg at its low (its high).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from leanib.operations.replay.bars import LENGTHS, Bar, bars_of_day, microseconds, parted
from leanib.simulator import Simulator
from leanib.simulator.market.combos import Leg
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.places import Place
from leanib.simulator.orders.model import Order

__all__ = ["Tape"]

_US = 1_000_000
_JUST_NOW = _US // 10
_RESOLUTIONS = list(LENGTHS)
_ONE = Decimal(1)
#: What is traded nearly all day, and whose bars come in all of these hours.
_EXTENDED = ("FUT", "FOP")
#: What LEAN fills by bars of trades; all else is filled by bars of quotes.
_BY_TRADES = ("STK", "IND")


class Tape:
    """Prints bars of the data folder on a simulator, and works resting orders at their ends.

    Args:
        simulator: Its clock is on the data's days.
        folder: LEAN's data folder.
    """

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self._sim = simulator
        self._folder = folder
        self._clock = simulator.clock
        self._resolution: dict[int, str] = {}
        self._factors: dict[int, Decimal] = {}
        self._last_size: dict[int, Decimal] = {}
        self._latest: dict[int, Bar] = {}
        self.printed: dict[str, int] = {}
        """How many bars there were of each symbol that was asked for."""
        self._working: Order | None = None
        simulator.orders.admits = self._admits

    def play(self, symbol: str | Instrument, resolution: str, *, name: str = "", factor: Decimal = _ONE) -> None:
        """Prints an instrument's bars from now on, at a resolution of the data folder or the next coarser one.

        Args:
            symbol: The simulator's name of it, or the instrument.
            resolution: LEAN's name in small letters.
            name: What it is called in `printed`.
            factor: What the folder's prices are multiplied by to be IB's.
        """
        item = self._sim.market.instrument(symbol)
        known = self._resolution.get(item.con_id)
        self._resolution[item.con_id] = min(known or resolution, resolution, key=_RESOLUTIONS.index)
        if known is None:
            name = name or item.local_symbol
            self.printed.setdefault(name, 0)
            self._factors[item.con_id] = factor
            self._sim.market.set_quote(item)  # from now on it moves only when the tape says so
            place = self._place(item)
            if place is not None:
                self._day(name, item, place, self._clock.now().astimezone(place.zone).date())

    def _place(self, item: Instrument) -> Place | None:
        places = (source.place(item) for source in self._sim.market.replayed if source.folder == self._folder)
        return next(places, None)

    def _admits(self, order: Order) -> bool:
        """Market orders always; a resting one only while it is being worked."""
        if order.kind == "MKT" or order is self._working:
            return True
        parts = [leg.item for leg in self._sim.market.combos.legs.get(order.item.con_id, ())] or [order.item]
        return any(part.con_id not in self._resolution for part in parts)

    def _day(self, name: str, item: Instrument, place: Place, day: date) -> None:
        """Schedules the bars of a day in the data's zone, and the next day."""
        asked, factor = self._resolution[item.con_id], self._factors[item.con_id]
        for bar in bars_of_day(self._folder, place, day, asked, factor):
            self.printed[name] += self._schedule(item, bar)
        tomorrow = day + timedelta(days=1)
        midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=place.zone)
        self._clock.call_at(microseconds(midnight), self._day, name, item, place, tomorrow)

    def _schedule(self, item: Instrument, bar: Bar) -> bool:
        """Has the clock print a bar; whether that will be."""
        at = self._clock.call_at
        session = item.calendar.next(bar.start, item.sec_type in _EXTENDED and not bar.is_daily)
        start, end = max(bar.start, session.start), min(bar.end, session.end)
        if start >= end or start + _JUST_NOW < self._clock.now_us():
            return False
        length = end - start
        rising = bar.worked[3] >= bar.worked[0]
        first, second = (2, 1) if rising else (1, 2)
        if start == session.start:
            at(start - min(length, _US) // 2, self._quote, item, bar, 0, Decimal(0))
        steps = ((start + min(length // 10, _US // 2), 0), (start + length // 3, first),
                 (start + 2 * length // 3, second), (end - 1000, 3))  # fmt: skip
        sizes = parted(bar.volume, self._last_size.get(item.con_id))
        self._last_size[item.con_id] = sizes[-1]
        for (moment, place), size in zip(steps, sizes, strict=True):
            at(moment, self._quote, item, bar, place, size)
        at(end - 900, self._work_orders, item, bar, start)
        at(end - 800, self._work_combos, item, start)  # when the bars of all legs that end now are over
        return True

    def _quote(self, item: Instrument, bar: Bar, place: int, size: Decimal) -> None:
        last = bar.trade[place] if bar.trade is not None else None
        self._sim.market.set_quote(item, bar.bid[place], bar.ask[place], last, last_size=size)

    # --- resting orders ------------------------------------------------------------------------------------------

    def _work_orders(self, item: Instrument, bar: Bar, start: int) -> None:
        """Fills what the bar has met, oldest first, and shows its close again."""
        self._latest[item.con_id] = bar
        for order in self._resting(item, start):
            by_trades = item.sec_type in _BY_TRADES
            price = _met(order, bar.worked) if by_trades else _met_at_quotes(order, bar)
            if price is None:
                continue
            self._working = order
            last = price if bar.trade is not None else None
            self._sim.market.set_quote(item, price, price, last, last_size=0)
            self._working = None
            self._quote(item, bar, 3, Decimal(0))

    def _resting(self, item: Instrument, start: int) -> list[Order]:
        """The orders that a bar may fill which began then, oldest first."""
        waiting = self._sim.orders.living.get(item.con_id, {}).values()
        return [one for one in waiting if not (one.done or one.kind == "MKT" or one.created > start + _US // 20)]

    def _work_combos(self, item: Instrument, start: int) -> None:
        """Fills the combinations with this leg that the latest bars have met."""
        combos, floor = self._sim.market.combos, self._sim.orders
        for combo in combos.including(item):
            legs = combos.legs[combo.con_id]
            bars = [self._latest[leg.item.con_id] for leg in legs if leg.item.con_id in self._latest]
            for order in self._resting(combo, start) if len(bars) == len(legs) else ():
                self._working = order
                prices = _met_by_legs(order, legs, bars) if floor.workable(order) else None
                if prices is not None:
                    floor.fill(order, _together(legs, prices), order.remaining, prices)
                self._working = None


def _met_by_legs(order: Order, legs: Sequence[Leg], bars: Sequence[Bar]) -> list[Decimal] | None:
    """At what prices bars of quotes fill the legs of a resting order; None: not (`FillModel`)."""
    buying = [order.sign * leg.sign > 0 for leg in legs]
    sides = [bar.ask if side else bar.bid for side, bar in zip(buying, bars, strict=True)]
    if any(order.spec.leg_prices):
        limits = [Decimal(text) for text in order.spec.leg_prices]
        own = [_met_limit(*one) for one in zip(buying, sides, limits, strict=True)]
        return [price for price in own if price is not None] if None not in own else None
    limit, prices = order.limit, [side[2] if order.buying else side[1] for side in sides]
    total = _together(legs, prices)
    if limit is None or not (total < limit if order.buying else total > limit):
        return None
    return prices


def _together(legs: Sequence[Leg], prices: Sequence[Decimal]) -> Decimal:
    """What a combination costs, by the weight of each leg's price."""
    return sum((leg.sign * leg.weight * price for leg, price in zip(legs, prices, strict=True)), Decimal(0))


def _met_limit(buying: bool, side: tuple[Decimal, ...], limit: Decimal) -> Decimal | None:
    """At what price one side's bar fills a limit: at it, or at the worst if all of the bar is better."""
    _, high, low, _ = side
    if not (low < limit if buying else high > limit):
        return None
    return min(high, limit) if buying else max(low, limit)


def _met(order: Order, bar: tuple[Decimal, ...]) -> Decimal | None:
    """At what price a bar of trades (open, high, low, close) fills a resting order; None: not (`EquityFillModel`)."""
    opened, high, low, _ = bar
    stop, limit = order.stop, order.limit
    if stop is not None and not order.triggered:
        if not (high >= stop if order.buying else low <= stop):
            return None
        if limit is None:
            gap = opened >= stop if order.buying else opened <= stop
            return opened if gap else stop
    if limit is None:
        return None
    if not (low < limit if order.buying else high > limit):
        return None
    gap = opened < limit if order.buying else opened > limit
    return opened if gap else limit


def _met_at_quotes(order: Order, bar: Bar) -> Decimal | None:
    """At what price a bar's quotes on the order's side fill it, the worst within its limit; None: not (`FillModel`)."""
    _, high, low, close = bar.ask if order.buying else bar.bid
    stop, limit = order.stop, order.limit
    if stop is not None and not order.triggered:
        if not (high > stop if order.buying else low < stop):
            return None
        if limit is None:
            return max(stop, close) if order.buying else min(stop, close)
        low = high = close  # of a stop limit order, the limit is asked of the last price
        return _within(order, low, high, limit, bar.ask[1] if order.buying else bar.bid[2])
    return None if limit is None else _within(order, low, high, limit, high if order.buying else low)


def _within(order: Order, low: Decimal, high: Decimal, limit: Decimal, worst: Decimal) -> Decimal | None:
    if order.buying:
        return min(worst, limit) if low < limit else None
    return max(worst, limit) if high > limit else None
