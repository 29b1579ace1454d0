# region imports
from AlgorithmImports import *
# endregion
from datetime import timedelta


class FrameworkTrend(QCAlgorithm):
    """The same idea in LEAN's framework: universe, alpha, portfolio, risk and execution are separate models."""

    def initialize(self):
        self.set_start_date(2006, 1, 1)
        self.set_end_date(2012, 12, 31)
        self.set_cash(100_000)
        self.set_brokerage_model(BrokerageName.INTERACTIVE_BROKERS_BROKERAGE, AccountType.MARGIN)
        self.set_benchmark(self.add_index("FIVE", Resolution.DAILY).symbol)

        self.universe_settings.resolution = Resolution.DAILY
        symbols = [Symbol.create(ticker, SecurityType.EQUITY, Market.USA) for ticker in ("AAPL", "GOOG", "IBM", "MSFT")]
        self.set_universe_selection(ManualUniverseSelectionModel(symbols))

        fast, slow = self.get_parameter("fast", 50), self.get_parameter("slow", 200)
        self.set_alpha(MovingAverageAlpha(fast, slow))
        self.set_portfolio_construction(EqualWeightingPortfolioConstructionModel(Expiry.END_OF_MONTH))
        self.set_risk_management(MaximumDrawdownPercentPerSecurity(0.15))
        self.set_execution(ImmediateExecutionModel())

        # room for fees and for opens above the last close
        self.settings.free_portfolio_value_percentage = 0.03
        self.set_warm_up(slow, Resolution.DAILY)


class MovingAverageAlpha(AlphaModel):
    """Expects a stock to rise while its fast average is above its slow one, and nothing of it otherwise."""

    def __init__(self, fast, slow):
        self.name = f"MovingAverageAlpha({fast},{slow})"
        self._periods = fast, slow
        self._averages = {}
        self._was_rising = {}

    def update(self, algorithm: QCAlgorithm, data: Slice):
        if algorithm.is_warming_up:
            return []
        insights = []
        for symbol, (fast, slow) in self._averages.items():
            if not slow.is_ready or symbol not in data.bars:
                continue
            rising = fast.current.value > slow.current.value
            if rising != self._was_rising.get(symbol):
                self._was_rising[symbol] = rising
                direction = InsightDirection.UP if rising else InsightDirection.FLAT
                insights.append(Insight.price(symbol, timedelta(days=365), direction))
        return insights

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges):
        for security in changes.added_securities:
            if security.type == SecurityType.EQUITY:
                self._averages[security.symbol] = [
                    algorithm.sma(security.symbol, period, Resolution.DAILY) for period in self._periods
                ]
        for security in changes.removed_securities:
            self._averages.pop(security.symbol, None)
            self._was_rising.pop(security.symbol, None)
