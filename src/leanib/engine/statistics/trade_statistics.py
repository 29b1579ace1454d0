"""Figures over a list of closed trades (`Common/Statistics/TradeStatistics.cs`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ONE, ZERO, cast_double
from leanib.engine.statistics.trade import Trade

__all__ = ["TradeStatistics"]

_NONE = timedelta()
_TEN = Decimal(10)


@dataclass(eq=False)
class TradeStatistics(LeanObject):
    """Counts, sums, averages, extremes and durations. Money is in the account's currency."""

    start_date_time: datetime | None = None
    end_date_time: datetime | None = None
    total_number_of_trades: int = 0
    number_of_winning_trades: int = 0
    number_of_losing_trades: int = 0
    total_profit_loss: Decimal = ZERO
    total_profit: Decimal = ZERO
    total_loss: Decimal = ZERO
    largest_profit: Decimal = ZERO
    largest_loss: Decimal = ZERO
    average_profit_loss: Decimal = ZERO
    average_profit: Decimal = ZERO
    average_loss: Decimal = ZERO
    average_trade_duration: timedelta = _NONE
    average_winning_trade_duration: timedelta = _NONE
    average_losing_trade_duration: timedelta = _NONE
    median_trade_duration: timedelta = _NONE
    median_winning_trade_duration: timedelta = _NONE
    median_losing_trade_duration: timedelta = _NONE
    max_consecutive_winning_trades: int = 0
    max_consecutive_losing_trades: int = 0
    profit_loss_ratio: Decimal = ZERO
    win_loss_ratio: Decimal = ZERO
    win_rate: Decimal = ZERO
    loss_rate: Decimal = ZERO
    average_mae: Decimal = ZERO
    average_mfe: Decimal = ZERO
    largest_mae: Decimal = ZERO
    largest_mfe: Decimal = ZERO
    maximum_closed_trade_drawdown: Decimal = ZERO
    maximum_intra_trade_drawdown: Decimal = ZERO
    profit_loss_standard_deviation: Decimal = ZERO
    profit_loss_downside_deviation: Decimal = ZERO
    profit_factor: Decimal = ZERO
    sharpe_ratio: Decimal = ZERO
    sortino_ratio: Decimal = ZERO
    profit_to_max_drawdown_ratio: Decimal = ZERO
    maximum_end_trade_drawdown: Decimal = ZERO
    average_end_trade_drawdown: Decimal = ZERO
    maximum_drawdown_duration: timedelta = _NONE
    total_fees: Decimal = ZERO

    @classmethod
    def of(cls, trades: Iterable[Trade]) -> TradeStatistics:
        """The figures of these trades, in order of their exits."""
        listed = list(trades)
        if not listed:
            return cls()
        result = cls()
        result._sum_up(listed)
        result._follow_runs(listed)
        result._take_ratios()
        return result

    def _sum_up(self, trades: Sequence[Trade]) -> None:
        gains = [trade for trade in trades if trade.profit_loss > 0]
        losses = [trade for trade in trades if trade.profit_loss <= 0]
        results = [trade.profit_loss for trade in trades]
        self.start_date_time = min(trade.entry_time for trade in trades)
        self.end_date_time = max(trade.exit_time for trade in trades)
        self.total_number_of_trades = len(trades)
        # An exercised option in the money is a win although its premium is a loss.
        self.number_of_losing_trades = sum(not trade.is_win for trade in losses)
        self.number_of_winning_trades = len(trades) - self.number_of_losing_trades
        self.total_profit, self.average_profit = _total_and_average([trade.profit_loss for trade in gains])
        self.total_loss, self.average_loss = _total_and_average([trade.profit_loss for trade in losses])
        self.total_profit_loss, self.average_profit_loss = _total_and_average(results)
        self.largest_profit = max(ZERO, *results) if gains else ZERO
        self.largest_loss = min(ZERO, *results) if losses else ZERO
        self.profit_loss_standard_deviation = _deviation(results)
        self.profit_loss_downside_deviation = _deviation([trade.profit_loss for trade in losses])
        self.average_trade_duration, self.median_trade_duration = _durations(trades)
        self.average_winning_trade_duration, self.median_winning_trade_duration = _durations(gains)
        self.average_losing_trade_duration, self.median_losing_trade_duration = _durations(losses)
        self.average_mae = _total_and_average([trade.mae for trade in trades])[1]
        self.average_mfe = _total_and_average([trade.mfe for trade in trades])[1]
        self.largest_mae = min(ZERO, *(trade.mae for trade in trades))
        self.largest_mfe = max(ZERO, *(trade.mfe for trade in trades))
        self.maximum_end_trade_drawdown = max(ZERO, *(trade.end_trade_drawdown for trade in trades))
        self.total_fees = sum((trade.total_fees for trade in trades), ZERO)

    def _follow_runs(self, trades: Sequence[Trade]) -> None:
        """Runs of wins and losses, and the drawdowns of the profit that the trades add up to."""
        run = _Run(trades[0].entry_time)
        for trade in trades:
            run.before_result(trade)
            run.take(trade)
        self.max_consecutive_winning_trades = run.longest_wins
        self.max_consecutive_losing_trades = run.longest_losses
        self.maximum_intra_trade_drawdown = run.deepest_intra_trade
        self.maximum_closed_trade_drawdown = run.deepest_closed
        self.maximum_drawdown_duration = run.longest_drawdown

    def _take_ratios(self) -> None:
        wins, losses, total = (
            self.number_of_winning_trades,
            self.number_of_losing_trades,
            self.total_number_of_trades,
        )
        self.profit_loss_ratio = self.average_profit / abs(self.average_loss) if self.average_loss else ZERO
        self.win_loss_ratio = Decimal(wins) / losses if losses else _TEN
        self.win_rate = Decimal(wins) / total
        self.loss_rate = ONE - self.win_rate
        self.profit_factor = _over(self.total_profit, self.total_loss)
        deviation, downside = self.profit_loss_standard_deviation, self.profit_loss_downside_deviation
        self.sharpe_ratio = self.average_profit_loss / deviation if deviation else ZERO
        self.sortino_ratio = self.average_profit_loss / downside if downside else ZERO
        self.profit_to_max_drawdown_ratio = _over(self.total_profit_loss, self.maximum_closed_trade_drawdown)
        self.average_end_trade_drawdown = self.average_profit_loss - self.average_mfe


@dataclass(slots=True)
class _Run:
    """What is remembered from one trade to the next."""

    last_peak: datetime
    total: Decimal = ZERO
    peak: Decimal = ZERO
    peak_with_mfe: Decimal = ZERO
    wins: int = 0
    losses: int = 0
    longest_wins: int = 0
    longest_losses: int = 0
    in_drawdown: bool = False
    deepest_intra_trade: Decimal = ZERO
    deepest_closed: Decimal = ZERO
    longest_drawdown: timedelta = field(default=_NONE)

    def before_result(self, trade: Trade) -> None:
        self.peak_with_mfe = max(self.peak_with_mfe, self.total + trade.mfe)
        self.deepest_intra_trade = min(self.deepest_intra_trade, self.total + trade.mae - self.peak_with_mfe)

    def take(self, trade: Trade) -> None:
        self.total += trade.profit_loss
        gain = trade.profit_loss > 0
        if gain or trade.is_win:
            self.wins, self.losses = self.wins + 1, 0
            self.longest_wins = max(self.longest_wins, self.wins)
        else:
            self.wins, self.losses = 0, self.losses + 1
            self.longest_losses = max(self.longest_losses, self.losses)
        if not gain:
            self.deepest_closed = min(self.deepest_closed, self.total - self.peak)
            self.in_drawdown = True
        elif self.total > self.peak:
            self.peak = self.total
            if self.in_drawdown:
                self.longest_drawdown = max(self.longest_drawdown, trade.exit_time - self.last_peak)
            self.last_peak = trade.exit_time
            self.in_drawdown = False


def _over(gain: Decimal, loss: Decimal) -> Decimal:
    """A gain per unit of loss; LEAN's 10 without any loss."""
    if not gain:
        return ZERO
    return gain / abs(loss) if loss < 0 else _TEN


def _total_and_average(values: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    total = sum(values, ZERO)
    return total, total / len(values) if values else ZERO


def _deviation(values: Sequence[Decimal]) -> Decimal:
    """The sample standard deviation, through a double as LEAN takes the root; 0 under two values."""
    if len(values) < 2:
        return ZERO
    average = sum(values, ZERO) / len(values)
    squares = sum(((value - average) ** 2 for value in values), ZERO)
    return cast_double(float(squares / (len(values) - 1)) ** 0.5)


def _durations(trades: Sequence[Trade]) -> tuple[timedelta, timedelta]:
    """The average and the median duration."""
    if not trades:
        return _NONE, _NONE
    spans = sorted(trade.duration for trade in trades)
    middle = len(spans) // 2
    median = spans[middle] if len(spans) % 2 else (spans[middle - 1] + spans[middle]) / 2
    return sum(spans, _NONE) / len(spans), median
