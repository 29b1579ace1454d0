"""What the loop needs of those who stand around it; a backtest and a live run are the same loop behind other ports.

    Feed ──time steps──> loop ──events──> Strategy
                          │ ├──time──> Scheduler ──> Strategy
                          │ └──what is new──> Broker ──order events──> Strategy
                          └──samples, messages──> Results

Clock, securities, portfolio, order book and configurations are the `Run`'s own (`run.py`), not ports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from leanib.engine.core.time_slice import TimeSlice
    from leanib.engine.market import Delistings, Dividends, Slice, Splits, SymbolChangedEvents
    from leanib.engine.market.universe import SecurityChanges
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.orders.order import Order
    from leanib.engine.scheduling.event import ScheduledEvent
    from leanib.engine.securities import Security
    from leanib.engine.symbols import AlgorithmStatus, Symbol

__all__ = ["Broker", "Feed", "Results", "Scheduler", "Strategy", "StretchPorts"]


class Feed(Protocol):
    """Where time and data come from."""

    def stream(self) -> Iterator[TimeSlice]:
        """The time steps of the whole run, in order."""


class Broker(Protocol):
    """Where orders go."""

    def process_synchronous_events(self) -> None:
        """Carry out what waits and tell what happened to orders; twice in a time step."""


class Scheduler(Protocol):
    """What happens at times of the clock."""

    def setup(self) -> None:
        """The strategy is initialized."""

    def add(self, scheduled_event: ScheduledEvent) -> None:
        """One more event."""

    def remove(self, scheduled_event: ScheduledEvent) -> None:
        """One less."""

    def set_time(self, utc_time: datetime) -> None:
        """Fire what is due by now."""

    def scan_past_events(self, utc_time: datetime) -> None:
        """Fire what is due before now, each at its own time."""

    def on_securities_changed(self, added: Iterable[Any], removed: Iterable[Any]) -> None:
        """Securities came or went."""


class Results(Protocol):
    """Who keeps what happened."""

    def process_synchronous_events(self, force_process: bool = False) -> None:
        """A time step is over."""

    def sample(self, time: datetime) -> None:
        """The daily sample is due (UTC)."""

    def on_securities_changed(self, changes: SecurityChanges) -> None:
        """Securities came or went."""

    def order_event(self, new_event: OrderEvent) -> None:
        """Something happened to an order."""

    def on_warmup_finished(self) -> None:
        """The strategy is warm."""

    def system_debug_message(self, message: str) -> None:
        """The engine says something to the user."""

    def log_message(self, message: str) -> None:
        """A line for the log."""


class Strategy(Protocol):
    """What is run: it hears of everything that happens, in LEAN's order."""

    current_slice: Slice

    @property
    def status(self) -> AlgorithmStatus:
        """Whether it still runs."""

    @property
    def is_warming_up(self) -> bool:
        """Whether it only looks at the past yet."""

    def set_date_time(self, utc_time: datetime) -> None:
        """Move its clock."""

    def set_status(self, status: AlgorithmStatus) -> None:
        """Note how the run stands."""

    def set_runtime_error(self, exception: BaseException, context: str) -> None:
        """Note the error that ends it, and what was going on."""

    def debug(self, message: object) -> None:
        """The engine says something to its user."""

    def error(self, message: object) -> None:
        """Something went wrong that does not end it."""

    def on_warmup_finished(self) -> None:
        """The warm-up is over, or there was none."""

    def process_security_changes(self, changes: SecurityChanges) -> None:
        """Securities came or went: what of it concerns the strategy's own books."""

    def on_securities_changed(self, changes: SecurityChanges) -> None:
        """Securities came or went."""

    def on_framework_securities_changed(self, changes: SecurityChanges) -> None:
        """Likewise, for the models of the framework."""

    def on_data(self, slice: Slice) -> None:
        """New data."""

    def on_framework_data(self, slice: Slice) -> None:
        """Likewise, for the models of the framework."""

    def on_end_of_time_step(self) -> None:
        """The time step is over: what was asked for during it takes effect."""

    def on_symbol_changed_events(self, symbols_changed: SymbolChangedEvents) -> None:
        """Tickers changed."""

    def on_splits(self, splits: Splits) -> None:
        """Splits, or warnings of splits."""

    def on_dividends(self, dividends: Dividends) -> None:
        """Dividends."""

    def on_delistings(self, delistings: Delistings) -> None:
        """Delistings, or warnings of delistings."""

    def on_order_event(self, order_event: OrderEvent) -> None:
        """Something happened to an order."""

    def on_assignment_order_event(self, assignment_event: OrderEvent) -> None:
        """A short option was assigned."""

    def on_brokerage_disconnect(self) -> None:
        """The link to the brokerage is lost."""

    def on_brokerage_reconnect(self) -> None:
        """It is back."""

    def on_margin_call(self, requests: list[Any]) -> list[Any]:
        """The orders of a margin call, as they are or changed."""

    def on_margin_call_warning(self) -> None:
        """The margin is getting short."""

    def on_end_of_algorithm(self) -> None:
        """The run is over."""


# --- what stretches need besides: a backtest on data files has it, a live run has no use for it ----------------------


class StretchFeed(Feed, Protocol):
    """A feed whose streams may be moved by somebody else."""

    def forget_next(self) -> None:
        """They were: when the next of them has something is not known."""


class StretchBroker(Broker, Protocol):
    """A broker that says what it waits for."""

    @property
    def is_waiting(self) -> bool:
        """Whether orders are pending or requests wait."""

    @property
    def pending_orders(self) -> list[Order] | None:
        """The orders that are pending, where looking at them is all that is to be done; None where it is not."""

    @property
    def sleeping_orders(self) -> dict[Any, set[int]]:
        """By security, the ids of pending orders of which nothing is asked before it has newer data."""


class StretchScheduler(Scheduler, Protocol):
    """A scheduler that says when it is due."""

    def next_time(self) -> datetime:
        """When the next event is due (UTC)."""

    def fire_quiet(self, utc_time: datetime) -> bool:
        """Fire the next event, if it is due before a time and none of the strategy's; whether it was."""


class Samples(Protocol):
    """Who makes the charts of a portfolio's values."""

    resample_period: timedelta

    @property
    def next_time(self) -> datetime:
        """After what time the next sample of the equity is due (UTC)."""

    def take_values(self, first: float, highest: float, lowest: float) -> None:
        """The portfolio's values over some steps that it did not see."""

    def priced_securities(self) -> list[Security]:
        """Those whose prices are kept with each sample of the equity."""

    def take_equity(self, time: datetime, value: Decimal, prices: Iterable[tuple[str, float]]) -> None:
        """A sample of the equity, with the prices of these securities by ticker."""

    def standing(self) -> Any:
        """What only trades change, as it is now."""

    def take_day(
        self,
        time: datetime,
        value: Decimal,
        benchmark: Decimal,
        capacity: Decimal,
        *,
        standing: Any,
        worths: Sequence[tuple[Any, Decimal]],
        margins: Sequence[tuple[str, Decimal]],
    ) -> None:
        """A day's sample: what each holding is worth, with its kind, and what it ties up, by its name."""


class Volumes(Protocol):
    """Who adds up what the market trades of some symbols."""

    @property
    def watched(self) -> list[Symbol]:
        """Those whose traded bars count for now."""

    def goes_by_slices(self, symbol: Symbol) -> bool:
        """Whether the slices of the strategy bring all that counts of one of them."""

    def take_bars(self, symbol: Symbol, bars: Iterable[tuple[datetime, float, float, timedelta]]) -> None:
        """Bars of one of them that have come: when (UTC), close, volume and length."""


class StretchResults(Results, Protocol):
    """Results that say when a time step counts, and take samples later on."""

    before_sample: Callable[[], object]
    """Is called before the samples are looked at or added to."""
    keep_sample: Callable[[datetime], bool]
    """Is asked at a daily sample's time; True when it has been kept for later."""

    def next_time(self) -> datetime:
        """Before this time (UTC) a step brings them nothing but another value of the portfolio."""

    def next_snapshot(self) -> datetime:
        """Likewise, where they are given the samples of the equity."""

    @property
    def sampler(self) -> Samples | None:
        """Who takes the samples."""

    @property
    def capacity(self) -> Decimal:
        """How much money the strategy could carry, as far as that is known."""

    @property
    def has_news(self) -> bool:
        """Whether the next sample of the equity brings more than itself."""

    def tell_progress(self, time: datetime) -> None:
        """The run has come to a time."""

    @property
    def volumes(self) -> Volumes | None:
        """Who adds up volumes; None when nobody does."""


class StretchStrategy(Strategy, Protocol):
    """A strategy that says whether anything but `on_data` needs its time steps."""

    @property
    def uses_framework(self) -> bool:
        """Whether its models do."""

    @property
    def hears_data(self) -> bool:
        """Whether its `on_data` does anything."""


@dataclass(frozen=True)
class StretchPorts:
    """The ports of a run that may go in stretches."""

    strategy: StretchStrategy
    feed: StretchFeed
    broker: StretchBroker
    scheduler: StretchScheduler
    results: StretchResults
