"""The grid of `lean optimize` and the configuration that the CLI mounts."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest

from leanib.errors import ConfigurationError, NotSupportedError
from leanib.operations.lean_launcher import LeanLog, job_of, read_config, run
from leanib.operations.optimize.space import Constraint, grid, value_at

RESULT = {
    "statistics": {"Sharpe Ratio": "0.5", "Drawdown": "12.5%"},
    "totalPerformance": {"portfolioStatistics": {"sharpeRatio": "0.4967"}},
}


def test_the_grid_has_every_combination_once():
    """Steps are exact decimals, the last parameter changes fastest, ids are stable."""
    parameters = [{"name": "a", "min": 0.1, "max": 0.3, "step": 0.1}, {"name": "b", "min": 10, "max": 20, "step": 10}]
    points = list(grid(parameters))
    assert [point.text for point in points] == [
        "a:0.1,b:10", "a:0.1,b:20", "a:0.2,b:10", "a:0.2,b:20", "a:0.3,b:10", "a:0.3,b:20",
    ]  # fmt: skip
    assert points == list(grid(parameters))
    assert len({point.backtest_id for point in points}) == 6


def test_a_grid_that_makes_no_sense_is_refused():
    """A step of zero would never end."""
    with pytest.raises(ConfigurationError, match="step"):
        list(grid([{"name": "a", "min": 1, "max": 2, "step": 0}]))


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("Statistics.Sharpe Ratio", 0.5),
        ("['Statistics'].['Drawdown']", 0.125),
        ("TotalPerformance.PortfolioStatistics.SharpeRatio", 0.4967),
        ("TotalPerformance.Nothing", None),
    ],
)
def test_figures_are_found_by_path(target, value):
    """As the CLI writes paths, in any case."""
    assert value_at(RESULT, target) == value


def test_constraints_hold_or_not():
    """On a figure's number; a missing figure keeps no bound."""
    assert Constraint("Statistics.Drawdown", "less", 0.2).holds(RESULT)
    assert not Constraint("Statistics.Drawdown", "greater", 0.2).holds(RESULT)
    assert not Constraint("Statistics.Nothing", "less", 0.2).holds(RESULT)


def test_the_log_has_leans_form():
    """Stamp, level and text, on the output and in the copy."""
    out, copy = io.StringIO(), io.StringIO()
    log = LeanLog(out, copy, now=lambda: datetime(2025, 5, 18, 8, 6, 11, 573000, tzinfo=UTC))
    log.message("debug", "hello")
    log.message("error", "oh")
    assert out.getvalue() == copy.getvalue()
    assert out.getvalue().splitlines() == [
        "20250518 08:06:11.573 TRACE:: Debug: hello",
        "20250518 08:06:11.573 ERROR:: Error: oh",
    ]


def test_the_mounted_configuration_is_read(tmp_path):
    """Parameters come as an object or as a text; folders where the configuration says."""
    log = LeanLog(io.StringIO())
    config = {"parameters": '{"fast": 5}', "results-destination-folder": "/R", "data-folder": "/D"}
    job = job_of(config, log)
    assert (job.parameters, str(job.destination), str(job.data_folder)) == ({"fast": "5"}, "/R", "/D")
    assert job_of({"parameters": {"fast": 5}}, log).parameters == {"fast": "5"}
    file = tmp_path / "config.json"
    with pytest.raises(ConfigurationError, match="is not there"):
        read_config(file)
    file.write_text("[]")
    with pytest.raises(ConfigurationError, match="must hold an object"):
        read_config(file)
    file.write_text(json.dumps(config))
    assert read_config(file) == config


@pytest.mark.parametrize(
    ("config", "word"),
    [
        ({"algorithm-language": "CSharp"}, "CSharp"),
        (
            {
                "environment": "live",
                "environments": {"live": {"live-mode": True, "live-mode-brokerage": "BinanceBrokerage"}},
            },
            "not BinanceBrokerage",
        ),
        ({"algorithm-location": "main.py", "debugging": True, "debugging-method": "VisualStudio"}, "VisualStudio"),
    ],
)
def test_what_the_image_cannot_do_is_named(config, word):
    """One sentence each."""
    with pytest.raises(NotSupportedError, match=word):
        run(config, LeanLog(io.StringIO()))
