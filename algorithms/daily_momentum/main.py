# region imports
from AlgorithmImports import *
# endregion
from datetime import timedelta


class DailyMomentum(QCAlgorithm):
    """Each month, own the strongest stocks of a small universe in equal parts; stay in cash when none has gained."""

    TICKERS = ("AAPL", "FB", "GOOG", "IBM", "MSFT")

    def initialize(self):
        self.set_start_date(2006, 1, 1)
        self.set_end_date(2012, 12, 31)
        self.set_cash(100_000)
        self.set_brokerage_model(BrokerageName.INTERACTIVE_BROKERS_BROKERAGE, AccountType.MARGIN)
        self.set_benchmark(self.add_index("FIVE", Resolution.DAILY).symbol)

        # both come from config.json, and may be changed with `--parameter lookback 63`
        self._held = self.get_parameter("held", 3)
        lookback = self.get_parameter("lookback", 84)

        # prices are adjusted for dividends and splits (LEAN's default), so momentum is what an owner would have earned
        self._momentum = {}
        for ticker in self.TICKERS:
            symbol = self.add_equity(ticker, Resolution.DAILY).symbol
            self._momentum[symbol] = self.momp(symbol, lookback, Resolution.DAILY)

        # indicators have seen enough before the first order
        self.set_warm_up(timedelta(days=2 * lookback))

        # decided while the market is closed, so the orders fill at the next open
        self.schedule.on(self.date_rules.month_start("IBM"), self.time_rules.midnight, self._rebalance)

    def _rebalance(self):
        if self.is_warming_up:
            return
        gains = {symbol: momentum.current.value for symbol, momentum in self._momentum.items() if momentum.is_ready}
        strongest = sorted(gains, key=lambda symbol: gains[symbol], reverse=True)[: self._held]
        chosen = [symbol for symbol in strongest if gains[symbol] > 0]

        # a little cash stays behind for fees and for opens above the last close
        weight = 0.96 / self._held
        self.set_holdings([PortfolioTarget(symbol, weight if symbol in chosen else 0) for symbol in gains])
        self.plot("Momentum", "Best", max(gains.values(), default=0))

    def on_end_of_algorithm(self):
        self.log(f"Final value {self.portfolio.total_portfolio_value:,.2f}, fees {self.portfolio.total_fees:,.2f}")
