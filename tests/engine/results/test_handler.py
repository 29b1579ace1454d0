"""A run's samples, messages and files, with an algorithm that is all stand-ins."""

import errno
import json
from collections import deque
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from leanib.engine.results import BacktestingResultHandler
from leanib.engine.results.files import ResultFiles
from leanib.engine.statistics import ConstantRiskFreeRateInterestRateModel
from leanib.engine.symbols import AlgorithmStatus
from leanib.engine.timezones import TimeZones
from leanib.errors import ResultError

START = datetime(2020, 1, 6)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class _Portfolio(SimpleNamespace):
    def __init__(self):
        zero = dict.fromkeys(
            ("total_sale_volume", "total_fees", "total_net_profit", "total_unrealized_profit", "total_holdings_value"),
            Decimal(0),
        )
        super().__init__(**{f"{name}_decimal": value for name, value in zero.items()})
        self.total_portfolio_value_decimal = Decimal(100000)
        self.positions = SimpleNamespace(groups=[], with_quantity=[])
        self.has_own_fee_models, self.held_securities = False, []

    def approximate_value(self):
        """The value as a float, for the range of a candle."""
        return float(self.total_portfolio_value_decimal)


class _Algorithm(SimpleNamespace):
    def __init__(self):
        record = SimpleNamespace(transaction_record={}, winning_transactions={}, losing_transactions={})
        super().__init__(
            name="Mine",
            tags={"b", "a"},
            account_currency="USD",
            brokerage_name=0,
            brokerage_model=SimpleNamespace(account_type=0),
            get_parameters=lambda: {"fast": "1"},
            start_date=START,
            end_date=START + 10 * DAY,
            time_zone=TimeZones.UTC,
            utc_time=START,
            time=START,
            is_warming_up=False,
            status=AlgorithmStatus.COMPLETED,
            portfolio=_Portfolio(),
            securities={},
            benchmark=SimpleNamespace(evaluate=lambda time: 100 + (time - START).days),
            transactions=record,
            trade_builder=SimpleNamespace(exact_trades=[]),
            insights=SimpleNamespace(get_insights=list, total_count=0),
            settings=SimpleNamespace(trading_days_per_year=252),
            risk_free_interest_rate_model=ConstantRiskFreeRateInterestRateModel(0.01),
            runtime_statistics={"Beta": "1"},
            debug_messages=deque(),
            log_messages=deque(),
            error_messages=deque(),
            get_chart_updates=lambda: iter(()),
        )

    @property
    def time_keeper(self):
        """The clock without a zone, as the loop reads it."""
        return SimpleNamespace(utc_time=self.utc_time)


class _Listener:
    def __init__(self):
        self.lines = []
        self.fractions = []

    def message(self, kind, text):
        self.lines.append((kind, text))

    def progress(self, fraction, utc_time, data_points):
        self.fractions.append(fraction)


def _handler(folder=None, algorithm=None):
    listener = _Listener()
    handler = BacktestingResultHandler("Mine", folder, listener)
    handler.initialize(SimpleNamespace(orders={}, order_events=[]))
    handler.set_algorithm(algorithm or _Algorithm(), Decimal(100000))
    return handler, listener


def _run(handler, values):
    """A day each: the portfolio's value at noon, then the sample at the midnight after."""
    algorithm = handler.algorithm
    handler.sample(START)
    for day, value in enumerate(values):
        algorithm.utc_time = algorithm.time = START + day * DAY + 720 * MINUTE
        algorithm.portfolio.total_portfolio_value_decimal = Decimal(value)
        handler.process_synchronous_events()
        algorithm.utc_time = algorithm.time = START + (day + 1) * DAY
        handler.sample(algorithm.utc_time)


def _values(handler, chart, series):
    return [float(point.value) for point in handler.charts[chart].series[series].values]


def test_every_day_is_sampled():
    """Return in percent of the day before, drawdown from the peak, benchmark and turnover."""
    handler, _ = _handler()
    handler.algorithm.portfolio.total_sale_volume_decimal = Decimal(50000)
    _run(handler, [101000, 99990, 100000])
    assert _values(handler, "Strategy Equity", "Return") == [0, 1, -1, pytest.approx(0.010001)]
    assert _values(handler, "Drawdown", "Equity Drawdown") == [0, 0, -1, -0.99]
    assert _values(handler, "Benchmark", "Benchmark") == [100, 101, 102, 103]
    assert _values(handler, "Portfolio Turnover", "Portfolio Turnover") == [pytest.approx(0.4950495), 0, 0]


def test_the_equity_is_a_candle_of_what_happened_since_the_last_sample():
    """High and low between two samples are kept although only the close is computed exactly."""
    handler, _ = _handler()
    algorithm = handler.algorithm
    for minute, value in enumerate(["100", "120", "90", "110.12345"]):
        algorithm.utc_time = START + minute * MINUTE
        algorithm.portfolio.total_portfolio_value_decimal = Decimal(value)
        handler.process_synchronous_events(force_process=minute == 3)
    first, last = handler.charts["Strategy Equity"].series["Equity"].values
    assert first.close == 100
    assert (last.open, last.high, last.low, last.close) == (120, 120, 90, Decimal("110.1234"))


def test_nothing_is_sampled_while_warming_up_and_the_start_is_taken_afterwards():
    """Samples before the start would skew the statistics; rates may change the start's value."""
    handler, _ = _handler()
    handler.algorithm.is_warming_up = True
    handler.sample(START - DAY)
    assert "Benchmark" not in handler.charts
    handler.algorithm.is_warming_up = False
    handler.algorithm.portfolio.total_portfolio_value_decimal = Decimal(110000)
    handler.on_warmup_finished()
    handler.sample(START)
    assert _values(handler, "Strategy Equity", "Return") == [0]


def test_messages_reach_listener_and_log():
    """The algorithm's own lines as they are, the engine's with the algorithm's time, errors once."""
    handler, listener = _handler()
    handler.algorithm.debug_messages.append("2020-01-06 00:00:00 hello")
    handler.process_synchronous_events()
    handler.log_message("done")
    handler.error_message("no price")
    handler.error_message("no price")
    assert listener.lines == [
        ("debug", "2020-01-06 00:00:00 hello"),
        ("log", "2020-01-06 00:00:00 done"),
        ("error", "2020-01-06 00:00:00 no price"),
    ]
    assert handler.log_store == [text for _, text in listener.lines]


def test_the_files_are_leans(tmp_path):
    """Result, summary, order events and log, with LEAN's keys."""
    handler, listener = _handler(tmp_path / "deep" / "folder")
    handler.set_summary_statistic("Own", "1")
    handler.log_message("done")
    _run(handler, [101000, 99990, 100000])
    handler.exit()
    folder = tmp_path / "deep" / "folder"
    result = json.loads((folder / "Mine.json").read_text())
    assert result["statistics"]["End Equity"] == "100000"
    assert result["statistics"]["Own"] == "1"
    assert result["state"]["Status"] == "Completed"
    assert result["runtimeStatistics"]["Equity"] == "$100,000.00"
    assert result["algorithmConfiguration"]["tags"] == ["a", "b"]
    assert "M1_20200109" in result["rollingWindow"]
    assert result["totalPerformance"]["portfolioStatistics"]["endEquity"] == "100000"
    summary = json.loads((folder / "Mine-summary.json").read_text())
    assert list(summary["charts"]) == ["Strategy Equity"]
    assert json.loads((folder / "Mine-order-events.json").read_text()) == []
    assert (folder / "Mine-log.txt").read_text() == "2020-01-06 00:00:00 done\n"
    assert listener.fractions[-1] == pytest.approx(0.25, abs=0.1)


def test_an_error_is_in_the_state(tmp_path):
    """Status RuntimeError and the message with its time; the files are written all the same."""
    handler, _ = _handler(tmp_path)
    handler.runtime_error("division by zero", "stack")
    handler.exit()
    state = json.loads((tmp_path / "Mine.json").read_text())["state"]
    assert (state["Status"], state["RuntimeError"]) == ("RuntimeError", "2020-01-06 00:00:00 division by zero")


def test_an_algorithm_that_never_started_has_a_result(tmp_path):
    """Nothing to sample is not an error."""
    handler = BacktestingResultHandler("Mine", tmp_path)
    handler.runtime_error("no such data")
    handler.exit()
    assert json.loads((tmp_path / "Mine.json").read_text())["state"]["Status"] == "RuntimeError"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.ENOSPC, "the disk is full: .*Mine.json could not be written; free some space"),
        (errno.EACCES, "may not be written"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path, monkeypatch, code, sentence):
    """Full disk and missing permission, each with its remedy."""

    def refuse(*_arguments, **_options):
        raise OSError(code, "no")

    files = ResultFiles(tmp_path, "Mine")
    monkeypatch.setattr(type(tmp_path), "open", refuse)
    with pytest.raises(ResultError, match=sentence):
        files.write(files.result, "{}")
