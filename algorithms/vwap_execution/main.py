# region imports
from AlgorithmImports import *
# endregion
from datetime import timedelta


class VwapExecution(QCAlgorithm):
    """Buy shares in slices all day, each no dearer than the day's average price; take the rest near the close."""

    CLOSED = (OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.INVALID)

    def initialize(self):
        self.set_start_date(2013, 2, 25)
        self.set_end_date(2013, 3, 1)
        self.set_cash(5_000_000)
        self.set_brokerage_model(BrokerageName.INTERACTIVE_BROKERS_BROKERAGE, AccountType.MARGIN)

        self._symbol = self.add_equity("AAPL", Resolution.SECOND).symbol
        self.set_benchmark(self._symbol)

        self._shares_per_day = self.get_parameter("shares", 2000)
        self._slices = self.get_parameter("slices", 20)
        self._average = self.vwap(self._symbol)
        self._ticket = None
        self._missing = 0

        every_day = self.date_rules.every_day(self._symbol)
        self.schedule.on(every_day, self.time_rules.after_market_open(self._symbol, 1), self._start_day)
        self.schedule.on(every_day, self.time_rules.every(timedelta(minutes=10)), self._work)
        self.schedule.on(every_day, self.time_rules.before_market_close(self._symbol, 5), self._finish_day)

    def _start_day(self):
        self._missing = self._shares_per_day

    def _work(self):
        """Move the open slice's limit to the average price, or send the next slice."""
        if not self.is_market_open(self._symbol) or not self._missing or not self._average.is_ready:
            return
        limit = round(self._average.current.value, 2)
        if self._ticket is not None and self._is_working():
            self._ticket.update_limit_price(limit, "follow the average")
        else:
            quantity = min(self._missing, self._shares_per_day // self._slices)
            self._ticket = self.limit_order(self._symbol, quantity, limit, tag="slice")

    def _finish_day(self):
        if self._ticket is not None and self._is_working():
            self._ticket.cancel("the close is near")
        if self._missing:
            self.market_order(self._symbol, self._missing, tag="the rest")

    def _is_working(self):
        return self._ticket is not None and self._ticket.status not in self.CLOSED

    def on_order_event(self, order_event: OrderEvent):
        self._missing -= order_event.fill_quantity

    def on_end_of_algorithm(self):
        holding = self.portfolio[self._symbol]
        self.log(f"{holding.quantity:.0f} shares at {holding.average_price:.2f}")
