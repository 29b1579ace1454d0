"""How fast other engines run the strategies that `leanib benchmark` knows, on the same bars.

    python benchmarks/peers.py [--python PYTHON] [--only rotation --only crossover] [--rounds 3]

Two strategies, written for each engine in its own way: a rotation (500 stocks by the day for ten years; at the turn of
a month the ten that rose most over 63 days are held) and a crossover (averages of 60 and 240 minutes of a stock, half a
year, all or nothing). Each run is a process of its own, of which the CPU time of the run itself counts, without the
imports; the best of the rounds. What is not installed is said. PYTHON is the interpreter of the environment that has
the others (`pip install nautilus_trader zipline-reloaded`), for they want other versions of packages.

What counts: here reading LEAN's zip files is part of the run; for nautilus_trader the bars are made and added before,
zipline reads the bundle that it has ingested before.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ENGINES = {"leanib": "leanib", "nautilus_trader": "nautilus_trader", "zipline-reloaded": "zipline"}
STRATEGIES = ("rotation", "crossover")
FAST, SLOW, SHARES = 60, 240, 100
LOOKBACK, HELD, WEIGHT, CASH = 63, 10, 0.09, 1_000_000
FIRST, LAST = "2014-01-02", "2014-06-30"  # of the minutes: no day of them ends early
_DEADLINE = 3600.0


def main() -> int:
    """Makes the data, runs, prints a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="where the other engines are")
    parser.add_argument("--only", action="append", choices=STRATEGIES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        _measure(*asked.run)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        data, columns = _make_data(Path(folder))
        print(
            f"{'strategy':<10} {'engine':<17} {'bars':>9} {'orders':>7} {'CPU, s':>7} {'cal':>6} {'bars a second':>14}"
        )
        for strategy in asked.only or STRATEGIES:
            for engine in ENGINES:
                own = engine == "leanib"
                python = sys.executable if own else str(asked.python)
                _tell(strategy, engine, python, str(data) if own else str(columns[strategy]), asked.rounds)
    return 0


def _tell(strategy: str, engine: str, python: str, data: str, rounds: int) -> None:
    probe = [python, "-c", f"import {ENGINES[engine]}"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        print(f"{strategy:<10} {engine:<17} is not installed in {python}; give another --python")
        return
    found: list[dict[str, float]] = []
    for _ in range(rounds):
        done = subprocess.run(
            [python, __file__, "--run", engine, strategy, data],
            capture_output=True,
            text=True,
            check=False,
            timeout=_DEADLINE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1] / "src")},
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            print(f"{strategy:<10} {engine:<17} failed: {last}")
            return
        found.append(json.loads(done.stdout.strip().splitlines()[-1]))
    best = min(found, key=lambda one: one["cpu"] / one["calibration"])
    cpu, bars, orders = best["cpu"], int(best["bars"]), int(best["orders"])
    cal = cpu / best["calibration"]
    print(
        f"{strategy:<10} {engine:<17} {bars:>9,} {orders:>7,} {cpu:>7.2f} {cal:>6.1f} {bars / cpu:>14,.0f}", flush=True
    )


def _make_data(folder: Path) -> tuple[Path, dict[str, Path]]:
    """The folder of `leanib benchmark`, and by strategy its bars as a file of columns for the others."""
    from leanib.benchmark.data import DAILY, BenchmarkData, default_folder
    from leanib.data.paths import entry_name, zip_path
    from leanib.data.reader import read_trade_bars

    made = BenchmarkData(default_folder(), print)
    for part in ("daily", "minute"):
        made.make(part)

    def read(ticker: str, resolution: str, day: dt.date | None) -> NDArray[np.float64]:
        file = zip_path(made.folder, "equity", "usa", resolution, ticker, "trade", day)
        bars = read_trade_bars(file, day, 10_000, entry_name("equity", resolution, ticker, "trade", day))
        seconds = bars.time.astype("datetime64[s]").astype(np.float64)
        return np.column_stack((seconds, bars.open, bars.high, bars.low, bars.close, bars.volume))

    daily, minutes = folder / "daily.npz", folder / "minutes.npz"
    np.savez(daily, **{ticker: read(ticker, "daily", None) for ticker in DAILY})  # type: ignore[arg-type]
    days = [day for day in made.days(dt.date.fromisoformat(FIRST), 150) if day <= dt.date.fromisoformat(LAST)]
    np.savez(minutes, SPY=np.concatenate([read("SPY", "minute", day) for day in days]))
    return made.folder, {"rotation": daily, "crossover": minutes}


def _measure(engine: str, strategy: str, data: str) -> None:
    """In the process of a run."""
    from leanib.benchmark.calibration import calibrate

    run: Callable[[str, str], Callable[[], tuple[int, int]]] = {
        "leanib": _leanib,
        "nautilus_trader": _nautilus,
        "zipline-reloaded": _zipline,
    }[engine]
    work = run(strategy, data)
    before, start = calibrate(), time.process_time()
    bars, orders = work()
    cpu = time.process_time() - start
    answer = {"bars": bars, "orders": orders, "cpu": cpu, "calibration": min(before, calibrate())}
    print()
    print(json.dumps(answer))


# --- leanib ----------------------------------------------------------------------------------------------------------


def _leanib(strategy: str, data: str) -> Callable[[], tuple[int, int]]:
    from leanib.benchmark.algorithms import DailyRotation
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.core.engine import Job, run_backtest
    from leanib.engine.symbols import Resolution

    class Crossover(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(dt.datetime.fromisoformat(FIRST))
            self.set_end_date(dt.datetime.fromisoformat(LAST))
            self.set_cash(CASH)
            self.set_benchmark(lambda _time: 1)
            self._spy = self.add_equity("SPY", Resolution.MINUTE).symbol
            self._fast = self.sma(self._spy, FAST, Resolution.MINUTE)
            self._slow = self.sma(self._spy, SLOW, Resolution.MINUTE)

        def on_data(self, slice: Any) -> None:
            if not self._slow.is_ready:
                return
            rising = self._fast.current.value > self._slow.current.value
            if rising != self.portfolio.invested:
                self.market_order(self._spy, SHARES if rising else -SHARES)

    def work() -> tuple[int, int]:
        with tempfile.TemporaryDirectory() as folder:
            kind = Crossover if strategy == "crossover" else DailyRotation
            run = run_backtest(kind, Job(Path(data), destination=Path(folder)))
        if run.error is not None:
            raise run.error
        bars = (
            run.data_points // 2 if strategy == "crossover" else run.data_points
        )  # of trades: quotes come beside them
        return bars, len(run.algorithm.transactions.get_orders())

    return work


# --- nautilus_trader -------------------------------------------------------------------------------------------------


def _nautilus(strategy: str, data: str) -> Callable[[], tuple[int, int]]:
    from nautilus_trader.backtest.engine import BacktestEngine
    from nautilus_trader.config import BacktestEngineConfig, LoggingConfig
    from nautilus_trader.model.currencies import USD
    from nautilus_trader.model.data import Bar, BarType
    from nautilus_trader.model.enums import AccountType, OmsType
    from nautilus_trader.model.identifiers import Venue
    from nautilus_trader.model.objects import Money, Price, Quantity
    from nautilus_trader.test_kit.providers import TestInstrumentProvider

    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False))
    venue = Venue("XNAS")
    engine.add_venue(venue, OmsType.NETTING, AccountType.MARGIN, [Money(CASH, USD)], base_currency=USD)
    unit = "1-DAY" if strategy == "rotation" else "1-MINUTE"
    types, bars = [], []
    with np.load(data) as columns:
        for ticker in columns.files:
            instrument = TestInstrumentProvider.equity(ticker, "XNAS")
            engine.add_instrument(instrument)
            kind = BarType.from_str(f"{instrument.id}-{unit}-LAST-EXTERNAL")
            types.append(kind)
            for seconds, first, high, low, last, volume in columns[ticker].tolist():
                at = int(seconds + 60) * 1_000_000_000
                prices = (Price(value, 2) for value in (first, high, low, last))
                bars.append(Bar(kind, *prices, Quantity(volume, 0), at, at))
    bars.sort(key=lambda bar: bar.ts_init)
    engine.add_data(bars)
    make = _nautilus_rotation if strategy == "rotation" else _nautilus_crossover
    engine.add_strategy(make(types, venue))

    def work() -> tuple[int, int]:
        engine.run()
        return len(bars), engine.cache.orders_total_count()

    return work


def _nautilus_crossover(types: list[Any], _venue: Any) -> Any:
    from nautilus_trader.indicators import SimpleMovingAverage
    from nautilus_trader.model.enums import OrderSide
    from nautilus_trader.model.objects import Quantity
    from nautilus_trader.trading.strategy import Strategy

    (kind,) = types
    shares = Quantity(SHARES, 0)

    class Crossover(Strategy):  # type: ignore[misc]
        def on_start(self) -> None:
            self.fast, self.slow = SimpleMovingAverage(FAST), SimpleMovingAverage(SLOW)
            self.register_indicator_for_bars(kind, self.fast)
            self.register_indicator_for_bars(kind, self.slow)
            self.subscribe_bars(kind)

        def on_bar(self, _bar: Any) -> None:
            if not self.slow.initialized:
                return
            rising = self.fast.value > self.slow.value
            if rising != self.portfolio.is_net_long(kind.instrument_id):
                side = OrderSide.BUY if rising else OrderSide.SELL
                self.submit_order(self.order_factory.market(kind.instrument_id, side, shares))

    return Crossover()


def _nautilus_rotation(types: list[Any], venue: Any) -> Any:
    from nautilus_trader.model.currencies import USD
    from nautilus_trader.model.enums import OrderSide
    from nautilus_trader.model.objects import Quantity
    from nautilus_trader.trading.strategy import Strategy

    class Rotation(Strategy):  # type: ignore[misc]
        def on_start(self) -> None:
            self.closes: dict[Any, list[float]] = {kind.instrument_id: [] for kind in types}
            self.seen, self.month = 0, 0
            for kind in types:
                self.subscribe_bars(kind)

        def on_bar(self, bar: Any) -> None:
            self.closes[bar.bar_type.instrument_id].append(float(bar.close))
            self.seen += 1
            if self.seen % len(types) == 0 and self.clock.utc_now().month != self.month:
                self.month = self.clock.utc_now().month
                self.rotate()

        def rotate(self) -> None:
            best = _best(self.closes)
            profit = self.portfolio.unrealized_pnls(venue).get(USD)
            equity = float(self.portfolio.account(venue).balance_total(USD)) + (float(profit) if profit else 0.0)
            wanted = {one: int(WEIGHT * equity / self.closes[one][-1]) for one in best}
            for one in self.closes:
                change = wanted.get(one, 0) - int(self.portfolio.net_position(one))
                if change:
                    side = OrderSide.BUY if change > 0 else OrderSide.SELL
                    self.submit_order(self.order_factory.market(one, side, Quantity(abs(change), 0)))

    return Rotation()


def _best(closes: dict[Any, list[float]]) -> list[Any]:
    ready = {one: own for one, own in closes.items() if len(own) > LOOKBACK}
    return sorted(ready, key=lambda one: ready[one][-1] / ready[one][-1 - LOOKBACK], reverse=True)[:HELD]


# --- zipline ---------------------------------------------------------------------------------------------------------


def _zipline(strategy: str, data: str) -> Callable[[], tuple[int, int]]:
    os.environ["ZIPLINE_ROOT"] = tempfile.mkdtemp(prefix="leanib-peers-")
    import pandas as pd
    from zipline import run_algorithm
    from zipline.data.bundles import ingest, register

    by_minute = strategy == "crossover"
    with np.load(data) as columns:
        frames = {ticker: _frame(columns[ticker]) for ticker in columns.files}
    days = pd.DatetimeIndex(sorted({time.normalize() for frame in frames.values() for time in frame.index}))
    bundle = _bundle(frames, days, by_minute)
    register("peers", bundle, calendar_name="XNYS", start_session=days[0], end_session=days[-1])
    ingest("peers", show_progress=False)
    initialize, handle = _zipline_crossover() if by_minute else _zipline_rotation(list(frames))

    def work() -> tuple[int, int]:
        result = run_algorithm(
            start=days[0],
            end=days[-1],
            capital_base=CASH,
            bundle="peers",
            data_frequency="minute" if by_minute else "daily",
            initialize=initialize,
            handle_data=handle,
            benchmark_returns=pd.Series(0.0, index=days),
        )
        placed = {order["id"] for day in result.orders for order in day}  # each day tells those that it filled again
        return sum(map(len, frames.values())), len(placed)

    return work


def _frame(columns: NDArray[np.float64]) -> Any:
    import pandas as pd

    index = pd.to_datetime(columns[:, 0].astype(np.int64), unit="s")
    return pd.DataFrame(columns[:, 1:], index, ["open", "high", "low", "close", "volume"])


def _bundle(frames: dict[str, Any], days: Any, by_minute: bool) -> Callable[..., None]:
    import pandas as pd

    rules = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}

    def write(_environ: Any, assets: Any, minutes: Any, daily: Any, adjustments: Any, *_rest: Any) -> None:
        if by_minute:  # zipline names a minute by its end
            ends = {ticker: frame.index + pd.Timedelta("1min") for ticker, frame in frames.items()}
            utc = {ticker: own.tz_localize("America/New_York").tz_convert("UTC") for ticker, own in ends.items()}
            minutes.write(enumerate(frame.set_axis(utc[ticker]) for ticker, frame in frames.items()))
        by_day = [frame.groupby(frame.index.normalize()).agg(rules).reindex(days) for frame in frames.values()]
        daily.write(enumerate(by_day))
        dates = {"start_date": days[0], "end_date": days[-1], "auto_close_date": days[-1] + pd.Timedelta("1D")}
        rows = [{"symbol": ticker, "asset_name": ticker, "exchange": "XNYS", **dates} for ticker in frames]
        exchanges = pd.DataFrame([{"exchange": "XNYS", "canonical_name": "XNYS", "country_code": "US"}])
        assets.write(equities=pd.DataFrame(rows), exchanges=exchanges)
        adjustments.write()

    return write


def _zipline_crossover() -> tuple[Callable[..., None], Callable[..., None]]:
    from zipline.api import order, set_slippage, symbol
    from zipline.finance.slippage import NoSlippage

    def initialize(context: Any) -> None:
        context.spy, context.closes = symbol("SPY"), deque(maxlen=SLOW)
        context.fast = context.slow = 0.0
        set_slippage(NoSlippage())  # which would fill a part of an order at a time

    def handle(context: Any, data: Any) -> None:
        close, closes = data.current(context.spy, "close"), context.closes
        if len(closes) == SLOW:
            context.slow -= closes[0]
        if len(closes) >= FAST:
            context.fast -= closes[-FAST]
        closes.append(close)
        context.fast, context.slow = context.fast + close, context.slow + close
        if len(closes) < SLOW:
            return
        rising = context.fast / FAST > context.slow / SLOW
        if rising != (context.portfolio.positions[context.spy].amount > 0):
            order(context.spy, SHARES if rising else -SHARES)

    return initialize, handle


def _zipline_rotation(tickers: list[str]) -> tuple[Callable[..., None], Callable[..., None]]:
    from zipline.api import get_datetime, order_target_percent, set_slippage, symbol
    from zipline.finance.slippage import NoSlippage

    def initialize(context: Any) -> None:
        set_slippage(NoSlippage())
        context.assets, context.month, context.days = [symbol(ticker) for ticker in tickers], 0, 0

    def handle(context: Any, data: Any) -> None:
        context.days += 1
        if get_datetime().month == context.month:
            return
        context.month = get_datetime().month
        if context.days <= LOOKBACK:
            return
        closes = data.history(context.assets, "close", LOOKBACK + 1, "1d")
        best = list((closes.iloc[-1] / closes.iloc[0]).nlargest(HELD).index)
        for asset in list(context.portfolio.positions):
            if asset not in best:
                order_target_percent(asset, 0)
        for asset in best:
            order_target_percent(asset, WEIGHT)

    return initialize, handle


if __name__ == "__main__":
    sys.exit(main())
