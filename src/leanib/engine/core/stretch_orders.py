"""At which steps of a stretch pending orders have to be looked at: between them nothing can happen to any.

An order is a matter of its symbol's data, of the market's hours and of the money there is. It is looked at where a row
of the file comes that may reach its price, where the market opens or closes, and at the first step of a stretch. Where
a model of the user's, or too little money, may have a say, there are no such steps: then each of them counts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leanib.engine.assets import OrderDay
from leanib.engine.core.stretch import NEVER, Lane, Stretch, distinct
from leanib.engine.core.stretch_values import StretchValues
from leanib.engine.orders.combo import group_orders
from leanib.engine.orders.enums import OrderDirection, OrderStatus, OrderType
from leanib.engine.orders.fills.equity import EquityFillModel
from leanib.engine.orders.fills.fill_model import FillModel, FutureFillModel, ImmediateFillModel
from leanib.engine.orders.time_in_force import DayTimeInForce, GoodTilCanceledTimeInForce, GoodTilDateTimeInForce
from leanib.engine.securities.buying_power.model import BuyingPowerModel
from leanib.engine.securities.user_models import is_users

if TYPE_CHECKING:
    from leanib.engine.core.run import Run
    from leanib.engine.orders.order import Order
    from leanib.engine.securities import Security, SecurityExchangeHours

__all__ = ["OrderSteps", "first_from", "steps_where"]

_SLACK = 1e-9
_BOTH = (False, True)
_DEAREST = 1.5
"""So much may the price rise in a stretch for its fee to be at most twice what it is at the beginning."""
_PATIENT = (OrderType.MARKET, OrderType.MARKET_ON_OPEN)
_AT_A_PRICE = (
    OrderType.LIMIT,
    OrderType.STOP_MARKET,
    OrderType.STOP_LIMIT,
    OrderType.TRAILING_STOP,
    OrderType.LIMIT_IF_TOUCHED,
)
_BY_TRADES = (OrderType.LIMIT, OrderType.STOP_MARKET, OrderType.LIMIT_IF_TOUCHED)
_EXPIRING = (DayTimeInForce, GoodTilDateTimeInForce)

Steps = NDArray[np.intp]


class OrderSteps:
    """The steps at which one of some orders has to be looked at; `is_known` False when that is each."""

    def __init__(
        self,
        run: Run,
        pending: Sequence[Order],
        sleeping: Mapping[Security, set[int]],
        stretch: Stretch,
        values: StretchValues,
    ) -> None:
        left_alone = set().union(*(ids for security, ids in sleeping.items() if not stretch.has_rows(security)))
        orders = [order for order in pending if order.id not in left_alone]
        self._run = run
        self._stretch = stretch
        self._values = values
        self._steps: list[int] = []
        self._changes: list[_Changes] = []
        self.is_known = run.portfolio.positions.is_only_default_groups and all(map(self._is_plain, orders))
        if self.is_known:
            parts = [np.zeros(1, np.intp), *(self._steps_of(order) for order in orders)]
            self._steps = distinct(parts).tolist()
            all_hours = {run.securities[order.symbol].exchange.hours for order in orders}
            self._changes = [change for hours in all_hours for change in self._changes_of(hours)]

    def next_step(self, step: int) -> int:
        """The first of them from a step on; far away when there is none."""
        first = first_from(self._steps, step)
        return min([first, *(change.next_step(step) for change in self._changes)]) if self._changes else first

    # --- whether an order may be left alone ----------------------------------------------------------------------

    def _is_plain(self, order: Order) -> bool:
        security = self._run.securities.get(order.symbol)
        if security is None or order.status is OrderStatus.CANCEL_PENDING or security.symbol.asset.is_option:
            return False
        if order.order_type not in (*_PATIENT, *_AT_A_PRICE, OrderType.MARKET_ON_CLOSE):
            return False
        if group_orders(order, lambda _id: None) != [order]:
            return False
        return self._models_are_ours(security) and self._keeps_hours(order) and self._can_be_paid(order, security)

    def _models_are_ours(self, security: Security) -> bool:
        models = (security.fill_model, security.slippage_model, security.fee_model, security.buying_power_model)
        return not any(is_users(model) for model in (*models, self._run.algorithm.brokerage_model))

    @staticmethod
    def _keeps_hours(order: Order) -> bool:
        """Whether nothing but the market's own hours says when the order may fill and when it ends."""
        if getattr(order.properties, "outside_regular_trading_hours", False):
            return False
        force = type(order.time_in_force)
        by_market = order.symbol.asset.order_day is OrderDay.MARKET_CLOSE
        return force is GoodTilCanceledTimeInForce or (force in _EXPIRING and by_market)

    def _can_be_paid(self, order: Order, security: Security) -> bool:
        """Whether there is money for it at each step."""
        model, portfolio = security.buying_power_model, self._run.portfolio
        if not isinstance(model, BuyingPowerModel) or not model.checks_as_usual:
            return False
        if model.only_reduces(security, order):
            return True
        lane, now = self._stretch.securities.get(security), security.price
        highest = now if lane is None else float(lane.price_path().max())
        if highest > _DEAREST * now:
            return False
        free = self._values.least_free(float(model.required_free_buying_power_percent_decimal))
        needed = model.approximate_need(portfolio, security, order, highest)
        return free is not None and needed is not None and 2 * needed.fees + 1.01 * needed.margin < free

    # --- its steps -----------------------------------------------------------------------------------------------

    def _steps_of(self, order: Order) -> Steps:
        security = self._run.securities[order.symbol]
        if order.order_type is OrderType.MARKET_ON_CLOSE:
            return self._from_close(order, security)
        lane = self._stretch.securities.get(security)
        if lane is None:
            return np.zeros(0, np.intp)
        fresh = steps_where(lane.lanes, None)
        if order.order_type in _PATIENT or not _goes_by_bars(security):
            return fresh
        return _reaching(order, _looked_at(order, security, lane.lanes), fresh)

    def _from_close(self, order: Order, security: Security) -> Steps:
        hours = security.exchange.hours
        close = hours.get_next_market_close(hours.time_zone.to_local(order.time), False)
        times = self._stretch.times
        return np.arange(bisect_left(times, hours.time_zone.to_utc(close)), len(times))

    def _changes_of(self, hours: SecurityExchangeHours) -> list[_Changes]:
        if hours.is_market_always_open:
            return []
        ways = (hours.get_next_market_open, hours.get_next_market_close)
        return [_Changes(self._stretch, hours, partial(_swapped, way, extended)) for way in ways for extended in _BOTH]


def _swapped(way: Callable[[datetime, bool], datetime], extended: bool, time: datetime) -> datetime:
    return way(time, extended)


class _Changes:
    """The first steps at which the market has opened, or closed, found as far as somebody asks.

    Args:
        following: gives the next opening, or closing, after a time of the exchange.
    """

    def __init__(
        self, stretch: Stretch, hours: SecurityExchangeHours, following: Callable[[datetime], datetime]
    ) -> None:
        self._times, self._zone = stretch.times, hours.time_zone
        self._following = following
        self._next = following(self._zone.to_local(self._times[0]))
        self._step = self._step_of(self._next)

    def next_step(self, step: int) -> int:
        """The first of them from a step on, which is never before that of the last call."""
        while self._step < step:
            self._next = self._following(self._next)
            self._step = self._step_of(self._next)
        return self._step

    def _step_of(self, time: datetime) -> int:
        step = bisect_left(self._times, self._zone.to_utc(time))
        return step if step < len(self._times) else NEVER


def first_from(steps: list[int], step: int) -> int:
    """The first of some steps that is not before one; far away when there is none."""
    place = bisect_left(steps, step)
    return steps[place] if place < len(steps) else NEVER


def _goes_by_bars(security: Security) -> bool:
    return type(security.fill_model) in (EquityFillModel, ImmediateFillModel, FutureFillModel, FillModel)


def _looked_at(order: Order, security: Security, lanes: list[Lane]) -> list[Lane]:
    """The streams whose prices count: an equity's limits and stops go by trades where there are any."""
    trades = [lane for lane in lanes if lane.block.is_trade]
    by_trades = type(security.fill_model) is EquityFillModel and order.order_type in _BY_TRADES
    return trades if by_trades and trades else lanes


def _reaching(order: Order, lanes: list[Lane], fresh: Steps) -> Steps:
    """The steps whose rows may reach the order's price."""
    buying = order.direction is OrderDirection.BUY
    kind = order.order_type
    if kind is OrderType.LIMIT or (kind is OrderType.STOP_LIMIT and order.stop_triggered):
        return steps_where(lanes, _Reach(order.limit_price, downwards=buying))
    if kind is OrderType.LIMIT_IF_TOUCHED:
        if order.trigger_touched:
            return fresh
        touching = steps_where(lanes, _Reach(order.trigger_price, downwards=buying))
        return fresh[fresh >= touching[0]] if len(touching) else touching
    steps = steps_where(lanes, _Reach(order.stop_price, downwards=not buying))
    if kind is not OrderType.TRAILING_STOP:
        return steps
    stop, distance = order.stop_price, order.trailing_amount if buying else -order.trailing_amount
    beyond = stop / (1 + distance) if order.trailing_as_percentage else stop - distance
    return distinct([steps, steps_where(lanes, _Reach(beyond, downwards=buying))])


class _Reach:
    """Whether rows go down, or up, to a price; those without a price may."""

    def __init__(self, price: float, downwards: bool) -> None:
        self._price = price
        self._downwards = downwards

    def __call__(self, lane: Lane, bars: NDArray[np.intp]) -> NDArray[np.bool_]:
        block, name = lane.block, "low" if self._downwards else "high"
        names = (name,) if block.is_trade else (f"bid_{name}", f"ask_{name}")
        reached = np.zeros(len(bars), np.bool_)
        for name in names:
            values = block.prices(name, bars)
            if self._downwards:
                reached |= values <= self._price * (1 + _SLACK)
            else:
                reached |= (values >= self._price * (1 - _SLACK)) | (values == 0)
        return reached


def steps_where(lanes: list[Lane], reach: _Reach | None) -> Steps:
    """The steps that bring a row of a file which may reach a price, or any row."""
    parts = [np.zeros(0, np.intp)]
    for lane in lanes:
        block, start, count = lane.block, lane.start, lane.track.count
        if not block.has_rows:
            continue
        bars = np.flatnonzero(block.fresh[start : start + count])
        if reach is not None and len(bars):
            bars = bars[reach(lane, start + bars)]
        parts.append(bars if lane.track.steps is None else np.asarray(lane.track.steps, np.intp)[bars])
    return distinct(parts)
