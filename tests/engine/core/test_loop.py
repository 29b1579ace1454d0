"""The order of things in a time step, universes, errors, and what a run counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.market import Slice
from leanib.engine.orders.fees import CashAmount, FeeModel, OrderFee
from leanib.engine.symbols import AlgorithmStatus, Resolution
from leanib.errors import ConfigurationError, DataError, NotSupportedError, UsageError

MONDAY = datetime(2014, 6, 2)
DAY = timedelta(days=1)


class TwoDays(QCAlgorithm):
    """XYZ by the day, for two days; notes what is called."""

    def initialize(self) -> None:
        self.called: list[str] = []
        self.set_start_date(MONDAY)
        self.set_end_date(MONDAY + DAY)
        self.set_benchmark(lambda _time: 1)
        self.add_equity("XYZ", Resolution.DAILY)
        self.set_up()

    def set_up(self) -> None:
        """More to do in initialize()."""

    def on_data(self, data: Slice) -> None:
        self.called.append(f"data {self.time:%d}")


@pytest.fixture
def two_days(market: Any) -> Any:
    """A market with two days of XYZ."""
    market.days("xyz", MONDAY, [10.0, 11.0])
    return market


def test_the_order_of_calls(two_days: Any) -> None:
    """Securities come first, then data; scheduled events at their time; the end of the day before the next data."""

    class Order(TwoDays):
        def on_warmup_finished(self) -> None:
            self.called.append("warm")

        def on_securities_changed(self, changes: Any) -> None:
            self.called.append("added " + ",".join(security.symbol.value for security in changes.added_securities))

        def on_end_of_day(self, symbol: Any) -> None:
            self.called.append(f"end of day {self.time:%d}")

        def on_end_of_algorithm(self) -> None:
            self.called.append("end")

    run = two_days.run(Order)
    assert run.algorithm.called == [
        *("warm", "added XYZ", "end of day 02", "data 02", "end of day 03", "data 03"),
        "end",
    ]
    assert run.algorithm.status is AlgorithmStatus.COMPLETED


def test_pascal_case_algorithms_run(two_days: Any) -> None:
    """An algorithm in LEAN's older style, with OnData and Initialize, is called too."""

    class Pascal(QCAlgorithm):
        def Initialize(self) -> None:  # noqa: N802
            self.SetStartDate(2014, 6, 2)
            self.SetEndDate(2014, 6, 3)
            self.SetBenchmark(lambda _time: 1)
            self.AddEquity("XYZ", Resolution.Daily)
            self.count = 0

        def OnData(self, data: Slice) -> None:  # noqa: N802
            self.count += data.Bars["XYZ"].Close > 0

    assert two_days.run(Pascal).algorithm.count == 2


def test_data_points_are_counted(two_days: Any) -> None:
    """Two bars and one selection of the universe of what was added by hand."""
    assert two_days.run(TwoDays).data_points == 3


def test_securities_can_be_added_and_removed_later(two_days: Any) -> None:
    """A security that is added in on_data has data from the next step on, until it is removed."""
    two_days.days("abc", MONDAY, [1.0, 2.0])

    class Later(TwoDays):
        def on_data(self, data: Slice) -> None:
            self.called += [symbol.value for symbol in data.keys()]  # noqa: SIM118
            if self.time.day == 2:
                self.add_equity("ABC", Resolution.DAILY)
                self.remove_security("XYZ")

    assert two_days.run(Later).algorithm.called == ["XYZ", "ABC"]


def test_quit_ends_the_run(two_days: Any) -> None:
    """After quit() nothing more comes but the end; the reason is said."""

    class Quitter(TwoDays):
        def on_data(self, data: Slice) -> None:
            super().on_data(data)
            self.quit("enough")

        def on_end_of_algorithm(self) -> None:
            self.called.append("end")

    run = two_days.run(Quitter)
    assert run.algorithm.called == ["data 02", "end"]
    assert any("Quit(): enough" in line for line in run.results.log_store)


def test_an_error_of_the_algorithm_keeps_its_traceback(two_days: Any) -> None:
    """The run ends with the algorithm's own exception, whose traceback ends in the algorithm's line."""

    class Broken(TwoDays):
        def on_data(self, data: Slice) -> None:
            raise ZeroDivisionError("oops")

    run = run_backtest(Broken, Job(two_days.folder))
    assert isinstance(run.error, ZeroDivisionError)
    assert run.algorithm.status is AlgorithmStatus.RUNTIME_ERROR
    assert run.algorithm.run_time_error is not None
    assert run.algorithm.run_time_error.context == "OnData"
    traceback = run.error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    assert traceback is not None
    assert traceback.tb_frame.f_code.co_filename == __file__


def _set_up(action: Any) -> type[TwoDays]:
    return type("Run", (TwoDays,), {"set_up": action})


@pytest.mark.parametrize(
    ("action", "error", "text"),
    [
        (lambda self: self.set_end_date(2014, 6, 1), UsageError, "lies before the start date"),
        (lambda self: self.set_available_data_types({}), NotSupportedError, "`lean backtest`"),
        (lambda self: self.set_time_zone("Mars/Olympus"), UsageError, "time zone 'Mars/Olympus' is not known"),
        (lambda self: self.set_start_date(2014, 13, 1), UsageError, "Date Invalid"),
    ],
)
def test_mistakes_are_answered_with_a_sentence(two_days: Any, action: Any, error: type[Exception], text: str) -> None:
    """What initialize() does wrong is an error that says what to do."""
    with pytest.raises(error, match=text):
        two_days.run(_set_up(action))


def test_a_folder_that_is_no_data_folder_is_named(tmp_path: Any) -> None:
    """The error tells how to give the right one."""
    with pytest.raises(ConfigurationError, match=r"is not a data folder.*--data-folder"):
        run_backtest(TwoDays, Job(tmp_path))


def test_a_truncated_zip_ends_the_run_with_its_name(two_days: Any) -> None:
    """Half a file is not half the data: the run ends and names the file."""
    file = two_days.folder / "equity/usa/daily/xyz.zip"
    file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(DataError, match=r"xyz\.zip is not a complete zip file"):
        two_days.run(TwoDays)


def test_parameters_have_the_type_of_their_default(two_days: Any) -> None:
    """A parameter's text becomes a number when the default is one, and the default when it cannot."""

    def set_up(self: Any) -> None:
        self.values = [
            self.get_parameter("fast", 10),
            self.get_parameter("ratio", 0.5),
            self.get_parameter("fast"),
            self.get_parameter("name", 3),
            self.get_parameter("none"),
            self.get_parameter("none", 7),
            self.get_parameter("name", 3),
        ]
        self.told = list(self.debug_messages)

    run = two_days.run(_set_up(set_up), parameters={"fast": "20", "ratio": "0.25", "name": "x"})
    assert run.algorithm.values == [20, 0.25, "20", 3, None, 7, 3]
    [told] = run.algorithm.told
    assert told.endswith("Warning: the parameter name is no whole number: 'x'; 3 is used instead")


def test_half_a_run_is_no_result_unless_that_is_asked_for(two_days: Any) -> None:
    """Ctrl-C goes on to the caller: a search or a test would take the first day's figures for those of both."""

    class Stopped(TwoDays):
        def on_data(self, data: Slice) -> None:
            super().on_data(data)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        two_days.run(Stopped)
    run = two_days.run(Stopped, keep_interrupted=True)
    assert run.interrupted
    assert run.algorithm.called == ["data 02"]


def test_the_job_overrides_the_dates(two_days: Any) -> None:
    """Start and end of the command line win over those of initialize()."""
    day = MONDAY.date()
    assert two_days.run(TwoDays, start=day, end=day).algorithm.called == ["data 02"]


def test_fundamental_universes_select_at_midnight(market: Any) -> None:
    """The selector sees the file of the day before; what it selects has data on that day, what it drops goes."""
    market.days("aaa", MONDAY, [1.0, 2.0, 3.0])
    market.days("bbb", MONDAY, [4.0, 5.0, 6.0])
    for day, volumes in ((30, (1, 2)), (2, (2, 1)), (3, (1, 2))):
        month = 5 if day == 30 else 6
        lines = [
            f"{ticker} 2T,{ticker},10,100,{volume},True,1,1"
            for ticker, volume in zip(("AAA", "BBB"), volumes, strict=True)
        ]
        market.write(f"equity/usa/fundamental/coarse/2014{month:02}{day:02}.csv", *lines)

    class Coarse(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(MONDAY)
            self.set_end_date(MONDAY + 2 * DAY)
            self.set_benchmark(lambda _time: 1)
            self.universe_settings.resolution = Resolution.DAILY
            self.add_universe(self.select)
            self.called: list[str] = []

        def select(self, points: Any) -> list[Any]:
            self.called.append(f"select {self.time:%d}")
            return [max(points, key=lambda point: point.dollar_volume).symbol]

        def on_securities_changed(self, changes: Any) -> None:
            self.called += [f"+{security.symbol.value}" for security in changes.added_securities]
            self.called += [f"-{security.symbol.value}" for security in changes.removed_securities]

    assert market.run(Coarse).algorithm.called == [
        *("select 02", "+BBB", "select 03", "+AAA", "-BBB", "select 04", "+BBB", "-AAA"),
    ]


class _TellingFee(FeeModel):
    def __init__(self, algorithm: QCAlgorithm) -> None:
        super().__init__()
        self.algorithm = algorithm

    def get_order_fee(self, parameters: Any) -> OrderFee:
        """One dollar, told."""
        self.algorithm.asked.append(self.algorithm.time)  # type: ignore[attr-defined]
        return OrderFee(CashAmount(1, "USD"))


def test_a_users_fee_model_is_asked_at_every_time_step_while_its_security_is_held(market: Any) -> None:
    """LEAN's results take the unrealized profit, which has the cost of closing, at each step and each daily sample."""
    market.minutes("aaa", MONDAY, dict.fromkeys(range(6), 10.0))

    class Held(QCAlgorithm):
        asked: list[datetime]

        def initialize(self) -> None:
            self.set_start_date(MONDAY)
            self.set_end_date(MONDAY)
            self.set_benchmark(lambda _time: 1)
            self.asked = []
            self.add_equity("AAA", Resolution.MINUTE, fill_forward=False).set_fee_model(_TellingFee(self))

        def on_data(self, data: Any) -> None:
            if not self.portfolio.invested:
                self.market_order("AAA", 1)

    finished = market.run(Held)
    asked: list[datetime] = finished.algorithm.asked
    minutes = [time.minute for time in asked]
    assert minutes[:4] == [31, 31, 31, 31]  # whether it can be paid, twice; the fill; the end of the step
    assert minutes[4:9] == [32, 33, 34, 35, 36]
    assert minutes[9:] == [36, 36, 36]  # the end, the last daily sample, and once more when the results are made
