"""Fills grouped into closed trades as they happen (`Common/Statistics/TradeBuilder.cs`).

Prices, quantities and fees are exact; the market prices that a position lives through are floats, noted on every bar
and looked at when a trade closes.
"""

from __future__ import annotations

import random
import uuid
from array import array
from collections import deque
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leanib.engine.dotnet.collections import List
from leanib.engine.naming import LeanNames
from leanib.engine.numbers import ONE, ZERO, round_decimal, to_decimal
from leanib.engine.statistics.trade import FillGroupingMethod, FillMatchingMethod, Trade, TradeDirection
from leanib.engine.symbols import DataNormalizationMode

if TYPE_CHECKING:
    from leanib.engine.market.events import Split
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.symbols import Symbol

__all__ = ["TradeBuilder"]

_REMEMBERED_ORDERS = 1000


class _Fill:
    """One execution: signed quantity, at a price, at a UTC time."""

    __slots__ = ("order_id", "price", "quantity", "time")

    def __init__(self, order_id: int, time: datetime, price: Decimal, quantity: Decimal) -> None:
        self.order_id = order_id
        self.time = time
        self.price = price
        self.quantity = quantity


class _Rate(NamedTuple):
    """What turns a price difference times a quantity into the account's money."""

    conversion: Decimal
    multiplier: Decimal

    def money(self, difference: Decimal, quantity: Decimal) -> Decimal:
        return round_decimal(difference * quantity * self.conversion * self.multiplier, 2)


class _OpenTrade:
    """A trade that waits for its exit; `start` is where it begins in its position's path of prices."""

    __slots__ = ("entry", "sign", "start", "trade")

    def __init__(self, symbol: Symbol, fill: _Fill, fee: Decimal, start: int = 0) -> None:
        direction = TradeDirection.LONG if fill.quantity > 0 else TradeDirection.SHORT
        self.trade = Trade(symbol, direction, fill.time, fill.price, abs(fill.quantity), total_fees=fee)
        self.trade.order_ids.add(fill.order_id)
        self.entry = float(fill.price)
        self.sign = direction.sign
        self.start = start

    def max_drawdown(self, path: array[float]) -> float:
        """How far the profit ever fell from its best (at least 0) so far, in price units."""
        profits = (np.array(path[self.start :]) - self.entry) * self.sign
        best = np.maximum.accumulate(np.maximum(profits, 0.0))
        return float(np.max(best - profits, initial=0.0))

    def scale(self, factor: Decimal) -> None:
        trade = self.trade
        trade.quantity /= factor
        trade.entry_price *= factor
        trade.exit_price *= factor
        self.entry = float(trade.entry_price)


class _Position:
    """What is open in one symbol: trades (fill to fill) or fills (the other two groupings).

    `path` holds the market prices since it was opened, beginning with its entry, without repetitions.
    """

    __slots__ = ("fills", "max_price", "min_price", "path", "total_fees", "trades")

    def __init__(self, price: Decimal, total_fees: Decimal = ZERO) -> None:
        self.trades: list[_OpenTrade] = []
        self.fills: list[_Fill] = []
        self.total_fees = total_fees
        self.max_price = self.min_price = float(price)
        self.path = array("d", [self.max_price])

    def scale(self, factor: Decimal) -> None:
        self.max_price *= float(factor)
        self.min_price *= float(factor)
        self.path = array("d", (np.array(self.path) * float(factor)).tolist())
        for trade in self.trades:
            trade.scale(factor)
        for fill in self.fills:
            fill.quantity /= factor
            fill.price *= factor


class TradeBuilder(LeanNames):
    """Builds `closed_trades` from fills. `seed` makes the trades' ids repeatable."""

    def __init__(
        self,
        grouping_method: FillGroupingMethod = FillGroupingMethod.FILL_TO_FILL,
        matching_method: FillMatchingMethod = FillMatchingMethod.FIFO,
        seed: int = 0,
    ) -> None:
        self._grouping = grouping_method
        self._last_in_first_out = matching_method == FillMatchingMethod.LIFO
        self._closed: list[Trade] = []
        self._positions: dict[Any, _Position] = {}
        self._orders_with_fee: deque[int] = deque(maxlen=_REMEMBERED_ORDERS)
        self._random = random.Random(seed)  # noqa: S311 - identifiers, not secrets
        self._securities: Any = None

    def set_security_manager(self, securities: object) -> None:
        """The securities, asked whether an option's exercise counts as a win."""
        self._securities = securities

    def set_live_mode(self, live: bool) -> None:
        """Accepted for LEAN's sake: a backtest and a live run keep all their trades."""

    @property
    def closed_trades(self) -> List[Trade]:
        """The trades closed so far, in order of their exits, in floats."""
        return List([trade.in_floats() for trade in self._closed])

    @property
    def exact_trades(self) -> list[Trade]:
        """The same in decimals."""
        return list(self._closed)

    def has_open_position(self, symbol: Symbol) -> bool:
        """Whether fills of the symbol wait for their opposite."""
        position = self._positions.get(symbol)
        return position is not None and bool(position.trades or position.fills)

    def set_market_price(self, symbol: Symbol, price: float) -> None:
        """Tell the current price; costs a look-up when nothing is open in the symbol."""
        position = self._positions.get(symbol)
        if position is None or price == position.path[-1]:
            return
        position.path.append(price)
        if price > position.max_price:
            position.max_price = price
        elif price < position.min_price:
            position.min_price = price

    def set_market_prices(self, symbol: Symbol, prices: NDArray[np.float64]) -> None:
        """Tell several prices, one after the other."""
        position = self._positions.get(symbol)
        if position is None or not len(prices):
            return
        changed = prices[np.diff(prices, prepend=position.path[-1]) != 0]
        if len(changed):
            position.path.extend(changed.tolist())
            position.max_price = max(position.max_price, float(changed.max()))
            position.min_price = min(position.min_price, float(changed.min()))

    def apply_split(self, split: Split, live_mode: bool, data_normalization_mode: object) -> None:
        """Scale what is open in a split equity, when its prices are raw."""
        raw = data_normalization_mode is DataNormalizationMode.RAW
        position = self._positions.get(split.symbol)
        if position is None or not (live_mode or raw) or not split.symbol.asset.has_corporate_actions:
            return
        position.scale(to_decimal(split.split_factor))

    def process_fill(
        self,
        fill: OrderEvent,
        security_conversion_rate: Decimal,
        fee_in_account_currency: Decimal,
        multiplier: Decimal = ONE,
    ) -> None:
        """Take in an order event with a fill; an order's fee goes to its first fill."""
        fee = ZERO
        if fill.order_id not in self._orders_with_fee:
            fee = fee_in_account_currency
            self._orders_with_fee.append(fill.order_id)
        execution = _Fill(fill.order_id, fill.utc_time, fill.fill_price_decimal, fill.fill_quantity_decimal)
        rate = _Rate(security_conversion_rate, multiplier)
        if self._grouping == FillGroupingMethod.FILL_TO_FILL:
            self._fill_to_fill(fill, execution, fee, rate)
        elif self._grouping == FillGroupingMethod.FLAT_TO_FLAT:
            self._flat_to_flat(fill, execution, fee, rate)
        else:
            self._flat_to_reduced(fill, execution, fee, rate)

    def _index(self, pending: list[Any]) -> int:
        return len(pending) - 1 if self._last_in_first_out else 0

    def _fill_to_fill(self, event: OrderEvent, fill: _Fill, fee: Decimal, rate: _Rate) -> None:
        symbol = event.symbol
        position = self._positions.get(symbol)
        if position is None or not position.trades:
            position = self._positions[symbol] = _Position(fill.price)
            position.trades.append(_OpenTrade(symbol, fill, fee))
            return
        self.set_market_price(symbol, float(fill.price))
        if (fill.quantity > 0) == (position.trades[self._index(position.trades)].sign > 0):
            position.trades.append(_OpenTrade(symbol, fill, fee, start=len(position.path) - 1))
            return
        left = self._close_trades(event, fill, fee, rate, position)
        if left:
            reversal = _Fill(fill.order_id, fill.time, fill.price, left.copy_sign(fill.quantity))
            position = self._positions[symbol] = _Position(fill.price)
            position.trades.append(_OpenTrade(symbol, reversal, ZERO))
        elif not position.trades:
            del self._positions[symbol]

    def _close_trades(self, event: OrderEvent, fill: _Fill, fee: Decimal, rate: _Rate, position: _Position) -> Decimal:
        """Close trades until the fill is used up; the absolute quantity that no trade could take."""
        left = abs(fill.quantity)
        while position.trades and left > 0:
            index = self._index(position.trades)
            state = position.trades[index]
            if left >= state.trade.quantity:
                closed = state.trade
                position.trades.pop(index)
            else:
                closed = self._split_off(state, left)
            left -= closed.quantity
            closed.total_fees += fee
            fee = ZERO
            self._measure(closed, state, position, fill, rate)
            self._add_trade(closed, event)
        return left

    @staticmethod
    def _split_off(state: _OpenTrade, quantity: Decimal) -> Trade:
        trade = state.trade
        trade.quantity -= quantity
        part = Trade(trade.symbol, trade.direction, trade.entry_time, trade.entry_price, quantity)
        part.total_fees, trade.total_fees = trade.total_fees, ZERO
        part.order_ids.update(trade.order_ids)
        return part

    @staticmethod
    def _measure(trade: Trade, state: _OpenTrade, position: _Position, fill: _Fill, rate: _Rate) -> None:
        sign = state.sign
        worst, best = (position.min_price, position.max_price)[::sign]
        trade.exit_time = fill.time
        trade.exit_price = fill.price
        trade.order_ids.add(fill.order_id)
        trade.profit_loss = rate.money((fill.price - trade.entry_price) * sign, trade.quantity)
        trade.mae = rate.money((to_decimal(worst) - trade.entry_price) * sign, trade.quantity)
        trade.mfe = rate.money((to_decimal(best) - trade.entry_price) * sign, trade.quantity)
        trade.end_trade_drawdown = rate.money(to_decimal(state.max_drawdown(position.path)), trade.quantity)

    def _open_fills(self, event: OrderEvent, fill: _Fill, fee: Decimal) -> _Position | None:
        """The position that an opposite fill meets; None when the fill opened or enlarged one."""
        position = self._positions.get(event.symbol)
        if position is None or not position.fills:
            position = self._positions[event.symbol] = _Position(fill.price, fee)
            position.fills.append(fill)
            return None
        self.set_market_price(event.symbol, float(fill.price))
        position.total_fees += fee
        if (position.fills[self._index(position.fills)].quantity > 0) == (fill.quantity > 0):
            position.fills.append(fill)
            return None
        return position

    def _flat_to_flat(self, event: OrderEvent, fill: _Fill, fee: Decimal, rate: _Rate) -> None:
        position = self._open_fills(event, fill, fee)
        if position is None:
            return
        held = sum((pending.quantity for pending in position.fills), ZERO)
        position.fills.append(fill)
        if abs(fill.quantity) < abs(held):
            return
        entry, exit_ = _Average(), _Average()
        order = reversed(position.fills) if self._last_in_first_out else position.fills
        for pending in order:
            (exit_ if (pending.quantity > 0) == (fill.quantity > 0) else entry).add(pending.price, pending.quantity)
        trade = self._new_trade(event.symbol, position.fills[0].time, entry, fill, exit_.price, rate)
        trade.total_fees = position.total_fees
        trade.order_ids.update(pending.order_id for pending in position.fills)
        self._add_trade(trade, event)
        del self._positions[event.symbol]
        if held + fill.quantity:
            self._reverse(event.symbol, fill, held + fill.quantity)

    def _flat_to_reduced(self, event: OrderEvent, fill: _Fill, fee: Decimal, rate: _Rate) -> None:
        position = self._open_fills(event, fill, fee)
        if position is None:
            return
        entry = _Average()
        left = abs(fill.quantity)
        orders = {fill.order_id}
        entry_time = position.fills[self._index(position.fills)].time
        while position.fills and left > 0:
            index = self._index(position.fills)
            pending = position.fills[index]
            used = min(left, abs(pending.quantity)).copy_sign(pending.quantity)
            left -= abs(used)
            entry.add(pending.price, used)
            orders.add(pending.order_id)
            if used == pending.quantity:
                entry_time = pending.time if self._last_in_first_out else entry_time
                position.fills.pop(index)
            else:
                pending.quantity -= used
        trade = self._new_trade(event.symbol, entry_time, entry, fill, fill.price, rate)
        trade.total_fees, position.total_fees = position.total_fees, ZERO
        trade.order_ids.update(orders)
        self._add_trade(trade, event)
        if left:
            self._reverse(event.symbol, fill, left.copy_sign(fill.quantity))
        elif not position.fills:
            del self._positions[event.symbol]

    def _reverse(self, symbol: Symbol, fill: _Fill, quantity: Decimal) -> None:
        position = self._positions[symbol] = _Position(fill.price)
        position.fills.append(_Fill(fill.order_id, fill.time, fill.price, quantity))

    @staticmethod
    def _new_trade(
        symbol: Symbol, entry_time: datetime, entry: _Average, fill: _Fill, exit_price: Decimal, rate: _Rate
    ) -> Trade:
        direction = TradeDirection.LONG if entry.quantity > 0 else TradeDirection.SHORT
        trade = Trade(symbol, direction, entry_time, entry.price, abs(entry.quantity), fill.time, exit_price)
        trade.profit_loss = rate.money((exit_price - entry.price) * direction.sign, trade.quantity)
        return trade

    def _add_trade(self, trade: Trade, event: OrderEvent) -> None:
        security = self._securities.get(trade.symbol) if self._securities is not None else None
        trade.is_win = trade.profit_loss > 0 if security is None else event.is_win(security, trade.profit_loss)
        trade.id = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        self._closed.append(trade)


class _Average:
    """A quantity and its average price, kept as fills are added."""

    __slots__ = ("price", "quantity")

    def __init__(self) -> None:
        self.price = self.quantity = ZERO

    def add(self, price: Decimal, quantity: Decimal) -> None:
        self.quantity += quantity
        self.price += (price - self.price) * quantity / self.quantity
