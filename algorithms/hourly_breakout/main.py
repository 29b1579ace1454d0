# region imports
from AlgorithmImports import *
# endregion


class HourlyBreakout(QCAlgorithm):
    """Buy a new high, protect it at once with a stop and a target, of which the first to fill cancels the other."""

    TICKERS = ("AAPL", "GOOG", "IBM")

    def initialize(self):
        self.set_start_date(2010, 1, 1)
        self.set_end_date(2012, 12, 31)
        self.set_cash(100_000)
        self.set_brokerage_model(BrokerageName.INTERACTIVE_BROKERS_BROKERAGE, AccountType.MARGIN)
        self.set_benchmark(self.add_index("FIVE", Resolution.DAILY).symbol)

        self._risk_per_trade = self.get_parameter("risk", 0.01)
        self._stop_distance = self.get_parameter("stop-atr", 2.0)
        self._target_distance = self.get_parameter("target-atr", 4.0)
        channel = self.get_parameter("channel", 70)

        self._brackets = {}
        for ticker in self.TICKERS:
            symbol = self.add_equity(ticker, Resolution.HOUR).symbol
            self._brackets[symbol] = Bracket(
                highest=self.max(symbol, channel, Resolution.HOUR, Field.HIGH),
                range=self.atr(symbol, 35, MovingAverageType.SIMPLE, Resolution.HOUR),
            )
        self.set_warm_up(2 * channel, Resolution.HOUR)

    def on_data(self, data: Slice):
        for symbol, bracket in self._brackets.items():
            bar = data.bars.get(symbol)
            if bar is None or not bracket.highest.is_ready:
                continue
            if not self.is_warming_up and bracket.is_idle and bar.close > bracket.ceiling:
                self._enter(symbol, bracket, bar.close)
            # the next bar must beat the highs up to and including this one
            bracket.ceiling = bracket.highest.current.value

    def _enter(self, symbol, bracket, price):
        """As many shares as lose the risked part of the portfolio when the stop is hit, at most a third of it."""
        distance = self._stop_distance * bracket.range.current.value
        value = self.portfolio.total_portfolio_value
        quantity = int(min(self._risk_per_trade * value / distance, 0.32 * value / price))
        if quantity > 0:
            ticket = self.market_order(symbol, quantity, tag="breakout")
            bracket.entry = ticket if ticket.status != OrderStatus.INVALID else None

    def on_order_event(self, order_event: OrderEvent):
        if order_event.status != OrderStatus.FILLED:
            return
        bracket = self._brackets[order_event.symbol]
        if bracket.is_entry(order_event.order_id):
            self._protect(order_event.symbol, bracket, order_event.fill_price, order_event.fill_quantity)
        elif bracket.is_exit(order_event.order_id):
            bracket.cancel_other(order_event.order_id)
            bracket.reset()

    def _protect(self, symbol, bracket, price, quantity):
        average_range = bracket.range.current.value
        stop = round(price - self._stop_distance * average_range, 2)
        target = round(price + self._target_distance * average_range, 2)
        bracket.stop = self.stop_market_order(symbol, -quantity, stop, tag="stop loss")
        bracket.target = self.limit_order(symbol, -quantity, target, tag="take profit")


class Bracket:
    """One symbol's indicators, and its three orders: entry, stop and target."""

    def __init__(self, highest, range):
        self.highest = highest
        self.range = range
        self.ceiling = float("inf")
        self.reset()

    def reset(self):
        self.entry = self.stop = self.target = None

    @property
    def is_idle(self):
        return self.entry is None

    def is_entry(self, order_id):
        # a market order may fill before `market_order` has returned its ticket
        return self.entry is None or self.entry.order_id == order_id

    def is_exit(self, order_id):
        return any(ticket is not None and ticket.order_id == order_id for ticket in (self.stop, self.target))

    def cancel_other(self, order_id):
        for ticket in (self.stop, self.target):
            if ticket is not None and ticket.order_id != order_id:
                ticket.cancel("the other side of the bracket has filled")
