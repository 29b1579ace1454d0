# region imports
from AlgorithmImports import *
# endregion


class LiquidMomentum(QCAlgorithm):
    """Each month, of the most traded companies own those that gained most; the universe is chosen, not listed."""

    def initialize(self):
        self.set_start_date(2012, 1, 4)
        self.set_end_date(2013, 3, 1)
        self.set_cash(100_000)
        self.set_brokerage_model(BrokerageName.INTERACTIVE_BROKERS_BROKERAGE, AccountType.MARGIN)

        # all come from config.json, and may be changed with `--parameter held 3`
        self._liquid = self.get_parameter("liquid", 12)
        self._held = self.get_parameter("held", 4)
        self._lookback = self.get_parameter("lookback", 60)

        self.set_benchmark(self.add_equity("SPY", Resolution.DAILY).symbol)

        # what the universe adds has daily bars
        self.universe_settings.resolution = Resolution.DAILY
        self.add_universe(self._select)
        self._gains = {}
        self._month = 0
        self._chosen = []

    def _select(self, fundamental: list[Fundamental]):
        """Called once a day with all stocks of the day before, at midnight."""
        # companies only (a fund has no fundamental data), and no penny stocks
        companies = [stock for stock in fundamental if stock.has_fundamental_data and stock.price > 10]
        for stock in companies:
            gain = self._gains.setdefault(stock.symbol, RateOfChange(self._lookback))
            gain.update(stock.end_time, stock.adjusted_price)

        if self.time.month == self._month:
            return Universe.UNCHANGED
        liquid = sorted(companies, key=lambda stock: stock.dollar_volume, reverse=True)[: self._liquid]
        known = [stock.symbol for stock in liquid if self._gains[stock.symbol].is_ready]
        if not known:
            return Universe.UNCHANGED
        self._month = self.time.month
        best = sorted(known, key=lambda symbol: self._gains[symbol].current.value, reverse=True)
        self._chosen = best[: self._held]
        return self._chosen

    def on_data(self, data: Slice):
        # the first bars after a selection: all that was chosen has a price now
        if not self._chosen or not all(symbol in data.bars for symbol in self._chosen):
            return
        weight = 0.96 / self._held
        self.set_holdings([PortfolioTarget(symbol, weight) for symbol in self._chosen], True)
        self._chosen = []

    def on_securities_changed(self, changes: SecurityChanges):
        for security in changes.removed_securities:
            self.liquidate(security.symbol, tag="no longer chosen")

    def on_end_of_algorithm(self):
        self.log(f"Final value {self.portfolio.total_portfolio_value:,.2f}, fees {self.portfolio.total_fees:,.2f}")
