"""Running an algorithm in a test, and asking about what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leanib.engine.core.engine import BacktestRun, Job, run_backtest
from leanib.engine.lean.algorithm_file import load_algorithm
from leanib.engine.results.listener import SilentListener
from leanib.sample import sample_data
from leanib.testing.data import DataBuilder

if TYPE_CHECKING:
    from leanib.engine.algorithm.algorithm import QCAlgorithm

__all__ = ["Backtest", "Fill", "PlacedOrder", "run_algorithm"]


@dataclass(frozen=True)
class PlacedOrder:
    """An order as it was at the end of the run.

    Attributes:
        time: When it was placed, naive, UTC.
        type: LEAN's name, such as `MARKET_ON_OPEN`.
        quantity: Negative for a sale.
        status: LEAN's name, such as `FILLED`.
        price: At what it was filled; 0 when nothing was.
    """

    id: int
    time: datetime
    symbol: str
    type: str
    quantity: float
    status: str
    price: float
    tag: str = ""


@dataclass(frozen=True)
class Fill:
    """A fill: its time naive, UTC; its fee in the fee's own currency."""

    order_id: int
    time: datetime
    symbol: str
    quantity: float
    price: float
    fee: float


class _Ears(SilentListener):
    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def message(self, kind: str, text: str) -> None:
        self.heard.append((kind, text))


class Backtest:
    """A finished run, as tests ask about it.

    Attributes:
        algorithm: The algorithm itself, with its attributes as the run left them.
        run: The engine's own result.
    """

    def __init__(self, run: BacktestRun, heard: list[tuple[str, str]]) -> None:
        self.run = run
        self.algorithm: Any = run.algorithm
        self._heard = heard

    @property
    def orders(self) -> list[PlacedOrder]:
        """All orders, by id."""
        return [
            PlacedOrder(
                one.id, one.time, one.symbol.value, str(one.type), float(one.quantity), str(one.status),
                float(one.price), one.tag,
            )
            for one in sorted(self.algorithm.transactions.get_orders(), key=lambda order: order.id)
        ]  # fmt: skip

    @property
    def fills(self) -> list[Fill]:
        """All fills, in order of time."""
        events = [event for ticket in self._tickets() for event in ticket.order_events if event.fill_quantity]
        return [
            Fill(
                event.order_id, event.utc_time, event.symbol.value, float(event.fill_quantity),
                float(event.fill_price), float(event.order_fee.value.amount),
            )
            for event in sorted(events, key=lambda event: (event.utc_time, event.order_id))
        ]  # fmt: skip

    @property
    def holdings(self) -> dict[str, float]:
        """Quantities held at the end, by ticker; nothing of what is not held."""
        held = {holding.symbol.value: float(holding.quantity) for holding in self.algorithm.portfolio.values()}
        return {ticker: quantity for ticker, quantity in sorted(held.items()) if quantity}

    @property
    def cash(self) -> float:
        """The account currency's cash at the end."""
        return float(self.algorithm.portfolio.cash)

    @property
    def value(self) -> float:
        """What the portfolio is worth at the end, in the account currency."""
        return float(self.algorithm.portfolio.total_portfolio_value)

    @property
    def logs(self) -> list[str]:
        """What the algorithm logged with `self.log`, each line with the algorithm's time before it."""
        return self.messages("log")

    def messages(self, *kinds: str) -> list[str]:
        """Lines of some kinds, all without any: `log`, `debug`, `error`, `runtime-error`."""
        return [text for kind, text in self._heard if not kinds or kind in kinds]

    @property
    def charts(self) -> dict[str, dict[str, list[tuple[datetime, float]]]]:
        """Chart, series, and its points (time naive, UTC; of candles the close)."""
        return {
            name: {series.name: [_point(point) for point in series.values] for series in chart.series.values()}
            for name, chart in self.run.results.charts.items()
        }

    @property
    def statistics(self) -> dict[str, str]:
        """LEAN's table of figures, as LEAN writes them."""
        return dict(self.run.results.statistics_results().summary)

    @property
    def missing_data(self) -> list[str]:
        """What was asked for and is not there, a line each."""
        return [str(one) for one in self.run.missing_data]

    @property
    def error(self) -> BaseException | None:
        """The error that ended the algorithm; None when it came to its end."""
        return self.run.error

    def orders_text(self) -> str:
        """The orders as a table of text, for a snapshot: a line each, nothing that differs from run to run."""
        lines = [
            f"{one.id:>4}  {one.time:%Y-%m-%d %H:%M:%S}  {one.symbol:<10} {one.type:<16} {one.quantity:>+14.10g}  "
            f"{one.status:<10} {one.price:>14.10g}  {one.tag}".rstrip()
            for one in self.orders
        ]
        return "\n".join(lines) + "\n"

    def _tickets(self) -> list[Any]:
        return list(self.algorithm.transactions.get_order_tickets())


def run_algorithm(
    algorithm: type[QCAlgorithm] | Path | str,
    data: DataBuilder | Path | str | None = None,
    *,
    start: date | None = None,
    end: date | None = None,
    parameters: Mapping[str, Any] | None = None,
    raises: bool = True,
    object_store: Path | None = None,
) -> Backtest:
    """Runs an algorithm to its end, in this process, and writes nothing.

    Args:
        algorithm: A class, a file, or a project folder.
        data: A data folder, or its builder; by default the sample data.
        start: Another first day than the algorithm's own.
        end: Another last day.
        parameters: What `get_parameter` gives.
        raises: Whether an error of the algorithm is raised here; else it is in `Backtest.error`.
        object_store: Where `self.object_store` keeps its values.

    Raises:
        LeanIBError: The algorithm or the data folder is not there.
        Exception: Whatever the algorithm raised, with its own traceback.
    """
    kind = load_algorithm(Path(algorithm)) if isinstance(algorithm, Path | str) else algorithm
    folder = data.folder if isinstance(data, DataBuilder) else Path(data) if data is not None else sample_data()
    ears = _Ears()
    given = {name: str(value) for name, value in (parameters or {}).items()}
    job = Job(folder, parameters=given, start=start, end=end, listener=ears, object_store_root=object_store)
    run = run_backtest(kind, job)
    if raises and run.error is not None:
        raise run.error
    return Backtest(run, ears.heard)


def _point(point: Any) -> tuple[datetime, float]:
    value = point.close if hasattr(point, "close") else point.y
    return point.time, float(value) if value is not None else float("nan")
