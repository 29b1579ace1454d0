"""What happens to a backtest's samples, messages and results (`Engine/Results/BacktestingResultHandler.cs`).

The loop tells it what happens, by LEAN's names; at the end it computes the statistics and writes the files.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from leanib.engine.charting import Chart
from leanib.engine.market.base_data import END_OF_TIME
from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.numbers import ZERO
from leanib.engine.results.daily_charts import BENCHMARK, EQUITY, PORTFOLIO_TURNOVER, RETURN, STRATEGY_EQUITY
from leanib.engine.results.files import ResultFiles
from leanib.engine.results.insights_json import insights_json
from leanib.engine.results.listener import Listener, SilentListener
from leanib.engine.results.missing_data import MissingData, missing_data
from leanib.engine.results.packet import ResultPacket, result_texts
from leanib.engine.results.sampler import Sampler
from leanib.engine.statistics import CapacityEstimate, StatisticsBuilder, StatisticsResults
from leanib.engine.statistics.builder import StatisticsInput
from leanib.engine.statistics.risk_free import as_risk_free_model
from leanib.engine.statistics.text import money_text, percent_text

if TYPE_CHECKING:
    from leanib.engine.core.parts import ToldStrategy
    from leanib.engine.market.universe import SecurityChanges
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.symbols import SecurityType

__all__ = ["MISSING_DATA_FILE", "BacktestingResultHandler"]

LEAN_VERSION = "2.5.0.0"  # whose log lines these are
MISSING_DATA_FILE = "missing-data.txt"  # what was asked for and is not there, a line each

_MESSAGE_TIME = "%Y-%m-%d %H:%M:%S"
_FILE_TIME = "%Y%m%d%H%M%S"
_STATE_TIME = "%Y-%m-%dT%H:%M:%SZ"


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class BacktestingResultHandler:
    """Samples a run, keeps its log, and makes its result.

    `destination` None writes nothing. `clock` gives the wall time (naive UTC), for the state and the log.
    """

    def __init__(
        self,
        algorithm_id: str,
        destination: Path | None = None,
        listener: Listener | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.algorithm_id = algorithm_id
        self.algorithm: ToldStrategy = None  # type: ignore[assignment]  # set by set_algorithm, if it is
        self.log_store: list[str] = []
        self.has_runtime_error = False
        self.before_sample: Callable[[], object] = lambda: None
        self.keep_sample: Callable[[datetime], bool] = lambda _time: False
        self.count_data_points: Callable[[], int] = lambda: 0
        self.final_results: ResultPacket | None = None
        self.missing_data: list[MissingData] = []
        self.files = None if destination is None else ResultFiles(destination, algorithm_id)
        self._listener = listener or SilentListener()
        self._clock = clock
        self._runtime_statistics: dict[str, str] = {}
        self._custom_summary: dict[str, str] = {}
        self._transaction_handler: Any = None
        self._sampler: Sampler | None = None
        self._unrealized: Decimal | None = None
        self._capacity: CapacityEstimate | None = None
        self._currency = "$"
        self._error_message = ""
        self._started = clock()
        self._first_time: datetime | None = None
        self.state: dict[str, str] = {
            "StartTime": self._started.strftime(_STATE_TIME),
            "EndTime": "",
            "RuntimeError": "",
            "StackTrace": "",
            "LogCount": "0",
            "OrderCount": "0",
            "InsightCount": "0",
            "Name": algorithm_id,
        }

    def initialize(self, transaction_handler: Any) -> None:
        """Learn where orders and order events are kept."""
        self._transaction_handler = transaction_handler

    def set_algorithm(self, algorithm: ToldStrategy, starting_portfolio_value: Decimal) -> None:
        """Start to sample an initialized algorithm."""
        from leanib.engine.symbols import Currencies

        self.algorithm = algorithm
        self._currency = Currencies.get_currency_symbol(algorithm.account_currency)
        self._capacity = CapacityEstimate(algorithm)
        self._sampler = Sampler(algorithm, starting_portfolio_value, self._capacity)
        self.state["Name"] = algorithm.name

    @property
    def charts(self) -> dict[str, Chart]:
        """The charts by name; none before the algorithm is set."""
        return {} if self._sampler is None else self._sampler.charts

    @property
    def prices(self) -> dict[str, list[tuple[float, float]]]:
        """Sampled prices by ticker, for the report; see `Sampler`."""
        return {} if self._sampler is None else self._sampler.prices

    # --- what the loop calls -----------------------------------------------------------------------------------

    def launched(self) -> None:
        """The algorithm is initialized and starts (`Engine.cs`)."""
        self.debug_message(f"Launching analysis for {self.algorithm_id} with LEAN Engine v{LEAN_VERSION}")

    def completed(self, data_points: int) -> None:
        """The loop has ended, however it did (`Engine.cs`); data points are the algorithm's and its histories'."""
        seconds = (self._clock() - self._started).total_seconds()
        speed = data_points / 1000 / seconds if seconds else 0.0
        self.debug_message(
            f"Algorithm Id:({self.algorithm_id}) completed in {seconds:.2f} seconds at {speed:.0f}k data points per "
            f"second. Processing total of {data_points:,} data points."
        )

    def process_synchronous_events(self, force_process: bool = False) -> None:
        """A time step is over."""
        sampler = self._sampler
        if sampler is None or self._capacity is None:
            return
        time = self.algorithm.time_keeper.utc_time
        self._take_unrealized()
        self._capacity.update_market_capacity(force_process)
        if sampler.update(time, force_process):
            sampler.add_updates(self.algorithm.get_chart_updates())
            self._process_logs_of(self.algorithm)
            self._runtime_statistics.update(self.algorithm.runtime_statistics)
            self.tell_progress(time)

    def _take_unrealized(self) -> None:
        # LEAN takes the unrealized profit here, which has the cost of closing: users' fee models are asked.
        portfolio = self.algorithm.portfolio
        self._unrealized = portfolio.total_unrealized_profit_decimal if portfolio.has_own_fee_models else None

    def next_time(self) -> datetime:
        """Before this time a time step brings nothing but another value of the portfolio; see `Sampler.take_values`."""
        return END_OF_TIME if self._sampler is None else min(self._sampler.next_time, self.next_snapshot())

    def next_snapshot(self) -> datetime:
        """When the capacity is estimated next."""
        return END_OF_TIME if self._capacity is None else self._capacity.next_time

    @property
    def sampler(self) -> Sampler | None:
        """Who fills the charts; None before the algorithm is set."""
        return self._sampler

    @property
    def capacity(self) -> Decimal:
        """How much money the strategy could carry, as far as that is known."""
        return ZERO if self._capacity is None else self._capacity.capacity

    @property
    def has_news(self) -> bool:
        """Whether the algorithm has said or plotted something that is taken with the next sample of the equity."""
        algorithm = self.algorithm
        said = (algorithm.debug_messages, algorithm.error_messages, algorithm.log_messages)
        return any(said) or algorithm.has_chart_updates

    def tell_progress(self, time: datetime) -> None:
        """The run has come to a UTC time."""
        self._listener.progress(self._fraction(time), time, self.count_data_points())

    @property
    def volumes(self) -> CapacityEstimate | None:
        """Who adds up the market's volume after fills; None before the algorithm is set."""
        return self._capacity

    def sample(self, time: datetime) -> None:
        """Take the daily sample at a UTC time, or have it kept for later."""
        if self.keep_sample(time):
            return
        self.before_sample()
        if self._sampler is not None:
            self._take_unrealized()
            self._sampler.sample(time)

    def order_event(self, new_event: OrderEvent) -> None:
        """An order changed."""
        if self._capacity is not None:
            self._capacity.on_order_event(new_event)

    def on_warmup_finished(self) -> None:
        """The algorithm is warm."""
        if self._sampler is not None:
            self._sampler.on_warmup_finished()

    def on_securities_changed(self, changes: SecurityChanges) -> None:
        """Securities came or went; nothing to keep."""

    def security_type(self, types: SecurityType) -> None:
        """The kinds of securities; nothing to keep."""

    def brokerage_message(self, message: object) -> None:
        """A message of the simulated brokerage; nothing to keep in a backtest."""

    def send_status_update(self, status: object, message: str = "") -> None:
        """The algorithm's status changed; it is read when the result is made."""

    def debug_message(self, message: str) -> None:
        """A message of the engine to the user, with the algorithm's time."""
        self._say("debug", self._format(message))

    system_debug_message = debug_message

    def log_message(self, message: str) -> None:
        """A line for the log, with the algorithm's time."""
        self._say("log", self._format(message))

    def error_message(self, message: str, stacktrace: str = "") -> None:
        """An error that did not stop the algorithm; repetitions are dropped."""
        if message != self._error_message:
            self._error_message = message
            self._say("error", self._format(message))

    def runtime_error(self, message: str, stacktrace: str = "") -> None:
        """The error that stops the algorithm."""
        self.has_runtime_error = True
        self._error_message = message
        self.state["RuntimeError"] = self._format(message)
        self.state["StackTrace"] = stacktrace
        self._listener.message("runtime-error", self._format(message))

    def runtime_statistic(self, key: str, value: str) -> None:
        """A figure of the banner."""
        self._runtime_statistics[key] = value

    def set_summary_statistic(self, name: str, value: str) -> None:
        """An entry that the algorithm adds to the statistics."""
        self._custom_summary[name] = value

    # --- results -----------------------------------------------------------------------------------------------

    def statistics_results(self) -> StatisticsResults:
        """The statistics so far; without figures when no daily sample was taken yet."""
        results = StatisticsResults()
        self.before_sample()
        if self._sampler is not None:
            inputs = self._statistics_input(self._sampler)
            if inputs is None:
                results.total_performance.closed_trades = self.algorithm.trade_builder.exact_trades
            else:
                results = self._generate(inputs)
        results.add_custom_summary_statistics(self._custom_summary)
        return results

    def _generate(self, inputs: StatisticsInput) -> StatisticsResults:
        fees = self.algorithm.portfolio.total_fees_decimal
        orders = len(self._transaction_handler.orders)
        try:
            return StatisticsBuilder.generate(inputs, fees, orders, self._capacity, self._currency)
        except (ValueError, ArithmeticError) as error:
            # As in LEAN, figures that cannot be computed (infinite returns, misaligned series) leave none.
            self.error_message(f"the statistics could not be computed: {error}")
            return StatisticsResults()

    def _statistics_input(self, sampler: Sampler) -> StatisticsInput | None:
        equity = sampler.charts[STRATEGY_EQUITY].series
        benchmark = sampler.charts.get(BENCHMARK)
        if not equity[EQUITY].values or benchmark is None:
            return None
        turnover = sampler.charts.get(PORTFOLIO_TURNOVER)
        transactions = self.algorithm.transactions
        return StatisticsInput(
            trades=self.algorithm.trade_builder.exact_trades,
            profit_loss=transactions.transaction_record,
            equity=equity[EQUITY].values,
            performance=equity[RETURN].values,
            benchmark=benchmark.series[BENCHMARK].values,
            portfolio_turnover=turnover.series[PORTFOLIO_TURNOVER].values if turnover is not None else [],
            starting_capital=sampler.starting_portfolio_value,
            winning_transactions=transactions.winning_transactions,
            losing_transactions=transactions.losing_transactions,
            risk_free_interest_rate_model=as_risk_free_model(self.algorithm.risk_free_interest_rate_model),
            trading_days_per_year=cast("int", self.algorithm.settings.trading_days_per_year),
        )

    def exit(self) -> None:
        """Finish: the last sample, the statistics, and the files. Called once, whatever ended the run.

        Raises ResultError when the files cannot be written; `final_results` is set all the same.
        """
        if self.final_results is not None:
            return
        self.process_synchronous_events(force_process=True)
        self.final_results = self._packet()
        if self.algorithm is not None:
            self.missing_data = missing_data(self.algorithm, self.charts)
        if self.files is None:
            return
        self.files.write_log(self.log_store)
        texts, files = result_texts(self.final_results), self.files
        for file, parts in zip((files.order_events, files.summary, files.result), texts[::-1], strict=True):
            files.write_parts(file, parts)
        self._write_insights(self.files)
        for name, text in DATA_MONITOR().files(self._started.strftime(_FILE_TIME)).items():
            self.files.write(self.files.folder / name, text)
        if self.missing_data:
            self.files.write(self.files.folder / MISSING_DATA_FILE, "".join(f"{item}\n" for item in self.missing_data))

    def _write_insights(self, files: ResultFiles) -> None:
        insights = self.algorithm.insights.get_insights() if self.algorithm is not None else []
        if insights:
            files.write(files.folder / self.algorithm_id / "alpha-results.json", insights_json(insights))

    def _packet(self) -> ResultPacket:
        statistics = self.statistics_results()
        ended = self._clock()
        self._update_state(ended)
        handler, algorithm = self._transaction_handler, self.algorithm
        return ResultPacket(
            algorithm_id=self.algorithm_id,
            algorithm=algorithm,
            charts=self.charts,
            orders=list(handler.orders.values()) if handler is not None else [],
            order_events=list(handler.order_events) if handler is not None else [],
            profit_loss=dict(algorithm.transactions.transaction_record) if algorithm is not None else {},
            statistics=statistics,
            runtime_statistics=self._final_runtime_statistics(statistics.summary),
            state=self.state,
            processing_time=(ended - self._started).total_seconds(),
        )

    def _update_state(self, ended: datetime) -> None:
        algorithm = self.algorithm
        failed = algorithm is None or self.state["RuntimeError"]
        self.state["Status"] = "RuntimeError" if failed else algorithm.status.lean_name
        self.state["EndTime"] = ended.strftime(_STATE_TIME)
        self.state["LogCount"] = str(len(self.log_store))
        if algorithm is not None:
            self.state["InsightCount"] = str(algorithm.insights.total_count)
        if self._transaction_handler is not None:
            self.state["OrderCount"] = str(len(self._transaction_handler.orders))

    def _final_runtime_statistics(self, summary: dict[str, str]) -> dict[str, str]:
        if self._sampler is None:
            return {}
        portfolio, symbol = self.algorithm.portfolio, self._currency
        value, start = self._sampler.portfolio_value, self._sampler.starting_portfolio_value
        unrealized = portfolio.total_unrealized_profit_decimal if self._unrealized is None else self._unrealized
        result = dict(self._runtime_statistics)
        result |= {
            "Probabilistic Sharpe Ratio": summary.get("Probabilistic Sharpe Ratio", "0%"),
            "Unrealized": symbol + money_text(unrealized),
            "Fees": f"-{symbol}{money_text(portfolio.total_fees_decimal)}",
            "Net Profit": symbol + money_text(portfolio.total_net_profit_decimal),
            "Return": percent_text((value - start) / start if start > 0 else Decimal(0)),
            "Equity": symbol + money_text(value),
            "Holdings": symbol + money_text(portfolio.total_holdings_value_decimal),
            "Volume": symbol + money_text(portfolio.total_sale_volume_decimal),
        }
        return dict(sorted(result.items()))

    # --- messages ----------------------------------------------------------------------------------------------

    def _format(self, message: str) -> str:
        return message if self.algorithm is None else f"{self.algorithm.time.strftime(_MESSAGE_TIME)} {message}"

    def _say(self, kind: str, message: str) -> None:
        self.log_store.append(message if self.algorithm is not None else f"Algorithm Initialization: {message}")
        self._listener.message(kind, message)

    def initialization_failed(self, algorithm: ToldStrategy) -> None:
        """`initialize()` raised: what the algorithm, or the engine by its voice, said before is not lost."""
        self._process_logs_of(algorithm)

    def _process_logs_of(self, algorithm: ToldStrategy) -> None:
        for kind, queue in (
            ("debug", algorithm.debug_messages),
            ("error", algorithm.error_messages),
            ("log", algorithm.log_messages),
        ):
            while queue:
                self._say(kind, queue.popleft())

    def _fraction(self, time: datetime) -> float:
        if self._first_time is None:
            self._first_time = time
        total = (self.algorithm.end_date - self._first_time).total_seconds()
        return min(max((time - self._first_time).total_seconds() / total, 0.0), 1.0) if total > 0 else 1.0
