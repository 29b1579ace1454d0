"""What the portfolio is worth over a stretch, worked out beforehand: for samples, trades, ruin and margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leanib.engine.core.stretch import Stretch
from leanib.engine.securities import Security
from leanib.engine.securities.margin_call import DefaultMarginCallModel, MarginCallModel

if TYPE_CHECKING:
    from leanib.engine.core.ports import StretchResults
    from leanib.engine.core.run import Run
    from leanib.engine.symbols import Symbol

__all__ = ["StretchValues"]

_RUIN = 1.0
_FEW = 32
"""Of so many values Python finds the extremes sooner than numpy."""


class StretchValues:
    """The value at each step as long as nothing but prices changes.

    Attributes:
        is_known: whether the value can be told beforehand; if not, every step is seen by all who want to know it.
        limit: how many steps there may be before the portfolio is worth nothing, as far as that is known.
        has_plenty: whether so much margin is free throughout that no margin call needs to be thought of.
    """

    def __init__(self, run: Run, results: StretchResults, stretch: Stretch) -> None:
        self._run = run
        self._results = results
        self._count = len(stretch.times)
        self._start = run.portfolio.approximate_value()
        self._values: NDArray[np.float64] | None = None
        self._folded = self._paths_folded = 0
        self._held = run.portfolio.held_securities
        self._paths: dict[Security, NDArray[np.float64]] = {}
        for security, lane in stretch.securities.items():
            if security.holdings.invested or run.trades.has_open_position(security.symbol):
                self._paths[security] = lane.price_path()
        self._prices = {security: path[:, -1] for security, path in self._paths.items()}
        self._told = self._told_prices(stretch)
        self.is_known = run.portfolio.moves_with_holdings_only
        self.has_plenty, self.limit = False, self._count
        if self.is_known:
            values = self._worth()
            self.has_plenty = self._margin_is_plenty(values)
            low = np.flatnonzero(values <= _RUIN)
            self.limit = int(low[0]) if len(low) else self._count

    def _told_prices(self, stretch: Stretch) -> dict[Symbol, tuple[NDArray[np.float64], NDArray[np.bool_]]]:
        """By symbol, for each of its streams: the prices after its bars, and at which steps it has one.

        A benchmark that is traded too has two securities.
        """
        columns: dict[Symbol, list[tuple[NDArray[np.float64], NDArray[np.bool_]]]] = {}
        for lane in stretch.lanes:
            path, present = self._paths.get(lane.security), lane.track.present
            if path is not None:
                told = np.ones(self._count, np.bool_) if present is None else np.array(present, np.bool_)
                prices = stretch.securities[lane.security].prices_after(lane, path)
                columns.setdefault(lane.security.symbol, []).append((prices, told))
        return {
            symbol: (np.column_stack([p for p, _ in found]), np.column_stack([t for _, t in found]))
            for symbol, found in columns.items()
        }

    def _worth(self) -> NDArray[np.float64]:
        portfolio = self._run.portfolio
        moving = [security for security in self._held if security in self._prices]
        if not moving:
            return np.full(self._count, self._start)
        total: NDArray[np.float64] = np.zeros(self._count)
        for security in self._held:
            path, holdings = self._prices.get(security), security.holdings
            total = total + (holdings.approximate_value() if path is None else holdings.worth_at(path))
        self._values = portfolio.cash_part() + total
        return self._values

    def _margin_is_plenty(self, values: NDArray[np.float64]) -> bool:
        portfolio = self._run.portfolio
        model = portfolio.margin_call_model
        if type(model) is MarginCallModel:
            return True
        if type(model) is not DefaultMarginCallModel:
            return False
        used = portfolio.margin_used_at(self._prices)
        return used is not None and bool(np.all(model.is_plenty(values, used)))

    def least_free(self, reserve: float) -> float | None:
        """The least margin that is free at any step beside a part of the value; None where that is not known."""
        portfolio = self._run.portfolio
        used = portfolio.margin_used_at(self._prices)
        if not self.is_known or used is None:
            return None
        values = self._start if self._values is None else self._values
        return float(np.min(values * (1 - reserve) - used)) - float(portfolio.unsettled_cash_decimal)

    # --- what others would have seen -----------------------------------------------------------------------------

    def is_ruined(self) -> bool:
        """Whether the portfolio may be worth nothing, where that is not known beforehand."""
        return not self.is_known and self._run.portfolio.approximate_value() <= _RUIN

    def fold(self, done: int) -> None:
        """The samples learn the range of the value over the steps before one."""
        first = self._folded
        if done <= first or not self.is_known:
            return
        self._folded = done
        sampler = self._results.sampler
        if sampler is None:
            return
        if self._values is None:
            sampler.take_values(self._start, self._start, self._start)
        elif done - first > _FEW:
            part = self._values[first:done]
            sampler.take_values(float(part[0]), float(part.max()), float(part.min()))
        else:
            few = self._values[first:done].tolist()
            sampler.take_values(few[0], max(few), min(few))

    def skip(self, done: int) -> None:
        """The samples have seen these steps themselves."""
        self._folded = max(self._folded, done)

    def fold_paths(self, done: int) -> None:
        """Open trades learn the prices of the steps before one."""
        first, self._paths_folded = self._paths_folded, max(done, self._paths_folded)
        for symbol, (prices, told) in self._told.items():
            self._run.trades.set_market_prices(symbol, prices[first:done][told[first:done]])
