"""What an algorithm may define to hear of what happens (`Algorithm/QCAlgorithm.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.part import AlgorithmPart

if TYPE_CHECKING:
    from leanib.engine.market import Delistings, Dividends, Slice, Splits, SymbolChangedEvents
    from leanib.engine.market.universe import SecurityChanges
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.symbols import Symbol

__all__ = ["AlgorithmEvents"]


class AlgorithmEvents(AlgorithmPart):
    """The event handlers, to be overridden in either form of their names."""

    def initialize(self) -> None:
        """Set dates, cash and securities; every algorithm has to define it."""
        raise NotImplementedError("Please override the initialize() method")

    def on_data(self, slice: Slice) -> None:
        """New data."""

    @property
    def hears_data(self) -> bool:
        """Whether `on_data` is the algorithm's own."""
        given, ours = getattr(self.on_data, "__func__", None), AlgorithmEvents.on_data
        return getattr(given, "held", given) is not getattr(ours, "held", ours)

    def on_securities_changed(self, changes: SecurityChanges) -> None:
        """Securities were added or removed."""

    def on_order_event(self, order_event: OrderEvent) -> None:
        """An order was submitted, filled, updated, cancelled or refused."""

    def on_assignment_order_event(self, assignment_event: object) -> None:
        """A short option was assigned."""

    def on_splits(self, splits: Splits) -> None:
        """Splits, or warnings of splits."""

    def on_dividends(self, dividends: Dividends) -> None:
        """Dividends."""

    def on_delistings(self, delistings: Delistings) -> None:
        """Delistings, or warnings of delistings."""

    def on_symbol_changed_events(self, symbols_changed: SymbolChangedEvents) -> None:
        """Tickers changed."""

    def on_margin_call(self, requests: list[Any]) -> list[Any]:
        """The orders of a margin call, to be returned as they are or changed."""
        return requests

    def on_margin_call_warning(self) -> None:
        """The margin is getting short."""

    def on_end_of_day(self, symbol: Symbol | str = "") -> None:
        """A security's market closes in ten minutes; without the parameter: the day ends in two minutes."""

    def on_end_of_algorithm(self) -> None:
        """The run is over."""

    def on_warmup_finished(self) -> None:
        """The warm-up is over, or there was none."""

    def on_brokerage_message(self, message_event: object) -> None:
        """The brokerage says something."""

    def on_brokerage_disconnect(self) -> None:
        """The brokerage is not connected any more (live)."""

    def on_brokerage_reconnect(self) -> None:
        """The brokerage is connected again (live)."""

    def on_command(self, data: object) -> bool | None:
        """A command came from outside (live)."""
        return None

    def on_framework_data(self, slice: Slice) -> None:
        """New data for the models of the algorithm framework."""

    def on_framework_securities_changed(self, changes: SecurityChanges) -> None:
        """Securities were added or removed: news for the models of the algorithm framework."""

    def framework_post_initialize(self) -> None:
        """The models of the algorithm framework are complete."""
