"""The simulated brokerage of a backtest (`Brokerages/Backtesting/BacktestingBrokerage.cs`)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from leanib.engine.brokerages.brokerage import Brokerage, OptionNotificationEventArgs
from leanib.engine.brokerages.sleepers import Sleepers
from leanib.engine.market import Delisting, Delistings, DelistingType
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import ONE_HOUR, round_down
from leanib.engine.market.universe import UserDefinedUniverse
from leanib.engine.numbers import ZERO
from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.orders.combo import group_orders
from leanib.engine.orders.enums import OrderStatus, OrderType
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.fees.fee_model import OrderFeeParameters
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.orders.fills.parameters import FillModelParameters, SecuritiesForOrders
from leanib.engine.orders.models import method_of
from leanib.engine.orders.order import Order
from leanib.engine.orders.text import insufficient_buying_power_text

if TYPE_CHECKING:
    from leanib.engine.core.parts import RunStrategy
    from leanib.engine.securities import TimeKeeper
    from leanib.engine.securities.option import Option
    from leanib.engine.symbols import Symbol

__all__ = ["BacktestingBrokerage"]

_IMMEDIATE = (OrderType.MARKET, OrderType.COMBO_MARKET, OrderType.OPTION_EXERCISE)


class BacktestingBrokerage(Brokerage):
    """Fills pending orders by the securities' models each time it is told to look."""

    name = "Backtesting Brokerage"

    def __init__(self, algorithm: RunStrategy) -> None:
        super().__init__()
        self._algorithm = algorithm
        self._time_keeper: TimeKeeper = algorithm.time_keeper
        self._pending: dict[int, Order] = {}
        self._sleepers = Sleepers(algorithm.securities)
        self._pending_assignments: set[Symbol] = set()
        self._next_assignment_time = NO_TIME
        self.needs_scan = False
        self.has_failed = False  # whether a model did, at the last look

    @property
    def pending(self) -> list[Order]:
        """The orders that wait for their price."""
        return list(self._pending.values())

    @property
    def sleeping(self) -> dict[Any, set[int]]:
        """By security, which of them do nothing before it has newer data."""
        return self._sleepers.still()

    # ---- requests

    def place_order(self, order: Order) -> bool:
        """Take a new order."""
        if order.status is not OrderStatus.NEW:
            return False
        self._keep(order)
        self._emit_status(order, OrderStatus.SUBMITTED)
        return True

    def update_order(self, order: Order) -> bool:
        """Take a changed order, if the old one is pending."""
        if order.id not in self._pending:
            return False
        self._keep(order)
        self._emit_status(order, OrderStatus.UPDATE_SUBMITTED)
        return True

    def cancel_order(self, order: Order) -> bool:
        """Cancel an order with all legs of its group."""
        orders = group_orders(order, self._pending.get)
        if orders is None:
            return False
        was_pending = True
        for leg in orders:
            was_pending = self._pending.pop(leg.id, None) is not None and was_pending
            self._add_brokerage_id(leg)
            self._emit_status(leg, OrderStatus.CANCELED)
        return was_pending

    def get_open_orders(self) -> list[Order]:
        """The algorithm's open orders."""
        return list(self._algorithm.transactions.get_open_orders())

    def get_account_holdings(self) -> list[Any]:
        """The algorithm's positions, by symbol."""
        held = [s.holdings for s in self._algorithm.securities.values() if s.holdings.quantity_decimal]
        return sorted(held, key=lambda holding: str(holding.symbol.id))

    def get_cash_balance(self) -> list[CashAmount]:
        """The algorithm's cash book."""
        cash_book = self._algorithm.portfolio.cash_book
        return [CashAmount(cash.amount_decimal, cash.symbol) for cash in cash_book.values()]

    def _keep(self, order: Order) -> None:
        self.needs_scan = True
        self._sleepers.wake(order)
        self._pending[order.id] = order
        self._add_brokerage_id(order)

    @staticmethod
    def _add_brokerage_id(order: Order) -> None:
        if str(order.id) not in order.broker_id:
            order.broker_id.append(str(order.id))

    def _emit_status(self, order: Order, status: OrderStatus) -> None:
        event = OrderEvent(order, self._algorithm.utc_time, OrderFee.ZERO)
        event.status = status
        self.emit_order_event(event)

    def emit_order_events(self, order_events: list[OrderEvent]) -> None:
        """Tell what happened to orders; an option's pending assignment is over with it."""
        self._time_keeper.interrupt()
        if self._pending_assignments:
            self._pending_assignments.difference_update(event.symbol for event in order_events)
        super().emit_order_events(order_events)

    # ---- fills

    def scan(self) -> None:
        """Look at all pending orders, by id, and fill what can be filled on the present data."""
        now = self._time_keeper.utc_time
        if now >= self._next_assignment_time:
            self._process_assignments(now)
        if not self.needs_scan:
            return
        self.has_failed = False
        for order_id in sorted(self._pending.keys() - set().union(*self.sleeping.values())):
            order = self._pending.get(order_id)
            if order is None:
                continue
            if order.status.is_closed():
                self._pending.pop(order_id, None)
            elif order.time != now or order.order_type in _IMMEDIATE:
                self._scan_order(order)
        self.needs_scan = bool(self._pending)

    def _scan_order(self, order: Order) -> None:
        orders = group_orders(order, self._pending.get)
        if orders is None:
            return
        known = self._algorithm.securities
        if any(leg.symbol not in known for leg in orders):
            self._remove(orders, OrderStatus.INVALID)
            return
        securities = SecuritiesForOrders([(leg, known[leg.symbol]) for leg in orders])
        if not self._passes_checks(securities):
            return
        try:
            result = self._algorithm.portfolio.has_sufficient_buying_power_for_order(orders)
        except Exception as error:
            self._remove(orders, OrderStatus.INVALID, str(error))
            ids = ",".join(str(leg.id) for leg in orders)
            self._algorithm.error(f"Order Error: ids: [{ids}], Error executing margin models: {error}")
            return
        if result.is_sufficient:
            self._emit_fills(orders, self._fills(order, securities))
        elif order.status is not OrderStatus.CANCEL_PENDING:
            message = insufficient_buying_power_text(securities.items(), result.reason)
            self._remove(orders, OrderStatus.INVALID, message)
            self._algorithm.error(message)

    def _passes_checks(self, securities: SecuritiesForOrders) -> bool:
        """Whether all orders of the group may fill now; an expired one takes its group with it."""
        for order, security in securities.items():
            if order.order_type is OrderType.MARKET_ON_OPEN:
                bar = security.get_last_data()
                if bar is None or security.exchange.time_zone.to_local(order.time) >= bar.end_time:
                    if len(securities) == 1:
                        self._sleepers.add(order, security)
                    return False
            if order.time_in_force.is_order_expired(security, order):
                self._remove(securities.keys, OrderStatus.CANCELED, "The order has expired.")
                return False
            if not method_of(self._algorithm.brokerage_model, "can_execute_order")(security, order):
                return False
        return True

    def _fills(self, order: Order, securities: SecuritiesForOrders) -> list[OrderEvent]:
        """What the models answer; their errors are the algorithm's to read, the order stays pending."""
        try:
            fills = self._model_fills(order, securities)
            for fill in fills:
                if fill.status is OrderStatus.FILLED and not fill.order_fee.value.amount_decimal:
                    leg, security = next(pair for pair in securities.items() if pair[0].id == fill.order_id)
                    get_fee = method_of(security.fee_model, "get_order_fee")
                    fill.order_fee = get_fee(OrderFeeParameters(security, leg))
        except Exception as error:
            self.has_failed = True
            self._algorithm.error(
                f"Order Error: id: {order.id}, Transaction model failed to fill for order type: "
                f"{order.order_type.lean_name} "
                f"with error: {error}"
            )
            return []
        return fills

    def _model_fills(self, order: Order, securities: SecuritiesForOrders) -> list[OrderEvent]:
        security = securities[order]
        if order.order_type is OrderType.OPTION_EXERCISE:
            option: Any = security
            exercise = method_of(option.option_exercise_model, "option_exercise")
            return list(exercise(security, order))
        algorithm = self._algorithm
        parameters = FillModelParameters(
            security,
            order,
            algorithm.subscription_manager.subscription_data_config_service,
            algorithm.settings.stale_price_time_span,
            securities,
            self._tell_update,
        )
        fills = list(method_of(security.fill_model, "fill")(parameters))
        valid = all(order.time_in_force.is_fill_valid(security, order, fill) for fill in fills)
        return fills if valid else []

    def _tell_update(self, order: Order) -> None:
        self._time_keeper.interrupt()
        for handler in self.on_order_updated:
            handler(order)

    def _emit_fills(self, orders: list[Order], fills: list[OrderEvent]) -> None:
        if not fills:
            return
        events: list[OrderEvent] = []
        assignments: list[tuple[Order, OrderEvent]] = []
        for order in orders:
            for fill in fills:
                if fill.order_id != order.id:
                    continue
                if order.status is not fill.status or fill.fill_quantity_decimal:
                    order.status = fill.status
                    events.append(fill)
                if fill.is_assignment:
                    assignments.append((order, fill))
        if events:
            self.emit_order_events(events)
        for order, fill in assignments:
            fill.message = order.tag
            for handler in self.on_option_position_assigned:
                handler(fill)
        if all(fill.status.is_closed() for fill in fills):
            for order in orders:
                self._pending.pop(order.id, None)

    def _remove(self, orders: list[Order], status: OrderStatus, message: str = "") -> None:
        events = []
        for order in orders:
            event = OrderEvent(order, self._algorithm.utc_time, OrderFee.ZERO, message)
            event.status = status
            events.append(event)
            self._pending.pop(order.id, None)
        self.emit_order_events(events)

    # ---- options and delistings

    def _process_assignments(self, now: datetime) -> None:
        """Once an hour, ask the assignment models of short options whether they are assigned."""
        from leanib.engine.derivatives.life import OptionAssignmentParameters

        self._next_assignment_time = round_down(now, ONE_HOUR) + ONE_HOUR
        held = self._algorithm.portfolio.positions.held_securities
        options = [s for s in held if s.holdings.is_short and s.symbol.asset.is_option]
        for option in sorted(options, key=lambda security: security.symbol.id.symbol):
            result = method_of(option.option_assignment_model, "get_assignment")(
                OptionAssignmentParameters(cast("Option", option))
            )
            if result is not None and result.quantity and option.symbol not in self._pending_assignments:
                self._pending_assignments.add(option.symbol)
                self.emit_option_notification(OptionNotificationEventArgs(option.symbol, ZERO, result.tag))

    def process_delistings(self, delistings: Delistings) -> None:
        """Close what is held of delisted securities, options first; cancel their orders; take them out of universes."""
        for delisting in sorted(delistings.values(), key=lambda d: not d.symbol.asset.is_option):
            if delisting.type is not DelistingType.WARNING:
                self._process_delisting(delisting)

    def _process_delisting(self, delisting: Delisting) -> None:
        algorithm, symbol = self._algorithm, delisting.symbol
        security = algorithm.securities[symbol]
        if symbol.asset.is_option:
            self.emit_option_notification(OptionNotificationEventArgs(symbol, ZERO))
        else:
            self.emit_delisting(symbol)
        for universe in list(algorithm.universe_manager.values()):
            if not universe.contains_member(symbol):
                continue
            if not isinstance(universe, UserDefinedUniverse):
                universe.remove_member(algorithm.utc_time, security)
            elif universe.remove(symbol):
                algorithm.universe_manager.update(universe, "replace")
        algorithm.universe_manager.process_changes()
        if not algorithm.is_warming_up:
            algorithm.transactions.cancel_open_orders(symbol)
