"""Samples of a stretch, taken when it is over: until then it is only noted when they were due.

Between two trades a sample is a matter of prices: what each holding is worth, and with it the portfolio, is worked out
for the step at which it was due. Where a model or a function of the user's may have a say, samples do not wait.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from leanib.engine.core.stretch import NEVER, Lane, SecurityLane, Stretch
from leanib.engine.core.stretch_values import StretchValues
from leanib.engine.feeds.blocks import DayBlock
from leanib.engine.numbers import ZERO, smart_rounding, to_decimal
from leanib.engine.securities.benchmarks import SecurityBenchmark
from leanib.engine.securities.buying_power.model import BuyingPowerModel
from leanib.engine.securities.holding import SecurityHolding
from leanib.engine.securities.positions import SecurityPositionGroupModel
from leanib.engine.securities.scaled_prices import ScaledPrices

if TYPE_CHECKING:
    from leanib.engine.core.ports import Samples, StretchResults
    from leanib.engine.core.run import Run
    from leanib.engine.securities import Security

__all__ = ["StretchSamples"]

Exact = Callable[[float], Decimal]


class _Due(NamedTuple):
    """A sample that was due (UTC) after a number of steps; `capacity` is None for one of the equity alone."""

    time: datetime
    done: int
    capacity: Decimal | None


class StretchSamples:
    """Notes when samples are due, and takes them later.

    Attributes:
        may_wait: whether that is possible.
    """

    def __init__(self, run: Run, results: StretchResults, stretch: Stretch, values: StretchValues) -> None:
        self._run = run
        self._results = results
        self._stretch = stretch
        self._values = values
        self._due: list[_Due] = []
        self._next = datetime.min  # noqa: DTZ901 - after what time a sample of the equity is due
        self._holdings: list[_Holding] = []
        self._cash = ZERO
        self._standing: Any = None
        self._last: tuple[int, Decimal, Any, Any] | None = None  # of the last step that was looked at
        self.may_wait = results.sampler is not None and values.is_known and self._is_plain()

    def _is_plain(self) -> bool:
        portfolio, benchmark = self._run.portfolio, self._run.algorithm.benchmark
        if benchmark is not None and not _is_plain_benchmark(benchmark):
            return False
        positions = portfolio.positions
        if type(positions) is not SecurityPositionGroupModel or positions.with_quantity != positions.held_securities:
            return False
        for security in positions.held_securities:
            holding = _holding(security, self._stretch.securities.get(security))
            if holding is None:
                return False
            self._holdings.append(holding)
        self._cash = portfolio.cash_decimal + portfolio.unsettled_cash_decimal
        return True

    # --- when ----------------------------------------------------------------------------------------------------

    def next_step(self, done: int) -> int:
        """The first step from one on at which a sample of the equity is due."""
        if not self._due:
            self._next = self._sampler.next_time
        step = bisect_right(self._stretch.times, self._next, done)
        return step if step < len(self._stretch.times) else NEVER

    def note_equity(self, step: int) -> None:
        """A sample of the equity is due at a step."""
        time = self._stretch.times[step]
        self._due.append(_Due(time, step + 1, None))
        self._next = time + self._sampler.resample_period

    def note_day(self, time: datetime, done: int) -> None:
        """The daily sample is due (UTC) after a number of steps."""
        if not self._due:
            self._next = self._sampler.next_time
        self._due.append(_Due(time, done, self._results.capacity))

    # --- what ----------------------------------------------------------------------------------------------------

    def take(self) -> None:
        """Take all that were due, before anything else changes."""
        if not self._due:
            return
        due, self._due = self._due, []
        sampler, told = self._sampler, None
        standing = sampler.standing() if self._standing is None else self._standing
        self._standing = standing  # until something is traded, with which the stretch ends
        priced = [(s.symbol.value, *self._prices_of(s)) for s in sampler.priced_securities()]
        for time, done, capacity in due:
            self._values.fold(done)
            step = done - 1
            value, worths, margins = self._worth(step)
            if capacity is None:
                prices = [(name, now if lane is None else lane.price_at(step)) for name, lane, now in priced]
                sampler.take_equity(time, value, prices)
                told = time
            else:
                sampler.take_day(
                    *(time, value, self._benchmark_at(step), capacity),
                    standing=standing,
                    worths=worths,
                    margins=margins,
                )
        if told is not None:
            self._results.tell_progress(told)

    @property
    def _sampler(self) -> Samples:
        sampler = self._results.sampler
        assert sampler is not None
        return sampler

    def _prices_of(self, security: Security) -> tuple[SecurityLane | None, float]:
        return self._stretch.securities.get(security), security._cache.price

    def _worth(self, step: int) -> tuple[Decimal, Any, Any]:
        """Of the portfolio at a step, of each holding with its kind, and what each ties up by its name."""
        if self._last is None or self._last[0] != step:
            worths = [holding.worth_at(step) for holding in self._holdings]
            kinds = [(holding.kind, worth) for holding, worth in zip(self._holdings, worths, strict=True)]
            margins = [
                (holding.name, abs(worth) * holding.rate) for holding, worth in zip(self._holdings, worths, strict=True)
            ]
            self._last = step, self._cash + sum(worths, ZERO), kinds, margins
        return self._last[1:]

    def _benchmark_at(self, step: int) -> Decimal:
        benchmark: Any = self._run.algorithm.benchmark
        if benchmark is None:
            return ZERO
        security = benchmark.security
        lane, now = self._prices_of(security)
        price = to_decimal(now if lane is None else lane.price_at(step))
        return smart_rounding(price * security.quote_currency.conversion_rate_decimal)


class _Holding:
    """What is held of a security, at the steps of a stretch."""

    __slots__ = ("_exact", "_first", "_fresh", "_lane", "_security", "_seen", "kind", "name", "rate")

    def __init__(self, security: Security, lane: SecurityLane | None, exact: Exact, fresh: int) -> None:
        self._security = security
        self._lane = lane
        self._exact = exact
        self._fresh = fresh  # the step from which on the prices are those of the stretch
        self._first = self._worth(security._cache.to_exact(security._cache.price))
        self._seen: tuple[float, Decimal] = (0.0, ZERO)
        self.kind = security.symbol.security_type
        self.name = security.symbol.value
        self.rate: Decimal = security.buying_power_model.maintenance_margin_rate_decimal

    def worth_at(self, step: int) -> Decimal:
        """In the account currency, at a step."""
        if self._lane is None or step < self._fresh:
            return self._first
        price = self._lane.price_at(step)
        if price != self._seen[0]:
            self._seen = price, self._worth(self._exact(price))
        return self._seen[1]

    def _worth(self, price: Decimal) -> Decimal:
        holdings = self._security.holdings
        return holdings.quantity_value(holdings.quantity_decimal, price).in_account_currency_decimal


def _is_plain_benchmark(benchmark: Any) -> bool:
    return type(benchmark) is SecurityBenchmark and not benchmark.security.quote_currency.security_symbols


def _holding(security: Security, lane: SecurityLane | None) -> _Holding | None:
    """None where the worth and the margin may be others than price and quantity make them."""
    model, holdings = security.buying_power_model, security.holdings
    if type(holdings).holdings_value_decimal is not SecurityHolding.holdings_value_decimal:
        return None
    if not isinstance(model, BuyingPowerModel) or model.approximate_maintenance_margin(security) is None:
        return None
    if holdings._price != security._cache.price:
        return None
    lanes = [] if lane is None else lane.lanes
    spans = [_fresh_bars(one) for one in lanes]
    if any(span is None for span in spans):
        return None
    exact, fresh = security._cache.to_exact, NEVER
    rows = [span for span in spans if span]
    if rows:
        fresh = min(step for step, _, _ in rows)
        if isinstance(exact, ScaledPrices):
            scaled = exact.over(min(first for _, first, _ in rows), max(last for _, _, last in rows))
            if scaled is None:
                return None
            exact = scaled
        elif exact is not to_decimal:
            return None
    return _Holding(security, lane, exact, fresh)


def _fresh_bars(lane: Lane) -> tuple[int, datetime, datetime] | tuple[()] | None:
    """Where a stream's first row of a file comes, and the times of the first and the last; None where not known."""
    block, track = lane.block, lane.track
    if not isinstance(block, DayBlock):
        return None
    rows = block.rows_in(lane.start, lane.start + track.count)
    if rows is None:
        return ()
    first, last = rows
    place = first - lane.start
    return place if track.steps is None else track.steps[place], block.begin(first), block.begin(last)
