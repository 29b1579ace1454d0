"""The sample strategies run on the sample data through the command line, and do what their pages say."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from itertools import accumulate
from pathlib import Path

import pytest

from leanib.cli.main import main

ROOT = Path(__file__).parents[2]

SPANS = {
    "covered_call": ("2012-02-01", "2012-04-30"),
    "daily_momentum": ("2006-01-01", "2006-12-31"),
    "forex_trend": ("2011-03-01", "2011-05-31"),
    "framework_trend": ("2006-01-01", "2006-09-30"),
    "futures_trend": ("2012-03-01", "2012-06-29"),
    "hourly_breakout": ("2010-01-01", "2010-04-30"),
    "intraday_reversion": ("2012-10-08", "2012-10-26"),
    "liquid_momentum": ("2012-01-04", "2012-07-31"),
    "vwap_execution": ("2013-02-25", "2013-02-25"),
}
"""A part of each strategy's own span, so that all of them take seconds."""


@pytest.fixture(scope="module")
def events_of(tmp_path_factory):
    """Run a strategy once; its order events. The run must succeed and miss no data file."""
    results: dict[str, list[dict]] = {}

    def run(name: str) -> list[dict]:
        if name not in results:
            output = tmp_path_factory.mktemp(name)
            start, end = SPANS[name]
            words = ["backtest", str(ROOT / "algorithms" / name), "--start", start, "--end", end, "--no-report"]
            assert main([*words, "--output", str(output)]) == 0
            assert all(path.read_text().strip() == "" for path in output.glob("failed-data-requests*"))
            results[name] = json.loads(next(output.glob("*-order-events.json")).read_text())
        return results[name]

    return run


def fills(events):
    """The fills of each symbol in order: (New York's day, shares)."""
    found = defaultdict(list)
    for event in events:
        if event["fillQuantity"]:
            day = (dt.datetime.fromtimestamp(event["time"], dt.UTC) - dt.timedelta(hours=5)).date()
            found[event["symbolValue"]].append((day, event["fillQuantity"]))
    return found


def test_every_strategy_is_tried():
    """No strategy is left out below."""
    assert {path.parent.name for path in (ROOT / "algorithms").glob("*/main.py")} == set(SPANS)


@pytest.mark.parametrize("name", sorted(SPANS))
def test_it_trades(events_of, name):
    """Each strategy trades, and none of its orders is refused."""
    statuses = {event["status"] for event in events_of(name)}
    assert "filled" in statuses
    assert "invalid" not in statuses


def test_brackets_cancel_each_other(events_of):
    """In the hourly breakout nobody is ever short: the stop and the target of a trade never both fill."""
    for shares in fills(events_of("hourly_breakout")).values():
        held = list(accumulate(quantity for _, quantity in shares))
        assert min(held) == 0


def test_flat_every_evening(events_of):
    """In the intraday strategy what is bought on a day is sold on that day."""
    for shares in fills(events_of("intraday_reversion")).values():
        days = defaultdict(float)
        for day, quantity in shares:
            days[day] += quantity
        assert set(days.values()) == {0.0}


def test_the_whole_quantity_is_bought(events_of):
    """The execution strategy buys its shares to the last one, in more than one piece."""
    [shares] = fills(events_of("vwap_execution")).values()
    assert sum(quantity for _, quantity in shares) == 2000
    assert len(shares) > 5


def test_both_directions(events_of):
    """The currency strategy goes long and short."""
    held = [list(accumulate(quantity for _, quantity in shares)) for shares in fills(events_of("forex_trend")).values()]
    assert len(held) == 3
    assert min(map(min, held)) < 0 < max(map(max, held))


def test_calls_are_covered(events_of):
    """For each call that is sold there are a hundred shares, whenever calls are rolled too."""
    held = defaultdict(float)
    for event in events_of("covered_call"):
        held[event["symbolValue"]] += event["fillQuantity"]
        calls = sum(quantity for symbol, quantity in held.items() if symbol != "SPY")
        assert -held["SPY"] / 100 <= calls <= 0
    assert len(held) > 2


def test_futures_are_rolled(events_of):
    """When a contract is left, all of it is, and as much of the next is taken; never two at once."""
    held = defaultdict(float)
    seen = set()
    for event in events_of("futures_trend"):
        if event["fillQuantity"]:
            held[event["symbolValue"]] += event["fillQuantity"]
            seen.add(event["symbolValue"])
            assert sum(quantity != 0 for quantity in held.values()) <= 1
    assert len(seen) == 3
