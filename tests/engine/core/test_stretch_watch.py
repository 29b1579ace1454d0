"""The market's volume after a fill is the same when a stretch takes it in together; no step has to be whole for it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.core.test_stretches import Minutes, minutes  # noqa: F401 - a fixture

from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.core.stretch_course import Course
from leanib.engine.market import Slice
from leanib.engine.statistics.capacity import CapacityEstimate

_WATCHED = ("_market_volume", "_previous_volume", "_previous_time", "_average_dollar_volume", "trades", "sale_volume")


class Trades(Minutes):
    """Buys and sells a dense stock, a sparse one and one that splits."""

    filled = True

    def set_up(self) -> None:
        for ticker in ("ABC", "XYZ", "SPL"):
            self.add_equity(ticker, self.resolution, fill_forward=self.filled)

    def step(self, data: Slice) -> None:
        if self.steps % 97 == 0:
            self.market_order("ABC", 10 if self.steps % 2 else -10)
        if self.steps % 311 == 0:
            self.market_order("XYZ", 5)
            self.market_order("SPL", -3)


class Gaps(Trades):
    """The same without bars that are filled forward."""

    filled = False


@pytest.mark.parametrize("algorithm", [Trades, Gaps])
def test_what_was_watched_is_the_same(
    minutes: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    algorithm: type[Minutes],
) -> None:
    """With all sums that the estimate is made of, after each run and at each snapshot."""
    seen: list[dict[str, list[Any]]] = []
    snapshot = CapacityEstimate._take_snapshot

    def noted(estimate: CapacityEstimate, *arguments: Any) -> None:
        seen[-1].setdefault("all", []).extend(
            getattr(symbol, name) for symbol in estimate._symbols.values() for name in _WATCHED
        )
        snapshot(estimate, *arguments)
        seen[-1]["all"].append(estimate.capacity)

    monkeypatch.setattr(CapacityEstimate, "_take_snapshot", noted)
    for stretch in (False, True):
        seen.append({})
        run = run_backtest(algorithm, Job(minutes.folder, "it", stretch=stretch))
        assert run.error is None
    careful, quick = seen
    assert len(careful["all"]) > 2 * len(_WATCHED)
    assert any(careful["all"][:1])
    assert quick == careful


def test_watching_makes_no_step_whole(minutes: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """Where a stream brings a bar at each step, those after a fill are taken together: samples alone are due."""
    take = Course._step

    def counted(course: Course, step: int, whole: bool) -> None:
        steps.append(step)
        take(course, step, whole=whole)

    monkeypatch.setattr(Course, "_step", counted)
    counts = []
    for algorithm in (Minutes, Trades):
        steps: list[int] = []
        run = run_backtest(algorithm, Job(minutes.folder, "it"))
        assert run.steps_in_stretches > 3000
        counts.append(len(steps))
    assert len(run.algorithm.transactions.get_orders()) > 30
    assert counts[1] < counts[0] + 40
