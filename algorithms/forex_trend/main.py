# region imports
from AlgorithmImports import *
# endregion


class ForexTrend(QCAlgorithm):
    """Follow the trend of three currency pairs, long or short, each with the same risk."""

    PAIRS = ("EURUSD", "GBPUSD", "USDJPY")

    def initialize(self):
        self.set_start_date(2011, 3, 1)
        self.set_end_date(2013, 2, 28)
        self.set_cash(100_000)
        self.set_brokerage_model(BrokerageName.INTERACTIVE_BROKERS_BROKERAGE, AccountType.MARGIN)

        fast, slow = self.get_parameter("fast", 48), self.get_parameter("slow", 240)
        self._volatility_target = self.get_parameter("volatility", 0.002)
        self._trends = {}
        for pair in self.PAIRS:
            symbol = self.add_forex(pair, Resolution.HOUR, Market.OANDA).symbol
            self._trends[symbol] = Trend(
                fast=self.ema(symbol, fast, Resolution.HOUR),
                slow=self.ema(symbol, slow, Resolution.HOUR),
                range=self.atr(symbol, 24, MovingAverageType.SIMPLE, Resolution.HOUR),
            )
        self.set_benchmark(self.symbol("EURUSD"))
        self.set_warm_up(slow + 24, Resolution.HOUR)

        # once a day, in the busiest hours of London and New York
        self.schedule.on(self.date_rules.every_day("EURUSD"), self.time_rules.at(10, 0), self._trade)

    def _trade(self):
        if self.is_warming_up:
            return
        for symbol, trend in self._trends.items():
            # on Sundays the market opens in the evening only
            if not self.is_market_open(symbol):
                continue
            if trend.is_ready and trend.direction != self._direction_held(symbol):
                self.set_holdings(symbol, trend.direction * self._weight(symbol, trend))

    def _direction_held(self, symbol):
        holding = self.portfolio[symbol]
        return holding.is_long - holding.is_short

    def _weight(self, symbol, trend):
        """The part of the portfolio that moves by the target when the pair moves by its average hour; at most 1."""
        hourly_move = trend.range.current.value / self.securities[symbol].price
        return min(self._volatility_target / hourly_move, 1.0) if hourly_move else 1.0


class Trend:
    """A pair's indicators: the trend is up while the fast average is above the slow one."""

    def __init__(self, fast, slow, range):
        self.fast, self.slow, self.range = fast, slow, range

    @property
    def is_ready(self):
        return self.slow.is_ready and self.range.is_ready

    @property
    def direction(self):
        return 1 if self.fast.current.value > self.slow.current.value else -1
