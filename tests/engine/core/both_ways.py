"""Runs an algorithm in every way in which the engine can, and holds the results equal."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.core.engine import BacktestRun, Job, run_backtest
from leanib.engine.feeds.data_feed import FileSystemDataFeed
from leanib.engine.results.packet import result_texts

__all__ = ["check", "everything"]


def everything(run: BacktestRun) -> dict[str, Any]:
    """All that a run leaves behind, but times of the clock on the wall."""
    texts = result_texts(run.results.final_results)
    result = json.loads("".join(texts.result))
    result.pop("state")
    return {
        "result": result,
        "events": "".join(texts.order_events),
        "log": [line for line in run.results.log_store if "completed in" not in line],
        "points": (run.data_points, run.history_data_points),
        "trades": [asdict(trade) for trade in run.algorithm.trade_builder.exact_trades],
        "prices": run.results.prices,
        "missing": [str(item) for item in run.missing_data],
        "error": repr(run.error),
    }


def check(market: Any, algorithm: type[QCAlgorithm], least: int = 1000, fails: bool = False) -> BacktestRun:
    """Runs step by step, with streams as blocks and as points, and in stretches, which is returned.

    In stretches at least so many steps have to have been taken together.
    """
    careful = run_backtest(algorithm, Job(market.folder, "it", stretch=False))
    with pytest.MonkeyPatch.context() as patch:
        for way in ("_comes_in_blocks", "_comes_in_spans"):
            patch.setattr(FileSystemDataFeed, way, lambda _feed, _request: False)
        by_points = run_backtest(algorithm, Job(market.folder, "it", stretch=False))
    quick = run_backtest(algorithm, Job(market.folder, "it"))
    assert (careful.error is not None) is fails, careful.error
    assert careful.steps_in_stretches == 0
    expected, found, pointwise = everything(careful), everything(quick), everything(by_points)
    for name, value in expected.items():
        assert found[name] == value, name
        if name != "missing":  # a block knows sooner that the next day has no file; a run may end before that day
            assert pointwise[name] == value, name
    assert quick.steps_in_stretches >= least
    return quick
