"""A live run's log and result files, in LEAN's rhythm (`Engine/Results/LiveTradingResultHandler.cs`).

| file | what | when |
|---|---|---|
| `<id>-log.txt` | what the algorithm said, appended | every 2 minutes, at the end |
| `<id>.json` | charts in steps of 12 hours, orders, holdings, cash, statistics, state | every 10 minutes, at the end |
| `<id>-<day>_minute.json`, `_10minute.json` | the day's charts, orders, cash | every minute, 10 s after a fill |
| `<id>-<day>-<hour>_second_<chart>.json` | one chart of the hour, every point | likewise |
| `<id>-<day>-order-events.json` | the UTC day's order events | likewise |
| `<id>/alpha-results.json` | insights | every 10 minutes, at the end |
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from leanib.engine.charting import Chart
from leanib.engine.dotnet.collections import List
from leanib.engine.live.result_json import cash_json, holdings_json, sampled, since
from leanib.engine.orders.enums import OrderStatus
from leanib.engine.orders.serialization import order_event_json, order_json
from leanib.engine.orders.serialization import to_json as order_text
from leanib.engine.results import BacktestingResultHandler
from leanib.engine.results.insights_json import insights_json
from leanib.engine.results.json_text import RawJson, charts_json, to_json
from leanib.engine.results.listener import Listener
from leanib.engine.symbols import Currencies, Resolution
from leanib.errors import ResultError

if TYPE_CHECKING:
    from leanib.engine.core.parts import ToldStrategy
    from leanib.engine.orders.event import OrderEvent

__all__ = ["LiveResultHandler"]

_SAMPLE = timedelta(seconds=2)
_SHORT = timedelta(minutes=1)
_AFTER_FILL = timedelta(seconds=10)
_LOG = timedelta(minutes=2)
_LONG = timedelta(minutes=10)
_STATUS_STEP = timedelta(hours=12)
_KEPT = timedelta(days=2)
_KEPT_DAILY = timedelta(days=730)
_DAILY = ("Equity", "Return", "Benchmark")
_MOST_LINES = 500


class LiveResultHandler(BacktestingResultHandler):
    """Samples a live run and writes its files. A file that cannot be written is told, and written at the next turn.

    Args:
        algorithm_id: The deployment's id, `L-` and digits.
        destination: The run's folder; None writes nothing.
        listener: Hears messages at once.
        clock: The wall clock, naive UTC.
    """

    def __init__(
        self, algorithm_id: str, destination: Path | None, listener: Listener | None, clock: Callable[[], datetime]
    ) -> None:
        super().__init__(algorithm_id, destination, listener, clock)
        self._log_count = 0
        self._lines: list[str] = []
        self._dropped = 0
        self._second = clock()
        self._lines_this_second = {True: 0, False: 0}
        start = clock()
        self._next_log, self._next_short, self._next_long = start + _LOG, start, start
        self._next_trim = start + _LONG
        self._event_day = start.date()
        self._event_texts: list[str] = []
        self._write_problem = ""
        self._warm_up_from: datetime | None = None
        #: whether files are written while the run lasts
        self.in_rhythm = True

    def set_algorithm(self, algorithm: ToldStrategy, starting_portfolio_value: Decimal) -> None:
        """Start to sample an initialized algorithm."""
        super().set_algorithm(algorithm, starting_portfolio_value)
        assert self._sampler is not None
        self._sampler.resample_period = _SAMPLE

    # --- what the loop calls -------------------------------------------------------------------------------------

    def process_synchronous_events(self, force_process: bool = False) -> None:
        """A time step is over."""
        if self._sampler is None or self._capacity is None:
            return
        self._process_logs_of(self.algorithm)
        algorithm = self.algorithm
        self._runtime_statistics.update(algorithm.runtime_statistics)
        self._tell_warm_up()
        if algorithm.is_warming_up and not force_process:
            algorithm.get_chart_updates()
            return
        self._capacity.update_market_capacity(force_process)
        if (self._is_open() or force_process) and self._sampler.update(algorithm.utc_time, force_process):
            self._sampler.add_updates(algorithm.get_chart_updates())
        self.write_due()

    def _tell_warm_up(self) -> None:
        """How far the warm-up is; 1 once, when it is over."""
        algorithm = self.algorithm
        if algorithm.is_warming_up:
            time, end = algorithm.utc_time, algorithm.time_zone.to_utc(algorithm.start_date)
            self._warm_up_from = self._warm_up_from or time
            share = (time - self._warm_up_from) / max(end - self._warm_up_from, timedelta.resolution)
            self._listener.progress(min(share, 0.999), time, self.count_data_points())
        elif self._warm_up_from is not None:
            self._warm_up_from = None
            self._listener.progress(1.0, algorithm.utc_time, self.count_data_points())

    def _is_open(self) -> bool:
        """Whether values move: while a user's exchange is open, or always for those that hardly close."""
        for security in self.algorithm.securities.values():
            if security.is_internal_feed():
                continue
            if security.symbol.asset.trades_around_the_clock or security.exchange.exchange_open:
                return True
            if any(c.resolution is Resolution.DAILY or c.extended_market_hours for c in security.subscriptions):
                return True
        return False

    def order_event(self, new_event: OrderEvent) -> None:
        """An order changed."""
        super().order_event(new_event)
        day = self._clock().date()
        if day != self._event_day:
            self._write_events()
            self._event_day, self._event_texts = day, []
        self._event_texts.append(order_text(order_event_json(new_event, self.algorithm_id)))
        self.debug_message(f"New Order Event: {new_event}")
        if new_event.status in (OrderStatus.FILLED, OrderStatus.PARTIALLY_FILLED):
            self._next_short = min(self._next_short, self._clock() + _AFTER_FILL)

    def _say(self, kind: str, message: str) -> None:
        """A line for the user; a flood is cut, which is told."""
        now = self._clock()
        if now - self._second >= timedelta(seconds=1):
            self._second, self._lines_this_second = now, {True: 0, False: 0}
            if self._dropped:
                dropped, self._dropped = self._dropped, 0
                self._say("error", f"{dropped} lines were dropped: more than {_MOST_LINES} came within a second")
        is_error = kind == "error"  # of which as many are told beside all else: a flood hides no refusal
        self._lines_this_second[is_error] += 1
        if self._lines_this_second[is_error] > _MOST_LINES:
            self._dropped += 1
            return
        self._log_count += 1
        self._lines.append(message if self.algorithm is not None else f"Algorithm Initialization: {message}")
        self._listener.message(kind, message)

    # --- files ---------------------------------------------------------------------------------------------------

    def write_due(self, everything: bool = False) -> None:
        """Writes what is due by now."""
        now = self._clock()
        if self.algorithm is not None and now >= self._next_trim:
            self._next_trim = now + _LONG
            self._trim(now)
        if self.files is None or self.algorithm is None or not (self.in_rhythm or everything):
            return
        try:
            if everything or now >= self._next_log:
                self._next_log = now + _LOG
                self._append_log()
            if everything or now >= self._next_short:
                self._next_short = now + _SHORT
                self._write_day(now)
            if everything or now >= self._next_long:
                self._next_long = now + _LONG
                self._write_status()
            self._write_problem = ""
        except ResultError as error:
            if str(error) != self._write_problem:
                self._write_problem = str(error)
                self._listener.message("error", str(error))

    def _append_log(self) -> None:
        assert self.files is not None
        if not self._lines:
            return
        try:
            self.files.folder.mkdir(parents=True, exist_ok=True)
            with self.files.log.open("a", encoding="utf-8") as log:
                log.writelines(f"{line}\n" for line in self._lines)
        except OSError as error:
            raise ResultError(f"{self.files.log} could not be written ({error.strerror})") from error
        self._lines.clear()

    def _write_day(self, now: datetime) -> None:
        assert self.files is not None
        day = datetime(now.year, now.month, now.day)
        name = f"{self.algorithm_id}-{now:%Y-%m-%d}"
        orders = [o for o in self._transaction_handler.orders.values() if (o.last_update_time or o.time) >= day]
        for label, step in (("minute", _SHORT), ("10minute", _LONG)):
            content = self._content(sampled(self.charts, step, day), orders)
            self.files.write(self.files.folder / f"{name}_{label}.json", to_json(content))
        hour = now.replace(minute=0, second=0, microsecond=0)
        for chart in since(self.charts, hour):
            path = self.files.folder / f"{name}-{now:%H}_second_{quote(chart.name)}.json"
            self.files.write(path, to_json({"charts": charts_json([chart])}))
        self._write_events()

    def _write_events(self) -> None:
        if self.files is not None and self._event_texts:
            path = self.files.folder / f"{self.algorithm_id}-{self._event_day:%Y-%m-%d}-order-events.json"
            self.files.write(path, f"[{','.join(self._event_texts)}]")

    def _write_status(self) -> None:
        assert self.files is not None
        statistics = self.statistics_results()
        self._update_state(self._clock())
        orders = list(self._transaction_handler.orders.values())
        content = self._content(sampled(self.charts, _STATUS_STEP), orders) | {
            "profitLoss": dict(self.algorithm.transactions.transaction_record),
            "statistics": statistics.summary,
            "runtimeStatistics": self._final_runtime_statistics(statistics.summary),
        }
        self.files.write(self.files.result, to_json(content))
        insights = self.algorithm.insights.get_insights()
        if insights:
            folder = self.files.folder / self.algorithm_id
            self.files.write(folder / "alpha-results.json", insights_json(insights))

    def _content(self, charts: list[Chart], orders: list[Any]) -> dict[str, Any]:
        algorithm = self.algorithm
        up = self._clock() - self._started
        hours, rest = divmod(int(up.total_seconds()), 3600)
        return {
            "charts": charts_json(charts),
            "orders": {str(order.id): RawJson(order_text(order_json(order))) for order in orders},
            "holdings": holdings_json(algorithm),
            "cash": cash_json(algorithm),
            "accountCurrency": algorithm.account_currency,
            "accountCurrencySymbol": Currencies.get_currency_symbol(algorithm.account_currency),
            "runtimeStatistics": self._final_runtime_statistics({}),
            "serverStatistics": {
                "Up Time": f"{hours // 24}d {hours % 24:02}:{rest // 60:02}:{rest % 60:02}",
                "Hostname": self.state.get("Hostname", ""),
            },
            "state": dict(self.state),
        }

    def _update_state(self, ended: datetime) -> None:
        super()._update_state(ended)
        self.state["LogCount"] = str(self._log_count)

    def _trim(self, now: datetime) -> None:
        """Two days of samples are kept, two years of daily ones."""
        for chart in self.charts.values():
            for series in chart.series.values():
                limit = now - (_KEPT_DAILY if series.name in _DAILY else _KEPT)
                if series.name == "Equity":
                    limit = now - _KEPT
                if series.values and series.values[0].time < limit:
                    series.values = List(point for point in series.values if point.time >= limit)
        assert self._sampler is not None
        self._sampler.prices.clear()  # for the report of a backtest

    def exit(self) -> None:
        """Finish: the last sample and all files. Called once, whatever ended the run."""
        if self.final_results is not None:
            return
        self.process_synchronous_events(force_process=True)
        self.final_results = self._packet()
        self.write_due(everything=True)
